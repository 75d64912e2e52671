"""Rows of groups that are not shown have no part in any number of a scan, whatever they hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg

COLUMNS: dict[str, Any] = {
    "target": "y", "generic": "p0", "personalized": "p1", "groups": ["g"],
}  # fmt: skip


def people(hidden: float, where: str) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n = 300
    y = rng.normal(120, 15, n)
    errors = rng.normal(0, [[9.0], [8.0]], (2, n))
    shown = pd.DataFrame({"y": y, "p0": y + errors[0], "p1": y + errors[1]})
    shown["g"] = np.where(np.arange(n) % 3 == 0, "a", "b")
    small = pd.DataFrame({"g": ["x"] * 5, "y": hidden, "p0": 120.0, "p1": 121.0})
    return pd.concat([small, shown] if where == "first" else [shown, small], ignore_index=True)


def numbers(found: wg.Findings) -> list[float]:
    values = []
    for cost in found.costs:
        values += [cost.epsilon, cost.population.bop, cost.population.se, *cost.population.ci]
        values += [cost.limits.below, cost.limits.above, cost.gamma.p_every_group_gains]
        for group in cost.groups:
            values += [] if group.bop is None else [group.bop, group.se, *group.ci, group.p_gain]
    return [float(value) for value in values if value is not None]


@pytest.mark.parametrize("where", ["first", "last"])
@pytest.mark.parametrize("hidden", [1e10, -1e11, 1e100])
def test_epsilon_is_of_the_rows_that_are_shown(hidden: float, where: str) -> None:
    plain = wg.compare_files(people(120.0, where), **COLUMNS, rows_in_memory=0)
    found = wg.compare_files(people(hidden, where), **COLUMNS, rows_in_memory=0)
    np.testing.assert_allclose(numbers(found), numbers(plain), rtol=1e-12)


def labelled(hidden: float, n: int) -> pd.DataFrame:
    """Labels of large groups, and what is predicted for a small one."""
    rng = np.random.default_rng(5)
    rows = pd.DataFrame(rng.integers(0, 2, (300, 3)).astype(float), columns=["y", "p0", "p1"])
    rows["g"] = np.where(np.arange(300) % 3 == 0, "a", "b")
    small = pd.DataFrame({"y": [1.0] * n, "p0": hidden, "p1": hidden, "g": "x"})
    return pd.concat([small, rows], ignore_index=True)


@pytest.mark.parametrize("min_cell", [0, 10])
def test_predictions_of_hidden_rows_do_not_choose_the_costs(min_cell: int) -> None:
    found = [
        wg.compare_files(labelled(p, 5), **COLUMNS, rows_in_memory=0, min_cell=min_cell)
        for p in (1.0, 0.3)
    ]
    said = [replace(each, created="").to_json() for each in found]
    assert (said[0] == said[1]) == (min_cell > 0)
    assert [cost.name for cost in found[0].costs] == ["zero_one"]


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_not_even_the_last_digit_tells_of_hidden_rows(task: str) -> None:
    rng = np.random.default_rng(6)
    n = 400
    rows = pd.DataFrame(rng.uniform(0.1, 0.9, (n, 2)), columns=["p0", "p1"])
    rows["y"] = rng.integers(0, 2, n) if task == "classification" else rng.normal(0.5, 0.2, n)
    rows["g"], rows["h"] = np.repeat(["a", "b"], n // 2), rng.choice(["u", "v"], n)
    rows = rows.query("not (g == 'a' and h == 'u')")
    columns = {**COLUMNS, "groups": ["g", "h"]}
    # Nobody, one, or several are of a crossing that is not shown.
    few = [rows.iloc[:many].assign(g="a", h="u", y=1.0 * (many > 5)) for many in (0, 1, 9)]
    found = [wg.compare_files(pd.concat([each, rows]), **columns, rows_in_memory=0) for each in few]
    said = [replace(each, created="").to_json() for each in found]
    assert said[0] == said[1] == said[2]


def test_a_centre_far_from_the_outcomes_costs_no_digit() -> None:
    rng = np.random.default_rng(4)
    # The first rows are of a small group, and the others' mean is large against their spread.
    y = np.r_[np.full(9, -1e12), rng.normal(1e9, 1, 400)]
    rows = pd.DataFrame({"y": y, "p0": y + 1, "p1": y - 1, "g": ["x"] * 9 + ["a", "b"] * 200})
    found = wg.compare_files(rows, **COLUMNS, costs="squared_error", rows_in_memory=0)
    assert found.costs[0].epsilon == pytest.approx(0.01 * np.var(y[9:]), rel=1e-9)


@pytest.mark.parametrize("rows_in_memory", [0, 10_000])
def test_missing_outcomes_of_hidden_groups_are_not_counted(rows_in_memory: int) -> None:
    rows = people(120.0, "last")
    rows.loc[[0, 1], "y"] = np.nan
    hidden = rows[rows["g"] == "x"].assign(y=np.nan)
    more = pd.concat([rows, hidden, hidden.assign(g="unheard of")], ignore_index=True)
    found = wg.compare_files(more, **COLUMNS, rows_in_memory=rows_in_memory)
    assert found.data.rows_dropped == 2
    shown = wg.compare_files(more, **COLUMNS, rows_in_memory=rows_in_memory, min_cell=0)
    assert shown.data.rows_dropped == 12
