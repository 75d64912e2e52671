"""Measure whether advice keeps what it promises, beside rules in use that do not.

Run it from the repository root: ``python benchmarks/choosing.py``. A run that was stopped goes on
where it was: finished cells are kept in the cache.
"""

from __future__ import annotations

import argparse
import json
import zlib
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy import special

from choosing_page import document
from choosing_worlds import DELTA, WORLDS, Cell, Sample, draw, truth
from whogains.inference import holm, policy_bound, tail_penalty
from whogains.judging.advice import certify, route, tells_apart
from whogains.types import BoolArray, FloatArray, IntArray

ALPHA = 0.05
KS, SIZES, COSTS = (2, 3, 5), (1_000, 5_000, 20_000), ("normal", "0-1")
REPEATS, BOUNDED = {2: 400, 3: 400, 5: 100}, {2: 200, 3: 100, 5: 15}
PRUNING_REPLICATES, PRUNING_LEVEL = 100, 0.1
ASSUMED = 0.6
# Raise it with what a cell computes: no stale line is used then.
VERSION = 1
PAGE = Path("docs/choosing-benchmark.md")


def all_cells() -> list[Cell]:
    """List every cell, small ones first."""
    return [Cell(world, cost, k, n) for k, n, cost, world in product(KS, SIZES, COSTS, WORLDS)]


def run_cell(cell: Cell, repeats: int) -> dict[str, Any]:
    """Simulate one cell."""
    seed = zlib.crc32(cell.name.encode())
    mean = truth(cell, seed)
    rng = np.random.default_rng(seed)
    rules = {name: {"wrong": 0, "value": 0.0} for name in RULES}
    counted = {"set": 0, "set found": 0, "need": 0, "bound": 0, "bounded": 0, "asked": 0}
    counted |= {"claims": 0, "claims of Holm": 0}
    best = float(np.maximum(mean.max(axis=1), 0).mean())
    found = 0
    true_steps = np.full((len(mean), mean.shape[1], cell.k), np.nan)
    for told, a in product(range(mean.shape[1]), range(cell.k)):
        if not told >> a & 1:
            true_steps[:, told, a] = mean[:, told | 1 << a] - mean[:, told] <= 1e-12
    # What truly can be reached by steps that all gain.
    reachable = certify(true_steps, ALPHA)
    for repeat in range(repeats):
        sample = draw(cell, mean, rng)
        for name, rule in RULES.items():
            chosen = rule(sample, rng)
            taken = np.where(chosen > 0, mean[np.arange(len(mean)), chosen], 0.0)
            rules[name]["wrong"] += bool(((chosen > 0) & (taken <= 1e-12)).any())
            rules[name]["value"] += float(taken.mean())
        certified = certify(sample.steps, ALPHA, by_t=sample.by_t)
        counted["claims"] += bool((certified & ~reachable).any())
        by_holm = _by_holm(sample)
        counted["claims of Holm"] += bool((by_holm[:, 1:] & (mean[:, 1:] <= 1e-12)).any())
        chosen = ours(sample, rng)
        found += int((chosen > 0).sum())
        _count_set(sample, mean, counted)
        counted["need"] += _wrong_need(sample, mean)
        counted["asked"] += _asks_in_vain(cell, sample, mean)
        if repeat < BOUNDED[cell.k]:
            _count_bound(sample, mean, chosen, counted)
    return {
        "cell": cell.name,
        "k": cell.k,
        "n": cell.n,
        "cost": cell.cost,
        "world": cell.world,
        "repeats": repeats,
        "best": best,
        "routed": found / repeats / len(mean),
        "rules": {
            name: {"wrong": each["wrong"] / repeats, "value": each["value"] / repeats}
            for name, each in rules.items()
        },
        "claims_wrong": counted["claims"] / repeats,
        "holm_claims_wrong": counted["claims of Holm"] / repeats,
        "set_wrong": counted["set"] / repeats,
        "set_found": counted["set found"] / repeats,
        "need_wrong": counted["need"] / repeats,
        "asked_in_vain": counted["asked"] / repeats,
        "bound_wrong": counted["bound"],
        "bounded": counted["bounded"],
    }


def _prices(sets: int) -> list[float]:
    return [float(s.bit_count()) for s in range(sets)]


