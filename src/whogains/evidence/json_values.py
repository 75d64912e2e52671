"""JSON values read strictly: what is not of its kind is refused, with its place."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

MOST = 2**53


def whole(value: Any, place: str) -> int:
    """Read a count.

    Raises
    ------
    ValueError
        If it is no whole number from 0 on.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MOST:
        raise not_a("a whole number from 0 on", value, place)
    return value


def real(value: Any, place: str, *, missing: float | None = None) -> float:
    """Read a number, or what stands for null where that may be.

    Parameters
    ----------
    value : JSON value
        What was read.
    place : str
        Where it stands, for the message.
    missing : float, optional
        What stands for null; without it null is refused.

    Returns
    -------
    float
        The number.

    Raises
    ------
    ValueError
        If it is no finite number.
    """
    if value is None and missing is not None:
        return missing
    # A whole number of JSON may be too large for a float.
    known = isinstance(value, int | float) and not isinstance(value, bool)
    if not known or not -1.8e308 < value < 1.8e308 or not isfinite(float(value)):
        raise not_a("a finite number", value, place)
    return float(value)


def not_a(what: str, value: Any, place: str) -> ValueError:
    """Say in an error that a value is not what it should be."""
    return ValueError(f"{place} is {value!r:.40}, not {what}")


def text(value: Any, place: str) -> str:
    """Read a text.

    Raises
    ------
    ValueError
        If it is none.
    """
    if not isinstance(value, str):
        raise not_a("text", value, place)
    return value


def text_or_null(value: Any, place: str) -> str | None:
    """Read a text or null, as `text` does."""
    return None if value is None else text(value, place)


def truth(value: Any, place: str) -> bool:
    """Read true or false.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if not isinstance(value, bool):
        raise not_a("true or false", value, place)
    return value


def listed(value: Any, place: str, read: Callable[[Any, str], Any]) -> tuple[Any, ...]:
    """Read a list of which each item is read alike.

    Raises
    ------
    ValueError
        If it is no list, or an item does not fit.
    """
    if not isinstance(value, list):
        raise not_a("a list", value, place)
    return tuple(read(item, f"{place}[{i}]") for i, item in enumerate(value))
