"""Ratios of means, against statsmodels: a regression through 0 with weights 1 / d."""

import numpy as np
import pytest
import statsmodels.api as sm
from numpy.testing import assert_allclose

from whogains.inference import r2_pair, ratio_of_means


def drawn(seed, n=200):
    rng = np.random.default_rng(seed)
    below = rng.gamma(2, size=n)
    return below * rng.gamma(3, size=n) / 10, below, rng.gamma(4, size=n)


def robust(above, below, weight, **how):
    return sm.WLS(above, below, weights=weight / below).fit(**how)


@pytest.mark.parametrize("weighted", [False, True])
def test_the_ratio_and_its_variance_are_those_of_statsmodels(weighted):
    above, below, weight = drawn(1)
    found = ratio_of_means(above, below, weight if weighted else None)
    fitted = robust(above, below, weight if weighted else np.ones(200), cov_type="HC0")
    assert found.ratio == pytest.approx(fitted.params[0], rel=1e-12)
    # HC0 divides by n squared where a variance divides by n (n - 1).
    assert found.influence @ found.influence / 200**2 == pytest.approx(
        fitted.cov_params()[0, 0], rel=1e-12
    )
    assert_allclose(found.influence.mean(), 0, atol=1e-12)


def test_influences_add_up_within_clusters():
    above, below, _ = drawn(2)
    cluster = np.arange(200) // 4
    found = ratio_of_means(above, below)
    fitted = robust(
        above,
        below,
        np.ones(200),
        cov_type="cluster",
        cov_kwds={"groups": cluster, "use_correction": False},
    )
    total = np.bincount(cluster, found.influence)
    assert total @ total / 200**2 == pytest.approx(fitted.cov_params()[0, 0], rel=1e-12)


def test_an_influence_is_a_derivative():
    above, below, weight = drawn(3, 12)
    found, h = ratio_of_means(above, below, weight), 1e-6
    total = weight.sum()
    for i in range(12):
        up, down = weight.copy(), weight.copy()
        up[i] *= 1 + h
        down[i] *= 1 - h
        slope = ratio_of_means(above, below, up).ratio - ratio_of_means(above, below, down).ratio
        # Of the row's share of all weight, in units of one row's share.
        assert slope / (2 * h) * 12 == pytest.approx(found.influence[i], rel=1e-5)
    assert total > 0


def test_nothing_to_divide_by():
    for found in (ratio_of_means([1.0, 2.0], [0.0, 0.0]), ratio_of_means([], [])):
        assert np.isnan(found.ratio)
        assert np.isnan(found.influence).all()
    with pytest.raises(ValueError, match="denominator"):
        ratio_of_means([1.0, 2.0], [1.0])


def test_r2_is_one_minus_a_ratio():
    y, generic, personalized = drawn(4)
    found = r2_pair(y, generic, personalized)
    ratio = ratio_of_means((y - generic) ** 2, (y - y.mean()) ** 2)
    assert found.generic == 1 - ratio.ratio
    assert_allclose(found.influence_generic, -ratio.influence)