def _routed(certified: BoolArray, gains: FloatArray) -> IntArray:
    sets = gains.shape[1]
    found = route(certified[:, 1:], gains[:, 1:], _prices(sets)[1:], delta=DELTA)
    return np.asarray(found + 1)


def ours(sample: Sample, _: np.random.Generator) -> IntArray:
    """Route by what is certified."""
    certified = certify(sample.steps, ALPHA, by_t=sample.by_t)
    return _routed(certified & (sample.gains > 0), sample.gains)


def best_estimate(sample: Sample, _: np.random.Generator) -> IntArray:
    """Route to the best point estimate."""
    return np.asarray(np.maximum(sample.gains, 0.0).argmax(axis=1))


def uncorrected(sample: Sample, _: np.random.Generator) -> IntArray:
    """Route to the best set whose own test says that it gains."""
    shown = sample.alone <= ALPHA
    return np.asarray(np.where(shown, sample.gains, 0.0).argmax(axis=1))


def assumed_correlation(sample: Sample, _: np.random.Generator) -> IntArray:
    """Route to the best set beyond the critical value of the largest of correlated tests."""
    d, sets = sample.gains.shape
    level = _assumed_level(d, sets - 1)
    shown = sample.alone <= level
    return np.asarray(np.where(shown, sample.gains, 0.0).argmax(axis=1))


_LEVELS: dict[tuple[int, int], float] = {}


def _assumed_level(d: int, m: int) -> float:
    if (d, m) not in _LEVELS:
        rng = np.random.default_rng(1)
        common = rng.normal(size=(20_000, d, 1))
        z = np.sqrt(ASSUMED) * common + np.sqrt(1 - ASSUMED) * rng.normal(size=(20_000, d, m))
        _LEVELS[d, m] = float(special.ndtr(-np.quantile(z.max(axis=(1, 2)), 1 - ALPHA)))
    return _LEVELS[d, m]


def _by_holm(sample: Sample) -> BoolArray:
    """Certify every set that passes at the step at which its group passes Holm over groups."""
    p = np.where(np.isnan(sample.alone), 1.0, sample.alone)[:, 1:]
    d, m = p.shape
    least = np.minimum(1.0, m * p.min(axis=1))
    passed = holm(least) <= ALPHA
    order = np.argsort(np.argsort(least, kind="stable"), kind="stable")
    level = ALPHA / (d - order)
    certified = np.zeros(sample.alone.shape, dtype=np.bool_)
    certified[:, 1:] = passed[:, None] & (m * p <= level[:, None])
    return certified


def holm_over_groups(sample: Sample, _: np.random.Generator) -> IntArray:
    """Take any of these sets, by our rule of choice."""
    return _routed(_by_holm(sample), sample.gains)


def pruning(sample: Sample, rng: np.random.Generator) -> IntArray:
    """Grow the tree of requests, and prune where 100 replicates do not favour the child."""
    d = len(sample.gains)
    k = sample.steps.shape[2]
    chosen = np.zeros(d, dtype=np.int64)
    moving = np.ones(d, dtype=np.bool_)
    for _ in range(k):
        nexts = np.stack([chosen | 1 << a for a in range(k)], axis=1)
        ahead = np.take_along_axis(sample.gains, nexts, axis=1)
        best = nexts[np.arange(d), ahead.argmax(axis=1)]
        own = chosen == best
        step = np.take_along_axis(sample.gains, best[:, None], 1)[:, 0]
        step = step - np.take_along_axis(sample.gains, chosen[:, None], 1)[:, 0]
        cov = sample.covariances
        at = np.arange(d)
        variance = cov[at, best, best] + cov[at, chosen, chosen] - 2 * cov[at, best, chosen]
        t = step / np.sqrt(np.maximum(variance, 1e-300))
        favour = rng.binomial(PRUNING_REPLICATES, special.ndtr(t)) / PRUNING_REPLICATES
        moving &= (favour >= 1 - PRUNING_LEVEL) & ~own
        chosen = np.where(moving, best, chosen)
    return chosen


