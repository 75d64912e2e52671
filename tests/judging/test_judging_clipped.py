"""Rows whose log loss is clipped are counted, group by group and model by model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.costs import LOG_LOSS_CLIP

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
EACH = -np.log(LOG_LOSS_CLIP)


def people(seed: int = 0, n: int = 900) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    p = rng.uniform(0.05, 0.95, n)
    frame = pd.DataFrame(
        {
            "y": (rng.random(n) < p) * 1,
            "p0": p,
            "p1": np.clip(p + rng.normal(0, 0.05, n), 0.01, 0.99),
            "g": rng.choice(["a", "b", "c"], n),
            "w": rng.choice([1.0, 2.5], n),
            "c": rng.integers(0, n // 2, n),
        }
    )
    # Quite certain, and wrong in some rows; certain and right costs nothing and is not clipped.
    for column, rows in (("p0", slice(0, 40)), ("p1", slice(30, 50))):
        frame.loc[frame.index[rows], column] = rng.choice([0.0, 1.0, 1e-17, 1e-15], len(p[rows]))
    return frame


def by_hand(frame: pd.DataFrame, weighted: bool) -> dict[str, dict[str, Any]]:
    found = {}
    for name, mine in frame.groupby("g"):
        weight = mine["w"] if weighted else pd.Series(1.0, mine.index)
        here: dict[str, Any] = {}
        for model, column in (("generic", "p0"), ("personalized", "p1")):
            of_outcome = np.where(mine["y"] == 1, mine[column], 1 - mine[column])
            clipped = of_outcome < LOG_LOSS_CLIP
            here[f"clipped_{model}"] = int(clipped.sum())
            here[f"clipped_cost_{model}"] = float((weight * clipped).sum() * EACH / weight.sum())
        found[str(name)] = here
    return found


@pytest.mark.parametrize("given", [{}, {"sample_weight": "w"}, {"cluster": "c"}])
@pytest.mark.parametrize("rows_in_memory", [1_000_000, 0])
def test_clipped_rows_are_counted(given: dict[str, str], rows_in_memory: int) -> None:
    frame = people()
    found = wg.compare_files(frame, **COLUMNS, **given, rows_in_memory=rows_in_memory)
    cost = next(cost for cost in found.costs if cost.name == "log_loss")
    expected = by_hand(frame, "sample_weight" in given)
    total = {"generic": 0, "personalized": 0}
    for group in cost.groups:
        for name, value in expected[str(group.group["g"])].items():
            assert getattr(group, name) == pytest.approx(value, rel=1e-9)
        assert group.clipped_cost_generic is not None
        assert group.cost_generic is not None
        assert group.clipped_cost_generic <= group.cost_generic + 1e-12
        for model in total:
            total[model] += getattr(group, f"clipped_{model}")
    assert min(total.values()) > 0
    assert cost.population.clipped_generic == total["generic"]
    note = next(note for note in found.notes if note.startswith("log loss:"))
    assert f"{total['generic']} of the generic model and {total['personalized']} of the" in note
    assert "cost 36.0 each" in note
    # Other costs are not clipped, and say nothing.
    for other in found.costs:
        if other.name != "log_loss":
            assert {group.clipped_generic for group in other.groups} == {None}


def test_where_no_row_is_clipped_there_is_no_note() -> None:
    frame = people()
    frame[["p0", "p1"]] = frame[["p0", "p1"]].clip(0.01, 0.99)
    found = wg.compare_files(frame, **COLUMNS)
    assert not [note for note in found.notes if note.startswith("log loss:")]
    cost = next(cost for cost in found.costs if cost.name == "log_loss")
    assert {(g.clipped_generic, g.clipped_cost_personalized) for g in cost.groups} == {(0, 0.0)}


def test_parts_of_the_data_add_their_clipped_rows(tmp_path: Path) -> None:
    frame = people()
    for i in range(3):
        wg.gather(frame[i::3], **COLUMNS).save(tmp_path / f"{i}.evidence", min_cell=0)
    merged = wg.merge(sorted(tmp_path.glob("*.evidence"))).findings()
    cost = next(cost for cost in merged.costs if cost.name == "log_loss")
    expected = by_hand(frame, weighted=False)
    for group in cost.groups:
        for name, value in expected[str(group.group["g"])].items():
            assert getattr(group, name) == pytest.approx(value, rel=1e-9)


def test_rows_of_a_group_that_is_not_shown_have_no_part() -> None:
    frame = people()
    frame["h"] = "x"
    frame.loc[frame["g"] == "a", "h"] = list("xy" * len(frame))[: int((frame["g"] == "a").sum())]
    few = frame.index[frame["g"] == "b"][:5]
    frame.loc[few, ["h", "y", "p0"]] = ["y", 1, 0.0]
    for rows_in_memory in (1_000_000, 0):
        found = wg.compare_files(
            frame, **{**COLUMNS, "groups": ["g", "h"]}, rows_in_memory=rows_in_memory
        )
        cost = next(cost for cost in found.costs if cost.name == "log_loss")
        hidden = next(group for group in cost.groups if group.n is None)
        assert (hidden.clipped_generic, hidden.clipped_cost_generic) == (None, None)
        shown = by_hand(frame.drop(few), weighted=False)
        total = sum(each["clipped_generic"] for each in shown.values())
        assert cost.population.clipped_generic == total


def test_the_note_names_where_they_matter_most() -> None:
    frame = people()
    frame[["p0", "p1"]] = frame[["p0", "p1"]].clip(0.01, 0.99)
    first = frame.index[(frame["g"] == "b") & (frame["y"] == 0)][0]
    frame.loc[first, "p1"] = 1.0
    found = wg.compare_files(frame, **COLUMNS)
    note = next(note for note in found.notes if note.startswith("log loss:"))
    assert "0 of the generic model and 1 of the personalized one; in b, 1 row makes" in note
