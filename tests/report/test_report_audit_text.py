"""Findings in a terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from whogains.report import as_text, show, to_markdown
from whogains.report.cost_figures import Figures, cost_figures, figures_for
from whogains.report.words import group_name, plain

ATTACKS = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "\"quotes' & \\backslash",
    "\u202eright to left\u2066",
    "x" * 10_000,
    "\x1b[31mred\x1b[0m\x07",
    "[red]markup[/]",
    "new\nline\r\ttab",
    "漢字" * 60,
)


def _printed(findings, *, terminal, width=80, **environ):
    file = io.StringIO()
    console = Console(
        file=file, force_terminal=terminal, width=width, color_system="auto", _environ=environ
    )
    show(findings, console)
    return file.getvalue()


def test_every_number_of_a_row_is_there(findings):
    text = as_text(findings)
    for cost in findings.costs:
        write = cost_figures(cost)
        for group in cost.groups:
            assert group.label in text
            row = text[text.index(f"{cost.label}", 0) :]
            for value in (group.cost_generic, group.cost_personalized, group.bop):
                assert write(value) in row
            assert write.interval(group.ci) in row
    assert "cannot tell: untestable" in text
    assert "cannot tell: inconclusive" in text


@pytest.mark.parametrize("write", [as_text, to_markdown])
def test_every_number_names_its_method(findings, make, write):
    text = " ".join(write(findings).replace("\\", "").split())
    for cost in findings.costs:
        for group in cost.groups:
            if group.method is not None:
                assert f"intervals by {group.method}, p-values by {group.test}" in text
        assert f"everybody by {cost.population.method}" in text
        assert f"gamma by {cost.gamma.method}, its p by {cost.gamma.test}" in text
    cost = findings.costs[0]
    none = replace(
        cost,
        groups=tuple(replace(group, method=None, test=None) for group in cost.groups),
        population=replace(cost.population, method=None, test=None),
        gamma=replace(cost.gamma, method=None, test=None),
    )
    assert "none can be trusted" in write(replace(findings, costs=(none,)))


def test_epsilon_always_has_its_unit(findings, make):
    assert as_text(findings).count("epsilon    4 mmHg²") == 3
    assert "epsilon    0.01," in as_text(make(unit=None, epsilon=0.01))


@pytest.mark.parametrize("width", [40, 60, 80, 97, 200])
@pytest.mark.parametrize("groups", [0, 1, 64])
def test_no_line_is_wider_than_asked(make, width, groups):
    levels = [{"sex": "f" * (j % 50 + 1), "race": ATTACKS[j % len(ATTACKS)]} for j in range(groups)]
    lines = as_text(make(levels), width).splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert all(line == line.rstrip() for line in lines)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=90), min_size=1, max_size=3), st.integers(40, 130))
def test_any_name_fits(make, names, width):
    findings = make([{"a": name, "b": None} for name in names], explainer=None, target=names[0])
    text = as_text(findings, width)
    assert max(cell_len(line) for line in text.split("\n")) <= width
    assert not any(ord(character) < 32 for character in text.replace("\n", ""))


def test_one_line_a_group_where_there_is_room(make):
    text = as_text(make([{"sex": "f"}, {"sex": "m"}], explainer=None))
    row = next(line for line in text.splitlines() if line.startswith("  f "))
    assert row.split()[:5] == ["f", "412", "221.4", "212.3", "9.1"]
    assert row.endswith("gain")


@pytest.mark.parametrize("attack", ATTACKS)
def test_names_are_text_and_nothing_else(make, attack):
    findings = make([{"sex": attack}], explainer=None, target=attack, notes=(attack,))
    shown = _printed(findings, terminal=True, width=200, TERM="xterm")
    assert "\x1b[31m" not in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown
    if "markup" in attack:
        assert "[red]markup[/]" in shown


def test_colour_only_on_a_terminal(findings):
    assert "\x1b" not in _printed(findings, terminal=False)
    assert _printed(findings, terminal=False) == as_text(findings)
    assert "\x1b[1;31m" in _printed(findings, terminal=True, TERM="xterm-256color")


def test_no_color_is_respected(findings):
    shown = _printed(findings, terminal=True, TERM="xterm-256color", NO_COLOR="1")
    assert "\x1b[1;31m" not in shown
    assert "\x1b[33m" not in shown


def test_numbers_that_are_missing_are_dashes(make):
    text = as_text(make([{"sex": "f"}, {"sex": "m"}], (0, 30), explainer=None), 120)
    row = next(line for line in text.splitlines() if line.startswith("  f "))
    assert row.split()[:6] == ["f", "0", "–", "–", "–", "–"]
    assert "too few rows" in row
    assert "None" not in text
    assert "nan" not in text.lower()


def test_the_same_findings_give_the_same_text(make):
    assert as_text(make()) == as_text(make())


@pytest.mark.parametrize(
    ("value", "written"),
    [(-0.0001, "0"), (-0.04, "-0.04"), (1234567.891, "1,234,567.89"), (None, "–")],
)
def test_figures(value, written):
    assert Figures(2)(value) == written


def test_two_intervals_do_not_fill_a_table_with_digits():
    write = figures_for([(-0.003, 0.003), (-0.285922, -0.189426)], [-0.237847, 0.0], 0.01)
    assert write(-0.237847) == "-0.2378"
    assert write.interval((-0.003, 0.003)) == "-0.0030 to 0.0030"


def test_open_interval_ends_are_dashes():
    assert Figures(1).interval((None, 2.0)) == "– to 2.0"
    assert Figures(1).interval((None, None)) == "–"


def test_decimals_follow_epsilon_and_the_intervals(make):
    assert cost_figures(make(epsilon=4.0).costs[0]).decimals == 1
    assert cost_figures(make(epsilon=0.01).costs[0]).decimals == 3


def test_huge_numbers_are_written_short(make):
    cost = make(explainer=None).costs[0]
    huge = replace(cost, groups=tuple(replace(g, cost_generic=3.2e12) for g in cost.groups))
    assert cost_figures(huge)(3.2e12) == "3.20e+12"


def test_joiners_stay_and_overrides_go():
    assert plain("می\u200cخواهم") == "می\u200cخواهم"
    assert plain("a\u202eb") == "a\ufffdb"
    assert plain("\ud800") == "\ufffd"


def test_every_attribute_of_a_long_name_is_seen():
    name = group_name({"a": "x" * 5000, "b": "seen"})
    assert len(name) <= 240
    assert name.endswith(", seen")
