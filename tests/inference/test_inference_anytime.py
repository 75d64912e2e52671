"""Sequences over looks: identities, independent computations, and false alarms over many looks."""

from itertools import combinations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats

from whogains.inference import (
    asymptotic_log_e,
    asymptotic_sequence,
    bounded_log_e,
    bounded_sequence,
    holm,
    sequence_offered,
    ternary_log_e,
    ternary_sequence,
    weighted_holm,
    weights_by_appearance,
)

STAKES = [0.9 / 2**k for k in range(11)]
SIDES = ("greater", "less")


def capital(rows, null, alternative, lower=-1.0, upper=1.0):
    """Capital averaged over the stakes, row by row."""
    y = np.asarray(rows) - null if alternative == "greater" else null - np.asarray(rows)
    room = null - lower if alternative == "greater" else upper - null
    return np.mean([np.prod(1 + stake * y / room) for stake in STAKES])


@pytest.mark.parametrize("alternative", SIDES)
@pytest.mark.parametrize("null", [-0.3, 0.0, 0.02])
def test_three_counts_give_the_capital_of_every_row(null, alternative):
    rows = np.repeat([1.0, -1.0, 0.0], [40, 15, 200])
    found = ternary_log_e(40, 15, 255, null=null, alternative=alternative)
    assert_allclose(found, np.log(capital(rows, null, alternative)), rtol=1e-10)


@pytest.mark.parametrize("rates", [(0.1, 0.1), (0.3, 0.05), (0.0, 0.4)])
def test_the_ternary_e_value_is_worth_one_under_its_null(rates):
    """Over all samples of 40 rows, exactly."""
    n, (up, down) = 40, rates
    gains, harms = (each.ravel() for each in np.mgrid[0 : n + 1, 0 : n + 1])
    keep = gains + harms <= n
    gains, harms = gains[keep], harms[keep]
    mass = stats.multinomial.pmf(
        np.column_stack([gains, harms, n - gains - harms]), n, [up, down, 1 - up - down]
    )
    for side in SIDES:
        e = np.exp(ternary_log_e(gains, harms, n, null=up - down, alternative=side))
        assert_allclose(np.nansum(mass * e), 1.0, rtol=1e-9)


def test_no_bet_pays_less_than_the_bound_of_two_moments():
    y = np.linspace(-1, 30, 4000)
    for stake in STAKES:
        assert np.all(np.exp(stake * y + (np.log1p(-stake) + stake) * y**2) <= 1 + stake * y + 1e-9)


@pytest.mark.parametrize("alternative", SIDES)
def test_two_moments_bound_the_capital_from_below_and_come_close(alternative):
    rows = np.random.default_rng(3).normal(0.03, 0.1, size=600).clip(-1, 2)
    sums = {"units": 600, "mean": rows.mean(), "m2": rows.var() * 600}
    for null in (-0.05, 0.0, 0.04):
        found = float(bounded_log_e(**sums, lower=-1, upper=2, null=null, alternative=alternative))
        exact = np.log(capital(rows, null, alternative, -1, 2))
        assert found <= exact + 1e-9
    gain = float(bounded_log_e(**sums, lower=-1, upper=2))
    assert gain > 0.5 * np.log(capital(rows, 0.0, "greater", -1, 2)) > 3


def test_the_asymptotic_e_value_is_the_average_over_a_half_normal_prior():
    design, t = 400.0, 250
    rho = np.sqrt((2 * np.log(20) + np.log(2 * np.log(20) + 1)) / design)
    for z in (-1.0, 0.5, 3.2):
        total = z * np.sqrt(t)

        def paid(drift, total=total):
            likelihood = np.exp(drift * total - drift**2 * t / 2)
            return likelihood * 2 * stats.norm.pdf(drift, scale=rho)

        expected, _ = integrate.quad(paid, 0, 8 * rho)
        found = asymptotic_log_e(z, 1.0, t, design=design)
        assert_allclose(found, np.log(expected), rtol=1e-6)
        assert_allclose(asymptotic_log_e(-z, 1.0, t, design=design, alternative="less"), found)


