"""A range that the user knows opens betting, is checked in every row, and travels with sums."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains import inference

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
KNOWN = {"squared_error": (0.0, 400.0)}


def people(seed: int = 0, n: int = 300) -> pd.DataFrame:
    """Values from 0 to 20, as are both models' predictions."""
    rng = np.random.default_rng(seed)
    y = rng.uniform(0, 20, n)
    return pd.DataFrame(
        {
            "y": y,
            "p0": np.clip(y + rng.normal(0, 6, n), 0, 20),
            "p1": np.clip(y + rng.normal(0, 2, n), 0, 20),
            "g": np.where(np.arange(n) % 5 < 4, "large", "small"),
        }
    )


def test_a_known_range_opens_betting_to_small_groups() -> None:
    frame = people()
    found = wg.compare_files(frame, costs="squared_error", **COLUMNS, cost_range=KNOWN)
    cost = found.costs[0]
    large, small = cost.groups
    assert cost.cost_range == (0, 400)
    assert found.settings["cost_range"] == {"squared_error": [0, 400]}
    assert (large.method, small.method, small.test) == ("t", "betting", "betting")
    mine = frame[frame["g"] == "small"]
    bets = np.square(mine["y"] - mine["p0"]) - np.square(mine["y"] - mine["p1"])
    by_hand = inference.betting_interval(bets, lower=-400, upper=400)
    assert small.ci == pytest.approx((float(by_hand.lower), float(by_hand.upper)))
    gain = inference.betting_test(bets, lower=-400, upper=400, null=0, alternative="greater")
    assert small.p_gain == pytest.approx(float(gain))
    # Without it there is no test.
    without = wg.compare_files(frame, costs="squared_error", **COLUMNS).costs[0].groups[1]
    assert (without.method, without.test) == ("approximate", None)
    named = wg.compare_files(
        frame, costs="squared_error", **COLUMNS, cost_range=KNOWN, method="betting"
    )
    assert [group.method for group in named.costs[0].groups] == ["betting"] * 2


def test_betting_within_a_known_range_holds_its_level() -> None:
    rng = np.random.default_rng(4)
    groups, n, times = 50, 40, 8
    wrong = missed = audits = 0
    for _ in range(times):
        # The hard kind: nine of ten gain a little, the tenth loses it all; nothing is gained.
        y = rng.uniform(0, 1, groups * n)
        tenth = rng.random(groups * n) < 0.1
        found = wg.compare(
            y,
            generic=y + 10,
            personalized=y + np.where(tenth, np.sqrt(1000), 0),
            groups={"g": np.repeat([f"g{j}" for j in range(groups)], n)},
            costs="squared_error",
            cost_range={"squared_error": (0, 1001)},
            # Where one or two rows lose it all they are most of the cost.
            min_cell=0,
        )
        of_groups = found.costs[0].groups
        assert {group.method for group in of_groups} == {"betting"}
        wrong += sum(group.p_gain <= 0.05 for group in of_groups)
        missed += sum(not group.ci[0] <= 0 <= group.ci[1] for group in of_groups)
        audits += any(group.verdict in {"gain", "harm"} for group in of_groups)
    # Exact at every size: the level, and four standard errors of so many groups.
    most = 0.05 + 4 * np.sqrt(0.05 * 0.95 / (groups * times))
    assert wrong / (groups * times) <= most
    assert missed / (groups * times) <= most
    assert audits <= 3


@pytest.mark.parametrize("rows_in_memory", [1_000_000, 0])
@pytest.mark.parametrize("name", ["squared_error", "absolute_error"])
def test_the_first_row_outside_is_named(rows_in_memory: int, name: str, tmp_path: Path) -> None:
    frame = people()
    frame.loc[3, "y"] = np.nan  # it is dropped, and counted all the same
    frame.loc[17, "p1"] = frame.loc[17, "y"] + 25.0
    frame.loc[40, "p1"] = frame.loc[40, "y"] - 25.0
    upper = 400.0 if name == "squared_error" else 20.0
    asked: dict[str, Any] = {
        **COLUMNS,
        "task": "regression",
        "cost_range": {name: (0, upper)},
        "rows_in_memory": rows_in_memory,
    }
    said = rf"cost_range says that {name} is 0 to {upper:g}; of the personalized model it lies"
    with pytest.raises(wg.InputError, match=rf"{said} outside in 2 rows, the first in row 17"):
        wg.compare_files(frame, **asked)
    frame.to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(wg.InputError, match=r"outside in 2 rows, the first in row 17"):
        wg.compare_files(tmp_path / "a.csv", **asked)
    # One lower bound is as good as the upper one.
    asked["cost_range"] = {name: (0.5, 1e9)}
    with pytest.raises(wg.InputError, match=rf"{name} is 0\.5 to 1e\+09; of the generic model"):
        wg.compare_files(frame, **asked)


