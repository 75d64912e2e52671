"""Charts of findings.

Names from the data are values in the charts' tables, never field names or expressions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from whogains.errors import InputError
from whogains.report._chart_parts import (
    FAINT,
    INK,
    NAME_LENGTH,
    SIDES,
    axis_title,
    band,
    colour,
    dress,
    opacity,
    quadrants,
    shape,
    zero,
)
from whogains.report.limits_chart import draw_curve
from whogains.report.pandas_tables import ends
from whogains.report.profile_drawings import blocks
from whogains.report.words import (
    confidence,
    count,
    epsilon_words,
    group_name,
    in_unit,
    plain,
    setting,
    size_words,
    verdict_words,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding, GroupFinding


def _name_and_size(group: GroupFinding) -> str:
    size = size_words(group.n, group.clusters)
    return f"{group_name(group.group, NAME_LENGTH)}  (n {size})"


def gains(findings: AuditRecord, cost: int = 0) -> alt.LayerChart:
    """Draw the benefit of every group with its interval.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    cost : int
        The place of a cost among `Findings.costs`.

    Returns
    -------
    altair.LayerChart
        A point and an interval for each group, in the audit's order, with a line at zero and a
        band from -epsilon to epsilon.

    Raises
    ------
    InputError
        If there is no such cost.
    """
    chosen = _cost(findings, cost)
    rows = pd.DataFrame(
        [
            {
                "order": f"{j:06d}",
                "name": _name_and_size(group),
                "bop": group.bop,
                "verdict": group.verdict,
                "words": verdict_words(group.verdict, group.reason),
                "opacity": opacity(group),
                **ends("", group.ci),
            }
            for j, group in enumerate(chosen.groups)
        ],
        columns=["order", "name", "bop", "verdict", "words", "opacity", "low", "high"],
    )
    # Names are text beside the axis: as its labels, equal names would fall on one line.
    y = alt.Y("order:N", axis=None, sort=None)
    title = f"BoP on {axis_title(chosen)}"
    base = alt.Chart(rows)
    tips = ["name:N", "bop:Q", "low:Q", "high:Q", "words:N"]
    interval = base.mark_rule(strokeWidth=2).encode(
        y=y,
        x=alt.X("low:Q", title=title),
        x2="high:Q",
        color=colour(),
        opacity=alt.Opacity("opacity:Q", scale=None),
        tooltip=tips,
    )
    point = base.mark_point(size=90, filled=True, opacity=1).encode(
        y=y, x=alt.X("bop:Q"), color=colour(), shape=shape(), tooltip=tips
    )
    name = base.mark_text(align="right", dx=-12, color=INK).encode(
        y=y, x=alt.value(0), text="name:N"
    )
    words = base.mark_text(align="left", dx=12, color=INK).encode(
        y=y, x=alt.value("width"), text="words:N"
    )
    return dress(
        alt.LayerChart(
            layer=[
                band(chosen),
                zero("x"),
                interval,
                point,
                name,
                words,
            ],
            width=420,
            height=max(60, 26 * len(rows)),
        ),
        plain(chosen.title),
        f"Above zero, the personalized model is better. Bars: {confidence(findings)}. "
        f"Band: epsilon, {epsilon_words(chosen)}.",
    )


def limits(findings: AuditRecord, cost: int = 0) -> alt.LayerChart:
    """Draw how much any test must err, against the effect asked about.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    cost : int
        The place of a cost among `Findings.costs`.

    Returns
    -------
    altair.LayerChart
        The bounds on the error, the tolerated error and epsilon.

    Raises
    ------
    InputError
        If there is no such cost, or it has no curve.
    """
    chosen = _cost(findings, cost)
    curve = chosen.limits.curve
    if curve is None:
        raise InputError(f"cost {plain(chosen.name)} has no limits curve to draw")
    return draw_curve(
        curve,
        chosen.epsilon,
        tolerated=setting(findings, "tolerated_error", 0.25),
        unit=in_unit(chosen),
        title=f"Could these data tell? {plain(chosen.title)}",
        subtitle=(
            f"Upright line: epsilon, {epsilon_words(chosen)}: "
            f"{chosen.limits.verdict or 'not known'}."
        ),
    )


def tradeoff(
    findings: AuditRecord, prediction: int | None = None, explanation: int | None = None
) -> alt.HConcatChart:
    """Draw what each group gets in prediction against what it gets in explanation.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    prediction, explanation : int, optional
        Places of two costs among `Findings.costs`; by default the first of each kind.

    Returns
    -------
    altair.HConcatChart
        A numbered point with both intervals for each group, and the names of the four quadrants.

    Raises
    ------
    InputError
        If there is no cost of one of the kinds.
    """
    across, up = (
        _of_kind(findings, "prediction", prediction),
        _of_kind(findings, "explanation", explanation),
    )
    rows = pd.DataFrame(
        [
            {
                "number": str(j + 1),
                "order": f"{j:06d}",
                "name": (
                    f"{j + 1}  {group_name(one.group, NAME_LENGTH)}: prediction "
                    f"{one.verdict}, explanation {other.verdict}"
                ),
                "x": one.bop,
                "y": other.bop,
                "verdict": one.verdict,
                "x_opacity": opacity(one),
                "y_opacity": opacity(other),
                **ends("x_", one.ci),
                **ends("y_", other.ci),
            }
            for j, (one, other) in enumerate(zip(across.groups, up.groups, strict=True))
        ],
        columns=[
            "number",
            "name",
            "order",
            "x",
            "y",
            "verdict",
            "x_low",
            "x_high",
            "y_low",
            "y_high",
            "x_opacity",
            "y_opacity",
        ],
    )
    x_scale = square_scale(rows[["x", "x_low", "x_high"]], across.epsilon)
    y_scale = square_scale(rows[["y", "y_low", "y_high"]], up.epsilon)
    x = alt.X("x:Q", scale=x_scale, title=f"Prediction: BoP on {axis_title(across)}")
    y = alt.Y("y:Q", scale=y_scale, title=f"Explanation: BoP on {axis_title(up)}")
    base = alt.Chart(rows)
    tips = ["name:N", "x:Q", "x_low:Q", "x_high:Q", "y:Q", "y_low:Q", "y_high:Q"]
    plane = alt.LayerChart(
        layer=[
            zero("x"),
            zero("y"),
            *quadrants(),
            base.mark_rule(color=FAINT, strokeWidth=1.5).encode(
                x=alt.X("x_low:Q", scale=x_scale),
                x2="x_high:Q",
                y=y,
                opacity=alt.Opacity("x_opacity:Q", scale=None),
            ),
            base.mark_rule(color=FAINT, strokeWidth=1.5).encode(
                x=x,
                y=alt.Y("y_low:Q", scale=y_scale),
                y2="y_high:Q",
                opacity=alt.Opacity("y_opacity:Q", scale=None),
            ),
            base.mark_point(size=320, filled=True, opacity=1, shape="circle").encode(
                x=x, y=y, color=colour("Verdict on prediction"), tooltip=tips
            ),
            base.mark_text(color="white", fontWeight="bold").encode(x=x, y=y, text="number:N"),
        ],
        width=460,
        height=400,
    )
    names = (
        base.mark_text(align="left", color=INK)
        .encode(y=alt.Y("order:N", axis=None, sort=None), x=alt.value(0), text="name:N")
        .properties(width=20, height=max(40, 20 * len(rows)))
    )
    return dress(
        alt.hconcat(plane, names),
        "Prediction against explanation",
        f"Lines: {confidence(findings)}. Above zero, the personalized model is better.",
    )


def differences(findings: AuditRecord, cost: int = 0) -> alt.LayerChart:
    """Draw how the individual benefits of every group are spread, in bins.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    cost : int
        The place of a cost among `Findings.costs`.

    Returns
    -------
    altair.LayerChart
        One histogram for each group on a shared axis, with a line at zero. The bins at the ends
        hold all that lies beyond them.

    Raises
    ------
    InputError
        If there is no such cost, or the audit holds no individual benefits of it.
    """
    chosen = _cost(findings, cost)
    if not any(chosen.differences):
        raise InputError(f"cost {plain(chosen.name)} has no individual benefits to draw")
    every, scale = blocks(chosen)
    rows = pd.DataFrame(
        [
            {
                "start": block.start,
                "end": block.end,
                "base": float(j),
                "top": j - 0.85 * block.height,
                "side": block.side,
                "words": f"{block.words}: {block.share:.1%} (n {count(block.n)})",
            }
            for j, drawn in enumerate(every)
            for block in drawn
        ],
        columns=["start", "end", "base", "top", "side", "words"],
    )
    names = pd.DataFrame(
        [
            {
                "base": float(j),
                "name": _name_and_size(group),
            }
            for j, group in enumerate(chosen.groups)
        ],
        columns=["base", "name"],
    )
    groups = len(chosen.groups)
    y_scale = alt.Scale(domain=[groups - 0.9, -1.0], nice=False)
    y = alt.Y("base:Q", axis=None, scale=y_scale)
    x_scale = alt.Scale(domain=[scale.low, scale.high], nice=False)
    bars = (
        alt.Chart(rows)
        .mark_rect(stroke="white", strokeWidth=0.5)
        .encode(
            x=alt.X("start:Q", scale=x_scale, title=f"Individual BoP on {axis_title(chosen)}"),
            x2="end:Q",
            y=y,
            y2="top:Q",
            color=alt.Color(
                "side:N",
                scale=alt.Scale(domain=list(SIDES), range=list(SIDES.values())),
                legend=alt.Legend(title=None, orient="bottom"),
            ),
            tooltip=["words:N"],
        )
    )
    labels = (
        alt.Chart(names)
        .mark_text(align="right", dx=-12, dy=-6, color=INK)
        .encode(y=y, x=alt.value(0), text="name:N")
    )
    lines = alt.Chart(names).mark_rule(color=FAINT).encode(y=y)
    return dress(
        alt.LayerChart(
            layer=[lines, bars, zero("x"), labels],
            width=420,
            height=max(60, 38 * groups),
        ),
        f"Individual benefits: {plain(chosen.title)}",
        "Right of zero, the personalized model is better for that person. Small bins are merged.",
    )


def _cost(findings: AuditRecord, place: int) -> CostFinding:
    if not 0 <= place < len(findings.costs):
        raise InputError(f"there is no cost {place}; the audit has {len(findings.costs)}")
    return findings.costs[place]


def _of_kind(findings: AuditRecord, kind: str, place: int | None) -> CostFinding:
    if place is None:
        place = next((k for k, cost in enumerate(findings.costs) if cost.kind == kind), -1)
        if place < 0:
            raise InputError(f"the audit has no {kind} cost to draw")
    chosen = _cost(findings, place)
    if chosen.kind != kind:
        raise InputError(f"cost {place} is not one of {kind}")
    return chosen


def square_scale(values: pd.DataFrame, epsilon: float) -> alt.Scale:
    """Make a scale with zero in the middle, so that the quadrants are of one size."""
    sizes = values.astype(float).abs().to_numpy().ravel()
    edge = 1.1 * max([epsilon, *sizes[~np.isnan(sizes)]])
    return alt.Scale(domain=[-edge, edge], nice=False)
