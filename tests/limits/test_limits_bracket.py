"""The bracket against tables, quadrature, quasi-Monte Carlo and simulated tests."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import norm, qmc

from whogains.errors import InputError
from whogains.limits import bracket, error_above, error_alone, error_below, signals, weighted_bound
from whogains.limits._mixture import least_variation

FOUR_SIZES = [4111, 1662, 5465, 2099]
FOUR_SPREADS = [0.7825, 0.8775, 0.7403, 0.8238]

# The search for weights stops when it hopes for less than 1e-5, half of that in the error.
SEARCH = 2e-5

many_signals = st.lists(st.floats(0.02, 15), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("n", "sd", "epsilon", "below", "above"),
    [
        # Above at .01 is .4958, at t = -1.71: a search over t >= 0 alone would say .500.
        (FOUR_SIZES, FOUR_SPREADS, 0.01, 0.435, 0.4958),
        (FOUR_SIZES, FOUR_SPREADS, 0.02, 0.357, 0.414),
        (FOUR_SIZES, FOUR_SPREADS, 0.03, 0.275, 0.304),
        (FOUR_SIZES, FOUR_SPREADS, 0.05, 0.138, 0.143),
        (FOUR_SIZES, FOUR_SPREADS, 0.1, 0.010, 0.010),
        ([100, 2000, 5000, 20000], 1.0, 0.05, 0.402, 0.408),
        ([100, 2000, 5000, 20000], 1.0, 0.2, 0.159, 0.159),
        ([500] * 16, 1.0, 0.1, 0.290, 0.342),
        ([500] * 16, 1.0, 0.15, 0.135, 0.146),
    ],
)
def test_table(n, sd, epsilon, below, above):
    ends = bracket(signals(n, epsilon, sd))
    assert ends.below == pytest.approx(below, abs=7e-4)
    assert ends.above == pytest.approx(above, abs=7e-4)


def test_one_group_is_exact():
    signal = np.append(np.geomspace(1e-8, 12, 200), 70.0)
    ends = bracket(signal[:, None])
    np.testing.assert_allclose(ends.below, norm.cdf(-signal / 2), atol=1e-10)
    np.testing.assert_allclose(ends.above, norm.cdf(-signal / 2), atol=1e-9)
    np.testing.assert_allclose(error_alone(signal), norm.cdf(-signal / 2), rtol=1e-12)


@pytest.mark.parametrize("pair", [(0.3, 0.5), (1.0, 1.0), (0.8, 2.5), (2.0, 3.0)])
def test_two_groups_by_numerical_integration(pair):
    node = np.linspace(-8, 8, 1001)
    weight = norm.pdf(node) * (node[1] - node[0])
    one, two = (np.exp(-(s**2) / 2 + s * node) for s in pair)

    def variation(share):
        inner = np.maximum(1 - share * one[:, None] - (1 - share) * two[None, :], 0)
        return weight @ inner @ weight

    least = minimize_scalar(variation, bounds=(0, 1), method="bounded").fun
    assert error_below(pair) == pytest.approx((1 - least) / 2, abs=2e-5)


def _sobol(groups, seed, log2=13):
    points = qmc.Sobol(groups, rng=np.random.default_rng(seed)).random_base2(log2)
    return norm.ppf(np.clip(points, 1e-12, 1 - 1e-12))


def _sampled(signal, weight, normal):
    ratio = np.exp(-(signal**2) / 2 + signal * normal)
    return 0.5 * (1 - np.maximum(1 - ratio @ weight, 0).mean())


@pytest.mark.parametrize(
    "signal",
    [
        [0.8, 1.2, 1.7, 2.6],
        [2.1, 2.3, 3.0, 6.0],
        [0.5] * 4 + [1.5] * 4,
        np.linspace(1.0, 4.0, 12).tolist(),
    ],
)
def test_below_by_quasi_monte_carlo(signal):
    signal = np.array(signal)
    ratio = np.exp(-(signal**2) / 2 + signal * _sobol(signal.size, seed=0, log2=11))

    def variation(log_weight):
        weight = np.exp(log_weight - log_weight.max())
        weight /= weight.sum()
        gap = 1 - ratio @ weight
        gradient = -(ratio * (gap > 0)[:, None]).mean(axis=0)
        return np.maximum(gap, 0).mean(), weight * (gradient - gradient @ weight)

    # Weights from one sample, the value from others, so that it is not too good to be true.
    found = minimize(variation, -(signal**2) / 2 + signal, jac=True, method="BFGS").x
    weight = np.exp(found - found.max())
    weight /= weight.sum()
    values = [_sampled(signal, weight, _sobol(signal.size, seed)) for seed in range(1, 6)]
    standard_error = np.std(values, ddof=1) / np.sqrt(5)
    assert standard_error < 3e-4
    assert error_below(signal) == pytest.approx(np.mean(values), abs=1e-3)


def test_no_other_weights_give_a_larger_bound():
    rng = np.random.default_rng(7)
    signal = np.array([0.9, 1.4, 2.2, 3.1, 3.3])
    normal = rng.standard_normal((100_000, 5))
    ratio = np.exp(-(signal**2) / 2 + signal * normal)
    below = error_below(signal)
    for weight in rng.dirichlet(np.full(5, 0.7), size=60):
        gap = np.maximum(1 - ratio @ weight, 0)
        standard_error = gap.std() / np.sqrt(gap.size) / 2
        assert (1 - gap.mean()) / 2 <= below + 4 * standard_error


def test_below_is_the_error_of_the_likelihood_ratio_test():
    rng = np.random.default_rng(11)
    signal, draws = np.array([1.1, 1.6, 2.4]), 200_000
    _, log_weight = least_variation(signal[None, :], np.ones(3))
    weight = np.exp(log_weight[0])
    assert weight.sum() == pytest.approx(1)

    def rejects(mean):
        z = mean + rng.standard_normal((draws, 3))
        return (np.exp(signal**2 / 2 - signal * z) @ weight) < 1

    missing = rng.choice(3, size=draws, p=weight)
    null = signal * (np.arange(3) != missing[:, None])
    error = 0.5 * (rejects(null).mean() + 1 - rejects(signal).mean())
    assert error == pytest.approx(error_below(signal), abs=4 * 0.5 / np.sqrt(draws))


@pytest.mark.parametrize("signal", [[0.6, 0.9], [1.0, 1.5, 2.0, 4.0], [2.5] * 8])
def test_above_is_the_error_of_the_threshold_test(signal):
    rng = np.random.default_rng(3)
    signal, draws = np.array(signal), 200_000

    def exact(t):
        return 0.5 * (norm.cdf(-t) + 1 - norm.cdf(signal - t).prod())

    grid = np.linspace(-8, 8, 2001)
    start = grid[np.argmin([exact(t) for t in grid])]
    best = minimize_scalar(exact, bounds=(start - 0.01, start + 0.01), method="bounded")
    assert error_above(signal) == pytest.approx(best.fun, abs=1e-8)

    # The worst null: the weakest group gains nothing, the others gain without limit.
    null = np.where(np.arange(signal.size) == signal.argmin(), 0.0, 60.0)
    first, second = (
        (mean + rng.standard_normal((draws, signal.size))).min(axis=1) >= best.x
        for mean in (null, signal)
    )
    error = 0.5 * (first.mean() + 1 - second.mean())
    assert error == pytest.approx(error_above(signal), abs=4 * 0.5 / np.sqrt(draws))


@given(many_signals)
@settings(max_examples=60, deadline=None)
def test_ends_are_in_order_and_no_worse_than_simpler_bounds(signal):
    ends = bracket(signal)
    assert 0 <= ends.below <= ends.above <= 0.5
    assert ends.below >= error_alone(min(signal)) - 1e-9
    assert ends.below >= weighted_bound(np.square(signal), 1.0).value - 1e-9


@given(many_signals, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_order_of_groups_does_not_matter(signal, random):
    shuffled = random.sample(signal, len(signal))
    one, other = bracket(signal), bracket(shuffled)
    assert one.below == pytest.approx(other.below, abs=1e-12)
    assert one.above == pytest.approx(other.above, abs=1e-12)


@given(many_signals, st.integers(0, 5), st.floats(1, 20))
@settings(max_examples=60, deadline=None)
def test_a_larger_group_never_makes_it_worse(signal, group, factor):
    larger = list(signal)
    larger[group % len(signal)] *= np.sqrt(factor)
    before, after = bracket(signal), bracket(larger)
    assert after.below <= before.below + SEARCH
    assert after.above <= before.above + 1e-8


@given(many_signals, st.floats(0.05, 15))
@settings(max_examples=60, deadline=None)
def test_another_group_never_makes_it_better(signal, extra):
    before, after = bracket(signal), bracket([*signal, extra])
    assert after.below >= before.below - SEARCH
    assert after.above >= before.above - 1e-8


@given(
    st.lists(st.floats(5, 1e6), min_size=1, max_size=5),
    st.floats(0.001, 1),
    st.floats(1.01, 5),
    st.floats(1e-3, 1e3),
)
@settings(max_examples=40, deadline=None)
def test_effects_grow_monotone_and_units_cancel(n, epsilon, factor, unit):
    ends = bracket(signals(n, [epsilon, factor * epsilon], 0.9))
    assert ends.below[1] <= ends.below[0] + SEARCH
    assert ends.above[1] <= ends.above[0] + 1e-8
    other = bracket(signals(n, [unit * epsilon, unit * factor * epsilon], unit * 0.9))
    np.testing.assert_allclose(other.below, ends.below, atol=SEARCH)
    np.testing.assert_allclose(other.above, ends.above, atol=1e-8)


def test_counts_stand_for_equal_groups():
    listed = bracket([[1.0] * 5 + [2.0] * 3, [2.0] * 5 + [5.0] * 3])
    counted = bracket([[1.0, 2.0], [2.0, 5.0]], counts=[5, 3])
    np.testing.assert_allclose(counted.below, listed.below, atol=1e-12)
    np.testing.assert_allclose(counted.above, listed.above, atol=1e-12)


def test_curve_equals_its_points():
    curve = bracket(signals([50, 400, 90], np.geomspace(0.01, 1, 9).reshape(3, 3)))
    assert curve.below.shape == curve.above.shape == (3, 3)
    point = bracket(signals([50, 400, 90], np.geomspace(0.01, 1, 9)[4]))
    assert point.below.shape == ()
    assert curve.below[1, 1] == pytest.approx(point.below, abs=1e-12)
    assert curve.above[1, 1] == pytest.approx(point.above, abs=1e-8)


def test_empty_groups_and_groups_that_cannot_be_mistaken():
    ends = bracket(signals([0, 1000], 0.5))
    assert (ends.below, ends.above) == (0.5, 0.5)
    alone = bracket([1.3])
    beside = bracket(signals([1.69, 10], 1.0, [1.0, 0.0]))  # no spread: signal without limit
    assert beside.below == pytest.approx(alone.below, abs=1e-8)
    assert beside.above == pytest.approx(alone.above, abs=1e-8)
    certain = bracket([np.inf, np.inf])
    assert (certain.below, certain.above) == (0.0, 0.0)
    huge = bracket([1e4, 1e-9, 1e8])
    assert huge.below == pytest.approx(0.5, abs=1e-8)


def test_signals():
    np.testing.assert_allclose(signals([4, 9], [1.0, 2.0], 2.0), [[1.0, 1.5], [2.0, 3.0]])
    assert signals([0, 4], 1.0, 0.0).tolist() == [0.0, np.inf]


@pytest.mark.parametrize("spread", [0.15, 0.6, 1.2])
def test_many_distinct_groups_lose_little_by_sharing_weights(spread, monkeypatch):
    rng = np.random.default_rng(5)
    signal = 3 * rng.lognormal(0, spread, size=(3, 40))
    quick = error_below(signal)
    monkeypatch.setattr(sys.modules[bracket.__module__], "_MOST_CLASSES", 100)
    slow = error_below(signal)
    assert (quick <= slow + 1e-5).all()
    np.testing.assert_allclose(quick, slow, atol=1e-3)


def test_4096_groups():
    rng = np.random.default_rng(2)
    n = rng.lognormal(7, 0.5, 4096).round()
    ends = bracket(signals(n, [0.1, 0.4, 1.0, 3.0], rng.uniform(0.8, 1.2, 4096)))
    assert (ends.below <= ends.above).all()
    assert (np.diff(ends.below) < 0).all()
    equal = bracket([[3.0], [5.0]], counts=[4096])
    # Sum of 4096 independent ratios, sampled.
    draws = np.exp(-4.5 + 3 * rng.standard_normal((2000, 4096))).mean(axis=1)
    gap = np.maximum(1 - draws, 0)
    assert equal.below[0] == pytest.approx((1 - gap.mean()) / 2, abs=2 * gap.std() / 40)


@pytest.mark.parametrize("signal", [3.0, 5.0, 6.0])
def test_eight_million_equal_groups(signal):
    groups, draws, large = 2.0**23, 4000, 400
    ends = bracket([[signal]], counts=[groups])
    # The mean ratio, sampled: the few large ones one by one, the rest by their normal sum.
    rng = np.random.default_rng(0)
    cut = norm.isf(large / groups)
    number = rng.poisson(large, draws)
    z = norm.isf(norm.sf(cut) * rng.random(number.sum()))
    ratio = np.exp(-(signal**2) / 2 + signal * z) / groups
    tail = np.bincount(np.repeat(np.arange(draws), number), weights=ratio, minlength=draws)
    mean = norm.cdf(cut - signal)
    variance = np.exp(signal**2) * norm.cdf(cut - 2 * signal) / groups
    gap = np.maximum(1 - tail - rng.normal(mean, np.sqrt(variance), draws), 0)
    standard_error = gap.std() / np.sqrt(draws) / 2
    assert ends.below[0] == pytest.approx((1 - gap.mean()) / 2, abs=4 * standard_error + 5e-4)
    assert ends.below[0] <= ends.above[0]


@pytest.mark.parametrize(
    ("signal", "counts", "message"),
    [
        ([1.0, -1.0], None, "signals must be at least 0"),
        ([1.0, np.nan], None, "signals must be at least 0"),
        ([], None, "signals must be at least 0, with one or more groups"),
        ([1.0, 2.0], [1.0], "counts must be at least 1, one per group"),
        ([1.0, 2.0], [1.0, 0.0], "counts must be at least 1, one per group"),
    ],
)
def test_wrong_input_is_named(signal, counts, message):
    with pytest.raises(InputError, match=message):
        bracket(signal, counts)