def test_the_asymptotic_sequence_ends_where_the_two_sided_mixture_pays_one_over_alpha():
    t, alpha, design = 300, 0.1, 1000.0
    rho = np.sqrt((2 * np.log(20) + np.log(2 * np.log(20) + 1)) / design)
    z = float(asymptotic_sequence(0.0, 1.0, t, alpha=alpha).upper)

    def paid(drift):
        likelihood = np.exp(drift * z * np.sqrt(t) - drift**2 * t / 2)
        return likelihood * stats.norm.pdf(drift, scale=rho)

    assert_allclose(integrate.quad(paid, -10 * rho, 10 * rho)[0], 1 / alpha, rtol=1e-6)


def test_ends_are_the_nearest_values_that_an_e_value_rejects():
    wins = np.log(2 / 0.05)
    gains, harms, n = np.array([60, 3, 0, 900]), np.array([20, 9, 0, 900]), [1000, 40, 3, 50_000]
    found = ternary_sequence(gains, harms, n)
    for end, side in ((found.lower, "greater"), (found.upper, "less")):
        inwards = 1e-5 if side == "greater" else -1e-5
        at, inside = (
            ternary_log_e(gains, harms, n, null=x, alternative=side) for x in (end, end + inwards)
        )
        inner = np.abs(end) < 1
        assert np.all(at[inner] >= wins)
        assert np.all(inside < wins)
    mean, m2 = np.array([0.02, 0.5, -0.9]), np.array([10.0, 0.1, 0.0])
    bounded = bounded_sequence([1000, 30, 4], mean, m2, lower=-1, upper=1)
    assert np.all((bounded.lower <= mean) & (mean <= bounded.upper))
    for end, side in ((bounded.lower, "greater"), (bounded.upper, "less")):
        at = bounded_log_e([1000, 30, 4], mean, m2, lower=-1, upper=1, null=end, alternative=side)
        assert np.all(at[np.abs(end) < 1] >= wins - 1e-9)


def test_nothing_is_known_without_rows_and_nothing_of_the_far_end():
    empty = ternary_sequence(0, 0, 0)
    assert (empty.lower[0], empty.upper[0]) == (-1, 1)
    assert float(ternary_log_e(0, 0, 0)) == 0
    assert float(bounded_log_e(0, np.nan, np.nan, lower=-1, upper=1)) == 0
    assert float(asymptotic_log_e(np.nan, np.nan, 1)) == 0
    assert np.isnan(asymptotic_sequence(0.3, 0.0, 500).lower)
    assert not sequence_offered([500.0], [np.nan]).any()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="more than rows"):
        ternary_log_e(5, 5, 9)
    with pytest.raises(ValueError, match="null must lie"):
        ternary_log_e(5, 0, 9, null=1.5)
    with pytest.raises(ValueError, match="both finite"):
        bounded_log_e(5, 0, 1, lower=0, upper=np.inf)
    with pytest.raises(ValueError, match="null must lie"):
        bounded_log_e(5, 0, 1, lower=-1, upper=1, null=2)
    with pytest.raises(ValueError, match="design"):
        asymptotic_log_e(1, 1, 5, design=0)
    with pytest.raises(ValueError, match="together at most 1"):
        weighted_holm([0.1, 0.2], [0.6, 0.6])
    with pytest.raises(ValueError, match="within"):
        weighted_holm([1.1], [0.5])
    with pytest.raises(ValueError, match="one length"):
        weighted_holm([0.1], [0.5, 0.5])
    with pytest.raises(ValueError, match="reserve"):
        weights_by_appearance(1, 1, reserve=0)
    with pytest.raises(ValueError, match="negative"):
        weights_by_appearance(-1, 1)


