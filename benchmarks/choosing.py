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
from choosing_worlds import DELTA, WORLDS, Cell, Samples, draw, truth
from whogains.inference import holm, policy_bound, tail_penalty
from whogains.judging.advice import certify, route, tells_apart
from whogains.types import BoolArray, FloatArray, IntArray

ALPHA = 0.05
KS, SIZES, COSTS = (2, 3, 5), (1_000, 5_000, 20_000), ("normal", "0-1")
FIVE_HUNDRED = 4_000  # rows: 500 for each group of three attributes
REPEATS, BOUNDED = {2: 1000, 3: 1000, 5: 300}, {2: 200, 3: 150, 5: 20}
PRUNING_REPLICATES, PRUNING_LEVEL = 100, 0.1
ASSUMED = 0.6
# Raise it with what a cell computes: no stale line is used then.
VERSION = 5
PAGE = Path("docs/choosing-benchmark.md")


def all_cells() -> list[Cell]:
    """List every cell, small ones first."""
    sizes = [(k, n) for k in KS for n in (*SIZES, *([FIVE_HUNDRED] if k == 3 else []))]
    return [Cell(world, cost, k, n) for k, n in sorted(sizes) for cost in COSTS for world in WORLDS]


def run_cell(cell: Cell, repeats: int) -> dict[str, Any]:
    """Simulate one cell."""
    seed = zlib.crc32(cell.name.encode())
    mean = truth(cell, seed)
    d, sets = mean.shape
    rng = np.random.default_rng(seed)
    samples = draw(cell, mean, repeats, rng)
    certified = _certified(samples)
    by_holm = _by_holm(samples)
    chosen = {
        "ours": _routed(certified & (samples.gains > 0), samples.gains),
        "ours, least not shown to lose": _not_shown_to_lose(certified, samples),
        "best point estimate": np.maximum(samples.gains, 0.0).argmax(axis=-1),
        "a test per set, uncorrected": _best_of(samples.alone <= ALPHA, samples),
        "max-T, correlation assumed": _best_of(samples.alone <= _assumed(d, sets - 1), samples),
        "Holm over groups, then any set": _routed(by_holm, samples.gains),
        "pruning by 100 replicates": pruning(samples, rng),
    }
    groups = np.arange(d)
    rules = {}
    for name, each in chosen.items():
        taken = np.where(each > 0, mean[groups, each], 0.0)
        wrong = ((each > 0) & (taken <= 1e-12)).any(axis=1)
        told = np.bitwise_count(each).mean() / cell.k
        minimal = _minimal(mean)[groups, each]
        rules[name] = {
            "wrong": float(wrong.mean()),
            "value": float(taken.mean()),
            "asked": float(told),
            "minimal": float(minimal.mean()),
        }
    reachable = _reachable(cell, mean)
    p = np.where(np.isnan(samples.not_worse), 1.0, samples.not_worse).max(axis=1)
    for_all = np.array([holm(np.minimum(1.0, tail_penalty(sets) * each)) for each in p]) <= ALPHA
    loss = np.minimum(mean.min(axis=0), (mean - mean[:, -1:]).min(axis=0))
    bounded = min(repeats, BOUNDED[cell.k])
    return {
        "cell": cell.name,
        "k": cell.k,
        "n": cell.n,
        "cost": cell.cost,
        "world": cell.world,
        "repeats": repeats,
        "best": float(np.maximum(mean.max(axis=1), 0).mean()),
        "routed": float((chosen["ours"] > 0).mean()),
        "rules": rules,
        "claims_wrong": float((certified & ~reachable).any(axis=(1, 2)).mean()),
        "holm_claims_wrong": float((by_holm & (mean <= 1e-12)).any(axis=(1, 2)).mean()),
        "set_wrong": float((for_all & (loss <= -DELTA + 1e-12)).any(axis=1).mean()),
        "set_found": float(for_all.any(axis=1).mean()),
        "need_wrong": float(np.mean([_wrong_need(samples, r, mean) for r in range(repeats)])),
        "asked_in_vain": _asked_in_vain(cell, samples, mean, certified),
        "bound_wrong": sum(
            _bound_wrong(samples, r, mean, chosen["ours"][r]) for r in range(bounded)
        ),
        "bounded": bounded,
    }


