"""From rounds of scored models to the scores that are judged, of the pair and of placebos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from whogains.api.explaining import explanation_scores
from whogains.api.hidden_groups import not_told
from whogains.costs import Cost
from whogains.errors import InputError
from whogains.evidence import (
    GENERIC_AND_PERSONALIZED,
    MeanOfRounds,
    Pair,
    Rows,
    Score,
    bounds_shares,
    check_ranges,
    few_units,
    mean_score,
    prediction_scores,
)
from whogains.judging import PlaceboScores
from whogains.scoring import LocalScores
from whogains.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class ScoredRounds:
    """Scores averaged over rounds of fitting.

    Parameters
    ----------
    rows : Rows
        The rows that are audited, with each model's mean predictions.
    scores : tuple of Score
        The costs of the pair: predictions, then explanations.
    placebo : PlaceboScores or None
        The same costs beside placebos, where there are any.
    first : LocalScores
        The first round, for what is told about a run.
    """

    rows: Rows
    scores: tuple[Score, ...]
    placebo: PlaceboScores | None
    first: LocalScores


def scored_rounds(
    rounds: Iterable[LocalScores],
    rows: Rows,
    predicting: Sequence[Cost],
    explaining: Sequence[Cost],
    *,
    min_cell: int,
    numbers: IntArray,
) -> ScoredRounds:
    """Average the costs of each person over rounds.

    Parameters
    ----------
    rounds : iterable of LocalScores
        At least one round. Each is let go once it is added, but where a cost in the unit of the
        outcome could tell of one person: there all are held, to see it in their mean.
    rows : Rows
        The rows that were scored, or of which some were held out and scored.
    predicting, explaining : sequence of Cost
        The costs.
    min_cell : int
        The disclosure threshold, for groups of which few rows are held out, or in which one unit
        is most of a cost in the mean of the rounds.
    numbers : ndarray of int, shape (n,)
        The number of each row where the user counts it, for errors.

    Returns
    -------
    ScoredRounds
        The means.

    Raises
    ------
    InputError
        If no group has enough rows held out, or a cost leaves the range that is known.
    """
    means: MeanOfRounds | None = None
    first: LocalScores | None = None
    shown: BoolArray | None = None
    total: dict[str, FloatArray] = {}
    count = 0
    bounded = [cost for cost in predicting if bounds_shares(cost)]
    if min_cell and bounded:
        # Which groups one unit is most of is known only once every round is there.
        rounds = list(rounds)
    for local in rounds:
        if first is None or means is None:
            rows, shown = held_out(rows, local, min_cell)
            if isinstance(rounds, list):
                rows, shown = _without_told(rows, shown, rounds, bounded, min_cell)
            first = local if shown is None else local.take(shown)
            if local.fold is not None:
                numbers = numbers[local.fold >= 0]
            if shown is not None:
                numbers = numbers[shown]
            means = MeanOfRounds(rows.codes, len(rows.grouping), rows.sample_weight)
        count += 1
        scored = local if shown is None else local.take(shown)
        for name, each in scored.predictions.items():
            total[name] = total.get(name, 0.0) + each
        scores = _scores_of(scored, rows, predicting, explaining)
        check_ranges(scores, numbers)
        means.add(scores, fold_of(local, shown))
    if first is None or means is None:
        raise ValueError("no round was scored")
    scores = means.scores()
    rows = replace(rows, predictions={name: each / count for name, each in total.items()})
    kinds = 3 if _placebos(first) else 1
    pair, *others = (
        scores[at : at + len(scores) // kinds]
        for at in range(0, len(scores), len(scores) // kinds or 1)
    )
    placebo = None
    if others:
        over = tuple(_with_fits_of(one, own) for one, own in zip(others[0], pair, strict=True))
        placebo = PlaceboScores(over, others[1])
    return ScoredRounds(rows, pair, placebo, first)


def _with_fits_of(over: Score, pair: Score) -> Score:
    """Say how a gain over placebos differs between fits, by the gain over the generic model.

    Each round draws placebos anew, which is in the spread of rounds; between fits of one round they
    differ with the draw, too, so that only the pair shows what training on other people does.
    """
    if over.spread is None or pair.spread is None:
        return over
    fits, whole = pair.spread.groups_fits, pair.spread.population_fits
    return replace(over, spread=replace(over.spread, groups_fits=fits, population_fits=whole))


def fold_of(local: LocalScores, shown: BoolArray | None) -> IntArray | None:
    """Give the fold of each row that is judged.

    Parameters
    ----------
    local : LocalScores
        The scores of one round.
    shown : ndarray of bool, or None
        Which of the scored rows are judged; None for all.

    Returns
    -------
    ndarray of int, or None
        The folds; None where rows were held out once, by one fit.
    """
    if local.fold is None or (local.fold < 0).any():
        return None
    return local.fold if shown is None else local.fold[shown]


def _placebos(local: LocalScores) -> list[str]:
    return [name for name in local.predictions if name.startswith("placebo ")]


def _scores_of(
    local: LocalScores, rows: Rows, predicting: Sequence[Cost], explaining: Sequence[Cost]
) -> tuple[Score, ...]:
    """Score the pair; the personalized model beside placebos; and these beside the generic one."""
    generic, personalized = GENERIC_AND_PERSONALIZED
    rows = replace(rows, predictions=local.predictions)
    runs = [each for each in local.explanations if not each.repeat]

    def of(pair: Pair) -> tuple[Score, ...]:
        return (
            *prediction_scores(predicting, rows, pair),
            *explanation_scores(explaining, runs, rows, pair),
        )

    scores = of(GENERIC_AND_PERSONALIZED)
    placebos = _placebos(local)
    if not placebos:
        return scores
    over = [of((name, personalized)) for name in placebos]
    gains = [of((generic, name)) for name in placebos]
    return (
        *scores,
        *(mean_score(same) for same in zip(*over, strict=True)),
        *(mean_score(same) for same in zip(*gains, strict=True)),
    )


def _without_told(
    rows: Rows,
    shown: BoolArray | None,
    rounds: Sequence[LocalScores],
    costs: Sequence[Cost],
    min_cell: int,
) -> tuple[Rows, BoolArray | None]:
    """Leave out the groups in which one unit is most of the mean cost over rounds."""
    means = MeanOfRounds(rows.codes, len(rows.grouping), rows.sample_weight)
    for local in rounds:
        held = local if shown is None else local.take(shown)
        means.add(prediction_scores(costs, replace(rows, predictions=held.predictions)))
    kept = not_told(rows, means.scores(), min_cell)
    if kept.all():
        return rows, shown
    both = np.ones(len(kept), dtype=np.bool_) if shown is None else shown.copy()
    both[both] = kept
    return rows.take(kept), both


def held_out(rows: Rows, local: LocalScores, min_cell: int) -> tuple[Rows, BoolArray | None]:
    """Keep the rows that were held out and scored, of groups that have enough of them.

    Parameters
    ----------
    rows : Rows
        The rows that were fitted on and scored.
    local : LocalScores
        Their scores.
    min_cell : int
        The disclosure threshold.

    Returns
    -------
    rows : Rows
        Those that are judged.
    shown : ndarray of bool, or None
        Which of the scored rows they are; None for all.

    Raises
    ------
    InputError
        If no group has enough rows held out.
    """
    if local.fold is None or (local.fold >= 0).all():
        return rows, None
    held = rows.take(local.fold >= 0)
    small = few_units(
        held.codes,
        len(held.grouping),
        min_cell,
        sample_weight=held.sample_weight,
        cluster=held.cluster,
    )
    shown = ~small[held.codes]
    if not shown.any():
        raise InputError(
            f"every group has fewer than {min_cell} rows held out, too few to be shown; hold out "
            "a larger share (holdout)"
        )
    return held.take(shown), shown
