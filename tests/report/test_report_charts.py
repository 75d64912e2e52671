"""Charts, rendered without a browser."""

from __future__ import annotations

import json
import re

import pytest

from whogains.errors import InputError, UnwritableError
from whogains.report import chart_files, charts

ATTACKS = ("a.b[0]", 'it\'s "quoted"', "</svg><script>", "datum.x + 1", "\u202ex", "\x1b[31m", "")


@pytest.mark.parametrize("name", ["gains", "limits", "tradeoff"])
def test_charts_save_without_a_browser(findings, tmp_path, name):
    chart = getattr(charts, name)(findings)
    chart_files.save(chart, tmp_path / "chart.png")
    chart_files.save(chart, tmp_path / "chart.svg")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "chart.svg").read_text(encoding="utf-8").startswith("<svg")


def test_every_group_is_drawn_with_its_size_and_verdict(findings):
    picture = chart_files.to_svg(charts.gains(findings))
    for group in findings.costs[0].groups:
        assert f"{group.label} (n {group.n:,})" in picture.replace("  ", " ")
    assert "cannot tell: inconclusive" in picture


def test_the_quadrants_are_named(findings):
    picture = chart_files.to_svg(charts.tradeoff(findings))
    for words in ("both better", "both worse", "prediction better, explanation worse"):
        assert words in picture


def test_names_are_values_and_nothing_else(make):
    findings = make([{ATTACKS[0]: attack} for attack in ATTACKS], unit="".join(ATTACKS))
    for chart in (charts.gains(findings), charts.tradeoff(findings), charts.limits(findings)):
        shown = json.loads(chart.to_json())
        shown.pop("datasets")
        names = json.dumps([layer.get("encoding") for layer in _layers(shown)])
        fields = set(re.findall(r'"field": "([^"]*)"', names))
        assert fields <= {
            "order", "name", "bop", "low", "high", "verdict", "words", "zero", "number",
            "x", "y", "x_low", "x_high", "y_low", "y_high", "epsilon", "error", "bound",
            "opacity", "x_opacity", "y_opacity",
        }  # fmt: skip
        assert "Expr" not in json.dumps(shown)
        assert "<script>" not in chart_files.to_svg(chart)


def _layers(chart):
    parts = chart.get("layer", []) + chart.get("hconcat", [])
    return [chart, *(each for part in parts for each in _layers(part))]


@pytest.mark.parametrize("groups", [0, 1, 64])
def test_any_number_of_groups(make, groups):
    findings = make([{"sex": f"level {j}"} for j in range(groups)])
    assert chart_files.to_svg(charts.gains(findings))
    assert chart_files.to_svg(charts.tradeoff(findings))


def test_groups_without_numbers(make):
    findings = make([{"sex": "f"}, {"sex": "m"}], (0, 0))
    assert chart_files.to_svg(charts.gains(findings))
    assert chart_files.to_svg(charts.tradeoff(findings))


def test_what_cannot_be_drawn_is_said(make, findings, tmp_path):
    with pytest.raises(InputError, match="there is no cost 7; the audit has 3"):
        charts.gains(findings, 7)
    with pytest.raises(InputError, match="no explanation cost"):
        charts.tradeoff(make(explainer=None))
    with pytest.raises(InputError, match="cost 1 is not one of prediction"):
        charts.tradeoff(findings, prediction=1)
    with pytest.raises(InputError, match="no limits curve"):
        charts.limits(make([]))
    with pytest.raises(InputError, match=r"must end in \.png or \.svg"):
        chart_files.save(charts.gains(findings), tmp_path / "chart.jpeg")
    with pytest.raises(UnwritableError, match="cannot write"):
        chart_files.save(charts.gains(findings), tmp_path / "nowhere" / "chart.svg")
