"""What is said of one cost, the same in every form: facts, sentences and the table of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.cost_figures import Figures
from whogains.report.judged_groups import one_label, ruled_by_few
from whogains.report.limits_by_group import few_in_limits, paper_words
from whogains.report.plan_sentences import every_group_words
from whogains.report.words import (
    ABOUT,
    confidence,
    epsilon_words,
    error,
    group_name,
    guessing,
    interval_words,
    is_approximate,
    listing,
    p_value,
    plain,
    setting,
    significant,
    size_words,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import (
        AuditRecord,
        CostFinding,
        GroupFinding,
        PopulationFinding,
    )


def population_words(findings: AuditRecord, cost: CostFinding, write: Figures) -> str:
    """Say in a line what everybody gets: benefit, interval, both costs and rows."""
    everybody = cost.population
    size = size_words(everybody.n, everybody.clusters)
    return (
        f"BoP {with_unit(write(everybody.bop), cost.unit)}, "
        f"{confidence(findings)} {interval_words(write, everybody)}; "
        f"generic {write(everybody.cost_generic)}, "
        f"personalized {write(everybody.cost_personalized)}, n {size}"
    )


def gamma_words(findings: AuditRecord, cost: CostFinding, write: Figures) -> str:
    """Say in a line what the worst-served group gets: verdict, benefit, interval and p-value."""
    gamma = cost.gamma
    known = {
        "cannot tell": "cannot tell whether every group gains",
        "every group gains": "every group gains (more than 0)",
    }
    few = ruled_by_few(cost, write)
    return (
        f"{known.get(gamma.verdict, gamma.verdict)}; worst-served: {group_name(gamma.group)}, "
        f"BoP {with_unit(write(gamma.bop), cost.unit)}, "
        f"{confidence(findings)} {write.interval(gamma.ci)}, "
        f"p (every group gains) {p_value(gamma.p_every_group_gains)}{f'; {few}' if few else ''}"
    )


def limits_words(findings: AuditRecord, cost: CostFinding) -> str:
    """Say in a sentence whether these sizes can tell, by the verdict and the bounds."""
    limits = cost.limits
    if limits.verdict is None:
        why = "labels do not vary" if one_label(cost) else "no spread could be estimated"
        return f"not known: {why}"
    tolerated = significant(setting(findings, "tolerated_error", 0.25))
    # Of a 0-1 cost the paper's bound takes the worst case, and can lie above the best test's error.
    ternary = any(each is not None and each.discrete for each in cost.differences)
    whom = " for models that disagree on everybody" if ternary else ""
    bound = f"paper's bound{whom} {paper_words(limits)}"
    every, few = every_group_words(findings, cost), few_in_limits(cost)
    asked = f"{limits.verdict} whether every group gains at least {epsilon_words(cost)}"
    if cost.gamma.verdict == "every group gains" and limits.verdict != "testable":
        # The bounds speak of an effect of exactly epsilon; what is shown is shown.
        asked = (
            f"{limits.verdict} at exactly {epsilon_words(cost)} in every group, though more is "
            "shown here"
        )
    return (
        f"{asked}: any test "
        f"errs at least {error(limits.below)}, one errs at most {error(limits.above)} (tolerated "
        f"{tolerated}, guessing {guessing(findings.settings)}, {bound})"
        f"{f'; {every}' if every else ''}{f'; {few}' if few else ''}"
    )


def margin_words(findings: AuditRecord, cost: CostFinding) -> str | None:
    """Say in a sentence which groups are shown to lose less than the margin, where one was given.

    Over all groups by intersection-union, which needs no correction; of single groups after Holm,
    as the verdicts.
    """
    if cost.margin is None:
        return None
    alpha = setting(findings, "alpha", 0.05)
    margin = with_unit(significant(cost.margin), plain(cost.unit, 40) if cost.unit else None)
    p = cost.gamma.p_non_inferior
    if p is not None and p <= alpha:
        return f"every group is shown to lose less than {margin} (p {p_value(p)})"
    shown = [
        group_name(group.group)
        for group in cost.groups
        if group.p_non_inferior_adjusted is not None and group.p_non_inferior_adjusted <= alpha
    ]
    which = (
        f"for {len(shown)} of {len(cost.groups)} groups it is: {listing(shown)}"
        if shown
        else "nor for any single group"
    )
    untested = [
        group_name(group.group) for group in cost.groups if group.p_non_inferior_adjusted is None
    ]
    # One group without a test is enough to leave the claim about every group open.
    without = f"; no test can be made for {listing(untested)}" if untested else ""
    return f"not shown that every group loses less than {margin} (p {p_value(p)}); {which}{without}"


def cost_facts(findings: AuditRecord, cost: CostFinding, write: Figures) -> dict[str, str]:
    """Gather the sentences on a cost by what they are about."""
    return {
        **({"declared": plain(cost.declared, 2000)} if cost.declared else {}),
        "everybody": population_words(findings, cost, write),
        "gamma": gamma_words(findings, cost, write),
        "margin": margin_words(findings, cost) or "",
        **({"scale": plain(cost.scale, 2000)} if cost.scale else {}),
        "limits": limits_words(findings, cost),
        "methods": methods_words(cost),
    }


def method_words(finding: GroupFinding) -> str:
    """Name how an interval was made, with the measured error of an approximate one."""
    if not is_approximate(finding) or finding.approximate_error is None:
        return plain(finding.method or "–")
    return f"approximate: an end errs up to {significant(finding.approximate_error)}"


def approximate_words(findings: AuditRecord) -> str | None:
    """Say what the mark of approximate intervals means; None where there are none."""
    errors: list[float] = []
    for cost in findings.costs:
        shown: tuple[GroupFinding | PopulationFinding, ...] = (cost.population, *cost.groups)
        errors += [each.approximate_error or 0.0 for each in shown if is_approximate(each)]
    if not errors:
        return None
    return (
        f"{ABOUT.strip()}: an approximate interval, of fewer rows than a method needs to be "
        f"trusted: an end errs up to {significant(max(errors))} (measured over simulated costs) in "
        "place of 0.025. No test, no verdict and nothing else rests on it."
    )


def threshold_words(findings: AuditRecord, cost: CostFinding) -> str | None:
    """Say from which probability on a prediction is labelled 1; None for costs without labels."""
    if cost.threshold is None:
        return None
    asked = findings.settings.get("threshold")
    why = "the default" if asked is None else "as asked"
    if isinstance(asked, str):
        why = "the base rate of the rows audited"
    return (
        f"{significant(cost.threshold)} ({why}): a probability of that or more is a prediction of 1"
    )


def range_words(cost: CostFinding) -> str | None:
    """Say between which two numbers a row's cost is known to lie; None where nobody said."""
    if cost.cost_range is None:
        return None
    low, high = (significant(end) for end in cost.cost_range)
    return f"{low} to {with_unit(high, cost.unit)} in every row, as asked"


def why_epsilon(cost: CostFinding) -> str:
    """Say in brackets where a cost's epsilon comes from; nothing where nobody knows."""
    return f" ({plain(cost.why_epsilon, 100)})" if cost.why_epsilon else ""


def methods_words(cost: CostFinding) -> str:
    """Name the method of every number of a cost, and for how many groups each."""
    pairs: dict[tuple[str, str], int] = {}
    for group in cost.groups:
        if group.method is not None or group.test is not None:
            key = plain(group.method or "–"), plain(group.test or "–")
            pairs[key] = pairs.get(key, 0) + 1
    parts = [
        f"intervals approximate, no test (groups: {n})"
        if by == "approximate"
        else f"intervals by {by}, p-values by {test} (groups: {n})"
        for (by, test), n in pairs.items()
    ]
    if cost.population.method is not None:
        parts.append(f"everybody by {plain(cost.population.method)}")
    if cost.gamma.method is not None:
        test = plain(cost.gamma.test or "–")
        parts.append(f"gamma by {plain(cost.gamma.method)}, its p by {test}")
    return "; ".join(parts) or "none can be trusted"
