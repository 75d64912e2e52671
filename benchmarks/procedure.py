"""Measure whether the error that audits give of a procedure is its error, cost by cost.

Run it from the repository root: ``nice python benchmarks/procedure.py``. Every cell is a kind of
model in a world with n rows; a finished audit is a line of the cache, so a run that was stopped
goes on where it was. ``--page`` writes the page from the audits that are there.

Every audit draws new people and goes through the public API with its defaults: five rounds, one
placebo, explanations. Over the audits of a cell, the spread of a benefit is the true error of the
procedure, and their mean is its true benefit, up to the error of that mean. Beside them stand the
error that audits give, and how often their intervals miss.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite, sqrt
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

import whogains as wg

CACHE = Path("benchmarks/.procedure.jsonl")
PAGE = Path("docs/procedure.md")
ALPHA = 0.05
FEWEST = 10  # a cell with fewer audits is not shown, and fewer intervals are not judged
FEATURES = 8
NOISE, EFFECT, OTHER = "noise", "effect", "other groups"
VERSION = 1  # raise it with what an audit here computes
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of model in one world."""

    model: str
    world: str
    n: int
    audits: int

    @property
    def name(self) -> str:
        """Its key in the cache."""
        return f"{self.model}, {self.world}, n {self.n}"


CELLS = tuple(
    Cell(model, world, n, audits)
    for model, audits in (("linear", 100), ("gradient_boosting", 40), ("mlp", 40))
    for world in (NOISE, EFFECT, OTHER)
    for n in (300, 1000)
)


def draw(cell: Cell, number: int) -> tuple[pd.DataFrame, Any, pd.DataFrame, pd.DataFrame | None]:
    """Draw features, an outcome, the attribute that one model is told, and groups."""
    rng = np.random.default_rng([number, cell.n, len(cell.world)])
    X = rng.normal(size=(cell.n, FEATURES))
    y = X @ np.linspace(1, 0, FEATURES) + rng.normal(size=cell.n)
    told = rng.choice(["a", "b"], cell.n, p=[0.6, 0.4])
    personal = pd.DataFrame({"s": told})
    groups = None
    if cell.world == EFFECT:
        # What the first feature does depends on the attribute, and so does the level.
        y = y + (told == "b") * (0.5 + 0.7 * X[:, 0])
    if cell.world == OTHER:
        matters = rng.choice(["a", "b"], cell.n)
        y = y + 2.0 * (matters == "b")
        groups = personal.assign(matters=matters)
    return pd.DataFrame(X, columns=[f"x{k}" for k in range(FEATURES)]), y, personal, groups


def audit(cell: Cell, number: int) -> dict[str, dict[str, list[float | None]]]:
    """Give benefit, standard error and interval of each cost and group."""
    X, y, personal, groups = draw(cell, number)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = wg.audit(
            X, y, personal=personal, groups=groups, model=cell.model, random_state=number, n_jobs=1
        )
    return {
        cost.name: {
            EVERYBODY: _numbers(cost.population),
            **{", ".join(map(str, group.group.values())): _numbers(group) for group in cost.groups},
        }
        for cost in found.costs
    }


def _numbers(finding: Any) -> list[float | None]:
    return [finding.bop, finding.se, *finding.ci]


def finished(cache: Path) -> dict[str, dict[int, Any]]:
    """Read the audits that are kept."""
    kept: dict[str, dict[int, Any]] = defaultdict(dict)
    if cache.exists():
        for line in cache.read_text("utf-8").splitlines():
            one = json.loads(line)
            if one["version"] == VERSION:
                kept[one["cell"]][one["number"]] = one["found"]
    return kept


def run(cells: tuple[Cell, ...], cache: Path) -> None:
    """Run what is not there yet, a round of every cell at a time."""
    kept = finished(cache)
    with cache.open("a", encoding="utf-8") as file:
        for number in range(max(cell.audits for cell in cells)):
            for cell in cells:
                if number >= cell.audits or number in kept[cell.name]:
                    continue
                found = audit(cell, number)
                line = {"version": VERSION, "cell": cell.name, "number": number, "found": found}
                file.write(json.dumps(line) + "\n")
                file.flush()


@dataclass(frozen=True, slots=True)
class Row:
    """One cost of one cell, for everybody or over its groups."""

    cell: Cell
    cost: str
    who: str
    audits: int
    ratio: float  # given error to true one, by their squares' means
    misses: float  # share of intervals that miss, of those given
    intervals: int
    given: float  # share of audits that give an interval

    @property
    def out(self) -> bool:
        """Whether intervals miss more often than .05 allows, by 3 binomial standard errors."""
        if self.intervals < FEWEST:
            return False
        return self.misses > ALPHA + 3 * sqrt(ALPHA * (1 - ALPHA) / self.intervals)


def rows_of(kept: dict[str, dict[int, Any]]) -> Iterator[Row]:
    """Compare, in every cell with enough audits, what audits say with what they do."""
    for cell in CELLS:
        audits = list(kept[cell.name].values())
        if len(audits) < FEWEST:
            continue
        for cost in audits[0]:
            everybody = _compare([[one[cost][EVERYBODY]] for one in audits])
            groups = [name for name in audits[0][cost] if name != EVERYBODY]
            each = _compare([[one[cost][name] for name in groups] for one in audits])
            yield Row(cell, cost, EVERYBODY, len(audits), *everybody)
            yield Row(cell, cost, "groups", len(audits), *each)


