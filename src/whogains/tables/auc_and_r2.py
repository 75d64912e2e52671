"""AUC and R² of every group by further scans: each row's pseudo-value, summed like a cost.

What `whogains.inference.auc_pair` and `r2_pair` compute from arrays. AUC sorts by each model's
predictions, which DuckDB spills to disk where memory does not suffice.
"""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from whogains.costs import Cost
from whogains.evidence import CostEvidence, Sums
from whogains.inference import deciding_rows
from whogains.tables.binned_auc import binned_auc, certificate_note
from whogains.tables.columns import Reading
from whogains.tables.exact import Summand, bits_of, exact_sums
from whogains.tables.groups_kept import Kept
from whogains.tables.label_metrics import label_metric_rows
from whogains.tables.raw_sums import Raw
from whogains.tables.score_ranks import PLACED, place_scores
from whogains.tables.source import Source
from whogains.tables.sums import SumQuery
from whogains.tables.terms import Term
from whogains.types import FloatArray

# Codes of groups, each with a number.
Numbers = Iterable[tuple[float, float]]


def metric_evidence(
    source: Source, reading: Reading, cost: Cost, kept: Kept
) -> tuple[CostEvidence, str | None]:
    """Sum what each row adds to a group's AUC or R² (its pseudo-value).

    Parameters
    ----------
    source : Source
        The table.
    reading : Reading
        How its rows are read.
    cost : Cost
        AUC or R².
    kept : Kept
        The groups whose rows count.

    Returns
    -------
    CostEvidence
        As from the rows in memory.
    str or None
        How exact it is, where bins took the place of sorting.
    """
    if cost.name == "auc" and not reading.weighted and reading.columns.cluster is None:
        binned = binned_auc(source, reading, cost, kept)
        if binned is not None:
            return binned.evidence, certificate_note(binned.certificate)
    prepare = _auc if cost.name == "auc" else _r2
    if cost.ratios:
        prepare = partial(label_metric_rows, cost=cost)
    if cost.name == "auc":
        place_scores(source, reading, kept)
    found = []
    reasons: list[str | None] = []
    for whole in (True, False):
        size = 1 if whole else len(kept.grouping)
        rows, reasons, deciding = prepare(source, reading, kept=kept, whole=whole)
        query = SumQuery(
            rows=rows,
            keys=("code",),
            terms=(Term("q0", "q1", weighted=reading.weighted),),
            classification=reading.task == "classification",
            weighted=reading.weighted,
            clustered=reading.columns.cluster is not None,
            bits=bits_of(source.cheap_rows),
        )
        sums = _sums(source, reading, query, size)
        found.append(replace(sums, moved=_counts(deciding, size)))
    source.fetch(f"DROP TABLE IF EXISTS {PLACED}")
    population, groups = found
    return CostEvidence(cost, groups, population, reasons=tuple(reasons)), None


def _sums(source: Source, reading: Reading, query: SumQuery, size: int) -> Sums:
    def create(table: str, sql: str | None) -> str | None:
        if sql is not None:
            source.fetch(
                f"CREATE OR REPLACE TEMP TABLE {table} AS {sql}", reading.values, "summing"
            )
        return None if sql is None else table

    units = query.units()
    if query.clustered:
        create("clusters", query.units(create("row_grids", query.row_grids())))
        units = "SELECT * FROM clusters"
    grids = create("grids", query.grids(units, query.keys))
    create("of_codes", query.sums(units, query.keys, grids))
    raw = first = _raw(source, "SELECT * FROM of_codes ORDER BY code", reading)
    if first.lost(query.terms, pairs=query.clustered or query.weighted).any():
        source.fetch(
            f"CREATE OR REPLACE TEMP TABLE shifts AS {query.shifts('of_codes', query.keys)}"
        )
        grids = create("shifted_grids", query.grids(units, query.keys, "shifts"))
        shifted = f"{query.sums(units, query.keys, grids, 'shifts')} ORDER BY code"
        raw = _raw(source, shifted, reading, first)
    codes = first["code"].astype(np.int64)
    return raw.sums(0, query.terms[0], pairs=query.clustered or query.weighted).placed(codes, size)


def _counts(numbers: Numbers, size: int) -> npt.NDArray[np.int64]:
    found = np.zeros(size, dtype=np.int64)
    for code, number in numbers:
        found[int(code)] = number
    return found


def _raw(source: Source, sql: str, reading: Reading, first: Raw | None = None) -> Raw:
    found = source.table(sql, reading.values)
    return Raw(
        {
            name: np.array([_missing(name) if value is None else float(value) for value in values])
            for name, values in found.items()
        },
        first,
    )


def _missing(name: str) -> float:
    # A metric that does not exist is NaN, which DuckDB takes from a frame for a missing value.
    return np.nan if name.startswith(("c0", "u")) else 0.0


