"""Cleveland heart disease: what is read, what is refused, on lines in the layout of the file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pytest

from whogains.datasets import heart
from whogains.datasets.heart_cleveland import COLUMNS, COMPLETE
from whogains.errors import InputError

LINES = [
    "63.0,1.0,1.0,145.0,233.0,1.0,2.0,150.0,0.0,2.3,3.0,0.0,6.0,0",
    "54.0,0.0,4.0,160.0,286.0,0.0,0.0,108.0,1.0,1.5,2.0,3.0,3.0,2",
    "55.0,1.0,2.0,120.0,229.0,0.0,1.0,129.0,1.0,-0.1,1.0,?,7.0,4",
    "29.0,0.0,3.0,130.0,204.0,0.0,0.0,202.0,0.0,0.0,1.0,0.0,?,1",
]


def write(folder: Path, lines: list[str]) -> Path:
    file = folder / "processed.cleveland.data"
    file.write_text("\n".join(lines) + "\n")
    return file


def test_disease_and_severity(tmp_path: Path) -> None:
    file = write(tmp_path, LINES)
    disease, severity = heart(file), heart(str(file), task="severity")
    assert (disease.name, disease.task, disease.target) == (
        "heart/disease",
        "classification",
        "disease",
    )
    assert disease.y.tolist() == [0, 1, 1, 1]
    assert disease.y.dtype == np.int64
    assert (severity.name, severity.task, severity.target) == (
        "heart/severity",
        "regression",
        "severity",
    )
    assert severity.y.tolist() == [0.0, 2.0, 4.0, 1.0]
    pd.testing.assert_frame_equal(disease.X, severity.X)
    assert disease.unit is severity.unit is None
    assert disease.cluster is disease.sample_weight is None
    assert disease.X.index.tolist() == [1, 2, 3, 4]


def test_personal_attributes(tmp_path: Path) -> None:
    personal = heart(write(tmp_path, LINES)).personal
    assert personal["sex"].tolist() == ["Male", "Female", "Male", "Female"]
    assert personal["age"].tolist() == ["55+", "Under 55", "55+", "Under 55"]
    assert personal["sex"].cat.categories.tolist() == ["Female", "Male"]
    assert personal["age"].cat.categories.tolist() == ["Under 55", "55+"]


def test_features(tmp_path: Path) -> None:
    X = heart(write(tmp_path, LINES)).X
    assert set(X.columns) == set(COLUMNS) - set(COMPLETE)
    assert X["chest_pain"].tolist() == [
        "Typical angina",
        "Asymptomatic",
        "Atypical angina",
        "Non-anginal pain",
    ]
    assert X["resting_ecg"].tolist() == [
        "Left ventricular hypertrophy",
        "Normal",
        "ST-T abnormality",
        "Normal",
    ]
    assert X["st_slope"].tolist() == ["Downsloping", "Flat", "Upsloping", "Upsloping"]
    assert X["thallium"].tolist()[:3] == ["Fixed defect", "Normal", "Reversible defect"]
    assert X["thallium"].isna().tolist() == [False, False, False, True]
    assert X["vessels"].isna().tolist() == [False, False, True, False]
    assert X["st_depression"].tolist() == [2.3, 1.5, -0.1, 0.0]
    assert X["resting_pressure"].tolist() == [145, 160, 120, 130]
    assert X["cholesterol"].tolist() == [233, 286, 229, 204]
    assert X["max_heart_rate"].tolist() == [150, 108, 129, 202]
    assert X["high_fasting_sugar"].tolist() == [1, 0, 0, 0]
    assert X["exercise_angina"].tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("task", ["disease", "severity"])
def test_neither_outcome_nor_attributes_are_in_the_features(
    task: Literal["disease", "severity"], tmp_path: Path
) -> None:
    data = heart(write(tmp_path, LINES), task)
    other = [",".join(["40", "1", *line.split(",")[2:13], "3"]) for line in LINES]
    found = heart(write(tmp_path, other), task)
    pd.testing.assert_frame_equal(found.X, data.X)
    assert not found.y.equals(data.y)


def test_the_card_counts(tmp_path: Path) -> None:
    card = heart(write(tmp_path, LINES)).card
    assert "4 patients" in card
    assert "the published file has 303" in card
    assert "2 rows lack a feature" in card
    whole = heart(write(tmp_path, LINES * 75 + LINES[:3])).card
    assert "303 patients" in whole
    assert "published file" not in whole


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (
            "chest_pain",
            "5.0",
            "line 3: chest_pain has the unknown code '5.0'; known are 1, 2, 3, 4",
        ),
        ("thallium", "4", "line 3: thallium has the unknown code '4'; known are 3, 6, 7"),
        ("vessels", "4.0", "line 3: vessels has the unknown code '4.0'; known are 0, 1, 2, 3"),
        ("sex", "2", "line 3: sex has the unknown code '2'"),
        ("severity", "5", "line 3: severity has the unknown code '5'"),
        ("severity", "?", "line 3: severity is missing; correct or drop this line"),
        ("age", "?", "line 3: age is missing"),
        ("age", "630", "line 3: age is 630, outside 1 to 120"),
        ("age", "nan", "line 3: age is nan, outside"),
        ("cholesterol", "0", "line 3: cholesterol is 0, outside 20 to 1500"),
        ("cholesterol", "", "line 3: cholesterol is '', which is no number"),
        ("st_depression", "inf", "line 3: st_depression is inf, outside"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(
    column: str, value: str, message: str, tmp_path: Path
) -> None:
    fields = LINES[2].split(",")
    fields[COLUMNS.index(column)] = value
    file = write(tmp_path, [*LINES[:2], ",".join(fields), LINES[3]])
    with pytest.raises(InputError) as caught:
        heart(file)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        heart(tmp_path / "nothing.data")
    with pytest.raises(InputError, match="is a folder"):
        heart(tmp_path)
    with pytest.raises(InputError, match="has no rows"):
        heart(write(tmp_path, [""]))
    with pytest.raises(InputError, match="line 2 has 13 columns instead of 14"):
        heart(write(tmp_path, [LINES[0], LINES[1][:-2]]))
    with pytest.raises(InputError, match="line 1: age is 'age', which is no number; the file has"):
        heart(write(tmp_path, [",".join(COLUMNS), *LINES]))
    (tmp_path / "bytes.data").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot read"):
        heart(tmp_path / "bytes.data")
    with pytest.raises(InputError, match="task 'num' is unknown; use 'disease' or 'severity'"):
        heart(write(tmp_path, LINES), "num")  # type: ignore[arg-type]
