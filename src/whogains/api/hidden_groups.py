"""From columns to the rows that are audited: who is hidden has no part in anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from whogains.errors import InputError
from whogains.evidence import (
    BOUNDED_BELOW,
    Design,
    Evidence,
    Rows,
    Score,
    as_level,
    attributes,
    bounds_shares,
    cross,
    dominated,
    evidence_from_scores,
    few_units,
    telling_groups,
)
from whogains.frames import Target, check_rows, cluster_codes, name_of, positive_weights
from whogains.types import QUANTITIES, BoolArray, FloatArray, IntArray

Dropped = Mapping[tuple[str | None, ...], int]


def audited_rows(
    target: Target,
    groups: pd.DataFrame,
    *,
    sample_weight: Any,
    cluster: Any,
    exposure: FloatArray | None = None,
    design: Design | None = None,
    min_cell: int,
    max_levels: int,
    max_groups: int,
    fitted: bool = False,
    whole: bool = False,
    searched: BoolArray | None = None,
) -> tuple[Rows, BoolArray, Dropped]:
    """Put the rows whose outcome is known into groups, and leave out those of small groups.

    Parameters
    ----------
    target : Target
        The outcome of n rows, and where it is missing.
    groups : pandas.DataFrame, n rows
        The attributes whose crossing makes the groups.
    sample_weight, cluster : array-like of n values, or None
        Weights, and which rows depend on each other.
    exposure : ndarray of float, shape (n,), optional
        Exposures of counts, by which weights are multiplied.
    design : Strata or Replicates, optional
        How a survey's n rows were drawn.
    min_cell : int
        The disclosure threshold: the fewest rows, or clusters, of a group that is audited.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.
    fitted : bool
        Whether models will be fitted to the rows: a group in which one unit is most of the spread
        of a regression's outcomes is then left out before.
    whole : bool
        Whether a small group of which a cost would tell one person's outcome has no part at all,
        where an audit leaves it out cost by cost.
    searched : ndarray of bool, shape (n,), optional
        Rows that are known to have no part, because attributes were searched for on them.

    Returns
    -------
    rows : Rows
        The m rows that are audited, without predictions.
    audited : ndarray of bool, shape (n,)
        Which of the n rows they are.
    dropped : mapping of tuple to int
        How many rows of each group have no outcome.

    Raises
    ------
    InputError
        If an attribute is constant or has too many levels, there are too many groups, or numbers
        of rows differ.
    """
    apart = np.zeros(len(target.observed), np.bool_) if searched is None else searched
    observed = target.observed & ~apart
    check_rows(groups, "groups", target)
    found = attributes(groups.loc[observed], max_levels=max_levels)
    for each in found:
        if len(each.levels) == 1:
            raise InputError(f"column {each.name!r} is constant: it makes no groups")
    grouping, codes = cross(found, max_groups=max_groups)
    weight = units = None
    if sample_weight is not None:
        name = name_of(sample_weight, "sample_weight")
        weight = positive_weights(sample_weight, name)
        check_rows(weight, name, target)
        weight = weight[observed]
    if exposure is not None:
        weight = exposure[observed] * (1.0 if weight is None else weight)
    if cluster is not None:
        name = name_of(cluster, "cluster")
        units = cluster_codes(cluster, name)
        check_rows(units, name, target)
        units = units[observed]
    small = few_units(codes, len(grouping), min_cell, sample_weight=weight, cluster=units)
    if fitted and min_cell and target.task in QUANTITIES:
        small |= _dominated_groups(target.values[observed], codes, len(grouping), weight, units)
    if whole and min_cell and target.task == "classification":
        bounded = few_units(
            codes, len(grouping), BOUNDED_BELOW * min_cell, sample_weight=weight, cluster=units
        )
        small |= bounded & _alike(target.values[observed], codes, len(grouping), weight, units)
    if small.all():
        raise too_few(min_cell, clustered=units is not None)
    # Nothing that follows, models included, sees the rows of a group that is not shown.
    kept = ~small[codes]
    audited = observed.copy()
    audited[observed] = kept
    rows = Rows(
        y_true=target.values[audited],
        grouping=grouping,
        codes=codes[kept],
        sample_weight=None if weight is None else weight[kept],
        cluster=None if units is None else units[kept],
        design=None if design is None else design.take(audited),
    )
    return rows, audited, _without_outcome(groups.loc[~(observed | apart)])


def _without_outcome(groups: pd.DataFrame) -> Dropped:
    """Count rows by group."""
    texts = [
        [None if missing else as_level(value) for value, missing in zip(column, gaps, strict=True)]
        for column, gaps in ((groups[name], groups[name].isna()) for name in groups.columns)
    ]
    return Counter(zip(*texts, strict=True))


def without_told(
    rows: Rows, score: Callable[[Rows], Sequence[Score]], min_cell: int
) -> tuple[Rows, tuple[Score, ...], BoolArray]:
    """Leave out the groups in which one unit is most of a cost, and score the others.

    Parameters
    ----------
    rows : Rows
        The n rows, with predictions.
    score : callable
        From rows to their scores.
    min_cell : int
        The disclosure threshold; with 0 nothing is left out.

    Returns
    -------
    rows : Rows
        The m rows that are left.
    scores : tuple of Score
        Their costs.
    kept : ndarray of bool, shape (n,)
        Which they are.

    Raises
    ------
    InputError
        If no group is left.
    """
    scores = tuple(score(rows))
    kept = not_told(rows, scores, min_cell)
    if not kept.all():
        rows = rows.take(kept)
        scores = tuple(score(rows))
    return rows, scores, kept


def not_told(rows: Rows, scores: Sequence[Score], min_cell: int) -> BoolArray:
    """Find the rows of groups in which no unit is most of a cost.

    Parameters
    ----------
    rows : Rows
        The n rows.
    scores : sequence of Score
        Their costs.
    min_cell : int
        The disclosure threshold; with 0 every row is one.

    Returns
    -------
    ndarray of bool, shape (n,)
        Which they are.

    Raises
    ------
    InputError
        If none is.
    """
    bounded = tuple(each for each in scores if bounds_shares(each.cost))
    if not (min_cell and bounded):
        return np.ones(len(rows), dtype=np.bool_)
    sums = evidence_of(rows, bounded)
    told = telling_groups([(item.cost, item.groups) for item in sums.costs], min_cell)
    kept: BoolArray = ~told[rows.codes]
    if not kept.any():
        raise too_few(min_cell, clustered=rows.cluster is not None)
    return kept


def too_few(min_cell: int, *, clustered: bool) -> InputError:
    """Say that no group may be shown."""
    return InputError(
        f"every group has fewer than {min_cell} {'clusters' if clustered else 'rows'}, or is worth "
        "as few by weights, or has one that is most of a cost: too few to be shown (min_cell)"
    )


def evidence_of(rows: Rows, scores: Sequence[Score]) -> Evidence:
    """Sum the scores of rows."""
    return evidence_from_scores(
        tuple(scores),
        rows.grouping,
        rows.codes,
        rows.y_true,
        sample_weight=rows.sample_weight,
        cluster=rows.cluster,
        design=rows.design,
    )


def _dominated_groups(
    values: FloatArray,
    codes: IntArray,
    d: int,
    weight: FloatArray | None,
    cluster: IntArray | None,
) -> BoolArray:
    found = np.zeros(d, dtype=np.bool_)
    for j in np.unique(codes):
        mine = codes == j
        found[j] = dominated(
            values[mine],
            sample_weight=None if weight is None else weight[mine],
            cluster=None if cluster is None else cluster[mine],
        )
    return found


def _alike(
    values: FloatArray,
    codes: IntArray,
    d: int,
    weight: FloatArray | None,
    cluster: IntArray | None,
) -> BoolArray:
    """Find the groups of which fewer than two people, or worth as few, have the rarer outcome."""
    found = np.zeros(d, dtype=np.bool_)
    for value in (0.0, 1.0):
        mine = values == value
        found |= few_units(
            codes[mine],
            d,
            2,
            sample_weight=None if weight is None else weight[mine],
            cluster=None if cluster is None else cluster[mine],
        )
    return found


def dropped_rows(dropped: Dropped, rows: Rows, min_cell: int) -> int:
    """Count the rows without an outcome, of the groups that are shown alone where some are not."""
    shown = {rows.grouping.groups[j] for j in np.unique(rows.codes)}
    return sum(number for group, number in dropped.items() if not min_cell or group in shown)
