"""The plan: its parts agree with the functions they come from, and it is safe to write down."""

import json
from dataclasses import FrozenInstanceError, astuple

import numpy as np
import pytest
from scipy.stats import binom, norm

from whogains.api import plan as make_plan
from whogains.errors import InputError
from whogains.inference import MIN_SINGLES_T, MIN_UNITS_T, sign_detectable, sign_power
from whogains.limits import (
    bracket,
    paper_bound,
    required_in_group,
    signals,
    smallest_testable_epsilon,
)
from whogains.report.plan_sentences import SINGLES_FOR_T, UNITS_FOR_T, sentences

N = [4111, 1662, 5465, 2099]
SD = [0.7825, 0.8775, 0.7403, 0.8238]
NAMES = ["Female, White", "Male, White", "Female, Black", "Male, Black"]


@pytest.fixture(scope="module")
def plan():
    return make_plan(N, SD, epsilon=0.02, groups=NAMES)


def test_limits_are_those_of_the_functions(plan):
    ends = bracket(signals(N, 0.02, SD))
    limits = plan.limits
    assert (limits.below, limits.above) == (ends.below, ends.above)
    assert limits.paper == paper_bound(N, 0.02, SD).value == 0
    assert limits.weighted == pytest.approx(0.275, abs=6e-4)
    assert limits.detectable == limits.detectable_every_group
    # At so many people t is normal: the product of the powers of four tests at level .05.
    signals_ = limits.detectable_every_group * np.sqrt(N) / SD
    assert np.prod(norm.cdf(signals_ - norm.isf(0.05))) == pytest.approx(0.8, abs=1e-3)
    assert limits.verdict == "untestable"
    assert plan.solved.smallest_testable_epsilon == smallest_testable_epsilon(N, SD)


def test_following_the_advice_makes_it_testable(plan):
    shares = np.array(N) / sum(N)
    at_shares = np.ceil(plan.solved.required_total * shares).astype(int)
    assert make_plan(at_shares, SD, epsilon=0.02).limits.verdict == "testable"
    at_need = [row.required_testable for row in plan.groups]
    assert sum(at_need) == plan.solved.required_sizes_total < plan.solved.required_total
    assert make_plan(at_need, SD, epsilon=0.02).limits.verdict == "testable"
    assert make_plan(N, SD, epsilon=0.99 * plan.solved.untestable_below).limits.verdict == (
        "untestable"
    )
    effect = plan.solved.smallest_testable_epsilon
    assert make_plan(N, SD, epsilon=effect).limits.verdict == "testable"


def test_the_weakest_group_alone():
    sizes = [9000, 300, 9000]
    plan = make_plan(sizes, 1.0, epsilon=0.05, groups=["a", "b", "c"])
    need = plan.solved.required_in_weakest
    assert plan.solved.weakest_group == "b"
    assert need == required_in_group(sizes, 1, 0.05)
    assert make_plan([9000, need, 9000], 1.0, epsilon=0.05).limits.verdict == "testable"
    assert f"Or you need {need:,} people in the group 'b' (now 300)" in "".join(plan.sentences())


def test_groups_keep_their_order_and_names(plan):
    assert [row.group for row in plan.groups] == NAMES
    assert [row.n for row in plan.groups] == N
    assert [row.untestable for row in plan.groups] == [False, True, False, True]
    assert [row.group for row in make_plan([5, 6]).groups] == ["group 1", "group 2"]


def test_curve_spans_guessing_to_certainty_and_holds_epsilon(plan):
    curve = plan.curve
    assert curve.epsilon[0] < 0.02 < curve.epsilon[-1]
    assert curve.below[0] > 0.45
    assert curve.above[-1] < 0.006
    assert np.all(np.diff(curve.above) < 1e-8)
    for low, high in zip(curve.below, curve.above, strict=True):
        assert 0 <= low <= high <= 0.5
    far = make_plan(N, SD, epsilon=50.0).curve
    assert far.epsilon[-1] == pytest.approx(50.0)


