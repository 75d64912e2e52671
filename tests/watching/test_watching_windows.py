"""What is said of the last batches alone: the numbers of their rows, and false alarms."""

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
from whogains.cli import main
from whogains.costs import prediction_costs
from whogains.errors import InputError
from whogains.evidence import About, Collected, Score, attribute, cross, evidence_from_scores
from whogains.inference import ternary_log_e, ternary_sequence
from whogains.watching import Batch, Choices, State, judge

from .conftest import Week

ASK: dict[str, Any] = {
    "target": "y", "generic": "p0", "personalized": "p1", "groups": "sex", "costs": "zero_one",
}  # fmt: skip
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schema" / "watch.schema.json").read_text("utf-8")
)


def lately(found: wg.Watch, name: str) -> Any:
    mine = next(each for each in found.costs[0].groups if each.group["sex"] == name)
    return mine.lately


def test_a_window_is_the_last_batches_alone(tmp_path: Path, week: Week) -> None:
    weeks = [week(seed, f=-0.2 if seed >= 4 else 0.2) for seed in range(6)]
    begins = []
    for place, rows in enumerate(weeks):
        asked = {**ASK, "window": 2} if not place else {}
        found = wg.watch(rows, state=tmp_path / "s", batch=f"w{place}", **asked)
        begins.append(lately(found, "f").begin)
        jsonschema.validate(found.to_dict(), SCHEMA)
    # A window of 2 is 3 or 4 batches long, but for the first ones.
    assert begins == [0, 0, 0, 0, 2, 2]
    rows = pd.concat(weeks[2:])
    rows = rows[rows["sex"] == "f"]
    wrong0, wrong1 = ((rows[p] >= 0.5) != (rows["y"] == 1) for p in ("p0", "p1"))
    up, down = int((wrong0 & ~wrong1).sum()), int((wrong1 & ~wrong0).sum())
    mine = lately(found, "f")
    assert mine.n == len(rows)
    assert_allclose(mine.bop, (up - down) / len(rows))
    ends = ternary_sequence(up, down, len(rows))
    assert_allclose(mine.ci, (ends.lower[0], ends.upper[0]), atol=2e-6)
    # The second window has a quarter of the first's share, and each group half of nine tenths.
    logs = []
    for look in (1, 2, 3, 4):
        part = pd.concat(weeks[2 : 2 + look])
        part = part[part["sex"] == "f"]
        w0, w1 = ((part[p] >= 0.5) != (part["y"] == 1) for p in ("p0", "p1"))
        counts = int((w0 & ~w1).sum()), int((w1 & ~w0).sum())
        logs.append(float(ternary_log_e(*counts, len(part), alternative="less")))
    p, share = np.exp(-max(*logs, 0.0)), 6 / np.pi**2 / 4 * 0.9 / 2
    assert_allclose(mine.p_harm_adjusted, min(1, p / share), rtol=1e-9)
    assert found.table()["lately_n"].tolist()[0] in {len(rows), lately(found, "m").n}
    assert "in the last 4 batches alone (from w2 on)" in " ".join(found.sentences())
    with pytest.raises(InputError, match="window is 3, and this watch was begun with 2"):
        wg.watch(weeks[0], state=tmp_path / "s", batch="more", window=3)


def test_a_group_that_began_to_be_harmed_is_told_of_the_last_batches(
    tmp_path: Path, week: Week, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ask = ["--target", "y", "--generic", "p0", "--personalized", "p1", "--groups", "sex"]
    for place in range(12):
        week(place, n=600, f=0.25 if place < 8 else -0.25).to_csv(f"w{place}.csv", index=False)
        call = ["watch", f"w{place}.csv", "--state", "s", "--quiet", "--json", "a.json"]
        more = [*ask, "--costs", "zero_one", "--window", "2"] if not place else []
        assert main([*call, *more]) == 0
    found = wg.read_json("a.json")
    assert isinstance(found, wg.Watch)
    mine = next(each for each in found.costs[0].groups if each.group["sex"] == "f")
    # All in all there was a gain, which is long shown; of late there is none.
    assert mine.verdict == "gain"
    assert mine.lately is not None
    assert (mine.lately.verdict, mine.lately.begin) == ("harm", 8)
    capsys.readouterr()
    assert main(["watch", "--state", "s", "--quiet", "--fail-on", "harm"]) == 1
    assert capsys.readouterr().err.startswith("whogains: harm: 0-1 loss: f")
    assert main(["watch", "--state", "s", "--window", "0"]) == 2


def test_a_window_begins_anew_with_a_restart_and_waits_as_all_else(
    tmp_path: Path, week: Week
) -> None:
    def of(name: str, n: int, seed: int) -> pd.DataFrame:
        rows = week(seed, n=400, f=0.3, m=0.3)
        return rows[rows["sex"] == name].head(n)

    state = tmp_path / "s"
    wg.watch(pd.concat([of("f", 60, 0), of("m", 60, 1)]), state=state, batch="0", window=1, **ASK)
    # Three of m wait for more, and are told with the next batch: then they are in the window.
    wg.watch(pd.concat([of("f", 60, 2), of("m", 3, 3)]), state=state, batch="1")
    found = wg.watch(pd.concat([of("f", 60, 4), of("m", 60, 5)]), state=state, batch="2")
    assert (lately(found, "f").begin, lately(found, "f").n) == (1, 120)
    assert (lately(found, "m").begin, lately(found, "m").n) == (1, 63)
    # The window that begins with the batch 2 follows what was told with it, or later.
    found = wg.watch(pd.concat([of("f", 60, 6), of("m", 60, 7)]), state=state, batch="3")
    assert (lately(found, "f").begin, lately(found, "f").n) == (2, 120)
    assert (lately(found, "m").begin, lately(found, "m").n) == (3, 60)
    found = wg.watch(of("f", 60, 8), state=state, batch="4", restart=True)
    assert (lately(found, "f").begin, lately(found, "f").n) == (4, 60)
    assert (lately(found, "m").begin, lately(found, "m").n) == (None, 0)


def test_windows_keep_their_level_over_all_of_them() -> None:
    """Eight groups, 12 batches, windows of 2: any false harm of any window, in 25 streams."""
    rng = np.random.default_rng(0)
    (cost,) = prediction_costs("classification", ("zero_one",))
    about = About("y", "classification", "1", None)
    names = [f"{j}" for j in range(8)]
    choices = Choices(
        "y", "a", "b", ("g",), "classification", "1", ("zero_one",), {"zero_one": 0.01}, {}, 0.05,
        10, window=2,
    )  # fmt: skip
    wrong = 0
    for _ in range(25):
        batches: list[Batch] = []
        said = False
        for place in range(12):
            group = np.repeat(np.arange(8), 40)
            y = rng.integers(0, 2, 320).astype(float)
            pair = [rng.integers(0, 2, 320).astype(float) for _ in range(2)]
            grouping, codes = cross([attribute("g", group, names)])
            scores = (Score(cost, cost.rows(y, pair[0]), cost.rows(y, pair[1])),)
            part = evidence_from_scores(scores, grouping, codes, y)
            batches.append(Batch(f"{place}", None, False, f"{place}", 0, Collected(part, about)))
            # What is shown in a window stays: its last look is enough.
            if place % 2 == 1 and place > 2:
                found = judge(State(choices, tuple(batches)), version="test")
                shown = [each.lately for each in found.costs[0].groups]
                said |= any(each is not None and each.verdict == "harm" for each in shown)
        wrong += said
    # At most .05 in truth: 5 or more of 25 would be seen once in a hundred times.
    assert wrong < 5
