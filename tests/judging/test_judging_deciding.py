"""Metrics of models that differ in few rows; effects that are found with the power said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.inference import deciding_rows


def people(differ: int, task: str, n: int = 2400, seed: int = 0) -> pd.DataFrame:
    """Two groups, in the second of which the models differ in so many rows (of one class)."""
    rng = np.random.default_rng(seed)
    y = np.tile([1.0, 0.0], n) if task == "classification" else rng.normal(size=2 * n)
    generic = np.clip(0.5 + 0.2 * (y - 0.5) + rng.normal(0, 0.1, 2 * n), 0.01, 0.99)
    personalized = generic.copy()
    other = np.concatenate([np.arange(n), n + 2 * np.arange(differ)])
    personalized[other] = np.clip(generic[other] + rng.normal(0, 0.1, len(other)), 0.01, 0.99)
    personalized[other] += 0.005 * (personalized[other] == generic[other])
    return pd.DataFrame({"y": y, "p0": generic, "p1": personalized, "g": np.repeat(["a", "b"], n)})


@pytest.mark.parametrize(("task", "cost"), [("classification", "auc"), ("regression", "r2")])
@pytest.mark.parametrize("how", ["rows", "scan", "clusters"])
def test_a_metric_asks_for_sixty_rows_that_differ(task: str, cost: str, how: str) -> None:
    for differ, method in ((59, None), (60, "t"), (0, "agreement")):
        frame = people(differ, task)
        columns = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
        if how == "clusters":
            # One row of each class per unit.
            frame["c"] = np.arange(len(frame)) // 2
            columns["cluster"] = "c"
        found = wg.compare_files(
            frame,
            **columns,
            costs=[cost],
            task=task,
            epsilon=0.01,
            rows_in_memory=0 if how == "scan" else 10**6,
        )
        first, second = found.costs[0].groups
        if how == "clusters" and cost == "r2":
            # R² asks for 2,000 units.
            assert (first.test, second.test in {None, "agreement"}) == (None, True)
            continue
        assert first.method == "t"
        assert second.test == method
        if differ:
            assert (second.reason == "too few rows") == (method is None)
            assert second.required >= (2400 * 60 / 59 if method is None else 1)


def test_rows_of_one_unit_that_differ_count_once_for_an_auc() -> None:
    for differ, method in ((60, None), (120, "t")):
        frame = people(differ, "classification")
        # Two neighbours of one class are a unit.
        cluster = np.arange(len(frame)) // 4 * 2 + frame["y"]
        found = wg.compare(
            frame["y"],
            generic=frame["p0"],
            personalized=frame["p1"],
            groups=frame[["g"]],
            cluster=cluster,
            costs=["auc"],
        )
        assert [group.test for group in found.costs[0].groups] == ["t", method]


def test_scan_and_rows_count_alike() -> None:
    for task, cost in (("classification", "auc"), ("regression", "r2")):
        frame = people(40, task)
        columns = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
        common = {**columns, "costs": [cost], "task": task, "epsilon": 0.01}
        rows, scan = (wg.compare_files(frame, **common, rows_in_memory=most) for most in (10**6, 0))
        assert [g.required for g in rows.costs[0].groups] == [
            g.required for g in scan.costs[0].groups
        ]
        assert rows.costs[0].population.bop == pytest.approx(scan.costs[0].population.bop)


def test_deciding_rows_are_those_of_equal_influence() -> None:
    rng = np.random.default_rng(1)
    ones, zeros = rng.integers(2, 500, (2, 50))
    moved = [rng.integers(0, rows + 1) for rows in (ones, zeros)]
    found = deciding_rows(ones, zeros, *moved)
    for j in range(50):
        variances = np.concatenate(
            [np.full(moved[0][j], 1 / ones[j] ** 2), np.full(moved[1][j], 1 / zeros[j] ** 2)]
        )
        expected = variances.sum() ** 2 / (variances**2).sum() if len(variances) else 0.0
        assert found[j] == int(expected * (1 + 1e-9))
    assert deciding_rows([5], [5], [0], [0]) == 0


def test_betting_promises_no_effect_and_asks_for_what_t_asks() -> None:
    rng = np.random.default_rng(2)
    n = [80, 400]
    y = rng.integers(0, 2, sum(n))
    generic = rng.uniform(0.2, 0.8, sum(n))
    personalized = np.clip(generic + 0.1 * (y - 0.5) + rng.normal(0, 0.1, sum(n)), 0, 1)
    given = {
        "generic": generic,
        "personalized": personalized,
        "groups": {"g": np.repeat(["few", "many"], n)},
        "costs": ["brier"],
        "epsilon": 0.1,
    }
    found = wg.compare(y, **given)
    few, many = found.costs[0].groups
    assert (few.method, few.detectable, few.required) == ("betting", None, 150)
    assert many.method == "t"
    assert many.detectable > 0
    assert found.costs[0].limits.detectable is None
    asked = wg.compare(y, **given, method="t")
    assert asked.costs[0].groups[0].detectable > 0
    assert asked.costs[0].limits.detectable > 0


@pytest.mark.parametrize(("share", "given"), [(0.02, False), (0.8, True)])
def test_models_that_differ_in_few_rows_are_not_judged_by_a_normal_mean(
    share: float, given: bool
) -> None:
    # Of 300 positives 6 or 240 have a score of their own in the personalized model, at the top.
    rng = np.random.default_rng(3)
    groups, n, levels = 400, 1500, np.linspace(0.05, 0.95, 5)
    ones, zeros = (np.exp(sign * np.arange(5) / 2) for sign in (1, -1))
    ones, zeros = ones / ones.sum(), zeros / zeros.sum()
    below = np.cumsum(zeros) - zeros / 2
    truth = share * (below[-1] - ones @ below)
    y = (rng.random((groups, n)) < 0.2).astype(float)
    score = np.where(y == 1, rng.choice(5, y.shape, p=ones), rng.choice(5, y.shape, p=zeros))
    top = (rng.random(y.shape) < share) & (y == 1)
    found = wg.compare(
        y.ravel(),
        generic=levels[score].ravel(),
        personalized=levels[np.where(top, 4, score)].ravel(),
        groups={"g": np.repeat(np.arange(groups), n)},
        costs=["auc"],
        max_levels=groups,
        max_groups=groups,
        epsilon=0.01,
    ).costs[0]
    assert {group.method for group in found.groups} <= ({"t"} if given else {None, "agreement"})
    if given:
        ends = np.array([group.ci for group in found.groups])
        wrong = np.array([(ends[:, 0] > truth).mean(), (ends[:, 1] < truth).mean()])
        assert (wrong <= 0.025 + 3.3 * np.sqrt(0.025 * 0.975 / groups)).all()
