"""HSLS:09: both exports, missing values, the median, and that no form of the outcome leaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from whogains.datasets import hsls
from whogains.datasets.hsls_columns import CATEGORIES, RACE, SCALES, SEX
from whogains.errors import InputError

# Other forms of the outcome, later results, and what the test of the base year says besides.
LEAKS = ["X1TXMTH", "X1TXMSEM", "X1TXMSCR", "X1TXMQUINT", "X1TXMPROF1", "X2TXMTSCOR", "X3TGPAMAT"]


def codes(n: int = 60, seed: int = 3) -> pd.DataFrame:
    """Make students as the export with codes has them, complete."""
    random = np.random.default_rng(seed)
    table = pd.DataFrame({"STU_ID": np.arange(10001, 10001 + n), "SCH_ID": -5})
    table["X1SEX"] = random.integers(1, 3, n)
    table["X1RACE"] = random.choice(list(RACE), n)
    table["X1TXMTSCOR"] = random.normal(50, 10, n).clip(25, 80).round(4)
    for name in SCALES:
        table[name] = random.normal(0, 1, n).clip(-4.3, 3).round(4)
    table["X1HHNUMBER"] = random.integers(2, 12, n)
    for name, (_, levels) in CATEGORIES.items():
        table[name] = random.choice(list(levels), n)
    for name in LEAKS:
        table[name] = table["X1TXMTSCOR"]
    table["W1STUDENT"] = random.uniform(10, 900, n).round(3)
    table["S4EVER"] = 1
    return table


def words(table: pd.DataFrame) -> pd.DataFrame:
    """Make the other export of the same students."""
    table = table.astype(dict.fromkeys(table, object))
    known = {name: levels for name, (_, levels) in CATEGORIES.items()} | {
        "X1SEX": SEX,
        "X1RACE": RACE,
    }
    absent = {-9: "Missing", -8: "Unit non-response", -7: "Item legitimate skip/NA"}
    for name, levels in known.items():
        # The word that is longest is the published one.
        said = {code: max(names, key=len) for code, names in levels.items()} | absent
        table[name] = table[name].map(said)
    table["X1HHNUMBER"] = [
        absent.get(n) or ("11 or more" if n == 11 else str(n)) + " Household members"
        for n in table["X1HHNUMBER"]
    ]
    table["SCH_ID"] = "Data suppressed"
    return table


def write(folder: Path, table: pd.DataFrame, name: str = "student.csv") -> Path:
    table.to_csv(folder / name, index=False)
    return folder / name


def test_score_and_above_median(tmp_path: Path) -> None:
    table = codes(61)
    file = write(tmp_path, table)
    score, above = hsls(file, "score"), hsls(str(file))
    assert (score.name, score.task, score.target) == ("hsls/score", "regression", "score")
    assert (above.name, above.task, above.target) == (
        "hsls/above_median",
        "classification",
        "above_median",
    )
    assert score.y.tolist() == table["X1TXMTSCOR"].tolist()
    assert above.y.sum() == 30  # the one at the median is not above it
    assert above.y.eq(1).tolist() == score.y.gt(np.median(score.y)).tolist()
    assert f"above {np.median(score.y):g}, the median of these rows" in above.card
    pd.testing.assert_frame_equal(score.X, above.X)
    assert score.X.index.tolist() == [str(i) for i in table["STU_ID"]]
    assert score.cluster is None
    assert score.sample_weight is None


def test_the_median_is_that_of_the_rows_that_are_used(tmp_path: Path) -> None:
    table = codes(40)
    table.loc[:19, "X1TXMTSCOR"] = np.linspace(30, 40, 20)
    table.loc[:19, "X1RACE"] = -9
    above = hsls(write(tmp_path, table))
    assert len(above.y) == 20
    assert above.y.sum() == 10


def test_both_exports_are_the_same_data(tmp_path: Path) -> None:
    table = codes()
    table.loc[3, ["X1PAREDU", "X1LOCALE"]] = -9
    table.loc[4, ["X1FAMINCOME", "X1HHNUMBER"]] = -8
    table.loc[5, "X1REGION"] = -7
    table.loc[6, "X1SEX"] = -9
    table.loc[7, "X1MTHID"] = -9
    coded = hsls(write(tmp_path, table), "score")
    worded = hsls(write(tmp_path, words(table), "words.csv"), "score")
    pd.testing.assert_frame_equal(worded.X, coded.X)
    pd.testing.assert_frame_equal(worded.personal, coded.personal)
    pd.testing.assert_series_equal(worded.y, coded.y)
    lower = words(table).rename(columns=str.lower)
    for name in lower.columns:
        if lower[name].map(type).eq(str).all():
            lower[name] = "(2) " + lower[name] if name == "x1locale" else lower[name].str.upper()
    # A word processor's apostrophe is as good.
    lower["x1paredu"] = lower["x1paredu"].str.replace("'", "\u2019")
    shouted = hsls(write(tmp_path, lower, "shouted.csv.gz"), "score")
    pd.testing.assert_frame_equal(shouted.X, coded.X)
    pd.testing.assert_frame_equal(shouted.personal, coded.personal)


def test_personal_attributes(tmp_path: Path) -> None:
    table = codes()
    table.loc[:7, "X1RACE"] = range(1, 9)
    table.loc[:7, "X1SEX"] = [1, 2] * 4
    personal = hsls(write(tmp_path, table)).personal
    assert personal["race"].tolist()[:8] == ["Non-White"] * 7 + ["White"]
    assert personal["sex"].tolist()[:8] == ["Male", "Female"] * 4
    assert personal["sex"].cat.categories.tolist() == ["Female", "Male"]
    assert personal["race"].cat.categories.tolist() == ["White", "Non-White"]


def test_features(tmp_path: Path) -> None:
    table = codes()
    row = {
        "X1PAREDU": 7,
        "X1FAMINCOME": 2,
        "X1STUEDEXPCT": 11,
        "X1PAREDEXPCT": 1,
        "X1LOCALE": 4,
        "X1REGION": 1,
        "X1CONTROL": 3,
        "X1HHNUMBER": 5,
        "X1SES": -1.25,
        "X1SCHOOLBEL": -4.35,
    }
    table.loc[0, list(row)] = list(row.values())
    X = hsls(write(tmp_path, table)).X
    assert X.columns.tolist() == [
        "socioeconomic_status",
        "math_identity",
        "math_utility",
        "math_self_efficacy",
        "math_interest",
        "school_belonging",
        "school_engagement",
        "household_size",
        "parents_education",
        "family_income",
        "student_expects",
        "parent_expects",
        "locale",
        "region",
        "school_control",
    ]
    expected = {
        "socioeconomic_status": -1.25,
        "school_belonging": -4.35,
        "household_size": 5.0,
        "parents_education": "Ph.D/M.D/Law/other high lvl prof degree",
        "family_income": "Family income > $15,000 and <= $35,000",
        "student_expects": "Don't know",
        "parent_expects": "Less than high school",
        "locale": "Rural",
        "region": "Northeast",
        "school_control": "Private",
    }
    assert X[list(expected)].iloc[0].to_dict() == expected
    assert X["school_control"].cat.categories.tolist() == ["Public", "Private"]
    assert X["family_income"].cat.categories.tolist()[-2:] == [
        "Family income > $215,000 and <= $235,000",
        "Family income > $235,000",
    ]
    assert len(X["family_income"].cat.categories) == 13
    assert X.notna().all(axis=None)


def test_no_form_of_the_outcome_and_no_attribute_is_in_the_features(tmp_path: Path) -> None:
    table = codes()
    data = hsls(write(tmp_path, table), "score")
    other = table.assign(X1SEX=1, X1RACE=8, S4EVER=0, W1STUDENT=5.0)
    for name in ["X1TXMTSCOR", *LEAKS]:
        other[name] = 90 - other[name]
    found = hsls(write(tmp_path, other), "score")
    pd.testing.assert_frame_equal(found.X, data.X)
    assert not found.y.equals(data.y)
    used = {*SCALES, *CATEGORIES}
    assert not used & {*LEAKS, "X1TXMTSCOR", "X1SEX", "X1RACE", "W1STUDENT"}
    assert all(name.startswith("X1") and not name.startswith("X1TX") for name in used)


def test_missing_values(tmp_path: Path) -> None:
    table = codes(30).astype({"X1MTHINT": object})
    table.loc[0, "X1TXMTSCOR"] = -8
    table.loc[1, "X1SEX"] = -9
    table.loc[2, "X1RACE"] = -9
    table.loc[3, "X1MTHINT"] = -7
    table.loc[4, "X1MTHINT"] = ""
    table.loc[5, "X1MTHINT"] = "-4.0"
    table.loc[6, "X1MTHINT"] = -3.9
    table.loc[7, "X1PAREDEXPCT"] = -1
    data = hsls(write(tmp_path, table))
    assert len(data.X) == 27
    assert data.X["math_interest"].isna().tolist() == [True] * 3 + [False] * 24
    assert data.X["math_interest"].iloc[3] == -3.9
    assert data.X["parent_expects"].isna().sum() == 1
    assert "of 30 students in the file, 1 without a mathematics score,\n  0 whose" in data.card
    assert "2 more without sex\n  or race." in data.card


@pytest.mark.parametrize(("no", "yes"), [(0, 1), ("Not imputed", "Imputed")])
def test_scores_that_were_computed_from_other_answers_are_left_out(
    no: object, yes: object, tmp_path: Path
) -> None:
    table = codes(30).assign(X1TXMATH_IM=no).astype({"X1TXMATH_IM": object})
    table.loc[[3, 7], "X1TXMATH_IM"] = yes
    table.loc[3, "X1TXMTSCOR"] = -8
    table.loc[5, "X1TXMATH_IM"] = -8 if no == 0 else "Unit non-response"
    data = hsls(write(tmp_path, table), "score")
    assert data.y.tolist() == table["X1TXMTSCOR"].drop([3, 7]).tolist()
    assert "1 without a mathematics score,\n  1 whose score NCES computed" in data.card
    table.loc[8, "X1TXMATH_IM"] = "perhaps"
    with pytest.raises(InputError, match="X1TXMATH_IM is 'perhaps' in row 8"):
        hsls(write(tmp_path, table))


def test_weights_only_when_asked_for(tmp_path: Path) -> None:
    table = codes(30)
    table.loc[4, "W1STUDENT"] = 0
    table.loc[5, "W1STUDENT"] = -8
    file = write(tmp_path, table)
    assert len(hsls(file).X) == 30
    data = hsls(file, weighted=True)
    assert data.sample_weight is not None
    assert data.sample_weight.tolist() == table["W1STUDENT"].drop([4, 5]).tolist()
    assert "2 without a weight" in data.card
    with pytest.raises(InputError, match="has no column W1STUDENT"):
        hsls(write(tmp_path, table.drop(columns="W1STUDENT")), weighted=True)


def test_schools_where_the_file_tells_them(tmp_path: Path) -> None:
    table = codes(30)
    table["SCH_ID"] = np.repeat([1001, 1002, 1003], 10)
    data = hsls(write(tmp_path, table))
    assert data.cluster is not None
    assert data.cluster.tolist() == ["1001"] * 10 + ["1002"] * 10 + ["1003"] * 10
    table.loc[7, "SCH_ID"] = -5
    with pytest.raises(InputError, match="SCH_ID is missing for student 10008"):
        hsls(write(tmp_path, table))
    data = hsls(write(tmp_path, table.drop(columns=["SCH_ID", "STU_ID"])))
    assert data.cluster is None
    assert data.X.index.tolist() == list(range(30))


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("X1SEX", "3", "X1SEX is '3' in row 2 (counting from 0), which is not a code or word"),
        ("X1RACE", "Martian", "X1RACE is 'Martian' in row 2"),
        ("X1PAREDU", "6", "X1PAREDU is '6' in row 2"),
        ("X1FAMINCOME", "1.5", "X1FAMINCOME is '1.5' in row 2"),
        ("X1SES", "high", "X1SES is 'high' in row 2 (counting from 0), which is not a number"),
        ("X1SES", "17", "X1SES is '17' in row 2"),
        ("X1TXMTSCOR", "420", "X1TXMTSCOR is '420' in row 2"),
        ("X1TXMTSCOR", "-3", "X1TXMTSCOR is '-3' in row 2"),
        ("X1HHNUMBER", "many", "X1HHNUMBER is 'many' in row 2"),
    ],
)
def test_unknown_values_are_told_with_row_and_column(
    column: str, value: str, message: str, tmp_path: Path
) -> None:
    table = codes(5).astype({column: object})
    table.loc[2, column] = value
    with pytest.raises(InputError) as caught:
        hsls(write(tmp_path, table))
    assert message in str(caught.value)


@pytest.mark.parametrize("column", ["X1TXMTSCOR", "X1SEX", "X1RACE", "X1SES", "X1HHNUMBER"])
def test_a_missing_column_is_named(column: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"has no column {column}; give the student file of HSLS"):
        hsls(write(tmp_path, codes(5).drop(columns=column)))


def test_other_files(tmp_path: Path) -> None:
    def refused(message: str, *args: Any) -> None:
        with pytest.raises(InputError, match=message) as caught:
            hsls(*args)
        assert "\n" not in str(caught.value)

    refused("no such file", tmp_path / "nothing.csv")
    refused("cannot be read as CSV", tmp_path)
    (tmp_path / "empty.csv").write_text("")
    refused("cannot be read as CSV|has no column", tmp_path / "empty.csv")
    (tmp_path / "bytes.csv").write_bytes(b"X1SEX\n\xff\xfe\n")
    refused("cannot be read as CSV", tmp_path / "bytes.csv")
    refused("has no rows", write(tmp_path, codes(5).head(0)))
    refused("has no row with a math", write(tmp_path, codes(5).assign(X1TXMTSCOR=-8)))
    refused("task 'grade' is unknown; use 'above_median'", write(tmp_path, codes(5)), "grade")
    twice = codes(5).assign(x1sex=1)
    refused("more than one column X1SEX", write(tmp_path, twice))
