"""How fast a comparison of two models' predictions in files is, against what else there is.

Run ``python benchmarks/compare.py 1e6`` for one size, again for others (each adds its lines to
the results), and ``python benchmarks/compare.py table`` to write docs/compare-benchmark.md.
``python benchmarks/compare.py make 1e8 FOLDER`` only generates a folder of Parquet files.
fairlearn, pandas and polars are measured where they are installed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

import duckdb

import whogains as wg

REPEATS = 5
ROWS_OF_A_FILE = 10_000_000
RESULTS = Path(__file__).with_suffix(".json")
TABLE = Path(__file__).parents[1] / "docs" / "compare-benchmark.md"
COLUMNS: dict[str, Any] = {
    "target": "y",
    "generic": "p0",
    "personalized": "p1",
    "groups": ["sex", "race"],
}
COSTS = ["zero_one", "brier", "log_loss"]
MEMORY = 3 * 2**29

# Predictions of two models with 8 groups, in which the personalized one is a little better.
ROWS = """
SELECT CAST(u < truth AS TINYINT) AS y,
       least(greatest(truth + 0.30 * (a - 0.5), 0.001), 0.999) AS p0,
       least(greatest(truth + 0.25 * (b - 0.5), 0.001), 0.999) AS p1,
       CASE WHEN c < 0.5 THEN 'Female' ELSE 'Male' END AS sex,
       CASE WHEN d < 0.4 THEN 'White' WHEN d < 0.7 THEN 'Black' WHEN d < 0.9 THEN 'Asian'
            ELSE 'Other' END AS race,
       CAST(c < 0.5 AS TINYINT) AS sex_code,
       CASE WHEN d < 0.4 THEN 0 WHEN d < 0.7 THEN 1 WHEN d < 0.9 THEN 2 ELSE 3 END::TINYINT
           AS race_code
FROM (SELECT random() AS u, 0.05 + 0.9 * random() AS truth, random() AS a, random() AS b,
             random() AS c, random() AS d FROM range({rows}))
"""

INTRODUCTION = """\
# How fast a comparison is

`python benchmarks/compare.py SIZE` for each size, then `table`: two models' predictions in
Parquet files of 1e7 rows, 8 groups (two columns of text), 0-1 loss, Brier score and log loss.
Medians of {repeats} runs in turn on {cores} cores; what else ran is seen in the load.

*Evidence* is the scan with all checks and sums; *findings* add intervals, tests, limits and their
curves, which do not depend on the number of rows. The *floor* is DuckDB reading the same columns:
the sum of each number, the count of each attribute. A second floor takes the largest text of each
attribute, which reads every text. *Codes* are the same groups as two columns of small whole
numbers, with a floor that sums them. *The same sums alone* are the group-by written by hand in a
connection that is open, without checks: the least that DuckDB takes for these costs. CPU seconds
depend less on what else runs. Files are in the cache of the operating system. fairlearn and
scikit-learn start from a frame in memory; the others read the files. *With AUC* adds the AUC of
every group and of everybody, with DeLong's intervals, to the findings: two sorts, which spill to
disk beyond the memory allowed (1.5 GiB); measured once, in a process of its own.

| rows | ratio | measured | wanted |
|---|---|---:|---|
"""


def make_folder(rows: int, folder: Path) -> None:
    """Generate a folder of Parquet files."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("SELECT setseed(0.5)")
    for i, start in enumerate(range(0, rows, ROWS_OF_A_FILE)):
        some = min(ROWS_OF_A_FILE, rows - start)
        connection.execute(
            f"COPY ({ROWS.format(rows=some)}) TO '{folder}/part-{i:04}.parquet' (FORMAT parquet)"
        )


def medians(tasks: dict[str, Callable[[], object]], repeats: int = REPEATS) -> dict[str, float]:
    """Time tasks in turn, so that a busy moment is shared: medians on the clock, and of CPU."""
    clock: dict[str, list[float]] = {name: [] for name in tasks}
    cpu: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(repeats):
        for name, task in tasks.items():
            start, used = perf_counter(), process_time()
            task()
            clock[name].append(perf_counter() - start)
            cpu[name].append(process_time() - used)
    found = {name: median(values) for name, values in clock.items()}
    return found | {f"{name}, CPU": median(values) for name, values in cpu.items()}


