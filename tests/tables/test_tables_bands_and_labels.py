"""Values as people write them: one meaning in memory, in scans and in evidence."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.results import Findings

ROWS = 120
COLUMNS: Any = {"target": "y", "generic": "p0", "personalized": "p1"}


def _frame(seed: int = 0) -> pd.DataFrame:
    """Draw rows whose meaning is plain: outcomes and predictions as numbers, sex and age."""
    draw = random.Random(seed)
    y = [draw.randrange(2) for _ in range(ROWS)]
    return pd.DataFrame(
        {
            "y": y,
            "p0": [round(draw.random(), 3) for _ in y],
            "p1": [round(draw.random(), 3) for _ in y],
            "sex": [draw.randrange(2) for _ in y],
            "age": [draw.choice([*range(10, 90), 17.5, 44.9, 45.0]) for _ in y],
        }
    )


def _write(frame: pd.DataFrame, folder: Path, kind: str) -> Path:
    path = folder / f"rows.{kind}"
    if kind == "parquet":
        frame.to_parquet(path)
    else:
        separator, decimal = (";", ",") if kind == "txt" else (",", ".")
        frame.to_csv(path, index=False, sep=separator, decimal=decimal)
    return path


def _ways(path: Path, groups: Any, costs: list[str], **options: Any) -> list[Findings]:
    """Read a file in memory, by a scan and into evidence."""
    given: Any = {**COLUMNS, "groups": groups, "costs": costs, "min_cell": 0, **options}
    found = [wg.compare_files(path, rows_in_memory=most, **given) for most in (1000, 0)]
    quantiles = any(isinstance(each, str) for each in (options.get("bands") or {}).values())
    if not quantiles:
        found.append(wg.gather(path, **given).findings(wg.Settings(min_cell=0)))
    return found


def _groups(found: Findings) -> dict[tuple[str | None, ...], tuple[int, float]]:
    return {
        tuple(each.group.values()): (each.n, each.bop) for each in found.costs[0].groups if each.n
    }


def _by_hand(keys: list[Any], benefits: list[float]) -> dict[Any, tuple[int, float]]:
    return {
        key: (len(mine), math.fsum(mine) / len(mine))
        for key in set(keys)
        if (mine := [b for b, k in zip(benefits, keys, strict=True) if k == key])
    }


def _check(ways: list[Findings], right: dict[Any, tuple[int, float]]) -> None:
    for found in ways:
        groups = _groups(found)
        assert groups.keys() == right.keys()
        for key, (n, bop) in right.items():
            assert groups[key][0] == n
            assert math.isclose(groups[key][1], bop, rel_tol=1e-9, abs_tol=1e-12)


def _brier(frame: pd.DataFrame) -> list[float]:
    return list((frame["y"] - frame["p0"]) ** 2 - (frame["y"] - frame["p1"]) ** 2)


@pytest.mark.parametrize("kind", ["csv", "txt", "parquet"])
def test_labels_and_bands(tmp_path: Path, kind: str) -> None:
    frame = _frame()
    frame.loc[:5, "age"] = np.nan
    path = _write(frame, tmp_path, kind)
    names = {0: "male", 1: "female"}

    def band(age: float) -> str | None:
        if math.isnan(age):
            return None
        return (
            "under 18"
            if age < 18
            else "18 to under 45"
            if age < 45
            else "45 to under 65.5"
            if age < 65.5
            else "65.5 and over"
        )

    keys = [(names[s], band(a)) for s, a in zip(frame["sex"], frame["age"], strict=True)]
    ways = _ways(
        path,
        ["sex", "age"],
        ["brier"],
        labels={"sex": {"0": "male", 1: "female"}},
        bands={"age": [18, 45, 65.5]},
    )
    _check(ways, _by_hand(keys, _brier(frame)))
    for found in ways:
        levels = list(dict.fromkeys(each.group["age"] for each in found.costs[0].groups))
        assert levels == ["under 18", "18 to under 45", "45 to under 65.5", "65.5 and over", None]
    direct = wg.compare(
        frame["y"],
        generic=frame["p0"],
        personalized=frame["p1"],
        groups=frame[["sex", "age"]],
        costs=["brier"],
        labels={"sex": names},
        bands={"age": [18, 45, 65.5]},
        min_cell=0,
    )
    _check([direct], _by_hand(keys, _brier(frame)))


@pytest.mark.parametrize("kind", ["csv", "txt", "parquet"])
def test_quantile_bands_have_as_many_rows_as_can_be(tmp_path: Path, kind: str) -> None:
    frame = _frame(1)
    frame["age"] = np.random.default_rng(0).permutation(ROWS) / 4
    # A quarter of the rows each: below the first edge there is one row less.
    edges = [np.sort(frame["age"])[ROWS * i // 4 - 1] for i in (1, 2, 3)]
    keys = [(int(sum(age >= edge for edge in edges)),) for age in frame["age"]]
    ways = _ways(_write(frame, tmp_path, kind), ["age"], ["brier"], bands={"age": "q4"})
    right = _by_hand(keys, _brier(frame))
    for found in ways:
        groups = _groups(found)
        assert [n for n, _ in groups.values()] == [29, 30, 30, 31]
        for (_, bop), key in zip(groups.values(), sorted(right), strict=True):
            assert math.isclose(bop, right[key][1], abs_tol=1e-12)
    with pytest.raises(InputError, match="quantiles differ from part to part"):
        wg.gather(tmp_path / f"rows.{kind}", **COLUMNS, groups="age", bands={"age": "q4"})


@pytest.mark.parametrize("kind", ["csv", "txt", "parquet"])
@pytest.mark.parametrize("written", ["numbers", "text"])
def test_percentages(tmp_path: Path, kind: str, written: str) -> None:
    frame = _frame(2)
    right = _by_hand([(str(s),) for s in frame["sex"]], _brier(frame))
    own = frame.copy()
    for name in ("p0", "p1"):
        percent = (frame[name] * 100).round(1)
        mark = "," if kind == "txt" else "."
        own[name] = (
            percent if written == "numbers" else [f"{p:.1f}%".replace(".", mark) for p in percent]
        )
    path = _write(own, tmp_path, kind)
    _check(_ways(path, ["sex"], ["brier"], percent=True), right)
    for most in (1000, 0):
        with pytest.raises(InputError, match=r"if they are percentages, say percent=True"):
            wg.compare_files(path, rows_in_memory=most, groups="sex", **COLUMNS)


WORDS: dict[str, tuple[list[Any], list[Any]]] = {
    # The outcome's values that count as 0 and 1, and the predictions'.
    "yes and no, both": (["no", "yes"], ["no", "yes"]),
    "in another case": (["no", "yes"], ["No", "YES"]),
    "words for numbers": ([0, 1], ["No", "Yes"]),
    "numbers for words": (["no", "yes"], [0, 1]),
    "codes of SAS": ([1, 2], [1, 2]),
    "other known words": (["alive", "dead"], ["nein", "ja"]),
    "truth values": ([0, 1], ["false", "true"]),
}


@pytest.mark.parametrize("kind", ["csv", "txt", "parquet"])
@pytest.mark.parametrize("words", WORDS)
def test_labels_for_predictions(tmp_path: Path, kind: str, words: str) -> None:
    frame = _frame(3)
    for name in ("p0", "p1"):
        frame[name] = (frame[name] > 0.5).astype(int)
    outcomes, labels = WORDS[words]
    own = frame.assign(
        y=[outcomes[i] for i in frame["y"]],
        p0=[labels[i] for i in frame["p0"]],
        p1=[labels[i] for i in frame["p1"]],
    )
    right = _by_hand(
        [(str(s),) for s in frame["sex"]],
        list((frame["y"] != frame["p0"]).astype(float) - (frame["y"] != frame["p1"]).astype(float)),
    )
    ways = _ways(_write(own, tmp_path, kind), ["sex"], ["zero_one"])
    _check(ways, right)
    for found in ways:
        told = any(note.startswith("p0: ") for note in found.notes)
        # Numbers need no word, and a text file's true and false are truth values already.
        plain = words == "numbers for words" or (words == "truth values" and kind != "parquet")
        assert told != plain


@pytest.mark.parametrize("most", [1000, 0])
def test_predictions_that_are_one_code_in_every_row(tmp_path: Path, most: int) -> None:
    frame = _frame(4).assign(p0=1)
    frame["y"] += 1
    with pytest.raises(InputError, match="p0 is 1 in every row, which is also"):
        wg.compare_files(
            _write(frame, tmp_path, "csv"), rows_in_memory=most, groups="sex", **COLUMNS
        )


@pytest.mark.parametrize("kind", ["csv", "txt", "parquet"])
def test_rows_without_a_prediction(tmp_path: Path, kind: str) -> None:
    frame = _frame(5)
    own = frame.astype({"y": float})
    own.loc[[3, 50], "p0"] = np.nan
    own.loc[[50, 77, 78], "p1"] = np.nan
    own.loc[[78, 79], "y"] = np.nan
    path = _write(own, tmp_path, kind)
    left = frame.drop(index=[3, 50, 77, 78, 79])
    right = _by_hand([(str(s),) for s in left["sex"]], _brier(left))
    ways = _ways(path, ["sex"], ["brier"], drop_missing_predictions=True)
    _check(ways, right)
    for found in ways:
        assert found.data.rows_dropped == 5
        assert any(n.startswith("3 rows with an outcome and without") for n in found.notes)
    for most in (1000, 0):
        with pytest.raises(InputError, match=r"p0 has 2 missing values.*drop_missing_predictions"):
            wg.compare_files(path, rows_in_memory=most, groups="sex", **COLUMNS)


@pytest.mark.parametrize("most", [1000, 0])
def test_a_code_of_missing_values(tmp_path: Path, most: int) -> None:
    frame = _frame(6)
    own = frame.astype({"y": object, "p1": object, "sex": object})
    own.loc[[1, 2], "p1"] = "."
    own.loc[[7], "y"] = "."
    own.loc[[9], "sex"] = "-9"
    path = _write(own, tmp_path, "csv")
    options: Any = {**COLUMNS, "groups": "sex", "rows_in_memory": most, "min_cell": 0}
    with pytest.raises(InputError, match=r"say na='\.' \(--na \.\)"):
        wg.compare_files(path, **options)
    found = wg.compare_files(
        path, na=[".", "-9"], drop_missing_predictions=True, costs=["brier"], **options
    )
    left = frame.drop(index=[1, 2, 7])
    keys = [(None,) if i == 9 else (str(s),) for i, s in left["sex"].items()]
    _check([found], _by_hand(keys, _brier(left)))
    assert any("also missing: '.', '-9'" in note for note in found.notes)


@pytest.mark.parametrize("most", [1000, 0])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": {"sex": {"7": "none"}}}, "labels of 'sex' name none of its values, which are"),
        ({"labels": {"age": {"7": "none"}}}, "name 'age', which is no group; groups are sex"),
        ({"bands": {"sex": [2, 1]}}, "bands of 'sex' must be numbers that rise"),
        ({"bands": {"sex": ["2024-01-01", "2023-01-01"]}}, "or days, as in 2024-07-01"),
        ({"bands": {"sex": ["2024-01-01", 3]}}, "or days, as in 2024-07-01"),
        ({"bands": {"sex": ["2024-01-01"]}}, "holds numbers and its bands are days; give numbers"),
        ({"bands": {"sex": "x4"}}, "or q4 for four"),
        ({"bands": {"sex": [1]}, "labels": {"sex": {0: "a"}}}, "has labels and bands"),
    ],
)
def test_what_labels_and_bands_cannot_be(
    tmp_path: Path, options: dict[str, Any], message: str, most: int
) -> None:
    path = _write(_frame(7), tmp_path, "csv")
    with pytest.raises(InputError, match=message):
        wg.compare_files(path, groups="sex", rows_in_memory=most, **COLUMNS, **options)


@pytest.mark.parametrize("most", [1000, 0])
def test_percent_is_refused_of_values(tmp_path: Path, most: int) -> None:
    frame = _frame(8)
    frame["y"] = frame["age"] + 0.25
    with pytest.raises(InputError, match="percent is for probabilities"):
        wg.compare_files(
            _write(frame, tmp_path, "csv"),
            rows_in_memory=most,
            groups="sex",
            percent=True,
            **COLUMNS,
        )


def _dated(seed: int = 3) -> pd.DataFrame:
    """Draw rows with a day of birth of few values, and a time of admission of many."""
    draw = random.Random(seed)
    born = [pd.Timestamp(day) for day in ("1950-03-01", "1962-12-31", "1999-01-01")]
    start = pd.Timestamp("2024-01-01")
    seen = [start + pd.Timedelta(minutes=draw.randrange(700 * 1440)) for _ in range(ROWS)]
    # One that begins exactly with a band, and one just before.
    seen[0], seen[1] = pd.Timestamp("2024-07-01"), pd.Timestamp("2024-06-30 23:59:59.999999")
    own = _frame(seed).assign(born=[draw.choice(born) for _ in range(ROWS)], seen=seen)
    own.loc[5:8, ["born", "seen"]] = pd.NaT
    return own


def _write_dated(frame: pd.DataFrame, folder: Path, kind: str) -> Path:
    if kind == "xlsx":
        pytest.importorskip("openpyxl")
        # A sheet has no microseconds.
        frame.loc[1, "seen"] = pd.Timestamp("2024-06-30 23:59:59")
        frame.to_excel(folder / "rows.xlsx", index=False)
        return folder / "rows.xlsx"
    if kind == "zoned":
        zoned = frame.assign(seen=frame["seen"].dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo"))
        return _write(zoned.assign(born=zoned["born"].dt.date), folder, "parquet")
    return _write(frame, folder, kind)


@pytest.mark.parametrize("kind", ["csv", "txt", "parquet", "zoned", "xlsx"])
def test_days_make_groups_and_bands_in_every_file(tmp_path: Path, kind: str) -> None:
    frame = _dated()
    path = _write_dated(frame, tmp_path, kind)
    days = [None if pd.isna(each) else each.date().isoformat() for each in frame["born"]]
    _check(_ways(path, "born", ["brier"]), _by_hand([(day,) for day in days], _brier(frame)))

    def band(seen: pd.Timestamp) -> tuple[str | None]:
        if pd.isna(seen):
            return (None,)
        first, second = pd.Timestamp("2024-07-01"), pd.Timestamp("2025-03-01 12:30:00")
        return (
            "before 2024-07-01"
            if seen < first
            else "2024-07-01 to before 2025-03-01 12:30:00"
            if seen < second
            else "2025-03-01 12:30:00 and later",
        )

    bands = {"seen": ["2024-07-01", "2025-03-01 12:30"]}
    ways = _ways(path, "seen", ["brier"], bands=bands)
    _check(ways, _by_hand([band(each) for each in frame["seen"]], _brier(frame)))
    for found in ways:
        assert [each.group["seen"] for each in found.costs[0].groups] == [
            "before 2024-07-01",
            "2024-07-01 to before 2025-03-01 12:30:00",
            "2025-03-01 12:30:00 and later",
            None,
        ]
    for most in (1000, 0):
        options: Any = {**COLUMNS, "groups": "seen", "rows_in_memory": most, "min_cell": 0}
        with pytest.raises(InputError, match=r"band it \(--band\)"):
            wg.compare_files(path, **options)
        with pytest.raises(InputError, match="holds days and its bands are numbers; give days"):
            wg.compare_files(path, bands={"seen": [2024, 2025]}, **options)
        quarters = wg.compare_files(path, bands={"seen": "q4"}, costs=["brier"], **options)
        assert [each.n for each in quarters.costs[0].groups] == [28, 29, 29, 30, 4]


def test_days_of_frames_are_the_levels_that_files_have() -> None:
    frame = _dated()
    days = [None if pd.isna(each) else each.date().isoformat() for each in frame["born"]]
    for born in (frame["born"], frame["born"].dt.date, frame["born"].astype("category")):
        found = wg.compare(
            frame["y"],
            generic=frame["p0"],
            personalized=frame["p1"],
            groups=pd.DataFrame({"born": born}),
            costs=["brier"],
            min_cell=0,
        )
        _check([found], _by_hand([(day,) for day in days], _brier(frame)))
    with pytest.raises(InputError, match=r"such as a year or an age, or leave it out \(--drop\)"):
        wg.audit(frame[["p0", "seen"]], frame["y"], personal=frame[["sex"]])
