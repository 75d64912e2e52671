"""Sums of raw values, moved to their groups and added up."""

from __future__ import annotations

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
    found = sums.take(places[:0]).placed(codes[:0], size)
    while len(codes):
        _, first = np.unique(codes, return_index=True)
        found = found + sums.take(places[first]).placed(codes[first], size)
        codes, places = np.delete(codes, first), np.delete(places, first)
    return found
