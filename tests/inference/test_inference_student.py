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


def test_skewed_end_is_halls_transformation():
    n, gamma, estimate, se = 50, 1.2, 1.0, 0.3
    a = SKEWNESS_INFLATION * gamma / (3 * np.sqrt(n))
    t = -stats.t.isf(0.025, n - 1)
    expected = estimate - se * (np.cbrt(1 + 3 * a * (t - a / 2)) - 1) / a
    found = t_interval(estimate, se, n - 1, skewness=gamma)
    plain = t_interval(estimate, se, n - 1)
    assert_allclose(found.upper, expected, rtol=1e-12)
    assert found.upper > plain.upper
    assert found.lower == plain.lower


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
        assert_allclose(p, alpha / 2, rtol=1e-6)
    mirrored = t_interval(-estimate, se, df, skewness=-skewness, alpha=alpha)
    assert_allclose([-mirrored.upper, -mirrored.lower], [found.lower, found.upper], rtol=1e-9)


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
