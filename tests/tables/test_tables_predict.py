"""Predictions of files of any size: those that an audit of the same rows makes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import whogains as wg
from whogains.errors import InputError

FEATURES, PERSONAL = ["x", "k", "ward"], ["sex", "age"]
HOW = {"target": "y", "personal": PERSONAL, "drop": "note"}


def people(n=3000, seed=0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "k": rng.integers(0, 9, n),
            "ward": rng.choice(["a", "b", "c"], n),
            "sex": rng.choice(["f", "m"], n),
            "age": rng.integers(0, 2, n),
            "note": [f"free text {i}" for i in range(n)],
        }
    )
    frame.loc[n - 1, "ward"] = "seen last"
    chance = 1 / (1 + np.exp(-frame["x"] - (frame["sex"] == "f")))
    frame["y"] = (rng.random(n) < chance).astype(int)
    return frame


@pytest.fixture(scope="module")
def pair():
    train = people(seed=1)

    def fitted(columns):
        texts = [name for name in columns if name in ("ward", "sex")]
        encoder = make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), texts), remainder="passthrough"
        )
        return make_pipeline(encoder, LogisticRegression(max_iter=500)).fit(
            train[columns], train["y"]
        )

    return {"generic": fitted(FEATURES), "personalized": fitted(FEATURES + PERSONAL)}


@pytest.mark.parametrize("kind", ["frame", "parquet", "csv", "relation"])
@pytest.mark.parametrize("rows", [None, 700])
def test_every_batch_gets_what_the_model_itself_says(tmp_path: Path, pair, kind, rows):
    frame = people()
    source = frame
    if kind == "parquet":
        source = tmp_path / "in.parquet"
        frame.to_parquet(source)
    elif kind == "csv":
        source = tmp_path / "in.csv"
        frame.to_csv(source, index=False)
    elif kind == "relation":
        source = duckdb.connect().from_df(frame)
    out = tmp_path / "out.parquet"
    made = wg.predict_files(source, out, **HOW, **pair, batch_rows=rows)
    assert (made.path, made.rows, made.notes) == (out, 3000, ())
    found = pd.read_parquet(out)
    assert list(found.columns) == ["y", "sex", "age", "generic", "personalized"]
    for name, columns in (("generic", FEATURES), ("personalized", FEATURES + PERSONAL)):
        expected = pair[name].predict_proba(frame[columns])[:, 1]
        np.testing.assert_allclose(found[name], expected, rtol=1e-12)
    pd.testing.assert_frame_equal(found[["y", "sex"]], frame[["y", "sex"]], check_dtype=False)
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith(".")] == []


def test_comparing_them_is_auditing_the_models(tmp_path: Path, pair):
    frame = people()
    made = wg.predict_files(frame, tmp_path / "p.parquet", **HOW, **pair, batch_rows=999)
    names = {"target": "y", "generic": "generic", "personalized": "personalized"}
    found = wg.compare_files(made.path, **names, groups=PERSONAL, rows_in_memory=0)
    audited = wg.audit(
        frame[FEATURES],
        frame["y"],
        personal=frame[PERSONAL],
        explainers=[],
        **pair,
    )
    assert len(found.costs) == len(audited.costs)
    for mine, theirs in zip(found.costs, audited.costs, strict=True):
        for one, other in zip(mine.groups, theirs.groups, strict=True):
            assert one.bop == pytest.approx(other.bop, rel=1e-9, abs=1e-12)
            assert one.p_gain_adjusted == pytest.approx(other.p_gain_adjusted, rel=1e-6)


def test_types_of_a_csv_are_those_of_all_its_rows(tmp_path: Path):
    frame = pd.DataFrame({"y": [0, 1] * 20_000, "x": 1, "sex": ["f", "m"] * 20_000})
    text = frame.to_csv(index=False) + "1,0.75,f\n"
    (tmp_path / "t.csv").write_text(text)
    made = wg.predict_files(
        tmp_path / "t.csv",
        tmp_path / "p.parquet",
        target="y",
        personal="sex",
        generic=lambda X: X["x"] / 2,
        personalized=lambda X: X["x"] / 2 + 0.1 * (X["sex"] == "f"),
    )
    # A fraction in the last row is no 1.
    assert pd.read_parquet(made.path)["generic"].iloc[-1] == 0.375


def test_columns_to_keep_are_no_features_and_notes_are_about_all_rows(tmp_path: Path):
    frame = people().assign(clinic=np.arange(3000) // 10)
    seen = []

    def generic(X):
        seen.append(tuple(X.columns))
        return X["x"].abs() / 9

    made = wg.predict_files(
        frame,
        tmp_path / "p.parquet",
        **HOW,
        keep="clinic",
        generic=generic,
        personalized=generic,
        batch_rows=500,
    )
    assert "clinic" in pq.read_schema(made.path).names
    assert set(seen) == {("x", "k", "ward"), ("x", "k", "ward", "sex", "age")}
    assert len(made.notes) == 1
    assert "do not change when the personal columns are shuffled" in made.notes[0]


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"personal": []}, "personal names no column"),
        ({}, {"personal": "race"}, "has no column 'race'"),
        ({}, {"features": ["x", "sex"]}, "'sex' is a feature and also the target or personal"),
        ({}, {"batch_rows": 0}, "batch_rows must be at least 1"),
        ({"generic": 1.0}, {"keep": "generic"}, "'generic' has the name of a column of predic"),
        ({"day": pd.Timestamp("2020-01-01")}, {}, "'day' holds .* values, which no model can use"),
        ({"x": np.inf}, {}, "'x' .*infinite"),
        ({"y": "a"}, {}, "y is constant"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(
    tmp_path: Path, pair, change, options, message
):
    frame = people().assign(**change)
    with pytest.raises(wg.InputError, match=message):
        wg.predict_files(frame, tmp_path / "p.parquet", **{**HOW, **pair, **options})
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_fails_late_leaves_an_older_file_as_it_was(tmp_path: Path):
    out = tmp_path / "p.parquet"
    out.write_text("older")

    def fails(X):
        if (X["k"] > 7).any():
            raise RuntimeError("no such ward")
        return X["x"] * 0

    with pytest.raises(wg.InputError, match="generic model"):
        wg.predict_files(people(), out, **HOW, generic=fails, personalized=fails, batch_rows=2)
    assert out.read_text() == "older"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("source", ["rows", "rows/*.parquet", "rows/a.parquet"])
def test_no_file_is_written_among_those_that_are_read(tmp_path: Path, pair, source):
    folder = tmp_path / "rows"
    folder.mkdir()
    people().to_parquet(folder / "a.parquet")
    out = folder / ("a.parquet" if source.endswith("a.parquet") else "b.parquet")
    before = (folder / "a.parquet").read_bytes()
    with pytest.raises(InputError, match="would be one of the files that are read"):
        wg.predict_files(tmp_path / source, out, **HOW, **pair)
    assert [file.name for file in folder.iterdir()] == ["a.parquet"]
    assert (folder / "a.parquet").read_bytes() == before
    wg.predict_files(tmp_path / source, tmp_path / "b.parquet", **HOW, **pair)


@pytest.mark.parametrize("batch_rows", [None, 70])
def test_the_words_true_and_false_stay_as_written_and_models_see_truth_values(
    tmp_path: Path, batch_rows: int | None
) -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "y": rng.integers(0, 2, 300),
            "x": rng.normal(size=300),
            "smoker": rng.choice(["true", "false"], 300),
            "site": rng.choice(["TRUE", "False"], 300),
            "wave": rng.choice(["true", "FALSE"], 300),
        }
    )
    # The first batches have no missing value, and the last ones have.
    frame.loc[295:, "site"] = None
    frame.to_csv(tmp_path / "rows.csv", index=False)
    kinds = set()

    def told(X: pd.DataFrame) -> pd.Series:
        kinds.add(X["smoker"].dtype.kind)
        return 0.4 + 0.2 * X["smoker"].astype(float) + 0.1 * X["wave"].astype(float)

    written = wg.predict_files(
        tmp_path / "rows.csv",
        tmp_path / "p.parquet",
        target="y",
        personal=["smoker"],
        features=["x", "wave"],
        keep=["site", "wave"],
        generic=lambda X: X["x"] * 0 + 0.5,
        personalized=told,
        batch_rows=batch_rows,
    )
    made = pd.read_parquet(written.path)
    for name in ("smoker", "site", "wave"):
        assert made[name].tolist() == pytest.approx(frame[name].tolist(), nan_ok=True), name
    expected = 0.4 + 0.2 * (frame["smoker"] == "true") + 0.1 * (frame["wave"] == "true")
    np.testing.assert_allclose(made["personalized"], expected)
    assert kinds == {"b"}
    how = {"target": "y", "groups": ["smoker", "site"], "costs": "brier"}
    found = wg.compare_files(
        written.path, generic="generic", personalized="personalized", **how, min_cell=0
    )
    own = frame.assign(p0=made["generic"], p1=made["personalized"])
    own.to_csv(tmp_path / "own.csv", index=False)
    same = wg.compare_files(
        tmp_path / "own.csv", generic="p0", personalized="p1", **how, min_cell=0
    )
    groups = [group.group for group in found.costs[0].groups]
    assert groups == [group.group for group in same.costs[0].groups]
    assert {"smoker": "true", "site": "TRUE"} in groups
