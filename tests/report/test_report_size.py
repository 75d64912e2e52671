"""No page reaches 3 MB, whatever was audited, and each says what it leaves out."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import whogains as wg
from whogains.api import diff
from whogains.api import plan as make_plan
from whogains.cli.output import write
from whogains.records import Distribution
from whogains.report import changes_to_html, make_page, plan_to_html, to_html
from whogains.report.cost_figures import cost_figures
from whogains.report.excerpt import excerpt

from .test_report_audit_html import Page, held

EXPLAINERS = ("tree_shap", "permutation_shap", "occlusion", "sampling", "lime")
KEPT = (0.1, 0.25, 0.5, 0.75, 3, None)


def mixed(findings, costs, seed=0):
    """Give an audit with so many costs, no two of the same numbers, and individual benefits."""
    rng = np.random.default_rng(seed)
    predicted, *explained = findings.costs
    ways = list(product(EXPLAINERS, explained, (*KEPT, *range(4, 40))))
    every = [
        predicted,
        *(replace(cost, explainer=by, keep=keep) for by, cost, keep in ways[: costs - 1]),
    ]
    assert len(every) == costs
    return replace(findings, costs=tuple(_mixed(cost, rng) for cost in every))


def _mixed(cost, rng):
    def group(each):
        if each.bop is None:
            return each
        by = float(rng.normal())
        return replace(each, bop=each.bop + by, ci=(each.ci[0] + by, each.ci[1] + by))

    def spread(each):
        edges = [float(edge) for edge in range(-12, 13)]
        n = rng.multinomial(each.n or 0, np.ones(26) / 26).tolist()
        share = [count / max(1, each.n or 0) for count in n]
        return Distribution((None, *edges), (*edges, None), tuple(n), tuple(share), discrete=False)

    groups = tuple(map(group, cost.groups))
    return replace(cost, groups=groups, differences=tuple(map(spread, groups)))


def levels(count, name="level {}"):
    return [{"ethnicity": name.format(j // 8), "age": f"{j % 8}0 and over"} for j in range(count)]


def test_64_groups_on_16_costs_are_all_there(make):
    findings = mixed(make(levels(64)), 16)
    page, whole = make_page(findings)
    assert whole
    assert len(page.encode()) < 3_000_000
    text = Page(page).text
    assert "tables and charts show" not in text
    for cost in findings.costs:
        write = cost_figures(cost, "\N{MINUS SIGN}")
        for group in cost.groups:
            assert write.interval(group.ci) in text


@pytest.mark.parametrize(
    ("groups", "costs", "whole"),
    [(250, 16, True), (4096, 1, True), (1000, 16, False), (15, 150, True)],
)
def test_a_large_audit_is_cut_to_what_matters(make, groups, costs, whole):
    findings = mixed(make(levels(groups)), costs)
    page, kept = make_page(findings)
    assert kept == whole
    assert len(page.encode()) < 3_000_000
    text = Page(page).text
    shown = int(re.search(r"tables and charts show ([\d,]+) of", text)[1].replace(",", ""))
    assert 12 <= shown < groups
    assert f"of {groups:,} groups" in text
    if whole:
        assert held(page).decode() == findings.to_json()
        assert "The page's downloads hold everything." in text
    else:
        assert "data-download" not in page.split("<script")[0]
        assert "This audit is too large to be held in its page." in text
    parsed = Page(page)
    assert len(parsed.ids) == len(set(parsed.ids))
    # What is shown is shown in full: as many rows in every table of groups.
    panels = page.split('data-panel="cost"')[1:]
    assert all(panel.count("<tr data-group=") in {0, shown} for panel in panels)


def random_name(rng):
    """Give 10,000 characters of which no compression can make less."""
    return "".join(map(chr, rng.integers(0x4E00, 0x9FFF, 10_000)))


@pytest.mark.parametrize("name", ["'" * 10_000, "\U0001f600<\u202e" * 3_000, None])
def test_names_of_10_000_characters_take_little(make, name):
    rng = np.random.default_rng(1)
    names = [random_name(rng) if name is None else f"{name}{j}" for j in range(120)]
    every = [{names[0]: each, names[1]: names[j % 7]} for j, each in enumerate(names)]
    findings = mixed(make(every, unit=names[2], target=names[3]), 16)
    costs = tuple(
        replace(
            cost,
            label=f"{cost.label}{names[4]}",
            explainer=cost.explainer and f"{cost.explainer}{names[5]}",
            groups=tuple(replace(group, note=names[6]) for group in cost.groups),
        )
        for cost in findings.costs
    )
    settings = {**findings.settings, **{f"{j}{each}": each for j, each in enumerate(names * 2)}}
    page, _ = make_page(replace(findings, costs=costs, settings=settings, notes=tuple(names * 2)))
    assert len(page.encode()) < 3_000_000
    text = Page(page).text
    assert "200 more of these are not shown here." in text
    assert re.search(r"tables and charts show \d+ of 120 groups", text)
    matrix = page.split("<tbody>")[1].split("</tbody>")[0]
    named = re.findall("<bdi>(.*?)</bdi>", matrix)
    assert len(named) == len(set(named)) >= 3


def test_attributes_without_end_take_little(make):
    level = {f"{'<' * 60}{j}": "'" * 300 for j in range(5_000)}
    page = to_html(make([level]))
    assert len(page.encode()) < 3_000_000
    assert "4,960 more of these are not shown here." in Page(page).text


def test_those_that_matter_are_shown_first(make):
    findings = mixed(make(levels(200)), 4)
    shown = excerpt(findings, 40, 4, spreads=10, name_limit=100)
    assert shown.some == "40 of 200 groups"
    labels = [group.label for group in findings.costs[0].groups]
    for whole, cost in zip(findings.costs, shown.findings.costs, strict=True):
        assert len(cost.groups) == len(cost.limits.curve.untestable_alone) == 40
        names = [each for group in cost.groups for each in group.group.values()]
        known = sorted(whole.groups, key=lambda group: group.bop)
        harmed = [group for group in known if group.verdict == "harm"]
        gains = [group for group in known if group.verdict == "gain"]
        widest = max(known, key=lambda group: group.ci[1] - group.ci[0])
        for group in (known[0], harmed[0], gains[-1], widest):
            assert group.label in names
        assert max(group.n for group in cost.groups) == max(group.n for group in known)
        # In the audit's order, each with its own numbers.
        places = [labels.index(name) for name in names]
        assert places == sorted(places)
        for place, group in zip(places, cost.groups, strict=True):
            assert replace(group, group=whole.groups[place].group) == whole.groups[place]
            assert cost.differences[places.index(place)] == whole.differences[place]
    # Harm that is not shown is counted.
    harmed = {
        j
        for cost in findings.costs
        for j, group in enumerate(cost.groups)
        if group.verdict == "harm"
    }
    unseen = len(harmed - set(places))
    assert unseen > 1
    assert f"Of those left out, {unseen} are harmed on some cost." in shown.words


def test_a_few_harmed_are_all_shown_and_it_is_said(make):
    findings = make(levels(200), explainer=None)
    (cost,) = findings.costs
    groups = tuple(
        replace(group, verdict="harm" if j in {5, 190} else "cannot tell")
        for j, group in enumerate(cost.groups)
    )
    asked = replace(findings, costs=(replace(cost, groups=groups),))
    shown = excerpt(asked, 20, 1, spreads=10, name_limit=100)
    assert sum(group.verdict == "harm" for group in shown.findings.costs[0].groups) == 2
    assert "None of those left out is shown to be harmed." in shown.words


def test_groups_too_small_to_be_shown_come_last_and_stay_without_numbers():
    rng = np.random.default_rng(3)
    sizes = [300, 4, 260, 240, 3, 280]
    n = sum(sizes)
    found = wg.compare(
        rng.integers(0, 2, n),
        generic=rng.uniform(0.1, 0.9, n),
        personalized=rng.uniform(0.1, 0.9, n),
        groups={
            "g": np.repeat(["a", "a", "b", "b", "c", "c"], sizes),
            "h": np.repeat(["x", "y"] * 3, sizes),
        },
    )
    for cost in excerpt(found, 4, 3, spreads=4, name_limit=100).findings.costs:
        names = [each.group["group"] for each in cost.groups]
        assert names == ["a, x", "b, x", "b, y", "c, y"]
    for cost in excerpt(found, 5, 3, spreads=5, name_limit=100).findings.costs:
        hidden = cost.groups[1]
        assert hidden.n is hidden.bop is None
        assert not cost.differences or cost.differences[1] is None


def test_a_page_of_a_part_does_not_depend_on_hidden_rows(monkeypatch):
    monkeypatch.setattr("whogains.report.audit_html.MOST_CELLS", 40)

    def page(hidden, seed):
        rng = np.random.default_rng(4)
        sizes = [40] * 30
        shown = rng.integers(0, 2, 1200), *rng.uniform(0.1, 0.9, (2, 1200))
        few = np.random.default_rng(seed)
        more = few.integers(0, 2, hidden), *few.uniform(0.1, 0.9, (2, hidden))
        y, generic, personalized = map(np.concatenate, zip(shown, more, strict=True))
        levels = [f"level {j:02}" for j in range(31)]
        groups = {"g": np.repeat(levels, [*sizes, hidden])}
        # Of a level that others have too, so that the group has a line.
        groups["h"] = np.arange(len(y)) % 2
        groups["g"][-hidden:], groups["h"][-hidden:] = levels[0], 1
        groups["h"][groups["g"] == levels[0]] = 0
        groups["h"][-hidden:] = 1
        found = wg.compare(y, generic=generic, personalized=personalized, groups=groups)
        return to_html(replace(found, created=""))

    first = page(3, 1)
    assert re.search(r"tables and charts show \d+ of 60 groups", first)
    assert first == page(9, 2)


def test_changes_are_cut_to_those_that_matter(make):
    changes = diff(mixed(make(levels(400)), 16), mixed(make(levels(400)), 16, seed=1))
    page = changes_to_html(changes)
    assert len(page.encode()) < 3_000_000
    assert held(page).decode() == changes.to_json()
    shown = re.findall(r"\((\d+) of 400 groups: those whose verdict changed", Page(page).text)
    assert len(shown) == 16
    for number, table in zip(shown, page.split("<tbody>")[1:], strict=True):
        assert table.split("</tbody>")[0].count("<tr>") == int(number) < 400


def test_a_plan_is_cut_to_the_groups_that_can_tell_least():
    names = [f"{'<' * 300}{j}" for j in range(9_000)]
    plan = make_plan([100 + j for j in range(9_000)], 1.0, epsilon=0.2, groups=names)
    page = plan_to_html(plan)
    assert len(page.encode()) < 3_000_000
    text = Page(page).text
    shown = int(re.search(r"\((\d+) of 9,000 groups, those that can tell least\)", text)[1])
    least = page.split("<tbody>")[-1].split('data-n="')[1:]
    assert [int(row.split('"')[0]) for row in least] == [100 + j for j in range(shown)]


def test_the_command_says_where_the_page_is_without_its_downloads(
    findings, monkeypatch, tmp_path, capsys
):
    page = tmp_path / "report.html"
    asked = {"json": None, "html": page, "quiet": True, "fail_on": None}
    assert write(findings, **asked) == 0
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("whogains.report.html_page.MOST_DATA", 1000)
    assert write(findings, **asked) == 0
    said = capsys.readouterr().err
    assert said == (
        f"whogains: {page} is without its downloads: this audit is too large for a page. "
        "--json writes it.\n"
    )
    assert "This audit is too large to be held in its page." in Page(page.read_text("utf-8")).text
