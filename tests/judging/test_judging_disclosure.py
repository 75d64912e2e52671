"""Groups too small to show: nothing that is published depends on their rows."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whogains as wg
from whogains.api import from_dict
from whogains.errors import InputError
from whogains.judging import Settings, build_findings
from whogains.report import as_csv as to_csv

LEVELS = ("a", "b", "c", "d")


def frame(sizes, seed=0):
    """Rows of groups of given sizes, with outcomes and two models' probabilities."""
    rng = np.random.default_rng(seed)
    groups = np.repeat(LEVELS[: len(sizes)], sizes)
    y = rng.integers(0, 2, len(groups))
    generic = np.clip(0.5 + 0.3 * (y - 0.5) + rng.normal(0, 0.2, len(y)), 0.01, 0.99)
    personalized = np.clip(generic + 0.2 * (y - 0.5) + rng.normal(0, 0.1, len(y)), 0.01, 0.99)
    return pd.DataFrame({"y": y, "p0": generic, "p1": personalized, "g": groups})


def compared(rows, **options):
    return wg.compare(
        rows["y"],
        generic=rows["p0"],
        personalized=rows["p1"],
        groups=rows[rows.columns.intersection(["g", "h"])],
        **options,
    )


def published(found):
    """Everything that is published, but the time."""
    found = replace(found, created="")
    content = json.dumps(found.to_dict())
    return content, to_csv(found), found.to_text(), found.to_markdown(), found.to_html()


def crossed():
    """Two attributes; of one crossing, and of one level, there are too few."""
    rows = frame((200, 150, 9))
    rows["h"] = np.where(np.arange(len(rows)) % 2, "even", "odd")
    rows.loc[rows["g"] == "c", ["g", "h"]] = "a", "never"
    rows.loc[np.flatnonzero((rows["g"] == "b") & (rows["h"] == "odd"))[:-9], "h"] = "even"
    return rows


def test_a_small_group_keeps_its_line_and_nothing_else():
    found = compared(crossed())
    for cost in found.costs:
        assert [group.group for group in cost.groups] == [
            {"g": g, "h": h} for g in "ab" for h in ("even", "odd")
        ]
        group = cost.groups[3]
        assert (group.verdict, group.reason) == ("cannot tell", "too few rows")
        assert group.note == "fewer than 10 rows: not shown"
        numbers = {k: v for k, v in found.table(every=True).iloc[3].items() if isinstance(v, float)}
        assert not [k for k, v in numbers.items() if np.isfinite(v)]
        assert (group.n, group.bop, group.ci, group.detectable, group.required) == (
            None, None, (None, None), None, None,
        )  # fmt: skip
        assert cost.population.n == 341
        assert cost.gamma.bop == min(each.bop for each in cost.groups[:3])
        assert len(cost.groups) == len(cost.limits.curve.untestable_alone) == 4
    assert found.data.rows == 341
    assert len(found.profiles) == 4
    assert found.profiles[3].n is None
    assert found.profiles[3].outcome is None
    # Neither the level nor its attribute is named, nor how many have it.
    assert not any("never" in face for face in published(found))
    assert found.notes[-1] == (
        "a level is not named where all groups that have it have fewer than 10 rows; the rows of "
        "whoever has it have no part in any number here"
    )
    assert any("fewer than 10 rows" in note for note in found.notes)
    assert from_dict(json.loads(json.dumps(found.to_dict()))) == found


@settings(max_examples=15, deadline=None)
@given(
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 2**31),
    st.sampled_from([{}, {"correction": "all_costs"}, {"method": "bootstrap"}]),
)
def test_what_is_published_does_not_depend_on_hidden_rows(one, other, seed, options):
    # No attack can solve for what the published bytes do not depend on.
    shown = frame((60, 40), seed=1)

    def with_hidden(n, seed):
        hidden = frame((1, 1, n), seed=seed).iloc[2:]
        rows = pd.concat([shown, hidden])
        return rows.sample(frac=1, random_state=0).sort_values("g", kind="stable")

    def audit(rows):
        # The order of the shown rows is the same, whatever the others are.
        rows = pd.concat([shown, rows[rows["g"] == "c"]]).reset_index(drop=True)
        return published(compared(rows, costs=["zero_one", "brier", "auc"], **options))

    first, second = (
        audit(with_hidden(one, seed)),
        audit(with_hidden(other, seed + 1)),
    )
    assert first == second


def test_an_attacker_finds_nothing_in_the_totals():
    # What the sums give for the hidden group, when it is taken to be the rest.
    rows = frame((200, 150, 8), seed=3)
    found = compared(rows, costs=["zero_one", "brier"])
    for cost in found.costs:
        n = [group.n for group in cost.groups if group.n is not None]
        assert cost.population.n - sum(n) == 0
        for name in ("cost_generic", "cost_personalized", "bop"):
            total = getattr(cost.population, name) * cost.population.n
            parts = [getattr(group, name) * group.n for group in cost.groups if group.n is not None]
            assert total == pytest.approx(sum(parts), abs=1e-9)


def test_ten_rows_are_shown_and_nine_are_not():
    found = compared(frame((100, 10, 9)))
    assert [group.n for group in found.costs[0].groups] == [100, 10]
    shown = compared(frame((100, 10, 9)), min_cell=0)
    assert [group.n for group in shown.costs[0].groups] == [100, 10, 9]
    assert shown.data.rows == 119


def test_a_group_of_few_people_with_many_rows_is_hidden():
    rows = frame((300, 60))
    people = np.concatenate([np.arange(300), 1000 + np.arange(60) // 12])
    found = compared(rows, cluster=people, costs=["brier"])
    assert [group.n for group in found.costs[0].groups] == [300]
    assert "fewer than 10 clusters, or clusters worth as few by their weights" in found.notes[-1]


def test_models_are_not_fitted_to_hidden_rows():
    rng = np.random.default_rng(5)
    sex = np.repeat(["f", "m", "x"], [80, 80, 6])
    x = rng.normal(size=166)
    y = x + (sex == "f") + rng.normal(size=166)

    def audit(shift):
        outcome = np.where(sex == "x", y + shift, y)
        found = wg.audit(
            {"x": x}, outcome, personal={"sex": sex}, model="linear", explainers=[], repeats=1
        )
        return published(found)

    assert audit(0.0) == audit(1e3)


def test_all_groups_too_small_is_one_clear_error():
    with pytest.raises(InputError, match="every group has fewer than 10 rows"):
        compared(frame((9, 8, 7)))


@pytest.mark.parametrize("wrong", [-1, 2.5, "ten"])
def test_min_cell_is_a_whole_number(wrong):
    with pytest.raises(InputError, match="min_cell must be a whole number"):
        Settings(min_cell=wrong)


def test_evidence_that_still_holds_a_small_group_is_refused():
    from whogains.costs import prediction_costs
    from whogains.evidence import Score, attribute, cross, evidence_from_scores

    y = np.array([0.0, 1.0] * 10)
    (cost,) = prediction_costs("classification", ("brier",))
    scores = (Score(cost, cost.rows(y, y * 0.5), cost.rows(y, y * 0.9)),)
    grouping, codes = cross([attribute("g", np.repeat([0, 1], [17, 3]), ["a", "b"])])
    evidence = evidence_from_scores(scores, grouping, codes, y)
    found = compared(frame((20, 20)))
    with pytest.raises(InputError, match="fewer than 10 rows"):
        build_findings(evidence, Settings(), found.data)
    assert build_findings(evidence, Settings(min_cell=0), found.data).costs[0].groups[1].n == 3
