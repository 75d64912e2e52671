"""Measure whether `auto` holds its level in samples of surveys: strata, and PSUs of any size.

Run it from the repository root: ``python benchmarks/calibration_survey.py``. It writes
docs/calibration-survey.md; finished cells are kept in benchmarks/.calibration_survey.jsonl.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from calibration_kept import Calibration, Row, counted, given, main, seeded
from whogains.costs import prediction_costs
from whogains.evidence import (
    Rows,
    Strata,
    attribute,
    cross,
    evidence_from_scores,
    prediction_scores,
)
from whogains.judging.estimates import Estimates, estimate
from whogains.judging.settings import Settings

FloatArray = NDArray[np.float64]

REPEATS: Final = 1000
#: Strata, PSUs in each, and rows of a PSU on average.
SAMPLES: Final = (
    *((4, 2, 100), (4, 4, 100), (15, 2, 40), (15, 2, 100), (30, 2, 40), (60, 2, 20)),
    *((1, 20, 100), (1, 40, 40), (5, 10, 40)),
)
#: How benefits spread; how sizes of PSUs and weights spread (log normal); how PSUs are alike; and
#: where the group's rows are.
WORLDS: Final = (
    ("normal", 0.3, 0.05, "everywhere"),
    ("lognormal", 0.3, 0.05, "everywhere"),
    ("lognormal", 0.8, 0.2, "everywhere"),
    ("rare", 0.3, 0.05, "everywhere"),
    ("lognormal", 0.3, 0.05, "a fifth"),
    ("normal", 0.3, 0.05, "in few PSUs"),
    ("lognormal", 0.8, 0.2, "in few PSUs"),
)
HEAD: Final = (
    *("strata", "PSUs each", "rows each", "benefits", "sizes", "alike", "group", "given", "df"),
    *("lower", "upper", "gain", "harm", "verdict"),
)
ABOUT: Final = (
    f"As in [calibration.md](calibration.md), with {REPEATS:,} samples a cell. Strata have "
    "means of their own, and weights that differ by exp(0.3 z) between strata and within. "
    "*benefits*: of a row, normal, lognormal, or 0 but for the 2 % that lose much; *sizes*: "
    "the standard deviation of the logarithm of the size of a PSU; *alike*: the correlation "
    "of two rows of a PSU; *group*: everywhere, a fifth of the rows of each PSU, or a share "
    "of each PSU that is beta(0.2, 0.8). *given* is the share of samples in which `auto` "
    "gives an interval, *df* the median of their degrees of freedom. *lower, upper*: how "
    "often the interval lies above, or below, the truth; *gain, harm*: type I error where the "
    "null is just true. Where less than half of the samples have an interval the verdict "
    "counts errors among all samples."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is simulated: strata, PSUs, rows, and how these differ."""

    strata: int
    psus: int
    rows: int
    benefits: str
    sizes: float
    alike: float
    group: str


def cells() -> list[Cell]:
    """List every cell of the page."""
    return [Cell(*sample, *world) for sample in SAMPLES for world in WORLDS]


def draw_benefits(kind: str, n: int, rng: np.random.Generator) -> FloatArray:
    """Draw benefits with mean 0 and variance 1."""
    if kind == "normal":
        return rng.normal(size=n)
    if kind == "lognormal":
        return (rng.lognormal(size=n) - np.exp(0.5)) / np.sqrt((np.e - 1) * np.e)
    return -((rng.random(n) < 0.02) - 0.02) / np.sqrt(0.02 * 0.98)


def draw(cell: Cell, rng: np.random.Generator, of_stratum: FloatArray, weights: FloatArray) -> Rows:
    """Draw one sample whose squared error of a prediction of 0 has these benefits."""
    m = cell.strata * cell.psus
    stratum = np.repeat(np.arange(cell.strata), cell.psus)
    share = {"everywhere": np.ones(m), "a fifth": np.full(m, 0.2)}
    here = share.get(cell.group)
    here = rng.beta(0.2, 0.8, m) if here is None else here
    size = cell.rows * rng.lognormal(-(cell.sizes**2) / 2, cell.sizes, m)
    psu = np.repeat(np.arange(m), rng.poisson(size * here))
    n = len(psu)
    own = np.sqrt(cell.alike / (1 - cell.alike)) * rng.normal(size=m)
    benefit = of_stratum[stratum[psu]] + own[psu] + draw_benefits(cell.benefits, n, rng)
    weight = weights[stratum[psu]] * rng.lognormal(-0.045, 0.3, n)
    grouping, codes = cross([attribute("group", np.zeros(n, dtype=np.int64), ["all"])])
    # Squared errors (y - 0)² and (y - p)² of y = (benefit + 1) / 2 and p = 1 differ by it.
    y = (benefit + 1) / 2
    predictions = {"generic": np.zeros(n), "personalized": np.ones(n)}
    return Rows(y, grouping, codes, weight, None, predictions, Strata(psu, stratum))


def samples(
    cell: Cell, rng: np.random.Generator, of_stratum: FloatArray, weights: FloatArray
) -> Iterator[Estimates]:
    """Judge one sample after the other."""
    (cost,) = prediction_costs("regression", ("squared_error",))
    for _ in range(REPEATS):
        rows = draw(cell, rng, of_stratum, weights)
        if len(rows) < 2:
            continue
        evidence = evidence_from_scores(
            prediction_scores((cost,), rows),
            rows.grouping,
            rows.codes,
            rows.y_true,
            sample_weight=rows.sample_weight,
            design=rows.design,
        )
        yield estimate(evidence, 0, Settings())


def run(cell: Cell) -> Row:
    """Simulate one cell."""
    rng = seeded(cell)
    of_stratum, weights = 0.3 * rng.normal(size=cell.strata), rng.lognormal(0, 0.3, cell.strata)
    # Sizes have one law in all strata, so that only weights differ; y - 0 has a benefit of 2y - 1.
    truth = float(np.average(of_stratum, weights=weights))
    found = list(samples(cell, rng, of_stratum, weights))
    df = [float(each.mean.df[0]) for each in found if given(each)]
    return {
        "repeats": REPEATS,
        "df": float(np.median(df)) if df else 0.0,
        **counted(found, truth),
    }


MADE = Calibration(
    "survey",
    "Do intervals hold their level in samples of surveys?",
    ABOUT,
    HEAD,
    cells(),
    run,
    fields=("strata", "psus", "rows", "benefits", "sizes", "alike", "group"),
)


if __name__ == "__main__":
    main(MADE)
