"""An audit in a terminal: it fits 80 columns, and uses one line a group where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from whogains.report.cost_figures import Figures, cost_figures
from whogains.report.cost_sentences import (
    approximate_words,
    cost_facts,
    range_words,
    threshold_words,
    why_epsilon,
)
from whogains.report.meanings import (
    GAIN_AND_EPSILON,
    NEGATED,
    REASON_MEANINGS,
    VERDICT_MEANINGS,
    estimand_words,
)
from whogains.report.seeds_and_placebos import other_seed_words, placebo_words, question_of_placebos
from whogains.report.summaries import next_steps, summaries
from whogains.report.text_columns import (
    NARROWEST,
    STYLES,
    Column,
    Row,
    document,
    grid,
    paragraph,
)
from whogains.report.warnings import warning_lines
from whogains.report.words import (
    confidence,
    cost_heading,
    count,
    epsilon_words,
    group_name,
    interval_words,
    outcome_words,
    plain,
    setting,
    significant,
    verdict_words,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding, DataFinding

MINUS_METRIC = "costs are lower-better, so generic and personalized are minus the {}"


def audit_lines(findings: AuditRecord, width: int) -> list[Text]:
    """Lay out an audit as styled lines, none wider than `width` (at least 40)."""
    width = max(width, NARROWEST)
    data = findings.data
    attributes = " × ".join(plain(name, 40) for name in data.groups) or "everybody"
    dropped = f", {count(data.rows_dropped)} dropped" if data.rows_dropped else ""
    top = [
        *paragraph(f"Who gains? {outcome_words(findings)} by {attributes}", width, style="bold"),
        *paragraph(f"{_rows_words(findings)}{dropped}; {_task(data)}", width, style="dim"),
    ]
    top += warning_lines(findings.warnings, width)
    for summary in summaries(findings):
        top += paragraph(f"{summary.title}: {summary.words}.", width, indent=2)
    for said in (
        estimand_words(findings),
        other_seed_words(findings),
        question_of_placebos(findings),
    ):
        if said is not None:
            top += paragraph(f"{said}.", width, indent=2)
    costs = [_cost_lines(findings, cost, width) for cost in findings.costs]
    sections = [*costs, _next_lines(findings, width), _legend(findings, width)]
    return document(top, sections, findings.notes, width)


def _rows_words(findings: AuditRecord) -> str:
    data = findings.data
    clusters = "" if data.clusters is None else f" in {count(data.clusters)} clusters"
    drawn = ""
    if data.psus is not None:
        drawn = f" in {count(data.psus)} PSUs of {count(data.strata)} strata"
    return f"{count(data.rows)} rows audited{clusters}{drawn}"


def _next_lines(findings: AuditRecord, width: int) -> list[Text]:
    lines = paragraph("What next", width, style="bold underline")
    for step in next_steps(findings):
        lines += paragraph(f"{step.subject}: {step.words}", width, indent=2)
    return lines


def _cost_lines(findings: AuditRecord, cost: CostFinding, width: int) -> list[Text]:
    write = cost_figures(cost)
    verdicts = {"gamma": cost.gamma.verdict, "limits": cost.limits.verdict}
    asked = f"{epsilon_words(cost)}, the smallest benefit that matters{why_epsilon(cost)}"
    told = cost_facts(findings, cost, write)
    facts = {
        "epsilon": asked,
        "threshold": threshold_words(findings, cost),
        "range": range_words(cost),
        **{name: told.pop(name) for name in ("everybody", "gamma")},
    }
    facts |= {"placebo": placebo_words(findings, cost, write) or "", **told}
    if _negated(cost):
        facts = {"sign": MINUS_METRIC.format(plain(cost.label)), **facts}
    lines = paragraph(cost_heading(cost), width, style="bold underline")
    for name, words in facts.items():
        if words:
            lines += _fact(name, words, width, verdicts.get(name))
    (name, *numbers, verdict), cells = group_cells(findings, cost, write)
    columns = (Column(name, "name"), *map(Column, numbers), Column(verdict, "verdict"))
    styles = [STYLES.get(group.verdict, "") for group in cost.groups]
    return [*lines, Text(), *grid(columns, list(map(Row, cells, styles)), width)]


def _task(data: DataFinding) -> str:
    if data.horizons:
        at = ", ".join(f"{horizon:g}" for horizon in data.horizons)
        return f"survival at {at} ({count(data.events)} events)"
    if data.levels:
        return f"quantiles at {', '.join(f'{level:g}' for level in data.levels)}"
    return f"{len(data.classes)} classes" if data.classes else data.task


def _negated(cost: CostFinding) -> bool:
    """Whether the cost is a higher-is-better metric with its sign turned."""
    return cost.name in NEGATED


def _fact(name: str, words: str, width: int, verdict: str | None = None) -> list[Text]:
    lines = paragraph(f"{name:<11}{words}", width, indent=11)
    lines[0].stylize("dim", 0, len(name))
    if verdict is not None:
        for line in lines:
            line.highlight_words([verdict], str(STYLES.get(verdict, "")))
    return lines


def _legend(findings: AuditRecord, width: int) -> list[Text]:
    alpha = significant(setting(findings, "alpha", 0.05))
    lines = [
        *paragraph(
            "BoP, the benefit of personalization: the generic model's cost less the personalized "
            "one's. Above zero, the personalized model is better.",
            width,
        )
    ]
    shown = {group.verdict for cost in findings.costs for group in cost.groups}
    reasons = {group.reason for cost in findings.costs for group in cost.groups}
    for verdict, meaning in VERDICT_MEANINGS.items():
        if verdict in shown:
            words = paragraph(f"{verdict}: {meaning.format(alpha=alpha)}", width, indent=2)
            words[0].stylize(STYLES[verdict], 0, len(verdict))
            lines += words
    for reason, meaning in REASON_MEANINGS.items():
        if reason in reasons:
            lines += paragraph(f"  {reason}: {meaning}", width, indent=4)
    if about := approximate_words(findings):
        lines += paragraph(about, width, indent=2)
    lines += paragraph(GAIN_AND_EPSILON, width)
    return lines


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
