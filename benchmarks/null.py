"""Count the verdicts that an attribute of pure noise earns, through the public API.

Run it from the repository root: ``nice python benchmarks/null.py``. Every cell is a kind of model,
a design, n rows and 2 or 8 groups; a finished audit is a line of the cache, so a run that was
stopped goes on where it was. ``--page`` writes the page from the audits that are there.

In every audit the attribute is drawn independently of features and outcome. For each cost the
table gives the share of audits in which any group has the verdict "gain", and "harm": by the
defaults, where attributes are context of an explanation, and where they are ranked and hidden.
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
MASKS: dict[str, dict[str, Any]] = {
    "context (default)": {},
    "hidden, averaged": {"mask_personal": True},
    "hidden at the mode": {"mask_personal": True, "baseline": "mean"},
}
DEFAULT = "context (default)"
VERSION = 2  # raise it with what an audit here computes


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
        Cell("linear", design, n, groups, features, 200)
        for design in ("independent", "correlated")
        for n in (300, 1000)
        for groups in (2, 8)
        for features in (7, 8)
    ),
    *(
        Cell("gradient_boosting", "independent", n, groups, 8, 40)
        for n in (300, 1000)
        for groups in (2, 8)
    ),
)


def world(cell: Cell, number: int) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    """Draw features, an outcome that follows them, and attributes that follow nothing."""
    rng = np.random.default_rng([number, cell.n, cell.groups, cell.features])
    X = rng.normal(size=(cell.n, cell.features))
    if cell.design == "correlated":
        X = sqrt(0.5) * X + sqrt(0.5) * rng.normal(size=(cell.n, 1))
    y = X @ np.linspace(1, 0, cell.features) + rng.normal(size=cell.n)
    personal = {
        f"s{k}": rng.choice(["a", "b"], cell.n, p=[0.6, 0.4])
        for k in range(1 if cell.groups == 2 else 3)
    }
    return (
        pd.DataFrame(X, columns=[f"x{k}" for k in range(cell.features)]),
        y,
        pd.DataFrame(personal),
    )


def audit(cell: Cell, number: int) -> dict[str, dict[str, list[str]]]:
    """Give the verdicts of every group, by kind of masks and by cost."""
    X, y, personal = world(cell, number)
    found = {}
    for words, masks in MASKS.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table = wg.audit(
                X, y, personal=personal, model=cell.model, random_state=number, **masks
            ).table()
        found[words] = {
            str(cost): rows["verdict"].tolist() for cost, rows in table.groupby("cost", sort=False)
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
    """Count, for each cell, kind of masks and cost, in how many audits noise earned a verdict."""
    for cell in CELLS:
        audits = list(kept[cell.name].values())
        if not audits:
            continue
        for words in MASKS:
            for cost in audits[0][words]:
                verdicts = [each[words][cost] for each in audits]
                yield {
                    **asdict(cell),
                    "masks": words,
                    "cost": cost,
                    "count": len(audits),
                    "gain": np.mean(["gain" in each for each in verdicts]),
                    "harm": np.mean(["harm" in each for each in verdicts]),
                }


def page(kept: dict[str, dict[int, Any]]) -> str:
    """Write the page."""
    rows = list(rows_of(kept))
    explained = [row for row in rows if row["cost"] in {"sufficiency", "incomprehensiveness"}]

    def out(row: dict[str, Any]) -> bool:
        return max(row["gain"], row["harm"]) > ALPHA + tolerance(row["count"])

    def counted(words: str, which: list[dict[str, Any]]) -> str:
        mine = [row for row in which if row["masks"] == words]
        return f"{sum(map(out, mine))} of {len(mine)}"

    predicted = [row for row in rows if row not in explained]
    lines = [
        "# What noise earns",
        "",
        "An attribute that is drawn independently of features and outcome is given to the public",
        "`audit`, and every verdict that it earns is counted. Made by `benchmarks/null.py`; every",
        "audit has its own seed. A cell is out of tolerance where the share of audits with any",
        "gain, or any harm, is above .05 by more than three binomial standard errors.",
        "",
        "| costs | masks | cells out of tolerance |",
        "|---|---|--:|",
        *(f"| explanation | {words} | {counted(words, explained)} |" for words in MASKS),
        f"| prediction | (no masks) | {counted(DEFAULT, predicted)} |",
        "",
        "Both models keep one number of features. As *context* attributes are neither ranked nor",
        "hidden. *Hidden, averaged*: ranked and hidden like features, and averaged over the levels",
        "that people have. *Hidden at the mode*: the paper's masks. An attribute that is ranked",
        "takes the place of a feature in some rows, which costs sufficiency whatever it says.",
        "Verdicts on predictions take each fold's fitted models as given. A column of noise makes",
        "a fitted model a little worse: harm can be true of the fitted models and say nothing",
        "of the attribute.",
        "",
        "| model | design | n | groups | p | masks | cost | audits | any gain | any harm | |",
        "|---|---|--:|--:|--:|---|---|--:|--:|--:|---|",
    ]
    for row in rows:
        if row in predicted and row["masks"] != DEFAULT:
            continue
        lines.append(
            f"| {row['model'].replace('_', ' ')} | {row['design']} | {row['n']:,} | {row['groups']}"
            f" | {row['features']} | {row['masks']} | {row['cost'].replace('_', ' ')}"
            f" | {row['count']} | {row['gain']:.3f} | {row['harm']:.3f}"
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
