"""Measure the normalized costs of explanation: the level of their intervals, and what noise earns.

Run it from the repository root: ``nice python benchmarks/normalized.py``, some ten minutes; it
writes ``docs/normalized.md``. Intervals are computed as an audit computes them, many samples at
once as groups; audits go through the public API. ``--part levels`` or ``--part audits`` reruns one
part and keeps the other.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import whogains as wg
from whogains.costs import explanation_costs
from whogains.evidence import Rows, attribute, cross, evidence_from_scores, ratio_score
from whogains.judging import Settings
from whogains.judging.estimates import estimate

CACHE = Path("benchmarks/.normalized.jsonl")
PAGE = Path("docs/normalized.md")
FloatArray = NDArray[np.float64]
Row = dict[str, Any]

ALPHA = 0.05
POOL = 400_000
REPEATS, REPEATS_OF_CLUSTERS = 1000, 200
AT_ONCE = 25
SIZES, SIZES_OF_CLUSTERS = (500, 1000, 3000), (1000, 2000)
TOLERANCE = 3.3
COSTS = ("sufficiency_n", "incomprehensiveness_n")


@dataclass(frozen=True, slots=True)
class Design:
    """Two linear scores of eight features, and how people and changes are drawn."""

    words: str
    features: str = "normal"
    pair: str = "alike"
    change: str = "squared"
    where: float = 0.0
    units: str = "rows"


DESIGNS = (
    Design("normal features, two alike models"),
    Design("normal features, one harder to explain", pair="harder"),
    Design("features of t(5)", "t5"),
    Design("features of t(5), one harder", "t5", "harder"),
    Design("lognormal features", "lognormal"),
    Design("lognormal features, one harder", "lognormal", "harder"),
    Design("features that are 0 for nine of ten", "rare"),
    Design("labels, half are 1, one harder", pair="harder", change="label", where=0.5),
    Design("labels, one of ten is 1, one harder", pair="harder", change="label", where=0.9),
    Design("labels, 3 of 100 are 1, one harder", pair="harder", change="label", where=0.97),
    Design("probabilities around .5, one harder", pair="harder", change="probability"),
    Design("rare probabilities, one harder", pair="harder", change="probability", where=4.0),
    Design("clusters of 5 rows, one harder", pair="harder", units="clusters of 5"),
    Design("clusters of 1 to 20 rows, one harder", pair="harder", units="clusters of 1 to 20"),
    Design("weights lognormal(.5), one harder", pair="harder", units="weights 0.5"),
    Design("weights lognormal(1), one harder", pair="harder", units="weights 1"),
)


@dataclass(frozen=True, slots=True)
class Pool:
    """Everybody: what the samples are drawn from, with replacement, so that the truth is known."""

    above: dict[str, tuple[FloatArray, FloatArray]]
    below: tuple[FloatArray, FloatArray]
    weight: FloatArray | None
    units: list[NDArray[np.int64]] | None


def coefficients(pair: str) -> tuple[FloatArray, FloatArray]:
    """Give the slopes of both scores."""
    slopes = np.linspace(1, 0.1, 8)
    if pair == "alike":
        return slopes, slopes + np.array([0.15, -0.1] * 4)
    # One score hangs on two features, the other on all.
    return np.linspace(1, 0, 8) ** 2, np.full(8, 0.6)


def pool_of(design: Design, rng: np.random.Generator) -> Pool:
    """Draw everybody, keep four features of eight by their share of the score, hide the rest."""
    sizes = np.full(POOL, 1)
    if design.units == "clusters of 5":
        sizes = np.full(POOL // 5, 5)
    if design.units == "clusters of 1 to 20":
        sizes = np.minimum(rng.geometric(0.2, POOL // 5), 20)
    shape = int(sizes.sum()), 8
    x = rng.normal(size=shape)
    if len(sizes) < POOL:
        own = np.repeat(np.arange(len(sizes)), sizes)
        x = sqrt(0.6) * x + sqrt(0.4) * rng.normal(size=(len(sizes), 8))[own]
    if design.features == "t5":
        x = rng.standard_t(5, size=shape)
    if design.features == "lognormal":
        x = np.exp(rng.normal(size=shape)) - np.exp(0.5)
    if design.features == "rare":
        x = (rng.random(shape) < 0.1) - 0.1
    above: dict[str, list[FloatArray]] = {name: [] for name in COSTS}
    below = []
    for slopes in coefficients(design.pair):
        parts = x * slopes
        order = np.argsort(-np.abs(parts), axis=1, kind="stable")
        kept = np.zeros(shape, dtype=bool)
        np.put_along_axis(kept, order[:, :4], values=True, axis=1)
        score = parts.sum(axis=1)
        masked = (score, (parts * kept).sum(axis=1), (parts * ~kept).sum(axis=1), 0 * score)
        full, alone, without, hidden = (_said(each, design, score) for each in masked)
        above["sufficiency_n"].append((full - alone) ** 2)
        above["incomprehensiveness_n"].append(-((full - without) ** 2))
        below.append((full - hidden) ** 2)
    weight = None
    if design.units.startswith("weights"):
        spread = float(design.units.split()[1])
        # Those whose predictions are far from the middle weigh more.
        log = 0.5 * (np.abs(x[:, 0]) - 0.8) + sqrt(0.75) * rng.normal(size=POOL)
        weight = np.exp(spread * log)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    units = None
    if len(sizes) < POOL:
        units = [np.arange(a, b) for a, b in pairwise(starts.tolist())]
    return Pool(
        {name: (pair[0], pair[1]) for name, pair in above.items()},
        (below[0], below[1]),
        weight,
        units,
    )


def _said(score: FloatArray, design: Design, full: FloatArray) -> FloatArray:
    if design.change == "label":
        return (score > np.quantile(full, design.where)).astype(float)
    if design.change == "probability":
        return np.asarray(1 / (1 + np.exp(design.where - score)))
    return score


def truth(pool: Pool, name: str) -> float:
    """Give the benefit over everybody."""
    weight = pool.weight
    ratios = [
        np.average(above, weights=weight) / np.average(below, weights=weight)
        for above, below in zip(pool.above[name], pool.below, strict=True)
    ]
    return float(ratios[0] - ratios[1])


def level(design: Design, n: int, pool: Pool, rng: np.random.Generator) -> list[Row]:
    """Count how often each end and each test errs; n counts rows, or clusters."""
    truths = {name: truth(pool, name) for name in COSTS}
    known = {c.name: c for c in explanation_costs("regression", names=COSTS)}
    counts = {name: Counter[str]() for name in COSTS}
    grouping, _ = cross([attribute("g", np.arange(AT_ONCE), [str(k) for k in range(AT_ONCE)])])
    repeats = REPEATS if pool.units is None else REPEATS_OF_CLUSTERS
    for _ in range(repeats // AT_ONCE):
        if pool.units is None:
            drawn = rng.integers(POOL, size=AT_ONCE * n)
            codes, cluster = np.repeat(np.arange(AT_ONCE), n), None
        else:
            chosen = rng.integers(len(pool.units), size=AT_ONCE * n)
            picked = [pool.units[k] for k in chosen]
            lengths = np.array([len(each) for each in picked])
            drawn = np.concatenate(picked)
            cluster = np.repeat(np.arange(AT_ONCE * n), lengths)
            codes = cluster // n
        rows = Rows(
            np.zeros(len(drawn)),
            grouping,
            codes,
            None if pool.weight is None else pool.weight[drawn],
            cluster,
        )
        for name, cost in known.items():
            both = [(one[drawn], two[drawn]) for one, two in (pool.above[name], pool.below)]
            evidence = evidence_from_scores(
                (ratio_score(cost, rows, *both),),
                grouping,
                codes,
                rows.y_true,
                sample_weight=rows.sample_weight,
                cluster=cluster,
            )
            found, true = estimate(evidence, 0, Settings()), truths[name]
            ends = found.interval(ALPHA)
            given = np.isfinite(ends.lower)
            counts[name]["given"] += int(given.sum())
            counts[name]["low"] += int((ends.lower[given] > true).sum())
            counts[name]["high"] += int((ends.upper[given] < true).sum())
            counts[name]["gain"] += int((found.p(true, "greater")[given] <= ALPHA).sum())
            counts[name]["harm"] += int((found.p(true, "less")[given] <= ALPHA).sum())
    return [
        {"design": design.words, "cost": name, "n": n, "repeats": repeats, **counts[name]}
        for name in COSTS
    ]


def levels() -> Iterator[list[Row]]:
    """Simulate every design and size, a design at a time."""
    for place, design in enumerate(DESIGNS):
        rng = np.random.default_rng([13, place])
        pool = pool_of(design, rng)
        sizes = SIZES if pool.units is None else SIZES_OF_CLUSTERS
        yield [row for n in sizes for row in level(design, n, pool, rng)]


@dataclass(frozen=True, slots=True)
class World:
    """People whose attribute does something, or nothing."""

    words: str
    effect: float = 0.0
    told: float = 0.0
    times: float = 1.0
    model: str = "linear"
    audits: int = 20


WORLDS = (
    World("noise: the attribute says nothing"),
    World("additive: it adds 2 either way", effect=2.0),
    World("additive, and features tell it too", effect=2.0, told=0.8),
    World("features tell it, and it says nothing", told=0.8),
    World("scale: one group's effects are 1.5 times as large", times=1.5),
)
ROWS, FEATURES = 2000, 8


def people(world: World, seed: int) -> tuple[pd.DataFrame, FloatArray, pd.DataFrame]:
    """Draw 2 x 2 groups of 500; only the first attribute can say something."""
    rng = np.random.default_rng([seed, 7])
    personal = pd.DataFrame({"s": rng.choice(["a", "b"], ROWS), "t": rng.choice(["c", "d"], ROWS)})
    sign = np.where(personal["s"] == "a", 1.0, -1.0)
    x = rng.normal(size=(ROWS, FEATURES)) + world.told * sign[:, None]
    says = x @ np.linspace(1, 0.1, FEATURES) * np.where(sign > 0, world.times, 1.0)
    y = says + world.effect * sign + rng.normal(size=ROWS)
    return pd.DataFrame(x, columns=[f"x{k}" for k in range(FEATURES)]), y, personal


def _slopes(world: World, *, personalized: bool) -> Any:
    """Give the model that knows the world, for one in which no linear model can."""

    def predict(frame: pd.DataFrame) -> FloatArray:
        x = frame[[f"x{k}" for k in range(FEATURES)]].to_numpy(dtype=float)
        times = 1.0
        if personalized:
            times = np.where(frame["s"] == "a", world.times, 1.0)
        return np.asarray(x @ np.linspace(1, 0.1, FEATURES) * times)

    return predict


def audits() -> Iterator[list[Row]]:
    """Audit every world, with attributes as context and ranked and hidden like features."""
    for world in WORLDS:
        for masks in (False, True):
            counts = {name: Counter[str]() for name in ("sufficiency", "incomprehensiveness")}
            counts |= {f"{name}_n": Counter[str]() for name in tuple(counts)}
            for seed in range(world.audits):
                X, y, personal = people(world, seed)
                models: dict[str, Any] = {"model": "linear", "repeats": 1, "placebo": 0}
                if world.times != 1:
                    models = {
                        "generic": _slopes(world, personalized=False),
                        "personalized": _slopes(world, personalized=True),
                        "explainers": ["occlusion"],
                    }
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    audit = wg.audit(
                        X, y, personal=personal, random_state=seed, mask_personal=masks, **models
                    )
                for cost in audit.costs:
                    if cost.kind == "explanation":
                        counts[cost.name].update(group.verdict for group in cost.groups)
                        counts[cost.name]["by scale"] += sum(g.by_scale for g in cost.groups)
            yield [
                {
                    "world": world.words,
                    "masks": "ranked and hidden" if masks else "context",
                    "cost": name,
                    "audits": world.audits,
                    **each,
                }
                for name, each in counts.items()
            ]


def _out(row: Row) -> bool:
    """Whether an end, both, or a test errs more often than chance allows."""
    rare = row["given"] < row["repeats"] / 2
    count = row["repeats"] if rare else row["given"]
    if not row["given"]:
        return False
    wrong = {
        "low": 0.025,
        "high": 0.025,
        "gain": 0.05,
        "harm": 0.05,
    }
    return any(
        row.get(key, 0) / count > at + TOLERANCE * sqrt(at * (1 - at) / count)
        for key, at in wrong.items()
    )


def page(kept: dict[str, list[Row]]) -> str:
    """Write the page."""
    simulated, audited = kept["levels"], kept["audits"]
    given = [row for row in simulated if row["given"]]
    usual = [row for row in given if row["given"] >= row["repeats"] / 2]
    worst = max(max(row.get("low", 0), row.get("high", 0)) / row["given"] for row in usual)
    both = max((row.get("low", 0) + row.get("high", 0)) / row["given"] for row in usual)
    tests = max(max(row.get("gain", 0), row.get("harm", 0)) / row["given"] for row in usual)
    head = ("world", "attributes", "cost", "groups", "gain", "harm", "no material difference")
    intro = f"""# Normalized costs of explanation

