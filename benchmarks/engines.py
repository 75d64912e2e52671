"""The AUC by bins against the sort, and what starting costs: one table of each.

Run it from the repository root: ``python benchmarks/engines.py``. It writes one page.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd

import whogains as wg
from whogains.results import Findings
from whogains.tables import binned_auc, metrics

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": ["sex", "race"]}
OTHERS = ["zero_one", "brier", "log_loss"]
HEAD = (
    "| rows | error | certificate | shift | se | CPU without | CPU by bins | CPU by sort "
    "| s without | s by bins | s by sort |"
)
PLAN = ["plan", "--n", "4111,1662,5465,2099", "--sd", ".78,.88,.74,.82", "--epsilon", ".02"]
COMPARE = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "sex,race"]


def people(rows: int, seed: int) -> pd.DataFrame:
    """Draw two models' scores of people in eight groups."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, rows)
    z = rng.normal(size=rows) + 0.8 * y
    better = z + 0.3 * rng.normal(size=rows) + 0.2 * y
    return pd.DataFrame(
        {
            "sex": np.array(["F", "M"])[rng.integers(0, 2, rows)],
            "race": np.array(list("ABCD"))[rng.integers(0, 4, rows)],
            "y": y,
            "p0": 1 / (1 + np.exp(-z)),
            "p1": 1 / (1 + np.exp(-better)),
        }
    )


def scanned(path: Path, costs: list[str]) -> tuple[Findings, float, float]:
    """Scan a file; return what is found, and seconds on the clock and of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = wg.compare_files(path, costs=costs, rows_in_memory=0, **COLUMNS)
    return found, time.perf_counter() - wall, time.process_time() - cpu


def auc_line(path: Path, rows: int) -> str:
    """Measure the AUC by bins and by the sort."""
    _, wall, cpu = scanned(path, OTHERS)
    # Also where a scan would sort, since rows are few.
    with mock.patch.object(binned_auc, "FEWEST_ROWS", 0):
        binned, wall_b, cpu_b = scanned(path, [*OTHERS, "auc"])
    with mock.patch.object(metrics, "binned_auc", return_value=None):
        exact, wall_s, cpu_s = scanned(path, [*OTHERS, "auc"])
    pairs = [
        (a, b)
        for x, y in zip(binned.costs, exact.costs, strict=True)
        if x.name == "auc"
        for a, b in [*zip(x.groups, y.groups, strict=True), (x.population, y.population)]
    ]
    error = max(
        abs(getattr(a, name) - getattr(b, name))
        for a, b in pairs
        for name in ("cost_generic", "cost_personalized")
    )
    spread = max(abs(a.se / b.se - 1) for a, b in pairs)
    moved = max(abs(a.bop - b.bop) / b.se for a, b in pairs)
    said = next(note for note in binned.notes if "bins" in note)
    certificate = said.partition("within ")[2].partition(" ")[0]
    return (
        f"| {rows:,} | {error:.1e} | {certificate} | {moved:.1e} | {spread:.1e} | {cpu:.1f} "
        f"| {cpu_b:.1f} | {cpu_s:.1f} | {wall:.1f} | {wall_b:.1f} | {wall_s:.1f} |"
    )


def cpu_of(words: list[str], runs: int) -> float:
    """Measure the seconds of CPU of a whole process, the median of some runs after one."""
    taken = []
    for _ in range(runs + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return float(np.median(taken[1:]))


def start_lines(path: Path, runs: int) -> list[str]:
    """Measure what starting costs."""
    program = ["-c", "from whogains.cli import run; run()"]
    lines = []
    for name, words in {
        "`python -c pass`": ["-c", "pass"],
        "`import whogains`": ["-c", "import whogains"],
        "`whogains --version`": [*program, "--version"],
        "`whogains --help`": [*program, "--help"],
        "`whogains plan`": [*program, *PLAN],
        "`whogains compare`, 100,000 rows, JSON": [
            *(*program, "compare", str(path), *COMPARE, "--quiet", "--json", "-"),
        ],
    }.items():
        lines.append(f"| {name} | {cpu_of(words, runs):.2f} |")
    return lines


def page(sizes: list[int], runs: int, seed: int) -> str:
    """Measure and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        people(100_000, seed).to_parquet(path)
        starts = start_lines(path, runs)
        scanned(path, ["zero_one"])
        lines = []
        for rows in sizes:
            people(rows, seed).to_parquet(path)
            lines.append(auc_line(path, rows))
    given = " ".join(map(str, sizes))
    return "\n".join(
        [
            "# AUC without a sort, and starting",
            "",
            f"Written by `benchmarks/engines.py --rows {given} --runs {runs} --seed {seed}`.",
            "",
            "A scan of a Parquet file with two models' scores of people in 8 groups; the costs are",
            "the 0-1 loss, the Brier score and log loss, without and with the AUC. *Error*: the",
            "largest between bins and sort, over groups, everybody and both models; *certificate*:",
            "the bound on it that the findings say; *shift*: the largest of a benefit, in its",
            "standard errors; *se*: the largest relative difference of a standard error. One run",
            "each, on a machine that others used as well: compare seconds of CPU. Bins take the",
            "place of the sort from 2,000,000 rows on.",
            "",
            HEAD,
            "|---|---|---|---|---|---|---|---|---|---|---|",
            *lines,
            "",
            "Seconds of CPU of a whole process, the median of the runs:",
            "",
            "| process | CPU |",
            "|---|---|",
            *starts,
            "",
        ]
    )


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("docs/engines-benchmark.md"))
    given = parser.parse_args()
    given.out.write_text(page(given.rows, given.runs, given.seed), encoding="utf-8")


if __name__ == "__main__":
    main()
