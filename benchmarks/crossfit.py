"""Measure which standard error of repeated cross-fitting covers the benefit of a procedure.

Run it from the repository root: ``nice python benchmarks/crossfit.py``. Every cell is a model in a
world with n rows and 2 or 8 groups; a finished one is a line of the cache, so a run that was
stopped goes on where it was. The page is written when all are there; ``--page`` writes it before.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crossfit_kept import table
from crossfit_report import document
from crossfit_worlds import Sample, benefit, draw, group_sums, matrices, truth

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

FOLDS = 5
REPEATS = (1, 2, 3, 5, 10)  # averaged: the first of them
NESTED = 5  # repeats with nested folds
HALVES = 10  # random splits into halves, each cross-fitted on its own
HOLDOUT = 0.3
NEW_ROWS = 20_000  # that the held-out part's own pair is judged on
TRUTH_SETS = {"ridge": 3000, "shrunk ridge": 3000, "network": 2000, "boosting": 600}
VERSION = 1  # raise it with what a cell computes
CACHE = Path("benchmarks/.crossfit.jsonl")
PAGE = Path("docs/crossfit.md")


@dataclass(frozen=True, slots=True)
class Cell:
    """One model in one world."""

    model: str
    world: str
    n: int
    groups: int
    samples: int

    @property
    def name(self) -> str:
        """Its key in the cache."""
        return f"{self.model}, {self.world}, n = {self.n}, {self.groups} groups, {self.samples}"

    @property
    def seed(self) -> int:
        """A seed of its own, whatever is run before."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4], "big")


def cells() -> list[Cell]:
    """List every cell, those that decide most first."""
    found = []
    both = ("noise", "effect", "labels")
    for n in (300, 1000, 3000):
        for world in (*both, "correlated", "interaction", "labels, effect", "clusters"):
            for groups in (2, 8) if world in both else (2,):
                found.append(Cell("ridge", world, n, groups, 200))
                if world in ("noise", "effect"):
                    found.append(Cell("shrunk ridge", world, n, groups, 200))
                if world in (*both, "correlated"):
                    found.append(Cell("network", world, n, groups, 150))
                if n < 3000 or world in (*both, "correlated"):
                    found.append(Cell("boosting", world, n, groups, 100))

    def later(cell: Cell) -> tuple[bool, bool]:
        slow = cell.model == "boosting" and cell.n == 3000
        return (cell.world not in both, slow and (cell.groups == 8 or cell.world != "noise"))

    return sorted(found, key=later)


def deal(group: IntArray, cluster: IntArray, parts: int, rng: np.random.Generator) -> IntArray:
    """Deal clusters out to parts, evenly over groups (of a cluster's first row)."""
    _, first, at = np.unique(cluster, return_index=True, return_inverse=True)
    order = np.lexsort((rng.random(len(first)), group[first]))
    part = np.empty(len(first), np.intp)
    part[order] = np.arange(len(first)) % parts
    return part[at]


def person_variance(B: FloatArray, s: Sample, groups: int) -> FloatArray:
    """Return the usual squared standard errors: everybody, then each group (cluster-robust)."""
    found = np.empty(groups + 1)
    for g in range(-1, groups):
        rows = np.ones(len(B), bool) if g < 0 else s.group == g
        total = np.bincount(s.cluster[rows], weights=B[rows] - B[rows].mean())
        units = np.unique(s.cluster[rows]).size
        found[g + 1] = units / (units - 1) * (total**2).sum() / rows.sum() ** 2
    return found


def means(B: FloatArray, group: IntArray, groups: int) -> tuple[FloatArray, FloatArray]:
    """Return the mean of everybody and of each group, and the numbers of rows."""
    rows = group_sums(np.ones(len(B)), group, groups)
    total = group_sums(B, group, groups)
    with np.errstate(invalid="ignore"):
        return np.r_[B.mean(), total / rows], np.r_[len(B), rows]


