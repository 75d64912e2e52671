"""Evidence: what the rows say of every cost in every group, as sums that add."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from math import log, nan

import numpy as np

from whogains.costs import Cells, Cost, Unit
from whogains.errors import InputError
from whogains.evidence.design import Design, DesignErrors
from whogains.evidence.disclosure import bounds_shares
from whogains.evidence.groups import MAX_GROUPS, Grouping, union
from whogains.evidence.scores import Score, Spread
from whogains.evidence.sums import Sums, sum_rows
from whogains.evidence.tallies import Tallies, added, tallied
from whogains.inference import SurveyError
from whogains.types import QUANTITIES, BoolArray, FloatArray, IntArray

# The squared relative spread up to which weights are equal: rounding of sums is far below.
EQUAL = 1e-14


@dataclass(frozen=True, slots=True)
class Target:
    """The spread of the outcome, from which the default epsilon of costs with a unit follows.

    Parameters
    ----------
    weight : float
        Sum of the rows' weights.
    mean, m2 : float
        Weighted mean, and weighted sum of squares about it.
    mean_absolute_deviation : float
        Weighted mean distance from the median; NaN after adding, since medians do not add, and
        where no cost is in the unit of the outcome, since none reads it.
    mean_y_log_y : float
        Weighted mean of y log y, of counts; NaN where no cost is a deviance.
    """

    weight: float
    mean: float
    m2: float
    mean_absolute_deviation: float
    mean_y_log_y: float = nan

    def __add__(self, other: Target) -> Target:
        weight = self.weight + other.weight
        step = other.mean - self.mean
        share = other.weight / weight
        return Target(
            weight=weight,
            mean=self.mean + share * step,
            m2=self.m2 + other.m2 + self.weight * share * step * step,
            mean_absolute_deviation=nan,
            mean_y_log_y=self.mean_y_log_y + share * (other.mean_y_log_y - self.mean_y_log_y),
        )

    def constant_cost(self, unit: Unit) -> float:
        """Find what the best constant would cost per row; NaN where the evidence cannot say."""
        if unit == "deviance":
            # Of all constants the mean has the least Poisson deviance.
            return 2 * (self.mean_y_log_y - self.mean * log(self.mean)) if self.mean > 0 else nan
        return self.m2 / self.weight if unit == "target_squared" else self.mean_absolute_deviation


@dataclass(frozen=True, slots=True, eq=False)
class CostEvidence:
    """The sums of one cost, per group and over everybody.

    Parameters
    ----------
    cost : Cost
        Which cost.
    groups : Sums
        Over the d groups of the grouping.
    population : Sums
        Over one group, everybody; a cluster that spans groups is one unit here.
    explainer, keep, kept, reasons, spread, all_hidden
        As in `Score`.
    tallies : mapping of str to ndarray of float, shape (d,)
        What else is counted of the rows of each group.
    design : DesignErrors, optional
        Errors by the design of a survey; they do not add.
    """

    cost: Cost
    groups: Sums
    population: Sums
    explainer: str | None = None
    keep: float | int | None = None
    kept: tuple[int, int, int] | None = None
    reasons: tuple[str | None, ...] | None = None
    tallies: Tallies = field(default_factory=dict)
    all_hidden: tuple[tuple[float, float], ...] | None = None
    spread: Spread | None = None
    design: DesignErrors | None = None

    @property
    def key(self) -> tuple[str, str | None, str | None, float | int | None]:
        """What must agree for two pieces of evidence to be about the same cost."""
        return self.cost.name, self.cost.change, self.explainer, self.keep

    @property
    def terms(self) -> tuple[float | None, float, float]:
        """The threshold of its labels, and the range of a row's cost, which must agree too."""
        return self.cost.threshold, self.cost.lower, self.cost.upper

    @property
    def declared(self) -> tuple[object, ...]:
        """What a user declared of a cost of their own, which must agree as well."""
        cells = self.cost.rows if isinstance(self.cost.rows, Cells) else None
        return self.cost.own, self.cost.own and self.cost.label, self.cost.own_unit, cells


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Everything that intervals, tests and limits of mean costs need, and no row.

    Parameters
    ----------
    grouping : Grouping
        The groups that can occur.
    costs : tuple of CostEvidence
        The sums of each cost.
    target : Target
        The spread of the outcome.
    clustered, weighted : bool
        Whether units are clusters of rows, and whether rows have weights.

    Notes
    -----
    Evidence from disjoint parts of the data adds with ``+`` to the evidence from all of it, up to
    rounding. With clusters the parts must not share one; `merge` asks the caller to say so.
    """

    grouping: Grouping
    costs: tuple[CostEvidence, ...]
    target: Target
    clustered: bool = False
    weighted: bool = False

    @property
    def rows(self) -> int:
        """The number of rows behind the evidence."""
        return int(self.costs[0].population.rows[0]) if self.costs else 0

    def __add__(self, other: Evidence) -> Evidence:
        return merge(self, other)


def evidence_from_scores(
    scores: tuple[Score, ...],
    grouping: Grouping,
    codes: IntArray,
    y_true: FloatArray,
    *,
    sample_weight: FloatArray | None = None,
    cluster: IntArray | None = None,
    design: Design | None = None,
) -> Evidence:
    """Sum scores into evidence.

    Parameters
    ----------
    scores : tuple of Score
        The costs of n rows.
    grouping : Grouping
        The d groups.
    codes : ndarray of int, shape (n,)
        Each row's group.
    y_true : ndarray of float, shape (n,)
        The outcome.
    sample_weight : ndarray of float, shape (n,), optional
        Weights of the rows, finite and positive.
    cluster : ndarray of int, shape (n,), optional
        Each row's cluster; rows of a cluster may depend on each other.
    design : Strata or Replicates, optional
        How the sample was drawn.

    Returns
    -------
    Evidence
        The sums.

    Raises
    ------
    InputError
        If a weight is not finite and positive, or lengths differ.

    Examples
    --------
    >>> from whogains.costs import prediction_costs
    >>> from whogains.evidence import attribute, cross
    >>> y = np.array([0., 1., 1., 0.])
    >>> generic, personalized = np.array([.4, .4, .6, .6]), np.array([.1, .9, .6, .6])
    >>> costs = prediction_costs("classification", ("zero_one",))
    >>> scores = tuple(Score(c, c.rows(y, generic), c.rows(y, personalized)) for c in costs)
    >>> grouping, codes = cross([attribute("sex", np.array([0, 0, 1, 1]), ["F", "M"])])
    >>> evidence_from_scores(scores, grouping, codes, y).costs[0].groups.mean_u.tolist()
    [0.5, 0.0]
    """
    n = len(codes)
    for given, name in ((y_true, "y_true"), (sample_weight, "sample_weight"), (cluster, "cluster")):
        if given is not None and len(given) != n:
            raise InputError(f"{name} has {len(given)} rows where the groups have {n}")
    if sample_weight is not None:
        bad = ~(np.isfinite(sample_weight) & (sample_weight > 0))
        if bad.any():
            raise InputError(
                f"sample_weight must be positive and finite; {int(bad.sum())} are not, the first "
                f"in row {int(np.argmax(bad))}; leave rows of weight zero out"
            )
    everybody = np.zeros(n, dtype=np.int64)
    classes = bool(scores) and scores[0].cost.task == "classes"
    # What is not of the most frequent class is the rarer outcome.
    one = most_frequent(y_true) if classes else 1.0

    def sums(score: Score, of: IntArray, size: int, *, whole: bool) -> Sums:
        both = (score.generic, score.personalized)
        if whole and score.whole is not None:
            both = score.whole
        positive = None if score.cost.task in QUANTITIES else y_true == one
        found = sum_rows(
            *both,
            of,
            size,
            positive=positive,
            sample_weight=sample_weight,
            cluster=cluster if score.blocks is None else score.blocks[whole],
            shares=bounds_shares(score.cost),
        )
        return found if score.deciding is None else replace(found, moved=score.deciding[whole])

    def errors(score: Score) -> DesignErrors | None:
        if design is None:
            return None
        benefit = score.generic - score.personalized
        whole = benefit if score.whole is None else score.whole[0] - score.whole[1]

        def of_part(groups: BoolArray) -> SurveyError:
            mine = groups[codes]
            weight = None if sample_weight is None else sample_weight[mine]
            return design.take(mine).error(whole[mine], everybody[mine], 1, weight)

        return DesignErrors(
            design.error(benefit, codes, len(grouping), sample_weight),
            design.error(whole, everybody, 1, sample_weight),
            of_part,
        )

    return Evidence(
        grouping=grouping,
        costs=tuple(
            CostEvidence(
                cost=score.cost,
                groups=sums(score, codes, len(grouping), whole=False),
                population=sums(score, everybody, 1, whole=True),
                explainer=score.explainer,
                keep=score.keep,
                kept=score.kept,
                reasons=score.reasons,
                tallies=tallied(score.tallies, codes, len(grouping)),
                all_hidden=score.all_hidden,
                spread=score.spread,
                design=errors(score),
            )
            for score in scores
        ),
        target=_target(y_true, sample_weight, units={each.cost.unit for each in scores}),
        clustered=cluster is not None,
        weighted=sample_weight is not None,
    )


def most_frequent(y_true: FloatArray) -> float:
    """Find the class that most rows have, the first of several."""
    values, counts = np.unique(y_true, return_counts=True)
    return float(values[np.argmax(counts)]) if len(values) else 0.0


def merge(
    first: Evidence,
    second: Evidence,
    *,
    disjoint_clusters: bool = False,
    max_groups: int = MAX_GROUPS,
) -> Evidence:
    """Add the evidence from two disjoint parts of the data.

    Parameters
    ----------
    first, second : Evidence
        Over the same attributes and costs.
    disjoint_clusters : bool
        Say that no cluster has rows in both parts. Without clusters it does not matter.
    max_groups : int
        The most groups allowed.

    Returns
    -------
    Evidence
        What all rows together would have given, up to rounding.

    Raises
    ------
    InputError
        If attributes or costs, their thresholds or ranges differ, a cost is a metric of all rows,
        only one part has clusters or weights, or there are clusters and nobody says that they are
        disjoint.
    """
    if [c.key for c in first.costs] != [c.key for c in second.costs]:
        raise InputError("the two pieces of evidence are about different costs")
    for a, b in zip(first.costs, second.costs, strict=True):
        if a.terms == b.terms and a.declared != b.declared:
            raise InputError(
                f"the two pieces of evidence declare {a.cost.name} with other words or prices: say "
                "the same for all"
            )
        if a.terms != b.terms:
            what = "thresholds of labels" if a.terms[1:] == b.terms[1:] else "known ranges"
            raise InputError(
                f"the two pieces of evidence have other {what} for {a.cost.name}: say one for all"
            )
    metrics = [item.cost.name for item in first.costs if item.cost.metric]
    if metrics:
        raise InputError(f"{metrics[0]} belongs to all rows together; its evidence does not add")
    if (first.clustered, first.weighted) != (second.clustered, second.weighted):
        raise InputError("only one of the two pieces of evidence has clusters or weights")
    if first.clustered and not disjoint_clusters:
        raise InputError(
            "evidence with clusters adds only where no cluster has rows in both parts; "
            "say disjoint_clusters=True (--disjoint-clusters) if that is so"
        )
    grouping = union(first.grouping, second.grouping, max_groups=max_groups)
    place = {group: index for index, group in enumerate(grouping.groups)}
    mine, theirs = (
        np.array([place[group] for group in part.grouping.groups], dtype=np.int64)
        for part in (first, second)
    )
    size = len(grouping)

    return Evidence(
        grouping=grouping,
        costs=tuple(
            CostEvidence(
                cost=a.cost,
                groups=a.groups.placed(mine, size) + b.groups.placed(theirs, size),
                population=a.population + b.population,
                explainer=a.explainer,
                keep=a.keep,
                kept=a.kept,
                tallies=added(a.tallies, mine, b.tallies, theirs, size),
            )
            for a, b in zip(first.costs, second.costs, strict=True)
        ),
        target=first.target + second.target,
        clustered=first.clustered,
        weighted=first.weighted,
    )


def _target(
    y_true: FloatArray, sample_weight: FloatArray | None, *, units: Collection[Unit]
) -> Target:
    """Find the spread of the outcome, as far as costs in such units need it."""
    w = np.ones(len(y_true)) if sample_weight is None else sample_weight
    total = float(w.sum())
    if total == 0:
        return Target(0.0, 0.0, 0.0, nan)
    mean = float(w @ y_true) / total
    deviation = _about_median(y_true, w) if "target" in units else nan
    y_log_y = float(w @ _y_log_y(y_true)) / total if "deviance" in units else nan
    return Target(
        weight=total,
        mean=mean,
        m2=float(w @ (y_true - mean) ** 2),
        mean_absolute_deviation=deviation,
        mean_y_log_y=y_log_y,
    )


def _y_log_y(y_true: FloatArray) -> FloatArray:
    return np.asarray(y_true * np.log(np.where(y_true > 0, y_true, 1.0)))


def _about_median(y_true: FloatArray, w: FloatArray) -> float:
    """Find the weighted mean distance from the median."""
    total = w.sum()
    order = np.argsort(y_true, kind="stable")
    # Any point between the lower and upper median gives the same mean distance.
    middle = int(np.searchsorted(np.cumsum(w[order]), total / 2))
    found = y_true[order][min(middle, len(y_true) - 1)]
    return float(w @ np.abs(y_true - found)) / float(total)
