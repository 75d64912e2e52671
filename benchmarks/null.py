"""Count the verdicts that an attribute of pure noise earns, through the public API.

Run it from the repository root: ``nice python benchmarks/null.py``. Every cell is a kind of model,
a design, n rows and 2 or 8 groups; a finished audit is a line of the cache, so a run that was
stopped goes on where it was. ``--page`` writes the page from the audits that are there.

In every audit the attribute tells nothing: it is drawn independently of features and outcome, or,
on real people, its rows are permuted. For each cost the table gives the share of audits in which
any group has the verdict "gain", "harm", or either over a placebo: by the defaults (five rounds,
one placebo, attributes as context), in one round, and in one round with the paper's masks.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import whogains as wg

CACHE = Path("benchmarks/.null.jsonl")
PAGE = Path("docs/null.md")
ALPHA = 0.05
WAYS: dict[str, dict[str, Any]] = {
    "default": {},
    "one round": {"repeats": 1, "placebo": 0},
    "one round, paper's masks": {
        "repeats": 1,
        "placebo": 0,
        "mask_personal": True,
        "baseline": "mean",
    },
}
DEFAULT = "default"
COMPARED = 40  # audits of a cell that are done in every way; the others by default only
KINDS = ("gain", "harm")
# Groups by the attribute and by another one, which moves the outcome and which no model is told.
OTHER = "other groups"
FEWEST = 10  # a cell with fewer audits is not shown
VERSION = 4  # raise it with what an audit here computes


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of audit in which nothing is true of the attribute."""

    model: str
    design: str
    n: int
    groups: int
    features: int
    audits: int

    @property
    def name(self) -> str:
        """Its key in the cache."""
        return f"{self.model}, {self.design}, n {self.n}, {self.groups} groups, p {self.features}"


CELLS = (
    *(
        Cell("linear", design, n, groups, features, 400)
        for design in ("independent", "correlated")
        for n in (300, 1000, 3000)
        for groups in (2, 8)
        for features in (7, 8)
    ),
    *(Cell("linear", "other groups", n, 4, 8, 400) for n in (300, 1000, 3000)),
    *(Cell("gradient_boosting", "other groups", n, 4, 8, 40) for n in (1000, 3000)),
    Cell("linear", "nhanes", 5128, 8, 30, 100),
    *(
        Cell("gradient_boosting", "independent", n, groups, 8, 40)
        for n in (300, 1000, 3000)
        for groups in (2, 8)
    ),
    Cell("gradient_boosting", "nhanes", 5128, 8, 30, 20),
    *(Cell("mlp", "independent", n, 2, 8, 20) for n in (300, 1000)),
)


def world(cell: Cell, number: int) -> tuple[pd.DataFrame, Any, pd.DataFrame, Any]:
    """Give features, an outcome that follows them, attributes that follow nothing, and groups."""
    rng = np.random.default_rng([number, cell.n, cell.groups, cell.features])
    if cell.design == "nhanes":
        data = wg.datasets.nhanes("systolic")
        order = rng.permutation(len(data.X))
        people = data.personal.iloc[order].set_axis(data.X.index)
        return data.X, data.y, people, None
    X = rng.normal(size=(cell.n, cell.features))
    if cell.design == "correlated":
        X = sqrt(0.5) * X + sqrt(0.5) * rng.normal(size=(cell.n, 1))
    y = X @ np.linspace(1, 0, cell.features) + rng.normal(size=cell.n)
    personal = {
        f"s{k}": rng.choice(["a", "b"], cell.n, p=[0.6, 0.4])
        for k in range(1 if cell.groups == 2 else 3)
    }
    people = pd.DataFrame({"s0": personal["s0"]} if cell.design == OTHER else personal)
    groups = None
    if cell.design == OTHER:
        matters = rng.choice(["a", "b"], cell.n)
        y = y + 2.0 * (matters == "b")
        groups = people.assign(matters=matters)
    return pd.DataFrame(X, columns=[f"x{k}" for k in range(cell.features)]), y, people, groups


def audit(cell: Cell, number: int) -> dict[str, dict[str, dict[str, bool]]]:
    """Say which verdicts any group earned, by way of auditing and by cost."""
    X, y, personal, groups = world(cell, number)
    found: dict[str, dict[str, dict[str, bool]]] = {}
    for words, way in WAYS.items():
        if words != DEFAULT and number >= COMPARED:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one = wg.audit(
                X,
                y,
                personal=personal,
                groups=groups,
                model=cell.model,
                random_state=number,
                n_jobs=1,
                **way,
            )
        found[words] = {
            cost.name: {
                **{kind: any(g.verdict == kind for g in cost.groups) for kind in KINDS},
                **{
                    f"{kind} over placebo": any(
                        g.over_placebo is not None and g.over_placebo.verdict == kind
                        for g in cost.groups
                    )
                    for kind in KINDS
                },
            }
            for cost in one.costs
        }
    return found


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


