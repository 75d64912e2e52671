"""Models from files predict what the models they were saved from predict."""

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from whogains.errors import InputError
from whogains.frames import encode
from whogains.models import adapt_model, load_model

RNG = np.random.default_rng(2)
FRAME = pd.DataFrame({"a": RNG.normal(size=80), "b": RNG.normal(size=80)})
TABLE = encode(FRAME)
LABEL = np.where(FRAME["a"] + FRAME["b"] > 0, "yes", "no")
CLASSIFIER = make_pipeline(StandardScaler(), LogisticRegression()).fit(FRAME.to_numpy(), LABEL)
REGRESSOR = LinearRegression().fit(FRAME.to_numpy(), FRAME["a"] * 2)
PROBABILITY = CLASSIFIER.predict_proba(FRAME.to_numpy())


@pytest.fixture
def onnx(tmp_path):
    pytest.importorskip("onnxruntime", reason="onnxruntime is not installed (extra onnx)")
    skl2onnx = pytest.importorskip("skl2onnx", reason="skl2onnx is not installed")
    from skl2onnx.common.data_types import FloatTensorType

    def save(model, name="model.onnx", *, columns=None, **options):
        types = [("X", FloatTensorType([None, 2]))]
        if columns:
            types = [(column, FloatTensorType([None, 1])) for column in columns]
        made = skl2onnx.convert_sklearn(model, initial_types=types, **options)
        path = tmp_path / name
        path.write_bytes(made.SerializeToString())
        return path

    return save


@pytest.mark.parametrize("zipmap", [True, False])
@pytest.mark.parametrize(("positive", "column"), [("yes", 1), ("no", 0)])
def test_onnx_classifiers(onnx, zipmap, positive, column):
    path = onnx(CLASSIFIER, options={id(CLASSIFIER): {"zipmap": zipmap}})
    model = adapt_model(load_model(path), TABLE.columns, "classification", positive=positive)
    np.testing.assert_allclose(model.predict(TABLE.matrix), PROBABILITY[:, column], atol=1e-5)


def test_onnx_regressors(onnx):
    model = adapt_model(load_model(onnx(REGRESSOR)), TABLE.columns, "regression")
    wanted = REGRESSOR.predict(FRAME.to_numpy())
    np.testing.assert_allclose(model.predict(TABLE.matrix), wanted, atol=1e-5)


def test_onnx_with_an_input_per_column(onnx):
    from sklearn.compose import make_column_transformer

    both = make_pipeline(
        make_column_transformer(("passthrough", ["b", "a"])), LinearRegression()
    ).fit(FRAME, FRAME["a"] * 2)
    path = onnx(both, columns=["b", "a"])
    more = encode(FRAME.assign(c=0.0))
    model = adapt_model(load_model(path), more.columns, "regression")
    assert model.names == ("b", "a")
    np.testing.assert_allclose(
        model.predict(FRAME[["b", "a"]].to_numpy()), both.predict(FRAME), atol=1e-5
    )
    with pytest.raises(InputError, match="input 'b' is not a column"):
        adapt_model(load_model(path), encode(FRAME[["a"]]).columns, "regression")


def test_one_number_per_row_is_not_guessed(onnx):
    path = onnx(REGRESSOR)
    model = adapt_model(load_model(path), TABLE.columns, "classification")
    with pytest.raises(InputError, match="log-odds or a probability cannot be seen"):
        model.predict(TABLE.matrix)
    logit = adapt_model(load_model(path, output="logit"), TABLE.columns, "classification")
    wanted = 1 / (1 + np.exp(-REGRESSOR.predict(FRAME.to_numpy())))
    np.testing.assert_allclose(logit.predict(TABLE.matrix), wanted, atol=1e-5)
    values = adapt_model(load_model(path, output="probability"), TABLE.columns, "classification")
    with pytest.raises(InputError, match="not probabilities"):
        values.predict(TABLE.matrix)


def test_onnx_numbers_and_text(onnx):
    text = encode(FRAME.assign(b="x")).columns
    with pytest.raises(InputError, match="column 'b' is not a number"):
        adapt_model(load_model(onnx(REGRESSOR)), text, "regression")


def test_skops(tmp_path):
    io = pytest.importorskip("skops.io", reason="skops is not installed (extra skops)")
    io.dump(CLASSIFIER, tmp_path / "model.skops")
    model = adapt_model(
        load_model(tmp_path / "model.skops"), TABLE.columns, "classification", positive="yes"
    )
    # Not to the bit: a matrix product rounds as its operands are aligned in memory.
    np.testing.assert_allclose(model.predict(TABLE.matrix), PROBABILITY[:, 1], rtol=1e-13)
    io.dump(make_pipeline(Strange(), LinearRegression()), tmp_path / "strange.skops")
    with pytest.raises(InputError, match="types that skops does not trust .*Strange.*--trust-pic"):
        load_model(tmp_path / "strange.skops")
    # skops 0.16 does not trust the nodes of trees, which are indexed without a check.
    trees = HistGradientBoostingRegressor(max_iter=3).fit(FRAME.to_numpy(), FRAME["a"] * 2)
    io.dump(trees, tmp_path / "trees.skops")
    found = load_model(tmp_path / "trees.skops", trust_pickle=True)
    np.testing.assert_array_equal(found.predict(FRAME.to_numpy()), trees.predict(FRAME.to_numpy()))
    assert adapt_model(found, TABLE.columns, "regression").tree is not None


class Strange(StandardScaler):
    """A type of somebody's own."""


def test_pickles_only_when_trusted(tmp_path):
    path = tmp_path / "model.joblib"
    joblib.dump(REGRESSOR, path)
    with pytest.raises(
        InputError, match="runs whatever program its maker put into it.*--trust-pic"
    ):
        load_model(path)
    found = load_model(path, trust_pickle=True).predict(FRAME.to_numpy())
    np.testing.assert_array_equal(found, REGRESSOR.predict(FRAME.to_numpy()))


def test_what_is_no_model_file(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="no such model file"):
        load_model(tmp_path / "model.onnx")
    for name, message in (
        ("model.txt", "a model file ends in .onnx"),
        ("model.pkl", "cannot be loaded"),
    ):
        (tmp_path / name).write_text("no model")
        with pytest.raises(InputError, match=message):
            load_model(tmp_path / name, trust_pickle=True)
    (tmp_path / "model.onnx").write_text("no model")
    # Whether or not it is installed.
    with pytest.raises(InputError, match="cannot be loaded|needs the package onnxruntime"):
        load_model(tmp_path / "model.onnx")
    monkeypatch.setattr("whogains.models.extras.find_spec", lambda _package: None)
    with pytest.raises(InputError, match=r"needs the package onnxruntime.*whogains\[onnx\]"):
        load_model(tmp_path / "model.onnx")
