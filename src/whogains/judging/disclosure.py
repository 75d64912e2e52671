"""Disclosure control: groups too small to be shown, and totals that do not give them away.

The rows of a small group are left out before anything is fitted or summed. What is published then
does not depend on them in any way: no total holds them, so that none can be solved for them. A
group in which weights or one unit make the sums those of few is left out likewise; where only the
fitted models' errors tell so, before anything is summed.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import compress

import numpy as np

from whogains.errors import InputError
from whogains.evidence import (
    Evidence,
    bounds_shares,
    levels_not_named,
    telling_groups,
    unnamed_groups,
)
from whogains.records import AuditRecord, CostFinding, GroupFinding
from whogains.types import BoolArray


def hidden_groups(evidence: Evidence, min_cell: int) -> BoolArray:
    """Find the groups of evidence to hide, and refuse evidence that still holds their rows.

    Parameters
    ----------
    evidence : Evidence
        The sums.
    min_cell : int
        The disclosure threshold, as in `telling_groups`.

    Returns
    -------
    ndarray of bool, shape (d,)
        True for a group to hide.

    Raises
    ------
    InputError
        If a group to hide has rows: its sums are in the totals, from which they could be solved.
    """
    if not evidence.costs:
        return np.zeros(len(evidence.grouping), dtype=np.bool_)
    small = telling_groups([(item.cost, item.groups) for item in evidence.costs], min_cell)
    if (small & (evidence.costs[0].groups.rows > 0)).any():
        raise InputError(
            f"the evidence holds a group of fewer than {min_cell} {unit_name(evidence)}, or worth "
            "as few by their weights, or in which one is most of a cost; leave its rows out, or "
            "show every group with min_cell=0"
        )
    return small


def unit_name(evidence: Evidence) -> str:
    """Name what `min_cell` counts."""
    return "clusters" if evidence.clustered else "rows"


def why_hidden(evidence: Evidence, min_cell: int) -> str:
    """Say why groups of evidence may be hidden, but of none of them which reason it is.

    Parameters
    ----------
    evidence : Evidence
        The sums.
    min_cell : int
        The disclosure threshold.

    Returns
    -------
    str
        What such a group has.
    """
    unit = unit_name(evidence)
    said = [f"fewer than {min_cell} {unit}"]
    if evidence.clustered or evidence.weighted:
        said.append(f"{unit} worth as few by their weights")
    if any(bounds_shares(item.cost) for item in evidence.costs):
        said.append(f"one of its {unit} as most of a cost")
    return ", or ".join(said)


def conceal(findings: AuditRecord, hidden: BoolArray, why: str) -> AuditRecord:
    """Take the numbers of small groups out of findings, and say so.

    Parameters
    ----------
    findings : AuditRecord
        AuditRecord in which the rows of these groups have no part.
    hidden : ndarray of bool, shape (d,)
        The groups.
    why : str
        What such a group has, as `why_hidden` says it.

    Returns
    -------
    AuditRecord
        The groups keep their line, without any number. Whether such a group is empty is not said
        either. One with a level that no group shown has keeps no line.
    """
    if not hidden.any():
        return findings
    names = [tuple(group.group.values()) for group in findings.costs[0].groups]
    unnamed = unnamed_groups(names, ~hidden)
    count = int((hidden & ~unnamed).sum())
    many = count > 1
    said = (
        f"{count} {'groups have' if many else 'group has'} {why} and {'are' if many else 'is'} not "
        "shown; their rows have no part in any number here, totals included"
    )
    notes = [*([said] if count else []), *([levels_not_named(why)] if unnamed.any() else [])]
    return replace(
        findings,
        costs=tuple(
            _conceal_cost(cost, hidden, unnamed, f"{why}: not shown") for cost in findings.costs
        ),
        profiles=tuple(
            replace(profile, n=None) if hidden[j] else profile
            for j, profile in enumerate(findings.profiles)
            if not unnamed[j]
        ),
        notes=(*findings.notes, *notes),
    )


def _conceal_cost(
    cost: CostFinding, hidden: BoolArray, unnamed: BoolArray, why: str
) -> CostFinding:
    groups = [concealed(each, why) if hidden[j] else each for j, each in enumerate(cost.groups)]
    limits, curve = cost.limits, cost.limits.curve
    if curve is not None and curve.untestable_alone is not None:
        alone = tuple(compress(curve.untestable_alone, ~unnamed))
        limits = replace(limits, curve=replace(curve, untestable_alone=alone))
    return replace(
        cost,
        limits=limits,
        groups=tuple(compress(groups, ~unnamed)),
        differences=tuple(compress(cost.differences, ~unnamed)),
        all_hidden=tuple(compress(cost.all_hidden, ~unnamed)),
    )


def concealed(group: GroupFinding, why: str) -> GroupFinding:
    """Leave only the line of a group, and why it has no number."""
    return replace(
        group,
        n=None,
        cost_generic=None,
        cost_personalized=None,
        bop=None,
        se=None,
        ci=(None, None),
        method=None,
        test=None,
        p_gain=None,
        p_harm=None,
        p_gain_adjusted=None,
        p_harm_adjusted=None,
        p_equivalent=None,
        p_equivalent_adjusted=None,
        p_non_inferior=None,
        p_non_inferior_adjusted=None,
        verdict="cannot tell",
        reason="too few rows",
        detectable=None,
        note=why,
        required=None,
        clusters=None,
        psus=None,
        df=None,
        approximate_error=None,
        clipped_generic=None,
        clipped_personalized=None,
        clipped_cost_generic=None,
        clipped_cost_personalized=None,
        required_every_group=None,
        seed_share=None,
        over_placebo=None,
        other_seed=None,
    )
