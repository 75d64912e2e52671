"""What a sample finds of a 0-1 cost, and the rows it takes: its spread goes with the effect."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtri

from whogains.errors import InputError
from whogains.limits._arrays import amounts, effects, inside, sizes
from whogains.types import FloatArray


def ternary_sd(disagreement: ArrayLike, epsilon: ArrayLike) -> FloatArray:
    """Return the standard deviation of a 0-1 cost's benefit, from how often the models disagree.

    Parameters
    ----------
    disagreement : array_like
        Share of rows, in [0, 1], on which one model errs and the other does not.
    epsilon : array_like
        Mean benefit, in (0, 1]; broadcasts with `disagreement`.

    Returns
    -------
    array
        ``sqrt(max(disagreement, epsilon) - epsilon^2)``.

    Raises
    ------
    InputError
        If a share lies outside [0, 1] or an effect outside (0, 1].

    Notes
    -----
    The benefit is -1, 0 or 1, so its mean square is the share of rows where it is not 0, and a
    mean of epsilon needs a share of at least epsilon. Derived here.

    A share of rows, of the shape that the two arguments broadcast to; it needs no sample.

    Examples
    --------
    >>> ternary_sd([0.0, 0.10], 0.02).round(4)
    array([0.14  , 0.3156])
    """
    effect = effects(epsilon)
    share = amounts(disagreement, "disagreement")
    if (share > 1).any():
        raise InputError(f"disagreement must be at most 1, got {share.max():g}")
    if (effect > 1).any():
        raise InputError(f"epsilon of a 0-1 cost must be at most 1, got {effect.max():g}")
    return np.asarray(np.sqrt(np.maximum(share, effect) - effect**2))


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
        The epsilon at which ``sqrt(n) (epsilon - 1 / n) / ternary_sd = z_(1-alpha) + z_power``,
        at most 1, the largest effect there is, which it is for an empty group.

    Raises
    ------
    InputError
        If a size is negative, a share is outside [0, 1], or alpha and power are not in order.

    Notes
    -----
    Gains less harms move in steps of 2 once the discordant rows are given, so half a step, 1 / n
    in the mean, is what the exact test lacks against a normal mean: the continuity correction of
    McNemar's test [1]_. With it the exact sign test has a power of .79 to .90 at the effect for
    .8, where 6 to 1,500 rows are discordant; without it .69 to .79. Both roots are of quadratic
    equations: a mean of epsilon needs a disagreement of at least epsilon, so that without any
    discordant row the effect is not 0. Derived here.

    A share of rows, also for 1 row.

    References
    ----------
    .. [1] Edwards, "Note on the correction for continuity in testing the significance of the
       difference between correlated proportions", Psychometrika 13, 1948.

    Examples
    --------
    >>> detectable_ternary([1000, 1000], [0.1, 0.0]).round(4)
    array([0.0258, 0.008 ])
    """
    size = sizes(n)
    share = np.broadcast_to(np.asarray(disagreement, dtype=np.float64), size.shape)
    ternary_sd(share, 1.0)
    square = _signal(alpha, power) ** 2
    n_of, a, b = np.maximum(size, 1.0), size + square, 2 + square
    # Roots of a e^2 - 2 e + 1 / n - square D = 0 and, if that is above D, a e^2 - b e + 1 / n = 0.
    differ = (1 + np.sqrt(np.maximum(1 - a * (1 / n_of - square * share), 0.0))) / a
    alike = (b + np.sqrt(np.maximum(b * b - 4 * a / n_of, 0.0))) / (2 * a)
    found = np.minimum(np.where(differ <= share, differ, alike), 1.0)
    return np.where(size > 0, found, 1.0)


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
        `ternary_signals`, of epsilon less 1 / n_j as in `detectable_ternary`; infinite if a group
        is empty, since nothing is ever found there.

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
    0.0298
    """
    alone = detectable_ternary(n, disagreement, alpha=alpha, power=power)
    size = np.atleast_1d(np.asarray(n, dtype=np.float64))
    if (size == 0).any():
        return float("inf")
    share = np.broadcast_to(np.asarray(disagreement, dtype=np.float64), size.shape)
    z = -float(ndtri(alpha))

    def shortfall(effect: float) -> float:
        signal = ternary_signals(size, effect, share) * (1 - 1 / (size * effect))
        return float(log_ndtr(signal - z).sum() - np.log(power))

    low = float(alone.max()) * (1 - 1e-9)
    # A single row that must differ has no spread left: the signal at 1 is infinite.
    return float(brentq(shortfall, low, 1.0, xtol=1e-12)) if shortfall(1 - 1e-12) > 0 else 1.0


def rows_to_detect_ternary(
    epsilon: float, disagreement: ArrayLike, *, alpha: float = 0.05, power: float = 0.8
) -> FloatArray:
    """Return the rows with which a one-sided test finds an effect on a 0-1 cost.

    Parameters
    ----------
    epsilon : float
        The effect, in (0, 1].
    disagreement : array_like of shape (d,)
        Share of rows on which one model errs and the other does not.
    alpha, power : float
        As in `rows_to_detect`.

    Returns
    -------
    array of shape (d,)
        ``((k sd_j + sqrt(k^2 sd_j^2 + 4 epsilon)) / (2 epsilon))^2`` with the spread of
        `ternary_sd` and ``k = z_(1-alpha) + z_power``, whole numbers: where `detectable_ternary`
        is epsilon.

    Raises
    ------
    InputError
        As in `detectable_ternary`.

    Notes
    -----
    A mean of epsilon needs a disagreement of at least epsilon. Derived here.

    Rows, rounded up, also where that is 1. Assumes a normal mean with known spread.

    Examples
    --------
    >>> rows_to_detect_ternary(0.05, [0.1, 0.0])
    array([280., 155.])
    """
    spread = ternary_sd(disagreement, epsilon)
    wide = _signal(alpha, power) * spread
    root = (wide + np.sqrt(wide**2 + 4 * epsilon)) / (2 * epsilon)
    return np.ceil(root**2 * (1 - 1e-12))


def _signal(alpha: float, power: float) -> float:
    alpha = inside(alpha, "alpha", 0, 1)
    return float(ndtri(inside(power, "power", alpha, 1)) - ndtri(alpha))
