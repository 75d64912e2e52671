"""Measure whether `auto` holds its level for costs of labels and for metrics of one's own.

Run it from the repository root: ``python benchmarks/calibration_labels.py``. It writes
docs/calibration-labels.md; finished cells are kept in benchmarks/.calibration_labels.jsonl.
The truth is known in closed form: labels of both models are drawn from ranks that are uniform
whatever the design, and weights depend on the outcome alone.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from whogains.costs import Cells, Cost, CostMatrix, Metric, at_threshold, prediction_costs
from whogains.evidence import Rows, attribute, cross, evidence_from_scores, prediction_scores
from whogains.judging import Settings
from whogains.judging.estimates import Estimates, estimate

FloatArray = NDArray[np.float64]

PAGE = Path("docs/calibration-labels.md")
KEPT = Path("benchmarks/.calibration_labels.jsonl")
REPEATS = 2000
# The jackknife makes two calls a row.
REPEATS_OWN = 1000
ALPHA = 0.05
#: Of both models: chance of a label of 1 where the outcome is 1, and where it is 0.
MODELS: Final = {
    "equal": ((0.6, 0.15), (0.6, 0.15)),
    "gain": ((0.6, 0.15), (0.7, 0.12)),
    "rare": ((0.85, 0.02), (0.9, 0.02)),
}
#: Designs: the size of clusters (their shared variance is .4), or the spread of log weights.
DESIGNS: Final = ("rows", "clusters of 5", "clusters of 1 to 20", "weights lognormal(0.5)")
OF_LABELS: Final = ("sensitivity", "specificity", "balanced_accuracy", "f1")


HEAD: Final = (
    *("cost", "n", "prevalence", "models", "alike", "design", "given"),
    *("lower", "upper", "gain", "harm", "verdict"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """What is simulated: a cost, units, prevalence, two models, how alike they are, a design."""

    cost: str
    n: int
    prevalence: float
    models: str
    alike: float
    design: str = "rows"


def cells() -> list[Cell]:
    """List every cell of the page."""
    found = []
    for cost in (*OF_LABELS, "net_benefit", "cost_matrix"):
        sizes = [(200, 0.3), (1000, 0.3), (1000, 0.05)]
        for models in MODELS:
            alike = 0.9 if models == "equal" else 0.5
            found += [Cell(cost, n, share, models, alike) for n, share in sizes]
        found += [Cell(cost, 5000, 0.05, models, 0.5) for models in ("gain", "rare")]
        for design in DESIGNS[1:]:
            found += [Cell(cost, n, 0.3, "gain", 0.5, design) for n in (200, 1000)]
    own = "own F1"
    found += [Cell(own, 200, 0.3, models, 0.5) for models in ("equal", "gain")]
    found += [Cell(own, 500, 0.3, "gain", 0.5), Cell(own, 3000, 0.1, "gain", 0.5)]
    return found


def _own_f1(y: FloatArray, p: FloatArray, sample_weight: FloatArray) -> float:
    label = p >= 0.5
    hits = float(sample_weight @ (label * y))
    return 2 * hits / float(sample_weight @ (label + y))


def cost_of(name: str) -> Cost:
    """Make the cost that a cell is about."""
    if name == "own F1":
        return Metric("own_f1", value=_own_f1).of_task("classification")
    if name == "cost_matrix":
        return CostMatrix(fp=1, fn=5).of_task("classification")
    (cost,) = prediction_costs("classification", (name,))
    # Predictions are .05 and .95: any threshold between makes the same labels, at other odds.
    return at_threshold(cost, 0.1) if name == "net_benefit" else cost


def truth_of(cell: Cell) -> float:
    """Compute the benefit from the chances of the four cells."""
    share = cell.prevalence
    if cell.design.startswith("weights"):
        share = 2 * share / (1 + share)
    costs = []
    for hit, alarm in MODELS[cell.models]:
        tp, fp = share * hit, (1 - share) * alarm
        fn, tn = share - tp, 1 - share - fp
        rows = cost_of(cell.cost).rows
        if isinstance(rows, Cells):
            costs.append(tp * rows.tp + fp * rows.fp + fn * rows.fn + tn * rows.tn)
            continue
        known = {
            "sensitivity": hit,
            "specificity": 1 - alarm,
            "balanced_accuracy": (hit + 1 - alarm) / 2,
            "f1": 2 * tp / (2 * tp + fp + fn),
        }
        costs.append(-known[cell.cost.replace("own ", "").replace(" ", "_").lower()])
    return costs[0] - costs[1]


def draw(cell: Cell, rng: np.random.Generator) -> Rows:
    """Draw one sample; n counts clusters where there are such."""
    cluster = weight = None
    n = cell.n
    if cell.design.startswith("clusters"):
        sizes = np.full(cell.n, 5)
        if cell.design.endswith("20"):
            sizes = np.minimum(rng.geometric(0.25, cell.n), 20)
        cluster = np.repeat(np.arange(cell.n), sizes)
        n = len(cluster)

    def ranks() -> FloatArray:
        own = rng.standard_normal(n)
        if cluster is not None:
            own = np.sqrt(0.4) * rng.standard_normal(cell.n)[cluster] + np.sqrt(0.6) * own
        return np.asarray(norm.cdf(own))

    y = (ranks() < cell.prevalence).astype(float)
    first, other = ranks(), ranks()
    second = np.where(rng.random(n) < cell.alike, first, other)
    predictions = {}
    names = ("generic", "personalized")
    for name, rank, (hit, alarm) in zip(names, (first, second), MODELS[cell.models], strict=True):
        predictions[name] = np.where(rank < np.where(y == 1, hit, alarm), 0.95, 0.05)
    if cell.design.startswith("weights"):
        weight = (1 + y) * rng.lognormal(0, 0.5, n)
    grouping, codes = cross([attribute("group", np.zeros(n, dtype=np.int64), ["all"])])
    return Rows(y, grouping, codes, weight, cluster, predictions)


def judged(cost: Cost, rows: Rows) -> Estimates:
    """Estimate as an audit does, without what needs the rows (betting)."""
    scores = prediction_scores((cost,), rows)
    evidence = evidence_from_scores(
        scores,
        rows.grouping,
        rows.codes,
        rows.y_true,
        sample_weight=rows.sample_weight,
        cluster=rows.cluster,
    )
    return estimate(evidence, 0, Settings())


def run(cell: Cell, repeats: int) -> dict[str, object]:
    """Simulate one cell."""
    name = json.dumps(asdict(cell), sort_keys=True)
    rng = np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:16], 16))
    cost, truth = cost_of(cell.cost), truth_of(cell)
    given = low = high = gain = harm = 0
    for _ in range(repeats):
        found = judged(cost, draw(cell, rng))
        if found.methods[0] == "none":
            continue
        ends = found.interval(ALPHA)
        # Models that differ on no row have no interval.
        if not np.isfinite(ends.lower[0]):
            continue
        given += 1
        low += bool(ends.lower[0] > truth)
        high += bool(ends.upper[0] < truth)
        gain += bool(found.p(truth, "greater")[0] <= ALPHA)
        harm += bool(found.p(truth, "less")[0] <= ALPHA)
    return {
        **asdict(cell),
        "repeats": repeats,
        "truth": truth,
        "given": given,
        "low": low,
        "high": high,
        "gain": gain,
        "harm": harm,
    }


def tolerated(nominal: float, count: int) -> float:
    """Give the error up to which a cell holds, as in docs/calibration.md."""
    return float(nominal + 3.3 * np.sqrt(nominal * (1 - nominal) / count))


def holds(row: dict[str, object]) -> bool:
    """Whether no end and no test errs too often: among all samples where few have an interval."""
    given, repeats = int(str(row["given"])), int(str(row["repeats"]))
    count = repeats if given < repeats / 2 else given
    if not given:
        return True
    nominal = {"low": 0.025, "high": 0.025, "gain": 0.05, "harm": 0.05}
    return all(
        int(str(row[key])) / count <= tolerated(level, count) for key, level in nominal.items()
    )


def page(rows: list[dict[str, object]]) -> str:
    """Write the page."""
    judged_rows = [row for row in rows if row["given"]]
    wrong = [row for row in judged_rows if not holds(row)]
    summary = (
        f"`auto` gave intervals in {len(judged_rows)} of {len(rows)} cells. Out of tolerance: "
        f"{len(wrong)}."
    )
    lines = [
        "# Do costs of labels and metrics of one's own hold their level?",
        "",
        "Written by `benchmarks/calibration_labels.py`.",
        "",
        f"As in [calibration.md](calibration.md), with {REPEATS:,} samples a cell "
        f"({REPEATS_OWN:,} where a metric is one's own, judged by the jackknife). *n* counts "
        "clusters where there are such. *alike* is the share of rows whose labels are drawn from "
        "one rank by both models; the models' chances of a label of 1 (where the outcome is 1, "
        "and where it is 0) are "
        + "; ".join(f"{name}: {a} and {b}" for name, (a, b) in MODELS.items())
        + ". *given* is the share of samples in which `auto` gives an interval without the rows "
        "(where rows are in memory, betting takes the others of net benefit and prices). *lower, "
        "upper*: how often the interval lies above, or below, the truth; *gain, harm*: type I "
        "error where the null is just true. Where less than half of the samples have an interval "
        "the verdict counts errors among all samples. The rule asks for 150 units, and of metrics "
        "for 30 units that carry the variance of the difference and 120 (Kish) that carry each "
        "model's metric; where the price of one error is at least twice the other's, for 30 rows "
        "that differ in the dearer.",
        "",
        summary,
        "",
        "| " + " | ".join(HEAD) + " |",
        "|" + "---|" * len(HEAD),
    ]
    for row in rows:
        given = int(str(row["given"]))
        shares = [
            f"{int(str(row[key])) / given:.4f}" if given else "" for key in ("low", "high")
        ] + [f"{int(str(row[key])) / given:.3f}" if given else "" for key in ("gain", "harm")]
        verdict = "none given" if not given else "holds" if holds(row) else "errs"
        parts = [
            row["cost"], f"{row['n']:,}", row["prevalence"], row["models"], row["alike"],
            row["design"], f"{given / int(str(row['repeats'])):.2f}", *shares, verdict,
        ]  # fmt: skip
        lines.append("| " + " | ".join(str(part) for part in parts) + " |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Run what is not kept yet, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so many")
    parser.add_argument("--part", default="0/1", help="which of so many parts of the cells")
    arguments = parser.parse_args()
    part, parts = (int(each) for each in arguments.part.split("/"))
    kept: dict[str, dict[str, object]] = {}
    if KEPT.exists():
        for line in KEPT.read_text().splitlines():
            row = json.loads(line)
            kept[json.dumps({key: row[key] for key in asdict(cells()[0])})] = row
    end = time.monotonic() + 60 * arguments.minutes
    for i, cell in enumerate(cells()):
        key = json.dumps(asdict(cell))
        if key in kept or i % parts != part or time.monotonic() > end:
            continue
        kept[key] = run(cell, REPEATS_OWN if cell.cost.startswith("own") else REPEATS)
        with KEPT.open("a") as file:
            file.write(json.dumps(kept[key]) + "\n")
    found = [kept[key] for cell in cells() if (key := json.dumps(asdict(cell))) in kept]
    if len(found) == len(cells()):
        PAGE.write_text(page(found), encoding="utf-8")
    print(f"{len(found)} of {len(cells())} cells")


if __name__ == "__main__":
    main()
