"""The power that is claimed is that of the verdicts that are printed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from scipy.stats import norm

import whogains as wg
from whogains.inference import sign_detectable, tail_penalty
from whogains.judging import audit as build
from whogains.judging.limits import GroupLimits
from whogains.records import LimitsFinding


def _normal(rng: np.random.Generator, n: int, gain: float) -> np.ndarray:
    return rng.normal(gain, 1, n)


def _labels(rng: np.random.Generator, n: int, gain: float) -> np.ndarray:
    return rng.choice([-1.0, 0.0, 1.0], n, p=[0.1 - gain / 2, 0.8, 0.1 + gain / 2])


# How benefits are drawn, what each group gains, and how many audits are made.
DRAWS = {
    "squared_error": (_normal, 0.15, 160),
    "zero_one": (_labels, 0.08, 60),
}


def _no_limits(groups, population, epsilon, settings, step):
    """Give no limits, which take most of an audit's time."""
    unknown = np.full(len(groups), np.nan)
    empty = LimitsFinding(epsilon, None, None, None, None, None, None)
    return empty, GroupLimits(unknown, unknown, unknown, np.zeros(len(groups), dtype=bool))


@pytest.mark.parametrize("cost", DRAWS)
def test_with_the_rows_said_the_verdicts_have_their_power(judge, monkeypatch, cost) -> None:
    draw, gain, audits = DRAWS[cost]
    rng = np.random.default_rng(31)
    d = 8
    pilot = judge([draw(rng, 4000, 0.0) for _ in range(d)], cost=cost, epsilon=gain).costs[0]
    n, every = (
        int(np.median([getattr(group, key) for group in pilot.groups]))
        for key in ("required", "required_every_group")
    )
    assert pilot.limits.required_every_group == sum(g.required_every_group for g in pilot.groups)
    monkeypatch.setattr(build, "limits_finding", _no_limits)

    def audit(size: int, gains: list[float]):
        groups = [draw(rng, size, each) for each in gains]
        return judge(groups, cost=cost, with_rows=False, epsilon=1e-3).costs[0]

    # One group gains and the others do not: the least that Holm leaves it.
    alone = [audit(n, [gain, *[0.0] * 7]).groups[0].verdict == "gain" for _ in range(audits)]
    all_of_them = [
        audit(every, [gain] * d).gamma.verdict == "every group gains" for _ in range(audits)
    ]
    # Three standard errors; without a correction .46 and .17 are reached.
    tolerance = 3 * np.sqrt(0.16 / audits)
    assert np.mean(alone) == pytest.approx(0.8, abs=tolerance)
    assert np.mean(all_of_them) == pytest.approx(0.8, abs=tolerance)


def _symmetric(n: int) -> np.ndarray:
    half = np.random.default_rng(4).normal(size=n // 2)
    return np.concatenate([half, -half])


def _told(rows: np.ndarray, level: float) -> float:
    end = stats.t.isf(level, len(rows) - 1)
    spread = np.sqrt(1 + end**2 / 2 / len(rows))
    return float((end + spread * norm.ppf(0.8)) * stats.sem(rows))


def test_the_penalty_for_many_groups_is_in_what_is_told(judge) -> None:
    rows = _symmetric(400)
    group = judge([rows] * 9, epsilon=0.1).costs[0].groups[0]
    assert tail_penalty(9) == pytest.approx(1.8)
    assert group.detectable == pytest.approx(_told(rows, 0.05 / 9 / 1.8))


def test_costs_corrected_together_share_the_level(judge) -> None:
    rows, labels = _symmetric(400), np.repeat([1.0, -1.0, 0.0], [40, 40, 320])
    found = judge(
        {"brier": [rows / 5, rows / 5], "zero_one": [labels, labels]}, correction="all_costs"
    )
    brier, zero_one = found.costs
    # Four tests, of which t is used in two: no penalty.
    assert brier.groups[0].detectable == pytest.approx(_told(rows / 5, 0.05 / 4))
    expected = sign_detectable([400], 0.2, level=0.05 / 4)[0]
    assert zero_one.groups[0].detectable == pytest.approx(expected)
    # "Every group gains" needs no correction, so it is the same whatever the family.
    alone = judge({"brier": [rows / 5, rows / 5]}).costs[0].limits
    assert brier.limits.detectable_every_group == pytest.approx(alone.detectable_every_group)


def test_rows_needed_count_the_groups_that_will_be_tested(judge) -> None:
    rows, few = _symmetric(400), _symmetric(40)
    three = judge([rows, few, few], epsilon=0.05).costs[0].groups
    # The untested groups have no part in what is told now, but in what will be needed.
    assert [group.test for group in three] == ["t", None, None]
    assert three[0].detectable == pytest.approx(_told(rows, 0.05))
    full = judge([rows, rows, rows], epsilon=0.05).costs[0].groups
    assert three[0].required == full[0].required
    assert three[1].detectable is None


def test_a_plan_says_what_an_audit_says(judge) -> None:
    rows = _symmetric(400)
    found = judge([rows, rows, rows], epsilon=0.05).costs[0]
    plan = wg.plan([400] * 3, rows.std(ddof=1), epsilon=0.05)
    for one, planned in zip(found.groups, plan.groups, strict=True):
        assert one.detectable == pytest.approx(planned.detectable)
        assert one.required == planned.required
        assert one.required_every_group == planned.required_every_group
    assert found.limits.detectable_every_group == pytest.approx(plan.limits.detectable_every_group)
    assert found.limits.required_every_group == plan.limits.required_every_group


def test_who_asks_for_betting_is_told_no_rows(judge) -> None:
    rows = _symmetric(400) / 5
    asked = judge([rows, rows], cost="brier", method="betting", epsilon=0.05).costs[0]
    assert [group.required for group in asked.groups] == [None, None]
    assert asked.limits.required_every_group is None
    assert asked.limits.detectable_every_group is None


def test_skewed_losses_need_more_rows(judge: Callable) -> None:
    gains = np.random.default_rng(8).exponential(size=400) - 1
    on_gain, on_loss = (
        judge([sign * gains] * 2, epsilon=0.1).costs[0].groups[0] for sign in (1, -1)
    )
    assert on_gain.se == pytest.approx(on_loss.se)
    assert on_gain.required < on_loss.required
    assert on_gain.detectable < on_loss.detectable
