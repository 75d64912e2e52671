"""The one shape in which every method hands back its intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from whogains.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """Two-sided intervals, one per group.

    Attributes
    ----------
    lower, upper : ndarray (d,)
        Ends in units of the cost; NaN where the method gives no interval.
    method : str or ndarray of str (d,)
        Name of the method: one for all groups, or one per group.

    Notes
    -----
    Every method here is equal-tailed: a two-sided interval at level 1 - alpha errs at each end
    with probability at most alpha / 2 (exactly or to the method's order). So a one-sided bound
    at level 1 - a is the end of the two-sided interval with ``alpha = 2 * a``.
    """

    lower: FloatArray
    upper: FloatArray
    method: str | NDArray[np.str_]


def combine_intervals(methods: ArrayLike, intervals: Mapping[str, Interval]) -> Interval:
    """Take for each group the interval of the method named for it.

    Parameters
    ----------
    methods : array_like of str (d,)
        The method of each group, as `choose_method` returns them.
    intervals : mapping of str to Interval
        For each method in use its intervals for all d groups. ``"none"`` needs no entry.

    Returns
    -------
    Interval
        With ``method`` the array of names; NaN ends where the name is ``"none"``.

    Raises
    ------
    ValueError
        If a named method has no intervals.

    Notes
    -----
    Ends keep the unit of the cost, and whatever each method assumes and does with fewer than 2
    rows. A choice, no method of its own: derived here.

    Examples
    --------
    >>> import numpy as np
    >>> wide = Interval(np.array([-1.0, -2.0]), np.array([1.0, 2.0]), "betting")
    >>> combine_intervals(["none", "betting"], {"betting": wide}).lower
    array([nan, -2.])
    """
    names = np.asarray(methods, dtype=np.str_)
    lower = np.full(names.shape, np.nan)
    upper = np.full(names.shape, np.nan)
    for name in np.unique(names):
        if name == "none":
            continue
        if str(name) not in intervals:
            raise ValueError(f"no intervals were given for the method {str(name)!r}")
        chosen = intervals[str(name)]
        here = names == name
        lower[here] = np.broadcast_to(chosen.lower, names.shape)[here]
        upper[here] = np.broadcast_to(chosen.upper, names.shape)[here]
    return Interval(lower, upper, names)
