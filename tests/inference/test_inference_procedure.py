"""What a procedure gains: mean, error and ends from repeated cross-fits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.regression.linear_model import OLS

from whogains.inference import (
    procedure_error,
    procedure_interval,
    procedure_means,
    procedure_test,
    t_interval,
    t_test,
)


def test_by_hand():
    # Averaged: 2, 4, 0, 6 and 1, 3. Means of repeats: 4, 2 and 2.5, 1.5.
    first, second = [3, 5, 1, 7, 2, 3], [1, 3, -1, 5, 0, 3]
    found = procedure_means([first, second], [0, 0, 0, 0, 1, 1])
    person = np.array([20 / 3 / 4, 2 / 2])  # s squared over n
    seeds = np.array([2 / 2, 0.5 / 2])  # s squared over R
    assert_allclose(found.estimate, [3, 2])
    assert_allclose(found.person_se**2, person)
    assert_allclose(found.se**2, 2 * (person + seeds) + seeds)  # s squared / 2, as R is 2
    assert_allclose(found.seed_share, 3 * seeds / (2 * person + 3 * seeds))
    assert_allclose(found.df, [3, 1])


def test_clusters_are_those_of_a_sandwich_and_weights_those_of_a_ratio():
    rng = np.random.default_rng(3)
    B = rng.normal(size=(4, 90)) + rng.normal(size=30).repeat(3)
    weight = rng.uniform(0.5, 2, 90)
    cluster = np.arange(30).repeat(3)
    found = procedure_means(B, np.zeros(90, int), sample_weight=weight, cluster=cluster)
    mean = B.mean(axis=0)
    root = np.sqrt(weight)
    fit = OLS(root * mean, root).fit(
        cov_type="cluster",
        cov_kwds={"groups": cluster, "use_correction": False},
    )
    assert_allclose(found.estimate, fit.params)
    assert_allclose(found.person_se, fit.bse * np.sqrt(30 / 29))
    per_repeat = np.average(B, axis=1, weights=weight)
    seeds = per_repeat.var(ddof=1)
    assert_allclose(found.se**2, 2 * found.person_se**2 + seeds * (2 / 4 + 1 / 2))


def test_a_cluster_in_two_groups_counts_in_each():
    B = np.random.default_rng(4).normal(size=(2, 8))
    group, cluster = np.tile([0, 1], 4), np.repeat([5, 6, 7, 8], 2)
    both = procedure_means(B, group, cluster=cluster)
    for g in (0, 1):
        alone = procedure_means(B[:, group == g], np.zeros(4, int))
        assert_allclose([both.se[g], both.df[g]], [alone.se[0], alone.df[0]])


def test_what_cannot_be_known():
    # No row in group 1, one row in group 2, nothing differs in group 3.
    B = [[1, 2, 4, 0, 0], [2, 3, 4, 0, 0]]
    found = procedure_means(B, [0, 0, 2, 3, 3], count=4)
    assert_allclose(found.estimate, [2, np.nan, 4, 0])
    assert_allclose(found.se[1:], [np.nan, np.nan, 0])
    assert np.isnan(found.seed_share[1:]).all()
    ends = procedure_interval(found.estimate, found.se, found.df)
    assert np.isfinite(ends.lower).tolist() == [True, False, False, False]
    p = procedure_test(found.estimate, found.se, found.df)
    assert_allclose(p[1:], [np.nan, np.nan, 1])


def test_one_repeat_does_not_tell_what_seeds_do():
    found = procedure_means([[1.0, 2.0, 4.0]], [0, 0, 0])
    assert_allclose(found.estimate, 7 / 3)
    assert_allclose(found.person_se, stats.sem([1, 2, 4]))
    assert np.isnan([found.se, found.seed_share]).all()


def test_seeds_alone():
    found = procedure_means([[1, 1], [2, 2], [6, 6]], [0, 0])
    assert_allclose([found.se, found.seed_share], [[np.sqrt(2 * 7 / 3 + 7 / 2)], [1]])


@settings(deadline=None)
@given(
    st.floats(-3, 3),
    st.floats(0.01, 10),
    st.floats(1, 3000),
    st.sampled_from([0.3, 0.05, 0.001]),
)
def test_ends_and_tests_agree_and_only_the_upper_end_is_beyond_students(b, se, df, alpha):
    found = procedure_interval(b, se, df, alpha=alpha)
    plain = t_interval(b, se, df, alpha=alpha)
    assert_allclose(found.lower, plain.lower)
    assert plain.upper <= found.upper <= b + 1.5 * (plain.upper - b) * (1 + 1e-9)
    for end, alternative in ((found.lower, "greater"), (found.upper, "less")):
        p = procedure_test(b, se, df, null=end, alternative=alternative)
        assert_allclose(p, alpha / 2, rtol=1e-6)
    assert_allclose(procedure_test(b, se, df), t_test(b, se, df))
    # Below the estimate there is nothing to stretch.
    below = {"null": b - se, "alternative": "less"}
    assert_allclose(procedure_test(b, se, df, **below), t_test(b, se, df, **below))


def test_the_upper_end_is_that_of_the_root():
    # The interval of a coefficient c with error s, squared: c^2 has the error 2 c s.
    c, s, z = 2.0, 0.5, stats.norm.isf(0.025)
    found = procedure_interval([c**2, -(c**2), 0.01, 0.0], [2 * c * s, 2 * c * s, 1, 1], 1e9)
    further = z * 2 * c * s + (z * s) ** 2
    assert_allclose(found.upper, [c**2 + further, -(c**2) + further, 0.01 + 1.5 * z, 1.5 * z])
    p = procedure_test(0.0, 1.0, 1e9, null=1.5 * z, alternative="less")
    assert_allclose(p, 0.025, rtol=1e-6)


@pytest.mark.parametrize(
    ("benefits", "groups", "said"),
    [
        ([1.0, 2.0], [0, 0], "repeats, rows"),
        ([[1.0, np.nan]], [0, 0], "never held out"),
        ([[1.0, 2.0]], [0, 0, 0], "one whole number per row"),
        ([[1.0, 2.0]], [0.0, 0.5], "one whole number per row"),
        ([[1.0, 2.0]], [0, -1], "from 0 to 0"),
    ],
)
def test_what_is_handed_over_is_checked(benefits, groups, said):
    with pytest.raises(ValueError, match=said):
        procedure_means(benefits, groups)


def _one_audit(rng, n, repeats, keep, effect):
    """Cross-fit the coefficient of an attribute of +-1, of which a share is kept; no features."""
    s = rng.choice([-1.0, 1.0], n)
    y = effect * s + rng.normal(size=n)
    B = np.empty((repeats, n))
    for row in B:
        fold = rng.permutation(n) % 5
        for k in range(5):
            out = fold == k
            prediction = keep * (y[~out] @ s[~out]) / (~out).sum() * s[out]
            row[out] = y[out] ** 2 - (y[out] - prediction) ** 2
    return B


@pytest.mark.parametrize(("keep", "effect"), [(1.0, 0.0), (0.8, 0.1), (1.0, 0.1), (0.8, 0.3)])
def test_covers_the_procedure_where_the_usual_error_does_not(keep, effect):
    """The true benefit of a kept share q of c with variance v: 2qcc - qq(cc + v)."""
    n, repeats = 200, 4
    truth = 2 * keep * effect**2 - keep**2 * (effect**2 + 1 / (0.8 * n))
    rng = np.random.default_rng(11)
    missed = usual = 0
    for _ in range(400):
        B = _one_audit(rng, n, repeats, keep, effect)
        found = procedure_means(B, np.zeros(n, int))
        ends = procedure_interval(found.estimate, found.se, found.df)
        missed += int(not ends.lower[0] <= truth <= ends.upper[0])
        single = stats.sem(B[0])
        usual += int(abs(B[0].mean() - truth) > stats.t.isf(0.025, n - 1) * single)
    tolerated = 400 * 0.05 + 3.3 * np.sqrt(400 * 0.05 * 0.95)
    assert missed <= tolerated
    assert usual > missed


def test_other_training_people_are_the_larger_of_two_errors() -> None:
    # P = .01; between fits .02, of 5 folds: 4 x .02 = .08. Rounds: (2/5 + 1/2) x .1 = .09.
    found = procedure_error([0.1], [0.1], 5, df=50, fits=[0.02], folds=5)
    assert float(found.se[0] ** 2) == pytest.approx(0.01 + 0.08 + 0.09)
    by_hand = 0.18**2 / (0.1**2 / 50 + 0.08**2 / 20)
    assert float(found.df[0]) == pytest.approx(by_hand)
    # Where fits hardly differ, the row's two roles are what counts, with the units' freedom.
    small = procedure_error([0.1], [0.1], 5, df=50, fits=[0.002], folds=5)
    assert float(small.se[0] ** 2) == pytest.approx(0.02 + 0.09)
    assert float(small.df[0]) == 50
    unknown = procedure_error([0.1], [0.1], 5, df=50)
    assert float(unknown.se[0]) == float(small.se[0])


def test_the_jackknife_of_fits_is_the_variance_of_a_mean() -> None:
    """Of means of all folds but one, K - 1 times the variance is that of the mean of all."""
    rng = np.random.default_rng(0)
    found, folds, n = [], 5, 200
    for _ in range(2000):
        x = rng.exponential(size=n)
        fold = rng.permutation(n) % folds
        without = np.array([x[fold != k].mean() for k in range(folds)])
        between = ((without - x.mean()) ** 2).mean()
        found.append(procedure_error([0.0], [0.0], 5, fits=[between], folds=folds).se[0] ** 2)
    assert np.mean(found) == pytest.approx(1 / n, rel=0.05)
