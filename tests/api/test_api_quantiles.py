"""Predicted quantiles: pinball losses and interval scores, compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import mean_pinball_loss

import whogains as wg
from whogains.cli import main
from whogains.errors import InputError

LEVELS = (0.1, 0.5, 0.9)


def made(n: int = 1200, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Outcomes of two groups, and quantiles of a model without and with the group."""
    rng = np.random.default_rng(seed)
    group = rng.integers(0, 2, n)
    y = group * 1.0 + rng.normal(size=n)
    shape = stats.norm.ppf(LEVELS)
    generic = pd.DataFrame(0.5 + 1.12 * np.tile(shape, (n, 1)), columns=LEVELS)
    personalized = pd.DataFrame(group[:, None] + shape, columns=LEVELS)
    people = pd.DataFrame({"y": y, "g": np.array(["a", "b"])[group]})
    return people, generic, personalized


def test_costs_are_those_of_scikit_learn_and_of_the_formula() -> None:
    people, generic, personalized = made()
    named = ["pinball", "interval_score", "pinball_0.9"]
    found = wg.compare(
        people["y"],
        generic=generic,
        personalized=personalized,
        groups=people[["g"]],
        levels=LEVELS,
        costs=named,
    )
    for place, group in enumerate("ab"):
        mine = (people["g"] == group).to_numpy()
        y = people["y"][mine]
        pinball, score, high = (cost.groups[place].cost_generic for cost in found.costs)
        each = [mean_pinball_loss(y, generic.loc[mine, q], alpha=q) for q in LEVELS]
        assert pinball == pytest.approx(np.mean(each), rel=1e-12)
        assert high == pytest.approx(each[2], rel=1e-12)
        low, up = generic.loc[mine, 0.1], generic.loc[mine, 0.9]
        outside = (low - y).clip(lower=0) + (y - up).clip(lower=0)
        assert score == pytest.approx((up - low + 10 * outside).mean(), rel=1e-12)
    assert found.data.task == "quantiles"
    assert found.data.levels == LEVELS
    assert found.costs[0].why_epsilon == "a hundredth of what the generic model costs"
    assert {group.verdict for group in found.costs[0].groups} == {"gain"}
    assert "quantiles at 0.1, 0.5, 0.9" in found.to_text()
    assert "predict quantiles of y at 0.1, 0.5, 0.9" in found.to_html()


def test_columns_are_read_by_name_or_in_order_and_from_files(tmp_path: Path) -> None:
    people, generic, personalized = made()
    given: dict[str, Any] = {"groups": people[["g"]], "levels": LEVELS}
    by_name = wg.compare(
        people["y"], generic=generic[[0.9, 0.1, 0.5]], personalized=personalized, **given
    )
    in_order = wg.compare(
        people["y"], generic=generic.to_numpy(), personalized=personalized.to_numpy(), **given
    )
    frame = people.join(generic.add_prefix("p0_")).join(personalized.add_prefix("p1_"))
    path = tmp_path / "quantiles.csv"
    frame.to_csv(path, index=False)
    names = {"generic": "p0_{level}", "personalized": "p1_{level}"}
    of_file = wg.compare_files(path, target="y", groups="g", levels=LEVELS, **names)
    written = tmp_path / "found.json"
    command = ["compare", str(path), "--target", "y", "--groups", "g", "--levels", "0.1,0.5,0.9"]
    command += ["--generic", "p0_{level}", "--personalized", "p1_{level}", "--quiet"]
    assert main([*command, "--json", str(written)]) == 0
    saved = wg.read_json(written)
    for found in (in_order, of_file, saved):
        assert [cost.name for cost in found.costs] == ["pinball", "interval_score"]
        for mine, other in zip(by_name.costs, found.costs, strict=True):
            bops = [group.bop for group in mine.groups], [group.bop for group in other.groups]
            np.testing.assert_allclose(*bops, rtol=1e-9)
    assert saved.data.levels == LEVELS
    with pytest.raises(InputError, match="a scan knows no predicted quantiles"):
        wg.compare_files(path, target="y", groups="g", levels=LEVELS, rows_in_memory=9, **names)


def test_a_median_alone_is_half_the_absolute_error() -> None:
    people, generic, personalized = made()
    given: dict[str, Any] = {"groups": people[["g"]]}
    median = wg.compare(
        people["y"], generic=generic[0.5], personalized=personalized[0.5], levels=0.5, **given
    )
    absolute = wg.compare(
        people["y"],
        generic=generic[0.5],
        personalized=personalized[0.5],
        costs=["absolute_error"],
        **given,
    )
    (pinball,), (error,) = median.costs, absolute.costs
    assert pinball.population.bop is not None
    assert error.population.bop is not None
    assert 2 * pinball.population.bop == pytest.approx(error.population.bop)


