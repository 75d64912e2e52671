"""The error of the best test, from both sides: what no test can beat, and what one test attains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr, ndtr

from whogains.errors import InputError
from whogains.limits._arrays import effects, sizes, sizes_and_spreads
from whogains.limits._mixture import least_variation, variation
from whogains.types import FloatArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


# More distinct signals than this share weights by neighbourhood while the weights are sought.
_MOST_CLASSES = 24
# Ratio between neighbours when many distinct signals are rounded up: changes an error by < .0012.
_FINE_RATIO = 1.005
# A group with a larger signal errs less than 1e-9: weight 0 loses nothing.
_CLEAR_SIGNAL = 12.0
# A weakest group with a smaller signal alone forces an error above .498.
_FAINT_SIGNAL = 0.01
_CHUNK = 1 << 20
# Points of each finer search around the best t; each step is a quarter of the one before, and the
# last leaves an error of the order of rounding.
_FINER = (9,) * 11


@dataclass(frozen=True, slots=True)
class Bracket:
    """The error of the best test, average of type I and type II (guessing is 1/2).

    Attributes
    ----------
    below : array
        No test errs less.
    above : array
        The threshold test errs no more; ``0 <= below <= above <= 1/2``.
    """

    below: FloatArray
    above: FloatArray


def signals(n: ArrayLike, epsilon: ArrayLike, sd: ArrayLike = 1.0) -> FloatArray:
    """Effect over standard error in each group, ``sqrt(n_j) epsilon / sd_j``.

    Parameters
    ----------
    n : array_like of shape (d,)
        Rows in each group, at least 0.
    epsilon : array_like
        Effects, in the unit of the cost, positive, of any shape.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the same unit.

    Returns
    -------
    array of shape epsilon.shape + (d,)
        0 for an empty group, infinite where `sd` is 0 in a group that is not.

    Raises
    ------
    InputError
        If a size or spread is negative, an effect is not positive, or lengths differ.

    Notes
    -----
    A ratio without a unit. Assumes independent rows; a group of 1 row has a signal, though in a
    sample its spread could not be estimated. Derived here.

    Examples
    --------
    >>> signals([100, 400], 0.1, [1.0, 2.0])
    array([1., 1.])
    """
    size, spread = sizes_and_spreads(n, sd)
    per_unit = np.where(size > 0, np.inf, 0.0)
    np.divide(np.sqrt(size), spread, out=per_unit, where=spread > 0)
    return np.asarray(effects(epsilon)[..., None] * per_unit)


def _classes(
    signal: ArrayLike, counts: ArrayLike | None
) -> tuple[tuple[int, ...], FloatArray, FloatArray]:
    """Shape of the answer, signals (e, c) with equal columns merged, and counts (c,)."""
    value = np.atleast_1d(np.asarray(signal, dtype=np.float64))
    if value.shape[-1] == 0 or not (value >= 0).all():
        raise InputError("signals must be at least 0, with one or more groups on the last axis")
    number = np.ones(value.shape[-1]) if counts is None else sizes(counts, "counts")
    if number.size != value.shape[-1] or (number < 1).any():
        raise InputError("counts must be at least 1, one per group on the last axis of signals")
    rows, back = np.unique(value.reshape(-1, value.shape[-1]).T, axis=0, return_inverse=True)
    return value.shape[:-1], rows.T, _total(back.ravel(), number)


def _total(label: NDArray[np.intp], weight: FloatArray) -> FloatArray:
    return np.bincount(label, weights=weight).astype(np.float64)


def error_alone(signal: ArrayLike) -> FloatArray:
    """Least error of any test of one group alone, ``Phi(-s / 2)``; the threshold test attains it.

    Parameters
    ----------
    signal : array_like
        Effect over standard error, of any shape.

    Returns
    -------
    array, the shape of `signal`
        Average of the type I and type II errors.

    Raises
    ------
    ValueError
        If the signals are not numbers.

    Notes
    -----
    A share without a unit. Assumes a normal mean with known spread: an empty group has signal 0 and
    error 1/2, and one row is enough for a signal. The likelihood ratio test of two normal means
    (Neyman and Pearson) rejects halfway between them.

    References
    ----------
    Neyman, J. and Pearson, E. S. (1933). On the problem of the most efficient tests of statistical
    hypotheses. Philosophical Transactions A 231, 289-337.

    Examples
    --------
    >>> error_alone([0.0, 2.0]).round(4)
    array([0.5   , 0.1587])
    """
    return np.asarray(ndtr(-np.asarray(signal, dtype=np.float64) / 2), dtype=np.float64)


def _variation_of_many(signal: FloatArray, counts: FloatArray) -> float:
    """Total variation for many distinct signals (c,): weights by neighbourhood, then one sum.

    Any weights give a valid bound, and so does rounding a signal up.
    """
    order = np.argsort(signal)
    signal, counts = signal[order], counts[order]
    kept = signal <= max(_CLEAR_SIGNAL, signal[0])
    signal, counts = signal[kept], counts[kept]

    cell = np.ceil(np.log(signal / signal[0]) / np.log(_FINE_RATIO))
    _, first, cell_of = np.unique(cell, return_index=True, return_inverse=True)
    last = np.append(first[1:], signal.size) - 1
    fine, fine_counts = signal[last], _total(cell_of, counts)

    # The weakest groups matter most: they stand alone, the strongest share a class.
    edge = np.unique(np.geomspace(1, fine.size + 1, _MOST_CLASSES + 1).round().astype(int)) - 1
    of_coarse = np.repeat(np.arange(edge.size - 1), np.diff(edge))
    coarse_counts = _total(of_coarse, fine_counts)
    coarse = _total(of_coarse, fine_counts * fine) / coarse_counts
    _, log_weight = least_variation(coarse[None, :], coarse_counts)
    # log w + s^2 / 2 is nearly linear in s, so it is what is interpolated.
    shape = np.interp(fine, coarse, log_weight[0] + coarse**2 / 2) - fine**2 / 2
    total = np.logaddexp.reduce(shape + np.log(fine_counts))
    return variation(fine, fine_counts, shape - total)


def error_below(signal: ArrayLike, counts: ArrayLike | None = None) -> FloatArray:
    """Error below which no test of "every group gains" can go.

    Parameters
    ----------
    signal : array_like of shape (..., d)
        Effect over standard error in each group, see `signals`.
    counts : array_like of shape (d,), optional
        How many groups share each signal; default 1 each.

    Returns
    -------
    array of shape (...)
        Average of the type I and type II errors, within 1e-3 of the best this method can say.

    Raises
    ------
    InputError
        If a signal is negative or NaN, or a count is below 1.

    Notes
    -----
    ``P_e >= 1/2 (1 - min_w E(1 - sum_j w_j exp(-s_j^2/2 + s_j Z_j))_+)``, w on the simplex: one
    half of 1 minus the total variation itself, for the mixture in which group j fails with
    probability w_j, in place of a chi-square bound on it. It is never vacuous. Computed without
    sampling, by transforms on a grid whose errors make the answer smaller, never larger; taken
    together with the weighted chi-square bound and with the weakest group alone.

    Assumes normal benefits with known spreads, independent between groups. Of all location
    families with a given variance the Gaussian carries the least information: no test that must
    serve every distribution with these variances errs less, but one made for a single other
    family may. Derived here.

    A share without a unit. An empty group has signal 0, with which no test does better than 1/2.

    Examples
    --------
    >>> error_below([[1.0, 1.0], [3.0, 5.0]]).round(3)
    array([0.351, 0.067])
    """
    shape, value, number = _classes(signal, counts)
    weakest = value.min(axis=-1)
    alone = error_alone(weakest)
    answer = alone.copy()
    open_ = np.flatnonzero((weakest > _FAINT_SIGNAL) & (weakest < np.inf))
    if open_.size and value.shape[1] > _MOST_CLASSES:
        for row in open_:
            answer[row] = (1 - _variation_of_many(value[row], number)) / 2
    elif open_.size:
        best, _ = least_variation(value[open_], number)
        answer[open_] = (1 - best) / 2
    answer = np.maximum(np.maximum(answer, alone), _by_chi_square(value, number))
    return np.asarray(np.clip(answer, 0.0, 0.5).reshape(shape))


def _by_chi_square(value: FloatArray, counts: FloatArray) -> FloatArray:
    """Weighted chi-square bound for Gaussian benefits, where log V_j = s_j^2."""
    square = np.minimum(value**2, 1e6)
    log_excess = np.full(square.shape, -np.inf)
    np.log(-np.expm1(-square), out=log_excess, where=square > 0)
    log_root = -np.logaddexp.reduce(np.log(counts) - log_excess - square, axis=-1) / 2
    return np.asarray(0.5 - 0.25 * np.exp(np.minimum(log_root, 100.0)))


def error_above(signal: ArrayLike, counts: ArrayLike | None = None) -> FloatArray:
    """Error of the best threshold test, which rejects when the least z-value exceeds t.

    Parameters
    ----------
    signal : array_like of shape (..., d)
        Effect over standard error in each group, see `signals`.
    counts : array_like of shape (d,), optional
        How many groups share each signal; default 1 each.

    Returns
    -------
    array of shape (...)
        Average of the type I and type II errors at the best t.

    Raises
    ------
    InputError
        If a signal is negative or NaN, or a count is below 1.

    Notes
    -----
    ``min_t 1/2 (Phi(-t) + 1 - prod_j Phi(s_j - t))``: the least z-value is largest under the null
    when one group gains nothing and the others gain without limit. Any t gives a valid answer, so
    the search over t (a grid, then finer ones) can only err to the safe side. Assumes normal
    means. Derived here.

    A share without a unit; 1/2 where a group is empty, and the spread of one row counts as known.

    Examples
    --------
    >>> error_above([[1.0, 1.0], [3.0, 5.0]]).round(3)
    array([0.396, 0.067])
    """
    shape, value, number = _classes(signal, counts)
    rows = max(1, _CHUNK // (value.shape[1] * 49))
    parts = [_threshold_error(value[i : i + rows], number) for i in range(0, len(value), rows)]
    return np.asarray(np.minimum(np.concatenate(parts), 0.5).reshape(shape))


def _threshold_error(value: FloatArray, counts: FloatArray) -> FloatArray:
    """Least error (e,) over t; below -8.5 or above the weakest signal t cannot be best."""
    low = np.full(len(value), -8.5)
    high = np.minimum(value.min(axis=-1), 80.0)
    best = np.full(len(value), 0.5)
    for points in (49, *_FINER):
        t = np.linspace(low, high, points, axis=-1)
        power = (counts[:, None] * log_ndtr(value[..., None] - t[:, None, :])).sum(axis=1)
        error = (ndtr(-t) - np.expm1(power)) / 2
        at = error.argmin(axis=-1)
        best = np.minimum(best, error.min(axis=-1))
        step = (high - low) / (points - 1)
        centre = np.take_along_axis(t, at[:, None], axis=-1)[:, 0]
        low, high = centre - step, centre + step
    return best


def bracket(signal: ArrayLike, counts: ArrayLike | None = None) -> Bracket:
    """Error of the best test of "every group gains epsilon", from both sides.

    Parameters
    ----------
    signal : array_like of shape (..., d)
        Effect over standard error in each group, see `signals`.
    counts : array_like of shape (d,), optional
        How many groups share each signal; default 1 each.

    Returns
    -------
    Bracket
        `error_below` and `error_above`, arrays of shape (...).

    Raises
    ------
    InputError
        If a signal is negative or NaN, or a count is below 1.

    Notes
    -----
    One group alone is known exactly: both ends are ``Phi(-s / 2)``. Derived here.

    Shares without a unit. Assumes what `error_below` and `error_above` do; both are 1/2 where a
    group is empty.

    Examples
    --------
    >>> ends = bracket(signals([500] * 16, [0.10, 0.15]))
    >>> ends.below.round(3), ends.above.round(3)
    (array([0.29 , 0.135]), array([0.342, 0.146]))
    """
    above = error_above(signal, counts)
    # Rounding alone can put the lower end above the upper one, by 1e-9.
    return Bracket(below=np.minimum(error_below(signal, counts), above), above=above)
