"""Evidence that may be looked at any number of times: e-values and confidence sequences of sums.

Every function takes sums that add over batches of rows, of any number of groups at once, and none
depends on the order of rows within a batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from whogains.inference._arrays import (
    Alternative,
    broadcast,
    check_alpha,
    check_alternative,
)
from whogains.inference._roots import lowest_not_rejected
from whogains.inference.interval import Interval
from whogains.types import BoolArray, FloatArray

# Shares of the stake that could lose all, each half the one before: the last is the best one for
# effects of .001 of the variance, which takes millions of rows.
STAKES: Final = 0.9 * 0.5 ** np.arange(11)
# The number of units for which the asymptotic sequence is narrowest.
DESIGN_UNITS: Final = 1000
# From so many units on, and so many for each squared skewness, the asymptotic sequence is offered.
MIN_UNITS_SEQUENCE: Final = 300
UNITS_PER_SQUARED_SKEWNESS: Final = 500
_TOLERANCE: Final = 1e-6  # of the range
_HALVINGS: Final = 24


def ternary_log_e(
    gains: ArrayLike,
    harms: ArrayLike,
    rows: ArrayLike,
    *,
    null: ArrayLike = 0.0,
    alternative: Alternative = "greater",
) -> FloatArray:
    r"""Compute the log of an e-value for the mean of differences of -1, 0 or 1, by betting.

    Parameters
    ----------
    gains, harms, rows : array_like (d,)
        Numbers of differences of 1, of -1, and of all.
    null : array_like (d,)
        The value tested, from -1 to 1.
    alternative : {"greater", "less"}
        "greater" tests the null that the mean is at most ``null``, "less" that it is at least.

    Returns
    -------
    ndarray (d,)
        Log e-values; 0 without rows.

    Raises
    ------
    ValueError
        If the null lies outside [-1, 1], or there are more gains and harms than rows.

    Notes
    -----
    With constant stakes the capital of `betting_test` is a product over rows, so that three counts
    give it exactly. Averaged over the fixed stakes `STAKES` it is a nonnegative supermartingale
    that starts at 1 whenever every row's mean, given the rows before, is at most the null: the
    chance that it ever reaches 1 / a is at most a (Ville), at any number of looks.

    No unit. A single row is a sample like any other.

    References
    ----------
    Waudby-Smith, I. and Ramdas, A. (2024). Estimating means of bounded random variables by
    betting. JRSS B 86(1), 1-27.

    Examples
    --------
    >>> round(float(ternary_log_e(60, 20, 1000)), 2)
    7.98
    """
    ups, downs, all_rows, at = broadcast(gains, harms, rows, null)
    check_alternative(alternative)
    if np.any((at < -1) | (at > 1)):
        raise ValueError("null must lie within [-1, 1]")
    if np.any(ups + downs > all_rows * (1 + 1e-9)):
        raise ValueError("gains and harms must not be more than rows")
    if alternative == "less":
        ups, downs, at = downs, ups, -at
    # At -1 itself any other value refutes the null; no bet is needed there.
    share = np.maximum((at + 1) / 2, _TOLERANCE)[..., None]
    counts = (ups, all_rows - ups - downs, downs)
    logs = sum(
        count[..., None] * np.log1p(STAKES * (value / share - 1))
        for count, value in zip(counts, (1.0, 0.5, 0.0), strict=True)
    )
    return _mixed(np.asarray(logs))


def bounded_log_e(
    units: ArrayLike,
    mean: ArrayLike,
    m2: ArrayLike,
    *,
    lower: float,
    upper: float,
    null: ArrayLike = 0.0,
    alternative: Alternative = "greater",
) -> FloatArray:
    r"""Compute the log of an e-value for the mean of bounded differences, from two moments.

    Parameters
    ----------
    units, mean, m2 : array_like (d,)
        Number of differences, their mean, and the sum of squares about it.
    lower, upper : float
        The range a difference can take, known beforehand.
    null : array_like (d,)
        The value tested, within the range.
    alternative : {"greater", "less"}
        As for `ternary_log_e`.

    Returns
    -------
    ndarray (d,)
        Log e-values; 0 without rows.

    Raises
    ------
    ValueError
        If the range is empty or infinite, or the null lies outside.

    Notes
    -----
    Let y be a difference less the null, over the distance from the null to the far end of the
    range: y is at least -1, and has no positive mean under the null. For every stake s < 1

    .. math:: E \exp(s y + (\log(1 - s) + s) y^2) \le 1 + s E y \le 1

    (Fan, Grama and Liu). It bounds the capital of a bet with that stake from below, and unlike it
    needs only the sums of y and of its square. Averaged over `STAKES` it is a supermartingale as in
    `ternary_log_e`, for every distribution within the range and every n.

    Numbers in the unit of the cost. A single row is a sample like any other.

    References
    ----------
    Fan, X., Grama, I. and Liu, Q. (2015). Exponential inequalities for martingales with
    applications. Electronic Journal of Probability 20, lemma 4.1.
    Howard, S. R., Ramdas, A., McAuliffe, J. and Sekhon, J. (2021). Time-uniform, nonparametric,
    nonasymptotic confidence sequences. Annals of Statistics 49(2), 1055-1080, theorem 4.

    Examples
    --------
    >>> round(float(bounded_log_e(1000, 0.02, 10.0, lower=-1, upper=1)), 2)
    5.13
    """
    n, centre, squares, at = broadcast(units, mean, m2, null)
    check_alternative(alternative)
    if not (lower < upper and np.isfinite(upper - lower)):
        raise ValueError(f"lower must be below upper and both finite, got [{lower}, {upper}]")
    if np.any((at < lower) | (at > upper)):
        raise ValueError(f"null must lie within the range [{lower}, {upper}]")
    off = centre - at if alternative == "greater" else at - centre
    room = at - lower if alternative == "greater" else upper - at
    # At the far end itself any other value refutes the null; no bet is needed there.
    room = np.maximum(room, _TOLERANCE * (upper - lower))
    first = np.where(n > 0, n * off / room, 0.0)[..., None]
    second = np.where(n > 0, (squares + n * off**2) / room**2, 0.0)[..., None]
    return _mixed(STAKES * first + (np.log1p(-STAKES) + STAKES) * second)


def asymptotic_log_e(
    estimate: ArrayLike,
    se: ArrayLike,
    units: ArrayLike,
    *,
    null: ArrayLike = 0.0,
    alternative: Alternative = "greater",
    design: float = DESIGN_UNITS,
) -> FloatArray:
    r"""Compute the log of an e-value for a mean with finite variance, for large samples.

    Parameters
    ----------
    estimate, se, units : array_like (d,)
        The mean, its standard error and the number of independent units, as `mean_from_comoments`
        gives them.
    null : array_like (d,)
        The value tested.
    alternative : {"greater", "less"}
        As for `ternary_log_e`.
    design : float
        For how many units it is sharpest.

    Returns
    -------
    ndarray (d,)
        Log e-values; 0 where the error is 0 or not known.

    Raises
    ------
    ValueError
        If ``design`` is not positive.

    Notes
    -----
    With z the distance of the estimate from the null in standard errors and t units, a normal
    mean's likelihood ratio against 0, averaged over a half-normal prior with variance
    :math:`\rho^2` (in units of the standard deviation), is

    .. math:: \frac{2}{\sqrt{t \rho^2 + 1}} \exp\Big(\frac{z^2}{2} \frac{t \rho^2}{t \rho^2 + 1}
              \Big) \Phi\Big(z \sqrt{\tfrac{t \rho^2}{t \rho^2 + 1}}\Big).

    Robbins' supermartingale of a Brownian motion, to which the sums of any independent units with
    finite variance come close (Waudby-Smith et al.): no e-value of small or skewed samples, see
    `sequence_offered`.

    In the unit of the cost. With fewer than 2 units there is no error, and the e-value is 1.

    References
    ----------
    Robbins, H. (1970). Statistical methods related to the law of the iterated logarithm. Annals
    of Mathematical Statistics 41, 1397-1409.
    Waudby-Smith, I., Arbour, D., Sinha, R., Kennedy, E. H. and Ramdas, A. (2024). Time-uniform
    central limit theory and asymptotic confidence sequences. Annals of Statistics 52(6).

    Examples
    --------
    >>> round(float(asymptotic_log_e(0.2, 0.04, 1000)), 2)
    10.7
    """
    beta, error, t, at = broadcast(estimate, se, units, null, alternative=alternative)
    sign = 1.0 if alternative == "greater" else -1.0
    known = np.isfinite(beta) & np.isfinite(error) & (error > 0)
    z = np.where(known, sign * (beta - at), 0.0) / np.where(known, error, 1.0)
    wide = np.where(known, t, 0.0) * _prior_variance(design)
    shrunk = wide / (wide + 1)
    logs = np.log(2) - np.log1p(wide) / 2 + z**2 * shrunk / 2 + special.log_ndtr(z * shrunk**0.5)
    return np.where(known, logs, 0.0)


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
        wide = t * _prior_variance(design)
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


def _mixed(logs: FloatArray) -> FloatArray:
    """Average capitals over the stakes, on the scale of logs."""
    mixed: FloatArray = special.logsumexp(logs, axis=-1) - np.log(logs.shape[-1])
    return mixed


def _prior_variance(design: float) -> float:
    """Find the prior's variance for which a sequence at .05 is narrowest at so many units.

    Waudby-Smith et al. (2024), appendix on tuning.
    """
    if not design > 0:
        raise ValueError(f"design must be positive, got {design}")
    both = -2 * np.log(0.05)
    return float((both + np.log(both + 1)) / design)


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
    for side, end in sides:

        def excess(off: FloatArray, side: Alternative = side, end: float = end) -> FloatArray:
            # Minus the share of the way from the mean to the end: the search goes upwards.
            over: FloatArray = log_e(mean - off * (end - mean), side) - wins
            return over

        first = np.zeros_like(mean)
        for halvings in range(_HALVINGS + 1):
            at = np.full_like(mean, -(0.5**halvings))
            first = np.where(excess(at) > 0, at, first)
        found = lowest_not_rejected(excess, first, first / 2, _TOLERANCE)
        ends.append(np.where(first < 0, mean - found * (end - mean), end))
    return Interval(np.clip(ends[0], lower, upper), np.clip(ends[1], lower, upper), "betting")
