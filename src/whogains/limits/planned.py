"""What a plan says: the limits for given groups, solved for every unknown, as frozen numbers."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from whogains.limits.wording import sentences

if TYPE_CHECKING:
    from whogains.limits._arrays import Convention, Family
    from whogains.limits.detectable import Verdict
    from whogains.limits.planning import MostAttributes


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
    disagreement: tuple[float, ...] | None = None
    design_effect: tuple[float, ...] | None = None


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
    """One group: what it is, what it finds alone, and how large it should be.

    `sd` is that of one person's benefit, before any design effect.
    """

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
