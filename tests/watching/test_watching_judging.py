"""What a watch says: the numbers of the rows, once told and never of few, and false alarms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import whogains as wg
from whogains.costs import prediction_costs
from whogains.errors import InputError
from whogains.evidence import About, Collected, Score, attribute, cross, evidence_from_scores
from whogains.inference import (
    asymptotic_sequence,
    bounded_log_e,
    ternary_log_e,
    ternary_sequence,
    weights_by_appearance,
)
from whogains.watching import Batch, Choices, State, judge

from .conftest import Week

ASK: dict[str, Any] = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "sex"}
ZERO: dict[str, Any] = {**ASK, "costs": "zero_one"}
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schema" / "watch.schema.json").read_text("utf-8")
)


def group(found: wg.Watch, name: str, cost: int = 0) -> Any:
    return next(each for each in found.costs[cost].groups if each.group["sex"] == name)


def test_the_numbers_are_those_of_the_rows(tmp_path: Path, week: Week) -> None:
    file = tmp_path / "s"
    weeks = [week(seed, f=0.1) for seed in range(3)]
    for place, rows in enumerate(weeks):
        asked = {**ASK, "costs": ["zero_one", "brier"]} if not place else {}
        found = wg.watch(rows, state=file, batch=f"w{place}", **asked)
    rows = pd.concat(weeks)
    rows = rows[rows["sex"] == "f"]
    wrong0, wrong1 = ((rows[p] >= 0.5) != (rows["y"] == 1) for p in ("p0", "p1"))
    gains, harms = int((wrong0 & ~wrong1).sum()), int((wrong1 & ~wrong0).sum())
    mine = group(found, "f")
    assert mine.n == len(rows)
    assert_allclose(mine.bop, (gains - harms) / len(rows))
    ends = ternary_sequence(gains, harms, len(rows))
    # Ends are reached to a millionth of the range.
    assert_allclose(mine.ci, (ends.lower[0], ends.upper[0]), atol=2e-6)
    logs = []
    parts = [wk[wk["sex"] == "f"] for wk in weeks]
    for look in range(1, 4):
        part = pd.concat(parts[:look])
        w0, w1 = ((part[p] >= 0.5) != (part["y"] == 1) for p in ("p0", "p1"))
        up, down = int((w0 & ~w1).sum()), int((w1 & ~w0).sum())
        logs.append(float(ternary_log_e(up, down, len(part))))
    assert_allclose(mine.p_gain, min(1, np.exp(-max(logs))))
    # Two groups and two costs share what is not kept for those to come.
    share = 0.9 * weights_by_appearance(2, 0)[0] / 2
    if mine.p_gain_adjusted < 1:
        assert mine.p_gain_adjusted <= mine.p_gain / share + 1e-12
    brier = group(found, "f", 1)
    b = (rows["p0"] - rows["y"]) ** 2 - (rows["p1"] - rows["y"]) ** 2
    log_e = float(bounded_log_e(len(b), b.mean(), b.var(ddof=0) * len(b), lower=-1, upper=1))
    assert brier.p_gain <= np.exp(-max(log_e, 0)) + 1e-12
    assert [look.n for look in brier.looks] == np.cumsum([len(part) for part in parts]).tolist()


def test_a_harm_a_gain_and_what_is_unknown_are_told_with_when(tmp_path: Path, week: Week) -> None:
    file = tmp_path / "s"
    found = wg.watch(week(0, f=-0.25, m=0.25), state=file, batch="w0", margin=0.05, **ZERO)
    for place in range(1, 12):
        found = wg.watch(week(place, f=-0.25, m=0.25), state=file, batch=f"w{place}")
    harmed, served = group(found, "f"), group(found, "m")
    assert (harmed.verdict, served.verdict) == ("harm", "gain")
    assert (harmed.non_inferior, served.non_inferior) == (False, True)
    # Since when: the first look at which it was said, which the watch said then too.
    assert [a.batch for a in found.alarms] == [harmed.since]
    assert harmed.more_rows is None
    text = found.to_text()
    assert f"harmed: f (since w{harmed.since})" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    assert wg.from_dict(found.to_dict()) == found
    jsonschema.validate(found.to_dict(), SCHEMA)
    table = found.table().set_index("sex")
    assert table.loc["f", "since"] == f"w{harmed.since}"


def test_what_is_forecast_comes_about_when_said(tmp_path: Path, week: Week) -> None:
    """A stream that repeats itself is told in the batch that was forecast."""
    file = tmp_path / "s"
    rows = week(3, n=200, f=0.1, m=0.1)
    found = wg.watch(rows, state=file, batch="w0", day="2026-01-05", **ZERO)
    said = group(found, "f").more_batches
    assert said is not None
    assert group(found, "f").more_weeks is None
    place = 0
    while group(found, "f").verdict == "cannot tell":
        place += 1
        # The same women over again, and more men, who tell the batches apart.
        more = pd.concat([rows, *[rows[rows["sex"] == "m"].iloc[:1]] * place])
        day = str(np.datetime64("2026-01-05") + 7 * place)
        found = wg.watch(more, state=file, batch=f"w{place}", day=day)
        assert place < 200
    # The grid of forecasts has steps of a twelfth.
    assert 0.75 * said - 2 <= place <= 1.1 * said + 2


def test_a_look_never_tells_few_people(tmp_path: Path, week: Week) -> None:
    file = tmp_path / "s"
    small = week(0, n=30)
    found = wg.watch(small, state=file, batch="w0", **ZERO)
    for place in range(1, 12):
        rows = week(place, n=int(np.random.default_rng(place).integers(3, 25)))
        found = wg.watch(rows, state=file, batch=f"w{place}")
    for each in found.costs[0].groups:
        told = [look.n for look in each.looks]
        assert len(told) > 1
        assert min(np.diff([0, *told])) >= 10


def test_one_large_error_is_not_told_alone(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)

    def rows(far: float) -> pd.DataFrame:
        y = rng.normal(size=60)
        p0 = y + rng.normal(size=60)
        p0[0] = y[0] + far
        p1 = y + rng.normal(size=60)
        return pd.DataFrame({"y": y, "p0": p0, "p1": p1, "sex": ["f"] * 30 + ["m"] * 30})

    asked = {**ASK, "costs": "squared_error"}
    found = wg.watch(rows(1000.0), state=tmp_path / "s", batch="w0", task="regression", **asked)
    assert [(each.group["sex"], each.n) for each in found.costs[0].groups] == [("m", 30)]
    for place in range(1, 4):
        found = wg.watch(rows(3.0), state=tmp_path / "s", batch=f"w{place}")
    # It waits until it is no longer most of the cost, if ever.
    assert [each.group["sex"] for each in found.costs[0].groups] == ["m"]


def test_a_restart_forgets_and_shares_the_level(tmp_path: Path, week: Week) -> None:
    file = tmp_path / "s"
    found = wg.watch(week(0, f=-0.3), state=file, batch="w0", **ZERO)
    for place in range(1, 8):
        found = wg.watch(week(place, f=-0.3), state=file, batch=f"w{place}")
    assert group(found, "f").verdict == "harm"
    found = wg.watch(week(8), state=file, batch="w8", restart=True)
    mine = group(found, "f")
    assert mine.n == (week(8)["sex"] == "f").sum()
    assert mine.verdict != "harm"
    assert [alarm.stretch for alarm in found.alarms] == [0]
    assert "Before the last restart: f was shown to be harmed" in " ".join(found.to_text().split())
    for place in range(9, 30):
        found = wg.watch(week(place, f=0.3), state=file, batch=f"w{place}")
    assert group(found, "f").verdict == "gain"
    # What is left after .9 for the first stretch, and two groups of it.
    share = weights_by_appearance(1, 1)[1] * weights_by_appearance(2, 0)[0]
    adjusted, p = group(found, "f").p_gain_adjusted, group(found, "f").p_gain
    assert_allclose(adjusted, p / share, rtol=1e-9)


def test_a_group_that_comes_later_joins_without_moving_the_others(
    tmp_path: Path, week: Week
) -> None:
    file = tmp_path / "s"
    wg.watch(week(0, f=0.1), state=file, batch="w0", **ZERO)
    found = wg.watch(week(1, f=0.1), state=file, batch="w1")
    before = group(found, "f").p_gain_adjusted
    late = week(2).assign(sex="x")
    found = wg.watch(late, state=file, batch="w2")
    assert group(found, "x").n == 300
    assert group(found, "f").p_gain_adjusted == before


def test_who_returns_counts_once(tmp_path: Path, week: Week) -> None:
    file = tmp_path / "s"
    one = week(0, n=800)
    wg.watch(one, state=file, batch="w0", cluster="patient", **ZERO)
    two = pd.concat([one.iloc[:100].assign(p1=0.5), week(1, n=700)])
    found = wg.watch(two, state=file, batch="w1")
    assert found.data.rows_returning == 100
    assert found.data.rows == 1500
    assert any("100 rows are left out" in note for note in found.notes)
    assert found.costs[0].method == "asymptotic"
    only = wg.watch(two.iloc[:100].assign(p0=0.4), state=file, batch="w2")
    assert (only.data.rows, only.data.rows_returning) == (1500, 200)
    rows = week(3)
    rows["patient"] = rows["patient"].astype(object).where(rows.index > 2, None)
    with pytest.raises(InputError, match="patient is missing in 3 rows"):
        wg.watch(rows, state=file, batch="w3")


def test_batches_out_of_order_are_noted_and_count(tmp_path: Path, week: Week) -> None:
    file = tmp_path / "s"
    wg.watch(week(0), state=file, batch="w0", day="2026-01-12", **ZERO)
    found = wg.watch(week(1), state=file, batch="w1", day="2026-01-05")
    assert [batch.late for batch in found.batches] == [False, True]
    assert any("came after one of a later day" in note for note in found.notes)
    assert found.data.rows == 600


def test_unbounded_costs_wait_for_a_large_sample(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)

    def rows(n: int) -> pd.DataFrame:
        y = rng.normal(size=n)
        sex = rng.choice(["f", "m"], n, p=[0.8, 0.2])
        return pd.DataFrame({"y": y, "p0": 0.0, "p1": y * 0.4 + rng.normal(0, 0.3, n), "sex": sex})

    asked = {**ASK, "costs": "squared_error", "task": "regression"}
    found = wg.watch(rows(1000), state=tmp_path / "s", batch="w0", **asked)
    assert group(found, "m").ci == (None, None)
    assert group(found, "m").reason == "too few rows"
    for place in range(1, 10):
        found = wg.watch(rows(1000), state=tmp_path / "s", batch=f"w{place}")
    mine = group(found, "f")
    assert mine.verdict == "gain"
    assert mine.ci[0] > 0
    part = asymptotic_sequence(mine.bop, 1.0, mine.n)
    assert part.lower < mine.bop


def test_a_known_range_gives_squared_errors_an_exact_sequence(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    y = rng.uniform(0, 1, 400)
    rows = pd.DataFrame({"y": y, "p0": 0.5, "p1": y, "sex": ["f", "m"] * 200})
    found = wg.watch(
        rows,
        state=tmp_path / "s",
        batch="w0",
        cost_range={"squared_error": (0, 0.25)},
        task="regression",
        **{**ASK, "costs": "squared_error"},
    )
    assert found.costs[0].method == "bounded betting"
    assert group(found, "f").verdict == "gain"


def _stream(rng: np.random.Generator, looks: int, restart: int) -> State:
    """Make a watch of two costs and two groups without any benefit, of sums in memory."""
    zero_one, brier = prediction_costs("classification", ("zero_one", "brier"))
    batches = []
    for look in range(looks):
        n = 80
        sex = attribute("sex", rng.integers(0, 2, n), ["f", "m"])
        grouping, codes = cross([sex])
        y = rng.integers(0, 2, n).astype(float)
        p0, p1 = rng.uniform(size=(2, n))
        scores = tuple(Score(c, c.rows(y, p0), c.rows(y, p1)) for c in (zero_one, brier))
        evidence = evidence_from_scores(scores, grouping, codes, y)
        about = About("y", "classification", "1", "0")
        source = f"{look}"
        batches.append(Batch(source, None, look == restart, source, 0, Collected(evidence, about)))
    choices = Choices(
        "y", "p0", "p1", ("sex",), "classification", "1", ("zero_one", "brier"),
        {"zero_one": 0.01, "brier": 0.01}, {}, 0.05, 10,
    )  # fmt: skip
    return State(choices, tuple(batches))


def test_false_alarms_over_looks_groups_costs_and_a_restart() -> None:
    """Through the whole watch, and by the interval of one group and cost alone."""
    rng = np.random.default_rng(12)
    streams, alarms, outside = 150, 0, 0
    for _ in range(streams):
        found = judge(_stream(rng, 20, restart=10), version="0")
        alarms += bool(found.alarms)
        ends = [look.ci for look in found.costs[1].groups[0].looks[:10]]
        outside += any(low > 0 or high < 0 for low, high in ends)  # type: ignore[operator]
    assert alarms <= 0.05 * streams + 2 * np.sqrt(0.05 * 0.95 * streams)
    assert outside <= 0.05 * streams + 2 * np.sqrt(0.05 * 0.95 * streams)
