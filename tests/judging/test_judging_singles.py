"""Clusters that hold one row each behave as rows do, and a note says so."""

from __future__ import annotations

import json
import math

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


def of_parts(frame, folder, cluster):
    """Findings of evidence that is gathered from two halves, saved and merged."""
    folder.mkdir()
    for half in (0, 1):
        wg.gather(frame[half::2], **COLUMNS, cluster=cluster).save(folder / f"{half}.evidence")
    merged = wg.merge(sorted(folder.glob("*.evidence")), disjoint_clusters=True)
    return merged.findings(Settings())


def said_of(group):
    """What is found of a group, less how many clusters it has."""
    exact = (group.label, group.n, group.method, group.test, group.verdict, group.reason)
    return (*exact, group.note, group.required)


def numbers_of(finding):
    values = (*finding.ci, finding.bop, finding.se, finding.p_gain, finding.p_harm)
    return [math.nan if value is None else value for value in values]


@pytest.mark.parametrize("how", ["rows", "scan", "parts"])
@pytest.mark.parametrize("sizes", [(40, 499), (150, 700)])
def test_every_way_in_judges_them_as_rows(how, sizes, tmp_path):
    frame = people(sizes)

    def found_with(cluster):
        if how == "rows":
            return compared(frame, cluster)
        if how == "scan":
            return wg.compare_files(frame, **COLUMNS, cluster=cluster, rows_in_memory=0)
        return of_parts(frame, tmp_path / str(cluster), cluster)

    found, plain = found_with("patient"), found_with(None)
    names = {cost.name for cost in found.costs}
    assert names == {"zero_one", "brier", "log_loss"} | (set() if how == "parts" else {"auc"})
    for cost, other in zip(found.costs, plain.costs, strict=True):
        pairs = list(zip(cost.groups, other.groups, strict=True))
        for group, alone in [*pairs, (cost.population, other.population)]:
            assert numbers_of(group) == pytest.approx(numbers_of(alone), rel=1e-6, nan_ok=True)
            assert (group.clusters, alone.clusters) == (group.n, None)
        for group, alone in pairs:
            assert said_of(group) == said_of(alone)
    (note,) = [note for note in found.notes if "share" in note]
    assert "no two audited rows share a value of 'patient', the cluster: the rows" in note
    assert note in json.loads(found.to_json())["notes"]
    assert not any("share" in note for note in plain.notes)


def test_one_pair_makes_clusters_of_all():
    frame = people((300, 400))
    # One woman stands in two rows, and a man and a woman share a cluster.
    frame.loc[0, "patient"] = frame.loc[1, "patient"]
    frame.loc[2, "patient"] = frame.loc[699, "patient"]
    found = compared(frame)
    women, men = found.costs[1].groups
    assert (women.method, women.note, women.clusters) == ("t", None, 299)
    # Men may come in twos, as the women do, and by chance none of 400 did.
    assert men.method == "betting"
    assert "a bound that allows for clusters of 2 rows" in men.note
    men = found.costs[2].groups[1]
    assert (men.method, men.note) == (None, NEEDED)
    assert men.required >= 500
    assert not any("share" in note for note in found.notes)


def test_a_cluster_without_a_name_is_not_given_one():
    frame = people()
    found = wg.compare(
        frame["y"],
        generic=frame["p0"],
        personalized=frame["p1"],
        groups=frame[["g"]],
        cluster=frame["patient"].to_numpy(),
    )
    assert any("no two audited rows share a cluster: the rows" in note for note in found.notes)


def test_a_method_asked_for_is_given():
    found = compared(people((60, 90)), method="t", costs=["brier"])
    assert [(group.method, group.note) for group in found.costs[0].groups] == [("t", None)] * 2


def test_couples_have_one_row_in_each_group_and_share_a_cluster():
    frame = people((300, 300))
    frame["couple"] = np.tile(np.arange(300), 2)
    found = compared(frame, "couple", costs=["brier"])
    assert [(group.method, group.note) for group in found.costs[0].groups] == [("t", None)] * 2
    # Everybody together is 300 couples of two rows.
    assert found.costs[0].population.method == "t"
    assert (found.costs[0].population.clusters, found.data.clusters) == (300, 300)
    (note,) = [note for note in found.notes if "share" in note]
    assert "no two audited rows of one group share a value of 'couple'" in note


def test_what_rows_of_few_large_clusters_are_worth_is_said():
    frame = people((1000, 1000))
    # Of the first group 60 patients have 10 rows each, and the others one.
    frame["patient"] = np.arange(2000)
    frame.loc[:599, "patient"] = np.arange(600) // 10
    few, many = compared(frame, costs=["brier"]).costs[0].groups
    assert (few.clusters, many.clusters) == (460, 1000)
    assert (few.method, few.test) == ("approximate", None)
    worth = int(
        few.note.removeprefix("clusters or unequal weights make these rows worth ").split()[0]
    )
    assert 60 <= worth < 150
    assert few.note.endswith("independent ones: an interval asks for 150")
    assert (many.method, many.note) == ("t", None)
    # The range of a Brier score is known, and so there is a bound.
    few, many = compared(frame, costs=["brier"]).costs[0].groups
    assert (few.method, many.method) == ("betting", "t")
    assert few.note == (
        "the interval is a bound that allows for clusters of 10 rows which all go together"
    )
