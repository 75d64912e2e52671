"""Betting intervals and tests for bounded differences: valid at every sample size."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from whogains.inference._arrays import (
    Alternative,
    broadcast,
    check_alpha,
    check_alternative,
    one_row_per_value,
    ternary_counts,
)
from whogains.inference._roots import lowest_not_rejected
from whogains.inference.interval import Interval
from whogains.types import FloatArray

# Stakes are set for a two-sided .05 at every alpha, so that intervals and p-values agree.
# 2 log(2 / .05) is n times the best squared stake for a variance of 1.
_DESIGN: Final = 2 * np.log(2 / 0.05)
_TOLERANCE: Final = 1e-9  # of the range
_TERNARY: Final = np.array([0.0, 0.5, 1.0])  # -1, 0 and 1 as shares of their range


def betting_interval(
    differences: ArrayLike,
    *,
    lower: float,
    upper: float,
    alpha: float = 0.05,
) -> Interval:
    r"""Compute a finite-sample valid interval for the mean of one group's bounded differences.

    Parameters
    ----------
    differences : array_like (n,)
        Paired differences, one per independent row. May be empty.
    lower, upper : float
        The range a difference can take, known beforehand: -1 and 1 for a 0-1 cost or a Brier
        score. Never the observed minimum and maximum.
    alpha : float
        One minus the two-sided level.

    Returns
    -------
    Interval
        Ends of shape (), within [lower, upper]; all of it for n = 0.

    Raises
    ------
    ValueError
        If a difference lies outside the range, or the range is empty or infinite.

    Notes
    -----
    For each candidate mean m a gambler starts with capital 1 and bets on every row that the mean
    exceeds m. With a constant stake the capital is a product over rows whose expectation is at
    most 1 if the mean is at most m, for every distribution within the range and every n; so is
    the average over a fixed grid of stakes 1, 1/2, 1/4, ... (in fractions of the stake that could
    lose all), down to the best one for the largest variance at this n. By Markov's inequality
    it reaches 2 / alpha with probability at most alpha / 2: such m are rejected. A second gambler
    bets on the other side. Nothing depends on the order of the rows, or on a seed, and swapped
    models mirror the interval. For rows of -1, 0 and 1 it is `betting_interval_counts`.

    Stakes that adapt to the rows before are sharper, but need an order in which no value stands
    at a fixed place: rows that were sorted and then shuffled with a fixed seed are in none, and
    such an interval erred with up to .34 at one end. Assumes independent, identically distributed
    rows without weights.

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
    shares = _shares(differences, lower, upper)
    if shares.size == 0:
        return Interval(np.asarray(lower), np.asarray(upper), "betting")
    wins = np.log(2 / alpha)
    ends = []
    for side in (shares, 1 - shares):

        def excess(m: FloatArray, side: FloatArray = side) -> FloatArray:
            return np.array([_log_capital_of_rows(side, float(m[0])) - wins])

        # At the sample mean no constant stake has won (arithmetic over geometric mean).
        ends.append(lowest_not_rejected(excess, np.zeros(1), side.mean()[None], _TOLERANCE)[0])
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
) -> FloatArray:
    """Compute a one-sided p-value by betting, the inverse of `betting_interval`.

    Parameters
    ----------
    differences, lower, upper
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
        If a difference or the null lies outside the range.

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
    shares = _shares(differences, lower, upper)
    if not lower <= null <= upper:
        raise ValueError(f"null must lie within the range [{lower}, {upper}], got {null}")
    m = (null - lower) / (upper - lower)
    if alternative == "less":
        shares, m = 1 - shares, 1 - m
    if shares.size == 0:
        return np.asarray(1.0)
    return np.asarray(np.exp(-max(_log_capital_of_rows(shares, m), 0.0)))


def betting_interval_counts(
    gains: ArrayLike, harms: ArrayLike, n: ArrayLike, *, alpha: float = 0.05
) -> Interval:
    """Compute finite-sample valid intervals from counts, for differences of -1, 0 or 1.

    Parameters
    ----------
    gains, harms : array_like (d,)
        Numbers of rows with B = +1 and with B = -1.
    n : array_like (d,)
        Numbers of rows.
    alpha : float
        One minus the two-sided level.

    Returns
    -------
    Interval
        Ends within [-1, 1]; all of it where n = 0.

    Raises
    ------
    ValueError
        If a count is negative, not whole, or gains + harms exceed n.

    Notes
    -----
    Counts have no order, so no stake can adapt to the rows before. Each gambler instead keeps
    a constant stake, and capitals are averaged over a fixed grid of stakes 1, 1/2, 1/4, ... (in
    fractions of the stake that could lose all), down to the best one for the largest variance
    at this n. The average is at most 1 in expectation if the mean is at most m, so Markov's
    inequality applies; it depends on nothing but the counts, and is what `betting_interval` gives
    for the same rows.

    Benefits of a 0-1 cost are shares of rows. One row is a sample like any other. Assumes
    independent, identically distributed rows without weights.

    References
    ----------
    Waudby-Smith and Ramdas (2024), as for `betting_interval`.
    Orabona, F. and Jun, K.-S. (2024). Tight concentrations and confidence sequences from the
    regret of universal portfolio. IEEE Transactions on Information Theory 70(1), 436-455.

    Examples
    --------
    >>> found = betting_interval_counts([60, 0], [20, 0], [500, 0])
    >>> found.lower.round(3), found.upper.round(3)
    (array([ 0.025, -1.   ]), array([0.139, 1.   ]))
    """
    check_alpha(alpha)
    counts = _ternary(gains, harms, n)
    wins = np.log(2 / alpha)
    ends = []
    for side in (counts, counts[..., ::-1]):

        def excess(m: FloatArray, side: FloatArray = side) -> FloatArray:
            gain: FloatArray = _averaged_log_capital(side, m) - wins
            return gain

        # At the sample mean no constant stake has won (arithmetic over geometric mean).
        mean = (side @ _TERNARY) / np.maximum(side.sum(axis=-1), 1)
        ends.append(lowest_not_rejected(excess, np.zeros_like(mean), mean, _TOLERANCE))
    return Interval(2 * ends[0] - 1, 1 - 2 * ends[1], "betting")


def betting_test_counts(
    gains: ArrayLike,
    harms: ArrayLike,
    n: ArrayLike,
    *,
    null: ArrayLike = 0.0,
    alternative: Alternative = "greater",
) -> FloatArray:
    """Compute one-sided p-values by betting from counts, the inverse of the intervals.

    Parameters
    ----------
    gains, harms, n : array_like (d,)
        Counts as for `betting_interval_counts`.
    null : array_like (d,) or float
        The value tested, in [-1, 1].
    alternative : {"greater", "less"}
        As for `betting_test`.

    Returns
    -------
    ndarray (d,)
        One over the final averaged capital, at most 1.

    Raises
    ------
    ValueError
        If a count is not valid or the null lies outside [-1, 1].

    Notes
    -----
    Assumes what `betting_interval_counts` does. 1 where n = 0; a valid p-value where n = 1.

    References
    ----------
    Waudby-Smith and Ramdas (2024), theorem 3 and section 4, as for `betting_interval`.

    Examples
    --------
    >>> betting_test_counts([60, 0], [20, 0], [500, 0]).round(5)
    array([1.3e-04, 1.0e+00])
    """
    check_alternative(alternative)
    counts = _ternary(gains, harms, n)
    tested, _ = broadcast(null, counts[..., 0])
    if not np.all(np.abs(tested) <= 1):
        raise ValueError("null must lie in [-1, 1], the range of the differences")
    if alternative == "less":
        counts, tested = counts[..., ::-1], -tested
    return np.exp(-np.maximum(_averaged_log_capital(counts, (tested + 1) / 2), 0.0))


def _shares(differences: ArrayLike, lower: float, upper: float) -> FloatArray:
    """Differences as shares of the range, sorted so that sums do not depend on their order."""
    if not lower < upper:
        raise ValueError(f"lower must be below upper, got [{lower}, {upper}]")
    if not np.isfinite(upper - lower):
        raise ValueError(f"the range must be finite, got [{lower}, {upper}]")
    rows = one_row_per_value("differences", differences)
    if np.any((rows < lower) | (rows > upper)):
        raise ValueError(f"differences must lie within [lower, upper] = [{lower}, {upper}]")
    shares: FloatArray = (np.sort(rows) - lower) / (upper - lower)
    return shares


def _log_capital_of_rows(shares: FloatArray, m: float) -> float:
    """Log of the final capital averaged over constant stakes, betting that the mean exceeds m."""
    if m <= 0:
        # Any row above the bottom of the range refutes a mean at the bottom.
        return np.inf if np.any(shares > 0) else 0.0
    number = int(_stakes(np.asarray(float(shares.size))))
    stakes = 0.5 ** np.arange(number)
    logs = np.empty(number)
    with np.errstate(divide="ignore"):
        for k, stake in enumerate(stakes):
            logs[k] = np.log1p(stake * (shares / m - 1)).sum()
    return float(special.logsumexp(logs) - np.log(number))


def _stakes(n: FloatArray) -> FloatArray:
    """Count the stakes of the grid: down to the best one for the largest variance."""
    with np.errstate(divide="ignore"):
        halvings: FloatArray = np.ceil(np.log2(np.sqrt(n / _DESIGN)))
    number: FloatArray = np.maximum(halvings, 0.0) + 1
    return number


def _ternary(gains: ArrayLike, harms: ArrayLike, n: ArrayLike) -> FloatArray:
    gain, harm, rows = ternary_counts(gains, harms, n)
    counts: FloatArray = np.stack([harm, rows - gain - harm, gain], axis=-1)
    return counts


def _averaged_log_capital(counts: FloatArray, m: FloatArray) -> FloatArray:
    """Log of the final capital averaged over constant stakes, per group."""
    harms, ties, gains = counts[..., 0], counts[..., 1], counts[..., 2]
    total = harms + ties + gains
    stakes = _stakes(total)
    odds = 1 / np.where(m > 0, m, 1.0)
    logs = np.full((int(stakes.max(initial=1)), *m.shape), -np.inf)
    for k in range(logs.shape[0]):
        stake = 0.5**k
        lost = special.xlogy(harms, 1 - stake)
        kept = ties * np.log((1 - stake) + stake * odds / 2)
        won = gains * np.log((1 - stake) + stake * odds)
        logs[k] = np.where(k < stakes, lost + kept + won, -np.inf)
    capital = np.asarray(special.logsumexp(logs, axis=0)) - np.log(stakes)
    # Any row above the bottom of the range refutes a mean at the bottom.
    return np.where(m > 0, capital, np.where(total > harms, np.inf, 0.0))
