"""Arguments of the wrong kind are one line with their name, and pipes are not waited for."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.cli import main
from whogains.errors import InputError

ROWS = pd.DataFrame(
    {"y": [0, 1] * 30, "p0": np.linspace(0.1, 0.9, 60), "p1": 0.5, "g": list("aabb") * 15}
)
COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
ODD = ["x", [], {}, object(), b"x", ["a", 1]]


@pytest.mark.parametrize("name", ["folds", "repeats", "placebo", "holdout", "n_jobs"])
@pytest.mark.parametrize("value", ODD)
def test_numbers_of_an_audit(name, value):
    with pytest.raises(InputError, match=f"{name} must be a"):
        wg.audit(ROWS[["p0"]], ROWS["y"], personal=ROWS[["g"]], **{name: value})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"explainers": 5}, "explainers must be a list of names"),
        ({"feature_groups": [1]}, "feature_groups must be a mapping"),
        ({"model": []}, "model must be a name or what can be fitted"),
        ({"personal": []}, "personal names no attribute"),
        ({"folds": None}, "folds must be a whole number"),
    ],
)
def test_other_arguments_of_an_audit(options, said):
    with pytest.raises(InputError, match=said):
        wg.audit(ROWS[["p0"]], ROWS["y"], **{"personal": ROWS[["g"]], **options})


@pytest.mark.parametrize("name", ["target", "generic", "personalized", "sample_weight", "cluster"])
@pytest.mark.parametrize("value", [[], {}, 5, ["y"]])
def test_names_of_columns(name, value):
    with pytest.raises(InputError, match=f"{name} must be the name of a column"):
        wg.compare_files(ROWS, **{**COLUMNS, name: value})


@pytest.mark.parametrize("data", [None, 5, object()])
def test_what_is_no_table(data):
    with pytest.raises(InputError, match="cannot read the"):
        wg.compare_files(data, **COLUMNS)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("more", [[], ["--rows-in-memory", "0"]])
def test_a_pipe_that_nobody_writes_to_is_refused(tmp_path, capsys, more):
    os.mkfifo(tmp_path / "rows.csv")
    words = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]
    assert main(["compare", str(tmp_path / "rows.csv"), *words, *more]) == 2
    assert "is a pipe, which can be read only once" in capsys.readouterr().err


def test_a_query_that_is_interrupted_is_no_mistake_of_the_program(monkeypatch, capsys):
    def interrupted(*_: object, **__: object) -> int:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("whogains.cli._run", interrupted)
    assert main(["plan"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_name_that_is_too_long_is_told_by_its_name(capsys):
    words = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g"]
    assert main(["compare", "n" * 300 + ".csv", *words]) == 2
    said = capsys.readouterr().err
    assert "nnn" in said
    assert "standard output" not in said
