"""The result of a watch as frozen numbers: what is known of each group at every look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from whogains.records.audit import WarningFinding
from whogains.records.words import Interval, Levels, Number, Reason, Record, Verdict, group_label

WatchMethod = Literal["betting", "bounded betting", "asymptotic"]


@dataclass(frozen=True, slots=True)
class WatchLook:
    """One group at one look.

    Parameters
    ----------
    batch : int
        Which batch, counted from 0.
    n : int
        Rows told of since the last restart.
    bop : float or None
        Their benefit.
    ci : tuple of (float or None)
        The confidence sequence there; None where there is none yet.
    """

    batch: int
    n: int
    bop: Number
    ci: Interval


@dataclass(frozen=True, slots=True)
class WatchLately:
    """What is known of one group from the last batches alone.

    Parameters
    ----------
    begin : int or None
        The batch, counted from 0, from which on rows count; None where none is told since.
    n : int
        Rows told of.
    bop : float or None
        Their benefit.
    ci : tuple of (float or None)
        The confidence sequence of this window, for this group alone.
    p_gain_adjusted, p_harm_adjusted : float or None
        Adjusted over groups, costs and all windows, those to come included.
    verdict : {"gain", "harm", "cannot tell"}
        What is shown in this window.
    """

    begin: int | None
    n: int
    bop: Number
    ci: Interval
    p_gain_adjusted: Number
    p_harm_adjusted: Number
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class WatchGroup:
    """What is known of one group on one cost.

    Parameters
    ----------
    group : mapping of str to (str or None)
        Its levels.
    n : int or None
        Rows told of since the last restart; None where nothing is told.
    cost_generic, cost_personalized, bop : float or None
        Costs of the two models, and the benefit.
    ci : tuple of (float or None)
        The confidence sequence at the last look, for this group alone.
    p_gain, p_harm : float or None
        One over the largest e-value so far, at most 1.
    p_gain_adjusted, p_harm_adjusted, p_equivalent_adjusted, p_non_inferior_adjusted : float or None
        Adjusted over all groups, costs and restarts, those to come included.
    verdict : {"gain", "harm", "no material difference", "cannot tell"}
        What is shown since the last restart.
    reason : str or None
        Why one cannot tell.
    since : int or None
        The batch, counted from 0, with which the verdict was first shown.
    non_inferior : bool or None
        Whether it is shown to lose less than the margin; None where there is no margin.
    contradicted : bool
        Whether both a gain and a harm are shown, so that the benefit has changed.
    more_rows, more_batches : int or None
        How many more until the verdict, if they are like those so far; None where there is one,
        or where none is in sight.
    more_weeks : float or None
        The same in weeks, where batches have days.
    looks : tuple of WatchLook
        The looks at which something new was told, restarts included.
    lately : WatchLately or None
        The same from the last batches alone; None where no window was asked for.
    """

    group: Levels
    n: int | None
    cost_generic: Number
    cost_personalized: Number
    bop: Number
    ci: Interval
    p_gain: Number
    p_harm: Number
    p_gain_adjusted: Number
    p_harm_adjusted: Number
    p_equivalent_adjusted: Number
    p_non_inferior_adjusted: Number
    verdict: Verdict
    reason: Reason | None
    since: int | None
    non_inferior: bool | None
    contradicted: bool
    more_rows: int | None
    more_batches: int | None
    more_weeks: Number
    looks: tuple[WatchLook, ...]
    lately: WatchLately | None = None

    @property
    def label(self) -> str:
        """Its levels in one line."""
        return group_label(self.group)


@dataclass(frozen=True, slots=True)
class WatchCost:
    """One cost that is watched.

    Parameters
    ----------
    name, label : str
        The cost, and the cost in words.
    unit : str or None
        Its unit.
    epsilon : float
        The smallest effect that matters.
    margin : float or None
        The loss that would still be tolerated.
    method : {"betting", "bounded betting", "asymptotic"}
        How it is followed.
    p_every_group_gains : float or None
        Of the null that some group that is told does not gain; None where none is told.
    every_group_gains : bool
        Whether that is shown.
    groups : tuple of WatchGroup
        The groups that can occur.
    """

    name: str
    label: str
    unit: str | None
    epsilon: float
    margin: float | None
    method: WatchMethod
    p_every_group_gains: Number
    every_group_gains: bool
    groups: tuple[WatchGroup, ...]

    @property
    def title(self) -> str:
        """The cost in words."""
        return self.label


@dataclass(frozen=True, slots=True)
class WatchBatch:
    """One batch.

    Parameters
    ----------
    name : str
        What it is called.
    day : str or None
        When it is from, ISO 8601.
    restart : bool
        Whether the watch started anew with it.
    late : bool
        Whether one of a later day had come before.
    """

    name: str
    day: str | None
    restart: bool
    late: bool


@dataclass(frozen=True, slots=True)
class WatchAlarm:
    """A harm when it was first shown.

    Parameters
    ----------
    batch : int
        With which batch, counted from 0.
    cost : str
        On which cost, by name.
    group : mapping of str to (str or None)
        To whom.
    stretch : int
        After how many restarts.
    """

    batch: int
    cost: str
    group: Levels
    stretch: int


@dataclass(frozen=True, slots=True)
class WatchData:
    """What is watched.

    Parameters
    ----------
    target, task, positive
        The outcome, what kind it is, and the value that counts as 1.
    groups : tuple of str
        The attributes whose crossing makes the groups.
    rows : int
        Rows told of since the last restart.
    rows_returning : int
        Rows left out because their cluster was in an earlier batch.
    """

    target: str
    task: str
    positive: str | None
    groups: tuple[str, ...]
    rows: int
    rows_returning: int


@dataclass(frozen=True, slots=True)
class WatchRecord(Record):
    """A watch after its last batch.

    Parameters
    ----------
    version : str
        The version of whogains.
    settings : mapping of str to JSON values
        What was chosen at the first batch.
    data : WatchData
        What is watched.
    batches : tuple of WatchBatch
        In the order in which they came.
    alarms : tuple of WatchAlarm
        Every harm when it was first shown, those before a restart included.
    costs : tuple of WatchCost
        What is known on each cost.
    notes : tuple of str
        What a reader must know.
    warnings : tuple of WarningFinding
        Signs that verdicts may be about nonsense, to be read before them.
    """

    version: str
    settings: Mapping[str, Any]
    data: WatchData
    batches: tuple[WatchBatch, ...]
    alarms: tuple[WatchAlarm, ...]
    costs: tuple[WatchCost, ...]
    notes: tuple[str, ...] = ()
    warnings: tuple[WarningFinding, ...] = ()
