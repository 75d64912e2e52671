"""Small groups of which a cost would tell one person's outcome: they have no part in that cost.

Where at most one of a small group's people has the rarer outcome, each cost says whether one has;
where the models' costs differ for one of them, n times the BoP is that person's outcome.
"""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from whogains.evidence import (
    BOUNDED_BELOW,
    CostEvidence,
    Evidence,
    Sums,
    telling_outcomes,
)
from whogains.judging.disclosure import concealed, unit_name
from whogains.records import AuditRecord, CostFinding, PopulationFinding
from whogains.types import BoolArray

# Intervals that are computed from all rows, and not from sums.
BY_ROWS = ("bootstrap", "betting")


def telling_costs(evidence: Evidence, min_cell: int) -> tuple[BoolArray, ...]:
    """Find the costs that would tell the outcome of one person of a small group.

    Parameters
    ----------
    evidence : Evidence
        The sums of groups that are shown.
    min_cell : int
        The disclosure threshold; groups of fewer than ten times as many units are small. With 0
        none is.

    Returns
    -------
    tuple of ndarray of bool, each of shape (d,)
        One for each cost. Of explanations none: they say nothing of outcomes.
    """
    return tuple(telling_outcomes(item.cost, item.groups, min_cell) for item in evidence.costs)


def without_telling(
    evidence: Evidence, told: tuple[BoolArray, ...], *, totals: bool = False
) -> Evidence:
    """Take the sums of such groups out, cost by cost, and out of the totals.

    Parameters
    ----------
    evidence : Evidence
        The sums.
    told : tuple of ndarray of bool
        As `telling_costs` finds them.
    totals : bool
        Whether a total from which such sums cannot be taken is emptied; else it is left, and is not
        to be shown.

    Returns
    -------
    Evidence
        In which such a group has no rows. AUC and R² of everybody are no sums, from which those of
        a group could be solved, and stay.
    """
    costs = tuple(
        _without(item, each, totals=totals) if each.any() else item
        for item, each in zip(evidence.costs, told, strict=True)
    )
    return replace(evidence, costs=costs)


def _without(item: CostEvidence, told: BoolArray, *, totals: bool) -> CostEvidence:
    groups = Sums(
        **{
            field.name: np.where(told, 0, getattr(item.groups, field.name))
            for field in fields(item.groups)
        }
    )
    reasons = item.reasons
    if reasons is not None:
        reasons = tuple(None if tells else why for tells, why in zip(told, reasons, strict=True))
    population, design = item.population, item.design
    if _adds(item, told):
        population = groups.take(~told).total()
        design = None if design is None else design.without(told)
    elif totals:
        population = groups.take(told).total()
    return replace(
        item,
        groups=groups,
        population=population,
        design=design,
        tallies={name: np.where(told, 0.0, each) for name, each in item.tallies.items()},
        reasons=reasons,
    )


def _adds(item: CostEvidence, told: BoolArray) -> bool:
    """Tell whether the total is the sum of the groups: no cluster spans two, and some are left."""
    whole = item.population.units[0] == item.groups.units.sum()
    return not item.cost.metric and bool(whole) and bool((item.groups.rows[~told] > 0).any())


def leave_unsaid(
    findings: AuditRecord, evidence: Evidence, told: tuple[BoolArray, ...]
) -> AuditRecord:
    """Say of which groups a cost is not shown, and why.

    Parameters
    ----------
    findings : AuditRecord
        What `without_telling` leaves, judged.
    evidence : Evidence
        All sums.
    told : tuple of ndarray of bool
        As `telling_costs` finds them.

    Returns
    -------
    AuditRecord
        Such a group keeps its size, and has no number of that cost; nor has the total one that
        does not add, and would hold these rows.
    """
    if not any(each.any() for each in told):
        return findings
    units = unit_name(evidence)
    why = (
        f"at most one of its {units} has the rarer outcome, or the models' costs differ for one "
        f"alone: this cost would tell that outcome"
    )
    costs = tuple(
        _unsaid(cost, item, each, f"{why}, and is not shown", clustered=evidence.clustered)
        if each.any()
        else cost
        for cost, item, each in zip(findings.costs, evidence.costs, told, strict=True)
    )
    said = (
        f"small groups of which a cost would tell one person's outcome have no part in any number "
        f"of that cost, totals included (a group of fewer {units} than {BOUNDED_BELOW} times "
        f"min_cell of which at most one has the rarer outcome, or for one of which alone the "
        "models' costs differ)"
    )
    return replace(findings, costs=costs, notes=(*findings.notes, said))


def _unsaid(
    cost: CostFinding, item: CostEvidence, told: BoolArray, why: str, *, clustered: bool
) -> CostFinding:
    groups = tuple(
        replace(
            concealed(group, why),
            n=int(item.groups.rows[j]),
            clusters=int(item.groups.units[j]) if clustered else None,
        )
        if told[j]
        else group
        for j, group in enumerate(cost.groups)
    )
    differences = tuple(None if told[j] else each for j, each in enumerate(cost.differences))
    population = replace(cost.population, over_placebo=None)
    if not item.cost.metric and not _adds(item, told):
        population = PopulationFinding(
            n=population.n,
            cost_generic=None,
            cost_personalized=None,
            bop=None,
            se=None,
            ci=(None, None),
            method=None,
            test=None,
            p_gain=None,
            p_harm=None,
        )
    elif population.method in BY_ROWS:
        population = replace(
            population, ci=(None, None), method=None, test=None, p_gain=None, p_harm=None
        )
    return replace(cost, groups=groups, population=population, differences=differences)
