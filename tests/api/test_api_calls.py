"""`audit` and `compare` as they are called: any frame, any model, the same findings."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import whogains as wg
from whogains.errors import InputError

N = 800
RNG = np.random.default_rng(31)
SEX = RNG.choice(["f", "m"], N)
X = pd.DataFrame({"x": RNG.normal(size=N), "z": RNG.normal(size=N)})
VALUE = X["x"] + np.where(SEX == "f", 1.0, -1.0) + RNG.normal(size=N)
ILL = pd.Series((VALUE > 0).astype(int), name="ill")
PERSONAL = pd.DataFrame({"sex": SEX, "race": RNG.choice(["a", "b", None], N, p=[0.6, 0.3, 0.1])})

Frames = Callable[[pd.DataFrame], Any]
FRAMES: dict[str, Frames] = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "lazy polars": lambda frame: pl.from_pandas(frame).lazy(),
    "pyarrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "mapping": lambda frame: {name: frame[name].tolist() for name in frame.columns},
}


def _content(found: wg.Findings) -> dict[str, Any]:
    # What regulators ask names the outcome, and a column of Arrow has no name.
    return {**found.to_dict(), "created": None, "for_the_file": None}


def _predictions() -> tuple[np.ndarray, np.ndarray]:
    x, shift = X["x"].to_numpy(), np.where(SEX == "f", 1.0, -1.0)
    return 1 / (1 + np.exp(-x)), 1 / (1 + np.exp(-x - shift))


@pytest.mark.parametrize("kind", FRAMES)
def test_every_frame_gives_the_same_comparison(kind: str) -> None:
    generic, personalized = _predictions()
    table = pd.DataFrame({"ill": ILL, "p0": generic, "p1": personalized})
    expected = wg.compare(
        ILL,
        generic=generic,
        personalized=personalized,
        groups=PERSONAL,
        random_state=4,
        costs=["zero_one", "auc"],
    )
    given = FRAMES[kind](table)
    if kind == "lazy polars":
        given = given.collect()
    found = wg.compare(
        given["ill"] if kind != "mapping" else ILL,
        generic=given["p0"],
        personalized=given["p1"],
        groups=FRAMES[kind](PERSONAL),
        random_state=4,
        costs=["zero_one", "auc"],
    )
    content = _content(found)
    content["data"]["target"] = "ill"
    assert content == _content(expected)


@pytest.mark.parametrize("kind", FRAMES)
def test_every_frame_gives_the_same_audit(kind: str) -> None:
    def audit(make: Frames, y: Any) -> dict[str, Any]:
        return _content(
            wg.audit(
                make(X), y, personal=make(PERSONAL), costs="brier", **FAST, repeats=1, placebo=0
            )
        )

    assert audit(FRAMES[kind], ILL) == audit(FRAMES["pandas"], ILL)


def test_attributes_by_name_or_apart() -> None:
    both = X.join(PERSONAL)
    found = [
        wg.audit(both, ILL, personal=["sex", "race"], groups=["sex"], **FAST, repeats=1, placebo=0),
        wg.audit(X, ILL, personal=PERSONAL, groups="sex", **FAST, repeats=1, placebo=0),
        wg.audit(X, ILL, personal=PERSONAL, groups=PERSONAL[["sex"]], **FAST, repeats=1, placebo=0),
    ]
    assert _content(found[0]) == _content(found[1]) == _content(found[2])
    assert found[0].data.personal == ("sex", "race")
    assert found[0].data.groups == ("sex",)


FAST: dict[str, Any] = {"model": "linear", "explainers": []}


def test_fitted_models_are_scored_as_they_are() -> None:
    train, rest = slice(0, 200), slice(200, N)
    code = (SEX == "f").astype(float)
    both = X.assign(code=code)
    generic = make_pipeline(StandardScaler(), LogisticRegression()).fit(X[train], ILL[train])
    personalized = LogisticRegression().fit(both[train], ILL[train])
    found = wg.audit(
        X[rest],
        ILL[rest],
        personal={"code": code[rest]},
        generic=generic,
        personalized=personalized,
        explainers=[],
        costs=["zero_one", "brier"],
    )
    expected = wg.compare(
        ILL[rest],
        generic=generic.predict_proba(X[rest])[:, 1],
        personalized=personalized.predict_proba(both[rest])[:, 1],
        groups={"code": code[rest]},
        costs=["zero_one", "brier"],
    )
    assert found.to_dict()["costs"] == expected.to_dict()["costs"]
    assert found.settings["generic_model"] == "Pipeline"
    assert found.settings["personalized_model"] == "LogisticRegression"


def test_no_explainer_can_be_asked_for_in_two_ways() -> None:
    asked: list[Any] = [[], "none", ["none"]]
    first, *rest = (
        _content(
            wg.audit(
                X,
                VALUE,
                personal=PERSONAL[["sex"]],
                model="linear",
                explainers=each,
                repeats=1,
                placebo=0,
            )
        )
        for each in asked
    )
    assert all(each == first for each in rest)
    assert {cost["kind"] for cost in first["costs"]} == {"prediction"}


def test_an_estimator_of_ones_own_is_cloned_and_left_alone() -> None:
    own = Ridge(alpha=2.0)
    found = wg.audit(
        X, VALUE, personal=PERSONAL[["sex"]], model=own, explainers=[], repeats=1, placebo=0
    )
    assert not hasattr(own, "coef_")
    assert found.settings["model"] == "Ridge"
    # Sex is worth one unit either way, so a model that knows it must be shown to gain.
    assert {group.verdict for group in found.costs[0].groups} == {"gain"}
    assert found.costs[0].gamma.verdict == "every group gains"


def test_explanation_costs_come_with_every_keep() -> None:
    found = wg.audit(
        X,
        ILL,
        personal=PERSONAL[["sex"]],
        model="linear",
        explainers="permutation_shap",
        keep=[0.5, 1],
        costs="brier",
        explanation_costs=["sufficiency", "incomprehensiveness"],
        repeats=1,
        placebo=0,
    )
    # What is averaged over both has no keep of its own.
    each = [cost for cost in found.costs if cost.kind == "prediction" or cost.keep is not None]
    assert [(cost.name, cost.kind, cost.keep) for cost in each] == [
        ("brier", "prediction", None),
        ("sufficiency", "explanation", 0.5),
        ("incomprehensiveness", "explanation", 0.5),
        ("sufficiency", "explanation", 1),
        ("incomprehensiveness", "explanation", 1),
    ]
    assert found.settings["keep"] == [0.5, 1]
    # Keeping one of two features or half of two is the same to the generic model.
    first, second = each[1].groups[0], each[3].groups[0]
    assert first.cost_generic == second.cost_generic
    for cost in found.costs[1:]:
        low, high = (0.0, 1.0) if cost.name == "sufficiency" else (-1.0, 0.0)
        assert all(low <= (group.cost_generic or 0.0) <= high for group in cost.groups)


def test_labels_are_audited_by_zero_one_alone_and_told() -> None:
    generic, personalized = ((p >= 0.5).astype(int) for p in _predictions())
    found = wg.compare(ILL, generic=generic, personalized=personalized, groups=PERSONAL)
    assert [cost.name for cost in found.costs] == ["zero_one"]
    assert any("labels, not probabilities" in note for note in found.notes)


def test_the_positive_outcome_is_told_and_can_be_chosen() -> None:
    generic, personalized = _predictions()
    words = ILL.map({0: "no", 1: "yes"})
    found = wg.compare(words, generic=generic, personalized=personalized, groups=PERSONAL)
    assert found.data.positive == "yes"
    assert "ill: 'yes' counts as 1 and 'no' as 0" in found.notes
    turned = wg.compare(
        words, generic=1 - generic, personalized=1 - personalized, groups=PERSONAL, positive="no"
    )
    assert turned.data.positive == "no"
    for one, other in zip(found.costs, turned.costs, strict=True):
        assert one.population.bop == pytest.approx(other.population.bop, abs=1e-12)


def test_a_missing_attribute_is_a_level_and_a_missing_outcome_is_counted() -> None:
    generic, personalized = _predictions()
    outcome = ILL.astype(float).mask(ILL.index >= N - 10)
    found = wg.compare(outcome, generic=generic, personalized=personalized, groups=PERSONAL)
    assert (found.data.rows, found.data.rows_dropped) == (N - 10, 10)
    levels = [group.group["race"] for group in found.costs[0].groups]
    assert levels == ["a", "b", None] * 2
    assert sum(group.n or 0 for group in found.costs[0].groups) == N - 10


def test_a_group_that_can_occur_has_a_line() -> None:
    generic, personalized = _predictions()
    groups = PERSONAL.fillna("a").assign(race=lambda f: f["race"].where(f["sex"] == "f", "a"))
    found = wg.compare(ILL, generic=generic, personalized=personalized, groups=groups, min_cell=0)
    for cost in found.costs:
        assert [tuple(group.group.values()) for group in cost.groups] == [
            ("f", "a"),
            ("f", "b"),
            ("m", "a"),
            ("m", "b"),
        ]
        empty = cost.groups[-1]
        assert (empty.n, empty.bop, empty.ci) == (0, None, (None, None))
        assert (empty.verdict, empty.reason) == ("cannot tell", "too few rows")


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    wg.audit(
        X,
        ILL,
        personal=PERSONAL[["sex"]],
        folds=3,
        progress=lambda stage, done, total: told.append((stage, done, total)),
        **FAST,
        repeats=1,
        placebo=0,
    )
    assert told
    assert all(stage and 0 <= done <= total for stage, done, total in told)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


@pytest.mark.parametrize("method", ["t", "score", "bootstrap", "betting", "auto"])
def test_every_method_can_be_asked_for(method: str) -> None:
    generic, personalized = _predictions()
    found = wg.compare(
        ILL,
        generic=generic,
        personalized=personalized,
        groups={"sex": SEX},
        method=method,
        costs="zero_one",
    )
    group = found.costs[0].groups[0]
    assert group.method == ("score" if method == "auto" else method)
    assert group.test == "sign"
    low, high = group.ci
    assert low is not None
    assert high is not None
    assert low < (group.bop or 0) < high
    assert found.settings["method"] == method
    assert json.loads(found.to_json())["costs"][0]["groups"][0]["method"] == group.method


def test_pandas_rows_in_another_order_are_refused():
    y = pd.Series([0, 1] * 20)
    p = pd.Series(np.linspace(0, 1, 40))
    groups = pd.DataFrame({"sex": ["F", "M"] * 20})
    shuffled = p.sample(frac=1, random_state=0)
    with pytest.raises(InputError, match="y_true and generic have different pandas indexes"):
        wg.compare(y, generic=shuffled, personalized=p, groups=groups)
    with pytest.raises(InputError, match="X and y have different pandas indexes"):
        wg.audit(p.to_frame("x"), y.iloc[::-1], personal=groups, repeats=1, placebo=0)
    same = wg.compare(y, generic=shuffled.to_numpy(), personalized=p, groups=groups)
    assert same.data.rows == 40


def _weighted(weights, **changes):
    rng = np.random.default_rng(3)
    n = 620
    y = rng.integers(0, 2, n)
    p0 = rng.random(n)
    frame = pd.DataFrame(
        {
            "y": y,
            "p0": p0,
            "p1": np.clip(p0 + 0.2 * (y - 0.5), 0, 1),
            # Six rows of a third group, which is not shown.
            "g": np.where(np.arange(n) < 6, "few", rng.choice(["u", "v"], n)),
            "w": weights(n),
        }
    )
    columns = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
    return wg.compare_files(frame, **columns, sample_weight="w", costs="zero_one", **changes)


@pytest.mark.parametrize("rows_in_memory", [10**6, 0], ids=["rows", "scan"])
@pytest.mark.parametrize(
    "weights",
    [
        lambda n: np.full(n, 0.1),
        # Those of a hidden group have no say in what the others get.
        lambda n: np.where(np.arange(n) < 6, 50.0, 7.0),
    ],
    ids=["equal", "equal but where hidden"],
)
def test_equal_weights_are_no_weights(weights, rows_in_memory):
    found = _weighted(weights, rows_in_memory=rows_in_memory)
    shown = [group for group in found.costs[0].groups if group.n is not None]
    assert {(group.method, group.test) for group in shown} == {("score", "sign")}


@pytest.mark.parametrize("rows_in_memory", [10**6, 0], ids=["rows", "scan"])
def test_weights_that_hardly_differ_are_weights(rows_in_memory):
    found = _weighted(lambda n: 1 + 1e-5 * np.arange(n), rows_in_memory=rows_in_memory)
    shown = [group for group in found.costs[0].groups if group.n is not None]
    assert "sign" not in {group.test for group in shown}


def test_an_ensemble_that_is_not_fitted_is_a_model():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(200, 2)), columns=["a", "b"])
    personal = pd.DataFrame({"s": rng.choice(["u", "v"], 200)})
    y = X["a"] + rng.normal(size=200)
    found = wg.audit(
        X,
        y,
        personal=personal,
        model=RandomForestRegressor(n_estimators=3),
        explainers=[],
        repeats=1,
        placebo=0,
    )
    assert found.settings["model"] == "RandomForestRegressor"
