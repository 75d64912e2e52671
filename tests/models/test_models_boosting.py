"""Other libraries of gradient boosting: their models as they are, columns by name, trees read."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.ensemble import AdaBoostClassifier, AdaBoostRegressor, BaggingClassifier
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import whogains as wg
from whogains.errors import InputError
from whogains.explain import completeness, find_explainer, tree_shap
from whogains.frames import encode
from whogains.models import adapt_model, fit_model, margin, own_threshold

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


ROWS = 300
PEOPLE = pd.DataFrame(
    {
        "bmi": RNG.normal(27, 4, ROWS),
        "site id": RNG.integers(1, 5, ROWS),
        "age": RNG.integers(20, 80, ROWS),
    }
)
SEX = pd.DataFrame({"sex": RNG.integers(0, 2, ROWS)})
RISK = (PEOPLE["age"] - 50) / 20 + SEX["sex"] + (PEOPLE["site id"] == 3)
CASE = (RISK + RNG.normal(size=ROWS) > 0.5).astype(int)
# Another order than features, then personal.
ORDERS = (["site id", "age", "bmi"], ["sex", "bmi", "age", "site id"])


def _trained(library, task, columns, *, categories=()):
    """Train as the library itself does, and give its predictions beside the model."""
    package = pytest.importorskip(library)
    both, y = SEX.join(PEOPLE)[columns], CASE if task == "classification" else RISK
    loss = {"xgboost": ("binary:logistic", "reg:squarederror"), "catboost": ("Logloss", "RMSE")}
    loss["lightgbm"] = ("binary", "regression")
    chosen = loss[library][task == "regression"]
    if library == "xgboost":
        data = package.DMatrix(both, y)
        model = package.train({"objective": chosen}, data, 8)
        return model, model.predict(data)
    if library == "lightgbm":
        model = package.train({"objective": chosen, "verbose": -1}, package.Dataset(both, y), 8)
        return model, model.predict(both)
    places = [columns.index(each) for each in categories]
    pool = package.Pool(both, y, cat_features=places)
    options = {"iterations": 8, "verbose": 0, "allow_writing_files": False}
    model = package.CatBoost(options | {"loss_function": chosen})
    model.fit(pool)
    if task == "regression":
        return model, model.predict(pool)
    return model, model.predict(pool, prediction_type="Probability")[:, 1]


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize(
    ("library", "categories"),
    [("xgboost", ()), ("lightgbm", ()), ("catboost", ()), ("catboost", ("site id",))],
)
def test_what_a_library_trains_is_audited_as_it_is(library, task, categories):
    (h0, p0), (h1, p1) = (
        _trained(library, task, columns, categories=categories) for columns in ORDERS
    )
    y = CASE if task == "classification" else RISK
    found = wg.audit(
        PEOPLE[["age", "bmi", "site id"]],
        y,
        personal=SEX,
        generic=h0,
        personalized=h1,
        costs="brier" if task == "classification" else "squared_error",
    )
    assert found.settings["explainers"] == ["tree_shap"]
    errors = pd.DataFrame({"sex": SEX["sex"], "gain": (p0 - y) ** 2 - (p1 - y) ** 2})
    right = errors.groupby("sex")["gain"].mean()
    for group in found.costs[0].groups:
        assert group.bop == pytest.approx(right[int(group.group["sex"])], rel=1e-5)


@pytest.mark.parametrize("library", ["lightgbm", "xgboost", "catboost"])
def test_trees_with_categories_are_read_exactly(library):
    package = pytest.importorskip(library)
    prefix, quiet = QUIET[library]
    data = PEOPLE.assign(**{"site id": PEOPLE["site id"].astype("category")})
    if library == "catboost":
        data, quiet = PEOPLE, {**quiet, "cat_features": ["site id"]}
    if library == "xgboost":
        quiet = {**quiet, "enable_categorical": True}
    estimator = getattr(package, f"{prefix}Classifier")(n_estimators=8, **quiet).fit(data, CASE)
    table = encode(data)
    model = adapt_model(estimator, table.columns, "classification")
    wanted = estimator.predict_proba(data)[:, 1]
    np.testing.assert_allclose(model.predict(table.matrix), wanted, rtol=1e-6)
    found = tree_shap(model, table.matrix, np.zeros(3), 0)
    own = find_explainer("tree_shap", ())
    check = completeness(own, model, table.matrix, np.zeros((1, 3)), found)
    assert check.relative_gap < own.tolerance


def test_categories_of_catboost_are_fitted_here_too():
    package = pytest.importorskip("catboost")
    prefix, quiet = QUIET["catboost"]
    model = getattr(package, f"{prefix}Classifier")(
        n_estimators=8, cat_features=["site id"], **quiet
    )
    found = wg.audit(PEOPLE, CASE, personal=SEX, model=model, repeats=1, placebo=0, costs="brier")
    assert found.settings["explainers"] == ["tree_shap"]
    assert 0 < found.costs[0].population.cost_personalized < CASE.var()


@pytest.mark.parametrize("positive", [1, 0])
def test_catboosts_own_threshold_is_the_one_that_it_decides_by(positive):
    package = pytest.importorskip("catboost")
    prefix, quiet = QUIET["catboost"]
    model = getattr(package, f"{prefix}Classifier")(n_estimators=8, **quiet).fit(PEOPLE, CASE)
    assert own_threshold(model, positive) is None
    model.set_probability_threshold(0.3)
    threshold = own_threshold(model, positive)
    chance = model.predict_proba(PEOPLE)[:, positive]
    np.testing.assert_array_equal(model.predict(PEOPLE) == positive, chance >= threshold)


def test_what_was_trained_for_another_task_is_said():
    pytest.importorskip("xgboost")
    model, _ = _trained("xgboost", "regression", ORDERS[0])
    with pytest.raises(InputError, match="generic model"):
        adapt_model(model, encode(PEOPLE).columns, "classification").predict(encode(PEOPLE).matrix)


def test_bagging_of_pipelines_that_choose_columns_by_name():
    people = PEOPLE.assign(site=PEOPLE["site id"].map("site {}".format)).drop(columns="site id")
    chosen = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["site"]), remainder="passthrough"
    )
    inner = make_pipeline(chosen, LogisticRegression(max_iter=1000))
    bagged = BaggingClassifier(inner, n_estimators=3, random_state=0)
    table = encode(people)
    model = fit_model(table, CASE.to_numpy(float), "classification", estimator=bagged)
    # By hand: the same bags of the same rows, each fitted on a frame.
    bags = np.zeros(ROWS)
    arrays = BaggingClassifier(LogisticRegression(), n_estimators=3, random_state=0)
    for rows in arrays.fit(PEOPLE, CASE).estimators_samples_:
        own = clone(inner).fit(people.iloc[rows], CASE.iloc[rows])
        bags += own.predict_proba(people)[:, 1] / 3
    np.testing.assert_allclose(model.predict(table.matrix), bags, atol=1e-6)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_adaboost_of_pipelines_that_choose_columns_by_name(task):
    people = PEOPLE.assign(site=PEOPLE["site id"].map("site {}".format)).drop(columns="site id")
    chosen = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["site"]), remainder="passthrough"
    )
    of = {"classification": AdaBoostClassifier, "regression": AdaBoostRegressor}[task]
    last = {"classification": LogisticRegression(max_iter=1000), "regression": Ridge()}[task]
    outcome = CASE.to_numpy(float)
    table = encode(people)
    own = of(make_pipeline(chosen, last), n_estimators=3, random_state=0)
    model = fit_model(table, outcome, task, estimator=own)
    # Every site occurs in every fit, so that it does not matter whether columns are chosen before.
    other = make_pipeline(chosen, of(last, n_estimators=3, random_state=0)).fit(people, outcome)
    expected = (
        other.predict_proba(people)[:, 1] if task == "classification" else other.predict(people)
    )
    np.testing.assert_allclose(model.predict(table.matrix), expected, atol=1e-6)
    assert np.ptp(expected) > 0.01


@pytest.mark.parametrize(
    ("estimator", "cure"),
    [
        (RFE, r"make_pipeline\(those steps, RFE\(\.\.\.\)\)"),
        (
            lambda inner: make_pipeline(AdaBoostClassifier(inner)),
            r"make_pipeline\(those steps, AdaBoostClassifier\(\.\.\.\)\)",
        ),
        (
            lambda inner: AdaBoostClassifier(make_pipeline(inner[0], KNeighborsClassifier())),
            "KNeighborsClassifier, cannot: give a model whose fit takes sample_weight",
        ),
    ],
)
def test_where_names_of_columns_are_lost_the_error_says_what_to_do(estimator, cure):
    people = PEOPLE.assign(site=PEOPLE["site id"].map("site {}".format)).drop(columns="site id")
    chosen = make_column_transformer((OneHotEncoder(), ["site"]), remainder="passthrough")
    own = estimator(make_pipeline(chosen, LogisticRegression(max_iter=1000)))
    with pytest.raises(InputError, match=cure) as error:
        fit_model(encode(people), CASE.to_numpy(float), "classification", estimator=own)
    assert "\n" not in str(error.value)
