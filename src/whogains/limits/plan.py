"""Everything that can be said before any data: the limits for given groups, and what to change."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

from whogains.errors import InputError
from whogains.limits._arrays import (
    CONVENTIONS,
    FAMILIES,
    inside,
    option,
    positive,
    sizes,
    spreads,
)
from whogains.limits.bounds import paper_bound, weighted_bound
from whogains.limits.bracket import Bracket, bracket, signals
from whogains.limits.detectable import (
    Verdict,
    detectable,
    detectable_gamma,
    untestable_groups,
    verdict,
)
from whogains.limits.planning import (
    MostAttributes,
    most_attributes,
    required_in_group,
    required_sizes,
    required_total,
    smallest_testable_epsilon,
    untestable_below,
)
from whogains.limits.wording import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from whogains.limits._arrays import Convention, Family

    FloatArray = NDArray[np.float64]

# Points of the curve; fewer where every point has many groups to sum over.
_POINTS, _FEWER_POINTS, _MANY = 60, 24, 64


@dataclass(frozen=True, slots=True)
class PlanSettings:
    """What a plan was made for; `tolerated_error` is in the units of `convention`."""

    epsilon: float | None
    alpha: float
    power: float
    tolerated_error: float
    convention: Convention
    family: Family
    shares: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits at one epsilon; a bound of 0 is vacuous, None was not asked for."""

    epsilon: float | None
    paper: float | None
    weighted: float | None
    below: float | None
    above: float | None
    detectable: float
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Solved:
    """The limits solved for effects, sizes and attributes; None where no epsilon was given.

    Attributes
    ----------
    smallest_testable_epsilon, untestable_below : float
        Effects from which the threshold test tells, and below which no test does.
    required_total, required_total_any_test : int or None
        People needed in all with the groups' shares: by the threshold test, and at least, for any
        test.
    required_sizes_total : int or None
        People needed in all when every group has the size that it needs.
    weakest_group : str
        Label of the group with the largest standard error.
    required_in_weakest : int or None
        Size it needs while the others stay; None also where no size is enough.
    most_attributes : MostAttributes or None
        For the same people in equal groups, with the pooled spread.
    """

    smallest_testable_epsilon: float
    untestable_below: float
    required_total: int | None
    required_total_any_test: int | None
    required_sizes_total: int | None
    weakest_group: str
    required_in_weakest: int | None
    most_attributes: MostAttributes | None


@dataclass(frozen=True, slots=True)
class PlannedGroup:
    """One group: what it is, what it finds alone, and how large it should be."""

    group: str
    n: int
    sd: float
    detectable: float
    untestable: bool | None
    required: int | None


@dataclass(frozen=True, slots=True)
class Curve:
    """The limits over a grid of effects; every field has the same length."""

    epsilon: tuple[float, ...]
    paper: tuple[float, ...]
    weighted: tuple[float, ...]
    below: tuple[float, ...]
    above: tuple[float, ...]
    verdict: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Limits for given groups, before any data.

    Attributes
    ----------
    settings : PlanSettings
        What was asked.
    limits : Limits
        At the epsilon asked for.
    solved : Solved
        The same limits solved for another unknown.
    groups : tuple of PlannedGroup
        One per group, in the order given.
    curve : Curve
        The limits over a grid of effects.
    """

    settings: PlanSettings
    limits: Limits
    solved: Solved
    groups: tuple[PlannedGroup, ...]
    curve: Curve

    def sentences(self) -> list[str]:
        """Say in plain words what these groups can tell, and what it would take."""
        return sentences(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON types: no tuples, no NaN, no infinity (None instead)."""
        return {"schema": 1, **_plain(asdict(self))}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


@dataclass(frozen=True, slots=True)
class _Question:
    """Checked input; `tolerated` is an average error, `shares` are the sizes if none were given."""

    n: FloatArray
    sd: FloatArray
    labels: tuple[str, ...]
    shares: FloatArray
    tolerated: float
    settings: PlanSettings


def _curve(ask: _Question, epsilon: FloatArray) -> Curve:
    settings = ask.settings
    ends = bracket(signals(ask.n, epsilon, ask.sd))
    unit = _guessing(settings.convention) / 0.5
    paper, weighted = (
        bound(ask.n, epsilon, ask.sd, family=settings.family, convention=settings.convention)
        for bound in (paper_bound, weighted_bound)
    )
    return Curve(
        epsilon=tuple(epsilon.tolist()),
        paper=tuple(paper.value.tolist()),
        weighted=tuple(weighted.value.tolist()),
        below=tuple((unit * ends.below).tolist()),
        above=tuple((unit * ends.above).tolist()),
        verdict=tuple(
            verdict(Bracket(below, above), ask.tolerated)
            for below, above in zip(ends.below, ends.above, strict=True)
        ),
    )


def _grid(ask: _Question, least: float) -> FloatArray:
    """Effects from where all is guessing to where nobody errs, with the one asked for inside."""
    # At the far end a union bound over the groups is .005.
    most = -2 * float(ndtri(0.01 / (1 + ask.n.size))) * float((ask.sd / np.sqrt(ask.n)).max())
    asked = [] if ask.settings.epsilon is None else [ask.settings.epsilon]
    points = _POINTS if ask.n.size <= _MANY else _FEWER_POINTS
    grid = np.geomspace(min([least / 10, *asked]), max([most, *asked]), points)
    return np.unique(np.append(grid, asked))


def _limits(ask: _Question) -> Limits:
    settings = ask.settings
    found = detectable_gamma(ask.n, ask.sd, alpha=settings.alpha, power=settings.power)
    if settings.epsilon is None:
        return Limits(None, None, None, None, None, found, None)
    at = _curve(ask, np.array([settings.epsilon]))
    return Limits(
        epsilon=settings.epsilon,
        paper=at.paper[0],
        weighted=at.weighted[0],
        below=at.below[0],
        above=at.above[0],
        detectable=found,
        verdict=verdict(bracket(signals(ask.n, settings.epsilon, ask.sd)), ask.tolerated),
    )


