"""One file has one meaning: rows in memory, scans, folders, evidence, and a count by hand."""

from __future__ import annotations

import csv
import itertools
import math
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.frames import read_target
from whogains.results import Findings

MISSING = ("", "NA", "null")
EVERY_GROUP = wg.Settings(min_cell=0)
# Columns of groups as people have them, and what each text is as a level.
GROUPS: dict[str, dict[str, str]] = {
    "one letter that is no truth value": {"F": "F"},
    "two letters that are": {"t": "t", "n": "n"},
    "sorted words": {"F": "F", "M": "M"},
    "yes and no": {"yes": "yes", "no": "no"},
    "true and false": {"true": "true", "FALSE": "FALSE"},
    "zeros in front": {"01": "01", "1": "1", "001": "001"},
    "numbers": {"1": "1", "2": "2", "10": "10"},
    "numbers that missing values made floats": {"1.0": "1", "2.0": "2"},
    "two ways to write a number": {"1": "1", "1.0": "1", "2": "2"},
    "fractions": {"0.5": "0.5", "1.50": "1.5"},
    "versions": {"1.10": "1.10", "1.1": "1.1", "1.1.0": "1.1.0"},
    "days": {"2020-01-31": "2020-01-31", "2020-02-29": "2020-02-29"},
    "infinities": {"-inf": "-inf", "inf": "inf"},
    "codes beyond 2^53": {each: each for each in ("9007199254740993", "9007199254740992")},
    "with commas and quotes": {'a, "b"': 'a, "b"', "c\nd": "c\nd"},
    "blanks": {" F": " F", "F": "F"},
}
IDS = {
    "long": lambda i: str(12345678900000000000 + i * 400),
    "zeros in front": lambda i: f"{i:05d}" if i % 2 else str(i),
    "words": lambda i: f"p{i}",
    "numbers": str,
}
# How files are written: separator, mark of decimals, encoding.
WRITTEN = (
    (",", ".", "utf-8"),
    (";", ",", "utf-8-sig"),
    ("\t", ".", "latin-1"),
    (";", ",", "utf-16"),
    ("|", ",", "cp1252"),
    (";", ".", "utf-16-le"),
)


def _rows(seed: int, kind: str, ids: str) -> list[dict[str, str]]:
    draw = random.Random(seed)
    rows = []
    for i in range(90):
        y = draw.choice(["0", "1"]) if i % 11 else draw.choice(MISSING)
        truth = float(y) if y in {"0", "1"} else 0.0
        rows.append(
            {
                "y": y,
                "p0": f"{abs(truth - draw.uniform(0.2, 0.5)):.3f}",
                "p1": f"{abs(truth - draw.uniform(0.1, 0.5)):.3f}",
                "G": draw.choice([*GROUPS[kind], *MISSING[:1]] if i % 7 == 0 else [*GROUPS[kind]]),
                "g": draw.choice(["ü", "v"]),
                "id": IDS[ids](draw.randrange(20)),
                "unused": draw.choice(["x", "1"]),
            }
        )
    if kind == "sorted words":
        rows.sort(key=lambda row: row["G"])
    return rows


def _write(
    path: Path,
    rows: list[dict[str, str]],
    order: tuple[str, ...],
    written: tuple[str, str, str] = WRITTEN[0],
) -> None:
    separator, decimal, encoding = written
    rows = [
        {
            name: row[name].replace(".", decimal) if name in {"p0", "p1"} else row[name]
            for name in row
        }
        for row in rows
    ]
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        # The number of each row without a name, blanks around names, and a column that is there
        # twice and that nobody asks for.
        writer.writerow(["", *(f" {name} " for name in order), "twice", "twice"])
        writer.writerows(
            [i, *(row[name] for name in order), "a", "b"] for i, row in enumerate(rows)
        )


