"""Disclosure control: groups too small to be shown, and totals that do not give them away.

The rows of a small group are left out before anything is fitted or summed. What is published then
does not depend on them in any way: no total holds them, so that none can be solved for them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whogains.errors import InputError
from whogains.evidence import Evidence
from whogains.records import AuditRecord, CostFinding, GroupFinding
from whogains.types import BoolArray, IntArray


def small_groups(
    codes: IntArray, d: int, min_cell: int, cluster: IntArray | None = None
) -> BoolArray:
    """Find the groups that are too small to be shown.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Each row's group.
    d : int
        Groups.
    min_cell : int
        The disclosure threshold: the fewest rows (clusters where there are any) of a group shown.
    cluster : ndarray of int, shape (n,), optional
        Each row's cluster, such as a patient with several stays.

    Returns
    -------
    ndarray of bool, shape (d,)
        True for a group to hide; an empty group is one, unless `min_cell` is 0.

    Examples
    --------
    >>> small_groups(np.array([0] * 10 + [1] * 9), 3, 10)
    array([False,  True,  True])
    """
    if cluster is not None:
        codes = np.unique(np.stack([codes, cluster]), axis=1)[0]
    return np.bincount(codes, minlength=d) < min_cell


def hidden_groups(evidence: Evidence, min_cell: int) -> BoolArray:
    """Find the groups of evidence to hide, and refuse evidence that still holds their rows.

    Parameters
    ----------
    evidence : Evidence
        The sums.
    min_cell : int
        As in `small_groups`.

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
    sums = evidence.costs[0].groups
    small: BoolArray = sums.units < min_cell
    if (small & (sums.rows > 0)).any():
        raise InputError(
            f"the evidence holds a group of fewer than {min_cell} {unit_name(evidence)}; leave its "
            "rows out, or show every group with min_cell=0"
        )
    return small


def unit_name(evidence: Evidence) -> str:
    """Name what `min_cell` counts."""
    return "clusters" if evidence.clustered else "rows"


def conceal(findings: AuditRecord, hidden: BoolArray, min_cell: int, unit: str) -> AuditRecord:
    """Take the numbers of small groups out of findings, and say so.

    Parameters
    ----------
    findings : AuditRecord
        AuditRecord in which the rows of these groups have no part.
    hidden : ndarray of bool, shape (d,)
        The groups.
    min_cell : int
        The disclosure threshold, in units.
    unit : str
        "rows" or "clusters".

    Returns
    -------
    AuditRecord
        The groups keep their line, without any number. Whether such a group is empty is not said
        either.
    """
    if not hidden.any():
        return findings
    why = f"fewer than {min_cell} {unit}: not shown"
    count = int(hidden.sum())
    said = (
        f"{count} {'groups have' if count > 1 else 'group has'} fewer than {min_cell} {unit} and "
        f"{'are' if count > 1 else 'is'} not shown; their rows have no part in any number here, "
        "totals included"
    )
    return replace(
        findings,
        costs=tuple(_conceal_cost(cost, hidden, why) for cost in findings.costs),
        profiles=tuple(
            replace(profile, n=None) if hidden[j] else profile
            for j, profile in enumerate(findings.profiles)
        ),
        notes=(*findings.notes, said),
    )


def _conceal_cost(cost: CostFinding, hidden: BoolArray, why: str) -> CostFinding:
    return replace(
        cost,
        groups=tuple(
            _conceal_group(group, why) if hidden[j] else group
            for j, group in enumerate(cost.groups)
        ),
    )


def _conceal_group(group: GroupFinding, why: str) -> GroupFinding:
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
