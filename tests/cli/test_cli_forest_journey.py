"""A data scientist's journey: a random forest, from a file of rows to the page."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from whogains.cli import main


def patients(rows: int, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "patient_id": [f"P{seed}{i:05}" for i in range(rows)],
            "age": draw.uniform(30, 90, rows).round(2),
            "ward": draw.choice(["north", "south", "west"], rows),
            "stage": draw.integers(1, 5, rows),
            "sex": draw.choice(["F", "M"], rows),
        }
    )
    # Only the sex tells the risk in stages 1 and 2 apart from that in 3 and 4.
    up = np.where(frame["sex"] == "F", frame["stage"] > 2, frame["stage"] <= 2)
    frame["died"] = np.where(draw.random(rows) < np.where(up, 0.75, 0.2), "yes", "no")
    return frame


def forest(columns: list[str]) -> Any:
    """Make a forest behind an encoder that refuses what it has not seen."""
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="error"), columns), remainder="passthrough"
    )
    return make_pipeline(encoder, RandomForestClassifier(30, min_samples_leaf=20, random_state=0))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fit two forests on some patients, and keep them beside a file of others."""
    folder = tmp_path_factory.mktemp("forest")
    learned, audited = patients(1200, 1), patients(800, 2)
    learned.to_csv(folder / "learned.csv", index=False)
    audited.to_csv(folder / "audited.csv", index=False)
    seen = ["age", "ward", "stage"]
    generic = forest(["ward", "stage"]).fit(learned[seen], learned["died"])
    personalized = forest(["ward", "stage", "sex"]).fit(learned[[*seen, "sex"]], learned["died"])
    joblib.dump(generic, folder / "generic.joblib")
    joblib.dump(personalized, folder / "personalized.joblib")
    return folder


def words(file: str) -> list[str]:
    return shlex.split(
        f"audit {file} --target died --personal sex --drop patient_id --generic-model "
        "generic.joblib --personalized-model personalized.joblib --trust-pickle --keep 1,2"
    )


def test_from_the_file_to_the_page(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    asked = ["--json", "audit.json", "--html", "report.html", "--fail-on", "harm"]
    assert main([*words("audited.csv"), *asked]) == 0
    shown = capsys.readouterr().out
    assert "'yes' counts as 1 and 'no' as 0" in " ".join(shown.split())
    found = json.loads(Path("audit.json").read_text("utf-8"))
    # The forests are read through their encoders, and say what they do to the last digit.
    assert found["settings"]["explainers"] == ["tree_shap"]
    assert max(found["settings"]["completeness_gap"]["tree_shap"].values()) < 1e-6
    assert found["warnings"] == []
    brier = next(cost for cost in found["costs"] if cost["name"] == "brier")
    assert [group["verdict"] for group in brier["groups"]] == ["gain", "gain"]
    audited = pd.read_csv("audited.csv")
    chances = [
        joblib.load(f"{name}.joblib").predict_proba(audited[columns])[:, 1]
        for name, columns in (
            ("generic", ["age", "ward", "stage"]),
            ("personalized", ["age", "ward", "stage", "sex"]),
        )
    ]
    squares = [(chance - (audited["died"] == "yes")) ** 2 for chance in chances]
    for group in brier["groups"]:
        mine = audited["sex"] == group["group"]["sex"]
        assert group["bop"] == pytest.approx((squares[0] - squares[1])[mine].mean(), abs=1e-9)
    page = Path("report.html").read_text("utf-8")
    assert "The answer" in page
    assert "tree_shap" in page
    assert main(["report", "audit.json", "--html", "again.html"]) == 0
    assert Path("again.html").read_text("utf-8") == page


def test_the_rows_that_the_forests_were_fitted_to_do_not_pass(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    learned = patients(1200, 1)
    seen = ["age", "ward", "stage"]
    for name, columns in (("generic", seen), ("personalized", [*seen, "sex"])):
        encoder = make_column_transformer(
            (OneHotEncoder(), [c for c in columns if c != "age"]), remainder="passthrough"
        )
        deep = make_pipeline(encoder, RandomForestClassifier(20, random_state=0))
        joblib.dump(deep.fit(learned[columns], learned["died"]), f"deep-{name}.joblib")
    call = [f"deep-{each}" if each.endswith(".joblib") else each for each in words("learned.csv")]
    call += ["--explainers", "none", "--quiet", "--fail-on", "harm"]
    assert main(call) == 1
    assert "--allow training_rows lets pass" in capsys.readouterr().err