def _auc(
    source: Source, reading: Reading, kept: Kept, *, whole: bool
) -> tuple[str, list[str | None], Numbers]:
    """Give each row its influence on the AUC, from its place among the other class."""
    cluster = "" if reading.columns.cluster is None else ", c"
    code, place = ("0", "all") if whole else ("code", "under")
    places = f"{place}0 AS under0, {place}1 AS under1"
    rows = f"SELECT {code} AS code, y, w{cluster}, differs, {places} FROM {PLACED}"
    classes = source.table(
        "SELECT code, count_if(y = 1) AS ones, count_if(y = 0) AS zeros, sum(w * y) AS w1, "
        "sum(w * (1 - y)) AS w0, sum(w * y * under0) AS area0, sum(w * y * under1) AS area1, "
        "count_if(y = 1 AND differs) AS moved1, count_if(y = 0 AND differs) AS moved0 "
        f"FROM ({rows}) GROUP BY code ORDER BY code"
    )
    found = {name: np.array(values, dtype=np.float64) for name, values in classes.items()}
    ones, zeros, w0, w1 = (found[name] for name in ("ones", "zeros", "w0", "w1"))
    n, rarer = ones + zeros, np.minimum(ones, zeros)
    deciding = deciding_rows(ones, zeros, found["moved1"], found["moved0"])
    with np.errstate(divide="ignore", invalid="ignore"):
        table = {
            "code": found["code"].astype(np.int64),
            "w0": w0,
            "w1": w1,
            "auc0": found["area0"] / (w0 * w1),
            "auc1": found["area1"] / (w0 * w1),
            "f1": np.where(rarer >= 2, _scale(n, ones) * (w0 + w1) / (n * w1), np.nan),
            "f0": np.where(rarer >= 2, _scale(n, zeros) * (w0 + w1) / (n * w0), np.nan),
        }
    source.connection.register("areas", pd.DataFrame(table))
    reasons: list[str | None] = ["one class only"] * len(kept.grouping)
    for place, count in zip(found["code"].astype(int), rarer, strict=True):
        if not whole:
            reasons[place] = (
                "one class only" if count == 0 else "one row in a class" if count == 1 else None
            )
    pseudo = [
        f"-(s.auc{m} + CASE WHEN t.y = 1 THEN s.f1 * (t.under{m} / s.w0 - s.auc{m}) "
        f"ELSE s.f0 * (1 - t.under{m} / s.w1 - s.auc{m}) END) AS q{m}"
        for m in ("0", "1")
    ]
    return (
        (
            f"SELECT t.code AS code, t.y, t.w{cluster and ', t.c'}, {', '.join(pseudo)} "
            f"FROM ({rows}) t JOIN areas s ON t.code = s.code"
        ),
        reasons,
        zip(found["code"], deciding, strict=True),
    )


def _scale(n: FloatArray, of_class: FloatArray) -> FloatArray:
    """Scale an influence so that DeLong's m - 1 takes the place of m."""
    scale: FloatArray = n * np.sqrt(of_class * (n - 1) / (n * np.maximum(of_class - 1, 1)))
    return scale


def _r2(
    source: Source, reading: Reading, kept: Kept, *, whole: bool
) -> tuple[str, list[str | None], Numbers]:
    """Give each row its influence on R², from the errors and spread of its group."""
    code = "0" if whole else "code"
    weight, n, outcome = kept.weight, kept.rows, kept.outcome
    if whole:
        weight, n, outcome = (np.array([each.sum()]) for each in (weight, n, outcome))
    some = np.flatnonzero(n > 0)
    means = {
        "code": some,
        "w": weight[some],
        "mean": reading.centre + outcome[some] / weight[some],
    }
    source.connection.register("means", pd.DataFrame(means))
    cluster = "" if reading.columns.cluster is None else ", r.c"
    rows = (
        f"SELECT r.code, r.y, r.w, r.w / m.w AS share{cluster}, "
        "(r.y - r.p0) * (r.y - r.p0) AS e0, (r.y - r.p1) * (r.y - r.p1) AS e1, "
        "(r.y - m.mean) * (r.y - m.mean) AS spread, r.p0 <> r.p1 AS differs "
        f"FROM (SELECT * REPLACE ({code} AS code) FROM ({kept.of_rows(reading)})) r "
        "JOIN means m ON r.code = m.code"
    )
    found = exact_sums(
        source,
        rows,
        [
            Summand(name, f"share * {of}", ("share", of))
            for name, of in (("d", "spread"), ("e0", "e0"), ("e1", "e1"))
        ],
        reading.values,
        keys=("code",),
        counts=("min(y) = max(y) AS constant", "count_if(differs) AS moved"),
    )
    constant = np.array(found["constant"], dtype=np.bool_)
    d = np.where(constant, np.nan, np.array(found["d"], dtype=np.float64))
    codes = np.array(found["code"], dtype=np.int64)
    source.connection.register(
        "errors",
        pd.DataFrame(
            {
                "code": codes,
                "d": d,
                "u0": np.array(found["e0"], dtype=np.float64) / d,
                "u1": np.array(found["e1"], dtype=np.float64) / d,
            }
        ),
    )
    reasons: list[str | None] = ["no rows"] * len(kept.grouping)
    for place, same in zip(codes, constant, strict=True):
        if not whole:
            reasons[int(place)] = "constant outcome" if same else None
    pseudo = [f"-(1 - s.u{m}) + (t.e{m} - s.u{m} * t.spread) / s.d AS q{m}" for m in ("0", "1")]
    return (
        (
            f"SELECT t.code AS code, t.y, t.w{cluster and ', t.c'}, {', '.join(pseudo)} "
            f"FROM ({rows}) t JOIN errors s ON t.code = s.code"
        ),
        reasons,
        zip(codes, found["moved"], strict=True),
    )
