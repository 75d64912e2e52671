"""0-1 costs: the spread goes with the effect, and no discordant row is not no spread."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whogains.errors import InputError
from whogains.limits import ternary_effect, ternary_sd, ternary_signals


@given(
    n=st.integers(1, 10**7),
    share=st.just(0.0) | st.floats(1e-6, 1),
    signal=st.floats(0.01, 30),
)
def test_the_effect_of_a_signal_has_that_signal(n, share, signal):
    (found,) = ternary_effect([n], signal, [share])
    assert 0 < found < 1
    assert float(ternary_signals([n], found, [share])[0]) == pytest.approx(signal, rel=1e-5)


def test_no_discordant_row_is_not_no_spread():
    (found,) = ternary_effect([1000], 2.5, [0.0])
    assert found / np.sqrt(found - found**2) == pytest.approx(2.5 / np.sqrt(1000))


def test_an_empty_group_tells_nothing():
    assert ternary_effect([0], 2.5, [0.3])[0] == 1


def test_signals_against_the_sampled_spread():
    rng = np.random.default_rng(0)
    share, eps, n = 0.3, 0.1, 2_000_000
    bop = rng.choice([1, -1, 0], p=[(share + eps) / 2, (share - eps) / 2, 1 - share], size=n)
    assert float(ternary_sd(share, eps)) == pytest.approx(bop.std(), rel=2e-3)


def test_a_share_that_is_none_is_refused():
    with pytest.raises(InputError, match="disagreement must be at most 1, got 1.2"):
        ternary_effect([10], 2.5, [1.2])
