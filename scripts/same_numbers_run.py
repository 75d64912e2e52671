"""Make the data of the cases of `same_numbers.py`, and run all cases with one tree's package.

    PYTHONPATH=TREE/src python scripts/same_numbers_run.py TREE FOLDER

Each case runs in a process of its own and in a folder of its own; what it prints, its exit status
and every file that it leaves there are its outputs.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
import traceback
from pathlib import Path

import numpy as np
import pandas as pd

from same_numbers_cases import Case, cases

# Imported once, before the processes part, as they take longer than most cases.
HEAVY = ["scipy.stats", "sklearn.ensemble", "sklearn.linear_model", "duckdb", "pyarrow.parquet"]
HEAVY += ["shap", "altair", "jinja2", "torch", "narwhals", "typer", "rich.console"]


def make_data(folder: Path) -> None:
    """Write the tables and models of the cases.

    Parameters
    ----------
    folder : Path
        Where to; it is made.
    """
    folder.mkdir(parents=True)
    people = _people(900, seed=12)
    people.to_csv(folder / "people.csv", index=False)
    people.to_parquet(folder / "people.parquet")
    people.head(60).to_csv(folder / "few.csv", index=False)
    first = people["person"] < "p0225"
    people[first].to_parquet(folder / "ours.parquet")
    people[~first].to_parquet(folder / "theirs.parquet")
    (folder / "parts").mkdir()
    for part, rows in enumerate(np.array_split(np.arange(len(people)), 3)):
        people.iloc[rows].to_parquet(folder / "parts" / f"{part}.parquet")
    _models(people, folder)


def _people(n: int, seed: int) -> pd.DataFrame:
    """Draw people who come more than once, with attributes whose names and levels are awkward."""
    draw = np.random.default_rng(seed)
    person = np.repeat(np.arange(n), draw.integers(1, 4, n))[:n]
    sex = draw.choice(["Female", "Male"], n)
    origin = draw.choice(["=1+1", "<b>north</b>", "south, east", None], n, p=[0.3, 0.3, 0.35, 0.05])
    age = draw.integers(18, 90, n)
    x = draw.standard_normal((n, 4))
    signal = x[:, 0] - 0.5 * x[:, 1] + np.where(sex == "Female", 0.9, -0.4) + (age - 50) / 40
    chance = 1 / (1 + np.exp(-signal))
    pressure = np.round(120 + 9 * signal + 8 * draw.standard_normal(n), 1)
    noise = draw.standard_normal((3, n))
    table = pd.DataFrame(
        {
            "person": [f"p{number:04d}" for number in person],
            "sex": sex,
            "origin": origin,
            "age": age,
            **{f"x{j}": np.round(x[:, j], 3) for j in range(4)},
            "ward": draw.choice(["a", "b", "c"], n),
            "died": np.where(draw.random(n) < chance, "yes", "no"),
            "pressure": pressure,
            "p0": 1 / (1 + np.exp(-(signal - 0.5 * (sex == "Female") + 0.7 * noise[0]))),
            "p1": 1 / (1 + np.exp(-(signal + 0.4 * noise[1]))),
            "r0": 120 + 9 * signal + 7 * noise[2],
            "r1": 120 + 9 * signal + np.where(sex == "Female", 2, 9) * noise[1],
            "weight": np.round(draw.uniform(0.5, 3, n), 2),
        }
    )
    table.loc[draw.choice(n, 12, replace=False), "x1"] = np.nan
    table.loc[draw.choice(n, 6, replace=False), ["died", "pressure"]] = None
    return table


def _models(people: pd.DataFrame, folder: Path) -> None:
    """Fit two pipelines of numbers alone, which skops files hold without any trust."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from skops import io

    known = people.dropna(subset=["died"])
    features = [f"x{j}" for j in range(4)]
    for name, columns in (("generic", features), ("personalized", [*features, "age"])):
        model = make_pipeline(SimpleImputer(), LogisticRegression())
        io.dump(model.fit(known[columns], known["died"]), folder / f"{name}.skops")


def main(tree: Path, folder: Path) -> None:
    """Run all cases with the package of one tree.

    Parameters
    ----------
    tree : Path
        The tree whose ``src`` is on the path.
    folder : Path
        Where ``data`` is, and a folder for each case will be.
    """
    for name in HEAVY:
        __import__(name)
    for case in cases():
        place = folder / case.name
        place.mkdir()
        start = time.perf_counter()
        child = os.fork()
        if child == 0:
            _run(case, tree, place)
        os.waitpid(child, 0)
        for name in case.ignored:
            shutil.rmtree(place / name, ignore_errors=True)
            if (place / name).is_file():
                (place / name).unlink()
        print(f"{time.perf_counter() - start:6.1f} s  {case.name}", flush=True)


def _run(case: Case, tree: Path, place: Path) -> None:
    """Run one case in this process, which ends here."""
    os.chdir(place)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT, 0o644), number)
    status: object = 0
    try:
        import whogains

        if not Path(whogains.__file__).is_relative_to(tree / "src"):
            sys.exit(f"{whogains.__file__} is not in {tree}")
        if callable(case.does):
            case.does(whogains)
        else:
            from whogains.cli import run

            sys.argv = ["whogains", *shlex.split(case.does)]
            run()
    except SystemExit as left:
        status = left.code
    except BaseException:
        # Lines and paths of the program are not what is compared, but its last word is.
        print(traceback.format_exc().strip().splitlines()[-1], file=sys.stderr)
        status = "exception"
    sys.stdout.flush()
    sys.stderr.flush()
    Path("status").write_text(f"{status}\n", encoding="utf-8")
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
