"""Measure whether `auto` holds its level for the macro AUC of several classes.

Run it from the repository root: ``python benchmarks/calibration_classes.py``. It writes
docs/calibration-classes.md; finished cells are kept in benchmarks/.calibration_classes.jsonl.
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

from calibration_labels import ALPHA, holds, judged
from whogains.costs import prediction_costs
from whogains.evidence import Rows, attribute, cross
from whogains.inference import macro_auc_pair

FloatArray = NDArray[np.float64]

PAGE = Path("docs/calibration-classes.md")
KEPT = Path("benchmarks/.calibration_classes.jsonl")
REPEATS: Final = 500
#: Rows among which the truth is averaged.
TRUTH: Final = 500_000
HEAD: Final = (
    *("classes", "n", "rarest", "told apart by", "given"),
    *("lower", "upper", "gain", "harm", "verdict"),
)
ABOUT: Final = (
    f"As in [calibration.md](calibration.md), with {REPEATS:,} samples a cell. Models give "
    "each class a normal score, moved by *told apart by* for the true class (the generic "
    "model's by half of it), and probabilities by softmax; *rarest* is the share of the "
    "rarest class, the others are alike. *given* is the share of samples in which `auto` "
    "gives an interval. *lower, upper*: how often the interval lies above, or below, the "
    "truth; *gain, harm*: type I error where the null is just true. Where less than half "
    "of the samples have an interval the verdict counts errors among all samples."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is simulated: classes, rows, the share of the rarest, and how models tell them apart."""

    classes: int
    n: int
    rarest: float
    apart: float


def cells() -> list[Cell]:
    """List every cell of the page."""
    return [
        Cell(classes, n, rarest, apart)
        for classes, sizes in ((3, (700, 2000, 4000)), (5, (700,)))
        for n in sizes
        for rarest in (0.1, 0.2)
        for apart in (0.6, 2.5)
    ]


def draw(cell: Cell, n: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draw classes, and both models' probabilities of them."""
    share = np.full(cell.classes, (1 - cell.rarest) / (cell.classes - 1))
    share[0] = cell.rarest
    y = rng.choice(cell.classes, n, p=share)
    both = []
    # What one model sees of a row the other sees, too.
    seen = rng.normal(size=(n, cell.classes))
    for apart in (cell.apart / 2, cell.apart):
        score = 0.7 * seen + 0.7 * rng.normal(size=(n, cell.classes))
        score[np.arange(n), y] += apart
        odds = np.exp(score)
        both.append(odds / odds.sum(axis=1, keepdims=True))
    return y.astype(np.float64), both[0], both[1]


def run(cell: Cell) -> dict[str, object]:
    """Simulate one cell."""
    name = json.dumps(asdict(cell), sort_keys=True)
    rng = np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:16], 16))
    (cost,) = prediction_costs("classes", ("macro_auc",))
    whole = macro_auc_pair(*draw(cell, TRUTH, rng))
    truth = whole.personalized - whole.generic
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
        "# Does the macro AUC of several classes hold its level?",
        "",
        "Written by `benchmarks/calibration_classes.py`.",
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
