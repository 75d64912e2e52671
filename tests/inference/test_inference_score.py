"""The score interval and test: published numbers, brute force, exact enumeration of levels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import optimize, stats

from whogains.inference import score_interval, score_test

TERNARY = st.integers(1, 400).flatmap(
    lambda n: st.integers(0, n).flatmap(
        lambda g: st.integers(0, n - g).map(lambda h: (g, h, n)),
    )
)


@pytest.mark.parametrize(
    ("counts", "alpha", "published", "decimals"),
    [
        ((9, 3, 32), 0.05, (-0.027, 0.390), 3),  # Tango (1998), crossover trial
        ((0, 1, 44), 0.10, (-0.096, 0.037), 3),  # Tango (1998), contact lens disinfection
        ((1, 7, 21), 0.05, (-0.517, -0.026), 3),  # Fagerland, Lydersen and Laake (2014)
        ((28, 25, 618), 0.10, (-0.0148, 0.0247), 4),  # R, PropCIs::scoreci.mp(25, 28, 618)
    ],
)
def test_uncorrected_interval_matches_published_values(counts, alpha, published, decimals):
    found = score_interval(*counts, alpha=alpha, corrected=False)
    assert (round(float(found.lower), decimals), round(float(found.upper), decimals)) == published


def null_discordance(gains, harms, n, beta):
    """Maximize the multinomial likelihood of the harm rate under beta, numerically."""
    low, high = max(0.0, -beta), (1 - beta) / 2

    def negative(q):
        return -(
            stats.multinomial.logpmf(
                [gains, harms, n - gains - harms], n, [q + beta, q, 1 - 2 * q - beta]
            )
        )

    found = optimize.minimize_scalar(
        negative, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
    )
    return found.x


@pytest.mark.parametrize("counts", [(12, 2, 50), (2, 9, 30), (5, 5, 12), (60, 25, 90)])
@pytest.mark.parametrize("beta", [-0.3, -0.05, 0.02, 0.2])
def test_uncorrected_test_matches_a_numerically_constrained_likelihood(counts, beta):
    gains, harms, n = counts
    q = null_discordance(gains, harms, n, beta)
    z = (gains - harms - n * beta) / np.sqrt(n * (2 * q + beta - beta**2))
    p = score_test(gains, harms, n, null=beta, corrected=False)
    assert_allclose(p, stats.norm.sf(z), rtol=1e-5)


@pytest.mark.parametrize("corrected", [True, False])
@pytest.mark.parametrize("alpha", [0.2, 0.05, 0.001])
def test_interval_holds_exactly_what_the_test_does_not_reject(corrected, alpha):
    n = 17
    gains, harms = (x.ravel() for x in np.mgrid[: n + 1, : n + 1])
    keep = gains + harms <= n
    gains, harms = gains[keep], harms[keep]
    found = score_interval(gains, harms, n, alpha=alpha, corrected=corrected)
    for null in np.linspace(-0.99, 0.99, 41):
        above = score_test(gains, harms, n, null=null, corrected=corrected)
        below = score_test(gains, harms, n, null=null, alternative="less", corrected=corrected)
        clear = (np.abs(found.lower - null) > 1e-9) & (np.abs(found.upper - null) > 1e-9)
        inside = (found.lower < null) & (null < found.upper)
        kept = (above > alpha / 2) & (below > alpha / 2)
        assert np.array_equal(inside[clear], kept[clear])


def clopper_pearson(count, n, alpha=0.025):
    """The exact upper end for the probability of what was seen ``count`` times, by SciPy."""
    if count == n:
        return 1.0
    return stats.binomtest(count, n).proportion_ci(1 - 2 * alpha, method="exact").high


def test_where_hardly_any_row_differs_the_exact_end_is_nearer():
    found = score_interval(0, 1, 601)
    assert found.lower == pytest.approx(-clopper_pearson(1, 601))
    assert found.upper == pytest.approx(clopper_pearson(0, 601))
    assert score_test(0, 1, 601, null=-0.01) == pytest.approx(stats.binom.cdf(1, 601, 0.01))
    assert score_test(0, 0, 601, null=0.01, alternative="less") == pytest.approx(0.99**601)


@pytest.mark.parametrize(
    "counts", [(0, 0, 600), (0, 1, 600), (3, 1, 200), (9, 3, 32), (40, 25, 80)]
)
@pytest.mark.parametrize("largest", [1, 3, 20])
def test_clusters_of_rows_that_are_all_alike_are_rows(counts, largest):
    of_rows, of_clusters = (
        score_interval(*counts),
        score_interval(*(largest * each for each in counts), largest=largest),
    )
    assert_allclose(of_clusters.lower, of_rows.lower, rtol=1e-12)
    assert_allclose(of_clusters.upper, of_rows.upper, rtol=1e-12)
    for null, alternative in ((-0.02, "greater"), (0.02, "less"), (0.1, "greater")):
        asked = {"null": null, "alternative": alternative}
        assert score_test(*(largest * each for each in counts), largest=largest, **asked) == (
            pytest.approx(float(score_test(*counts, **asked)), rel=1e-9)
        )


def cluster_counts(rng, samples, clusters, sizes, harmed, gained):
    """Gains, harms, rows and largest cluster of samples; a cluster is harmed as a whole, or one
    or half of its rows gain; all of the benefit is in clusters of more than the mean size."""
    size = rng.choice(sizes, (samples, clusters))
    large = size >= np.mean(sizes)
    luck = rng.random(size.shape)
    harms = np.where(large & (luck < harmed), size, 0).sum(axis=1)
    gains = np.where(large & (luck > 1 - gained), (size + 1) // 2, 0).sum(axis=1)
    return gains, harms, size.sum(axis=1), size.max(axis=1)


@pytest.mark.parametrize("sizes", [(3,), (1, 2), tuple(range(1, 21))])
@pytest.mark.parametrize("clusters", [30, 200])
@pytest.mark.parametrize(("harmed", "gained"), [(0.01, 0.0), (0.05, 0.0), (0.3, 0.1)])
def test_ends_hold_for_the_mean_of_rows_in_clusters(sizes, clusters, harmed, gained):
    rng = np.random.default_rng([len(sizes), clusters, int(100 * harmed)])
    samples = 4000
    gains, harms, n, largest = cluster_counts(rng, samples, clusters, sizes, harmed, gained)
    size = np.array(sizes)
    large = size >= size.mean()
    truth = (large * (gained * ((size + 1) // 2) - harmed * size)).sum() / size.sum()
    found = score_interval(gains, harms, n, largest=largest)
    allowed = 0.025 + 3.3 * np.sqrt(0.025 * 0.975 / samples)
    assert np.mean(found.lower > truth) <= allowed
    assert np.mean(found.upper < truth) <= allowed
    above = score_test(gains, harms, n, null=truth, largest=largest)
    assert_allclose(above < 0.025, found.lower > truth)


def test_largest_must_be_a_number_of_rows():
    with pytest.raises(ValueError, match="largest must be a positive number"):
        score_interval(1, 1, 10, largest=0)


def end_errors(n, alpha, discordance, share, *, corrected):
    """Exact probabilities that the lower end lies above, the upper below, the truth."""
    gains, harms = (x.ravel() for x in np.mgrid[: n + 1, : n + 1])
    keep = gains + harms <= n
    gains, harms = gains[keep], harms[keep]
    found = score_interval(gains, harms, n, alpha=alpha, corrected=corrected)
    up, down = discordance * share, discordance * (1 - share)
    table = np.column_stack([gains, harms, n - gains - harms])
    mass = np.nan_to_num(stats.multinomial.pmf(table, n, [up, down, 1 - up - down]))
    beta = up - down
    return mass[found.lower > beta + 1e-12].sum(), mass[found.upper < beta - 1e-12].sum()


CELLS = [(d, s) for d in (0.01, 0.02, 0.05, 0.1, 0.3, 0.8) for s in (0.5, 0.75, 0.95, 1.0)]


@pytest.mark.parametrize(
    ("n", "alpha"), [(5, 0.05), (20, 0.1), (60, 0.05), (100, 0.05), (100, 0.005)]
)
def test_each_end_holds_its_level(n, alpha):
    worst = max(max(end_errors(n, alpha, d, s, corrected=True)) for d, s in CELLS)
    assert worst <= 1.05 * alpha / 2


@pytest.mark.parametrize(("n", "alpha"), [(2, 0.05), (5, 0.05), (10, 0.1), (20, 0.05), (50, 0.1)])
@pytest.mark.parametrize("discordance", [0.9, 0.99, 1.0])
def test_each_end_holds_its_level_where_nearly_every_row_is_discordant(n, alpha, discordance):
    # The error of the lower end is largest just below one of its values.
    every = np.arange(n + 1)
    values = score_interval(every, n - every, n, alpha=alpha).lower - 1e-9
    values = values[np.abs(values) < discordance]
    shares = (1 + values / discordance) / 2
    errors = [end_errors(n, alpha, discordance, share, corrected=True)[0] for share in shares]
    assert max(errors) <= 1.05 * alpha / 2


def test_without_corrections_an_end_errs_twice_as_often_as_it_may():
    lower, _ = end_errors(100, 0.05, 0.05, 0.9, corrected=False)
    assert lower > 2 * 0.025


@settings(deadline=None)
@given(TERNARY, st.sampled_from([0.3, 0.05, 0.002]), st.booleans())
def test_swapping_the_models_mirrors_the_interval(counts, alpha, corrected):
    gains, harms, n = counts
    one = score_interval(gains, harms, n, alpha=alpha, corrected=corrected)
    other = score_interval(harms, gains, n, alpha=alpha, corrected=corrected)
    assert one.lower == -other.upper
    assert one.upper == -other.lower
    assert -1 <= one.lower <= (gains - harms) / n <= one.upper <= 1


@settings(deadline=None)
@given(TERNARY)
def test_corrections_widen_up_to_the_exact_end_and_smaller_alpha_widens(counts):
    plain = score_interval(*counts, corrected=False)
    corrected = score_interval(*counts)
    wider = score_interval(*counts, alpha=0.01)
    harmed, gained = (clopper_pearson(counts[k], counts[2]) for k in (1, 0))
    assert -harmed - 1e-11 <= corrected.lower <= max(plain.lower, -harmed) + 1e-11
    assert gained + 1e-11 >= corrected.upper >= min(plain.upper, gained) - 1e-11
    assert wider.lower <= corrected.lower + 1e-11
    assert wider.upper >= corrected.upper - 1e-11


def test_extreme_tables():
    z2 = stats.norm.isf(0.025) ** 2
    found = score_interval([0, 10, 0, 0], [0, 0, 10, 0], [10, 10, 10, 0], corrected=False)
    assert_allclose(found.lower, [-z2 / (10 + z2), (10 - z2) / (10 + z2), -1, -1], atol=1e-11)
    assert_allclose(found.upper, [z2 / (10 + z2), 1, (z2 - 10) / (10 + z2), 1], atol=1e-11)
    corrected = score_interval([0, 10, 0, 0], [0, 0, 10, 0], [10, 10, 10, 0])
    assert_allclose(corrected.upper[[1, 3]], 1)
    assert_allclose(corrected.lower[[2, 3]], -1)


def test_large_counts_agree_with_the_normal_interval():
    n, gains, harms = 10**8, 3 * 10**7, 29 * 10**6
    found = score_interval(gains, harms, n)
    beta = (gains - harms) / n
    se = np.sqrt(((gains + harms) / n - beta**2) / n)
    assert_allclose(
        [found.lower, found.upper], beta + np.array([-1, 1]) * (1.959964 * se + 0.5 / n), rtol=1e-7
    )


def test_test_without_information_does_not_reject():
    assert score_test(0, 0, 0, null=-0.1) == 1
    assert score_test(0, 0, 50, null=0.0) == 1
    assert score_test(0, 0, 2000, null=-0.01) < 0.001
    assert score_test(10, 0, 10, null=1.0) == 1
    assert score_test(10, 0, 10, null=-1.0) == 0


@pytest.mark.parametrize(
    ("gains", "harms", "n", "says"),
    [(-1, 0, 5, "gains"), (1.5, 0, 5, "whole"), (3, 3, 5, "exceed"), (np.nan, 0, 5, "gains")],
)
def test_impossible_counts_are_refused(gains, harms, n, says):
    with pytest.raises(ValueError, match=says):
        score_interval(gains, harms, n)


def test_impossible_settings_are_refused():
    with pytest.raises(ValueError, match="alpha"):
        score_interval(1, 0, 5, alpha=1.0)
    with pytest.raises(ValueError, match="null"):
        score_test(1, 0, 5, null=1.5)
    with pytest.raises(ValueError, match="alternative"):
        score_test(1, 0, 5, alternative="two-sided")
