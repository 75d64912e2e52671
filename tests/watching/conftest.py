"""Weeks of made-up people whose true benefits are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

Week = Callable[..., pd.DataFrame]


def make_week(seed: int, n: int = 300, **benefit: float) -> pd.DataFrame:
    """Make a week: labels of which `benefit` more are right, by sex, for the personalized model."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["f", "m"], n)
    y = rng.integers(0, 2, n)
    right0 = rng.random(n) < 0.7
    up = np.array([benefit.get(name, 0.0) for name in sex])
    # One in five changes sides; what is gained on top is the benefit.
    right1 = np.where(rng.random(n) < 0.2 + np.abs(up), rng.random(n) < 0.7, right0)
    right1 = np.where(rng.random(n) < np.abs(up), up > 0, right1)

    def probability(right: np.ndarray) -> np.ndarray:
        return np.where(right == (y == 1), 0.8, 0.2)

    return pd.DataFrame(
        {
            "y": y,
            "p0": probability(right0),
            "p1": probability(right1),
            "sex": sex,
            "patient": rng.integers(0, 10**9, n),
        }
    )


@pytest.fixture
def week() -> Week:
    return make_week
