"""Classifiers of other libraries return probabilities in many shapes: read, or refused."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import make_column_transformer
from sklearn.ensemble import StackingClassifier, StackingRegressor, VotingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import whogains as wg
from whogains.errors import InputError
from whogains.frames import encode
from whogains.models import adapt_model, fit_model

COLUMNS = encode({"a": [1.0, 2.0]}).columns
ROWS = 120
RNG = np.random.default_rng(2)
X = pd.DataFrame({"a": RNG.normal(size=ROWS), "site": RNG.choice(["north", "south"], ROWS)})
S = pd.DataFrame({"s": RNG.choice(["u", "v"], ROWS)})
VALUE = X["a"] + (S["s"] == "u") + 0.3 * RNG.normal(size=ROWS)
EVENT = (VALUE > 0.5).astype(int)
QUICK: dict[str, Any] = {"explainers": [], "repeats": 1, "placebo": 0, "folds": 2}


class Returns:
    """A classifier of no and yes that returns what it is told to."""

    def __init__(self, returned: Any = None, classes: Any = ("no", "yes")) -> None:
        self.returned = returned
        if classes is not None:
            self.classes_ = np.array(classes)

    def predict(self, rows: Any) -> Any:
        return np.zeros(len(rows))

    def predict_proba(self, _: Any) -> Any:
        return self.returned


def probabilities(returned: Any, positive: str = "yes") -> Any:
    model = adapt_model(Returns(returned), COLUMNS, "classification", positive=positive)
    return model.predict(np.zeros((2, 1))).tolist()


PAIRS = [[0.4, 0.6], [0.9, 0.1]]


@pytest.mark.parametrize(
    "returned",
    [
        PAIRS,
        np.array(PAIRS),
        pd.DataFrame(PAIRS),
        pd.DataFrame(PAIRS, columns=["p_no", "p_yes"]),
        pd.DataFrame(PAIRS, columns=["no", "yes"]),
        pd.DataFrame(PAIRS, columns=["no", "yes"])[["yes", "no"]],
        pd.DataFrame(PAIRS, columns=["no", "yes"]).loc[[1, 0]],
    ],
)
def test_lists_and_frames_are_read(returned: Any) -> None:
    assert probabilities(returned) == [0.6, 0.1]
    assert probabilities(returned, "no") == [0.4, 0.9]


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        ([0.6, 0.1], "returned one probability per row, and its classes are two: ['no', 'yes']"),
        (
            [[0.6], [0.1]],
            "give fitted models as functions from a frame to the probability of 'yes'",
        ),
        ([[0.2, 0.3, 0.5]] * 2, "returned 3 columns"),
        ([np.array(PAIRS)], "returned a list of tables, as models of several outcomes do"),
        ([[0.2, 0.8], [0.5]], "returned rows of different lengths"),
        (pd.DataFrame(PAIRS, index=[7, 8]), "whose index is not that of the rows"),
    ],
)
def test_other_shapes_are_refused_with_help(returned: Any, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        probabilities(returned)


def test_an_estimator_without_classes_is_told_what_to_do() -> None:
    with pytest.raises(InputError, match="has no classes_.*let its fit set classes_"):
        adapt_model(Returns(PAIRS, None), COLUMNS, "classification", positive="yes")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rounding_beyond_0_and_1_is_no_error(dtype: Any) -> None:
    returned = np.array([[-1e-7, 1.0000001], [1.0000001, -1e-7]], dtype=dtype)
    assert probabilities(returned) == [1.0, 0.0]
    assert probabilities(1 - returned) == [0.0, 1.0]
    with pytest.raises(InputError, match=re.escape("outside [0, 1]")):
        probabilities(returned * 1.0001)


def named(last: Any) -> Any:
    """Make a pipeline that chooses columns by name."""
    chosen = make_column_transformer(
        (StandardScaler(), ["a"]), remainder=OneHotEncoder(handle_unknown="ignore")
    )
    return make_pipeline(chosen, last)


@pytest.mark.parametrize(
    "model",
    [
        StackingClassifier([("one", named(LogisticRegression()))], cv=2),
        VotingClassifier([("one", named(LogisticRegression()))], voting="soft"),
        CalibratedClassifierCV(named(LogisticRegression()), cv=2),
        StackingRegressor([("one", named(Ridge()))], cv=2),
    ],
    ids=lambda model: type(model).__name__,
)
def test_pipelines_inside_others_get_columns_by_name(model: Any) -> None:
    regression = isinstance(model, StackingRegressor)
    task = "regression" if regression else "classification"
    y = VALUE if regression else EVENT
    table = encode(X)
    fitted = fit_model(table, y.to_numpy(np.float64), task, estimator=model)
    own = model.fit(X, y)
    expected = own.predict(X) if regression else own.predict_proba(X)[:, 1]
    np.testing.assert_allclose(fitted.predict(table.matrix), expected, atol=1e-9)
    found = wg.audit(X, y, personal=S, model=model, task=task, **QUICK)
    assert found.data.rows == ROWS


def test_voting_by_labels_is_told_to_vote_softly() -> None:
    model = VotingClassifier([("one", LogisticRegression())])
    with pytest.raises(InputError, match="say voting='soft'"):
        wg.audit(X, EVENT, personal=S, model=model, **QUICK)


@pytest.mark.parametrize("model", [None, "linear"])
def test_a_column_without_values_has_no_part(model: Any) -> None:
    # In the second, the only values stand in one fold, so that half of the models see none.
    empty = X.assign(e=np.nan)
    once = X.assign(e=np.where(np.arange(ROWS) == 3, 2.5, np.nan))
    for frame in (empty, once, X.assign(e=None)):
        found = wg.audit(
            frame, EVENT, personal=S, model=model, **{**QUICK, "explainers": None, "keep": 1}
        )
        assert found.data.rows == ROWS
        told = "columns without any value have no part: 'e'" in found.notes
        assert told == frame["e"].isna().all()
    plain = fit_model(encode(X), EVENT.to_numpy(np.float64), "classification", estimator=model)
    table = encode(empty)
    also = fit_model(table, EVENT.to_numpy(np.float64), "classification", estimator=model)
    np.testing.assert_array_equal(also.predict(table.matrix), plain.predict(encode(X).matrix))
