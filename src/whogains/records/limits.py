"""What any test could tell on such sizes."""

from __future__ import annotations

from dataclasses import dataclass

from whogains.records.words import Number
from whogains.types import LimitsVerdict


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