class Audit:
    """Everything that is done to one sample."""

    def __init__(self, cell: Cell, rng: np.random.Generator):
        self.cell, self.rng = cell, rng
        self.s = draw(cell.world, cell.n, cell.groups, rng)
        self.pair = matrices(cell.model, self.s)
        self.rows = np.arange(cell.n)

    def fit(self, train: IntArray, test: IntArray, seed: int) -> FloatArray:
        """Return benefits of `test` by a pair fitted on `train`."""
        c = self.cell
        how = {"train": train, "test": test, "seed": seed}
        return benefit(c.model, c.world, self.pair, self.s.y, **how)

    def cross(self, rows: IntArray) -> tuple[FloatArray, IntArray, int]:
        """Cross-fit once on some rows, with new folds and a new seed."""
        seed = int(self.rng.integers(2**31))
        fold = deal(self.s.group[rows], self.s.cluster[rows], FOLDS, self.rng)
        B = np.empty(len(rows))
        for k in range(FOLDS):
            B[fold == k] = self.fit(rows[fold != k], rows[fold == k], seed)
        return B, fold, seed

    def part(self, rows: IntArray) -> Sample:
        """Return some of the rows."""
        s = self.s
        return Sample(s.X[rows], s.S[rows], s.y[rows], s.group[rows], s.cluster[rows])

    def repeated(self) -> dict[str, FloatArray]:
        """Return what the first R repeats say, and nested folds in some."""
        d, s = self.cell.groups, self.s
        Bs, fold_means, fold_rows, single, a, b = [], [], [], [], [], []
        out = {}
        for r in range(max(REPEATS)):
            B, fold, seed = self.cross(self.rows)
            Bs.append(B)
            single.append(person_variance(B, s, d))
            by_fold = [means(B[fold == k], s.group[fold == k], d) for k in range(FOLDS)]
            fold_means.append([m for m, _ in by_fold])
            fold_rows.append([w for _, w in by_fold])
            if r < NESTED:
                in_mean, out_variance = self.nested(B, fold, seed)
                a.append((in_mean - np.array(fold_means[-1])) ** 2)
                b.append(out_variance)
            if r + 1 in REPEATS:
                out |= self.summary(r + 1, Bs, fold_means, fold_rows, single)
        out["nested_a"] = np.nanmean(a, axis=(0, 1))
        out["nested_b"] = np.nanmean(b, axis=(0, 1))
        return out

    def summary(self, R: int, Bs: Any, fold_means: Any, fold_rows: Any, single: Any) -> Any:
        """Return the sums of R repeats that every candidate is made of."""
        d, s = self.cell.groups, self.s
        B = np.mean(Bs, axis=0)
        estimate, _ = means(B, s.group, d)
        per_repeat = np.array([means(each, s.group, d)[0] for each in Bs])
        m, w = np.array(fold_means), np.array(fold_rows)  # (R, K, d + 1)
        share = w / w.mean(axis=(0, 1))
        squares = np.nansum(share * (m - estimate) ** 2, axis=(0, 1)) / (R * FOLDS - 1)
        within = np.nansum(share * (m - per_repeat[:, None]) ** 2, axis=(0, 1)) / R / (FOLDS - 1)
        between = per_repeat.var(axis=0, ddof=1) if R > 1 else np.zeros(d + 1)
        return {
            f"estimate_{R}": estimate,
            f"person_{R}": person_variance(B, s, d),
            f"single_{R}": np.mean(single, axis=0),
            f"between_{R}": between,
            f"folds_{R}": squares,
            f"within_{R}": within,
        }

    def nested(self, B: FloatArray, fold: IntArray, seed: int) -> tuple[FloatArray, FloatArray]:
        """Return inner means per outer fold, and the outer folds' own squared errors (K, d + 1)."""
        d, s = self.cell.groups, self.s
        total, rows = np.zeros((FOLDS, d + 1)), np.zeros((FOLDS, d + 1))
        for j in range(FOLDS):
            for k in range(j):
                train = self.rows[(fold != j) & (fold != k)]
                for out, tested in ((j, k), (k, j)):
                    test = self.rows[fold == tested]
                    inner = self.fit(train, test, seed)
                    m, w = means(inner, s.group[test], d)
                    total[out] += np.nan_to_num(m) * w
                    rows[out] += w
        outer = []
        for k in range(FOLDS):
            part = self.rows[fold == k]
            with np.errstate(all="ignore"):
                outer.append(person_variance(B[part], self.part(part), d))
        with np.errstate(invalid="ignore"):
            return total / rows, np.array(outer)

    def halves(self) -> dict[str, FloatArray]:
        """Return half the squared differences of two halves, and their own squared errors."""
        d = self.cell.groups
        apart, own = [], []
        for _ in range(HALVES):
            half = deal(self.s.group, self.s.cluster, 2, self.rng)
            two, errors = [], []
            for h in (0, 1):
                rows = self.rows[half == h]
                B, _, _ = self.cross(rows)
                two.append(means(B, self.s.group[rows], d)[0])
                errors.append(person_variance(B, self.part(rows), d))
            apart.append((two[0] - two[1]) ** 2 / 2)
            own.append(np.mean(errors, axis=0))
        return {
            "halves_5": np.mean(apart[:5], axis=0),
            "halves_own_5": np.mean(own[:5], axis=0),
            "halves_10": np.mean(apart, axis=0),
            "halves_own_10": np.mean(own, axis=0),
        }

    def held_out(self) -> dict[str, FloatArray]:
        """Return a held-out part's estimate, its squared error, and what its own pair gains."""
        c, d = self.cell, self.cell.groups
        part = deal(self.s.group, self.s.cluster, 10, self.rng) < 10 * HOLDOUT
        seed = int(self.rng.integers(2**31))
        test = self.rows[part]
        B = self.fit(self.rows[~part], test, seed)
        new = draw(c.world, NEW_ROWS, c.groups, self.rng)
        both = [np.vstack(two) for two in zip(self.pair, matrices(c.model, new), strict=True)]
        y = np.r_[self.s.y, new.y]
        later = np.arange(c.n, c.n + NEW_ROWS)
        how = {"train": self.rows[~part], "test": later, "seed": seed}
        gain = benefit(c.model, c.world, tuple(both), y, **how)
        return {
            "held": means(B, self.s.group[test], d)[0],
            "held_person": person_variance(B, self.part(test), d),
            "pair": means(gain, new.group, d)[0],
        }


