"""Choose on real people: what is advised, what that is worth, and what it takes.

Run it from the repository root, with `statsmodels` and `causaldata` installed:
``python benchmarks/choosing_real.py``; ``--six`` times six attributes, 20,000 rows and gradient
boosting on two cores instead, and prints seconds and MB. Each data set runs in a process of its
own, whose time and memory are those of fits, choice and the outer folds that value the procedure.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import whogains as wg

PAGE = Path("docs/choosing-real.md")
OUTER = 3  # folds that value the procedure
Data = tuple[pd.DataFrame, Any, pd.DataFrame, str | None]


def nhanes(task: str) -> Data:
    """Blood pressure of 5,128 people, by sex, race and age."""
    data = wg.datasets.nhanes(task)
    return data.X, data.y, data.personal, data.unit


def rand() -> Data:
    """Visits to a doctor in RAND's health insurance experiment, by three facts about health."""
    from statsmodels.datasets import randhie

    data = randhie.load_pandas().data
    people = pd.DataFrame(
        {
            "limited": np.where(data["physlm"] > 0, "yes", "no"),
            "health": np.where(data["hlthf"] + data["hlthp"] > 0, "fair or poor", "good"),
            "diseases": np.where(data["disea"] > 10, "many", "few"),
        }
    )
    return data[["lncoins", "idp", "lpi", "fmde"]], data["mdvis"], people, "visits"


def nhefs() -> Data:
    """Weight gained from 1971 to 1982 by smokers of NHEFS, by sex, race and age."""
    from causaldata import nhefs as source

    data = source.load_pandas().data.dropna(subset=["wt82_71"]).reset_index(drop=True)
    people = pd.DataFrame(
        {
            "sex": np.where(data["sex"].astype(int) == 1, "female", "male"),
            "race": np.where(data["race"].astype(int) == 1, "other", "white"),
            "age": np.where(data["age"] < 50, "under 50", "50 and over"),
        }
    )
    seen = ["qsmk", "smokeintensity", "smokeyrs", "wt71", "ht", "cholesterol", "sbp"]
    features = data[[*seen, "alcoholfreq", "school"]].astype(float)
    features["active"] = data["active"].astype(int)
    features["exercise"] = data["exercise"].astype(int)
    return features, data["wt82_71"], people, "kg"


DATA = {
    "NHANES, systolic pressure": lambda: nhanes("systolic"),
    "NHANES, hypertension": lambda: nhanes("hypertension"),
    "RAND HIE, visits": rand,
    "NHEFS, weight gained": nhefs,
}
MODELS = ("linear", "gradient_boosting")
COLUMNS = (
    *("people", "model", "rows", "groups", "certified", "asks", "keeps", "at least"),
    *("procedure asks", "keeps", "core seconds", "MB"),
)


def choose(name: str, model: str) -> dict[str, Any]:
    """Choose on one data set, by the defaults."""
    X, y, people, unit = DATA[name]()
    start = time.perf_counter()
    found = wg.choose(X, y, personal=people, unit=unit, model=model, value_folds=OUTER, n_jobs=1)
    wall = time.perf_counter() - start
    own = resource.getrusage(resource.RUSAGE_SELF)
    value = found.value
    assert value.procedure is not None
    return {
        "name": name,
        "model": model,
        "rows": found.data.rows,
        "groups": len(found.routing),
        "sentences": list(found.sentences()),
        "certified": sum(group.verdict == "certified" for group in found.routing),
        "unit": found.cost.unit,
        "asked": value.asked,
        "kept": value.kept,
        "kept_lower": value.kept_lower,
        "procedure_asked": value.procedure.asked,
        "procedure_kept": value.procedure.kept,
        "procedure_gain": value.procedure.gain,
        "everything": value.procedure.everything,
        "wall": wall,
        "cpu": own.ru_utime + own.ru_stime,
        "memory": own.ru_maxrss / 1024,
    }


def six() -> str:
    """Time a lattice of 64 models on 20,000 made-up rows, of which three attributes matter."""
    rng, n = np.random.default_rng(0), 20_000
    X = pd.DataFrame(rng.normal(size=(n, 8)), columns=[f"x{k}" for k in range(8)])
    people = pd.DataFrame({f"s{k}": rng.choice(["a", "b"], n) for k in range(6)})
    y = X @ np.linspace(1, 0, 8) + rng.normal(size=n) + 0.7 * (people["s0"] == "b")
    y = y + 0.5 * (people["s1"] == "b") * X["x0"] + 0.4 * (people["s2"] == "b")
    start = time.perf_counter()
    wg.choose(X, y, personal=people, model="gradient_boosting", n_jobs=2)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{time.perf_counter() - start:.0f} s, {memory:.0f} MB"


def page(found: list[dict[str, Any]]) -> str:
    """Write the page."""
    lines = [
        "# Choosing on real people",
        "",
        "Made by `benchmarks/choosing_real.py`: `whogains.choose` by its defaults (five rounds of",
        f"five folds), and {OUTER} outer folds in which fits and choice are run again to value the",
        "procedure on people left out. *Kept*: the share of the gain of asking everybody",
        "everything, on the rows that chose, with its bound, and by the procedure; a share of a",
        "gain that is not shown to be above 0 is not given. Time and memory are of one process on",
        "one core, outer folds included: a choice alone takes about a third.",
        "",
        f"| {' | '.join(COLUMNS)} |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        (
            f"| {one['name']} | {one['model'].replace('_', ' ')} | {one['rows']:,} "
            f"| {one['groups']} | {one['certified']} | {_share(one['asked'])} "
            f"| {_share(one['kept'])} | {_share(one['kept_lower'])} "
            f"| {_share(one['procedure_asked'])} | {_share(one['procedure_kept'])} "
            f"| {one['cpu']:.0f} | {one['memory']:.0f} |"
        )
        for one in found
    ]
    lines += ["", "## The three sentences"]
    for one in found:
        lines += ["", f"**{one['name']}, {one['model'].replace('_', ' ')}.**"]
        lines += ["", *(f"{number}. {said}" for number, said in enumerate(one["sentences"], 1))]
    return "\n".join(lines) + "\n"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def main() -> None:
    """Choose on every data set, each in a process of its own, and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--one", nargs=2, metavar=("DATA", "MODEL"), help=argparse.SUPPRESS)
    parser.add_argument("--six", action="store_true", help="time six attributes")
    asked = parser.parse_args()
    if asked.six:
        print(six())
        return
    if asked.one:
        print(json.dumps(choose(*asked.one)))
        return
    found = []
    for name in DATA:
        for model in MODELS:
            done = subprocess.run(
                [sys.executable, __file__, "--one", name, model],
                check=True,
                capture_output=True,
                text=True,
            )
            found.append(json.loads(done.stdout.splitlines()[-1]))
            print(f"{name}, {model}: {found[-1]['cpu']:.0f} s", flush=True)
    PAGE.write_text(page(found), "utf-8")


if __name__ == "__main__":
    main()
