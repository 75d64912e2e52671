"""Measure whether `auto` holds its level for costs of predicted survival under censoring.

Run it from the repository root: ``python benchmarks/calibration_survival.py``. It writes
docs/calibration-survival.md; finished cells are kept in benchmarks/.calibration_survival.jsonl.
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

from calibration_labels import ALPHA, holds
from whogains.costs import AtHorizons, Cost, prediction_costs
from whogains.evidence import (
    Rows,
    attribute,
    cross,
    evidence_from_scores,
    survival_scores,
)
from whogains.judging.estimates import estimate
from whogains.judging.settings import Settings

FloatArray = NDArray[np.float64]

PAGE = Path("docs/calibration-survival.md")
KEPT = Path("benchmarks/.calibration_survival.jsonl")
REPEATS: Final = 1000
#: Rows among which the truth is averaged.
TRUTH: Final = 1_000_000
HORIZONS: Final = (0.5, 1.0)
#: Slopes on a normal feature, of the true log hazard and of both models'.
SLOPES: Final = (0.7, 0.3, 0.7)
HEAD: Final = (
    *("cost", "n", "hazard", "censoring", "given"),
    *("lower", "upper", "gain", "harm", "verdict"),
)
ABOUT: Final = (
    f"As in [calibration.md](calibration.md), with {REPEATS:,} samples a cell. The "
    f"logarithm of the hazard has a slope of {SLOPES[0]} on a normal feature, the generic "
    f"model's {SLOPES[1]}, the personalized one's {SLOPES[2]}; *hazard* is that where the "
    "feature is 0, horizons are 0.5 and 1. Following ends at random with the hazard "
    "*censoring*, and at 2. Weights by who is still followed are estimated in every "
    "sample. *given* is the share of samples in which `auto` gives an interval. *lower, "
    "upper*: how often the interval lies above, or below, the truth; *gain, harm*: type I "
    "error where the null is just true. Where less than half of the samples have an "
    "interval the verdict counts errors among all samples."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is simulated: a cost, rows, and the hazards of the event and of being lost."""

    cost: str
    n: int
    hazard: float
    censoring: float


def cells() -> list[Cell]:
    """List every cell of the page."""
    return [
        Cell(cost, n, hazard, censoring)
        for cost in ("brier_1", "integrated_brier", "log_loss_1")
        for n in (200, 500, 1500)
        for hazard in (0.1, 0.7)
        for censoring in (0.1, 1.0)
    ]


def survival(x: FloatArray, hazard: float, slope: float) -> FloatArray:
    """Give the probabilities of survival at each horizon."""
    return np.exp(-np.outer(hazard * np.exp(slope * x), HORIZONS))


def truth_of(cell: Cell, cost: Cost, rng: np.random.Generator) -> float:
    """Average the benefit over many rows of which none is censored."""
    x = rng.normal(size=TRUTH)
    when = rng.exponential(size=TRUTH) / (cell.hazard * np.exp(SLOPES[0] * x))
    of_time = cost.rows
    if not isinstance(of_time, AtHorizons):
        raise TypeError(cost.name)
    generic, personalized = (survival(x, cell.hazard, slope) for slope in SLOPES[1:])
    total = 0.0
    for k, (horizon, counts) in enumerate(zip(HORIZONS, of_time.weights, strict=True)):
        first, second = (
            float(of_time.given_state(when > horizon, each[:, k]).mean())
            for each in (generic, personalized)
        )
        total += counts * (first - second)
    return total


def draw(cell: Cell, rng: np.random.Generator) -> Rows:
    """Draw one sample."""
    x = rng.normal(size=cell.n)
    event = rng.exponential(size=cell.n) / (cell.hazard * np.exp(SLOPES[0] * x))
    lost = np.minimum(rng.exponential(size=cell.n) / cell.censoring, 2.0)
    grouping, codes = cross([attribute("group", np.zeros(cell.n, dtype=np.int64), ["all"])])
    generic, personalized = (survival(x, cell.hazard, slope) for slope in SLOPES[1:])
    return Rows(
        np.minimum(event, lost),
        grouping,
        codes,
        predictions={"generic": generic, "personalized": personalized},
        event=(event <= lost).astype(np.float64),
    )


def run(cell: Cell) -> dict[str, object]:
    """Simulate one cell."""
    name = json.dumps(asdict(cell), sort_keys=True)
    rng = np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:16], 16))
    (cost,) = prediction_costs("survival", (cell.cost,), levels=HORIZONS)
    truth = truth_of(cell, cost, rng)
    given = low = high = gain = harm = 0
    for _ in range(REPEATS):
        rows = draw(cell, rng)
        scores = survival_scores((cost,), rows, HORIZONS)
        found = estimate(
            evidence_from_scores(scores, rows.grouping, rows.codes, rows.y_true), 0, Settings()
        )
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
        "# Do costs of predicted survival hold their level under censoring?",
        "",
        "Written by `benchmarks/calibration_survival.py`.",
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