def _write_parquet(path: Path, rows: list[dict[str, str]], kind: str) -> None:
    """Write the same rows with the types that they mean."""
    levels = GROUPS[kind]
    columns = {name: [row[name] for row in rows] for name in ("g", "id", "unused")}
    columns |= {name: [float(row[name]) for row in rows] for name in ("p0", "p1")}
    columns["y"] = [None if row["y"] in MISSING else int(row["y"]) for row in rows]
    columns["G"] = [levels.get(row["G"]) for row in rows]
    pq.write_table(pa.table(columns), path)


def _by_hand(
    rows: list[dict[str, str]], kind: str
) -> dict[tuple[str | None, str], tuple[int, float]]:
    """Sum by the csv module and a dictionary: rows and the benefit by the Brier score."""
    found: dict[Any, list[float]] = defaultdict(list)
    for row in rows:
        if row["y"] in MISSING:
            continue
        y, p0, p1 = (float(row[name]) for name in ("y", "p0", "p1"))
        level = GROUPS[kind].get(row["G"])
        found[level, row["g"]].append((y - p0) ** 2 - (y - p1) ** 2)
    return {key: (len(each), math.fsum(each) / len(each)) for key, each in found.items()}


def _summary(found: Findings) -> dict[tuple[str | None, str], tuple[int, float]]:
    (cost,) = found.costs
    return {
        (each.group["G"], each.group["g"]): (each.n, each.bop) for each in cost.groups if each.n
    }


def _spread(found: Findings) -> list[float | None]:
    return [each.se for each in found.costs[0].groups]


@pytest.mark.parametrize(
    ("seed", "kind", "ids"),
    [
        (seed, kind, ids)
        for seed, (kind, ids) in enumerate(zip(GROUPS, itertools.cycle(IDS), strict=False))
    ],
    ids=lambda value: str(value).replace(" ", "-"),
)
def test_every_reader_gives_what_a_count_by_hand_gives(
    tmp_path: Path, seed: int, kind: str, ids: str
) -> None:
    rows = _rows(seed, kind, ids)
    names = tuple(rows[0])
    folder = tmp_path / "folder"
    folder.mkdir()
    # Where levels of groups have points, a decimal comma elsewhere would not be found.
    points = any("." in level for level in GROUPS[kind])
    ways_to_write = [way for way in WRITTEN if way[1] == "."] if points else WRITTEN
    written = ways_to_write[seed % len(ways_to_write)]
    _write(tmp_path / "whole.csv", rows, names, written)
    alike = [way for way in ways_to_write if way[1] == written[1]]
    for part in range(3):
        order = tuple(random.Random(seed + part).sample(names, len(names)))
        _write(
            folder / f"{part}.csv",
            rows[30 * part : 30 * part + 30],
            order,
            alike[part % len(alike)],
        )
    columns: Any = {
        "target": "y",
        "generic": "p0",
        "personalized": "p1",
        "groups": ["G", "g"],
        "costs": ["brier"],
    }
    right = _by_hand(rows, kind)
    _write_parquet(tmp_path / "whole.parquet", rows, kind)
    models: Any = {"generic": lambda X: X["p0"], "personalized": lambda X: X["p1"]}
    predicted = wg.predict_files(
        folder,
        tmp_path / "predicted.parquet",
        target="y",
        personal=["G", "g"],
        features=["p0", "p1"],
        keep="id",
        **models,
    ).path
    others = {**columns, "min_cell": 0}
    again = {**columns, "generic": "generic", "personalized": "personalized"}
    known = [row for row in rows if row["y"] not in MISSING]
    own = {name: [row[name] for row in known] for name in names}
    for cluster in (None, "id"):
        by_lists = wg.compare(
            [float(value) for value in own["y"]],
            generic=[float(value) for value in own["p0"]],
            personalized=[float(value) for value in own["p1"]],
            groups={
                "G": [GROUPS[kind].get(value) for value in own["G"]],
                "g": own["g"],
            }
            if len(GROUPS[kind]) > 1 or "" in own["G"]
            else {"g": own["g"], "G": own["g"]},
            cluster=None if cluster is None else [f"id {value}" for value in own["id"]],
            costs=["brier"],
            task="classification",
            min_cell=0,
        )
        ways = [
            wg.compare_files(source, cluster=cluster, rows_in_memory=most, min_cell=0, **columns)
            for source in (tmp_path / "whole.csv", folder)
            for most in (1000, 0)
        ]
        if cluster is None:
            ways += [
                wg.compare_files(tmp_path / "whole.parquet", rows_in_memory=most, **others)
                for most in (1000, 0)
            ]
        elif kind != "true and false":
            # What a model sees as a truth value is written as one.
            ways.append(wg.compare_files(predicted, cluster=cluster, min_cell=0, **again))
        ways.append(wg.gather(folder, cluster=cluster, **columns).findings(EVERY_GROUP))
        if cluster is None and kind not in {"zeros in front", "versions"}:
            parts = [
                wg.gather(folder / f"{part}.csv", task="classification", **columns)
                for part in range(3)
            ]
            ways.append(wg.merge(parts).findings(EVERY_GROUP))
        for found in ways:
            summary = _summary(found)
            assert summary.keys() == right.keys()
            for key, (n, bop) in right.items():
                assert summary[key][0] == n
                assert math.isclose(summary[key][1], bop, rel_tol=1e-9, abs_tol=1e-12)
            assert found.data.rows_dropped == len(rows) - len(known)
            for mine, other in zip(_spread(found), _spread(by_lists), strict=True):
                assert mine is other is None or math.isclose(mine or 0, other or 0, rel_tol=1e-7)


