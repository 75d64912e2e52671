"""Sampled Shapley values, against exact ones and against shap as it is usually called."""

import itertools
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from shap import KernelExplainer, PermutationExplainer
from shap.maskers import Independent

from whogains.errors import InputError
from whogains.explain import attribute, find_explainer, permutation, permutation_shap
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
    # Of the product of three an order and its reverse give a feature half where it comes first or
    # last of the three (2/3 of the orders), else nothing.
    sd = np.abs((MATRIX - BASELINE)[:, :3].prod(axis=1)) * np.sqrt(2 / 9) / 2
    assert (np.abs(many[:, :3]).max(axis=1) < 4 * sd / np.sqrt(300) + 1e-12).all()
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
    np.testing.assert_array_equal(permutation_shap(model, MATRIX[:1], BASELINE, 5), found[:1])
    monkeypatch.setattr(permutation, "BATCH_NUMBERS", 7 * 11 * 5)
    np.testing.assert_array_equal(permutation_shap(model, MATRIX, BASELINE, 5), found)


@pytest.mark.parametrize("count", [1, 4])
def test_attributions_equal_those_of_shap_called_row_by_row(count):
    found = permutation_shap(model_of(triple), MATRIX, BASELINE, 9, permutations=count)
    background = RNG.normal(size=(3, 5))
    explainer = find_explainer(f"permutation_shap:{count}", [])
    averaged = attribute(explainer, model_of(triple), MATRIX, background, 9)
    for row in range(len(MATRIX)):
        for rows, ours in ((BASELINE[None, :], found), (background, averaged)):
            theirs = PermutationExplainer(triple, Independent(rows, max_samples=3), seed=9)
            wanted = theirs(MATRIX[row : row + 1], max_evals=11 * count, silent=True)
            np.testing.assert_allclose(ours[row], wanted.values[0], rtol=1e-12, atol=1e-14)


def test_values_close_to_the_baseline_are_not_taken_for_it():
    def steep(matrix):
        return 1000 * (matrix[:, 0] - 2017) + matrix[:, 1] * matrix[:, 2]

    matrix, baseline = MATRIX.copy(), BASELINE.copy()
    baseline[0], matrix[:, 0] = 2017, 2017.01
    found = permutation_shap(model_of(steep), matrix, baseline, 0)
    np.testing.assert_allclose(found[:, 0], 10, rtol=1e-9)


def test_the_global_generator_stays_as_it_was_and_decides_nothing():
    def untidy(matrix):
        np.random.seed(len(matrix))
        return triple(matrix) + 0 * np.random.normal()

    wanted = permutation_shap(model_of(triple), MATRIX, BASELINE, 5)
    np.random.seed(77)
    drawn = np.random.random(3)
    np.random.seed(77)
    np.testing.assert_array_equal(permutation_shap(model_of(untidy), MATRIX, BASELINE, 5), wanted)
    np.testing.assert_array_equal(np.random.random(3), drawn)


def test_threads_do_not_disturb_each_other():
    def slow(matrix):
        # So that another begins before one ends.
        time.sleep(0.002)
        return triple(matrix)

    def explained(seed):
        return permutation_shap(model_of(slow), MATRIX, BASELINE, seed, permutations=2 + seed)

    wanted = [explained(seed) for seed in range(4)]
    np.random.seed(77)
    drawn = np.random.random(3)
    np.random.seed(77)
    with ThreadPoolExecutor(4) as pool:
        np.testing.assert_array_equal(list(pool.map(explained, range(4))), wanted)
    np.testing.assert_array_equal(np.random.random(3), drawn)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda matrix: np.zeros(len(matrix) + 1), "one number per row"),
        (lambda matrix: np.full(len(matrix), np.nan), "missing or infinite"),
        (lambda matrix: 1 / (len(matrix) - len(matrix)), "failed to predict .* ZeroDivisionError"),
    ],
)
def test_a_model_that_fails_inside_shap_is_told_as_elsewhere(returned, message):
    def model(matrix):
        return np.zeros(1) if len(matrix) == 1 else returned(matrix)

    np.random.seed(77)
    drawn = np.random.random(3)
    np.random.seed(77)
    with pytest.raises(InputError, match=message):
        permutation_shap(model_of(model), MATRIX, BASELINE, 0)
    np.testing.assert_array_equal(np.random.random(3), drawn)


def test_shap_shows_no_progress_of_its_own(monkeypatch, capfd):
    # It would after ten seconds.
    clock = SimpleNamespace(time=itertools.count(0, 100).__next__)
    monkeypatch.setattr("shap.utils._show_progress.time", clock)
    permutation_shap(model_of(triple), MATRIX, BASELINE, 0)
    assert capfd.readouterr() == ("", "")


def test_the_largest_seeds_are_seeds():
    found = [permutation_shap(model_of(triple), MATRIX, BASELINE, 2**32 + at) for at in (-1, 0)]
    assert (found[0] != found[1]).any()


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
