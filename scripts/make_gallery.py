"""Make the pictures of docs/divergence.md, by running the page.

    python scripts/make_gallery.py [folder]

Without a folder they go where the page looks for them, docs/pictures.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "divergence.md"
COSTS = ("0-1 loss", "sufficiency", "incomprehensiveness")
COLOURS = ("#6b6f76", "#1f5fa8", "#b5460f")
TITLES = {
    "4-1": "4.1 Every group's explanations gain on both costs, and nobody's prediction",
    "4-2": "4.2 Explanations get worse, and nobody's prediction",
    "4-3": "4.3 One personalization helps some and harms others",
    "4-4": "4.4 Additive model: both explanation benefits are 0 only at b = 0",
}
INK = "#22262b"


def run_page(page: Path = PAGE) -> dict[str, Any]:
    """Run the code of the page, one block after the other.

    Parameters
    ----------
    page : Path
        A Markdown file with fenced Python blocks.

    Returns
    -------
    dict
        What the blocks defined.
    """
    names: dict[str, Any] = {}
    for block in re.findall(
        r"^```python\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL
    ):
        exec(block, names)  # our own page
    return names


def bars(found: Any, title: str) -> alt.Chart:
    """Draw the benefit of every group on three costs.

    Parameters
    ----------
    found : Findings
        The audit.
    title : str
        What the chart says.

    Returns
    -------
    altair.Chart
        One bar per group and cost, with its value.
    """
    table = pd.DataFrame(
        {
            "cost": cost.label,
            "group": ", ".join(f"{k.upper()} = {v}" for k, v in reversed(group.group.items())),
            "bop": group.bop,
            "words": f"{group.bop:g}".replace("-", "\u2212"),
        }
        for cost in found.costs
        if cost.label in COSTS
        for group in sorted(cost.groups, key=lambda each: [*each.group.values()][::-1])
    )
    x = alt.X("group:N", title=None, sort=None, axis=alt.Axis(labelAngle=0, domain=False))
    base = alt.Chart(table).encode(x=x, xOffset=alt.XOffset("cost:N", sort=list(COSTS)))
    y = alt.Y("bop:Q", title="benefit of personalization", scale=alt.Scale(domain=[-1.1, 0.65]))
    drawn = base.mark_bar().encode(y=y, color=_colour(list(COSTS)))
    words = base.mark_text(dy=alt.expr("datum.bop < 0 ? 9 : -7"), fontSize=12, color=INK).encode(
        y=y, text="words:N"
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK).encode(y="zero:Q")
    return _dressed(drawn + zero + words, title)


def lines(found: dict[str, Any], title: str) -> alt.Chart:
    """Draw the benefits of the additive model against the weight of the attribute.

    Parameters
    ----------
    found : dict
        What the page defined: `additive` makes one audit.
    title : str
        What the chart says.

    Returns
    -------
    altair.Chart
        A line per cost; both groups have the same benefit.
    """
    names = ["squared error", *COSTS[1:]]
    table = pd.DataFrame(
        {"b": b, "cost": cost.label, "bop": cost.groups[0].bop}
        for b in (k / 8 for k in range(17))
        for cost in found["additive"](b).costs
        if cost.label in names
    )
    drawn = (
        alt.Chart(table)
        .mark_line(point=True)
        .encode(
            x=alt.X("b:Q", title="b, the weight of the attribute (a = 1)"),
            y=alt.Y("bop:Q", title="benefit of personalization"),
            color=_colour(names),
            shape=alt.Shape("cost:N", sort=names, legend=None),
        )
    )
    zero = alt.Chart(pd.DataFrame({"zero": [0]})).mark_rule(color=INK).encode(y="zero:Q")
    return _dressed(zero + drawn, title)


def _colour(names: list[str]) -> alt.Color:
    scale = alt.Scale(domain=names, range=list(COLOURS))
    return alt.Color("cost:N", scale=scale, title=None, legend=alt.Legend(orient="bottom"))


def _dressed(chart: Any, title: str) -> alt.Chart:
    return (
        chart.properties(title=alt.Title(title, anchor="start"), width=560, height=260)
        .properties(background="white")
        .configure_view(stroke=None)
        .configure_axis(grid=False, labelColor=INK, titleColor=INK)
    )


def main(arguments: list[str]) -> None:
    """Make every picture anew.

    Parameters
    ----------
    arguments : list of str
        A folder, or nothing.
    """
    folder = Path(arguments[0]) if arguments else DOCS / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    found = run_page()
    charts = {
        theorem: bars(found[f"found_{theorem.replace('-', '')}"], TITLES[theorem])
        for theorem in ("4-1", "4-2", "4-3")
    }
    charts["4-4"] = lines(found, TITLES["4-4"])
    for theorem, chart in charts.items():
        place = folder / f"divergence-{theorem}.svg"
        chart.save(place)
        print(f"{place.name}: {place.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
