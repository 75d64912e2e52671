"""The picture of the first screen: each group's effects on prediction and on explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whogains.report.axes import Mark, Tick, mark, scale_for, scaled
from whogains.report.effects import effects, epsilon_size
from whogains.report.judged_groups import is_judged, is_small
from whogains.report.leading_cost import leading
from whogains.report.meanings import cost_meaning
from whogains.report.words import (
    group_name,
    is_approximate,
    short_title,
    size_words,
    verdict_words,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding
    from whogains.report.excerpt import Excerpt


# Verdicts that name somebody who is better or worse served.
SHOWN = ("gain", "harm")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One effect: as written, as drawn, and its verdict in words."""

    effect: str
    interval: str
    mark: Mark
    verdict: str
    words: str
    by_scale: bool


@dataclass(frozen=True, slots=True)
class PictureRow:
    """One group: its name, rows, whether it is counted apart, and its effects."""

    name: str
    n: str
    apart: bool
    drawn: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """One column of drawings: what it shows, in which unit, its epsilon, what it is, its axis."""

    kind: str
    title: str
    unit: str
    epsilon: str
    meaning: str | None
    ticks: tuple[Tick, ...]
    zero: float
    band: tuple[float, float]
    breaks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """Groups that gain or are harmed, then the others, each by size; too small ones are last."""

    axes: tuple[Axis, ...]
    rows: tuple[PictureRow, ...]

    @property
    def bare(self) -> bool:
        """Whether some effect has no interval."""
        marks = [each.mark for row in self.rows for each in row.drawn]
        return any(mark.at is not None and mark.start is None for mark in marks)

    @property
    def scaled(self) -> bool:
        """Whether the scale of predictions is most of some effect."""
        return any(each.by_scale for row in self.rows for each in row.drawn)

    @property
    def pressed(self) -> bool:
        """Whether the ends of an axis are pressed together."""
        return any(axis.breaks for axis in self.axes)


def picture(whole: AuditRecord, part: Excerpt) -> Picture | None:
    """Draw the leading cost of prediction and that of explanation.

    Parameters
    ----------
    whole : AuditRecord
        The audit, which says which costs lead.
    part : Excerpt
        The groups and costs of it that are shown.

    Returns
    -------
    Picture or None
        None where no cost was audited.
    """
    asked = [leading(whole, kind) for kind in ("prediction", "explanation")]
    pairs = list(zip(part.costs, part.findings.costs, strict=True))
    costs = [cut for one in asked for cost, cut in pairs if cost is one]
    if not costs:
        return None
    columns = [_column(part.findings, cost) for cost in costs]
    groups = costs[0].groups
    # Who gains or is harmed by what is drawn comes first: where more is folded away, they stay.
    told = {j for cost in costs for j, one in enumerate(cost.groups) if one.verdict in SHOWN}
    order = sorted(
        (j for j, group in enumerate(groups) if group.n),
        key=lambda j: (not is_judged(groups[j]), j not in told, -(groups[j].n or 0)),
    )
    rows = tuple(
        PictureRow(
            name=group_name(groups[j].group),
            n=size_words(groups[j].n, groups[j].clusters),
            apart=is_small(groups[j]),
            drawn=tuple(drawn[j] for _, drawn in columns if j < len(drawn)),
        )
        for j in order
    )
    return Picture(tuple(axis for axis, _ in columns), rows)


def _column(findings: AuditRecord, cost: CostFinding) -> tuple[Axis, list[Drawn]]:
    say = effects(findings, cost)

    epsilon = cost.epsilon * say.factor
    points = [None if g.bop is None else g.bop * say.factor for g in cost.groups]
    scale = scale_for(cost, say.factor)
    low, high = scale(-epsilon), scale(epsilon)
    axis = Axis(
        kind=cost.kind,
        title=short_title(findings, cost),
        unit=say.unit,
        epsilon=epsilon_size(say, cost.epsilon),
        meaning=cost_meaning(findings, cost),
        ticks=tuple(scale.ticks(4)),
        zero=scale(0),
        band=(low, round(high - low, 2)),
        breaks=tuple(scale.breaks()),
    )
    return axis, [
        Drawn(
            effect=say.signed(group.bop),
            interval=say.write.interval(scaled(group.ci, say.factor)),
            mark=mark(scale, point, scaled(group.ci, say.factor), faint=is_approximate(group)),
            verdict=group.verdict,
            words=verdict_words(group.verdict, group.reason)
            + (", mostly by the scale of predictions" if group.by_scale else ""),
            by_scale=group.by_scale,
        )
        for group, point in zip(cost.groups, points, strict=True)
    ]
