"""A plan in a terminal: what these groups could tell, before any data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from whogains.report.plan_sentences import sentences
from whogains.report.text_columns import (
    NARROWEST,
    STYLES,
    Column,
    Row,
    document,
    grid,
    paragraph,
)
from whogains.report.words import LABEL_LIMIT, count, error, plain, significant

if TYPE_CHECKING:
    from whogains.records import PlanRecord

CURVE_ROWS = 9


def plan_lines(plan: PlanRecord, width: int) -> list[Text]:
    """Lay out a plan as styled lines, none wider than `width` (at least 40)."""
    width = max(width, NARROWEST)
    limits = plan.limits
    top = paragraph("Can these groups tell whether every group gains?", width, style="bold")
    if limits.verdict is not None:
        answer = f"{limits.verdict} at epsilon {significant(limits.epsilon)}"
        top += paragraph(answer, width, style=STYLES[limits.verdict])
    for sentence in sentences(plan):
        top += paragraph(f"- {plain(sentence, 2000)}", width, indent=2)
    (name, *numbers, alone), cells = plan_cells(plan)
    columns = (Column(name, "name"), *map(Column, numbers), Column(alone, "verdict"))
    head = (
        f'Each group: told as "gain" with {plan.settings.power:.0%} power from which gain; people '
        'for that at epsilon, and for "every group gains".'
    )
    groups = [
        *paragraph(head, width),
        *grid(columns, [Row(row, STYLES["untestable"]) for row in cells], width),
    ]
    return document(top, [groups, _curve_lines(plan, width)], (), width)


def plan_cells(plan: PlanRecord) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Write the table of a plan's groups: its heads, and a row of cells for each group."""
    rows: list[tuple[str, ...]] = [
        (
            plain(group.group, LABEL_LIMIT),
            count(group.n),
            significant(group.sd),
            significant(group.detectable),
            count(group.required),
            count(group.required_every_group),
            "untestable" if group.untestable else "",
        )
        for group in plan.groups
    ]
    return ("group", "n", "sd", "told from", "n for gain", "n for every", "alone"), rows


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
