"""Betting: exact martingale identities, an independent computation, and levels."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose
from scipy import stats

from whogains.inference import (
    betting_interval,
    betting_test,
)

unit_interval = partial(betting_interval, lower=-1, upper=1)
unit_test = partial(betting_test, lower=-1, upper=1)


def slow_capital(shares, m):
    """Final capital averaged over the stakes, row by row."""
    n, design = len(shares), 2 * np.log(40)
    number = max(int(np.ceil(np.log2(np.sqrt(n / design)))), 0) + 1
    capitals = []
    for k in range(number):
        capital = 1.0
        for x in shares:
            capital *= 1 + 0.5**k / m * (x - m)
        capitals.append(capital)
    return np.mean(capitals)


def test_capital_is_the_mean_over_stakes_of_the_product_over_rows():
    rows = np.random.default_rng(1).uniform(-0.3, 0.6, size=60)
    for null in (-0.2, 0.0, 0.1):
        capital = slow_capital((rows + 1) / 2, (null + 1) / 2)
        assert_allclose(unit_test(rows, null=null), min(1, 1 / capital), rtol=1e-9)


def ternary(gains, harms, n):
    """Rows of a 0-1 cost with these counts."""
    return np.repeat([1.0, -1.0, 0.0], [gains, harms, n - gains - harms])


def table(n):
    """All counts of gains and harms among n rows."""
    gains, harms = np.divmod(np.arange((n + 1) ** 2), n + 1)
    keep = gains + harms <= n
    return gains[keep], harms[keep]


@pytest.mark.parametrize("n", [20, 56, 100, 125, 130])
@pytest.mark.parametrize(("high", "low"), [(0.35, -0.65), (0.1, -1.0), (1.0, -1.0)])
def test_two_valued_differences_hold_their_level_exactly(n, high, low):
    # The mean is 0: a row is `low` with this chance. Every possible sample is enumerated.
    chance = high / (high - low)
    counts = np.arange(n + 1)
    weights = stats.binom.pmf(counts, n, chance)
    for alternative in ("greater", "less"):
        p = [
            float(unit_test(np.repeat([high, low], [n - k, k]), alternative=alternative))
            for k in counts
        ]
        assert weights @ (np.array(p) <= 0.05) <= 0.05


@pytest.mark.parametrize("n", [1, 6, 25, 60])
@pytest.mark.parametrize("rates", [(0.02, 0.02), (0.3, 0.3), (0.1, 0.02), (0.0, 0.4), (0.6, 0.4)])
def test_averaged_capital_is_worth_one_under_the_null(n, rates):
    """E(capital) = 1 exactly, so the level holds exactly."""
    gains, harms = table(n)
    up, down = rates
    mass = stats.multinomial.pmf(
        np.column_stack([gains, harms, n - gains - harms]), n, [up, down, 1 - up - down]
    )
    mass = np.nan_to_num(mass)
    for alternative in ("greater", "less"):
        p = np.array(
            [
                float(unit_test(ternary(*each, n), null=up - down, alternative=alternative))
                for each in zip(gains, harms, strict=True)
            ]
        )
        won = mass > 0
        assert (mass[won] / p[won]).sum() <= 2 + 1e-9  # losers' capital counts as 1 here
        for level in (0.05, 0.025, 0.005):
            assert mass[p <= level].sum() <= level


def test_rows_hold_their_level_when_n_is_tiny_and_losses_are_rare():
    rng = np.random.default_rng(2)
    rejected = [
        unit_test(np.where(rng.random(25) < 0.04, -1.0, 1 / 24), null=0.0) <= 0.05
        for _ in range(1500)
    ]
    assert np.mean(rejected) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)


@pytest.mark.parametrize("alpha", [0.2, 0.05, 0.001])
def test_intervals_hold_what_the_tests_do_not_reject(alpha):
    rows = np.random.default_rng(3).beta(2, 5, size=80) - 0.2
    found = unit_interval(rows, alpha=alpha)
    assert_allclose(unit_test(rows, null=float(found.lower)), alpha / 2, rtol=1e-4)
    assert_allclose(
        unit_test(rows, null=float(found.upper), alternative="less"), alpha / 2, rtol=1e-4
    )


@settings(max_examples=30, deadline=None)
@given(hnp.arrays(float, st.integers(0, 40), elements=st.floats(-1, 1)), st.randoms())
def test_order_of_rows_does_not_matter_and_swapping_models_mirrors(rows, random):
    found = unit_interval(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    again = unit_interval(shuffled)
    assert (found.lower, found.upper) == (again.lower, again.upper)
    assert -1 <= found.lower <= found.upper <= 1
    if rows.size:
        assert found.lower <= rows.mean() + 1e-12
        assert found.upper >= rows.mean() - 1e-12


def test_other_ranges_are_scaled():
    rows = np.random.default_rng(4).uniform(size=50)
    one = betting_interval(rows, lower=0, upper=1)
    other = betting_interval(10 * rows - 3, lower=-3, upper=7)
    assert_allclose([other.lower, other.upper], [10 * one.lower - 3, 10 * one.upper - 3], rtol=1e-6)


def test_empty_and_extreme_groups():
    nothing = unit_interval([])
    assert (nothing.lower, nothing.upper) == (-1, 1)
    assert unit_test([]) == 1
    all_won, all_tied = unit_interval([1.0] * 50), unit_interval([0.0] * 50)
    assert all_won.upper == 1
    assert all_won.lower > 0.8
    assert -all_tied.lower == all_tied.upper < 0.2
    all_lost = unit_interval([-1.0] * 50)
    assert all_lost.lower == -1
    assert all_lost.upper < -0.8


def test_intervals_shrink_to_a_known_width():
    rows = np.random.default_rng(5).choice([-1.0, 0, 1], p=[0.2, 0.5, 0.3], size=10_000)
    width = 2 * 1.96 * rows.std() / 100
    from_rows = unit_interval(rows)
    assert 1 < (from_rows.upper - from_rows.lower) / width < 1.8


def test_what_is_out_of_range_is_refused():
    with pytest.raises(ValueError, match="within"):
        unit_interval([0.0, 1.2])
    with pytest.raises(ValueError, match="below upper"):
        betting_interval([0.0], lower=1, upper=1)
    for lower, upper in ((-np.inf, 1), (-1e308, 1e308)):
        with pytest.raises(ValueError, match="range must be finite"):
            betting_interval([0.0], lower=lower, upper=upper)
    with pytest.raises(ValueError, match="null"):
        unit_test([0.0], null=2)
    with pytest.raises(ValueError, match="null"):
        unit_test([1.0, 0.0], null=-2)
    with pytest.raises(ValueError, match="finite"):
        unit_interval([np.nan])


@settings(max_examples=40, deadline=None)
@given(
    hnp.arrays(np.float64, st.integers(1, 60), elements=st.sampled_from([-1, -0.3, 0, 0.1, 0.3, 1]))
)
def test_swapped_models_mirror_the_interval_and_the_test(rows):
    found, mirrored = unit_interval(rows), unit_interval(-rows)
    assert_allclose([mirrored.lower, mirrored.upper], [-found.upper, -found.lower], atol=1e-8)
    assert_allclose(unit_test(-rows, alternative="less"), unit_test(rows), rtol=1e-8)


def test_clusters_bet_on_their_sums():
    rng = np.random.default_rng(5)
    cluster = np.repeat(np.arange(40), rng.integers(1, 6, 40))
    rows = rng.uniform(-0.3, 0.6, len(cluster))
    largest = np.bincount(cluster).max()
    for null in (-0.2, 0.0, 0.1):
        m, shares = (null + 1) / 2, (rows + 1) / 2
        sums, sizes = np.bincount(cluster, shares), np.bincount(cluster)
        number = max(int(np.ceil(np.log2(np.sqrt(len(rows) / largest / (2 * np.log(40)))))), 0) + 1
        capitals = [np.prod(1 + 0.5**k * (sums / m - sizes) / largest) for k in range(number)]
        found = unit_test(rows, null=null, cluster=cluster)
        assert_allclose(found, min(1, 1 / np.mean(capitals)), rtol=1e-9)
        wide = unit_test(rows, null=null, cluster=cluster, largest=10 * largest)
        assert found <= wide <= 1


def test_clusters_of_one_row_are_rows_and_copies_tell_nothing():
    rows = np.random.default_rng(6).uniform(-0.4, 0.5, 120)
    alone = unit_interval(rows)
    singles = unit_interval(rows, cluster=np.arange(120))
    copies = unit_interval(np.repeat(rows, 4), cluster=np.repeat(np.arange(120), 4))
    for each in (singles, copies):
        assert_allclose((each.lower, each.upper), (alone.lower, alone.upper), rtol=1e-7)


def test_betting_on_clusters_holds_its_level_where_large_ones_decide():
    rng = np.random.default_rng(7)
    sizes, samples, errors = np.arange(1, 21), 400, 0
    # All of the harm is in clusters of 15 rows or more, of which one in twenty is harmed.
    truth = -0.05 * 0.8 * sizes[sizes >= 15].sum() / sizes.sum()
    for _ in range(samples):
        size = rng.choice(sizes, 60)
        harmed = (size >= 15) & (rng.random(60) < 0.05)
        rows = np.repeat(np.where(harmed, -0.8, 0.0), size)
        found = unit_interval(rows, cluster=np.repeat(np.arange(60), size), largest=20)
        errors += not found.lower <= truth <= found.upper
    assert errors <= 0.05 * samples + 3.3 * np.sqrt(0.05 * 0.95 * samples)


def test_clusters_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="more than largest = 2"):
        unit_interval([0.1] * 6, cluster=[0, 0, 0, 1, 1, 1], largest=2)
    with pytest.raises(ValueError, match="one value per row"):
        unit_interval([0.1] * 6, cluster=[0, 1])
