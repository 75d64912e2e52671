"""Two audits side by side in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from whogains.report.cost_figures import Figures, change_figures
from whogains.report.text_columns import (
    NARROWEST,
    STYLES,
    Column,
    Row,
    document,
    grid,
    paragraph,
)
from whogains.report.words import cost_heading, count, group_name, plain, with_unit

if TYPE_CHECKING:
    from whogains.records import ChangesRecord, CostChange


def verdict_style(words: str) -> str:
    """Find the style for a change in words."""
    if "harm" in words and not words.startswith("was harmed"):
        return STYLES["harm"]
    return STYLES["gain"] if "gains" in words else ""


def changes_lines(changes: ChangesRecord, width: int) -> list[Text]:
    """Lay out changes as styled lines, none wider than `width` (at least 40)."""
    width = max(width, NARROWEST)
    top = [
        *paragraph(f"What changed? {plain(changes.target)}", width, style="bold"),
        *paragraph(
            f"before: the audit of {audit_words(changes.created_before, changes.rows_before)}; "
            f"after: the audit of {audit_words(changes.created_after, changes.rows_after)}",
            width,
            style="dim",
        ),
    ]
    costs = [_cost_lines(changes, cost, width) for cost in changes.costs]
    sections = [*costs, paragraph(level_words(changes), width)]
    return document(top, sections, changes.notes, width)


def audit_words(created: str, rows: int | None) -> str:
    """Name an audit by when it was made, and of how many rows.

    Examples
    --------
    >>> audit_words("2026-03-04T05:06:07+00:00", 5128)
    '2026-03-04T05:06:07+00:00 (5,128 rows)'
    """
    return plain(created) + ("" if rows is None else f" ({count(rows)} rows)")


def level_words(changes: ChangesRecord) -> str:
    """Say in one sentence, or two, what the intervals for changes are."""
    return (
        f"change: BoP after less BoP before, with its {100 * changes.level:.4g}% interval: 100% "
        "less the alphas of both audits, so that it holds whether or not they share people, and "
        "is wide. A verdict can change without a real change: look at the interval."
    )


def _cost_lines(changes: ChangesRecord, cost: CostChange, width: int) -> list[Text]:
    write = change_figures(cost)
    (name, *numbers, _), cells = change_cells(changes, cost, write)
    columns = (Column(name, "name"), *map(Column, numbers), Column("verdicts", "verdict"))
    rows = [
        Row(row, verdict_style(group.words)) for row, group in zip(cells, cost.groups, strict=True)
    ]
    everybody = cost.population
    said = (
        f"everybody  BoP {write(everybody.before)}, then "
        f"{with_unit(write(everybody.after), cost.unit)}; worst-served {write(cost.gamma.before)} "
        f"({cost.gamma_before}), then {write(cost.gamma.after)} ({cost.gamma_after})"
    )
    return [
        *paragraph(cost_heading(cost), width, style="bold underline"),
        *paragraph(said, width, indent=11),
        Text(),
        *grid(columns, rows, width),
    ]


def change_cells(
    changes: ChangesRecord, cost: CostChange, write: Figures
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Write the table of a cost's groups: its heads, and a row of cells for each group."""
    head = ("group", "before", "after", "change", f"{100 * changes.level:.4g}% CI", "words")
    rows: list[tuple[str, ...]] = [
        (
            group_name(group.group),
            write(group.bop.before),
            write(group.bop.after),
            write(group.bop.change),
            write.interval(group.bop.ci),
            group.words,
        )
        for group in cost.groups
    ]
    return head, rows
