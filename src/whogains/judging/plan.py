"""Everything that can be said before any data: the limits for given groups, and what to change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from whogains import inference, limits
from whogains.errors import InputError
from whogains.inference import each_of
from whogains.judging.limits import every_group, limits_at, limits_curve, number, whole
from whogains.judging.power import GainTests, first_step
from whogains.judging.settings import check_effect
from whogains.limits import CONVENTIONS, FAMILIES, inside, option, positive, sizes, spreads
from whogains.records import (
    LimitsCurve,
    LimitsFinding,
    PlannedGroup,
    PlanRecord,
    PlanSettings,
    Solved,
)
from whogains.types import Convention, Family, FloatArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike


# More people than have ever lived; beyond, the numbers lose their meaning before their digits.
MOST_PEOPLE = 1e12

# Points of the curve; fewer where every point has many groups to sum over.
_POINTS, _FEWER_POINTS, _MANY = 60, 24, 64


@dataclass(frozen=True, slots=True)
class _Question:
    """Checked input; `tolerated` is an average error, `shares` are the sizes if none were given.

    `sd` holds the design effect: rows that repeat each other are as good as fewer, or as noisier.
    """

    n: FloatArray
    sd: FloatArray
    own_sd: FloatArray
    labels: tuple[str, ...]
    shares: FloatArray
    tolerated: float
    settings: PlanSettings

    @property
    def worth(self) -> FloatArray:
        """As many independent people the groups are worth, shape (d,)."""
        return self.n * (self.own_sd / self.sd) ** 2


def _curve(ask: _Question, epsilon: FloatArray) -> LimitsCurve:
    return limits_curve(
        limits.signals(ask.n, epsilon, ask.sd),
        # The categorical bound takes no spread, which could hold the design effect.
        n=ask.worth,
        sd=ask.own_sd,
        epsilon=epsilon,
        family=ask.settings.family,
        convention=ask.settings.convention,
        tolerated=ask.tolerated,
    )


def _grid(ask: _Question, least: float) -> FloatArray:
    """Effects from where all is guessing to where nobody errs, with the one asked for inside."""
    # At the far end a union bound over the groups is .005.
    most = -2 * float(ndtri(0.01 / (1 + ask.n.size))) * float((ask.sd / np.sqrt(ask.n)).max())
    asked = [] if ask.settings.epsilon is None else [ask.settings.epsilon]
    points = _POINTS if ask.n.size <= _MANY else _FEWER_POINTS
    grid = np.geomspace(min([least / 10, *asked]), max([most, *asked]), points)
    return np.unique(np.append(grid, asked))


def _tests(ask: _Question) -> GainTests:
    """Say how an audit of these groups would test for gains."""
    share, design = ask.settings.disagreement, (ask.sd / ask.own_sd) ** 2
    return GainTests(
        rows=ask.n,
        sd=ask.sd,
        disagreement=None if share is None else np.array(share),
        design=design,
        rows_per_unit=design,
        skewness=np.zeros(ask.n.size),
        exact=share is not None and ask.settings.design_effect is None,
    )


def _needs(ask: _Question, tests: GainTests) -> tuple[FloatArray, FloatArray] | None:
    """Return each group's rows for "gain", and for "every group gains", at epsilon."""
    settings, d = ask.settings, ask.n.size
    if settings.epsilon is None:
        return None
    least = np.zeros(d) if tests.exact else np.ceil(inference.MIN_UNITS_T * tests.design)
    gain, every = (
        np.maximum(tests.required(settings.epsilon, level, power), least)
        for level, power in (
            (_level(ask, tests), settings.power),
            (np.full(d, settings.alpha / 2), each_of(d, settings.power)),
        )
    )
    return gain, every


def _level(ask: _Question, tests: GainTests) -> FloatArray:
    return first_step(np.full(ask.n.size, "sign" if tests.exact else "t"), ask.settings.alpha)


def _limits(ask: _Question) -> LimitsFinding:
    settings, tests = ask.settings, _tests(ask)
    found = tests.every_group(settings.alpha / 2, settings.power)
    needs = _needs(ask, tests)
    said = every_group(found, np.array([np.nan]) if needs is None else needs[1])
    if settings.epsilon is None:
        return replace(LimitsFinding(None, None, None, None, None, None, None), **said)
    at = limits_at(_curve(ask, np.array([settings.epsilon])), settings.epsilon)
    return replace(at, **said)


def _groups(ask: _Question) -> tuple[PlannedGroup, ...]:
    settings, size, tests = ask.settings, ask.n.size, _tests(ask)
    alone: list[bool | None] = [None] * size
    gain: list[int | None] = [None] * size
    every, testable = gain, gain
    needs = _needs(ask, tests)
    if settings.epsilon is not None and needs is not None:
        epsilon, tolerated = settings.epsilon, ask.tolerated
        alone = limits.untestable_groups(ask.n, epsilon, ask.sd, tolerated_error=tolerated).tolist()
        gain, every = ([whole(value) for value in each] for each in needs)
        testable = [*limits.required_sizes(epsilon, ask.sd, tolerated_error=tolerated)]
    found = [number(each) for each in tests.detectable(_level(ask, tests), settings.power)]
    people, spread = ask.n.astype(int).tolist(), ask.own_sd.tolist()
    columns = (ask.labels, people, spread, found, alone, gain, every, testable)
    return tuple(PlannedGroup(*row) for row in zip(*columns, strict=True))


