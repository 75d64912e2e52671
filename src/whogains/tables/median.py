"""The mean distance from the median, exactly, without holding the values."""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

import numpy as np

from whogains.tables.columns import Reading
from whogains.tables.exact import Summand, exact_sums
from whogains.tables.groups_kept import Kept
from whogains.tables.source import Source

BINS = 4096
FEW_ROWS = 1_000_000
MOST_PASSES = 8


def mean_absolute_deviation(
    source: Source, reading: Reading, kept: Kept, *, centre: float
) -> float:
    """Find the weighted mean distance of the outcomes from their median.

    Parameters
    ----------
    source : Source
        The table.
    reading : Reading
        How its rows are read.
    kept : Kept
        The groups whose rows count.
    centre : float
        The mean of the outcomes.

    Returns
    -------
    float
        The mean absolute deviation.

    Notes
    -----
    Scans that count rows in 4,096 bins narrow down where the median lies, until few enough rows
    are left to be sorted. Two scans do for most outcomes.
    """
    rows = kept.of_rows(reading)
    values = {**reading.values, "middle": centre}
    low, high, heaviest = source.fetch(f"SELECT min(y), max(y), max(w) FROM ({rows})", values)[0]
    sizes = {"w": float(heaviest), "off": float(max(abs(low - centre), abs(high - centre)))}
    weights = [Summand("weight", "w", ("w",))]
    total = exact_sums(source, rows, weights, values, sizes=sizes)["weight"][0]
    # Sums of weights and of weighted distances from the centre, beyond both ends.
    below, above = np.zeros(2), np.zeros(2)
    for _ in range(MOST_PASSES):
        width = (high - low) / BINS
        if not (0 < width < float("inf")) or low + width == low or high - width == high:
            break
        summed = exact_sums(
            source,
            "SELECT least(floor((y - $low) / $width), $last) AS bin, w, y - $middle AS off "
            f"FROM ({rows}) WHERE y BETWEEN $low AND $high",
            [*weights, Summand("away", "w * off", ("w", "off"))],
            {**values, "low": low, "high": high, "width": width, "last": float(BINS - 1)},
            keys=("bin",),
            counts=("count(*) AS n",),
            sizes=sizes,
        )
        found = np.array([summed[name] for name in ("bin", "weight", "away", "n")], np.float64).T
        place = int(np.searchsorted(below[0] + np.cumsum(found[:, 1]), total / 2))
        place = min(place, len(found) - 1)
        if found[:, 3].sum() <= FEW_ROWS:
            break
        # A bin is cut by its own rows' extremes, so that no row is counted twice or never.
        inside = source.fetch(
            f"SELECT min(y), max(y) FROM ({rows}) WHERE y BETWEEN $low AND $high AND "
            "least(floor((y - $low) / $width), $last) = $bin",
            {
                **values,
                "low": low,
                "high": high,
                "width": width,
                "last": float(BINS - 1),
                "bin": float(found[place, 0]),
            },
        )[0]
        below += found[:place, 1:3].sum(axis=0)
        above += found[place + 1 :, 1:3].sum(axis=0)
        low, high = inside
    last = exact_sums(
        source,
        f"SELECT y, w FROM ({rows}) WHERE y BETWEEN $low AND $high",
        weights,
        {**values, "low": low, "high": high},
        keys=("y",),
        sizes=sizes,
    )
    y, w = (np.array(last[name], dtype=np.float64) for name in ("y", "weight"))
    middle = min(int(np.searchsorted(below[0] + np.cumsum(w), total / 2)), len(y) - 1)
    median = y[middle]
    away = median - centre
    inside_sum = float(w @ np.abs(y - median))
    outside = (away * below[0] - below[1]) + (above[1] - away * above[0])
    return (inside_sum + float(outside)) / float(total)
