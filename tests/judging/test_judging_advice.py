"""Certified routing and requests: by hand, by brute force, and by simulation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy import stats

from whogains.errors import InputError
from whogains.evidence import Grouping
from whogains.judging import Lattice, read_set
from whogains.judging.advice import certify, route, tells_apart
from whogains.judging.advice.requests import requests
from whogains.judging.advice.routing import adjusted


def steps(k: int, d: int = 1, fill: float = 1.0) -> np.ndarray:
    p = np.full((d, 2**k, k), np.nan)
    for told, a in product(range(2**k), range(k)):
        if not told >> a & 1:
            p[:, told, a] = fill
    return p


def test_a_step_is_tested_only_where_the_set_before_it_is_certified() -> None:
    p = steps(2)
    p[0, 1, 1] = 1e-9  # the second attribute given the first, which itself gains nothing
    assert certify(p, 0.05)[0].tolist() == [True, False, False, False]


def test_the_level_is_shared_among_groups_attributes_and_ways() -> None:
    p = steps(2, d=5)
    # Five groups of two first steps: .05 / 10.
    p[0, 0, 0], p[1, 0, 0] = 0.005, 0.0051
    assert certify(p, 0.05)[:2, 1].tolist() == [True, False]
    # A group without tests takes nothing from the others.
    p[4] = np.nan
    assert certify(p, 0.05)[1, 1]
    # From the first attribute alone to both: what came, .05 / 10; by both ways: twice that.
    p = steps(2, d=5)
    p[0, 0, 0], p[0, 1, 1] = 0.001, 0.006
    assert not certify(p, 0.05)[0, 3]
    p[0, 1, 1] = 0.005
    assert certify(p, 0.05)[0, 3]


def test_two_attributes_that_gain_only_together_are_a_step_of_their_own() -> None:
    p, joint = steps(2), np.full((1, 4, 2, 2), np.nan)
    p[0, 1, 1], p[0, 2, 0], joint[0, 0, 0, 1] = 0.01, 0.009, 0.002
    # A fifth of .05 goes to the only pair.
    assert certify(p, 0.05, joint=joint)[0].tolist() == [True, False, False, True]
    p[0, 1, 1] = 0.0101
    assert not certify(p, 0.05, joint=joint)[0, 3]
    assert not certify(p, 0.05)[0, 3]
    # One of the two that adds nothing to the other is no pair.
    p[0, 1, 1], p[0, 2, 0], joint[0, 0, 0, 1] = 0.6, 1e-9, 1e-9
    assert not certify(p, 0.05, joint=joint)[0, 3]


def test_levels_at_once_are_levels_one_by_one_and_give_the_adjusted_p_values() -> None:
    rng = np.random.default_rng(0)
    p = np.where(np.isnan(steps(3, d=4)), np.nan, rng.uniform(size=(4, 8, 3)) ** 4)
    levels = np.array([0.001, 0.01, 0.05, 0.3])
    at_once = certify(p, np.broadcast_to(levels, (4, 4)))
    for t, level in enumerate(levels):
        alone = certify(p, float(level))
        assert (at_once[..., t] == alone).all()
        assert (alone[:, 1:] == (adjusted(p)[:, 1:] <= level)).all()


def test_t_pays_its_penalty() -> None:
    p = steps(1, d=16)
    p[0, 0, 0] = 0.05 / 16 / 2
    assert certify(p, 0.05)[0, 1]
    assert not certify(p, 0.05, by_t=~np.isnan(p))[0, 1]  # 0.6 times the root of 16


def test_no_step_without_gain_is_certified_in_more_than_alpha_of_samples() -> None:
    """Every group has one good attribute, and nothing else gains: levels flow on freely."""
    rng = np.random.default_rng(1)
    k, d, runs = 3, 8, 1500
    root = np.linalg.cholesky(0.5 * np.eye(8 * k) + 0.5)
    truth = np.zeros((8, k))
    for told in range(8):
        truth[told, 0] = 6.0  # certified nearly always
    null = np.array([told & ~1 for told in range(8)]) > 0
    wrong = 0
    for _ in range(runs):
        z = (rng.normal(size=(d, 8 * k)) @ root.T).reshape(d, 8, k) + truth
        p = np.where(np.isnan(steps(k, d)), np.nan, stats.norm.sf(z))
        wrong += bool((certify(p, 0.05) & null).any())
    assert wrong <= stats.binom.ppf(0.999, runs, 0.05)
    assert wrong > 0


def test_of_certified_sets_the_cheapest_that_loses_no_more_than_delta() -> None:
    certified = np.array([[True, True, False]] * 3)
    gains = np.array([[4.0, 5.0, 9.0], [4.0, 5.1, 9.0], [5.0, 4.0, 9.0]])
    assert route(certified, gains, [1, 2, 2], delta=1.0).tolist() == [0, 1, 0]
    assert route(certified, gains, [3, 2, 2], delta=1.0).tolist() == [1, 1, 1]


def test_an_attribute_tells_apart_only_where_gains_differ_by_it() -> None:
    groups = list(product("FM", "ab", "xy"))
    gains = np.array([[9.0 if sex == "F" and b == "a" else 1.0] for sex, b, _ in groups])
    found = tells_apart(gains, np.full((8, 1), 0.7), groups, [0, 1, 2])
    assert found[0] < 0.001
    assert found[1] < 0.001
    assert found[2] == 1.0


GROUPING = Grouping(
    ("sex", "age"),
    (("F", "M"), ("old", "young")),
    (("F", "old"), ("F", "young"), ("M", "old"), ("M", "young")),
)
SETS = ((), ("sex",), ("age",), ("age", "sex"))


def every_tree(told: dict[str, str], members: list[int], may_ask: tuple[str, ...]):
    """List all that can be done with people who have told the same: served, and burden."""
    for served in SETS:
        if set(served) <= set(told):
            yield dict.fromkeys(members, served), 0.0
    for name in may_ask:
        if name in told:
            continue
        place = GROUPING.names.index(name)
        parts = []
        for level in GROUPING.levels[place]:
            mine = [g for g in members if GROUPING.groups[g][place] == level]
            parts.append(list(every_tree({**told, name: level}, mine, may_ask)))
        for both in product(*parts):
            served = {g: s for part, _ in both for g, s in part.items()}
            yield served, sum(b for _, b in both) + len(members) * {"sex": 1.0, "age": 2.0}[name]


@pytest.mark.parametrize("seed", range(60))
def test_requests_are_the_best_of_all_trees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    worth = [
        {(): 0.0} | {s: float(rng.integers(1, 5)) for s in SETS[1:] if rng.random() < 0.6}
        for _ in range(4)
    ]
    may_ask = [("age", "sex"), ("age",), ("sex",), ()][rng.integers(0, 8) % 4]
    best = max(
        (
            (sum(worth[g][s] for g, s in served.items()), -burden)
            for served, burden in every_tree({}, [0, 1, 2, 3], may_ask)
            if all(s in worth[g] for g, s in served.items())
        ),
    )
    found = requests(
        GROUPING,
        [0, 1, 2, 3],
        [1.0] * 4,
        worth,
        given=(),
        may_ask=may_ask,
        burden={"sex": 1.0, "age": 2.0},
    )
    gain = sum(worth[g][step.served] for step in found if step.ask is None for g in step.groups)
    burden = sum(
        len(step.groups) * {"sex": 1.0, "age": 2.0}[step.ask] for step in found if step.ask
    )
    assert (gain, -burden) == pytest.approx(best)
    # Nobody is served by what they have not told, or is not certified for.
    for step in found:
        if step.ask is None:
            assert set(step.served) <= {name for name, _ in step.told}
            assert all(step.served in worth[g] for g in step.groups)


def test_what_is_given_splits_people_without_a_question() -> None:
    worth = [{("sex",): 0.0, ("age", "sex"): 5.0}] * 2 + [{("sex",): 0.0}] * 2
    found = requests(
        GROUPING,
        [0, 1, 2, 3],
        [1.0] * 4,
        worth,
        given=("sex",),
        may_ask=("age",),
        burden={"sex": 1.0, "age": 2.0},
    )
    assert [(step.told, step.ask, step.served) for step in found] == [
        ((("sex", "F"),), "age", ()),
        ((("sex", "F"), ("age", "old")), None, ("age", "sex")),
        ((("sex", "F"), ("age", "young")), None, ("age", "sex")),
        ((("sex", "M"),), None, ("sex",)),
    ]


def test_a_lattice_has_its_sets_edges_and_prices() -> None:
    lattice = Lattice.whole(
        ["sex", "age", "race"], given=["sex"], never=["race"], burden={"age": 3}
    )
    assert lattice.sets == (("sex",), ("age", "sex"))
    assert lattice.edges == ((("sex",), "age"),)
    assert lattice.price(("age", "sex")) == 3
    assert lattice.everything == ("age", "sex")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"given": ["sex"], "never": ["sex"]}, "'sex' is both given and never asked"),
        ({"given": ["sex", "age"]}, "nothing to choose"),
        ({"never": ["height"]}, "never names 'height'"),
        ({"burden": {"sex": 0.0}}, "burden of 'sex' must be positive"),
    ],
)
def test_a_lattice_refuses(given: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Lattice.whole(["sex", "age"], **given)


def test_a_lattice_that_is_not_complete_or_too_large_is_refused() -> None:
    with pytest.raises(InputError, match=r"no model for age, age\+sex"):
        Lattice.of(["sex", "age"], {(): "none", ("sex",): "sex"})
    with pytest.raises(InputError, match="7 attributes make 128 models"):
        Lattice.whole(list("abcdefg"))


def test_sets_of_one_name_are_refused_rather_than_mixed_up() -> None:
    for names in (["a", "b", "a+b"], ["none", "sex"]):
        with pytest.raises(InputError, match="are both called"):
            Lattice.whole(names)


def test_names_of_sets_are_read() -> None:
    assert read_set("sex + age", ["sex", "age"]) == ("age", "sex")
    assert read_set("a+b", ["a+b", "a"]) == ("a+b",)
    assert read_set(("sex",), ["sex"]) == ("sex",)
    for name, message in (("height", "none of the personal"), ("sex+sex", "twice")):
        with pytest.raises(InputError, match=message):
            read_set(name, ["sex"])


def test_holm_over_groups_shows_that_some_set_gains_and_not_which() -> None:
    """What `certify` is there for: one good set a group, and others that are independent of it."""
    rng = np.random.default_rng(2)
    d, m, runs = 8, 7, 2000
    wrong = 0
    for _ in range(runs):
        p = stats.norm.sf(rng.normal(size=(d, m)) + 7.0 * (np.arange(m) == 0))
        least = m * p.min(axis=1)
        level = 0.05 / (d - np.argsort(np.argsort(least)))
        wrong += bool((m * p[:, 1:] <= level[:, None]).any())
    # .05 (1 + 1/2 + ... + 1/8) 6/7, where the good set passes in every group.
    assert wrong / runs == pytest.approx(1 - np.exp(-0.05 * 2.7179 * 6 / 7), abs=0.025)