def run_cell(cell: Cell) -> dict[str, Any]:
    """Simulate one cell; its numbers are (samples, groups + 1), everybody first."""
    start = time.perf_counter()
    sizes = {
        "truth": cell.n * (FOLDS - 1) // FOLDS,
        "truth_held": round(cell.n * (1 - HOLDOUT)),
    }
    known = {}
    for name, rows in sizes.items():
        known[name], known[f"{name}_se"] = truth(
            cell.model,
            cell.world,
            rows=rows,
            groups=cell.groups,
            sets=min(TRUTH_SETS[cell.model], 50 * cell.samples),
            seed=cell.seed + 1,
        )
    rng = np.random.default_rng(cell.seed)
    found: dict[str, list[FloatArray]] = {}
    for _ in range(cell.samples):
        audit = Audit(cell, rng)
        for name, values in (audit.repeated() | audit.halves() | audit.held_out()).items():
            found.setdefault(name, []).append(values)
    numbers = {name: _short(values) for name, values in (known | found).items()}
    settings = {"model": cell.model, "world": cell.world, "n": cell.n, "groups": cell.groups}
    seconds = round(time.perf_counter() - start, 1)
    return {"cell": cell.name, "version": VERSION, **settings, "seconds": seconds, **numbers}


def _short(values: Any) -> Any:
    array = np.asarray(values)
    if array.ndim == 1:
        return [float(f"{x:.6g}") for x in array]
    return [_short(each) for each in array]


def read(cache: Path) -> dict[str, dict[str, Any]]:
    """Read the finished cells; a line cut off by a kill is dropped."""
    done = {}
    for line in cache.read_text().splitlines() if cache.exists() else []:
        if line.startswith("{") and line.endswith("}"):
            cell = json.loads(line)
            if cell["version"] == VERSION:
                done[cell["cell"]] = cell
    return done


def main() -> None:
    """Run the cells that are not there yet, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=PAGE)
    parser.add_argument("--only", default="", help="cells whose name holds this; writes no page")
    parser.add_argument("--minutes", type=float, default=np.inf, help="start no cell after so long")
    parser.add_argument("--samples", type=int, help="samples per cell, in place of the full number")
    parser.add_argument(
        "--page", action="store_true", help="write the page of the finished cells, run no others"
    )
    given = parser.parse_args()
    wanted = [cell for cell in cells() if given.only in cell.name]
    if given.samples:
        wanted = [Cell(c.model, c.world, c.n, c.groups, given.samples) for c in wanted]
    done, start = read(given.cache), time.monotonic()
    for cell in wanted:
        late = time.monotonic() - start > 60 * given.minutes
        if cell.name in done or given.page or late:
            continue
        done[cell.name] = run_cell(cell)
        with given.cache.open("a") as file:
            file.write("\n" + json.dumps(done[cell.name]) + "\n")
            file.flush()
            os.fsync(file.fileno())
        print(f"{cell.name}: {done[cell.name]['seconds']:.0f} s", flush=True)
    finished = [done[cell.name] for cell in wanted if cell.name in done]
    if given.page or (len(finished) == len(wanted) and not given.only):
        given.out.write_text(document(finished, len(wanted), table()), encoding="utf-8")


if __name__ == "__main__":
    main()
