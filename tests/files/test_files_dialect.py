"""Text files as people have them: found, said, and settable."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.files import Dialect, Format, column_names, read_table, sniff

ROWS = [("y", "p0", "größe"), ("1", "0.25", "m"), ("0", "0.5", "lang"), ("1", "1", "ä")]


def _text(separator: str = ",", decimal: str = ".") -> str:
    return "\n".join(separator.join(each.replace(".", decimal) for each in row) for row in ROWS)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-32"]
)
@pytest.mark.parametrize(
    ("separator", "decimal"), [(",", "."), (";", ","), ("\t", ","), ("|", ".")]
)
def test_every_way_to_write_a_file_is_the_same_table(
    tmp_path: Path, separator: str, decimal: str, encoding: str, packed: bool
) -> None:
    path = tmp_path / ("rows.csv.gz" if packed else "rows.csv")
    content = _text(separator, decimal).encode(encoding)
    path.write_bytes(gzip.compress(content) if packed else content)
    assert read_table(path).to_dict("list") == {
        "y": [1, 0, 1],
        "p0": [0.25, 0.5, 1.0],
        "größe": ["m", "lang", "ä"],
    }
    said = sniff(path).words(path) or ""
    assert ("separated" in said) == (separator != ",")
    assert ("decimal commas" in said) == (decimal == ",")
    assert ("text in" in said) == (encoding != "utf-8")


@pytest.mark.parametrize(
    ("text", "right"),
    [
        # One rule for each: what would be easy to get wrong.
        ("age, years;y\n1,5;0\n2,5;1\n", Dialect(";", ",")),
        ("note,y\na; b,0\nc; d; e,1\n", Dialect(",")),
        ('a,b\n"1,5",0\n"2,5",1\n', Dialect(",", ",")),
        ("a;b\n1,234;0\n5,678;1\n", Dialect(";")),
        ("a;b\n1,234;0\n5,67;1\n", Dialect(";", ",")),
        ("a;b\n1.5;0,5\n2.5;1\n", Dialect(";")),
        ("a;b\n01.02.2020;0,5\n03.02.2020;1\n", Dialect(";", ",")),
        ("a;b\n88,5%;x\n12%;y\n", Dialect(";", ",")),
        ("a\n1\n2\n", Dialect(",")),
        ('a|b\n"x\ny"|1\n', Dialect("|")),
        ("", Dialect(",")),
    ],
)
def test_what_is_found(tmp_path: Path, text: str, right: Dialect) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(text, "utf-8")
    assert sniff(path) == right


def test_what_is_said_is_not_looked_for(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("a;b\n1,234;ж\n2,5;-9\n.;ю\n".encode("cp1251"))
    form = Format(separator=";", decimal=",", encoding="cp1251", na=[".", "-9"])
    assert column_names(path, form) == ["a", "b"]
    found = read_table(path, form=form)
    assert found["a"].tolist()[:2] == [1.234, 2.5]
    assert found["b"].tolist()[::2] == ["ж", "ю"]
    assert found.isna().sum().tolist() == [1, 1]
    assert sniff(path, form).words(path) == (
        "fields separated by semicolons, decimal commas, text in CP1251, also missing: '.', '-9'"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"separator": ";;"}, "separator must be one character"),
        ({"decimal": "x"}, "decimal must be"),
        ({"separator": ",", "decimal": ","}, "cannot both"),
        ({"encoding": "klingon"}, "encoding 'klingon' is unknown"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Format(**given)


COLUMNS: Any = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}


def _people(separator: str, decimal: str) -> str:
    rows = [("y", "p0", "p1", "g")]
    rows += [(str(i % 2), f"0.{3 + i % 3}", f"0.{4 + i % 2}", "äu"[i % 3 > 0]) for i in range(90)]
    return "\n".join(separator.join(x.replace(".", decimal) for x in row) for row in rows)


@pytest.mark.parametrize("most", [1000, 0])
def test_it_is_said_in_the_notes_of_findings_and_of_evidence(tmp_path: Path, most: int) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(_people(";", ","), "utf-16")
    said = "rows.csv is read with fields separated by semicolons, decimal commas, text in UTF-16"
    assert said in wg.compare_files(path, rows_in_memory=most, **COLUMNS).notes
    assert said in wg.gather(path, **COLUMNS).collected.about.notes
    path.write_text(_people(",", "."), "utf-8")
    assert not any("is read with" in note for note in wg.compare_files(path, **COLUMNS).notes)


@pytest.mark.parametrize("most", [1000, 0])
def test_a_bad_value_is_found_in_the_file_that_was_given(tmp_path: Path, most: int) -> None:
    """DuckDB reads another file than the user's where the text is not in UTF-8."""
    for name in ("a", "b"):
        text = _people(";", ",") + ("\n1;0,5;1,5;u" if name == "b" else "")
        (tmp_path / f"{name}.csv").write_text(text, "utf-16")
    with pytest.raises(InputError, match=r"1 values outside \[0, 1\].* 90 of .*b\.csv"):
        wg.compare_files(tmp_path, rows_in_memory=most, **COLUMNS)


def test_files_that_write_numbers_in_two_ways_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(_people(";", ","))
    (tmp_path / "b.csv").write_text(_people(",", "."))
    with pytest.raises(InputError, match="a.csv has decimal commas and .*b.csv has decimal points"):
        wg.compare_files(tmp_path, **COLUMNS)
    # Integers alone say nothing, and another separator does not matter.
    (tmp_path / "b.csv").write_text("y,p0,p1,g\n1,1,0,u\n")
    assert wg.compare_files(tmp_path, **COLUMNS).data.rows == 91


@pytest.mark.parametrize("most", [1000, 0])
def test_what_is_said_of_text_is_refused_of_other_tables(tmp_path: Path, most: int) -> None:
    (tmp_path / "rows.csv").write_text(_people(",", "."))
    frame = read_table(tmp_path / "rows.csv")
    frame.to_parquet(tmp_path / "rows.parquet")
    for source in (frame, tmp_path / "rows.parquet"):
        with pytest.raises(InputError, match="decimal is for text files such as CSV"):
            wg.compare_files(source, decimal=",", rows_in_memory=most, **COLUMNS)


def test_text_that_is_in_no_encoding_throughout(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(_people(",", ".").encode() + b"\n1,.5,.5,\xff\xfe")
    with pytest.raises(InputError, match="rows.csv is not in utf-8; name another encoding"):
        wg.compare_files(path, encoding="utf-8", **COLUMNS)