def query(sql: str) -> Callable[[], object]:
    """Prepare a query of DuckDB, in a connection of its own."""
    connection = duckdb.connect(config={"preserve_insertion_order": False})
    return lambda: connection.execute(sql).fetchall()


def duckdb_sums(source: str, groups: str) -> Callable[[], object]:
    """Write the same sums for DuckDB, without any check, in a connection that is open."""
    wrong = [f"((p{m} >= 0.5) <> (y = 1)) AS e{m}" for m in (0, 1)]
    costs = [f"(p{m} - y) * (p{m} - y) AS b{m}, -ln(abs(p{m} - (1 - y))) AS l{m}" for m in (0, 1)]
    sums = ["count(*), sum(y), count_if(e0), count_if(e0 AND NOT e1), count_if(e1 AND NOT e0)"]
    for cost in ("b", "l"):
        x = f"({cost}0 - {cost}1)"
        sums.append(f"sum({cost}0), sum({x}), sum({x} * {x}), sum({x} * {x} * {x})")
        sums.append(f"count_if({cost}0 > {cost}1), count_if({cost}0 < {cost}1)")
    return query(
        f"SELECT {groups}, {', '.join(sums)} FROM "
        f"(SELECT {groups}, CAST(y AS DOUBLE) AS y, {', '.join((*wrong, *costs))} {source}) "
        "GROUP BY ALL"
    )


def polars_sums(files: str) -> Callable[[], object]:
    """Write the same sums for polars, streaming, as its documentation recommends."""
    import polars as pl

    y, p0, p1 = pl.col("y"), pl.col("p0"), pl.col("p1")
    wrong0, wrong1 = (p0 >= 0.5) != (y == 1), (p1 >= 0.5) != (y == 1)
    brier0, brier1 = (p0 - y) ** 2, (p1 - y) ** 2
    log0, log1 = (-pl.when(y == 1).then(p).otherwise(1 - p).log() for p in (p0, p1))
    rows = pl.scan_parquet(files).with_columns(
        c0=brier0, b=brier0 - brier1, l0=log0, m=log0 - log1, e0=wrong0, e1=wrong1
    )
    sums = [pl.len(), y.cast(pl.Int64).sum().alias("ones"), pl.col("e0").sum()]
    sums += [(pl.col("e0") & ~pl.col("e1")).sum().alias("gains")]
    sums += [(pl.col("e1") & ~pl.col("e0")).sum().alias("harms")]
    for cost, bop in (("c0", "b"), ("l0", "m")):
        x = pl.col(bop)
        sums += [pl.col(cost).sum(), x.sum(), (x * x).sum().alias(f"{bop}2")]
        sums += [(x * x * x).sum().alias(f"{bop}3"), (x > 0).sum().alias(f"{bop}_up")]
        sums += [(x < 0).sum().alias(f"{bop}_down")]
    plan = rows.group_by("sex", "race").agg(sums)
    return lambda: plan.collect(engine="streaming")


def pandas_sums(folder: Path) -> Callable[[], object]:
    """Write the same sums for pandas."""
    import numpy as np
    import pandas as pd

    def run() -> object:
        rows = pd.read_parquet(folder)
        y, p0, p1 = (rows[name].to_numpy() for name in ("y", "p0", "p1"))
        e0, e1 = (p0 >= 0.5) != (y == 1), (p1 >= 0.5) != (y == 1)
        c0, c1 = (p0 - y) ** 2, (p1 - y) ** 2
        l0, l1 = (-np.log(np.where(y == 1, p, 1 - p)) for p in (p0, p1))
        new = {"n": 1, "ones": y, "e0": e0, "gains": e0 & ~e1, "harms": e1 & ~e0}
        for name, first, second in (("b", c0, c1), ("m", l0, l1)):
            x = first - second
            new |= {f"{name}0": first, name: x, f"{name}2": x * x, f"{name}3": x * x * x}
            new |= {f"{name}_up": x > 0, f"{name}_down": x < 0}
        keys = [rows["sex"].astype("category"), rows["race"].astype("category")]
        return pd.DataFrame(new).groupby(keys, observed=True).sum()

    return run


