"""Other libraries of gradient boosting, where they are installed."""

import numpy as np
import pandas as pd
import pytest

from whogains.explain import completeness, find_explainer, tree_shap
from whogains.frames import encode
from whogains.models import adapt_model, fit_model, margin

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame(RNG.normal(size=(300, 4)), columns=list("abcd"))
TABLE = encode(FRAME)
VALUE = (FRAME["a"] + FRAME["b"] * FRAME["c"]).to_numpy()


QUIET = {
    "lightgbm": ("LGBM", {"verbose": -1}),
    "xgboost": ("XGB", {"verbosity": 0}),
    "catboost": ("CatBoost", {"verbose": 0, "allow_writing_files": False}),
}


@pytest.fixture(params=QUIET)
def library(request):
    name = request.param
    package = pytest.importorskip(name, reason=f"{name} is not installed")
    prefix, quiet = QUIET[name]
    return lambda kind: getattr(package, prefix + kind)(n_estimators=8, **quiet)


@pytest.mark.parametrize("kind", ["Classifier", "Regressor"])
@pytest.mark.parametrize("as_frame", [True, False])
def test_predictions_are_its_own_and_its_trees_are_read(library, kind, as_frame):
    task = "classification" if kind == "Classifier" else "regression"
    y = (VALUE > 0).astype(int) if kind == "Classifier" else VALUE
    data = FRAME if as_frame else FRAME.to_numpy()
    estimator = library(kind).fit(data, y)
    model = adapt_model(estimator, TABLE.columns, task)
    wanted = (
        estimator.predict_proba(data)[:, 1] if kind == "Classifier" else estimator.predict(data)
    )
    np.testing.assert_allclose(model.predict(TABLE.matrix), wanted, rtol=1e-6)
    found = tree_shap(model, TABLE.matrix, np.zeros(4), 0)
    raw = margin(estimator, TABLE.matrix)
    gap = raw - found.sum(axis=1)
    # Every row is the same constant away: what the trees expect.
    np.testing.assert_allclose(gap, gap[0], atol=1e-4)
    own = find_explainer("tree_shap", ())
    check = completeness(own, model, TABLE.matrix, np.zeros((1, 4)), found)
    assert check.relative_gap < own.tolerance
    fitted = fit_model(TABLE, y.astype(float), task, estimator=library(kind))
    assert fitted.tree is not None
