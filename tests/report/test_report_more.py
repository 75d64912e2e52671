"""Plans and changes as pages, charts by name, groups that are not shown, and notebooks."""

from __future__ import annotations

import numpy as np
import pytest

import whogains as wg
from whogains.api import plan as make_plan
from whogains.errors import InputError
from whogains.report import as_text, chart_files, charts, plan_to_html, to_html
from whogains.report.profile_drawings import blocks, calibration_view, spread_view

from .test_report_audit_html import ATTACKS, Page


@pytest.fixture(scope="module")
def compared():
    rng = np.random.default_rng(2)
    sizes = (400, 300, 60, 8)
    n = sum(sizes)
    y = rng.integers(0, 2, n)
    generic = np.clip(0.5 + 0.3 * (y - 0.5) + rng.normal(0, 0.2, n), 0.01, 0.99)
    personalized = np.clip(generic + 0.2 * (y - 0.5) + rng.normal(0, 0.1, n), 0.01, 0.99)
    groups = {
        "g": np.repeat(["a", "a", "tiny", "tiny"], sizes),
        "h": np.repeat(["x", "y", "x", "y"], sizes),
    }
    return wg.compare(
        y, generic=generic, personalized=personalized, groups=groups, costs=["zero_one", "brier"]
    )


def test_a_hidden_group_is_named_and_has_no_number(compared):
    text = Page(to_html(compared)).text
    assert "tiny, y – – –" in text
    assert "fewer than 10 rows: not shown" in text
    assert "768" not in text
    terminal = compared.to_text(120)
    (line, *_) = [each for each in terminal.splitlines() if each.strip().startswith("tiny, y ")]
    assert not any(character.isdigit() for character in line)
    assert "tiny" in compared.to_markdown()


def test_the_page_says_why(compared):
    text = Page(to_html(compared)).text
    for profile in compared.profiles[:2]:
        assert f"{100 * profile.outcome:.1f}" in text
    assert "Individual benefits: Brier score" in text
    assert "The calibration as a table" in text


def test_blocks_hold_each_group_s_whole(compared):
    for cost in compared.costs:
        drawn, scale = blocks(cost)
        assert drawn[3] == []
        for group in drawn[:3]:
            assert sum(block.share for block in group) == pytest.approx(1)
            assert all(scale.holds(block.start) and scale.holds(block.end) for block in group)
            area = [block.height * (block.end - block.start) / block.share for block in group]
            assert np.ptp(area) < 1e-9
        view = spread_view(cost)
        assert view.groups[3].words == "not shown"


def test_a_benefit_of_minus_one_zero_or_one_has_ticks_there_alone(compared):
    zero_one, brier = compared.costs
    assert [tick.label for tick in spread_view(zero_one).ticks] == ["−1", "0", "1"]
    assert any(tick.value % 1 for tick in spread_view(brier).ticks)


def test_calibration_points_lie_where_the_numbers_say(compared):
    view = calibration_view(compared)
    profile = compared.profiles[0]
    for point, predicted, observed in zip(
        view.groups[0].personalized,
        profile.personalized.predicted,
        profile.personalized.observed,
        strict=True,
    ):
        assert point.x == pytest.approx(3 + 94 * predicted, abs=0.01)
        assert point.y == pytest.approx(97 - 94 * observed, abs=0.01)


@pytest.mark.parametrize("name", ["gains", "limits", "differences"])
def test_charts_by_name(compared, tmp_path, name):
    chart = getattr(compared.plot, name)(1)
    chart.save(tmp_path / "chart.png")
    chart.save(tmp_path / "chart.svg")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    assert chart_files.to_svg(chart) == chart_files.to_svg(getattr(charts, name)(compared, 1))


def test_tradeoff_by_name(findings):
    assert "both better" in chart_files.to_svg(findings.plot.tradeoff())


def test_no_individual_benefits_to_draw(findings):
    with pytest.raises(InputError, match="no individual benefits"):
        findings.plot.differences()


def test_frames_and_notebooks(findings):
    assert findings.to_frame().equals(findings.table())
    assert findings._repr_html_().startswith("<iframe")
    assert findings.to_markdown().startswith("# Who gains?")


def test_a_plan_as_a_page():
    plan = make_plan([400, 900], [1.0, 2.0], epsilon=0.2, groups=["a", "b"])
    text = Page(plan_to_html(plan)).text
    assert plan.limits.verdict in text
    for sentence in plan.sentences():
        assert sentence in text
    for verdict, error in zip(plan.curve.verdict, plan.curve.below, strict=True):
        assert verdict in text
        assert f"{error:.3f}" in text
    assert "None" not in Page(plan_to_html(make_plan([400], 1.0))).text


@pytest.mark.parametrize("attack", ATTACKS)
def test_labels_of_a_plan_are_text(attack):
    usual = Page(plan_to_html(make_plan([400, 900], epsilon=0.1)))
    attacked = Page(plan_to_html(make_plan([400, 900], epsilon=0.1, groups=[attack, "b"])))
    assert [tag for tag, _ in attacked.tags] == [tag for tag, _ in usual.tags]


@pytest.mark.parametrize("form", ["text", "html"])
def test_the_margin_is_said_where_one_was_given(form):
    rng = np.random.default_rng(0)
    n = 800
    y = rng.normal(size=n)
    groups = {"sex": np.where(np.arange(n) % 4 == 0, "f", "m")}

    models = [y + 1.0 + rng.normal(size=n), y + rng.normal(size=n) * 0.9]

    def page(margin, *, swapped=False):
        generic, personalized = models[::-1] if swapped else models
        found = wg.compare(
            y,
            generic=generic,
            personalized=personalized,
            groups=groups,
            costs=["absolute_error"],
            unit="kg",
            margin=margin,
        )
        return as_text(found, 200) if form == "text" else found.to_html()

    said = "every group is shown to lose less than 0.5 kg (p {}0.001)"
    assert said.format("<" if form == "text" else "&lt;") in page(0.5)
    assert "lose less than" not in page(None)
    worse = page(0.1, swapped=True)
    assert "not shown that every group loses less than 0.1 kg (p 1.000); nor for any" in worse
