"""Charts of the limits: how much any test must err, against the effect asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from whogains.report._chart_parts import CURVES, FAINT, INK, dress, effect_scale
from whogains.report.pandas_tables import curve_table
from whogains.report.words import significant

if TYPE_CHECKING:
    from whogains.records import LimitsCurve, PlanRecord


def plan_limits(plan: PlanRecord) -> alt.LayerChart:
    """Draw how much any test of the planned groups must err, against the effect.

    Parameters
    ----------
    plan : PlanRecord
        The plan.

    Returns
    -------
    altair.LayerChart
        The bounds on the error, the tolerated error, and epsilon where the plan was asked for one.
    """
    epsilon, verdict = plan.settings.epsilon, plan.limits.verdict
    return draw_curve(
        plan.curve,
        epsilon,
        tolerated=plan.settings.tolerated_error,
        unit="",
        title="Could these groups tell?",
        subtitle="No epsilon was asked about."
        if epsilon is None
        else f"Upright line: epsilon, {significant(epsilon)}: {verdict or 'not known'}.",
    )


def draw_curve(
    curve: LimitsCurve,
    epsilon: float | None,
    *,
    tolerated: float,
    unit: str,
    title: str,
    subtitle: str,
) -> alt.LayerChart:
    """Draw bounds on the error of any test.

    Parameters
    ----------
    curve : LimitsCurve
        The bounds over a grid of effects.
    epsilon : float or None
        The effect asked about, drawn as an upright line.
    tolerated : float
        The tolerated error, in the convention of the bounds.
    unit : str
        The unit in brackets, or nothing.
    title, subtitle : str
        Words above the chart, without control characters.

    Returns
    -------
    altair.LayerChart
        One line for each bound.
    """
    table = curve_table(curve)
    rows = pd.concat(
        table[["epsilon", name]].dropna().set_axis(["epsilon", "error"], axis=1).assign(bound=words)
        for name, (words, _, _) in CURVES.items()
    )
    words, colours, dashes = zip(*CURVES.values(), strict=True)
    lines = (
        alt.Chart(rows)
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X("epsilon:Q", title=f"Effect{unit}", scale=effect_scale(curve.epsilon)),
            y=alt.Y("error:Q", title="Error of any test that every group gains"),
            color=alt.Color("bound:N", title=None, scale=alt.Scale(domain=words, range=colours)),
            strokeDash=alt.StrokeDash(
                "bound:N", title=None, scale=alt.Scale(domain=words, range=dashes)
            ),
            tooltip=["bound:N", "epsilon:Q", "error:Q"],
        )
    )
    base = alt.Chart(
        pd.DataFrame({"error": [tolerated], "epsilon": [epsilon], "words": ["tolerated"]})
    )
    asked = base.mark_rule(color=FAINT, strokeWidth=2).encode(x="epsilon:Q")
    return dress(
        alt.LayerChart(
            layer=[
                base.mark_rule(color=INK, strokeDash=[4, 4]).encode(y="error:Q"),
                base.mark_text(align="left", dx=4, dy=-6, color=INK).encode(
                    x=alt.value(0), y="error:Q", text="words:N"
                ),
                *([] if epsilon is None else [asked]),
                lines,
            ],
            width=460,
            height=280,
        ),
        title,
        subtitle,
    )
