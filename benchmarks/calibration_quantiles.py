"""Measure whether `auto` holds its level for pinball losses and interval scores.

Run it from the repository root: ``python benchmarks/calibration_quantiles.py``. It writes
docs/calibration-quantiles.md; finished cells are kept in benchmarks/.calibration_quantiles.jsonl.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from calibration_labels import ALPHA, holds, judged
from whogains.costs import prediction_costs
from whogains.evidence import Rows, attribute, cross

FloatArray = NDArray[np.float64]

PAGE = Path("docs/calibration-quantiles.md")
KEPT = Path("benchmarks/.calibration_quantiles.jsonl")
REPEATS: Final = 1000
#: Rows among which the truth is averaged.
TRUTH: Final = 1_000_000
#: How far the outermost levels are from 0 and 1, and how many rows.
SIZES: Final = ((0.1, 300), (0.1, 1000), (0.025, 300), (0.025, 1200))
HEAD: Final = (
    *("cost", "outermost level", "n", "errors", "generic", "given"),
    *("lower", "upper", "gain", "harm", "verdict"),
)
ABOUT: Final = (
    f"As in [calibration.md](calibration.md), with {REPEATS:,} samples a cell. Outcomes are "
    "0.5 x and an error, x normal; *errors* are normal, of t(5), or exponential. Levels are "
    "the outermost one, 0.5 and 1 less the outermost one. The personalized model knows the "
    "truth; *generic* has a slope of 0.2, or quantiles of the error that are 0.7 or 1.3 times "
    "as wide. *given* is the share of samples in which `auto` gives an interval. *lower, "
    "upper*: how often the interval lies above, or below, the truth; *gain, harm*: type I "
    "error where the null is just true. Where less than half of the samples have an interval "
    "the verdict counts errors among all samples."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is simulated: a cost, the outermost level, rows, errors, and a generic model."""

    cost: str
    level: float
    n: int
    errors: str
    generic: str


def cells() -> list[Cell]:
    """List every cell of the page."""
    return [
        Cell(cost, level, n, errors, generic)
        for cost in ("pinball", "interval_score")
        for level, n in SIZES
        for errors in ("normal", "t(5)", "exponential")
        for generic in ("slope", "narrow", "wide")
    ]


def draw(cell: Cell, n: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draw outcomes, and the quantiles of the generic and of the personalized model."""
    levels = np.array([cell.level, 0.5, 1 - cell.level])
    x = rng.normal(size=n)
    if cell.errors == "normal":
        error, q = rng.normal(size=n), stats.norm.ppf(levels)
    elif cell.errors == "t(5)":
        error, q = rng.standard_t(5, n), stats.t.ppf(levels, 5)
    else:
        error, q = rng.exponential(size=n), stats.expon.ppf(levels)
    slope = 0.2 if cell.generic == "slope" else 0.5
    width = {"slope": 1.0, "narrow": 0.7, "wide": 1.3}[cell.generic]
    return 0.5 * x + error, slope * x[:, None] + width * q, 0.5 * x[:, None] + q


def run(cell: Cell) -> dict[str, object]:
    """Simulate one cell."""
    name = json.dumps(asdict(cell), sort_keys=True)
    rng = np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:16], 16))
    levels = (cell.level, 0.5, 1 - cell.level)
    (cost,) = prediction_costs("quantiles", (cell.cost,), levels=levels)
    y, generic, personalized = draw(cell, TRUTH, rng)
    truth = float((cost.rows(y, generic) - cost.rows(y, personalized)).mean())
    grouping, codes = cross([attribute("group", np.zeros(cell.n, dtype=np.int64), ["all"])])
    given = low = high = gain = harm = 0
    for _ in range(REPEATS):
        y, generic, personalized = draw(cell, cell.n, rng)
        predictions = {"generic": generic, "personalized": personalized}
        found = judged(cost, Rows(y, grouping, codes, None, None, predictions))
        if found.methods[0] != "t":
            continue
        ends = found.interval(ALPHA)
        given += 1
        low += bool(ends.lower[0] > truth)
        high += bool(ends.upper[0] < truth)
        gain += bool(found.p(truth, "greater")[0] <= ALPHA)
        harm += bool(found.p(truth, "less")[0] <= ALPHA)
    counted = {"given": given, "low": low, "high": high, "gain": gain, "harm": harm}
    return {**asdict(cell), "repeats": REPEATS, **counted}


def page(rows: list[dict[str, object]]) -> str:
    """Write the page."""
    told = [row for row in rows if row["given"]]
    wrong = [row for row in told if not holds(row)]
    lines = [
        "# Do costs of quantiles and intervals hold their level?",
        "",
        "Written by `benchmarks/calibration_quantiles.py`.",
        "",
        ABOUT,
        "",
        f"`auto` gave intervals in {len(told)} of {len(rows)} cells. Outside: {len(wrong)}.",
        "",
        "| " + " | ".join(HEAD) + " |",
        "|" + "---|" * len(HEAD),
    ]
    for row in rows:
        given = int(str(row["given"]))
        numbers = {key: int(str(row[key])) for key in ("low", "high", "gain", "harm")}
        shares = [f"{number / given:.3f}" if given else "" for number in numbers.values()]
        verdict = "none given" if not given else "holds" if holds(row) else "errs"
        parts = [
            *(row[key] for key in asdict(cells()[0])),
            f"{given / int(str(row['repeats'])):.2f}",
            *shares,
            verdict,
        ]
        lines.append("| " + " | ".join(str(part) for part in parts) + " |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Run what is not kept yet, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so many")
    arguments = parser.parse_args()
    kept: dict[str, dict[str, object]] = {}
    if KEPT.exists():
        for line in KEPT.read_text().splitlines():
            row = json.loads(line)
            kept[json.dumps({key: row[key] for key in asdict(cells()[0])})] = row
    end = time.monotonic() + 60 * arguments.minutes
    for cell in cells():
        key = json.dumps(asdict(cell))
        if key in kept or time.monotonic() > end:
            continue
        kept[key] = run(cell)
        with KEPT.open("a") as file:
            file.write(json.dumps(kept[key]) + "\n")
    found = [kept[key] for cell in cells() if (key := json.dumps(asdict(cell))) in kept]
    if len(found) == len(cells()):
        PAGE.write_text(page(found), encoding="utf-8")
    print(f"{len(found)} of {len(cells())} cells")


if __name__ == "__main__":
    main()
