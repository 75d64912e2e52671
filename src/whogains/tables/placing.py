"""Sums of raw values, moved to their groups and added up."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import numpy.typing as npt

from whogains.evidence import Sums
from whogains.types import IntArray


def placed(sums: Sums, codes: IntArray, mine: npt.NDArray[np.bool_], size: int) -> Sums:
    """Move the sums of raw values to their groups, and add those that share one.

    Parameters
    ----------
    sums : Sums
        The sums of k raw values.
    codes : ndarray of int, shape (k,)
        Their groups.
    mine : ndarray of bool, shape (k,)
        Which to keep.
    size : int
        The number of groups.

    Returns
    -------
    Sums
        Of the groups.
    """
    codes, places = codes[mine], np.flatnonzero(mine)
    found = take(sums, places[:0]).placed(codes[:0], size)
    while len(codes):
        _, first = np.unique(codes, return_index=True)
        found = found + take(sums, places[first]).placed(codes[first], size)
        codes, places = np.delete(codes, first), np.delete(places, first)
    return found


def take(sums: Sums, places: IntArray) -> Sums:
    """Keep some entries of sums."""
    return Sums(**{field.name: getattr(sums, field.name)[places] for field in fields(sums)})


def total_of(sums: Sums) -> Sums:
    """Add the groups up, in pairs so that rounding does not pile up."""
    while len(sums) > 1:
        half = len(sums) // 2
        rest = take(sums, np.arange(2 * half, len(sums)))
        sums = take(sums, np.arange(half)) + take(sums, np.arange(half, 2 * half))
        if len(rest):
            sums = Sums(
                **{
                    field.name: np.concatenate(
                        [getattr(sums, field.name), getattr(rest, field.name)]
                    )
                    for field in fields(sums)
                }
            )
    return sums
