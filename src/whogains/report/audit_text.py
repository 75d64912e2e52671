"""An audit in a terminal: it fits 80 columns, and uses one line a group where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from whogains.report.answer import next_steps, summaries
from whogains.report.cost_sentences import (
    gamma_words,
    limits_words,
    margin_words,
    population_words,
)
from whogains.report.meanings import GAIN_AND_EPSILON, REASON_MEANINGS, VERDICT_MEANINGS
from whogains.report.number_format import Figures, cost_figures
from whogains.report.seeds_and_placebos import (
    estimand_words,
    other_seed_words,
    placebo_words,
    question_of_placebos,
)
from whogains.report.text_columns import Column, Row, Style, grid, paragraph
from whogains.report.words import (
    confidence,
    count,
    epsilon_words,
    group_name,
    methods_words,
    plain,
    setting,
    significant,
    verdict_words,
    why_epsilon,
)

if TYPE_CHECKING:
    from rich.console import Console

    from whogains.records import AuditRecord, CostFinding

STYLES: dict[str | None, Style] = {
    "gain": "bold blue",
    "every group gains": "bold blue",
    "testable": "bold blue",
    "harm": "bold red",
    "some group is harmed": "bold red",
    "no material difference": "cyan",
    "cannot tell": "yellow",
    "untestable": "yellow",
    "borderline": "yellow",
}
NARROWEST = 40
MINUS_METRIC = "costs are lower-better, so generic and personalized are minus the {}"


def to_text(findings: AuditRecord, width: int = 80) -> str:
    """Render an audit as plain lines, none wider than `width` (at least 40), without colour."""
    return "".join(f"{line.plain.rstrip()}\n" for line in findings_lines(findings, width))


def print_findings(findings: AuditRecord, console: Console) -> None:
    """Print an audit as wide as the console is, in colour where it has it."""
    print_lines(findings_lines(findings, console.width), console)


def print_lines(lines: list[Text], console: Console) -> None:
    """Print lines that already fit, untouched."""
    for line in lines:
        line.rstrip()
        console.print(line, no_wrap=True, overflow="ignore", crop=False, highlight=False)


def findings_lines(findings: AuditRecord, width: int) -> list[Text]:
    """Lay out findings as styled lines.

    Parameters
    ----------
    findings : AuditRecord
        What to lay out.
    width : int
        Columns to fill.

    Returns
    -------
    list of rich.text.Text
        The lines.
    """
    width = max(width, NARROWEST)
    data = findings.data
    attributes = " × ".join(plain(name, 40) for name in data.groups) or "everybody"
    dropped = f", {count(data.rows_dropped)} dropped" if data.rows_dropped else ""
    lines = [
        *paragraph(f"Who gains? {plain(data.target)} by {attributes}", width, style="bold"),
        *paragraph(f"{count(data.rows)} rows audited{dropped}; {data.task}", width, style="dim"),
    ]
    for warning in findings.warnings:
        told = f"Warning ({plain(warning.name, 40)}): {plain(warning.text, 1000)}."
        lines += paragraph(told, width, indent=2, style="bold red")
    for summary in summaries(findings):
        lines += paragraph(f"{summary.title}: {summary.words}.", width, indent=2)
    for said in (
        estimand_words(findings),
        other_seed_words(findings),
        question_of_placebos(findings),
    ):
        if said is not None:
            lines += paragraph(f"{said}.", width, indent=2)
    for cost in findings.costs:
        lines += [Text(), *_cost_lines(findings, cost, width)]
    lines += [Text(), *_next_lines(findings, width), Text(), *_legend(findings, width)]
    for note in findings.notes:
        lines += paragraph(f"Note: {plain(note, 1000)}", width, indent=6)
    return lines


def _next_lines(findings: AuditRecord, width: int) -> list[Text]:
    lines = paragraph("What next", width, style="bold underline")
    for step in next_steps(findings):
        words = paragraph(f"{step.subject}: {step.words}", width, indent=2)
        lines += words
    return lines


def _cost_lines(findings: AuditRecord, cost: CostFinding, width: int) -> list[Text]:
    write = cost_figures(cost)
    unit = f", in {plain(cost.unit, 40)}" if cost.unit else ""
    margin = margin_words(findings, cost)
    placebo = placebo_words(findings, cost, write)
    return [
        *paragraph(f"{plain(cost.title)}: {cost.kind}{unit}", width, style="bold underline"),
        *(_fact("sign", MINUS_METRIC.format(plain(cost.label)), width) if _negated(cost) else ()),
        *_fact(
            "epsilon",
            f"{epsilon_words(cost)}, the smallest benefit that matters{why_epsilon(cost)}",
            width,
        ),
        *_fact("everybody", population_words(findings, cost, write), width),
        *_fact("gamma", gamma_words(findings, cost, write), width, cost.gamma.verdict),
        *(_fact("placebo", placebo, width) if placebo else ()),
        *(_fact("margin", margin, width) if margin else ()),
        *_fact("limits", limits_words(findings, cost), width, cost.limits.verdict),
        *_fact("methods", methods_words(cost), width),
        Text(),
        *grid(_columns(findings), [_row(cost, j, write) for j in range(len(cost.groups))], width),
    ]


def _negated(cost: CostFinding) -> bool:
    """Whether the cost is a higher-is-better metric with its sign turned."""
    return cost.name in {"auc", "r2"}


def _fact(name: str, words: str, width: int, verdict: str | None = None) -> list[Text]:
    lines = paragraph(f"{name:<11}{words}", width, indent=11)
    lines[0].stylize("dim", 0, len(name))
    if verdict is not None:
        for line in lines:
            line.highlight_words([verdict], str(STYLES.get(verdict, "")))
    return lines


def _columns(findings: AuditRecord) -> tuple[Column, ...]:
    return (
        Column("group", "name"),
        Column("n"),
        Column("generic"),
        Column("personalized"),
        Column("BoP"),
        Column(confidence(findings)),
        Column("verdict", "verdict"),
    )


def _row(cost: CostFinding, j: int, write: Figures) -> Row:
    group = cost.groups[j]
    cells = (
        group_name(group.group),
        count(group.n),
        write(group.cost_generic),
        write(group.cost_personalized),
        write(group.bop),
        write.interval(group.ci),
        verdict_words(group.verdict, group.reason),
    )
    return Row(cells, STYLES.get(group.verdict, ""))


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
    lines += paragraph(GAIN_AND_EPSILON, width)
    return lines
