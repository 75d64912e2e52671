"""The chart of two audits: what each group got before, and gets after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from whogains.errors import InputError
from whogains.report._chart_parts import INK, NAME_LENGTH, axis_title, band, dress, zero
from whogains.report.pandas_tables import before_after_table
from whogains.report.words import group_name, plain, significant, with_unit

if TYPE_CHECKING:
    from whogains.records import ChangesRecord

AUDITS = {"before": ("#6b6f76", "circle", -0.17), "after": ("#1f5fa8", "diamond", 0.17)}


def changes(record: ChangesRecord, cost: int = 0) -> alt.LayerChart:
    """Draw the benefit of every group before and after, with the interval of each audit.

    Parameters
    ----------
    record : ChangesRecord
        Two audits side by side.
    cost : int
        The place of a cost among `Changes.costs`.

    Returns
    -------
    altair.LayerChart
        Two points and intervals for each group, with a line at zero, a band from -epsilon to
        epsilon, and the change of the verdict in words.

    Raises
    ------
    InputError
        If there is no such cost.
    """
    if not 0 <= cost < len(record.costs):
        raise InputError(f"there is no cost {cost}; the audits share {len(record.costs)}")
    chosen = record.costs[cost]
    table = before_after_table(chosen)
    # Two rows of the table for each group; a place on the axis, since groups can have equal names.
    places = [j + shift for j in range(len(chosen.groups)) for _, _, shift in AUDITS.values()]
    rows = table.rename(columns={"ci_low": "low", "ci_high": "high"}).assign(place=places)
    names = pd.DataFrame(
        [
            {"place": float(j), "name": group_name(group.group, NAME_LENGTH), "words": group.words}
            for j, group in enumerate(chosen.groups)
        ],
        columns=["place", "name", "words"],
    )
    scale = alt.Scale(domain=[len(chosen.groups) - 0.5, -0.5], nice=False)
    y = alt.Y("place:Q", axis=None, scale=scale)
    colours, shapes, _ = zip(*AUDITS.values(), strict=True)
    look = {
        "color": alt.Color(
            "audit:N",
            scale=alt.Scale(domain=list(AUDITS), range=colours),
            legend=alt.Legend(title=None, orient="bottom"),
        ),
        "tooltip": ["group:N", "audit:N", "n:Q", "bop:Q", "low:Q", "high:Q", "verdict:N"],
    }
    shape = alt.Shape("audit:N", scale=alt.Scale(domain=list(AUDITS), range=shapes))
    base, beside = alt.Chart(rows), alt.Chart(names)
    return dress(
        alt.LayerChart(
            layer=[
                band(chosen),
                zero("x"),
                base.mark_rule(strokeWidth=2).encode(
                    y=y,
                    x=alt.X("low:Q", title=f"BoP on {axis_title(chosen)}"),
                    x2="high:Q",
                    **look,
                ),
                base.mark_point(size=80, filled=True, opacity=1).encode(
                    y=y, x="bop:Q", shape=shape, **look
                ),
                beside.mark_text(align="right", dx=-12, color=INK).encode(
                    y=y, x=alt.value(0), text="name:N"
                ),
                beside.mark_text(align="left", dx=12, color=INK).encode(
                    y=y, x=alt.value("width"), text="words:N"
                ),
            ],
            width=420,
            height=max(60, 40 * len(names)),
        ),
        f"What changed? {plain(chosen.title)}",
        "Above zero, the personalized model is better. Bars: each audit's own interval. "
        f"Band: epsilon, {with_unit(significant(chosen.epsilon), chosen.unit)}.",
    )
