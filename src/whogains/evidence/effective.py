"""How many units carry a sum: the effective number of values of which few may be large."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whogains.types import FloatArray, IntArray

if TYPE_CHECKING:
    from whogains.evidence.sums import Sums


def carrying_number(values: FloatArray, cluster: IntArray | None = None) -> float:
    """Count the units of equal size that would carry such a variance.

    Parameters
    ----------
    values, cluster
        As for `effective_number`.

    Returns
    -------
    float
        (sum v²)² / sum v⁴ over units; 0 where all are 0. Many small values, such as what rows that
        do not differ have of a difference that is not 0, hardly count.

    Examples
    --------
    >>> round(carrying_number(np.array([1.0, -1.0, 1.0, *[0.01] * 500])))
    3
    """
    return effective_number(_of_units(values, cluster) ** 2)


def effective_number(values: FloatArray, cluster: IntArray | None = None) -> float:
    """Count the units of equal size that would make such a sum of sizes.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        What each row adds; the sign does not matter.
    cluster : ndarray of int, shape (n,), optional
        Rows that are one unit.

    Returns
    -------
    float
        (sum |v|)² / sum v² over units (Kish); 0 where all are 0.

    Examples
    --------
    >>> round(effective_number(np.array([1.0, -1.0, 1.0, 0.0])))
    3
    """
    sizes = np.abs(_of_units(values, cluster))
    largest = sizes.max(initial=0.0)
    if not largest > 0:
        return 0.0
    sizes = sizes / largest
    # A hair above, since what is a whole number may be rounded to less.
    return float(sizes.sum() ** 2 / (sizes @ sizes)) * (1 + 1e-9)


def _of_units(values: FloatArray, cluster: IntArray | None) -> FloatArray:
    if cluster is None:
        return values
    _, unit = np.unique(cluster, return_inverse=True)
    return np.bincount(unit.reshape(-1), values).astype(np.float64)


def effective_units(sums: Sums) -> FloatArray:
    """Find how many units of equal weight the units of each group are worth.

    Parameters
    ----------
    sums : Sums
        The sums of d groups.

    Returns
    -------
    ndarray of float, shape (d,)
        (sum v)² / sum v², the effective sample size of Kish [1]_: no unit has more than one over
        its root of the weight. 0 for a group without rows.

    References
    ----------
    .. [1] Kish, Survey Sampling, Wiley, 1965, section 11.2.
    """
    return _worth(sums.units * sums.mean_v, sums.m_vv + sums.units * sums.mean_v**2)


def _worth(weight: FloatArray, squares: FloatArray) -> FloatArray:
    worth: FloatArray = np.divide(
        weight**2, squares, out=np.zeros(len(weight), dtype=np.float64), where=squares > 0
    )
    return worth