def _compare(numbers: list[list[list[float | None]]]) -> tuple[float, float, int, float]:
    """Give the ratio of errors, the share that misses, the intervals and their share.

    An interval misses the true benefit, here the mean over audits, whose own error widens it:
    both are independent enough where there are many audits.
    """
    found = np.array(numbers, dtype=np.float64)  # audits, groups, numbers
    bop, se, low, high = np.moveaxis(found, -1, 0)
    truth = np.nanmean(bop, axis=0)
    spread = np.nanvar(bop, axis=0, ddof=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = float(np.sqrt(np.nanmean(np.nanmean(se**2, axis=0) / spread)))
    shown = np.isfinite(low) & np.isfinite(high)
    # The mean is known up to this: a miss by less is none.
    slack = stats.norm.isf(ALPHA) * np.sqrt(spread / len(found))
    missed = shown & ((low > truth + slack) | (high < truth - slack))
    count = int(shown.sum())
    return ratio, float(missed.sum()) / count if count else float("nan"), count, float(shown.mean())


def page(kept: dict[str, dict[int, Any]]) -> str:
    """Write the page."""
    rows = list(rows_of(kept))
    counts = sorted({row.audits for row in rows})
    outs = f"{sum(row.out for row in rows)} of {sum(row.intervals >= FEWEST for row in rows)}"
    lines = [
        "# Is the error of a procedure its error?",
        "",
        "Verdicts of fitted audits speak of the *procedure*: of what learning with the",
        "attribute gains on average over people to learn from, folds and seeds. Here each",
        "audit draws new people and goes through the public `audit` with its defaults (five",
        "rounds of five folds, one placebo, explanations). Over the audits of a cell, the spread",
        "of a benefit is the true error, and the mean is the true benefit. Made by",
        f"`benchmarks/procedure.py`, with {counts[0]} to {counts[-1]} audits a cell.",
        "",
        "- *error*: the given standard error divided by the true one (root of mean squares); 1",
        "  is right, above 1 is careful: verdicts come later than they could.",
        "- *misses*: the share of 95 % intervals that do not hold the true benefit by more than",
        "  the error of what is called true; *given*: the share of audits that give an interval.",
        "- Worlds: an attribute of *noise*; one with an *effect* on level and slope; *other",
        "  groups*: noise, in groups by it and by another attribute that moves the outcome and",
        "  that no model is told.",
        "",
        f"Out of tolerance (misses above .05 by three binomial standard errors): {outs} rows.",
        "",
        *_summary(rows),
        "",
        "What chance does to each fit by itself is multiplied with what other training people do,",
        "since fits on 4/5 of the same people cannot tell the two apart: so the error of models",
        "whose fits differ much by chance is too large by a multiple, and more rounds do not make",
        "it smaller. Verdicts on explanations of such models ask for many times the rows that the",
        "true error would. For linear models it is about right where an effect is there.",
        "",
        "| model | world | n | cost | of whom | audits | error | misses | given | |",
        "|---|---|--:|---|---|--:|--:|--:|--:|---|",
    ]
    lines += [
        f"| {row.cell.model.replace('_', ' ')} | {row.cell.world} | {row.cell.n:,}"
        f" | {row.cost.replace('_', ' ')} | {row.who} | {row.audits} | {_two(row.ratio)}"
        f" | {_two(row.misses)} | {row.given:.2f} | {'out' if row.out else ''} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _summary(rows: list[Row]) -> list[str]:
    """Give the middle ratio of errors, and the share of intervals that miss, by model and kind."""
    lines = [
        "| model | costs | rows of the table | error, median | from | to | misses |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for model in dict.fromkeys(row.cell.model for row in rows):
        for kind, of_prediction in (("of predictions", True), ("of explanations", False)):
            mine = [
                row
                for row in rows
                if row.cell.model == model and row.cost.endswith("_error") == of_prediction
            ]
            ratios = sorted(row.ratio for row in mine if isfinite(row.ratio))
            count = sum(row.intervals for row in mine)
            missed = sum(row.misses * row.intervals for row in mine if row.intervals)
            lines.append(
                f"| {model.replace('_', ' ')} | {kind} | {len(mine)} | {_two(median(ratios))} "
                f"| {_two(ratios[0])} | {_two(ratios[-1])} "
                f"| {_two(missed / count if count else float('nan'))} |"
            )
    return lines


def _two(number: float) -> str:
    return f"{number:.2f}" if isfinite(number) else "–"


def main() -> None:
    """Run the cells, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--page", action="store_true", help="write the page and run nothing")
    parser.add_argument("--only", default="", help="run the cells whose name holds this text")
    asked = parser.parse_args()
    if not asked.page:
        run(tuple(cell for cell in CELLS if asked.only in cell.name), CACHE)
    PAGE.write_text(page(finished(CACHE)), "utf-8")


if __name__ == "__main__":
    main()
