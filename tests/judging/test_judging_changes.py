"""Two audits side by side."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import whogains as wg
from whogains.api import from_dict
from whogains.errors import InputError
from whogains.judging.changes import change_words
from whogains.report import as_text

N = 600


def audit(shift, seed=0, levels=("f", "m"), **options):
    """A model that helps the first group, and the second by `shift`."""
    rng = np.random.default_rng(seed)
    group = np.arange(N) % len(levels)
    y = rng.normal(size=N)
    generic = y + rng.normal(size=N)
    personalized = y + (generic - y) * np.where(group == 0, 0.5, 1 - shift)
    return wg.compare(
        y,
        generic=generic,
        personalized=personalized,
        groups={"sex": np.array(levels)[group]},
        costs=options.pop("costs", ["squared_error"]),
        **options,
    )


@pytest.fixture(scope="module")
def both():
    return audit(-0.5), audit(0.5)


def test_it_says_who_is_helped_now(both):
    table = wg.diff(*both).table()
    assert table["words"].tolist() == ["still gains", "was harmed, now gains"]
    before, after = (found.table()["bop"].to_numpy() for found in both)
    np.testing.assert_allclose(table["change"], after - before)
    back = wg.diff(both[1], both[0]).table()
    np.testing.assert_allclose(back["change"], -table["change"])
    np.testing.assert_allclose(back["ci_low"], -table["ci_high"])


def test_an_audit_against_itself_shows_nothing(both):
    changes = wg.diff(both[0], both[0])
    assert changes.notes == ()
    for group in changes.costs[0].groups:
        assert group.bop.change == 0
        assert group.bop.ci[0] < 0 < group.bop.ci[1]
        assert group.words in {"still gains", "still harmed"}


def test_the_interval_covers_whatever_the_people_share():
    # The true changes are 0 in group f and .56 in group m, for people shared and for others.
    covered = [
        low <= truth <= high
        for seed in range(20)
        for other in (seed, 1000 + seed)
        for group, truth in zip(
            wg.diff(audit(0.1, seed), audit(0.5, other)).costs[0].groups, (0.0, 0.56), strict=True
        )
        for low, high in [group.bop.ci]
    ]
    assert np.mean(covered) >= 0.9


def test_level_adds_both_alphas(both):
    assert wg.diff(*both).level == 0.9
    assert wg.diff(both[0], audit(0.5, alpha=0.01)).level == 0.94


def test_groups_and_costs_that_only_one_has(both):
    other = audit(0.5, levels=("f", "x"), costs=["squared_error", "absolute_error"])
    changes = wg.diff(both[0], other)
    assert [group.words for group in changes.costs[0].groups] == [
        "still gains",
        "only in the audit after",
        "only in the audit before",
    ]
    assert any("absolute error" in note for note in changes.notes)
    with pytest.raises(InputError, match="no cost in common"):
        wg.diff(both[0], audit(0.5, costs=["absolute_error"]))
    renamed = replace(other, data=replace(other.data, groups=("race",)))
    with pytest.raises(InputError, match="different groups"):
        wg.diff(both[0], renamed)


def test_hidden_groups_stay_hidden(both):
    hidden = audit(0.5, min_cell=10, levels=("f", "m"))
    rows = {"sex": ["f"] * 590 + ["m"] * 8 + ["x"] * 2}
    rng = np.random.default_rng(0)
    y = rng.normal(size=N)
    small = wg.compare(y, generic=y + 1, personalized=y, groups=rows, costs=["squared_error"])
    group = wg.diff(hidden, small).costs[0].groups[1]
    assert group.n_after is None
    assert group.bop.after is None
    assert group.bop.change is None


def test_it_can_be_written_and_read(both, tmp_path):
    changes = wg.diff(*both)
    content = json.loads(changes.to_json(tmp_path / "diff.json"))
    assert content["schema"] == 1
    assert content["costs"][0]["groups"][1]["words"] == "was harmed, now gains"
    text = as_text(changes, 200)
    page = changes.to_html(tmp_path / "diff.html")
    for words in ("was harmed, now gains", "still gains"):
        assert words in text
        assert words in page
    assert max(map(len, as_text(changes, 60).splitlines())) <= 60


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("gain", "cannot tell", "gained, no longer shown"),
        ("cannot tell", "gain", "now gains"),
        ("cannot tell", "no material difference", "now no material difference"),
        ("gain", "harm", "newly harmed"),
        (None, "gain", "only in the audit after"),
    ],
)
def test_words(before, after, words):
    assert change_words(before, after) == words


def test_it_says_which_settings_differ(both):
    before = replace(both[0], settings={**both[0].settings, "explainers": ["a"], "folds": 5})
    after = replace(both[1], settings={**both[1].settings, "explainers": ["a", "b"], "seed": 3})
    after = replace(after, version="9.9.9")
    differ, alone = wg.diff(before, after).notes
    assert differ == (
        f"settings that differ: whogains {before.version}, then 9.9.9; seed 0, then 3; "
        "explainers a, then a, b"
    )
    assert alone == "settings that only the audit before names: folds 5"
    # What JSON holds is no other setting than what the audit had.
    told = wg.diff(before, from_dict(json.loads(before.to_json()))).notes
    assert told == ()
    # What an audit measured is no setting.
    gaps = replace(both[0], settings={**both[0].settings, "completeness_gap": {"a": 0.1}})
    assert wg.diff(both[0], gaps).notes == ()
    many = replace(both[0], settings={**both[0].settings, "features": ["x"] * 500})
    assert len(wg.diff(both[0], many).notes[0]) < 200


def test_the_level_of_the_intervals_is_said(both):
    changes = wg.diff(both[0], audit(0.5, alpha=0.01))
    text = " ".join(as_text(changes, 200).split())
    page = changes.to_html()
    for written in (text, page):
        assert "94% interval: 100% less the alphas of both audits" in written
        assert "94% CI" in written
        assert "600 rows" in written
        assert "alpha 0.05, then 0.01" in written
    assert text.startswith("What changed? y_true before: the audit of")
    assert json.loads(changes.to_json())["rows_after"] == 600


def test_the_repr_is_one_short_line(both):
    assert repr(wg.diff(*both)) == (
        "<Changes 'y_true': 2 groups, 1 costs; still gains: 1; was harmed, now gains: 1>"
    )
