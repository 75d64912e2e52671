"""A column that looks like a repeated id is told, and nothing else is."""

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.frames import looks_like_id, repeated_id_note

ROWS = 200


@pytest.mark.parametrize("name", ["id", "patient_id", "SUBJECT_ID", "subjectID", "MRN", "Patient"])
def test_names_of_ids(name):
    assert looks_like_id(name)


@pytest.mark.parametrize("name", ["humidity", "age", "width", "inpatient_days", "idle"])
def test_names_of_other_things(name):
    assert not looks_like_id(name)


@pytest.mark.parametrize(
    "values",
    [
        np.arange(ROWS),  # one row each
        np.arange(ROWS) % 3,  # a category
        np.random.default_rng(0).normal(size=ROWS),  # a measurement
    ],
)
def test_no_repeated_id(values):
    assert repeated_id_note(pd.DataFrame({"id": values})) is None


def test_audit_tells_and_stops_telling_with_a_cluster():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=ROWS), "patient_id": np.arange(ROWS) // 2})
    y = X["x"].to_numpy() + rng.normal(size=ROWS)
    how = {"personal": {"sex": ["F", "M"] * (ROWS // 2)}, "model": "linear", "explainers": []}
    assert any(
        "cluster='patient_id'" in note for note in wg.audit(X, y, **how, repeats=1, placebo=0).notes
    )
    found = wg.audit(
        X.drop(columns="patient_id"), y, cluster=X["patient_id"], **how, repeats=1, placebo=0
    )
    assert not any("cluster=" in note for note in found.notes)


def test_numbers_that_a_word_made_text_are_told():
    X = pd.DataFrame({"x": np.arange(ROWS) % 7.0, "age": [*map(str, range(20, 19 + ROWS)), "old"]})
    y = np.random.default_rng(0).normal(size=ROWS)
    how = {"personal": {"sex": ["F", "M"] * (ROWS // 2)}, "model": "linear", "explainers": []}
    assert any(
        "'age' is text and taken for" in note
        for note in wg.audit(X, y, **how, repeats=1, placebo=0).notes
    )
    X["age"] = pd.to_numeric(X["age"], errors="coerce")
    assert not any("is text" in note for note in wg.audit(X, y, **how, repeats=1, placebo=0).notes)


def test_arrays_of_features_and_of_attributes_need_no_names():
    rng = np.random.default_rng(0)
    X, S = rng.normal(size=(ROWS, 2)), rng.integers(0, 2, (ROWS, 2))
    found = wg.audit(
        X, X[:, 0] + S[:, 0], personal=S, model="linear", explainers=[], repeats=1, placebo=0
    )
    assert found.data.personal == ("personal0", "personal1")


def test_text_of_everybodys_own_is_refused_before_memory_ends(monkeypatch):
    monkeypatch.setattr("whogains.models.encoding.LARGEST", 100_000)
    X = pd.DataFrame({"x": np.arange(ROWS) % 7.0, "name": [f"n{i}" for i in range(ROWS)]})
    how = {"personal": {"sex": ["F", "M"] * (ROWS // 2)}, "model": "linear", "explainers": []}
    with pytest.raises(wg.InputError, match="'name' is text with 1.. categories, too many"):
        wg.audit(X, np.arange(ROWS) % 5.0, **how, repeats=1, placebo=0)
