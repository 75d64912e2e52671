"""MIMIC-III: the numbers, the moment of prediction, who is left out, the personal attributes."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from whogains.datasets import Dataset, mimic3
from whogains.datasets.mimic3_items import MEASUREMENTS
from whogains.errors import InputError

from .mimic3_maker import START, Mimic, ward

HEART_RATE = ["heart_rate_mean", "heart_rate_min", "heart_rate_max"]


def read(made: Mimic, folder: Path, *args: Any, **options: Any) -> Dataset:
    return mimic3(made.write(folder), *args, cache=False, **options)


def test_mean_least_and_largest_value_of_the_first_24_hours(tmp_path: Path) -> None:
    made = Mimic()
    made.stay(1)
    for hours, value in ((-1 / 60, 31), (0, 60), (11, 90), (24, 99), (24 + 1 / 60, 250)):
        made.event(1, 211, hours, value)
    data = read(made, tmp_path)
    assert data.X.columns.tolist() == HEART_RATE
    assert data.X.loc[1001].tolist() == [83.0, 60.0, 99.0]
    assert data.X.index.name == "hadm_id"


def test_both_record_systems_and_units_count_as_one(tmp_path: Path) -> None:
    made = Mimic()
    made.stay(1)
    made.event(1, 678, 1, 98.6)
    made.event(1, 223762, 2, 38.0)
    made.event(1, 676, 3, 36.0)
    made.event(1, 223761, 4, 37.2)  # degrees Celsius under the name of Fahrenheit
    made.event(1, 50822, 1, 4.4)
    made.event(1, 50971, 2, 4.0)
    found = read(made, tmp_path).X.loc[1001]
    assert found["temperature_mean"] == 37.0
    assert found["temperature_min"] == 36.0
    assert found["temperature_max"] == 38.0
    assert found["potassium_mean"] == pytest.approx(4.2, abs=1e-12)


def test_values_that_cannot_be_are_missing(tmp_path: Path) -> None:
    made = Mimic()
    made.stay(1)
    made.event(1, 220179, 1, 11647.0)
    made.event(1, 220179, 2, 0.0)
    made.event(1, 220179, 3, 120.0)
    made.event(1, 220179, 4, None)
    made.event(1, 220179, 5, 140.0, error=1)
    made.event(1, 220179, 6, 130.0, error=None)
    made.event(1, 999_999, 7, 125.0)
    found = read(made, tmp_path).X
    assert found.loc[1001].tolist() == [125.0, 120.0, 130.0]
    assert found.columns.tolist() == ["systolic_mean", "systolic_min", "systolic_max"]


@pytest.mark.parametrize("each", MEASUREMENTS, ids=lambda each: each.name)
def test_the_limits_of_a_measurement_are_in_and_what_is_beyond_is_out(
    each: Any, tmp_path: Path
) -> None:
    made, item = Mimic(), next(item for item in each.items if item not in each.fahrenheit)
    made.stay(1)
    for value in (each.low - 0.01, each.low, each.high, each.high + 0.01):
        made.event(1, item, 1, value)
    found = read(made, tmp_path).X.loc[1001]
    assert found[f"{each.name}_min"] == each.low
    assert found[f"{each.name}_max"] == each.high
    assert found[f"{each.name}_mean"] == pytest.approx((each.low + each.high) / 2)


@pytest.mark.parametrize("item", [220045, 50912])
def test_what_is_charted_after_the_moment_of_prediction_does_not_enter(
    item: int, tmp_path: Path
) -> None:
    value = {220045: 299.0, 50912: 49.0}[item]
    clean = read(ward(), tmp_path / "clean")
    leaking = ward()
    for number in range(12):
        leaking.event(number, item, 24 + 1 / 60, value + number / 100)
        leaking.event(number, item, 24 + 1 / 3600, value)
        leaking.event(number, item, 40, value)
    pd.testing.assert_frame_equal(read(leaking, tmp_path / "leaking").X, clean.X)
    # The same values a little earlier do change the features: the test would see a leak.
    early = ward()
    early.event(3, item, 24, value)
    assert (read(early, tmp_path / "early").X.loc[1003] == value).any()


def test_nothing_that_is_known_only_later_is_in_the_features(tmp_path: Path) -> None:
    clean = read(ward(), tmp_path / "clean")
    other = ward()
    for row in other.rows["ADMISSIONS"]:
        row["DISCHTIME"] += timedelta(days=300)
        row["DEATHTIME"] = row["DISCHTIME"]
        row["HOSPITAL_EXPIRE_FLAG"], row["DIAGNOSIS"] = 1, "DEAD"
    for row in other.rows["ICUSTAYS"]:
        row["LOS"] = 77.0
    for row in other.rows["PATIENTS"]:
        row["EXPIRE_FLAG"], row["DOD"] = 1, START
    found = read(other, tmp_path / "other")
    pd.testing.assert_frame_equal(found.X, clean.X)
    pd.testing.assert_series_equal(found.y, clean.y)
    for row in other.rows["ICUSTAYS"]:
        row["OUTTIME"] = row["INTIME"] + timedelta(days=30)
    longer = read(other, tmp_path / "longer")
    pd.testing.assert_frame_equal(longer.X, clean.X)
    assert longer.y.eq(1).all()
    names = {f"{each.name}_{s}" for each in MEASUREMENTS for s in ("mean", "min", "max")}
    assert set(found.X.columns) <= names


def test_the_attributes_and_the_patient_are_not_in_the_features(tmp_path: Path) -> None:
    data = read(ward(), tmp_path)
    other = ward()
    for row in other.rows["PATIENTS"]:
        row["GENDER"] = "M"
        row["DOB"] -= timedelta(days=20 * 365)
    for row in other.rows["ADMISSIONS"]:
        row["ETHNICITY"] = "HISPANIC OR LATINO"
    found = read(other, tmp_path / "other")
    pd.testing.assert_frame_equal(found.X, data.X)
    assert not found.personal.equals(data.personal)


def test_the_outcomes(tmp_path: Path) -> None:
    made = Mimic()
    for number, days in enumerate((2.0, 3.0, 3.0 + 1 / 86400, 10.5), start=1):
        made.stay(number, days=days)
        made.event(number, 211, 1, 80)
    long = read(made, tmp_path)
    assert (long.task, long.target, long.unit) == ("classification", "long_stay", None)
    assert long.y.tolist() == [0, 0, 1, 1]
    assert long.y.dtype == np.int64
    days = mimic3(tmp_path, "length_of_stay", cache=False)
    assert (days.task, days.target, days.unit) == (
        "regression",
        "length_of_stay",
        "log(1 + days)",
    )
    np.testing.assert_allclose(np.expm1(days.y), [2, 3, 3 + 1 / 86400, 10.5], rtol=1e-12)


def test_who_is_left_out(tmp_path: Path) -> None:
    made = Mimic()
    made.stay(1)
    made.stay(2, days=1.0)  # ends at the moment of prediction
    made.stay(3, days=1.0 + 1 / 86400)
    made.stay(4, days=5.0, death=0.9)
    made.stay(5, days=5.0, death=1.1)
    made.stay(6, age=17.9)
    made.stay(7, age=18.0)
    made.stay(8, days=None)
    made.stay(9, days=None, death=3.0)
    made.stay(10, age=300)  # how the database shifts people over 89
    made.stay(11, ethnicity="UNABLE TO OBTAIN")
    made.stay(12, days=-1.0)
    for number in range(1, 13):
        made.event(number, 211, 1, 80)
    data = read(made, tmp_path)
    assert data.X.index.tolist() == [1001, 1003, 1005, 1007, 1010]
    assert data.personal["age"].tolist() == ["45+", "45+", "45+", "18-44", "45+"]
    assert (
        "of 11 admissions of adults with intensive care, 3 whose\n  first stay or life ended "
        "within 24 hours, 2 without an end of the stay, 1\n  whose personal" in data.card
    )
    everyone = mimic3(tmp_path, personal=("age",), cache=False)
    assert 1011 in everyone.X.index


def test_one_row_per_admission_from_its_first_stay(tmp_path: Path) -> None:
    made = Mimic()
    made.stay(1, subject=70, admission=100, start=START + timedelta(days=9), days=9.0)
    made.stay(2, subject=70, admission=100, days=2.0)
    made.stay(3, subject=70, admission=101, start=START + timedelta(days=90), days=4.0)
    made.stay(4, subject=71, admission=102)
    for number, value in ((1, 110), (2, 60), (3, 70), (4, 80)):
        made.event(number, 211, 1, value)
        made.event(number, 50912, 1, value / 100)
    data = read(made, tmp_path)
    assert data.X.index.tolist() == [100, 101, 102]
    assert data.X["heart_rate_mean"].tolist() == [60, 70, 80]
    assert data.X["creatinine_max"].tolist() == [0.6, 0.7, 0.8]
    assert data.y.tolist() == [0, 1, 1]
    assert data.cluster is not None
    assert data.cluster.tolist() == [70, 70, 71]
    assert "3 hospital admissions of 2 adults" in data.card


def test_personal_attributes_as_asked_for(tmp_path: Path) -> None:
    made = ward()
    made.write(tmp_path)
    data = mimic3(tmp_path, cache=False)
    assert data.personal.columns.tolist() == ["age", "race"]
    assert data.personal["race"].cat.categories.tolist() == ["White", "Non-White"]
    assert data.personal["race"].tolist() == (["White"] * 3 + ["Non-White"] * 3) * 2
    other = mimic3(tmp_path, personal=("sex", "race"), cache=False)
    assert other.personal.columns.tolist() == ["sex", "race"]
    assert other.personal["sex"].tolist()[:4] == ["Female", "Female", "Male", "Male"]


def test_measurements_that_most_rows_lack_are_left_out_and_named(tmp_path: Path) -> None:
    made = ward()
    for number in range(6):
        made.event(number, 50813, 3, 2.0)
    for number in range(5):
        made.event(number, 50862, 3, 4.0)
    data = read(made, tmp_path)
    assert [name for name in data.X.columns if name.endswith("_mean")] == [
        "heart_rate_mean",
        "creatinine_mean",
        "lactate_mean",  # half of the rows is not more than half
    ]
    assert data.X["lactate_mean"].isna().sum() == 6
    dropped = next(line for line in data.card.splitlines() if "Measurements left out" in line)
    assert "albumin" in dropped
    assert "lactate" not in dropped


def test_the_order_of_the_rows_changes_no_bit(tmp_path: Path) -> None:
    made = ward()
    for number in range(12):
        for hour in range(24):
            made.event(number, 223761, hour, 97.1 + hour / 10)
    first = read(made, tmp_path / "a")
    for rows in made.rows.values():
        random.Random(4).shuffle(rows)
    second = read(made, tmp_path / "b")
    pd.testing.assert_frame_equal(first.X, second.X, check_exact=True)
    assert first.card == second.card


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"task": "mortality"}, "task 'mortality' is unknown; use 'long_stay' or 'length_of_st"),
        ({"personal": ("age", "insurance")}, "personal has 'insurance'; use 'age', 'race' and"),
        ({"personal": ()}, "at least one"),
        ({"personal": ("age", "age")}, "name each attribute once"),
    ],
)
def test_wrong_arguments(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        mimic3(tmp_path, **options)


def test_no_row_left(tmp_path: Path) -> None:
    made = Mimic()
    made.stay(1, days=0.5)
    with pytest.raises(InputError, match="has no admission of an adult with 24 hours"):
        read(made, tmp_path)
