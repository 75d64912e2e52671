"""Where should the ends of the t interval lie? Candidates compared on the same samples.

Run it from the repository root: ``python benchmarks/t_ends.py``; about ten minutes on one core. It
writes docs/t-ends.md. Every cell has a seed of its own: the same figures each time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from scipy import special

from calibration_costs import CLUSTER_EFFECTS, CLUSTERS, COSTS, WEIGHT_EFFECTS, Cost, FloatArray
from calibration_draws import Drawn, draw_metric, draw_rows, draw_units
from calibration_report import NOMINAL
from calibration_tools import Cell
from t_ends_page import Judged, Tail, document
from whogains import inference as wi

# Distance of an end in standard errors: (Student's quantile, skewness towards the end, units).
End: TypeAlias = Callable[[float, FloatArray, int], FloatArray]

LEVEL: Final = 0.025
ONE_OF_EIGHT: Final = 0.025 / 8
FAMILIES: Final = (4, 8, 16, 64, 256)
# `auto` gives a t interval so rarely here that the samples are a selection.
SELECTED: Final = 0.5
ROWS: Final = (30, 40, 50, 75, 100, 125, 150, 200, 300, 500, 1000, 5000)
UNITS: Final = (30, 50, 75, 100, 150, 200, 500, 1000, 5000)
PAGE: Final = Path("docs/t-ends.md")


def _shift(g: FloatArray, n: int) -> FloatArray:
    return g / (3 * np.sqrt(n))


def hall(factor: float, *, monotone: bool = False) -> End:
    """Return Hall's transformation, or the furthest that any smaller skewness asks for."""

    def distance(q: float, a: FloatArray) -> FloatArray:
        safe = np.maximum(a, 1e-8)
        return np.maximum(q, (1 - np.cbrt(1 - 3 * safe * (q + safe / 2))) / safe)

    def end(q: float, g: FloatArray, n: int) -> FloatArray:
        a = np.maximum(0.0, factor * _shift(g, n))
        if not monotone:
            return distance(q, a)
        grid = np.linspace(0, factor, 5001)
        return np.interp(a, grid, np.maximum.accumulate(distance(q, grid)))

    return end


def johnson(factor: float) -> End:
    """Return Johnson's modified t; where his parabola gives no end, that of its vertex."""

    def end(q: float, g: FloatArray, n: int) -> FloatArray:
        a = np.maximum(1e-8, factor * _shift(g, n))
        root = np.sqrt(np.maximum(0.0, 1 - 4 * a * (q + a / 2)))
        return np.maximum(q, (1 - root) / (2 * a))

    return end


def cornish_fisher(factor: float, *, second: float = 0.0, threshold: float = 0.0) -> End:
    """Return the linear end, with a term of second order or a skewness shrunk by its noise."""

    def end(q: float, g: FloatArray, n: int) -> FloatArray:
        a = factor * _shift(np.maximum(0.0, g - threshold * np.sqrt(6 / n)), n)
        return q + a * (q**2 + 0.5) + second * a**2 * q**3

    return end


def in_use(q: float, g: FloatArray, n: int) -> FloatArray:
    """Return the end of the library itself."""
    alpha = 2 * float(special.stdtr(n - 1, -q))
    return wi.t_interval(0.0, 1.0, n - 1, skewness=g, alpha=alpha).upper


ENDS: Final[dict[str, End]] = {
    "Student": lambda q, g, n: q + 0.0 * g,  # noqa: ARG005 - as the others
    "Hall, skewness x 1": hall(1.0),
    "Hall, x 1.5 (before)": hall(1.5),
    "Hall, x 1.5, made monotone": hall(1.5, monotone=True),
    "Johnson, x 1.5": johnson(1.5),
    "Cornish-Fisher, x 1": cornish_fisher(1.0),
    "Cornish-Fisher, x 1.5": cornish_fisher(1.5),
    "Cornish-Fisher, x 2": cornish_fisher(2.0),
    "Cornish-Fisher, x 2.5 (in use)": in_use,
    "Cornish-Fisher, x 3": cornish_fisher(3.0),
    "Cornish-Fisher, x 2.5, less one standard error of it": cornish_fisher(2.5, threshold=1.0),
    "Cornish-Fisher, x 1.5, second order": cornish_fisher(1.5, second=5 / 3),
    "Cornish-Fisher, x 2, half of second order": cornish_fisher(2.0, second=0.5),
}