def test_the_sum_convention_doubles_every_error(plan):
    doubled = make_plan(N, SD, epsilon=0.02, groups=NAMES, convention="sum")
    assert doubled.settings.tolerated_error == 0.5
    assert doubled.limits.below == 2 * plan.limits.below
    assert doubled.limits.weighted == 2 * plan.limits.weighted
    assert doubled.limits.verdict == plan.limits.verdict
    assert doubled.solved == plan.solved
    assert doubled.groups == plan.groups
    assert doubled.curve.above == tuple(2 * x for x in plan.curve.above)
    assert "sum of both errors; guessing: 1.000" in doubled.sentences()[0]


def test_without_epsilon_only_what_needs_none():
    plan = make_plan(N, SD)
    assert plan.limits.detectable > 0
    assert (plan.limits.below, plan.limits.verdict) == (None, None)
    assert plan.solved.required_total is None
    assert plan.solved.smallest_testable_epsilon > plan.solved.untestable_below > 0
    assert len(plan.sentences()) == 4


def test_shares_of_a_larger_sample(plan):
    equal = make_plan(N, SD, epsilon=0.02, shares=[1, 1, 1, 1])
    assert equal.settings.shares == (0.25, 0.25, 0.25, 0.25)
    assert equal.solved.required_total < plan.solved.required_total
    assert equal.limits == plan.limits


def test_json_has_the_contract_and_nothing_else(plan):
    found = json.loads(json.dumps(plan.to_dict(), allow_nan=False))
    assert list(found) == ["schema", "settings", "limits", "solved", "groups", "curve"]
    assert found["schema"] == 1
    assert set(found["limits"]) == {
        "epsilon",
        "paper",
        "weighted",
        "below",
        "above",
        "detectable",
        "detectable_every_group",
        "required_every_group",
        "verdict",
    }
    assert set(found["groups"][0]) == {
        *("group", "n", "sd", "detectable", "untestable"),
        *("required", "required_every_group", "required_testable"),
    }
    assert found["groups"][1]["group"] == "Male, White"
    assert found["solved"]["required_in_weakest"] is None
    assert len({len(column) for column in found["curve"].values()}) == 1
    assert found == json.loads(json.dumps(make_plan(N, SD, epsilon=0.02, groups=NAMES).to_dict()))


def test_a_plan_cannot_be_changed(plan):
    with pytest.raises(FrozenInstanceError):
        plan.limits.below = 0.0


def test_sentences(plan):
    text = plan.sentences()
    assert text[0].startswith("Nobody can tell a gain below 0.0332 in all 4 groups")
    assert text[1] == "From 0.0356 on a test that errs no more is known."
    assert "At 0.02 the best test errs between 35.7% and 41.4%: untestable." in text
    assert "Too small even on their own to tell 0.02: 'Male, White', 'Male, Black'." in text
    assert "Enlarging the group 'Male, White' alone (now 1,662) cannot be enough." in text
    testable = make_plan(N, SD, epsilon=0.1).sentences()
    assert not any("you need" in line for line in testable)


