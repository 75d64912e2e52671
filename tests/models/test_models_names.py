"""Columns go to a model by the names that it keeps, wherever it keeps them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

import whogains as wg
from whogains.errors import InputError
from whogains.explain import GivenAttributions
from whogains.frames import encode
from whogains.models import adapt_model

RNG = np.random.default_rng(5)
ROWS = 400
X = pd.DataFrame({"age": RNG.normal(50, 10, ROWS), "bmi index": RNG.normal(25, 3, ROWS)})
S = pd.DataFrame({"sex": RNG.integers(0, 2, ROWS)})
EVERY = X.join(S)
Y = 0.1 * X["age"] + 0.5 * X["bmi index"] + 3 * S["sex"] + RNG.normal(size=ROWS)
WEIGHTS = {"sex": 3.0, "bmi index": 0.5, "age": 0.1}


class Plain:
    """A model of weights by place, as libraries are that compute on arrays."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.weights = np.array([WEIGHTS[name] for name in names])

    def fit(self, *_: Any) -> Plain:
        return self

    def predict(self, X: Any) -> Any:
        return np.asarray(X, float) @ self.weights


def _catboost(names: tuple[str, ...]) -> Any:
    model: Any = Plain(names)
    model.feature_names_ = list(names)
    return model


def _booster(names: tuple[str, ...]) -> Any:
    model: Any = Plain(names)
    # LightGBM writes an underscore for a blank.
    model.feature_name = lambda: [name.replace(" ", "_") for name in names]
    return model


def _xgboost(names: tuple[str, ...]) -> Any:
    model: Any = Plain(names)
    model.feature_names = list(names)
    return model


def _statsmodels(names: tuple[str, ...]) -> Any:
    class Results(Plain):
        def predict(self, X: Any) -> Any:
            values = np.asarray(X, float)
            assert (values[:, 1] == 1).all()
            return np.delete(values, 1, axis=1) @ self.weights

    model: Any = Results(names)
    model.model = SimpleNamespace(exog_names=[names[0], "const", *names[1:]])
    return model


def _inside_a_search(names: tuple[str, ...]) -> Any:
    model: Any = Plain(names)
    model.best_estimator_ = _catboost(names)
    return model


KINDS = [_catboost, _booster, _xgboost, _statsmodels, _inside_a_search]


@pytest.mark.parametrize("make", KINDS)
def test_columns_in_another_order_are_matched_by_name(make: Any) -> None:
    found = wg.audit(
        X,
        Y,
        personal=S,
        generic=make(("bmi index", "age")),
        personalized=make(("sex", "bmi index", "age")),
        explainers=[],
        costs=["squared_error"],
    )
    values = np.asarray(EVERY[list(WEIGHTS)], float) @ np.array(list(WEIGHTS.values()))
    right = float(np.mean((Y - values) ** 2))
    assert found.costs[0].population.cost_personalized == pytest.approx(right)


@pytest.mark.parametrize(
    ("names", "columns", "message"),
    [
        (("age", "weight"), ("age", "bmi"), "fitted with the column 'weight', which is not among"),
        (("bmi_index", "x"), ("bmi index", "bmi-index", "x"), "which may be 'bmi index' or"),
        (("bmi index", "bmi_index"), ("bmi-index", "x"), "two columns that are one here"),
    ],
)
def test_names_that_cannot_be_matched_are_refused(names, columns, message) -> None:
    model = SimpleNamespace(predict=lambda frame: frame, feature_names_=list(names))
    table = encode({name: [0.0, 1.0] for name in columns})
    with pytest.raises(InputError, match=message):
        adapt_model(model, table.columns, "regression")


@pytest.mark.parametrize(
    "names", [["0", "1"], ["f0", "f1"], ["Column_0", "Column_1"], ["x1", "x2"]]
)
def test_names_of_places_are_no_names(names) -> None:
    model = SimpleNamespace(
        predict=lambda frame: np.asarray(frame)[:, 0], feature_names_=names, n_features_in_=2
    )
    table = encode({"b": [3.0, 4.0], "a": [1.0, 2.0]})
    assert adapt_model(model, table.columns, "regression").names == ("b", "a")


def test_lightgbm_boosters_get_their_columns() -> None:
    lightgbm = pytest.importorskip("lightgbm")
    order = ["sex", "bmi index", "age"]
    options = {"verbosity": -1, "num_threads": 1, "objective": "binary"}
    outcome = (Y.median() < Y).astype(int)
    booster = lightgbm.train(options, lightgbm.Dataset(EVERY[order], outcome), 5)
    table = encode(EVERY)
    model = adapt_model(booster, table.columns, "classification")
    assert np.allclose(
        model.predict(table.select(model.names).matrix), booster.predict(EVERY[order])
    )


