"""Measure whether `auto` holds its level for costs of predicted survival under censoring.

Run it from the repository root: ``python benchmarks/calibration_survival.py``. It writes
docs/calibration-survival.md; finished cells are kept in benchmarks/.calibration_survival.jsonl.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration_kept import Calibration, Row, counted, main, seeded
from whogains.costs import AtHorizons, Cost, prediction_costs
from whogains.evidence import (
    Rows,
    attribute,
    cross,
    evidence_from_scores,
    survival_scores,
)
from whogains.judging.estimates import Estimates, estimate
from whogains.judging.settings import Settings

FloatArray = NDArray[np.float64]

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


def samples(cell: Cell, cost: Cost, rng: np.random.Generator) -> Iterator[Estimates]:
    """Judge one sample after the other."""
    for _ in range(REPEATS):
        rows = draw(cell, rng)
        scores = survival_scores((cost,), rows, HORIZONS)
        evidence = evidence_from_scores(scores, rows.grouping, rows.codes, rows.y_true)
        yield estimate(evidence, 0, Settings())


def run(cell: Cell) -> Row:
    """Simulate one cell."""
    rng = seeded(cell)
    (cost,) = prediction_costs("survival", (cell.cost,), levels=HORIZONS)
    truth = truth_of(cell, cost, rng)
    return {"repeats": REPEATS, **counted(samples(cell, cost, rng), truth)}


MADE = Calibration(
    "survival",
    "Do costs of predicted survival hold their level under censoring?",
    ABOUT,
    HEAD,
    cells(),
    run,
    fields=("cost", "n", "hazard", "censoring"),
)


if __name__ == "__main__":
    main(MADE)
