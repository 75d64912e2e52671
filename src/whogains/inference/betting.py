"""Betting intervals and tests for bounded differences: valid at every sample size."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from whogains.inference._arrays import (
    Alternative,
    check_alpha,
    check_alternative,
    one_row_per_value,
)
from whogains.inference._roots import lowest_not_rejected
from whogains.inference.interval import Interval
from whogains.types import FloatArray

# Stakes are set for a two-sided .05 at every alpha, so that intervals and p-values agree.
# 2 log(2 / .05) is n times the best squared stake for a variance of 1.
_DESIGN: Final = 2 * np.log(2 / 0.05)
_TOLERANCE: Final = 1e-9  # of the range


def betting_interval(
    differences: ArrayLike,
    *,
    lower: float,
    upper: float,
    alpha: float = 0.05,
    cluster: ArrayLike | None = None,
    largest: float | None = None,
) -> Interval:
    r"""Compute a finite-sample valid interval for the mean of one group's bounded differences.

    Parameters
    ----------
    differences : array_like (n,)
        Paired differences, one per row. May be empty.
    lower, upper : float
        The range a difference can take, known beforehand: -1 and 1 for a 0-1 cost or a Brier
        score. Never the observed minimum and maximum.
    alpha : float
        One minus the two-sided level.
    cluster : array_like (n,), optional
        Each row's cluster; rows of one may depend on each other. Default: independent rows.
    largest : float, optional
        The most rows that a cluster can have. Default: as many as the largest one here has.

    Returns
    -------
    Interval
        Ends of shape (), within [lower, upper]; all of it for n = 0.

    Raises
    ------
    ValueError
        If a difference lies outside the range, the range is empty or infinite, or a cluster has
        more rows than ``largest``.

    Notes
    -----
    For each candidate mean m a gambler starts with capital 1 and bets on every row that the mean
    exceeds m. With a constant stake the capital is a product over rows whose expectation is at
    most 1 if the mean is at most m, for every distribution within the range and every n; so is
    the average over a fixed grid of stakes 1, 1/2, 1/4, ... (in fractions of the stake that could
    lose all), down to the best one for the largest variance at this n. By Markov's inequality
    it reaches 2 / alpha with probability at most alpha / 2: such m are rejected. A second gambler
    bets on the other side. Nothing depends on the order of the rows, or on a seed, and swapped
    models mirror the interval.

    Stakes that adapt to the rows before are sharper, but need an order in which no value stands
    at a fixed place: rows that were sorted and then shuffled with a fixed seed are in none, and
    such an interval erred with up to .34 at one end. Assumes independent, identically distributed
    rows, or clusters of rows, without weights.

    With clusters the mean is that of rows: of sums u over that of sizes v, E u / E v, whatever
    large clusters have to do with the benefit. If it is at most m (in shares of the range), then
    u - m v has no positive expectation, and no cluster of at most V rows makes it less than -m V:
    the bet on a cluster multiplies the capital by 1 + stake (u - m v) / (m V). Clusters of one
    size and no difference give the bounds of as many rows; where sizes vary, of n / V. Derived
    here. A cluster larger than ``largest`` that is in no sample is what no bound can allow for.

    Ends are in the unit of the cost. One row is a sample like any other: its interval is wide.

    References
    ----------
    Waudby-Smith, I. and Ramdas, A. (2024). Estimating means of bounded random variables by
    betting. JRSS B 86(1), 1-27 (hedged capital, theorem 3; constant stakes, section 4).

    Examples
    --------
    >>> found = betting_interval([0.1, -0.05, 0.2, 0.1] * 25, lower=-1, upper=1)
    >>> bool(-1 < found.lower < 0.0875 < found.upper < 1)
    True
    """
    check_alpha(alpha)
    shares, sizes = _shares(differences, lower, upper, cluster, largest)
    if shares.size == 0:
        return Interval(np.asarray(lower), np.asarray(upper), "betting")
    wins = np.log(2 / alpha)
    ends = []
    for side in (shares, sizes - shares):

        def excess(m: FloatArray, side: FloatArray = side) -> FloatArray:
            return np.array([_log_capital_of_units(side, sizes, float(m[0])) - wins])

        # At the sample mean no constant stake has won (arithmetic over geometric mean).
        mean = np.array([side.sum() / sizes.sum()])
        ends.append(lowest_not_rejected(excess, np.zeros(1), mean, _TOLERANCE)[0])
    spread = upper - lower
    return Interval(
        np.clip(lower + spread * ends[0], lower, upper),
        np.clip(upper - spread * ends[1], lower, upper),
        "betting",
    )


def betting_test(
    differences: ArrayLike,
    *,
    lower: float,
    upper: float,
    null: float = 0.0,
    alternative: Alternative = "greater",
    cluster: ArrayLike | None = None,
    largest: float | None = None,
) -> FloatArray:
    """Compute a one-sided p-value by betting, the inverse of `betting_interval`.

    Parameters
    ----------
    differences, lower, upper, cluster, largest
        As for `betting_interval`.
    null : float
        The value tested, within the range.
    alternative : {"greater", "less"}
        "greater" tests the null that the mean is at most ``null``, "less" that it is at least.

    Returns
    -------
    ndarray ()
        One over the averaged capital, at most 1: valid at every n.

    Raises
    ------
    ValueError
        If a difference or the null lies outside the range, or a cluster has more rows than
        ``largest``.

    Notes
    -----
    Assumes what `betting_interval` does, in the unit of the cost; 1 for no row, and valid for one.

    References
    ----------
    Waudby-Smith and Ramdas (2024), theorem 3 and section 4, as for `betting_interval`.

    Examples
    --------
    >>> bool(betting_test([0.1, -0.05, 0.2, 0.1] * 25, lower=-1, upper=1) < 0.05)
    True
    """
    check_alternative(alternative)
    shares, sizes = _shares(differences, lower, upper, cluster, largest)
    if not lower <= null <= upper:
        raise ValueError(f"null must lie within the range [{lower}, {upper}], got {null}")
    m = (null - lower) / (upper - lower)
    if alternative == "less":
        shares, m = sizes - shares, 1 - m
    if shares.size == 0:
        return np.asarray(1.0)
    return np.asarray(np.exp(-max(_log_capital_of_units(shares, sizes, m), 0.0)))


def _shares(
    differences: ArrayLike,
    lower: float,
    upper: float,
    cluster: ArrayLike | None,
    largest: float | None,
) -> tuple[FloatArray, FloatArray]:
    """Sum shares of the range and rows per unit, both over ``largest``.

    They are sorted, so that sums do not depend on the order of the rows.
    """
    if not lower < upper:
        raise ValueError(f"lower must be below upper, got [{lower}, {upper}]")
    if not np.isfinite(upper - lower):
        raise ValueError(f"the range must be finite, got [{lower}, {upper}]")
    rows = one_row_per_value("differences", differences)
    if np.any((rows < lower) | (rows > upper)):
        raise ValueError(f"differences must lie within [lower, upper] = [{lower}, {upper}]")
    if cluster is None:
        shares = (np.sort(rows) - lower) / (upper - lower)
        return shares, np.ones(shares.size)
    of_row = np.asarray(cluster)
    if of_row.shape != rows.shape:
        raise ValueError(f"cluster must hold one value per row ({rows.size}), got {of_row.shape}")
    _, unit = np.unique(of_row, return_inverse=True)
    unit = unit.reshape(-1)
    order = np.lexsort((rows, unit))
    sums = np.bincount(unit[order], (rows[order] - lower) / (upper - lower))
    sizes = np.bincount(unit).astype(np.float64)
    most = sizes.max(initial=0.0) if largest is None else float(largest)
    if np.any(sizes > most):
        raise ValueError(f"a cluster has {sizes.max():.0f} rows, more than largest = {largest}")
    order = np.lexsort((sums, sizes))
    # Rounding must not make a sum exceed its rows.
    return np.minimum(sums, sizes)[order] / most, sizes[order] / most


def _log_capital_of_units(shares: FloatArray, sizes: FloatArray, m: float) -> float:
    """Log of the final capital averaged over constant stakes, betting that the mean exceeds m."""
    if m <= 0:
        # Any row above the bottom of the range refutes a mean at the bottom.
        return np.inf if np.any(shares > 0) else 0.0
    number = int(_stakes(sizes.sum()))
    stakes = 0.5 ** np.arange(number)
    logs = np.empty(number)
    with np.errstate(divide="ignore"):
        for k, stake in enumerate(stakes):
            logs[k] = np.log1p(stake * (shares / m - sizes)).sum()
    return float(special.logsumexp(logs) - np.log(number))


def _stakes(n: FloatArray) -> FloatArray:
    """Count the stakes of the grid: down to the best one for the largest variance."""
    with np.errstate(divide="ignore"):
        halvings: FloatArray = np.ceil(np.log2(np.sqrt(n / _DESIGN)))
    number: FloatArray = np.maximum(halvings, 0.0) + 1
    return number
