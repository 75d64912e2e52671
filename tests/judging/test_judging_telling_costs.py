"""A recovery attack on small groups of nearly one outcome, or in which the models differ once."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.api import gather
from whogains.judging import Settings
from whogains.report import as_csv

SUMS = ["zero_one", "brier", "log_loss"]
COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": ["g"]}


def people(small=40, ones=0, seed=0, task="classification"):
    """Two large groups, and a small one of which the first so many have the outcome."""
    rng = np.random.default_rng(seed)
    group = np.repeat(["a", "b", "x"], [150, 120, small])
    n = len(group)
    rows = pd.DataFrame({"g": group, "c": np.arange(n)})
    if task == "classification":
        rows["y"] = rng.integers(0, 2, n)
        rows["p0"], rows["p1"] = rng.uniform(0.1, 0.9, (2, n))
        here = np.flatnonzero(group == "x")
        rows.loc[here, "y"] = 0
        rows.loc[here[:ones], "y"] = 1
    else:
        rows["y"] = rng.normal(50, 5, n)
        rows["p0"], rows["p1"] = rows["y"].to_numpy() + rng.normal(0, 2, (2, n))
    return rows


def all_ways(rows, **options):
    """Compare in memory and by a scan, and merge evidence where that is possible."""
    cluster = {"cluster": "c"} if options.pop("clustered", False) else {}
    given = {name: rows[column] for name, column in cluster.items()}
    yield wg.compare(
        rows["y"], generic=rows["p0"], personalized=rows["p1"], groups=rows[["g"]],
        **given, **options,
    )  # fmt: skip
    yield wg.compare_files(rows, **COLUMNS, **cluster, rows_in_memory=0, **options)
    if options.get("costs") == SUMS:
        yield gather(rows, **COLUMNS, **cluster).findings(Settings())


def published(found):
    found = replace(found, created="")
    faces = (found.to_text(), found.to_markdown(), found.to_html(), as_csv(found))
    return json.dumps(found.to_dict()), *faces


@pytest.mark.parametrize("clustered", [False, True])
def test_whether_one_of_a_small_group_has_the_outcome_is_in_no_output(clustered):
    worlds = [
        [published(found) for found in all_ways(people(ones=ones), clustered=clustered, costs=SUMS)]
        for ones in (0, 1)
    ]
    assert worlds[0] == worlds[1]
    shown = [
        published(found) for found in all_ways(people(ones=2), clustered=clustered, costs=SUMS)
    ]
    assert shown[0] != worlds[0][0]


def test_what_is_left_out_of_a_cost_is_out_of_its_totals():
    for found in all_ways(people(ones=1), costs=SUMS):
        for cost in found.costs:
            small = cost.groups[2]
            assert (small.n, small.bop, small.ci) == (40, None, (None, None))
            assert (small.verdict, small.reason) == ("cannot tell", "too few rows")
            assert "at most one of its rows has the rarer outcome" in small.note
            assert cost.population.n == 270
            assert cost.gamma.group != {"g": "x"}
            for name in ("cost_generic", "cost_personalized", "bop"):
                total = getattr(cost.population, name) * cost.population.n
                parts = [getattr(group, name) * group.n for group in cost.groups[:2]]
                assert total == pytest.approx(sum(parts), abs=1e-9)
        assert found.data.rows == 310


def once_apart(y, p1, task):
    """The models agree on the small group, but for one person."""
    rows = people(ones=12, task=task)
    here = rows["g"] == "x"
    rows.loc[here, "p1"] = rows.loc[here, "p0"]
    last = rows.index[-1]
    rows.loc[last, ["y", "p0", "p1"]] = y, 0.4, p1
    return rows


@pytest.mark.parametrize(
    ("task", "cost"),
    [("classification", "zero_one"), ("classification", "auc"), ("regression", "squared_error")],
)
def test_the_outcome_of_the_one_on_whom_models_differ_is_in_no_output(task, cost):
    def costs(y):
        for found in all_ways(once_apart(y, 0.6, task), costs=[cost]):
            (of_cost,) = found.to_dict()["costs"]
            if task == "regression":
                # Of the outcomes' spread epsilon holds a hundredth, over everybody.
                of_cost = {key: of_cost[key] for key in ("population", "groups")}
                for group in of_cost["groups"]:
                    group.pop("detectable"), group.pop("required")
                    group.pop("required_every_group"), group.pop("reason")
                    group.pop("p_equivalent"), group.pop("p_equivalent_adjusted")
            if cost == "auc":
                of_cost = of_cost["groups"]
            yield json.dumps(of_cost)

    assert list(costs(0)) == list(costs(1))


def test_models_that_agree_on_all_or_differ_twice_are_shown():
    rows = people(ones=12)
    here = rows.index[rows["g"] == "x"]
    rows.loc[here, "p1"] = rows.loc[here, "p0"]
    found = next(all_ways(rows))
    assert found.costs[1].groups[2].bop == 0
    rows.loc[here[:2], "p1"] = 1 - rows.loc[here[:2], "p0"]
    found = next(all_ways(rows))
    assert found.costs[1].groups[2].bop != 0


def test_of_many_or_without_a_threshold_everything_is_shown():
    assert next(all_ways(people(small=100))).costs[0].groups[2].bop is not None
    assert next(all_ways(people(), min_cell=0)).costs[0].groups[2].bop is not None
    # Nine times four rows are fewer than ten times four.
    assert next(all_ways(people(small=36), min_cell=4)).costs[0].groups[2].bop is None
    assert next(all_ways(people(small=36), min_cell=3)).costs[0].groups[2].bop is not None


def test_a_total_that_does_not_add_is_not_shown():
    rows = people(ones=1)
    # A cluster with rows in two groups.
    rows.loc[rows.index[-1], "c"] = 0
    found = wg.compare(
        rows["y"], generic=rows["p0"], personalized=rows["p1"], groups=rows[["g"]],
        cluster=rows["c"], costs=SUMS,
    )  # fmt: skip
    assert {cost.population.bop for cost in found.costs} == {None}
    assert found.costs[0].groups[0].bop is not None
    found.to_html()
