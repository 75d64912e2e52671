"""Measure whether `auto` holds its level for costs of counts, rates and classes.

Run it from the repository root: ``python benchmarks/calibration_outcomes.py``. It writes
docs/calibration-outcomes.md; finished cells are kept in benchmarks/.calibration_outcomes.jsonl.
The benefits are linear in the outcome, so that their means follow from those of the outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration_kept import Calibration, Row, counted, main, seeded
from calibration_labels import judged
from whogains.costs import Cost, prediction_costs
from whogains.evidence import Rows, attribute, cross
from whogains.types import Task

FloatArray = NDArray[np.float64]

# Of the squared errors; the deviances had twice as many.
REPEATS = 1000
#: Designs: what rows are exposed to, or clusters of five whose rates are multiplied alike.
DESIGNS: Final = ("rows", "exposure uniform(0.2, 3)", "exposure lognormal(1)", "clusters of 5")
#: Slopes on a normal feature: of the true log rate, and of both models'.
SLOPES: Final = (0.5, 0.2, 0.5)
HEAD: Final = (
    *("cost", "n", "rate", "spread", "design", "given"),
    *("lower", "upper", "gain", "harm", "verdict"),
)


ABOUT: Final = (
    f"As in [calibration.md](calibration.md), with {REPEATS:,} samples a cell, of Poisson "
    f"deviances {2 * REPEATS:,}. *n* counts clusters "
    "where there are such. The logarithm of the true rate has a slope of "
    f"{SLOPES[0]} on a normal feature, the generic model's {SLOPES[1]}, the personalized one's "
    f"{SLOPES[2]}; *rate* is the number of events for each unit of exposure where the feature is "
    "0, *spread* the variance of the gamma that multiplies it (0: Poisson), one for each cluster "
    "where there are such. Exposures weigh the rows. *given* is the share of samples in which "
    "`auto` gives an interval. *lower, upper*: how often the interval lies above, or below, the "
    "truth; *gain, harm*: type I error where the null is just true. Where less than half of the "
    "samples have an interval the verdict counts errors among all samples."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is simulated: a cost, units, events per unit, the variance of their rate, a design."""

    task: Task
    cost: str
    n: int
    rate: float
    spread: float
    design: str = "rows"


def cells() -> list[Cell]:
    """List every cell of the page."""
    found = []
    for cost in ("poisson_deviance", "squared_error"):
        for rate in (0.1, 1.0, 5.0):
            for spread in (0.0, 1.0):
                found += [Cell("counts", cost, n, rate, spread) for n in (200, 1000, 2000)]
        for design in DESIGNS[1:]:
            for rate in (0.2, 2.0):
                found += [Cell("counts", cost, n, rate, 0.5, design) for n in (1000, 4000)]
    return found


def cost_of(cell: Cell) -> Cost:
    """Make the cost that a cell is about."""
    (cost,) = prediction_costs(cell.task, (cell.cost,))
    return cost


def means(x: FloatArray, rate: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give the true mean of the rate, and both models'."""
    of_truth, of_generic, of_personalized = (rate * np.exp(slope * x) for slope in SLOPES)
    return of_truth, of_generic, of_personalized


def truth_of(cell: Cell) -> float:
    """Integrate the mean benefit over the feature."""
    grid = np.linspace(-9, 9, 20_001)
    density = np.exp(-(grid**2) / 2)
    true, generic, personalized = means(grid, cell.rate)
    if cell.cost == "poisson_deviance":
        gain = 2 * (true * np.log(personalized / generic) + generic - personalized)
    else:
        gain = generic**2 - personalized**2 - 2 * true * (generic - personalized)
    return float(gain @ density / density.sum())


def draw(cell: Cell, rng: np.random.Generator) -> Rows:
    """Draw one sample; n counts clusters where there are such."""
    cluster = weight = None
    n = cell.n
    if cell.design.startswith("clusters"):
        cluster = np.repeat(np.arange(cell.n), 5)
        n = len(cluster)
    x = rng.standard_normal(n)
    true, generic, personalized = means(x, cell.rate)
    if cell.spread:
        # A gamma with mean 1 and this variance, of each row or of each cluster.
        many = cell.n if cluster is not None else n
        own = rng.gamma(1 / cell.spread, cell.spread, many)
        true = true * (own if cluster is None else own[cluster])
    if cell.design.startswith("exposure"):
        uniform = cell.design.startswith("exposure uniform")
        weight = rng.uniform(0.2, 3, n) if uniform else rng.lognormal(0, 1, n)
        y = rng.poisson(true * weight) / weight
    else:
        y = rng.poisson(true).astype(float)
    grouping, codes = cross([attribute("group", np.zeros(n, dtype=np.int64), ["all"])])
    predictions = {"generic": generic, "personalized": personalized}
    return Rows(y, grouping, codes, weight, cluster, predictions)


def run(cell: Cell) -> Row:
    """Simulate one cell."""
    rng, cost, truth = seeded(cell), cost_of(cell), truth_of(cell)
    repeats = REPEATS * (2 if cell.cost == "poisson_deviance" else 1)
    found = (judged(cost, draw(cell, rng)) for _ in range(repeats))
    return {"repeats": repeats, "truth": truth, **counted(found, truth)}


MADE = Calibration(
    "outcomes",
    "Do costs of counts and rates hold their level?",
    ABOUT,
    HEAD,
    cells(),
    run,
    fields=("cost", "n", "rate", "spread", "design"),
    digits=(4, 3),
)


if __name__ == "__main__":
    main(MADE)
