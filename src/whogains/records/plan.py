"""The result of a plan as frozen numbers: the limits for given groups, solved for each unknown."""

from __future__ import annotations

from dataclasses import dataclass

from whogains.records.limits import LimitsCurve, LimitsFinding
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
        People needed in all when every group has the size that the threshold test needs: the sum
        of the groups' `required_testable`.
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
    """One group: what it is, what is told of it, and how large it should be.

    Parameters
    ----------
    group : str
        Its label.
    n : int
        People.
    sd : float
        Standard deviation of one person's benefit, before any design effect.
    detectable : float or None
        The effect with which an audit says "gain" of this group with the power in the settings,
        after Holm's correction over these groups; None where there is none.
    untestable : bool or None
        Whether no test of this group alone tells epsilon.
    required : int or None
        People of this group with whom epsilon is told as "gain" with that power, and a method can
        be trusted; as in an audit.
    required_every_group : int or None
        People of this group with whom, if all groups have as many as they need and gain epsilon,
        an audit says "every group gains" with that power.
    required_testable : int or None
        People of this group with whom, if all groups carry the same signal, the threshold test
        errs no more than tolerated; what `required` said in earlier versions.
    """

    group: str
    n: int
    sd: float
    detectable: float | None
    untestable: bool | None
    required: int | None
    required_every_group: int | None = None
    required_testable: int | None = None


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
