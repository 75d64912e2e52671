"""Results as lines of text that fit a width: a title, sections with tables, notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from whogains.report.words import plain

Style = str
GAP = 2
INDENT = 2
NAME_LINES = 3
NARROWEST = 40

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


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Parameters
    ----------
    title : str
        Its heading.
    role : {"number", "name", "verdict"}
        Numbers are set to the right; the name and the verdict share a line where rows need two.
    """

    title: str
    role: Literal["number", "name", "verdict"] = "number"


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Parameters
    ----------
    cells : tuple of str
        One for each column.
    style : str
        The style of the verdict.
    """

    cells: tuple[str, ...]
    style: Style = ""


def document(
    top: list[Text], sections: Sequence[list[Text]], notes: Sequence[str], width: int
) -> list[Text]:
    """Put a result together: what stands on top, sections with a line between them, and notes."""
    lines = list(top)
    for section in sections:
        lines += [Text(), *section]
    for note in notes:
        lines += paragraph(f"Note: {plain(note, 1000)}", width, indent=6)
    return lines


def plain_lines(lines: list[Text]) -> str:
    """Write lines without colour."""
    return "".join(f"{line.plain.rstrip()}\n" for line in lines)


def print_lines(lines: list[Text], console: Console) -> None:
    """Print lines that already fit, untouched."""
    for line in lines:
        line.rstrip()
        console.print(line, no_wrap=True, overflow="ignore", crop=False, highlight=False)


def paragraph(text: str, width: int, indent: int = 0, style: Style = "") -> list[Text]:
    """Break a text into lines.

    Parameters
    ----------
    text : str
        The text, whose leading spaces are kept.
    width : int
        Columns of a line.
    indent : int
        Columns left free from the second line on.
    style : str
        The style of every line.

    Returns
    -------
    list of rich.text.Text
        At least one line.

    Examples
    --------
    >>> [line.plain for line in paragraph("one two three", 9, indent=2)]
    ['one two', '  three']
    """
    lead = len(text) - len(text.lstrip(" "))
    lines: list[str] = []
    line, pad = " " * lead, ""
    empty = True
    for word in _words(text.strip(" "), width - max(indent, lead)):
        if empty:
            line, empty = line + word, False
        elif cell_len(line) + cell_len(word) < width:
            line += word if word.startswith(" ") else f" {word}"
        else:
            lines.append(line.rstrip())
            pad = " " * indent
            line = pad + word.lstrip(" ")
    return [Text(each, style=style) for each in [*lines, line]]


def _words(text: str, width: int) -> list[str]:
    """Split at spaces, keep runs of spaces with the word after them, and chop what is too long."""
    words: list[str] = []
    spaces = ""
    for part in text.split(" "):
        if not part:
            spaces += " "
            continue
        words += (
            [f" {spaces}{part}" if spaces else part]
            if cell_len(part) + len(spaces) < width
            else chop_cells(part, width)
        )
        spaces = ""
    return words


def fit(text: str, width: int) -> str:
    """Cut a text to a width, with an ellipsis where something is cut."""
    if cell_len(text) <= width:
        return text
    return chop_cells(text, width - 1)[0] + "…"


def grid(columns: Sequence[Column], rows: Sequence[Row], width: int) -> list[Text]:
    """Lay out rows in columns.

    Parameters
    ----------
    columns : sequence of Column
        A name first, then numbers, then perhaps a verdict.
    rows : sequence of Row
        The rows.
    width : int
        Columns of the terminal.

    Returns
    -------
    list of rich.text.Text
        Lines, none wider than `width`.
    """
    header = Row(tuple(column.title for column in columns), "dim")
    cells = [header.cells, *(row.cells for row in rows)]
    widths = [max(cell_len(row[k]) for row in cells) for k in range(len(columns))]
    if INDENT + sum(widths) + GAP * (len(widths) - 1) <= width:
        return [_one_line(columns, row, widths, row is header) for row in [header, *rows]]
    numbers = [k for k, column in enumerate(columns) if column.role == "number"]
    stacked = 2 * INDENT + sum(widths[k] for k in numbers) + GAP * (len(numbers) - 1) <= width
    lines: list[Text] = []
    for row in [header, *rows]:
        lines += _name_lines(columns, row, width, row is header)
        if stacked:
            joined = (" " * GAP).join(_right(row.cells[k], widths[k]) for k in numbers)
            lines.append(Text(" " * 2 * INDENT + joined, style="dim" if row is header else ""))
        elif row is not header:
            said = ", ".join(f"{columns[k].title} {row.cells[k]}" for k in numbers)
            lines += paragraph(" " * 2 * INDENT + said, width, indent=2 * INDENT)
    return lines


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text


def _left(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _one_line(columns: Sequence[Column], row: Row, widths: list[int], head: bool) -> Text:
    line = Text(" " * INDENT, style="dim" if head else "")
    for k, column in enumerate(columns):
        place = _right if column.role == "number" else _left
        line.append(place(row.cells[k], widths[k]), row.style if column.role == "verdict" else "")
        if k < len(columns) - 1:
            line.append(" " * GAP)
    return line


def _name_lines(columns: Sequence[Column], row: Row, width: int, head: bool) -> list[Text]:
    roles = [column.role for column in columns]
    verdict = row.cells[roles.index("verdict")] if "verdict" in roles else ""
    room = width - cell_len(verdict) - GAP
    name = " " * INDENT + row.cells[roles.index("name")]
    style = "dim" if head else ""
    lines = paragraph(name, room, indent=2 * INDENT, style=style)
    if len(lines) > NAME_LINES:
        last = fit(lines[NAME_LINES - 1].plain + "…", room)
        lines = [*lines[: NAME_LINES - 1], Text(last, style=style)]
    gap = width - cell_len(lines[0].plain) - cell_len(verdict)
    lines[0] = Text.assemble(lines[0], " " * gap, (verdict, row.style))
    return lines
