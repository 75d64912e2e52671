"""Bins of individual benefits, round and large enough to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

import numpy as np
import numpy.typing as npt

from whogains.evidence import Rows, Score, dominated
from whogains.records import Distribution, Number
from whogains.types import FloatArray, IntArray

DIFFERENCE_BINS = 24
# The bins span the middle of all rows together; the rest falls into the two open ones.
TAILS = (0.025, 0.975)
ROUNDING = 1e-9


def round_edges(values: FloatArray, bins: int) -> FloatArray:
    """Choose round edges for bins over the middle of some values.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        The values of all groups together.
    bins : int
        About how many bins to make.

    Returns
    -------
    ndarray of float
        Ascending multiples of 1, 2 or 5 times a power of ten; empty where all values are equal.
        No edge is a value of a row, but by chance.

    Examples
    --------
    >>> round_edges(np.linspace(-4, 9, 1001), 6)
    array([-5.,  0.,  5., 10.])
    """
    if values.size == 0:
        return np.empty(0)
    low, high = np.quantile(values, TAILS)
    if not high > low:
        low, high = values.min(), values.max()
    if not high > low:
        return np.empty(0)
    rough = (high - low) / bins
    if rough < np.finfo(np.float64).tiny:
        return np.empty(0)
    power = 10.0 ** floor(log10(rough))
    step = next(power * m for m in (1, 2, 5, 10) if power * m >= rough * (1 - 1e-9))
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    # Rounded, lest 3 * 0.1 be written with seventeen digits.
    return np.array([float(f"{k * step:.12g}") for k in np.arange(first, last + 1)])


def merged(
    counts: IntArray,
    least: int,
    clusters: Sequence[IntArray] | None = None,
    weights: Sequence[FloatArray] | None = None,
) -> IntArray:
    """Merge neighbouring bins until each is large enough.

    Parameters
    ----------
    counts : ndarray of int, shape (b,)
        Rows in each bin.
    least : int
        The fewest rows, or clusters, that a merged bin may have.
    clusters : sequence of b ndarray of int, optional
        The clusters that have rows in each bin: a person's many rows are one person's.
    weights : sequence of b ndarray of float, optional
        The weight in each bin of its rows, or of its clusters. A bin whose rows are worth fewer
        (Kish) is not large enough either.

    Returns
    -------
    ndarray of int, shape (b,)
        For each bin, the number of the merged one that it goes to, from 0. Where all rows
        together are too few, they are one bin.

    Examples
    --------
    >>> merged(np.array([1, 2, 30, 0, 9, 40, 3]), 10).tolist()
    [0, 0, 0, 1, 1, 1, 1]
    >>> merged(np.array([5, 5, 5]), 2, [np.array([7]), np.array([7, 8]), np.array([7, 9])]).tolist()
    [0, 0, 1]
    """
    least = max(least, 1)
    into = np.zeros(len(counts), dtype=np.int64)
    place, held = 0, 0.0
    seen: dict[int, float] = {}
    rows, first, second = 0, 0.0, 0.0
    for k, count in enumerate(counts):
        if held >= least * (1 - ROUNDING):
            place, held = place + 1, 0.0
            seen, rows, first, second = {}, 0, 0.0, 0.0
        into[k] = place
        weight: FloatArray = np.ones(int(count)) if weights is None else weights[k]
        if clusters is None:
            rows, first = rows + int(count), first + float(weight.sum())
            second += float(weight @ weight)
        else:
            for one, w in zip(clusters[k].tolist(), weight.tolist(), strict=False):
                seen[one] = seen.get(one, 0.0) + w
            rows = len(seen)
            first, second = sum(seen.values()), sum(w * w for w in seen.values())
        held = min(rows, first**2 / second) if second and weights is not None else rows
    if held < least * (1 - ROUNDING) and place > 0:
        into[into == place] = place - 1
    return into


def difference_bins(
    rows: Rows, score: Score, d: int, min_cell: int
) -> tuple[Distribution | None, ...]:
    """Bin the individual benefits of every group on one cost.

    Parameters
    ----------
    rows : Rows
        The rows.
    score : Score
        The cost.
    d : int
        Groups.
    min_cell : int
        The fewest rows in a bin; where rows are in clusters, the fewest clusters.

    Returns
    -------
    tuple of (Distribution or None)
        One per group, None for a group without rows; empty for a metric, which no row has alone.
    """
    # Under censoring, too, a row has no benefit of its own: it stands for others, or not at all.
    if score.cost.metric or score.cost.task == "survival":
        return ()
    differences = np.asarray(score.generic - score.personalized, dtype=np.float64)
    discrete = score.cost.ternary
    edges = np.array([-0.5, 0.5]) if discrete else round_edges(differences, DIFFERENCE_BINS)
    found: list[Distribution | None] = []
    for j in range(d):
        mine = rows.codes == j
        if not mine.any():
            found.append(None)
            continue
        bins = _Bins.of(differences[mine], edges, min_cell, rows, mine)
        weight = bins.sum(_weights(rows, mine))
        low, high = bins.ends(edges)
        if discrete:
            low, high = _values(bins)
        found.append(
            Distribution(
                low=low,
                high=high,
                n=tuple(bins.n.tolist()),
                share=tuple((weight / weight.sum()).tolist()),
                discrete=discrete,
            )
        )
    return tuple(found)


class _Bins:
    """Rows in merged bins."""

    def __init__(self, into: IntArray, of_row: IntArray) -> None:
        self.into = into
        self.of_row = of_row
        self.size = int(into[-1]) + 1
        self.n = np.bincount(of_row, minlength=self.size)

    @classmethod
    def of(
        cls,
        values: FloatArray,
        edges: FloatArray,
        least: int,
        rows: Rows,
        mine: npt.NDArray[np.bool_],
    ) -> _Bins:
        raw = np.searchsorted(edges, values, side="right")
        size = len(edges) + 1
        clusters = weights = None
        if rows.cluster is not None:
            clusters, weights = [], []
            for k in range(size):
                inside = raw == k
                one, place = np.unique(rows.cluster[mine][inside], return_inverse=True)
                clusters.append(one)
                total = np.bincount(place, _weights(rows, mine)[inside])
                weights.append(total.astype(np.float64))
        elif rows.sample_weight is not None:
            weights = [rows.sample_weight[mine][raw == k] for k in range(size)]
        into = merged(np.bincount(raw, minlength=size), least, clusters, weights)
        return cls(into, into[raw])

    def undominated(
        self, values: Sequence[FloatArray], rows: Rows, mine: npt.NDArray[np.bool_]
    ) -> _Bins:
        """Merge further, until no unit is most of the spread of some values in a bin."""
        for k in range(self.size):
            inside = self.of_row == k
            part = mine.copy()
            part[mine] = inside
            if self.size > 1 and any(_dominated(each[inside], rows, part) for each in values):
                last = max(k, 1)
                into, of_row = (each - (each >= last) for each in (self.into, self.of_row))
                return _Bins(into, of_row).undominated(values, rows, mine)
        return self

    def sum(self, values: FloatArray) -> FloatArray:
        return np.bincount(self.of_row, weights=values, minlength=self.size).astype(np.float64)

    def ends(self, edges: FloatArray) -> tuple[tuple[Number, ...], tuple[Number, ...]]:
        inner = [float(edges[k]) for k in np.flatnonzero(np.diff(self.into))]
        return (None, *inner), (*inner, None)


def _values(bins: _Bins) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Give the least and largest of -1, 0 and 1 in each bin."""
    held = [np.flatnonzero(bins.into == k) - 1.0 for k in range(bins.size)]
    return tuple(float(v[0]) for v in held), tuple(float(v[-1]) for v in held)


def _weights(rows: Rows, mine: npt.NDArray[np.bool_]) -> FloatArray:
    if rows.sample_weight is None:
        return np.ones(int(mine.sum()))
    return rows.sample_weight[mine]


def _dominated(values: FloatArray, rows: Rows, mine: npt.NDArray[np.bool_]) -> bool:
    return dominated(
        values,
        sample_weight=None if rows.sample_weight is None else rows.sample_weight[mine],
        cluster=None if rows.cluster is None else rows.cluster[mine],
    )
