"""Scans of files give what the rows in memory give: values, groups, weights, clusters, order."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset as pads
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import whogains as wg
from whogains.results import Findings
from whogains.tables import score_ranks

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1"}
NUMBERS = ("n", "cost_generic", "cost_personalized", "bop", "se", "p_gain", "p_harm")
FROM_ROWS = {"betting", "bootstrap"}


def close(a: float | None, b: float | None, scale: float = 1.0) -> bool:
    if a is None or b is None:
        return a is b
    return math.isclose(a, b, rel_tol=1e-7, abs_tol=1e-9 * scale)


def assert_same(mine: Findings, other: Findings) -> None:
    """Every number that sums can give is the one from the rows."""
    assert mine.data == other.data
    for a, b in zip(mine.costs, other.costs, strict=True):
        assert (a.name, math.isclose(a.epsilon, b.epsilon, rel_tol=1e-9)) == (b.name, True)
        pairs = [*zip(a.groups, b.groups, strict=True), (a.population, b.population)]
        # Where rows have an interval by betting, sums have none, or an approximate one.
        lost = any(y.method in FROM_ROWS for _, y in pairs)
        scale = max([1.0, *(abs(y.cost_generic or 0.0) for _, y in pairs)])
        for x, y in pairs:
            if hasattr(x, "group"):
                assert x.group == y.group
            if y.method in FROM_ROWS:
                assert x.method in {None, "approximate", y.method}
                names: tuple[str, ...] = NUMBERS[:5]
            else:
                assert (x.method, x.test) == (y.method, y.test), (a.name, x, y)
                names = NUMBERS
                assert close(x.ci[0], y.ci[0], scale)
                assert close(x.ci[1], y.ci[1], scale)
            for name in names:
                assert close(getattr(x, name), getattr(y, name), scale), (a.name, name, x, y)
        if not lost:
            assert close(a.gamma.bop, b.gamma.bop, scale)
            assert a.gamma.verdict == b.gamma.verdict
            assert close(a.limits.above, b.limits.above)


def both(frame: pd.DataFrame, **options: Any) -> tuple[Findings, Findings]:
    weight, cluster = options.pop("sample_weight", None), options.pop("cluster", None)
    groups = options.pop("groups", ["g", "h"])
    in_memory = wg.compare(
        frame["y"],
        generic=frame["p0"],
        personalized=frame["p1"],
        groups=frame[groups],
        sample_weight=None if weight is None else frame[weight],
        cluster=None if cluster is None else frame[cluster],
        **options,
    )
    scanned = wg.compare_files(
        frame,
        **COLUMNS,
        groups=groups,
        sample_weight=weight,
        cluster=cluster,
        rows_in_memory=0,
        **options,
    )
    return scanned, in_memory


def people(seed: int, n: int = 800, *, task: str = "classification") -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "g": rng.choice(["a", "b", "č"], n, p=[0.6, 0.3, 0.1]),
            "h": rng.choice([1.0, 2.0, np.nan], n, p=[0.5, 0.4, 0.1]),
            "w": rng.choice([0.5, 1.0, 3.0], n),
            "c": rng.integers(0, n // 3, n),
        }
    )
    if task == "classification":
        p = rng.uniform(0.01, 0.99, n)
        frame["y"] = (rng.uniform(size=n) < p).astype(int)
        frame["p0"] = np.clip(p + rng.normal(0, 0.3, n), 0, 1).round(2)
        frame["p1"] = np.clip(p + rng.normal(0, 0.2, n), 0, 1).round(2)
    else:
        frame["y"] = rng.normal(120, 15, n)
        frame["p0"] = frame["y"] + rng.normal(0, 9, n)
        frame["p1"] = frame["y"] + rng.normal(0, 8, n)
    return frame


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("options", [{}, {"sample_weight": "w"}, {"cluster": "c"}, None])
def test_a_scan_gives_what_the_rows_in_memory_give(
    task: str, options: dict[str, str] | None
) -> None:
    frame = people(1, task=task)
    both_options = {"sample_weight": "w", "cluster": "c"} if options is None else options
    assert_same(*both(frame, **both_options))


@pytest.mark.parametrize("method", ["t", "score"])
def test_a_method_asked_for_gives_the_same(method: str) -> None:
    assert_same(*both(people(2), method=method, costs=["zero_one", "brier"]))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=(Phase.generate,),
)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(30, 400),
    weighted=st.booleans(),
    clustered=st.booleans(),
    regression=st.booleans(),
    shift=st.sampled_from([0.0, 1e3]),
    missing=st.booleans(),
    extreme=st.booleans(),
    names=st.lists(st.text(min_size=1, max_size=5), min_size=2, max_size=4, unique=True),
)
def test_random_tables(
    seed: int,
    n: int,
    weighted: bool,
    clustered: bool,
    regression: bool,
    shift: float,
    missing: bool,
    extreme: bool,
    names: list[str],
) -> None:
    rng = np.random.default_rng(seed)
    frame = people(seed, n, task="regression" if regression else "classification")
    # Text that no file in UTF-8 can hold stays outside.
    names = [name for name in names if name.isprintable()] or ["x"]
    frame["g"] = rng.choice([*names, "zz"], n)
    if regression:
        frame["p0"] += shift
    elif extreme:
        frame.loc[frame.index[::5], "p0"] = np.where(frame["y"][::5] == 1, 0.0, 1.0)
    if missing:
        frame["y"] = frame["y"].where(rng.uniform(size=n) > 0.1)
    options = {"sample_weight": "w"} if weighted else {}
    options |= {"cluster": "c"} if clustered else {}
    # Too few rows can be in every group, or one level be left of an attribute.
    refused = pytest.raises(wg.InputError, match="constant|fewer than")
    if frame.loc[frame["y"].notna(), "g"].nunique() < 2:
        with refused:
            both(frame, groups=["g", "h"], min_cell=3, **options)
        return
    pair = both(frame, groups=["g", "h"], min_cell=3, **options)
    assert_same(*pair)


@pytest.mark.parametrize("digits", [0, 1, 2, 17])
@pytest.mark.parametrize("options", [{}, {"sample_weight": "w", "cluster": "c"}])
def test_scores_that_fill_blocks_have_their_places(
    digits: int, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # DuckDB's own blocks have 2,048 rows: with few digits one score fills several of them.
    monkeypatch.setattr(score_ranks, "BLOCK", 2048)
    frame = people(3, 30_000)
    rng = np.random.default_rng(4)
    for model in ("p0", "p1"):
        frame[model] = np.clip(frame[model] + rng.uniform(-0.01, 0.01, len(frame)), 0, 1)
        frame[model] = frame[model].round(digits)
    # One score alone, of one model alone, from the first row to the last.
    frame.loc[frame["g"] == "b", "p1"] = 0.5
    for each in (frame, frame.assign(p0=0.25)):
        assert_same(*both(each, costs=["auc"], **options))


def test_order_and_files_do_not_matter(tmp_path: Path) -> None:
    frame = people(3, 3000)
    whole = wg.compare_files(frame, **COLUMNS, groups=["g", "h"], rows_in_memory=0)
    mixed = frame.sample(frac=1, random_state=0)
    for i in range(7):
        mixed[i::7].to_parquet(tmp_path / f"part-{i}.parquet", index=False)
    for source in (tmp_path, str(tmp_path / "*.parquet"), sorted(tmp_path.iterdir())):
        assert_same(wg.compare_files(source, **COLUMNS, groups=["g", "h"], rows_in_memory=0), whole)


def test_every_kind_of_table_gives_the_same(tmp_path: Path) -> None:
    frame = people(4, 2000)
    frame["h"] = frame["h"].map({1.0: "one", 2.0: "two"})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table, tmp_path / "rows.parquet")
    frame.to_csv(tmp_path / "rows.csv", index=False)
    frame.to_csv(tmp_path / "rows.tsv.gz", index=False, sep="\t")
    connection = duckdb.connect()
    connection.register("people", table)
    connection.execute("CREATE TABLE own AS SELECT * FROM people")
    sources = {
        "frame": frame,
        "polars": pl.from_arrow(table),
        "table": table,
        "dataset": pads.dataset(tmp_path / "rows.parquet"),
        "relation": connection.table("own"),
        "parquet": tmp_path / "rows.parquet",
        "csv": tmp_path / "rows.csv",
        "tsv": tmp_path / "rows.tsv.gz",
    }
    expected = wg.compare(
        frame["y"], generic=frame["p0"], personalized=frame["p1"], groups=frame[["g", "h"]]
    )
    for source in sources.values():
        for rows in (0, 10_000):
            found = wg.compare_files(source, **COLUMNS, groups=["g", "h"], rows_in_memory=rows)
            assert_same(found, expected)
            assert any("computed from sums" in note for note in found.notes) == (rows == 0)


@pytest.mark.parametrize("values", [("no", "yes"), (False, True), (2, 1), (0.5, 1.5)])
def test_outcomes_of_two_values(values: tuple[Any, Any]) -> None:
    frame = people(5)
    frame["y"] = [values[v] for v in frame["y"]]
    scanned, in_memory = both(frame)
    assert_same(scanned, in_memory)
    said = [note for note in in_memory.notes if note.startswith("y: ")]
    assert [note for note in scanned.notes if note.startswith("y: ")] == said
    chosen, expected = both(frame, positive=values[0])
    assert_same(chosen, expected)


def test_labels_are_audited_as_labels() -> None:
    frame = people(6)
    frame[["p0", "p1"]] = (frame[["p0", "p1"]] > 0.5).astype(int)
    scanned, in_memory = both(frame)
    assert [cost.name for cost in scanned.costs] == ["zero_one"]
    assert_same(scanned, in_memory)


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("labels", [("p0",), ("p1",), ("p0", "p1"), ()])
def test_memory_and_scan_agree_on_what_labels_are(labels: tuple[str, ...], task: str) -> None:
    frame = people(6)
    for name in labels:
        # Where the outcome is missing, a prediction decides nothing.
        label = (frame[name] > 0.5).astype(float)
        frame[name] = label.where(frame.index != 3, 0.4)
    frame["y"] = frame["y"].astype(float).where(frame.index != 3)
    scanned, in_memory = both(frame, task=task)
    said, other = (
        [text for text in (*found.notes, *(w.text for w in found.warnings)) if "labels" in text]
        for found in (scanned, in_memory)
    )
    assert said == other
    assert len(said) == bool(labels and task == "classification")
    assert_same(scanned, in_memory)


def test_a_probability_after_thousands_of_labels_is_seen() -> None:
    frame = people(6, 5000)
    frame[["p0", "p1"]] = (frame[["p0", "p1"]] > 0.5).astype(float)
    frame.loc[4999, "p1"] = 0.7
    scanned, in_memory = both(frame)
    assert "brier" in [cost.name for cost in scanned.costs]
    assert_same(scanned, in_memory)


def test_a_third_value_beyond_the_first_rows_is_seen(tmp_path: Path) -> None:
    n = 100_100
    frame = pd.DataFrame({"y": np.tile([0.0, 1.0], n // 2), "p0": 0.3, "p1": 0.6})
    frame["g"] = np.where(np.arange(n) % 3 == 0, "a", "b")
    frame.loc[n - 1, "y"] = 2.5
    options = {"rows_in_memory": 0, "epsilon": 0.1}
    found = wg.compare_files(frame, **COLUMNS, groups="g", **options)
    assert found.data.task == "regression"
    with pytest.raises(wg.InputError, match="y has 3 distinct values"):
        wg.compare_files(frame, **COLUMNS, groups="g", task="classification", **options)


def test_a_fraction_beyond_the_first_rows_of_a_csv_is_not_rounded(tmp_path: Path) -> None:
    frame = people(7, 30_000)
    frame["p0"] = frame["p0"].round()
    frame.loc[29_990:, "p0"] = 0.7
    frame.to_csv(tmp_path / "rows.csv", index=False)
    found = wg.compare_files(
        tmp_path / "rows.csv", **COLUMNS, groups="g", costs="brier", rows_in_memory=0
    )
    expected = ((frame["p0"] - frame["y"]) ** 2).mean()
    assert found.costs[0].population.cost_generic == pytest.approx(expected, rel=1e-12)


def test_small_groups_have_no_part_in_a_total() -> None:
    frame = people(8)
    frame.loc[:5, "g"] = "few"
    scanned, in_memory = both(frame, groups=["g"], min_cell=10)
    assert_same(scanned, in_memory)
    assert scanned.data.rows == len(frame) - 6
    scanned, in_memory = both(frame, groups=["g"], min_cell=10, cluster="c")
    assert_same(scanned, in_memory)


@pytest.mark.parametrize("cluster", [None, "c"])
def test_a_mean_of_a_million_with_a_spread_of_one_keeps_its_digits(cluster: str | None) -> None:
    rng = np.random.default_rng(9)
    n = 20_000
    frame = pd.DataFrame({"y": rng.normal(0, 1, n), "g": rng.choice(["a", "b"], n)})
    frame["p1"] = frame["y"]
    # The benefits are 1e6 and -1e6 in the two groups, give or take one.
    bop = rng.gamma(2, 1, n) + 1e6
    frame["p0"] = frame["y"] + bop
    frame.loc[frame["g"] == "b", ["p0", "p1"]] = frame.loc[
        frame["g"] == "b", ["p1", "p0"]
    ].to_numpy()
    frame["c"] = np.arange(n)
    evidence = wg.gather(
        frame, **COLUMNS, groups="g", costs="absolute_error", cluster=cluster
    ).collected.evidence
    sums = evidence.costs[0].groups
    for j, level in enumerate("ab"):
        mine = frame[frame["g"] == level]
        b = ((mine["p0"] - mine["y"]).abs() - (mine["p1"] - mine["y"]).abs()).to_numpy()
        off = b - b.mean()
        assert sums.mean_u[j] == pytest.approx(b.mean(), rel=1e-12)
        assert sums.m_uu[j] == pytest.approx((off**2).sum(), rel=1e-9)
        assert sums.m_uuu[j] == pytest.approx((off**3).sum(), rel=1e-9)


def test_models_that_agree_everywhere_leave_no_spread() -> None:
    frame = people(10, task="regression")
    frame["p1"] = frame["p0"]
    scanned, in_memory = both(frame, min_cell=0)
    assert_same(scanned, in_memory)
    frame["p1"] = frame["y"] + 3.3
    frame["p0"] = frame["y"] + 5.7
    scanned, in_memory = both(frame, min_cell=0, costs="absolute_error", groups=["g"])
    assert scanned.costs[0].groups[0].se == pytest.approx(0, abs=1e-9)
    assert in_memory.costs[0].groups[0].se == pytest.approx(0, abs=1e-9)


def test_a_group_without_a_metric_says_why() -> None:
    frame = people(11)
    frame.loc[frame["g"] == "b", "y"] = 1
    scanned, in_memory = both(frame, groups=["g"], costs=["auc", "brier"])
    assert_same(scanned, in_memory)
    assert scanned.costs[0].groups[1].note == "one class only"
