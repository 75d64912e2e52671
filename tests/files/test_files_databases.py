"""Tables of databases: read as their rows in a file are, and nothing secret is said of a server."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.cli import main
from whogains.errors import InputError
from whogains.files import address_of, file_behind, read_database, shown

ASK = ["--target", "died", "--generic", "p0", "--personalized", "p1", "--groups", "sex"]
SECRET = "postgresql://me:hush@127.0.0.1:1/data#main.stays"
DUCKDB, SQLITE = "duckdb:h.duckdb#stays", "sqlite:h.sqlite#stays"


@pytest.fixture(autouse=True)
def no_extensions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let DuckDB find none, whatever is installed here."""
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Write the same rows into a file and two databases."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    n = 400
    rows = pd.DataFrame(
        {
            "died": rng.integers(0, 2, n),
            "p0": rng.random(n).round(3),
            "sex": rng.choice(["f", "m"], n),
            "age": rng.integers(20, 80, n),
        }
    )
    rows["p1"] = (0.5 * rows["p0"] + 0.5 * rows["died"]).round(3)
    rows["age"] = rows["age"].where(rows.index != 3).astype("Int64")
    rows.to_parquet("stays.parquet")
    with duckdb.connect("h.duckdb") as database:
        database.execute("CREATE TABLE stays AS FROM 'stays.parquet'")
        database.execute("CREATE SCHEMA s; CREATE VIEW s.few AS FROM main.stays LIMIT 200")
    database = sqlite3.connect("h.sqlite")
    rows.to_sql("stays", database, index=False)
    database.close()
    return rows


def told(path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(path).read_text("utf-8"))
    del found["created"]
    # Of a file its digest is told; a table has none.
    found["settings"].pop("sha256", None)
    found.pop("for_the_file", None)
    return found


@pytest.mark.parametrize("address", [DUCKDB, SQLITE])
def test_a_table_says_what_its_rows_in_a_file_say(stays: pd.DataFrame, address: str) -> None:
    assert main(["compare", "stays.parquet", *ASK, "--quiet", "--json", "a.json"]) == 0
    assert main(["compare", address, *ASK, "--quiet", "--json", "b.json"]) == 0
    assert told("a.json") == told("b.json")
    assert main(["compare", address, *ASK, "--rows-in-memory", "0", "--json", "c.json"]) == 0
    assert told("c.json")["data"]["rows"] == len(stays)
    assert main(["evidence", address, *ASK, "--quiet", "-o", "e"]) == 0
    assert main(["watch", address, *ASK, "--state", "s", "--quiet"]) == 0
    assert [batch.name for batch in wg.watch(state="s").batches] == ["stays"]
    # The same rows by another way are the same rows.
    assert main(["watch", "stays.parquet", "--state", "s", "--quiet", "--batch", "again"]) == 2


@pytest.mark.parametrize("address", [DUCKDB, SQLITE])
def test_models_are_fitted_to_a_table(stays: pd.DataFrame, address: str) -> None:
    ask = ["--target", "died", "--personal", "sex", "--features", "p0,age", "--model", "linear"]
    ask += ["--repeats", "1", "--placebo", "0", "--explainers", "none", "--quiet", "--json"]
    assert main(["audit", "stays.parquet", *ask, "a.json"]) == 0
    assert main(["audit", address, *ask, "b.json"]) == 0
    assert told("a.json") == told("b.json")


def test_a_view_in_a_schema_is_a_table(stays: pd.DataFrame) -> None:
    found = wg.gather(
        "duckdb:h.duckdb#s.few", target="died", generic="p0", personalized="p1", groups="sex"
    )
    assert found.rows == 200


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("duckdb:h.duckdb#none", "h.duckdb has no table 'none'; it has few, stays"),
        ("sqlite:h.sqlite#none", "h.sqlite has no table 'none'; it has stays"),
        ("duckdb:h.duckdb", "needs a table behind a #, as in duckdb:FILE#TABLE"),
        ("duckdb:nowhere#stays", "no such file: nowhere"),
        ("sqlite:stays.parquet#stays", "the table stays of stays.parquet cannot be read"),
        ("duckdb:stays.parquet#stays", "the table stays of stays.parquet cannot be opened"),
        (SECRET, "the table main.stays needs the extension postgres_scanner of DuckDB"),
        ("s3://bucket/hush/a.parquet", "the object a.parquet needs the extension httpfs"),
    ],
)
def test_what_cannot_be_read_is_one_line_without_a_secret(
    stays: pd.DataFrame, capsys: pytest.CaptureFixture[str], source: str, words: str
) -> None:
    for call in (["compare", source, *ASK], ["watch", source, *ASK, "--state", "s"]):
        assert main(call) == 2
        said = capsys.readouterr().err
        assert words in said
        assert said.count("\n") == 1
        assert "hush" not in said
    assert main(["audit", source, "--target", "died", "--personal", "sex"]) == 2
    assert "hush" not in capsys.readouterr().err


def test_a_column_that_is_not_there_is_told_by_the_table(
    stays: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    for call in (
        ["compare", DUCKDB, *ASK[:-1], "race"],
        ["audit", DUCKDB, "--target", "died", "--personal", "race"],
        ["choose", DUCKDB, "--target", "died", "--personal", "sex,race"],
    ):
        assert main(call) == 2
        said = capsys.readouterr().err
        assert "the table stays of h.duckdb has no column 'race'; it has died, p0, sex" in said


def test_a_database_is_not_written_over(
    stays: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path("h.duckdb").read_bytes()
    assert main(["compare", DUCKDB, *ASK, "--json", "h.duckdb"]) == 2
    assert "is the file that is read" in capsys.readouterr().err
    assert Path("h.duckdb").read_bytes() == before


def test_values_of_sqlite_that_are_of_several_kinds(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "odd.sqlite")
    database.execute('CREATE TABLE "a ""b" (whole, real, mixed, "nothing", bytes)')
    rows = [(1, 1, 1, None, b"x"), (2**60, 0.5, "two", None, None), (None, None, None, None, None)]
    database.executemany('INSERT INTO "a ""b" VALUES (?, ?, ?, ?, ?)', rows)
    database.commit()
    database.close()
    address = address_of(f'sqlite:{tmp_path}/odd.sqlite#a "b')
    assert address is not None
    found = read_database(address).to_pydict()
    assert found["whole"] == [1, 2**60, None]
    assert found["real"] == [1.0, 0.5, None]
    assert found["mixed"] == ["1", "two", None]
    assert found["nothing"] == [None] * 3
    assert list(read_database(address, ["real"]).column_names) == ["real"]
    with pytest.raises(InputError, match="holds blob values"):
        wg.gather(
            f'sqlite:{tmp_path}/odd.sqlite#a "b',
            target="bytes",
            generic="whole",
            personalized="real",
            groups="mixed",
        )


def test_an_address_shows_no_secret_however_it_is_held() -> None:
    for source in (SECRET, Path(SECRET)):
        address = address_of(source)
        assert address is not None
        assert address.place == "postgresql://me:hush@127.0.0.1:1/data"
        assert "hush" not in f"{address!r} {address} {address.name} {shown(source)}"
        assert file_behind(source) is None
    assert file_behind("duckdb:a/b.db#t") == Path("a/b.db")
    assert address_of(Path("s3://bucket/a.parquet")) == address_of("s3://bucket/a.parquet")
    assert address_of("stays#1.csv") is None
    assert address_of(3) is None
