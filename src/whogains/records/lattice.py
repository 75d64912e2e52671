"""The lattice of a choice: every set of attributes, and what telling one more gives whom."""

from __future__ import annotations

from dataclasses import dataclass

from whogains.records.words import Interval, Levels, Number, Verdict, cost_title, group_label

Asked = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecidingCost:
    """The cost that decides.

    Parameters
    ----------
    name, label : str
        The cost, and the cost in words.
    unit : str or None
        Of the cost and of every gain.
    delta : float
        The largest loss that does not matter: the margin asked for, else epsilon.
    why_delta : str
        Where delta comes from.
    """

    name: str
    label: str
    unit: str | None
    delta: float
    why_delta: str


@dataclass(frozen=True, slots=True)
class ExplainedGain:
    """What a set of attributes does to explanations, over everybody.

    Parameters
    ----------
    cost, label : str
        The cost of explanation, and the cost in words.
    explainer : str or None
        The explainer.
    keep : float or int or None
        How many features its explanations keep.
    unit : str or None
        Of the gain.
    gain : float or None
        The cost of explaining the model that is told nothing less that of this one.
    ci : tuple of (float or None)
        Two-sided interval of this gain alone at level 1 - alpha.
    """

    cost: str
    label: str
    explainer: str | None
    keep: float | int | None
    unit: str | None
    gain: Number
    ci: Interval

    @property
    def title(self) -> str:
        """The cost in words, with its explainer and keep."""
        return cost_title(self.label, self.explainer, self.keep)


@dataclass(frozen=True, slots=True)
class LatticeNode:
    """One set of attributes, and the model that is told them.

    Parameters
    ----------
    asked : tuple of str
        The attributes that everybody tells, besides those known anyway.
    model : str
        The name under which its predictions were given.
    burden : float
        The price of asking one person for all of them.
    cost : float or None
        Mean cost over everybody, of the cost that decides.
    gain, se : float or None
        What it gains over asking nothing, and the standard error.
    ci : tuple of (float or None)
        Two-sided interval of this gain alone at level 1 - alpha.
    explained : tuple of ExplainedGain
        What it does to explanations, where these were asked for.
    """

    asked: Asked
    model: str
    burden: float
    cost: Number
    gain: Number
    se: Number
    ci: Interval
    explained: tuple[ExplainedGain, ...] = ()


@dataclass(frozen=True, slots=True)
class EdgeGroup:
    """What telling one more attribute gives one group.

    Parameters
    ----------
    group : mapping of str to (str or None)
        The level of each attribute.
    n : int or None
        Rows; None for a group too small to be shown.
    gain, se : float or None
        The cost without the attribute less the cost with it, and its standard error.
    ci : tuple of (float or None)
        Interval of this gain alone.
    p_gain_adjusted, p_harm_adjusted : float or None
        After Holm's correction over all groups and edges of the cost.
    verdict : str
        "gain", "harm", "no material difference" or "cannot tell".
    """

    group: Levels
    n: int | None
    gain: Number
    se: Number
    ci: Interval
    p_gain_adjusted: Number
    p_harm_adjusted: Number
    verdict: Verdict

    @property
    def label(self) -> str:
        """The levels in one line."""
        return group_label(self.group)


@dataclass(frozen=True, slots=True)
class LatticeEdge:
    """What telling one more attribute gives, given what is told already.

    Parameters
    ----------
    cost : str
        The cost.
    unit : str or None
        Of the gains.
    told : tuple of str
        What is told already.
    tells : str
        The attribute told besides.
    gain : float or None
        Over everybody.
    ci : tuple of (float or None)
        Interval of this gain alone.
    groups : tuple of EdgeGroup
        One for each group.
    explainer : str or None
        The explainer, of a cost of explanation.
    keep : float or int or None
        How many features its explanations keep.
    """

    cost: str
    unit: str | None
    told: Asked
    tells: str
    gain: Number
    ci: Interval
    groups: tuple[EdgeGroup, ...]
    explainer: str | None = None
    keep: float | int | None = None
