"""From evidence and settings to findings: every number computed elsewhere, every verdict here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from whogains._version import __version__
from whogains.costs import unit_words
from whogains.evidence import Evidence, Grouping, without_equal_weights
from whogains.inference import (
    MIN_SINGLES_T,
    MIN_UNITS_T,
    Interval,
    gamma_interval,
    holm,
    intersection_union,
    paper_rule,
    paper_rule_type_two_error,
    tail_penalty,
)
from whogains.judging.bootstrap_and_betting import ScoredRows
from whogains.judging.disclosure import conceal, hidden_groups
from whogains.judging.estimates import (
    AGREEMENT,
    NONE,
    CostEstimates,
    estimate_cost,
    number,
    rows_of,
)
from whogains.judging.limits import limits_finding
from whogains.judging.profiles import difference_bins, profiles
from whogains.judging.settings import Settings
from whogains.judging.verdicts import gamma_verdict, group_verdict
from whogains.records import (
    AuditRecord,
    CostFinding,
    DataFinding,
    GammaFinding,
    GroupFinding,
    Levels,
    PopulationFinding,
)
from whogains.types import FloatArray, TextArray

PAPER_RULE = "the paper's rule, no test"


def build_findings(
    evidence: Evidence,
    settings: Settings,
    data: DataFinding,
    *,
    rows: ScoredRows | None = None,
    unit: str | None = None,
    run: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
) -> AuditRecord:
    """Judge evidence.

    Parameters
    ----------
    evidence : Evidence
        The sums of every cost and group.
    settings : Settings
        Levels, epsilon, corrections.
    data : DataFinding
        What was audited.
    rows : ScoredRows, optional
        The rows behind the evidence, for the methods that need them (bootstrap, betting).
    unit : str, optional
        Unit of the outcome, such as "mmHg".
    run : mapping, optional
        What else the numbers depend on (models, folds, explainers), for the settings.
    notes : sequence of str
        Warnings and choices that a reader must know.

    Returns
    -------
    AuditRecord
        Numbers and verdicts.

    Raises
    ------
    InputError
        If a setting does not fit the evidence.
    """
    settings.check_names(tuple(item.cost for item in evidence.costs))
    evidence = without_equal_weights(evidence)
    hidden = hidden_groups(evidence, settings.min_cell)
    judged = [
        estimate_cost(evidence, place, settings, rows) for place in range(len(evidence.costs))
    ]
    families = _families(judged, settings)
    d = len(evidence.grouping)
    found = AuditRecord(
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        settings={**settings.as_json(), "unit": unit, **(run or {})},
        data=data,
        costs=tuple(
            replace(
                _cost_finding(one, family, evidence.grouping, settings, unit),
                differences=()
                if rows is None
                else difference_bins(rows.rows, rows.scores[place], d, settings.min_cell),
            )
            for place, (one, family) in enumerate(zip(judged, families, strict=True))
        ),
        notes=(
            *notes,
            *_singles_note(judged, (run or {}).get("cluster")),
            *_rule_note(settings, judged),
        ),
        profiles=()
        if rows is None
        else profiles(
            rows.rows, rows.pair, group_levels(evidence.grouping), data.task, settings.min_cell
        ),
    )
    return conceal(found, hidden, evidence, settings.min_cell)


def group_levels(grouping: Grouping) -> list[Levels]:
    """Name the level of each attribute, group by group.

    Parameters
    ----------
    grouping : Grouping
        The groups.

    Returns
    -------
    list of dict
        One for each group, from attributes to levels.
    """
    return [dict(zip(grouping.names, group, strict=True)) for group in grouping.groups]


def _families(judged: list[CostEstimates], settings: Settings) -> list[dict[str, FloatArray]]:
    """Correct every kind of p-value over the groups of a cost, or over all costs at once."""
    kinds = ("gain", "harm", "equivalent", "non_inferior")
    if settings.correction == "within_cost":
        return [{kind: holm(_penalized([one], kind)) for kind in kinds} for one in judged]
    ends = np.cumsum([len(one.groups) for one in judged])[:-1]
    together = {kind: holm(_penalized(judged, kind)) for kind in kinds}
    split = {kind: np.split(values, ends) for kind, values in together.items()}
    return [{kind: split[kind][i] for kind in kinds} for i in range(len(judged))]


def _penalized(judged: Sequence[CostEstimates], kind: str) -> FloatArray:
    """Give the p-values of a family, those by t with the penalty that its tails ask for."""
    p = np.concatenate([one.p[kind] for one in judged])
    # Without a margin 0-1 costs are tested exactly, by whatever method their interval is.
    at_zero = kind in {"gain", "harm"}
    names = [one.groups.tests if at_zero else one.groups.methods for one in judged]
    by_t = np.concatenate(names) == "t"
    penalty = tail_penalty(int(np.count_nonzero(by_t)))
    return np.where(by_t, np.minimum(1.0, penalty * p), p)


def _cost_finding(
    one: CostEstimates,
    adjusted: dict[str, FloatArray],
    grouping: Grouping,
    settings: Settings,
    unit: str | None,
) -> CostFinding:
    cost, groups = one.item.cost, one.groups
    limits, alone = limits_finding(groups, one.population, one.epsilon, settings)
    names = group_levels(grouping)
    shared = groups.numbers(groups.interval(settings.alpha), one.p["gain"], one.p["harm"])
    own = rows_of(
        **{f"p_{kind}_adjusted": values for kind, values in adjusted.items()},
        p_equivalent=one.p["equivalent"],
        p_non_inferior=one.p["non_inferior"],
        detectable=alone.detectable,
    )
    found = []
    for j, levels in enumerate(names):
        verdict, reason = group_verdict(
            own[j]["p_gain_adjusted"],
            own[j]["p_harm_adjusted"],
            own[j]["p_equivalent_adjusted"],
            alpha=settings.alpha,
            untestable=bool(alone.untestable[j]),
        )
        found.append(
            GroupFinding(
                group=levels,
                **shared[j],
                **own[j],
                verdict=verdict,
                reason=reason,
                required=int(alone.required[j]) if np.isfinite(alone.required[j]) else None,
                note=_note(one, j),
            )
        )
    people = one.population
    gain, harm = people.p(0.0, "greater"), people.p(0.0, "less")
    (everybody,) = people.numbers(people.interval(settings.alpha), gain, harm)
    return CostFinding(
        name=cost.name,
        kind=cost.kind,
        label=cost.label,
        unit=unit_words(cost.unit, unit),
        explainer=one.item.explainer,
        keep=one.item.keep,
        kept=one.item.kept,
        why_epsilon=one.why_epsilon,
        epsilon=one.epsilon,
        population=PopulationFinding(**everybody),
        gamma=_gamma(one, adjusted["harm"], names, settings),
        limits=limits,
        groups=tuple(found),
        margin=one.margin,
    )


def _gamma(
    one: CostEstimates, p_harm: FloatArray, names: Sequence[Levels], settings: Settings
) -> GammaFinding:
    groups, d = one.groups, len(names)
    penalty = tail_penalty(int(np.count_nonzero(groups.methods == "t")))

    def interval(alpha: float) -> Interval:
        # Only the upper end asks for less than alpha, and so for the tails of t.
        return groups.interval(alpha if alpha >= settings.alpha else alpha / penalty)

    found = gamma_interval(groups.mean.estimate, interval, alpha=settings.alpha)
    # |gamma| < epsilon: every group is above -epsilon, and some group is below epsilon.
    tested = np.isfinite(one.margins.below)
    p_below = (
        min(1.0, penalty * d * float(one.margins.below[tested].min())) if tested.any() else 1.0
    )
    p_every = intersection_union(one.p["gain"])
    harmed = p_harm[np.isfinite(p_harm)]
    verdict = gamma_verdict(
        p_every,
        float(harmed.min()) if harmed.size else None,
        max(intersection_union(one.margins.above), p_below),
        alpha=settings.alpha,
    )
    by_paper = settings.rule == "paper"
    if by_paper:
        known = groups.mean.estimate[np.isfinite(groups.mean.estimate)]
        claimed = paper_rule(known, epsilon=one.epsilon)
        verdict = "every group gains" if claimed else "cannot tell"
    return GammaFinding(
        bop=number(found.estimate),
        group=names[found.group] if found.group >= 0 else None,
        ci=(number(found.lower), number(found.upper)),
        method=_of_several("least bound", groups.methods),
        test=PAPER_RULE if by_paper else _of_several("intersection-union", groups.tests),
        p_every_group_gains=p_every,
        verdict=verdict,
        p_non_inferior=None if one.margin is None else intersection_union(one.p["non_inferior"]),
    )


def _singles_note(judged: Sequence[CostEstimates], cluster: str | None) -> tuple[str, ...]:
    """Ask who named clusters without a second row whether rows are not simply independent."""
    if not judged or not judged[0].population.singles[0]:
        return ()
    shared = "a cluster" if cluster in {None, "given"} else f"a value of {cluster!r}, the cluster"
    said = (
        f"no two audited rows share {shared}: leave the cluster out (cluster=, on the command line "
        "--cluster) if each row is one independent person by design, and keep its column out of "
        "the features (--drop). With it, method auto gives no interval to a group of fewer than "
        f"{MIN_SINGLES_T} rows, since larger clusters may exist and be missing from so few"
    )
    return (said,)


def _rule_note(settings: Settings, judged: Sequence[CostEstimates]) -> tuple[str, ...]:
    """Say what the paper's rule is worth, where it was asked for."""
    if settings.rule != "paper" or not judged:
        return ()
    d = int(np.isfinite(judged[0].groups.mean.estimate).sum())
    missed = paper_rule_type_two_error(max(d, 1))
    said = (
        "the verdict on gamma is by the paper's rule (the least BoP is at least epsilon), which is "
        "no test: it looks at no standard error, has no level, passes over groups without an "
        f"estimate, and where each of the {d} others gains exactly epsilon it fails to say so with "
        f"chance {missed:.3f}; "
        "p_every_group_gains is that of the test"
    )
    return (said,)


def _note(one: CostEstimates, j: int) -> str | None:
    if one.item.reasons is not None and one.item.reasons[j] is not None:
        return one.item.reasons[j]
    sums = one.groups.sums
    agree = sums.rows[j] > 0 and sums.gains[j] + sums.harms[j] == 0 and not one.item.cost.metric
    if agree:
        return "both models have the same cost on every row"
    if one.groups.methods[j] != NONE:
        return None
    if one.groups.singles[j] and sums.rows[j] < MIN_SINGLES_T:
        return (
            f"each cluster has one row of this group: an interval asks for {MIN_SINGLES_T} of them"
        )
    worth = int(one.groups.worth[j])
    if worth < MIN_UNITS_T <= sums.rows[j]:
        return (
            f"clusters or unequal weights make these rows worth {worth} independent ones: an "
            f"interval asks for {MIN_UNITS_T}"
        )
    return None


def _of_several(how: str, names: TextArray) -> str | None:
    """Name what a number over groups was made of, as in "intersection-union (sign)"."""
    used = sorted(set(names.tolist()) - {AGREEMENT, NONE})
    return f"{how} ({', '.join(used)})" if used else None