def _certified(samples: Samples) -> BoolArray:
    """Certify in every sample, as one call with the level of each."""
    repeats, d, sets, k = samples.steps.shape
    p = samples.steps.reshape(repeats * d, sets, k)
    joint = samples.joint.reshape(repeats * d, sets, k, k)
    by_t = np.full(p.shape, True) if samples.by_t else None
    found = certify(p, ALPHA, joint=joint, by_t=by_t, count=d)
    return found.reshape(repeats, d, sets)


def _routed(certified: BoolArray, gains: FloatArray) -> IntArray:
    """Choose by our rule among certified sets."""
    repeats, d, sets = gains.shape
    flat = certified.reshape(-1, sets)[:, 1:], gains.reshape(-1, sets)[:, 1:]
    return np.asarray(route(*flat, _prices(sets), delta=DELTA).reshape(repeats, d) + 1)


def _prices(sets: int) -> list[float]:
    return [float(s.bit_count()) for s in range(1, sets)]


def _not_shown_to_lose(certified: BoolArray, samples: Samples) -> IntArray:
    """Choose the set that asks least and is not shown to lose more than delta against the best.

    A loss is shown by a paired normal test at ALPHA, where our rule goes by the estimates.
    """
    certified = certified & (samples.gains > 0)
    at = np.where(certified, samples.gains, -np.inf)
    best = at.argmax(axis=-1)[..., None]
    each = np.diagonal(samples.covariances, axis1=-2, axis2=-1)
    shared = np.take_along_axis(samples.covariances, best[..., None], axis=-2)[..., 0, :]
    variance = each + np.take_along_axis(each, best, axis=-1) - 2 * shared
    loss = np.take_along_axis(samples.gains, best, axis=-1) - samples.gains - DELTA
    shown = loss > -special.ndtri(ALPHA) * np.sqrt(np.maximum(variance, 0))
    near = certified & ~shown
    # Above all prices where a set may not be chosen; equal prices go by the gain.
    sets = certified.shape[-1]
    asks = np.bitwise_count(np.arange(sets)) - np.clip(samples.gains, -1, 1) / 4
    return np.asarray(np.where(near, asks, np.inf).argmin(axis=-1) * near.any(axis=-1))


def _minimal(mean: FloatArray) -> BoolArray:
    """Find each group's sets of least burden, nothing among them, that lose at most delta."""
    near = mean >= mean.max(axis=1, keepdims=True) - DELTA - 1e-12
    asks = np.bitwise_count(np.arange(mean.shape[1]))
    least = np.where(near, asks, asks.max() + 1).min(axis=1, keepdims=True)
    return np.asarray(near & (asks == least))


def _best_of(shown: BoolArray, samples: Samples) -> IntArray:
    return np.asarray(np.where(shown, samples.gains, 0.0).argmax(axis=-1))


_LEVELS: dict[tuple[int, int], float] = {}


def _assumed(d: int, m: int) -> float:
    """Find the level of one test at which the largest of correlated ones has the level ALPHA."""
    if (d, m) not in _LEVELS:
        rng = np.random.default_rng(1)
        z = np.sqrt(ASSUMED) * rng.normal(size=(4000, d, 1))
        z = z + np.sqrt(1 - ASSUMED) * rng.normal(size=(4000, d, m))
        _LEVELS[d, m] = float(special.ndtr(-np.quantile(z.max(axis=(1, 2)), 1 - ALPHA)))
    return _LEVELS[d, m]


def _by_holm(samples: Samples) -> BoolArray:
    """Certify every set that passes at the step at which its group passes Holm over groups."""
    certified = np.zeros(samples.alone.shape, dtype=np.bool_)
    for r, each in enumerate(samples.alone):
        p = np.where(np.isnan(each), 1.0, each)[:, 1:]
        d, m = p.shape
        least = np.minimum(1.0, m * p.min(axis=1))
        order = np.argsort(np.argsort(least, kind="stable"), kind="stable")
        passed, level = holm(least) <= ALPHA, ALPHA / (d - order)
        certified[r, :, 1:] = passed[:, None] & (m * p <= level[:, None])
    return certified


