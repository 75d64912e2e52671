"""Files of SAS, Stata, SPSS and Excel: the same rows as a CSV of them, labels kept."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.files import column_names, file_note, read_table

from .sas7bdat_maker import LATIN_1, MISSING, MISSING_A, UTF_8, write_sas7bdat

LABELS: Any = {"sex": {0: "Frau", 1: "Mann"}, "dead": {0: "Nie", 1: "Doch"}, "site": {7: "Nord"}}
COLUMNS: Any = {"target": "dead", "generic": "p0", "personalized": "p1", "groups": "sex"}


def _frame() -> pd.DataFrame:
    draw = random.Random(0)
    rows = range(80)
    return pd.DataFrame(
        {
            "id": [float(i // 2) for i in rows],
            "dead": [float(draw.randrange(2)) if i % 9 else None for i in rows],
            "p0": [round(draw.random(), 3) for _ in rows],
            "p1": [round(draw.random(), 3) for _ in rows],
            "sex": [float(draw.randrange(2)) for _ in rows],
            # One of its values has no label, so that it keeps its numbers.
            "site": [float(draw.choice([7, 8])) for _ in rows],
        }
    )


def _write(path: Path, frame: pd.DataFrame) -> Path:
    kind, name = path.suffix, os.fspath(path)
    if kind == ".dta":
        pyreadstat.write_dta(frame, name, variable_value_labels=LABELS)
    elif kind in {".sav", ".zsav"}:
        pyreadstat.write_sav(frame, name, variable_value_labels=LABELS, compress=kind == ".zsav")
    elif kind == ".sas7bdat":
        columns = [(str(name), "", frame[name].fillna(MISSING).tolist()) for name in frame]
        write_sas7bdat(path, columns)
    elif kind == ".xpt":
        pyreadstat.write_xport(frame, name, file_format_version=8)
    else:
        frame.to_excel(path, index=False)
    return path


@pytest.mark.parametrize("kind", [".dta", ".sav", ".zsav", ".xpt", ".xlsx", ".sas7bdat"])
def test_it_is_the_same_table_as_a_csv(tmp_path: Path, kind: str) -> None:
    frame = _frame()
    path = _write(tmp_path / f"rows{kind}", frame)
    labelled = kind in {".dta", ".sav", ".zsav"}
    if not labelled:
        assert file_note(path) is None
    else:
        said = "is read with the labels of the values of dead, sex"
        assert said in str(file_note(path))
    assert column_names(path) == list(frame.columns)
    found = read_table(path)
    assert found["p0"].tolist() == frame["p0"].tolist()
    assert found["site"].tolist() == frame["site"].tolist()
    frame["sex"] = frame["sex"].map(LABELS["sex"] if labelled else {0: "0", 1: "1"})
    frame.to_csv(tmp_path / "rows.csv", index=False)
    right = wg.compare_files(tmp_path / "rows.csv", cluster="id", min_cell=0, **COLUMNS)
    options: Any = {**COLUMNS, "cluster": "id"}
    # Their labels say of which value the outcome is; in a scan the order of codes is not known.
    scanned: Any = {**options, "positive": "Doch"} if labelled else options
    for mine in (
        wg.compare_files(path, min_cell=0, **options),
        wg.compare_files(path, rows_in_memory=0, min_cell=0, **scanned),
        wg.gather(path, **scanned).findings(wg.Settings(min_cell=0)),
    ):
        assert mine.data.positive == ("Doch" if labelled else "1")
        assert mine.data.rows_dropped == right.data.rows_dropped > 0
        (a, b) = (each.costs[0] for each in (mine, right))
        assert [(g.group, g.n) for g in a.groups] == [(g.group, g.n) for g in b.groups]
        assert [g.bop for g in a.groups] == pytest.approx([g.bop for g in b.groups])
        assert [g.se for g in a.groups] == pytest.approx([g.se for g in b.groups])
        assert not labelled or any("with the labels" in note for note in mine.notes)


@pytest.mark.parametrize("encoding", [UTF_8, LATIN_1])
def test_a_file_of_sas_with_text_dates_and_missing_values(tmp_path: Path, encoding: int) -> None:
    path = tmp_path / "people.sas7bdat"
    write_sas7bdat(
        path,
        [
            ("subject", "", [1.0, 2.0, 12345678901.0]),
            ("town", "$CHAR8.", ["Köln", "01", ""]),
            ("died", "", [1.0, MISSING, 2.0]),
            ("since", "BEST12.", [0.25, MISSING_A, 1e-3]),
        ],
        encoding,
    )
    # Another reader of the format sees the same.
    other = pd.read_sas(path, encoding="utf-8" if encoding == UTF_8 else "latin-1")
    found = read_table(path)
    pd.testing.assert_frame_equal(found, other, check_dtype=False)
    assert found["subject"].tolist() == [1, 2, 12345678901]
    assert found["town"].isna().tolist() == [False, False, True]
    assert found["died"].tolist()[::2] == [1, 2]


@pytest.mark.parametrize("kind", [".dta", ".sav", ".xpt"])
def test_blank_text_is_missing(tmp_path: Path, kind: str) -> None:
    frame = pd.DataFrame({"g": ["a", "", "  ", "b"], "y": [0.0, 1.0, 2.0, 3.0]})
    assert read_table(_write(tmp_path / f"rows{kind}", frame))["g"].isna().sum() == 2


def test_labels_that_two_codes_share_stay_two(tmp_path: Path) -> None:
    frame = pd.DataFrame({"g": [1.0, 2.0, 3.0]})
    path = tmp_path / "rows.sav"
    labels: Any = {"g": {1: "other", 2: "own", 3: "other"}}
    pyreadstat.write_sav(frame, os.fspath(path), variable_value_labels=labels)
    assert read_table(path)["g"].tolist() == ["other (1)", "own", "other (3)"]


def test_a_workbook_of_several_sheets_and_mixed_columns(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"y": [1, 0], " g ": ["a", 2]}).to_excel(book, sheet_name="A", index=False)
        pd.DataFrame({"z": [1]}).to_excel(book, sheet_name="B", index=False)
    assert read_table(path).to_dict("list") == {"y": [1, 0], "g": ["a", "2"]}
    assert file_note(path) == "book.xlsx is read by the first of its 2 sheets, 'A'"


def test_what_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.sas7bdat"
    path.write_bytes(b"no such file" * 100)
    for read in (read_table, lambda path: wg.compare_files(path, **COLUMNS)):
        with pytest.raises(InputError, match=r"rows\.sas7bdat cannot be read: ") as caught:
            read(path)
        assert "\n" not in str(caught.value)
    sav = _write(tmp_path / "rows.sav", _frame())
    with pytest.raises(InputError, match="separator is for text files"):
        wg.compare_files(sav, separator=";", **COLUMNS)
    with pytest.raises(InputError, match="has no column 'nobody'; it has id, dead"):
        wg.compare_files(sav, **{**COLUMNS, "groups": "nobody"})
    with pytest.raises(InputError, match="another program, of which one is read at a time"):
        wg.compare_files([sav, sav], **COLUMNS)
    with pytest.raises(InputError, match="no such file"):
        wg.compare_files(tmp_path / "none.dta", **COLUMNS)


def test_a_reader_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _write(tmp_path / "rows.sav", _frame())
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(InputError, match=r"needs the package pyreadstat: pip install"):
        read_table(path)
