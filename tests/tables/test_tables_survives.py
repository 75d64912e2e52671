"""Bad files, odd names and odd values: one clear line, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.costs import PREDICTION_COSTS, explanation_costs
from whogains.tables import Source, open_source
from whogains.tables.costs import cost_sql
from whogains.tables.identifiers import quoted

COLUMNS: dict[str, Any] = {"target": "y", "generic": "p0", "personalized": "p1", "groups": ["g"]}


def people(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "y": rng.integers(0, 2, n),
            "p0": rng.uniform(0.01, 0.99, n),
            "p1": rng.uniform(0.01, 0.99, n),
            "g": rng.choice(["a", "b"], n),
        }
    )


def refusal(source: Any, **options: Any) -> str:
    with pytest.raises(wg.InputError) as caught:
        wg.compare_files(source, **{**COLUMNS, "rows_in_memory": 0, **options})
    text = str(caught.value)
    assert "\n" not in text
    return text


@pytest.mark.parametrize(
    "cost", [c for c in PREDICTION_COSTS if not c.metric], ids=lambda c: c.name
)
def test_a_cost_in_sql_is_the_cost_of_rows(cost: Any) -> None:
    rng = np.random.default_rng(1)
    n = 5000
    if cost.task == "classification":
        y = rng.integers(0, 2, n).astype(float)
        p = rng.choice([0.0, 1.0, 0.5, 1e-300, 1e-17, 1 - 2**-53, *rng.uniform(size=20)], n)
    else:
        y, p = rng.normal(0, 1e3, n), rng.normal(0, 1e3, n)
    frame = pd.DataFrame({"y": y, "p": p})
    query = f"SELECT {cost_sql(cost, 'p')} AS c FROM frame"
    found = duckdb.from_df(frame).query("frame", query).df()["c"].to_numpy()
    np.testing.assert_allclose(found, cost.rows(y, p), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "cost",
    [*(c for c in PREDICTION_COSTS if c.metric), *explanation_costs("classification")],
    ids=lambda c: c.name,
)
def test_a_cost_without_sql_is_refused(cost: Any) -> None:
    with pytest.raises(KeyError, match=cost.name):
        cost_sql(cost, "p")


def test_a_name_is_just_a_name(tmp_path: Path) -> None:
    odd = ['x"; DROP TABLE t; --', "$positive", "p'0", "sélection, ✓"]
    frame = people().set_axis(odd, axis=1)
    names = dict(zip(("target", "generic", "personalized", "groups"), odd, strict=True))
    expected = wg.compare_files(people(), **COLUMNS, rows_in_memory=0)
    frame.to_parquet(tmp_path / "it's [1]*.parquet", index=False)
    for source in (frame, tmp_path / "it's [1]*.parquet"):
        found = wg.compare_files(source, **names, rows_in_memory=0)
        assert found.costs[1].population.bop == pytest.approx(
            expected.costs[1].population.bop, rel=1e-12
        )
    assert quoted('a"b') == '"a""b"'


def test_labels_of_groups_hold_any_text() -> None:
    frame = people(600)
    labels = ["\U0001f600", "a\tb\nc", "'; DROP TABLE source; --", '"', " ", "é"]
    frame["g"] = np.random.default_rng(2).choice(labels, 600)
    found = wg.compare_files(frame, **COLUMNS, rows_in_memory=0)
    assert {group.group["g"] for group in found.costs[0].groups} == set(labels)


def test_too_many_groups_are_refused_early() -> None:
    frame = people(200_000)
    frame["g"] = np.arange(200_000) % 100_000
    assert "column 'g' has more than 50 levels" in refusal(frame)
    found = wg.gather(frame, **COLUMNS, costs=["zero_one"], max_levels=100_000, max_groups=100_000)
    assert len(found.collected.evidence.grouping) == 100_000


def test_whole_numbers_beyond_exact_floats() -> None:
    frame = people()
    frame["g"] = np.where(frame["g"] == "a", 2**53, 2**53 + 1)
    found = wg.compare_files(frame, **COLUMNS, rows_in_memory=0)
    assert [g.group["g"] for g in found.costs[0].groups] == [str(2**53), str(2**53 + 1)]
    frame["y"] = np.arange(len(frame)) + 2**53
    assert "y holds the integer 9007199254741391 in size, beyond 2^53" in refusal(frame)
    # The first rows do not show it.
    frame = people(100_200)
    frame["y"] = np.arange(len(frame))
    frame.loc[100_100, "y"] = 2**53 + 1
    found = refusal(frame)
    assert "y has 1 values that are infinite, or whole numbers beyond 2^53" in found
    assert "the first in row 100100" in found


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("p0", np.nan, "p0 has 1 missing values, the first in row 7 (counting from 0)"),
        ("p1", 1.5, "p1 has 1 values outside [0, 1], the first in row 7"),
        ("p1", np.inf, "p1 has 1 values outside [0, 1], the first in row 7"),
        ("w", 0.0, "w has 1 values that are not positive and finite, the first in row 7"),
        ("w", np.nan, "w has 1 missing values, the first in row 7"),
        ("c", None, "c has 1 missing values, the first in row 7"),
    ],
)
@pytest.mark.parametrize("kind", ["frame", "parquet", "csv", "folder", "folder of csv"])
def test_a_bad_value_is_named_with_its_place(
    tmp_path: Path, kind: str, column: str, value: Any, message: str
) -> None:
    frame = people().assign(w=1.5, c="x")
    frame["c"] = [f"id {i // 2}" for i in range(len(frame))]
    frame.loc[7, column] = value
    options = {"sample_weight": "w", "cluster": "c"}
    source: Any = frame
    if kind == "parquet":
        source = tmp_path / "rows.parquet"
        frame.to_parquet(source)
    elif kind == "csv":
        source = tmp_path / "rows.csv"
        frame.to_csv(source, index=False)
    elif kind.startswith("folder"):
        source = tmp_path
        parts = [people().assign(w=1.5, c="y"), frame, people().assign(w=1.5, c="z")]
        for i, part in enumerate(parts):
            if kind == "folder":
                part.to_parquet(tmp_path / f"{i}.parquet")
            else:
                part.to_csv(tmp_path / f"{i}.csv", index=False)
        file = tmp_path / ("1.parquet" if kind == "folder" else "1.csv")
        message = message.split(" (counting", maxsplit=1)[0] + f" of {file}"
        # So many rows are loaded, and the file is named all the same.
        assert message in refusal(source, **options, rows_in_memory=10_000)
    assert message in refusal(source, **options)


def test_rows_that_change_from_one_reading_to_the_next(tmp_path: Path) -> None:
    people().to_parquet(tmp_path / "rows.parquet")
    other = "gives other values each time it is read"
    # As if a row that was bad when it was counted were good when it is looked for.
    with (
        open_source(tmp_path / "rows.parquet") as source,
        pytest.raises(wg.InputError, match=other),
    ):
        source.first_place("p0 > 1", {})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": np.nan}, "y has no values: all 400 rows are missing"),
        ({"y": 1}, "y is constant"),
        ({"p0": np.nan}, "p0 has 400 missing values"),
        ({"p0": "high"}, "p0 holds text where numbers are needed"),
        ({"g": "a"}, "column 'g' is constant"),
    ],
)
def test_a_bad_column_is_named(change: dict[str, Any], message: str) -> None:
    assert message in refusal(people().assign(**change))


def test_a_table_without_rows_or_columns(tmp_path: Path) -> None:
    assert "has no rows" in refusal(people()[:0])
    people().to_parquet(tmp_path / "rows.parquet")
    assert "has no column 'z'; it has y, p0, p1, g" in refusal(
        tmp_path / "rows.parquet", target="z"
    )
    assert "no such file" in refusal(tmp_path / "none.parquet")
    (tmp_path / "empty").mkdir()
    assert "holds neither Parquet nor CSV" in refusal(tmp_path / "empty")
    assert "give a file, a folder" in refusal(3)


def test_a_bad_file_among_many_is_named(tmp_path: Path) -> None:
    for i in range(20):
        people(seed=i).to_parquet(tmp_path / f"{i:02}.parquet")
    bad = tmp_path / "13.parquet"
    whole = bad.read_bytes()
    bad.write_bytes(whole[: len(whole) // 2])
    assert f"{bad} is not a whole Parquet file" in refusal(tmp_path)
    people().drop(columns="p1").to_parquet(bad)
    assert f"{bad} has no column 'p1', which {tmp_path / '00.parquet'} has" in refusal(tmp_path)
    people().assign(p1=1).to_parquet(bad)
    assert "column 'p1' holds whole numbers in" in refusal(tmp_path)
    people().assign(p1="x").to_parquet(bad)
    assert f"column 'p1' holds text in {bad}" in refusal(tmp_path)
    broken = bytearray(whole)
    broken[100 : len(whole) // 2] = os.urandom(len(whole) // 2 - 100)
    bad.write_bytes(bytes(broken))
    assert str(bad) in refusal(tmp_path)


def test_a_line_with_more_fields_and_a_word_among_numbers_are_named(tmp_path: Path) -> None:
    lines = people().to_csv(index=False).splitlines()
    bad = tmp_path / "rows.csv"
    bad.write_text("\n".join([*lines[:300], lines[300] + ",9,9", *lines[301:]]))
    assert f"{bad}, line 301: Expected 4 columns, got 6" in refusal(bad)
    first, *rest = lines[300].split(",")
    bad.write_text("\n".join([*lines[:300], ",".join([first, "oops", *rest[1:]]), *lines[301:]]))
    assert "p0 holds text where numbers are needed (text of 4 characters in row 299, " in refusal(
        bad
    )


def test_a_bad_line_of_a_csv_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    text = people(60_000).to_csv(index=False)
    file.write_text(text + "1,0.5\n" + "0,0.5,0.5,a\n")
    assert f"{file}, line 60002: Expected Number of Columns: 4 Found: 2" in refusal(file)
    file.write_text(text + "0,high,0.5,a\n")
    found = refusal(file)
    assert found.startswith(f"{file}, line 60002: ")
    assert "p0" in found


def test_memory_is_bounded_and_what_was_spilled_is_deleted(tmp_path: Path) -> None:
    frame = people(300_000)
    frame["c"] = np.arange(len(frame))
    with open_source(frame, memory=40 * 2**20) as source:
        folder = source.fetch("SELECT current_setting('temp_directory')")[0][0]
        source.fetch("CREATE TEMP TABLE t AS SELECT * FROM source, range(20)")
        assert Path(folder).exists()
    assert not Path(folder).exists()
    with open_source(frame, memory=40 * 2**20) as source:
        source.fetch("SET max_temp_directory_size = '1MB'")
        with pytest.raises(wg.InputError, match=r"disk is full|memory allowed"):
            source.fetch("CREATE TEMP TABLE t AS SELECT * FROM source, range(20)")


@pytest.mark.parametrize(
    ("name", "status", "left"), [("SIGKILL", -9, True), ("SIGTERM", 130, False)]
)
def test_an_interrupted_scan_leaves_no_output(
    tmp_path: Path, name: str, status: int, left: bool
) -> None:
    people(50_000).to_parquet(tmp_path / "rows.parquet")
    output = tmp_path / "out.evidence"
    (tmp_path / "spilled").mkdir()
    code = (
        "import os, signal; from whogains import tables as s; "
        f"s.scan = lambda *a, **k: os.kill(os.getpid(), signal.{name}); "
        "from whogains.cli import run; run()"
    )
    options = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]
    done = subprocess.run(
        [
            *(sys.executable, "-c", code, "evidence", str(tmp_path / "rows.parquet")),
            *(*options, "-o", str(output)),
        ],
        check=False,
        capture_output=True,
        timeout=60,
        env={**os.environ, "TMPDIR": str(tmp_path / "spilled")},
    )
    assert done.returncode == status
    assert sorted(file.name for file in tmp_path.iterdir()) == ["rows.parquet", "spilled"]
    assert any((tmp_path / "spilled").iterdir()) == left
    if not left:
        assert done.stderr == b"whogains: interrupted; nothing more is written\n"


@pytest.fixture
def interrupted_soon() -> Iterator[Callable[[], None]]:
    """Give a function after which Ctrl-C is pressed, in a process that may ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    try:
        yield timer.start
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("told", [False, True])
def test_a_query_that_takes_too_long_can_be_interrupted(
    told: bool, interrupted_soon: Callable[[], None]
) -> None:
    def endless(source: Source) -> None:
        interrupted_soon()
        source.fetch("SELECT sum(sin(i)) FROM range(1000000000000) t(i)", stage="waiting")

    progress = (lambda *_: None) if told else None
    with open_source(people(), progress=progress) as source, pytest.raises(KeyboardInterrupt):
        endless(source)


def test_progress_is_told(tmp_path: Path) -> None:
    people(100_000).to_parquet(tmp_path / "rows.parquet")
    told: list[tuple[str, int, int]] = []
    wg.gather(tmp_path / "rows.parquet", **COLUMNS, progress=lambda *each: told.append(each))
    assert told
    assert all("rows a second" in stage and total == 100_000 for stage, _, total in told)
    with pytest.raises(KeyboardInterrupt):
        wg.gather(tmp_path / "rows.parquet", **COLUMNS, progress=_interrupt)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch) -> None:
    def refuse(self: Path, pattern: str) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "closed"))

    monkeypatch.setattr(Path, "rglob", refuse)
    found = refusal(tmp_path)
    assert found == f"cannot look through {tmp_path}: Permission denied ({tmp_path / 'closed'})"
