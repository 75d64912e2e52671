"""Do the bounds for clusters of which hardly any differ hold their level? Score and betting.

Run it from the repository root: ``python benchmarks/agreeing_clusters.py``; a minute on
one core. It writes docs/agreeing-clusters.md. Every cell has a seed of its own, from a hash of its
name: the same figures each time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from whogains.inference import betting_test, score_interval, sign_test

Array: TypeAlias = NDArray[np.float64]

PAGE: Final = Path("docs/agreeing-clusters.md")
LEVEL: Final = 0.025
CLUSTERS: Final = (30, 100, 400, 1200)
SHARES: Final = (0.003, 0.03, 0.3)
SIZES: Final[dict[str, tuple[tuple[int, ...], tuple[float, ...]]]] = {
    "3 rows each": ((3,), (1.0,)),
    "1 or 2 rows": ((1, 2), (0.5, 0.5)),
    "1 to 20 rows, uniform": (tuple(range(1, 21)), (0.05,) * 20),
    "1 to 20 rows, geometric": (
        tuple(range(1, 21)),
        (*(0.25 * 0.75**k for k in range(19)), 0.75**19),
    ),
    "1 row, or 1 in 10 of 20": ((1, 20), (0.9, 0.1)),
}
WHO: Final = ("any cluster", "large ones only", "small ones only")
HOW: Final = ("whole clusters", "one row", "harms whole, gains one row")


@dataclass(frozen=True)
class Cell:
    """A population of clusters, and how the models differ in it."""

    sizes: str
    clusters: int
    share: float
    who: str
    how: str

    @property
    def name(self) -> str:
        """What the cell is called, and its seed made of."""
        return f"{self.sizes}, {self.clusters} clusters, {self.share:g} of {self.who}, {self.how}"

    def differ(self, size: Array) -> Array:
        """Return the chance that a cluster of such a size differs."""
        values = np.array(SIZES[self.sizes][0])
        limit = {"any cluster": values > 0, "large ones only": values >= 0.7 * values.max()}
        which = limit.get(self.who, values <= 0.3 * values.max() + 1)
        return self.share * np.isin(size, values[which])

    def rows(self, size: Array, *, gains: bool) -> Array:
        """Return how many rows of a cluster that differs do."""
        one = self.how == "one row" or (gains and self.how == HOW[2])
        return np.ones_like(size) if one else size

    @property
    def gaining(self) -> float:
        """The share of clusters that gain, of those that differ: none, or as many rows as lose."""
        if self.how != HOW[2]:
            return 0.0
        values, chance = map(np.array, SIZES[self.sizes])
        weight = chance * self.differ(values)
        lost = (weight * values).sum() / max(weight.sum(), 1e-300)
        return float(lost / (1 + lost))

    @property
    def benefit(self) -> float:
        """The mean over rows."""
        values, chance = map(np.array, SIZES[self.sizes])
        differ, up = self.differ(values), self.gaining
        per_cluster = up * self.rows(values, gains=True) - (1 - up) * self.rows(values, gains=False)
        return float((chance * differ * per_cluster).sum() / (chance * values).sum())


def draw(cell: Cell, samples: int, rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Draw sizes, and the rows that gain and that are harmed, of clusters: (samples, clusters)."""
    values, chance = SIZES[cell.sizes]
    size = rng.choice(values, (samples, cell.clusters), p=np.array(chance) / sum(chance))
    differs = rng.random(size.shape) < cell.differ(size)
    up = differs & (rng.random(size.shape) < cell.gaining)
    gains = np.where(up, cell.rows(size, gains=True), 0)
    harms = np.where(differs & ~up, cell.rows(size, gains=False), 0)
    return size, gains, harms


