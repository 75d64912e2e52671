"""Signals of a 0-1 cost, whose spread depends on the effect itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from whogains.errors import InputError
from whogains.limits._arrays import amounts, effects, sizes
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


def ternary_effect(n: ArrayLike, signal: ArrayLike, disagreement: ArrayLike) -> FloatArray:
    """Return the mean benefit, of one that is -1, 0 or 1, that is so many standard errors.

    Parameters
    ----------
    n : array_like of shape (d,)
        Rows in each group, at least 0.
    signal : array_like of shape (d,), or one number
        Effect over standard error, at least 0.
    disagreement : array_like of shape (d,)
        Share of rows on which one model errs and the other does not.

    Returns
    -------
    array of shape (d,)
        The effect at which `ternary_signals` is `signal`, below 1; 1 for an empty group.

    Raises
    ------
    InputError
        As `ternary_sd`.

    Notes
    -----
    The root of ``n e^2 = signal^2 (max(disagreement, e) - e^2)``. A share of rows. Assumes
    independent rows; one row is allowed. Derived here.

    Examples
    --------
    >>> ternary_effect([100, 400], 2.0, [0.26, 0.26]).round(4)
    array([0.1   , 0.0507])
    """
    size, square = sizes(n), amounts(signal, "signal") ** 2
    share = np.broadcast_to(amounts(disagreement, "disagreement"), size.shape)
    ternary_sd(share, 1.0)
    total = np.maximum(size + square, 1e-300)
    differ = np.sqrt(square * share / total)
    return np.asarray(np.where(differ < share, differ, square / total))
