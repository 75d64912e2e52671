"""From rows to bins: individual differences, calibration and base rates, group by group."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from whogains.evidence import BOUNDED_BELOW, Pair, Rows
from whogains.judging.bins import _Bins, _dominated, _weights, round_edges
from whogains.records import Calibration, Levels, Profile
from whogains.types import FloatArray

CALIBRATION_BINS = 10


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
    # Of several classes each has a calibration of its own, which is not made.
    if not rows.predictions or any(rows.predictions[name].ndim > 1 for name in pair):
        return ()
    y, (generic, personalized) = rows.y_true, (rows.predictions[name] for name in pair)
    counted = task == "classification"
    # The means of probabilities are bounded, and tell one of them no better than their number.
    safe = min_cell > 0 and not counted
    edges = (
        np.arange(1, CALIBRATION_BINS) / CALIBRATION_BINS
        if counted
        else round_edges(np.concatenate([generic, personalized]), CALIBRATION_BINS)
    )

    def calibration(predicted: FloatArray, mine: npt.NDArray[np.bool_]) -> Calibration:
        bins = _Bins.of(predicted[mine], edges, min_cell, rows, mine)
        if safe:
            bins = bins.undominated((predicted[mine], y[mine]), rows, mine)
        weights = _weights(rows, mine)
        total = bins.sum(weights)
        observed = bins.sum(weights * y[mine]) / total
        low, high = bins.ends(edges)
        return Calibration(
            low=low,
            high=high,
            n=tuple(bins.n.tolist()),
            predicted=tuple((bins.sum(weights * predicted[mine]) / total).tolist()),
            observed=tuple(
                rate(float(each), _with_each(rows, mine, bins.of_row == k), min_cell)
                if counted
                else float(each)
                for k, each in enumerate(observed)
            ),
        )

    found = []
    for j, levels in enumerate(names):
        mine = rows.codes == j
        n = int(mine.sum())
        if not n:
            found.append(Profile(levels, n, None, None, None, None, None))
            continue
        if safe and any(_dominated(each[mine], rows, mine) for each in (y, generic, personalized)):
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
                outcome=rate(outcome, _with_each(rows, mine), min_cell) if counted else outcome,
                predicted_generic=of_generic,
                predicted_personalized=of_personalized,
                generic=calibration(generic, mine),
                personalized=calibration(personalized, mine),
            )
        )
    return tuple(found)


def rate(share: float, units: tuple[int, int], min_cell: int) -> float:
    """Bound a rate of few units, so that none of them is known from it to have the outcome.

    Parameters
    ----------
    share : float
        The share of the outcome 1, by weight.
    units : tuple of two int
        The units (rows, or clusters) with the outcome 0, and with the outcome 1.
    min_cell : int
        The disclosure threshold; with 0 every rate stays as it is.

    Returns
    -------
    float
        Of fewer than 10 `min_cell` units 0 or 1 where at most one has the rarer outcome: that none
        has it is not told from that one has. Else the share.

    Examples
    --------
    >>> rate(0.1, (9, 1), 10), rate(1.0, (0, 10), 10), rate(0.2, (8, 2), 10), rate(0.1, (9, 1), 0)
    (0.0, 1.0, 0.2, 0.1)
    """
    zeros, ones = units
    if zeros + ones >= BOUNDED_BELOW * min_cell or min(units) > 1:
        return share
    return float(ones > zeros)


def _with_each(
    rows: Rows, mine: npt.NDArray[np.bool_], inside: npt.NDArray[np.bool_] | None = None
) -> tuple[int, int]:
    """Count the units of some rows with the outcomes 0 and 1."""
    y = rows.y_true[mine]
    unit = np.arange(len(y)) if rows.cluster is None else rows.cluster[mine]
    if inside is not None:
        y, unit = y[inside], unit[inside]
    zeros, ones = (len(np.unique(unit[y == outcome])) for outcome in (0, 1))
    return zeros, ones
