"""Tables in files: what is read, and the one line said of what is not."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from whogains.errors import InputError
from whogains.files import check_columns, read_table

FRAME = pd.DataFrame(
    {
        "y": [1, 0, 1],
        "a,b": ["x", None, 'say "z"'],
        "x": [0.1, -2.5, 3e-9],
        "b": [True, False, True],
    }
)


def _nothing(path: Path) -> None:
    assert not path.parent.joinpath("missing.csv").exists()


def _raw(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


@pytest.mark.parametrize("name", ["t.csv", "t.txt", "t.tsv", "t.TSV", "t.csv.gz", "t.tsv.gz"])
def test_text_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    separator = "\t" if ".tsv" in name.lower() else ","
    FRAME.to_csv(tmp_path / name, sep=separator, index=False)
    found = read_table(tmp_path / name)
    pd.testing.assert_frame_equal(found, FRAME, check_dtype=False)
    assert found["y"].dtype == np.int64


def test_parquet_is_known_by_its_content(tmp_path: Path) -> None:
    FRAME.to_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.parquet").rename(tmp_path / "table.csv")
    pd.testing.assert_frame_equal(read_table(tmp_path / "table.csv"), FRAME)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_only_the_columns_asked_for_are_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"t.{kind}"
    if kind == "csv":
        FRAME.to_csv(path, index=False)
    else:
        FRAME.to_parquet(path)
    assert list(read_table(path, ["x", "a,b", "x"]).columns) == ["x", "a,b"]
    with pytest.raises(InputError, match=r"has no column 'z'; it has y, a,b, x, b$"):
        read_table(path, ["x", "z"])


def test_a_named_index_is_a_column_and_positions_are_none(tmp_path: Path) -> None:
    named = FRAME.set_index(pd.Index([7, 3, 5], name="id"))
    named.to_parquet(tmp_path / "named.parquet")
    assert read_table(tmp_path / "named.parquet")["id"].tolist() == [7, 3, 5]
    named.rename_axis(None).to_parquet(tmp_path / "bare.parquet")
    found = read_table(tmp_path / "bare.parquet")
    assert list(found.columns) == list(FRAME.columns)
    assert found.index.equals(pd.RangeIndex(3))


def test_missing_values_in_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,x\n,\nNA,NA\nNaN,nan\nnull,NULL\nN/A,None\n2,none of it\n", "utf-8")
    found = read_table(path)
    assert found["a"].isna().tolist() == [False, *[True] * 5, False]
    assert found["b"].tolist()[-1] == "none of it"
    assert int(found["b"].isna().sum()) == 5


def test_a_line_end_inside_quotes_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes('\ufeffy,"a\nb"\r\n1,"two\nlines"\r\n'.encode())
    assert read_table(path).to_dict("list") == {"y": [1], "a\nb": ["two\nlines"]}


def test_a_number_late_in_the_file_that_does_not_look_like_the_others(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("y,x\n" + "1,2\n" * 400_000 + "0,2.5\n", "utf-8")
    assert read_table(path)["x"].iloc[-1] == 2.5


BAD = {
    "missing.csv": (_nothing, "no such file: "),
    "folder.csv": (lambda path: path.mkdir(), "is a folder; name one CSV or Parquet file"),
    "empty.csv": (_raw(b""), "is empty"),
    "header.csv": (_raw(b"y,x\n"), "has no rows"),
    "ragged.csv": (_raw(b"y,x\n1,2\n1\n"), r"ragged.csv, line 3: Expected 2 columns, got 1"),
    "wide.csv": (
        _raw(b"y\n1\n" + b"1," * 100_000),
        r"wide.csv, line 3: Expected 1 columns, got 100001$",
    ),
    "binary.csv": (
        lambda path: path.write_bytes(np.random.default_rng(3).bytes(4000)),
        "is not a CSV file: |not in UTF-8|line [0-9]+: Expected",
    ),
    "twice.csv": (_raw(b"y,y\n1,2\n"), "more than one column named 'y'; rename one"),
    "plain.csv.gz": (_raw(b"y,x\n1,2\n"), "is not a CSV file"),
    "book.xlsx": (_raw(b"PK\x03\x04"), r"is neither Parquet nor CSV \(\.csv, "),
    "magic.parquet": (_raw(b"PAR1"), "is not a whole Parquet file"),
    "text.parquet": (_raw(b"y,x\n1,2\n"), "is neither Parquet nor CSV"),
    "a" * 300 + ".csv": (_nothing, "cannot read "),
}


@pytest.mark.parametrize("name", BAD, ids=lambda name: name[:20])
def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path, name: str) -> None:
    make, message = BAD[name]
    path = tmp_path / name
    make(path)
    with pytest.raises(InputError) as caught:
        read_table(path)
    said = str(caught.value)
    assert re.search(message, said)
    assert name in said
    assert "\n" not in said


def test_a_truncated_parquet_file(tmp_path: Path) -> None:
    FRAME.to_parquet(tmp_path / "t.parquet")
    whole = (tmp_path / "t.parquet").read_bytes()
    for part in (len(whole) // 2, len(whole) - 1):
        (tmp_path / "cut.parquet").write_bytes(whole[:part])
        with pytest.raises(InputError, match=r"cut.parquet is not a whole Parquet file: \S"):
            read_table(tmp_path / "cut.parquet")


def test_parquet_with_one_name_twice(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["y", "y"])
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(InputError, match="more than one column named 'y'"):
        read_table(tmp_path / "t.parquet")


def test_a_truncated_gzip_file(tmp_path: Path) -> None:
    packed = gzip.compress(b"y,x\n" + b"1,2\n" * 5000)
    (tmp_path / "t.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match="is not a CSV file"):
        read_table(tmp_path / "t.csv.gz")


def test_many_columns_are_not_all_listed() -> None:
    names = [f"c{j}" for j in range(33)]
    with pytest.raises(InputError, match=r"no column 'z'; it has c0, .*, c19 and 13 more$"):
        check_columns(Path("f.csv"), names, ["c3", "z"])


def test_a_bad_line_is_named_without_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("name,y\nJones,1\nSmith,Jo,0\n")
    with pytest.raises(InputError, match=r"line 3: Expected 2 columns, got 3$"):
        read_table(path)