def pruning(samples: Samples, rng: np.random.Generator) -> IntArray:
    """Grow the tree of requests, and prune where 100 replicates do not favour the child."""
    repeats, d, sets = samples.gains.shape
    k = samples.steps.shape[-1]
    gains = samples.gains.reshape(-1, sets)
    spread = samples.covariances.reshape(-1, sets, sets)
    at = np.arange(len(gains))
    chosen, moving = np.zeros(len(gains), dtype=np.int64), np.ones(len(gains), dtype=np.bool_)
    for _ in range(k):
        nexts = np.stack([chosen | 1 << a for a in range(k)], axis=1)
        best = nexts[at, np.take_along_axis(gains, nexts, axis=1).argmax(axis=1)]
        step = gains[at, best] - gains[at, chosen]
        variance = (
            spread[at, best, best] + spread[at, chosen, chosen] - 2 * spread[at, best, chosen]
        )
        t = step / np.sqrt(np.maximum(variance, 1e-300))
        favour = rng.binomial(PRUNING_REPLICATES, special.ndtr(t)) / PRUNING_REPLICATES
        moving &= (favour >= 1 - PRUNING_LEVEL) & (chosen != best)
        chosen = np.where(moving, best, chosen)
    return chosen.reshape(repeats, d)


def _reachable(cell: Cell, mean: FloatArray) -> BoolArray:
    """Find what can be reached by steps that truly gain."""
    k = cell.k
    steps = np.full((*mean.shape, k), np.nan)
    joint = np.full((*mean.shape, k, k), np.nan)
    for told, a in product(range(mean.shape[1]), range(k)):
        if not told >> a & 1:
            steps[:, told, a] = mean[:, told | 1 << a] - mean[:, told] <= 1e-12
        for b in range(a + 1, k):
            both = told | 1 << a | 1 << b
            if not (told >> a & 1 or told >> b & 1):
                joint[:, told, a, b] = mean[:, both] - mean[:, told] <= 1e-12
    return certify(steps, ALPHA, joint=joint)


def _wrong_need(samples: Samples, r: int, mean: FloatArray) -> bool:
    """Tell whether some attribute is wrongly called needed, or not needed."""
    d, sets = mean.shape
    k, full = samples.steps.shape[-1], sets - 1
    for a in range(k):
        less = full & ~(1 << a)
        loss = mean[:, full] - mean[:, less]
        penalty = tail_penalty(k * d)
        needed = holm(np.minimum(1.0, k * penalty * samples.step_more[r, :, less, a])) <= ALPHA
        below = np.where(
            np.isnan(samples.step_less[r, :, less, a]), 1.0, samples.step_less[r, :, less, a]
        )
        spare = k * tail_penalty(k) * below.max() <= ALPHA
        if (needed & (loss <= DELTA + 1e-12)).any():
            return True
        if spare and not needed.any() and loss.max() >= DELTA - 1e-12:
            return True
    return False


def _asked_in_vain(
    cell: Cell, samples: Samples, mean: FloatArray, certified: BoolArray
) -> float | None:
    """Count how often the last attribute may be asked, in worlds where it says nothing."""
    k, sets = cell.k, mean.shape[1]
    with_it = np.array([s for s in range(sets) if s >> (k - 1) & 1])
    says = np.abs(mean[:, with_it] - mean[:, with_it & ~(1 << (k - 1))]).max() > 1e-12
    uneven = mean[: len(mean) // 2] - mean[len(mean) // 2 :]
    if says or np.abs(uneven).max() > 1e-12:
        return None
    groups = [tuple(str(j >> a & 1) for a in range(k)) for j in range(len(mean))]
    asked = 0
    counted = min(samples.gains.shape[0], BOUNDED[k])
    for r in range(counted):
        gains = samples.gains[r] if samples.testable else np.full(mean.shape, np.nan)
        # Corrected for one attribute there, and for all of them here.
        apart = tells_apart(gains[:, 1:], samples.se[r, :, 1:], groups, [k - 1])[0] * k
        mine = certified[r] & (samples.gains[r] > 0)
        asked += bool(mine[:, with_it].any() or apart <= ALPHA)
    return asked / counted


def _bound_wrong(samples: Samples, r: int, mean: FloatArray, chosen: IntArray) -> bool:
    """Tell whether a claimed value is above the true one."""
    d = len(mean)
    gains = samples.gains[r, :, 1:] if samples.testable else np.full((d, mean.shape[1] - 1), np.nan)
    found = policy_bound(
        gains, samples.covariances[r, :, 1:, 1:], np.full(d, 1 / d), chosen - 1, alpha=ALPHA
    )
    return bool(found.lower > mean[np.arange(d), chosen].mean() + 1e-12)


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
