"""One level for a family that grows: Holm by weights that are fixed when a group appears."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from whogains.types import FloatArray

# The share of the level that is kept for groups that are not there at first.
RESERVE: Final = 0.1


def weights_by_appearance(at_first: int, later: int, *, reserve: float = RESERVE) -> FloatArray:
    r"""Share a level out among those that are there at first and those that come later.

    Parameters
    ----------
    at_first, later : int
        How many there are at first, and how many have come since, in the order of their coming.
    reserve : float
        The share that is kept for those that come later.

    Returns
    -------
    ndarray (at_first + later,)
        Weights, the first ones equal; together less than 1, however many come.

    Raises
    ------
    ValueError
        If a number is negative, or the reserve is not between 0 and 1.

    Notes
    -----
    The k-th that comes later has :math:`6 / (\pi k)^2` of the reserve, and these shares add up to
    the whole (Basel). A weight must not depend on what is found, nor on what comes after it: then
    the family may grow without end. Derived here. No unit; one alone has all but the reserve.

    Examples
    --------
    >>> weights_by_appearance(2, 1).round(3)
    array([0.45 , 0.45 , 0.061])
    """
    if at_first < 0 or later < 0:
        raise ValueError(f"numbers must not be negative, got {at_first} and {later}")
    if not 0 < reserve < 1:
        raise ValueError(f"reserve must lie strictly between 0 and 1, got {reserve}")
    first = np.full(at_first, (1 - reserve) / max(at_first, 1))
    return np.concatenate([first, reserve * 6 / (np.pi * np.arange(1, later + 1)) ** 2])


def weighted_holm(p: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Adjust p-values whose weights were fixed before, in a family of which some are yet to come.

    Parameters
    ----------
    p : array_like (d,)
        p-values, each valid at every look (one over the largest e-value so far); NaN where there
        is none.
    weights : array_like (d,)
        Positive weights, together at most 1. What is missing to 1 belongs to tests that are not
        there yet.

    Returns
    -------
    ndarray (d,)
        Adjusted p-values, at most 1. NaN stays NaN and keeps its weight, as a test to come.

    Raises
    ------
    ValueError
        If a p-value lies outside [0, 1], or the weights are not positive or exceed 1.

    Notes
    -----
    Holm's procedure with weights, on a family in which the tests that are missing have p = 1: the
    i-th smallest of p / w is compared with the level over the weight of all that are not rejected
    before it. The chance of any false rejection stays below the level under any dependence. A
    p-process that falls only lets adjusted p-values fall, so that this holds over all looks at
    once: at the end, the smallest p-values are p-values, and all that was ever rejected is
    rejected there (on running suprema of e-values: Hartog and Lei). Equal weights that add up to 1
    give `holm`.

    No unit. One p-value with weight 1 stays as it is.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6, 65-70 (section 3, weights).
    Hartog, W. and Lei, L. (2025). Family-wise error rate control with e-values. arXiv 2501.09015.

    Examples
    --------
    >>> weighted_holm([0.01, 0.04, 0.03], [1 / 3, 1 / 3, 1 / 3]).round(2)
    array([0.03, 0.06, 0.06])
    >>> weighted_holm([0.01], [0.45]).round(4)
    array([0.0222])
    """
    values, shares = np.asarray(p, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if values.ndim != 1 or values.shape != shares.shape:
        raise ValueError("p and weights must be one-dimensional and of one length")
    if np.any((values < 0) | (values > 1)):
        raise ValueError("p-values must lie within [0, 1]")
    if np.any(~(shares > 0)) or shares.sum() > 1 + 1e-9:
        raise ValueError("weights must be positive and together at most 1")
    adjusted = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested] / shares[tested], kind="stable")]
    before = np.concatenate([[0.0], np.cumsum(shares[order])[:-1]])[: order.size]
    steps = values[order] / shares[order] * (1 - before)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
