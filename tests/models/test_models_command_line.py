"""Models from files on the command line give what the same models give in Python."""

import json
import shlex

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import whogains as wg
from whogains.cli import main
from whogains.models import load_model

RNG = np.random.default_rng(2)
N = 150
FRAME = pd.DataFrame(
    {
        "a": RNG.normal(size=N),
        "b": RNG.normal(size=N),
        "male": RNG.integers(0, 2, N),
    }
)
FRAME["ill"] = (FRAME["a"] + FRAME["male"] + RNG.normal(0, 0.5, N) > 0.5).astype(int)
GENERIC = LogisticRegression().fit(FRAME[["a", "b"]].to_numpy(), FRAME["ill"])
PERSONALIZED = LogisticRegression().fit(FRAME[["a", "b", "male"]].to_numpy(), FRAME["ill"])


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    FRAME.to_csv("people.csv", index=False)

    def command(kind, *options):
        given = ["--generic-model", f"generic.{kind}", "--personalized-model", f"other.{kind}"]
        words = ["audit", "people.csv", "--target", "ill", "--personal", "male", *given, *options]
        status = main([*words, "--explainers", "occlusion", "--keep", "1,2", "--json", "-"])
        return status, capsys.readouterr()

    return command


def in_python():
    found = wg.audit(
        FRAME[["a", "b"]],
        FRAME["ill"],
        personal=FRAME[["male"]],
        generic=GENERIC,
        personalized=PERSONALIZED,
        explainers=["occlusion"],
        keep=[1, 2],
    )
    return [group.bop for cost in found.costs for group in cost.groups]


def bops(text):
    return [group["bop"] for cost in json.loads(text)["costs"] for group in cost["groups"]]


def test_skops(run):
    io = pytest.importorskip("skops.io", reason="skops is not installed (extra skops)")
    io.dump(GENERIC, "generic.skops")
    io.dump(PERSONALIZED, "other.skops")
    status, told = run("skops")
    assert status == 0, told.err
    np.testing.assert_allclose(bops(told.out), in_python(), atol=1e-12)


def test_an_ordinary_pipeline_needs_no_trust(tmp_path):
    io = pytest.importorskip("skops.io", reason="skops is not installed (extra skops)")
    rows = np.random.default_rng(0).normal(size=(50, 2))
    steps = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())
    steps.fit(rows, rows[:, 0] > 0)
    io.dump(steps, tmp_path / "steps.skops")
    loaded = load_model(tmp_path / "steps.skops")
    np.testing.assert_array_equal(loaded.predict_proba(rows), steps.predict_proba(rows))


def test_onnx(run, tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra onnx)")
    skl2onnx = pytest.importorskip("skl2onnx", reason="skl2onnx is not installed")
    from skl2onnx.common.data_types import FloatTensorType

    for model, name in ((GENERIC, "generic.onnx"), (PERSONALIZED, "other.onnx")):
        types = [("X", FloatTensorType([None, model.n_features_in_]))]
        made = skl2onnx.convert_sklearn(model, initial_types=types)
        (tmp_path / name).write_bytes(made.SerializeToString())
    status, told = run("onnx")
    assert status == 0, told.err
    # float32 inside: the same labels, and probabilities that differ by rounding.
    np.testing.assert_allclose(bops(told.out), in_python(), atol=1e-5)


def test_pickles_ask_for_trust(run):
    joblib.dump(GENERIC, "generic.joblib")
    joblib.dump(PERSONALIZED, "other.joblib")
    status, told = run("joblib")
    assert status == 2
    assert "generic.joblib is a pickle: loading it runs whatever program" in told.err
    assert told.err.count("\n") == 1
    status, told = run("joblib", "--trust-pickle")
    assert status == 0, told.err
    np.testing.assert_allclose(bops(told.out), in_python(), atol=1e-12)


def test_one_model_is_not_enough(run):
    assert run("pkl")[0] == 2


def test_predictions_to_a_file_and_their_comparison_are_the_audit(run, capsys):
    joblib.dump(GENERIC, "generic.joblib")
    joblib.dump(PERSONALIZED, "other.joblib")
    words = ["predict", "people.csv", "--target", "ill", "--personal", "male", "-o", "p.parquet"]
    assert main(words) == 2
    assert "Missing option '--generic-model'" in capsys.readouterr().err
    words += ["--generic-model", "generic.joblib", "--personalized-model", "other.joblib"]
    assert main(words) == 2
    assert "is a pickle" in capsys.readouterr().err
    assert main([*words, "--trust-pickle"]) == 0
    told = capsys.readouterr().out
    assert f"Predictions of {N} rows: p.parquet" in told
    (follow,) = [line for line in told.splitlines() if line.startswith("Next: whogains ")]
    assert main([*shlex.split(follow)[2:], "--json", "-"]) == 0
    found = bops(capsys.readouterr().out)
    expected = in_python()[: len(found)]
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert main([*words, "--trust-pickle", "--output", "people.csv"]) == 2
    assert "people.csv is the file that is read" in capsys.readouterr().err