def score_errors(cell: Cell, samples: int) -> dict[str, float]:
    """Count how often the ends of the score interval, and the tests of 0, err."""
    rng = np.random.default_rng(crc32(cell.name.encode()))
    size, gains, harms = draw(cell, samples, rng)
    counts = gains.sum(1), harms.sum(1), size.sum(1)
    largest = size.max(1)
    found = score_interval(*counts, largest=largest)
    truth, seen = cell.benefit, largest == max(SIZES[cell.sizes][0])
    errors = {
        "lower": np.mean(found.lower > truth + 1e-12),
        "upper": np.mean(found.upper < truth - 1e-12),
        "seen": np.mean((found.lower > truth + 1e-12) & seen),
        "width": np.mean(found.upper - found.lower),
    }
    if cell.how == HOW[2]:
        for name, which in (("gain", "greater"), ("harm", "less")):
            p = sign_test(*counts[:2], alternative=which, largest=largest)
            errors[name] = np.mean(p <= 0.05)
    return {name: float(value) for name, value in errors.items()}


def betting_errors(cell: Cell, samples: int) -> dict[str, float]:
    """Count the same for betting: costs of -.6, 0 and .6, and noise of mean 0 in each cluster."""
    rng = np.random.default_rng(crc32(f"betting {cell.name}".encode()))
    size, gains, harms = draw(cell, samples, rng)
    truth = 0.6 * cell.benefit
    wrong = {"lower": 0, "upper": 0}
    for each, up, down in zip(size, gains, harms, strict=True):
        cluster = np.repeat(np.arange(cell.clusters), each)
        place = np.arange(len(cluster)) - np.repeat(np.cumsum(each) - each, each)
        rows = 0.6 * ((place < up[cluster]).astype(float) - (place < down[cluster]))
        rows += 0.02 * rng.standard_normal(cell.clusters).clip(-3, 3)[cluster]
        for end, which in (("lower", "greater"), ("upper", "less")):
            asked = {"null": truth, "alternative": which, "cluster": cluster}
            wrong[end] += bool(betting_test(rows, lower=-1, upper=1, **asked) <= LEVEL)
    return {end: count / samples for end, count in wrong.items()}


def beside_ends(n: int, alpha: float) -> float:
    """Find the worst error of a lower end below 0, in terms of its level, over every sample of n.

    Just below every value that the end can take, where the error is largest, and over the share
    that gains: for independent rows, or clusters whose rows are all alike.
    """
    gains, harms = (each.ravel() for each in np.mgrid[: n + 1, : n + 1])
    possible = gains + harms <= n
    gains, harms = gains[possible], harms[possible]
    ends = score_interval(gains, harms, n, alpha=alpha).lower
    worst = 0.0
    for truth in np.unique(ends[ends < -1e-9]) - 1e-9:
        above = ends > truth + 1e-12
        counts = np.column_stack([gains, harms, n - gains - harms])[above]
        for up in (0.0, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4):
            chances = [up, up - truth, 1 - 2 * up + truth]
            if chances[2] >= 0:
                mass = np.nan_to_num(stats.multinomial.pmf(counts, n, chances))
                worst = max(worst, float(mass.sum()) / (alpha / 2))
    return worst


def cells(clusters: tuple[int, ...] = CLUSTERS) -> Iterator[Cell]:
    """List the cells in which some cluster can differ."""
    for sizes in SIZES:
        for count in clusters:
            for share in SHARES:
                for who in WHO:
                    for how in HOW:
                        cell = Cell(sizes, count, share, who, how)
                        alike = len(SIZES[sizes][0]) == 1 and who != WHO[0]
                        if not alike:
                            yield cell


def tolerance(samples: int, level: float = LEVEL) -> float:
    """Allow a simulated error to exceed its level by 3.3 binomial standard errors."""
    return float(level + 3.3 * np.sqrt(level * (1 - level) / samples))


def _lines(
    named: Iterator[Cell], samples: int, errors: Callable[[Cell, int], dict[str, float]]
) -> list[tuple[Cell, int, dict[str, float]]]:
    found = []
    for cell in named:
        fewer = max(min(samples, int(2e6 / cell.clusters)), 10)
        found.append((cell, fewer, errors(cell, fewer)))
    return found


