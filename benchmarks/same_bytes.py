"""The same input, settings and seed ten times: the same bytes, in threads and across scans.

    python benchmarks/same_bytes.py [--times 10] [--only auc,mlp]

Each way runs in processes of its own, two at a time, so that threads meet in another order each
time; files are folders of 12 parts, which threads read as they come.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

PARTS, ROWS = 12, 1500
COLUMNS: dict[str, Any] = {
    "target": "y", "generic": "p0", "personalized": "p1", "groups": ["g"],
}  # fmt: skip
SCAN: dict[str, Any] = {**COLUMNS, "rows_in_memory": 0}


def write(folder: Path) -> None:
    """Write a folder of parts for each kind of outcome, and the rows in one file."""
    rng = np.random.default_rng(0)
    n = PARTS * ROWS
    rows = pd.DataFrame({"g": rng.choice(["a", "b", "c"], n), "h": rng.choice(["u", "v"], n)})
    rows["x"], rows["w"], rows["c"] = rng.normal(size=n), rng.uniform(0.5, 2, n), np.arange(n) // 3
    p = rng.uniform(0.05, 0.95, n)
    both = [np.clip(p + rng.normal(0, s, n), 0.01, 0.99) for s in (0.2, 0.15)]
    for name, p0, p1, y in (
        ("binary", *both, (rng.random(n) < p).astype(int)),
        ("values", 5 + both[0], 5 + both[1], 5 + p + rng.normal(0, 0.3, n)),
        ("counts", 3 * both[0], 3 * both[1], rng.poisson(3 * p)),
    ):
        table = rows.assign(p0=p0, p1=p1, y=y, years=rng.uniform(0.5, 2, n))
        _parts(folder / name, table)
    table = rows.assign(y=rng.choice(list("abcd"), n))
    for model in ("p0", "p1"):
        table[[f"{model}_{name}" for name in "abcd"]] = rng.dirichlet([2, 2, 2, 2], n)
    _parts(folder / "classes", table)


def _parts(folder: Path, table: pd.DataFrame) -> None:
    folder.mkdir()
    for part in range(PARTS):
        table[part * ROWS : (part + 1) * ROWS].to_parquet(folder / f"{part}.parquet")


def _read(folder: Path, name: str, rows: int) -> pd.DataFrame:
    return pd.read_parquet(folder / name / "0.parquet")[:rows]


def _compare(folder: Path, kind: str, **options: Any) -> Any:
    import whogains as wg

    rows = pd.concat([pd.read_parquet(each) for each in sorted((folder / kind).iterdir())])
    rows = rows.reset_index(drop=True)
    given = {key: rows[column] for key, column in options.pop("columns", {}).items()}
    return wg.compare(
        rows["y"], generic=rows["p0"], personalized=rows["p1"], groups=rows[["g"]],
        **given, **options,
    )  # fmt: skip


def _scan(folder: Path, kind: str, **options: Any) -> Any:
    import whogains as wg

    return wg.compare_files(str(folder / kind), **SCAN, **options)


def _scan_classes(folder: Path, **options: Any) -> Any:
    import whogains as wg

    models = {"generic": "p0_{class}", "personalized": "p1_{class}"}
    return wg.compare_files(str(folder / "classes"), **{**SCAN, **models}, **options)


def _merge(folder: Path) -> Any:
    import whogains as wg

    parts = [wg.gather(str(each), **COLUMNS) for each in sorted((folder / "binary").iterdir())]
    return wg.merge(parts).findings()


def _audit(folder: Path, kind: str, rows: int, **options: Any) -> Any:
    import whogains as wg

    table = _read(folder, kind, rows)
    quick = {"folds": 2, "repeats": 2, "placebo": 1, "explainers": "none", "random_state": 3}
    return wg.audit(
        table[["x", "h"]], table["y"], personal=table[["g"]], n_jobs=2, **{**quick, **options}
    )


def _choose(folder: Path, **options: Any) -> Any:
    import whogains as wg

    table = _read(folder, "binary", 1500)
    return wg.choose(
        table[["x"]], table["y"], personal=table[["g", "h"]], repeats=2, folds=2, n_jobs=2,
        **options,
    )  # fmt: skip


def _choose_from(folder: Path) -> Any:
    import whogains as wg

    table = _read(folder, "binary", 1500)
    models = {"none": table.p0, "g": table.p1, "h": table.p0 / 2, "g+h": table.p1 / 2 + 0.2}
    return wg.choose_from(table["y"], models=models, personal=table[["g", "h"]])


def _watch(folder: Path) -> Any:
    import whogains as wg

    with tempfile.TemporaryDirectory() as place:
        for part in range(4):
            file = folder / "binary" / f"{part}.parquet"
            found = wg.watch(str(file), state=Path(place) / "s", batch=str(part), **COLUMNS)
    return found


LABELS = ["sensitivity", "specificity", "balanced_accuracy", "f1", "selection_rate"]
WEIGHED = {"sample_weight": "w", "cluster": "c"}
WAYS: dict[str, Any] = {
    "auc by weights": lambda f: _compare(f, "binary", costs="auc", columns={"sample_weight": "w"}),
    "auc of a folder by weights and clusters": lambda f: _scan(f, "binary", costs="auc", **WEIGHED),
    "auc of a folder": lambda f: _scan(f, "binary", costs="auc"),
    "r2 of a folder": lambda f: _scan(f, "values", costs="r2", sample_weight="w"),
    "label metrics": lambda f: _compare(f, "binary", costs=LABELS),
    "label metrics of a folder": lambda f: _scan(f, "binary", costs=LABELS, **WEIGHED),
    "folder": lambda f: _scan(f, "binary"),
    "folder by weights and clusters": lambda f: _scan(f, "values", **WEIGHED),
    "counts of a folder": lambda f: _scan(f, "counts", task="counts", exposure="years"),
    "counts": lambda f: _audit(f, "counts", 900, task="counts", model="linear"),
    "classes of a folder": lambda f: _scan_classes(f, sample_weight="w"),
    "classes": lambda f: _audit(f, "classes", 900, model="linear"),
    "gather and merge": _merge,
    "bootstrap": lambda f: _compare(f, "binary", method="bootstrap", costs="brier"),
    "mlp in threads": lambda f: _audit(f, "binary", 600, model="mlp"),
    "mlp explained in threads": lambda f: _audit(
        f, "values", 400, model="mlp", explainers="deeplift", repeats=1, placebo=0
    ),
    "gradient boosting in threads": lambda f: _audit(
        f, "binary", 1500, model="gradient_boosting", explainers="auto", repeats=1
    ),
    "choose": lambda f: _choose(f, model="gradient_boosting"),
    "choose, networks": lambda f: _choose(f, model="mlp"),
    "choose from predictions": _choose_from,
    "watch": _watch,
}


def digest(way: str, folder: Path) -> str:
    """Run a way, and give the digest of all that it publishes but the time."""
    found = WAYS[way](folder)
    if hasattr(found, "created"):
        found = replace(found, created="")
    faces = (json.dumps(found.to_dict()), found.to_text(), found.to_html(), found.to_csv())
    return hashlib.sha256("\n".join(faces).encode()).hexdigest()


def _apart(way: str, folder: Path) -> str:
    words = [sys.executable, __file__, "--one", way, "--folder", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip() or f"failed: {done.stderr.strip()[-300:]}"


def main() -> int:
    """Run every way so many times, and count the digests."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=10)
    options.add_argument("--only", default="")
    options.add_argument("--one")
    options.add_argument("--folder", type=Path)
    asked = options.parse_args()
    if asked.one:
        sys.stdout.write(f"{digest(asked.one, asked.folder)}\n")
        return 0
    wrong = 0
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(2) as pool:
        write(Path(place))
        for way in WAYS:
            if asked.only and way not in asked.only.split(","):
                continue
            found = list(pool.map(lambda _, way=way: _apart(way, Path(place)), range(asked.times)))
            failed = [each for each in found if each.startswith("failed")]
            wrong += len(set(found)) > 1 or bool(failed)
            said = failed[0] if failed else f"{len(set(found))} different of {asked.times}"
            sys.stdout.write(f"{way}: {said}\n")
            sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
