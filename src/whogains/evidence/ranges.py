"""Ranges that the user knows: no row may lie outside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whogains.costs import Cost
from whogains.errors import InputError
from whogains.evidence.scores import Score
from whogains.types import IntArray


def check_ranges(scores: Sequence[Score], rows: IntArray) -> None:
    """Refuse a row whose cost lies outside the range that is said to be known.

    Parameters
    ----------
    scores : sequence of Score
        Costs of n rows.
    rows : ndarray of int, shape (n,)
        The number of each row where the user counts it.

    Raises
    ------
    InputError
        If there is one; the message names the first.
    """
    for score in scores:
        if not score.cost.ranged:
            continue
        for model, cost in (("generic", score.generic), ("personalized", score.personalized)):
            outside = (cost < score.cost.lower) | (cost > score.cost.upper)
            if outside.any():
                first = int(np.argmax(outside))
                where = f"row {rows[first]}, where it is {cost[first]:.6g}"
                raise InputError(outside_words(score.cost, model, int(outside.sum()), where))


def outside_words(cost: Cost, model: str, rows: int, where: str) -> str:
    """Say that rows lie outside a range, how many, and where the first one is.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from whogains.costs import prediction_costs
    >>> known = replace(prediction_costs("regression")[0], lower=0, upper=400)
    >>> outside_words(known, "generic", 1, "row 7").partition("; ")[2]
    'of the generic model it lies outside in 1 row, the first in row 7 (counting from 0)'
    """
    return (
        f"cost_range says that {cost.name} is {cost.lower:g} to {cost.upper:g}; of the {model} "
        f"model it lies outside in {rows} {'row' if rows == 1 else 'rows'}, the first in {where} "
        "(counting from 0)"
    )