RULES = {
    "ours": ours,
    "best point estimate": best_estimate,
    "a test per set, uncorrected": uncorrected,
    "max-T, correlation assumed": assumed_correlation,
    "Holm over groups, then any set": holm_over_groups,
    "pruning by 100 replicates": pruning,
}


def _count_set(sample: Sample, mean: FloatArray, counted: dict[str, int]) -> None:
    """Count a set certified for everybody that costs some group the margin."""
    sets = mean.shape[1]
    p = np.where(np.isnan(sample.not_worse), 1.0, sample.not_worse).max(axis=0)
    adjusted = holm(np.minimum(1.0, tail_penalty(sets) * p))
    loss = np.minimum(mean.min(axis=0), (mean - mean[:, -1:]).min(axis=0))
    wrong = (adjusted <= ALPHA) & (loss <= -DELTA + 1e-12)
    counted["set"] += bool(wrong.any())
    counted["set found"] += bool((adjusted <= ALPHA).any())


def _wrong_need(sample: Sample, mean: FloatArray) -> bool:
    """Tell whether some attribute is wrongly called needed, or not needed."""
    d, sets = mean.shape
    k, full = sample.steps.shape[2], sets - 1
    for a in range(k):
        less = full & ~(1 << a)
        loss = mean[:, full] - mean[:, less]
        penalty = tail_penalty(k * d)
        needed = holm(np.minimum(1.0, k * penalty * sample.step_more[:, less, a])) <= ALPHA
        below = np.where(np.isnan(sample.step_less[:, less, a]), 1.0, sample.step_less[:, less, a])
        spare = k * tail_penalty(k) * below.max() <= ALPHA
        if (needed & (loss <= DELTA + 1e-12)).any():
            return True
        if spare and not needed.any() and loss.max() >= DELTA - 1e-12:
            return True
    return False


def _asks_in_vain(cell: Cell, sample: Sample, mean: FloatArray) -> bool:
    """Tell whether the last attribute may be asked, in worlds where it says nothing."""
    k, sets = cell.k, mean.shape[1]
    with_it = np.array([s for s in range(sets) if s >> (k - 1) & 1])
    says = np.abs(mean[:, with_it] - mean[:, with_it & ~(1 << (k - 1))]).max() > 1e-12
    groups = [tuple(str(j >> a & 1) for a in range(k)) for j in range(len(mean))]
    if says or cell.world in {"one attribute helps one group", "trap at nothing"}:
        return False
    certified = certify(sample.steps, ALPHA, by_t=sample.by_t) & (sample.gains > 0)
    gains = np.where(sample.testable, sample.gains, np.nan)
    apart = tells_apart(gains[:, 1:], sample.se[:, 1:], groups, [k - 1])[0] * k
    return bool(certified[:, with_it].any() or apart <= ALPHA)


def _count_bound(
    sample: Sample, mean: FloatArray, chosen: IntArray, counted: dict[str, int]
) -> None:
    """Count a claimed value above the true one."""
    gains = np.where(sample.testable, sample.gains, np.nan)[:, 1:]
    d = len(mean)
    shares = np.full(d, 1 / d)
    found = policy_bound(gains, sample.covariances[:, 1:, 1:], shares, chosen - 1, alpha=ALPHA)
    taken = mean[np.arange(d), chosen].mean()
    counted["bounded"] += 1
    counted["bound"] += bool(found.lower > taken + 1e-12)


def main() -> None:
    """Run the cells that are not in the cache, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, help="of every cell, for a trial")
    parser.add_argument("--cache", type=Path, default=Path(".cache/choosing.jsonl"))
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--cells", type=int, help="only so many cells, for a trial")
    options = parser.parse_args()
    done: dict[str, dict[str, Any]] = {}
    if options.cache.exists():
        for line in options.cache.read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["version"] == VERSION:
                done[row["cell"]] = row
    options.cache.parent.mkdir(parents=True, exist_ok=True)
    cells = all_cells()[: options.cells]
    for cell in cells:
        if cell.name not in done:
            row = {**run_cell(cell, options.repeats or REPEATS[cell.k]), "version": VERSION}
            done[cell.name] = row
            with options.cache.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            print(cell.name, flush=True)
    options.page.write_text(document([done[cell.name] for cell in cells]), "utf-8")


if __name__ == "__main__":
    main()
