"""The answer in plain words, the CSV, and the axes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from whogains.report import as_csv as to_csv
from whogains.report.axes import Scale, benefit_scale, effect_scale
from whogains.report.summaries import leads, next_steps, rows_needed, summaries

from .test_report_valid import several

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def test_the_counts_are_those_of_the_verdicts(findings):
    for summary, cost in zip(summaries(findings), findings.costs, strict=True):
        assert sum(number for _, number in summary.counts) == len(cost.groups)
        for verdict, number in summary.counts:
            assert number == sum(group.verdict == verdict for group in cost.groups)


def test_every_group_is_in_exactly_one_step(findings):
    steps = next_steps(findings)
    for group in findings.costs[0].groups:
        assert sum(group.label in step.subject for step in steps) == 1
    assert [step.kind for step in steps] == sorted(
        (step.kind for step in steps),
        key=["harm", "conflict", "unknown", "same", "gain"].index,
    )


def test_rows_needed_are_those_of_the_usual_formula(findings):
    cost = findings.costs[0]
    group = cost.groups[0]
    spread = group.se * group.n**0.5
    exact = ((norm.isf(0.05) + norm.isf(0.2)) * spread / cost.epsilon) ** 2
    assert isclose(rows_needed(group), exact, rel_tol=0.1)
    assert rows_needed(group) >= exact


def test_rows_needed_are_unknown_without_a_spread(findings):
    assert rows_needed(replace(findings.costs[0].groups[0], required=None)) is None


def test_the_csv_holds_every_number(findings):
    rows = list(csv.DictReader(io.StringIO(to_csv(findings))))
    groups = [group for cost in findings.costs for group in cost.groups]
    assert [float(row["bop"]) for row in rows] == [group.bop for group in groups]
    assert [float(row["ci_low"]) for row in rows] == [group.ci[0] for group in groups]
    assert [row["sex"] for row in rows] == [group.group["sex"] for group in groups]
    assert rows[0]["note"] == ""


@pytest.mark.parametrize(
    "attack",
    [
        "=1+1",
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "|x",
        "%0",
        "\uff1d1",
        "\ufeff=1",
        "\u200b\uff0b1",
    ],
)
def test_no_text_of_the_csv_is_a_formula(make, attack):
    rows = list(csv.reader(io.StringIO(to_csv(make([{attack: attack}], explainer=None)))))
    harmless = "'" + attack.replace("\t", " ")
    assert rows[0].count(harmless) == 1
    assert rows[1].count(harmless) == 1


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_scale_keeps_order_and_stays_inside(a, b, c):
    low, middle, high = sorted([a, b, c])
    scale = benefit_scale([(low, high)], [middle], 1.0)
    assert 3 <= scale(low) <= scale(middle) <= scale(high) <= 97
    assert all(scale.holds(tick.value) for tick in scale.ticks())
    assert 2 <= len(scale.ticks()) <= 9


def test_an_outlandish_interval_does_not_flatten_the_others():
    usual = [(-1.0, 1.0)] * 5
    scale = benefit_scale([*usual, (-500.0, 500.0)], [0.0] * 6, 0.5)
    assert scale == Scale(-500.0, 500.0, usual=(-1.0, 1.0))
    assert scale(1.0) - scale(-1.0) > 60


@given(st.floats(1e-9, 1e9), st.floats(11, 1e9))
def test_a_logarithmic_scale_has_round_ticks(low, ratio):
    scale = effect_scale((low, low * ratio))
    assert scale.log
    assert all(tick.label.lstrip("0.")[0] in "1235" for tick in scale.ticks())


def test_costs_that_say_the_same_of_every_group_share_a_sentence(make):
    findings = make()
    main, *explained = findings.costs
    first, second, *others = main.groups
    same = replace(main, label="absolute error")
    # As many groups of each verdict, but not the same groups.
    swapped = replace(
        main,
        label="log loss",
        groups=(
            replace(first, verdict=second.verdict),
            replace(second, verdict=first.verdict),
            *others,
        ),
    )
    assert first.verdict != second.verdict
    said = leads(replace(findings, costs=(main, same, swapped, *explained)))
    assert [lead.names for lead in said] == [
        "squared error and absolute error",
        "log loss",
        "sufficiency",
        "incomprehensiveness",
    ]
    assert said[0].words == said[1].words


def test_many_ways_of_explaining_are_counted_and_not_listed(make):
    findings = several(make())
    names = [step.words for step in next_steps(findings)]
    assert any("in 6 of 6 ways of explaining" in words for words in names)
    assert not any("tree_shap" in words for words in names)
    # With one way alone nothing is counted.
    assert not any("ways of explaining" in step.words for step in next_steps(make()))
    # Of the six, some may be silent.
    main, one, *others = findings.costs
    quiet = tuple(replace(group, verdict="cannot tell") for group in one.groups)
    fewer = replace(findings, costs=(main, replace(one, groups=quiet), *others))
    assert any("in 5 of 6 ways" in step.words for step in next_steps(fewer))


def _judged(cost, verdict):
    reason = "inconclusive" if verdict == "cannot tell" else None
    groups = tuple(replace(group, verdict=verdict, reason=reason) for group in cost.groups)
    return replace(cost, groups=groups)


@pytest.mark.parametrize("main", ["cannot tell", "no material difference"])
def test_a_gain_on_another_cost_of_prediction_is_a_gain(make, main):
    found = make([{"sex": "m"}, {"sex": "f"}])
    first, second, third = found.costs
    second = replace(second, kind="prediction", label="Brier score")
    costs = (_judged(first, main), _judged(second, "gain"), _judged(third, "cannot tell"))
    steps = next_steps(replace(found, costs=costs))
    assert {step.kind for step in steps} == {"gain"}
    assert "predictions get better (Brier score)" in steps[0].words


def test_a_gain_in_explanation_alone_is_said_beside_what_is_unknown(make):
    found = make([{"sex": "m"}, {"sex": "f"}])
    costs = [
        _judged(cost, "gain" if cost.kind == "explanation" else "cannot tell")
        for cost in found.costs
    ]
    assert {"explanation", "prediction"} == {cost.kind for cost in costs}
    for step in next_steps(replace(found, costs=tuple(costs))):
        assert step.kind == "unknown"
        assert "Yet explanations get better (" in step.words


def test_control_characters_do_not_reach_the_csv(findings):
    group = replace(findings.costs[0].groups[0], note="a\x1b[31m\r\nb\t=1")
    cost = replace(findings.costs[0], groups=(group, *findings.costs[0].groups[1:]))
    text = to_csv(replace(findings, costs=(cost,)))
    assert "a [31m b =1" in text
    assert not [c for c in text.replace("\r\n", "") if ord(c) < 32]
