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
    Interval,
    gamma_interval,
    intersection_union,
    paper_rule,
    tail_penalty,
)
from whogains.judging.bins import difference_bins
from whogains.judging.bootstrap_and_betting import ScoredRows
from whogains.judging.clipped import clipped_note, clipped_numbers
from whogains.judging.costs_to_judge import check_chosen
from whogains.judging.disclosure import conceal, hidden_groups, why_hidden
from whogains.judging.estimates import (
    AGREEMENT,
    APPROXIMATE,
    BY_T,
    NONE,
    Estimates,
)
from whogains.judging.judged import Judged, corrected, judge
from whogains.judging.limits import limits_finding, number, whole
from whogains.judging.notes import (
    declared_words,
    note_of_group,
    one_label_note,
    rule_note,
    singles_note,
    survey_note,
    threshold_note,
)
from whogains.judging.other_seeds import with_other_seeds
from whogains.judging.placebo import PlaceboScores, beside_placebo
from whogains.judging.power import FirstStep, first_steps
from whogains.judging.profiles import profiles
from whogains.judging.sanity import sanity
from whogains.judging.scale import with_scale
from whogains.judging.settings import Settings
from whogains.judging.telling_costs import leave_unsaid, telling_costs, without_telling
from whogains.judging.verdicts import gamma_verdict, group_verdict
from whogains.records import (
    AllHidden,
    AuditRecord,
    CostFinding,
    DataFinding,
    GammaFinding,
    GroupFinding,
    Levels,
    PopulationFinding,
    Verdict,
    WarningFinding,
)
from whogains.types import FloatArray, TextArray

PAPER_RULE = "the paper's rule, no test"


