"""Times to an event, some censored, and predicted survival, compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.cli import main
from whogains.errors import InputError

HORIZONS = (1.0, 2.0, 3.5)


def made(n: int = 1500, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Two groups with hazards of their own, lost at different rates, and two models."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    x = rng.normal(size=n)
    hazard = np.exp(0.5 * x + group - 1.5)
    event, lost = rng.exponential(1 / hazard), rng.exponential(6 - 3 * group)
    people = pd.DataFrame(
        {
            "years": np.minimum(np.minimum(event, lost), 5.0),
            "died": ((event <= lost) & (event <= 5)).astype(int),
            "g": np.array(["a", "b"])[group],
        }
    )
    generic = np.exp(-np.outer(np.exp(0.5 * x - 1), HORIZONS))
    personalized = np.exp(-np.outer(hazard, HORIZONS))
    return (
        people,
        pd.DataFrame(generic, columns=HORIZONS),
        pd.DataFrame(personalized, columns=HORIZONS),
    )


def compared(people: pd.DataFrame, generic: Any, personalized: Any, **options: Any) -> wg.Findings:
    return wg.compare(
        people["years"],
        generic=generic,
        personalized=personalized,
        groups=people[["g"]],
        **{"event": people["died"], "horizons": HORIZONS, **options},
    )


def brute(people: pd.DataFrame, survival: np.ndarray, horizon: float) -> float:
    """Write Graf's score out row by row, each row's G from the product over those before it."""
    time, died = people["years"].to_numpy(), people["died"].to_numpy()

    def followed(until: float, *, up_to: bool) -> float:
        product = 1.0
        for u in np.unique(time[died == 0]):
            if u < until or (up_to and u == until):
                product *= (
                    1
                    - ((time == u) & (died == 0)).sum()
                    / ((time > u) | ((time == u) & (died == 0))).sum()
                )
        return product

    beyond = followed(horizon, up_to=True)
    total = 0.0
    for t, d, s in zip(time, died, survival, strict=True):
        if t > horizon:
            total += (1 - s) ** 2 / beyond
        elif d:
            total += s**2 / followed(t, up_to=False)
    return total / len(time)


def test_costs_are_grafs_of_each_group_by_its_own_censoring() -> None:
    people, generic, personalized = made(n=400)
    found = compared(people, generic, personalized)
    names = [cost.name for cost in found.costs]
    assert names == ["integrated_brier", "brier_1", "brier_2", "brier_3.5"]
    for k, horizon in enumerate(HORIZONS):
        cost = found.costs[1 + k]
        for group, mine in zip(cost.groups, (people["g"] == "a", people["g"] == "b"), strict=True):
            rows = mine.to_numpy()
            expected = brute(people[rows], generic.to_numpy()[rows, k], horizon)
            assert group.cost_generic == pytest.approx(expected, rel=1e-10)
        everybody = brute(people, personalized.to_numpy()[:, k], horizon)
        assert cost.population.cost_personalized == pytest.approx(everybody, rel=1e-10)
    scores = [cost.population.cost_generic for cost in found.costs]
    assert scores[0] == pytest.approx(np.trapezoid(scores[1:], HORIZONS) / 2.5)
    assert found.data.task == "survival"
    assert found.data.horizons == HORIZONS
    assert found.data.events == people["died"].sum()
    assert "survival at 1, 2, 3.5" in found.to_text()
    assert "years is beyond 1, 2, 3.5" in found.to_html()
    assert any("Kaplan and Meier" in note for note in found.notes)


def test_files_and_the_command_line_give_the_same(tmp_path: Path) -> None:
    people, generic, personalized = made()
    path = tmp_path / "survival.csv"
    people.join(generic.add_prefix("s0_")).join(personalized.add_prefix("s1_")).rename(
        columns=lambda name: name.replace(".0", "")
    ).to_csv(path, index=False)
    named = {"generic": "s0_{horizon}", "personalized": "s1_{horizon}"}
    in_memory = compared(people, generic, personalized)
    of_file = wg.compare_files(
        path, target="years", event="died", horizons=HORIZONS, groups="g", **named
    )
    written = tmp_path / "found.json"
    command = ["compare", str(path), "--target", "years", "--groups", "g", "--event", "died"]
    command += ["--horizons", "1,2,3.5", "--quiet", "--json", str(written)]
    assert main([*command, *(f"--{key}={name}" for key, name in named.items())]) == 0
    for found in (of_file, wg.read_json(written)):
        for mine, other in zip(in_memory.costs, found.costs, strict=True):
            assert mine.name == other.name
            errors = [group.se for group in mine.groups], [group.se for group in other.groups]
            np.testing.assert_allclose(*errors, rtol=1e-9)
    with pytest.raises(InputError, match="a scan knows no predicted survival"):
        wg.compare_files(
            path, target="years", event="died", horizons=HORIZONS, groups="g", rows_in_memory=9,
            **named,
        )  # fmt: skip


def test_a_group_that_is_lost_too_early_has_no_number() -> None:
    people, generic, personalized = made(n=600)
    early = people["g"] == "b"
    # Everybody of one group is lost at 2 at the latest, and the last of them is lost.
    people.loc[early & (people["years"] >= 2), "died"] = 0
    people.loc[early, "years"] = people.loc[early, "years"].clip(upper=2)
    found = compared(people, generic, personalized, costs=["brier_1", "brier_3.5"])
    near, far = found.costs
    assert near.groups[1].bop is not None
    assert far.groups[0].bop is not None
    assert far.groups[1].bop is None
    assert far.groups[1].verdict == "cannot tell"
    assert "followed that long" in str(far.groups[1].note)


def test_few_events_have_no_interval() -> None:
    people, generic, personalized = made(n=300)
    people.loc[people.index[:250], "died"] = 0
    found = compared(people, generic, personalized, costs=["brier_1"])
    for group in found.costs[0].groups:
        assert group.reason == "too few rows"
        assert "in each state at the horizon" in str(group.note)


def test_weights_and_clusters_are_taken() -> None:
    people, generic, personalized = made()
    twice = [pd.concat([each, each], ignore_index=True) for each in (people, generic, personalized)]
    once = compared(people, generic, personalized, sample_weight=np.full(len(people), 3.0))
    doubled = compared(*twice, cluster=np.tile(np.arange(len(people)), 2))
    for mine, other in zip(once.costs, doubled.costs, strict=True):
        assert mine.population.bop == pytest.approx(other.population.bop, rel=1e-9)
        assert mine.population.se == pytest.approx(other.population.se, rel=1e-9)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"horizons": None}, "need horizons, too"),
        ({"event": None}, "need event, too"),
        ({"event": None, "horizons": None, "task": "survival"}, "needs event"),
        ({"task": "regression"}, "the task is regression"),
        ({"horizons": [2, 1, 3]}, "that rise"),
        ({"horizons": [-1, 1, 2]}, "above 0"),
        ({"horizons": [1, 2, 99]}, "no row is followed beyond 5"),
        ({"horizons": [1, 2]}, "3 columns and there are 2 horizons"),
        ({"costs": ["brier"]}, "needs an outcome with two values"),
        ({"costs": ["brier_9"]}, "not one for survival"),
        ({"costs": [wg.Cost("mine", rows=lambda y, p: abs(y - p))]}, "of censored rows"),
        ({"change": ("years", 3, -1.0)}, "times that are not above 0, the first .*in row 3"),
        ({"change": ("died", 3, 2)}, "must be 1 where the event was seen .*row 3"),
        ({"change": ("died", 3, np.nan)}, "row 3"),
        ({"change": ("died", slice(None), 0)}, "no event was seen"),
        ({"above": True}, r"outside \[0, 1\].*row 5"),
        ({"percent": True}, "for one prediction a row"),
        ({"cost_range": {"brier_1": (0, 1)}}, "is weighed by who is still followed"),
    ],
)
def test_what_cannot_be_used_is_one_line(given: dict[str, Any], message: str) -> None:
    people, generic, personalized = made(n=300)
    people["died"] = people["died"].astype(float)
    if "change" in given:
        column, row, value = given.pop("change")
        people.loc[row, column] = value
    if given.pop("above", False):
        generic.iloc[5, 1] = 1.5
    with pytest.raises(InputError, match=message) as raised:
        compared(people, generic, personalized, **given)
    assert "\n" not in str(raised.value)


def test_noise_earns_no_more_verdicts_than_alpha() -> None:
    rng = np.random.default_rng(6)
    wrong = given = 0
    for _ in range(40):
        n = 600
        event, lost = rng.exponential(2, n), rng.exponential(3, n)
        base = np.exp(-np.array([[0.5, 1.0]]))
        both = [base ** np.exp(0.3 * rng.normal(size=(n, 1))) for _ in range(2)]
        found = wg.compare(
            np.minimum(event, lost),
            event=event <= lost,
            horizons=[1, 2],
            generic=both[0],
            personalized=both[1],
            groups={"g": rng.choice(["a", "b"], n)},
            costs=["integrated_brier"],
        )
        groups = found.costs[0].groups
        given += groups[0].method == "t"
        wrong += any(group.verdict in {"gain", "harm"} for group in groups)
    assert given > 35
    assert wrong <= 6


def test_the_only_event_of_a_small_group_is_not_told() -> None:
    people, generic, personalized = made(n=600)
    people["g"] = np.where(np.arange(600) < 30, "few", people["g"])
    few = people["g"] == "few"
    people.loc[few, "years"] = 4.0
    people.loc[few, "died"] = 0
    people.loc[people.index[0], ["years", "died"]] = [0.5, 1]
    found = compared(people, generic, personalized, costs=["brier_1"])
    small = next(each for each in found.costs[0].groups if each.group["g"] == "few")
    assert small.bop is None
    assert small.cost_generic is None
    assert found.costs[0].differences == ()
