"""Sizes, spreads and effects as arrays, checked once, with one line that says what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from whogains.errors import InputError
from whogains.types import Convention, Family, FloatArray

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike, NDArray


Side = Literal["above", "below"]


def _numbers(value: ArrayLike, name: str) -> FloatArray:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be numbers, got {value!r}") from None
    if np.isnan(array).any():
        raise InputError(f"{name} must be numbers, got nan")
    return array


def _refuse(array: FloatArray, bad: NDArray[np.bool_], name: str, rule: str) -> None:
    if bad.any():
        raise InputError(f"{name} must be {rule}, got {array[bad].flat[0]:.12g}")


def amounts(value: ArrayLike, name: str) -> FloatArray:
    """Return numbers as an array of any shape, finite and at least 0."""
    array = _numbers(value, name)
    _refuse(array, ~(np.isfinite(array) & (array >= 0)), name, "finite and at least 0")
    return array


def sizes(n: ArrayLike, name: str = "n") -> FloatArray:
    """Return group sizes as an array (d,), d >= 1, finite and at least 0."""
    array = np.atleast_1d(amounts(n, name))
    if array.ndim != 1 or array.size == 0:
        raise InputError(f"{name} must be one number per group, got shape {array.shape}")
    return array


def spreads(sd: ArrayLike, groups: int, name: str = "sd") -> FloatArray:
    """Return standard deviations as an array (d,), one for all groups or one each, at least 0."""
    array = np.atleast_1d(amounts(sd, name))
    if array.ndim != 1 or array.size not in {1, groups}:
        raise InputError(
            f"{name} must be one number, or one per group ({groups}), got shape {array.shape}"
        )
    return np.broadcast_to(array, (groups,)).copy()


def sizes_and_spreads(n: ArrayLike, sd: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return `sizes` and `spreads`, each an array (d,)."""
    size = sizes(n)
    return size, spreads(sd, size.size)


def effects(epsilon: ArrayLike, name: str = "epsilon") -> FloatArray:
    """Return effects as an array of any shape, finite and positive."""
    array = _numbers(epsilon, name)
    _refuse(array, ~(np.isfinite(array) & (array > 0)), name, "finite and positive")
    return array


def positive(value: float, name: str) -> float:
    """Return one finite number above 0."""
    array = effects(value, name)
    if array.ndim:
        raise InputError(f"{name} must be one number, got shape {array.shape}")
    return float(array)


def number(value: float, name: str) -> float:
    """Return one finite number."""
    array = _numbers(value, name)
    if array.ndim or not np.isfinite(array):
        raise InputError(f"{name} must be one finite number, got {value!r}")
    return float(array)


def inside(value: float, name: str, low: float, high: float) -> float:
    """Return one number strictly between `low` and `high`."""
    array = _numbers(value, name)
    if array.ndim or not low < float(array) < high:
        raise InputError(f"{name} must lie between {low:g} and {high:g}, got {value!r}")
    return float(array)


def whole(value: float, name: str, least: int) -> int:
    """Return one whole number, at least `least`."""
    array = _numbers(value, name)
    if array.ndim or not np.isfinite(array) or array != np.floor(array) or array < least:
        raise InputError(f"{name} must be a whole number, at least {least}, got {value!r}")
    return int(array)


def option(value: str, name: str, allowed: Iterable[str]) -> None:
    """Refuse a word that is not one of `allowed`."""
    words = tuple(allowed)
    if value not in words:
        raise InputError(f"{name} must be one of {', '.join(words)}, got {value!r}")


FAMILIES: tuple[Family, ...] = get_args(Family)
CONVENTIONS: tuple[Convention, ...] = get_args(Convention)
SIDES: tuple[str, ...] = get_args(Side)
