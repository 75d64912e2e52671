"""The array type of this package and the checks that every function shares."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = NDArray[np.float64]
Alternative: TypeAlias = Literal["greater", "less"]


def check_alpha(alpha: float) -> None:
    """Raise unless ``alpha`` lies strictly between 0 and 1."""
    if not 0.0 < alpha < 1.0:
        raise ValueError(f"alpha must lie strictly between 0 and 1, got {alpha!r}")


def check_alternative(alternative: str) -> None:
    """Raise unless ``alternative`` is one of the two one-sided alternatives."""
    if alternative not in ("greater", "less"):
        raise ValueError(f"alternative must be 'greater' or 'less', got {alternative!r}")


def broadcast(
    *values: ArrayLike, alpha: float | None = None, alternative: str | None = None
) -> tuple[FloatArray, ...]:
    """Turn arguments into float arrays of one common shape, and check the level and the side."""
    if alpha is not None:
        check_alpha(alpha)
    if alternative is not None:
        check_alternative(alternative)
    arrays = [np.asarray(value, dtype=np.float64) for value in values]
    return tuple(np.array(array) for array in np.broadcast_arrays(*arrays))


def one_row_per_value(name: str, values: ArrayLike) -> FloatArray:
    """Check a one-dimensional array of finite numbers."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {array.shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must hold finite numbers; drop or impute the others first")
    return array


def row_weights(sample_weight: ArrayLike | None, n: int) -> FloatArray:
    """Check row weights; no weights are weights of one.

    A row of weight 0 is as good as none to these functions; of people it is refused, by the name of
    the column and the row, in `frames` (and in the SQL of a scan).
    """
    if sample_weight is None:
        return np.ones(n)
    weight = one_row_per_value("sample_weight", sample_weight)
    if weight.shape != (n,):
        raise ValueError(f"sample_weight must hold one weight per row ({n}), got {weight.size}")
    if np.any(weight < 0):
        raise ValueError("sample_weight must not be negative")
    return weight


def check_power(power: float) -> None:
    """Raise unless ``power`` lies strictly between 0 and 1."""
    if not 0.0 < power < 1.0:
        raise ValueError(f"power must lie strictly between 0 and 1, got {power!r}")
