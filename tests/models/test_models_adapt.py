"""Users' own models behind the one interface."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.svm import LinearSVC

import whogains as wg
from whogains.errors import InputError
from whogains.frames import encode
from whogains.models import Model, adapt_model, adapt_pair

RNG = np.random.default_rng(11)
N = 60
FRAME = pd.DataFrame(
    {
        "age": RNG.integers(20, 80, N),
        "bmi": RNG.normal(25, 4, N),
        "smoker": RNG.random(N) < 0.3,
        "site": pd.Series(RNG.choice(["east", "north", "west"], N), dtype=object),
    }
)
PERSONAL = pd.DataFrame({"sex": pd.Categorical(RNG.choice(["F", "M"], N), categories=["M", "F"])})
OUTCOME = np.where(FRAME["bmi"] + RNG.normal(0, 3, N) > 25, "yes", "no")
X, S = encode(FRAME), encode(PERSONAL, name="personal")
NUMBERS = FRAME[["age", "bmi", "smoker"]]


def pipeline(*text):
    encoder = make_column_transformer(
        (OneHotEncoder(), list(text)), ("passthrough", ["age", "bmi", "smoker"])
    )
    return make_pipeline(encoder, LogisticRegression(max_iter=2000))


def test_a_pipeline_gets_the_frame_it_was_fitted_on():
    both = pd.concat([FRAME, PERSONAL], axis=1)
    fitted = pipeline("site").fit(FRAME, OUTCOME), pipeline("site", "sex").fit(both, OUTCOME)
    pair = adapt_pair(*fitted, X, S, "classification", positive="yes")
    for model, table, own, frame in zip(
        pair.values(), (X, X.join(S)), fitted, (FRAME, both), strict=True
    ):
        expected = own.predict_proba(frame)[:, own.classes_.tolist().index("yes")]
        np.testing.assert_array_equal(model.predict(table.matrix), expected)
        assert model.names == tuple(frame.columns)
        assert model.tree is None


def test_the_model_s_own_columns_and_order_are_used():
    fitted = LogisticRegression(max_iter=2000).fit(NUMBERS[["bmi", "age"]], OUTCOME)
    model = adapt_model(fitted, X.columns, "classification", positive="yes")
    assert model.names == ("bmi", "age")
    expected = fitted.predict_proba(NUMBERS[["bmi", "age"]])[:, 1]
    np.testing.assert_array_equal(model.predict(X.select(model.names).matrix), expected)


@pytest.mark.parametrize("positive", ["yes", "no"])
def test_the_positive_value_picks_the_probability(positive):
    fitted = LogisticRegression(max_iter=2000).fit(NUMBERS, OUTCOME)
    model = adapt_model(fitted, X.columns, "classification", positive=positive)
    expected = fitted.predict_proba(NUMBERS)[:, int(positive == "yes")]
    np.testing.assert_array_equal(model.predict(X.select(model.names).matrix), expected)


def test_a_model_fitted_on_an_array_gets_an_array():
    table = encode(NUMBERS)
    fitted = LinearRegression().fit(NUMBERS.to_numpy(float), FRAME["age"])
    model = adapt_model(fitted, table.columns, "regression")
    np.testing.assert_array_equal(
        model.predict(table.matrix), fitted.predict(NUMBERS.to_numpy(float))
    )


def test_text_reaches_a_model_fitted_on_an_object_array():
    values = FRAME[["site"]].to_numpy(dtype=object)
    fitted = make_pipeline(OneHotEncoder(), LinearRegression()).fit(values, FRAME["age"])
    table = encode(FRAME[["site"]])
    model = adapt_model(fitted, table.columns, "regression")
    np.testing.assert_array_equal(model.predict(table.matrix), fitted.predict(values))


@pytest.mark.parametrize(
    "shape",
    [
        lambda p: p,
        lambda p: p[:, None],
        lambda p: np.column_stack([1 - p, p]),
        list,
        pd.Series,
        lambda p: pl.Series(p).cast(pl.Float32),
    ],
)
def test_a_function_may_return_several_shapes(shape):
    seen = []

    def function(frame):
        seen.append(frame)
        return shape(frame["bmi"].to_numpy() / 100)

    model = adapt_model(function, X.columns, "classification")
    np.testing.assert_allclose(model.predict(X.matrix), FRAME["bmi"] / 100, rtol=1e-6)
    pd.testing.assert_frame_equal(seen[0], FRAME)


def test_a_function_may_spoil_its_frame():
    def function(frame):
        frame.loc[:, "bmi"] = 0.0
        return frame["bmi"]

    model = adapt_model(function, X.columns, "regression")
    before = X.matrix.copy()
    model.predict(X.matrix)
    np.testing.assert_array_equal(X.matrix, before)


def test_an_object_that_only_predicts_gets_a_frame():
    class Rule:
        def predict(self, frame):
            return frame["bmi"] * 2

    model = adapt_model(Rule(), X.columns, "regression")
    np.testing.assert_array_equal(model.predict(X.matrix), FRAME["bmi"] * 2)


def test_a_model_passes_through():
    model = adapt_model(lambda frame: frame["bmi"], X.columns, "regression")
    assert adapt_model(model, X.columns, "regression") is model
    with pytest.raises(InputError, match="is for regression, not classification"):
        adapt_model(model, X.columns, "classification")
    with pytest.raises(InputError, match="uses the column 'age', which is not there"):
        adapt_model(model, X.columns[1:], "regression")


def test_trees_are_seen_where_their_splits_are_numeric():
    table = encode(NUMBERS)
    forest = RandomForestClassifier(3, random_state=0).fit(NUMBERS, OUTCOME)
    assert adapt_model(forest, table.columns, "classification", positive="yes").tree is not None
    typed = FRAME.astype({"site": "category"})
    native = HistGradientBoostingClassifier(max_iter=2, categorical_features="from_dtype")
    native.fit(typed, OUTCOME)
    model = adapt_model(native, encode(typed).columns, "classification", positive="yes")
    assert model.tree is None
    expected = native.predict_proba(typed)[:, 1]
    np.testing.assert_array_equal(model.predict(encode(typed).matrix), expected)


def fitted_on(frame, y=OUTCOME, model=None):
    return (LogisticRegression(max_iter=3000) if model is None else model).fit(frame, y)


@pytest.mark.parametrize(
    ("model", "task", "positive", "message"),
    [
        (3, "regression", 1, "the generic model is a int; give a fitted scikit-learn estimator"),
        (LogisticRegression(), "classification", "yes", "is not fitted"),
        (fitted_on(NUMBERS), "regression", 1, "is a classifier, but the task is regression"),
        (
            LinearRegression().fit(NUMBERS, FRAME["age"]),
            "classification",
            1,
            "(LinearRegression) gives no probabilities",
        ),
        (
            fitted_on(NUMBERS, model=LinearSVC(dual=False)),
            "classification",
            "yes",
            "(LinearSVC) gives no probabilities (predict_proba); wrap it",
        ),
        (
            fitted_on(NUMBERS),
            "classification",
            2,
            "classes are ['no', 'yes']; they must be two, with the outcome's positive value 2",
        ),
        (
            fitted_on(NUMBERS, np.arange(N) % 3),
            "classification",
            1,
            "classes are [0, 1, 2]; they must be two",
        ),
        (
            fitted_on(NUMBERS.assign(income=1.0)),
            "classification",
            "yes",
            "was fitted with the column 'income', which is not among its 4 columns here",
        ),
        (
            fitted_on(NUMBERS.to_numpy(float)),
            "classification",
            "yes",
            "was fitted with 3 columns, and there are 4 here",
        ),
    ],
)
def test_what_is_no_usable_model(model, task, positive, message):
    with pytest.raises(InputError, match=re.escape(message)):
        adapt_model(model, X.columns, task, positive=positive)


@pytest.mark.parametrize(
    ("returned", "task", "message"),
    [
        ([0.5], "regression", "returned an array of shape (1,) for 2 rows"),
        ([[0.1, 0.2], [0.3, 0.4]], "regression", "returned an array of shape (2, 2) for 2 rows"),
        ([[0.1] * 3] * 2, "classification", "returned an array of shape (2, 3) for 2 rows"),
        (
            [0.5, np.nan],
            "regression",
            "1 predictions missing or infinite of 2, the first (nan) in row 1",
        ),
        ([np.inf, 1], "regression", "missing or infinite of 2, the first (inf) in row 0"),
        (
            [0.5, 1.5],
            "classification",
            "outside [0, 1], so not probabilities, of 2, the first (1.5)",
        ),
        ([0.5, -1e-5], "classification", "outside [0, 1]"),
        (["a", "b"], "classification", "the generic model returned text, such as 'a'"),
    ],
)
def test_what_is_no_usable_prediction(returned, task, message):
    columns = encode({"a": [1, 2]}).columns
    model = adapt_model(lambda _: returned, columns, task)
    with pytest.raises(InputError, match=re.escape(message)):
        model.predict(np.zeros((2, 1)))


def test_a_failing_model_is_named():
    def function(frame):
        raise KeyError("income")

    model = adapt_model(function, X.columns, "regression", name="personalized")
    with pytest.raises(InputError, match=r"the personalized model failed .* KeyError: 'income'"):
        model.predict(X.matrix)


def test_a_matrix_of_another_width_is_refused():
    model = Model("generic", "regression", X.columns, lambda matrix: matrix[:, 0])
    with pytest.raises(
        ValueError, match=re.escape("takes 4 columns, not a matrix of shape (2, 3)")
    ):
        model.predict(np.zeros((2, 3)))


@pytest.mark.parametrize(
    ("outcome", "fitted"),
    [
        (("alive", "dead"), (0, 1)),
        (("aa", "zz"), (0, 1)),
        ((1, 2), (0, 1)),
        ((0, 1), ("alive", "dead")),
        ((0, 1), ("no", "yes")),
        ((1, 2), ("1", "2")),
        (("1", "2"), (1, 2)),
        ((False, True), ("False", "True")),
        ((0, 1), (False, True)),
    ],
)
def test_an_outcome_and_models_in_other_words(outcome, fitted):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=200)})
    sex = pd.DataFrame({"sex": rng.choice(["f", "m"], 200)})
    truth = (frame["x"] + rng.normal(size=200) > 0).to_numpy()
    seen = np.where(truth, fitted[1], fitted[0])
    seen = seen.tolist() if isinstance(fitted[0], str | bool) else seen
    generic = LogisticRegression().fit(frame, seen)
    y = pd.Series([outcome[int(each)] for each in truth])
    found = wg.audit(
        frame,
        y,
        personal=sex,
        generic=generic,
        personalized=generic,
        positive=outcome[1],
        explainers=[],
        costs="brier",
    )
    chance = generic.predict_proba(frame)[:, 1]
    right = ((chance - truth) ** 2).mean()
    assert found.costs[0].population.cost_generic == pytest.approx(right)
    other = str(outcome[1]).casefold() != str(fitted[1]).casefold() and outcome[1] != fitted[1]
    assert any("is taken for" in note for note in found.notes) == other


@pytest.mark.parametrize("fitted", [(1, 2), ("a", "b"), (3, 4)])
def test_values_of_which_nobody_can_say_what_they_stand_for(fitted):
    frame = pd.DataFrame({"x": np.arange(40.0)})
    sex = pd.DataFrame({"sex": ["f", "m"] * 20})
    model = LogisticRegression().fit(frame, [fitted[i > 20] for i in range(40)])
    with pytest.raises(InputError, match="model's classes are"):
        wg.audit(
            frame,
            pd.Series([int(i > 20) for i in range(40)]),
            personal=sex,
            generic=model,
            personalized=model,
            explainers=[],
        )