def test_sentences_for_few_people_and_for_many_small_groups():
    one = make_plan([50], epsilon=0.1).sentences()
    assert "For 0.1 to be testable you need 182 people (now 50)." in one
    assert one[-1] == "With 50 people nobody can tell 0.1, even with all of them in one group."
    many = make_plan([10] * 8, epsilon=0.1).sentences()
    assert any(line.endswith("'group 5' and 3 more.") for line in many)
    single = make_plan([1000], epsilon=0.07).sentences()
    assert "for no attribute, only for one group; beyond 0 nobody can" in single[-1]


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (([100, 0],), {}, "n must be positive whole numbers, got 0"),
        (([100, 2.5],), {}, "n must be positive whole numbers, got 2.5"),
        (([100, np.inf],), {}, "n must be finite and at least 0, got inf"),
        (([100, 50], [1.0, 0.0]), {}, "sd must be positive, got 0"),
        (([100, 50], [1.0, 1.0, 1.0]), {}, "sd must be one number, or one per group (2)"),
        (([100],), {"epsilon": -0.01}, "epsilon must be finite and positive, got -0.01"),
        (([100],), {"groups": ["a", "b"]}, "groups must have one label per group (1), got 2"),
        (([100],), {"tolerated_error": 0.5}, "tolerated_error must lie between 0 and 0.5"),
        (([100],), {"alpha": 2}, "alpha must lie between 0 and 1, got 2"),
        (([100, 50],), {"shares": [1]}, "shares must be one per group (2), got 1"),
        (([100, 50],), {"shares": [1, 0]}, "shares must be positive, got 0"),
        (([100],), {"family": "normal"}, "family must be one of"),
        (([1e300],), {}, "n must be at most 1e+12, got 1e+300"),
        (([100],), {"design_effect": 0.5}, "design_effect must be at least 1, got 0.5"),
        (([100], 0.3), {"disagreement": 0.1}, "give sd or disagreement, not both"),
        (([100],), {"disagreement": 1.5}, "disagreement must be at most 1, got 1.5"),
        (
            ([100],),
            {"disagreement": 0.05, "epsilon": 0.06},
            "epsilon must be below the disagreement, got 0.06 and 0.05",
        ),
    ],
)
def test_wrong_input_is_named(arguments, settings, message):
    with pytest.raises(InputError) as caught:
        make_plan(*arguments, **settings)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_design_effect_is_worth_as_many_people_less():
    clustered = make_plan([400, 800], 0.5, epsilon=0.05, design_effect=[4.0, 2.0])
    alone = make_plan([100, 400], 0.5, epsilon=0.05)
    assert clustered.limits.below == pytest.approx(alone.limits.below)
    assert clustered.limits.above == pytest.approx(alone.limits.above)
    assert clustered.limits.paper == pytest.approx(alone.limits.paper)
    assert clustered.groups[0].sd == 0.5
    assert "make 1,200 people worth 500 independent ones" in clustered.sentences()[0]
    needs = [group.required for group in make_plan([400, 800], 0.5, epsilon=0.05).groups]
    for group, times, one in zip(clustered.groups, (4, 2), needs, strict=True):
        assert group.required == pytest.approx(times * one, abs=times)


def test_the_disagreement_of_a_0_1_cost_makes_its_spread():
    by_share = make_plan([900, 500], epsilon=0.02, disagreement=[0.1, 0.2])
    by_sd = make_plan([900, 500], [np.sqrt(0.1 - 0.0004), np.sqrt(0.2 - 0.0004)], epsilon=0.02)
    for end in ("epsilon", "below", "above", "verdict"):
        assert getattr(by_share.limits, end) == getattr(by_sd.limits, end)
    # The bounds and effects are those that an audit of the cost has.
    assert by_share.settings.family == "categorical"
    assert by_share.limits.paper == paper_bound([900, 500], 0.02, family="categorical").value
    found = [group.detectable for group in by_share.groups]
    assert found == sign_detectable([900, 500], [0.1, 0.2], level=0.05 / 2).tolist()
    every = by_share.limits.detectable_every_group
    both = sign_power([900, 500], [0.1, 0.2], every, level=0.05)
    assert np.prod(both) == pytest.approx(0.8, abs=0.01)
    doubled = make_plan([1800, 1000], epsilon=0.02, disagreement=[0.1, 0.2], design_effect=2.0)
    for name in ("paper", "weighted", "below", "above"):
        assert getattr(doubled.limits, name) == pytest.approx(getattr(by_share.limits, name))
    found, expected = (astuple(each.solved.most_attributes) for each in (doubled, by_share))
    assert found == pytest.approx(expected)
    assert by_share.settings.disagreement == (0.1, 0.2)
    assert make_plan([900], disagreement=0.25).groups[0].sd == 0.5


