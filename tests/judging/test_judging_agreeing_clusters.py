"""Models that differ in hardly any cluster have a bound, in memory, in scans and in evidence."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.judging import Settings

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "g"}


def persons(n=1202, rows=3, differ=(3, 700), whole=True, seed=0):
    """People with several rows; two models that differ in some people, in all rows or in one."""
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(n), rows)
    y = rng.integers(0, 2, len(person))
    generic = np.where(y == 1, 0.7, 0.3)
    other = np.isin(person, differ)
    if not whole:
        other &= np.append(True, person[1:] != person[:-1])
    group = np.where(person < n // 2, "u", "v")
    personalized = np.where(other, 1 - generic, generic)
    return pd.DataFrame({"y": y, "p0": generic, "p1": personalized, "g": group, "person": person})


def compared(frame, **options):
    return wg.compare(
        frame["y"],
        generic=frame["p0"],
        personalized=frame["p1"],
        groups=frame[["g"]],
        cluster=frame["person"],
        **options,
    )


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("rows", [1, 3, 20])
def test_two_persons_of_many_show_that_nothing_differs_materially(rows, whole):
    found = compared(persons(rows=rows, whole=whole), costs=["zero_one"]).costs[0]
    for group in found.groups:
        assert group.verdict == "no material difference"
        assert (group.n, group.clusters) == (601 * rows, 601)
        # Five and a half people of 601, whatever their rows have in common: Clopper and Pearson.
        assert -0.00925 < group.ci[0] < -0.006
        # Independent rows have a test with power, and need as many rows as that one.
        assert group.required <= (group.n if rows > 1 else 2 * group.n)
    assert (found.population.n, found.population.clusters) == (1202 * rows, 1202)
    assert found.gamma.verdict == "no material difference"


def test_the_note_says_what_the_bound_allows_for():
    found = compared(persons(), costs=["zero_one"])
    assert found.costs[0].groups[0].note == (
        "the models differ in 1 of 601 clusters: the interval is a bound that allows for clusters "
        "of 3 rows which all go together"
    )


def test_scans_and_merged_evidence_say_the_same(tmp_path):
    frame = persons()
    found = compared(frame, costs=["zero_one"])
    scanned = wg.compare_files(
        frame, **COLUMNS, cluster="person", costs=["zero_one"], rows_in_memory=0
    )
    for part in (0, 1):
        mine = frame[frame["person"] % 2 == part]
        wg.gather(mine, **COLUMNS, cluster="person", costs=["zero_one"]).save(
            tmp_path / f"{part}.evidence"
        )
    merged = wg.merge(sorted(tmp_path.glob("*.evidence")), disjoint_clusters=True)
    for other in (scanned, merged.findings(Settings())):
        for one, two in zip(found.costs[0].groups, other.costs[0].groups, strict=True):
            assert two.ci == pytest.approx(one.ci)
            assert (two.method, two.test, two.note) == ("score", "sign", one.note)
            assert (two.verdict, two.clusters, two.required) == (
                one.verdict,
                one.clusters,
                one.required,
            )


def test_evidence_without_the_largest_cluster_is_refused(tmp_path):
    path = tmp_path / "a.evidence"
    wg.gather(persons(), **COLUMNS, cluster="person", costs=["zero_one"]).save(path)
    content = json.loads(path.read_text())
    del content["costs"][0]["groups"]["largest"]
    path.write_text(json.dumps(content))
    with pytest.raises(wg.InputError, match="largest is None, not a list"):
        wg.merge([path])


def test_sizes_are_those_of_all_groups_until_a_group_has_many_clusters():
    frame = persons(n=800, differ=(3, 700))
    # One person of the second group has 30 rows.
    frame.loc[frame["person"].between(600, 609), "person"] = 600
    few, many = compared(frame, costs=["zero_one"], epsilon=0.2).costs[0].groups
    assert "clusters of 30 rows" in few.note
    assert "clusters of 30 rows" in many.note
    frame = persons(n=1300, differ=(3, 700))
    frame.loc[frame["person"].between(1000, 1009), "person"] = 1000
    few, many = compared(frame, costs=["zero_one"], epsilon=0.2).costs[0].groups
    assert "clusters of 3 rows" in few.note
    assert "clusters of 30 rows" in many.note


def test_agreement_never_asks_for_absurd_numbers():
    # 60 people of whom one differs: by 30 who differ one would have to wait for 1,800.
    frame = persons(n=120, differ=(3, 100))
    for cost in compared(frame, costs=["zero_one", "brier", "log_loss"], min_cell=0).costs:
        for group in cost.groups:
            assert group.verdict == "cannot tell"
            assert group.required is None
            assert (group.method is None) == (cost.name == "log_loss")
    none = compared(persons(n=120, differ=()), costs=["zero_one"]).costs[0].groups[0]
    # No event in 369 people: log(40) / .01, and the exact ends for one-sided .05.
    assert none.required == pytest.approx(3 * np.log(0.05) / np.log(0.99), rel=0.01)


@pytest.mark.parametrize(("cost", "off"), [("zero_one", 0.03), ("brier", 0.2)])
def test_more_rows_as_required_bring_the_verdict(cost, off):
    def agreeing(persons_of_a_group):
        frame = persons(n=2 * int(persons_of_a_group), differ=())
        return compared(frame, costs=[cost], epsilon=0.02).costs[0].groups[0]

    needed = agreeing(60).required / 3
    assert agreeing(np.ceil(needed * (1 + off))).p_equivalent <= 0.05
    assert agreeing(needed * (1 - off)).p_equivalent > 0.05


def test_brier_scores_of_rows_in_memory_bet_on_clusters():
    frame = persons(whole=False)
    found = compared(frame, costs=["brier"], epsilon=0.02).costs[0]
    for group in found.groups:
        assert (group.method, group.verdict) == ("betting", "no material difference")
    scanned = wg.compare_files(
        frame, **COLUMNS, cluster="person", costs=["brier"], epsilon=0.02, rows_in_memory=0
    ).costs[0]
    assert {group.method for group in scanned.groups} == {None}
    assert {group.required for group in scanned.groups} == {None}


def test_gains_in_few_clusters_are_found_and_their_interval_agrees():
    frame = persons(n=300, differ=())
    gains = frame["person"].isin(range(0, 300, 15))
    frame.loc[gains, "p0"] = 1 - frame.loc[gains, "p0"]
    for group in compared(frame, costs=["zero_one"]).costs[0].groups:
        assert (group.method, group.test, group.verdict) == ("score", "sign", "gain")
        # Ten people gain and none is harmed.
        assert group.p_gain == pytest.approx(2.0**-10)
        assert group.ci[0] > 0


def test_every_face_shows_the_number_of_clusters():
    found = compared(persons(), costs=["zero_one"])
    table = found.table(every=True)
    columns = list(table.columns)
    assert columns[columns.index("n") + 1] == "clusters"
    assert table["clusters"].tolist() == [601, 601]
    assert "n,clusters," in found.to_csv()
    assert "| group | n | clusters |" in found.to_markdown()
    assert "3,606 rows audited in 1,202 clusters" in found.to_markdown()
    text = found.to_text(120)
    assert "3,606 rows audited in 1,202 clusters" in text
    assert "n 3,606 in 1,202 clusters" in text
    page = found.to_html()
    assert "1,803 in 601 clusters" in page
    assert "3,606 rows audited in 1,202 clusters" in page
    content = json.loads(found.to_json())
    assert content["data"]["clusters"] == 1202
    assert [group["clusters"] for group in content["costs"][0]["groups"]] == [601, 601]
