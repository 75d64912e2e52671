"""Confidence sequences: intervals of sums that hold at any number of looks.

Every function takes sums that add over batches of rows, of any number of groups at once, and none
depends on the order of rows within a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference._arrays import Alternative, broadcast, check_alpha
from whogains.inference._roots import lowest_not_rejected
from whogains.inference.anytime import (
    DESIGN_UNITS,
    bounded_log_e,
    prior_variance,
    ternary_log_e,
)
from whogains.inference.interval import Interval
from whogains.types import BoolArray, FloatArray

# From so many units on, and so many for each squared skewness, the asymptotic sequence is offered.
MIN_UNITS_SEQUENCE: Final = 300
UNITS_PER_SQUARED_SKEWNESS: Final = 500
_TOLERANCE: Final = 1e-6  # of the range
_HALVINGS: Final = 24
_AT_ONCE: Final = 20_000  # numbers: many calls of few cost more than one


def asymptotic_sequence(
    estimate: ArrayLike,
    se: ArrayLike,
    units: ArrayLike,
    *,
    alpha: float = 0.05,
    design: float = DESIGN_UNITS,
) -> Interval:
    r"""Compute an asymptotic confidence sequence for means with finite variance.

    Parameters
    ----------
    estimate, se, units, design
        As for `asymptotic_log_e`.
    alpha : float
        One minus the two-sided level, over all looks together.

    Returns
    -------
    Interval
        Ends of shape (d,); NaN where the error is 0 or not known.

    Raises
    ------
    ValueError
        If ``alpha`` is not strictly between 0 and 1, or ``design`` not positive.

    Notes
    -----
    .. math:: \hat\beta \pm se \sqrt{\frac{t \rho^2 + 1}{t \rho^2}
              \log \frac{t \rho^2 + 1}{\alpha^2}}

    In large samples the ends hold at all looks at once. In the unit of the cost; one unit has no
    error and no ends.

    References
    ----------
    Waudby-Smith et al. (2024), theorem 2.2, as for `asymptotic_log_e`.

    Examples
    --------
    >>> found = asymptotic_sequence(0.2, 0.04, 1000)
    >>> round(float(found.lower), 3), round(float(found.upper), 3)
    (0.079, 0.321)
    """
    beta, error, t = broadcast(estimate, se, units, alpha=alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        wide = t * prior_variance(design)
        z = np.sqrt((wide + 1) / wide * np.log((wide + 1) / alpha**2))
        half = np.where(error > 0, z * error, np.nan)
    return Interval(beta - half, beta + half, "asymptotic")


def sequence_offered(units: ArrayLike, skewness: ArrayLike) -> BoolArray:
    """Say from how many units on the asymptotic sequence is offered.

    Parameters
    ----------
    units, skewness : array_like (d,)
        Independent units, and the skewness of their residuals.

    Returns
    -------
    ndarray of bool (d,)
        Whether there are ``MIN_UNITS_SEQUENCE`` of them, and ``UNITS_PER_SQUARED_SKEWNESS`` for
        each squared unit of skewness.

    Raises
    ------
    ValueError
        If the shapes of the arguments do not match.

    Notes
    -----
    A sum's skewness is that of its units over the root of their number, and moves the chance of z
    standard errors by about ``exp(skewness z**3 / (6 sqrt(n)))``: far out, where a level that is
    shared by many looks and groups lies, by much. Found by simulation (docs/watching.md).
    Derived here. No unit; one unit is never enough.

    Examples
    --------
    >>> sequence_offered([299, 300, 1999, 2000], [0, 0, 2, 2]).tolist()
    [False, True, False, True]
    """
    n, skew = broadcast(units, skewness)
    needed = np.maximum(MIN_UNITS_SEQUENCE, UNITS_PER_SQUARED_SKEWNESS * skew**2)
    found: BoolArray = np.isfinite(needed) & (n >= needed)
    return found


def ternary_sequence(
    gains: ArrayLike, harms: ArrayLike, rows: ArrayLike, *, alpha: float = 0.05
) -> Interval:
    """Compute a confidence sequence for the mean of differences of -1, 0 or 1.

    Parameters
    ----------
    gains, harms, rows
        As for `ternary_log_e`.
    alpha : float
        One minus the two-sided level, over all looks together.

    Returns
    -------
    Interval
        Ends of shape (d,), within [-1, 1]; all of it without rows.

    Raises
    ------
    ValueError
        As `ternary_log_e`, and if ``alpha`` is not strictly between 0 and 1.

    Notes
    -----
    What no e-value at level alpha / 2 rejects: exact, at every look. Reached to a millionth of the
    range, outwards. No unit; a single row is a sample like any other.

    References
    ----------
    Waudby-Smith and Ramdas (2024), as for `ternary_log_e`.

    Examples
    --------
    >>> found = ternary_sequence(60, 20, 1000)
    >>> found.lower.round(3), found.upper.round(3)
    (array([0.01]), array([0.073]))
    """
    check_alpha(alpha)
    up, down, n = map(np.atleast_1d, broadcast(gains, harms, rows))
    mean = np.divide(up - down, n, out=np.zeros_like(n), where=n > 0)

    def log_e(at: FloatArray, side: Alternative) -> FloatArray:
        return ternary_log_e(up, down, n, null=at, alternative=side)

    return _inverted(log_e, mean, -1.0, 1.0, alpha)


def bounded_sequence(
    units: ArrayLike,
    mean: ArrayLike,
    m2: ArrayLike,
    *,
    lower: float,
    upper: float,
    alpha: float = 0.05,
) -> Interval:
    """Compute a confidence sequence for the mean of bounded differences, from two moments.

    Parameters
    ----------
    units, mean, m2, lower, upper
        As for `bounded_log_e`.
    alpha : float
        One minus the two-sided level, over all looks together.

    Returns
    -------
    Interval
        Ends of shape (d,), within the range; all of it without rows.

    Raises
    ------
    ValueError
        As `bounded_log_e`, and if ``alpha`` is not strictly between 0 and 1.

    Notes
    -----
    What no e-value at level alpha / 2 rejects: valid at every look. Reached to a millionth of the
    range, outwards. In the unit of the cost; a single row is a sample like any other.

    References
    ----------
    Fan, Grama and Liu (2015), as for `bounded_log_e`.

    Examples
    --------
    >>> found = bounded_sequence(1000, 0.02, 10.0, lower=-1, upper=1)
    >>> found.lower.round(3), found.upper.round(3)
    (array([0.003]), array([0.036]))
    """
    check_alpha(alpha)
    n, centre, squares = map(np.atleast_1d, broadcast(units, mean, m2))

    def log_e(at: FloatArray, side: Alternative) -> FloatArray:
        return bounded_log_e(
            n, centre, squares, lower=lower, upper=upper, null=at, alternative=side
        )

    mean_or_middle = np.where(n > 0, centre, (lower + upper) / 2)
    return _inverted(log_e, mean_or_middle, lower, upper, alpha)


def _inverted(
    log_e: Callable[[FloatArray, Alternative], FloatArray],
    mean: FloatArray,
    lower: float,
    upper: float,
    alpha: float,
) -> Interval:
    """Find on each side the value nearest to the mean that is rejected.

    Rejecting one value rejects all beyond it, so the nearest decides. It is sought on a grid that
    halves the distance from the mean to the end of the range, and then between two of its points.
    """
    wins = np.log(2 / alpha)
    sides: tuple[tuple[Alternative, float], ...] = (("greater", lower), ("less", upper))
    ends = []
    steps = 0.5 ** np.arange(_HALVINGS + 1)
    for side, end in sides:

        def excess(off: FloatArray, side: Alternative = side, end: float = end) -> FloatArray:
            # Minus the share of the way from the mean to the end: the search goes upwards.
            over: FloatArray = log_e(mean - off * (end - mean), side) - wins
            return over

        first = np.zeros_like(mean)
        for some in np.array_split(steps, max(1, steps.size * mean.size // _AT_ONCE)):
            at = np.broadcast_to(-some.reshape(-1, *[1] * mean.ndim), (some.size, *mean.shape))
            rejected = excess(at) > 0
            # The last one that is rejected is the nearest to the mean.
            last = some.size - 1 - np.argmax(rejected[::-1], axis=0)
            first = np.where(rejected.any(axis=0), -some[last], first)
        found = lowest_not_rejected(excess, first, first / 2, _TOLERANCE)
        ends.append(np.where(first < 0, mean - found * (end - mean), end))
    return Interval(np.clip(ends[0], lower, upper), np.clip(ends[1], lower, upper), "betting")
