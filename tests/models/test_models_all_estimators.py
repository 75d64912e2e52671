"""Every classifier and regressor of scikit-learn is audited, or refused in one clear line."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import ensemble
from sklearn.utils import all_estimators

import whogains as wg
from whogains.errors import InputError

ROWS = 80
RNG = np.random.default_rng(5)
# Positive, as some models ask for.
X = pd.DataFrame({"a": RNG.random(ROWS) + 1, "b": RNG.random(ROWS) + 1, "c": RNG.random(ROWS)})
S = pd.DataFrame({"s": RNG.integers(0, 2, ROWS)})
VALUE = X["a"] + S["s"] + 0.3 * RNG.random(ROWS)
EVENT = (VALUE.rank() > ROWS / 2).astype(int)
QUICK: dict[str, Any] = {"explainers": [], "repeats": 1, "placebo": 0, "folds": 2}

# What plain numbers do not suit, and the words that say so.
REFUSED = {
    "IsotonicRegression": "Isotonic regression input X should be a 1d array",
    "LinearSVC": "gives no probabilities (predict_proba); wrap it in",
    "MultiTaskElasticNet": "For mono-task outputs, use ElasticNet",
    "MultiTaskElasticNetCV": "For mono-task outputs, use ElasticNetCV",
    "MultiTaskLasso": "For mono-task outputs, use ElasticNet",
    "MultiTaskLassoCV": "For mono-task outputs, use LassoCV",
    "NuSVC": "gives no probabilities (predict_proba); wrap it in",
    "PassiveAggressiveClassifier": "gives no probabilities (predict_proba); wrap it in",
    "Perceptron": "gives no probabilities (predict_proba); wrap it in",
    "RadiusNeighborsClassifier": "No neighbors found for test samples",
    "RidgeClassifier": "gives no probabilities (predict_proba); wrap it in",
    "RidgeClassifierCV": "gives no probabilities (predict_proba); wrap it in",
    "SGDClassifier": "gives no probabilities (predict_proba); wrap it in",
    "SVC": "gives no probabilities (predict_proba); wrap it in",
    "SelfTrainingClassifier": "gives no probabilities (predict_proba); wrap it in",
}
# Settings with which a model can be made, or is quick.
SETTINGS: dict[str, dict[str, Any]] = {
    "CCA": {"n_components": 1},
    "PLSCanonical": {"n_components": 1},
    "RadiusNeighborsClassifier": {"radius": 0.1},
    "RadiusNeighborsRegressor": {"radius": 5.0},
    "TheilSenRegressor": {"max_subpopulation": 50},
}


def plain(kind: str) -> list[type]:
    """List the estimators of a kind that need no other estimator."""
    found = []
    for _, each in all_estimators(type_filter=kind):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                each()
            except TypeError:
                continue
        found.append(each)
    return found


EVERY = [(kind, each) for kind in ("classifier", "regressor") for each in plain(kind)]


def test_the_list_is_that_of_scikit_learn() -> None:
    assert len(EVERY) > 70
    assert set(REFUSED) <= {each.__name__ for _, each in EVERY}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("kind", "each"), EVERY, ids=[each.__name__ for _, each in EVERY])
def test_it_is_audited_or_refused_in_one_line(kind: str, each: Any) -> None:
    name = each.__name__
    model = each(**SETTINGS.get(name, {}))
    if "n_estimators" in model.get_params():
        model.set_params(n_estimators=5)
    y, cost = (EVENT, "brier") if kind == "classifier" else (VALUE, "squared_error")
    given: dict[str, Any] = {"personal": S, "model": model, "costs": [cost], **QUICK}
    if name in REFUSED:
        with pytest.raises(InputError) as refused:
            wg.audit(X, y, **given)
        assert REFUSED[name] in str(refused.value)
        assert "\n" not in str(refused.value)
        return
    found = wg.audit(X, y, **given)
    assert found.data.rows == ROWS
    assert found.settings["model"] == name


FORESTS = [
    f"{name}{kind}"
    for kind in ("Classifier", "Regressor")
    for name in ("RandomForest", "ExtraTrees", "GradientBoosting", "AdaBoost", "Bagging")
]


@pytest.mark.parametrize("name", FORESTS)
def test_ensembles_are_explained_by_what_reads_them(name: str) -> None:
    y = EVENT if name.endswith("Classifier") else VALUE
    quick = {**QUICK, "explainers": None}
    found = wg.audit(
        X, y, personal=S, model=getattr(ensemble, name)(n_estimators=4), keep=1, **quick
    )
    slow = name.startswith(("AdaBoost", "Bagging"))
    assert found.settings["explainers"] == ["permutation_shap" if slow else "tree_shap"]
    gaps = found.settings["completeness_gap"][found.settings["explainers"][0]]
    assert max(gaps.values()) < 1e-6
