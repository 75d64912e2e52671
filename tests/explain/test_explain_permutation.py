"""Sampled Shapley values, against exact ones and against shap's."""

import numpy as np
import pytest
from shap import KernelExplainer

from whogains.explain import permutation, permutation_shap
from whogains.frames import encode
from whogains.models import adapt_model

RNG = np.random.default_rng(4)
MATRIX = RNG.normal(size=(40, 5))
BASELINE = np.array([0.1, -0.2, 0.0, 0.3, 0.0])


def pairwise(matrix):
    return matrix[:, 0] - 2 * matrix[:, 1] * matrix[:, 2] + np.sin(matrix[:, 3]) * matrix[:, 4]


def triple(matrix):
    return matrix[:, 0] * matrix[:, 1] * matrix[:, 2] + np.maximum(matrix[:, 3], matrix[:, 4])


def model_of(function):
    columns = encode(MATRIX).columns
    return adapt_model(lambda frame: function(frame.to_numpy()), columns, "regression")


def test_pairwise_models_are_exact_with_one_permutation():
    found = permutation_shap(model_of(pairwise), MATRIX, BASELINE, 0, permutations=1)
    exact = KernelExplainer(pairwise, BASELINE[None, :]).shap_values(MATRIX, silent=True)
    np.testing.assert_allclose(found, exact, atol=1e-10)


def test_higher_interactions_come_close_with_more_permutations():
    exact = KernelExplainer(triple, BASELINE[None, :]).shap_values(MATRIX, silent=True)
    few, many = (
        permutation_shap(model_of(triple), MATRIX, BASELINE, 0, permutations=count) - exact
        for count in (2, 300)
    )
    assert np.abs(many).max() < 0.1
    assert np.sqrt(np.mean(many**2)) < np.sqrt(np.mean(few**2)) / 4


def test_rows_add_up_to_the_difference_from_the_baseline():
    found = permutation_shap(model_of(triple), MATRIX, BASELINE, 3)
    wanted = triple(MATRIX) - triple(BASELINE[None, :])
    np.testing.assert_allclose(found.sum(axis=1), wanted, atol=1e-12)


def test_a_row_s_explanation_does_not_depend_on_the_others(monkeypatch):
    model = model_of(triple)
    found = permutation_shap(model, MATRIX, BASELINE, 5)
    order = RNG.permutation(40)
    np.testing.assert_array_equal(permutation_shap(model, MATRIX[order], BASELINE, 5), found[order])
    np.testing.assert_array_equal(permutation_shap(model, MATRIX[:3], BASELINE, 5), found[:3])
    monkeypatch.setattr(permutation, "BATCH_NUMBERS", 7 * 25)
    np.testing.assert_array_equal(permutation_shap(model, MATRIX, BASELINE, 5), found)


def test_the_seed_decides():
    one, again, other = (
        permutation_shap(model_of(triple), MATRIX, BASELINE, seed) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


def test_features_at_the_baseline_get_nothing_and_cost_nothing():
    matrix = MATRIX.copy()
    matrix[:, [1, 3]] = BASELINE[[1, 3]]
    predicted = []

    def counting(rows):
        predicted.append(len(rows))
        return triple(rows)

    found = permutation_shap(model_of(counting), matrix, BASELINE, 0, permutations=1)
    assert (found[:, [1, 3]] == 0).all()
    assert sum(predicted) == 1 + 2 * 3 * len(matrix)
    at_baseline = np.tile(BASELINE, (2, 1))
    assert (permutation_shap(model_of(triple), at_baseline, BASELINE, 0) == 0).all()


@pytest.mark.parametrize("baseline", [np.zeros(2), np.array([np.nan, 0.0])])
def test_missing_values_are_values(baseline):
    def observed(matrix):
        return 3.0 * np.isnan(matrix[:, 0]) + matrix[:, 1]

    columns = encode({"a": [1.0, np.nan], "b": [0.5, 2.0]})
    model = adapt_model(lambda frame: observed(frame.to_numpy()), columns.columns, "regression")
    found = permutation_shap(model, columns.matrix, baseline, 0)
    wanted = observed(columns.matrix) - observed(baseline[None, :])
    np.testing.assert_allclose(found.sum(axis=1), wanted)
    np.testing.assert_allclose(found[:, 1], [0.5, 2.0])
