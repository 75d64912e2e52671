"""Explainers read what stands behind scalers and encoders, or say what the slow way takes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import preprocessing as pre
from sklearn.compose import make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVR

import whogains as wg
from whogains.errors import InputError
from whogains.explain import baseline_rows, default_explainer, linear_shap, tree_shap
from whogains.explain.baselines import at_seen_values
from whogains.frames import encode
from whogains.models import adapt_model, fit_model
from whogains.models.pipelines import prepared

ROWS = 150
RNG = np.random.default_rng(12)
X = pd.DataFrame(
    {
        "age": RNG.normal(50, 9, ROWS),
        "site": RNG.choice(["east", "north", "west"], ROWS),
        "level": RNG.integers(1, 5, ROWS),
        "bmi": np.where(RNG.random(ROWS) < 0.1, np.nan, RNG.normal(25, 3, ROWS)),
    }
)
S = pd.DataFrame({"s": RNG.choice(["u", "v"], ROWS)})
VALUE = X["age"] / 9 + X["level"] + (X["site"] == "west") + (S["s"] == "u") + RNG.normal(size=ROWS)
EVENT = np.where(VALUE.median() < VALUE, "ill", "well")
QUICK: dict[str, Any] = {"repeats": 1, "placebo": 0, "folds": 2}


def steps(last: Any) -> Any:
    chosen = make_column_transformer(
        (make_pipeline(SimpleImputer(), pre.StandardScaler()), ["bmi", "age"]),
        (pre.OneHotEncoder(drop="first"), ["site"]),
        remainder=pre.OneHotEncoder(),
    )
    return make_pipeline(chosen, pre.MaxAbsScaler(), last)


@pytest.mark.parametrize("positive", ["ill", "well"])
def test_a_linear_pipeline_is_read_exactly(positive: str) -> None:
    fitted = steps(LogisticRegression()).fit(X, EVENT)
    table = encode(X)
    model = adapt_model(fitted, table.columns, "classification", positive=positive)
    assert default_explainer([model]) == "linear_shap"
    baseline = table.matrix[3]
    found = linear_shap(model, table.matrix, baseline, 0)
    # By hand: the score is a sum over columns, so that one column alone moves it by its part.
    sign = 1 if fitted.classes_[1] == positive else -1
    at_baseline = fitted.decision_function(X.iloc[[3]])[0]
    for j, name in enumerate(X.columns):
        moved = pd.concat([X.iloc[[3]]] * ROWS, ignore_index=True).assign(**{name: X[name]})
        part = sign * (fitted.decision_function(moved) - at_baseline)
        np.testing.assert_allclose(found[:, j], part, atol=1e-10)


def test_a_forest_behind_encoders_is_read_like_its_own_columns() -> None:
    shap = pytest.importorskip("shap")
    fitted = steps(RandomForestRegressor(4, random_state=0)).fit(X, VALUE)
    table = encode(X)
    model = adapt_model(fitted, table.columns, "regression")
    assert default_explainer([model]) == "tree_shap"
    encoded = fitted[:-1].transform(X)
    values = shap.TreeExplainer(fitted[-1]).shap_values(encoded, check_additivity=False)
    names = [name.split("__")[1].split("_")[0] for name in fitted[0].get_feature_names_out()]
    by_name = pd.DataFrame(values).T.groupby(names).sum().T
    found = tree_shap(model, table.matrix, table.matrix[0], 0)
    for j, name in enumerate(X.columns):
        np.testing.assert_allclose(found[:, j], by_name[name], atol=1e-10)


KEPT_APART = [
    pre.StandardScaler(),
    pre.MinMaxScaler(),
    pre.RobustScaler(),
    pre.PowerTransformer(),
    pre.QuantileTransformer(n_quantiles=20),
    pre.OrdinalEncoder(),
    pre.OneHotEncoder(handle_unknown="ignore"),
    pre.OneHotEncoder(drop="if_binary", sparse_output=False),
    make_pipeline(pre.MinMaxScaler(), pre.MaxAbsScaler()),
    make_column_transformer(("passthrough", [2, 0]), ("drop", [1])),
    make_column_transformer((pre.OneHotEncoder(), [False, True, False]), remainder="passthrough"),
    make_column_transformer((pre.StandardScaler(), slice(0, 2)), remainder="drop"),
]


@pytest.mark.parametrize("step", KEPT_APART, ids=lambda step: type(step).__name__)
def test_each_encoded_column_depends_on_its_source_alone(step: Any) -> None:
    rows = RNG.integers(0, 4, (60, 3)).astype(np.float64)
    fitted = make_pipeline(step, Ridge()).fit(rows, rows[:, 0])
    found = prepared(fitted, ["a", "b", "c"])
    assert found is not None
    before = found.transform(rows)
    assert before.shape[1] == len(found.source)
    for j in range(3):
        moved = rows.copy()
        moved[:, j] = moved[RNG.permutation(60), j]
        changed = (found.transform(moved) != before).any(axis=0)
        assert set(np.flatnonzero(changed)) == set(np.flatnonzero(found.source == j))


@pytest.mark.parametrize(
    "step",
    [
        PCA(2),
        pre.PolynomialFeatures(2),
        pre.Normalizer(),
        pre.FunctionTransformer(np.sqrt),
        pre.OneHotEncoder(max_categories=2),
        SimpleImputer(add_indicator=True),
    ],
    ids=lambda step: type(step).__name__,
)
def test_steps_that_mix_columns_are_not_read(step: Any) -> None:
    rows = RNG.integers(0, 4, (60, 3)).astype(np.float64)
    fitted = make_pipeline(step, Ridge()).fit(rows, rows[:, 0])
    assert prepared(fitted, ["a", "b", "c"]) is None
    assert prepared(fitted[-1], ["a", "b", "c"]) is None


def test_lightgbm_with_categories_is_read_by_its_own_trees() -> None:
    lightgbm = pytest.importorskip("lightgbm", reason="lightgbm is not installed")
    typed = X.astype({"site": "category"})
    how: dict[str, Any] = {"verbose": -1, "min_data_per_group": 5, "cat_smooth": 1}
    fitted = lightgbm.LGBMClassifier(n_estimators=8, **how).fit(typed, EVENT)
    table = encode(typed)
    model = adapt_model(fitted, table.columns, "classification", positive="well")
    assert default_explainer([model]) == "tree_shap"
    own = fitted.predict(typed, pred_contrib=True)[:, :-1]
    assert np.abs(own[:, 1]).max() > 0
    np.testing.assert_allclose(tree_shap(model, table.matrix, table.matrix[0], 0), own)


def test_the_slow_way_says_what_it_takes_before_it_starts() -> None:
    told: list[str] = []
    found = wg.audit(
        X[["age", "level"]],
        VALUE,
        personal=S,
        model=SVR(),
        progress=lambda stage, *_: told.append(stage),
        **QUICK,
    )
    assert found.settings["explainers"] == ["permutation_shap"]
    notes = [each for each in told if each.startswith("note: ")]
    assert len(notes) == 1
    # Five orders, there and back, of three columns.
    assert "up to 30 predictions of every row" in notes[0]
    first = next(i for i, each in enumerate(told) if "permutation_shap of" in each)
    assert told.index(notes[0]) < first
    asked: list[str] = []
    wg.audit(
        X[["age", "level"]], VALUE, personal=S, model=SVR(), explainers=["permutation_shap"],
        progress=lambda stage, *_: asked.append(stage), **QUICK,
    )  # fmt: skip
    assert not any(each.startswith("note: ") for each in asked)


def strict(last: Any) -> Any:
    """Make a pipeline that refuses codes it has not seen."""
    chosen = make_column_transformer(
        (pre.OneHotEncoder(handle_unknown="error"), ["level"]),
        (pre.OrdinalEncoder(), ["site"]),
        (pre.OneHotEncoder(handle_unknown="error"), ["s"]),
        remainder="passthrough",
    )
    return make_pipeline(chosen, last)


@pytest.mark.parametrize("baseline", ["marginal", "mean", {"age": 40.0}, 3])
def test_masked_codes_are_codes_that_people_have(baseline: Any) -> None:
    personal = S.assign(grade=RNG.integers(1, 4, ROWS))
    complete = X[["age", "site", "level"]]

    class Strict(Ridge):
        """A model of a data frame that refuses a level or a grade it has not seen."""

        def predict(self, rows: Any) -> Any:
            assert set(rows["level"]) <= {1, 2, 3, 4}, "an unknown level"
            assert set(rows.get("grade", pd.Series([1]))) <= {1, 2, 3}, "an unknown grade"
            return rows["age"] / 9 + rows["level"] + (rows["s"] == "u" if "s" in rows else 0)

    found = wg.audit(
        complete, VALUE, personal=personal, generic=Strict().predict,
        personalized=Strict().predict, explainers=["occlusion"], baseline=baseline,
        mask_personal=True,
    )  # fmt: skip
    assert found.settings["explainers"] == ["occlusion"]


def test_a_strict_encoder_is_audited_and_a_lenient_one_sees_what_it_knows() -> None:
    def made(model: Any) -> Any:
        return fit_model(encode(X.join(S)), VALUE.to_numpy(), "regression", estimator=model)

    assert made(strict(RandomForestRegressor(3))).looks_up
    assert not made("linear").looks_up
    encoder = make_column_transformer(
        (pre.OneHotEncoder(handle_unknown="error"), make_column_names), remainder="passthrough"
    )
    complete = X[["age", "site", "level"]]
    for explainers in (None, ["occlusion"]):
        found = wg.audit(
            complete, VALUE, personal=S, model=make_pipeline(encoder, Ridge()),
            explainers=explainers, **QUICK,
        )  # fmt: skip
        assert found.data.rows == ROWS


def make_column_names(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if name != "age"]


def test_the_nearest_seen_value() -> None:
    table = encode({"code": [1, 2, 2, 9], "many": list(range(4)), "real": [0.5, 1, 1, 2]})
    mean = baseline_rows(table)
    assert mean.tolist() == [[3.5, 1.5, 1.125]]
    # Of two equally near the smaller, and measurements stay.
    assert at_seen_values(mean, table).tolist() == [[2.0, 1.0, 1.125]]
    assert at_seen_values(mean, table, ["code"]).tolist() == [[3.5, 1.0, 1.125]]
    counts = encode({"count": list(range(30))})
    assert at_seen_values(np.array([[3.5]]), counts).tolist() == [[3.5]]
    with pytest.raises(InputError):
        baseline_rows(table, "median")
