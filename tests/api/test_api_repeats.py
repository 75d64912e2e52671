"""A column that looks like a repeated id is told, and nothing else is."""

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.api.repeats import looks_like_id, repeated_id_note

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
    assert any("cluster='patient_id'" in note for note in wg.audit(X, y, **how).notes)
    found = wg.audit(X.drop(columns="patient_id"), y, cluster=X["patient_id"], **how)
    assert not any("cluster=" in note for note in found.notes)
