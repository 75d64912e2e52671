"""What a watch says of few: nothing of one person's outcome, at no look and between no two."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.records import WatchGroup

ASK: dict[str, Any] = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}


def rows_of(group: str, y: list[int], p1: list[float] | None = None) -> pd.DataFrame:
    """Make rows of one group; the generic model says .4 of everybody."""
    right = [0.3 + 0.4 * each for each in y] if p1 is None else p1
    return pd.DataFrame({"y": y, "p0": 0.4, "p1": right, "g": group})


def big(seed: int) -> pd.DataFrame:
    y = np.random.default_rng(seed).integers(0, 2, 120).tolist()
    return rows_of("big", y)


def told(found: wg.Watch, name: str) -> list[WatchGroup]:
    return [each for cost in found.costs for each in cost.groups if each.group["g"] == name]


def test_new_rows_of_which_one_has_the_rarer_outcome_wait(tmp_path: Path) -> None:
    state = tmp_path / "s"
    first = pd.concat([big(0), rows_of("a", [0, 1] * 20)])
    found = wg.watch(first, state=state, batch="0", **ASK)
    assert {each.n for each in told(found, "a")} == {40}
    # Twelve people, one of whom died: the sums of before and after would tell who fared how.
    found = wg.watch(pd.concat([big(1), rows_of("a", [0] * 11 + [1])]), state=state, batch="1")
    assert {each.n for each in told(found, "a")} == {40}
    # Another death, and they are told together.
    found = wg.watch(pd.concat([big(2), rows_of("a", [0] * 3 + [1])]), state=state, batch="2")
    assert {each.n for each in told(found, "a")} == {56}
    assert [[look.batch for look in each.looks] for each in told(found, "a")] == [[0, 2]] * 3


def test_new_rows_of_which_one_has_another_cost_wait_with_every_cost(tmp_path: Path) -> None:
    state = tmp_path / "s"
    ask = {**ASK, "costs": ["zero_one", "brier"]}
    wg.watch(pd.concat([big(0), rows_of("a", [0, 1] * 20)]), state=state, batch="0", **ask)
    y = [0, 1] * 10
    # Only one label of the personalized model differs from the generic one's, which are all 0.
    one = rows_of("a", y, [0.45 - 0.01 * k for k in range(19)] + [0.9])
    found = wg.watch(pd.concat([big(1), one]), state=state, batch="1")
    assert {each.n for each in told(found, "a")} == {40}


def test_a_hundred_rows_may_be_of_one_outcome(tmp_path: Path) -> None:
    state = tmp_path / "s"
    wg.watch(pd.concat([big(0), rows_of("a", [0, 1] * 20)]), state=state, batch="0", **ASK)
    found = wg.watch(pd.concat([big(1), rows_of("a", [0] * 100)]), state=state, batch="1")
    assert {each.n for each in told(found, "a")} == {140}


@pytest.mark.parametrize("rare", [[0] * 30 + [1], [0] * 31, [0, 1] * 4])
def test_a_group_that_would_tell_is_named_nowhere(tmp_path: Path, rare: list[int]) -> None:
    state = tmp_path / "s"
    rows = pd.concat([big(0), rows_of("b", [0, 1] * 20), rows_of("clinic-X", rare)])
    found = wg.watch(rows, state=state, batch="0", **ASK)
    page = tmp_path / "page.html"
    found.to_html(page)
    everywhere = [
        json.dumps(found.to_dict()),
        found.to_text(),
        found.to_markdown(),
        found.table().to_csv(),
        page.read_text("utf-8"),
        *found.sentences(),
    ]
    assert not any("clinic-X" in each for each in everywhere)
    assert any("a level is not named" in note for note in found.notes)
    assert found.data.rows == 160


def test_with_no_threshold_all_is_told(tmp_path: Path) -> None:
    rows = pd.concat([big(0), rows_of("a", [0] * 3 + [1])])
    found = wg.watch(rows, state=tmp_path / "s", batch="0", min_cell=0, **ASK)
    assert {each.n for each in told(found, "a")} == {4}
