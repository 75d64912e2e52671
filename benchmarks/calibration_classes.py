"""Measure whether `auto` holds its level for the macro AUC of several classes.

Run it from the repository root: ``python benchmarks/calibration_classes.py``. It writes
docs/calibration-classes.md; finished cells are kept in benchmarks/.calibration_classes.jsonl.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration_kept import Calibration, Row, counted, main, seeded
from calibration_labels import judged
from whogains.costs import prediction_costs
from whogains.evidence import Rows, attribute, cross
from whogains.inference import macro_auc_pair
from whogains.judging.estimates import Estimates

FloatArray = NDArray[np.float64]

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


def samples(cell: Cell, rng: np.random.Generator) -> Iterator[Estimates]:
    """Judge one sample after the other."""
    (cost,) = prediction_costs("classes", ("macro_auc",))
    grouping, codes = cross([attribute("group", np.zeros(cell.n, dtype=np.int64), ["all"])])
    for _ in range(REPEATS):
        y, generic, personalized = draw(cell, cell.n, rng)
        predictions = {"generic": generic, "personalized": personalized}
        yield judged(cost, Rows(y, grouping, codes, None, None, predictions))


def run(cell: Cell) -> Row:
    """Simulate one cell."""
    rng = seeded(cell)
    whole = macro_auc_pair(*draw(cell, TRUTH, rng))
    truth = whole.personalized - whole.generic
    return {"repeats": REPEATS, **counted(samples(cell, rng), truth)}


MADE = Calibration(
    "classes",
    "Does the macro AUC of several classes hold its level?",
    ABOUT,
    HEAD,
    cells(),
    run,
    fields=("classes", "n", "rarest", "apart"),
)


if __name__ == "__main__":
    main(MADE)
