"""Shapley values of trees, against their definition."""

from itertools import combinations
from math import factorial

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from whogains.errors import InputError
from whogains.explain import EXPLAINERS, completeness, tree_shap
from whogains.frames import encode
from whogains.models import EstimatorView, Model, adapt_model, fit_model, margin

RNG = np.random.default_rng(8)
N = 300
NUMBERS = RNG.normal(size=(N, 4))
HOLES = np.where(RNG.random((N, 4)) < 0.2, np.nan, NUMBERS)
SCORE = NUMBERS[:, 0] + NUMBERS[:, 1] * NUMBERS[:, 2] + np.isnan(HOLES[:, 0])
LABEL = (SCORE > 0).astype(int)


def expected_value(nodes, row, known, at=0):
    """What a tree predicts when only some features are known, by its training counts."""
    node = nodes[at]
    if node["is_leaf"]:
        return node["value"]
    left, right = int(node["left"]), int(node["right"])
    if node["feature_idx"] in known:
        value = row[node["feature_idx"]]
        goes_left = (
            bool(node["missing_go_to_left"]) if np.isnan(value) else value <= node["num_threshold"]
        )
        return expected_value(nodes, row, known, left if goes_left else right)
    share = nodes[left]["count"] / (nodes[left]["count"] + nodes[right]["count"])
    return share * expected_value(nodes, row, known, left) + (1 - share) * expected_value(
        nodes, row, known, right
    )


def shapley(value, features):
    """The definition: each feature's mean contribution over all orders."""
    result = np.zeros(features)
    for feature in range(features):
        others = [other for other in range(features) if other != feature]
        for size in range(features):
            weight = factorial(size) * factorial(features - size - 1) / factorial(features)
            for known in combinations(others, size):
                result[feature] += weight * (value({*known, feature}) - value(set(known)))
    return result


def test_missing_values_against_the_definition():
    fitted = HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=6, random_state=0)
    fitted.fit(HOLES, LABEL)
    table = encode(HOLES)
    model = adapt_model(fitted, table.columns, "classification")
    rows = np.flatnonzero(np.isnan(HOLES).any(axis=1))[:12]
    found = tree_shap(model, table.matrix[rows], np.zeros(4), 0)
    trees = [stage[0].nodes for stage in fitted._predictors]
    for at, row in zip(rows, found, strict=True):
        wanted = sum(
            shapley(lambda known, n=nodes, r=HOLES[at]: expected_value(n, r, known), 4)
            for nodes in trees
        )
        np.testing.assert_allclose(row, wanted, atol=1e-12)


@pytest.mark.parametrize(
    "estimator",
    [
        HistGradientBoostingClassifier(max_iter=10),
        HistGradientBoostingRegressor(max_iter=10),
        HistGradientBoostingRegressor(max_iter=10, loss="poisson"),
        RandomForestClassifier(5, random_state=0),
        RandomForestRegressor(5, random_state=0),
        ExtraTreesClassifier(5, random_state=0),
        DecisionTreeClassifier(max_depth=4, random_state=0),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_rows_differ_in_total_as_the_predictions_do(estimator):
    is_classifier = hasattr(estimator, "predict_proba")
    task = "classification" if is_classifier else "regression"
    estimator.fit(HOLES, LABEL if is_classifier else np.exp(SCORE))
    table = encode(HOLES)
    found = tree_shap(adapt_model(estimator, table.columns, task), table.matrix, np.zeros(4), 0)
    assert found.shape == HOLES.shape
    rest = margin(estimator, HOLES) - found.sum(axis=1)
    # float32 thresholds make no difference here; what remains is one expected value.
    np.testing.assert_allclose(rest, rest[0], atol=1e-6)


@pytest.mark.parametrize("estimator", [GradientBoostingClassifier, GradientBoostingRegressor])
def test_classic_boosting(estimator):
    task = "classification" if estimator is GradientBoostingClassifier else "regression"
    fitted = estimator(n_estimators=5, random_state=0).fit(NUMBERS, LABEL)
    table = encode(NUMBERS)
    found = tree_shap(adapt_model(fitted, table.columns, task), table.matrix, np.zeros(4), 0)
    rest = margin(fitted, NUMBERS) - found.sum(axis=1)
    np.testing.assert_allclose(rest, rest[0], atol=1e-6)


def test_one_hot_columns_are_added_up():
    import shap

    site = RNG.choice(["e", "n", "w"], N)
    table = encode({"b": NUMBERS[:, 1], "site": site, "a": HOLES[:, 0]})
    y = (NUMBERS[:, 0] + 2 * (site == "n") > 1).astype(float)
    model = fit_model(table, y, "classification")
    found = tree_shap(model, table.matrix, np.zeros(3), 0)
    encoded = np.column_stack([NUMBERS[:, 1], *(site == s for s in "enw"), HOLES[:, 0]])
    raw = shap.TreeExplainer(model.tree.estimator).shap_values(encoded)
    expected = np.column_stack([raw[:, 0], raw[:, 1:4].sum(axis=1), raw[:, 4]])
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert np.abs(found[:, 1]).mean() > np.abs(found[:, 0]).mean()


def test_values_add_up_and_a_gap_is_measured_where_trees_are_misread():
    codes = RNG.integers(0, 5, N).astype(float)
    native = HistGradientBoostingClassifier(max_iter=5, categorical_features=[0])
    native.fit(np.column_stack([codes, NUMBERS[:, 1]]), np.isin(codes, [1, 3]).astype(int))
    table = encode({"code": codes, "b": NUMBERS[:, 1]})
    assert adapt_model(native, table.columns, "classification").tree is None
    view = EstimatorView(native, lambda matrix: matrix, np.arange(2))
    forced = Model("generic", "classification", table.columns, native.predict_proba, view)
    own = EXPLAINERS["tree_shap"]
    found = tree_shap(forced, table.matrix, np.zeros(2), 0)
    gap = completeness(own, forced, table.matrix, np.zeros((3, 2)), found)
    assert gap.relative_gap > 0.1 > own.tolerance
    numbers = encode(NUMBERS)
    model = fit_model(numbers, LABEL, "classification")
    found = tree_shap(model, numbers.matrix, np.zeros(4), 0)
    gap = completeness(own, model, numbers.matrix, np.zeros((1, 4)), found)
    assert 0 < gap.relative_gap < 1e-6


def test_other_models_are_refused():
    table = encode(NUMBERS)
    model = adapt_model(LogisticRegression().fit(NUMBERS, LABEL), table.columns, "classification")
    with pytest.raises(InputError, match="tree_shap cannot read the generic model"):
        tree_shap(model, table.matrix, np.zeros(4), 0)


def test_what_shap_raises_is_told():
    fitted = GradientBoostingClassifier(n_estimators=2, init=LogisticRegression())
    table = encode(NUMBERS)
    model = adapt_model(fitted.fit(NUMBERS, LABEL), table.columns, "classification")
    with pytest.raises(InputError, match="tree_shap failed on the generic model"):
        tree_shap(model, table.matrix, np.zeros(4), 0)
