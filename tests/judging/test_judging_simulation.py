"""How often findings claim what is not so: seeded simulations with binomial tolerance."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy.stats import binom

from whogains.judging import audit as build
from whogains.judging.limits import GroupLimits
from whogains.records import CostFinding, LimitsFinding
from whogains.results import Findings

ALPHA = 0.05
SIZES = (320, 400, 600, 1000)
EPSILON = 0.001

Draw = Callable[[np.random.Generator, int, float], np.ndarray]


def _normal(rng: np.random.Generator, n: int, shift: float) -> np.ndarray:
    return rng.normal(shift, 1, n)


def _skewed(rng: np.random.Generator, n: int, shift: float) -> np.ndarray:
    return rng.exponential(1, n) - 1 + shift


def _labels(rng: np.random.Generator, n: int, shift: float) -> np.ndarray:
    return rng.choice([-1.0, 0.0, 1.0], n, p=[0.1 - shift / 2, 0.8, 0.1 + shift / 2])


# The cost, how benefits are drawn, an effect that is always found, and how many audits are made.
KINDS: dict[str, tuple[str, Draw, float, int]] = {
    "normal": ("squared_error", _normal, 0.5, 250),
    "skewed": ("squared_error", _skewed, 0.5, 250),
    "labels": ("zero_one", _labels, 0.15, 80),
}


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the limits out, which take most of the time and decide no verdict but its reason."""

    def nothing(groups, population, epsilon, settings, step):
        unknown = np.full(len(groups), np.nan)
        empty = LimitsFinding(epsilon, None, None, None, None, None, None)
        names = GroupLimits.__dataclass_fields__
        told = {name: unknown for name in names if name != "untestable"}
        return empty, GroupLimits(**told, untestable=np.zeros(len(groups), dtype=bool))

    monkeypatch.setattr(build, "limits_finding", nothing)


def _costs(
    judge: Callable[..., Findings], kind: str, shifts: tuple[float, ...], **settings: object
) -> Iterator[CostFinding]:
    cost, draw, _, repeats = KINDS[kind]
    rng = np.random.default_rng(2718)
    for _ in range(repeats):
        groups = [draw(rng, n, shift) for n, shift in zip(SIZES, shifts, strict=True)]
        asked = {"epsilon": EPSILON, **settings}
        yield judge(groups, cost=cost, with_rows=False, **asked).costs[0]


def _at_most(times: int, kind: str, rate: float = ALPHA) -> bool:
    return times <= binom.ppf(0.999, KINDS[kind][3], rate)


def _at_least(times: int, kind: str, rate: float) -> bool:
    return times >= binom.ppf(0.001, KINDS[kind][3], rate)


@pytest.mark.usefixtures("without_limits")
@pytest.mark.parametrize("kind", KINDS)
def test_without_any_effect_few_audits_show_one(judge, kind: str) -> None:
    gain = harm = every = missed = 0
    for cost in _costs(judge, kind, (0.0,) * 4):
        verdicts = {group.verdict for group in cost.groups}
        gain += "gain" in verdicts
        harm += "harm" in verdicts
        assert ("harm" in verdicts) == (cost.gamma.verdict == "some group is harmed")
        every += cost.gamma.verdict == "every group gains"
        low, high = cost.gamma.ci
        missed += not low <= 0 <= high
    assert _at_most(gain, kind)
    assert _at_most(harm, kind)
    # Every one of four groups would have to be shown to gain.
    assert every == 0
    assert _at_most(missed, kind)
    if kind == "normal":
        # Holm's first step spends the whole level, so that the test is no mere formality.
        assert _at_least(gain, kind, 0.8 * ALPHA)


@pytest.mark.usefixtures("without_limits")
@pytest.mark.parametrize("kind", KINDS)
def test_one_idle_group_is_seldom_said_to_gain(judge, kind: str) -> None:
    large = KINDS[kind][2]
    claims = misses = 0
    for cost in _costs(judge, kind, (0.0, large, large, large)):
        claims += cost.gamma.verdict == "every group gains"
        low, high = cost.gamma.ci
        misses += not low <= 0 <= high
        assert [group.verdict for group in cost.groups[1:]] == ["gain"] * 3
    # The other groups always gain, so that all rests on the idle one: the level is used up.
    assert _at_most(claims, kind)
    assert _at_least(claims, kind, 0.4 * ALPHA)
    assert _at_most(misses, kind)


@pytest.mark.usefixtures("without_limits")
def test_an_effect_of_epsilon_is_seldom_said_to_be_immaterial(judge) -> None:
    epsilon = 0.3
    wrong = found = 0
    for cost in _costs(judge, "normal", (epsilon, epsilon, -epsilon, 0.0), epsilon=epsilon):
        same = [group.verdict == "no material difference" for group in cost.groups]
        wrong += any(same[:3])
        found += same[3]
    assert _at_most(wrong, "normal")
    # Nothing at all is seen to be less than so much.
    assert _at_least(found, "normal", 0.98)