def tolerance(audits: int) -> float:
    """Three binomial standard errors at the level."""
    return 3 * sqrt(ALPHA * (1 - ALPHA) / audits)


def rows_of(kept: dict[str, dict[int, Any]]) -> Iterator[dict[str, Any]]:
    """Count, for each cell, way and cost, in how many audits noise earned a verdict."""
    for cell in CELLS:
        for words in WAYS:
            audits = [one[words] for one in kept[cell.name].values() if words in one]
            if len(audits) < FEWEST:
                continue
            for cost in audits[0]:
                each = [one[cost] for one in audits]
                shares = {kind: float(np.mean([one[kind] for one in each])) for kind in each[0]}
                yield {**asdict(cell), "way": words, "cost": cost, "count": len(each), **shares}


def out(row: dict[str, Any]) -> bool:
    """Whether any share is above the level by more than the tolerance."""
    worst = max(row[kind + end] for kind in KINDS for end in ("", " over placebo"))
    return bool(worst > ALPHA + tolerance(row["count"]))


def pooled(kept: dict[str, dict[int, Any]]) -> str:
    """Say in how many of all audits by default noise earned anything on any cost."""
    every = [one[DEFAULT] for cell in CELLS for one in kept[cell.name].values()]
    found = {kind: sum(any(c[kind] for c in one.values()) for one in every) for kind in KINDS}
    return (
        f"Of all {len(every):,} audits by default\n{found['gain']} give some group a gain on some "
        f"cost, and {found['harm']} a harm."
    )


def page(kept: dict[str, dict[int, Any]]) -> str:
    """Write the page."""
    rows = list(rows_of(kept))
    counts = [row["count"] for row in rows if row["way"] == DEFAULT]
    fewest = min(counts, default=0)
    allowed = ALPHA + tolerance(max(1, fewest))
    lines = [
        "# What noise earns",
        "",
        "An attribute that tells nothing is given to the public `audit`: drawn independently of",
        "features and outcome, or, on the people of NHANES, permuted. Every verdict that it earns",
        "is counted. In *other groups* people are grouped by it and by a second attribute that",
        "moves the outcome and that no model is told: both are wrong about whole groups, and",
        "whatever coefficient the noise gets moves all of a group at once. Made by",
        "`benchmarks/null.py`; every audit has its own seed. A cell is out of tolerance where the",
        "share of audits with any gain, any harm, or either over a placebo, is",
        "above .05 by more than three binomial standard errors.",
        "",
        f"So far there are {fewest} to {max(counts, default=0)} audits a cell by default, of up to",
        f"400 that the benchmark asks for, and at most {COMPARED} in the ways beside it: with the",
        f"fewest, shares of up to {allowed:.2f} are in tolerance. {pooled(kept)}",
        "",
        "| way | out of tolerance | any gain, at most | harm | gain over placebo | harm |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for words in WAYS:
        mine = [row for row in rows if row["way"] == words]
        if not mine:
            continue
        most = [
            f"{max(row[kind + end] for row in mine):.3f}" if words == DEFAULT or not end else "–"
            for end in ("", " over placebo")
            for kind in KINDS
        ]
        lines.append(f"| {words} | {sum(map(out, mine))} of {len(mine)} | {' | '.join(most)} |")
    lines += [
        "",
        "*Default*: five rounds of cross-fitting, so that verdicts speak of the procedure, one",
        "placebo in each, attributes as context of explanations. *One round*: verdicts on the fits",
        "of one round, whose seeds no interval counts. *Paper's masks*: attributes are ranked and",
        "hidden like features, at their mode. A column of noise makes a fitted model a little",
        "worse, so that harm can be true of what is fitted and say nothing of the attribute;",
        "over a placebo (*over it*), which has such a column too, there is nothing to find.",
        "",
        "| model | design | n | groups | p | way | cost | audits | gain | harm | over it | | |",
        "|---|---|--:|--:|--:|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        beside = [
            f"{row[f'{kind} over placebo']:.3f}" if row["way"] == DEFAULT else "–" for kind in KINDS
        ]
        lines.append(
            f"| {row['model'].replace('_', ' ')} | {row['design']} | {row['n']:,} | {row['groups']}"
            f" | {row['features']} | {row['way']} | {row['cost'].replace('_', ' ')}"
            f" | {row['count']} | {row['gain']:.3f} | {row['harm']:.3f} | {' | '.join(beside)}"
            f" | {'out' if out(row) else ''} |"
        )
    return "\n".join(lines) + "\n"


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
