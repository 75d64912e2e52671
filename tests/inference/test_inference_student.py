"""t intervals and tests, with and without skewness."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from whogains.inference import SKEWNESS_INFLATION, t_interval, t_test


def test_matches_scipy():
    rows = np.random.default_rng(1).normal(0.2, size=40)
    se = stats.sem(rows)
    found = t_interval(rows.mean(), se, 39, alpha=0.1)
    expected = stats.ttest_1samp(rows, 0.05, alternative="greater")
    assert_allclose(t_test(rows.mean(), se, 39, null=0.05), expected.pvalue, rtol=1e-12)
    less = stats.ttest_1samp(rows, 0.05, alternative="less").pvalue
    assert_allclose(t_test(rows.mean(), se, 39, null=0.05, alternative="less"), less, rtol=1e-12)
    reference = stats.ttest_1samp(rows, 0).confidence_interval(0.9)
    assert_allclose([found.lower, found.upper], reference, rtol=1e-12)


def test_skewed_end_is_the_cornish_fisher_one():
    n, gamma, estimate, se = 50, 1.2, 1.0, 0.3
    q = stats.t.isf(0.025, n - 1)
    expected = estimate + se * (q + SKEWNESS_INFLATION * gamma * (2 * q**2 + 1) / (6 * np.sqrt(n)))
    found = t_interval(estimate, se, n - 1, skewness=gamma)
    plain = t_interval(estimate, se, n - 1)
    assert_allclose(found.upper, expected, rtol=1e-12)
    assert found.upper > plain.upper
    assert found.lower == plain.lower


def test_quantiles_of_t_statistics_shift_as_the_expansion_says():
    # Exponential rows have a skewness of 2. In the middle between the quantiles q and -q terms
    # of even order cancel: what is left is the shift, with an error of the order of n^(-3/2).
    n, repeats = 100, 60_000
    rng = np.random.default_rng(1)
    rows = np.concatenate([rng.exponential(size=(10_000, n)) for _ in range(repeats // 10_000)])
    t = (rows.mean(axis=1) - 1) / (rows.std(axis=1, ddof=1) / np.sqrt(n))
    for level in (0.025, 0.05, 0.2):
        q = stats.norm.isf(level)
        shift = -np.quantile(t, [level, 1 - level]).mean()
        # As the function has it, without the factor for the error of the sample skewness.
        end = t_interval(0.0, 1.0, n - 1, skewness=2 / SKEWNESS_INFLATION, alpha=2 * level).upper
        student = stats.t.isf(level, n - 1)
        assert_allclose(shift, 2 * (q**2 + 0.5) / (3 * np.sqrt(n)), atol=0.03)
        assert_allclose(shift, end - student, atol=0.03)


@given(
    st.integers(2, 5000),
    st.lists(st.floats(-70, 70), min_size=2, max_size=9),
    st.sampled_from([0.3, 0.05, 0.001]),
)
def test_ends_are_monotone_in_the_skewness(df, skewness, alpha):
    rising = np.sort(skewness)
    found = t_interval(0.5, 2.0, df, skewness=rising, alpha=alpha)
    assert np.all(np.diff(found.lower) >= 0)
    assert np.all(np.diff(found.upper) >= 0)
    for null in (-3.0, 4.0):
        gain = t_test(0.5, 2.0, df, skewness=rising, null=null)
        harm = t_test(0.5, 2.0, df, skewness=rising, null=null, alternative="less")
        assert np.all(np.diff(gain) <= 0)
        assert np.all(np.diff(harm) >= 0)


@given(st.integers(3, 100_000))
def test_no_interval_is_twice_as_wide_as_students(n):
    # The largest skewness that n values can have: that of one which differs from all others.
    largest = (n - 2) / np.sqrt(n - 1)
    if n < 1000:
        assert_allclose(stats.skew(np.arange(n) == 0), largest, atol=1e-9)
    found = t_interval(0.0, 1.0, n - 1, skewness=[largest, -largest])
    plain = t_interval(0.0, 1.0, n - 1)
    assert np.all(found.upper - found.lower < 2 * (plain.upper - plain.lower))


def test_two_large_losses_move_the_lower_end_further_the_larger_they_are():
    # Hall's transformation put it at -3.3, -4.6, -10.1, -9.7 and -9.0 for these losses.
    ends, students = [], []
    for large in (6, 8, 10, 12, 14, 16):
        rows = np.random.default_rng(0).normal(size=264)
        rows = np.concatenate([rows, [-2 * large, -large]])
        rows = (rows - rows.mean()) / rows.std(ddof=1) * 21 + 0.5
        se, skewness = stats.sem(rows), stats.skew(rows)
        ends.append(float(t_interval(0.5, se, 265, skewness=skewness).lower))
        students.append(float(t_interval(0.5, se, 265).lower))
    away, plain = 0.5 - np.array(ends), 0.5 - np.array(students)
    assert np.all(np.diff(away) > 0)
    assert np.all(away < 2.6 * plain)


@settings(deadline=None)
@given(
    st.floats(-3, 3),
    st.floats(0.01, 10),
    st.integers(1, 3000),
    st.floats(-20, 20),
    st.sampled_from([0.3, 0.05, 0.001]),
)
def test_interval_and_test_agree_and_skewness_only_widens(estimate, se, df, skewness, alpha):
    found = t_interval(estimate, se, df, skewness=skewness, alpha=alpha)
    plain = t_interval(estimate, se, df, alpha=alpha)
    assert found.lower <= plain.lower
    assert found.upper >= plain.upper
    for end, alternative in ((found.lower, "greater"), (found.upper, "less")):
        p = t_test(estimate, se, df, skewness=skewness, null=end, alternative=alternative)
        assert_allclose(p, alpha / 2, rtol=1e-9)
    mirrored = t_interval(-estimate, se, df, skewness=-skewness, alpha=alpha)
    assert_allclose([-mirrored.upper, -mirrored.lower], [found.lower, found.upper], rtol=1e-9)


@given(st.floats(-6, 6), st.integers(2, 500), st.floats(-20, 20), st.floats(0.002, 0.9))
def test_p_is_at_most_half_alpha_exactly_where_the_end_excludes_the_null(t, df, skewness, alpha):
    found = t_interval(t, 1.0, df, skewness=skewness, alpha=alpha)
    for out, alternative in ((found.lower > 0, "greater"), (found.upper < 0, "less")):
        p = float(t_test(t, 1.0, df, skewness=skewness, alternative=alternative))
        # At the end itself rounding decides.
        if abs(p - alpha / 2) > 1e-9:
            assert out == (p <= alpha / 2)


@given(st.integers(2, 500), st.floats(-20, 20))
def test_p_values_fall_from_one_to_zero(df, skewness):
    t = np.concatenate([[-1e308, -1e200], np.linspace(-40, 40, 2001), [1e200, 1e308]])
    for alternative, order in (("greater", 1), ("less", -1)):
        p = t_test(order * t, 1.0, df, skewness=skewness, alternative=alternative)
        assert np.all(np.diff(p) <= 0)
        assert p[0] == pytest.approx(1)
        assert p[-1] < 0.05


@given(st.floats(-6, 6), st.integers(1, 500), st.floats(0.002, 0.9))
def test_without_skewness_it_is_students(t, df, alpha):
    found = t_interval(t, 1.0, df, skewness=0.0, alpha=alpha)
    q = stats.t.isf(alpha / 2, df)
    assert_allclose([found.lower, found.upper], [t - q, t + q], rtol=1e-9, atol=1e-12)
    assert_allclose(t_test(t, 1.0, df, skewness=0.0), stats.t.sf(t, df), rtol=1e-9)


def test_what_cannot_be_computed_is_nan_and_no_spread_proves_nothing():
    estimate, se, df = [1, 1, 1, np.nan, 1], [0.1, np.nan, 0.0, 0.1, 0.1], [0, 5, 5, 5, -1]
    found = t_interval(estimate, se, df)
    assert np.all(np.isnan(found.lower))
    assert np.all(np.isnan(found.upper))
    assert_allclose(t_test(estimate, se, df), [np.nan, np.nan, 1, np.nan, np.nan])
    assert_allclose(t_test([0, 5, -5], 0, 9, alternative="less"), 1)


def test_unknown_skewness_of_one_group_leaves_students_interval():
    found = t_interval([1, 1], 0.1, 30, skewness=[np.nan, 2.0])
    plain = t_interval(1, 0.1, 30)
    assert found.upper[0] == plain.upper
    assert found.upper[1] > plain.upper


def test_settings_are_checked():
    with pytest.raises(ValueError, match="alpha"):
        t_interval(0, 1, 5, alpha=0)
    with pytest.raises(ValueError, match="alternative"):
        t_test(0, 1, 5, alternative="both")