def test_a_bound_above_the_best_test_is_said_to_be_of_models_that_disagree_on_everybody():
    n = [8443, 1146, 3052, 696]
    plan = make_plan(n, epsilon=0.01, disagreement=0.05)
    assert plan.limits.paper > plan.limits.above
    words = " ".join(plan.sentences())
    assert "at least 41.4%, for models that disagree on everybody." in words
    assert "published limit, for models that disagree on everybody: 1.0" in words
    by_sd = " ".join(make_plan(n, 0.22, epsilon=0.01).sentences())
    assert "published limit: " in by_sd
    assert "for models" not in by_sd
    first = make_plan(n, epsilon=0.01, disagreement=0.05, family="categorical_v1")
    assert first.limits.paper < 0.25 < plan.limits.paper
    assert "for models that disagree on a quarter of people" in " ".join(first.sentences())


def test_a_plan_says_where_an_audit_would_give_no_interval():
    assert UNITS_FOR_T == MIN_UNITS_T
    words = " ".join(make_plan([100, 400], groups=["few", "many"]).sentences())
    assert "asks for 150 independent people or clusters in a group" in words
    assert "too few in 'few'." in words
    assert "asks for 150" not in " ".join(make_plan([150, 400]).sentences())
    # The counts of a 0-1 cost have an interval at any size, unless people come in clusters.
    assert "asks for" not in " ".join(make_plan([100, 400], disagreement=0.2).sentences())
    clustered = make_plan([200, 400], disagreement=0.2, design_effect=[1.5, 1.0])
    words = " ".join(clustered.sentences())
    assert "too few in 'group 1'." in words
    assert SINGLES_FOR_T == MIN_SINGLES_T
    assert "in a group (500 where its clusters hold one row and those of others more)" in words


def least_error_of_sign_tests(sizes, share, effect):
    """Enumerate the largest sign-test p over groups at its best level, against one at zero."""
    levels = np.linspace(0.001, 0.4999, 1000)

    def rejected(n, benefit):
        total, gain = np.zeros(len(levels)), (share + benefit) / 2 / share
        for m in range(n + 1):
            weight = binom.pmf(m, n, share)
            if weight < 1e-12:
                continue
            gains = np.arange(m + 1)[::-1]
            chance = np.append(0, np.cumsum(binom.pmf(gains, m, gain)))
            at = np.searchsorted(binom.sf(gains - 1, m, 0.5), levels + 1e-12, side="right")
            total += weight * chance[at]
        return total

    false = np.max([rejected(n, 0.0) for n in sizes], axis=0)
    power = np.prod([rejected(n, effect) for n in sizes], axis=0)
    return float(((false + 1 - power) / 2).min())


@pytest.mark.parametrize(
    ("sizes", "share", "effect", "few"),
    [
        ([53, 529, 1761], 0.3, 0.1, True),
        ([44, 216], 0.06, 0.05, True),
        ([200, 400], 0.1, 0.04, False),
        ([1000, 1000], 0.05, 0.012, False),
    ],
)
def test_who_differs_so_little_that_the_exact_test_lags_is_said(sizes, share, effect, few):
    plan = make_plan(sizes, epsilon=effect, disagreement=share)
    above = least_error_of_sign_tests(sizes, share, effect) - plan.limits.above
    assert 0.02 < above < 0.06 if few else above < 0.002
    said = [line for line in sentences(plan) if "exact test" in line]
    assert len(said) == few
    beyond = [line for line in sentences(plan) if "No gain can be above" in line]
    assert len(beyond) == (
        max(plan.solved.smallest_testable_epsilon, plan.limits.detectable) > share
    )
    assert all("'group 1'" in line and "group 2" not in line for line in said) or len(sizes) == 2
