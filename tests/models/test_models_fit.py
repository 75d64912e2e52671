"""Fitting a pair that differs only in its columns."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from whogains.errors import InputError
from whogains.frames import Table, encode
from whogains.models import Encoding, fit_model, fit_panel

RNG = np.random.default_rng(5)
N = 200
FRAME = pd.DataFrame(
    {
        "a": np.where(RNG.random(N) < 0.1, np.nan, RNG.normal(size=N)),
        "b": RNG.normal(size=N),
        "site": pd.Series(RNG.choice(["e", "n", "w", None], N), dtype=object),
    }
)
PERSONAL = pd.DataFrame({"sex": RNG.choice(["F", "M"], N), "old": RNG.random(N) < 0.5})
LABEL = (FRAME["b"] + (PERSONAL["sex"] == "M") + RNG.normal(0, 0.5, N) > 0.5).to_numpy(float)
VALUE = (FRAME["b"] + 2 * (PERSONAL["sex"] == "M")).to_numpy(float)
X, S = encode(FRAME), encode(PERSONAL)


def test_encoding_against_scikit_learn():
    table = X.join(S)
    encoding = Encoding.learn(table, impute=False)
    text = pd.concat([FRAME, PERSONAL], axis=1)[["site", "sex"]]
    expected = OneHotEncoder(sparse_output=False).fit(text)
    names = list(expected.get_feature_names_out())
    reference = pd.DataFrame(expected.transform(text), columns=names).drop(columns="site_None")
    encoded = encoding.transform(table.matrix)
    assert encoding.source.tolist() == [0, 1, 2, 2, 2, 3, 3, 4]
    np.testing.assert_array_equal(encoded[:, 2:7], reference)
    np.testing.assert_array_equal(encoded[:, 0], FRAME["a"])


def test_medians_fill_in_against_scikit_learn():
    numbers = encode(FRAME[["a", "b"]])
    encoded = Encoding.learn(numbers, impute=True).transform(numbers.matrix)
    expected = SimpleImputer(strategy="median").fit_transform(FRAME[["a", "b"]])
    np.testing.assert_array_equal(encoded, expected)


def test_what_was_not_there_is_zero():
    learned = encode({"n": [np.nan, np.nan], "g": ["x", "y"]})
    encoding = Encoding.learn(learned.take(np.array([0])), impute=True)
    # The numbers had no value, and so have no column; of the two levels one was there.
    np.testing.assert_array_equal(encoding.transform(learned.matrix), [[1], [0]])


def test_the_default_is_histogram_boosting_on_one_hot_columns():
    pair = fit_panel(
        {"generic": X, "personalized": X.join(S)}, LABEL, "classification", random_state=3
    )
    table = X.join(S)
    encoded = Encoding.learn(table, impute=False).transform(table.matrix)
    expected = HistGradientBoostingClassifier(random_state=3).fit(encoded, LABEL)
    np.testing.assert_array_equal(
        pair["personalized"].predict(table.matrix), expected.predict_proba(encoded)[:, 1]
    )
    assert pair["generic"].names == X.names
    assert pair["personalized"].names == X.names + S.names
    assert pair["personalized"].tree.source.tolist() == [0, 1, 2, 2, 2, 3, 3, 4]


def test_the_personalized_model_uses_the_personal_columns():
    pair = fit_panel(
        {"generic": X, "personalized": X.join(S)}, VALUE, "regression", estimator=Ridge(alpha=1e-8)
    )
    error = [
        np.mean((model.predict(table.matrix) - VALUE) ** 2)
        for model, table in zip(pair.values(), (X, X.join(S)), strict=True)
    ]
    assert error[0] > 0.5
    assert error[1] < 1e-8


def test_a_pipeline_gets_the_frame():
    encoder = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["site"]),
        (SimpleImputer(), ["a", "b"]),
    )
    pipeline = make_pipeline(encoder, LogisticRegression())
    model = fit_model(X, LABEL, "classification", estimator=pipeline)
    expected = pipeline.fit(FRAME, LABEL).predict_proba(FRAME)[:, 1]
    np.testing.assert_array_equal(model.predict(X.matrix), expected)
    searched = GridSearchCV(pipeline, {"logisticregression__C": [0.1, 1.0]}, cv=2)
    model = fit_model(X, LABEL, "classification", estimator=searched)
    expected = searched.fit(FRAME, LABEL).predict_proba(FRAME)[:, 1]
    np.testing.assert_array_equal(model.predict(X.matrix), expected)


def test_the_estimator_is_cloned_and_seeded():
    estimator = RandomForestRegressor(n_estimators=5)
    first, again, other = (
        fit_model(X, VALUE, "regression", estimator=estimator, random_state=seed).predict(X.matrix)
        for seed in (1, 1, 2)
    )
    assert not hasattr(estimator, "estimators_")
    assert estimator.random_state is None
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    kept = RandomForestRegressor(n_estimators=5, random_state=9)
    one, two = (
        fit_model(X, VALUE, "regression", estimator=kept, random_state=seed).predict(X.matrix)
        for seed in (1, 2)
    )
    np.testing.assert_array_equal(one, two)


class Failing(ClassifierMixin, BaseEstimator):
    def fit(self, *_):
        raise RuntimeError("no memory\nmore detail")

    def predict_proba(self, X):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("estimator", "task", "message"),
    [
        (
            Failing(),
            "classification",
            r"\(Failing\) could not be fitted on 200 rows: RuntimeError: no memory$",
        ),
        (LinearRegression(), "classification", r"\(LinearRegression\) gives no probabilities"),
        (LogisticRegression(), "regression", "is a classifier, but the task is regression"),
        (object(), "regression", "is a object; give an unfitted scikit-learn estimator"),
        (
            make_pipeline(LinearRegression()),
            "regression",
            "could not be fitted on 200 rows: ValueError",
        ),
    ],
)
def test_what_cannot_be_fitted(estimator, task, message):
    with pytest.raises(InputError, match=message):
        fit_model(X, LABEL, task, estimator=estimator)


def test_one_outcome_only_is_refused():
    with pytest.raises(InputError, match="its 200 training rows all have the outcome 0"):
        fit_model(X, np.zeros(N), "classification")


def test_tables_must_fit_together():
    with pytest.raises(InputError, match="X has 200 rows and personal has 5"):
        X.join(Table(S.matrix[:5], S.columns))
