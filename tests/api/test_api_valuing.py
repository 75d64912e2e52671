"""The value of the procedure of advising, by outer folds, against the same done by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from sklearn.linear_model import LinearRegression

import whogains as wg
from whogains.api.valuing import OUTER_SEED
from whogains.errors import InputError
from whogains.models import assign_folds

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "choice.schema.json").read_text("utf-8"))
FOLDS = 3


def people(n: int = 1500, gain: float = 1.0, seed: int = 0) -> tuple[pd.DataFrame, Any, Any]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"x": rng.normal(size=n)})
    personal = pd.DataFrame({"sex": rng.integers(0, 2, n), "age": rng.integers(0, 2, n)})
    y = X["x"] + gain * personal["sex"] + rng.normal(size=n)
    return X, y.to_numpy(), personal


def chosen(X: Any, y: Any, personal: Any, **more: Any) -> wg.Choice:
    return wg.choose(X, y, personal=personal, model=LinearRegression(), repeats=1, n_jobs=1, **more)


@pytest.fixture(scope="module")
def advice() -> wg.Choice:
    return chosen(*people(), costs="squared_error", value_folds=FOLDS, unit="kg")


def test_the_value_of_the_procedure_is_what_doing_it_by_hand_gives(advice: wg.Choice) -> None:
    X, y, personal = people()
    codes = pd.factorize(personal["age"] * 2 + personal["sex"], sort=True)[0]
    outer = assign_folds(y, "regression", folds=FOLDS, groups=codes, random_state=OUTER_SEED)
    gains, everything, asked, sizes = [], [], [], []
    for k in range(FOLDS):
        train, test = outer != k, outer == k
        inner = chosen(X[train], y[train], personal[train], costs="squared_error")
        told = {(g.group["sex"], g.group["age"]): (g.served, g.tells) for g in inner.routing}

        def errors(names: list[str], train: Any = train, test: Any = test) -> np.ndarray[Any, Any]:
            design = np.column_stack([np.ones(len(y)), X, personal[names]]).astype(float)
            weights = np.linalg.lstsq(design[train], y[train], rcond=None)[0]
            return np.asarray((y[test] - design[test] @ weights) ** 2)

        nothing = errors([])
        by_advice = np.empty(test.sum())
        burden = np.empty(test.sum())
        each = list(zip(personal["sex"][test], personal["age"][test], strict=True))
        for (sex, age), (served, tells) in told.items():
            here = np.array([(str(a), str(b)) == (sex, age) for a, b in each])
            by_advice[here] = errors(list(served))[here]
            burden[here] = len(tells)
        gains.append((nothing - by_advice).mean())
        everything.append((nothing - errors(["sex", "age"])).mean())
        asked.append(burden.mean() / 2)
        sizes.append(test.sum())
    found = advice.value.procedure
    assert found is not None
    assert found.fold_gains == pytest.approx(gains)
    assert found.gain == pytest.approx(np.average(gains, weights=sizes))
    assert found.everything == pytest.approx(np.average(everything, weights=sizes))
    assert found.asked == pytest.approx(np.average(asked, weights=sizes))
    assert found.kept == pytest.approx(found.gain / found.everything)
    # The truth: sex moves the outcome by 1 in half of the people.
    assert found.gain == pytest.approx(0.25, abs=0.1)


def test_it_is_in_the_json_and_in_the_sentences_by_its_name(advice: wg.Choice) -> None:
    content = json.loads(json.dumps(advice.to_dict()))
    Draft202012Validator(SCHEMA).validate(content)
    assert content["value"]["procedure"]["folds"] == FOLDS
    assert wg.Choice.of(advice).value == advice.value
    said = advice.sentences()[2]
    assert "The procedure, not this advice: advice made so from 2 of 3 parts of these" in said
    assert "kg² per person" in said


def test_noise_is_worth_nothing_to_others() -> None:
    rng = np.random.default_rng(3)
    X, y, personal = people(900, gain=0.0, seed=3)
    w = rng.choice([1.0, 2.0], len(y))
    found = chosen(X, y, personal, value_folds=2, sample_weight=w, cluster=np.arange(900) // 2)
    procedure = found.value.procedure
    assert procedure is not None
    assert procedure.gain == 0
    assert procedure.people_asked == procedure.asked == 0
    # What is told only adds noise to the fits.
    assert procedure.everything < 0.01
    assert procedure.kept is None or procedure.kept == 0


def test_one_outer_fold_is_refused() -> None:
    with pytest.raises(InputError, match="value_folds=1: give at least 2 outer folds"):
        chosen(*people(200), value_folds=1)
