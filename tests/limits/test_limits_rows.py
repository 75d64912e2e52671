"""Rows that one group needs: the inverse of what it can detect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import normal_power

from whogains.errors import InputError
from whogains.limits import detectable, detectable_ternary, rows_to_detect, rows_to_detect_ternary


@given(st.floats(0.01, 10), st.floats(0.01, 10))
def test_with_so_many_rows_the_effect_is_detectable_and_with_fewer_not(epsilon, sd):
    (n,) = rows_to_detect(epsilon, [sd])
    assert detectable([n], sd)[0] <= epsilon * (1 + 1e-9)
    if n > 1:
        assert detectable([n - 1], sd)[0] > epsilon * (1 - 1e-9)


@given(st.floats(0.005, 0.5), st.floats(0, 1))
def test_the_same_for_a_0_1_cost(epsilon, share):
    (n,) = rows_to_detect_ternary(epsilon, [share])
    assert detectable_ternary([n], [share])[0] <= epsilon * (1 + 1e-9)
    if n > 1:
        assert detectable_ternary([n - 1], [share])[0] > epsilon * (1 - 1e-9)


def test_power_is_statsmodels():
    (n,) = rows_to_detect(0.3, [2.0], alpha=0.01, power=0.9)
    assert normal_power(0.3 / 2.0, n, 0.01, alternative="larger") == pytest.approx(0.9, abs=1e-3)


def test_what_cannot_be_asked():
    with pytest.raises(InputError, match="epsilon"):
        rows_to_detect(0.0, [1.0])
    with pytest.raises(InputError, match="power"):
        rows_to_detect(0.1, [1.0], alpha=0.2, power=0.1)
    assert np.all(rows_to_detect(0.1, [0.0]) == 0)
