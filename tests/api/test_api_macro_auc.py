"""The macro AUC of several classes: compared, fitted, and refused where it must be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

import whogains as wg
from whogains.errors import InputError

NAMES = np.array(["cold", "flu", "other"])


def made(
    n: int, seed: int = 0, apart: float = 1.2
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    y = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    both = []
    for move in (0.6, apart):
        score = rng.normal(size=(n, 3))
        score[np.arange(n), y] += move
        odds = np.exp(score)
        both.append(pd.DataFrame(odds / odds.sum(axis=1, keepdims=True), columns=NAMES))
    people = pd.DataFrame({"y": NAMES[y], "g": rng.choice(["a", "b"], n)})
    return people, both[0], both[1]


def test_it_is_scikit_learns_in_each_group() -> None:
    people, generic, personalized = made(3000)
    found = wg.compare(
        people["y"],
        generic=generic,
        personalized=personalized,
        groups=people[["g"]],
        costs=["macro_auc"],
    )
    (cost,) = found.costs
    for group in cost.groups:
        mine = people["g"] == group.group["g"]
        expected = roc_auc_score(people["y"][mine], personalized[mine], multi_class="ovr")
        assert group.cost_personalized == pytest.approx(-expected, rel=1e-12)
        assert group.verdict == "gain"
    assert "macro AUC" in found.to_text()
    assert "averaged over classes" in found.to_html()


def test_few_rows_of_a_class_have_no_interval() -> None:
    people, generic, personalized = made(900)
    found = wg.compare(
        people["y"],
        generic=generic,
        personalized=personalized,
        groups=people[["g"]],
        costs=["macro_auc"],
    )
    assert {group.method for group in found.costs[0].groups} <= {None, "approximate"}


def test_a_scan_says_that_it_needs_the_rows(tmp_path: Path) -> None:
    people, generic, personalized = made(300)
    path = tmp_path / "classes.csv"
    people.join(generic.add_prefix("p0_")).join(personalized.add_prefix("p1_")).to_csv(
        path, index=False
    )
    named = {"target": "y", "groups": "g", "generic": "p0_{class}", "personalized": "p1_{class}"}
    found = wg.compare_files(path, costs=["macro_auc"], **named)
    assert found.costs[0].population.bop is not None
    with pytest.raises(InputError, match="raise rows_in_memory"):
        wg.compare_files(path, costs=["macro_auc"], rows_in_memory=10, **named)


def test_noise_earns_no_more_verdicts_than_alpha() -> None:
    wrong = given = 0
    for seed in range(40):
        people, generic, personalized = made(2400, seed, apart=0.6)
        found = wg.compare(
            people["y"],
            generic=generic,
            personalized=personalized,
            groups=people[["g"]],
            costs=["macro_auc"],
        )
        given += found.costs[0].groups[0].method == "t"
        wrong += any(each.verdict in {"gain", "harm"} for each in found.costs[0].groups)
    assert given > 35
    assert wrong <= 6
