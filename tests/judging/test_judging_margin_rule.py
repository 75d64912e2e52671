"""Non-inferiority by a margin, and the paper's rule, which is there to be compared."""

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.inference import equivalence, holm, non_inferiority, score_test
from whogains.judging import judged


def scored(n=600, seed=0):
    rng = np.random.default_rng(seed)
    groups = pd.DataFrame({"sex": np.repeat(["f", "m"], [n, n // 2])})
    y = rng.integers(0, 2, len(groups))
    # The generic model errs on 30 % of rows, the personalized one on 27 %.
    p0 = np.where(rng.random(len(y)) < 0.30, 1 - y, y) * 0.8 + 0.1
    p1 = np.where(rng.random(len(y)) < 0.27, 1 - y, y) * 0.8 + 0.1
    return y, p0, p1, groups


def compared(**options):
    y, p0, p1, groups = scored()
    found = wg.compare(
        y, generic=p0, personalized=p1, groups=groups, costs=["zero_one", "brier"], **options
    )
    return found, y, p0, p1, groups


def test_without_a_margin_nothing_is_said_of_it():
    found, *_ = compared()
    cost = found.costs[0]
    assert cost.margin is cost.gamma.p_non_inferior is cost.groups[0].p_non_inferior is None
    assert found.settings["margin"] is None


def test_the_margin_is_tested_in_every_group_by_the_method_of_its_interval():
    found, y, p0, p1, groups = compared(margin=0.05)
    cost = found.costs[0]
    assert cost.margin == 0.05
    wrong0, wrong1 = ((p >= 0.5) != y for p in (p0, p1))
    bare = []
    for level in ("f", "m"):
        mine = (groups["sex"] == level).to_numpy()
        gains, harms = (wrong0 & ~wrong1 & mine).sum(), (wrong1 & ~wrong0 & mine).sum()
        bare.append(float(score_test(gains, harms, mine.sum(), null=-0.05)))
    assert [group.p_non_inferior for group in cost.groups] == pytest.approx(bare)
    assert [g.p_non_inferior_adjusted for g in cost.groups] == pytest.approx(holm(bare).tolist())
    assert cost.gamma.p_non_inferior == pytest.approx(max(bare))


def test_a_margin_may_differ_from_cost_to_cost_and_survives_json(tmp_path):
    found, *_ = compared(margin={"brier": 0.02})
    assert [cost.margin for cost in found.costs] == [None, 0.02]
    assert found.costs[1].groups[0].p_non_inferior is not None
    found.to_json(tmp_path / "a.json")
    assert wg.read_json(tmp_path / "a.json") == found


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": 0}, "margin must be positive and finite, not 0"),
        ({"margin": {"auc": 0.1}}, "margin names the cost 'auc', which is not audited"),
        ({"margin": 2.0}, "margin for zero_one must be at most 1"),
        ({"rule": "coin"}, "rule must be intersection_union or paper, not 'coin'"),
    ],
)
def test_a_wrong_margin_or_rule_is_refused(options, message):
    with pytest.raises(wg.InputError, match=message):
        compared(**options)


def test_the_papers_rule_decides_by_the_least_estimate_and_says_that_it_is_no_test():
    found, *_ = compared(rule="paper", epsilon=1e-6)
    tested, *_ = compared(epsilon=1e-6)
    for cost, own in zip(found.costs, tested.costs, strict=True):
        least = min(group.bop for group in cost.groups)
        claimed = "every group gains" if least >= 1e-6 else "cannot tell"
        assert cost.gamma.verdict == claimed
        assert cost.gamma.test == "the paper's rule, no test"
        assert cost.gamma.p_every_group_gains == own.gamma.p_every_group_gains
        assert cost.groups == own.groups
    assert any("0.750" in note and "no test" in note for note in found.notes)
    # The rule claims what the test cannot show: the reason that it is not the default.
    assert found.costs[0].gamma.verdict == "every group gains"
    assert tested.costs[0].gamma.verdict == "cannot tell"


def test_the_papers_rule_passes_over_groups_without_an_estimate():
    y, p0, p1, groups = scored()
    groups.loc[:4, "sex"] = "x"
    how = {"generic": p0, "personalized": p1, "costs": ["zero_one"], "epsilon": 1e-6}
    found = wg.compare(y, groups=groups, rule="paper", **how)
    assert [group.group["sex"] for group in found.costs[0].groups if group.n is None] == []
    assert found.costs[0].gamma.verdict == "every group gains"
    assert any("each of the 2 others" in note and "0.750" in note for note in found.notes)
    # The test claims nothing about people who are not shown.
    assert wg.compare(y, groups=groups, **how).costs[0].gamma.verdict == "cannot tell"


def test_a_group_whose_models_agree_keeps_the_margin_open_and_is_named():
    y, p0, p1, groups = scored()
    p1 = np.where(groups["sex"] == "m", p0, p1)
    weight = np.random.default_rng(0).uniform(0.9, 1.1, len(y))
    found = wg.compare(
        y,
        generic=p0,
        personalized=p1,
        groups=groups,
        costs=["brier"],
        margin=0.2,
        sample_weight=weight,
    )
    words = " ".join(found.to_text(300).split())
    assert "for 1 of 2 groups it is: f; no test can be made for m" in words


def test_audits_go_through_the_tests_against_margins(monkeypatch):
    asked = []

    def called(name, real):
        def noted(test, **margin):
            asked.append((name, *margin.values()))
            return real(test, **margin)

        return noted

    monkeypatch.setattr(judged, "equivalence", called("equivalence", equivalence))
    monkeypatch.setattr(judged, "non_inferiority", called("non_inferiority", non_inferiority))
    compared(epsilon=0.02, margin=0.03)
    # Each of two costs, in the groups.
    assert asked == 2 * [("equivalence", 0.02), ("non_inferiority", 0.03)]
