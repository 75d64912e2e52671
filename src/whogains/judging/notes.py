"""What else a reader must know of a group's numbers, of clusters and of the rule."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

import numpy as np

from whogains.costs import THRESHOLD, Cells, Cost, IntervalScore, Pinball
from whogains.evidence import CARRYING, CENSORED, LABELS, Evidence, Sums
from whogains.inference import (
    MIN_CARRYING_RATIO,
    MIN_MOVED_T,
    MIN_RARER_AUC,
    MIN_SINGLES_T,
    MIN_SURVEY_DF,
    MIN_UNITS_RATIO,
    MIN_UNITS_T,
    paper_rule_type_two_error,
)
from whogains.judging.estimates import LEAST_MOVED, NONE, Estimates
from whogains.judging.judged import Judged
from whogains.judging.settings import Settings


def singles_note(judged: Sequence[Judged], cluster: str | None) -> tuple[str, ...]:
    """Say that clusters without a second row are audited as rows, and what that takes."""
    if not judged or not judged[0].groups.in_clusters or judged[0].groups.clustered:
        return ()
    shared = "a cluster" if cluster in {None, "given"} else f"a value of {cluster!r}, the cluster"
    whose = "" if judged[0].population.singles[0] else " of one group"
    said = (
        f"no two audited rows{whose} share {shared}: the rows of a group are audited as "
        "independent, as if no cluster were named. If people can have several rows and these data "
        "hold none of them by chance, intervals do not allow for it. Keep the column out of the "
        "features (--drop)"
    )
    return (said,)


def survey_note(evidence: Evidence) -> tuple[str, ...]:
    """Say how the errors of a survey were found."""
    design = evidence.costs[0].design if evidence.costs else None
    if design is None:
        return ()
    everybody = design.population
    if not everybody.psus[0]:
        said = (
            "standard errors are the spread between replicates of the weights, and t has "
            f"{everybody.df[0]:.3g} degrees of freedom"
        )
        return (said,)
    said = (
        f"the rows are of {everybody.psus[0]:,} PSUs in {everybody.strata[0]:,} strata: standard "
        "errors are linearized over all PSUs of the sample, and t has at most as many degrees of "
        "freedom as PSUs less strata in which a group has rows, and fewer where few PSUs hold most "
        f"of its weight; an interval asks for {MIN_SURVEY_DF}"
    )
    return (said,)


def rule_note(settings: Settings, judged: Sequence[Judged]) -> tuple[str, ...]:
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


def declared_words(cost: Cost) -> str | None:
    """Say what a user declared; None for a cost that is built in."""
    if not cost.own:
        return None
    if cost.metric:
        minus = " with a minus sign, since more of it is better" if cost.negated else ""
        return (
            f"a metric that the user declared, one number per group{minus}; judged by the jackknife"
        )
    if isinstance(cost.rows, Cells):
        prices = cost.rows
        return (
            f"the price of errors as the user declared it: false positive {prices.fp:g}, false "
            f"negative {prices.fn:g}, true positive {prices.tp:g}, true negative {prices.tn:g}, "
            f"with a label of 1 from a probability of {prices.threshold:g} on"
        )
    ends = {
        (True, True): f", from {cost.lower:g} to {cost.upper:g}",
        (True, False): f", at least {cost.lower:g}",
        (False, True): f", at most {cost.upper:g}",
        (False, False): ", without known bounds",
    }[isfinite(cost.lower), isfinite(cost.upper)]
    return f"a cost that the user declared, one number per person{ends}; less is better"


def note_of_group(one: Judged, j: int) -> str | None:
    """Say why a group has no interval, or what stands behind its bound."""
    if one.item.reasons is not None and one.item.reasons[j] is not None:
        return one.item.reasons[j]
    sums = one.groups.sums
    agree = sums.rows[j] > 0 and sums.gains[j] + sums.harms[j] == 0 and not one.item.cost.metric
    if agree:
        return "both models have the same cost on every row"
    if one.item.cost.normalized and one.groups.methods[j] == NONE:
        why = ratio_note(sums, j)
        if why is not None:
            return why
    carrying = int(sums.moved[j])
    few = carrying < MIN_MOVED_T and sums.units[j] >= MIN_UNITS_T
    if few and one.item.cost.by_influence and one.groups.methods[j] == NONE:
        return (
            f"few of these rows carry the metric, or differ in it: they are worth {carrying} that "
            f"differ, and an interval asks for {MIN_MOVED_T}, and for {CARRYING * MIN_MOVED_T} "
            "that carry it"
        )
    few = _too_few_beyond(one, j)
    return few or _note_of_method(one.groups, j, metric=one.item.cost.metric)


def _too_few_beyond(one: Judged, j: int) -> str | None:
    """Say that few rows have the rarer outcome, are beyond a level, or known at a horizon."""
    sums = one.groups.sums
    none = one.groups.methods[j] == NONE
    rarer = int(min(sums.effective_ones[j], sums.effective_zeros[j]))
    if one.item.cost.name == "auc" and none and rarer < MIN_RARER_AUC:
        worth = "independent ones, by clusters or weights" if one.groups.uneven[j] else "rows"
        return (
            f"the rarer outcome has {rarer} {worth}: an interval of an AUC asks for {MIN_RARER_AUC}"
        )
    if one.item.cost.task == "survival" and 0 < sums.moved[j] < MIN_MOVED_T:
        return (
            "too few of these rows are known to be in each state at the horizon: an interval asks "
            f"for {MIN_MOVED_T} with the event before it, {MIN_MOVED_T} without, and "
            f"{CENSORED * MIN_MOVED_T} in all, by their weights"
        )
    quantiles = one.item.cost.rows
    if isinstance(quantiles, Pinball | IntervalScore) and one.groups.methods[j] == NONE:
        beyond = sums.rows[j] * quantiles.tail
        if beyond < MIN_MOVED_T:
            return (
                f"about {beyond:.3g} of these rows lie beyond the outermost level, and an interval "
                f"asks for {MIN_MOVED_T}"
            )
    return None


def _note_of_method(groups: Estimates, j: int, *, metric: bool) -> str | None:
    """Say what stands behind a bound, or why there is no interval."""
    sums = groups.sums
    if groups.clustered and groups.methods[j] in {"score", "betting"}:
        few = sums.moved[j] < MIN_MOVED_T
        differ = (
            f"the models differ in {sums.moved[j]} of {sums.units[j]} clusters: " if few else ""
        )
        return (
            f"{differ}the interval is a bound that allows for clusters of "
            f"{groups.largest[j]:.0f} rows which all go together"
        )
    worth = int(groups.worth[j])
    few = (
        f"clusters or unequal weights make these rows worth {worth} independent ones: an interval"
        if groups.uneven[j]
        else f"so few of these rows carry this cost that they are worth {worth}: an interval"
    )
    df = float("inf") if groups.design is None else float(np.nan_to_num(groups.design.df[j]))
    reasons = {
        f"the design leaves these rows {df:.3g} degrees of freedom: an interval asks for "
        f"{MIN_SURVEY_DF}": sums.rows[j] > 0 and df < MIN_SURVEY_DF,
        f"each cluster has one row of this group: an interval asks for {MIN_SINGLES_T} of them": (
            groups.clustered and groups.singles[j] and sums.rows[j] < MIN_SINGLES_T
        ),
        f"the models differ in {sums.moved[j]} of {sums.units[j]} "
        f"{'clusters' if groups.clustered else 'rows'}, too few for an interval of this cost: it "
        f"asks for {MIN_MOVED_T}": 0 < sums.moved[j] < LEAST_MOVED and not metric,
        f"{few} asks for {MIN_UNITS_T}": worth < MIN_UNITS_T <= sums.rows[j],
    }
    if groups.methods[j] != NONE:
        return None
    return next((words for words, holds in reasons.items() if holds), None)


def threshold_note(judged: Sequence[Judged]) -> tuple[str, ...]:
    """Warn of a 0-1 loss at another threshold than 0.5.

    Parameters
    ----------
    judged : sequence of Judged
        The costs.

    Returns
    -------
    tuple of str
        One note, or none.

    Notes
    -----
    Of probabilities that are right, labels at 0.5 have the least 0-1 loss. At a threshold t the
    best labels are those of a loss in which a missed 1 weighs (1 - t) / t false alarms, which 0-1
    loss is not [1]_: it falls as fewer are labelled 1. An attribute of noise, in logistic models
    of an outcome of 3.8 %, earned a gain or a harm in .90 of 120 audits at the base rate, in none
    at 0.5, and in none by Brier score.

    References
    ----------
    .. [1] Elkan, C. (2001). The foundations of cost-sensitive learning. IJCAI 17, 973-978,
       equation 2.
    """
    for one in judged:
        threshold = one.item.cost.threshold
        if one.item.cost.name == "zero_one" and threshold not in (None, THRESHOLD):
            said = (
                f"{one.item.cost.label} counts both kinds of error alike, and labels are from "
                f"{threshold:.3g} on: whatever moves the probabilities of a group up or down, "
                "noise too, then changes its loss. Read it with costs of probabilities beside it "
                "(Brier score, log loss)"
            )
            return (said,)
    return ()


def one_label_note(one: Judged, j: int) -> str | None:
    """Say which label it is that a group never leaves; None where there are two."""
    if not one.groups.one_label[j]:
        return None
    label = 0 if one.groups.tallies[LABELS[0]][j] > 0 else 1
    masked = " on all features and on masked ones" if one.item.cost.kind == "explanation" else ""
    threshold = one.item.cost.threshold
    return (
        f"at threshold {threshold:.3g} both models give every row the label {label}{masked}: "
        "a cost of labels cannot tell them apart"
    )


def ratio_note(sums: Sums, j: int) -> str | None:
    """Say why a normalized cost has no interval in a group that has rows enough.

    Parameters
    ----------
    sums : Sums
        The sums of the cost over the groups.
    j : int
        The place of the group.

    Returns
    -------
    str or None
        None where the rows are too few already.
    """
    carrying = int(sums.moved[j])
    if sums.units[j] < MIN_UNITS_RATIO or carrying >= MIN_CARRYING_RATIO:
        return None
    return (
        f"few of these rows carry what hiding everything changes, or differ in it: they are worth "
        f"{carrying}, and an interval asks for {MIN_CARRYING_RATIO}"
    )
