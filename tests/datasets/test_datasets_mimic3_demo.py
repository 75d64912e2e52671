"""MIMIC-III as it is published, here the open demo of 100 patients, computed again with pandas."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from whogains.datasets import mimic3

VARIABLE = "WHOGAINS_MIMIC3"
LARGEST = 100_000_000  # bytes that pandas can read in a test
# Items and limits, written down here once more.
CHART = {
    "heart_rate": ((211, 220045), 10, 300),
    "systolic": ((51, 442, 455, 6701, 220050, 220179), 20, 300),
    "respiratory_rate": ((615, 618, 220210, 224690), 1, 70),
    "spo2": ((646, 220277), 20, 100),
    "temperature": ((676, 678, 223761, 223762), 25, 45),
}
LAB = {
    "creatinine": ((50912,), 0.1, 50),
    "glucose": ((50809, 50931), 10, 2500),
    "sodium": ((50824, 50983), 90, 200),
    "ptt": ((51275,), 10, 150),
}


def table(folder: Path, name: str) -> pd.DataFrame:
    file = next(f for f in folder.iterdir() if f.name.lower().startswith(f"{name.lower()}.csv"))
    if file.stat().st_size > LARGEST:
        pytest.skip(f"{file.name} is too large for this test; point {VARIABLE} to the demo")
    return pd.read_csv(file, low_memory=False).rename(columns=str.lower)


@pytest.fixture(scope="module")
def folder() -> Path:
    named = os.environ.get(VARIABLE)
    if not named:
        pytest.skip(f"{VARIABLE} does not name a folder of MIMIC-III")
    return Path(named)


@pytest.fixture(scope="module")
def stays(folder: Path) -> pd.DataFrame:
    stays = table(folder, "ICUSTAYS")
    for name in ("intime", "outtime"):
        stays[name] = pd.to_datetime(stays[name])
    stays = stays.sort_values(["intime", "icustay_id"]).drop_duplicates("hadm_id")
    admissions = table(folder, "ADMISSIONS")[["hadm_id", "deathtime", "ethnicity"]]
    patients = table(folder, "PATIENTS")[["subject_id", "gender", "dob"]]
    stays = stays.merge(admissions, on="hadm_id").merge(patients, on="subject_id")
    # Years apart, because some dates of birth are too far from the stay for a difference.
    born = pd.to_datetime(stays["dob"])
    begun = stays["intime"]
    had = begun.dt.month * 100 + begun.dt.day >= born.dt.month * 100 + born.dt.day
    stays["age"] = begun.dt.year - born.dt.year - (~had).astype(int)
    end = stays[["outtime"]].assign(died=pd.to_datetime(stays["deathtime"])).min(axis=1)
    there = end > begun + pd.Timedelta(hours=24)
    known = ~stays["ethnicity"].isin(
        ["UNKNOWN/NOT SPECIFIED", "UNABLE TO OBTAIN", "PATIENT DECLINED TO ANSWER"]
    )
    return stays[there & known & (stays["age"] >= 18)].set_index("hadm_id").sort_index()


def test_the_rows_outcomes_and_attributes(folder: Path, stays: pd.DataFrame) -> None:
    data = mimic3(folder, "length_of_stay", personal=("age", "race", "sex"), cache=False)
    assert data.X.index.tolist() == stays.index.tolist()
    assert data.cluster is not None
    assert data.cluster.tolist() == stays["subject_id"].tolist()
    days = (stays["outtime"] - stays["intime"]) / pd.Timedelta(days=1)
    np.testing.assert_allclose(np.expm1(data.y), days, rtol=1e-12)
    np.testing.assert_allclose(np.expm1(data.y), stays["los"], atol=1e-4)
    assert (data.personal["sex"] == "Female").tolist() == stays["gender"].eq("F").tolist()
    white = stays["ethnicity"].str.startswith("WHITE")
    assert (data.personal["race"] == "White").tolist() == white.tolist()
    assert (data.personal["age"] == "45+").tolist() == stays["age"].ge(45).tolist()
    assert data.X.isna().mean().max() <= 0.5
    long = mimic3(folder, cache=False)
    assert long.y.loc[days.index].tolist() == days.gt(3).astype(int).tolist()


@pytest.mark.parametrize(
    ("name", "key", "wanted"),
    [
        ("CHARTEVENTS", "icustay_id", CHART),
        ("LABEVENTS", "subject_id", LAB),
    ],
    ids=["chart", "laboratory"],
)
def test_the_features(
    folder: Path,
    stays: pd.DataFrame,
    name: str,
    key: str,
    wanted: dict[str, tuple[tuple[int, ...], float, float]],
) -> None:
    data = mimic3(folder, cache=False)
    events = table(folder, name)
    if "error" in events:
        events = events[events["error"] != 1]
    events = events.merge(stays[[key, "intime"]].reset_index(), on=key, suffixes=("_event", ""))
    after = pd.to_datetime(events["charttime"]) - events["intime"]
    events = events[after.between(pd.Timedelta(0), pd.Timedelta(hours=24))]
    for feature, (items, low, high) in wanted.items():
        mine = events[events["itemid"].isin(items)]
        fahrenheit = mine["itemid"].isin([678, 223761])
        value = mine["valuenum"].where(~fahrenheit, (mine["valuenum"] - 32) * 5 / 9)
        value = value[value.between(low, high)]
        found = value.groupby(mine["hadm_id"]).agg(["mean", "min", "max"]).reindex(stays.index)
        assert found["mean"].notna().mean() > 0.5, feature
        for statistic in ("mean", "min", "max"):
            np.testing.assert_allclose(
                data.X[f"{feature}_{statistic}"], found[statistic], atol=6e-5, err_msg=feature
            )
