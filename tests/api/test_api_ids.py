"""Ids among the features, and what is asked of whom names them as a cluster."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.frames import unique_id_note


def people(n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "y": rng.integers(0, 2, n),
            "x": rng.normal(size=n),
            "patient_id": np.arange(n),
            "sex": rng.choice(["f", "m"], n),
        }
    )


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("patient_id", range(50), True),
        ("patient_id", [float(i) for i in range(50)], True),
        ("name", [f"p{i}" for i in range(50)], True),
        ("income", range(50), False),
        ("patient_id", [i // 2 for i in range(50)], False),
        ("patient_id", [i + 0.5 for i in range(50)], False),
        ("ward", list("ab") * 25, False),
        ("day", pd.date_range("2026-01-01", periods=50), False),
        ("patient_id", range(5), False),
    ],
)
def test_an_id_among_the_features_is_told(name: str, values: object, said: bool) -> None:
    found = unique_id_note(pd.DataFrame({name: values}))
    assert (found is not None and f"--drop {name}" in found) == said


def test_who_leaves_the_cluster_out_is_told_to_leave_the_column_out() -> None:
    frame = people()
    features = frame[["x", "patient_id"]]
    common = {"personal": frame[["sex"]], "explainers": "none", "folds": 2}
    found = wg.audit(
        frame[["x"]], frame["y"], cluster=frame["patient_id"], **common, repeats=1, placebo=0
    )
    (note,) = [note for note in found.notes if "no two audited rows" in note]
    assert "keep its column out of the features (--drop)" in note
    found = wg.audit(features, frame["y"], **common, repeats=1, placebo=0)
    assert any("'patient_id' looks like an id, different in every row" in n for n in found.notes)
    found = wg.audit(frame[["x"]], frame["y"], **common, repeats=1, placebo=0)
    assert not any("looks like an id" in n for n in found.notes)


def test_an_epsilon_that_is_text_and_a_model_that_returns_text_are_refused() -> None:
    frame = people()
    with pytest.raises(InputError, match="epsilon must be positive and finite, not 'small'"):
        wg.compare(
            frame["y"],
            generic=np.full(300, 0.5),
            personalized=np.full(300, 0.4),
            groups=frame[["sex"]],
            epsilon="small",  # type: ignore[arg-type]
        )
    with pytest.raises(InputError, match=r"the generic model returned text, such as '0\.5'"):
        wg.audit(
            frame[["x"]],
            frame["y"],
            personal=frame[["sex"]],
            generic=lambda X: ["0.5"] * len(X),
            personalized=lambda X: np.full(len(X), 0.4),
        )
