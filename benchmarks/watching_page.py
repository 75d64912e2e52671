"""The tables of docs/watching.md, from what benchmarks/watching.py measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from watching_worlds import ALPHA, LOOKS, Cell, cells

Row = dict[str, Any]

PAGE = Path(__file__).parents[1] / "docs" / "watching.md"
MARKS = ("<!-- measured: begin -->", "<!-- measured: end -->")
# So many of the streams in which something is told.
POWER = 0.8
OTHERS = ("savvi", "confseq")


def write(rows: list[Row], path: Path) -> str:
    """Write the tables into a page between its marks, and give them."""
    text = "\n\n".join([false_alarms(rows), delays(rows), windows(rows)])
    page = path.read_text(encoding="utf-8")
    before, rest = page.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    path.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{after}", encoding="utf-8")
    return text


def tolerance(streams: int) -> float:
    """Give what a share of alpha may come to by chance: three standard errors above."""
    return ALPHA + 3 * float(np.sqrt(ALPHA * (1 - ALPHA) / streams))


def false_alarms(rows: list[Row]) -> str:
    """Tell the share of streams with any false harm at any look."""
    lines = _head(
        "cost, groups, world, streams, watch, at most, savvi, confseq, `compare` each time, "
        "once at the end"
    )
    for cell, mine in _by_cell(rows):
        shares = [_share(mine, "watch")]
        words = {"none": "nobody harmed", "skewed": "nobody harmed, skewed"}
        world = words.get(cell.effect, "first group harmed: the others")
        if cell.effect == "change":
            world = "first group harmed from the middle: before, and the others"
        each, once = "", ""
        if cell.harmless:
            each = _number(_share(mine, "compare"))
            once = _number(np.mean([row["once"][-1] == "1" for row in mine]))
        others = [_number(_share(mine, name)) for name in OTHERS]
        n = len(mine)
        told = [_number(shares[0]), f"{tolerance(n):.3f}", *others, each, once]
        said = f"| {cell.setting} | {cell.groups} | {world} | {n:,} | {' | '.join(told)} |"
        lines.append(said)
    return "\n".join(lines)


def delays(rows: list[Row]) -> str:
    """Tell by which batch four fifths of the streams say that the first group is harmed."""
    lines = _head(
        "cost, groups, first group harmed, streams, told by the end, watch, with a restart, savvi, "
        "confseq, fixed sample, watch / fixed"
    )
    for cell, mine in _by_cell(rows):
        if cell.harmless:
            continue
        start = LOOKS // 2 if cell.effect == "change" else 0
        told = np.mean([row["watch"]["told"] is not None for row in mine])
        watch = _when(mine, "watch", start)
        power = np.mean([[each == "1" for each in row["once"]] for row in mine], axis=0)
        fixed = int(np.argmax(power >= POWER)) + 1 if (power >= POWER).any() else None
        cells_of = [
            f"{told:.2f}",
            _batches(watch),
            _batches(_when(mine, "restart", start)) if cell.effect == "change" else "",
            *(_batches(_when(mine, name, start)) for name in OTHERS),
            _batches(fixed),
            f"{watch / fixed:.1f}" if watch and fixed else "",
        ]
        world = "from the middle" if start else "from the first batch"
        lines.append(
            f"| {cell.setting} | {cell.groups} | {world} | {len(mine):,} | {' | '.join(cells_of)} |"
        )
    return "\n".join(lines)


def windows(rows: list[Row]) -> str:
    """Tell what windows of ten batches say: false harms of any, and of the first group at last."""
    lines = _head(
        "cost, groups, world, streams, any false harm in a window, at most, "
        "first group harmed in the last window"
    )
    words = {
        "none": "nobody harmed",
        "change": "first group harmed from the middle",
        "over": "first group harmed until the middle",
    }
    for cell, mine in _by_cell(rows, lambda row: "lately" in row):
        wrong = np.mean([row["lately"]["false"] for row in mine])
        told = np.mean([row["lately"]["told"] for row in mine])
        last = f"{told:.2f}" if cell.effect == "change" else ""
        n = len(mine)
        lines.append(
            f"| {cell.setting} | {cell.groups} | {words[cell.effect]} | {n:,} | {wrong:.3f} "
            f"| {tolerance(n):.3f} | {last} |"
        )
    return "\n".join(lines)


def _head(names: str) -> list[str]:
    heads = names.split(", ")
    return [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]


def _by_cell(
    rows: list[Row], wanted: Callable[[Row], bool] = lambda row: "watch" in row
) -> Iterable[tuple[Cell, list[Row]]]:
    for cell in cells():
        asked = (cell.setting, cell.groups, cell.effect)
        mine = [
            row
            for row in rows
            if (row["setting"], row["groups"], row["effect"]) == asked and wanted(row)
        ]
        if mine:
            yield cell, mine


def _share(rows: list[Row], who: str) -> float | None:
    if rows[0][who] is None:
        return None
    return float(np.mean([row[who]["false"] for row in rows]))


def _when(rows: list[Row], who: str, start: int) -> int | None:
    """Find the batch, counted from the harm, by which four fifths are told; None for never."""
    if rows[0].get(who) is None:
        return 0
    when = [row[who]["told"] for row in rows]
    found = np.sort([np.inf if each is None else each - start + 1 for each in when])
    at = found[int(np.ceil(POWER * len(found))) - 1]
    return None if np.isinf(at) else int(at)


def _batches(count: int | None) -> str:
    return "not by the end" if count is None else str(count or "")


def _number(share: float | None) -> str:
    return "" if share is None else f"{share:.3f}"
