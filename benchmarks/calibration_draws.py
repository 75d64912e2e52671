"""Samples of one group: their means with standard errors, what is true, and what `auto` counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from scipy.stats import norm

from calibration_costs import (
    Cost,
    FloatArray,
    cluster_mean,
    draw_clusters,
    draw_weighted,
    weighted_mean,
)
from calibration_tools import Cell, Clock, blocks, estimates, joined
from whogains import inference as wi


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a cell drew, one value per repeat.

    ``ideal`` is the true standard error, ``counts`` are the arguments of `rows_for_t`, and
    ``seconds`` is what metrics took to turn into means.
    """

    mean: wi.MeanEstimate
    truth: float
    ideal: float
    counts: dict[str, Any]
    seconds: float = 0.0

    def chosen(self, *, ternary: bool = False, bounded: bool = False) -> Any:
        """Return what `choose_method` picks in every repeat, for one group on its own."""
        names = wi.choose_method(ternary=ternary, bounded=bounded, **self.counts)
        return np.where(np.isnan(self.mean.se), "none", names)


def counted(repeats: int, n: int, **known: Any) -> dict[str, Any]:
    """Return the arguments of `rows_for_t` for n independent rows, changed by ``known``."""
    simple = {"clustered": False, "weighted": False, "drawn": n, "units": n}
    return {"n": np.full(repeats, n)} | simple | known


def draw_rows(cell: Cell, cost: Cost, see: Callable[[FloatArray], None] | None = None) -> Drawn:
    """Draw independent rows of a cost that takes many values; ``see`` is shown every block."""
    rng, n, truth = cell.rng(), cell.n, cost.mean
    parts, moved, squares = [], [], 0.0
    for block in blocks(cell.repeats, n):
        rows, deciding = cost.sample(rng, (block, n))
        parts.append(estimates(rows))
        moved.append(deciding)
        squares += float(((rows - truth) ** 2).sum())
        if see is not None:
            see(rows)
    ideal = float(np.sqrt(squares / (cell.repeats * n) / n))
    counts = counted(cell.repeats, n, moved=np.concatenate(moved))
    return Drawn(joined(parts), truth, ideal, counts)


def draw_units(
    cell: Cell,
    *,
    clustered: bool,
    see: Callable[[FloatArray, FloatArray], None] | None = None,
) -> Drawn:
    """Draw clusters, or rows with weights; ``see`` is shown every block of totals and weights."""
    rng, n, repeats = cell.rng(), cell.n, cell.repeats
    (design,) = cell.settings
    draw = draw_clusters if clustered else draw_weighted
    truth = cluster_mean(design, cell.cost) if clustered else weighted_mean(design, cell.cost)
    parts, moved, effective, carrying, sums, squares = [], [], [], [], [], 0.0
    for block in blocks(repeats, n):
        u, v, differs = draw(design, cell.cost, rng, (block, n))
        du, dv = u - u.mean(axis=1, keepdims=True), v - v.mean(axis=1, keepdims=True)
        squared = (dv * dv).sum(axis=1)
        triples = ((du, du, du), (du, du, dv), (du, dv, dv), (dv, dv, dv))
        parts.append(
            wi.mean_from_comoments(
                n,
                u.mean(axis=1),
                v.mean(axis=1),
                m_uu=(du * du).sum(axis=1),
                m_uv=(du * dv).sum(axis=1),
                m_vv=squared,
                third=tuple((a * b * c).sum(axis=1) for a, b, c in triples),
            )
        )
        effective.append(wi.effective_units(n, v.mean(axis=1), squared))
        carrying.append(wi.carrying_units(n, v.mean(axis=1), squared, (dv * dv * dv).sum(axis=1)))
        moved.append(np.count_nonzero(differs, axis=1))
        squares += float(((u - truth * v) ** 2).sum())
        sums.append(v.sum(axis=1))
        if see is not None:
            see(u, v)
    units, weights, count = np.concatenate(effective), np.concatenate(sums), repeats * n
    ideal = float(np.sqrt(squares / count / n) / (weights.sum() / count))
    known = {
        "units": units,
        "moved": np.concatenate(moved) * units / n,
        "clustered": clustered,
        "weighted": not clustered,
        "carrying": np.concatenate(carrying),
    }
    counts = counted(repeats, n, **known) | ({"n": weights} if clustered else {})
    return Drawn(joined(parts), truth, ideal, counts)


def draw_metric(cell: Cell) -> Drawn:
    """Draw rows of two models' scores, and the pseudo-values of their AUC or R²."""
    rng, repeats = cell.rng(), cell.repeats
    metric: Literal["auc", "r2"] = "r2" if cell.cost.startswith("R2") else "auc"
    pair = wi.r2_pair if metric == "r2" else wi.auc_pair
    clock = Clock()
    parts, deciding = [], np.empty(repeats)
    for i in range(repeats):
        y, generic, personalized = _metric_rows(cell, rng)
        found = clock(partial(pair, y, generic, personalized))
        values = np.asarray(found.differences)
        parts.append(estimates(values[None, :]))
        ones = y.sum()
        differ = np.count_nonzero(values)
        deciding[i] = differ if metric == "r2" else min(differ, ones, len(y) - ones)
    mean = joined(parts)
    truth = _metric_truth(cell)
    ideal = float(np.sqrt(np.nanmean((mean.estimate - truth) ** 2)))
    counts = counted(repeats, len(y), moved=deciding, metric=metric)
    return Drawn(mean, truth, ideal, counts, clock.seconds)


def _metric_rows(cell: Cell, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    n = cell.n
    if cell.cost.startswith("R2"):
        df = cell.settings[0]
        x = rng.standard_normal(n)
        error = rng.standard_normal(n) if df is None else rng.standard_t(df, n)
        return x + error, 0.5 * x, 0.9 * x
    auc_generic, auc_personalized, prevalence = cell.settings
    if prevalence is None:  # so many rows of the rarer class, and 500 of the other
        y = np.concatenate([np.ones(n), np.zeros(500)])
    else:
        y = (rng.random(n) < prevalence).astype(float)
    shared = rng.standard_normal(y.size)
    # Scores of the two models correlate to .7.
    noise = [np.sqrt(0.7) * shared + np.sqrt(0.3) * rng.standard_normal(y.size) for _ in range(2)]
    gaps = [float(norm.ppf(auc) * np.sqrt(2)) for auc in (auc_generic, auc_personalized)]
    return y, gaps[0] * y + noise[0], gaps[1] * y + noise[1]


def _metric_truth(cell: Cell) -> float:
    if cell.cost.startswith("R2"):
        df = cell.settings[0]
        return (0.5**2 - 0.1**2) / (1 + (1.0 if df is None else df / (df - 2)))
    return float(cell.settings[1] - cell.settings[0])
