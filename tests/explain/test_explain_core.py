"""Occlusion, linear models, given attributions and self-checks."""

from importlib import import_module

import numpy as np
import pytest
from shap import LinearExplainer
from sklearn.linear_model import GammaRegressor, Lasso, LinearRegression, LogisticRegression

from whogains.errors import InputError
from whogains.explain import (
    Completeness,
    GivenAttributions,
    attribute,
    baseline_rows,
    completeness,
    find_explainer,
    linear_shap,
    masked_predictions,
    occlusion,
)
from whogains.frames import encode
from whogains.models import adapt_model, fit_model

RNG = np.random.default_rng(12)
MATRIX = RNG.normal(size=(50, 3))
Y = MATRIX @ [1.0, -2.0, 0.5]
BASELINE = np.array([0.5, 0.0, -1.0])
COLUMNS = encode(MATRIX).columns


def test_occlusion_by_hand(monkeypatch):
    def product(frame):
        return frame["x0"] * frame["x1"] + frame["x2"]

    model = adapt_model(product, COLUMNS, "regression")
    found = occlusion(model, MATRIX, BASELINE, 0)
    for j in range(3):
        hidden = MATRIX.copy()
        hidden[:, j] = BASELINE[j]
        wanted = model.predict(MATRIX) - model.predict(hidden)
        np.testing.assert_allclose(found[:, j], wanted, atol=1e-12)

    # The package has a function of the module's name.
    monkeypatch.setattr(import_module("whogains.explain.occlusion"), "BATCH_NUMBERS", 20)
    np.testing.assert_array_equal(occlusion(model, MATRIX, BASELINE, 0), found)


@pytest.mark.parametrize("estimator", [LinearRegression(), Lasso(0.01), LogisticRegression()])
def test_linear_shap_is_shap_s_and_its_formula(estimator):
    task = "classification" if isinstance(estimator, LogisticRegression) else "regression"
    outcome = (Y > 0).astype(int) if task == "classification" else Y
    estimator.fit(MATRIX, outcome)
    model = adapt_model(estimator, COLUMNS, task)
    found = linear_shap(model, MATRIX, BASELINE, 0)
    coefficients = estimator.coef_.reshape(-1)
    np.testing.assert_allclose(found, (MATRIX - BASELINE) * coefficients, atol=1e-12)
    shaps = LinearExplainer(estimator, BASELINE[None, :]).shap_values(MATRIX)
    np.testing.assert_allclose(found, np.asarray(shaps).reshape(found.shape), atol=1e-12)
    explainer = find_explainer("linear_shap", [model])
    check = completeness(explainer, model, MATRIX, BASELINE[None, :], found)
    assert check.relative_gap < 1e-12


def test_linear_shap_adds_up_categories_and_refuses_others():
    table = encode({"a": RNG.normal(size=60), "g": RNG.choice(["x", "y", "z"], 60)})
    y = table.matrix[:, 0] + table.matrix[:, 1]
    model = fit_model(table, y, "regression", estimator="linear")
    found = linear_shap(model, table.matrix, np.array([0.0, 1.0]), 0)
    wanted = model.predict(table.matrix) - model.predict(np.array([[0.0, 1.0]]))
    np.testing.assert_allclose(found.sum(axis=1), wanted, atol=1e-10)
    amounts = GammaRegressor().fit(MATRIX, 1 + np.arange(50))
    for other in (amounts, lambda frame: frame["x0"]):
        with pytest.raises(InputError, match="linear_shap cannot read the generic model"):
            linear_shap(adapt_model(other, COLUMNS, "regression"), MATRIX, BASELINE, 0)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("integrated_gradients:0", "number of steps must be a whole number from 1"),
        ("permutation_shap:many", "number of permutations must"),
        ("occlusion:5", "occlusion takes no number; write 'occlusion'"),
    ],
)
def test_what_is_no_amount_of_work(name, message):
    with pytest.raises(InputError, match=message):
        find_explainer(name, ())


def test_the_amount_of_work_reaches_the_explainer():
    calls = []

    def counted(frame):
        calls.append(len(frame))
        return frame["x0"] * frame["x1"] * frame["x2"]

    model = adapt_model(counted, COLUMNS, "regression")
    explainer = find_explainer("permutation_shap:2", [model])
    attribute(explainer, model, MATRIX, BASELINE[None, :], 0)
    assert explainer.name == "permutation_shap:2"
    # One baseline, then two orders forwards and backwards of three steps.
    assert sum(calls) == 1 + 2 * 2 * 3 * 50


