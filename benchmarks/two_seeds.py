"""Audit real data twice with different seeds, and count the verdicts that differ.

Run it from the repository root: ``nice python benchmarks/two_seeds.py``. It writes docs/seeds.md;
finished audits are lines of a cache, so that a run that was stopped goes on where it was. The data
are NHANES, in the package, and two sets of statsmodels (extra `test`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import numpy as np
import pandas as pd

import whogains as wg

CACHE = Path("benchmarks/.two_seeds.jsonl")
PAGE = Path("docs/seeds.md")
SEEDS = (0, 1)
MODELS = ("linear", "gradient_boosting")


def data_sets() -> Iterator[tuple[str, pd.DataFrame, Any, pd.DataFrame]]:
    """Give each data set: features, outcome, attributes."""
    from statsmodels import datasets

    for outcome in ("systolic", "hypertension"):
        data = wg.datasets.nhanes(outcome)
        yield f"NHANES, {outcome}", data.X, data.y, data.personal
    rand = datasets.randhie.load_pandas().data
    people = pd.DataFrame(
        {
            "limited": np.where(rand["physlm"] > 0, "yes", "no"),
            "health": np.where(rand["hlthf"] + rand["hlthp"] > 0, "fair or poor", "good"),
        }
    )
    features = rand[["lncoins", "idp", "lpi", "fmde", "disea"]]
    yield "RAND HIE, log of 1 + visits", features, np.log1p(rand["mdvis"]), people
    fair = datasets.fair.load_pandas().data
    people = pd.DataFrame(
        {
            "children": np.where(fair["children"] > 0, "yes", "no"),
            "religious": np.where(fair["religious"] > 2.5, "more", "less"),
        }
    )
    features = fair[["age", "yrs_married", "rate_marriage", "educ"]]
    yield "Fair, any affair", features, (fair["affairs"] > 0).astype(int), people


def run() -> list[dict[str, Any]]:
    """Audit what the cache lacks, and give all that it holds."""
    lines = CACHE.read_text("utf-8").splitlines() if CACHE.exists() else []
    done = {(one["data"], one["model"], one["seed"]): one for one in map(json.loads, lines)}
    for model in MODELS:
        for name, X, y, personal in data_sets():
            for seed in SEEDS:
                if (name, model, seed) in done:
                    continue
                start = process_time()
                found = wg.audit(X, y, personal=personal, model=model, random_state=seed, n_jobs=1)
                groups = [group for cost in found.costs for group in cost.groups]
                one = {
                    "data": name,
                    "model": model,
                    "seed": seed,
                    "rows": found.data.rows,
                    "seconds": process_time() - start,
                    "verdicts": [group.verdict for group in groups],
                    "over_placebo": [
                        group.over_placebo.verdict if group.over_placebo else None
                        for group in groups
                    ],
                    "said": sum(group.other_seed or 0.0 for group in groups),
                }
                done[name, model, seed] = one
                with CACHE.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(one) + "\n")
    return list(done.values())


def page(audits: list[dict[str, Any]]) -> str:
    """Write the page."""
    pairs = [
        [one for one in audits if (one["data"], one["model"]) == key]
        for key in dict.fromkeys((one["data"], one["model"]) for one in audits)
    ]
    rows, total, differ, said = [], 0, 0, 0.0
    for first, second in (pair for pair in pairs if len(pair) == 2):
        number = len(first["verdicts"])
        apart, beside = (
            sum(a != b for a, b in zip(first[key], second[key], strict=True))
            for key in ("verdicts", "over_placebo")
        )
        expected = (first["said"] + second["said"]) / 2
        total, differ, said = total + number, differ + apart, said + expected
        rows.append(
            f"| {first['data']} | {first['model'].replace('_', ' ')} | {first['rows']:,}"
            f" | {number} | {apart} | {expected:.1f} | {beside}"
            f" | {(first['seconds'] + second['seconds']) / 2:.0f} |"
        )
    models = " and ".join(
        dict.fromkeys(pair[0]["model"].replace("_", " ") for pair in pairs if len(pair) == 2)
    )
    words = f"""\
# Would another seed say otherwise?

Audits of real data ({models} models; five rounds of cross-fitting and one placebo, as by default),
twice with different seeds. *Differ*: verdicts of groups and costs that are not the same in both.
*Said*: how many an audit says that another seed would change, the mean of both. Made by
`benchmarks/two_seeds.py`.

Of {total} verdicts {differ} differ ({differ / total:.1%}), where {said:.1f} were said
({said / total:.1%}). A verdict that differs was close in both runs: one shows something, the other
cannot tell. More rounds (`--repeats`) make it rarer; every report says how many to expect.

| data | model | rows | verdicts | differ | said | over placebo | CPU s an audit |
|---|---|--:|--:|--:|--:|--:|--:|
"""
    return words + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(run()), "utf-8")
