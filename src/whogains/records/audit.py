"""The result of an audit as frozen numbers and verdicts, with no model and no row inside.

The classes mirror the JSON file key by key, so that what is documented here is documented there.
A number that could not be computed is None, never NaN or infinity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from whogains.records.distributions import Distribution, Profile
from whogains.records.groups import GroupFinding, PopulationFinding
from whogains.records.limits import LimitsFinding
from whogains.records.words import (
    GammaVerdict,
    Interval,
    Levels,
    Number,
    Record,
    cost_title,
)
from whogains.types import Task


@dataclass(frozen=True, slots=True)
class GammaFinding:
    """What the worst-served group gets.

    Parameters
    ----------
    bop : float or None
        The least group BoP.
    group : mapping of str to (str or None), or None
        The group that has it.
    ci : tuple of (float or None)
        Two-sided interval at level 1 - alpha; an end is None where a group without a bound leaves
        it open.
    method, test : str or None
        What `ci` and the p-value were computed by.
    p_every_group_gains : float or None
        p-value of the null that some group does not gain; no correction is needed.
    verdict : str
        "every group gains", "some group is harmed", "no material difference" or "cannot tell".
    p_non_inferior : float or None
        p-value of the null that some group loses the margin or more; None without a margin.
    """

    bop: Number
    group: Levels | None
    ci: Interval
    method: str | None
    test: str | None
    p_every_group_gains: Number
    verdict: GammaVerdict
    p_non_inferior: Number = None


@dataclass(frozen=True, slots=True)
class AllHidden:
    """What hiding everything that can be hidden changes, in one group.

    Parameters
    ----------
    generic, personalized : float
        The mean change of each model's predictions, as the cost counts changes: the share of
        labels, or the mean square. Normalized costs are divided by it.
    """

    generic: float
    personalized: float


@dataclass(frozen=True, slots=True)
class CostFinding:
    """Everything about one cost.

    Parameters
    ----------
    name, kind, label : str
        The cost's name, "prediction" or "explanation", and the name in words.
    unit : str or None
        The unit of costs and BoP in words, such as "mmHg²"; None where they have none.
    explainer : str or None
        For explanation costs, whose attributions chose the important features.
    keep : float or int or None
        For explanation costs, how many features were kept: a share, or a count; None for the mean
        over several.
    epsilon : float
        The smallest effect that matters, in the cost's unit.
    population, gamma, limits, groups
        The findings; groups in the order of the attributes' levels.
    differences : tuple of (Distribution or None)
        How individual benefits are spread in each group, in the same order, None for a group that
        is not shown; empty where the audit has none, as for metrics of many rows.
    margin : float or None
        The loss that would still be tolerated, in the cost's unit, where one was given.
    kept : tuple of three int, or None
        For explanation costs, how many features both models keep, and of how many the generic and
        the personalized model keep them; None for the mean over several.
    why_epsilon : str or None
        Where epsilon comes from, in words.
    threshold : float or None
        For costs of labels, the probability from which on a prediction is labelled 1.
    cost_range : tuple of two float, or None
        Between which two numbers every row's cost is known to lie, where the user said so.
    all_hidden : tuple of (AllHidden or None)
        For normalized costs, what they are divided by in each group; empty for all others.
    scale : str or None
        For raw costs of explanation, where the normalized cost says otherwise and the scale of
        the predictions is why, in words.
    declared : str or None
        What a user declared, in words, where the cost is not a built-in one.
    """

    name: str
    kind: Literal["prediction", "explanation"]
    label: str
    unit: str | None
    explainer: str | None
    keep: float | int | None
    epsilon: float
    population: PopulationFinding
    gamma: GammaFinding
    limits: LimitsFinding
    groups: tuple[GroupFinding, ...]
    differences: tuple[Distribution | None, ...] = ()
    margin: Number = None
    kept: tuple[int, int, int] | None = None
    why_epsilon: str | None = None
    threshold: Number = None
    cost_range: tuple[float, float] | None = None
    all_hidden: tuple[AllHidden | None, ...] = ()
    scale: str | None = None
    declared: str | None = None

    @property
    def title(self) -> str:
        """The cost in words, with its explainer and share where it has them."""
        return cost_title(self.label, self.explainer, self.keep, self.kept)


@dataclass(frozen=True, slots=True)
class DataFinding:
    """What was audited.

    Parameters
    ----------
    rows : int
        Rows audited: those of groups that are shown.
    rows_dropped : int
        Rows left out because their target is missing.
    personal : tuple of str
        The attributes that the personalized model adds; empty where only predictions were given.
    groups : tuple of str
        The attributes whose crossing makes the groups.
    target : str
        Name of the outcome.
    task : str
        "classification" or "regression".
    positive : str or None
        For classification, the level of the outcome that counts as 1.
    clusters : int or None
        Clusters that the rows audited are in; None where none were named.
    classes : tuple of str
        The names of the classes, where the outcome has several; else empty.
    psus, strata : int or None
        Primary sampling units and strata of a survey that these rows are in; None where none were
        named.
    levels : tuple of float
        The levels, where quantiles are predicted; else empty.
    horizons : tuple of float
        The times at which survival is predicted; else empty.
    events : int or None
        Of times to an event, how many were seen in these rows.
    """

    rows: int
    rows_dropped: int
    personal: tuple[str, ...]
    groups: tuple[str, ...]
    target: str
    task: Task
    positive: str | None = None
    clusters: int | None = None
    classes: tuple[str, ...] = ()
    psus: int | None = None
    strata: int | None = None
    levels: tuple[float, ...] = ()
    horizons: tuple[float, ...] = ()
    events: int | None = None


@dataclass(frozen=True, slots=True)
class WarningFinding:
    """A sign that the verdicts may be about nonsense.

    Parameters
    ----------
    name : str
        What to allow it by, such as "inverted_outcome".
    text : str
        What is odd, and what to look at.
    """

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class AuditRecord(Record):
    """Everything that an audit or a comparison found.

    Parameters
    ----------
    version : str
        The version of whogains that computed it.
    created : str
        When, in UTC, ISO 8601; the only thing in which two equal runs differ.
    settings : mapping of str to JSON values
        Every setting that a number depends on.
    data : DataFinding
        What was audited.
    costs : tuple of CostFinding
        One for each cost, explainer and share kept.
    notes : tuple of str
        Warnings and choices that a reader must know.
    profiles : tuple of Profile
        Base rates and calibration of both models, one for each group in the order of the costs'
        groups; empty where the audit has none.
    warnings : tuple of WarningFinding
        Signs that the verdicts may be about nonsense, to be read before them.
    """

    version: str
    created: str
    settings: Mapping[str, Any]
    data: DataFinding
    costs: tuple[CostFinding, ...]
    notes: tuple[str, ...] = ()
    profiles: tuple[Profile, ...] = ()
    warnings: tuple[WarningFinding, ...] = ()
