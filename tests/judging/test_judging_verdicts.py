"""Verdicts and reasons: which p-values and sizes allow which words."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import norm

from whogains.judging.verdicts import gamma_verdict, group_verdict

LOW, HIGH = 0.01, 0.5


@pytest.mark.parametrize(("gain", "harm", "same"), list(product([LOW, HIGH], repeat=3)))
@pytest.mark.parametrize("untestable", [True, False])
def test_a_group_has_one_verdict(gain: float, harm: float, same: float, untestable: bool) -> None:
    verdict, reason = group_verdict(gain, harm, same, alpha=0.05, untestable=untestable)
    # Immaterial comes first: epsilon is by definition the smallest effect that matters.
    if same == LOW:
        assert verdict == "no material difference"
    elif gain == LOW:
        assert verdict == "gain"
    elif harm == LOW:
        assert verdict == "harm"
    else:
        assert verdict == "cannot tell"
    expected = "untestable" if untestable else "inconclusive"
    assert reason == (expected if verdict == "cannot tell" else None)


@pytest.mark.parametrize("missing", range(2))
def test_without_a_test_there_are_too_few_rows(missing: int) -> None:
    p: list[float | None] = [LOW, LOW, LOW]
    p[missing] = None
    assert group_verdict(*p, alpha=0.05, untestable=False) == ("cannot tell", "too few rows")


def test_the_level_itself_is_enough() -> None:
    assert group_verdict(0.05, 1.0, 1.0, alpha=0.05, untestable=False)[0] == "gain"
    assert group_verdict(0.0500001, 1.0, 1.0, alpha=0.05, untestable=False)[0] == "cannot tell"
    assert group_verdict(0.0500001, 1.0, 1.0, alpha=0.1, untestable=False)[0] == "gain"


@pytest.mark.parametrize(
    ("every", "harm", "same", "verdict"),
    [
        (LOW, HIGH, HIGH, "every group gains"),
        (HIGH, LOW, HIGH, "some group is harmed"),
        (LOW, HIGH, LOW, "no material difference"),
        (HIGH, LOW, LOW, "no material difference"),
        (HIGH, HIGH, HIGH, "cannot tell"),
        (None, None, None, "cannot tell"),
        (1.0, None, 1.0, "cannot tell"),
    ],
)
def test_gamma_has_one_verdict(
    every: float | None, harm: float | None, same: float | None, verdict: str
) -> None:
    assert gamma_verdict(every, harm, same, alpha=0.05) == verdict


def test_gain_harm_and_what_is_too_small_to_matter(judge) -> None:
    spread = np.tile([-1.0, 1.0], 500)
    found = judge(
        [spread + 0.4, spread - 0.4, spread * 0.01 + 0.004, spread * 0.1],
        epsilon=0.02,
    ).costs[0]
    assert [group.verdict for group in found.groups] == [
        "gain",
        "harm",
        # Shown to be above zero, and to be below epsilon: the latter counts.
        "no material difference",
        "no material difference",
    ]
    assert found.groups[2].p_gain < 1e-6
    assert all(group.reason is None for group in found.groups)
    assert found.gamma.verdict == "some group is harmed"
    assert found.gamma.group == {"group": "g1"}


def test_every_group_gains_needs_every_group(judge) -> None:
    spread = np.tile([-1.0, 1.0], 500)
    good = judge([spread + 0.4, spread + 0.2, spread + 0.3], epsilon=0.01).costs[0]
    assert good.gamma.verdict == "every group gains"
    assert good.gamma.bop == pytest.approx(0.2)
    one_less = judge([spread + 0.4, spread + 0.02, spread + 0.3], epsilon=0.01).costs[0]
    assert one_less.gamma.verdict == "cannot tell"
    assert [group.verdict for group in one_less.groups] == ["gain", "cannot tell", "gain"]


def test_a_least_benefit_below_epsilon_is_immaterial_only_where_none_is_harmed(judge) -> None:
    spread = np.tile([-0.02, 0.02], 500)
    # One group gains a lot, one nothing: the least benefit lies inside (-epsilon, epsilon).
    flat = judge([spread + 0.5, spread], epsilon=0.01).costs[0]
    assert flat.gamma.verdict == "no material difference"
    assert [group.verdict for group in flat.groups] == ["gain", "no material difference"]
    below = judge([spread + 0.5, spread - 0.3], epsilon=0.01).costs[0]
    assert below.gamma.verdict == "some group is harmed"


@pytest.mark.parametrize(("n", "reason"), [(400, "untestable"), (40_000, "inconclusive")])
def test_why_one_cannot_tell_follows_from_the_size(judge, n: int, reason: str) -> None:
    # A benefit of a standard error: neither shown to be there nor to be too small.
    spread = np.tile([-1.0, 1.0], n // 2)
    epsilon = 0.01
    found = judge([spread + 1 / np.sqrt(n)] * 2, epsilon=epsilon).costs[0]
    assert [(g.verdict, g.reason) for g in found.groups] == [("cannot tell", reason)] * 2
    # No test of one group errs less than this.
    alone = norm.cdf(-np.sqrt(n) * epsilon / spread.std(ddof=1) / 2)
    assert (alone > 0.25) == (reason == "untestable")


def test_the_tolerated_error_decides_what_is_untestable(judge) -> None:
    spread = np.tile([-1.0, 1.0], 2000) + 1 / np.sqrt(4000)
    alone = norm.cdf(-np.sqrt(4000) * 0.02 / spread.std(ddof=1) / 2)
    for tolerated, reason in ((alone + 1e-6, "inconclusive"), (alone - 1e-6, "untestable")):
        found = judge([spread] * 2, epsilon=0.02, tolerated_error=float(tolerated)).costs[0]
        assert {group.reason for group in found.groups} == {reason}


@pytest.mark.parametrize("n", [0, 1])
def test_a_group_of_fewer_than_two_rows_is_kept(judge, n: int) -> None:
    rng = np.random.default_rng(3)
    found = judge([rng.normal(0.5, 1, 300), [0.7] * n, rng.normal(0.5, 1, 300)])
    for cost in found.costs:
        small = cost.groups[1]
        assert (small.n, small.verdict, small.reason) == (n, "cannot tell", "too few rows")
        assert (small.method, small.test, small.p_gain, small.se) == (None, None, None, None)
        assert small.ci == (None, None)
        assert small.bop == (None if n == 0 else pytest.approx(0.7))
        # A group that cannot be tested may be the one that does not gain.
        assert cost.gamma.p_every_group_gains == 1.0
        assert cost.gamma.ci[0] is None
        assert cost.gamma.ci[1] is not None
        assert cost.gamma.verdict == "cannot tell"


def test_a_cost_without_a_range_needs_more_rows_than_one_with(judge) -> None:
    rng = np.random.default_rng(4)
    rows = [rng.uniform(-0.3, 0.9, 40), rng.uniform(-0.3, 0.9, 40)]
    assert {g.reason for g in judge(rows, cost="log_loss").costs[0].groups} == {"too few rows"}
    assert {g.method for g in judge(rows, cost="brier").costs[0].groups} == {"betting"}
    assert {g.test for g in judge(rows, cost="brier", with_rows=False).costs[0].groups} == {None}
    signs = [np.sign(group) for group in rows]
    assert {g.method for g in judge(signs, cost="zero_one").costs[0].groups} == {"score"}


def test_agreement_on_every_row_is_said_and_not_taken_for_a_test(judge) -> None:
    rng = np.random.default_rng(5)
    found = judge([np.zeros(500), rng.uniform(-0.2, 0.9, 500)], cost="squared_error").costs[0]
    same, other = found.groups
    assert (same.verdict, same.method, same.ci) == ("cannot tell", "agreement", (None, None))
    assert (same.bop, same.p_gain, same.p_harm, same.p_equivalent) == (0.0, 1.0, 1.0, None)
    assert same.note == "both models have the same cost on every row"
    assert other.verdict == "gain"
    assert found.gamma.p_every_group_gains == 1.0


def test_agreement_on_a_bounded_cost_is_bounded_by_betting(judge) -> None:
    found = judge([np.zeros(60), np.zeros(5000)], cost="brier").costs[0]
    few, many = found.groups
    assert {few.method, many.method} == {"betting"}
    assert few.verdict == "cannot tell"
    assert many.verdict == "no material difference"
    assert {g.verdict for g in judge([np.zeros(60)] * 2, with_rows=False).costs[0].groups} == {
        "cannot tell"
    }


def test_zero_one_losses_that_agree_are_judged_by_their_number(judge) -> None:
    # Without one discordant row of n, an exact bound on the share that differ is about 3 / n.
    small, large = judge([np.zeros(100), np.zeros(2000)], cost="zero_one").costs[0].groups
    assert small.verdict == "cannot tell"
    assert large.verdict == "no material difference"
