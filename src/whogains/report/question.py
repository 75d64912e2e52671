"""What an audit asks, and what its models predict, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.words import listing, outcome_words, plain

if TYPE_CHECKING:
    from whogains.records import AuditRecord


def task_question(findings: AuditRecord) -> str:
    """Say what both models predict."""
    data, unit = findings.data, findings.settings.get("unit")
    target = outcome_words(findings)
    if data.task == "classification":
        level = "1" if data.positive is None else plain(data.positive, 60)
        if findings.settings.get("outcome_label"):
            return f"Both models predict how likely this is: {target}."
        return f"Both models predict how likely it is that the outcome “{target}” is {level}."
    if data.task == "classes":
        return f"Both models predict which of {len(data.classes)} classes {target} is."
    in_unit = f", in {plain(unit, 40)}" if unit else ""
    if data.horizons or data.levels:
        numbers = ", ".join(f"{number:g}" for number in data.horizons or data.levels)
        what = f"how likely {target} is beyond" if data.horizons else f"quantiles of {target} at"
        return f"Both models predict {what} {numbers}{in_unit}."
    if data.task == "counts":
        exposure = findings.settings.get("exposure")
        # Without a name of its own it is "given".
        of = "exposure" if exposure == "given" else plain(exposure, 60)
        rate = f" for each unit of {of}" if exposure else ""
        return f"Both models predict the mean count of {target}{rate}{in_unit}."
    return f"Both models predict {target}{in_unit}."


def question(findings: AuditRecord) -> str:
    """Ask who gains from what."""
    personal = [plain(name, 60) for name in findings.data.personal]
    if personal:
        return f"Who gains from telling {listing(personal)}?"
    return "Who gains from the personalized model?"
