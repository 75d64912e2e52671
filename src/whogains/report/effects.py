"""What a benefit is in words that people use: percentage points, the outcome's unit, one in N."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whogains.report.cost_figures import MINUS, Figures, cost_figures
from whogains.report.words import plain, significant, with_unit

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding, Interval

POINTS = "percentage points"
# What is better and what is worse, said of a benefit {x}.
_BETTER_WORSE = {
    "zero_one": ("{x} fewer wrong predictions", "{x} more wrong predictions"),
    "absolute_error": (
        "predictions {x} closer to the outcome",
        "predictions {x} further from the outcome",
    ),
    "auc": ("AUC higher by {x}", "AUC lower by {x}"),
    "macro_auc": ("macro AUC higher by {x}", "macro AUC lower by {x}"),
    "r2": ("R² higher by {x}", "R² lower by {x}"),
}
# Costs that are 0 where predictions are perfect: a benefit is a share of what they are.
_RATIOS = ("brier", "log_loss", "poisson_deviance", "squared_error")
_LABELS_CHANGED = {
    "sufficiency": (
        "{x} fewer predicted classes that change when only the important features are kept",
        "{x} more predicted classes that change when only the important features are kept",
    ),
    "incomprehensiveness": (
        "{x} more predicted classes that change when the important features are hidden",
        "{x} fewer predicted classes that change when the important features are hidden",
    ),
}


@dataclass(frozen=True, slots=True)
class Effects:
    """How the benefits of one cost are said.

    Parameters
    ----------
    factor : float
        What a benefit is multiplied by to be written: 100 for shares, else 1.
    unit : str
        What follows the number; empty where there is nothing to say.
    share : bool
        Whether a benefit is a share of people.
    better, worse : str
        What a benefit above and below zero is, with its size at {x}.
    write : Figures
        How to write what was multiplied.
    ratio : bool
        Whether a benefit may be said as a share of the generic model's cost.
    """

    factor: float
    unit: str
    share: bool
    better: str
    worse: str
    write: Figures
    ratio: bool = False

    def size(self, value: float) -> str:
        """Write how large a benefit is, without its sign, with its unit."""
        return f"{self.write(abs(value) * self.factor)}{f' {self.unit}' if self.unit else ''}"

    def says(self, value: float) -> str:
        """Say what a benefit is, such as "8.0 percentage points fewer wrong predictions"."""
        # Only the size is put in: names from the data may hold braces.
        return (self.better if value >= 0 else self.worse).replace("{x}", self.size(value))

    def signed(self, value: float | None) -> str:
        """Write a benefit with its sign."""
        if value is None:
            return self.write(None)
        written = self.write(value * self.factor)
        return written if value <= 0 or written == "0" else f"+{written}"

    def interval(self, ends: Interval, *, flipped: bool = False) -> str:
        """Write an interval, of the size of a loss where flipped; an end without a bound is said.

        An empty text where neither end has one.
        """
        low, high = (None if end is None else end * self.factor for end in ends)
        if flipped:
            low, high = (None if end is None else -end for end in (high, low))
        if low is None and high is None:
            return ""
        if low is None:
            return f"at most {self.write(high)}"
        return f"at least {self.write(low)}" if high is None else self.write.interval((low, high))


def effects(findings: AuditRecord, cost: CostFinding) -> Effects:
    """Choose how to say the benefits of a cost.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    cost : CostFinding
        One of its costs.

    Returns
    -------
    Effects
        In percentage points where the benefit is a share of people, else in the cost's unit.
    """
    write = cost_figures(cost, MINUS)
    labels = cost.kind == "explanation" and findings.settings.get("change") == "label"
    pair = _LABELS_CHANGED.get(cost.name) if labels else _BETTER_WORSE.get(cost.name)
    share = pair is not None and (labels or cost.name == "zero_one")
    if pair is None:
        label = plain(cost.label, 60).replace("{", "(").replace("}", ")")
        pair = f"{label} lower by {{x}}", f"{label} higher by {{x}}"
    if not share:
        unit = plain(cost.unit, 40) if cost.unit else ""
        return Effects(1.0, unit, False, *pair, write, cost.name in _RATIOS)
    decimals = None if write.decimals is None else max(1, write.decimals - 2)
    return Effects(100.0, POINTS, True, *pair, Figures(decimals, MINUS))


def epsilon_size(say: Effects, epsilon: float) -> str:
    """Write epsilon by itself, in the words of a cost's benefits."""
    return with_unit(significant(epsilon * say.factor), say.unit or None)


def share_words(bop: float, generic: float) -> str:
    """Say how much of the generic model's cost a benefit is.

    Examples
    --------
    >>> share_words(0.012, 0.2), share_words(-0.0001, 0.2)
    ("6.0 % of the generic model's", "0.05 % of the generic model's")
    """
    share = 100 * abs(bop) / generic
    return (
        f"{share:.1f} % of the generic model's"
        if share >= 0.1
        else (f"{share:.2g} % of the generic model's")
    )