Made by `benchmarks/normalized.py`. A normalized cost divides a group's mean change by what hiding
everything changes ([theory](theory.md)); its benefit is a difference of two ratios of means on the
same rows, with t intervals on linearized values.

## The scale alone

Audits of {ROWS:,} people in 2 x 2 groups, {FEATURES} normal features, linear models (cross-fitted
in one round; in the last world given, since no linear pair knows it), both keep 4. Counted are the
verdicts of all groups. *By scale*: the raw verdict differs from the normalized one and most of the
difference is the scale of the predictions, which the report says. The other groups cannot tell:
those of fewer than 500 rows have no verdict by a normalized cost.

| {" | ".join(head)} | by scale |
|---|---|---|--:|--:|--:|--:|--:|
"""
    middle = f"""
## The level of the intervals

{REPEATS:,} samples a cell ({REPEATS_OF_CLUSTERS:,} of clusters), drawn with replacement from
{POOL:,} people, so that the true benefit is known. Ends are nominally wrong with .025, tests with
.050. Below 500 rows (1,000 with clusters or weights), or where fewer than 120 rows carry what is
divided by, `auto` gives nothing. *Carry*: (sum d)² / sum d² over the units' denominators d, the
least of both models and of the difference of their influences. n counts rows, or clusters.

{len(given)} of {len(simulated)} cells were given intervals, {len(usual)} in at least half of the
samples. There an end erred with at most {worst:.3f}, both together with {both:.3f}, a test with
{tests:.3f}. Out of tolerance ({TOLERANCE} binomial standard errors): {sum(map(_out, given))}. Where
fewer than half are given one, these are a selection that depends on the sample, and wrong ones are
counted among all samples.