MORE = (
    Cost("exponential", lambda rng, shape: rng.exponential(size=shape), 1.0),
    Cost("gamma(.5)", lambda rng, shape: rng.gamma(0.5, size=shape), 0.5),
    Cost("lognormal(.75)", lambda rng, shape: rng.lognormal(0, 0.75, shape), np.exp(0.75**2 / 2)),
    Cost("t(5)", lambda rng, shape: rng.standard_t(5, shape), 0.0),
    Cost(
        "mixture, 5 % shifted by 4",
        lambda rng, shape: rng.standard_normal(shape) + 4.0 * (rng.random(shape) < 0.05),
        0.2,
    ),
    Cost(
        "mixture, 5 % five times as wide",
        lambda rng, shape: rng.standard_normal(shape) * np.where(rng.random(shape) < 0.05, 5, 1),
        0.0,
    ),
)
ALL_COSTS: Final = COSTS | {cost.name: cost for cost in MORE}


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the ends of one cell are judged by: t statistics, skewness, and what units are worth."""

    name: str
    n: int
    t: FloatArray
    skewness: FloatArray
    by_t: np.ndarray
    worth: FloatArray
    # Betting answers where `auto` has no t.
    bounded: bool

    @classmethod
    def of(cls, name: str, cell: Cell, drawn: Drawn, *, bounded: bool = False) -> Statistics:
        """Standardize the means that a cell drew."""
        mean = drawn.mean
        spread = mean.se > 0
        t = np.where(spread, mean.estimate - drawn.truth, np.nan) / np.where(spread, mean.se, 1.0)
        n = round(float(mean.df[0]) + 1)
        worth = np.where(spread, wi.approximate_units(**drawn.counts), 0.0)
        by_t = spread & (drawn.chosen() == "t")
        return cls(f"{name}, n = {cell.n:,}", n, t, mean.skewness, by_t, worth, bounded)

    def judged(self, end: End, level: float, among: np.ndarray) -> Judged | None:
        """Count how often each end misses, and how wide the interval is against Student's."""
        share = float(among.mean())
        if among.sum() < 50:
            return None
        q = -float(special.stdtrit(self.n - 1, level))
        t, g = self.t[among], self.skewness[among]
        above, below = end(q, g, self.n), end(q, -g, self.n)
        # As in calibration: the chance of a wrong one where most samples give none.
        counts = share if share < SELECTED else 1.0
        width = (above + below) / (2 * q)
        return Judged(
            self.name,
            share,
            float((t > below).mean()) * counts,
            float((t < -above).mean()) * counts,
            float(width.mean()),
            float(np.quantile(width, 0.99)),
        )


def cells(scale: float) -> Iterator[Statistics]:
    """Draw every cell, one after the other."""
    for n in ROWS:
        for name, cost in ALL_COSTS.items():
            repeats = int(scale * (20_000 if n <= 1000 else 10_000))
            cell = Cell("ends", name, n, repeats)
            yield Statistics.of(f"rows: {name}", cell, draw_rows(cell, cost), bounded=cost.bounded)
    for n in UNITS:
        repeats = int(scale * (10_000 if n <= 1000 else 4_000))
        for clustered, designs, effects in (
            (True, tuple(CLUSTERS), CLUSTER_EFFECTS),
            (False, (0.5, 0.75, 1.0), WEIGHT_EFFECTS),
        ):
            kind = "clusters" if clustered else "weights"
            for design in designs:
                for effect in effects:
                    cell = Cell(f"ends, {kind}", effect, n, repeats, (design,))
                    label = design if clustered else f"lognormal({design})"
                    drawn = draw_units(cell, clustered=clustered)
                    yield Statistics.of(f"{kind}: {effect}, {label}", cell, drawn)
    for n, first, second in [
        (n, *pair) for n in (40, 67, 134, 200) for pair in ((0.7, 0.75), (0.9, 0.95))
    ]:
        settings = (first, second, None)
        cell = Cell("ends", f"AUC {first:g} to {second:g}", n, int(scale * 4000), settings)
        yield Statistics.of(f"{cell.cost}, smaller class", cell, draw_metric(cell))
    for n in (200, 334, 667, 1000):
        for name, df in (("normal", None), ("t(5)", 5)):
            cell = Cell("ends", f"R2, {name} residuals", n, int(scale * 4000), (df,))
            yield Statistics.of(cell.cost, cell, draw_metric(cell))


