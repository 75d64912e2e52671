"""Means from sums, against statsmodels and direct computation."""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose
from scipy import stats

from whogains.inference import effective_units, mean_from_comoments


def from_units(u, v):
    """Estimate from units by way of their co-moments."""
    u, v = np.asarray(u, float), np.asarray(v, float)
    du, dv = u - u.mean(), v - v.mean()
    return mean_from_comoments(
        u.size,
        u.mean(),
        v.mean(),
        m_uu=(du * du).sum(),
        m_uv=(du * dv).sum(),
        m_vv=(dv * dv).sum(),
        third=((du**3).sum(), (du**2 * dv).sum(), (du * dv**2).sum(), (dv**3).sum()),
    )


def totals(values, labels):
    return np.array([values[labels == label].sum() for label in np.unique(labels)])


def test_rows_alone_give_the_ordinary_mean():
    rows = np.random.default_rng(1).gamma(2, size=357) - 1
    found = from_units(rows, np.ones_like(rows))
    assert_allclose(found.estimate, rows.mean(), rtol=1e-12)
    assert_allclose(found.se, stats.sem(rows), rtol=1e-12)
    assert_allclose(found.skewness, stats.skew(rows), rtol=1e-12)
    assert found.df == 356


def test_weights_match_statsmodels():
    rng = np.random.default_rng(2)
    rows, weight = rng.normal(size=200), rng.gamma(2, size=200)
    found = from_units(weight * rows, weight)
    fit = sm.WLS(rows, np.ones(200), weights=weight).fit(cov_type="HC1")
    assert_allclose(found.estimate, fit.params[0], rtol=1e-12)
    assert_allclose(found.se, fit.bse[0], rtol=1e-10)


@pytest.mark.parametrize("weighted", [False, True])
def test_clusters_match_statsmodels(weighted):
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 40, size=500)
    rows = rng.normal(size=500) + rng.normal(size=40)[labels]
    weight = rng.gamma(2, size=500) if weighted else np.ones(500)
    found = from_units(totals(weight * rows, labels), totals(weight, labels))
    fit = sm.WLS(rows, np.ones(500), weights=weight).fit(
        cov_type="cluster", cov_kwds={"groups": labels, "use_correction": True}
    )
    assert_allclose(found.estimate, fit.params[0], rtol=1e-12)
    assert_allclose(found.se, fit.bse[0], rtol=1e-10)
    assert found.df == 39


@settings(deadline=None)
@given(
    hnp.arrays(float, 12, elements=st.floats(-5, 5)),
    hnp.arrays(float, 12, elements=st.floats(0.1, 4)),
)
def test_skewness_and_error_are_those_of_the_residuals(rows, weight):
    found = from_units(weight * rows, weight)
    residual = weight * (rows - np.average(rows, weights=weight))
    squares = (residual**2).sum()
    if np.sqrt(squares) < 1e-3:
        return
    assert_allclose(found.se, np.sqrt(12 / 11 * squares) / weight.sum(), rtol=1e-7)
    assert_allclose(found.skewness, stats.skew(residual), rtol=1e-5, atol=1e-5)


def test_vectorized_over_groups_and_third_moments_are_optional():
    found = mean_from_comoments([4, 3], [2.5, 0.0], [1, 1], m_uu=[5, 2], m_uv=0, m_vv=0)
    assert_allclose(found.estimate, [2.5, 0.0])
    assert_allclose(found.se, np.sqrt([5 / 12, 2 / 6]))
    assert np.all(np.isnan(found.skewness))


def test_groups_too_small_for_an_error():
    found = mean_from_comoments([0, 1, 2], [0, 3, 3], [0, 1, 1], m_uu=[0, 0, 2], m_uv=0, m_vv=0)
    assert_allclose(found.estimate, [np.nan, 3, 3])
    assert_allclose(found.se, [np.nan, np.nan, 1])
    assert_allclose(found.df, [-1, 0, 1])
    nothing = mean_from_comoments(5, 0.0, 0.0, m_uu=0, m_uv=0, m_vv=0)
    assert np.isnan(nothing.estimate)
    assert np.isnan(nothing.se)


@pytest.mark.parametrize("value", [0.1, 1e8 + 0.3, -3e-9, 0.0])
def test_rounding_is_not_taken_for_spread(value):
    weight = np.random.default_rng(4).gamma(2, size=1000)
    for v in (np.ones(1000), weight):
        found = from_units(value * v, v)
        assert found.se == 0
        assert found.skewness == 0
    tiny = value + np.spacing(abs(value) + 1) * 1e3 * np.array([-1, 0, 1, 2])
    assert from_units(tiny, np.ones(4)).se > 0


def test_effective_units():
    v = np.random.default_rng(5).gamma(1, size=80)
    found = effective_units(80, v.mean(), ((v - v.mean()) ** 2).sum())
    assert_allclose(found, v.sum() ** 2 / (v**2).sum())
    assert_allclose(effective_units([10, 0, 3], [2, 0, 0], 0), [10, 0, 0])


@pytest.mark.parametrize("scale", [1e-130, 1e130])
def test_skewness_beyond_double_precision_is_not_known_rather_than_none(scale):
    rows = np.random.default_rng(0).exponential(size=300)
    off = (rows - rows.mean()) * scale
    with np.errstate(over="ignore", invalid="ignore"):
        third = (np.sum(off**3), 0.0, 0.0, 0.0)
    found = mean_from_comoments(
        300, rows.mean() * scale, 1.0, m_uu=off @ off, m_uv=0.0, m_vv=0.0, third=third
    )
    assert np.isnan(found.skewness)
    assert found.se == pytest.approx(rows.std(ddof=1) / np.sqrt(300) * scale)
