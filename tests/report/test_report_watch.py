"""A watch on every face: the page loads nothing and is valid, names are text, and it fits."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.records import (
    WatchAlarm,
    WatchBatch,
    WatchCost,
    WatchData,
    WatchGroup,
    WatchLook,
)
from whogains.report import as_text

from .test_report_audit_html import ATTACKS
from .valid_html import problems


def group(levels, *, verdict="harm", n=400, since=1):
    known = verdict != "cannot tell"
    looks = tuple(
        WatchLook(batch, 100 * (batch + 1), -0.05, (None, None) if batch == 0 else (-0.2, 0.1))
        for batch in range(4)
    )
    return WatchGroup(
        group=levels,
        n=n,
        cost_generic=0.2,
        cost_personalized=0.25,
        bop=-0.05,
        ci=(-0.09, -0.01),
        p_gain=1.0,
        p_harm=0.001,
        p_gain_adjusted=1.0,
        p_harm_adjusted=0.01,
        p_equivalent_adjusted=1.0,
        p_non_inferior_adjusted=None,
        verdict=verdict,
        reason=None if known else "inconclusive",
        since=since if known else None,
        non_inferior=None,
        contradicted=False,
        more_rows=None if known else 1000,
        more_batches=None if known else 10,
        more_weeks=None,
        looks=looks,
    )


def watch(levels, *, name="w", unit=None, costs=1):
    groups = tuple(
        group(each, verdict=("harm", "cannot tell")[j % 2]) for j, each in enumerate(levels)
    )
    cost = WatchCost(
        "brier", "Brier score", unit, 0.01, None, "bounded betting", 1.0, False, groups
    )
    return wg.Watch(
        version="0",
        settings={"alpha": 0.05, "epsilon": {"brier": 0.01}, "cluster": name},
        data=WatchData(name, "classification", "1", tuple(levels[0]), 400, 0),
        batches=tuple(WatchBatch(f"{name}{j}", None, j == 2, False) for j in range(4)),
        alarms=(WatchAlarm(1, "brier", levels[0], 0),),
        costs=(cost,) * costs,
        notes=(f"of {name}",),
    )


def test_the_page_is_valid_loads_nothing_and_draws_each_stretch():
    found = watch([{"sex": "f"}, {"sex": "m"}])
    page = found.to_html()
    assert problems(page) == []
    assert not re.search(r"""(?:src|href)=["'](?!data:|#|https://arxiv)""", page)
    # Two groups of two stretches each; the first look of the first stretch has no sequence.
    assert page.count("<polyline") == 4
    assert page.count('class="alarm"') == 1
    assert "f (since w1)" in page
    assert found.to_html() == page


@pytest.mark.parametrize("attack", [each for each in ATTACKS if len(each) < 100])
def test_names_are_text_on_every_face(attack):
    found = watch([{attack: attack}, {attack: "m"}], name=attack, unit=attack)
    page = found.to_html()
    assert problems(page) == []
    assert page.count("<script>") == 1
    for width in (40, 80):
        text = as_text(found, width)
        assert all(each.isprintable() or each == "\n" for each in text)
    assert found.to_markdown().count("\n# ") == 0
    assert "<script" not in found.to_markdown()


def test_thousands_of_groups_leave_a_page_of_less_than_three_megabytes():
    levels = [{"zip": f"{j:05}"} for j in range(3000)]
    page = watch(levels, costs=2).to_html()
    assert len(page.encode()) < 3_000_000
    assert "of 3,000 groups" in page


def test_text_fits_and_says_when_and_how_much_longer():
    found = watch([{"sex": "f"}, {"sex": "m"}])
    text = found.to_text()
    assert max(map(len, text.splitlines())) <= 80
    said = " ".join(text.split())
    assert "harmed: f (since w1)" in said
    assert "nothing is known of 1 of 2 groups" in said
    assert "10 batches" in said
    weeks = replace(found.costs[0].groups[1], more_weeks=1.0)
    cost = replace(found.costs[0], groups=(found.costs[0].groups[0], weeks))
    assert "1 week " in " ".join(replace(found, costs=(cost,)).to_text().split())


def test_table_csv_and_chart_hold_every_group():
    found = watch([{"n": "f"}, {"n": None}])
    table = found.table()
    assert table["n (group)"].tolist() == ["f", "n missing"]
    assert table["since"].isna().tolist() == [False, True]
    assert table.loc[0, "since"] == "w1"
    assert found.to_csv().count("\n") == 3
    drawn = found.plot.looks().to_dict()
    assert len(next(iter(drawn["datasets"].values()))) == 8
    with pytest.raises(InputError, match="there is no cost 3"):
        found.plot.looks(3)
    assert repr(found) == "<Watch 'w': 4 batches, 400 rows; verdicts: 1 harm, 1 cannot tell>"
