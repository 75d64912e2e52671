"""Which sums say too much of one person: few units, unequal weights, one unit as most of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from whogains.costs import Cost, Unit
from whogains.evidence.effective import _worth
from whogains.types import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from whogains.evidence.sums import Sums

# The largest share of a sum that one unit may have. A square at this share tells its root to 12%.
LARGEST_SHARE: dict[Unit, float] = {"target": 0.5, "target_squared": 0.8, "deviance": 0.5}
# Of fewer units than so many times `min_cell`, a single one with an outcome is not told from none.
BOUNDED_BELOW = 10
# Equal weights are worth their number, but for rounding.
ROUNDING = 1e-9


def few_units(
    codes: IntArray,
    d: int,
    min_cell: int,
    *,
    sample_weight: FloatArray | None = None,
    cluster: IntArray | None = None,
) -> BoolArray:
    """Find the groups of fewer units than a threshold, or that are worth fewer.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Each row's group.
    d : int
        Groups.
    min_cell : int
        The disclosure threshold.
    sample_weight : ndarray of float, shape (n,), optional
        The rows' weights.
    cluster : ndarray of int, shape (n,), optional
        Each row's cluster, such as a patient with several stays.

    Returns
    -------
    ndarray of bool, shape (d,)
        True where there are fewer, also of none, unless `min_cell` is 0.

    Examples
    --------
    >>> few_units(np.array([0] * 10 + [1] * 9), 3, 10)
    array([False,  True,  True])

    Ten rows of which one has nearly all the weight are worth one.

    >>> few_units(np.zeros(10, int), 1, 10, sample_weight=np.array([1.0] * 9 + [10_000]))
    array([ True])
    """
    if cluster is None and sample_weight is None:
        return np.bincount(codes, minlength=d) < min_cell
    weight: FloatArray = np.ones(len(codes)) if sample_weight is None else sample_weight
    if cluster is not None:
        (codes, _), unit = np.unique(np.stack([codes, cluster]), axis=1, return_inverse=True)
        weight = np.bincount(unit.reshape(-1), weight).astype(np.float64)
    units = np.bincount(codes, minlength=d)
    first, second = (
        np.bincount(codes, weight**power, minlength=d).astype(np.float64) for power in (1, 2)
    )
    return fewer(units, first, second, min_cell)


def fewer(units: IntArray, weight: FloatArray, squares: FloatArray, min_cell: int) -> BoolArray:
    """Compare numbers of units, and what they are worth, with a threshold.

    Parameters
    ----------
    units : ndarray of int, shape (d,)
        Units.
    weight, squares : ndarray of float, shape (d,)
        Sums of their weights, and of the squares.
    min_cell : int
        The disclosure threshold.

    Returns
    -------
    ndarray of bool, shape (d,)
        True where either is smaller.
    """
    found: BoolArray = units < min_cell
    return found | (_worth(weight, squares) < min_cell * (1 - ROUNDING))


def telling_groups(costs: Iterable[tuple[Cost, Sums]], min_cell: int) -> BoolArray:
    """Find the groups whose sums say too much of one person.

    Parameters
    ----------
    costs : iterable of (Cost, Sums)
        At least one cost and its sums over d groups.
    min_cell : int
        The disclosure threshold; with 0 no group is one.

    Returns
    -------
    ndarray of bool, shape (d,)
        True for a group of fewer units than the threshold, or worth fewer by their weights, or
        with one unit that is more than half of an absolute, or four fifths of a squared, cost of
        either model.

    Notes
    -----
    The last is the rule of (n, k)-dominance [1]_ with n = 1. What holds for two parts of the data
    holds for both together, so that evidence which passes passes after it is merged.

    References
    ----------
    .. [1] Hundepool et al., Statistical Disclosure Control, Wiley, 2012, section 4.2.
    """
    found: BoolArray | None = None
    for cost, sums in costs:
        if found is None:
            squares = sums.m_vv + sums.units * sums.mean_v**2
            found = fewer(sums.units, sums.units * sums.mean_v, squares, min_cell)
        if min_cell and bounds_shares(cost):
            most = LARGEST_SHARE.get(cost.unit, LARGEST_SHARE["target"])
            for largest, mean in (
                (sums.largest_generic, sums.generic),
                (sums.largest_personalized, sums.personalized),
            ):
                found = found | (largest > most * mean * sums.weight)
    if found is None:
        raise ValueError("no cost is given")
    return found


def telling_outcomes(cost: Cost, sums: Sums, min_cell: int) -> BoolArray:
    """Find the small groups of which a cost would tell the outcome of one person.

    Parameters
    ----------
    cost : Cost
        The cost.
    sums : Sums
        Its sums over d groups.
    min_cell : int
        The disclosure threshold; groups of fewer than ten times as many units are small. With 0
        none is.

    Returns
    -------
    ndarray of bool, shape (d,)
        True for a small group in which fewer than two people have the rarer outcome, or for one of
        which alone the models' costs differ. Of explanations none: they say nothing of outcomes.

    Notes
    -----
    A class without two people of each outcome is not l-diverse for l = 2 [1]_. Units of unequal
    weight count for what they are worth (Kish). What holds for two parts of the data holds for
    both together.

    References
    ----------
    .. [1] Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam, "L-diversity: Privacy beyond
       k-anonymity", ACM Transactions on Knowledge Discovery from Data 1 (1), 2007.
    """
    if cost.kind != "prediction":
        return np.zeros(len(sums), dtype=np.bool_)
    small = (sums.rows > 0) & (sums.units < BOUNDED_BELOW * min_cell)
    alone = sums.moved == 1
    if cost.task == "classification":
        rarer = np.minimum(sums.effective_ones, sums.effective_zeros)
        alone = alone | (rarer < 2 * (1 - ROUNDING))
    if cost.task == "survival":
        # Rows that decide are those of the rarer state at the horizon, by their weights.
        alone = alone | (sums.moved < 2)
    found: BoolArray = small & alone
    return found


# How a note begins that says that there are levels without a name.
UNNAMED = "a level is not named"


def levels_not_named(why: str) -> str:
    """Say that there are levels that are not named, and why, but not of which attribute."""
    return (
        f"{UNNAMED} where all groups that have it have {why}; the rows of whoever has "
        "it have no part in any number here"
    )


def unnamed_groups(groups: Sequence[Sequence[str | None]], shown: BoolArray) -> BoolArray:
    """Find the hidden groups whose name alone tells something: no group that is shown has a level.

    Parameters
    ----------
    groups : sequence of sequence of (str or None)
        The levels of d groups, attribute by attribute.
    shown : ndarray of bool, shape (d,)
        Which of them are shown.

    Returns
    -------
    ndarray of bool, shape (d,)
        True for a group that is not to be named. A crossing of levels that shown groups have too
        says nothing: it is there with people or without.

    Examples
    --------
    >>> unnamed_groups([("f", "negative"), ("f", "positive")], np.array([True, False]))
    array([False,  True])
    """
    named = [{group[k] for group, here in zip(groups, shown, strict=True) if here}
             for k in range(len(groups[0]) if groups else 0)]  # fmt: skip
    return np.array(
        [any(level not in of for level, of in zip(group, named, strict=True)) for group in groups],
        dtype=np.bool_,
    )


def few_outcomes(sums: Sums, min_cell: int) -> tuple[bool, bool]:
    """Tell of which outcome of a classification there are too few for its name to be told.

    Parameters
    ----------
    sums : Sums
        Of everybody who is shown, as one group.
    min_cell : int
        The disclosure threshold.

    Returns
    -------
    tuple of two bool
        Of the outcome 1 and of 0: whether fewer units than the threshold, or worth fewer by their
        weights, have it. That there is such an outcome at all may be one person's secret.
    """
    least = min_cell * (1 - ROUNDING)
    return bool(sums.effective_ones[0] < least), bool(sums.effective_zeros[0] < least)


def bounds_shares(cost: Cost) -> bool:
    """Tell whether one unit's share of the sums of a cost is bounded: of errors in a unit."""
    # A user's cost without an upper end may be one person's money.
    own = cost.own and cost.lower >= 0 and cost.upper == inf
    return cost.kind == "prediction" and not cost.metric and (own or cost.unit in LARGEST_SHARE)


def dominated(
    values: FloatArray,
    *,
    sample_weight: FloatArray | None = None,
    cluster: IntArray | None = None,
) -> bool:
    """Tell whether one unit is most of how values spread, so that their mean tells it.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Outcomes or predictions of one group or bin.
    sample_weight : ndarray of float, shape (n,), optional
        The rows' weights.
    cluster : ndarray of int, shape (n,), optional
        Each row's cluster.

    Returns
    -------
    bool
        Whether one unit has more than four fifths of the sum of squares about the mean.

    Examples
    --------
    >>> dominated(np.array([50.0] * 9 + [60_000])), dominated(np.arange(10.0))
    (True, False)
    """
    if not len(values):
        return False
    weight = np.ones(len(values)) if sample_weight is None else sample_weight
    # Scaled first: squares of the largest numbers overflow.
    off = values - np.average(values, weights=weight)
    scale = np.abs(off).max()
    if not scale > 0:
        return False
    squares = weight * (off / scale) ** 2
    if cluster is not None:
        squares = np.bincount(np.unique(cluster, return_inverse=True)[1], squares)
    return bool(squares.max() > LARGEST_SHARE["target_squared"] * squares.sum())
