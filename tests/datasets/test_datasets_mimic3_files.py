"""MIMIC-III: the files in every spelling, what is wrong with them, and what is kept of them."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from whogains.datasets import mimic3, mimic3_build, mimic3_cache, mimic3_stays
from whogains.errors import InputError

from .mimic3_maker import LAYOUT, ward


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ward().write(tmp_path_factory.mktemp("mimic") / "data")


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "data"))


@pytest.mark.parametrize("zipped", [False, True])
def test_upper_or_lower_case_plain_or_zipped(written: Path, tmp_path: Path, zipped: bool) -> None:
    expected = mimic3(written, cache=False)
    other = ward().write(tmp_path / "other [1]*", lower=True, zipped=zipped)
    found = mimic3(str(other), cache=False)
    pd.testing.assert_frame_equal(found.X, expected.X)
    pd.testing.assert_series_equal(found.y, expected.y)
    pd.testing.assert_frame_equal(found.personal, expected.personal)
    assert found.card == expected.card


@pytest.mark.parametrize("name", LAYOUT)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / f"{name}.csv").unlink()
    with pytest.raises(InputError, match=f"has no {name}.csv or {name}.csv.gz; give the folder"):
        mimic3(folder)


@pytest.mark.parametrize(
    ("name", "column"),
    [("CHARTEVENTS", "ERROR"), ("ADMISSIONS", "ETHNICITY"), ("LABEVENTS", "VALUENUM")],
)
def test_a_missing_column_is_named(folder: Path, name: str, column: str) -> None:
    file = folder / f"{name}.csv"
    pd.read_csv(file).drop(columns=column).to_csv(file, index=False)
    with pytest.raises(InputError, match=rf"{name}\.csv has no column {column}; it has row_id"):
        mimic3(folder)


def test_a_table_that_is_there_twice(folder: Path) -> None:
    (folder / "patients.csv.gz").write_bytes(b"")
    with pytest.raises(InputError, match=r"both PATIENTS\.csv and patients\.csv\.gz; keep the one"):
        mimic3(folder)


def test_no_folder(folder: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        mimic3(folder / "nowhere")
    with pytest.raises(InputError, match="is a file; name the folder"):
        mimic3(folder / "PATIENTS.csv")


def test_a_zipped_file_that_is_not_whole(folder: Path) -> None:
    whole = gzip.compress((folder / "LABEVENTS.csv").read_bytes())
    (folder / "LABEVENTS.csv").unlink()
    (folder / "LABEVENTS.csv.gz").write_bytes(whole[:-40])
    with pytest.raises(InputError, match=r"damaged or not whole: .*; download it again"):
        mimic3(folder)
    assert not list(folder.glob("*.parquet"))


def test_other_encodings_where_nothing_is_read(folder: Path) -> None:
    expected = mimic3(folder, cache=False)
    file = folder / "CHARTEVENTS.csv"
    lines = file.read_bytes().split(b"\n")
    parts = lines[1].split(b",")
    parts[6] = b"98 \xb0F"
    lines[1] = b",".join(parts)
    file.write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    pd.testing.assert_frame_equal(mimic3(folder, cache=False).X, expected.X)


@pytest.mark.parametrize("content", [b"", b"\n"])
def test_an_empty_file(folder: Path, content: bytes) -> None:
    (folder / "PATIENTS.csv").write_bytes(content)
    with pytest.raises(InputError, match=r"PATIENTS\.csv is empty; download it again"):
        mimic3(folder)


def test_no_zipped_file_at_all(folder: Path) -> None:
    (folder / "LABEVENTS.csv").unlink()
    (folder / "LABEVENTS.csv.gz").write_text("<html>Sign in</html>")
    with pytest.raises(InputError, match="download it again"):
        mimic3(folder)


def test_a_value_that_is_no_number_is_told_with_its_line(folder: Path) -> None:
    file = folder / "CHARTEVENTS.csv"
    lines = file.read_text().splitlines()
    parts = lines[7].split(",")
    parts[7] = "eighty"
    lines[7] = ",".join(parts)
    file.write_text("\n".join(lines))
    with pytest.raises(InputError, match=r"CHARTEVENTS\.csv, line 8: .*valuenum") as caught:
        mimic3(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "key"),
    [("PATIENTS", "SUBJECT_ID"), ("ADMISSIONS", "HADM_ID"), ("ICUSTAYS", "ICUSTAY_ID")],
)
def test_a_row_that_is_there_twice_is_told(tmp_path: Path, name: str, key: str) -> None:
    made = ward()
    made.rows[name].append(dict(made.rows[name][2]))
    with pytest.raises(
        InputError, match=f"^{name} has {key} {made.rows[name][2][key]} more than once; give the"
    ):
        mimic3(made.write(tmp_path / "data"), cache=False)


def test_no_measurement_at_all(folder: Path) -> None:
    for name in ("CHARTEVENTS", "LABEVENTS"):
        file = folder / f"{name}.csv"
        file.write_text(file.read_text().splitlines()[0] + "\n")
    with pytest.raises(InputError, match="no vital sign or laboratory value for at least half of"):
        mimic3(folder)


def test_dictionaries_of_another_database(folder: Path) -> None:
    file = folder / "D_ITEMS.csv"
    text = file.read_text()
    file.write_text("\n".join(line for line in text.splitlines() if ",211," not in line))
    with pytest.raises(InputError, match="D_ITEMS lacks item 211, which is heart_rate in MIMIC"):
        mimic3(folder)
    file.write_text(text.replace("HEART RATE, 211", "Weight"))
    with pytest.raises(InputError, match="D_ITEMS calls 'Weight' item 211, which is heart_rate"):
        mimic3(folder)


def test_too_little_memory_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match=r"memory allowed: .*raise memory"):
        mimic3(folder, memory=2**20)


@pytest.mark.parametrize("memory", [0, -5])
def test_no_memory_is_no_bound(folder: Path, memory: int) -> None:
    with pytest.raises(InputError, match=f"memory is {memory} bytes; give more than 0"):
        mimic3(folder, memory=memory)


def test_progress_goes_forward_to_the_end(folder: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    mimic3(folder, progress=lambda *state: seen.append(state))
    assert [stage for stage, _, _ in seen] == sorted((s for s, _, _ in seen), reverse=True)
    assert {stage for stage, _, _ in seen} == {"reading LABEVENTS", "reading CHARTEVENTS"}
    done = [now for _, now, _ in seen]
    assert done == sorted(done)
    assert all(0 <= now <= total for _, now, total in seen)


def test_an_interruption_ends_the_reading_and_keeps_nothing(folder: Path) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mimic3(folder, progress=stop)
    assert not list(folder.glob("*.parquet*"))


def never(*_: Any) -> Any:
    raise AssertionError("the files were read again")


def kept(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if "whogains" in file.name)


def test_what_is_made_is_kept_and_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = mimic3(folder, cache=tmp_path / "a" / "b")
    (file,) = kept(tmp_path / "a" / "b")
    assert file.stat().st_mode & 0o077 == 0
    assert kept(folder) == []
    monkeypatch.setattr(mimic3_build, "build", never)
    again = mimic3(folder, cache=tmp_path / "a" / "b")
    pd.testing.assert_frame_equal(again.X, first.X, check_exact=True)
    pd.testing.assert_frame_equal(again.personal, first.personal)
    assert again.card == first.card
    other = mimic3(folder, "length_of_stay", personal=["sex"], cache=tmp_path / "a" / "b")
    assert other.personal.columns.tolist() == ["sex"]
    with pytest.raises(AssertionError, match="read again"):
        mimic3(folder, cache=False)


def test_it_is_kept_beside_the_data_by_default(folder: Path) -> None:
    mimic3(folder)
    assert len(kept(folder)) == 1


def test_a_changed_source_is_read_again(folder: Path) -> None:
    before = mimic3(folder)
    file = folder / "CHARTEVENTS.csv"
    state = file.stat()
    # As long as before: only the time of change tells.
    changed = file.read_text().splitlines()
    row = changed[1].split(",")
    assert row[7] == row[6]
    row[6] = row[7] = "299.0"[: len(row[7])]
    changed[1] = ",".join(row)
    file.write_text("\n".join(changed) + "\n")
    assert file.stat().st_size == state.st_size
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns + 1000))
    after = mimic3(folder)
    assert not after.X.equals(before.X)
    assert len(kept(folder)) == 2


def test_another_recipe_is_not_read_from_what_was_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mimic3(folder)
    monkeypatch.setattr(mimic3_stays, "RECIPE", 0)
    monkeypatch.setattr(mimic3_build, "build", never)
    with pytest.raises(AssertionError, match="read again"):
        mimic3(folder)


@pytest.mark.parametrize("damage", [b"", b"PAR1 no more", None])
def test_a_damaged_cache_is_made_anew(folder: Path, damage: bytes | None) -> None:
    first = mimic3(folder)
    (file,) = kept(folder)
    if damage is None:
        pd.DataFrame({"other": [1]}).to_parquet(file)
    else:
        file.write_bytes(damage)
    again = mimic3(folder)
    pd.testing.assert_frame_equal(again.X, first.X)
    assert kept(folder) == [file]
    assert file.stat().st_size > 1000


def test_a_cache_that_cannot_be_written(folder: Path) -> None:
    with pytest.raises(InputError, match=r"cannot write to the folder .*; name another cache"):
        mimic3(folder, cache=folder / "PATIENTS.csv" / "cache")


def test_where_the_folder_of_the_data_cannot_be_written_nothing_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(mimic3_cache.tempfile, "TemporaryFile", refuse)
    assert len(mimic3(folder).X) == 12
    assert kept(folder) == []
    with pytest.raises(InputError, match="Permission denied; name another cache"):
        mimic3(folder, cache=folder)
