"""Try an error of a procedure that sees training on disjoint people: fits on thirds of the rows.

Run it from the repository root: ``nice python benchmarks/thirds.py``. A finished draw is a line of
the cache, so a run that was stopped goes on where it was; ``--page`` writes the page from the draws
that are there.

An audit's error of a procedure multiplies what chance does to single fits by the number of folds
less one, because fits on 4/5 of the same people cannot tell chance from training. Here every round
also fits on each third of the rows, and two such fits, which share nobody, are compared on the
people of the last third.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor

from whogains.inference import procedure_means

CACHE, PAGE = Path("benchmarks/.thirds.jsonl"), Path("docs/thirds.md")
ROUNDS, FOLDS, N = 5, 5, 1000
MODELS: dict[str, Callable[[int], Any]] = {
    "linear": lambda seed: Ridge(random_state=seed),
    "gradient boosting": lambda seed: HistGradientBoostingRegressor(max_iter=40, random_state=seed),
    "network": lambda seed: MLPRegressor(hidden_layer_sizes=(16,), max_iter=60, random_state=seed),
}
DRAWS = {"linear": 400, "gradient boosting": 150, "network": 100}
EFFECTS = {"noise": 0.0, "effect": 0.6}
Array = NDArray[np.float64]
Benefit = Callable[[Array], Array]
VERSION = 1  # raise it with what a draw here computes


def draw(world: str, number: int) -> tuple[Array, NDArray[np.int64]]:
    """Draw rows of five features, the attribute and the outcome, and their groups."""
    rng = np.random.default_rng([number, len(world)])
    X = rng.normal(size=(N, 5))
    told, group = rng.integers(0, 2, N), rng.integers(0, 2, N)
    y = X @ [1, 0.7, 0.4, 0.2, 0] + EFFECTS[world] * told * (group == 1) + rng.normal(size=N)
    return np.column_stack([X, told, y]), group


def fitted(model: str, rows: Array, seed: int) -> Benefit:
    """Fit without and with the attribute; give the benefit in squared error of other rows."""
    generic = MODELS[model](seed).fit(rows[:, :5], rows[:, 6])
    personalized = MODELS[model](seed).fit(rows[:, :6], rows[:, 6])

    def benefit(others: Array) -> Array:
        y = others[:, 6]
        before, after = generic.predict(others[:, :5]), personalized.predict(others[:, :6])
        return np.asarray((y - before) ** 2 - (y - after) ** 2, dtype=np.float64)

    return benefit


def one(model: str, world: str, number: int) -> dict[str, list[float]]:
    """Give each group's estimate, and the squares of both errors."""
    rows, group = draw(world, number)
    rng = np.random.default_rng([number, 1])
    benefits, trained = [], []
    for round_ in range(ROUNDS):
        order = rng.permutation(N)
        mine = np.empty(N)
        for k in range(FOLDS):
            out = order[k::FOLDS]
            kept = np.setdiff1d(order, out)
            mine[out] = fitted(model, rows[kept], 100 * round_ + k)(rows[out])
        benefits.append(mine)
        thirds = [order[i::3] for i in range(3)]
        fits = [fitted(model, rows[third], 100 * round_ + 50 + i) for i, third in enumerate(thirds)]
        for last in range(3):
            first, second = (i for i in range(3) if i != last)
            apart = fits[first](rows[thirds[last]]) - fits[second](rows[thirds[last]])
            trained.append([_squared(apart[group[thirds[last]] == j]) for j in (0, 1)])
    found = procedure_means(benefits, group)
    # A fit on 4/5 of the rows depends on them as 1/3 : 4/5 of what a fit on a third does.
    training = np.maximum(np.mean(trained, axis=0), 0.0) * (1 / 3) / (1 - 1 / FOLDS)
    return {
        "estimate": found.estimate.tolist(),
        "now": (found.se**2).tolist(),
        "thirds": (found.person_se**2 + training).tolist(),
    }


def _squared(apart: Array) -> float:
    """Half the squared mean difference of two fits, less what the people add to it."""
    return float((apart.mean() ** 2 - apart.var(ddof=1) / len(apart)) / 2)


def finished() -> dict[tuple[str, str], dict[int, Any]]:
    """Read the draws that are kept."""
    kept: dict[tuple[str, str], dict[int, Any]] = {(m, w): {} for m in MODELS for w in EFFECTS}
    lines = CACHE.read_text("utf-8").splitlines() if CACHE.exists() else []
    for line in map(json.loads, lines):
        if line["version"] == VERSION:
            kept[line["model"], line["world"]][line["number"]] = line["found"]
    return kept


def run(only: str) -> None:
    """Run what is not there yet, a draw of every cell at a time."""
    kept = finished()
    with CACHE.open("a", encoding="utf-8") as file:
        for number in range(max(DRAWS.values())):
            for model, world in kept:
                if number >= DRAWS[model] or number in kept[model, world] or only not in model:
                    continue
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    found = one(model, world, number)
                line = {"version": VERSION, "model": model, "world": world, "number": number}
                file.write(json.dumps({**line, "found": found}) + "\n")
                file.flush()


def page() -> str:
    """Write the page."""
    lines = [
        "# An error of procedures that may be narrower",
        "",
        "Nothing in an audit uses this yet. The error that audits give of a *procedure* is too",
        "large where fits differ much by chance ([procedure.md](procedure.md)). Here each of five",
        "rounds also fits on each third of the rows; two such fits share nobody, and half the",
        "squared difference of their benefits for the people of the last third is what training on",
        "other people does, at that size. *Thirds*: the usual error of the mean over rounds, plus",
        "that, times (1/3) / (4/5) for the size. *Now*: the error that audits give without their",
        "part for folds. Ratios are of the root of the mean square to the spread of the estimates",
        "over the draws; misses are of estimate ± 1.96 errors and the mean over draws. Made by",
        f"`benchmarks/thirds.py`: {N:,} rows, five features, two groups, squared error.",
        "",
        "| model | world | draws | error now | misses | error by thirds | misses |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for (model, world), draws in finished().items():
        if len(draws) < 20:
            continue
        of = {key: np.array([each[key] for each in draws.values()]) for key in ("now", "thirds")}
        estimate = np.array([each["estimate"] for each in draws.values()])
        spread = estimate.var(axis=0, ddof=1)
        cells = []
        for squares in of.values():
            ratio = sqrt(float((squares.mean(axis=0) / spread).mean()))
            missed = np.abs(estimate - estimate.mean(axis=0)) > 1.96 * np.sqrt(squares)
            cells += [f"{ratio:.2f}", f"{missed.mean():.3f}"]
        lines.append(f"| {model} | {world} | {len(draws)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the draws, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", action="store_true", help="write the page and run nothing")
    parser.add_argument("--only", default="", help="run the models whose name holds this text")
    asked = parser.parse_args()
    if not asked.page:
        run(asked.only)
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
