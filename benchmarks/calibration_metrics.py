"""Cells of AUC and R² whose rows come in clusters or have weights, through the library's own way.

A cell's ``n`` is the number of clusters, or of weighted rows. The truth is known in closed form:
scores are normal in each class, and weights that grow with the scores tilt a normal distribution,
which shifts it and leaves its spread.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from scipy.stats import norm

from calibration_costs import CLUSTERS, LARGEST_CLUSTER, FloatArray
from calibration_tools import ALPHA, EFFECT, Cell, Clock, Row, rejected
from whogains.costs import Cost, prediction_costs
from whogains.evidence import attribute, cross, evidence_from_scores, metric_score
from whogains.judging import Settings
from whogains.judging.estimates import Estimates, estimate

#: Share of the variance of features and scores that the rows of a cluster have in common.
SHARED: Final = 0.4
DESIGNS: Final = (
    "5 rows each",
    "1 to 20 rows, geometric",
    "1 to 20 rows, geometric, one outcome each",
    "weights lognormal(0.5)",
    "weights lognormal(1)",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of rows: outcome, both models' predictions, and what makes units of them."""

    y: FloatArray
    generic: FloatArray
    personalized: FloatArray
    weight: FloatArray | None
    cluster: np.ndarray | None


def metric_unit_cell(cell: Cell) -> list[Row]:
    """Simulate a metric of clusters or weighted rows, with the method that `auto` chooses."""
    rng, repeats = cell.rng(), cell.repeats
    task = "regression" if cell.cost.startswith("R2") else "classification"
    (cost,) = prediction_costs(task, ("r2" if task == "regression" else "auc",))
    truth = _truth(cell)
    clock, settings = Clock(), Settings()
    low, high = np.full(repeats, np.nan), np.full(repeats, np.nan)
    p = {key: np.full(repeats, np.nan) for key in ("gain", "harm", "power")}
    names = np.full(repeats, "none", dtype=object)
    ideal = _ideal(cell, cost)
    for i in range(repeats):
        sample = _draw(cell, rng)
        found = clock(partial(_estimate, cost, sample, settings))
        names[i] = found.methods[0]
        if names[i] == "none":
            continue
        interval = found.interval(ALPHA)
        low[i], high[i] = interval.lower[0], interval.upper[0]
        p["gain"][i] = found.p(truth, "greater")[0]
        p["harm"][i] = found.p(truth, "less")[0]
        p["power"][i] = found.p(truth - EFFECT * ideal, "greater")[0]
    given = ~np.isnan(low)
    row: Row = {
        "method": "auto",
        "given": int(given.sum()),
        "seconds": clock.seconds / repeats,
        "picks": {str(name): int((names == name).sum()) for name in sorted(set(names))},
    }
    if given.any():
        row |= {
            "low": float((low[given] > truth).mean()),
            "high": float((high[given] < truth).mean()),
            "width": float(np.mean(high[given] - low[given]) / (2 * norm.isf(ALPHA / 2) * ideal)),
            **{key: rejected(values, given) for key, values in p.items()},
        }
    return [row]


def _estimate(cost: Cost, sample: Sample, settings: Settings) -> Estimates:
    n = len(sample.y)
    grouping, codes = cross([attribute("group", np.zeros(n, dtype=np.int64), ["all"])])
    predictions = (sample.generic, sample.personalized)
    score = metric_score(cost, codes, 1, sample.y, predictions, sample_weight=sample.weight)
    evidence = evidence_from_scores(
        (score,), grouping, codes, sample.y, sample_weight=sample.weight, cluster=sample.cluster
    )
    return estimate(evidence, 0, settings)


def _ideal(cell: Cell, cost: Cost, samples: int = 400) -> float:
    """Measure the true standard error, on samples of their own."""
    rng = np.random.default_rng(cell.rng().integers(2**63))
    settings = Settings()
    found = [_estimate(cost, _draw(cell, rng), settings).mean.estimate[0] for _ in range(samples)]
    return float(np.nanstd(found))


def _draw(cell: Cell, rng: np.random.Generator) -> Sample:
    design = cell.settings[0]
    if design.startswith("weights"):
        return _draw_weighted(cell, rng, float(design.split("(")[1].rstrip(")")))
    name = design.removesuffix(", one outcome each")
    sizes = rng.choice(np.arange(1, LARGEST_CLUSTER + 1), p=CLUSTERS[name], size=cell.n)
    cluster = np.repeat(np.arange(cell.n), sizes)

    def normal() -> FloatArray:
        common = rng.standard_normal(cell.n)[cluster]
        own = rng.standard_normal(len(cluster))
        return np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * own

    if cell.cost.startswith("R2"):
        y, generic, personalized = _regression(cell.settings[1], normal(), normal(), rng)
        return Sample(y, generic, personalized, None, cluster)
    first, second, prevalence = cell.settings[1:]
    chance = rng.beta(2 * prevalence, 2 * (1 - prevalence), cell.n)
    if design != name:
        chance = (rng.random(cell.n) < prevalence).astype(float)
    y = (rng.random(len(cluster)) < chance[cluster]).astype(float)
    generic, personalized = _scores(y, (first, second), [normal() for _ in range(3)])
    return Sample(y, generic, personalized, None, cluster)


def _draw_weighted(cell: Cell, rng: np.random.Generator, spread: float) -> Sample:
    """Draw rows whose log weight correlates to .5 with what the scores and features share."""
    n = cell.n
    z = [rng.standard_normal(n) for _ in range(3)]
    log_weight = spread * (0.5 * z[0] + np.sqrt(0.75) * rng.standard_normal(n))
    weight = np.exp(log_weight)
    if cell.cost.startswith("R2"):
        return Sample(*_regression(cell.settings[1], z[0], z[1], rng), weight, None)
    first, second, prevalence = cell.settings[1:]
    y = (rng.random(n) < prevalence).astype(float)
    return Sample(y, *_scores(y, (first, second), z), weight, None)


def _scores(
    y: FloatArray, aucs: tuple[float, float], noise: list[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Scores of two models, normal in each class and correlated to .7."""
    gaps = [float(norm.ppf(auc) * np.sqrt(2)) for auc in aucs]
    mixed = [np.sqrt(0.7) * noise[0] + np.sqrt(0.3) * own for own in noise[1:]]
    return gaps[0] * y + mixed[0], gaps[1] * y + mixed[1]


def _regression(
    df: float | None, x: FloatArray, error: FloatArray, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray, FloatArray]:
    if df is not None:  # heavy tails, one draw of them per row
        error = error / np.sqrt(rng.chisquare(df, len(error)) / df)
    return x + error, 0.5 * x, 0.9 * x


def _truth(cell: Cell) -> float:
    """Return the benefit in the population that the weights stand for."""
    design = cell.settings[0]
    if not cell.cost.startswith("R2"):
        return float(cell.settings[2] - cell.settings[1])
    df = cell.settings[1]
    noise = 1.0 if df is None else df / (df - 2)
    # Weights that tilt a standard normal by exp(t x) shift its mean by t.
    shift = 0.5 * float(design.split("(")[1].rstrip(")")) if design.startswith("weights") else 0.0
    return (0.5**2 - 0.1**2) * (1 + shift**2) / (1 + noise)
