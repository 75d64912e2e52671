"""Repeated cross-fitting: each person's cost averaged over rounds, and how rounds differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import numpy as np

from whogains.evidence.scores import Score, Spread
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
        self._fits = _Fits(codes, size, self._weight)

    def add(self, scores: tuple[Score, ...], fold: IntArray | None = None) -> None:
        """Add the scores of one more round, in the same order each time.

        Parameters
        ----------
        scores : tuple of Score
            The scores of n rows.
        fold : ndarray of int, shape (n,), optional
            The fold in which each row was held out: rows of one fold have one fit.
        """
        self._means.append([self._benefits(score) for score in scores])
        self._fits.add([_benefit(score) for score in scores], fold)
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
        means = [_divided(total, rounds) for total in self._total]
        return tuple(
            replace(mean, spread=self._spread(place, mean)) for place, mean in enumerate(means)
        )

    def _spread(self, place: int, mean: Score) -> Spread:
        groups = np.array([round_[place][0] for round_ in self._means])
        everybody = np.array([[round_[place][1]] for round_ in self._means])
        between, whole = groups.var(axis=0, ddof=1), everybody.var(axis=0, ddof=1)
        folds, fits = self._fits.folds, self._fits.variances(place, _benefit(mean))
        # What all fits of a round share, such as their seed, is in the variance between rounds.
        fits = np.maximum(0.0, fits - np.append(between, whole))
        return Spread(len(groups), between, whole, folds, fits[:-1], fits[-1:])

    def _benefits(self, score: Score) -> tuple[FloatArray, float]:
        """Find the mean benefit of each group, NaN where it has no rows, and of everybody."""
        benefit = self._weight * _benefit(score)
        whole = score.whole
        everybody = benefit if whole is None else self._weight * (whole[0] - whole[1])
        total = np.bincount(self._codes, weights=self._weight, minlength=self._size)
        with np.errstate(invalid="ignore", divide="ignore"):
            groups = np.bincount(self._codes, weights=benefit, minlength=self._size) / total
        return groups, float(everybody.sum() / self._weight.sum())


class _Fits:
    """How much what a fit gains a group differs between fits, on the same people."""

    def __init__(self, codes: IntArray, size: int, weight: FloatArray) -> None:
        self._codes, self._size, self._weight = codes, size, weight
        self._folds: list[IntArray] = []
        self._sums: list[list[FloatArray]] = []
        self._squares: list[FloatArray] = []

    @property
    def folds(self) -> int:
        """How many folds each round has, 0 where that is not known."""
        return max((int(fold.max()) + 1 for fold in self._folds), default=0)

    def add(self, benefits: Sequence[FloatArray], fold: IntArray | None) -> None:
        """Add the benefits of a round, one array for each score."""
        if fold is None:
            return
        self._folds.append(fold)
        self._sums.append([self._by_cell(each, fold) for each in benefits])
        squares = [self._by_group(self._weight * each**2) for each in benefits]
        first = not self._squares
        self._squares = (
            squares if first else [a + b for a, b in zip(self._squares, squares, strict=True)]
        )

    def variances(self, place: int, mean: FloatArray) -> FloatArray:
        r"""Estimate the variance between fits of each group's benefit, and last of everybody's.

        Parameters
        ----------
        place : int
            Which score.
        mean : ndarray of float, shape (n,)
            The benefit of each row, averaged over rounds.

        Returns
        -------
        ndarray of float, shape (d + 1,)
            The variances; NaN where folds are not known.

        Notes
        -----
        A row's deviation in a round from its own mean over R rounds is what its fit does: a part
        that all rows of a fold and group share, of variance t², and a part of its own, v. In other
        rounds the rows of a cell are spread over all folds, whose shared parts cancel. So with q =
        1 - 1 / R and m rows a cell, the mean square of deviations estimates q (t² + v), that of
        their cell means q² t² + (1 - q) q t² / m + q v / m, and t² is their difference, the first
        divided by m, over q² (1 - 1 / m). Rows of a cluster count as rows, which makes t² larger,
        not smaller. In the squared unit of the cost. Derived here.
        """
        rounds, d = len(self._folds), self._size
        if rounds < 2 or self.folds < 2:
            return np.full(d + 1, np.nan)
        alone = self._squares[place] - rounds * self._by_group(self._weight * mean**2)
        alone = np.append(alone, alone.sum())
        total = self._by_group(self._weight)
        with np.errstate(invalid="ignore", divide="ignore"):
            square = np.maximum(alone, 0.0) / (rounds * np.append(total, total.sum()))
        shared, rows, cells = np.zeros(d + 1), np.zeros(d + 1), np.zeros(d + 1)
        for fold, sums in zip(self._folds, self._sums, strict=True):
            moved = sums[place] - self._by_cell(mean, fold)
            w, w2 = self._by_cell(None, fold), self._by_cell(self._weight, fold)
            for group in (slice(0, d), slice(d, d + 1)):
                whole = group.start == d
                m, a, b = (
                    each.sum(axis=1, keepdims=True) if whole else each for each in (moved, w, w2)
                )
                some = a > 0
                with np.errstate(invalid="ignore", divide="ignore"):
                    shared[group] += np.where(some, (m / a) ** 2, 0.0).sum(axis=0)
                    rows[group] += np.where(some, b / a**2, 0.0).sum(axis=0)
                cells[group] += some.sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            of_cells, per_row = shared / cells, rows / cells
            found = (of_cells - square * per_row) / (1 - per_row) * (rounds / (rounds - 1)) ** 2
        return np.where(per_row < 1, np.maximum(found, 0.0), np.nan)

    def _by_group(self, values: FloatArray) -> FloatArray:
        return np.bincount(self._codes, weights=values, minlength=self._size).astype(np.float64)

    def _by_cell(self, values: FloatArray | None, fold: IntArray) -> FloatArray:
        """Add up weighted values by fold and group, shape (folds, d); None for weights alone."""
        folds = int(fold.max()) + 1
        weighted = self._weight if values is None else self._weight * values
        cells = fold.astype(np.intp) * self._size + self._codes
        found = np.bincount(cells, weights=weighted, minlength=folds * self._size)
        return found.astype(np.float64).reshape(folds, self._size)


def _benefit(score: Score) -> FloatArray:
    benefit: FloatArray = score.generic - score.personalized
    return benefit


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
    whole = deciding = reasons = all_hidden = None
    if a.whole is not None and b.whole is not None:
        whole = a.whole[0] + b.whole[0], a.whole[1] + b.whole[1]
    if a.deciding is not None and b.deciding is not None:
        # The round in which the fewest rows decide says how few that may be.
        groups, population = (np.minimum(x, y) for x, y in zip(a.deciding, b.deciding, strict=True))
        deciding = groups, population
    if a.reasons is not None and b.reasons is not None:
        reasons = tuple(x or y for x, y in zip(a.reasons, b.reasons, strict=True))
    if a.all_hidden is not None and b.all_hidden is not None:
        of_both = zip(a.all_hidden, b.all_hidden, strict=True)
        all_hidden = tuple((x[0] + y[0], x[1] + y[1]) for x, y in of_both)
    return replace(
        a,
        generic=a.generic + b.generic,
        personalized=a.personalized + b.personalized,
        whole=whole,
        deciding=deciding,
        reasons=reasons,
        tallies={name: each + b.tallies[name] for name, each in a.tallies.items()},
        all_hidden=all_hidden,
    )


def _divided(total: Score, rounds: int) -> Score:
    whole, hidden = total.whole, total.all_hidden
    return replace(
        total,
        generic=total.generic / rounds,
        personalized=total.personalized / rounds,
        whole=None if whole is None else (whole[0] / rounds, whole[1] / rounds),
        tallies={name: each / rounds for name, each in total.tallies.items()},
        all_hidden=None if hidden is None else tuple((x / rounds, y / rounds) for x, y in hidden),
    )
