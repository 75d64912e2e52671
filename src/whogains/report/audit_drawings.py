"""What the page shows of a cost: rows with their drawing, and the plane."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whogains.report.axes import Mark, Scale, Tick, mark, scale_for
from whogains.report.cost_figures import MINUS, Figures, cost_figures
from whogains.report.cost_sentences import method_words
from whogains.report.summaries import rows_needed
from whogains.report.words import (
    about_rows,
    count,
    group_name,
    interval_words,
    is_approximate,
    p_value,
    plain,
    significant,
    size_words,
    verdict_words,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import CostFinding, GroupFinding


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group in the table of a cost: numbers as written, and the drawing.

    Parameters
    ----------
    number : int
        The group's place, from 1: its name in the drawings.
    name, n, generic, personalized, bop, interval, words : str
        The cells.
    verdict : str
        The verdict without its reason.
    mark : Mark
        The drawing.
    more : tuple of str
        Every other number, in the order of `MORE`.
    """

    number: int
    name: str
    n: str
    generic: str
    personalized: str
    bop: str
    interval: str
    words: str
    verdict: str
    mark: Mark
    more: tuple[str, ...]


MORE = (
    "standard error",
    "p gain",
    "p harm",
    "p gain, Holm",
    "p harm, Holm",
    "p equivalent",
    "p equivalent, Holm",
    "told as gain from",
    "rows to tell epsilon as gain",
    "rows to tell that every group gains epsilon",
    "over placebo",
    "verdict over placebo",
    "seeds in squared error",
    "another seed differs",
    "interval by",
    "test",
    "note",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A group on the plane of prediction and explanation, in per cent from the upper left."""

    number: int
    name: str
    across: Mark
    up: Mark
    verdicts: tuple[str, str]
    words: tuple[str, str]
    numbers: tuple[str, str]


@dataclass(frozen=True, slots=True)
class PlaneView:
    """Prediction against one explanation cost."""

    across: str
    up: str
    places: tuple[Place, ...]
    zero: tuple[float, float]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


def group_rows(cost: CostFinding) -> tuple[list[GroupRow], Scale]:
    """Write and draw the groups of a cost, and give the axis that the drawings share."""
    scale = _scale(cost)
    write = cost_figures(cost, MINUS)
    return [
        _group_row(j + 1, cost, group, scale=scale, write=write)
        for j, group in enumerate(cost.groups)
    ], scale


def _scale(cost: CostFinding) -> Scale:
    return scale_for(cost, 1.0)


def _group_row(
    number: int, cost: CostFinding, group: GroupFinding, *, scale: Scale, write: Figures
) -> GroupRow:
    name, words = group_name(group.group), verdict_words(group.verdict, group.reason)
    needed, for_every = rows_needed(group), about_rows(group.required_every_group)
    more = (
        significant(group.se),
        p_value(group.p_gain),
        p_value(group.p_harm),
        p_value(group.p_gain_adjusted),
        p_value(group.p_harm_adjusted),
        p_value(group.p_equivalent),
        p_value(group.p_equivalent_adjusted),
        with_unit(significant(group.detectable), cost.unit if group.detectable else None),
        "–" if needed is None else f"about {count(needed)}",
        "–" if for_every is None else f"about {count(for_every)}",
        *_beside_placebo(group, cost, write),
        _share(group.seed_share),
        _share(group.other_seed),
        method_words(group),
        plain(group.test or "–"),
        plain(group.note or "–", 400),
    )
    return GroupRow(
        number=number,
        name=name,
        n=size_words(group.n, group.clusters),
        generic=write(group.cost_generic),
        personalized=write(group.cost_personalized),
        bop=write(group.bop),
        interval=interval_words(write, group),
        words=words,
        verdict=group.verdict,
        mark=mark(scale, group.bop, group.ci, faint=is_approximate(group)),
        more=more,
    )


def _beside_placebo(group: GroupFinding, cost: CostFinding, write: Figures) -> tuple[str, str]:
    beside = group.over_placebo
    if beside is None:
        return "–", "–"
    bop = with_unit(write(beside.bop), cost.unit)
    return f"{bop} ({write.interval(beside.ci)})", verdict_words(beside.verdict)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def plane(across: CostFinding, up: CostFinding) -> PlaneView:
    """Place the groups on the plane of prediction and explanation.

    Parameters
    ----------
    across, up : CostFinding
        A prediction cost and an explanation cost.

    Returns
    -------
    PlaneView
        The drawing and its table.
    """
    x, y = _with_both_sides(_scale(across)), _with_both_sides(_scale(up))
    y_down = y.flipped()
    write_x, write_y = cost_figures(across, MINUS), cost_figures(up, MINUS)
    places = []
    for j, (one, other) in enumerate(zip(across.groups, up.groups, strict=False)):
        low, high = other.ci
        down = (None if high is None else -high, None if low is None else -low)
        places.append(
            Place(
                number=j + 1,
                name=group_name(one.group),
                across=mark(x, one.bop, one.ci, faint=is_approximate(one)),
                up=mark(
                    y_down,
                    None if other.bop is None else -other.bop,
                    down,
                    faint=is_approximate(other),
                ),
                verdicts=(one.verdict, other.verdict),
                words=(
                    verdict_words(one.verdict, one.reason),
                    verdict_words(other.verdict, other.reason),
                ),
                numbers=(
                    f"{write_x(one.bop)} ({interval_words(write_x, one)})",
                    f"{write_y(other.bop)} ({interval_words(write_y, other)})",
                ),
            )
        )
    return PlaneView(
        across=_axis(across),
        up=_axis(up),
        places=tuple(places),
        zero=(x(0), y_down(0)),
        x_ticks=tuple(x.ticks()),
        y_ticks=tuple(Tick(tick.value, y_down(-tick.value), tick.label) for tick in y.ticks()),
    )


def _with_both_sides(scale: Scale) -> Scale:
    """Give each side of zero a third of the axis, so that every quadrant has room for its name."""
    low, high = scale.usual or (scale.low, scale.high)
    low, high = min(low, -high / 2), max(high, -low / 2)
    usual = None if scale.usual is None else (low, high)
    whole = Scale(min(scale.low, low), max(scale.high, high))
    return (
        whole if usual is None or usual == (whole.low, whole.high) else replace(whole, usual=usual)
    )


def _axis(cost: CostFinding) -> str:
    return f"{plain(cost.title)}{f', {plain(cost.unit, 40)}' if cost.unit else ''}"
