"""Cells of one group: rows, 0-1 costs, clusters, weights and metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Literal

import numpy as np
from scipy.stats import norm

from calibration_costs import (
    COSTS,
    TERNARY,
    Cost,
    FloatArray,
    cluster_mean,
    draw_clusters,
    draw_weighted,
    weighted_mean,
)
from calibration_tools import (
    ALPHA,
    EFFECT,
    Cell,
    Clock,
    OneSided,
    Row,
    auto_row,
    blocks,
    chosen,
    draw_counts,
    estimates,
    interval_row,
    joined,
    margin_rows,
    moved_test,
    replicates_for,
    score_call,
    t_call,
    ternary_estimates,
)
from whogains import inference as wi

BOOTSTRAPS: Final[tuple[Literal["studentized", "bca"], ...]] = ("studentized", "bca")


@dataclass(slots=True)
class RowMethods:
    """Intervals that need the rows, collected one sample after the other."""

    cost: Cost
    replicates: int
    bootstrap: bool
    betting: bool
    alternative: float
    clocks: dict[str, Clock] = field(default_factory=lambda: defaultdict(Clock))
    ends: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    p: dict[tuple[float, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, rows: FloatArray) -> None:
        """Judge one sample."""
        if self.bootstrap:
            for kind in BOOTSTRAPS:
                call = partial(wi.bootstrap_interval, rows, replicates=self.replicates, kind=kind)
                self._keep(f"bootstrap, {kind}", call)
        if self.betting:
            self._keep("betting", partial(wi.betting_interval, rows, lower=-1, upper=1))
            test = partial(wi.betting_test, rows, lower=-1, upper=1)
            truth = self.cost.mean
            self.p[truth, "greater"].append(float(test(null=truth, alternative="greater")))
            self.p[truth, "less"].append(float(test(null=truth, alternative="less")))
            p = test(null=self.alternative, alternative="greater")
            self.p[self.alternative, "greater"].append(float(p))

    def _keep(self, name: str, call: Callable[[], wi.Interval]) -> None:
        found = self.clocks[name](call)
        self.ends[name].append((float(found.lower), float(found.upper)))

    def interval(self, name: str) -> wi.Interval:
        """Return the intervals of all samples."""
        lower, upper = np.array(self.ends[name]).T
        return wi.Interval(lower, upper, name)

    def bet(self, null: float, alternative: Literal["greater", "less"]) -> FloatArray:
        """Return the p-values of betting at the truth, or at the one alternative."""
        at = null if null == self.cost.mean else self.alternative
        return np.array(self.p[at, alternative])


def row_cell(cell: Cell) -> list[Row]:
    """Simulate independent rows of a cost that takes many values."""
    cost, rng, n, repeats = COSTS[cell.cost], cell.rng(), cell.n, cell.repeats
    bootstrap, betting = cell.settings
    truth = cost.mean
    spread = float(np.sqrt(np.mean((cost.sample(cell.rng(), (400, 1000))[0] - truth) ** 2)))
    alternative = max(truth - EFFECT * spread / np.sqrt(n), -1.0)
    kept = RowMethods(cost, replicates_for(n), bootstrap, betting, alternative)
    parts, moved, squares = [], [], 0.0
    for block in blocks(repeats, n):
        rows, deciding = cost.sample(rng, (block, n))
        parts.append(estimates(rows))
        moved.append(deciding)
        squares += float(((rows - truth) ** 2).sum())
        for one in rows if bootstrap or betting else ():
            kept.add(one)
    mean = joined(parts)
    ideal = float(np.sqrt(squares / (repeats * n) / n))
    found_rows, made = t_rows(mean, truth, ideal)
    found_rows += margin_rows(partial(moved_test, mean, truth), "t with skewness", EFFECT * ideal)
    for name, clock in kept.clocks.items():
        interval = kept.interval(name)
        if name == "betting":
            made["betting"] = (interval, kept.bet)
            row = interval_row(name, interval, truth, ideal, clock.seconds, test=kept.bet)
        else:
            row = interval_row(name, interval, truth, ideal, clock.seconds)
            row["replicates"] = kept.replicates
        found_rows.append(row)
    names = chosen(repeats, n, bounded=betting, moved=np.concatenate(moved))
    return [*found_rows, auto_row(names, made, truth, ideal)]


def t_rows(
    mean: wi.MeanEstimate, truth: float, ideal: float, prefix: str = "", seconds: float = 0.0
) -> tuple[list[Row], dict[str, tuple[wi.Interval, OneSided]]]:
    """Judge t with and without skewness; the first is what `auto` uses."""
    rows, made = [], {}
    for skewed, name in ((True, "t with skewness"), (False, "t")):
        interval, test, taken = t_call(mean, skewed=skewed)
        taken += seconds
        rows.append(interval_row(prefix + name, interval, truth, ideal, taken, test=test))
        if skewed:
            made["t"] = (interval, test)
    return rows, made


def ternary_cell(cell: Cell) -> list[Row]:
    """Simulate independent rows of a 0-1 cost, from their counts."""
    gain, harm = TERNARY[cell.cost]
    rng, n, repeats = cell.rng(), cell.n, cell.repeats
    gains, harms = draw_counts(rng, gain, harm, n, repeats)
    truth = gain - harm
    ideal = float(np.sqrt((gain + harm - truth**2) / n))
    rows = []
    auto: dict[str, tuple[wi.Interval, OneSided]] = {}
    for corrected, name in ((True, "score, corrected"), (False, "score, as published")):
        clock = Clock()
        interval = clock(partial(wi.score_interval, gains, harms, n, corrected=corrected))
        test = score_call(gains, harms, n, corrected=corrected)
        rows.append(interval_row(name, interval, truth, ideal, clock.seconds, test=test))
        if corrected:
            auto["score"] = (interval, test)
    mean = ternary_estimates(gains, harms, n)
    rows += t_rows(mean, truth, ideal)[0]
    counts = DistinctCounts(gains, harms, n)
    interval, seconds = counts.interval(partial(wi.betting_interval, lower=-1, upper=1))

    def bet(null: float, alternative: Literal["greater", "less"]) -> FloatArray:
        tested = {"null": max(null, -1.0), "alternative": alternative}
        return counts.each(lambda rows, _: wi.betting_test(rows, lower=-1, upper=1, **tested))[0]

    rows.append(interval_row("betting, rows", interval, truth, ideal, seconds, test=bet))
    for kind in BOOTSTRAPS:
        drawn = partial(wi.bootstrap_interval, replicates=399, kind=kind)
        interval, seconds = counts.interval(drawn, seeded=True)
        row = interval_row(f"bootstrap, {kind}", interval, truth, ideal, seconds)
        rows.append(row | {"replicates": 399})
    rows += _ternary_tests(cell, rng, ideal)
    names = chosen(repeats, n, ternary=True, bounded=True, moved=gains + harms)
    return [*rows, auto_row(names, auto, truth, ideal)]


class DistinctCounts:
    """Repeats of a 0-1 cost, each distinct pair of counts written as rows once.

    What rows decide without regard to their order is the same for every repeat of equal counts.
    """

    def __init__(self, gains: FloatArray, harms: FloatArray, n: int) -> None:
        pairs, self.place = np.unique(np.stack([gains, harms]), axis=1, return_inverse=True)
        self.pairs, self.n = pairs.T.astype(int), n

    def each(
        self, call: Callable[[FloatArray, int], tuple[float, float] | FloatArray]
    ) -> tuple[FloatArray, float]:
        """Call with the rows and a seed of every pair; give results and seconds per repeat."""
        clock = Clock()
        found = []
        for seed, (up, down) in enumerate(self.pairs):
            rows = np.repeat([-1.0, 0.0, 1.0], [down, self.n - up - down, up])
            found.append(clock(partial(call, rows, seed)))
        seconds = clock.seconds / len(self.pairs) * len(self.place)
        return np.array(found)[self.place], seconds

    def interval(
        self, make: Callable[..., wi.Interval], *, seeded: bool = False
    ) -> tuple[wi.Interval, float]:
        """Make the interval of every repeat."""

        def ends(rows: FloatArray, seed: int) -> tuple[float, float]:
            found = make(rows, random_state=seed) if seeded else make(rows)
            return float(found.lower), float(found.upper)

        made, seconds = self.each(ends)
        return wi.Interval(made[:, 0], made[:, 1], "by rows"), seconds


def _ternary_tests(cell: Cell, rng: np.random.Generator, ideal: float) -> list[Row]:
    """Sign test against no effect (balanced), or margins (unbalanced)."""
    n, repeats = cell.n, cell.repeats
    gain, harm = TERNARY[cell.cost]
    discordance = gain + harm
    if gain == harm:
        effect = min(EFFECT * ideal, discordance)
        none = draw_counts(rng, gain, harm, n, repeats)
        some = draw_counts(rng, (discordance + effect) / 2, (discordance - effect) / 2, n, repeats)
        clock = Clock()
        p = clock(partial(wi.sign_test, *none))
        return [
            {
                "method": "sign",
                "given": repeats,
                "seconds": clock.seconds / repeats,
                "gain": float((p <= ALPHA).mean()),
                "harm": float((wi.sign_test(*none, alternative="less") <= ALPHA).mean()),
                "power": float((wi.sign_test(*some) <= ALPHA).mean()),
            }
        ]
    size = gain - harm
    drawn = {
        beta: draw_counts(rng, (discordance + beta) / 2, (discordance - beta) / 2, n, repeats)
        for beta in (-size, 0.0, size)
    }
    return margin_rows(lambda beta: score_call(*drawn[beta], n), "score", size)


def unit_cell(cell: Cell) -> list[Row]:
    """Simulate clusters, or rows with weights: ratio means of units."""
    rng, n, repeats = cell.rng(), cell.n, cell.repeats
    clustered = cell.kind == "clusters"
    (design,) = cell.settings
    draw = draw_clusters if clustered else draw_weighted
    truth = cluster_mean(design, cell.cost) if clustered else weighted_mean(design, cell.cost)
    parts, moved, effective, carrying, sums, squares = [], [], [], [], [], 0.0
    ends: list[tuple[float, float]] = []
    clock = Clock()
    resampled = n in (50, 100)
    for block in blocks(repeats, n):
        u, v, differs = draw(design, cell.cost, rng, (block, n))
        du, dv = u - u.mean(axis=1, keepdims=True), v - v.mean(axis=1, keepdims=True)
        squared = (dv * dv).sum(axis=1)
        parts.append(
            wi.mean_from_comoments(
                n,
                u.mean(axis=1),
                v.mean(axis=1),
                m_uu=(du * du).sum(axis=1),
                m_uv=(du * dv).sum(axis=1),
                m_vv=squared,
                third=tuple((a * b * c).sum(axis=1) for a, b, c in _triples(du, dv)),
            )
        )
        effective.append(wi.effective_units(n, v.mean(axis=1), squared))
        carrying.append(wi.carrying_units(n, v.mean(axis=1), squared, (dv * dv * dv).sum(axis=1)))
        moved.append(np.count_nonzero(differs, axis=1))
        squares += float(((u - truth * v) ** 2).sum())
        sums.append(v.sum(axis=1))
        for totals, sizes in zip(u, v, strict=True) if resampled else ():
            # One row per unit that carries its total: what the bootstrap itself reduces rows to.
            found = clock(
                partial(
                    wi.bootstrap_interval,
                    totals / sizes,
                    sample_weight=sizes,
                    replicates=replicates_for(n),
                )
            )
            ends.append((float(found.lower), float(found.upper)))
    mean, units, weights = joined(parts), np.concatenate(effective), np.concatenate(sums)
    count = repeats * n
    ideal = float(np.sqrt(squares / count / n) / (weights.sum() / count))
    rows, made = t_rows(mean, truth, ideal)
    if resampled:
        lower, upper = np.array(ends).T
        interval = wi.Interval(lower, upper, "bootstrap")
        row = interval_row("bootstrap, studentized", interval, truth, ideal, clock.seconds)
        rows.append(row | {"replicates": replicates_for(n)})
    names = chosen(
        repeats,
        n,
        ternary=cell.cost == "0-1",
        units=units,
        moved=np.concatenate(moved) * units / n,
        clustered=clustered,
        weighted=not clustered,
        carrying=np.concatenate(carrying),
        rows=weights if clustered else None,
    )
    return [*rows, auto_row(names, made, truth, ideal) | {"units": float(units.mean())}]


def _triples(du: FloatArray, dv: FloatArray) -> tuple[tuple[FloatArray, ...], ...]:
    return ((du, du, du), (du, du, dv), (du, dv, dv), (dv, dv, dv))


def metric_cell(cell: Cell) -> list[Row]:
    """Simulate AUC and R², from their pseudo-values."""
    rng, repeats = cell.rng(), cell.repeats
    clock = Clock()
    parts, deciding = [], np.empty(repeats)
    for i in range(repeats):
        y, generic, personalized = _metric_rows(cell, rng)
        pair = wi.r2_pair if cell.cost.startswith("R2") else wi.auc_pair
        found = clock(partial(pair, y, generic, personalized))
        values = np.asarray(found.differences)
        parts.append(estimates(values[None, :]))
        ones = y.sum()
        differ = np.count_nonzero(values)
        deciding[i] = differ if cell.cost.startswith("R2") else min(differ, ones, len(y) - ones)
    mean = joined(parts)
    truth = _metric_truth(cell)
    ideal = float(np.sqrt(np.nanmean((mean.estimate - truth) ** 2)))
    metric: Literal["auc", "r2"] = "r2" if cell.cost.startswith("R2") else "auc"
    label = "R2" if metric == "r2" else "DeLong"
    rows, made = t_rows(mean, truth, ideal, f"{label}, ", clock.seconds)
    names = np.where(
        np.isnan(mean.se), "none", chosen(repeats, len(y), moved=deciding, metric=metric)
    )
    return [*rows, auto_row(names, made, truth, ideal)]


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
