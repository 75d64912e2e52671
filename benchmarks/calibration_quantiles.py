"""Measure whether `auto` holds its level for pinball losses and interval scores.

Run it from the repository root: ``python benchmarks/calibration_quantiles.py``. It writes
docs/calibration-quantiles.md; finished cells are kept in benchmarks/.calibration_quantiles.jsonl.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from calibration_kept import Calibration, Row, counted, main, seeded
from calibration_labels import judged
from whogains.costs import Cost, prediction_costs
from whogains.evidence import Rows, attribute, cross
from whogains.judging.estimates import Estimates

FloatArray = NDArray[np.float64]

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


def samples(cell: Cell, cost: Cost, rng: np.random.Generator) -> Iterator[Estimates]:
    """Judge one sample after the other."""
    grouping, codes = cross([attribute("group", np.zeros(cell.n, dtype=np.int64), ["all"])])
    for _ in range(REPEATS):
        y, generic, personalized = draw(cell, cell.n, rng)
        predictions = {"generic": generic, "personalized": personalized}
        yield judged(cost, Rows(y, grouping, codes, None, None, predictions))


def run(cell: Cell) -> Row:
    """Simulate one cell."""
    rng = seeded(cell)
    levels = (cell.level, 0.5, 1 - cell.level)
    (cost,) = prediction_costs("quantiles", (cell.cost,), levels=levels)
    y, generic, personalized = draw(cell, TRUTH, rng)
    truth = float((cost.rows(y, generic) - cost.rows(y, personalized)).mean())
    return {"repeats": REPEATS, **counted(samples(cell, cost, rng), truth)}


MADE = Calibration(
    "quantiles",
    "Do costs of quantiles and intervals hold their level?",
    ABOUT,
    HEAD,
    cells(),
    run,
    fields=("cost", "level", "n", "errors", "generic"),
)


if __name__ == "__main__":
    main(MADE)
