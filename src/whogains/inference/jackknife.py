"""The jackknife: what each unit adds to a number of a whole group that is known as a function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from whogains.types import BoolArray, FloatArray, IntArray


def jackknife(
    value: Callable[[BoolArray], float], unit: IntArray, sample_weight: FloatArray
) -> tuple[float, FloatArray]:
    r"""Compute a number of a group, and each row's influence on it by leaving its unit out.

    Parameters
    ----------
    value : callable
        ``value(rows)`` gives the number on those of the n rows that a mask marks.
    unit : ndarray of int, shape (n,)
        Equal numbers, from 0 on, for rows that are left out together: at least two units.
    sample_weight : ndarray of float, shape (n,)
        Positive weights, ones for none.

    Returns
    -------
    number : float
        On all rows.
    influence : ndarray of float, shape (n,)
        They average 0, and with rows as units the variance is
        ``sum(influence**2) / (n * (n - 1))``; a row's weight is inside.

    Raises
    ------
    ValueError
        If there are fewer than two units: nothing can be left out.

    Notes
    -----
    With W the sum of the weights and :math:`W_b` that of a unit, the unit's pseudo-value is
    :math:`T + (W - W_b) (T - T_{(b)}) / W_b`: of a weighted mean, the unit's own mean. Each of
    its rows gets it, less the mean of all pseudo-values, which would correct the bias that the
    number itself is shown with.

    Has the unit of the number. Assumes independent units, and a number that changes little and
    smoothly with each of them: not a quantile or an extreme.

    References
    ----------
    Efron, B. and Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9,
    586-596. Weights: Shao, J. and Tu, D. (1995). The Jackknife and Bootstrap, section 6.2.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 6.0])
    >>> number, influence = jackknife(lambda rows: float(y[rows].mean()), np.arange(3), np.ones(3))
    >>> number, influence.round(6).tolist()
    (3.0, [-2.0, -1.0, 3.0])
    """
    of_unit = np.bincount(unit, sample_weight)
    if len(of_unit) < 2:
        raise ValueError(f"there must be at least two units to leave out, got {len(of_unit)}")
    total = float(sample_weight.sum())
    everybody = value(np.ones(len(unit), dtype=np.bool_))
    without = np.array([value(unit != b) for b in range(len(of_unit))])
    pseudo = (total - of_unit) / of_unit * (everybody - without)
    pseudo -= of_unit @ pseudo / total
    return everybody, pseudo[unit] * sample_weight * (len(unit) / total)
