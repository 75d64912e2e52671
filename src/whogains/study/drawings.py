"""Histograms with fits, and lines over an axis, as SVG out of 100 so that they have any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whogains.report import Scale, Tick, blocks, count, group_name
from whogains.types import FloatArray

if TYPE_CHECKING:
    from whogains.records import CostFinding
    from whogains.study.results import StudyCost, StudyGroup


POINTS = 121
# The tallest bin leaves room for a density that is higher; what is higher still is cut.
ROOM = 0.75


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its style, its words, and the pieces where it has a value."""

    key: str
    words: str
    pieces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over two axes, and upright marks."""

    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    marks: tuple[tuple[float, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Histogram:
    """The individual benefits of one group: paths of bins by side, and the fitted densities."""

    name: str
    n: str
    paths: tuple[tuple[str, str], ...]
    densities: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Histograms:
    """The individual benefits of every group on one cost."""

    groups: tuple[Histogram, ...]
    zero: float
    ticks: tuple[Tick, ...]
    fitted: bool


def chart(
    lines: Sequence[tuple[str, str, Sequence[float], Sequence[float | None]]],
    x: Scale,
    y: Scale,
    *,
    marks: Sequence[tuple[float, str]] = (),
) -> Chart:
    """Draw lines.

    Parameters
    ----------
    lines : sequence of (str, str, sequence of float, sequence of (float or None))
        Style, words, and the two coordinates of each.
    x, y : Scale
        The axes.
    marks : sequence of (float, str)
        Where upright lines stand, and what they are called.

    Returns
    -------
    Chart
        Places in per cent from the upper left.
    """
    return Chart(
        lines=tuple(Line(key, words, _pieces(xs, ys, x, y)) for key, words, xs, ys in lines),
        x_ticks=tuple(Tick(t.value, t.at, _short(t)) for t in x.ticks()),
        y_ticks=tuple(Tick(t.value, round(100 - t.at, 2), t.label) for t in y.ticks(5)),
        marks=tuple((x(at), words) for at, words in marks),
    )


def _short(tick: Tick) -> str:
    """Write large numbers by their power of ten."""
    if tick.value < 1e5:
        return tick.label
    power = int(np.floor(np.log10(tick.value)))
    lead = round(tick.value / 10.0**power)
    raised = str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}" if lead == 1 else f"{lead}·10{raised}"


def _pieces(xs: Sequence[float], ys: Sequence[float | None], x: Scale, y: Scale) -> tuple[str, ...]:
    """Write points, broken where there is no value."""
    pieces: list[list[str]] = [[]]
    for at, value in zip(xs, ys, strict=True):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{x(at):g},{100 - y(value):.4g}")
    return tuple(" ".join(piece) for piece in pieces if len(piece) > 1)


def histograms(cost: CostFinding, study: StudyCost) -> Histograms | None:
    """Draw the individual benefits of every group, with what was fitted to them.

    Parameters
    ----------
    cost : CostFinding
        The cost in the first seed's audit.
    study : StudyCost
        The same cost with its fits.

    Returns
    -------
    Histograms or None
        None where the audit holds no individual benefits of that cost.
    """
    if not any(cost.differences):
        return None
    every, scale = blocks(cost)
    discrete = any(each is not None and each.discrete for each in cost.differences)
    widest = max((b for group in every for b in group), key=lambda b: b.height)
    # A height of 1 is this share per unit of the cost.
    density = widest.share / (widest.end - widest.start) / widest.height
    drawn = []
    for group, bins, own in zip(cost.groups, every, study.groups, strict=True):
        sides: dict[str, str] = {}
        for block in bins:
            start, end = scale(block.start), scale(block.end)
            bar = f"M{start:g} 100V{100 - 100 * ROOM * block.height:.4g}H{end:g}V100Z"
            sides[block.side] = sides.get(block.side, "") + bar
        drawn.append(
            Histogram(
                name=group_name(group.group),
                n=count(group.n),
                paths=tuple(sides.items()),
                densities=_densities(own, scale, density),
            )
        )
    return Histograms(
        groups=tuple(drawn),
        zero=scale(0.0),
        ticks=tuple(tick for tick in scale.ticks() if not discrete or tick.value % 1 == 0),
        fitted=any(each.densities for each in drawn),
    )


def _densities(group: StudyGroup, scale: Scale, density: float) -> tuple[tuple[str, str], ...]:
    """Write both fitted densities as points."""
    fits = group.fits
    if fits is None:
        return ()
    x = np.union1d(np.linspace(scale.low, scale.high, POINTS), [fits.laplace.location])
    x = x[(x >= scale.low) & (x <= scale.high)]
    normal = (x - fits.gaussian.location) / fits.gaussian.scale
    double = np.abs(x - fits.laplace.location) / fits.laplace.scale
    heights = {
        "gaussian": np.exp(-0.5 * normal**2) / np.sqrt(2 * np.pi) / fits.gaussian.scale,
        "laplace": np.exp(-double) / 2 / fits.laplace.scale,
    }
    return tuple((name, _points(x, height / density, scale)) for name, height in heights.items())


def _points(x: FloatArray, height: FloatArray, scale: Scale) -> str:
    """Write a density, cut at the top of the drawing."""
    return " ".join(
        f"{scale(at):g},{100 - 100 * min(ROOM * h, 1.0):.4g}"
        for at, h in zip(x.tolist(), height.tolist(), strict=True)
    )
