"""Approximate intervals are shown and marked, and nothing rests on them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

import whogains as wg
from whogains import inference
from whogains.records import AuditRecord, CostFinding

from .conftest import Judge

CELLS = {30: 0.055, 49: 0.055, 50: 0.045, 99: 0.045, 100: 0.035, 149: 0.035}


def benefits(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng([seed, n]).exponential(size=n) - 0.3


@pytest.mark.parametrize("n", [*CELLS, 29, 150])
def test_a_small_group_has_an_interval_with_its_measured_error(judge: Judge, n: int) -> None:
    small = benefits(n)
    found = judge([small, benefits(600)])
    group = found.costs[0].groups[0]
    assert group.approximate_error == CELLS.get(n)
    if n == 29:
        assert (group.method, group.ci) == (None, (None, None))
    elif n == 150:
        assert (group.method, group.test) == ("t", "t")
    else:
        skewness = stats.skew(small)
        by_t = inference.t_interval(small.mean(), stats.sem(small), n - 1, skewness=skewness)
        assert group.ci == pytest.approx((float(by_t.lower), float(by_t.upper)))
        assert (group.method, group.test) == ("approximate", None)
        assert (group.verdict, group.reason) == ("cannot tell", "too few rows")
        adjusted = ("p_gain", "p_harm", "p_gain_adjusted", "p_harm_adjusted", "p_equivalent")
        assert {getattr(group, name) for name in adjusted} == {None}


def without(record: AuditRecord) -> list[CostFinding]:
    """Take the approximate intervals out, by hand."""
    return [
        replace(
            cost,
            groups=tuple(
                replace(g, ci=(None, None), method=None, approximate_error=None)
                if g.method == "approximate"
                else g
                for g in cost.groups
            ),
        )
        for cost in record.costs
    ]


@pytest.mark.parametrize("options", [{}, {"margin": 0.5}, {"correction": "all_costs"}])
def test_nothing_rests_on_an_approximate_interval(
    judge: Judge, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    groups = {
        "squared_error": [benefits(40), benefits(120, 1) + 5, benefits(800), -benefits(500, 2)],
        "absolute_error": [benefits(40), -benefits(120, 1) - 5, benefits(800), benefits(500, 2)],
    }
    found = judge(groups, **options)
    assert [g.method for g in found.costs[0].groups] == ["approximate"] * 2 + ["t"] * 2

    def never(units: Any) -> np.ndarray:
        return np.full(np.shape(units), np.nan)

    monkeypatch.setattr(inference, "approximate_error", never)
    bare = judge(groups, **options)
    assert [g.method for g in bare.costs[0].groups] == [None] * 2 + ["t"] * 2
    assert without(found) == list(bare.costs)


def test_everybody_may_be_few(judge: Judge) -> None:
    found = judge([benefits(40), benefits(60)])
    everybody = found.costs[0].population
    assert (everybody.method, everybody.approximate_error) == ("approximate", 0.035)
    assert everybody.p_gain is None
    assert found.costs[0].gamma.ci == (None, None)


def test_at_other_levels_nothing_is_measured_and_nothing_is_shown(judge: Judge) -> None:
    group = judge([benefits(60), benefits(600)], alpha=0.1).costs[0].groups[0]
    assert (group.method, group.ci) == (None, (None, None))


def test_groups_without_a_spread_or_with_a_better_method_have_none(judge: Judge) -> None:
    agree = judge([np.zeros(60), benefits(600)]).costs[0].groups[0]
    assert (agree.method, agree.ci) == ("agreement", (None, None))
    bounded = judge([np.tanh(benefits(60)), benefits(600) / 20], cost="brier").costs[0].groups[0]
    assert (bounded.method, bounded.approximate_error) == ("betting", None)
    # From sums there is no betting, and the interval of a bounded cost is approximate.
    sums = judge([np.tanh(benefits(60)), benefits(600) / 20], cost="brier", with_rows=False).costs[
        0
    ]
    assert sums.groups[0].method == "approximate"


def test_weights_and_clusters_make_rows_worth_fewer(judge: Judge) -> None:
    rng = np.random.default_rng(8)
    rows = [benefits(140), benefits(600)]
    weight = rng.choice([1.0, 6.0], 740)
    group = judge(rows, sample_weight=weight).costs[0].groups[0]
    assert group.approximate_error is None or group.approximate_error > CELLS[149]
    pairs = judge(rows, cluster=np.arange(740) // 2).costs[0].groups[0]
    assert pairs.approximate_error == CELLS[50]
    # Clusters of one row each are rows.
    alone = judge(rows, cluster=np.arange(740)).costs[0].groups[0]
    assert alone.approximate_error == judge(rows).costs[0].groups[0].approximate_error


def test_the_change_between_audits_does_not_use_it(judge: Judge) -> None:
    before = judge([benefits(60), benefits(600)])
    after = judge([benefits(60, 1), benefits(600, 1)])
    small, large = wg.diff(before, after).costs[0].groups
    assert small.bop.change is not None
    assert (small.bop.ci, small.bop.ci_before) == ((None, None), (None, None))
    assert None not in large.bop.ci


def test_hidden_groups_have_none(judge: Judge) -> None:
    found = judge([benefits(40), [], benefits(600)], names=["a", "b", "c"], min_cell=10)
    assert [group.group["group"] for group in found.costs[0].groups] == ["a", "c"]
    assert found.costs[0].groups[1].n == 600


@pytest.mark.parametrize("n", [30, 50, 100])
def test_ends_err_no_more_than_is_said(judge: Judge, n: int) -> None:
    rng = np.random.default_rng(n)
    groups, times = 50, 4
    for draw, mean in (
        (lambda: rng.lognormal(size=n), np.exp(0.5)),
        (lambda: rng.standard_t(5, size=n), 0.0),
        (lambda: np.square(rng.normal(size=n)) - np.square(1.2 * rng.normal(size=n)), 1 - 1.44),
    ):
        low = high = 0
        for _ in range(times):
            found = judge([draw() for _ in range(groups)])
            for group in found.costs[0].groups:
                assert group.method == "approximate"
                low += group.ci[0] > mean
                high += group.ci[1] < mean
        said = CELLS[n]
        tolerated = said + 4 * np.sqrt(said * (1 - said) / (groups * times))
        assert max(low, high) / (groups * times) <= tolerated
