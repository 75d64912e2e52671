"""What a sample finds of a 0-1 cost, whose spread depends on the effect itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtri

from whogains.limits._arrays import inside, sizes
from whogains.limits.detectable import ternary_sd

FloatArray = NDArray[np.float64]


def ternary_signals(n: ArrayLike, epsilon: ArrayLike, disagreement: ArrayLike) -> FloatArray:
    """Effect over standard error in each group, for a benefit that is -1, 0 or 1.

    Parameters
    ----------
    n : array_like of shape (d,)
        Rows in each group, at least 0.
    epsilon : array_like
        Mean benefits, in (0, 1], of any shape.
    disagreement : array_like of shape (d,)
        Share of rows on which one model errs and the other does not.

    Returns
    -------
    array of shape epsilon.shape + (d,)
        ``sqrt(n_j) epsilon / ternary_sd(disagreement_j, epsilon)``; 0 for an empty group.

    Raises
    ------
    InputError
        As `ternary_sd`.

    Notes
    -----
    A ratio without a unit. Assumes independent rows; one row is allowed. Derived here.

    Examples
    --------
    >>> ternary_signals([100, 400], 0.1, [0.26, 0.26]).round(3)
    array([2., 4.])
    """
    size = sizes(n)
    effect = np.asarray(epsilon, dtype=np.float64)[..., None]
    spread = ternary_sd(disagreement, effect)
    ratio = np.full(spread.shape, np.inf)
    np.divide(effect, spread, out=ratio, where=spread > 0)
    # The ratio may be infinite, which no empty group's 0 must meet.
    return np.where(size > 0, np.sqrt(np.where(size > 0, size, 1.0)) * ratio, 0.0)


def detectable_ternary(
    n: ArrayLike, disagreement: ArrayLike, *, alpha: float = 0.05, power: float = 0.8
) -> FloatArray:
    """Return the effect that a one-sided test of one group finds with the power asked for.

    Parameters
    ----------
    n : array_like of shape (d,)
        Rows in each group, at least 0.
    disagreement : array_like of shape (d,)
        Share of rows on which one model errs and the other does not.
    alpha : float
        Level of the test.
    power : float
        Chance of finding the effect, above `alpha`.

    Returns
    -------
    array of shape (d,)
        The epsilon at which ``sqrt(n) epsilon / ternary_sd = z_(1-alpha) + z_power``; 1, the
        largest effect there is, for an empty group.

    Raises
    ------
    InputError
        If a size is negative, a share is outside [0, 1], or alpha and power are not in order.

    Notes
    -----
    With ``k = z_(1-alpha) + z_power`` and ``c = k^2 / (n + k^2)`` it is ``sqrt(c D)`` for a
    disagreement D of at least c, else c, since a mean of epsilon needs a disagreement of at least
    epsilon. Without any discordant row the effect is therefore not 0. Assumes a normal mean.
    Derived here.

    A share of rows, also for 1 row.

    Examples
    --------
    >>> detectable_ternary([1000, 1000], [0.1, 0.0]).round(4)
    array([0.0248, 0.0061])
    """
    size = sizes(n)
    share = np.broadcast_to(np.asarray(disagreement, dtype=np.float64), size.shape)
    ternary_sd(share, 1.0)
    alpha = inside(alpha, "alpha", 0, 1)
    power = inside(power, "power", alpha, 1)
    square = float(ndtri(power) - ndtri(alpha)) ** 2
    least = square / (size + square)
    return np.where(share >= least, np.sqrt(least * share), least)


def detectable_gamma_ternary(
    n: ArrayLike, disagreement: ArrayLike, *, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Return the effect, the same in every group, that is found in all of them at once.

    Parameters
    ----------
    n, disagreement, alpha, power
        As in `detectable_ternary`.

    Returns
    -------
    float
        The epsilon at which ``prod_j Phi(s_j - z_(1-alpha)) = power`` with s_j as in
        `ternary_signals`; infinite if a group is empty, since nothing is ever found there.

    Raises
    ------
    InputError
        As in `detectable_ternary`.

    Notes
    -----
    As `detectable_gamma`, with the spread that goes with the effect. Derived here.

    A share of rows. Assumes normal means, independent between groups; one row is allowed.

    Examples
    --------
    >>> round(detectable_gamma_ternary([1000, 1000], [0.1, 0.1]), 4)
    0.0288
    """
    size = sizes(n)
    alone = detectable_ternary(size, disagreement, alpha=alpha, power=power)
    if (size == 0).any():
        return float("inf")
    share = np.broadcast_to(np.asarray(disagreement, dtype=np.float64), size.shape)
    z = -float(ndtri(alpha))

    def shortfall(effect: float) -> float:
        return float(log_ndtr(ternary_signals(size, effect, share) - z).sum() - np.log(power))

    low = float(alone.max()) * (1 - 1e-9)
    # A single row that must differ has no spread left: the signal at 1 is infinite.
    return float(brentq(shortfall, low, 1.0, xtol=1e-12)) if shortfall(1 - 1e-12) > 0 else 1.0
