"""One cost of one pair of models, between evidence and verdicts: estimates and p-values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from whogains.evidence import CostEvidence, Evidence
from whogains.inference import (
    equivalence,
    holm,
    intersection_union,
    non_inferiority,
    tail_penalty,
)
from whogains.judging.bootstrap_and_betting import ScoredRows
from whogains.judging.estimates import BY_T, Estimates, estimate
from whogains.judging.limits import number
from whogains.judging.settings import Settings
from whogains.judging.verdicts import group_verdict
from whogains.records import Verdict
from whogains.types import BoolArray, FloatArray


class Judged:
    """One cost on its way to a finding: the estimates and the bare p-values."""

    def __init__(
        self,
        item: CostEvidence,
        epsilon: tuple[float, str],
        margin: float | None,
        groups: Estimates,
        population: Estimates,
    ) -> None:
        self.item, self.margin = item, margin
        self.epsilon, self.why_epsilon = epsilon
        self.groups, self.population = groups, population
        self.margins = equivalence(groups.p, epsilon=self.epsilon)
        self.p = {
            "gain": groups.p(0.0, "greater"),
            "harm": groups.p(0.0, "less"),
            "equivalent": self.margins.p,
            "non_inferior": np.full(len(groups), np.nan),
        }
        if margin is not None:
            self.p["non_inferior"] = non_inferiority(groups.p, margin=margin)

    @property
    def peopled(self) -> BoolArray:
        """Which groups have rows: one that is not shown, or cannot occur, is no group here."""
        return np.asarray(self.groups.sums.rows > 0)

    def of_people(self, kind: str) -> FloatArray:
        """Give the bare p-values of the groups that have rows."""
        return self.p[kind][self.peopled]


def judge(
    evidence: Evidence,
    place: int,
    settings: Settings,
    epsilon: tuple[float, str],
    rows: ScoredRows | None = None,
) -> Judged:
    """Estimate and test one cost.

    Parameters
    ----------
    evidence : Evidence
        The sums of every cost.
    place : int
        The place of the cost among them.
    settings : Settings
        Methods and margins.
    epsilon : tuple of float and str
        The smallest effect that matters, and where it comes from.
    rows : ScoredRows, optional
        The rows, for methods that need them.

    Returns
    -------
    Judged
        Estimates of the groups and of everybody, with bare p-values.

    Raises
    ------
    InputError
        If the method asked for does not fit.
    """
    return Judged(
        evidence.costs[place],
        epsilon,
        settings.margin_of(evidence.costs[place].cost),
        estimate(evidence, place, settings, rows),
        estimate(evidence, place, settings, rows, whole=True),
    )


def verdicts(one: Judged, adjusted: Mapping[str, FloatArray], alpha: float) -> list[Verdict]:
    """Give the verdict of each group from its corrected p-values, as `group_verdict` does."""
    columns = ([number(p) for p in adjusted[kind]] for kind in ("gain", "harm", "equivalent"))
    ci = one.groups.interval(alpha)
    ends = [(number(low), number(high)) for low, high in zip(ci.lower, ci.upper, strict=True)]
    return [
        group_verdict(*each, alpha=alpha, untestable=False, one_label=bool(alone), ci=end)[0]
        for *each, alone, end in zip(*columns, one.groups.one_label, ends, strict=True)
    ]


def corrected(judged: Sequence[Judged], settings: Settings) -> list[dict[str, FloatArray]]:
    """Correct every kind of p-value over the groups of a cost, or over all costs at once.

    Parameters
    ----------
    judged : sequence of Judged
        The costs.
    settings : Settings
        What a family is.

    Returns
    -------
    list of dict
        For each cost the adjusted p-values by kind, each of shape (d,).

    Notes
    -----
    By Holm; and where all groups of a cost are shown to gain, or all to be harmed, at the level
    without a correction, by intersection-union, each of them is. That is the first step of
    Hochberg's procedure, valid where groups are independent or positively dependent, as disjoint
    groups of people are.

    References
    ----------
    Hochberg, Y. (1988). A sharper Bonferroni procedure for multiple tests of significance.
    Biometrika 75, 800-802.
    """
    kinds = ("gain", "harm", "equivalent", "non_inferior")
    if settings.correction == "within_cost":
        families = [{kind: holm(_penalized([one], kind)) for kind in kinds} for one in judged]
        for one, family in zip(judged, families, strict=True):
            for kind in ("gain", "harm"):
                family[kind] = np.minimum(family[kind], intersection_union(one.of_people(kind)))
        return families
    ends = np.cumsum([len(one.groups) for one in judged])[:-1]
    together = {kind: holm(_penalized(judged, kind)) for kind in kinds}
    split = {kind: np.split(values, ends) for kind, values in together.items()}
    return [{kind: split[kind][i] for kind in kinds} for i in range(len(judged))]


def _penalized(judged: Sequence[Judged], kind: str) -> FloatArray:
    """Give the p-values of a family, those by t with the penalty that its tails ask for."""
    p = np.concatenate([one.p[kind] for one in judged])
    # Without a margin 0-1 costs are tested exactly, by whatever method their interval is.
    at_zero = kind in {"gain", "harm"}
    names = [one.groups.tests if at_zero else one.groups.methods for one in judged]
    by_t = np.isin(np.concatenate(names), BY_T)
    penalty = tail_penalty(int(np.count_nonzero(by_t)))
    return np.where(by_t, np.minimum(1.0, penalty * p), p)