def _by_size(found: list[tuple[Cell, int, dict[str, float]]]) -> list[str]:
    """Write the worst errors over all that differ, by sizes and number of clusters."""
    head = (
        "| sizes | clusters | cells | worst lower end | worst upper end | worst test of 0 (.05) |"
    )
    lines = [head, "|---|--:|--:|--:|--:|--:|"]
    for sizes in SIZES:
        for count in CLUSTERS:
            mine = [each for c, _, each in found if (c.sizes, c.clusters) == (sizes, count)]
            if not mine:
                continue
            tests = [each[name] for each in mine for name in ("gain", "harm") if name in each]
            ends = (max(each[end] for each in mine) for end in ("lower", "upper"))
            lower, upper = (f"{end:.4f}" for end in ends)
            test = f"{max(tests):.3f}" if tests else ""
            lines.append(f"| {sizes} | {count:,} | {len(mine)} | {lower} | {upper} | {test} |")
    return lines


def document(scale: float) -> str:
    """Simulate every cell and write the page."""
    samples, few = max(int(5000 * scale), 10), max(int(300 * scale), 10)
    score = _lines(cells(), samples, score_errors)
    some = (c for c in cells((30, 100)) if c.share > 0.01 and c.how != HOW[1])
    betting = _lines(some, few, betting_errors)
    over = [
        (cell, each)
        for cell, drawn, each in score
        if max(each["lower"], each["upper"]) > tolerance(drawn)
    ]
    missed = [
        f"- {cell.name}: lower {each['lower']:.4f}, upper {each['upper']:.4f}; in samples that "
        f"hold a cluster of the largest size {each['seen']:.4f}"
        for cell, each in over
    ]
    bad = [
        f"- {cell.name}: lower {each['lower']:.4f}, upper {each['upper']:.4f}"
        for cell, drawn, each in betting
        if max(each["lower"], each["upper"]) > tolerance(drawn)
    ]
    exact = [
        f"| {n} | {alpha:g} | {beside_ends(n, alpha):.4f} |"
        for n in ((10, 30) if scale >= 1 else (10,))
        for alpha in (0.1, 0.05, 0.01)
    ]
    widths = [
        f"| {cell.clusters:,} | {cell.how} | {each['width']:.4f} |"
        for cell, _, each in score
        if cell.sizes == "3 rows each" and cell.share == 0.003 and cell.how != HOW[2]
    ]
    parts = [
        "# Clusters that agree: do their bounds hold?",
        "",
        "Written by `benchmarks/agreeing_clusters.py`.",
        "",
        "Where the models differ in too few clusters for t, `auto` gives a 0-1 cost the score",
        "interval of counts divided by the rows of the largest cluster, and a cost of known range",
        "a bet on clusters. The mean is that of rows, and the clusters that differ may be the",
        f"large ones: {len(score)} cells of up to {samples:,} samples for the score,",
        f"{len(betting)} of {few:,} for betting.",
        "Ends may err with .025 each, tests of 0 with .05. The largest cluster is that of the",
        "sample, as in a group of an audit. A cell errs if it exceeds its level by more than 3.3",
        "binomial standard errors.",
        "",
        "## Score, worst cell of each size",
        "",
        *_by_size(score),
        "",
        f"Cells that err: {len(over)}. A sample that holds no large cluster, where these alone",
        "differ, looks like one of a population that has none, and no bound allows for it.",
        "",
        *missed,
        *([""] if missed else []),
        "Mean width with 3 rows each, of which .3 % of the clusters differ:",
        "",
        "| clusters | what differs | width |",
        "|--:|---|--:|",
        *widths,
        "",
        "## Betting on clusters, worst cell of each size",
        "",
        *_by_size(betting),
        "",
        f"Cells that err: {len(bad)}.",
        "",
        *bad,
        *([""] if bad else []),
        "## The exact end, enumerated",
        "",
        "The lower end below 0 is the inner one of the score's and of Clopper and Pearson's for",
        "the share that is harmed. Its worst error over every sample of n rows, or of n clusters",
        "whose rows are alike, as a multiple of its level:",
        "",
        "| n | alpha | worst error / (alpha / 2) |",
        "|--:|--:|--:|",
        *exact,
    ]
    return "\n".join(parts) + "\n"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the samples to draw")
    parser.add_argument("--out", type=Path, default=PAGE)
    asked = parser.parse_args()
    asked.out.write_text(document(asked.scale), encoding="utf-8")


if __name__ == "__main__":
    main()
