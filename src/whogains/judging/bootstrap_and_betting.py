"""The rows behind evidence, for the methods that sums do not serve."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from whogains import inference
from whogains.errors import InputError
from whogains.evidence import GENERIC_AND_PERSONALIZED, Pair, Rows, Score
from whogains.inference import Interval
from whogains.types import FloatArray

Alternative = Literal["greater", "less"]

REPLICATES = 1999


@dataclass(frozen=True, slots=True, eq=False)
class ScoredRows:
    """The rows behind evidence, with their scores.

    Parameters
    ----------
    rows : Rows
        The rows; outcomes and predictions make base rates and calibration.
    scores : tuple of Score
        The costs of one pair of models, in the order of the evidence.
    pair : tuple of two str
        Which two models of the rows' panel.
    random_state : int
        Seed of methods that draw.
    """

    rows: Rows
    scores: tuple[Score, ...]
    pair: Pair = GENERIC_AND_PERSONALIZED
    random_state: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class RowMethod:
    """One group's interval and test by a method that needs its rows.

    Parameters
    ----------
    interval : callable
        From alpha to a two-sided interval.
    test : callable
        From a null and "greater" or "less" to a p-value.
    """

    interval: Callable[[float], Interval]
    test: Callable[[float, Alternative], FloatArray]


def row_method(
    scored: ScoredRows, place: int, group: int | None, method: str, largest: float | None = None
) -> RowMethod:
    """Bind one group's rows to a method.

    Parameters
    ----------
    scored : ScoredRows
        The rows.
    place : int
        The place of the cost among the scores.
    group : int or None
        The group; None for everybody.
    method : {"betting", "bootstrap"}
        The method.
    largest : float, optional
        For betting on clusters, the rows of the largest that there may be; None bets on rows.

    Returns
    -------
    RowMethod
        The group's interval and test.

    Raises
    ------
    InputError
        If the method is unknown.
    """
    rows, score = scored.rows, scored.scores[place]
    mine = slice(None) if group is None else rows.codes == group
    both = (score.generic, score.personalized)
    if group is None and score.whole is not None:
        both = score.whole
    differences = (both[0] - both[1])[mine]
    if method == "betting":
        lower, upper = score.cost.bop_range
        bet_on = None
        if largest is not None and rows.cluster is not None:
            bet_on = rows.cluster[mine]
        return RowMethod(
            lambda alpha: inference.betting_interval(
                differences, lower=lower, upper=upper, alpha=alpha, cluster=bet_on, largest=largest
            ),
            lambda null, alternative: inference.betting_test(
                differences,
                lower=lower,
                upper=upper,
                # No mean lies beyond the range, so that a null there is as good as its end.
                null=float(np.clip(null, lower, upper)),
                alternative=alternative,
                cluster=bet_on,
                largest=largest,
            ),
        )
    if method != "bootstrap":
        raise InputError(f"there is no method {method!r}")
    weight = None if rows.sample_weight is None else rows.sample_weight[mine]
    units = rows.cluster if score.blocks is None else score.blocks[group is None]
    cluster = None if units is None else units[mine]
    lower, upper = score.cost.bop_range

    def interval(alpha: float) -> Interval:
        found = inference.bootstrap_interval(
            differences,
            sample_weight=weight,
            cluster=cluster,
            alpha=alpha,
            # A small alpha needs more draws, lest the end be one of the extremes.
            replicates=max(REPLICATES, 10 * int(np.ceil(2 / alpha)) - 1),
            random_state=scored.random_state,
        )
        # Of few rows an end can be infinite, and no mean lies beyond the range of a row.
        low, high = (np.clip(end, lower, upper) for end in (found.lower, found.upper))
        return Interval(low, high, found.method)

    return RowMethod(
        interval,
        lambda null, alternative: inference.bootstrap_test(
            differences,
            sample_weight=weight,
            cluster=cluster,
            null=null,
            alternative=alternative,
            replicates=REPLICATES,
            random_state=scored.random_state,
        ),
    )
