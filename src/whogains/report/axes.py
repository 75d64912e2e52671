"""Where numbers fall on an axis, in per cent of its length, so that a drawing has any width."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from statistics import median
from typing import TYPE_CHECKING

from whogains.records import Interval
from whogains.report.judged_groups import is_judged

if TYPE_CHECKING:
    from whogains.records import CostFinding


PADDING = 3.0
# An interval this many times wider than the usual one does not set the scale: where it lies
# beyond the others the axis is pressed together, or it would flatten them.
WIDEST = 6.0
# Per cent of an axis that what lies beyond the usual takes, on each side that has some.
PRESSED = 14.0
# What is beyond by less than this share of the usual is no reason to press.
NEAR = 0.4
# Labels of an axis with pressed ends are at least so many per cent apart.
APART = 19.0


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
    usual : tuple of float, or None
        Where the scale is even; what lies beyond, to the ends, is pressed together.
    """

    low: float
    high: float
    log: bool = False
    padding: float = PADDING
    usual: tuple[float, float] | None = None

    def __call__(self, value: float) -> float:
        """Give a number's place in per cent; what lies outside goes to the nearer end."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            share = log10(inside / self.low) / log10(self.high / self.low)
        elif self.usual is not None:
            share = self._pressed(inside, *self.usual)
        else:
            share = (inside - self.low) / (self.high - self.low)
        return round(self.padding + (100 - 2 * self.padding) * share, 2)

    def _pressed(self, value: float, low: float, high: float) -> float:
        before, after = (PRESSED / 100 * beyond for beyond in (low > self.low, high < self.high))
        if value < low:
            return before * (value - self.low) / (low - self.low)
        if value > high:
            return 1 - after * (self.high - value) / (self.high - high)
        return before + (1 - before - after) * (value - low) / (high - low)

    def breaks(self) -> list[float]:
        """Give the places, in per cent, beyond which the axis is pressed together."""
        low, high = self.usual or (self.low, self.high)
        return [self(each) for each, end in ((low, self.low), (high, self.high)) if each != end]

    def flipped(self) -> Scale:
        """Give the axis of the same numbers with the other sign."""
        usual = None if self.usual is None else (-self.usual[1], -self.usual[0])
        return Scale(-self.high, -self.low, self.log, self.padding, usual)

    def holds(self, value: float) -> bool:
        """Whether a number lies on the axis."""
        return self.low <= value <= self.high

    def ticks(self, most: int = 6, minus: str = "−") -> list[Tick]:
        """Choose about so many round numbers along the axis, ascending."""
        values = self._log_values(most) if self.log else self._linear_values(most)
        ticks = [
            Tick(value, self(value), f"{value:.6g}".replace("-", minus))
            for value in values
            if self.holds(value)
        ]
        if self.usual is None:
            return ticks
        low, high = self.usual
        ends = [each for each, kept in ((self.low, low), (self.high, high)) if each != kept]
        said = [Tick(each, self(each), f"{each:.2g}".replace("-", minus)) for each in ends]
        kept = [t for t in ticks if all(abs(t.at - end.at) >= APART for end in said)]
        return sorted([*kept, *said], key=lambda tick: tick.value)

    def _linear_values(self, most: int) -> list[float]:
        low, high = self.usual or (self.low, self.high)
        rough = (high - low) / most
        power = 10.0 ** floor(log10(rough))
        step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough)
        first, last = ceil(low / step), floor(high / step)
        return [float(f"{k * step:.12g}") for k in range(first, last + 1)]

    def _log_values(self, most: int) -> list[float]:
        decades = range(floor(log10(self.low)), ceil(log10(self.high)) + 1)
        for leads in ((1, 2, 5), (1, 3), (1,)):
            values = [float(f"{m * 10.0**p:.12g}") for p in decades for m in leads]
            if sum(map(self.holds, values)) <= most + 2:
                break
        return values


def benefit_scale(
    intervals: Iterable[Interval],
    points: Iterable[float],
    epsilon: float,
    *,
    apart: Iterable[float] = (),
) -> Scale:
    """Choose an axis for benefits that holds zero, epsilon and every number that is drawn.

    Parameters
    ----------
    intervals : iterable of (float or None, float or None)
        Intervals; those much wider than the usual one do not set the scale.
    points : iterable of float
        Estimates, which do not set it either where there are intervals.
    epsilon : float
        The smallest effect that matters.
    apart : iterable of float
        Further numbers that must be on the axis.

    Returns
    -------
    Scale
        Even over the usual numbers; where others lie far beyond, pressed together out there.

    Examples
    --------
    >>> benefit_scale([(-1.0, 3.0), (0.0, 2.0)], [1.0, 1.0], 0.5)
    Scale(low=-1.0, high=3.0, log=False, padding=3.0, usual=None)
    >>> benefit_scale([(-1.0, 1.0)], [0.0], 0.5, apart=[-40.0]).usual
    (-1.0, 1.0)
    """
    intervals, points = list(intervals), list(points)
    closed = [(low, high) for low, high in intervals if low is not None and high is not None]
    width = median(high - low for low, high in closed) if closed else 0.0
    kept = [pair for pair in closed if pair[1] - pair[0] <= WIDEST * width]
    ends = [end for pair in kept for end in pair] or points
    ends += [0.0, -epsilon, epsilon]
    every = [*ends, *points, *apart, *(e for pair in intervals for e in pair if e is not None)]
    every = [each for each in every if isfinite(each)]
    low, high = min(ends), max(ends)
    if not (isfinite(high - low) and high > low):
        return Scale(-1.0, 1.0)
    first, last = min(every), max(every)
    # What is a little beyond widens the axis.
    reach = NEAR * (high - low)
    low, high = (
        first if low - first <= reach else low,
        last if last - high <= reach else high,
    )
    if (first, last) == (low, high) or not isfinite(last - first):
        return Scale(low, high)
    return Scale(first, last, usual=(low, high))


def effect_scale(grid: tuple[float, ...]) -> Scale:
    """Choose an axis for ascending effects: logarithmic where they span over a power of ten."""
    low, high = grid[0], grid[-1]
    if not high > low:
        low, high = 0.0, max(2 * high, 1.0)
    return Scale(low, high, log=low > 0 and high / low > 10, padding=0.0)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point with its interval on an axis, in per cent.

    Parameters
    ----------
    at : float or None
        The point; None where there is none.
    start, end : float or None
        The interval; None where there is none.
    more_before, more_after : bool
        Whether the interval has no end on that side.
    faint : bool
        Whether the interval is approximate.
    """

    at: float | None
    start: float | None
    end: float | None
    more_before: bool
    more_after: bool
    faint: bool = False


