"""One cost of one pair of models, between evidence and verdicts: estimates and p-values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from whogains.evidence import CostEvidence, Evidence
from whogains.inference import equivalence, holm, non_inferiority, tail_penalty
from whogains.judging.bootstrap_and_betting import ScoredRows
from whogains.judging.estimates import BY_T, Estimates, estimate
from whogains.judging.limits import number
from whogains.judging.settings import Settings
from whogains.judging.verdicts import group_verdict
from whogains.records import Verdict
from whogains.types import FloatArray


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


def verdicts(adjusted: Mapping[str, FloatArray], alpha: float) -> list[Verdict]:
    """Give the verdict of each group from its corrected p-values, as `group_verdict` does."""
    columns = ([number(p) for p in adjusted[kind]] for kind in ("gain", "harm", "equivalent"))
    return [
        group_verdict(*each, alpha=alpha, untestable=False)[0]
        for each in zip(*columns, strict=True)
    ]


def corrected(judged: Sequence[Judged], settings: Settings) -> list[dict[str, FloatArray]]:
    """Correct every kind of p-value over the groups of a cost, or over all costs at once."""
    kinds = ("gain", "harm", "equivalent", "non_inferior")
    if settings.correction == "within_cost":
        return [{kind: holm(_penalized([one], kind)) for kind in kinds} for one in judged]
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
