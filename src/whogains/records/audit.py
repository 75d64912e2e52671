"""The result of an audit as frozen numbers and verdicts, with no model and no row inside.

The classes mirror the JSON file key by key, so that what is documented here is documented there.
A number that could not be computed is None, never NaN or infinity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from whogains.records.distributions import Distribution, Profile
from whogains.records.words import (
    GammaVerdict,
    Interval,
    Levels,
    Number,
    Reason,
    Record,
    Verdict,
    cost_title,
    group_label,
)
from whogains.types import LimitsVerdict, Task


@dataclass(frozen=True, slots=True)
class OverPlacebo:
    """What the personalized model gains over one fitted on other people's attributes.

    Parameters
    ----------
    bop : float or None
        Mean cost of the placebos less that of the personalized model, on the same people.
    se, ci, method, p_gain, p_harm
        As in `PopulationFinding`, of this difference.
    placebo_bop : float or None
        What the placebos gain over the generic model: the benefit of columns that tell nothing.
    placebo_sd : float or None
        Its standard deviation over rounds of fitting; None where there was one round.
    p_gain_adjusted, p_harm_adjusted : float or None
        The p-values after Holm's correction, for groups.
    verdict : str or None
        The verdict on this difference, by the rules and epsilon of the cost; None over everybody.
    """

    bop: Number
    se: Number
    ci: Interval
    method: str | None
    p_gain: Number
    p_harm: Number
    placebo_bop: Number
    placebo_sd: Number = None
    p_gain_adjusted: Number = None
    p_harm_adjusted: Number = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class PopulationFinding:
    """The benefit over everybody in the data.

    Parameters
    ----------
    n : int
        Rows.
    cost_generic, cost_personalized : float or None
        Mean cost of each model, in the cost's unit.
    bop : float or None
        Benefit of personalization: the generic cost less the personalized one.
    se : float or None
        Standard error of `bop`.
    ci : tuple of (float or None)
        Two-sided interval for `bop` at level 1 - alpha.
    method, test : str or None
        What `ci` and the p-values were computed by.
    p_gain, p_harm : float or None
        One-sided p-values of the nulls bop <= 0 and bop >= 0.
    clusters : int or None
        Clusters that these rows are in; None where none were named.
    approximate_error : float or None
        Where `method` is "approximate": how often an end of `ci` errs at most. No test is made.
    clipped_generic, clipped_personalized : int or None
        For log loss, rows whose outcome had a probability of 0, which is clipped.
    clipped_cost_generic, clipped_cost_personalized : float or None
        How much of the model's mean cost these rows make.
    seed_share : float or None
        The share of seeds and folds in the squared standard error; None where models were given
        or fitted in one round.
    over_placebo : OverPlacebo or None
        The same beside a placebo, where one was fitted.
    """

    n: int
    cost_generic: Number
    cost_personalized: Number
    bop: Number
    se: Number
    ci: Interval
    method: str | None
    test: str | None
    p_gain: Number
    p_harm: Number
    clusters: int | None = None
    approximate_error: Number = None
    clipped_generic: int | None = None
    clipped_personalized: int | None = None
    clipped_cost_generic: Number = None
    clipped_cost_personalized: Number = None
    seed_share: Number = None
    over_placebo: OverPlacebo | None = None


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """The benefit of one group, and what may be said of it.

    Parameters
    ----------
    group : mapping of str to (str or None)
        The level of each attribute; None where the attribute is missing.
    n : int or None
        Rows, 0 for a group that can occur but has none; None where the group is too small to be
        shown, and then every number is None.
    cost_generic, cost_personalized, bop, se, ci, method, test, p_gain, p_harm
        As in `PopulationFinding`, inside the group.
    p_gain_adjusted, p_harm_adjusted : float or None
        The p-values after Holm's correction, for the family that the settings name.
    p_equivalent, p_equivalent_adjusted : float or None
        The p-value of two one-sided tests of the null abs(bop) >= epsilon, bare and after Holm.
    verdict : str
        "gain", "harm", "no material difference" or "cannot tell".
    reason : str or None
        Why one cannot tell: "untestable" (no test on so few rows could), "inconclusive" (one
        could have, these rows did not), "too few rows" (no interval can be trusted) or "one label"
        (both models give all of them the same label); None for any other verdict.
    detectable : float or None
        The effect with which the verdict is "gain" with the power in the settings, whatever the
        other groups' benefits: at the first step of Holm, and with the penalty for tails of t.
    note : str or None
        What else a reader must know, such as a group with a single outcome class.
    required : int or None
        About how many rows of this group epsilon needs to be told as "gain" with that power, with
        the spread seen in the group, once all groups have enough rows for a test; where `ci` is a
        bound, with how many it lies within epsilon, if that is sooner and the models go on to
        agree as they do.
    required_every_group : int or None
        About how many rows of this group the verdict "every group gains" takes with that power,
        where each group gains epsilon and has as many rows as it says for that group.
    p_non_inferior, p_non_inferior_adjusted : float or None
        The p-value of the null bop <= -margin, bare and after Holm; None without a margin.
    clusters : int or None
        Clusters that the group's rows are in; None where none were named.
    approximate_error, clipped_generic and so on, seed_share, over_placebo
        As in `PopulationFinding`, inside the group.
    other_seed : float or None
        About how often another run, with other folds and seeds, would give another verdict; None
        where there was one round.
    by_scale : bool
        For a raw cost of explanation, whether its verdict differs from that of the normalized
        cost, and most of the difference is the scale of the models' predictions.
    """

    group: Levels
    n: int | None
    cost_generic: Number
    cost_personalized: Number
    bop: Number
    se: Number
    ci: Interval
    method: str | None
    test: str | None
    p_gain: Number
    p_harm: Number
    p_gain_adjusted: Number
    p_harm_adjusted: Number
    p_equivalent: Number
    p_equivalent_adjusted: Number
    verdict: Verdict
    reason: Reason | None
    detectable: Number
    note: str | None = None
    required: int | None = None
    p_non_inferior: Number = None
    p_non_inferior_adjusted: Number = None
    clusters: int | None = None
    approximate_error: Number = None
    clipped_generic: int | None = None
    clipped_personalized: int | None = None
    clipped_cost_generic: Number = None
    clipped_cost_personalized: Number = None
    required_every_group: int | None = None
    seed_share: Number = None
    over_placebo: OverPlacebo | None = None
    other_seed: Number = None
    by_scale: bool = False

    @property
    def label(self) -> str:
        """The levels in one line, as "Male, White"."""
        return group_label(self.group)


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
class LimitsCurve:
    """Bounds on the error of any test that every group gains, over a grid of effects.

    Parameters
    ----------
    epsilon : tuple of float
        Effects, in the cost's unit, ascending.
    paper, weighted, below, above : tuple of (float or None)
        The bounds at each effect, in the convention of the settings.
    untestable_alone : tuple of int, or None
        For each group, how many of the effects, counted from the smallest, no test of that group
        alone can tell; None where the audit does not hold it.
    verdict : tuple of str, or None
        "untestable", "borderline" or "testable" at each effect.
    """

    epsilon: tuple[float, ...]
    paper: tuple[Number, ...]
    weighted: tuple[Number, ...]
    below: tuple[Number, ...]
    above: tuple[Number, ...]
    untestable_alone: tuple[int, ...] | None = None
    verdict: tuple[LimitsVerdict, ...] | None = None


@dataclass(frozen=True, slots=True)
class LimitsFinding:
    """Whether these sizes can tell "some group gets nothing" from "every group gains epsilon".

    Parameters
    ----------
    epsilon : float or None
        The effect asked about, in the cost's unit; None where a plan was asked about none.
    paper : float or None
        The lower bound of Cornelis et al., Theorem 5.1; 0 where it is vacuous.
    weighted : float or None
        The same bound with the best weights over groups.
    below, above : float or None
        No test errs less than `below`; a test exists that errs at most `above`.
    detectable : float or None
        `detectable_every_group`, by the name that it had first.
    verdict : str or None
        "untestable", "borderline" or "testable"; None where no spread could be estimated.
    curve : LimitsCurve or None
        The same bounds over a grid of effects.
    detectable_every_group : float or None
        The effect which, in every group, makes the verdict "every group gains" with the power in
        the settings.
    required_every_group : int or None
        About how many rows, of all groups together, that takes at epsilon: the sum of what the
        groups need.
    """

    epsilon: Number
    paper: Number
    weighted: Number
    below: Number
    above: Number
    detectable: Number
    verdict: LimitsVerdict | None
    curve: LimitsCurve | None = None
    detectable_every_group: Number = None
    required_every_group: int | None = None


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
    """

    rows: int
    rows_dropped: int
    personal: tuple[str, ...]
    groups: tuple[str, ...]
    target: str
    task: Task
    positive: str | None = None
    clusters: int | None = None


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
