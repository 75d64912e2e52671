"""The numbers of one cost, written alike so that they can be compared down a column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, isfinite, log10
from statistics import quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whogains.records import ChoiceRecord, CostChange, CostFinding, Interval


NOTHING = "–"
# The sign before a negative number where it is read; the terminal keeps one that can be copied.
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Figures:
    """How the numbers of one cost are written, so that a column lines up.

    Parameters
    ----------
    decimals : int or None
        Digits after the point; None for scientific notation.
    minus : str
        The sign before a negative number.
    """

    decimals: int | None
    minus: str = "-"

    def __call__(self, value: float | None) -> str:
        """Write one number; a dash where there is none, and 0 for what rounds to it."""
        if value is None or not isfinite(value):
            return NOTHING
        written = f"{value:.2e}" if self.decimals is None else f"{value:,.{self.decimals}f}"
        # Zero, and what rounds to it, is written in one way.
        if not written.strip("-0.,e+"):
            return "0"
        return written.replace("-", self.minus)

    def interval(self, ends: Interval) -> str:
        """Write an interval; a dash for an open end."""
        low, high = ends
        if low is None and high is None:
            return NOTHING
        return f"{self(low)} to {self(high)}"


def cost_figures(cost: CostFinding, minus: str = "-") -> Figures:
    """Choose how to write the numbers of a cost.

    Parameters
    ----------
    cost : CostFinding
        The cost.
    minus : str
        The sign before a negative number.

    Returns
    -------
    Figures
        As many decimals as the narrower intervals and epsilon need, and no more.
    """
    groups = cost.groups
    values = [
        cost.population.cost_generic,
        cost.population.bop,
        *(each for g in groups for each in (g.cost_generic, g.cost_personalized, g.bop, *g.ci)),
    ]
    intervals = [cost.population.ci, cost.gamma.ci, *(group.ci for group in groups)]
    return figures_for(intervals, values, cost.epsilon, minus)


def figures_for(
    intervals: Iterable[Interval], values: Iterable[float | None], epsilon: float, minus: str = "-"
) -> Figures:
    """Choose how to write numbers that are read together.

    Parameters
    ----------
    intervals : iterable of (float or None, float or None)
        Intervals, whose width says how fine the numbers are.
    values : iterable of (float or None)
        The numbers, of which the largest counts.
    epsilon : float
        The smallest effect that matters.
    minus : str
        The sign before a negative number.

    Returns
    -------
    Figures
        As many decimals as the narrower intervals and epsilon need, and no more.
    """
    widths = sorted(
        (high - low) / 2
        for low, high in intervals
        if low is not None and high is not None and high > low
    )
    # Of two numbers a quartile would lie outside them.
    narrow = quantiles(widths, n=4)[0] if len(widths) > 2 else min(widths, default=epsilon)
    scale = min(epsilon, narrow) if epsilon > 0 else narrow
    # A handful of rows without any spread must not fill the table with digits.
    scale = max(scale, epsilon * 1e-3)
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if scale <= 0 or scale < 1e-6 or largest >= 1e7:
        return Figures(None if scale > 0 else 3, minus)
    return Figures(max(0, ceil(-log10(scale)) + 1), minus)


def change_figures(cost: CostChange, minus: str = "-") -> Figures:
    """Choose as many decimals for a cost in both audits as the narrower intervals need."""
    each = [cost.population, *(group.bop for group in cost.groups)]
    intervals = [ci for one in each for ci in (one.ci_before, one.ci_after)]
    return figures_for(intervals, [one.before for one in each], cost.epsilon, minus)


def choice_figures(choice: ChoiceRecord, minus: str = "-") -> Figures:
    """Choose how to write the gains of a choice."""
    values = [node.gain for node in choice.lattice] + [group.gain for group in choice.routing]
    return figures_for(
        [node.ci for node in choice.lattice if node.asked],
        [*values, *(node.cost for node in choice.lattice)],
        choice.cost.delta,
        minus,
    )