| design | cost | n | given | lower end | upper end | test of gain | test of harm | |
|---|---|--:|--:|--:|--:|--:|--:|---|
"""
    lines = [
        f"| {row['world']} | {row['masks']} | {row['cost']} | {4 * row['audits']}"
        f" | {row.get('gain', 0)} | {row.get('harm', 0)}"
        f" | {row.get('no material difference', 0)}"
        f" | {'' if row['cost'].endswith('_n') else row.get('by scale', 0)} |\n"
        for row in audited
    ]
    cells = []
    for row in given:
        rates = " | ".join(
            f"{row.get(key, 0) / row['given']:.3f}" for key in ("low", "high", "gain", "harm")
        )
        cells.append(
            f"| {row['design']} | {row['cost']} | {row['n']:,}"
            f" | {row['given'] / row['repeats']:.2f} | {rates}"
            f" | {'out' if _out(row) else ''} |\n"
        )
    return intro + "".join(lines) + middle + "".join(cells)


def main() -> None:
    """Run the parts asked for and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=("levels", "audits"), help="rerun this part alone")
    asked = parser.parse_args()
    kept = json.loads(CACHE.read_text("utf-8")) if CACHE.exists() else {}
    for name, run in (("audits", audits), ("levels", levels)):
        if asked.part == name or (asked.part is None and name not in kept):
            kept[name] = []
            for rows in run():
                kept[name] += rows
                CACHE.write_text(json.dumps(kept), "utf-8")
    if {"levels", "audits"} <= kept.keys():
        PAGE.write_text(page(kept), "utf-8")


if __name__ == "__main__":
    main()
