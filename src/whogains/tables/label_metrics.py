"""Metrics of labels by further scans: what `whogains.evidence` computes of them from arrays."""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from whogains.costs import Cost
from whogains.evidence import CARRYING
from whogains.tables.columns import Reading
from whogains.tables.costs import MODELS, cells_sql
from whogains.tables.groups_kept import Kept
from whogains.tables.source import Source
from whogains.types import FloatArray


def label_metric_rows(
    source: Source, reading: Reading, cost: Cost, kept: Kept, *, whole: bool
) -> tuple[str, list[str | None], Iterable[tuple[float, float]]]:
    """Give each row its influence on a mean of ratios of means of cells.

    Parameters
    ----------
    source : Source
        The table.
    reading : Reading
        How its rows are read.
    cost : Cost
        A metric of labels.
    kept : Kept
        The groups whose rows count.
    whole : bool
        Whether everybody is one group.

    Returns
    -------
    rows : str
        A query with the columns code, y, w, q0 and q1, and c where there are clusters.
    reasons : list of (str or None)
        Why a group has no metric.
    deciding : iterable of (float, float)
        Codes of groups, each with the units that decide.
    """
    code = "0" if whole else "code"
    cluster = "" if reading.columns.cluster is None else ", c"
    parts = [
        f"{cells_sql(cells, p)} AS {side}{i}_{m}"
        for m, p in enumerate(MODELS)
        for i, ratio in enumerate(cost.ratios)
        for side, cells in zip(("a", "b"), ratio, strict=True)
    ]
    rows = (
        f"SELECT {code} AS code, y, w{cluster}, {', '.join(parts)} FROM ({kept.of_rows(reading)})"
    )
    names = [f"{side}{i}_{m}" for m in (0, 1) for i in range(len(cost.ratios)) for side in "ab"]
    found = {
        name: np.array(values, dtype=np.float64)
        for name, values in source.table(
            f"SELECT code, sum(w) AS w, min(y) AS least, max(y) AS most, "
            f"{', '.join(f'sum(w * {name}) AS {name}' for name in names)} "
            f"FROM ({rows}) GROUP BY code ORDER BY code",
            reading.values,
            "summing",
        ).items()
    }
    table: dict[str, FloatArray] = {"code": found["code"].astype(np.int64)}
    pseudo = []
    k = len(cost.ratios)
    metrics = []
    for m in (0, 1):
        terms, values = [], []
        for i in range(k):
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = found[f"a{i}_{m}"] / found[f"b{i}_{m}"]
                table[f"r{i}_{m}"], table[f"d{i}_{m}"] = ratio, found[f"b{i}_{m}"] / found["w"]
            values.append(ratio)
            terms.append(f"(t.a{i}_{m} - s.r{i}_{m} * t.b{i}_{m}) / s.d{i}_{m}")
        metrics.append(np.mean(values, axis=0))
        table[f"m{m}"] = metrics[m]
        pseudo.append(f"-(s.m{m} + ({' + '.join(terms)}) / {k}) AS q{m}")
    defined = np.isfinite(metrics[0]) & np.isfinite(metrics[1])
    source.connection.register("rates", pd.DataFrame(table))
    reasons: list[str | None] = ["no rows"] * len(kept.grouping)
    if not whole:
        one_class = found["least"] == found["most"]
        for place, fine, same in zip(table["code"], defined, one_class, strict=True):
            why = "one class only" if same else "no label is 1"
            reasons[int(place)] = None if fine else why
    # A rate that does not exist is null, which the sums take for NaN.
    query = (
        f"SELECT t.code AS code, t.y, t.w{cluster and ', t.c'}, {', '.join(pseudo)} "
        f"FROM ({rows}) t JOIN (SELECT * FROM rates WHERE isfinite(m0) AND isfinite(m1)) s "
        "ON t.code = s.code"
    )
    return query, reasons, _deciding(source, reading, query, clustered=bool(cluster))


def _deciding(
    source: Source, reading: Reading, query: str, *, clustered: bool
) -> Iterable[tuple[float, float]]:
    """Count the units that carry the difference, and a quarter of those of each model."""
    centred = (
        "SELECT *, q0 - sum(w * q0) OVER by_code / sum(w) OVER by_code AS e0, "
        "q1 - sum(w * q1) OVER by_code / sum(w) OVER by_code AS e1 "
        f"FROM ({query}) WINDOW by_code AS (PARTITION BY code)"
    )
    units = f"SELECT code, w * e0 AS v0, w * e1 AS v1 FROM ({centred})"
    if clustered:
        units = (
            f"SELECT code, sum(w * e0) AS v0, sum(w * e1) AS v1 FROM ({centred}) GROUP BY code, c"
        )
    sums = [
        f"sum(abs({v})) AS s{i}, sum({v} * {v}) AS t{i}"
        # Of the difference the squares, which carry its variance.
        for i, v in enumerate(("v0", "v1", "((v0 - v1) * (v0 - v1))"))
    ]
    found = source.table(
        f"SELECT code, {', '.join(sums)} FROM ({units}) GROUP BY code ORDER BY code",
        reading.values,
        "summing",
    )
    numbers = {name: np.array(values, dtype=np.float64) for name, values in found.items()}

    def effective(i: int) -> FloatArray:
        first, second = numbers[f"s{i}"], numbers[f"t{i}"]
        some = second > 1e-24 * np.maximum(first, 1e-300) ** 2
        return np.divide(first**2, second, out=np.zeros_like(first), where=some)

    models = np.minimum(effective(0), effective(1)) / CARRYING
    decide = np.floor(np.minimum(effective(2), models) * (1 + 1e-9))
    return zip(numbers["code"], decide, strict=True)
