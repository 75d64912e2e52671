"""What is said of one cost, the same in every form: facts, sentences and the table of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.cost_figures import Figures
from whogains.report.judged_groups import few_in_limits, ruled_by_few
from whogains.report.words import (
    about_rows,
    confidence,
    count,
    epsilon_words,
    error,
    group_name,
    guessing,
    interval_words,
    listing,
    methods_words,
    one_label,
    p_value,
    paper_words,
    plain,
    setting,
    significant,
    size_words,
    verdict_words,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostChange, CostFinding


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


def every_group_words(findings: AuditRecord, cost: CostFinding) -> str:
    """Say what the verdict "every group gains" takes: an effect, and rows at epsilon.

    Part of a sentence; empty where neither is known.
    """
    limits, power = cost.limits, f"{setting(findings, 'power', 0.8):.0%}"
    # Audits of earlier versions hold the effect under its first name only.
    effect, rows = limits.detectable, limits.required_every_group
    takes = "" if rows is None else f"takes about {count(about_rows(rows))} rows in all"
    if effect:
        told = (
            f'"every group gains" is told with {power} power where each gains '
            f"{with_unit(significant(effect), cost.unit)}"
        )
        return f"{told}; for {epsilon_words(cost)} it {takes}" if takes else told
    said = f'to tell with {power} power that "every group gains" where each gains'
    return f"{said} {epsilon_words(cost)} {takes}" if takes else ""


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


def cost_heading(cost: CostFinding | CostChange) -> str:
    """Name a cost with its kind and unit."""
    unit = f", in {plain(cost.unit, 40)}" if cost.unit else ""
    return f"{plain(cost.title)}: {cost.kind}{unit}"


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


def group_cells(
    findings: AuditRecord, cost: CostFinding, write: Figures
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Write the table of a cost's groups: its heads, and a row of cells for each group."""
    clustered = findings.data.clusters is not None
    drawn = findings.data.psus is not None
    numbers = ("generic", "personalized", "BoP", confidence(findings), "verdict")
    head = (
        "group",
        "n",
        *(("clusters",) if clustered else ()),
        *(("PSUs",) if drawn else ()),
        *numbers,
    )
    rows: list[tuple[str, ...]] = [
        (
            group_name(group.group),
            count(group.n),
            *((count(group.clusters),) if clustered else ()),
            *((count(group.psus),) if drawn else ()),
            write(group.cost_generic),
            write(group.cost_personalized),
            write(group.bop),
            interval_words(write, group),
            verdict_words(group.verdict, group.reason),
        )
        for group in cost.groups
    ]
    return head, rows
