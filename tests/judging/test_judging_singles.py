"""Clusters that hold one row each: how many an interval asks for, and what a reader is told."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.judging import Settings

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}
NEEDED = "each cluster has one row of this group: an interval asks for 500 of them"


def people(sizes=(499, 500), seed=0):
    """Rows of groups of these sizes; nobody stands in two of them."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(["f", "m"], sizes)
    n = len(groups)
    y = rng.integers(0, 2, n)
    generic = np.clip(0.5 + 0.3 * (y - 0.5) + rng.normal(0, 0.2, n), 0.01, 0.99)
    personalized = np.clip(generic + 0.2 * (y - 0.5) + rng.normal(0, 0.1, n), 0.01, 0.99)
    patient = rng.permutation(n)
    return pd.DataFrame(
        {"y": y, "p0": generic, "p1": personalized, "g": groups, "patient": patient}
    )


def compared(frame, cluster="patient", **options):
    return wg.compare(
        frame["y"],
        generic=frame["p0"],
        personalized=frame["p1"],
        groups=frame[["g"]],
        cluster=None if cluster is None else frame[cluster],
        **options,
    )


def of_parts(frame, folder):
    """Findings of evidence that is gathered from two halves, saved and merged."""
    for half in (0, 1):
        wg.gather(frame[half::2], **COLUMNS, cluster="patient").save(folder / f"{half}.evidence")
    merged = wg.merge(sorted(folder.glob("*.evidence")), disjoint_clusters=True)
    return merged.findings(Settings())


@pytest.mark.parametrize("how", ["rows", "scan", "parts"])
@pytest.mark.parametrize("sizes", [(499, 500), (150, 700)])
def test_every_way_in_asks_for_five_hundred(how, sizes, tmp_path):
    frame = people(sizes)
    if how == "rows":
        found = compared(frame)
    elif how == "scan":
        found = wg.compare_files(frame, **COLUMNS, cluster="patient", rows_in_memory=0)
    else:
        found = of_parts(frame, tmp_path)
    names = {cost.name for cost in found.costs}
    assert names == {"zero_one", "brier", "log_loss"} | (set() if how == "parts" else {"auc"})
    for cost in found.costs:
        few, many = cost.groups
        assert (few.method, few.test, few.ci, few.reason) == (
            None,
            None,
            (None, None),
            "too few rows",
        )
        assert few.note == NEEDED
        assert few.required >= 500
        assert (many.method, many.test, many.note) == ("t", "t", None)
    (note,) = [note for note in found.notes if "share" in note]
    assert "no two audited rows share a value of 'patient', the cluster: leave the cluster" in note
    assert "--cluster" in note
    assert "fewer than 500 rows" in note
    assert note in json.loads(found.to_json())["notes"]


def test_without_the_column_or_with_one_pair_it_is_as_before():
    frame = people((300, 400))
    plain = compared(frame, None)
    assert {group.method for group in plain.costs[0].groups} == {"score"}
    assert {group.method for group in plain.costs[1].groups} == {"t"}
    # One woman stands in two rows, and a man and a woman share a cluster.
    frame.loc[0, "patient"] = frame.loc[1, "patient"]
    frame.loc[2, "patient"] = frame.loc[699, "patient"]
    found = compared(frame)
    women, men = found.costs[1].groups
    assert (women.method, women.note) == ("t", None)
    assert (men.method, men.note) == (None, NEEDED)
    for each in (plain, found):
        assert not any("share" in note for note in each.notes)


def test_the_number_needed_is_said():
    found = compared(people((200, 600)), costs=["brier"], epsilon=0.2)
    few, many = found.costs[0].groups
    assert few.required == 500
    assert many.required < 500
    assert "needs about 500 of them; you have 200" in found.to_text(200)


def test_a_cluster_without_a_name_is_not_given_one():
    frame = people()
    found = wg.compare(
        frame["y"],
        generic=frame["p0"],
        personalized=frame["p1"],
        groups=frame[["g"]],
        cluster=frame["patient"].to_numpy(),
    )
    assert any("no two audited rows share a cluster: leave" in note for note in found.notes)


def test_a_method_asked_for_is_given():
    found = compared(people((60, 90)), method="t", costs=["brier"])
    assert [(group.method, group.note) for group in found.costs[0].groups] == [("t", None)] * 2


def test_couples_have_one_row_in_each_group_and_share_a_cluster():
    frame = people((300, 300))
    frame["couple"] = np.tile(np.arange(300), 2)
    found = compared(frame, "couple", costs=["brier"])
    assert [group.note for group in found.costs[0].groups] == [NEEDED] * 2
    # Everybody together is 300 couples of two rows.
    assert found.costs[0].population.method == "t"
    assert not any("share" in note for note in found.notes)


def test_what_rows_of_few_large_clusters_are_worth_is_said():
    frame = people((1000, 1000))
    # Of the first group 60 patients have 10 rows each, and the others one.
    frame["patient"] = np.arange(2000)
    frame.loc[:599, "patient"] = np.arange(600) // 10
    few, many = compared(frame, costs=["brier"]).costs[0].groups
    assert (few.method, few.test) == ("approximate", None)
    worth = int(
        few.note.removeprefix("clusters or unequal weights make these rows worth ").split()[0]
    )
    assert 60 <= worth < 150
    assert few.note.endswith("independent ones: an interval asks for 150")
    assert (many.method, many.note) == ("t", None)