SMALL = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "sex"}
BODY = "".join(f"{i % 2},.{4 + i % 3},.{5 + i % 2},{'FM'[i % 3 > 0]},{i}\n" for i in range(60))
HEAD = "y,p0,p1,sex,age\n"


@pytest.mark.parametrize("most", [1000, 0])
@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("y,p0,p1,gender,age\n", r"b\.csv has no column 'sex', which .*a\.csv has"),
        ("y,p0,p1,sex,sex\n", r"b\.csv (has no column 'age', which|has more than one column)"),
        ("y,p0,p1,sex,Age\n", r"b\.csv has no column 'age', which .*a\.csv has"),
    ],
)
def test_a_file_of_a_folder_with_other_columns_is_named(
    tmp_path: Path, head: str, message: str, most: int
) -> None:
    (tmp_path / "a.csv").write_text(HEAD + BODY)
    (tmp_path / "b.csv").write_text(head + BODY)
    with pytest.raises(InputError, match=message):
        wg.compare_files(tmp_path, rows_in_memory=most, **SMALL)
    with pytest.raises(InputError, match=message):
        wg.gather(tmp_path, **SMALL)


@pytest.mark.parametrize("most", [1000, 0])
def test_a_name_that_is_there_twice_is_refused_only_where_it_is_asked_for(
    tmp_path: Path, most: int
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("y,p0,p1,sex,sex\n" + BODY)
    with pytest.raises(InputError, match="more than one column named 'sex'; rename one"):
        wg.compare_files(path, rows_in_memory=most, **SMALL)
    path.write_text("y,p0,p1,sex,age,age\n" + BODY.replace("\n", ",1\n"))
    assert wg.compare_files(path, rows_in_memory=most, **SMALL).data.rows == 60


def test_row_names_as_r_and_pandas_write_them_are_no_column(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEAD + BODY)
    frame = pd.read_csv(path)
    frame.to_csv(path, index=True, quoting=csv.QUOTE_NONNUMERIC)
    ways = [wg.compare_files(path, rows_in_memory=most, **SMALL) for most in (1000, 0)]
    ways.append(wg.gather(path, **SMALL).findings())
    right = frame.eval("(p0 - y) ** 2 - (p1 - y) ** 2").groupby(frame["sex"]).mean()
    for found in ways:
        (brier,) = (cost for cost in found.costs if cost.name == "brier")
        for group in brier.groups:
            assert math.isclose(group.bop, right[group.group["sex"]])
    seen: list[list[str]] = []

    def model(X: pd.DataFrame) -> Any:
        seen.append(list(X.columns))
        return X["p0"]

    models: Any = {"generic": model, "personalized": model}
    wg.predict_files(path, tmp_path / "out.parquet", target="y", personal="sex", **models)
    assert seen[0] == ["p0", "p1", "age"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("most", [1000, 0])
def test_names_that_differ_in_case_are_two_columns(tmp_path: Path, kind: str, most: int) -> None:
    path = tmp_path / f"a.{kind}"
    frame = pd.DataFrame(
        {
            "y": [0, 1] * 40,
            "P": [0.4, 0.6] * 40,
            "p": [0.1, 0.9] * 40,
            "Y": ["a", "a", "b", "b"] * 20,
        }
    )
    frame.to_csv(path, index=False) if kind == "csv" else frame.to_parquet(path)
    found = wg.compare_files(
        path,
        target="y",
        generic="P",
        personalized="p",
        groups="Y",
        costs=["brier"],
        rows_in_memory=most,
    )
    assert found.data.groups == ("Y",)
    assert [each.group["Y"] for each in found.costs[0].groups] == ["a", "b"]
    assert math.isclose(found.costs[0].population.bop, 0.15)


@pytest.mark.parametrize("most", [1000, 0])
def test_whole_numbers_beyond_floats_stay_two_sites_beside_a_missing_one(
    tmp_path: Path, most: int
) -> None:
    site = [2**53, 2**53 + 1, None, 2**53] * 20
    table = {"y": [0, 1] * 40, "p0": [0.4, 0.6] * 40, "p1": [0.3, 0.8] * 40}
    pq.write_table(pa.table({**table, "site": pa.array(site, pa.int64())}), tmp_path / "a.parquet")
    found = wg.compare_files(
        tmp_path / "a.parquet",
        target="y",
        generic="p0",
        personalized="p1",
        groups="site",
        rows_in_memory=most,
    )
    sizes = {each.group["site"]: each.n for each in found.costs[0].groups}
    assert sizes == {str(2**53): 40, str(2**53 + 1): 20, None: 20}


def test_a_hospital_of_women_merges_with_another_one(tmp_path: Path) -> None:
    rows = BODY.splitlines(keepends=True)
    (tmp_path / "a.csv").write_text(HEAD + BODY)
    (tmp_path / "b.csv").write_text(HEAD + "".join(row for row in rows if ",F," in row))
    parts = [wg.gather(tmp_path / name, **SMALL) for name in ("a.csv", "b.csv")]
    merged = wg.merge(parts).findings()
    assert [(g.group["sex"], g.n) for g in merged.costs[0].groups] == [("F", 40), ("M", 40)]


@pytest.mark.parametrize("most", [1000, 0])
@pytest.mark.parametrize("written", ["1 2", "1.0 2.0"])
def test_the_value_that_counts_as_1_is_found_however_it_is_written(
    tmp_path: Path, written: str, most: int
) -> None:
    one, two = written.split()
    lines = [f"{two if i % 3 else one},.{4 + i % 3},.5,{'uv'[i % 2]}\n" for i in range(60)]
    (tmp_path / "a.csv").write_text("y,p0,p1,g\n" + "".join(lines) + ",.5,.5,u\n")
    columns: Any = {**SMALL, "groups": "g", "rows_in_memory": most}
    found = [
        wg.compare_files(tmp_path / "a.csv", positive=positive, **columns)
        for positive in ("2", "2.0", 2, 2.0, None)
    ]
    assert {each.data.positive for each in found} == {"2"}
    (other,) = {wg.compare_files(tmp_path / "a.csv", positive="1", **columns).data.positive}
    assert other == "1"


def test_the_order_of_a_category_says_which_value_is_high(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "y": pd.Categorical(["low", "high"] * 30, ["low", "high"], ordered=True),
            "p0": [0.4, 0.6] * 30,
            "p1": [0.3, 0.7] * 30,
            "g": ["u", "u", "v", "v"] * 15,
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    columns: Any = {**SMALL, "groups": "g"}
    found = wg.compare_files(tmp_path / "a.parquet", **columns)
    assert found.data.positive == "high"
    direct = wg.compare(
        frame["y"], generic=frame["p0"], personalized=frame["p1"], groups=frame[["g"]]
    )
    assert direct.data.positive == "high"
    # A scan does not know the order, and asks.
    for source in (tmp_path / "a.parquet", frame):
        with pytest.raises(InputError, match="ordered category.*positive"):
            wg.compare_files(source, rows_in_memory=0, **columns)
        asked = wg.compare_files(source, rows_in_memory=0, positive="high", **columns)
        assert asked.data.positive == "high"


TRUTHS = (True, "true", "True", "TRUE", 1, 1.0, "1")
TWO = (2, 2.0, "2", "2.0", "02")


@pytest.mark.parametrize("spelled", [TWO, TRUTHS], ids=["two", "true"])
def test_a_value_is_found_however_it_is_spelled(spelled: tuple[object, ...]) -> None:
    twos = [(1, 2), (1.0, 2.0), ("1", "2"), ("1.0", "2.0"), ("01", "02")]
    truths = [(0, 1), (False, True), ("false", "true"), ("FALSE", "TRUE"), ("0", "1")]
    for zero, one in twos if spelled is TWO else truths:
        for positive in spelled:
            found = read_target([zero, one, one, None], "classification", positive=positive)
            assert found.values[:3].tolist() == [0, 1, 1], (one, positive)


@pytest.mark.parametrize(
    ("zero", "one", "positive"),
    [("1.0", "2.0", 2), (1, 2, "2.0"), ("false", "true", 1), (False, True, "1"), (0, 1, "true")],
)
def test_every_reader_finds_it(tmp_path: Path, zero: object, one: object, positive: object) -> None:
    y = [None if i == 7 else one if i % 3 else zero for i in range(60)]
    p1 = [0.8 if i % 3 else 0.4 for i in range(60)]
    table = pa.table({"y": pa.array(y), "p0": [0.5] * 60, "p1": p1, "g": ["u", "v"] * 30})
    pq.write_table(table, tmp_path / "a.parquet")
    path = tmp_path / "a.csv"
    table.to_pandas().to_csv(path, index=False)
    columns: Any = {**SMALL, "groups": "g", "costs": ["brier"], "positive": positive}
    models: Any = {"generic": lambda X: X["p0"], "personalized": lambda X: X["p1"]}
    made = wg.predict_files(
        path, tmp_path / "out.parquet", target="y", personal="g", positive=positive, **models
    )
    own = columns | {"generic": "generic", "personalized": "personalized"}
    for found in (
        wg.compare_files(path, **columns),
        wg.compare_files(path, rows_in_memory=0, **columns),
        wg.compare_files(tmp_path / "a.parquet", **columns),
        wg.compare_files(tmp_path / "a.parquet", rows_in_memory=0, **columns),
        wg.gather(path, **columns).findings(),
        wg.compare_files(made.path, **own),
    ):
        # Of the 59 rows with an outcome 20 are zeros, and two in three gain 0.21.
        assert math.isclose(found.costs[0].population.bop, (20 * 0.09 + 39 * 0.21) / 59)


def test_of_two_codes_a_truth_value_may_be_either_and_case_tells_letters_apart() -> None:
    given: Any = {"generic": [0.5] * 60, "personalized": [0.6] * 60, "groups": {"g": "uv" * 30}}
    given["groups"] = {"g": ["u", "v"] * 30}
    with pytest.raises(InputError, match="positive=True is not a value of y_true, which has 1"):
        wg.compare([1, 2, 2] * 20, positive=True, **given)
    for positive in ("a", "A"):
        found = wg.compare(["a", "A", "A"] * 20, positive=positive, **given)
        assert found.data.positive == positive
    with pytest.raises(InputError, match="positive='b' is not a value"):
        wg.compare(["a", "A", "A"] * 20, positive="b", **given)