def build_findings(
    evidence: Evidence,
    settings: Settings,
    data: DataFinding,
    *,
    rows: ScoredRows | None = None,
    placebo: PlaceboScores | None = None,
    unit: str | None = None,
    run: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    warnings: Sequence[WarningFinding] = (),
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
    placebo : PlaceboScores, optional
        The same costs of the same rows beside placebos.
    unit : str, optional
        Unit of the outcome, such as "mmHg".
    run : mapping, optional
        What else the numbers depend on (models, folds, explainers), for the settings.
    notes : sequence of str
        Warnings and choices that a reader must know.
    warnings : sequence of WarningFinding
        Signs of nonsense that the evidence does not show.

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
    check_chosen(settings, [item.cost for item in evidence.costs])
    evidence = without_equal_weights(evidence)
    hidden = hidden_groups(evidence, settings.min_cell)
    told = telling_costs(evidence, settings.min_cell)
    everything, evidence = evidence, without_telling(evidence, told)
    judged = [
        judge(
            evidence,
            place,
            settings,
            settings.epsilon_and_why(item.cost, evidence.target, float(item.population.generic[0])),
            rows,
        )
        for place, item in enumerate(evidence.costs)
    ]
    families = corrected(judged, settings)
    steps = first_steps([one.groups for one in judged], settings.alpha, settings.correction)
    d = len(evidence.grouping)
    found = AuditRecord(
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        settings={**settings.as_json(), "unit": unit, **(run or {})},
        data=_with_units(data, evidence),
        costs=tuple(
            replace(
                _cost_finding(one, family, evidence.grouping, settings, unit, step=step),
                differences=()
                if rows is None
                else difference_bins(rows.rows, rows.scores[place], d, settings.min_cell),
            )
            for place, (one, family, step) in enumerate(zip(judged, families, steps, strict=True))
        ),
        notes=(
            *notes,
            *singles_note(judged, (run or {}).get("cluster")),
            *survey_note(evidence),
            *rule_note(settings, judged),
            *clipped_note(judged, evidence.grouping),
            *threshold_note(judged),
        ),
        profiles=()
        if rows is None
        else profiles(
            rows.rows, rows.pair, group_levels(evidence.grouping), data.task, settings.min_cell
        ),
        warnings=(*warnings, *sanity(evidence, data)),
    )
    found = with_other_seeds(found, judged, settings)
    if placebo is not None and rows is not None:
        found = beside_placebo(found, placebo, rows, judged, settings)
    found = leave_unsaid(found, everything, told)
    found = conceal(found, hidden, why_hidden(evidence, settings.min_cell))
    return replace(found, costs=with_scale(found.costs))


def _with_units(data: DataFinding, evidence: Evidence) -> DataFinding:
    """Count the clusters of all rows, or the PSUs and strata, where there are any."""
    if not evidence.costs:
        return data
    item = evidence.costs[0]
    clusters = int(item.population.units[0]) if evidence.clustered else None
    drawn = None if item.design is None else item.design.population
    if drawn is None or not drawn.psus[0]:
        return replace(data, clusters=clusters)
    return replace(data, clusters=clusters, psus=int(drawn.psus[0]), strata=int(drawn.strata[0]))


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


def _cost_finding(
    one: Judged,
    adjusted: dict[str, FloatArray],
    grouping: Grouping,
    settings: Settings,
    unit: str | None,
    *,
    step: FirstStep,
) -> CostFinding:
    cost, groups = one.item.cost, one.groups
    limits, alone = limits_finding(groups, one.population, one.epsilon, settings, step)
    names = group_levels(grouping)
    ci, tested = groups.shown(settings.alpha), groups.interval(settings.alpha)
    found = []
    for j, levels in enumerate(names):
        p_adjusted = {kind: number(values[j]) for kind, values in adjusted.items()}
        verdict, reason = group_verdict(
            p_adjusted["gain"],
            p_adjusted["harm"],
            p_adjusted["equivalent"],
            alpha=settings.alpha,
            untestable=bool(alone.untestable[j]),
            one_label=bool(groups.one_label[j]),
            ci=(number(tested.lower[j]), number(tested.upper[j])),
        )
        found.append(
            GroupFinding(
                group=levels,
                **_numbers(groups, j, ci=ci, p_gain=one.p["gain"], p_harm=one.p["harm"]),
                p_gain_adjusted=p_adjusted["gain"],
                p_harm_adjusted=p_adjusted["harm"],
                p_equivalent=number(one.p["equivalent"][j]),
                p_equivalent_adjusted=p_adjusted["equivalent"],
                verdict=verdict,
                reason=reason,
                detectable=number(alone.detectable[j]),
                required=whole(alone.required[j]),
                required_every_group=whole(alone.required_every_group[j]),
                note=one_label_note(one, j) or note_of_group(one, j),
                p_non_inferior=number(one.p["non_inferior"][j]),
                p_non_inferior_adjusted=p_adjusted["non_inferior"],
            )
        )
    return CostFinding(
        name=cost.name,
        kind=cost.kind,
        label=cost.label,
        unit=unit_words(cost, unit),
        explainer=one.item.explainer,
        keep=one.item.keep,
        kept=one.item.kept,
        why_epsilon=one.why_epsilon,
        epsilon=one.epsilon,
        population=PopulationFinding(
            **_numbers(
                one.population,
                0,
                ci=one.population.shown(settings.alpha),
                p_gain=one.population.p(0.0, "greater"),
                p_harm=one.population.p(0.0, "less"),
            )
        ),
        gamma=_gamma(one, [group.verdict for group in found], names, settings),
        limits=limits,
        groups=tuple(found),
        margin=one.margin,
        threshold=cost.threshold,
        cost_range=(cost.lower, cost.upper) if cost.ranged else None,
        declared=declared_words(cost),
        all_hidden=tuple(
            AllHidden(*each) if np.isfinite(each).all() else None
            for each in one.item.all_hidden or ()
        ),
    )


def _gamma(
    one: Judged, verdicts: Sequence[Verdict], names: Sequence[Levels], settings: Settings
) -> GammaFinding:
    # A group without rows, or whose rows are not shown, has no part in any number.
    groups, here = one.groups, one.peopled
    penalty = tail_penalty(int(np.count_nonzero(np.isin(groups.methods, BY_T))))

    def interval(alpha: float) -> Interval:
        # Only the upper end asks for less than alpha, and so for the tails of t.
        found = groups.interval(alpha if alpha >= settings.alpha else alpha / penalty)
        return Interval(found.lower[here], found.upper[here], found.method)

    estimate = groups.mean.estimate[here]
    found = gamma_interval(estimate, interval, alpha=settings.alpha)
    # |gamma| < epsilon: every group is above -epsilon, and some group is below epsilon.
    below = one.margins.below[here]
    tested = np.isfinite(below)
    least = penalty * len(below) * float(below[tested].min()) if tested.any() else 1.0
    p_every = intersection_union(one.of_people("gain"))
    verdict = gamma_verdict(
        [verdict for verdict, some in zip(verdicts, here, strict=True) if some],
        p_every,
        max(intersection_union(one.margins.above[here]), min(1.0, least)),
        alpha=settings.alpha,
        lower=number(found.lower),
    )
    by_paper = settings.rule == "paper"
    if by_paper:
        claimed = paper_rule(estimate[np.isfinite(estimate)], epsilon=one.epsilon)
        verdict = "every group gains" if claimed else "cannot tell"
    worst = np.flatnonzero(here)[found.group] if found.group >= 0 else None
    margin = None if one.margin is None else intersection_union(one.of_people("non_inferior"))
    return GammaFinding(
        bop=number(found.estimate),
        group=None if worst is None else names[worst],
        ci=(number(found.lower), number(found.upper)),
        method=_of_several("least bound", groups.methods),
        test=PAPER_RULE if by_paper else _of_several("intersection-union", groups.tests),
        p_every_group_gains=p_every,
        verdict=verdict,
        p_non_inferior=margin,
    )


def _of_several(how: str, names: TextArray) -> str | None:
    """Name what a number over groups was made of, as in "intersection-union (sign)"."""
    used = sorted(set(names.tolist()) - {AGREEMENT, NONE})
    return f"{how} ({', '.join(used)})" if used else None


def _numbers(
    estimates: Estimates, j: int, *, ci: Interval, p_gain: FloatArray, p_harm: FloatArray
) -> dict[str, Any]:
    """Give the numbers that groups and the population share."""
    sums = estimates.sums
    filled = sums.rows[j] > 0
    method, test = str(estimates.methods[j]), str(estimates.tests[j])
    if np.isfinite(estimates.approximate[j]):
        method = APPROXIMATE
    return {
        "n": int(sums.rows[j]),
        "clusters": int(sums.units[j]) if estimates.in_clusters else None,
        "cost_generic": number(sums.generic[j]) if filled else None,
        "cost_personalized": number(sums.personalized[j]) if filled else None,
        "bop": number(estimates.mean.estimate[j]),
        "se": number(estimates.mean.se[j]),
        "ci": (number(ci.lower[j]), number(ci.upper[j])),
        "method": None if method == NONE else method,
        "test": None if test == NONE else test,
        "p_gain": number(p_gain[j]),
        "p_harm": number(p_harm[j]),
        "approximate_error": number(estimates.approximate[j]),
        **clipped_numbers(estimates, j),
        "seed_share": None if estimates.seed_share is None else number(estimates.seed_share[j]),
        **_design_numbers(estimates, j),
    }


def _design_numbers(estimates: Estimates, j: int) -> dict[str, Any]:
    """Give what a survey's design adds to the numbers."""
    design = estimates.design
    if design is None or not estimates.sums.rows[j]:
        return {}
    return {"psus": int(design.psus[j]) or None, "df": number(design.df[j])}
