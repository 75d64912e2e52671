"""Power of the t test, solved for the effect, the rows, and an effect that groups share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from whogains.inference._arrays import broadcast, check_alpha, check_power
from whogains.inference.student import SKEWNESS_INFLATION
from whogains.types import FloatArray

# Where a long tail lies on the side of the gain, the spread of the statistic is at least this.
_LEAST_SPREAD: Final = 0.5
# The rows sought lie within this factor of those that a normal mean with known spread asks for.
_FACTOR: Final = 64.0
_FEW: Final = 64.0
_HALVINGS: Final = 30


def t_power(
    effect: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    *,
    level: ArrayLike = 0.05,
    skewness: ArrayLike | None = None,
) -> FloatArray:
    r"""Return the chance that `t_test` shows a gain of a given size.

    Parameters
    ----------
    effect : array_like (d,)
        True mean benefits, in the unit of the cost.
    se, df : array_like (d,)
        Standard errors, in the same unit, and degrees of freedom (units less 1).
    level : array_like (d,)
        The level that the one-sided p-value must reach.
    skewness : array_like (d,), optional
        Skewness of the units; NaN counts as 0.

    Returns
    -------
    ndarray (d,)
        Shares from 0 to 1; 0 where se is infinite.

    Raises
    ------
    ValueError
        If a level does not lie strictly between 0 and 1, or shapes do not match.

    Notes
    -----
    With :math:`\lambda` the effect in standard errors, c the end of `t_interval` in standard
    errors at this level, skewness :math:`\gamma` and n units, the test rejects where the
    standardized mean Z exceeds :math:`c s / \sigma - \lambda`. To first order
    :math:`s / \sigma = 1 + V / 2`, with V the relative error of the variance:
    Cov(Z, V) is :math:`\gamma / \sqrt n` and Var(V) is 2 / n for normal units, so

    .. math:: \Phi\left(\frac{\lambda - c}{\tau}\right), \qquad
              \tau^2 = 1 - \frac{c \gamma}{\sqrt n} + \frac{c^2}{2 n}.

    Derived here. Assumes independent units with a finite variance; heavy tails cost some power
    more: at 200 units and the level .05 / 8 / 1.7, .75 to .77 for .8 (Laplace, a product of
    normals), .79 to .80 for exponential and chi-square-like differences of either sign.

    Examples
    --------
    >>> t_power(0.25, 0.1, 1e9).round(4)
    np.float64(0.8038)
    """
    mean, error, freedom, alpha = broadcast(effect, se, df, level)
    end, spread = _end_and_spread(freedom, alpha, skewness)
    known = (error > 0) & np.isfinite(error)
    signal = np.where(known, mean, 0.0) / np.where(known, error, 1.0)
    found = special.ndtr((signal - end) / spread)
    return np.where(known, found, np.where(error == 0, (mean > 0).astype(float), 0.0))


def t_detectable(
    se: ArrayLike,
    df: ArrayLike,
    *,
    level: ArrayLike = 0.05,
    power: float = 0.8,
    skewness: ArrayLike | None = None,
) -> FloatArray:
    """Return the effect that `t_test` shows to be a gain with the power asked for.

    Parameters
    ----------
    se, df, level, skewness : array_like (d,)
        As for `t_power`.
    power : float
        The chance of showing it.

    Returns
    -------
    ndarray (d,)
        In the unit of the standard errors; infinite where these are.

    Raises
    ------
    ValueError
        If a level or the power does not lie strictly between 0 and 1, or shapes do not match.

    Notes
    -----
    `t_power` solved for the effect, in closed form, with its assumptions. Derived here. One unit
    counts as two.

    Examples
    --------
    >>> t_detectable([0.1, 0.1], 199, level=[0.05, 0.05 / 8]).round(4)
    array([0.2497, 0.3369])
    """
    check_power(power)
    error, freedom, alpha = broadcast(se, df, level)
    end, spread = _end_and_spread(freedom, alpha, skewness)
    return np.asarray((end + spread * special.ndtri(power)) * error)


def t_required(
    effect: float,
    sd: ArrayLike,
    *,
    level: ArrayLike = 0.05,
    power: float = 0.8,
    skewness: ArrayLike | None = None,
    rows_per_unit: ArrayLike = 1.0,
) -> FloatArray:
    """Return the rows with which `t_test` shows an effect to be a gain with the power asked for.

    Parameters
    ----------
    effect : float
        The effect, above 0, in the unit of the cost.
    sd : array_like (d,)
        Standard deviation that a row counts with, in the same unit: the standard error times the
        root of the rows, so that clusters and weights are in it.
    level, skewness : array_like (d,)
        As for `t_power`.
    power : float
        The chance of showing it.
    rows_per_unit : array_like (d,)
        Rows of each independent unit.

    Returns
    -------
    ndarray (d,)
        Whole numbers of rows, rounded up.

    Raises
    ------
    ValueError
        If the effect is not positive, a level or the power does not lie strictly between 0 and 1,
        or shapes do not match.

    Notes
    -----
    Where `t_detectable` is the effect. The end and the spread of the statistic depend on the rows,
    so it is found by halving. Assumes that rows to come are like those there are. Derived here.
    Without any spread one row is enough.

    Examples
    --------
    >>> t_required(0.1, 1.0), t_required(0.1, 1.0, level=0.05 / 8)
    (np.float64(620.0), np.float64(1119.0))
    """
    check_power(power)
    if not effect > 0:
        raise ValueError(f"effect must be above 0, got {effect!r}")
    spread, alpha, per_unit = broadcast(sd, level, rows_per_unit)

    def short(rows: FloatArray) -> FloatArray:
        """Say where so many rows do not suffice."""
        se = spread / np.sqrt(rows)
        found = t_detectable(se, rows / per_unit - 1, level=alpha, power=power, skewness=skewness)
        return np.asarray(found > effect * (1 + 1e-12))

    about = ((special.ndtri(power) - special.ndtri(alpha)) * spread / effect) ** 2
    low = np.log(np.maximum(about / _FACTOR, 1e-9))
    high = np.log(np.maximum(about * _FACTOR, _FEW * per_unit))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        few = short(np.exp(middle))
        low, high = np.where(few, middle, low), np.where(few, high, middle)
    return np.maximum(np.ceil(np.exp(high) * (1 - 1e-9)), 1.0)


def every_group_effect(
    power_of: Callable[[float], FloatArray], *, power: float, low: float, high: float
) -> float:
    """Return the effect, the same in every group, that all groups' tests show at once.

    Parameters
    ----------
    power_of : callable
        ``power_of(effect)`` gives the power of each group's test, shape (d,), rising with the
        effect.
    power : float
        The chance of showing a gain in all groups.
    low, high : float
        An effect at which the weakest group alone has this power, and one at which each of d groups
        has its d-th root.

    Returns
    -------
    float
        Where the product of the powers is the power asked for; infinite where `high` is.

    Raises
    ------
    ValueError
        If the power does not lie strictly between 0 and 1.

    Notes
    -----
    "Every group gains" is shown where every group's test rejects at level alpha, without a
    correction (intersection-union), so its power is the product of theirs. Assumes that groups
    are independent; one group is the power of its test. In the unit of the cost.

    References
    ----------
    Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling.
    Technometrics 24, 295-300.

    Examples
    --------
    >>> round(every_group_effect(lambda e: t_power(e, [0.1, 0.1], 1e9),
    ...     power=0.8, low=0.2, high=0.4), 4)
    0.2895
    """
    # The optimizers take as long to load as all the rest of scipy.
    from scipy.optimize import brentq

    check_power(power)
    if not np.isfinite(high):
        return float("inf")

    def excess(effect: float) -> float:
        logs = np.log(np.maximum(power_of(effect), 1e-300))
        return float(logs.sum() - np.log(power))

    low, high = low * (1 - 1e-6), high * (1 + 1e-6)
    if excess(high) <= 0:
        return high
    return low if excess(low) >= 0 else float(brentq(excess, low, high, rtol=1e-10))


def _end_and_spread(
    df: FloatArray, level: FloatArray, skewness: ArrayLike | None
) -> tuple[FloatArray, FloatArray]:
    """Return where the test rejects, in standard errors, and the spread of the statistic there."""
    for alpha in (level.min(initial=0.5), level.max(initial=0.5)):
        check_alpha(float(alpha))
    freedom = np.maximum(df, 1.0)
    root = np.sqrt(freedom + 1)
    gamma = np.zeros_like(root) if skewness is None else np.asarray(skewness, dtype=np.float64)
    # A sample of n has a skewness below the root of n.
    gamma = np.clip(np.where(np.isfinite(gamma), gamma, 0.0), -root, root)
    q = -special.stdtrit(freedom, level)
    shift = np.maximum(0.0, -SKEWNESS_INFLATION * gamma / (3 * root))
    end = q + shift * (q**2 + 0.5)
    squared = 1 - end * gamma / root + end**2 / (2 * root**2)
    return end, np.sqrt(np.maximum(squared, _LEAST_SPREAD**2))


def each_of(groups: int, power: float) -> float:
    """Return the power that each of so many independent tests needs for all to reject.

    Parameters
    ----------
    groups : int
        How many tests.
    power : float
        The chance, from 0 to 1, that all of them reject.

    Returns
    -------
    float
        The power of each, from 0 to 1.

    Raises
    ------
    ValueError
        If `power` does not lie strictly between 0 and 1.

    Notes
    -----
    Derived here: independent chances are multiplied, so each is ``power ** (1 / groups)``.

    Examples
    --------
    >>> round(each_of(8, 0.8), 3)
    0.972
    """
    check_power(power)
    return float(power ** (1 / groups))
