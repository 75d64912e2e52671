"""Two audits side by side in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from whogains.report.audit_text import NARROWEST, STYLES, print_lines
from whogains.report.number_format import Figures, figures_for
from whogains.report.text_columns import Column, Row, grid, paragraph
from whogains.report.words import count, group_name, plain, with_unit

if TYPE_CHECKING:
    from rich.console import Console

    from whogains.records import Change, ChangesRecord, CostChange


def changes_to_text(changes: ChangesRecord, width: int = 80) -> str:
    """Render changes as plain lines, none wider than `width` (at least 40), without colour."""
    return "".join(f"{line.plain.rstrip()}\n" for line in _lines(changes, width))


def print_changes(changes: ChangesRecord, console: Console) -> None:
    """Print changes as wide as the console is, in colour where it has it."""
    print_lines(_lines(changes, console.width), console)


def change_figures(cost: CostChange, minus: str = "-") -> Figures:
    """Choose as many decimals for a cost in both audits as the narrower intervals need."""
    each = [cost.population, *(group.bop for group in cost.groups)]
    intervals = [ci for one in each for ci in (one.ci_before, one.ci_after)]
    return figures_for(intervals, [one.before for one in each], cost.epsilon, minus)


def verdict_style(words: str) -> str:
    """Find the style for a change in words."""
    if "harm" in words and not words.startswith("was harmed"):
        return STYLES["harm"]
    return STYLES["gain"] if "gains" in words else ""


def _lines(changes: ChangesRecord, width: int) -> list[Text]:
    width = max(width, NARROWEST)
    lines = [
        *paragraph(f"What changed? {plain(changes.target)}", width, style="bold"),
        *paragraph(
            f"before: the audit of {audit_words(changes.created_before, changes.rows_before)}; "
            f"after: the audit of {audit_words(changes.created_after, changes.rows_after)}",
            width,
            style="dim",
        ),
    ]
    for cost in changes.costs:
        lines += [Text(), *_cost_lines(changes, cost, width)]
    lines += [Text(), *paragraph(level_words(changes), width)]
    for note in changes.notes:
        lines += paragraph(f"Note: {plain(note, 1000)}", width, indent=6)
    return lines


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
    unit = f", in {plain(cost.unit, 40)}" if cost.unit else ""
    columns = (
        Column("group", "name"),
        Column("before"),
        Column("after"),
        Column("change"),
        Column(f"{100 * changes.level:.4g}% CI"),
        Column("verdicts", "verdict"),
    )
    rows = [
        Row(
            (group_name(group.group), *_cells(group.bop, write), group.words),
            verdict_style(group.words),
        )
        for group in cost.groups
    ]
    everybody = cost.population
    said = (
        f"everybody  BoP {write(everybody.before)}, then "
        f"{with_unit(write(everybody.after), cost.unit)}; worst-served {write(cost.gamma.before)} "
        f"({cost.gamma_before}), then {write(cost.gamma.after)} ({cost.gamma_after})"
    )
    return [
        *paragraph(plain(cost.title) + f": {cost.kind}{unit}", width, style="bold underline"),
        *paragraph(said, width, indent=11),
        Text(),
        *grid(columns, rows, width),
    ]


def _cells(change: Change, write: Figures) -> tuple[str, str, str, str]:
    return (
        write(change.before),
        write(change.after),
        write(change.change),
        write.interval(change.ci),
    )
