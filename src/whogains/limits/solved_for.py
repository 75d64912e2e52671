"""The limits solved for another unknown: the effect, the sizes, the number of attributes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from whogains.errors import InputError
from whogains.limits._arrays import (
    SIDES,
    effects,
    inside,
    option,
    positive,
    sizes,
    sizes_and_spreads,
    spreads,
    whole,
)
from whogains.limits.bounds import k_max
from whogains.limits.bracket import error_above, error_below, signals
from whogains.types import FloatArray, MostAttributes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from whogains.limits._arrays import Side
    from whogains.types import Family


# A group with this signal errs less than 1e-88: enlarging it further changes nothing.
_ENDLESS = 40.0


def _error(side: Side) -> Callable[[FloatArray, FloatArray], FloatArray]:
    option(side, "side", SIDES)
    return error_above if side == "above" else error_below


def _root(
    excess: Callable[[float], float], low: float, high: float, side: Side, rtol: float
) -> float:
    """Return the root, moved by half its tolerance to where the claim made for `side` holds."""
    # Loaded when asked for: the optimizers take as long to load as all the rest of scipy.
    from scipy.optimize import brentq

    root = float(brentq(excess, low, high, xtol=low * 1e-15, rtol=max(rtol / 4, 1e-15)))
    return root * (1 + rtol / 2 if side == "above" else 1 - rtol / 2)


def _scale(per_unit: FloatArray, tolerated_error: float, side: Side, rtol: float) -> float:
    """Return the c at which signals c * per_unit have the tolerated error."""
    tolerated = inside(tolerated_error, "tolerated_error", 0, 0.5)
    error, accuracy = _error(side), inside(rtol, "rtol", 0, 1)
    weakest = float(per_unit.min())
    if weakest == 0:
        return float("inf")
    if weakest == np.inf:
        return 0.0
    one_each = np.ones(per_unit.size)

    def excess(c: float) -> float:
        return float(error(c * per_unit, one_each)) - tolerated

    # The weakest group alone from below; a union bound over groups as weak as it from above.
    low = -2 * float(ndtri(tolerated)) / weakest
    high = -2 * float(ndtri(2 * tolerated / (1 + per_unit.size))) / weakest
    return _root(excess, low * (1 - 1e-6), high * (1 + 1e-6), side, accuracy)


def smallest_testable_epsilon(
    n: ArrayLike, sd: ArrayLike = 1.0, *, tolerated_error: float = 0.25, rtol: float = 1e-6
) -> float:
    """Return the least effect that the threshold test tells, with these groups.

    Parameters
    ----------
    n : array_like of shape (d,)
        Rows in each group, at least 0.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the unit of the cost.
    tolerated_error : float
        Average of the type I and type II errors that is still accepted; guessing is 1/2.
    rtol : float
        Relative accuracy of the answer.

    Returns
    -------
    float
        In the unit of `sd`; infinite if a group is empty.

    Raises
    ------
    InputError
        If a size or spread is negative, or the error or accuracy out of range.

    Notes
    -----
    Where `error_above` crosses `tolerated_error`; it falls as the effect grows. Derived here.

    Assumes normal means with known spreads, independent between groups. One row
    counts as if its spread were known.

    Examples
    --------
    >>> round(smallest_testable_epsilon([100, 2000, 5000, 20000]), 4)
    0.1349
    """
    return _scale(signals(n, 1.0, sd), tolerated_error, "above", rtol)


def untestable_below(
    n: ArrayLike, sd: ArrayLike = 1.0, *, tolerated_error: float = 0.25, rtol: float = 1e-6
) -> float:
    """Return the effect below which no test can tell, with these groups.

    Parameters
    ----------
    n, sd, tolerated_error, rtol
        As in `smallest_testable_epsilon`.

    Returns
    -------
    float
        In the unit of `sd`; infinite if a group is empty.

    Raises
    ------
    InputError
        As in `smallest_testable_epsilon`.

    Notes
    -----
    Where `error_below` crosses `tolerated_error`. Derived here.

    Assumes normal means with known spreads, independent between groups. One row
    counts as if its spread were known.

    Examples
    --------
    >>> round(untestable_below([100, 400]), 4)
    0.1365
    """
    return _scale(signals(n, 1.0, sd), tolerated_error, "below", rtol)


def required_total(
    epsilon: float,
    shares: ArrayLike,
    sd: ArrayLike = 1.0,
    *,
    tolerated_error: float = 0.25,
    side: Side = "above",
    rtol: float = 1e-6,
) -> int:
    """Return how many people are needed when the groups keep their shares.

    Parameters
    ----------
    epsilon : float
        Effect to tell from no gain, in the unit of the cost.
    shares : array_like of shape (d,)
        Shares of the groups, positive; scaled to sum to one, so sizes serve as well.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the same unit.
    tolerated_error : float
        Average of the type I and type II errors that is still accepted; guessing is 1/2.
    side : {"above", "below"}
        ``"above"``: so many that the threshold test tells. ``"below"``: with fewer no test can.
    rtol : float
        Relative accuracy of the answer.

    Returns
    -------
    int
        Rows in all groups together.

    Raises
    ------
    InputError
        If a share or the effect is not positive, or another argument out of range.

    Notes
    -----
    Signals grow with the square root of the total, so one root serves every effect. The shares
    are met exactly, as if people could be divided: sizes rounded up may sum to more. Derived here.

    Assumes normal means with known spreads, independent between groups.

    Examples
    --------
    >>> required_total(0.01, [4111, 1662, 5465, 2099], [0.7825, 0.8775, 0.7403, 0.8238])
    169170
    """
    share = sizes(shares, "shares")
    if (share == 0).any():
        raise InputError("shares must be positive, got 0")
    effect = positive(epsilon, "epsilon")
    per_unit = signals(share / share.sum(), 1.0, sd)
    # Rows are squares of signals, so they need twice the accuracy.
    return _at_least((_scale(per_unit, tolerated_error, side, rtol / 2) / effect) ** 2)


def required_sizes(
    epsilon: float,
    sd: ArrayLike,
    groups: int | None = None,
    *,
    tolerated_error: float = 0.25,
    side: Side = "above",
    rtol: float = 1e-6,
) -> list[int]:
    """Return how many people each group needs when all carry the same signal.

    Parameters
    ----------
    epsilon : float
        Effect to tell from no gain, in the unit of the cost.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the same unit.
    groups : int, optional
        Number of groups d; default the length of `sd`.
    tolerated_error, side, rtol
        As in `required_total`.

    Returns
    -------
    list of int, of length d
        Proportional to the variances; equal where these are.

    Raises
    ------
    InputError
        If an argument is out of range.

    Notes
    -----
    ``n_j = (s sd_j / epsilon)^2`` with s the signal at which d equal groups have the tolerated
    error. Derived here.

    Assumes normal means with known spreads, independent between groups. At
    least one row each.

    Examples
    --------
    >>> required_sizes(0.1, 1.0, groups=4)
    [453, 453, 453, 453]
    """
    number = np.size(sd) if groups is None else whole(groups, "groups", 1)
    spread = spreads(sd, number)
    effect = positive(epsilon, "epsilon")
    signal = _scale(np.ones(number), tolerated_error, side, rtol / 2)
    return [_at_least((signal * s / effect) ** 2) for s in spread.tolist()]


def required_in_group(
    n: ArrayLike,
    group: int,
    epsilon: float,
    sd: ArrayLike = 1.0,
    *,
    tolerated_error: float = 0.25,
    side: Side = "above",
    rtol: float = 1e-6,
) -> int | None:
    """Return how many people one group needs while the others stay as they are.

    Parameters
    ----------
    n : array_like of shape (d,)
        Rows in each group, at least 0.
    group : int
        Position of the group whose size is sought.
    epsilon : float
        Effect to tell from no gain, in the unit of the cost.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the same unit.
    tolerated_error, side, rtol
        As in `required_total`.

    Returns
    -------
    int or None
        None where no size is enough, because the other groups are too small.

    Raises
    ------
    InputError
        If an argument is out of range.

    Notes
    -----
    The size that the group has in `n` is not used. Derived here.

    Assumes normal means with known spreads, independent between groups. The
    others may be empty or hold 1 row; an empty one makes the answer None.

    Examples
    --------
    >>> required_in_group([0, 2000, 5000], 0, 0.1), required_in_group([0, 100], 0, 0.1)
    (183, None)
    """
    size, spread = sizes_and_spreads(n, sd)
    if not 0 <= group < size.size:
        raise InputError(f"group must be a position from 0 to {size.size - 1}, got {group}")
    effect = positive(epsilon, "epsilon")
    tolerated = inside(tolerated_error, "tolerated_error", 0, 0.5)
    error, accuracy = _error(side), inside(rtol, "rtol", 0, 1)
    signal, one_each = signals(size, effect, spread), np.ones(size.size)

    def excess(own: float) -> float:
        signal[group] = own
        return float(error(signal, one_each)) - tolerated

    if excess(_ENDLESS) > 0:
        return None
    low = -2 * float(ndtri(tolerated)) * (1 - 1e-6)  # the group alone
    own = _root(excess, low, _ENDLESS, side, accuracy / 2)
    return _at_least((own * float(spread[group]) / effect) ** 2)


def _at_least(rows: float) -> int:
    """Round up, but not for a rounding error; one row at least."""
    if rows == np.inf:
        raise InputError("no sample is large enough: a group is empty")
    return max(1, int(np.ceil(rows * (1 - 1e-12))))


def most_attributes(
    total: int,
    epsilon: float,
    sd: float = 1.0,
    *,
    tolerated_error: float = 0.25,
    family: Family = "gaussian",
) -> MostAttributes:
    """Return how many binary attributes a sample can be split by, in equal groups.

    Parameters
    ----------
    total : int
        Rows in all groups together.
    epsilon : float
        Effect to tell from no gain, in the unit of the cost.
    sd : float
        Standard deviation of one person's benefit, the same in every group, in the same unit.
    tolerated_error : float
        Average of the type I and type II errors that is still accepted; guessing is 1/2.
    family : {"gaussian", "categorical", "categorical_v1", "laplace", "laplace_paper"}
        For the published `k_max` only.

    Returns
    -------
    MostAttributes
        By the threshold test, by the bound for any test, and the published number.

    Raises
    ------
    InputError
        If a number is out of range.

    Notes
    -----
    ``2^k`` groups of ``total / 2^k`` rows each, at least one row. The published number is for an
    average error of 1/4, whatever is tolerated. Derived here.

    Whole numbers; a total of 1 leaves no attribute. Assumes normal means with known spreads,
    independent between groups.

    Examples
    --------
    >>> most_attributes(13337, 0.05, 0.8)
    MostAttributes(testable=3, not_untestable=3, paper=4.17...)
    """
    rows = whole(total, "total", 1)
    tolerated = inside(tolerated_error, "tolerated_error", 0, 0.5)
    effect = effects([positive(epsilon, "epsilon")])
    spread = positive(sd, "sd")

    def largest(error: Callable[[FloatArray, FloatArray], FloatArray]) -> int | None:
        answer = None
        for k in range(rows.bit_length()):
            groups = 2.0**k
            signal = np.sqrt(rows / groups) * effect / spread
            if float(error(signal, np.array([groups]))) > tolerated:
                break
            answer = k
        return answer

    return MostAttributes(
        testable=largest(error_above),
        not_untestable=largest(error_below),
        paper=k_max(rows, epsilon, sd, family=family),
    )