def _solve(ask: _Question) -> Solved:
    n, sd, epsilon, tolerated = ask.n, ask.sd, ask.settings.epsilon, ask.tolerated
    weakest = int((sd / np.sqrt(n)).argmax())
    testable = limits.smallest_testable_epsilon(n, sd, tolerated_error=tolerated)
    untestable = limits.untestable_below(n, sd, tolerated_error=tolerated)
    if epsilon is None:
        return Solved(testable, untestable, None, None, None, ask.labels[weakest], None, None)
    people = max(round(float(ask.worth.sum())), 1)
    pooled = float(np.sqrt((ask.worth * ask.own_sd**2).sum() / ask.worth.sum()))
    most = limits.most_attributes(
        people, epsilon, pooled, tolerated_error=tolerated, family=ask.settings.family
    )
    return Solved(
        smallest_testable_epsilon=testable,
        untestable_below=untestable,
        required_total=limits.required_total(epsilon, ask.shares, sd, tolerated_error=tolerated),
        required_total_any_test=limits.required_total(
            epsilon, ask.shares, sd, tolerated_error=tolerated, side="below"
        ),
        required_sizes_total=sum(limits.required_sizes(epsilon, sd, tolerated_error=tolerated)),
        weakest_group=ask.labels[weakest],
        required_in_weakest=limits.required_in_group(
            n, weakest, epsilon, sd, tolerated_error=tolerated
        ),
        most_attributes=most,
    )


def _guessing(convention: Convention) -> float:
    """Return the error of a test that ignores the data."""
    return 1.0 if convention == "sum" else 0.5


def _positive(array: FloatArray, name: str, rule: str, *, whole: bool = False) -> FloatArray:
    bad = (array <= 0) | (whole & (array != np.floor(array)))
    if bad.any():
        raise InputError(f"{name} must be {rule}, got {array[bad][0]:.12g}")
    return array


def _labels(groups: Sequence[str] | None, number: int) -> tuple[str, ...]:
    if groups is None:
        return tuple(f"group {j}" for j in range(1, number + 1))
    if len(groups) != number:
        raise InputError(f"groups must have one label per group ({number}), got {len(groups)}")
    return tuple(str(group) for group in groups)


def _spread(
    sd: ArrayLike | None, disagreement: ArrayLike | None, epsilon: float | None, groups: int
) -> tuple[FloatArray, FloatArray | None]:
    """Return the spread of one person's benefit, and the disagreement where that was given."""
    if disagreement is None:
        return _positive(spreads(1.0 if sd is None else sd, groups), "sd", "positive"), None
    if sd is not None:
        raise InputError("give sd or disagreement, not both: for a 0-1 cost one makes the other")
    share = _positive(spreads(disagreement, groups, "disagreement"), "disagreement", "positive")
    if (share > 1).any():
        raise InputError(f"disagreement must be at most 1, got {share.max():g}")
    if epsilon is None:
        return np.sqrt(share), share
    if epsilon >= share.min():
        raise InputError(
            f"epsilon must be below the disagreement, got {epsilon:g} and {share.min():g}: a mean "
            "benefit of epsilon needs more people on whom the models differ"
        )
    return limits.ternary_sd(share, epsilon), share


def make_plan(
    n: ArrayLike,
    sd: ArrayLike | None = None,
    *,
    epsilon: float | None = None,
    disagreement: ArrayLike | None = None,
    design_effect: ArrayLike = 1.0,
    groups: Sequence[str] | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    tolerated_error: float | None = None,
    convention: Convention = "average",
    family: Family | None = None,
    shares: ArrayLike | None = None,
) -> PlanRecord:
    """Work out what an audit with these groups can tell; see `whogains.plan`.

    Parameters
    ----------
    n, sd, epsilon, disagreement, design_effect, groups, alpha, power, tolerated_error,
    convention, family, shares
        As in `whogains.plan`.

    Returns
    -------
    PlanRecord
        Limits, what they say about other sizes, and a curve.

    Raises
    ------
    InputError
        As `whogains.plan` does.
    """
    option(convention, "convention", CONVENTIONS)
    if family is None:
        family = "gaussian" if disagreement is None else "categorical"
    option(family, "family", FAMILIES)
    guessing = _guessing(convention)
    asked = guessing / 2 if tolerated_error is None else tolerated_error
    number = _positive(sizes(n), "n", "positive whole numbers", whole=True)
    if number.max() > MOST_PEOPLE:
        raise InputError(f"n must be at most {MOST_PEOPLE:g}, got {number.max():g}")
    asked_epsilon = None if epsilon is None else positive(epsilon, "epsilon")
    if asked_epsilon is not None:
        check_effect(asked_epsilon, "epsilon")
    spread, differ = _spread(sd, disagreement, asked_epsilon, number.size)
    design = spreads(design_effect, number.size, "design_effect")
    if (design < 1).any():
        raise InputError(f"design_effect must be at least 1, got {design.min():g}")
    share = None
    if shares is not None:
        share = _positive(sizes(shares, "shares"), "shares", "positive")
        if share.size != number.size:
            raise InputError(f"shares must be one per group ({number.size}), got {share.size}")
    ask = _Question(
        n=number,
        sd=spread * np.sqrt(design),
        own_sd=spread,
        labels=_labels(groups, number.size),
        shares=number if share is None else share,
        tolerated=inside(asked, "tolerated_error", 0, guessing) * 0.5 / guessing,
        settings=PlanSettings(
            epsilon=asked_epsilon,
            alpha=inside(alpha, "alpha", 0, 1),
            power=inside(power, "power", alpha, 1),
            tolerated_error=float(asked),
            convention=convention,
            family=family,
            shares=None if share is None else tuple((share / share.sum()).tolist()),
            disagreement=None if differ is None else tuple(differ.tolist()),
            design_effect=tuple(design.tolist()) if (design > 1).any() else None,
        ),
    )
    solved = _solve(ask)
    return PlanRecord(
        settings=ask.settings,
        limits=_limits(ask),
        solved=solved,
        groups=_groups(ask),
        curve=_curve(ask, _grid(ask, solved.untestable_below)),
    )
