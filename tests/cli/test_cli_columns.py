"""Columns of a CSV on the command line: what models see, and what groups are."""

from __future__ import annotations

import json
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from whogains.cli import main

ROWS = 300


def people() -> pd.DataFrame:
    draw = np.random.default_rng(6)
    frame = pd.DataFrame(
        {
            "smoker": draw.choice(["yes", "no"], ROWS),
            "age": draw.integers(20, 80, ROWS),
            "site": draw.choice(["01", "1", "2"], ROWS),
        }
    )
    chance = 0.2 + 0.4 * (frame["smoker"] == "yes") + 0.2 * (frame["site"] == "01")
    return frame.assign(y=(draw.random(ROWS) < chance).astype(int))


def test_yes_and_no_are_words_for_a_model_in_a_scan_too(tmp_path: Path) -> None:
    frame = people()
    frame.to_csv(tmp_path / "a.csv", index=False)
    call = ["predict", str(tmp_path / "a.csv"), "-o", str(tmp_path / "p.parquet"), "--quiet"]
    call += ["--target", "y", "--personal", "smoker", "--features", "age", "--trust-pickle"]
    right = {}
    for name, columns in (("generic", ["age"]), ("personalized", ["age", "smoker"])):
        words = [column for column in columns if column == "smoker"]
        model = make_pipeline(
            make_column_transformer((OneHotEncoder(), words), remainder="passthrough"),
            LogisticRegression(max_iter=1000),
        ).fit(frame[columns], frame["y"])
        joblib.dump(model, tmp_path / f"{name}.joblib")
        call += [f"--{name}-model", str(tmp_path / f"{name}.joblib")]
        right[name] = model.predict_proba(frame[columns])[:, 1]
    assert main(call) == 0
    made = pd.read_parquet(tmp_path / "p.parquet")
    assert made["smoker"].tolist() == frame["smoker"].tolist()
    for name, values in right.items():
        np.testing.assert_allclose(made[name], values)


def test_groups_of_an_audit_are_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    people().to_csv(path, index=False)
    text = path.read_text("utf-8")
    # A column that is there twice, and that nobody asks for, is no feature.
    lines = [f"{line},{'twice,twice' if i == 0 else '3,4'}" for i, line in enumerate(text.split())]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    call = ["audit", str(path), "--target", "y", "--personal", "site", "--model", "linear"]
    call += ["--explainers", "none", "--repeats", "1", "--placebo", "0", "--quiet"]
    assert main([*call, "--json", str(tmp_path / "a.json")]) == 0
    found = json.loads((tmp_path / "a.json").read_text("utf-8"))
    sites = [group["group"]["site"] for group in found["costs"][0]["groups"]]
    assert sorted(sites) == ["01", "1", "2"]
    assert found["settings"]["features"] == ["smoker", "age"]
    assert any("more than one column named 'twice'" in note for note in found["notes"])
