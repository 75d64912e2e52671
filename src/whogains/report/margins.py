"""Non-inferiority in words: which groups are shown to lose less than the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.words import (
    group_name,
    listing,
    p_value,
    plain,
    setting,
    significant,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding


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
