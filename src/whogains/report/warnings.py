"""Warnings, which stand before everything else: on the terminal, in a page, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from whogains.report.text_columns import paragraph
from whogains.report.words import ended, plain

if TYPE_CHECKING:
    from rich.text import Text

    from whogains.records import WarningFinding

# A page has room for so many; one audit raises a handful.
MOST = 100


def warning_lines(warnings: Sequence[WarningFinding], width: int) -> list[Text]:
    """Lay warnings out as styled lines."""
    return [
        line
        for each in warnings
        for line in paragraph(
            f"Warning ({plain(each.name, 40)}): {ended(plain(each.text, 1000))}",
            width,
            indent=2,
            style="bold red",
        )
    ]


def warning_views(warnings: Sequence[WarningFinding]) -> list[dict[str, str]]:
    """Give warnings to a template."""
    return [
        {"name": plain(each.name, 40), "text": ended(plain(each.text, 2000))}
        for each in warnings[:MOST]
    ]
