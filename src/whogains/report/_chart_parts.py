"""What the charts share: colours, shapes, scales and dress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

import altair as alt
import pandas as pd

from whogains.report.words import in_unit, is_approximate, plain

if TYPE_CHECKING:
    from whogains.records import CostChange, CostFinding, GroupFinding

Drawn = TypeVar("Drawn", alt.LayerChart, alt.HConcatChart)

# Told apart without colour vision, and never by colour alone.
COLOURS = {
    "gain": "#1f5fa8",
    "harm": "#b5460f",
    "no material difference": "#3f7d6e",
    "cannot tell": "#6b6f76",
}
SHAPES = {
    "gain": "triangle-up",
    "harm": "triangle-down",
    "no material difference": "square",
    "cannot tell": "circle",
}
CURVES = {
    "below": ("no test errs less", "#1f5fa8", [1, 0]),
    "above": ("a test errs at most this", "#b5460f", [1, 0]),
    "weighted": ("weighted bound", "#3f7d6e", [6, 3]),
    "paper": ("paper's bound", "#6b6f76", [2, 3]),
}
SIDES = {"worse": "#b5460f", "same": "#8b9098", "better": "#1f5fa8"}
INK, FAINT, BAND = "#22262b", "#c9ccd1", "#eceae4"
FAINTLY = 0.35
NAME_LENGTH = 60


def opacity(group: GroupFinding) -> float:
    """Draw an approximate interval faintly."""
    return FAINTLY if is_approximate(group) else 1.0


def axis_title(cost: CostFinding | CostChange) -> str:
    """Name a cost with its unit."""
    return f"{plain(cost.label, 60)}{in_unit(cost)}"


def colour(title: str | None = None) -> alt.Color:
    """Colour by verdict, with a legend where it is given a title."""
    scale = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    legend = alt.Legend(title=title, orient="bottom") if title else None
    return alt.Color("verdict:N", scale=scale, legend=legend)


def shape() -> alt.Shape:
    """Shape by verdict."""
    scale = alt.Scale(domain=list(SHAPES), range=list(SHAPES.values()))
    return alt.Shape("verdict:N", scale=scale, legend=None)


def zero(channel: Literal["x", "y"]) -> alt.Chart:
    """Draw the line of no benefit."""
    rule = alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(color=INK)
    line: alt.Chart = rule.encode(**{channel: "zero:Q"})
    return line


def band(cost: CostFinding | CostChange) -> alt.Chart:
    """Draw where a benefit is immaterial."""
    edges = pd.DataFrame({"low": [-cost.epsilon], "high": [cost.epsilon]})
    rectangle: alt.Chart = alt.Chart(edges).mark_rect(color=BAND).encode(x="low:Q", x2="high:Q")
    return rectangle


def effect_scale(grid: tuple[float, ...]) -> alt.Scale:
    """Choose a scale for effects: logarithmic where they span more than one power of ten."""
    wide = bool(grid) and grid[0] > 0 and grid[-1] / grid[0] > 10
    return alt.Scale(type="log" if wide else "linear", nice=False)


def quadrants() -> list[alt.Chart]:
    """Name the four corners of the plane of prediction and explanation."""
    corners: tuple[tuple[str, str | int, str | int, Literal["left", "right"], int], ...] = (
        ("both better", "width", 0, "right", 14),
        ("explanation better, prediction worse", 0, 0, "left", 14),
        ("prediction better, explanation worse", "width", "height", "right", -8),
        ("both worse", 0, "height", "left", -8),
    )
    return [
        alt.Chart(pd.DataFrame({"words": [words]}))
        .mark_text(align=align, dx=-6 if align == "right" else 6, dy=dy, color="#6b6f76")
        .encode(x=alt.value(x), y=alt.value(y), text="words:N")
        for words, x, y, align, dy in corners
    ]


def dress(chart: Drawn, title: str, subtitle: str) -> Drawn:
    """Give a chart its title and look."""
    head = alt.Title(title, subtitle=subtitle, anchor="start", frame="bounds", offset=12, color=INK)
    dressed: Drawn = (
        chart.properties(title=head, background="white")
        .configure_view(stroke=None)
        .configure_axis(grid=False, labelColor=INK, titleColor=INK, tickColor=FAINT)
        .configure_title(fontSize=15, subtitleFontSize=12, subtitleColor="#55595f")
        .configure_text(fontSize=12)
    )
    return dressed
