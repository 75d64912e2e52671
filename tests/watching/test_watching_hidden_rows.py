"""A recovery attack on a watch: rows of groups that wait are altered, and no output changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.cli import main

COLUMNS: dict[str, Any] = {
    "target": "y", "generic": "p0", "personalized": "p1", "groups": ["g", "h"],
}  # fmt: skip
TASKS = ("classification", "regression")


def people(task: str, n: int = 200, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame({"g": np.repeat(["a", "b"], n // 2), "h": rng.choice(["u", "v"], n)})
    if task == "classification":
        rows["y"] = rng.integers(0, 2, n).astype(float)
        rows[["p0", "p1"]] = rng.uniform(0.1, 0.9, (n, 2))
    else:
        rows["y"] = rng.normal(50, 5, n)
        rows[["p0", "p1"]] = rows[["y"]].to_numpy() + rng.normal(0, 2, (n, 2))
    return rows.assign(w=1.0, c=np.arange(n) + 1000 * seed)


def few(task: str, n: int, seed: int, g: str = "x") -> pd.DataFrame:
    return people(task, seed=seed)[:n].assign(g=g, h="u")


def published(folder: Path, batches: list[pd.DataFrame], **columns: str) -> tuple[str, ...]:
    state = folder / f"{len(list(folder.iterdir()))}.watch"
    for number, rows in enumerate(batches):
        found = wg.watch(rows, state=state, batch=str(number), **COLUMNS, **columns)
    faces = found.to_text(), found.to_markdown(), found.to_html(), found.to_csv()
    return json.dumps(found.to_dict()), *faces


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("first", [True, False])
def test_what_few_people_say_is_in_no_output(task: str, first: bool, tmp_path: Path) -> None:
    odd = few(task, 5, 4).assign(y=1.0, p0=0.999, p1=0.9)
    if task == "regression":
        odd = odd.assign(y=1e8, p0=1e7)
    found = []
    for small in (few(task, 5, 2), few(task, 8, 3), odd):
        batches = [people(task), people(task, seed=1)]
        batches[1 - first] = pd.concat([batches[1 - first], small])
        found.append(published(tmp_path, batches))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("task", TASKS)
def test_whether_a_crossing_is_empty_is_in_no_output(task: str, tmp_path: Path) -> None:
    rows = people(task).query("not (g == 'a' and h == 'u')")
    worlds = [rows, pd.concat([rows, few(task, 4, 2, g="a")])]
    found = [published(tmp_path, [each, rows.assign(p0=rows["p1"])]) for each in worlds]
    assert found[0] == found[1]


def test_one_who_rules_a_batch_is_in_no_output(tmp_path: Path) -> None:
    found = []
    for y in (6e4, 9e4):
        small = few("regression", 12, 2)
        small.iloc[-1, small.columns.get_loc("y")] = y
        found.append(published(tmp_path, [pd.concat([people("regression"), small])]))
    assert found[0] == found[1]
    found = []
    for y in (40.0, 60.0):
        small = few("regression", 12, 2)
        small.loc[small.index[-1], ["y", "w"]] = y, 1e4
        rows = pd.concat([people("regression"), small])
        found.append(published(tmp_path, [rows], sample_weight="w"))
    assert found[0] == found[1]


def test_who_returns_to_a_group_that_waits_is_not_counted(tmp_path: Path) -> None:
    small = few("classification", 3, 2)
    found = []
    for later in (small, small.assign(c=small["c"] + 500)):
        batches = [people("classification"), people("classification", seed=1)]
        parts = [pd.concat(each) for each in zip(batches, (small, later), strict=True)]
        found.append(published(tmp_path, parts, cluster="c"))
    assert found[0] == found[1]


@pytest.mark.parametrize(("ones", "named"), [(9, False), (10, True)])
def test_an_outcome_that_few_have_is_not_named(ones: int, named: bool, tmp_path: Path) -> None:
    rows = people("classification")
    rows["y"] = np.where(np.arange(len(rows)) % (len(rows) // ones) == 0, "HIV+", "none")
    assert (rows["y"] == "HIV+").sum() >= ones
    rows.loc[rows.index[rows["y"] == "HIV+"][ones:], "y"] = "none"
    found = wg.watch(
        rows, state=tmp_path / "s", batch="1", min_cell=10, positive="HIV+",
        **{**COLUMNS, "groups": "g"},
    )  # fmt: skip
    said = json.dumps(found.to_dict()) + found.to_html() + found.to_text()
    assert ("HIV+" in said) == named


def test_a_run_that_cannot_write_its_page_adds_no_batch(tmp_path: Path) -> None:
    for number in (1, 2):
        people("classification", seed=number).to_csv(tmp_path / f"{number}.csv", index=False)
    state = tmp_path / "s"
    words = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "g,h"]
    full = ["--state", str(state), "--quiet", "--html", "/dev/full"]
    assert main(["watch", str(tmp_path / "1.csv"), *words, *full]) == 2
    assert not state.exists()
    assert main(["watch", str(tmp_path / "1.csv"), *words, *full[:3]]) == 0
    before = state.read_bytes()
    assert main(["watch", str(tmp_path / "2.csv"), *full]) == 2
    assert state.read_bytes() == before
