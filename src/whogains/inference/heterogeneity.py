"""Whether means differ within strata."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special


def heterogeneity(estimate: ArrayLike, se: ArrayLike, strata: ArrayLike) -> float:
    r"""Test that independent means are equal within each stratum.

    Parameters
    ----------
    estimate, se : array_like (d,)
        Means and their standard errors; NaN, or an error that is not positive, leaves one out.
    strata : array_like of int (d,)
        Which means are compared with each other.

    Returns
    -------
    float
        The p-value; 1 where no stratum holds two means.

    Raises
    ------
    ValueError
        If lengths differ.

    Notes
    -----
    Cochran's :math:`Q = \sum_j (b_j - \bar b_{s(j)})^2 / se_j^2` with the weighted mean of each
    stratum is chi-square where all means of a stratum are equal, with one degree of freedom for
    each mean beyond the first of its stratum. Assumes normal means with known errors, in any unit.

    References
    ----------
    Cochran, W. G. (1954). The combination of estimates from different experiments. Biometrics
    10(1), 101-129.

    Examples
    --------
    >>> round(heterogeneity([1.0, 3.0, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0], [0, 0, 1, 1]), 4)
    0.3679
    """
    b, error = np.asarray(estimate, dtype=np.float64), np.asarray(se, dtype=np.float64)
    stratum = np.asarray(strata)
    if not b.shape == error.shape == stratum.shape:
        raise ValueError("estimate, se and strata must have one value per mean each")
    with np.errstate(invalid="ignore"):
        known = np.isfinite(b) & np.isfinite(error) & (error > 0)
    q, df = 0.0, 0
    for each in np.unique(stratum[known]):
        mine = known & (stratum == each)
        weight = 1 / error[mine] ** 2
        mean = weight @ b[mine] / weight.sum()
        q += float(weight @ (b[mine] - mean) ** 2)
        df += int(mine.sum()) - 1
    return float(special.chdtrc(df, q)) if df else 1.0
