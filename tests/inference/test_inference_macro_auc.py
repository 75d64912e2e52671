"""The macro AUC against scikit-learn, and its influences against a jackknife."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from whogains.inference import macro_auc_pair


def made(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    both = []
    for apart in (0.5, 1.0):
        score = rng.normal(size=(n, 4)).round(1)
        score[np.arange(n), y] += apart
        odds = np.exp(score)
        both.append(odds / odds.sum(axis=1, keepdims=True))
    return y, both[0], both[1]


def test_it_is_scikit_learns_of_one_against_the_rest() -> None:
    y, generic, personalized = made(400, 0)
    weight = np.random.default_rng(1).uniform(0.5, 2, 400)
    for w in (None, weight):
        found = macro_auc_pair(y, generic, personalized, w)
        for mine, scores in ((found.generic, generic), (found.personalized, personalized)):
            expected = [roc_auc_score(y == k, scores[:, k], sample_weight=w) for k in range(4)]
            assert mine == pytest.approx(np.mean(expected), rel=1e-12)
    unweighted = macro_auc_pair(y, generic, personalized)
    assert unweighted.generic == pytest.approx(
        roc_auc_score(y, generic, multi_class="ovr", average="macro"), rel=1e-12
    )


def test_its_error_is_that_of_the_jackknife() -> None:
    y, generic, personalized = made(300, 2)
    found = macro_auc_pair(y, generic, personalized)
    error = np.sqrt((found.differences - found.differences.mean()).var(ddof=1) / 300)
    without = []
    for i in range(300):
        kept = np.arange(300) != i
        one = macro_auc_pair(y[kept], generic[kept], personalized[kept])
        without.append(one.personalized - one.generic)
    jackknife = np.sqrt(299 / 300 * np.sum((np.array(without) - np.mean(without)) ** 2))
    assert error == pytest.approx(jackknife, rel=0.03)


def test_a_class_without_rows_has_no_metric() -> None:
    y, generic, personalized = made(50, 3)
    found = macro_auc_pair(np.where(y == 3, 0, y), generic, personalized)
    assert found.reason == "a class has no row"
    assert np.isnan(found.generic)
    y = np.where(y == 3, 0, y)
    y[0] = 3
    assert macro_auc_pair(y, generic, personalized).reason == "a class has a single row"