@pytest.mark.parametrize("how", ["arrays", "formula"])
def test_statsmodels_results_get_their_columns(how: str) -> None:
    statsmodels = pytest.importorskip("statsmodels.api")
    frame = EVERY.rename(columns={"bmi index": "bmi"})
    outcome = (Y.median() < Y).astype(int)
    if how == "arrays":
        given = statsmodels.add_constant(frame[["sex", "bmi", "age"]])
        results = statsmodels.Logit(outcome, given).fit(disp=0)
        right = results.predict(given)
    else:
        formula = pytest.importorskip("statsmodels.formula.api")
        results = formula.logit("y ~ sex + age", frame.assign(y=outcome)).fit(disp=0)
        right = results.predict(frame)
    table = encode(frame)
    model = adapt_model(results, table.columns, "classification")
    assert np.allclose(model.predict(table.select(model.names).matrix), right)


def test_a_series_of_predictions_is_read_by_its_labels() -> None:
    def by_group(frame: pd.DataFrame) -> pd.Series[float]:
        return pd.concat([part["age"] / 100 for _, part in frame.groupby("sex")])

    table = encode(EVERY)
    model = adapt_model(by_group, table.columns, "regression")
    assert np.allclose(model.predict(table.select(model.names).matrix), EVERY["age"] / 100)
    wrong = adapt_model(
        lambda frame: frame["age"].set_axis(range(5, 5 + len(frame))), table.columns, "regression"
    )
    with pytest.raises(InputError, match="whose index is not that of the rows"):
        wrong.predict(table.matrix)


@pytest.mark.parametrize("explainer", ["tree_shap", "linear_shap"])
def test_signed_rankings_are_of_the_positive_value_however_it_is_spelled(explainer: str) -> None:
    truth = (Y.median() < Y).to_numpy()
    kind = (
        DecisionTreeClassifier(max_depth=4, random_state=0)
        if explainer == "tree_shap"
        else LogisticRegression(max_iter=1000)
    )
    found = []
    for first, second in (("no", "yes"), ("Z", "A")):
        labels = np.where(truth, second, first)
        models = [type(kind)(**kind.get_params()).fit(frame, labels) for frame in (X, EVERY)]
        found.append(
            wg.audit(
                X,
                labels,
                positive=second,
                personal=S,
                generic=models[0],
                personalized=models[1],
                explainers=[explainer],
                signed=True,
            )
        )
    (one, other) = ([c.population.bop for c in each.costs if c.explainer] for each in found)
    assert one == pytest.approx(other, abs=1e-12)
    assert any(one)


def test_frames_of_attributions_are_matched_by_their_names() -> None:
    given = pd.DataFrame([[1.0, 2.0], [3.0, 4.0]], columns=["b", "a"])
    each = GivenAttributions("mine", given, given)
    assert each.of("generic", 2, ("a", "b")).tolist() == [[2.0, 1.0], [4.0, 3.0]]
    kept = each.take(np.array([False, True]))
    assert kept.of("personalized", 1, ("a", "b")).tolist() == [[4.0, 3.0]]
    for columns in (("a", "c"), ("a",)):
        with pytest.raises(InputError, match="the attributions 'mine' of the generic model"):
            each.of("generic", 2, columns)


def test_attributions_in_another_order_of_rows_are_refused() -> None:
    values = pd.DataFrame(np.ones((ROWS, 2)), columns=X.columns)
    shuffled = values.set_axis(range(1, ROWS + 1))
    with pytest.raises(InputError, match="X and attributions 'mine' of the generic model have"):
        wg.audit(
            X,
            Y,
            personal=S,
            generic=_catboost(("bmi index", "age")),
            personalized=_catboost(("sex", "bmi index", "age")),
            explainers=[GivenAttributions("mine", shuffled, values.assign(sex=1.0))],
        )


def test_mappings_of_series_are_checked_like_frames() -> None:
    order = X.sample(frac=1, random_state=0).index
    for change in ({"X": dict(X.loc[order])}, {"personal": {"sex": S["sex"].loc[order]}}):
        given: Any = {"X": X, "y": Y, "personal": S, "explainers": [], **change}
        with pytest.raises(InputError, match="have different pandas indexes"):
            wg.audit(model="linear", **given)


def test_a_pipeline_and_a_search_keep_their_names() -> None:
    outcome = (Y.median() < Y).astype(int)
    order = ["sex", "bmi index", "age"]
    for fitted in (
        make_pipeline("passthrough", DecisionTreeClassifier(max_depth=3)),
        GridSearchCV(DecisionTreeClassifier(), {"max_depth": [2]}, cv=2),
        FixedThresholdClassifier(DecisionTreeClassifier(max_depth=3), threshold=0.3),
    ):
        fitted.fit(EVERY[order], outcome)
        table = encode(EVERY)
        model = adapt_model(fitted, table.columns, "classification")
        assert model.names == tuple(order)
        right = fitted.predict_proba(EVERY[order])[:, 1]
        assert np.allclose(model.predict(table.select(model.names).matrix), right)
