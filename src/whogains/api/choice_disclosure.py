"""Which groups have no part in a choice: a number of it would tell one person's outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from whogains.api.hidden_groups import evidence_of, not_told, too_few
from whogains.costs import Cost
from whogains.evidence import (
    BOUNDED_BELOW,
    MeanOfRounds,
    Rows,
    Score,
    few_units,
    prediction_scores,
)
from whogains.judging import Lattice, telling_costs
from whogains.types import BoolArray, FloatArray

Rounds = Sequence[Mapping[str, FloatArray]]


def rows_of_choice(
    rows: Rows, lattice: Lattice, costs: Sequence[Cost], rounds: Rounds, min_cell: int
) -> BoolArray:
    """Find the rows of groups of which no number of a choice tells one person's outcome.

    Parameters
    ----------
    rows : Rows
        The n rows of groups that are large enough.
    lattice : Lattice
        The sets of attributes, and their models.
    costs : sequence of Cost
        The costs of rows, of which the first decides.
    rounds : sequence of mapping of str to ndarray of float, shape (n,)
        What each model predicts for them, in each round.
    min_cell : int
        The disclosure threshold; with 0 every row is one.

    Returns
    -------
    ndarray of bool, shape (n,)
        False for the rows of a group in which one unit is most of the errors of a model, or that
        is small and on which two models differ, in the cost that decides, for one person alone.

    Raises
    ------
    InputError
        If no group is left.

    Notes
    -----
    An audit takes such a group out of the one cost. Here all that is decided rests on the first
    cost, so that the group has no part at all; what the others would tell, edges leave out.
    """
    kept = np.ones(len(rows), dtype=np.bool_)
    if not min_cell:
        return kept
    nothing = lattice.nothing
    for asked in lattice.sets:
        if asked != nothing:
            scores = _mean_scores(rows, lattice, (nothing, asked), costs, rounds)
            kept &= not_told(rows, scores, min_cell)
    small = few_units(
        rows.codes,
        len(rows.grouping),
        BOUNDED_BELOW * min_cell,
        sample_weight=rows.sample_weight,
        cluster=rows.cluster,
    )[rows.codes]
    some = rows.take(small)
    if len(some):
        of_some = [{name: each[small] for name, each in found.items()} for found in rounds]
        pairs = [(told, lattice.adding(told, (one,))) for told, one in lattice.edges]
        pairs += [(nothing, asked) for asked in lattice.sets if asked != nothing]
        told = np.zeros(len(rows.grouping), dtype=np.bool_)
        for pair in dict.fromkeys(pairs):
            scores = _mean_scores(some, lattice, pair, costs[:1], of_some)
            told |= telling_costs(evidence_of(some, scores), min_cell)[0]
        kept &= ~told[rows.codes]
    if not kept.any():
        raise too_few(min_cell, clustered=rows.cluster is not None)
    return kept


def _mean_scores(
    rows: Rows,
    lattice: Lattice,
    pair: tuple[tuple[str, ...], tuple[str, ...]],
    costs: Sequence[Cost],
    rounds: Rounds,
) -> tuple[Score, ...]:
    """Score two models in the mean of the rounds."""
    means = MeanOfRounds(rows.codes, len(rows.grouping), rows.sample_weight)
    one, other = (lattice.models[each] for each in pair)
    for found in rounds:
        means.add(prediction_scores(costs, replace(rows, predictions=found), (one, other)))
    return means.scores()
