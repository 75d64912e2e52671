"""Charts as PNG and SVG, without a browser and without the network."""

from __future__ import annotations

from pathlib import Path

import altair as alt

from whogains.errors import InputError
from whogains.files import written_aside

Chart = alt.LayerChart | alt.HConcatChart


def save(chart: Chart, path: str | Path, scale: float = 2.0) -> None:
    """Write a chart as PNG or SVG, without a browser and without the network.

    Parameters
    ----------
    chart : altair.LayerChart or altair.HConcatChart
        The chart.
    path : str or Path
        A file whose name ends in .png or .svg.
    scale : float
        Pixels of a PNG for each of the chart's.

    Raises
    ------
    InputError
        If the name ends otherwise.
    UnwritableError
        If the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in {".png", ".svg"}:
        raise InputError(f"{path} must end in .png or .svg")
    content = to_svg(chart).encode() if suffix == ".svg" else to_png(chart, scale)
    with written_aside(path) as aside:
        aside.write_bytes(content)


def to_png(chart: Chart, scale: float = 2.0) -> bytes:
    """Render a chart as PNG, with `scale` pixels for each of the chart's."""
    import vl_convert

    return vl_convert.vegalite_to_png(chart.to_json(), scale=scale, allowed_base_urls=[])


def to_svg(chart: Chart) -> str:
    """Render a chart as SVG."""
    import vl_convert

    return vl_convert.vegalite_to_svg(chart.to_json(), allowed_base_urls=[])