@pytest.mark.parametrize("rows_in_memory", [1_000_000, 0])
def test_the_ends_of_a_range_belong_to_it(rows_in_memory: int) -> None:
    frame = people()
    worst = float(np.square(frame["y"] - frame["p0"]).max())
    known = {"squared_error": (0, worst)}
    found = wg.compare_files(frame, **COLUMNS, cost_range=known, rows_in_memory=rows_in_memory)
    assert found.costs[0].cost_range == (0, worst)
    small = found.costs[0].groups[1]
    assert small.method == ("betting" if rows_in_memory else "approximate")


def test_an_audit_takes_ranges_of_predictions_and_explanations() -> None:
    rng = np.random.default_rng(5)
    n = 400
    x = pd.DataFrame(rng.uniform(0, 1, (n, 3)), columns=list("abc"))
    s = np.where(np.arange(n) % 5 < 4, "large", "small")
    y = 3 * x["a"] + x["b"] + 0.5 * (s == "small") + rng.uniform(0, 1, n)
    # Over several rounds of fitting the procedure is judged, which no range bounds.
    asked = {"personal": {"s": s}, "model": "linear", "explainers": ["linear_shap"]}
    asked |= {"repeats": 1, "placebo": 0}
    found = wg.audit(
        x,
        y,
        **asked,
        cost_range={"squared_error": (0, 50), "incomprehensiveness": (-50, 0)},
    )
    ranges = {cost.name: cost.cost_range for cost in found.costs}
    assert ranges == {
        "squared_error": (0, 50),
        "absolute_error": None,
        "sufficiency": None,
        "incomprehensiveness": (-50, 0),
        "sufficiency_n": None,
        "incomprehensiveness_n": None,
    }
    for cost in found.costs[:4]:
        expected = "approximate" if cost.cost_range is None else "betting"
        assert cost.groups[1].method == expected
    with pytest.raises(wg.InputError, match=r"incomprehensiveness is -0\.001 to 0; of the"):
        wg.audit(x, y, **asked, cost_range={"incomprehensiveness": (-1e-3, 0)})


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"squared_error": (400, 0)}, "the lower one first"),
        ({"squared_error": (0, 0)}, "the lower one first"),
        ({"squared_error": (0, float("inf"))}, "two numbers up to 1e\\+150"),
        ({"squared_error": (0, float("nan"))}, "two numbers up to"),
        ({"squared_error": 400}, r"two numbers, as in \(0, 400\), not 400"),
        ({"squared_error": (0, 1, 2)}, "two numbers, as in"),
        ({"squared_error": (-5, 400)}, "no row costs below 0"),
        ({"brier": (0, 1)}, "cost_range names the cost 'brier', which is not audited"),
        ({"r2": (0, 1)}, "r2, which is a metric of a whole group"),
        ((0, 400), "must say of which cost"),
    ],
)
def test_a_range_that_is_none_is_refused(known: Any, said: str) -> None:
    costs = ["squared_error", "r2"]
    with pytest.raises(wg.InputError, match=said):
        wg.compare_files(people(), costs=costs, **COLUMNS, cost_range=known)


def test_a_cost_of_0_and_1_has_no_other_range() -> None:
    y = np.resize([0, 1], 200)
    p = np.full(200, 0.4)
    groups = {"g": ["a", "b"] * 100}
    with pytest.raises(wg.InputError, match="zero_one, which is 0 or 1 in every row"):
        wg.compare(y, generic=p, personalized=p, groups=groups, cost_range={"zero_one": (0, 1)})
    with pytest.raises(wg.InputError, match="brier is 0 to 2, and no row costs above 1"):
        wg.compare(y, generic=p, personalized=p, groups=groups, cost_range={"brier": (0, 2)})


