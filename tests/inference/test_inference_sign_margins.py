"""The sign test, and tests against margins built from any one-sided test."""

from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar

from whogains.inference import (
    betting_test,
    equivalence,
    non_inferiority,
    score_interval,
    score_test,
    sign_test,
    t_test,
)


def test_sign_test_matches_scipy():
    gains, harms = (x.ravel() for x in np.mgrid[:9, :9])
    for alternative in ("greater", "less"):
        found = sign_test(gains, harms, alternative=alternative)
        expected = [
            stats.binomtest(g, g + h, alternative=alternative).pvalue if g + h else 1.0
            for g, h in zip(gains.tolist(), harms.tolist(), strict=True)
        ]
        assert_allclose(found, expected, rtol=1e-12)


def test_sign_test_is_one_side_of_mcnemars():
    two_sided = mcnemar([[30, 12], [4, 20]], exact=True).pvalue
    assert_allclose(2 * sign_test(12, 4), two_sided, rtol=1e-12)


def test_sign_test_is_exact_for_huge_counts():
    n = 10**8
    for shift in (0, 5000, 20000, -30000):
        gains, harms = n // 2 + shift, n // 2 - shift
        assert_allclose(sign_test(gains, harms), stats.binom.sf(gains - 1, n, 0.5), rtol=1e-6)


def test_sign_test_rejects_impossible_counts():
    with pytest.raises(ValueError, match="gains"):
        sign_test(-1, 3)


def test_equivalence_is_the_interval_inside_the_margins():
    gains, harms, n = np.array([50, 40, 200]), np.array([45, 10, 198]), np.array([900, 900, 900])
    p = equivalence(partial(score_test, gains, harms, n), epsilon=0.04).p
    inside = score_interval(gains, harms, n, alpha=0.1)
    assert np.array_equal(p < 0.05, (inside.lower > -0.04) & (inside.upper < 0.04))
    assert p[0] < 0.05 < p[1]


def test_margins_work_with_every_test():
    t = partial(t_test, 0.0, 0.004, 400)
    assert_allclose(non_inferiority(t, margin=0.01), stats.t.sf(2.5, 400))
    both = equivalence(t, epsilon=0.01)
    assert_allclose([both.p, both.above, both.below], stats.t.sf(2.5, 400))
    betting = partial(betting_test, np.repeat([1, -1, 0], [30, 30, 2940]), lower=-1, upper=1)
    assert 0 < non_inferiority(betting, margin=0.05) < 0.001


def test_margins_are_checked():
    t = partial(t_test, 0.0, 0.004, 400)
    with pytest.raises(ValueError, match="margin"):
        non_inferiority(t, margin=-0.01)
    with pytest.raises(ValueError, match="epsilon"):
        equivalence(t, epsilon=0)