def sizes(rows: int, folder: Path) -> dict[str, float]:
    """Time one size: the floor, the scan, the findings, and others' group-bys."""
    files = f"{folder}/*.parquet"
    source = f"FROM read_parquet('{files}')"
    wrong = "((p{m} >= 0.5) <> (y = 1))"
    tasks: dict[str, Callable[[], object]] = {
        "floor": query(f"SELECT sum(y), sum(p0), sum(p1), count(sex), count(race) {source}"),
        "floor, text compared": query(
            f"SELECT sum(y), sum(p0), sum(p1), max(sex), max(race) {source}"
        ),
        "floor, codes": query(
            f"SELECT sum(y), sum(p0), sum(p1), sum(sex_code), sum(race_code) {source}"
        ),
        "sums, codes": duckdb_sums(source, "sex_code, race_code"),
        "sums": duckdb_sums(source, "sex, race"),
        "connect": lambda: duckdb.connect().close(),
        "bare 0-1, codes": query(
            f"SELECT sex_code, race_code, count(*), count_if({wrong.format(m=0)}), "
            f"count_if({wrong.format(m=1)}) {source} GROUP BY ALL"
        ),
        "evidence, codes": lambda: wg.gather(
            folder,
            **{**COLUMNS, "groups": ["sex_code", "race_code"]},
            costs=COSTS,
            memory=MEMORY,
        ),
        "bare 0-1": query(
            f"SELECT sex, race, count(*), count_if({wrong.format(m=0)}), "
            f"count_if({wrong.format(m=1)}) {source} GROUP BY ALL"
        ),
        "evidence": lambda: wg.gather(folder, **COLUMNS, costs=COSTS, memory=MEMORY),
        "findings": lambda: wg.compare_files(
            folder, **COLUMNS, costs=COSTS, rows_in_memory=0, memory=MEMORY
        ),
    }
    try:
        tasks["polars"] = polars_sums(files)
    except ImportError:
        print("polars is not installed: left out")
    if rows <= 10**6:
        tasks["pandas"] = pandas_sums(folder)
    return medians(tasks)


