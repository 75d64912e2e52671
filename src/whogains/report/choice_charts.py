"""Charts of a choice: the frontier, the groups, and the lattice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from whogains.report._chart_parts import INK, NAME_LENGTH, dress, zero
from whogains.report.choice_words import policy_name, set_name
from whogains.report.words import group_name, outcome_words, plain

if TYPE_CHECKING:
    from whogains.records import ChoiceRecord

_WAYS = {
    "nobody": ("#6b6f76", "circle"),
    "everybody": ("#3f7d6e", "square"),
    "requests": ("#1f5fa8", "triangle-up"),
    "routing": ("#b5460f", "diamond"),
}
_VERDICTS = {
    "certified": "#1f5fa8",
    "too small to matter": "#3f7d6e",
    "not certified": "#6b6f76",
}


def frontier(choice: ChoiceRecord) -> alt.LayerChart:
    """Draw what each way to ask asks, and gains.

    Parameters
    ----------
    choice : ChoiceRecord
        The choice.

    Returns
    -------
    altair.LayerChart
        A point for each way, the burden across and the gain upwards, with a line down to the bound
        that allows for having chosen.
    """
    rows = pd.DataFrame(
        [
            {
                "way": policy_name(each),
                "kind": each.kind,
                "burden": each.burden,
                "gain": each.gain,
                "lower": each.lower,
                "worst": each.worst_lower,
            }
            for each in choice.policies
        ]
    )
    unit = f" ({plain(choice.cost.unit, 40)})" if choice.cost.unit else ""
    colours, shapes = zip(*_WAYS.values(), strict=True)
    x = alt.X("burden:Q", title="Burden: attributes asked for, at their price, per person")
    look = {
        "color": alt.Color(
            "kind:N",
            scale=alt.Scale(domain=list(_WAYS), range=colours),
            legend=alt.Legend(title=None, orient="bottom"),
        ),
        "tooltip": ["way:N", "burden:Q", "gain:Q", "lower:Q", "worst:Q"],
    }
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=list(_WAYS), range=shapes))
    base = alt.Chart(rows)
    return dress(
        alt.LayerChart(
            layer=[
                zero("y"),
                base.mark_rule(strokeWidth=2, opacity=0.6).encode(
                    x=x, y=alt.Y("lower:Q", title=f"Gain{unit}"), y2="gain:Q", **look
                ),
                base.mark_point(size=90, filled=True, opacity=1).encode(
                    x=x, y="gain:Q", shape=shape, **look
                ),
                base.mark_text(align="left", dx=8, dy=-6, fontSize=10, color=INK).encode(
                    x=x, y="gain:Q", text="way:N"
                ),
            ],
            width=520,
            height=320,
        ),
        f"What asking costs people, and gains: {outcome_words(choice)}",
        "Lines go down to a bound that allows for having chosen on the same rows.",
    )


def routed(choice: ChoiceRecord) -> alt.LayerChart:
    """Draw what each group gains by its certified set, down to the bound that always holds.

    Parameters
    ----------
    choice : ChoiceRecord
        The choice.

    Returns
    -------
    altair.LayerChart
        A point for each group that is shown, and what it is best asked.
    """
    shown = [group for group in choice.routing if group.verdict != "not shown"]
    rows = pd.DataFrame(
        [
            {
                "place": float(j),
                "name": group_name(each.group, NAME_LENGTH),
                "asked": set_name(each.asked),
                "gain": each.gain,
                "lower": each.lower,
                "verdict": each.verdict,
            }
            for j, each in enumerate(shown)
        ],
        columns=["place", "name", "asked", "gain", "lower", "verdict"],
    )
    unit = f" ({plain(choice.cost.unit, 40)})" if choice.cost.unit else ""
    y = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[len(shown) - 0.5, -0.5], nice=False))
    colour = alt.Color(
        "verdict:N",
        scale=alt.Scale(domain=list(_VERDICTS), range=list(_VERDICTS.values())),
        legend=alt.Legend(title=None, orient="bottom"),
    )
    base = alt.Chart(rows)
    return dress(
        alt.LayerChart(
            layer=[
                zero("x"),
                base.mark_rule(strokeWidth=2).encode(
                    y=y, x=alt.X("lower:Q", title=f"Gain{unit}"), x2="gain:Q", color=colour
                ),
                base.mark_point(size=80, filled=True, opacity=1).encode(
                    y=y, x="gain:Q", color=colour
                ),
                base.mark_text(align="right", dx=-12, color=INK).encode(
                    y=y, x=alt.value(0), text="name:N"
                ),
                base.mark_text(align="left", dx=12, color=INK).encode(
                    y=y, x=alt.value("width"), text="asked:N"
                ),
            ],
            width=420,
            height=max(60, 30 * len(shown)),
        ),
        f"What each group is best asked: {outcome_words(choice)}",
        "Points: estimated gain by the certified set. Lines go down to bounds that all hold.",
    )


def lattice(choice: ChoiceRecord) -> alt.LayerChart:
    """Draw the lattice: sets of attributes, and who gains by telling one more.

    Parameters
    ----------
    choice : ChoiceRecord
        The choice.

    Returns
    -------
    altair.LayerChart
        A point for each set with its gain, and a line for each edge, coloured by whether some
        group is shown to gain, or to be harmed.
    """
    from whogains.report.choice_drawings import lattice_view

    view = lattice_view(choice)
    nodes = pd.DataFrame([{"x": n.x, "y": n.y, "name": n.name, "gain": n.gain} for n in view.nodes])
    edges = pd.DataFrame(
        [
            {"x": e.x1, "y": e.y1, "x2": e.x2, "y2": e.y2, "verdict": e.words, "says": e.title}
            for e in view.edges
        ]
    )
    scale = alt.Scale(domain=[0, 100], nice=False)
    x = alt.X("x:Q", axis=None, scale=scale)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[100, 0], nice=False))
    domain = ["some gain", "some are harmed", "not shown"]
    colour = alt.Color(
        "verdict:N",
        scale=alt.Scale(domain=domain, range=["#1f5fa8", "#b5460f", "#c9ccd1"]),
        legend=alt.Legend(title=None, orient="bottom"),
    )
    base = alt.Chart(nodes)
    return dress(
        alt.LayerChart(
            layer=[
                alt.Chart(edges)
                .mark_rule(strokeWidth=2)
                .encode(x=x, y=y, x2="x2:Q", y2="y2:Q", color=colour, tooltip=["says:N"]),
                base.mark_point(size=60, filled=True, color=INK, opacity=1).encode(x=x, y=y),
                base.mark_text(dy=-12, color=INK, fontWeight="bold").encode(
                    x=x, y=y, text="name:N"
                ),
                base.mark_text(dy=16, color=INK).encode(x=x, y=y, text="gain:N"),
            ],
            width=620,
            height=110 * (1 + max((len(node.asked) for node in choice.lattice), default=0)),
        ),
        f"The lattice: {outcome_words(choice)}",
        "Sets of attributes and what they gain over asking nothing; lines: telling one more.",
    )
