"""What may not change findings: the order of rows, the names of groups; and what turns them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import whogains as wg

SWAPPED = {
    "gain": "harm",
    "harm": "gain",
    "no material difference": "no material difference",
    "cannot tell": "cannot tell",
}
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def benefits(draw: st.DrawFn) -> tuple[str, list[np.ndarray]]:
    """Draw a cost and the benefits of a few groups, some of them small or without spread."""
    cost = draw(st.sampled_from(["zero_one", "brier", "squared_error", "log_loss"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    groups = []
    for _ in range(draw(st.integers(2, 4))):
        n = draw(st.sampled_from([1, 2, 30, 700, 2000]))
        shift = draw(st.sampled_from([-0.3, -0.02, 0.0, 0.02, 0.3]))
        if cost == "zero_one":
            share = draw(st.sampled_from([0.0, 0.05, 0.5]))
            signs = rng.choice([-1.0, 1.0], n, p=[0.5 - shift, 0.5 + shift])
            groups.append(signs * (rng.uniform(size=n) < share))
        else:
            groups.append(np.clip(shift + 0.1 * rng.standard_t(5, size=n), -1, 1))
    # Somebody must be there; in a group that can occur there may be nobody.
    groups.append(np.resize([1.0, -1.0, 1.0, 0.0], 200))
    if draw(st.booleans()):
        groups.append(np.zeros(0))
    return cost, groups


def _numbers(finding: Any) -> list[float]:
    """Give every number of a finding, None as NaN, lists and all."""
    found: list[float] = []
    for field in fields(finding):
        value = getattr(finding, field.name)
        if isinstance(value, tuple) and field.name == "ci":
            found += [np.nan if end is None else end for end in value]
        elif isinstance(value, float | int) or value is None:
            found.append(np.nan if value is None else value)
    return found


def _near(one: tuple[float | None, ...], other: tuple[float | None, ...]) -> None:
    first, second = (np.array(values, dtype=float) for values in (one, other))
    np.testing.assert_allclose(first, second, rtol=1e-6, atol=1e-9)


def _close(one: Any, other: Any) -> None:
    np.testing.assert_allclose(_numbers(one), _numbers(other), rtol=1e-7, atol=1e-9)


@QUICK
@given(drawn=benefits())
def test_swapping_the_models_turns_every_sign(judge, drawn: tuple[str, list[np.ndarray]]) -> None:
    cost, groups = drawn
    # Without rows nobody bets: a bet depends on the order in which rows are drawn.
    one, other = (
        judge([sign * group for group in groups], cost=cost, with_rows=False, epsilon=0.01).costs[0]
        for sign in (1, -1)
    )
    for a, b in zip((one.population, *one.groups), (other.population, *other.groups), strict=True):
        assert (a.n, a.method, a.test) == (b.n, b.method, b.test)
        assert (a.cost_generic, a.cost_personalized) == (b.cost_personalized, b.cost_generic)
        assert a.bop == (None if b.bop is None else -b.bop)
        turned = tuple(None if end is None else -end for end in reversed(b.ci))
        _near(a.ci, turned)
        _near((a.p_gain, a.p_harm), (b.p_harm, b.p_gain))
    for a, b in zip(one.groups, other.groups, strict=True):
        assert a.verdict == SWAPPED[b.verdict]
        assert (a.reason, a.note) == (b.reason, b.note)
        _near((a.p_gain_adjusted, a.p_harm_adjusted), (b.p_harm_adjusted, b.p_gain_adjusted))
        _near((a.p_equivalent,), (b.p_equivalent,))
    # What could be told does not depend on which model is which.
    assert one.limits.verdict == other.limits.verdict
    # What is told as a gain does: a test moves the end on the side of the longer tail.
    told = dict.fromkeys(("detectable", "detectable_every_group", "required_every_group"))
    _close(replace(one.limits, **told), replace(other.limits, **told))


@QUICK
@given(drawn=benefits(), seed=st.integers(0, 2**31))
def test_the_order_of_rows_does_not_matter(
    judge, drawn: tuple[str, list[np.ndarray]], seed: int
) -> None:
    cost, groups = drawn
    n = sum(len(group) for group in groups)
    order = np.random.default_rng(seed).permutation(n)
    one = judge(groups, cost=cost, method="t").costs[0]
    other = judge(groups, cost=cost, method="t", order=order).costs[0]
    _close(one.population, other.population)
    _close(one.gamma, other.gamma)
    assert one.gamma.verdict == other.gamma.verdict
    for a, b in zip(one.groups, other.groups, strict=True):
        assert (a.group, a.verdict, a.reason, a.method) == (b.group, b.verdict, b.reason, b.method)
        _close(a, b)


@QUICK
@given(drawn=benefits(), seed=st.integers(0, 2**31))
def test_names_of_groups_do_not_matter(
    judge, drawn: tuple[str, list[np.ndarray]], seed: int
) -> None:
    cost, groups = drawn
    order = np.random.default_rng(seed).permutation(len(groups))
    one = judge(groups, cost=cost).costs[0]
    other = judge([groups[j] for j in order], names=[f"g{j}" for j in order], cost=cost).costs[0]
    by_name = {group.group["group"]: group for group in other.groups}
    for group in one.groups:
        again = by_name[group.group["group"]]
        assert (group.verdict, group.reason, group.note) == (
            again.verdict,
            again.reason,
            again.note,
        )
        _close(group, again)
    _close(one.gamma, other.gamma)
    assert one.gamma.verdict == other.gamma.verdict
    _close(one.limits, other.limits)


@QUICK
@given(drawn=benefits())
def test_what_always_holds(judge, drawn: tuple[str, list[np.ndarray]]) -> None:
    cost, groups = drawn
    found = judge(groups, cost=cost).costs[0]
    known = [group for group in found.groups if group.bop is not None]
    assert found.gamma.bop == min(group.bop for group in known)
    assert sum(group.n for group in found.groups) == found.population.n == sum(map(len, groups))
    ps = [1.0 if group.p_gain is None else group.p_gain for group in found.groups]
    assert found.gamma.p_every_group_gains == max(ps)
    for group in known:
        assert group.bop == pytest.approx(group.cost_generic - group.cost_personalized, abs=1e-12)
        low, high = group.ci
        if low is not None and high is not None:
            assert low <= group.bop <= high
        if group.p_gain is not None:
            assert group.p_gain <= group.p_gain_adjusted <= 1
            assert group.p_harm <= group.p_harm_adjusted <= 1
            # An effect cannot be shown in both directions.
            assert max(group.p_gain, group.p_harm) >= 0.5
    low, high = found.gamma.ci
    if low is not None and high is not None:
        assert low <= found.gamma.bop <= high
    if found.limits.below is not None:
        assert 0 <= found.limits.paper <= found.limits.weighted + 1e-9
        # For a 0-1 cost the chi-square bounds do not use how often the models disagree.
        assert cost == "zero_one" or found.limits.weighted <= found.limits.below + 1e-6
        assert found.limits.below <= found.limits.above + 1e-9 <= 0.5 + 2e-9


def test_the_comparison_itself_turns_and_keeps() -> None:
    rng = np.random.default_rng(17)
    n = 900
    y = rng.integers(0, 2, n)
    groups = {"sex": rng.choice(["f", "m"], n), "age": rng.choice(["18-44", "45+", None], n)}
    p0, p1 = rng.uniform(size=n), np.clip(0.5 + (y - 0.5) * rng.uniform(-0.2, 1, n), 0, 1)
    one = wg.compare(y, generic=p0, personalized=p1, groups=groups)
    other = wg.compare(y, generic=p1, personalized=p0, groups=groups)
    order = rng.permutation(n)
    shuffled = wg.compare(
        y[order],
        generic=p0[order],
        personalized=p1[order],
        groups={name: values[order] for name, values in groups.items()},
    )
    for cost, turned, moved in zip(one.costs, other.costs, shuffled.costs, strict=True):
        assert [SWAPPED[group.verdict] for group in turned.groups] == [
            group.verdict for group in cost.groups
        ]
        assert cost.population.bop == pytest.approx(-turned.population.bop)
        assert [(g.group, g.n, g.verdict, g.reason) for g in cost.groups] == [
            (g.group, g.n, g.verdict, g.reason) for g in moved.groups
        ]
        for group, again in zip(cost.groups, moved.groups, strict=True):
            assert group.bop == pytest.approx(again.bop)
            if group.method != "betting":
                assert group.ci == pytest.approx(again.ci)