def scale_for(cost: CostFinding, factor: float) -> Scale:
    """Choose the axis for a cost's benefits times a factor; small groups do not set its scale.

    Parameters
    ----------
    cost : CostFinding
        The cost.
    factor : float
        What benefits are multiplied by.

    Returns
    -------
    Scale
        It holds every estimate and every end of an interval.
    """
    judged = [group for group in cost.groups if is_judged(group) and None not in group.ci]
    setting = judged or list(cost.groups)
    apart = [end * factor for g in cost.groups for end in (g.bop, *g.ci) if end is not None]
    return benefit_scale(
        [scaled(group.ci, factor) for group in setting],
        [group.bop * factor for group in setting if group.bop is not None],
        cost.epsilon * factor,
        apart=apart,
    )


def scaled(ends: Interval, factor: float) -> Interval:
    """Multiply the ends of an interval."""
    low, high = ends
    return None if low is None else low * factor, None if high is None else high * factor


def mark(scale: Scale, point: float | None, interval: Interval, *, faint: bool = False) -> Mark:
    """Place a point and its interval on an axis.

    Parameters
    ----------
    scale : Scale
        The axis.
    point : float or None
        The point.
    interval : tuple of (float or None)
        Its interval; an end that is None goes on past the axis.
    faint : bool
        Whether the interval is approximate.

    Returns
    -------
    Mark
        The places.
    """
    low, high = interval
    if point is None:
        return Mark(None, None, None, more_before=False, more_after=False)
    drawn = low is not None or high is not None
    return Mark(
        at=scale(point),
        start=scale(scale.low if low is None else low) if drawn else None,
        end=scale(scale.high if high is None else high) if drawn else None,
        more_before=drawn and low is None,
        more_after=drawn and high is None,
        faint=faint,
    )
