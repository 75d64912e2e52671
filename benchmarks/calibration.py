"""Measure whether every interval and test holds its level, and write a table and a chart.

Run it from the repository root: ``python benchmarks/calibration.py --jobs 4``. A run that was
stopped goes on where it was: finished cells are kept in the cache.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shlex
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from calibration_cells import metric_cell, row_cell, ternary_cell, unit_cell
from calibration_costs import CLUSTER_EFFECTS, CLUSTERS, COSTS, TERNARY, WEIGHT_EFFECTS
from calibration_groups import comparison_cell, group_cell
from calibration_metrics import DESIGNS, metric_unit_cell
from calibration_report import chart, document, where
from calibration_tools import Cell
from whogains.inference import MIN_MOVED_T, MIN_UNITS_T

SIZES = (20, 50, 100, 200, 500, 1000, 5000)
EDGE = int(MIN_UNITS_T)  # where `auto` begins to choose t
LARGEST_BOOTSTRAP = 1000  # rows: beyond, 5,000 intervals take too long
LARGEST_UNEQUAL = 16  # groups of up to 6,000 rows
FAIRLEARN_REPEATS = 200  # its bootstrap takes 5 ms a replicate
KINDS = {
    "rows": row_cell,
    "0-1": ternary_cell,
    "clusters": unit_cell,
    "weights": unit_cell,
    "metrics": metric_cell,
    "metrics of units": metric_unit_cell,
    "AUC, smallest class": metric_cell,
    "groups": group_cell,
    "comparisons": comparison_cell,
}
# Costs whose rows are bootstrapped: one of each shape.
BOOTSTRAPPED = ("normal", "t(3)", "lognormal", "squared error", "Brier")
GROUP_COSTS = (
    "normal",
    "t(3)",
    "lognormal",
    "squared error, poor generic",
    "squared error, t(5) residuals",
    "mostly zero, 30 %",
)
AUCS = (0.6, 0.7, 0.8, 0.9, 0.95)
AUC_GAINS = (0.0, 0.02, 0.05)
CLASS_SIZES = (5, 10, 15, 20, 30, 50, 100, 150, 200)
# Raise it with what a cell computes, here or in `choose_method`: no stale line is used then.
VERSION = 4
PAGE = Path("docs/calibration.md")


def run_cell(cell: Cell) -> list[dict[str, Any]]:
    """Simulate one cell: one row per method."""
    return [_described(cell) | row for row in KINDS[cell.kind](cell)]


def _described(cell: Cell) -> dict[str, Any]:
    common = {"kind": cell.kind, "cost": cell.cost, "n": cell.n, "repeats": cell.repeats}
    return common | {"settings": list(cell.settings)}


def cell_name(cell: Cell) -> str:
    """Name a cell as the page does."""
    return where(_described(cell) | {"method": "auto"})


def full_cells(repeats: int) -> list[Cell]:
    """List every cell of the published table, small sizes first."""
    cells = []
    for n in sorted({*SIZES, EDGE}):
        for name, cost in COSTS.items():
            bootstrap = name in BOOTSTRAPPED and n <= LARGEST_BOOTSTRAP and n != EDGE
            cells.append(Cell("rows", name, n, repeats, (bootstrap, cost.bounded)))
        cells += [Cell("0-1", name, n, repeats) for name in TERNARY if n != EDGE]
        cells += [
            Cell("clusters", effect, n, repeats, (sizes,))
            for sizes in CLUSTERS
            for effect in CLUSTER_EFFECTS
        ]
        cells += [
            Cell("weights", effect, n, repeats, (spread,))
            for spread in (0.5, 0.75, 1.0)
            for effect in WEIGHT_EFFECTS
        ]
        cells += [
            Cell("metrics", f"AUC {first:g} to {second:g}", n, repeats, (first, second, share))
            for first, second in ((0.7, 0.75), (0.9, 0.9))
            for share in (0.3, 0.1)
        ]
        cells += [
            Cell("metrics", f"R2, {name}", n, repeats, (df,))
            for name, df in (("normal residuals", None), ("t(5) residuals", 5))
        ]
    cells += metric_unit_cells(repeats)
    for d in (2, 4, 16, 64):
        cells += [
            Cell("groups", name, 0, repeats, (d, design))
            for name in TERNARY
            if name.endswith(", balanced")
            for design in ("20", "100", "500", "30 to 3,000")
        ]
        edge = EDGE
        designs = ["100", str(edge), "30 to 3,000"]
        # Many large groups take long to draw.
        designs += ["1000", f"{edge} to 6,000"] if d <= LARGEST_UNEQUAL else []
        cells += [
            Cell("groups", name, 0, repeats, (d, design))
            for name in GROUP_COSTS
            for design in designs
        ]
        # So many rows that somewhat more of them move than `auto` asks for.
        sparse = int(np.ceil(4 * MIN_MOVED_T / 0.3))
        cells.append(Cell("groups", "mostly zero, 10 %", 0, repeats, (d, str(sparse))))
    cells += [
        Cell("AUC, smallest class", f"AUC {auc:g}", m, repeats, (auc, round(auc + gain, 2), None))
        for auc in AUCS
        for gain in AUC_GAINS
        if auc + gain < 0.99
        for m in CLASS_SIZES
    ]
    for name in ("normal", "30 %, balanced"):
        for d in (2, 8):
            cells.append(Cell("comparisons", name, 200, repeats, ("paper's rule", d)))
            rule = "percentile bootstrap of the minimum"
            cells.append(Cell("comparisons", name, 100, repeats, (rule, d)))
        rule = "sign test over bootstrap replicates"
        cells += [Cell("comparisons", name, n, repeats, (rule, 1)) for n in (50, 200)]
    if find_spec("fairlearn") is not None:
        cells += [
            Cell("comparisons", "normal", 50, min(repeats, FAIRLEARN_REPEATS), (rule, d))
            for rule, d in (("fairlearn, one group", 1), ("fairlearn, minimum over groups", 4))
        ]
    return cells


def metric_unit_cells(repeats: int) -> list[Cell]:
    """List the cells of metrics of clusters and of weighted rows."""
    cells = []
    for design in DESIGNS:
        # Many clusters take long to draw and to sort.
        by_metric = {"AUC": (200, 1000), "R2": (200, 1000, 2000)}
        if design.startswith("weights"):
            by_metric = dict.fromkeys(by_metric, (200, 1000, 2000, 5000))
        kind = "metrics of units"
        for n in by_metric["AUC"]:
            for first, second in ((0.7, 0.75), (0.9, 0.9)):
                for share in (0.3, 0.1):
                    settings = (design, first, second, share)
                    cells.append(Cell(kind, f"AUC {first:g} to {second:g}", n, repeats, settings))
        for n in by_metric["R2"]:
            for name, df in (("normal residuals", None), ("t(5) residuals", 5)):
                cells.append(Cell(kind, f"R2, {name}", n, repeats, (design, df)))
    return cells


def quick_cells(repeats: int) -> list[Cell]:
    """List some cells of each kind, for a run of seconds."""
    sizes = (20, 200)
    rows = ("lognormal", "t(3)", "squared error, t(5) residuals", "Brier")
    cells = [
        Cell("rows", name, n, repeats, (n == 20 and name == "lognormal", COSTS[name].bounded))
        for name in rows
        for n in sizes
    ]
    cells += [Cell("0-1", name, n, repeats) for name in TERNARY for n in sizes]
    for n in sizes:
        cells += [Cell("clusters", e, n, repeats, ("5 rows each",)) for e in CLUSTER_EFFECTS]
        cells += [Cell("weights", e, n, repeats, (0.5,)) for e in WEIGHT_EFFECTS]
        cells.append(Cell("metrics", "AUC 0.7 to 0.75", n, repeats, (0.7, 0.75, 0.3)))
        cells.append(Cell("metrics", "R2, normal residuals", n, repeats, (None,)))
    for design in DESIGNS[-2:]:
        settings = (design, 0.7, 0.75, 0.3)
        cells.append(Cell("metrics of units", "AUC 0.7 to 0.75", 1000, repeats, settings))
    for name in ("5 %, balanced", "lognormal"):
        cells.append(Cell("groups", name, 0, repeats, (4, "500")))
    cells.append(Cell("AUC, smallest class", "AUC 0.8", 30, repeats, (0.8, 0.82, None)))
    cells += [
        Cell("comparisons", "normal", 50, repeats, (rule, d))
        for rule, d in (
            ("paper's rule", 4),
            ("percentile bootstrap of the minimum", 8),
            ("sign test over bootstrap replicates", 1),
        )
    ]
    return cells


def cache_key(cell: Cell) -> str:
    """Name a cell with all that decides its numbers."""
    return hashlib.sha256(f"{VERSION}|{cell.key}".encode()).hexdigest()[:16]


def read_cache(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read finished cells; a line cut off by a kill is no cell."""
    done = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                kept = json.loads(line)
            except json.JSONDecodeError:
                continue
            done[kept["key"]] = kept["rows"]
    return done


