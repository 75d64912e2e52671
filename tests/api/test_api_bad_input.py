"""What `audit`, `compare` and `plan` refuse: a ValueError in one line that names the fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.scoring import models_on_rows

N = 40
HALF = np.tile([0, 1], N // 2)
SEX = np.repeat(["f", "m"], N // 2)
RNG = np.random.default_rng(8)
FAST: dict[str, Any] = {"model": "linear", "explainers": []}
X = pd.DataFrame({"x": RNG.normal(size=N), "z": RNG.normal(size=N)})


def _with(row: int, value: object, values: Any = 0.5) -> pd.Series[Any]:
    found = pd.Series(np.full(N, values, dtype=object), name="p")
    found.iloc[row] = value
    return found


def _compare(**changed: Any) -> Callable[[], object]:
    given: dict[str, Any] = {
        "y_true": HALF,
        "generic": np.full(N, 0.5),
        "personalized": np.linspace(0, 1, N),
        "groups": {"sex": SEX},
        **changed,
    }
    return lambda: wg.compare(**given)


def _audit(**changed: Any) -> Callable[[], object]:
    given: dict[str, Any] = {
        "X": X,
        "y": HALF,
        "personal": {"sex": SEX},
        "model": "linear",
        "explainers": [],
        **changed,
    }
    return lambda: wg.audit(**given)


CASES: dict[str, tuple[Callable[[], object], str]] = {
    # the outcome
    "constant": (_compare(y_true=np.ones(N)), r"y_true is constant: every value is 1"),
    "constant, named": (_audit(y=pd.Series(np.ones(N), name="ill")), r"ill is constant"),
    "missing": (_compare(y_true=[None] * N), r"y_true has no values: all 40 rows are missing"),
    "not two values": (
        _compare(y_true=np.arange(N) % 3, costs=["brier"]),
        r"cost 'brier' needs an outcome with two values, and y_true is read for regression",
    ),
    "not numbers": (
        _audit(costs=["squared_error"]),
        r"cost 'squared_error' needs an outcome of numbers, .* y is read for classification",
    ),
    "no cost": (_compare(costs=[]), r"costs names no cost"),
    "infinite outcome": (
        _compare(y_true=np.r_[np.inf, np.arange(N - 1)]),
        r"y_true has 1 infinite values, the first in row 0",
    ),
    # predictions
    "outside": (
        _compare(generic=_with(7, -0.01)),
        r"p has 1 values outside \[0, 1\], the first \(-0\.01\) in row 7",
    ),
    "nan": (_compare(personalized=_with(3, np.nan)), r"p has 1 missing values, .* row 3"),
    "nan, unnamed": (
        _compare(personalized=np.r_[0.5, [np.nan] * (N - 1)]),
        r"personalized has 39 missing values, the first in row 1",
    ),
    "infinite": (_compare(generic=_with(9, np.inf)), r"p has 1 infinite values, .* row 9"),
    "text": (_compare(generic=["high"] * N), r"generic holds text where numbers are needed"),
    "labels": (
        _compare(generic=HALF, personalized=1 - HALF, costs=["zero_one", "brier"]),
        r"generic and personalized hold labels; only costs of labels can be audited",
    ),
    # lengths
    "short generic": (_compare(generic=[0.5]), r"generic has 1 rows and the target 40"),
    "short groups": (_compare(groups={"sex": ["f", "m"]}), r"groups has 2 rows and the target"),
    "short X": (_audit(X=X.iloc[:9]), r"X has 9 rows and the target 40"),
    "short personal": (_audit(personal={"sex": ["f"]}), r"personal has 1 rows and the target 40"),
    "short weight": (
        _compare(sample_weight=np.ones(3)),
        r"sample_weight has 3 rows and the target 40",
    ),
    "short cluster": (_compare(cluster=[1, 2]), r"cluster has 2 rows and the target 40"),
    # attributes
    "constant personal": (
        _audit(personal={"sex": ["f"] * N}),
        r"personal attribute 'sex' is constant",
    ),
    "constant where the outcome is known": (
        _audit(y=[None] * 20 + [0, 1] * 10),
        r"personal attribute 'sex' is constant",
    ),
    "constant group": (_compare(groups={"sex": ["f"] * N}), r"column 'sex' is constant"),
    "levels": (
        _compare(
            y_true=np.tile(HALF, 2),
            generic=np.full(2 * N, 0.5),
            personalized=np.full(2 * N, 0.4),
            groups={"zip": np.arange(2 * N) % 51},
        ),
        r"column 'zip' has 51 levels, more than 50; .*max_levels",
    ),
    "groups": (
        _compare(groups={"sex": SEX, "half": HALF}, max_groups=3),
        r"crossing sex, half makes 4 groups, more than 3; .*max_groups",
    ),
    "every group small": (
        _compare(groups={"who": np.arange(N) % 20}),
        r"every group has fewer than 10 rows.*min_cell",
    ),
    "personal and feature": (
        _audit(personal={"z": SEX}),
        r"column 'z' is personal and also a feature of the generic model",
    ),
    "target and feature": (
        _audit(X=X.assign(ill=HALF), y=pd.Series(HALF, name="ill")),
        r"column 'ill' is the target and also a feature; take it out of X",
    ),
    "target and personal": (
        _audit(personal={"ill": HALF[:8]}, X=X[:8], y=pd.Series(HALF[:8], name="ill")),
        r"personal attribute 'ill' is the target 'ill' itself",
    ),
    "target in disguise": (
        _audit(personal={"sex": SEX, "told": np.where(HALF == 1, "yes", "no")}),
        r"personal attribute 'told' is the target 'y' itself",
    ),
    "unknown personal": (_audit(personal=["sex"]), r"personal names the column 'sex'.*not in X"),
    "unknown group": (
        _audit(groups=["race"]),
        r"groups names the column 'race', which is not in X or personal",
    ),
    "no feature": (
        _audit(X={"sex": SEX}, personal="sex"),
        r"X has no feature left for the generic model",
    ),
    # weights and clusters
    "negative weight": (
        _compare(sample_weight=np.r_[np.ones(5), -2.0, np.ones(N - 6)]),
        r"sample_weight must be positive, and is not in 1 rows, the first \(-2\) in row 5",
    ),
    "row as given": (
        # The row is counted with those whose outcome is missing.
        _compare(y_true=[None, *HALF[1:]], sample_weight=np.r_[1, 1, 0, np.ones(N - 3)]),
        r"the first \(0\) in row 2",
    ),
    "missing weight": (
        _compare(sample_weight=[None] + [1.0] * (N - 1)),
        r"sample_weight has 1 missing values, the first in row 0",
    ),
    "missing cluster": (
        _compare(cluster=[*range(N - 1), None]),
        r"cluster is missing in 1 rows, the first in row 39",
    ),
    # models
    "one model": (_audit(generic=lambda frame: frame["x"], model=None), r"only the generic model"),
    "model and models": (
        _audit(generic=lambda frame: frame["x"], personalized=lambda frame: frame["x"]),
        r"model is what to fit; leave it out when fitted models are given",
    ),
    "unknown model": (_audit(model="magic"), r"model 'magic' is not known; choose from gradient"),
    "unknown explainer": (_audit(explainers="magic"), r"explainer 'magic' is not known"),
    "folds": (_audit(folds=1), r"folds=1: cross-fitting needs at least 2"),
    "keep none": (_audit(keep=0, explainers="permutation_shap"), r"keep=0: a count of features"),
    "keep many": (_audit(keep=4, explainers="permutation_shap"), r"keep=4: a count .* from 1 to"),
    "keep nothing": (_audit(keep=[], explainers="permutation_shap"), r"keeps is empty"),
    "change": (_audit(change="magic"), r"change of 'magic' does not exist for classification"),
    "label change": (
        _audit(y=RNG.normal(size=N), change="label"),
        r"change of 'label' does not exist for regression",
    ),
    "prediction outside": (
        _audit(
            generic=lambda frame: frame["x"],
            personalized=lambda frame: frame["x"],
            model=None,
        ),
        r"the generic model returned \d+ predictions outside \[0, 1\]",
    ),
    # settings
    "epsilon": (_compare(epsilon=0), r"epsilon must be positive and finite, not 0"),
    "epsilon of a cost": (
        _compare(epsilon={"zero_one": 0.1, "squared_error": 2}),
        r"epsilon names the cost 'squared_error', which is not audited",
    ),
    "epsilon of an audit": (
        _audit(epsilon={"sufficiency": 0.1, "magic": 2}),
        r"epsilon names the cost 'magic', which is not audited; audited are .*sufficiency",
    ),
    "alpha": (_compare(alpha=2), r"alpha must be above 0 and below 0\.5, not 2"),
    "power": (_compare(power=0.05), r"power must be above alpha and below 1, not 0\.05"),
    "method": (_compare(method="magic"), r"method must be auto, .*, not 'magic'"),
    "correction": (_compare(correction="magic"), r"correction must be within_cost or all_costs"),
    "convention": (_compare(convention="magic"), r"convention must be average or sum"),
    "tolerated": (_compare(tolerated_error=0.5), r"tolerated_error must be above 0 and below 0\.5"),
    "betting": (
        _compare(method="betting", costs="log_loss"),
        r"method 'betting' needs a bounded .* log_loss has no known range",
    ),
    "seed": (_compare(random_state=-1), r"random_state must be a whole number from 0 .*, not -1"),
    "seed of an audit": (_audit(random_state=2**32), r"random_state must be .* not 4294967296"),
    "task": (
        _compare(task="magic"),
        r"task must be classification, regression, classes, counts, quantiles or survival, not",
    ),
    # plan
    "n": (lambda: wg.plan(n=[0, 10]), r"n must be positive whole numbers, got 0"),
    "sd": (lambda: wg.plan(n=[5, 10], sd=[1, 0]), r"sd must be positive, got 0"),
    "sd length": (lambda: wg.plan(n=[5, 10], sd=[1, 2, 3]), r"sd must be .*one per group \(2\)"),
    "plan epsilon": (lambda: wg.plan(n=[5], epsilon=-1), r"epsilon must be .*positive, got -1"),
    "plan labels": (lambda: wg.plan(n=[5, 6], groups=["a"]), r"one label per group \(2\), got 1"),
}


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_a_value_error_in_one_line(case: str) -> None:
    call, message = CASES[case]
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, wg.InputError)


@pytest.mark.parametrize(
    "wrong",
    [
        {"epsilon": {"magic": 1}},
        {"costs": ["magic"]},
        {"sample_weight": np.zeros(N)},
        {"cluster": [None] * N},
        {"groups": {"sex": ["f"] * N}},
        {"model": "magic"},
        {"explainers": ["magic"]},
        {"folds": 1},
        {"keep": 99, "explainers": ["tree_shap"]},
        {"random_state": -1},
        {"change": "magic"},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_is_wrong_is_said_before_a_model_is_fitted(
    wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fitted(*args: object, **kwargs: object) -> None:
        raise AssertionError("a model was fitted")

    monkeypatch.setattr(models_on_rows, "fit_panel", fitted)
    with pytest.raises(wg.InputError):
        _audit(**wrong)()
    with pytest.raises(AssertionError, match="a model was fitted"):
        _audit()()


def test_a_name_alone_is_no_reason_to_refuse() -> None:
    # What is computed from a column of a frame keeps that column's name.
    y = X["x"] + RNG.normal(size=N)
    assert y.name is None or y.name == "x"
    assert (
        wg.audit(X, y.rename("x"), personal={"sex": SEX}, **FAST, repeats=1, placebo=0).data.target
        == "x"
    )
    with pytest.raises(wg.InputError, match="'x' is the target and also a feature"):
        wg.audit(X, X["x"], personal={"sex": SEX}, **FAST, repeats=1, placebo=0)


def test_measurements_are_not_taken_for_the_outcome() -> None:
    # Two columns without a repeated value have the same pattern, and nothing else in common.
    y = RNG.normal(size=N)
    found = wg.audit(
        X,
        y,
        personal={"age": RNG.normal(size=N)},
        groups={"sex": SEX},
        model="linear",
        explainers=[],
        repeats=1,
        placebo=0,
    )
    assert found.data.personal == ("age",)
    with pytest.raises(wg.InputError, match=re.escape("personal attribute 'again' is the target")):
        _audit(y=y.round(0) + 0.5, personal={"sex": SEX, "again": y.round(0)})()
