"""Paired comparisons between any two models of a lattice, each made once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from whogains.costs import Cost
from whogains.evidence import (
    Evidence,
    MeanOfRounds,
    Rows,
    Score,
    evidence_from_scores,
    without_equal_weights,
)
from whogains.inference import Interval, gain_covariances
from whogains.judging.advice.lattice import Lattice
from whogains.judging.bootstrap_and_betting import Alternative, ScoredRows
from whogains.judging.estimates import BY_T, Estimates, estimate
from whogains.judging.settings import Settings
from whogains.judging.telling_costs import telling_costs, without_telling
from whogains.types import BoolArray, FloatArray, IntArray

Set = tuple[str, ...]


class Comparisons:
    """What each model costs each row, and the paired gain between any two of them.

    Parameters
    ----------
    rows : Rows
        The rows.
    rounds : sequence of mapping of str to ndarray of float, shape (n,)
        What every model of the lattice predicts for them: once, or in each round of cross-fitting.
    lattice : Lattice
        The lattice.
    costs : sequence of Cost
        The costs, of which the first decides.
    settings : Settings
        The method asked for.
    random_state : int
        Seed of methods that draw.
    explained : mapping of (tuple of str, tuple of str) to tuple of Score, optional
        The costs of explanation of pairs of models, where they are known: of every edge, and of
        nothing and every other set.
    folds : sequence of ndarray of int, shape (n,), optional
        In each round, the fold in which each row was held out.
    stand_ins : mapping of str to sequence of str, length d, optional
        By model, whose predictions each group has; see `Lattice.stand_ins`. Two sets by which a
        group gets the same model are the same to it, and differ by nothing.

    Attributes
    ----------
    scored : tuple of (Cost, str or None, float or int or None)
        Every cost by its place, with explainer and keep: the costs given, then explanation.
    epsilons : list of (float, str)
        The smallest effect that matters on each cost, and where it comes from.
    delta : float
        The largest loss on the deciding cost that does not matter: the margin, else epsilon.
    """

    def __init__(
        self,
        rows: Rows,
        rounds: Sequence[Mapping[str, FloatArray]],
        lattice: Lattice,
        costs: Sequence[Cost],
        settings: Settings,
        *,
        random_state: int,
        explained: Mapping[tuple[Set, Set], tuple[Score, ...]] | None = None,
        folds: Sequence[IntArray] | None = None,
        stand_ins: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.rows, self.lattice, self.costs, self.settings = rows, lattice, costs, settings
        self.seed = random_state
        self.rounds = rounds
        self.folds: Sequence[IntArray | None] = folds or [None] * len(rounds)
        self.explained = explained or {}
        self._stand_ins = stand_ins
        self.scored = (
            *((cost, None, None) for cost in costs),
            *(
                (each.cost, each.explainer, each.keep)
                for each in self.explained.get((lattice.nothing, lattice.everything), ())
            ),
        )
        self._of_row = {
            asked: [
                [cost.rows(rows.y_true, each[lattice.models[asked]]) for cost in costs]
                for each in rounds
            ]
            for asked in lattice.sets
        }
        self._evidence: dict[tuple[Set, Set], tuple[Evidence, ScoredRows]] = {}
        self._estimates: dict[tuple[Set, Set, int, bool], Estimates] = {}

        self.epsilons = [self._epsilon(place) for place in range(len(self.scored))]
        margin = settings.margin_of(costs[0])
        self.delta, self.why_delta = self.epsilons[0] if margin is None else (margin, "as asked")

    def __len__(self) -> int:
        return len(self.rows.grouping)

    def _epsilon(self, place: int) -> tuple[float, str]:
        evidence, _ = self.evidence(self.lattice.nothing, self.lattice.everything)
        generic = float(evidence.costs[place].population.generic[0])
        return self.settings.epsilon_and_why(self.scored[place][0], evidence.target, generic)

    def same(self, one: Set, other: Set, cost: int = 0) -> bool:
        """Tell whether two models predict the same for every row: then they are one.

        Their explanations may differ, since one may rank features that the other has not.
        """
        if cost >= len(self.costs):
            return False
        names = self.lattice.models
        return all(np.array_equal(p[names[one]], p[names[other]]) for p in self.rounds)

    def alike(self, one: Set, other: Set) -> BoolArray:
        """Tell which groups get one and the same model by both sets."""
        if self._stand_ins is None:
            return np.zeros(len(self), dtype=np.bool_)
        models = [self._stand_ins[self.lattice.models[each]] for each in (one, other)]
        found: BoolArray = np.array([a == b for a, b in zip(*models, strict=True)])
        return self.filled & found

    def gain(self, one: Set, other: Set, cost: int = 0, *, whole: bool = False) -> Estimates:
        """Estimate the cost of one model less that of the other, per group or over everybody."""
        key = (one, other, cost, whole)
        if key not in self._estimates:
            evidence, scored = self.evidence(one, other)
            self._estimates[key] = estimate(evidence, cost, self.settings, scored, whole=whole)
        return self._estimates[key]

    def p(
        self, one: Set, other: Set, null: float, alternative: Alternative, cost: int = 0
    ) -> FloatArray:
        """Test the gain per group; a model that is the other one gains exactly nothing."""
        holds = null < 0 if alternative == "greater" else null > 0
        surely = 0.0 if holds else 1.0
        if self.same(one, other, cost):
            return np.where(self.filled, surely, np.nan)
        p = self.gain(one, other, cost).p(null, alternative)
        return np.where(self.alike(one, other), surely, p)

    def interval(self, one: Set, other: Set, alpha: float, cost: int = 0) -> Interval:
        """Compute intervals of the gain per group."""
        if self.same(one, other, cost):
            nothing = np.where(self.filled, 0.0, np.nan)
            return Interval(nothing, nothing, "agreement")
        found = self.gain(one, other, cost).interval(alpha)
        alike = self.alike(one, other)
        ends = [np.where(alike, 0.0, end) for end in (found.lower, found.upper)]
        return Interval(ends[0], ends[1], found.method)

    def by_t(self, one: Set, other: Set, cost: int = 0) -> BoolArray:
        """Tell which groups are compared by t."""
        return np.isin(self.gain(one, other, cost).methods, BY_T)

    @property
    def filled(self) -> BoolArray:
        """Which groups have rows."""
        return np.bincount(self.rows.codes, minlength=len(self)) > 0

    @property
    def shares(self) -> FloatArray:
        """Each group's share of the people."""
        weights = np.bincount(self.rows.codes, self.rows.sample_weight, minlength=len(self))
        return np.asarray(weights / weights.sum(), dtype=np.float64)

    def covariances(self, sets: Sequence[Set], cost: int = 0) -> FloatArray:
        """Estimate covariances of the gains of several sets over asking nothing, (d, m, m)."""
        benefits = self._benefits(sets, cost)
        found = gain_covariances(
            benefits,
            self.rows.codes,
            len(self),
            sample_weight=self.rows.sample_weight,
            cluster=self.rows.cluster,
        )
        # Each gain with the standard error that its own tests have, which knows of other training.
        known = [self.gain(self.lattice.nothing, asked, cost).mean.se for asked in sets]
        plain = np.sqrt(np.diagonal(found, axis1=1, axis2=2))
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = np.stack(known, axis=1) / plain
        ratio = np.where(np.isfinite(ratio), np.maximum(ratio, 1.0), 1.0)
        return found * ratio[:, :, None] * ratio[:, None, :]

    def _benefits(self, sets: Sequence[Set], cost: int) -> FloatArray:
        """Give what each set gains each row over asking nothing, in each round: (R, n, m)."""
        nothing = self.lattice.nothing
        if cost >= len(self.costs):
            # Of explanations the mean over rounds is kept.
            kept = [self.explained[nothing, asked][cost - len(self.costs)] for asked in sets]
            return np.stack([each.generic - each.personalized for each in kept], axis=1)[None]
        return np.array(
            [
                np.stack([base[cost] - self._of_row[asked][i][cost] for asked in sets], axis=1)
                for i, base in enumerate(self._of_row[nothing])
            ]
        )

    def evidence(self, one: Set, other: Set) -> tuple[Evidence, ScoredRows]:
        """Sum the paired costs of two models, and keep the rows for methods that need them."""
        if (one, other) not in self._evidence:
            rows = self.rows
            means = MeanOfRounds(rows.codes, len(rows.grouping), rows.sample_weight)
            by_round = zip(self._of_row[one], self._of_row[other], self.folds, strict=True)
            for before, after, fold in by_round:
                each = zip(self.costs, before, after, strict=True)
                means.add(tuple(Score(*of_cost) for of_cost in each), fold)
            scores = (*means.scores(), *self.explained.get((one, other), ()))
            evidence = evidence_from_scores(
                scores,
                rows.grouping,
                rows.codes,
                rows.y_true,
                sample_weight=rows.sample_weight,
                cluster=rows.cluster,
            )
            pair = (self.lattice.models[one], self.lattice.models[other])
            told = telling_costs(evidence, self.settings.min_cell)
            # The groups of which the deciding cost tells have no row here: the rest rests on it.
            told = (np.zeros_like(told[0]), *told[1:])
            evidence = without_telling(evidence, told, totals=True)
            self._evidence[one, other] = (
                without_equal_weights(evidence),
                ScoredRows(rows, scores, pair, self.seed),
            )
        return self._evidence[one, other]
