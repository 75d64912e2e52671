"""What is said of one cost, the same in every form: everybody, worst-served, limits, margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.words import (
    confidence,
    epsilon_words,
    error,
    group_name,
    guessing,
    listing,
    p_value,
    paper_words,
    plain,
    setting,
    significant,
    size_words,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding
    from whogains.report.number_format import Figures


def population_words(findings: AuditRecord, cost: CostFinding, write: Figures) -> str:
    """Say in a line what everybody gets: benefit, interval, both costs and rows."""
    everybody = cost.population
    size = size_words(everybody.n, everybody.clusters)
    return (
        f"BoP {with_unit(write(everybody.bop), cost.unit)}, "
        f"{confidence(findings)} {write.interval(everybody.ci)}; "
        f"generic {write(everybody.cost_generic)}, "
        f"personalized {write(everybody.cost_personalized)}, n {size}"
    )


def gamma_words(findings: AuditRecord, cost: CostFinding, write: Figures) -> str:
    """Say in a line what the worst-served group gets.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    cost : CostFinding
        One of its costs.
    write : Figures
        How to write its numbers.

    Returns
    -------
    str
        Verdict, group, benefit, interval and p-value.
    """
    gamma = cost.gamma
    known = {
        "cannot tell": "cannot tell whether every group gains",
        "every group gains": "every group gains (more than 0)",
    }
    return (
        f"{known.get(gamma.verdict, gamma.verdict)}; worst-served: {group_name(gamma.group)}, "
        f"BoP {with_unit(write(gamma.bop), cost.unit)}, "
        f"{confidence(findings)} {write.interval(gamma.ci)}, "
        f"p (every group gains) {p_value(gamma.p_every_group_gains)}"
    )


def limits_words(findings: AuditRecord, cost: CostFinding) -> str:
    """Say in a sentence whether these sizes can tell.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    cost : CostFinding
        The cost asked about.

    Returns
    -------
    str
        The verdict and the bounds.
    """
    limits = cost.limits
    if limits.verdict is None:
        return "not known: no spread could be estimated"
    tolerated = significant(setting(findings, "tolerated_error", 0.25))
    # Of a 0-1 cost the paper's bound takes the worst case, and can lie above the best test's error.
    ternary = any(each is not None and each.discrete for each in cost.differences)
    whom = " for models that disagree on everybody" if ternary else ""
    bound = f"paper's bound{whom} {paper_words(limits)}"
    return (
        f"{limits.verdict} whether every group gains at least {epsilon_words(cost)}: any test "
        f"errs at least {error(limits.below)}, one errs at most {error(limits.above)} (tolerated "
        f"{tolerated}, guessing {guessing(findings.settings)}, {bound})"
    )


def margin_words(findings: AuditRecord, cost: CostFinding) -> str | None:
    """Say in a sentence which groups are shown to lose less than the margin.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    cost : CostFinding
        One of its costs.

    Returns
    -------
    str or None
        The sentence; None where no margin was given.

    Notes
    -----
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
