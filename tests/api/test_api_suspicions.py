"""Models that are not what they seem are said first, and honest ones are not accused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import Lasso, LogisticRegression, Ridge
from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

import whogains as wg
from whogains.cli import main
from whogains.models import own_threshold
from whogains.results import Findings

QUICK: dict[str, Any] = {"explainers": [], "repeats": 1, "placebo": 0, "folds": 3}


def world(rows: int, seed: int, *, task: str = "regression", noise: float = 1.0) -> Any:
    draw = np.random.default_rng(seed)
    X = pd.DataFrame(draw.normal(size=(rows, 4)), columns=list("abcd"))
    S = pd.DataFrame({"s": draw.integers(0, 2, rows)})
    y = X["a"] + np.sin(2 * X["b"]) + S["s"] + noise * draw.normal(size=rows)
    return X, S, (y if task == "regression" else (y > 0.5).astype(int))


def given(model: Any, learned: Any, audited: Any, **asked: Any) -> Findings:
    """Fit two models on some rows, and audit them on others."""
    from sklearn.base import clone

    X, S, y = learned
    pair = clone(model).fit(X, y), clone(model).fit(X.join(S), y)
    X, S, y = audited
    return wg.audit(X, y, personal=S, generic=pair[0], personalized=pair[1], explainers=[], **asked)


def names(found: Findings) -> list[str]:
    return [each.name for each in found.warnings]


FLEXIBLE = [
    ("regression", RandomForestRegressor(20, random_state=0)),
    ("regression", DecisionTreeRegressor(random_state=0)),
    ("classification", HistGradientBoostingClassifier(random_state=0)),
]


@pytest.mark.parametrize(("task", "model"), FLEXIBLE, ids=["forest", "tree", "boosting"])
def test_rows_that_models_were_fitted_to_are_said(task: str, model: Any) -> None:
    rows = world(300, 1, task=task)
    found = given(model, rows, rows)
    assert "training_rows" in names(found)
    text = next(each.text for each in found.warnings if each.name == "training_rows")
    assert "the generic model's" in text
    assert "the personalized model's" in text
    assert names(given(model, world(300, 2, task=task), rows)) == []


@pytest.mark.parametrize("noise", [0.3, 1.0])
def test_models_of_many_other_rows_are_not_accused(noise: float) -> None:
    for seed in range(3):
        for task, model in FLEXIBLE:
            learned = world(1500, 10 + seed, task=task, noise=noise)
            assert names(given(model, learned, world(200, 50 + seed, task=task, noise=noise))) == []


def test_a_model_that_cannot_be_cloned_is_passed_over() -> None:
    X, S, y = rows = world(200, 4)
    table = dict(zip(X["a"], y, strict=True))

    def known_by_heart(frame: pd.DataFrame) -> Any:
        return frame["a"].map(table)

    found = wg.audit(
        X, y, personal=S, generic=known_by_heart, personalized=Ridge().fit(X.join(S), y),
        explainers=[],
    )  # fmt: skip
    assert "training_rows" not in names(found)
    assert len(rows[2]) == found.data.rows


def test_a_model_that_ignores_the_attributes_is_said() -> None:
    X, S, y = world(300, 5)
    found = wg.audit(X, y, personal=S, model=Lasso(0.6), **QUICK)
    assert "ignores_personal" in names(found)
    assert not any("does not use them" in note for note in found.notes)
    X_only = Ridge().fit(X, y)
    found = wg.audit(X, y, personal=S, generic=X_only, personalized=X_only, explainers=[])
    assert "identical_models" in names(found)


def test_healthy_worlds_are_not_accused() -> None:
    accused = []
    for seed in range(12):
        task = ("regression", "classification")[seed % 2]
        X, S, y = world(250, 100 + seed, task=task)
        X["town"] = np.random.default_rng(seed).choice([f"town {i}" for i in range(20)], 250)
        model = ("linear", None)[seed // 2 % 2]
        accused += names(wg.audit(X, y, personal=S, model=model, **QUICK))
    assert accused == []


def test_text_of_hundreds_of_levels_is_said_before_the_work() -> None:
    X, S, y = world(500, 6)
    X["street"] = [f"street {i % 240}" for i in range(500)]
    told: list[str] = []
    found = wg.audit(
        X, y, personal=S, model="linear", progress=lambda stage, *_: told.append(stage), **QUICK
    )
    assert names(found) == ["many_levels"]
    assert "'street' is text with 240 levels" in found.warnings[0].text
    assert told[0] == f"note: {found.warnings[0].text}"


def fixed(threshold: Any, **settings: Any) -> Any:
    return FixedThresholdClassifier(LogisticRegression(), threshold=threshold, **settings)


@pytest.mark.parametrize("positive", [1, 0])
def test_the_models_own_threshold_decides(positive: int) -> None:
    X, S, y = world(400, 7, task="classification")
    pair = fixed(0.2).fit(X, y), fixed(0.2).fit(X.join(S), y)
    found = wg.audit(
        X, y, personal=S, generic=pair[0], personalized=pair[1], positive=positive, explainers=[]
    )
    assert names(found) == []
    assert found.settings["threshold"] == pytest.approx(0.2 if positive else 0.8)
    assert any("own predict()" in note for note in found.notes)
    wrong = [float((m.predict(f) != y).mean()) for m, f in zip(pair, (X, X.join(S)), strict=True)]
    (zero_one,) = [cost for cost in found.costs if cost.name == "zero_one"]
    costs = zero_one.population.cost_generic, zero_one.population.cost_personalized
    assert costs == pytest.approx(wrong)
    asked = wg.audit(
        X, y, personal=S, generic=pair[0], personalized=pair[1], threshold=0.4, explainers=[]
    )
    assert (asked.settings["threshold"], names(asked)) == (0.4, [])


def test_two_thresholds_are_a_warning_whose_advice_works() -> None:
    X, S, y = world(400, 8, task="classification")
    pair = fixed(0.2).fit(X, y), fixed(0.3).fit(X.join(S), y)
    models: dict[str, Any] = {"generic": pair[0], "personalized": pair[1]}
    found = wg.audit(X, y, personal=S, explainers=[], **models)
    assert names(found) == ["own_threshold"]
    assert "the generic model from 0.2 on and the personalized model from 0.3" in (
        found.warnings[0].text
    )
    labels = {name: each.predict for name, each in models.items()}
    own = wg.audit(X, y, personal=S, explainers=[], costs=["zero_one"], **labels)
    assert own.costs[0].population.cost_generic == pytest.approx((pair[0].predict(X) != y).mean())


def test_thresholds_of_models_that_are_fitted_here() -> None:
    X, S, y = world(200, 9, task="classification")
    found = wg.audit(X, y, personal=S, model=fixed(0.3), **QUICK)
    assert (found.settings["threshold"], names(found)) == (0.3, [])
    tuned = TunedThresholdClassifierCV(LogisticRegression(), cv=2)
    found = wg.audit(X, y, personal=S, model=tuned, **QUICK)
    assert (found.settings["threshold"], names(found)) == (None, ["own_threshold"])
    assert "tuned in each fit" in found.warnings[0].text


def test_where_a_threshold_is_found() -> None:
    X, _, y = world(200, 10, task="classification")
    tuned = TunedThresholdClassifierCV(LogisticRegression(), cv=2, scoring="recall").fit(X, y)
    assert own_threshold(tuned, 1) == tuned.best_threshold_
    assert own_threshold(make_pipeline(StandardScaler(), fixed(0.3)).fit(X, y), 1) == 0.3
    assert own_threshold(fixed(0.3, pos_label=0).fit(X, y), 1) == 0.7
    assert own_threshold(fixed("auto").fit(X, y), 1) is None
    assert np.isnan(own_threshold(fixed(0.3, response_method="decision_function"), 1))
    assert own_threshold(LogisticRegression().fit(X, y), 1) is None


def test_a_gate_stops_at_them_unless_it_is_told_not_to(tmp_path: Any, capsys: Any) -> None:
    X, S, y = world(300, 11)
    frame = X.join(S).assign(y=y, street=[f"street {i % 220}" for i in range(300)])
    frame.to_csv(tmp_path / "a.csv", index=False)
    call = ["audit", str(tmp_path / "a.csv"), "--target", "y", "--personal", "s", "--quiet"]
    call += ["--model", "linear", "--explainers", "none", "--repeats", "1", "--placebo", "0"]
    call += ["--fail-on", "harm"]
    assert main(call) == 1
    assert "--allow many_levels lets pass" in capsys.readouterr().err
    assert main([*call, "--allow", "many_levels"]) == 0


def test_an_id_that_no_model_takes_is_not_said_to_be_seen() -> None:
    X, S, y = world(200, 12)
    pair = Ridge().fit(X, y), Ridge().fit(X.join(S), y)
    X["patient_id"] = np.arange(200)
    given: dict[str, Any] = {"generic": pair[0], "personalized": pair[1]}
    found = wg.audit(X, y, personal=S, explainers=[], **given)
    assert not any("both models see it" in note for note in found.notes)
    found = wg.audit(X, y, personal=S, model="linear", **QUICK)
    assert any("both models see it" in note for note in found.notes)
