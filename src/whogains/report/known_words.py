"""Words for what is shown beside a cost: threshold, known range, approximate intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.words import ABOUT, is_approximate, plain, significant, with_unit

if TYPE_CHECKING:
    from whogains.records import (
        AuditRecord,
        CostFinding,
        GroupFinding,
        PopulationFinding,
    )


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