def test_weighted_holm_is_closed_testing_by_weighted_bonferroni():
    rng = np.random.default_rng(11)
    for _ in range(200):
        d = int(rng.integers(1, 5))
        p, weights = rng.uniform(size=d) ** 3, rng.dirichlet(np.ones(d + 1))[:d]
        rest = 1 - weights.sum()
        expected = np.zeros(d)
        for j in range(d):
            # A hypothesis falls when every family that holds it does; tests to come are in all.
            for size in range(1, d + 1):
                for family in combinations(range(d), size):
                    if j in family:
                        total = weights[list(family)].sum() + rest
                        local = min(p[i] / (weights[i] / total) for i in family)
                        expected[j] = max(expected[j], min(local, 1))
        assert_allclose(weighted_holm(p, weights), expected, rtol=1e-9)


def test_weighted_holm_with_equal_weights_is_holm_and_passes_over_nan():
    p = [0.01, 0.2, 0.03, 0.04]
    assert_allclose(weighted_holm(p, [0.25] * 4), holm(p))
    assert np.isnan(weighted_holm([np.nan, 0.01], [0.5, 0.4])[0])
    weights = weights_by_appearance(3, 10_000)
    assert weights[:3].sum() < 1
    assert 0.9999 < weights.sum() < 1


def _false_alarms(e, alpha=0.05):
    """Share of streams (first axis) with an alarm in any group (last axis) at any look."""
    p = np.minimum(np.exp(-e.max(axis=1)), 1.0)
    weights = weights_by_appearance(p.shape[1], 0)
    return np.mean([np.nanmin(weighted_holm(each, weights)) <= alpha for each in p])


@pytest.mark.parametrize("groups", [1, 4])
def test_false_alarms_over_fifty_looks_at_labels(groups):
    rng = np.random.default_rng(5)
    streams = 1000
    counts = rng.multinomial(20, [0.15, 0.15, 0.7], size=(streams, 50, groups)).cumsum(axis=1)
    gains, harms, n = counts[..., 0], counts[..., 1], counts.sum(axis=-1)
    for side in SIDES:
        share = _false_alarms(ternary_log_e(gains, harms, n, alternative=side))
        assert 0 < share <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / streams)


@pytest.mark.parametrize("kind", ["brier", "normal", "heavy", "skewed"])
def test_false_alarms_over_fifty_looks_at_means(kind):
    rng = np.random.default_rng(6)
    streams, looks, per = 800, 50, 40
    draw = {
        "brier": lambda size: rng.beta(2, 2, size) * 0.4 - 0.2,
        "normal": lambda size: rng.normal(size=size),
        "heavy": lambda size: rng.standard_t(5, size=size),
        "skewed": lambda size: rng.exponential(size=size) - 1,
    }[kind]
    rows = draw((streams, looks, per))
    n = np.arange(1, looks + 1) * per
    mean = rows.sum(axis=2).cumsum(axis=1) / n
    m2 = (rows**2).sum(axis=2).cumsum(axis=1) - n * mean**2
    m3 = (rows**3).sum(axis=2).cumsum(axis=1) / n - 3 * mean * (m2 / n + mean**2) + 2 * mean**3
    offered = sequence_offered(n, m3 / (m2 / n) ** 1.5)
    # Enough streams are judged at some look for the test to say something.
    assert offered.any(axis=1).mean() > (0.2 if kind == "skewed" else 0.9)
    for side in SIDES:
        if kind == "brier":
            e = bounded_log_e(n, mean, m2, lower=-1, upper=1, alternative=side)
        else:
            e = asymptotic_log_e(mean, np.sqrt(m2 / (n - 1) / n), n, alternative=side)
            e = np.where(offered, e, 0.0)
        assert _false_alarms(e[..., None]) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / streams)


def test_a_test_of_one_look_would_not_hold_over_fifty():
    """The same streams, looked at with an ordinary test each time: the reason for all this."""
    rng = np.random.default_rng(8)
    n = np.arange(1, 51) * 40
    sums = rng.normal(size=(800, 50), scale=np.sqrt(40)).cumsum(axis=1)
    assert np.mean((sums / np.sqrt(n)).max(axis=1) > 1.645) > 0.2
    e = asymptotic_log_e(sums / n, 1 / np.sqrt(n), n)
    assert 0 < np.mean(e.max(axis=1) >= np.log(20)) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 800)