def _groups(ask: _Question) -> tuple[PlannedGroup, ...]:
    settings, size = ask.settings, ask.n.size
    alone: list[bool | None] = [None] * size
    required: list[int | None] = [None] * size
    if settings.epsilon is not None:
        epsilon, tolerated = settings.epsilon, ask.tolerated
        alone = untestable_groups(ask.n, epsilon, ask.sd, tolerated_error=tolerated).tolist()
        required = [*required_sizes(epsilon, ask.sd, tolerated_error=tolerated)]
    found = detectable(ask.n, ask.sd, alpha=settings.alpha, power=settings.power).tolist()
    columns = (ask.labels, ask.n.astype(int).tolist(), ask.sd.tolist(), found, alone, required)
    return tuple(PlannedGroup(*row) for row in zip(*columns, strict=True))


def _solve(ask: _Question) -> Solved:
    n, sd, epsilon, tolerated = ask.n, ask.sd, ask.settings.epsilon, ask.tolerated
    weakest = int((sd / np.sqrt(n)).argmax())
    testable = smallest_testable_epsilon(n, sd, tolerated_error=tolerated)
    untestable = untestable_below(n, sd, tolerated_error=tolerated)
    if epsilon is None:
        return Solved(testable, untestable, None, None, None, ask.labels[weakest], None, None)
    pooled = float(np.sqrt((n * sd**2).sum() / n.sum()))
    return Solved(
        smallest_testable_epsilon=testable,
        untestable_below=untestable,
        required_total=required_total(epsilon, ask.shares, sd, tolerated_error=tolerated),
        required_total_any_test=required_total(
            epsilon, ask.shares, sd, tolerated_error=tolerated, side="below"
        ),
        required_sizes_total=sum(required_sizes(epsilon, sd, tolerated_error=tolerated)),
        weakest_group=ask.labels[weakest],
        required_in_weakest=required_in_group(n, weakest, epsilon, sd, tolerated_error=tolerated),
        most_attributes=most_attributes(
            int(n.sum()), epsilon, pooled, tolerated_error=tolerated, family=ask.settings.family
        ),
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


def make_plan(
    n: ArrayLike,
    sd: ArrayLike = 1.0,
    *,
    epsilon: float | None = None,
    groups: Sequence[str] | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    tolerated_error: float | None = None,
    convention: Convention = "average",
    family: Family = "gaussian",
    shares: ArrayLike | None = None,
) -> Plan:
    """Work out what an audit with these groups can tell, without any data.

    Parameters
    ----------
    n : array_like of int, shape (d,)
        People in each group, positive whole numbers.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the unit of the cost. For a
        0-1 cost see `ternary_sd`.
    epsilon : float, optional
        Smallest effect that matters, in the same unit. Without it only what needs none is
        answered.
    groups : sequence of str of length d, optional
        Labels; default "group 1" and so on.
    alpha, power : float
        Level and power of the detectable effects.
    tolerated_error : float, optional
        Error of the best test that is still accepted, in the units of `convention`; default half
        of guessing: 1/4 ("average") or 1/2 ("sum").
    convention : {"average", "sum"}
        Errors as the average of the type I and type II errors, or as their sum.
    family : {"gaussian", "categorical", "laplace", "laplace_paper"}
        For the chi-square bounds only.
    shares : array_like of shape (d,), optional
        Shares of the groups in a larger sample; default as in `n`.

    Returns
    -------
    Plan
        Limits, what they say about other sizes, a curve, and sentences.

    Raises
    ------
    InputError
        If a size is not a positive whole number, a spread, share or epsilon not positive and
        finite, lengths differ, or a setting is out of range.

    Notes
    -----
    Nothing is random: the same input gives the same plan. Assumes normal means, independent
    between groups, with known spreads, so a group of few people is judged too kindly when its
    spread has to be estimated.

    Examples
    --------
    >>> plan = make_plan([4111, 1662, 5465, 2099], [0.7825, 0.8775, 0.7403, 0.8238], epsilon=0.02)
    >>> plan.limits.verdict, round(plan.limits.below, 3), round(plan.limits.above, 3)
    ('untestable', 0.357, 0.414)
    """
    option(convention, "convention", CONVENTIONS)
    option(family, "family", FAMILIES)
    guessing = _guessing(convention)
    asked = guessing / 2 if tolerated_error is None else tolerated_error
    number = _positive(sizes(n), "n", "positive whole numbers", whole=True)
    spread = _positive(spreads(sd, number.size), "sd", "positive")
    share = None
    if shares is not None:
        share = _positive(sizes(shares, "shares"), "shares", "positive")
        if share.size != number.size:
            raise InputError(f"shares must be one per group ({number.size}), got {share.size}")
    ask = _Question(
        n=number,
        sd=spread,
        labels=_labels(groups, number.size),
        shares=number if share is None else share,
        tolerated=inside(asked, "tolerated_error", 0, guessing) * 0.5 / guessing,
        settings=PlanSettings(
            epsilon=None if epsilon is None else positive(epsilon, "epsilon"),
            alpha=float(alpha),
            power=float(power),
            tolerated_error=float(asked),
            convention=convention,
            family=family,
            shares=None if share is None else tuple((share / share.sum()).tolist()),
        ),
    )
    solved = _solve(ask)
    return Plan(
        settings=ask.settings,
        limits=_limits(ask),
        solved=solved,
        groups=_groups(ask),
        curve=_curve(ask, _grid(ask, solved.untestable_below)),
    )
