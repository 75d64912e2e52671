"""A recovery attack on choosing: rows of hidden groups are altered, and no output changes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.cli import main

MODELS = {"none": "p0", "g": "p1", "h": "p2", "g+h": "p3"}
P = list(MODELS.values())


def people(task: str, n: int = 240, seed: int = 0) -> pd.DataFrame:
    """Four large groups, of two attributes."""
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"g": np.repeat(["a", "b"], n // 2), "h": rng.choice(["u", "v"], n)})
    rows["x"] = rng.normal(size=n)
    if task == "classification":
        rows["y"] = rng.integers(0, 2, n).astype(float)
        rows[P] = rng.uniform(0.1, 0.9, (n, 4))
    else:
        rows["y"] = rng.normal(50, 5, n)
        rows[P] = rows[["y"]].to_numpy() + rng.normal(0, 2, (n, 4))
    return rows.assign(w=1.0, c=np.arange(n))


def hidden(task: str, n: int, seed: int = 1, g: str = "x") -> pd.DataFrame:
    """People of one group: of a level of its own, or of a crossing that nobody else is in."""
    return people(task, seed=seed)[:n].assign(g=g, h="u", c=1000 + np.arange(n))


def with_hidden(rows: pd.DataFrame, small: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([rows, small], ignore_index=True)


def faces(found: wg.Choice) -> dict[str, str]:
    """Everything that is published, but the time."""
    found = replace(found, created="")
    charts = {name: getattr(found.plot, name)() for name in ("frontier", "groups", "lattice")}
    return {
        "json": json.dumps(found.to_dict()),
        "terminal": found.to_text(),
        "page": found.to_html(),
        "markdown": found.to_markdown(),
        "csv": found.to_csv(),
        "table": found.table(every=True).to_csv(),
        "buys": found.what_it_buys().to_csv(),
        **{name: json.dumps(chart.to_dict(), sort_keys=True) for name, chart in charts.items()},
    }


def given(rows: pd.DataFrame, **columns: str) -> dict[str, str]:
    models = {name: rows[column] for name, column in MODELS.items()}
    also: dict[str, Any] = {name: rows[column] for name, column in columns.items()}
    return faces(wg.choose_from(rows["y"], models=models, personal=rows[["g", "h"]], **also))


def fitted(rows: pd.DataFrame, **columns: str) -> dict[str, str]:
    also: dict[str, Any] = {name: rows[column] for name, column in columns.items()}
    also |= {"model": "linear", "repeats": 1, "folds": 2}
    return faces(wg.choose(rows[["x"]], rows["y"], personal=rows[["g", "h"]], **also))


TASKS = ("classification", "regression")


@pytest.mark.parametrize(("task", "way"), [(TASKS[0], fitted), (TASKS[1], given)])
def test_nothing_that_few_people_say_is_in_any_output(task: str, way: Any) -> None:
    worlds = [hidden(task, 5), hidden(task, 8, seed=2)]
    # An outcome, predictions and a feature like nobody else's, and people without an outcome.
    odd = hidden(task, 5).assign(x=1e9, **dict.fromkeys(P, 0.999 if task == TASKS[0] else 1e7))
    odd["y"] = 1.0 if task == TASKS[0] else 1e8
    worlds += [odd, with_hidden(hidden(task, 3), hidden(task, 6).assign(y=np.nan))]
    found = [way(with_hidden(people(task), small)) for small in worlds]
    assert all(each == found[0] for each in found)
    assert not any("x" in json.loads(each["json"])["routing"][-1]["group"] for each in found)


@pytest.mark.parametrize(("task", "way"), [(TASKS[0], given), (TASKS[1], fitted)])
def test_whether_a_crossing_is_empty_is_in_no_output(task: str, way: Any) -> None:
    rows = people(task).query("not (g == 'a' and h == 'u')")
    found = [way(rows)]
    found += [way(with_hidden(rows, hidden(task, 9, g="a")))]
    assert found[0] == found[1]


def heavy(small: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    small.loc[small.index[-1], "w"] = 10_000.0
    return small, {"sample_weight": "w"}


def many_rows(small: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    return with_hidden(small, pd.concat([small.iloc[[-1]]] * 300)), {"cluster": "c"}


@pytest.mark.parametrize(("task", "attack"), [(TASKS[0], heavy), (TASKS[1], many_rows)])
def test_one_person_with_most_of_the_weight_is_in_no_output(task: str, attack: Any) -> None:
    found = []
    for y in (0.0, 1.0):
        small = hidden(task, 12)
        small.loc[small.index[-1], ["y", *P]] = [y, 0.4 + y / 10, 0.3, 0.5, 0.6]
        small, columns = attack(small)
        found.append(given(with_hidden(people(task), small), **columns))
    assert found[0] == found[1]


@pytest.mark.parametrize("way", [given, fitted])
def test_one_outcome_that_is_most_of_the_errors_is_in_no_output(way: Any) -> None:
    found = []
    for y in (6e4, -3e6):
        small = hidden("regression", 12)
        small.loc[small.index[-1], "y"] = y
        found.append(way(with_hidden(people("regression"), small)))
    assert found[0] == found[1]


def of_one(small: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """One person, who may have the outcome."""
    return small, {}


def of_one_who_counts(small: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """Another has it, with nearly no weight."""
    small.loc[small.index[5], ["y", "w"]] = 1.0, 1e-9
    return small, {"sample_weight": "w"}


def of_three_rows(small: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    """The one person has three rows."""
    small.loc[small.index[:3], "c"] = 5000
    small.loc[small.index[:3], "y"] = small["y"].iloc[0]
    return small, {"cluster": "c"}


@pytest.mark.parametrize(
    ("way", "attack"), [(fitted, of_one), (given, of_one_who_counts), (given, of_three_rows)]
)
def test_whether_one_of_a_small_group_has_the_outcome_is_in_no_output(
    way: Any, attack: Any
) -> None:
    found = []
    for y in (0.0, 1.0):
        small = hidden("classification", 40).assign(y=0.0)
        small.loc[small.index[0], "y"] = y
        small, columns = attack(small)
        found.append(way(with_hidden(people("classification"), small), **columns))
    assert found[0] == found[1]


@pytest.mark.parametrize("task", TASKS)
def test_the_outcome_of_the_one_on_whom_models_differ_is_in_no_output(task: str) -> None:
    found = []
    for y in (0.0, 1.0):
        small = hidden(task, 40)
        small["y"] = small["y"] if task == "regression" else np.arange(40) % 2.0
        small[P] = np.tile(small[["p0"]], 4)
        small.loc[small.index[-1], ["y", *P]] = [y, 0.4, 0.6, 0.6, 0.6]
        found.append(given(with_hidden(people(task), small)))
    assert found[0] == found[1]
    assert json.loads(found[0]["json"])["data"]["rows"] == 240


@pytest.mark.parametrize("spanning", [False, True])
def test_what_another_cost_would_tell_is_in_none_of_its_edges(spanning: bool) -> None:
    """All differ by the Brier score, which decides; by labels the models differ for one alone."""
    found = []
    for y in (0.0, 1.0):
        small = hidden("classification", 40).assign(y=np.arange(40) % 2.0)
        small[P] = np.random.default_rng(3).uniform(0.1, 0.4, (40, 4))
        small.loc[small.index[-1], ["y", *P]] = [y, 0.4, 0.6, 0.6, 0.6]
        rows = with_hidden(people("classification"), small)
        # A cluster with rows in two groups: the total cannot be taken apart.
        rows.loc[rows.index[-2], "c"] = 0
        whole = json.loads(given(rows, **({"cluster": "c"} if spanning else {}))["json"])
        found.append([edge for edge in whole["edges"] if edge["cost"] == "zero_one"])
    assert found[0] == found[1]
    told = [edge["groups"][-2]["gain"] for edge in found[0] if edge["told"] == []]
    assert told == [None, None]
    assert all((edge["gain"] is None) == spanning for edge in found[0] if edge["told"] == [])


def test_the_command_line_says_no_more(tmp_path, capsys) -> None:
    said = []
    for n, seed in ((5, 1), (8, 2)):
        rows = with_hidden(people("classification"), hidden("classification", n, seed=seed))
        rows.to_csv(tmp_path / "rows.csv", index=False)
        words = ["choose", str(tmp_path / "rows.csv"), "--target", "y", "--personal", "g,h"]
        words += [w for name, column in MODELS.items() for w in ("--model", f"{name}={column}")]
        words += ["--json", str(tmp_path / "out.json")]
        assert main(words) == 0
        written = json.loads((tmp_path / "out.json").read_text("utf-8"))
        said.append((written | {"created": ""}, capsys.readouterr()))
    assert said[0] == said[1]
