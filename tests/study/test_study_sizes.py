"""The figures of sizes alone, and the limits on the authors' numbers."""

from __future__ import annotations

import pytest

from whogains.limits import bracket, paper_bound, signals
from whogains.study import error_by_k, k_max_lines, limits_on_theirs
from whogains.study.theirs import BENEFITS, published, published_steps


def test_the_most_attributes_of_the_world():
    lines = {line.family: line for line in k_max_lines()}
    expected = {
        "categorical": 16.1269,
        "categorical_v1": 17.9706,
        "gaussian": 22.3031,
        "laplace_paper": 25.9088,
    }
    for family, value in expected.items():
        assert lines[family].world == pytest.approx(value, abs=5e-5)
        # The bound at that k is 1/4, but for V in place of V - 1.
        assert 8e9 in lines[family].total
        assert list(lines[family].k_max) == sorted(lines[family].k_max)
    assert lines["laplace"].world < lines["laplace_paper"].world
    printed = ("categorical_v1", "gaussian", "laplace_paper")
    assert [round(lines[family].world) for family in printed] == [18, 22, 26]


def test_the_error_by_attributes_is_that_of_equal_groups():
    for line in error_by_k():
        for k in (1, 3, 6):
            sizes = [line.total / 2**k] * 2**k
            ends = bracket(signals(sizes, 0.01, 0.1))
            assert line.paper[k] == pytest.approx(float(paper_bound(sizes, 0.01, 0.1).value))
            bound = paper_bound(sizes, 0.01, family="categorical").value
            assert line.categorical[k] == pytest.approx(float(bound))
            assert line.below[k] == pytest.approx(float(ends.below), abs=2e-3)
            assert line.above[k] == pytest.approx(float(ends.above), abs=2e-3)
        assert all(b <= a + 2e-3 for b, a in zip(line.below, line.above, strict=True))
        assert all(p <= b + 2e-3 for p, b in zip(line.paper, line.below, strict=True))
    assert error_by_k()[2].categorical[0] == pytest.approx(0.1723, abs=6e-5)  # Figure 2
    assert [line.total for line in error_by_k()] == [100, 1_000, 10_000]


# Worked out independently, in the average convention.
TABLE = {
    0.01: (0.387, 0.414, 0.435, 0.500),
    0.02: (0.0, 0.275, 0.357, 0.414),
    0.03: (0.0, 0.0, 0.275, 0.304),
    0.05: (0.0, 0.0, 0.138, 0.143),
    0.1: (0.0, 0.0, 0.010, 0.010),
}


def test_the_limits_on_the_authors_groups_are_the_expected_ones():
    effects = {each.epsilon: each for each in limits_on_theirs().effects}
    for epsilon, expected in TABLE.items():
        each = effects[epsilon]
        found = (each.paper, each.weighted, each.below, each.above)
        assert found == pytest.approx(expected, abs=5e-3)
    assert effects[0.005].rule
    assert effects[0.005].verdict == "untestable"
    assert not effects[0.01].rule


def test_the_authors_worst_group_is_no_shown_gain():
    theirs = limits_on_theirs()
    assert [group.n for group in theirs.groups] == [4111, 1662, 5465, 2099]
    assert theirs.p_every_group_gains == theirs.groups[3].p_gain
    assert 0.3 < theirs.p_every_group_gains < 0.5
    assert all(group.p_gain + group.p_harm == pytest.approx(1) for group in theirs.groups)


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_the_published_table_adds_up(task):
    *groups, everybody = [each for each in published() if each.task == task]
    assert len(groups) == 4
    assert everybody.n == sum(group.n for group in groups) == 13337
    for name in BENEFITS:
        total = sum(group.n * getattr(group, name) for group in groups)
        # Both are printed to four digits.
        assert total / everybody.n == pytest.approx(getattr(everybody, name), abs=1.1e-4)


def test_the_four_steps_on_the_published_table():
    steps = {(each.task, each.cost): each for each in published_steps()}
    found = {key: (each.gamma, each.exceeds, each.outcome) for key, each in steps.items()}
    assert found == {
        ("classification", "prediction"): (-0.0216, False, "not claimed"),
        ("classification", "incomprehensiveness"): (-0.0226, False, "not claimed"),
        ("classification", "sufficiency"): (0.0029, True, "unreliable"),
        ("regression", "prediction"): (0.0021, True, "not known"),
        ("regression", "incomprehensiveness"): (-0.0906, False, "not claimed"),
        ("regression", "sufficiency"): (0.1914, True, "not known"),
    }
    for (task, _), each in steps.items():
        assert each.bound == (pytest.approx(0.4855, abs=6e-5) if task == "classification" else None)
