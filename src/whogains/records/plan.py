"""The result of a plan as frozen numbers: the limits for given groups, solved for each unknown."""

from __future__ import annotations

from dataclasses import dataclass

from whogains.records.audit import LimitsCurve, LimitsFinding
from whogains.records.words import Record
from whogains.types import Convention, Family, MostAttributes


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
class Solved:
    """The limits solved for effects, sizes and attributes; None where no epsilon was given.

    Parameters
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
class PlanRecord(Record):
    """Limits for given groups, before any data.

    Parameters
    ----------
    settings : PlanSettings
        What was asked.
    limits : LimitsFinding
        At the epsilon asked for.
    solved : Solved
        The same limits solved for another unknown.
    groups : tuple of PlannedGroup
        One per group, in the order given.
    curve : LimitsCurve
        The limits over a grid of effects.
    """

    settings: PlanSettings
    limits: LimitsFinding
    solved: Solved
    groups: tuple[PlannedGroup, ...]
    curve: LimitsCurve
