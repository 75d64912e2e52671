"""Which cost the first screen speaks of: a rule that does not look at what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding

# Of probabilities the Brier score: a proper score, least where they are honest, which needs no
# threshold (as 0-1 loss does) and which no single row rules (as it can log loss). Of other
# predictions their distance to the outcome, which is in its unit.
FIRST = ("brier", "absolute_error")
RULE = (
    "The first screen speaks of one cost of prediction and one of explanation, chosen before "
    "anything is computed: where predictions are probabilities the Brier score, since honest "
    "probabilities make it least and it needs no threshold; otherwise the absolute error, which is "
    "in the outcome's unit; otherwise the first that was audited. One that can tell nothing, since "
    "both models give everybody one label, is passed over"
)


def leading(findings: AuditRecord, kind: str) -> CostFinding | None:
    """Choose the cost of a kind that the first screen speaks of.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    kind : str
        "prediction" or "explanation".

    Returns
    -------
    CostFinding or None
        By `RULE`; None where none of the kind was audited.

    Notes
    -----
    On proper scores: Gneiting & Raftery (2007), Strictly proper scoring rules, prediction, and
    estimation. J. Am. Stat. Assoc. 102, 359-378.
    """
    costs = [cost for cost in findings.costs if cost.kind == kind]
    telling = [
        cost for cost in costs if any(g.n and g.reason != "one label" for g in cost.groups)
    ] or costs
    return next(
        (cost for name in FIRST for cost in telling if cost.name == name),
        telling[0] if telling else None,
    )


def in_people(findings: AuditRecord, lead: CostFinding) -> CostFinding | None:
    """Find the cost that says in shares of people what a leading Brier score says.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    lead : CostFinding
        Its leading cost of prediction.

    Returns
    -------
    CostFinding or None
        0-1 loss, where it was audited and can tell something.
    """
    if lead.name != "brier":
        return None
    return next(
        (
            cost
            for cost in findings.costs
            if cost.name == "zero_one" and any(g.n and g.reason != "one label" for g in cost.groups)
        ),
        None,
    )
