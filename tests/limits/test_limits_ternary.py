"""0-1 costs: the spread goes with the effect, and no discordant row is not no spread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import binom, norm

from whogains.errors import InputError
from whogains.limits import (
    detectable_gamma_ternary,
    detectable_ternary,
    rows_to_detect_ternary,
    ternary_sd,
    ternary_signals,
)

Z = norm.ppf(0.95) + norm.ppf(0.8)


@given(n=st.integers(2, 10**7), share=st.floats(0, 1))
def test_detectable_solves_its_equation(n, share):
    found = float(detectable_ternary([n], [share])[0])
    assert 0 < found <= 1
    corrected = float(ternary_signals([n], found, [share])[0]) * (1 - 1 / (n * found))
    assert corrected == pytest.approx(Z, rel=1e-5) or found == 1


def sign_test_power(n, share, effect):
    """Enumerate the exact sign test at level .05 over discordant rows and gains."""
    discordant = max(share, effect)
    gain = (discordant + effect) / 2 / discordant
    power = 0.0
    for m in range(int(binom.ppf(1e-9, n, discordant)), int(binom.isf(1e-9, n, discordant)) + 1):
        gains = np.arange(m + 1)
        rejected = binom.sf(gains - 1, m, 0.5) <= 0.05
        power += binom.pmf(m, n, discordant) * binom.pmf(gains, m, gain)[rejected].sum()
    return power


@pytest.mark.parametrize(
    ("n", "share"),
    [(40, 0.3), (100, 0.05), (100, 0.3), (300, 0.02), (300, 0.5), (1000, 0.05), (3000, 0.1)],
)
def test_the_exact_sign_test_finds_it_with_the_power_said(n, share):
    found = float(detectable_ternary([n], [share])[0])
    assert 0.79 < sign_test_power(n, share, found) < 0.91
    (needed,) = rows_to_detect_ternary(found, [share])
    assert needed == pytest.approx(n, abs=1)


def test_no_discordant_row_is_not_no_spread():
    found = detectable_ternary([1000], [0.0])[0]
    assert (found - 0.001) / np.sqrt(found - found**2) == pytest.approx(Z / np.sqrt(1000))


def test_an_empty_group_finds_nothing():
    assert detectable_ternary([0], [0.3])[0] == 1
    assert detectable_gamma_ternary([0, 100], [0.3, 0.3]) == np.inf


def test_gamma_against_a_search_over_a_grid():
    n, share = np.array([300, 1000, 5000]), np.array([0.2, 0.1, 0.0])

    def power(eps):
        s = np.sqrt(n) * (eps - 1 / n) / np.sqrt(np.maximum(share, eps) - eps**2)
        return np.prod(norm.cdf(s - norm.ppf(0.95)))

    expected = brentq(lambda eps: power(eps) - 0.8, 1e-4, 0.99)
    assert detectable_gamma_ternary(n, share) == pytest.approx(expected, rel=1e-6)


def test_one_group_is_what_that_group_finds_alone():
    alone = float(detectable_ternary([500], [0.15])[0])
    assert detectable_gamma_ternary([500], [0.15]) == pytest.approx(alone, rel=1e-6)


def test_signals_against_the_sampled_spread():
    rng = np.random.default_rng(0)
    share, eps, n = 0.3, 0.1, 2_000_000
    bop = rng.choice([1, -1, 0], p=[(share + eps) / 2, (share - eps) / 2, 1 - share], size=n)
    assert float(ternary_sd(share, eps)) == pytest.approx(bop.std(), rel=2e-3)


def test_a_share_that_is_none_is_refused():
    with pytest.raises(InputError, match="disagreement must be at most 1, got 1.2"):
        detectable_ternary([10], [1.2])
