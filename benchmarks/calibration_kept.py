"""What calibrations of single costs share: counting errors, keeping finished cells, the page."""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calibration_labels import ALPHA, holds
from whogains.judging.estimates import Estimates

Row = dict[str, Any]
COUNTED = ("low", "high", "gain", "harm")


@dataclass(frozen=True, slots=True)
class Calibration:
    """One page: where it is, what it says, its cells, and how one is run."""

    name: str
    title: str
    about: str
    head: tuple[str, ...]
    cells: Sequence[Any]
    run: Callable[[Any], Row]
    fields: tuple[str, ...]
    digits: tuple[int, int] = (3, 3)  # of ends, and of tests

    @property
    def script(self) -> Path:
        """The script that makes the page."""
        return Path(f"benchmarks/calibration_{self.name}.py")

    @property
    def page(self) -> Path:
        """The page."""
        return Path(f"docs/calibration-{self.name}.md")

    @property
    def kept(self) -> Path:
        """Where finished cells are kept."""
        return Path(f"benchmarks/.calibration_{self.name}.jsonl")


def seeded(cell: Any) -> np.random.Generator:
    """Give a cell its own seed, made of what it is."""
    name = json.dumps(asdict(cell), sort_keys=True)
    return np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:16], 16))


def given(found: Estimates) -> bool:
    """Tell whether `auto` gives an interval."""
    return found.methods[0] != "none" and bool(np.isfinite(found.interval(ALPHA).lower[0]))


def counted(estimates: Iterable[Estimates], truth: float) -> Row:
    """Count how often intervals are given, and how often they and tests at the truth err."""
    found = dict.fromkeys(("given", *COUNTED), 0)
    for each in estimates:
        if not given(each):
            continue
        ends = each.interval(ALPHA)
        found["given"] += 1
        found["low"] += bool(ends.lower[0] > truth)
        found["high"] += bool(ends.upper[0] < truth)
        found["gain"] += bool(each.p(truth, "greater")[0] <= ALPHA)
        found["harm"] += bool(each.p(truth, "less")[0] <= ALPHA)
    return found


def written(made: Calibration, rows: Sequence[Row]) -> str:
    """Write the page."""
    told = [row for row in rows if row["given"]]
    wrong = [row for row in told if not holds(row)]
    lines = [
        f"# {made.title}",
        "",
        f"Written by `{made.script}`.",
        "",
        made.about,
        "",
        f"`auto` gave intervals in {len(told)} of {len(rows)} cells. Outside: {len(wrong)}.",
        "",
        "| " + " | ".join(made.head) + " |",
        "|" + "---|" * len(made.head),
    ]
    for row in rows:
        given, (ends, tests) = row["given"], made.digits
        places = (ends, ends, tests, tests)
        shares = [
            f"{row[key] / given:.{digits}f}" if given else ""
            for key, digits in zip(COUNTED, places, strict=True)
        ]
        verdict = "none given" if not given else "holds" if holds(row) else "errs"
        of_cell = [row[field] for field in made.fields]
        what = [f"{each:,}" if isinstance(each, int) else each for each in of_cell]
        more = [f"{row['df']:.1f}" if given else ""] if "df" in row else []
        parts = [*what, f"{given / row['repeats']:.2f}", *more, *shares, verdict]
        lines.append("| " + " | ".join(str(part) for part in parts) + " |")
    return "\n".join([*lines, ""])


def main(made: Calibration) -> None:
    """Run what is not kept yet, and write the page when all of it is there."""
    parser = argparse.ArgumentParser(description=made.title)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so many")
    parser.add_argument("--part", default="0/1", help="which of so many parts of the cells")
    arguments = parser.parse_args()
    part, parts = (int(each) for each in arguments.part.split("/"))
    keys = [json.dumps(asdict(cell)) for cell in made.cells]
    names = tuple(asdict(made.cells[0]))
    kept: dict[str, Row] = {}
    if made.kept.exists():
        for line in made.kept.read_text("utf-8").splitlines():
            row = json.loads(line)
            kept[json.dumps({name: row[name] for name in names})] = row
    end = time.monotonic() + 60 * arguments.minutes
    for i, (key, cell) in enumerate(zip(keys, made.cells, strict=True)):
        if key in kept or i % parts != part or time.monotonic() > end:
            continue
        kept[key] = {**asdict(cell), **made.run(cell)}
        with made.kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(kept[key]) + "\n")
    found = [kept[key] for key in keys if key in kept]
    if len(found) == len(keys):
        made.page.write_text(written(made, found), encoding="utf-8")
    print(f"{len(found)} of {len(keys)} cells")