def test_a_cost_of_ones_own_is_given_all_columns() -> None:
    people, generic, personalized = made()
    outside = wg.Cost(
        "outside", rows=lambda y, q: 1.0 * ((y < q[:, 0]) | (y > q[:, 2])), lower=0, upper=1
    )
    found = wg.compare(
        people["y"],
        generic=generic,
        personalized=personalized,
        groups=people[["g"]],
        levels=LEVELS,
        costs=["pinball", outside],
    )
    share = found.costs[1].population.cost_personalized
    assert share == pytest.approx(0.2, abs=0.05)


def test_quantiles_that_cross_are_told() -> None:
    people, generic, personalized = made()
    generic.iloc[:3, 0] = 99.0
    found = wg.compare(
        people["y"],
        generic=generic,
        personalized=personalized,
        groups=people[["g"]],
        task="quantiles",
        levels=LEVELS,
    )
    assert "generic's quantiles cross in 3 rows" in found.notes


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"levels": [0.5, 0.1, 0.9]}, "that rise"),
        ({"levels": [0.1, 0.5, 1.0]}, "above 0 and below 1"),
        ({"levels": [0.1, 0.5, float("nan")]}, "that rise"),
        ({"levels": "abc"}, "levels must be numbers"),
        ({"levels": [0.1, 0.9]}, "3 columns and there are 2 levels"),
        ({"levels": LEVELS, "task": "regression"}, "the task is regression"),
        ({"levels": None, "task": "quantiles"}, "needs levels"),
        ({"levels": LEVELS, "costs": ["squared_error"]}, "needs an outcome of numbers"),
        ({"levels": LEVELS, "costs": ["pinball_0.3"]}, "not one for quantiles"),
        ({"levels": LEVELS, "percent": True}, "for one prediction a row"),
        ({"levels": LEVELS, "positive": 1}, "for two values"),
        ({"levels": LEVELS, "y": ["x"] * 1200}, "constant"),
        ({"levels": LEVELS, "hole": True}, "generic at level 0.5"),
    ],
)
def test_what_cannot_be_used_is_one_line(given: dict[str, Any], message: str) -> None:
    people, generic, personalized = made()
    if given.pop("hole", False):
        generic.iloc[7, 1] = np.nan
    y = given.pop("y", people["y"])
    with pytest.raises(InputError, match=message) as raised:
        wg.compare(y, generic=generic, personalized=personalized, groups=people[["g"]], **given)
    assert "\n" not in str(raised.value)


def test_nothing_but_compare_takes_quantiles() -> None:
    people, *_ = made(n=200)
    with pytest.raises(InputError, match="quantiles can be compared"):
        wg.audit(people[["y"]], people["y"], personal=people[["g"]], task="quantiles")
    with pytest.raises(InputError, match="quantiles can be compared"):
        wg.choose(people[["y"]], people["y"], personal=people[["g"]], task="quantiles")


def test_noise_earns_no_more_verdicts_than_alpha() -> None:
    rng = np.random.default_rng(5)
    wrong = 0
    for _ in range(40):
        n = 400
        y = rng.exponential(size=n)
        base = stats.expon.ppf(LEVELS)
        both = [base + 0.3 * rng.normal(size=(n, 1)) for _ in range(2)]
        found = wg.compare(
            y,
            generic=both[0],
            personalized=both[1],
            groups={"g": rng.choice(["a", "b"], n)},
            levels=LEVELS,
            costs=["pinball"],
        )
        wrong += any(group.verdict in {"gain", "harm"} for group in found.costs[0].groups)
    assert wrong <= 6


def test_outer_levels_ask_for_more_rows() -> None:
    people, *_ = made()
    rng = np.random.default_rng(1)
    outer = (0.02, 0.98)
    given = [rng.normal(size=(len(people), 1)) + stats.norm.ppf(outer) for _ in range(2)]
    found = wg.compare(
        people["y"], generic=given[0], personalized=given[1], groups=people[["g"]], levels=outer
    )
    (group, _), everybody = found.costs[1].groups, found.costs[1].population
    assert group.reason == "too few rows"
    assert "of these rows lie beyond the outermost level" in str(group.note)
    assert everybody.method in {None, "approximate"}
