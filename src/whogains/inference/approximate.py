"""Intervals of t for fewer units than `choose_method` asks for: how far off they may be."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference._arrays import FloatArray
from whogains.inference.choice import MIN_SINGLES_T, MIN_UNITS_T, rows_for_t

#: Units from which an interval by t may be shown, marked as approximate; no test and no verdict.
APPROXIMATE_FROM: Final = 30
#: How often an end of a 95 % interval errs at most (nominal .025), from so many units to fewer
#: than so many: the largest of the cells of `benchmarks/t_ends.py` (docs/t-ends.md), rounded up.
APPROXIMATE_ERRORS: Final[dict[tuple[int, int], float]] = {
    (APPROXIMATE_FROM, 50): 0.055,
    (50, 100): 0.045,
    (100, int(MIN_UNITS_T)): 0.035,
}


def approximate_units(
    *,
    n: ArrayLike,
    units: ArrayLike,
    clustered: ArrayLike,
    weighted: ArrayLike,
    moved: ArrayLike | None = None,
    skewness_known: ArrayLike = True,
    drawn: ArrayLike | None = None,
    carrying: ArrayLike | None = None,
    metric: str | None = None,
    differing: ArrayLike | None = None,
) -> FloatArray:
    """Count the independent rows, all of them moved, to which groups' rows are equal.

    Parameters
    ----------
    n, units, clustered, weighted, moved, skewness_known, drawn, carrying, metric, differing
        As for `whogains.inference.choose_method`.

    Returns
    -------
    ndarray (d,)
        ``MIN_UNITS_T n / rows_for_t(...)``: at least ``MIN_UNITS_T`` where t is trusted. 0 where
        nothing moved, the skewness is not known, or fewer than ``MIN_SINGLES_T`` clusters hold
        one row each.

    Raises
    ------
    KeyError, ValueError
        As in `whogains.inference.choose_method`.

    Notes
    -----
    Whatever `rows_for_t` asks for, a group has a share of it; the smallest such share counts. So
    100 rows of which 10 moved (t asks for 30) are worth 50. Clusters of one row each are all or
    nothing, since a sample without any large one tells nothing of them. Derived here.

    A count of units, whatever the unit of the cost. With 1 row there is no interval to approximate.

    Examples
    --------
    >>> approximate_units(n=[40, 100, 400], units=[40, 100, 400], moved=[40, 10, 400],
    ...     clustered=False, weighted=False)
    array([ 40.,  50., 400.])
    """
    rows = np.asarray(n, dtype=np.float64)
    needed = rows_for_t(
        n=n,
        units=units,
        clustered=clustered,
        weighted=weighted,
        moved=moved,
        skewness_known=skewness_known,
        drawn=drawn,
        carrying=carrying,
        metric=metric,
        differing=differing,
    )
    total = rows if drawn is None else np.asarray(drawn, dtype=np.float64)
    lone = np.asarray(clustered, dtype=np.bool_) & (total >= rows) & (total < MIN_SINGLES_T)
    known = ~lone & np.asarray(skewness_known, dtype=np.bool_)
    return np.where(known, MIN_UNITS_T * rows / needed, 0.0)


def approximate_error(units: ArrayLike) -> FloatArray:
    """Say how often an end of an approximate 95 % interval may err.

    Parameters
    ----------
    units : array_like (d,)
        What the rows are worth: `approximate_units`.

    Returns
    -------
    ndarray (d,)
        The largest error of an end among the simulated cells (nominal .025); NaN below
        ``APPROXIMATE_FROM`` units, where no interval should be shown, and from ``MIN_UNITS_T`` on,
        where t holds its level.

    Raises
    ------
    ValueError
        If ``units`` are not numbers.

    Notes
    -----
    Measured for `t_interval` with skewness at 95 % over costs whose range is not known: normal,
    heavy-tailed, lognormal, gamma, squared errors, log losses, mixtures, mostly zero, clusters and
    weights; of AUC and R² too. It is no bound: a cost with a rarer or longer tail errs more. Each
    end alone; the two together err with less than twice as much.

    A share of intervals, without a unit. One number stays one number.

    References
    ----------
    docs/t-ends.md, written by `benchmarks/t_ends.py`.

    Examples
    --------
    >>> approximate_error([29, 30, 80, 149, 150])
    array([  nan, 0.055, 0.045, 0.035,   nan])
    """
    worth = np.asarray(units, dtype=np.float64) * (1 + 1e-9)  # whole numbers may come rounded
    found = np.full(worth.shape, np.nan)
    for (low, high), error in APPROXIMATE_ERRORS.items():
        found = np.where((worth >= low) & (worth < high), error, found)
    return found
