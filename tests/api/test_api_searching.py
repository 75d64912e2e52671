"""More attributes than a lattice takes: a search on rows that have no part in the choice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor

import whogains as wg
from whogains.errors import InputError

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "choice.schema.json").read_text("utf-8"))
NAMES = list("abcdefgh")


def people(n: int = 3000, seed: int = 0, **effects: float) -> tuple[Any, Any, pd.DataFrame]:
    """Make people with eight attributes, of which some move the outcome."""
    rng = np.random.default_rng(seed)
    personal = pd.DataFrame(rng.integers(0, 2, (n, len(NAMES))), columns=NAMES)
    X = pd.DataFrame({"x": rng.normal(size=n)})
    y = X["x"] + sum(size * personal[name] for name, size in effects.items())
    return X, np.array(y + rng.normal(size=n)), personal


def chosen(X: Any, y: Any, personal: Any, **more: Any) -> wg.Choice:
    return wg.choose(X, y, personal=personal, model=LinearRegression(), n_jobs=1, **more)


@pytest.fixture(scope="module")
def advice() -> wg.Choice:
    return chosen(
        *people(6000, c=2.0, g=1.0), costs="squared_error", burden={"a": 2.0, "b": 2.0, "c": 2.0}
    )


def test_what_helps_is_kept_and_asked_and_the_rest_is_named(advice: wg.Choice) -> None:
    searched = advice.settings["searched"]
    assert set(searched["kept"][:2]) == {"c", "g"}
    # Sixteen groups of 4,000 rows have 250 each; thirty-two would have 125.
    assert len(searched["kept"]) == 4
    assert sorted([*searched["kept"], *searched["left_out"]]) == NAMES
    assert {step.ask for step in advice.requests} == {"c", "g", None}
    (note,) = [each for each in advice.notes if "a search on" in each]
    assert note.startswith("8 attributes could be asked, which make 256 sets: a search on ")
    assert note.endswith(f"nothing is said of {', '.join(searched['left_out'])}")
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(advice.to_dict())))


def test_no_row_is_both_searched_on_and_judged_by(advice: wg.Choice) -> None:
    assert advice.settings["searched"]["rows"] + advice.data.rows == 6000
    assert advice.data.rows_dropped == 0
    assert len(advice.lattice) == 16


def test_forward_and_backward_look_at_the_sets_that_they_say(advice: wg.Choice) -> None:
    # Forward 8 + 7 + 6 + 5 + 4 + 3; backward 8 + 7 + 6 + 5 + 4 + 3 + 2, of which few are new twice.
    sets = advice.settings["searched"]["sets"]
    assert 33 < sets <= 33 + 35
    assert f"looked at {sets} of them" in " ".join(advice.notes)


def test_what_helps_only_in_company_is_found_backward() -> None:
    """Two attributes of which neither tells anything without the other."""
    X, y, personal = people(6000, a=0.3, b=0.3)
    pair = 2.0 * ((personal["g"] + personal["h"]) == 1)
    found = wg.choose(
        X,
        y + pair,
        personal=personal,
        model=DecisionTreeRegressor(min_samples_leaf=40, random_state=0),
        repeats=1,
        n_jobs=1,
        folds=2,
        costs="squared_error",
        max_groups=300,
    )
    assert {"g", "h"} <= set(found.settings["searched"]["kept"])


def test_noise_is_not_certified_by_having_searched_for_it() -> None:
    asked = 0
    for seed in range(3):
        found = chosen(*people(1500, seed=seed), never="a")
        asked += any(group.certified for group in found.routing)
        assert "a" not in found.settings["searched"]["kept"]
        assert {*found.data.groups} >= {"a"}
    assert asked <= 1


def test_missing_outcomes_weights_and_clusters_are_kept_apart() -> None:
    X, y, personal = people(1800, c=2.0)
    y[::10] = np.nan
    cluster = np.arange(1800) // 3
    found = chosen(X, y, personal, cluster=cluster, sample_weight=np.ones(1800), given="h")
    assert found.data.rows_dropped == 180
    assert found.settings["searched"]["rows"] + found.data.rows == 1620
    assert "h" not in {*found.settings["searched"]["kept"], *found.settings["searched"]["left_out"]}
    assert found.settings["searched"]["kept"][0] == "c"


def test_names_that_are_none_are_refused_before_the_search() -> None:
    with pytest.raises(InputError, match="given names 'z', which is none of the personal"):
        chosen(*people(400), given="z")
