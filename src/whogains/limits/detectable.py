"""What a sample finds, the rows that an effect needs, and whether it can be told at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtri

from whogains.limits._arrays import inside, positive, sizes_and_spreads
from whogains.limits.bracket import error_alone, signals
from whogains.types import FloatArray, LimitsVerdict

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from whogains.limits.bracket import Bracket


def _standard_errors(n: ArrayLike, sd: ArrayLike) -> FloatArray:
    """Return standard errors (d,); infinite for an empty group."""
    size, spread = sizes_and_spreads(n, sd)
    error = np.full(size.size, np.inf)
    np.divide(spread, np.sqrt(size), out=error, where=size > 0)
    return error


def _quantiles(alpha: float, power: float) -> tuple[float, float]:
    alpha = inside(alpha, "alpha", 0, 1)
    return float(-ndtri(alpha)), inside(power, "power", alpha, 1)


def detectable(
    n: ArrayLike, sd: ArrayLike = 1.0, *, alpha: float = 0.05, power: float = 0.8
) -> FloatArray:
    """Return the effect that a one-sided test of one group finds with the power asked for.

    Parameters
    ----------
    n : array_like of shape (d,)
        Rows in each group, at least 0.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the unit of the cost.
    alpha : float
        Level of the test.
    power : float
        Chance of finding the effect, above `alpha`.

    Returns
    -------
    array of shape (d,)
        ``(z_(1-alpha) + z_power) sd_j / sqrt(n_j)``; infinite for an empty group.

    Raises
    ------
    InputError
        If a size or spread is negative, or alpha and power are not in order inside (0, 1).

    Notes
    -----
    Assumes a normal mean with known spread.

    In the unit of ``sd``. One row is taken at its word: its spread counts as known. The power of
    a one-sided z test, solved for the effect; derived here.

    Examples
    --------
    >>> detectable([100, 400]).round(4)
    array([0.2486, 0.1243])
    """
    z, power = _quantiles(alpha, power)
    return (z + float(ndtri(power))) * _standard_errors(n, sd)


def detectable_gamma(
    n: ArrayLike, sd: ArrayLike = 1.0, *, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Return the effect, the same in every group, that is found in all of them at once.

    Parameters
    ----------
    n, sd, alpha, power
        As in `detectable`.

    Returns
    -------
    float
        The epsilon at which ``prod_j Phi(epsilon / se_j - z_(1-alpha)) = power``; infinite if a
        group is empty.

    Raises
    ------
    InputError
        As in `detectable`.

    Notes
    -----
    "Every group gains" is shown when every one-sided test at level alpha rejects
    (intersection-union), so its power is the product of theirs. Assumes normal means with known
    spreads, independent between groups.

    In the unit of ``sd``; one row counts as if its spread were known.

    References
    ----------
    Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24, 1982.

    Examples
    --------
    >>> round(detectable_gamma([100, 400]), 4), round(detectable_gamma([100, 100]), 4)
    (0.2488, 0.2895)
    """
    z, power = _quantiles(alpha, power)
    error = _standard_errors(n, sd)
    most = float(error.max())
    if most in {0.0, np.inf}:
        return most
    scaled = error[error > 0] / most

    def shortfall(effect: float) -> float:
        return float(log_ndtr(effect / scaled - z).sum() - np.log(power))

    # The weakest group alone from below; all groups as weak as it from above.
    low = z + float(ndtri(power))
    high = z - float(ndtri(-np.expm1(np.log(power) / error.size)))
    return most * float(brentq(shortfall, low * (1 - 1e-9), high * (1 + 1e-9), xtol=1e-12))


def rows_to_detect(
    epsilon: float, sd: ArrayLike, *, alpha: float = 0.05, power: float = 0.8
) -> FloatArray:
    """Return the rows with which a one-sided test of one group finds an effect.

    Parameters
    ----------
    epsilon : float
        The effect, in the unit of the cost.
    sd : array_like of shape (d,)
        Standard deviation of one person's benefit in each group, in the same unit.
    alpha, power : float
        Level of the test, and the chance of finding the effect, above `alpha`.

    Returns
    -------
    array of shape (d,)
        ``((z_(1-alpha) + z_power) sd_j / epsilon)^2``, whole numbers: where `detectable` is
        epsilon.

    Raises
    ------
    InputError
        If epsilon is not positive, or alpha and power are not in order inside (0, 1).

    Notes
    -----
    Assumes a normal mean with known spread.

    Rows, rounded up, also where that is 1. Derived here, from `detectable`.

    Examples
    --------
    >>> rows_to_detect(0.1, [1.0, 2.0])
    array([ 619., 2474.])
    """
    z, power = _quantiles(alpha, power)
    spread = np.asarray(sd, dtype=np.float64)
    signal = (z + float(ndtri(power))) * spread / positive(epsilon, "epsilon")
    return np.ceil(signal**2 * (1 - 1e-12))


def untestable_groups(
    n: ArrayLike, epsilon: float, sd: ArrayLike = 1.0, *, tolerated_error: float = 0.25
) -> NDArray[np.bool_]:
    """Say which groups are too small for any test of that group alone.

    Parameters
    ----------
    n : array_like of shape (d,)
        Rows in each group, at least 0.
    epsilon : float
        Effect to tell from no gain, in the unit of the cost.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the same unit.
    tolerated_error : float
        Average of the type I and type II errors that is still accepted; guessing is 1/2.

    Returns
    -------
    array of bool, shape (d,)
        Where ``Phi(-s_j / 2)`` exceeds `tolerated_error`.

    Raises
    ------
    InputError
        If a size or spread is negative, or epsilon or the error is out of range.

    Notes
    -----
    Assumes what `error_alone` does. An empty group is untestable; one row counts as if its spread
    were known. Derived here.

    Examples
    --------
    >>> untestable_groups([100, 1000], 0.1)
    array([ True, False])
    """
    tolerated = inside(tolerated_error, "tolerated_error", 0, 0.5)
    return np.asarray(error_alone(signals(n, epsilon, sd)) > tolerated)


def verdict(ends: Bracket, tolerated_error: float = 0.25) -> LimitsVerdict:
    """Say whether an effect can be told, from both ends of the best test's error.

    Parameters
    ----------
    ends : Bracket
        For one question (0-dimensional arrays).
    tolerated_error : float
        Average of the type I and type II errors that is still accepted; guessing is 1/2.

    Returns
    -------
    {"untestable", "borderline", "testable"}
        *untestable*: every test errs more. *testable*: the threshold test errs at most that.

    Raises
    ------
    InputError
        If the error is not between 0 and 1/2.

    Notes
    -----
    Errors are shares without a unit. Assumes what the two ends do. Derived here.

    Examples
    --------
    >>> from whogains.limits import bracket
    >>> verdict(bracket([1.0, 1.0])), verdict(bracket([2.0, 2.0]))
    ('untestable', 'testable')
    """
    tolerated = inside(tolerated_error, "tolerated_error", 0, 0.5)
    if float(ends.below) > tolerated:
        return "untestable"
    return "testable" if float(ends.above) <= tolerated else "borderline"
