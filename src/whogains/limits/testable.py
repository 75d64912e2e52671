"""Whether an effect of this size can be told at all, by a group alone or by all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whogains.limits._arrays import inside
from whogains.limits.bracket import error_alone, signals
from whogains.types import LimitsVerdict

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from whogains.limits.bracket import Bracket


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
