"""The chart of a watch: every group over its looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from whogains.errors import InputError
from whogains.report._chart_parts import INK, NAME_LENGTH
from whogains.report.words import group_name, plain

if TYPE_CHECKING:
    from whogains.records import WatchRecord


def watch_looks(watch: WatchRecord, cost: int = 0) -> alt.FacetChart:
    """Draw the benefit of every group over the batches, with its confidence sequence.

    Parameters
    ----------
    watch : WatchRecord
        The watch.
    cost : int
        The place of a cost among `Watch.costs`.

    Returns
    -------
    altair.FacetChart
        One panel for each group; a line at zero.

    Raises
    ------
    InputError
        If there is no such cost.
    """
    if not 0 <= cost < len(watch.costs):
        raise InputError(f"there is no cost {cost}; the watch has {len(watch.costs)}")
    chosen = watch.costs[cost]
    rows = pd.DataFrame(
        [
            {
                "panel": f"{j + 1}. {group_name(group.group, NAME_LENGTH)}",
                "batch": look.batch + 1,
                "bop": look.bop,
                "low": look.ci[0],
                "high": look.ci[1],
                "zero": 0.0,
            }
            for j, group in enumerate(chosen.groups)
            for look in group.looks
        ],
        columns=["panel", "batch", "bop", "low", "high", "zero"],
    )
    base = alt.Chart(rows).encode(x=alt.X("batch:Q", title="batch"))
    unit = f" ({plain(chosen.unit, 40)})" if chosen.unit else ""
    title = f"BoP on {plain(chosen.label, 60)}{unit}"
    return (
        alt.layer(
            base.mark_area(opacity=0.25, color="#1f5fa8").encode(
                y=alt.Y("low:Q", title=title), y2="high:Q"
            ),
            base.mark_rule(color=INK).encode(y="zero:Q"),
            base.mark_line(color="#1f5fa8").encode(y="bop:Q"),
            data=rows,
            width=240,
            height=110,
        )
        .facet(facet=alt.Facet("panel:N", title=None), columns=2)
        .properties(title=f"Each group over time: {plain(chosen.title)}")
    )
