"""From rows to bins: individual differences, calibration and base rates, group by group."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

import numpy as np
import numpy.typing as npt

from whogains.evidence import Pair, Rows, Score
from whogains.records import Calibration, Distribution, Levels, Number, Profile
from whogains.types import FloatArray, IntArray

DIFFERENCE_BINS, CALIBRATION_BINS = 24, 10
# The bins span the middle of all rows together; the rest falls into the two open ones.
TAILS = (0.025, 0.975)


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


def merged(counts: IntArray, least: int, clusters: Sequence[IntArray] | None = None) -> IntArray:
    """Merge neighbouring bins until each is large enough.

    Parameters
    ----------
    counts : ndarray of int, shape (b,)
        Rows in each bin.
    least : int
        The fewest rows, or clusters, that a merged bin may have.
    clusters : sequence of b ndarray of int, optional
        The clusters that have rows in each bin: a person's many rows are one person's.

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
    place, held, seen = 0, 0, set[int]()
    for k, count in enumerate(counts):
        if held >= least:
            place, held, seen = place + 1, 0, set()
        into[k] = place
        if clusters is None:
            held += int(count)
        else:
            seen.update(clusters[k].tolist())
            held = len(seen)
    if held < least and place > 0:
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
    if score.cost.metric:
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
        bins = _Bins.of(differences[mine], edges, min_cell, _clusters(rows, mine))
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


def profiles(
    rows: Rows, pair: Pair, names: Sequence[Levels], task: str, min_cell: int
) -> tuple[Profile, ...]:
    """Give base rates and the calibration of both models, group by group.

    Parameters
    ----------
    rows : Rows
        The rows, with outcomes and predictions.
    pair : tuple of two str
        The generic and the personalized model.
    names : sequence of mapping
        The levels of the d groups.
    task : {"classification", "regression"}
        Probabilities are binned by tenths, values by round numbers.
    min_cell : int
        The fewest rows in a bin; where rows are in clusters, the fewest clusters.

    Returns
    -------
    tuple of Profile
        One per group; empty where the rows come without predictions.
    """
    if not rows.predictions:
        return ()
    y, (generic, personalized) = rows.y_true, (rows.predictions[name] for name in pair)
    edges = (
        np.arange(1, CALIBRATION_BINS) / CALIBRATION_BINS
        if task == "classification"
        else round_edges(np.concatenate([generic, personalized]), CALIBRATION_BINS)
    )

    def calibration(predicted: FloatArray, mine: npt.NDArray[np.bool_]) -> Calibration:
        bins = _Bins.of(predicted[mine], edges, min_cell, _clusters(rows, mine))
        weights = _weights(rows, mine)
        total = bins.sum(weights)
        low, high = bins.ends(edges)
        return Calibration(
            low=low,
            high=high,
            n=tuple(bins.n.tolist()),
            predicted=tuple((bins.sum(weights * predicted[mine]) / total).tolist()),
            observed=tuple((bins.sum(weights * y[mine]) / total).tolist()),
        )

    found = []
    for j, levels in enumerate(names):
        mine = rows.codes == j
        n = int(mine.sum())
        if not n:
            found.append(Profile(levels, n, None, None, None, None, None))
            continue
        weights = _weights(rows, mine)
        outcome, of_generic, of_personalized = (
            float(np.average(each[mine], weights=weights)) for each in (y, generic, personalized)
        )
        found.append(
            Profile(
                group=levels,
                n=n,
                outcome=outcome,
                predicted_generic=of_generic,
                predicted_personalized=of_personalized,
                generic=calibration(generic, mine),
                personalized=calibration(personalized, mine),
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
        cls, values: FloatArray, edges: FloatArray, least: int, cluster: IntArray | None
    ) -> _Bins:
        raw = np.searchsorted(edges, values, side="right")
        size = len(edges) + 1
        clusters = None
        if cluster is not None:
            clusters = [np.unique(cluster[raw == k]) for k in range(size)]
        into = merged(np.bincount(raw, minlength=size), least, clusters)
        return cls(into, into[raw])

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


def _clusters(rows: Rows, mine: npt.NDArray[np.bool_]) -> IntArray | None:
    return None if rows.cluster is None else rows.cluster[mine]
