"""Where numbers fall on an axis, in per cent of its length, so that a drawing has any width."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from statistics import median

from whogains.records import Interval

PADDING = 3.0
# An interval this many times wider than the usual one is cut, or it would flatten the others.
WIDEST = 6.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis.

    Parameters
    ----------
    value : float
        The number.
    at : float
        Its place in per cent.
    label : str
        The number as written.
    """

    value: float
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from one number to another.

    Parameters
    ----------
    low, high : float
        Its ends, low below high.
    log : bool
        Whether equal steps are equal ratios; then both ends are positive.
    padding : float
        Per cent left free on both sides.
    """

    low: float
    high: float
    log: bool = False
    padding: float = PADDING

    def __call__(self, value: float) -> float:
        """Give a number's place in per cent; what lies outside goes to the nearer end."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            share = log10(inside / self.low) / log10(self.high / self.low)
        else:
            share = (inside - self.low) / (self.high - self.low)
        return round(self.padding + (100 - 2 * self.padding) * share, 2)

    def holds(self, value: float) -> bool:
        """Whether a number lies on the axis."""
        return self.low <= value <= self.high

    def ticks(self, most: int = 6, minus: str = "−") -> list[Tick]:
        """Choose about so many round numbers along the axis, ascending."""
        values = self._log_values(most) if self.log else self._linear_values(most)
        return [
            Tick(value, self(value), f"{value:.6g}".replace("-", minus))
            for value in values
            if self.holds(value)
        ]

    def _linear_values(self, most: int) -> list[float]:
        rough = (self.high - self.low) / most
        power = 10.0 ** floor(log10(rough))
        step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough)
        first, last = ceil(self.low / step), floor(self.high / step)
        return [float(f"{k * step:.12g}") for k in range(first, last + 1)]

    def _log_values(self, most: int) -> list[float]:
        decades = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
        for leads in ((1, 2, 5), (1, 3), (1,)):
            values = [float(f"{m * 10.0**p:.12g}") for p in decades for m in leads]
            if sum(map(self.holds, values)) <= most + 2:
                break
        return values


def benefit_scale(intervals: Iterable[Interval], points: Iterable[float], epsilon: float) -> Scale:
    """Choose an axis for benefits that shows zero, epsilon and all but outlandish intervals.

    Examples
    --------
    >>> benefit_scale([(-1.0, 3.0), (0.0, 2.0)], [1.0, 1.0], 0.5)
    Scale(low=-1.0, high=3.0, log=False, padding=3.0)
    """
    closed = [(low, high) for low, high in intervals if low is not None and high is not None]
    usual = median(high - low for low, high in closed) if closed else 0.0
    kept = [pair for pair in closed if pair[1] - pair[0] <= WIDEST * usual]
    ends = [end for pair in kept for end in pair] or [*points]
    ends += [0.0, -epsilon, epsilon]
    low, high = min(ends), max(ends)
    if not (isfinite(high - low) and high > low):
        low, high = -1.0, 1.0
    return Scale(low, high)


def effect_scale(grid: tuple[float, ...]) -> Scale:
    """Choose an axis for ascending effects: logarithmic where they span over a power of ten."""
    low, high = grid[0], grid[-1]
    if not high > low:
        low, high = 0.0, max(2 * high, 1.0)
    return Scale(low, high, log=low > 0 and high / low > 10, padding=0.0)
