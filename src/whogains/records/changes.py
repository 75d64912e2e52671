"""What changed between two audits, such as of an old and a new model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from whogains.records.words import (
    GammaVerdict,
    Interval,
    Levels,
    Number,
    Record,
    Verdict,
    cost_title,
    group_label,
)

Kind = Literal["prediction", "explanation"]


@dataclass(frozen=True, slots=True)
class Change:
    """One benefit before and after.

    Parameters
    ----------
    before, after : float or None
        The BoP in each audit.
    ci_before, ci_after : tuple of (float or None)
        Their intervals.
    change : float or None
        The BoP after less the BoP before.
    ci : tuple of (float or None)
        Interval for `change` at `ChangesRecord.level`, whether or not the audits share people.
    """

    before: Number
    after: Number
    ci_before: Interval
    ci_after: Interval
    change: Number
    ci: Interval


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What changed for one group on one cost.

    Parameters
    ----------
    group : mapping of str to (str or None)
        The level of each attribute.
    n_before, n_after : int or None
        Rows.
    verdict_before, verdict_after : str or None
        The verdicts; None in an audit without that group.
    bop : Change
        The benefit.
    words : str
        The two verdicts in words, such as "was harmed, now gains".
    clusters_before, clusters_after : int or None
        Clusters that the rows are in; None where none were named.
    """

    group: Levels
    n_before: int | None
    n_after: int | None
    verdict_before: Verdict | None
    verdict_after: Verdict | None
    bop: Change
    words: str
    clusters_before: int | None = None
    clusters_after: int | None = None

    @property
    def label(self) -> str:
        """The levels in one line."""
        return group_label(self.group)


@dataclass(frozen=True, slots=True)
class CostChange:
    """What changed on one cost.

    Parameters
    ----------
    name, kind, label, unit, explainer, keep, epsilon
        As in `CostFinding`; epsilon of the second audit.
    gamma_before, gamma_after : str
        The verdicts on the worst-served group.
    population, gamma : Change
        The benefit of everybody, and of the worst-served group of each audit.
    groups : tuple of GroupChange
        In the order of the second audit, then groups that only the first one has.
    """

    name: str
    kind: Kind
    label: str
    unit: str | None
    explainer: str | None
    keep: float | int | None
    epsilon: float
    gamma_before: GammaVerdict
    gamma_after: GammaVerdict
    population: Change
    gamma: Change
    groups: tuple[GroupChange, ...]

    @property
    def title(self) -> str:
        """The cost in words, with its explainer and share where it has them."""
        return cost_title(self.label, self.explainer, self.keep)


@dataclass(frozen=True, slots=True)
class ChangesRecord(Record):
    """Two audits side by side.

    Parameters
    ----------
    version : str
        The version of whogains that compared them.
    created_before, created_after : str
        When the audits were made.
    level : float
        Level of the intervals for changes: 1 less the alphas of both audits.
    costs : tuple of CostChange
        The costs that both audits have.
    notes : tuple of str
        What could not be compared, and which settings differ.
    target : str
        The outcome of the second audit.
    rows_before, rows_after : int or None
        Rows audited.
    """

    version: str
    created_before: str
    created_after: str
    level: float
    costs: tuple[CostChange, ...]
    notes: tuple[str, ...] = ()
    target: str = ""
    rows_before: int | None = None
    rows_after: int | None = None
