"""Evidence that may be looked at any number of times: e-values of sums.

Every function takes sums that add over batches of rows, of any number of groups at once, and none
depends on the order of rows within a batch.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from whogains.inference._arrays import Alternative, broadcast, check_alternative
from whogains.types import FloatArray

# Shares of the stake that could lose all, each half the one before: the last is the best one for
# effects of .001 of the variance, which takes millions of rows.
STAKES: Final = 0.9 * 0.5 ** np.arange(11)
# The number of units for which the asymptotic sequence is narrowest.
DESIGN_UNITS: Final = 1000
_TOLERANCE: Final = 1e-6  # of the range


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
    wide = np.where(known, t, 0.0) * prior_variance(design)
    shrunk = wide / (wide + 1)
    logs = np.log(2) - np.log1p(wide) / 2 + z**2 * shrunk / 2 + special.log_ndtr(z * shrunk**0.5)
    return np.where(known, logs, 0.0)


def _mixed(logs: FloatArray) -> FloatArray:
    """Average capitals over the stakes, on the scale of logs."""
    # By hand: of arrays as small as these SciPy's own takes four times as long.
    most = logs.max(axis=-1)
    total: FloatArray = np.exp(logs - most[..., None]).sum(axis=-1)
    mixed: FloatArray = most + np.log(total / logs.shape[-1])
    return mixed


def prior_variance(design: float) -> float:
    """Find the prior's variance for which a sequence at .05 is narrowest at so many units.

    Waudby-Smith et al. (2024), appendix on tuning.
    """
    if not design > 0:
        raise ValueError(f"design must be positive, got {design}")
    both = -2 * np.log(0.05)
    return float((both + np.log(both + 1)) / design)