def test_background_rows_are_averaged_over():
    table = encode(MATRIX)
    background = baseline_rows(table, 4, random_state=1)
    assert background.shape == (4, 3)
    assert all((row == MATRIX).all(axis=1).any() for row in background)
    np.testing.assert_array_equal(background, baseline_rows(table, 4, random_state=1))
    assert (background != baseline_rows(table, 4, random_state=2)).any()
    assert len(baseline_rows(table, 1000)) == 50
    with pytest.raises(InputError, match="baseline=0"):
        baseline_rows(table, 0)
    model = adapt_model(lambda f: f["x0"] * f["x1"] * f["x2"], COLUMNS, "regression")
    explainer = find_explainer("occlusion", [model])
    found = attribute(explainer, model, MATRIX, background, 0)
    each = [occlusion(model, MATRIX, row, 0) for row in background]
    np.testing.assert_allclose(found, np.mean(each, axis=0), atol=1e-12)
    (masked,) = masked_predictions(model, MATRIX, found, [1], background)
    ones = [masked_predictions(model, MATRIX, found, [1], row[None, :])[0] for row in background]
    np.testing.assert_allclose(masked.kept, np.mean([one.kept for one in ones], axis=0))
    np.testing.assert_allclose(masked.removed, np.mean([one.removed for one in ones], axis=0))


def test_a_curve_is_its_single_points():
    model = adapt_model(lambda f: f["x0"] * f["x1"] + f["x2"], COLUMNS, "regression")
    attributions = RNG.normal(size=MATRIX.shape)
    curve = masked_predictions(model, MATRIX, attributions, [1, 0.5, 3], BASELINE[None, :])
    for keep, point in zip([1, 0.5, 3], curve, strict=True):
        (alone,) = masked_predictions(model, MATRIX, attributions, [keep], BASELINE[None, :])
        np.testing.assert_array_equal(point.kept, alone.kept)
        np.testing.assert_array_equal(point.removed, alone.removed)


def test_gaps_add_over_rows():
    attributions, change = RNG.normal(size=(20, 3)), RNG.normal(size=20)
    whole = Completeness.of(attributions, change)
    parts = Completeness.of(attributions[:7], change[:7]) + Completeness.of(
        attributions[7:], change[7:]
    )
    np.testing.assert_allclose(parts.relative_gap, whole.relative_gap)
    assert parts.worst == whole.worst == abs(attributions.sum(axis=1) - change).max()
    nothing = np.zeros(1)
    assert Completeness.of(np.zeros((1, 2)), nothing).relative_gap == 0
    assert Completeness.of(np.ones((1, 2)), nothing).relative_gap == float("inf")


def test_given_attributions():
    given = GivenAttributions("mine", np.ones((4, 2)), np.zeros((4, 3)))
    assert find_explainer(given, ()).name == "mine"
    kept = given.take(np.array([True, False, True, False]))
    assert kept.of("generic", 2).shape == (2, 2)
    with pytest.raises(
        InputError, match=r"'mine' of the personalized model have the shape \(4, 3\)"
    ):
        given.of("personalized", 5)
    with pytest.raises(InputError, match="are not numbers"):
        GivenAttributions("mine", [["a"]], [[1.0]]).of("generic", 1)


def test_exclusive_or_by_hand():
    # On -1 and 1 the product is the exclusive or; the baseline 0 takes it away altogether.
    square = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    columns = encode(square).columns
    model = adapt_model(lambda f: f["x0"] * f["x1"], columns, "regression")
    outcome = square.prod(axis=1)
    zero = np.zeros((1, 2))
    halves = attribute(find_explainer("permutation_shap", [model]), model, square, zero, 0)
    np.testing.assert_array_equal(halves, np.column_stack([outcome / 2] * 2))
    wholes = attribute(find_explainer("occlusion", [model]), model, square, zero, 0)
    np.testing.assert_array_equal(wholes, np.column_stack([outcome] * 2))
    one, both = masked_predictions(model, square, halves, [1, 2], zero)
    # Neither feature says anything alone, and each takes all away.
    np.testing.assert_array_equal(one.kept, np.zeros(4))
    np.testing.assert_array_equal(one.removed, np.zeros(4))
    np.testing.assert_array_equal(both.kept, outcome)
    np.testing.assert_array_equal(both.removed, np.zeros(4))
