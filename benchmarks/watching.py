"""False alarms of a watch over 50 looks, beside others, and how late it tells a harm.

Run ``python benchmarks/watching.py``; it goes on where it was stopped (``--cache``), for so many
streams a cell (``--streams``) or until a time is over (``--seconds``), and writes the tables of
docs/watching.md. Seeded: a stream is the same in every run, and in every column.

The watch is that of the package: its state is built of sums in memory, and judged at its last
look, where `since` and the alarms say at which look each verdict was first there. ``--windows
--effects none,change,over`` asks what windows of the last batches say instead. Streams are in
watching_worlds.py, what it is compared with in watching_others.py, tables in watching_page.py.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import watching_others as others
import watching_page as page
from watching_worlds import HARMED, LOOKS, Cell, Stream, batches, cells, choices, draw, so_far
from whogains.watching import State, judge

# Batches with which a window begins.
WINDOW = 10


def watched(cell: Cell, stream: Stream, *, restart: int | None = None) -> dict[str, Any]:
    """Watch a stream: the look at which harm of the first group is first said, and errors."""
    record = judge(
        State(choices(cell), batches(cell, stream, restart=restart)), version="benchmark"
    )
    begin, _ = HARMED.get(cell.effect, (LOOKS, LOOKS))
    mine = [each.batch for each in record.alarms if each.group["g"] == "0"]
    said = [each for each in mine if each >= begin]
    wrong = [each for each in record.alarms if each.group["g"] != "0" or each.batch < begin]
    return {"told": min(said, default=None), "false": bool(wrong)}


def first(said: np.ndarray | None, begin: int, start: int = 0) -> dict[str, Any] | None:
    """Say of alarms (looks from `start` on, groups) when the first group's is there, and errors."""
    if said is None:
        return None
    mine = np.flatnonzero(said[begin - start :, 0])
    wrong = said[: begin - start].any() or said[begin - start :, 1:].any()
    return {"told": int(mine[0]) + begin if len(mine) else None, "false": bool(wrong)}


def play(cell: Cell, number: int) -> dict[str, Any]:
    """Play one stream, and ask everybody."""
    stream = draw(cell, number)
    begin, _ = HARMED.get(cell.effect, (LOOKS, LOOKS))
    row: dict[str, Any] = {
        "setting": cell.setting,
        "groups": cell.groups,
        "effect": cell.effect,
        "stream": number,
        "watch": watched(cell, stream),
        "savvi": first(others.by_savvi(stream), begin),
        "confseq": first(others.by_confseq(cell, stream), begin),
    }
    start = 0
    if cell.effect == "change":
        row["restart"] = watched(cell, stream, restart=begin)
        start = begin
    compared = others.compared(cell, so_far(stream.parts[start:]))
    row["compare"] = first(compared, begin, start)
    # Looked at once only: at which looks it would say harm, of anybody or of the first group.
    once = compared.any(axis=1) if cell.harmless else compared[:, 0]
    row["once"] = "".join("01"[int(each)] for each in once)
    return row


def look_back(cell: Cell, number: int) -> dict[str, Any]:
    """Play one stream with windows, and ask each of them at its last look: what it said stays."""
    stream = draw(cell, number)
    every = batches(cell, stream)
    asked = replace(choices(cell), window=WINDOW)
    begin, end = HARMED.get(cell.effect, (LOOKS, LOOKS))
    wrong, told = False, False
    for stop in range(2 * WINDOW, LOOKS + 1, WINDOW):
        record = judge(State(asked, every[:stop]), version="benchmark")
        for group in record.costs[0].groups:
            mine = group.lately is not None and group.lately.verdict == "harm"
            first_one = group.group["g"] == "0"
            harmed = first_one and begin < stop and end > stop - 2 * WINDOW
            wrong |= mine and not harmed
            told = mine if first_one else told
    return {
        "setting": cell.setting,
        "groups": cell.groups,
        "effect": cell.effect,
        "stream": number,
        "lately": {"false": wrong, "told": told},
    }


def main() -> None:
    """Run what is asked for, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--cache", type=Path, default=Path("watching.jsonl"))
    parser.add_argument("--page", type=Path, default=page.PAGE)
    parser.add_argument("--effects", default="none,skewed,harm,change", help="which worlds")
    parser.add_argument("--windows", action="store_true", help="watch through windows instead")
    asked = parser.parse_args()
    rows = []
    if asked.cache.exists():
        rows = [json.loads(line) for line in asked.cache.read_text().splitlines() if line]
    done = {_key(row) for row in rows}
    one = look_back if asked.windows else play
    end = time.monotonic() + asked.seconds
    wanted = [cell for cell in cells() if cell.effect in asked.effects.split(",")]
    with asked.cache.open("a") as cache:
        for number in range(asked.streams):
            for cell in wanted:
                key = (cell.setting, cell.groups, cell.effect, number, asked.windows)
                if key in done:
                    continue
                if time.monotonic() > end:
                    break
                row = one(cell, number)
                rows.append(row)
                cache.write(json.dumps(row) + "\n")
                cache.flush()
    print(page.write(rows, asked.page))


def _key(row: dict[str, Any]) -> tuple[str, int, str, int, bool]:
    return row["setting"], row["groups"], row["effect"], row["stream"], "lately" in row


if __name__ == "__main__":
    main()
