"""A recovery attack: what one person says is altered, and every output must stay the same."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.api import gather
from whogains.errors import InputError
from whogains.evidence import Sums, dominated, few_units, sum_rows, telling_groups
from whogains.judging.bins import merged
from whogains.judging.profiles import rate
from whogains.report import as_csv

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": ["g"]}


def people(task, small, seed=0):
    """Two large groups, and a small one of which the last row is the person attacked."""
    rng = np.random.default_rng(seed)
    group = np.repeat(["a", "b", "x"], [120, 90, small])
    n = len(group)
    rows = pd.DataFrame({"g": group, "w": np.ones(n), "c": np.arange(n)})
    if task == "classification":
        rows["y"] = rng.integers(0, 2, n)
        rows["p0"], rows["p1"] = rng.uniform(0.1, 0.9, (2, n))
    else:
        rows["y"] = rng.normal(50, 5, n)
        rows["p0"], rows["p1"] = rows["y"].to_numpy() + rng.normal(0, 2, (2, n))
    return rows


def heavy(rows):
    rows.loc[rows.index[-1], "w"] = 10_000
    return rows, {"sample_weight": "w"}


def many_rows(rows):
    more = pd.concat([rows.iloc[[-1]]] * 980)
    return pd.concat([rows, more], ignore_index=True), {"cluster": "c"}


def published(found):
    found = replace(found, created="")
    faces = (found.to_text(), found.to_markdown(), found.to_html(), as_csv(found))
    return json.dumps(found.to_dict()), *faces


def both_ways(rows, options, **more):
    given = {name: rows[column] for name, column in options.items()}
    in_memory = wg.compare(
        rows["y"], generic=rows["p0"], personalized=rows["p1"], groups=rows[["g"]], **given, **more
    )
    scanned = wg.compare_files(rows, **COLUMNS, **options, rows_in_memory=0, **more)
    return in_memory, scanned


@pytest.mark.parametrize("task", ["classification", "regression"])
@pytest.mark.parametrize("attack", [heavy, many_rows])
def test_one_person_with_most_of_the_weight_is_in_no_output(attack, task):
    outputs = []
    for y, p0, p1 in ((1, 0.9, 0.8), (0, 0.2, 0.7)):
        rows, options = attack(people(task, 12))
        mine = rows["c"] == rows["c"].max()
        rows.loc[mine, ["y", "p0", "p1"]] = y, p0, p1
        outputs.append([published(found) for found in both_ways(rows, options)])
        with pytest.raises(InputError, match=r"a group with a level of its own has weights"):
            gather(rows, **COLUMNS, **options).save("never-written")
    assert outputs[0][0] == outputs[1][0]
    # Sums of a scan may differ in their last digits, and in nothing else.
    first, second = (json.loads(each[1][0])["costs"] for each in outputs)
    assert rounded(first) == rounded(second)


def rounded(values):
    if isinstance(values, dict):
        return {key: rounded(value) for key, value in values.items()}
    if isinstance(values, list):
        return [rounded(value) for value in values]
    return float(f"{values:.9g}") if isinstance(values, float) else values


@pytest.mark.parametrize("value", [60_000.0, -3e7])
def test_one_outcome_that_is_most_of_the_errors_is_in_no_output(value):
    known = published(both_ways(people("regression", 9).query("g != 'x'"), {})[0])
    for found in both_ways(tail(value), {}):
        groups = {each.group["g"]: each for each in found.costs[0].groups}
        assert "x" not in groups
        assert found.data.rows == 210
        assert f"{abs(value):g}" not in published(found)[0]
    assert known != published(both_ways(tail(value), {})[0])
    one, other = (published(both_ways(tail(each), {})[0]) for each in (value, value * 1.7))
    assert one == other
    with pytest.raises(InputError, match=r"a level of its own has one of its rows as most of it"):
        gather(tail(value), **COLUMNS).save("never-written")


def tail(value):
    rows = people("regression", 10)
    rows.loc[rows.index[-1], "y"] = value
    return rows


def test_models_are_not_fitted_to_a_group_with_one_outcome_that_is_most_of_it():
    rng = np.random.default_rng(5)
    sex = np.repeat(["f", "m", "x"], [80, 80, 12])
    x = rng.normal(size=172)
    y = x + (sex == "f") + rng.normal(size=172)

    def audit(last):
        outcome = np.append(y[:-1], last)
        found = wg.audit({"x": x}, outcome, personal={"sex": sex}, model="linear", explainers=[])
        return published(found)

    assert audit(1e3) == audit(1e4)


def test_an_outcome_of_all_is_not_told_from_one_of_all_but_one():
    def rates(ones):
        rows = people("classification", 12)
        rows.loc[rows["g"] == "x", "y"] = [1] * ones + [0] * (12 - ones)
        found = both_ways(rows, {})[0]
        profile = found.profiles[2]
        return profile.outcome, profile.generic.observed, profile.personalized.observed

    assert rates(12) == rates(11)
    assert rates(0) == rates(1)
    assert rates(0) != rates(2)
    assert rates(2)[0] == pytest.approx(2 / 12)


def test_effective_numbers_are_kish_s():
    weight = np.array([1.0, 2.0, 3.0, 4.0])
    # 10² / 30, by hand.
    assert few_units(np.zeros(4, int), 1, 3, sample_weight=weight).tolist() == [False]
    assert few_units(np.zeros(4, int), 1, 4, sample_weight=weight).tolist() == [True]
    equal = np.full(10, 0.1)
    assert not few_units(np.zeros(10, int), 1, 10, sample_weight=equal)[0]
    cluster = np.repeat(np.arange(10), [990] + [1] * 9)
    assert few_units(np.zeros(999, int), 1, 10, cluster=cluster)[0]


def test_what_passes_in_two_parts_passes_in_both_together():
    from whogains.costs import prediction_costs

    cost = prediction_costs("regression", ("squared_error",))[0]
    rng = np.random.default_rng(2)
    for _ in range(50):
        parts: list[Sums] = []
        for n in (15, 40):
            weight = rng.lognormal(0, 0.6, n) * rng.choice([1, 100])
            errors = rng.standard_t(2, (2, n)) ** 2
            codes = np.zeros(n, dtype=int)
            parts.append(sum_rows(*errors, codes, 1, sample_weight=weight, shares=True))
        alone = [bool(telling_groups([(cost, each)], 10)[0]) for each in parts]
        together = bool(telling_groups([(cost, parts[0] + parts[1])], 10)[0])
        assert any(alone) or not together


def test_dominance_does_not_depend_on_where_zero_is():
    values = np.array([50.0] * 9 + [60_000])
    assert dominated(values)
    assert dominated(values + 1e9)
    assert not dominated(np.random.default_rng(0).normal(size=10))
    # One person's several rows are one person's.
    spread = np.r_[np.zeros(20), np.full(3, 9.0)]
    assert dominated(spread, cluster=np.r_[np.arange(20), np.full(3, 20)])
    assert not dominated(spread)


def test_bins_are_worth_as_many_rows_as_they_must_have():
    weights = [np.ones(12), np.array([1.0] * 11 + [50.0]), np.ones(12)]
    assert merged(np.array([12, 12, 12]), 10).tolist() == [0, 1, 2]
    assert merged(np.array([12, 12, 12]), 10, None, weights).tolist() == [0, 0, 0]


def test_rates_of_many_stay_as_they_are():
    assert rate(0.01, (99, 1), 10) == 0.01
    assert rate(0.02, (49, 1), 10) == 0.0
    assert rate(0.98, (1, 49), 10) == 1.0
