"""The result of `choose` as frozen numbers: which attributes to ask, of whom, and what it buys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from whogains.records.audit import DataFinding, WarningFinding
from whogains.records.lattice import Asked, DecidingCost, LatticeEdge, LatticeNode
from whogains.records.words import Levels, Number, Record, cost_title, group_label

Check = Literal["yes", "no", "cannot tell"]
Routed = Literal["certified", "too small to matter", "not certified", "not shown"]
Necessity = Literal["needed", "not needed", "cannot say"]
PolicyKind = Literal["nobody", "everybody", "requests", "routing"]


@dataclass(frozen=True, slots=True)
class RoutedGroup:
    """The certified choice for one group.

    Parameters
    ----------
    group : mapping of str to (str or None)
        The level of each attribute.
    n : int or None
        Rows; None for a group too small to be shown.
    share : float or None
        Its share of the people (of their weights).
    asked : tuple of str
        What it is best asked; nothing where nothing is certified.
    certified : tuple of tuple of str
        Every set that is certified for it.
    best : tuple of str
        The set with the largest estimated gain, certified or not.
    gain, se : float or None
        What `asked` gains the group over asking nothing.
    lower : float or None
        A lower bound for that gain: all such bounds, of every group and set, hold together at
        level 1 - alpha.
    best_gain : float or None
        The estimated gain of `best`.
    p_adjusted : float or None
        The smallest adjusted p-value of a set.
    verdict : str
        "certified", "too small to matter" (a gain is shown, and shown to be below delta),
        "not certified", or "not shown" (too few rows to be shown).
    served : tuple of str
        The set whose model the group gets from the requests.
    tells : tuple of str
        What the group tells on the way.
    required : int or None
        About how many rows the group needs for a gain of delta to be certified with the power in
        the settings.
    declining : mapping of str to (float or None)
        By attribute that its model uses, what the group loses where its people decline to tell
        that one, and are served without it: an estimate.
    everything_gain : float or None
        The estimated gain of telling everything.
    """

    group: Levels
    n: int | None
    share: Number
    asked: Asked
    certified: tuple[Asked, ...]
    best: Asked
    gain: Number
    se: Number
    lower: Number
    best_gain: Number
    p_adjusted: Number
    verdict: Routed
    served: Asked
    tells: Asked
    required: int | None
    declining: Mapping[str, Number] = field(default_factory=dict)
    everything_gain: Number = None

    @property
    def label(self) -> str:
        """The levels in one line."""
        return group_label(self.group)


@dataclass(frozen=True, slots=True)
class RequestStep:
    """One step of the requests: who has told what is asked for one more attribute, or served.

    Parameters
    ----------
    told : mapping of str to (str or None)
        What these people have told, in the order of the questions.
    ask : str or None
        The attribute they are asked for next; None where nothing more is asked.
    served : tuple of str
        Where nothing more is asked: the attributes that their model uses.
    n : int
        Rows.
    share : float
        Their share of the people.
    """

    told: Levels
    ask: str | None
    served: Asked
    n: int
    share: float

    @property
    def label(self) -> str:
        """What has been told, in one line."""
        return group_label(self.told) or "everybody"


@dataclass(frozen=True, slots=True)
class EverybodySet:
    """One set of attributes asked of everybody.

    Parameters
    ----------
    asked : tuple of str
        The set.
    burden : float
        For each person.
    p, p_adjusted : float or None
        For the null that some group loses delta or more against asking nothing, or against asking
        everything: bare, and after Holm's correction over all sets.
    certified : bool
        Whether `p_adjusted` is at most alpha.
    worst_group : mapping or None
        The group of the largest p-value.
    required : int or None
        About how many rows in all would tell, with the groups' shares, if no group lost anything.
    """

    asked: Asked
    burden: float
    p: Number
    p_adjusted: Number
    certified: bool
    worst_group: Levels | None
    required: int | None


@dataclass(frozen=True, slots=True)
class EverybodyFinding:
    """One set for everybody.

    Parameters
    ----------
    asked : tuple of str or None
        The certified set with the least burden; None where none is certified.
    safest : tuple of str
        The set with the smallest p-value, certified or not.
    sets : tuple of EverybodySet
        Every set, by burden.
    """

    asked: Asked | None
    safest: Asked
    sets: tuple[EverybodySet, ...]


@dataclass(frozen=True, slots=True)
class NecessityFinding:
    """Whether an attribute is needed, given all others.

    Parameters
    ----------
    attribute : str
        The attribute.
    verdict : str
        "needed" (some group is shown to lose more than delta without it), "not needed" (every
        group is shown to lose less than delta), or "cannot say".
    groups : tuple of mapping
        The groups that are shown to lose more than delta.
    loss : float or None
        What everybody loses without it.
    worst_group : mapping or None
        The group that is estimated to lose most.
    worst_loss : float or None
        What that group is estimated to lose.
    p_needed, p_not_needed : float or None
        Adjusted p-values of both claims.
    more : int or None
        Where these data cannot say: about how many rows more, in the groups that have too few,
        would show that it is not needed if no group lost anything.
    """

    attribute: str
    verdict: Necessity
    groups: tuple[Levels, ...]
    loss: Number
    worst_group: Levels | None
    worst_loss: Number
    p_needed: Number
    p_not_needed: Number
    more: int | None


@dataclass(frozen=True, slots=True)
class ExplainedPolicy:
    """What one way to ask does to explanations, over everybody.

    Parameters
    ----------
    cost, label, explainer, keep, unit
        As in `ExplainedGain`.
    gain : float or None
        The cost of explaining the model that is told nothing less that of the models in use.
    lower : float or None
        A lower bound for the gain on this cost: of sets for everybody all hold together at level
        1 - alpha, of requests and of routing each whatever it chose. Costs are each alone.
    """

    cost: str
    label: str
    explainer: str | None
    keep: float | int | None
    unit: str | None
    gain: Number
    lower: Number

    @property
    def title(self) -> str:
        """The cost in words, with its explainer and keep."""
        return cost_title(self.label, self.explainer, self.keep)


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """One way to ask: a point of the frontier.

    Parameters
    ----------
    kind : str
        "nobody"; "everybody" (one set for all); "requests" (the advice: one question after the
        other, by what was told); "routing" (each group tells what is certified for it, and knows
        by itself which that is).
    asked : tuple of str
        For one set, the set; else every attribute that somebody is asked for.
    burden : float
        Price of asking, per person.
    people_asked : float
        Share of people who are asked for anything.
    attributes_asked : float
        Attributes asked for, per person.
    cost, gain : float or None
        Over everybody; the gain is over asking nothing.
    lower : float or None
        A lower bound for the gain that holds although the policy was chosen from the same rows.
    worst_group : mapping or None
        The group with the smallest estimated gain.
    worst_gain, worst_lower : float or None
        Its gain, and a lower bound for the smallest gain of any group.
    rational, envy_free, minimal : str
        "yes" (shown), "no" (the contrary is shown) or "cannot tell": no group does worse than with
        nothing told; no group does better by more than delta with another group's model; no
        attribute is asked whose removal costs no group more than delta.
    dominated : bool
        Whether another set for everybody with no more burden is shown to cost less.
    explained : tuple of ExplainedPolicy
        What it does to explanations, where these were asked for.
    """

    kind: PolicyKind
    asked: Asked
    burden: float
    people_asked: float
    attributes_asked: float
    cost: Number
    gain: Number
    lower: Number
    worst_group: Levels | None
    worst_gain: Number
    worst_lower: Number
    rational: Check
    envy_free: Check
    minimal: Check
    dominated: bool
    explained: tuple[ExplainedPolicy, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcedureValue:
    """What the procedure of advising is worth: advice made without the people that it is for.

    Parameters
    ----------
    folds : int
        Outer folds: in each, models are fitted and the advice is chosen on the others.
    gain : float
        Mean gain over asking nothing, of people on whom the advice was not made.
    fold_gains : tuple of float
        The same in each outer fold.
    everything : float
        What asking everybody everything gains the same people.
    kept : float or None
        `gain` as a share of `everything`; None where that is not positive.
    asked : float
        Burden as a share of that of asking everybody everything.
    people_asked : float
        Share of people who are asked for anything.
    """

    folds: int
    gain: float
    fold_gains: tuple[float, ...]
    everything: float
    kept: Number
    asked: float
    people_asked: float


@dataclass(frozen=True, slots=True)
class ValueFinding:
    """What the advice is worth, on the rows that chose it, with bounds that allow for that.

    Parameters
    ----------
    gain : float or None
        Estimated gain of the requests over asking nothing; too high by selection.
    lower : float or None
        A lower bound at level 1 - alpha for every policy at once, so for the chosen one.
    everything : float or None
        Estimated gain of asking everybody everything.
    kept : float or None
        `gain` as a share of `everything`.
    kept_lower : float or None
        A lower bound for that share; None where asking everything is not shown to gain.
    asked : float
        Burden of the requests as a share of that of asking everybody everything.
    routing_gain : float or None
        Estimated gain where each group tells what is certified for it.
    routing_asked : float
        Its burden as a share of asking everything.
    procedure : ProcedureValue or None
        The value of making such advice, where outer folds were asked for. It speaks of other advice
        than this one: what would come of the same steps on other people.
    """

    gain: Number
    lower: Number
    everything: Number
    kept: Number
    kept_lower: Number
    asked: float
    routing_gain: Number
    routing_asked: float
    procedure: ProcedureValue | None = None


@dataclass(frozen=True, slots=True)
class ChoiceRecord(Record):
    """Which attributes to ask, of whom, and what each answer buys whom.

    Parameters
    ----------
    version, created : str
        The version of whogains that computed it, and when.
    settings : mapping
        Every setting that a number depends on.
    data : DataFinding
        What was audited; `personal` are the attributes of the lattice.
    cost : DecidingCost
        The cost that decides.
    lattice : tuple of LatticeNode
        Every set of attributes.
    edges : tuple of LatticeEdge
        What each attribute buys whom, on every cost.
    routing : tuple of RoutedGroup
        The certified choice for each group.
    requests : tuple of RequestStep
        The advice: whom to ask for what, one question after the other.
    everybody : EverybodyFinding
        One set for everybody.
    necessity : tuple of NecessityFinding
        Whether each attribute is needed.
    policies : tuple of PolicyFinding
        The frontier.
    value : ValueFinding
        What the advice is worth.
    notes : tuple of str
        Warnings and choices that a reader must know.
    warnings : tuple of WarningFinding
        Signs that the advice may rest on nonsense, to be read before it.
    """

    version: str
    created: str
    settings: Mapping[str, Any]
    data: DataFinding
    cost: DecidingCost
    lattice: tuple[LatticeNode, ...]
    edges: tuple[LatticeEdge, ...]
    routing: tuple[RoutedGroup, ...]
    requests: tuple[RequestStep, ...]
    everybody: EverybodyFinding
    necessity: tuple[NecessityFinding, ...]
    policies: tuple[PolicyFinding, ...]
    value: ValueFinding
    notes: tuple[str, ...] = ()
    warnings: tuple[WarningFinding, ...] = ()

    @property
    def level(self) -> float:
        """The level of every family of claims."""
        return 1 - float(self.settings.get("alpha", 0.05))
