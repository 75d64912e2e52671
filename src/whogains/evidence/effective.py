"""How many units carry a sum: the effective number of values of which few may be large."""

from __future__ import annotations

import numpy as np

from whogains.types import FloatArray, IntArray


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
    total = values
    if cluster is not None:
        _, unit = np.unique(cluster, return_inverse=True)
        total = np.bincount(unit.reshape(-1), values).astype(np.float64)
    sizes = np.abs(total)
    largest = sizes.max(initial=0.0)
    if not largest > 0:
        return 0.0
    sizes = sizes / largest
    # A hair above, since what is a whole number may be rounded to less.
    return float(sizes.sum() ** 2 / (sizes @ sizes)) * (1 + 1e-9)
