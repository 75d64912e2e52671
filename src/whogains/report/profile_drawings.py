"""Individual differences, calibration and base rates as drawings and as words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from whogains.report.axes import Scale, Tick
from whogains.report.cost_figures import MINUS, Figures, figures_for
from whogains.report.words import count, group_name, significant, size_words

if TYPE_CHECKING:
    from whogains.records import AuditRecord, Calibration, CostFinding, Distribution, Number


@dataclass(frozen=True, slots=True)
class Block:
    """One bin as drawn.

    Parameters
    ----------
    start, end : float
        Its ends on the axis, in the cost's unit; a bin without an end stops at the axis.
    height : float
        Its share per width, over the largest of all groups.
    side : str
        "worse" below zero, "better" above it, "same" across it.
    words : str
        Its ends in words.
    share : float
        Share of the group.
    n : int
        Rows.
    """

    start: float
    end: float
    height: float
    side: str
    words: str
    share: float
    n: int


def blocks(cost: CostFinding) -> tuple[list[list[Block]], Scale]:
    """Lay out the individual benefits of every group on one axis.

    Parameters
    ----------
    cost : CostFinding
        A cost with `differences`.

    Returns
    -------
    blocks : list of list of Block
        One list per group, empty for a group that is not shown.
    scale : Scale
        The axis.
    """
    known = [each for each in cost.differences if each is not None]
    edges = sorted({e for each in known for e in (*each.low, *each.high) if e is not None})
    if any(each.discrete for each in known):
        low, high = -1.5, 1.5
    elif len(edges) > 1:
        step = min(b - a for a, b in pairwise(edges))
        low, high = edges[0] - step, edges[-1] + step
    else:
        middle = edges[0] if edges else 0.0
        low, high = middle - 1, middle + 1
    drawn = [_blocks(each, low, high) for each in cost.differences]
    most = max((block.height for group in drawn for block in group), default=1.0) or 1.0
    return [
        [Block(b.start, b.end, b.height / most, b.side, b.words, b.share, b.n) for b in group]
        for group in drawn
    ], Scale(low, high, padding=0.0)


def _blocks(each: Distribution | None, low: float, high: float) -> list[Block]:
    if each is None:
        return []
    found = []
    for first, last, n, share in zip(each.low, each.high, each.n, each.share, strict=True):
        if each.discrete:
            start, end = (first or 0.0) - 0.5, (last or 0.0) + 0.5
            side = "worse" if end < 0 else "better" if start > 0 else "same"
        else:
            start, end = low if first is None else first, high if last is None else last
            side = "worse" if end <= 0 else "better" if start >= 0 else "same"
        words = _ends(first, last, discrete=each.discrete)
        found.append(Block(start, end, share / (end - start), side, words, share, n))
    return found


def _ends(low: Number, high: Number, *, discrete: bool = False) -> str:
    first, last = (significant(each, 6).replace("-", MINUS) for each in (low, high))
    if low is None and high is None:
        return "any"
    if low is None:
        return f"below {last}"
    if high is None:
        return f"{first} and more"
    return first if discrete and low == high else f"{first} to {last}"


@dataclass(frozen=True, slots=True)
class Spread:
    """The individual benefits of one group: SVG paths out of 100 by side, and words."""

    name: str
    n: str
    paths: tuple[tuple[str, str], ...]
    words: str


@dataclass(frozen=True, slots=True)
class SpreadView:
    """The individual benefits of every group on one cost."""

    groups: tuple[Spread, ...]
    zero: float
    ticks: tuple[Tick, ...]


def spread_view(cost: CostFinding, places: Collection[int] | None = None) -> SpreadView | None:
    """Draw the individual benefits of the groups on one cost.

    Parameters
    ----------
    cost : CostFinding
        The cost.
    places : collection of int, optional
        The groups to draw; by default all of them.

    Returns
    -------
    SpreadView or None
        The drawings; None where the audit holds no individual benefits of that cost.
    """
    if not any(cost.differences):
        return None
    every, scale = blocks(cost)
    # Nobody's benefit lies between -1, 0 and 1.
    discrete = any(each is not None and each.discrete for each in cost.differences)
    ticks = tuple(tick for tick in scale.ticks() if not discrete or tick.value % 1 == 0)
    return SpreadView(
        groups=tuple(
            Spread(
                name=group_name(group.group),
                n=size_words(group.n, group.clusters),
                paths=_paths(drawn, scale),
                words="; ".join(f"{_percent(b.share)} {b.words}" for b in drawn) or "not shown",
            )
            for j, (group, drawn) in enumerate(zip(cost.groups, every, strict=True))
            if places is None or j in places
        ),
        zero=scale(0.0),
        ticks=ticks,
    )


def _paths(drawn: list[Block], scale: Scale) -> tuple[tuple[str, str], ...]:
    """Draw the bins of each side as one path, which keeps the page small."""
    paths: dict[str, str] = {}
    for block in drawn:
        start, end = scale(block.start), scale(block.end)
        bar = f"M{start:g} 100V{100 - 100 * block.height:.4g}H{end:g}V100Z"
        paths[block.side] = paths.get(block.side, "") + bar
    return tuple(paths.items())


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.0995 else f"{100 * share:.0f} %"


@dataclass(frozen=True, slots=True)
class Point:
    """One bin of a calibration, in per cent from the upper left, and in words."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The outcomes of one group, and what both models say of them."""

    name: str
    n: str
    generic: tuple[Point, ...]
    personalized: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """Base rates and calibration of every group."""

    groups: tuple[ProfileView, ...]
    ticks: tuple[Tick, ...]


def calibration_view(findings: AuditRecord) -> CalibrationView | None:
    """Draw the calibration of both models, group by group.

    Parameters
    ----------
    findings : AuditRecord
        The audit.

    Returns
    -------
    CalibrationView or None
        The drawings; None where the audit holds no outcomes and predictions.
    """
    shown = [profile for profile in findings.profiles if profile.generic is not None]
    if not shown:
        return None
    chance = findings.data.task == "classification"
    groups = findings.costs[0].groups if findings.costs else ()
    clusters = {group_name(group.group): group.clusters for group in groups}
    each = [c for p in shown for c in (p.generic, p.personalized) if c is not None]
    values = [value for c in each for value in (*c.predicted, *c.observed)]
    low, high = (0.0, 1.0) if chance else (min(values), max(values))
    scale = Scale(low, high if high > low else low + 1)
    write = figures_for([], values, 0.01 if chance else (high - low) / 10 or 1.0, MINUS)
    return CalibrationView(
        groups=tuple(
            ProfileView(
                name=group_name(profile.group),
                n=size_words(profile.n, clusters.get(group_name(profile.group))),
                generic=_points(profile.generic, scale, write),
                personalized=_points(profile.personalized, scale, write),
            )
            for profile in findings.profiles
        ),
        ticks=tuple(scale.ticks(4)),
    )


def _points(each: Calibration | None, scale: Scale, write: Figures) -> tuple[Point, ...]:
    if each is None:
        return ()
    return tuple(
        Point(
            x=scale(predicted),
            y=round(100 - scale(observed), 2),
            words=f"{write(predicted)} → {write(observed)} (n {count(n)})",
        )
        for predicted, observed, n in zip(each.predicted, each.observed, each.n, strict=True)
    )
