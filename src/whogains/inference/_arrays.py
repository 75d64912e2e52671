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


def broadcast(*values: ArrayLike) -> tuple[FloatArray, ...]:
    """Turn the arguments into float arrays of one common shape."""
    arrays = [np.asarray(value, dtype=np.float64) for value in values]
    return tuple(np.array(array) for array in np.broadcast_arrays(*arrays))


def ternary_counts(
    gains: ArrayLike, harms: ArrayLike, n: ArrayLike, largest: ArrayLike = 1
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Check the three counts of a difference that takes only the values -1, 0 and 1.

    They are returned in units of the largest cluster, 1 where rows are independent.
    """
    gain, harm, rows, unit = broadcast(gains, harms, n, largest)
    for name, value in (("gains", gain), ("harms", harm), ("n", rows)):
        if not np.all((value >= 0) & (value == np.floor(value)) & np.isfinite(value)):
            raise ValueError(f"{name} must hold whole numbers of rows, none negative")
    if np.any(gain + harm > rows):
        raise ValueError("gains + harms must not exceed n in any group")
    if not np.all((unit > 0) & np.isfinite(unit)):
        raise ValueError("largest must be a positive number of rows")
    return gain / unit, harm / unit, rows / unit


def one_row_per_value(name: str, values: ArrayLike) -> FloatArray:
    """Check a one-dimensional array of finite numbers."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got shape {array.shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"{name} must hold finite numbers; drop or impute the others first")
    return array


def row_weights(sample_weight: ArrayLike | None, n: int) -> FloatArray:
    """Check row weights; no weights are weights of one."""
    if sample_weight is None:
        return np.ones(n)
    weight = one_row_per_value("sample_weight", sample_weight)
    if weight.shape != (n,):
        raise ValueError(f"sample_weight must hold one weight per row ({n}), got {weight.size}")
    if np.any(weight < 0):
        raise ValueError("sample_weight must not be negative")
    return weight
