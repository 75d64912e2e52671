"""Choosing what to ask on real people: RAND's health insurance experiment, visits to a doctor."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import whogains as wg

ATTRIBUTES = ["limited", "health", "diseases"]


@pytest.fixture(scope="module")
def visits() -> Iterator[tuple[pd.DataFrame, pd.Series, pd.DataFrame]]:
    randhie = pytest.importorskip("statsmodels.datasets").randhie
    data = randhie.load_pandas().data.sample(3000, random_state=0)
    poor = data["hlthf"] + data["hlthp"] > 0
    people = pd.DataFrame(
        {
            "limited": np.where(data["physlm"] > 0, "yes", "no"),
            "health": np.where(poor, "fair or poor", "good"),
            "diseases": np.where(data["disea"] > 10, "many", "few"),
        },
        index=data.index,
    )
    return data[["lncoins", "idp", "lpi", "fmde"]], data["mdvis"], people


@pytest.fixture(scope="module")
def advice(visits: tuple[pd.DataFrame, pd.Series, pd.DataFrame]) -> wg.Choice:
    X, y, people = visits
    return wg.choose(X, y, personal=people, model="linear", repeats=1, n_jobs=1, unit="visits")


def test_nobody_is_served_by_what_they_have_not_told(advice: wg.Choice) -> None:
    assert len(advice.routing) == 8
    assert len(advice.sentences()) == 3
    for group in advice.routing:
        assert {*group.served} <= {*group.tells}
        assert group.asked == () or group.asked in group.certified
        assert group.asked == () or group.verdict == "certified"
    ends = [step for step in advice.requests if step.ask is None]
    assert sum(step.n for step in ends) == advice.data.rows == 3000
    assert sum(step.share for step in ends) == pytest.approx(1)


def test_the_gains_of_groups_add_up_to_those_of_everybody(advice: wg.Choice) -> None:
    by_set = {node.asked: node for node in advice.lattice}
    for edge in advice.edges:
        whole = sum(group.n * group.gain for group in edge.groups) / advice.data.rows
        assert edge.gain == pytest.approx(whole)
        if edge.cost == advice.cost.name:
            both = by_set[tuple(sorted({*edge.told, edge.tells}))]
            assert edge.gain == pytest.approx(by_set[edge.told].cost - both.cost)
            assert both.burden == by_set[edge.told].burden + 1


def test_bounds_lie_below_what_they_bound_and_the_order_of_ways_is_that_of_burden(
    advice: wg.Choice,
) -> None:
    for policy in advice.policies:
        assert policy.lower <= policy.gain
        assert policy.worst_gain <= policy.gain + 1e-12
        # Too few rows of some group for a bound that can be trusted: then there is none.
        assert policy.worst_lower is None or policy.worst_lower <= policy.worst_gain
        assert policy.cost == pytest.approx(advice.lattice[0].cost - policy.gain)
    assert all(one.burden <= other.burden for one, other in pairwise(advice.everybody.sets))
    requests, routing = advice.policies[-2:]
    # Who knows by themselves what to tell is asked no more than who is asked in order.
    assert routing.burden <= requests.burden + 1e-12


def test_the_names_and_the_order_of_attributes_say_nothing(
    visits: tuple[pd.DataFrame, pd.Series, pd.DataFrame], advice: wg.Choice
) -> None:
    _, y, people = visits
    models = dict.fromkeys(node.model for node in advice.lattice)
    rng = np.random.default_rng(0)
    scored = {name: y + rng.normal(size=len(y)) / (1 + name.count("+")) for name in models}
    one, other = (
        wg.choose_from(y, models=scored, personal=people[order], costs="squared_error")
        for order in (ATTRIBUTES, ATTRIBUTES[::-1])
    )
    for mine, theirs in zip(one.policies, other.policies, strict=True):
        assert (mine.kind, mine.asked, mine.rational, mine.minimal) == (
            *(theirs.kind, theirs.asked, theirs.rational, theirs.minimal),
        )
        assert mine.gain == pytest.approx(theirs.gain)
        assert mine.burden == pytest.approx(theirs.burden)
    verdicts = [
        {each.attribute: (each.verdict, each.more) for each in found.necessity}
        for found in (one, other)
    ]
    assert verdicts[0] == verdicts[1]
    assert one.everybody.asked == other.everybody.asked
    assert {tuple(sorted(group.group.items())): group.asked for group in one.routing} == {
        tuple(sorted(group.group.items())): group.asked for group in other.routing
    }
    assert any(group.asked for group in one.routing)


def test_what_smokers_of_nhefs_are_asked_adds_up() -> None:
    source = pytest.importorskip("causaldata").nhefs
    data = source.load_pandas().data.dropna(subset=["wt82_71"]).reset_index(drop=True)
    people = pd.DataFrame(
        {
            "sex": np.where(data["sex"].astype(int) == 1, "female", "male"),
            "age": np.where(data["age"] < 50, "under 50", "50 and over"),
        }
    )
    X = data[["qsmk", "smokeintensity", "smokeyrs", "wt71", "ht"]].astype(float)
    advice = wg.choose(X, data["wt82_71"], personal=people, model="linear", unit="kg", n_jobs=1)
    assert advice.data.rows == 1566
    assert advice.cost.unit == "kg²"
    # What each person costs is what the models predict, whichever way it is added up.
    for node in advice.lattice:
        alone = [each for each in advice.policies if each.kind == "everybody"]
        same = [each for each in alone if each.asked == node.asked]
        assert node.asked == () or same[0].gain == pytest.approx(node.gain)
    steps = [step for step in advice.requests if step.ask is None]
    assert sum(step.n for step in steps) == 1566
    # Weight gained hardly depends on sex: nothing says that a group gains by telling it alone.
    edge = next(each for each in advice.edges if (each.told, each.tells) == ((), "sex"))
    assert {group.verdict for group in edge.groups} == {"cannot tell"}