def run(cells: list[Cell], cache: Path, jobs: int) -> list[dict[str, Any]]:
    """Simulate the cells that the cache lacks, and return all rows in the order of the cells."""
    done = read_cache(cache)
    missing = [cell for cell in cells if cache_key(cell) not in done]
    cache.parent.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("cells"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        cache.open("a", encoding="utf-8") as kept,
        Progress(*columns) as progress,
        ProcessPoolExecutor(max_workers=jobs) as pool,
    ):
        task = progress.add_task("cells", total=len(cells), completed=len(cells) - len(missing))
        futures = {pool.submit(run_cell, cell): cell for cell in missing}
        for future in as_completed(futures):
            key = cache_key(futures[future])
            done[key] = future.result()
            # A new line first ends whatever a kill may have cut off.
            kept.write("\n" + json.dumps({"key": key, "rows": done[key]}))
            kept.flush()
            progress.advance(task)
    return [row for cell in cells for row in done[cache_key(cell)]]


def main() -> None:
    """Run, and write the table and the chart."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="some cells, few repeats")
    parser.add_argument(
        "--only",
        metavar="TEXT",
        help="the cells whose name on the page holds this text, such as 'in 100 of 100, n = 150'",
    )
    parser.add_argument("--repeats", type=int, help="per cell (default 5,000; 400 with --quick)")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--out", type=Path, help=f"the page (default {PAGE})")
    parser.add_argument("--cache", type=Path, default=Path("benchmarks/.calibration.jsonl"))
    arguments = parser.parse_args()
    repeats = arguments.repeats or (400 if arguments.quick else 5000)
    cells = (quick_cells if arguments.quick else full_cells)(repeats)
    options = " --quick" if arguments.quick else ""
    if arguments.only is not None:
        if arguments.out is None:
            parser.error(f"--only gives a page of its own: say where with --out, not over {PAGE}")
        cells = [cell for cell in cells if arguments.only in cell_name(cell)]
        if not cells:
            parser.error(f"no cell's name holds {arguments.only!r}")
        options += f" --only {shlex.quote(arguments.only)}"
    out = arguments.out or PAGE
    start = time.perf_counter()
    rows = run(cells, arguments.cache, arguments.jobs)
    print(f"{len(cells)} cells in {time.perf_counter() - start:.0f} s")
    out.parent.mkdir(parents=True, exist_ok=True)
    picture = out.with_suffix(".svg")
    text = document(rows, repeats=repeats, options=options, picture=picture.name)
    out.write_text(text, encoding="utf-8")
    chart(rows, picture)


if __name__ == "__main__":
    main()
