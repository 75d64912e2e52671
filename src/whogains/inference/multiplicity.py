"""Several groups tested at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from whogains.types import FloatArray


def holm(p: ArrayLike) -> FloatArray:
    """Adjust p-values so that the chance of any false rejection stays below the level.

    Parameters
    ----------
    p : array_like (d,)
        p-values; NaN where a group was not tested.

    Returns
    -------
    ndarray (d,)
        Adjusted p-values, at most 1. NaN stays NaN and does not count as a test: whether a
        group can be tested must not depend on which way its differences point.

    Raises
    ------
    ValueError
        If a p-value lies outside [0, 1].

    Notes
    -----
    Holds under any dependence between the groups' tests.

    Assumes valid p-values (no unit). One p-value stays as it is; none gives an empty array.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm([0.01, float("nan"), 0.04, 0.03])
    array([0.03,  nan, 0.06, 0.06])
    """
    values = _p_values(p)
    adjusted = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    steps = values[order] * np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def intersection_union(p: ArrayLike) -> float:
    """Compute the p-value for the null that at least one group's null is true.

    Parameters
    ----------
    p : array_like (d,)
        One p-value per group; NaN, a group that could not be tested, counts as 1.

    Returns
    -------
    float
        The largest p-value (1 without groups): small only if every group's null is rejected.

    Raises
    ------
    ValueError
        If a p-value lies outside [0, 1].

    Notes
    -----
    With gain p-values this tests "not every group gains". Valid at its level without any
    correction, since at least one null is true under it and that group's test must reject.

    Assumes valid p-values (no unit), whatever their dependence. One p-value stays as it is.

    References
    ----------
    Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling.
    Technometrics 24, 295-300.

    Examples
    --------
    >>> intersection_union([0.01, 0.04])
    0.04
    """
    values = _p_values(p)
    if values.size == 0:
        return 1.0
    return float(np.where(np.isnan(values), 1.0, values).max())


def _p_values(p: ArrayLike) -> FloatArray:
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"p must be one-dimensional, got shape {values.shape}")
    if np.any((values < 0) | (values > 1)):
        raise ValueError("p-values must lie in [0, 1]")
    return values
