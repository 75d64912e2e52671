"""Scores of predicted survival: rows weighed by who is still followed, group by group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whogains.costs import AtHorizons, Cost
from whogains.evidence.rows import GENERIC_AND_PERSONALIZED, Rows
from whogains.evidence.scores import Score
from whogains.inference import censored_means
from whogains.types import BoolArray, FloatArray

# Rows that decide are at most one in so many whose state is known: 30 of them are 150.
CENSORED = 5
UNKNOWN = "nobody of this group is known to be followed that long"


def survival_scores(
    costs: Sequence[Cost], rows: Rows, horizons: Sequence[float]
) -> tuple[Score, ...]:
    """Score both models' survival probabilities.

    Parameters
    ----------
    costs : sequence of Cost
        Costs of survival.
    rows : Rows
        The n rows: times, whether the event was seen, and probabilities of shape (n, H).
    horizons : sequence of float
        The H times.

    Returns
    -------
    tuple of Score
        One per cost. Who is censored is estimated in each group by itself, and for everybody by all
        rows, so that no number rests on censoring being alike in all groups.

    Raises
    ------
    ValueError
        If the rows have no events.
    """
    if rows.event is None:
        raise ValueError("the rows do not say whether the event was seen")
    groups = [rows.codes == j for j in range(len(rows.grouping))]
    everybody = np.ones(len(rows), dtype=np.bool_)
    found = []
    for cost in costs:
        each = [_of_part(cost, rows, mine, horizons) for mine in groups]
        both = np.full((2, len(rows)), np.nan)
        for mine, (values, _) in zip(groups, each, strict=True):
            both[:, mine] = values
        whole, worth = _of_part(cost, rows, everybody, horizons)
        deciding = np.array([number for _, number in each], dtype=np.int64)
        reasons = tuple(
            "nobody of this group is known to be followed that long"
            if mine.any() and not n
            else None
            for mine, n in zip(groups, deciding, strict=True)
        )
        found.append(
            Score(
                cost,
                both[0],
                both[1],
                whole=(whole[0], whole[1]),
                reasons=reasons if any(reasons) else None,
                deciding=(deciding, np.array([worth], dtype=np.int64)),
            )
        )
    return tuple(found)


def _of_part(
    cost: Cost, rows: Rows, mine: BoolArray, horizons: Sequence[float]
) -> tuple[FloatArray, int]:
    """Score some rows as a sample of their own, and count those that decide, by their weights."""
    of_time = cost.rows
    total = np.zeros((2, int(mine.sum())))
    worth = np.inf
    if rows.event is None or not isinstance(of_time, AtHorizons) or not mine.any():
        return total, 0
    time, event = rows.y_true[mine], rows.event[mine]
    weight = None if rows.sample_weight is None else rows.sample_weight[mine]
    for k, (horizon, counts) in enumerate(zip(horizons, of_time.weights, strict=True)):
        if not counts:
            continue
        alive = time > horizon
        generic, personalized = (
            of_time.given_state(alive, rows.predictions[name][mine, k])
            for name in GENERIC_AND_PERSONALIZED
        )
        found = censored_means(time, event, horizon, (generic, personalized), sample_weight=weight)
        total += counts * np.stack([found.generic, found.personalized])
        worth = min(worth, found.rarer, found.worth / CENSORED)
    return total, int(worth)