def _tail_cells(scale: float) -> Iterator[tuple[str, Drawn]]:
    """Draw the smallest sizes that `auto` gives to t."""
    sparse = ("mostly zero", "log loss, rare outcome", "bounded, 2 % not zero")
    rows = [(name, wi.MIN_UNITS_T) for name in ALL_COSTS if not name.startswith(sparse)]
    # 30 and 40 of them move.
    rows += [("mostly zero, 30 %", 150), ("mostly zero, 10 %", 300), ("mostly zero, 10 %", 400)]
    for name, n in rows:
        cell = Cell("ends, tail", name, int(n), int(scale * 200_000))
        yield f"{name}, n = {n:g}", draw_rows(cell, ALL_COSTS[name])
    for clustered, design, effect, n in (
        (True, "5 rows each", "skewed", 150),
        (True, "1 to 20 rows, geometric", "0-1", 1000),
        (False, 0.5, "informative, skewed", 500),
        (False, 0.5, "mostly zero", 1000),
    ):
        kind = "clusters" if clustered else "weights"
        cell = Cell(f"ends, tail, {kind}", effect, n, int(scale * 100_000), (design,))
        label = design if clustered else f"lognormal({design})"
        yield f"{kind}: {effect}, {label}, n = {n}", draw_units(cell, clustered=clustered)
    for name, n, settings in (
        ("AUC 0.9 to 0.95", 200, (0.9, 0.95, None)),
        ("R2, t(5) residuals", 1000, (5,)),
    ):
        cell = Cell("ends, tail", name, n, int(scale * 100_000), settings)
        yield f"{name}, n = {n}", draw_metric(cell)


def tails(scale: float) -> list[Tail]:
    """Measure one-sided tests far out in the tail."""
    found = []
    for name, drawn in _tail_cells(scale):
        mean, by_t = drawn.mean, drawn.chosen() == "t"
        test = partial(
            wi.t_test, mean.estimate, mean.se, mean.df, skewness=mean.skewness, null=drawn.truth
        )
        p = [test(alternative=side)[by_t] for side in ("greater", "less")]
        ratios = {}
        for penalized in (False, True):
            for k in FAMILIES:
                level = NOMINAL["gain"] / k
                cut = level / wi.tail_penalty(k) if penalized else level
                ratios[penalized, k] = max(float((side <= cut).mean()) for side in p) / level
        found.append(Tail(name, ratios))
    return found


def main() -> None:
    """Draw, judge and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="share of the repeats")
    parser.add_argument("--out", type=Path, default=PAGE)
    arguments = parser.parse_args()
    by_end: dict[tuple[str, float], list[Judged]] = {
        (name, level): [] for name in ENDS for level in (LEVEL, 2 * LEVEL, ONE_OF_EIGHT)
    }
    bands: dict[tuple[int, int], list[Judged]] = {band: [] for band in wi.APPROXIMATE_ERRORS}
    for one in cells(arguments.scale):
        for (name, level), kept in by_end.items():
            found = one.judged(ENDS[name], level, one.by_t)
            if found is not None:
                kept.append(found)
        for (low, high), kept in bands.items():
            within = (one.worth >= low * (1 - 1e-9)) & (one.worth < high * (1 - 1e-9))
            found = None if one.bounded else one.judged(in_use, LEVEL, within & ~one.by_t)
            if found is not None:
                kept.append(found)
    n = wi.MIN_UNITS_T
    q = -float(special.stdtrit(n - 1, LEVEL))
    skewness = np.linspace(0, (n - 2) / np.sqrt(n - 1), 2001)
    shapes = {}
    for name, end in ENDS.items():
        ends = end(q, skewness, n)
        shapes[name] = (bool(np.all(np.diff(ends) >= 0)), float((ends.max() + q) / (2 * q)))
    page = document(by_end, shapes, bands, tails(arguments.scale), scale=arguments.scale)
    arguments.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
