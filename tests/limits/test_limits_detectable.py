"""What a sample finds, against SciPy, statsmodels and simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.power import zt_ind_solve_power

from whogains.errors import InputError
from whogains.limits import (
    Bracket,
    detectable,
    detectable_gamma,
    ternary_sd,
    untestable_groups,
    verdict,
)


def test_detectable_is_statsmodels_one_sided_z_test():
    n, sd = [40, 900], [0.5, 2.0]
    expected = [
        s * zt_ind_solve_power(nobs1=m, ratio=0, alpha=0.01, power=0.9, alternative="larger")
        for m, s in zip(n, sd, strict=True)
    ]
    np.testing.assert_allclose(detectable(n, sd, alpha=0.01, power=0.9), expected, rtol=1e-6)


def test_gamma_effect_is_found_with_the_power_asked_for():
    rng = np.random.default_rng(0)
    n, sd = np.array([30, 80, 500, 20]), np.array([1.0, 0.5, 2.0, 0.7])
    standard_error = sd / np.sqrt(n)
    effect = detectable_gamma(n, sd, alpha=0.1, power=0.7)
    z = norm.ppf(0.9)
    assert norm.cdf(effect / standard_error - z).prod() == pytest.approx(0.7, abs=1e-9)
    means = effect + standard_error * rng.standard_normal((100_000, 4))
    found = (means / standard_error > z).all(axis=1).mean()
    assert found == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / 100_000))


def test_gamma_of_one_group_is_that_groups_effect():
    assert detectable_gamma([50], 3.0) == pytest.approx(detectable([50], 3.0)[0], rel=1e-9)


def test_empty_groups_and_groups_without_spread():
    assert detectable([0, 10], [1.0, 0.0]).tolist() == [np.inf, 0.0]
    assert detectable_gamma([0, 10]) == np.inf
    assert detectable_gamma([5, 10], 0.0) == 0.0
    assert detectable_gamma([5, 10], [0.0, 1.0]) == pytest.approx(detectable([10])[0], rel=1e-9)


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=30), st.floats(0.01, 100))
@settings(max_examples=60, deadline=None)
def test_all_groups_at_once_need_more_than_the_weakest(n, sd):
    alone = detectable(n, sd).max()
    together = detectable_gamma(n, sd)
    assert together >= alone * (1 - 1e-8)
    assert detectable_gamma([*n, 1], sd) >= together * (1 - 1e-8)


def test_4096_groups_have_a_root():
    n = np.full(4096, 100)
    effect = detectable_gamma(n)
    assert 4096 * norm.logcdf(effect * 10 - norm.ppf(0.95)) == pytest.approx(np.log(0.8))


def test_ternary_sd_is_the_spread_of_a_ternary_variable():
    rng = np.random.default_rng(4)
    benefit = rng.choice([-1, 0, 1], p=[0.04, 0.86, 0.10], size=500_000)
    assert ternary_sd(0.14, 0.06) == pytest.approx(benefit.std(), abs=2e-3)
    assert ternary_sd(0.0, 0.06) == pytest.approx(np.sqrt(0.06 * 0.94))  # all of it gains
    assert ternary_sd(1.0, 1.0) == 0.0


@pytest.mark.parametrize(
    ("disagreement", "epsilon", "message"),
    [(1.2, 0.1, "disagreement must be at most 1"), (0.1, 1.5, "0-1 cost must be at most 1")],
)
def test_ternary_sd_names_what_is_wrong(disagreement, epsilon, message):
    with pytest.raises(InputError, match=message):
        ternary_sd(disagreement, epsilon)


def test_untestable_groups_switch_at_the_tolerated_error():
    # Phi(-s / 2) = .1 at s = 2.563: n = (s / epsilon)^2 = 656.9 with sd 1.
    assert untestable_groups([656, 657], 0.1, tolerated_error=0.1).tolist() == [True, False]
    assert untestable_groups([0, 164], 0.1, [1.0, 0.5]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        (0.26, 0.30, "untestable"),
        (0.25, 0.30, "borderline"),
        (0.2, 0.25, "testable"),
        (0.2, 0.26, "borderline"),
    ],
)
def test_verdict(below, above, expected):
    assert verdict(Bracket(below=np.array(below), above=np.array(above))) == expected


@pytest.mark.parametrize(
    ("settings_", "message"),
    [
        ({"alpha": 0.0}, "alpha must lie between 0 and 1, got 0"),
        ({"alpha": 0.2, "power": 0.1}, r"power must lie between 0\.2 and 1, got 0\.1"),
        ({"power": 1.0}, r"power must lie between 0\.05 and 1, got 1\.0"),
    ],
)
def test_levels_are_checked(settings_, message):
    for function in (detectable, detectable_gamma):
        with pytest.raises(InputError, match=message):
            function([10, 20], **settings_)
