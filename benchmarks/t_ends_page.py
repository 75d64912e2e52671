"""The page of `t_ends.py`: what was judged, and the tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from calibration_report import TOLERANCE
from whogains.inference import APPROXIMATE_ERRORS

REPEATS: Final = 5000  # of a cell of the calibration, whose tolerance is used here too
SHOWN: Final = (
    "rows: normal, n = 150",
    "rows: t(5), n = 150",
    "rows: squared error, t(5) residuals, n = 150",
    "rows: squared error, t(5) residuals, n = 1,000",
    "rows: gamma(.5), n = 150",
    "rows: lognormal, n = 150",
    "rows: lognormal, n = 1,000",
    "rows: mixture, 5 % shifted by 4, n = 150",
    "clusters: skewed, 5 rows each, n = 150",
)
COMPARED: Final = ("Student", "Hall, x 1.5 (before)", "Cornish-Fisher, x 2.5 (in use)")


@dataclass(frozen=True, slots=True)
class Judged:
    """One end in one cell: errors at either end, and widths as multiples of Student's."""

    cell: str
    share: float
    lower: float
    upper: float
    width: float
    widest: float

    @property
    def worst(self) -> float:
        """Return the larger error."""
        return max(self.lower, self.upper)


@dataclass(frozen=True, slots=True)
class Tail:
    """Rejections relative to their level, without and with the penalty, by number of groups."""

    cell: str
    ratios: Mapping[tuple[bool, int], float]


def tolerance(level: float) -> float:
    """Return the error above which a cell of the calibration fails."""
    return level + TOLERANCE * sqrt(level * (1 - level) / REPEATS)


def _table(titles: Iterable[str], lines: Iterable[Iterable[str]]) -> list[str]:
    head = list(titles)
    rule = "|---" + "|---:" * (len(head) - 1) + "|"
    return [f"| {' | '.join(head)} |", rule, *(f"| {' | '.join(line)} |" for line in lines), ""]


def document(
    by_end: Mapping[tuple[str, float], list[Judged]],
    shapes: Mapping[str, tuple[bool, float]],
    bands: Mapping[tuple[int, int], list[Judged]],
    tails: list[Tail],
    *,
    scale: float,
) -> str:
    """Write the page."""
    level, test, small = sorted({level for _, level in by_end}, key=lambda one: (one < 0.01, one))
    count = len(by_end[next(iter(shapes)), level])
    parts = [
        "# Where the ends of the t interval lie",
        "",
        "Written by `benchmarks/t_ends.py`"
        + ("." if scale == 1 else f" with {scale:g} of its repeats."),
        "",
        f"Every candidate is judged on the same samples: the {count} cells in which `auto` gives",
        "an interval by t, of up to 20,000 samples each (rows, clusters, weights, AUC and R²). An",
        "end lies Student's quantile q, and what the skewness adds, away from the estimate. All",
        "but Student's move an end outwards only. *over*: how often a cell is out of tolerance,",
        f"by an end that errs with more than {tolerance(level):.4f} (nominal {level:g}) or a test",
        f"with more than {tolerance(test):.4f} (nominal {test:g}). *at one of eight*: the worst",
        f"error of an end at {small:g}, relative to it. *width*: mean over cells, and the largest",
        "99th percentile in any cell, as multiples of Student's. *largest*: for the most skewed",
        "sample of 150 that there can be. *monotone*: more skewness never moves an end inwards.",
        "",
        *_table(
            ("ends", "worst", "over", "at one of eight", "width", "99th", "largest", "monotone"),
            (
                _candidate(name, shape, *(by_end[name, one] for one in (level, test, small)))
                for name, shape in shapes.items()
            ),
        ),
        "Taken: the narrowest plain factor that is monotone, never twice as wide as Student's, in",
        "tolerance in every cell, and far enough from its edge to stay there when a cell is drawn",
        "again. One standard error less of skewness saves half a percent of the width, not worth a",
        "second constant. Half of the second order is narrower but may be over twice Student's.",
        "Johnson's parabola has no solution for very skewed samples, and errs most far out.",
        "",
        "## Some cells",
        "",
        "Errors of the lower and upper end (nominal .025), mean width and its 99th percentile.",
        "",
        *_table(("cell", *COMPARED), _some(by_end, level)),
        "## Fewer than 150 units",
        "",
        "An approximate interval may be shown where a group's rows are worth 30 to 149 independent",
        "ones (`inference.approximate_units`), with the error that `inference.approximate_error`",
        "gives and without a verdict. Costs of known range are left out, since betting answers.",
        "",
        *_table(
            ("units", "cells", "errors of an end", "median of the worse end", "worst", "said"),
            (_band(band, found) for band, found in bands.items() if found),
        ),
        "## Far out in the tail",
        "",
        "One-sided tests at .05 / k, as Holm asks for with k groups: how often they reject a true",
        "null, relative to that level, the worse side, at the smallest sizes that `auto` gives to",
        "t (100,000 or 200,000 samples); then with p-values times `tail_penalty`. Where all",
        "groups are as bad as the worst, this is the familywise error relative to .05.",
        "",
        *_tails(tails),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _candidate(
    name: str,
    shape: tuple[bool, float],
    ends: list[Judged],
    tests: list[Judged],
    small: list[Judged],
) -> list[str]:
    worst = max(ends, key=lambda one: one.worst)
    over = sum(one.worst > tolerance(0.025) for one in ends)
    over += sum(one.worst > tolerance(0.05) for one in tests)
    # The samples with an interval are a selection where they are rare.
    usual = [one for one in ends if one.share >= 0.5]
    far = max(one.worst for one in small if one.share >= 0.5) / (0.025 / 8)
    return [
        name,
        f"{worst.worst:.4f} ({worst.cell})",
        str(over),
        f"{far:.2f}",
        f"{np.mean([one.width for one in usual]):.3f}",
        f"{max(one.widest for one in usual):.2f}",
        f"{shape[1]:.2f}",
        "yes" if shape[0] else "no",
    ]


def _some(by_end: Mapping[tuple[str, float], list[Judged]], level: float) -> list[list[str]]:
    lines = []
    for cell in SHOWN:
        line = [cell]
        for name in COMPARED:
            one = next(one for one in by_end[name, level] if one.cell == cell)
            line.append(f"{one.lower:.4f} {one.upper:.4f}, {one.width:.2f}, {one.widest:.2f}")
        lines.append(line)
    return lines


def _band(band: tuple[int, int], found: list[Judged]) -> list[str]:
    worst = max(found, key=lambda one: one.worst)
    usual = [one for one in found if one.share >= 0.5]
    least = min(min(one.lower, one.upper) for one in usual)
    return [
        f"{band[0]} to {band[1] - 1}",
        str(len(found)),
        f"{least:.3f} to {worst.worst:.3f}",
        f"{np.median([one.worst for one in usual]):.3f}",
        worst.cell,
        f"{APPROXIMATE_ERRORS[band]:g}",
    ]


def _tails(tails: list[Tail]) -> list[str]:
    keys = list(tails[0].ratios)
    lines = [[one.cell, *(f"{one.ratios[key]:.2f}" for key in keys)] for one in tails]
    largest = [max(one.ratios[key] for one in tails) for key in keys]
    lines.append(["largest", *(f"{value:.2f}" for value in largest)])
    titles = (f"penalized, k = {k}" if penalized else f"k = {k}" for penalized, k in keys)
    return _table(("cell", *titles), lines)
