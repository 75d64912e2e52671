"""Repeated cross-fitting: each person's cost averaged over rounds, and how rounds differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from whogains.evidence.evidence import Score, Spread
from whogains.types import FloatArray, IntArray


class MeanOfRounds:
    """Average the scores of the same rows over rounds, one round at a time.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Each row's group.
    size : int
        The number of groups, d.
    sample_weight : ndarray of float, shape (n,), optional
        Weights of the rows.
    """

    def __init__(self, codes: IntArray, size: int, sample_weight: FloatArray | None = None) -> None:
        self._codes, self._size = codes, size
        self._weight = np.ones(len(codes)) if sample_weight is None else sample_weight
        self._total: list[Score] = []
        self._means: list[list[tuple[FloatArray, float]]] = []

    def add(self, scores: tuple[Score, ...]) -> None:
        """Add the scores of one more round, in the same order each time."""
        self._means.append([self._benefits(score) for score in scores])
        if not self._total:
            self._total = list(scores)
            return
        self._total = [_sum(a, b) for a, b in zip(self._total, scores, strict=True)]

    def scores(self) -> tuple[Score, ...]:
        """Give the mean scores, with the spread over rounds where there were several.

        Returns
        -------
        tuple of Score
            For one round its own scores.
        """
        rounds = len(self._means)
        if rounds == 1:
            return tuple(self._total)
        return tuple(
            replace(_divided(total, rounds), spread=self._spread(place))
            for place, total in enumerate(self._total)
        )

    def _spread(self, place: int) -> Spread:
        groups = np.array([round_[place][0] for round_ in self._means])
        everybody = np.array([[round_[place][1]] for round_ in self._means])
        return Spread(len(groups), groups.var(axis=0, ddof=1), everybody.var(axis=0, ddof=1))

    def _benefits(self, score: Score) -> tuple[FloatArray, float]:
        """Find the mean benefit of each group, NaN where it has no rows, and of everybody."""
        benefit = self._weight * (score.generic - score.personalized)
        whole = score.whole
        everybody = benefit if whole is None else self._weight * (whole[0] - whole[1])
        total = np.bincount(self._codes, weights=self._weight, minlength=self._size)
        with np.errstate(invalid="ignore", divide="ignore"):
            groups = np.bincount(self._codes, weights=benefit, minlength=self._size) / total
        return groups, float(everybody.sum() / self._weight.sum())


def mean_score(same: Sequence[Score]) -> Score:
    """Average scores of the same rows, without saying how they differ.

    Parameters
    ----------
    same : sequence of Score
        At least one; of the same cost, or of one cost by several keeps or models.

    Returns
    -------
    Score
        What is said besides the numbers (cost, explainer, keep) is that of the first.
    """
    return _divided(reduce(_sum, same), len(same))


def _sum(a: Score, b: Score) -> Score:
    whole = deciding = reasons = None
    if a.whole is not None and b.whole is not None:
        whole = a.whole[0] + b.whole[0], a.whole[1] + b.whole[1]
    if a.deciding is not None and b.deciding is not None:
        # The round in which the fewest rows decide says how few that may be.
        groups, population = (np.minimum(x, y) for x, y in zip(a.deciding, b.deciding, strict=True))
        deciding = groups, population
    if a.reasons is not None and b.reasons is not None:
        reasons = tuple(x or y for x, y in zip(a.reasons, b.reasons, strict=True))
    return replace(
        a,
        generic=a.generic + b.generic,
        personalized=a.personalized + b.personalized,
        whole=whole,
        deciding=deciding,
        reasons=reasons,
        tallies={name: each + b.tallies[name] for name, each in a.tallies.items()},
    )


def _divided(total: Score, rounds: int) -> Score:
    whole = total.whole
    return replace(
        total,
        generic=total.generic / rounds,
        personalized=total.personalized / rounds,
        whole=None if whole is None else (whole[0] / rounds, whole[1] / rounds),
        tallies={name: each / rounds for name, each in total.tallies.items()},
    )
