"""A plan in a terminal: what these groups could tell, before any data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from whogains.report.audit_text import NARROWEST, STYLES, print_lines
from whogains.report.plan_sentences import sentences
from whogains.report.text_columns import Column, Row, grid, paragraph
from whogains.report.words import LABEL_LIMIT, count, error, plain, significant

if TYPE_CHECKING:
    from rich.console import Console

    from whogains.records import PlanRecord

CURVE_ROWS = 9


def plan_to_text(plan: PlanRecord, width: int = 80) -> str:
    """Render a plan as plain lines, none wider than `width` (at least 40), without colour."""
    return "".join(f"{line.plain.rstrip()}\n" for line in _lines(plan, width))


def print_plan(plan: PlanRecord, console: Console) -> None:
    """Print a plan as wide as the console is, in colour where it has it."""
    print_lines(_lines(plan, console.width), console)


def _lines(plan: PlanRecord, width: int) -> list[Text]:
    width = max(width, NARROWEST)
    limits = plan.limits
    lines = paragraph("Can these groups tell whether every group gains?", width, style="bold")
    if limits.verdict is not None:
        answer = f"{limits.verdict} at epsilon {significant(limits.epsilon)}"
        lines += paragraph(answer, width, style=STYLES[limits.verdict])
    for sentence in sentences(plan):
        lines += paragraph(f"- {plain(sentence, 2000)}", width, indent=2)
    return [*lines, Text(), *_group_lines(plan, width), Text(), *_curve_lines(plan, width)]


def _group_lines(plan: PlanRecord, width: int) -> list[Text]:
    alone = {None: "", True: "untestable", False: ""}
    columns = (
        Column("group", "name"),
        Column("n"),
        Column("sd"),
        Column("told from"),
        Column("n for gain"),
        Column("n for every"),
        Column("alone", "verdict"),
    )
    rows = [
        Row(
            (
                plain(group.group, LABEL_LIMIT),
                count(group.n),
                significant(group.sd),
                significant(group.detectable),
                count(group.required),
                count(group.required_every_group),
                alone[group.untestable],
            ),
            STYLES["untestable"],
        )
        for group in plan.groups
    ]
    head = (
        f'Each group: told as "gain" with {plan.settings.power:.0%} power from which gain; people '
        'for that at epsilon, and for "every group gains".'
    )
    return [*paragraph(head, width), *grid(columns, rows, width)]


def _curve_lines(plan: PlanRecord, width: int) -> list[Text]:
    curve = plan.curve
    step = max(1, (len(curve.epsilon) - 1) // (CURVE_ROWS - 1))
    columns = tuple(
        Column(title, "name" if title == "epsilon" else "number")
        for title in ("epsilon", "below", "above", "weighted", "paper")
    )
    rows = [
        Row(
            (
                significant(curve.epsilon[i]),
                error(curve.below[i]),
                error(curve.above[i]),
                error(curve.weighted[i]),
                error(curve.paper[i]),
            )
        )
        for i in range(0, len(curve.epsilon), step)
    ]
    head = (
        "Error of any test, by epsilon: no test errs less than below, one errs at most above; "
        f"weighted and paper are the worst case of the {plan.settings.family} family, 0 where "
        "they say nothing."
    )
    return [*paragraph(head, width), *grid(columns, rows, width)]
