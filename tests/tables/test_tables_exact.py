"""Sums by threads that finish in any order: the same bytes every time."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.api import gather
from whogains.tables.exact import Grids, Summand, bits_of

COLUMNS: dict[str, Any] = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}


def exact(table: pd.DataFrame, bits: int) -> dict[str, float]:
    """Sum x and its cube by key, on grids of each key's own size."""
    connection = duckdb.connect(config={"threads": 4, "preserve_insertion_order": False})
    connection.register("given", table)
    terms = [Summand("one", "x", ("size",)), Summand("three", "x * x * x", ("size",) * 3)]
    grids = Grids(bits)
    grid = grids.table("SELECT * FROM given", ("k",), {"size": "x"}, terms)
    parts = ", ".join(["a.*", *grids.columns(terms)])
    found = connection.execute(
        f"SELECT k, {', '.join(grids.sums(terms))} FROM (SELECT {parts} FROM given a "
        f"JOIN ({grid}) b ON a.k = b.k) GROUP BY k ORDER BY k"
    ).fetchall()
    return {str(key): sums for key, *sums in found}


@pytest.mark.parametrize("bits", [None, 18])
def test_sums_are_those_of_fsum_in_any_order(bits):
    rng = np.random.default_rng(0)
    x = rng.normal(size=200_000) * 10.0 ** rng.uniform(-6, 3, 200_000)
    # Nearly all of it cancels.
    table = pd.DataFrame({"k": "a", "x": np.r_[x, -x[:-5]]})
    bits = bits_of(len(table)) if bits is None else bits
    first, *others = (exact(table.sample(frac=1, random_state=i), bits) for i in range(3))
    assert others == [first, first]
    values = table["x"].to_numpy()
    assert first["a"][0] == pytest.approx(math.fsum(values), rel=1e-12)
    # To the size of the largest term, as far as the grids reach.
    assert first["a"][1] == pytest.approx(
        math.fsum(values**3), abs=1e-14 * float((np.abs(values) ** 3).max())
    )


@pytest.mark.parametrize("other", [1e-200, 1e90, 1e300, np.inf])
def test_one_key_has_no_part_in_the_digits_of_another(other):
    rng = np.random.default_rng(1)
    mine = pd.DataFrame({"k": "a", "x": rng.normal(size=1000)})
    theirs = pd.DataFrame({"k": "b", "x": np.full(9, other)})
    both = pd.concat([theirs, mine])
    assert exact(both, 36)["a"] == exact(mine, 36)["a"]
    assert exact(both, 36)["b"][0] == pytest.approx(9 * other)


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize(
    "options", [{}, {"sample_weight": "w"}, {"sample_weight": "w", "cluster": "c"}]
)
def test_ten_scans_of_a_folder_give_the_same_bytes(task, options, tmp_path):
    rng = np.random.default_rng(2)
    n = 24_000
    rows = pd.DataFrame({"g": rng.choice(["a", "b", "c"], n), "w": rng.lognormal(0, 1, n)})
    rows["c"] = rng.integers(0, n // 6, n)
    if task == "classification":
        rows["y"] = rng.integers(0, 2, n)
        rows["p0"], rows["p1"] = rng.random((2, n))
    else:
        rows["y"] = rng.normal(120, 15, n)
        rows["p0"], rows["p1"] = rows["y"].to_numpy() + rng.normal(0, 9, (2, n))
    for part in range(4):
        rows[part::4].to_parquet(tmp_path / f"{part}.parquet", row_group_size=500)
    audits, evidence = set(), set()
    for _ in range(10):
        found = wg.compare_files(tmp_path, **COLUMNS, **options, rows_in_memory=0)
        audits.add(json.dumps(replace(found, created="").to_dict()))
    for _ in range(3):
        file = tmp_path / "out.evidence"
        gather(tmp_path, **COLUMNS, **options).save(file)
        evidence.add(file.read_bytes())
    assert (len(audits), len(evidence)) == (1, 1)
