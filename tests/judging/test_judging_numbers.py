"""The numbers of findings, against SciPy, statsmodels and counting by hand."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

import whogains as wg
from whogains.costs import PREDICTION_COSTS
from whogains.errors import InputError
from whogains.evidence import Target
from whogains.judging import Settings

COST = {cost.name: cost for cost in PREDICTION_COSTS}


def _symmetric(rng: np.random.Generator, n: int, shift: float) -> np.ndarray:
    """Draw a sample without skewness, for which the interval is Student's."""
    half = rng.normal(size=n // 2)
    return np.concatenate([half, -half]) + shift


def _told(rows: np.ndarray, level: float, power: float) -> float:
    """Effect that a t test of symmetric rows finds; the spread of s is that of normal rows."""
    end = stats.t.isf(level, len(rows) - 1)
    spread = np.sqrt(1 + end**2 / 2 / len(rows))
    return float((end + spread * norm.ppf(power)) * stats.sem(rows))


def test_a_mean_cost_has_students_interval_and_test(judge) -> None:
    rng = np.random.default_rng(1)
    groups = [_symmetric(rng, 800, 0.1), _symmetric(rng, 600, -0.1)]
    found = judge(groups).costs[0]
    for group, rows in zip(found.groups, groups, strict=True):
        expected = stats.ttest_1samp(rows, 0, alternative="greater")
        assert group.bop == pytest.approx(rows.mean())
        assert group.cost_generic == pytest.approx(np.maximum(rows, 0).mean())
        assert group.cost_personalized == pytest.approx(np.maximum(-rows, 0).mean())
        assert group.se == pytest.approx(stats.sem(rows))
        assert group.p_gain == pytest.approx(expected.pvalue)
        assert group.p_harm == pytest.approx(1 - expected.pvalue)
        ci = stats.ttest_1samp(rows, 0).confidence_interval(0.95)
        assert group.ci == pytest.approx((ci.low, ci.high))
        assert (group.method, group.test) == ("t", "t")
        # Of two groups, the first step of Holm tests at .05 / 2.
        assert group.detectable == pytest.approx(_told(rows, 0.05 / 2, 0.8))
    everybody = np.concatenate(groups)
    assert found.population.bop == pytest.approx(everybody.mean())
    assert found.population.se == pytest.approx(stats.sem(everybody))


def test_a_zero_one_cost_has_the_exact_sign_test(judge) -> None:
    groups = [np.repeat([1, -1, 0], [30, 15, 155]), np.repeat([1, -1, 0], [4, 11, 85])]
    found = judge(groups, cost="zero_one").costs[0]
    for group, rows in zip(found.groups, groups, strict=True):
        gains, harms = int((rows == 1).sum()), int((rows == -1).sum())
        for p, alternative in ((group.p_gain, "greater"), (group.p_harm, "less")):
            exact = stats.binomtest(gains, gains + harms, alternative=alternative).pvalue
            assert p == pytest.approx(exact)
        assert (group.method, group.test) == ("score", "sign")
    # Both together: 34 gains, 26 harms.
    assert found.population.p_gain == pytest.approx(
        stats.binomtest(34, 60, alternative="greater").pvalue
    )


def test_equivalence_is_two_one_sided_tests(judge) -> None:
    rng = np.random.default_rng(2)
    rows, epsilon = _symmetric(rng, 600, 0.02), 0.1
    group = judge([rows, rows], epsilon=epsilon).costs[0].groups[0]
    above = stats.ttest_1samp(rows, -epsilon, alternative="greater").pvalue
    below = stats.ttest_1samp(rows, epsilon, alternative="less").pvalue
    assert group.p_equivalent == pytest.approx(max(above, below))


def _adjusted(groups, kind: str) -> list[float]:
    return [getattr(group, f"p_{kind}_adjusted") for group in groups]


def _by_statsmodels(groups, kind: str) -> list[float]:
    # The tails of k t tests cost 0.6 times the root of k before Holm.
    penalty = max(1.0, 0.6 * len(groups) ** 0.5)
    bare = [min(1.0, penalty * getattr(group, f"p_{kind}")) for group in groups]
    return multipletests(bare, method="holm")[1]


def test_holm_within_a_cost_and_over_all(judge) -> None:
    rng = np.random.default_rng(3)
    of_costs = {
        name: [_symmetric(rng, 800, shift) for shift in (0.1, 0.05, 0.0, -0.08)]
        for name in ("squared_error", "absolute_error")
    }
    kinds = ("gain", "harm", "equivalent")
    within = judge(of_costs, epsilon=0.1)
    for cost in within.costs:
        for kind in kinds:
            assert _adjusted(cost.groups, kind) == pytest.approx(_by_statsmodels(cost.groups, kind))
    over_all = judge(of_costs, epsilon=0.1, correction="all_costs")
    for kind in kinds:
        groups = [group for cost in over_all.costs for group in cost.groups]
        assert _adjusted(groups, kind) == pytest.approx(_by_statsmodels(groups, kind))
    assert over_all.settings["correction"] == "all_costs"
    # The claim that every group gains needs no correction of either kind.
    for one, other in zip(within.costs, over_all.costs, strict=True):
        assert one.gamma.p_every_group_gains == other.gamma.p_every_group_gains


def test_groups_that_cannot_be_tested_do_not_count_as_tests(judge) -> None:
    rng = np.random.default_rng(4)
    rows = [_symmetric(rng, 800, 0.1), _symmetric(rng, 800, 0.05)]
    small = judge([*rows, [1.0], []]).costs[0]
    alone = judge(rows).costs[0]
    assert [g.p_gain_adjusted for g in small.groups[:2]] == [
        g.p_gain_adjusted for g in alone.groups
    ]


def test_every_group_gains_is_the_largest_p_value(judge) -> None:
    rng = np.random.default_rng(5)
    found = judge([_symmetric(rng, 800, shift) for shift in (0.15, 0.1, 0.12)]).costs[0]
    assert found.gamma.p_every_group_gains == max(group.p_gain for group in found.groups)
    assert found.gamma.bop == min(group.bop for group in found.groups)
    assert found.gamma.group == {"group": "g1"}


@pytest.mark.parametrize("cost", ["squared_error", "zero_one"])
def test_the_interval_of_gamma_is_made_of_the_groups_own(judge, cost: str) -> None:
    rng = np.random.default_rng(6)
    groups = [rng.choice([-1.0, 0.0, 1.0], 400, p=[0.1, 0.7, 0.2]) for _ in range(5)]
    found = judge(groups, cost=cost, alpha=0.05).costs[0]
    # The lower end needs no correction; the upper end is Bonferroni's over five groups, and for t
    # pays for the tails.
    penalty = 1.0 if cost == "zero_one" else 0.6 * 5**0.5
    finer = judge(groups, cost=cost, alpha=0.05 / 5 / penalty).costs[0]
    assert found.gamma.ci[0] == min(group.ci[0] for group in found.groups)
    assert found.gamma.ci[1] == pytest.approx(min(group.ci[1] for group in finer.groups))


def test_weights_make_a_ratio_with_its_linearized_error(judge) -> None:
    rng = np.random.default_rng(7)
    rows = [_symmetric(rng, 600, 0.3), _symmetric(rng, 600, 0.1)]
    weight = rng.uniform(0.5, 2.0, 1200)
    found = judge(rows, sample_weight=weight).costs[0]
    for group, b, w in zip(found.groups, rows, np.split(weight, 2), strict=True):
        mean = np.average(b, weights=w)
        residual = w * (b - mean)
        se = np.sqrt(600 / 599 * (residual**2).sum()) / w.sum()
        assert group.bop == pytest.approx(mean)
        assert group.se == pytest.approx(se)
        assert group.n == 600
        assert group.method == "t"
    same = judge(rows, sample_weight=np.full(1200, 3.0)).costs[0]
    plain = judge(rows).costs[0]
    for one, other in zip(same.groups, plain.groups, strict=True):
        assert (one.bop, one.se, one.p_gain) == pytest.approx((other.bop, other.se, other.p_gain))


def test_clusters_make_the_error_robust(judge) -> None:
    rng = np.random.default_rng(8)
    cluster = np.repeat(np.arange(300), 4)
    rows = np.repeat(rng.normal(size=300), 4) + rng.normal(size=1200) + 0.2
    found = judge([rows[:600], rows[600:]], cluster=cluster).costs[0]
    for group, part in zip(found.groups, (slice(0, 600), slice(600, 1200)), strict=True):
        fit = sm.OLS(rows[part], np.ones(600)).fit(
            cov_type="cluster", cov_kwds={"groups": cluster[part]}
        )
        assert group.bop == pytest.approx(fit.params[0])
        assert group.se == pytest.approx(fit.bse[0])
    plain = judge([rows[:600], rows[600:]]).costs[0]
    assert all(
        one.se > 1.5 * other.se for one, other in zip(found.groups, plain.groups, strict=True)
    )


def test_clusters_and_weights_leave_no_exact_test(judge) -> None:
    rng = np.random.default_rng(9)
    rows = [rng.choice([-1.0, 0.0, 1.0], 1200, p=[0.1, 0.7, 0.2]) for _ in range(2)]
    for extra in ({"cluster": np.arange(2400) // 2}, {"sample_weight": rng.uniform(1, 2, 2400)}):
        found = judge(rows, cost="zero_one", **extra).costs[0]
        assert {(group.method, group.test) for group in found.groups} == {("t", "t")}
    with pytest.raises(InputError, match="without weights, and zero_one is audited with weights"):
        judge(rows, cost="zero_one", method="betting", **extra)


def test_the_sum_of_errors_is_twice_their_average(judge) -> None:
    rng = np.random.default_rng(10)
    groups = [rng.normal(0, 1, 400), rng.normal(0, 1, 900)]
    average = judge(groups, epsilon=0.1)
    total = judge(groups, epsilon=0.1, convention="sum")
    assert (average.settings["tolerated_error"], total.settings["tolerated_error"]) == (0.25, 0.5)
    one, other = average.costs[0].limits, total.costs[0].limits
    for key in ("paper", "weighted", "below", "above"):
        assert getattr(other, key) == pytest.approx(2 * getattr(one, key))
        assert getattr(other.curve, key) == pytest.approx(2 * np.array(getattr(one.curve, key)))
    assert (one.verdict, one.detectable) == (other.verdict, other.detectable)
    for first, second in zip(average.costs[0].groups, total.costs[0].groups, strict=True):
        assert first == second


def test_limits_are_those_of_a_plan_with_the_same_sizes_and_spreads(judge) -> None:
    rng = np.random.default_rng(11)
    groups = [_symmetric(rng, 400, 0.0), 2 * _symmetric(rng, 900, 0.0)]
    found = judge(groups, epsilon=0.15).costs[0].limits
    planned = wg.plan(n=[400, 900], sd=[g.std(ddof=1) for g in groups], epsilon=0.15).limits
    for key in ("paper", "weighted", "below", "above", "detectable"):
        assert getattr(found, key) == pytest.approx(getattr(planned, key), abs=1e-6)
    assert found.verdict == planned.verdict
    assert found.curve is not None
    assert 0.15 in found.curve.epsilon
    assert list(found.curve.epsilon) == sorted(found.curve.epsilon)


def test_limits_of_a_zero_one_cost_rest_on_the_disagreement(judge) -> None:
    # Variance of a row: the share of rows on which the models disagree, less epsilon squared.
    rows = np.repeat([1.0, -1.0, 0.0], [100, 100, 800])
    limits = judge([rows, rows], cost="zero_one", epsilon=0.04).costs[0].limits
    sd = np.sqrt(0.2 - 0.04**2)
    planned = wg.plan(n=[1000, 1000], sd=sd, epsilon=0.04).limits
    assert limits.below == pytest.approx(planned.below, abs=1e-6)
    assert limits.above == pytest.approx(planned.above, abs=1e-6)


TARGET = Target(weight=10.0, mean=3.0, m2=250.0, mean_absolute_deviation=4.0)


def test_epsilon_by_default_is_one_point_of_what_a_constant_costs() -> None:
    for name in ("zero_one", "brier", "log_loss", "auc", "r2"):
        assert Settings().epsilon_of(COST[name], TARGET) == 0.01
    assert Settings().epsilon_of(COST["squared_error"], TARGET) == pytest.approx(0.25)
    assert Settings().epsilon_of(COST["absolute_error"], TARGET) == pytest.approx(0.04)
    y = np.random.default_rng(12).lognormal(1, 1, 500)
    found = wg.compare(
        y,
        generic=y + 10,
        personalized=y + np.resize([5.0, 20.0], 500),
        groups={"g": np.arange(500) % 2},
    )
    by_name = {cost.name: cost.epsilon for cost in found.costs}
    assert by_name["squared_error"] == pytest.approx(0.01 * y.var())
    assert by_name["absolute_error"] == pytest.approx(0.01 * np.abs(y - np.median(y)).mean())
    assert found.settings["epsilon"] is None


def test_the_default_epsilon_is_at_most_a_tenth_of_what_there_is_to_gain():
    # A perfect model at a base rate of .005 gains half a point, which is all there is.
    assert Settings().epsilon_of(COST["zero_one"], TARGET, 0.005) == pytest.approx(0.0005)
    assert Settings().epsilon_of(COST["squared_error"], TARGET, 1.0) == pytest.approx(0.1)
    # Metrics are costs with a minus: an AUC of .98 leaves .02.
    assert Settings().epsilon_of(COST["auc"], TARGET, -0.98) == pytest.approx(0.002)
    assert Settings().epsilon_of(COST["auc"], TARGET, -0.7) == 0.01
    assert Settings().epsilon_of(COST["r2"], TARGET, -0.02) == 0.01
    _, why = Settings().epsilon_and_why(COST["auc"], TARGET, -0.98)
    assert why == "a tenth of what a perfect model would gain"
    # Where the generic model costs nothing, nothing can be gained, and the scale stays.
    assert Settings().epsilon_of(COST["zero_one"], TARGET, 0.0) == 0.01
    assert Settings(epsilon=0.3).epsilon_of(COST["zero_one"], TARGET, 0.005) == 0.3


def test_epsilon_for_all_costs_or_for_some() -> None:
    for_all = Settings(epsilon=0.2)
    assert {for_all.epsilon_of(COST[name], TARGET) for name in ("brier", "squared_error")} == {0.2}
    for_some = Settings(epsilon={"brier": 0.3})
    assert for_some.epsilon_of(COST["brier"], TARGET) == 0.3
    assert for_some.epsilon_of(COST["zero_one"], TARGET) == 0.01


def test_an_outcome_without_a_scale_asks_for_epsilon() -> None:
    with pytest.raises(InputError, match=r"no scale for absolute_error; give epsilon="):
        Settings().epsilon_of(COST["absolute_error"], TARGET + TARGET)


@pytest.mark.parametrize("alpha", [0.01, 0.1])
def test_alpha_is_the_level_of_tests_and_intervals(judge, alpha: float) -> None:
    rng = np.random.default_rng(13)
    rows = _symmetric(rng, 400, 0.1)
    group = judge([rows, rows], alpha=alpha).costs[0].groups[0]
    ci = stats.ttest_1samp(rows, 0).confidence_interval(1 - alpha)
    assert group.ci == pytest.approx((ci.low, ci.high))
    assert group.detectable == pytest.approx(_told(rows, alpha / 2, 0.8))


def test_the_power_of_what_is_detectable(judge) -> None:
    rows = _symmetric(np.random.default_rng(14), 400, 0.1)
    group = judge([rows, rows], power=0.95).costs[0].groups[0]
    assert group.detectable == pytest.approx(_told(rows, 0.05 / 2, 0.95))


def test_the_detectable_gamma_has_the_power(judge) -> None:
    rng = np.random.default_rng(15)
    groups = [_symmetric(rng, n, 0.0) * sd for n, sd in ((300, 1), (500, 1.5), (900, 1))]
    found = judge(groups).costs[0]
    signals = found.limits.detectable_every_group / np.array([group.se for group in found.groups])
    ends = stats.t.isf(0.05, np.array([299, 499, 899]))
    spread = np.sqrt(1 + ends**2 / 2 / np.array([300, 500, 900]))
    # Every group's test at level .05, none corrected.
    assert np.prod(norm.cdf((signals - ends) / spread)) == pytest.approx(0.8, abs=1e-6)
    assert found.limits.detectable == found.limits.detectable_every_group