def alone(folder: Path, costs: list[str]) -> tuple[float, float]:
    """Run one comparison in a process of its own: its seconds, and its peak memory in GiB."""
    code = (
        "import resource, time, whogains as wg; start = time.perf_counter(); "
        f"wg.compare_files({str(folder)!r}, **{COLUMNS!r}, costs={costs!r}, rows_in_memory=0, "
        f"memory={MEMORY}); print(time.perf_counter() - start); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    seconds, peak = done.stdout.split()
    return float(seconds), int(peak) / 2**20


def fairlearn_frames(folder: Path, boot_rows: int = 100_000, boots: int = 5) -> dict[str, float]:
    """Time fairlearn's MetricFrame for both models: point estimates, and its bootstrap."""
    import pandas as pd
    from fairlearn.metrics import MetricFrame
    from sklearn.metrics import brier_score_loss, log_loss, zero_one_loss

    rows = pd.read_parquet(folder)
    metrics = {
        "zero_one": lambda y, p: zero_one_loss(y, p >= 0.5),
        "brier": brier_score_loss,
        "log_loss": lambda y, p: log_loss(y, p, labels=[0, 1]),
    }

    def frames(some: Any, **options: Any) -> None:
        for model in ("p0", "p1"):
            frame = MetricFrame(
                metrics=metrics,
                y_true=some["y"],
                y_pred=some[model],
                sensitive_features=some[["sex", "race"]],
                **options,
            )
            _ = frame.by_group

    few = rows.iloc[:boot_rows]
    found = medians({"fairlearn": lambda: frames(rows)})
    boot = medians(
        {
            "boot": lambda: frames(few, n_boot=boots, ci_quantiles=[0.025, 0.975], random_state=0),
            "none": lambda: frames(few),
        }
    )
    each = (boot["boot"] - boot["none"]) / boots
    found["fairlearn bootstrap, per replicate"] = each * len(rows) / boot_rows
    found["fairlearn bootstrap"] = 1000 * found["fairlearn bootstrap, per replicate"]
    return found


def auc(folder: Path, boots: int = 2) -> dict[str, float]:
    """Time AUC with DeLong's intervals against scikit-learn's AUC with a bootstrap."""
    import numpy as np
    import pandas as pd
    from sklearn.metrics import roc_auc_score

    rows = pd.read_parquet(folder)
    groups = [part for _, part in rows.groupby(["sex", "race"])]
    rng = np.random.default_rng(0)

    def replicate() -> None:
        for part in groups:
            drawn = rng.integers(0, len(part), len(part))
            y = part["y"].to_numpy()[drawn]
            for model in ("p0", "p1"):
                roc_auc_score(y, part[model].to_numpy()[drawn])

    def compare() -> object:
        return wg.compare(
            rows["y"],
            generic=rows["p0"],
            personalized=rows["p1"],
            groups=rows[["sex", "race"]],
            costs=["auc"],
        )

    found = medians(
        {
            "auc in memory": compare,
            "auc from files": lambda: wg.compare_files(
                folder, **COLUMNS, costs=["auc"], rows_in_memory=0, memory=MEMORY
            ),
            "replicates": lambda: [replicate() for _ in range(boots)],
        }
    )
    found["scikit-learn auc"] = 100 * found["replicates"] / boots
    return found


def run(rows: int) -> None:
    """Measure one size, print it and keep it."""
    with tempfile.TemporaryDirectory(prefix="compare-") as name:
        folder = Path(name)
        make_folder(rows, folder)
        found: dict[str, float] = {"load before": os.getloadavg()[0]}
        found |= sizes(rows, folder)
        print(found, flush=True)
        _, found["peak GiB"] = alone(folder, COSTS)
        found["with AUC"], found["peak GiB with AUC"] = alone(folder, [*COSTS, "auc"])
        if rows == 10**6:
            try:
                found |= fairlearn_frames(folder)
            except ImportError:
                print("fairlearn is not installed: left out")
            print(found, flush=True)
            found |= auc(folder)
        found["load after"] = os.getloadavg()[0]
    for ratio in ratios(rows, found):
        print(ratio)
    for key, value in found.items():
        print(f"{key:40} {value:12.4f}")
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    kept[str(rows)] = found
    RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


def ratios(rows: int, found: dict[str, float]) -> list[str]:
    """Write what one size says, ratios first."""
    lines = []

    def line(what: str, ratio: float, wanted: str = "") -> None:
        lines.append(f"| {rows:.0e} | {what} | {ratio:,.2f} | {wanted} |")

    floor, scan, whole = found["floor"], found["evidence"], found["findings"]
    wanted = "at most 2" if rows >= 10**7 else ""
    line("evidence / floor", scan / floor, wanted)
    if "floor, CPU" in found:
        line("evidence / floor, CPU seconds", found["evidence, CPU"] / found["floor, CPU"])
    text = found["floor, text compared"]
    line("evidence / floor that also compares the text", scan / text, wanted)
    line("findings / floor", whole / floor)
    line("the same sums alone, in DuckDB / floor that also compares the text", found["sums"] / text)
    line("evidence / the same sums alone, in DuckDB", scan / found["sums"])
    line("bare group-by of the 0-1 loss / floor", found["bare 0-1"] / floor)
    if "floor, codes" in found:
        codes = found["floor, codes"]
        line("codes: evidence / floor", found["evidence, codes"] / codes, wanted)
        used = found["evidence, codes, CPU"] / found["floor, codes, CPU"]
        line("codes: evidence / floor, CPU seconds", used)
        sums = found["sums, codes"]
        line("codes: the same sums alone, in DuckDB / floor", sums / codes)
        line("codes: bare group-by of the 0-1 loss / floor", found["bare 0-1, codes"] / codes)
    if "polars" in found:
        line("evidence / polars", scan / found["polars"], "at most 1.3")
        line("opening and closing DuckDB / polars", found["connect"] / found["polars"])
    if "pandas" in found:
        line("pandas / evidence", found["pandas"] / scan)
    if "fairlearn" in found:
        line("fairlearn, point estimates / evidence", found["fairlearn"] / scan, "at least 100")
        line("fairlearn, point estimates / findings", found["fairlearn"] / whole)
        boot = found["fairlearn bootstrap"]
        line("fairlearn, 1,000 replicates / evidence", boot / scan, "at least 10,000")
        line("fairlearn, 1,000 replicates / findings", boot / whole)
    if "scikit-learn auc" in found:
        own = found["scikit-learn auc"]
        line("scikit-learn AUC, 100 replicates / in memory", own / found["auc in memory"])
        line(
            "scikit-learn AUC, 100 replicates / from files",
            own / found["auc from files"],
            "at least 5",
        )
    return lines


def write_table() -> None:
    """Write the page of the documentation from what was measured."""
    kept = {int(rows): found for rows, found in json.loads(RESULTS.read_text()).items()}
    lines = INTRODUCTION.format(repeats=REPEATS, cores=os.cpu_count()).splitlines()
    for rows in sorted(kept):
        lines += ratios(rows, kept[rows])
    heads = ["rows", "floor, s", "floor, text compared, s", "evidence, s", "findings, s"]
    heads += ["polars, s", "pandas, s", "evidence, ns a row", "evidence, CPU ns a row"]
    heads += ["peak memory, GiB", "with AUC, s", "its peak memory, GiB", "load before, after"]
    lines += ["", "Growth and memory, and what the ratios come from:", ""]
    lines += [f"| {' | '.join(heads)} |", f"|---|{'---:|' * (len(heads) - 1)}"]
    timed = ("floor", "floor, text compared", "evidence", "findings", "polars", "pandas")
    for rows in sorted(kept):
        found = kept[rows]
        cells = [f"{found[name]:.3f}" if name in found else "" for name in timed]
        each = ("evidence", "evidence, CPU")
        cells += [f"{found[name] / rows * 1e9:.1f}" if name in found else "" for name in each]
        cells.append(f"{found['peak GiB']:.2f}")
        cells.append(f"{found['with AUC']:.1f}")
        cells.append(f"{found['peak GiB with AUC']:.2f}")
        cells.append(f"{found['load before']:.1f}, {found['load after']:.1f}")
        lines.append(f"| {rows:.0e} | {' | '.join(cells)} |")
    found = kept.get(10**6, {})
    if "fairlearn" in found:
        lines += [
            "",
            f"At 1e6 rows fairlearn's `MetricFrame` takes {found['fairlearn']:.2f} s for both",
            "models without intervals. Its bootstrap was measured at 1e5 rows with 5 replicates,",
            f"and scaled to 1e6 rows and `n_boot=1000`: {found['fairlearn bootstrap']:,.0f} s.",
        ]
    if "scikit-learn auc" in found:
        memory, files = found["auc in memory"], found["auc from files"]
        lines += [
            "",
            f"AUC per group with paired DeLong intervals takes {memory:.2f} s at 1e6 rows from",
            f"memory and {files:.2f} s from files; `roc_auc_score` per group and model takes",
            f"{found['scikit-learn auc']:,.0f} s for 100 replicates, scaled from 2.",
        ]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", help="a number of rows, as 1e6; or table, or make")
    parser.add_argument("more", nargs="*", help="for make: rows and a folder")
    asked = parser.parse_args()
    if asked.what == "table":
        write_table()
    elif asked.what == "make":
        make_folder(int(float(asked.more[0])), Path(asked.more[1]))
    else:
        run(int(float(asked.what)))