def test_evidence_files_keep_ranges(tmp_path: Path) -> None:
    frame = people()
    half = wg.gather(frame[:150], **COLUMNS, cost_range=KNOWN)
    half.save(tmp_path / "a.evidence")
    saved = json.loads((tmp_path / "a.evidence").read_text())
    assert [cost["range"] for cost in saved["costs"]] == [[0, 400], None]
    rest = wg.gather(frame[150:], **COLUMNS, cost_range=KNOWN)
    merged = wg.merge([tmp_path / "a.evidence", rest])
    found = merged.findings(wg.Settings(epsilon=1.0))
    assert found.costs[0].cost_range == (0, 400)
    other = wg.gather(frame[150:], **COLUMNS)
    with pytest.raises(wg.InputError, match="other known ranges for squared_error"):
        wg.merge([half, other])
    with pytest.raises(wg.InputError, match="can only be chosen where rows are summed"):
        merged.findings(wg.Settings(epsilon=1.0, cost_range={"absolute_error": (0, 20)}))
    with pytest.raises(wg.InputError, match="squared_error is 0 to 100; of the generic model"):
        wg.gather(frame, **COLUMNS, cost_range={"squared_error": (0, 100)})
    # A file of before has none of these keys, and reads as before.
    for cost in saved["costs"]:
        for key in ("range", "threshold", "tallies"):
            del cost[key]
    del saved["checksum"]
    whole = json.dumps(saved, sort_keys=True, separators=(",", ":"))
    saved["checksum"] = hashlib.sha256(whole.encode()).hexdigest()
    (tmp_path / "old.evidence").write_text(json.dumps(saved))
    old = wg.merge([tmp_path / "old.evidence"]).findings(wg.Settings(epsilon=1.0))
    assert old.costs[0].cost_range is None


@pytest.mark.parametrize("n", [20, 30])
def test_bootstrap_ends_stay_in_the_range_of_the_cost(n: int) -> None:
    rng = np.random.default_rng(6)
    ends = []
    for seed in range(30):
        y = rng.integers(0, 2, 2 * n)
        y[:2] = [0, 1]
        p1 = np.where(rng.random(2 * n) < 0.1, 1 - y, y)
        found = wg.compare(
            y,
            generic=y,
            personalized=p1,
            groups={"g": np.repeat(["a", "b"], n)},
            costs="zero_one",
            method="bootstrap",
            random_state=seed,
            min_cell=0,
        )
        ends += [group.ci for group in found.costs[0].groups if group.method == "bootstrap"]
    spread = [ci for ci in ends if ci != (None, None)]
    assert len(spread) > 30
    # None stands for an infinite end.
    assert all(low is not None and -1 <= low <= high <= 1 for low, high in spread)
    assert any(low == -1 for low, _ in spread)


@pytest.mark.parametrize("extreme", [1e-151, 1e151])
def test_extreme_weights_and_effects_are_refused(extreme: float) -> None:
    frame = people()
    frame["w"] = 1.0
    frame.loc[7, "w"] = extreme
    with pytest.raises(wg.InputError, match=r"w must be from 1e-150 to 1e\+150, and is not in 1 r"):
        wg.compare_files(frame, **COLUMNS, sample_weight="w")
    with pytest.raises(wg.InputError, match=r"w has 1 values that are not from 1e-150 to 1e\+150"):
        wg.compare_files(frame, **COLUMNS, sample_weight="w", rows_in_memory=0)
    for name in ("epsilon", "margin"):
        with pytest.raises(wg.InputError, match=rf"{name} must be from 1e-150 to 1e\+150"):
            wg.compare_files(frame, **COLUMNS, **{name: extreme})
        with pytest.raises(wg.InputError, match=rf"{name} must be from 1e-150 to 1e\+150"):
            wg.Settings(**{name: {"squared_error": extreme}})
    with pytest.raises(wg.InputError, match="epsilon must be from 1e-150"):
        wg.plan(n=[100, 100], epsilon=extreme)


def test_every_round_of_an_audit_keeps_to_the_range() -> None:
    rng = np.random.default_rng(9)
    n = 600
    x = pd.DataFrame(rng.uniform(0, 1, (n, 2)), columns=list("ab"))
    s = rng.choice(["u", "v"], n)
    y = pd.Series(3 * x["a"] + rng.uniform(0, 1, n))
    y[0] = np.nan
    y[77] = 60.0
    asked = {"personal": {"s": s}, "model": "linear", "explainers": [], "repeats": 5}
    # The row outside would else be most of its group's cost, and the group not shown.
    asked |= {"min_cell": 0}
    with pytest.raises(wg.InputError, match=r"of the generic model .* the first in row 77, where"):
        wg.audit(x, y, **asked, cost_range={"squared_error": (0, 400)})
    found = wg.audit(x, y, **asked, cost_range={"squared_error": (0, 1e5)})
    assert found.costs[0].cost_range == (0, 1e5)
