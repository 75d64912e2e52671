"""What the documented rule looks at before it chooses a method: units, their sizes, who differs."""

from __future__ import annotations

from typing import Any

import numpy as np

from whogains import inference
from whogains.costs import IntervalScore, Pinball
from whogains.evidence import MOVED, CostEvidence, Evidence, Sums, two_prices
from whogains.types import FloatArray

# A rare outcome carries most of these costs, however many rows of the other one there are.
NEED_BOTH_OUTCOMES = ("log_loss", "auc")


def largest_cluster(sums: Sums, *, clustered: bool, weighted: bool) -> FloatArray:
    """Find the rows of the largest cluster that each group may have.

    Parameters
    ----------
    sums : Sums
        The sums of d groups.
    clustered, weighted : bool
        Whether some cluster holds more than one row of a group, and whether rows have weights.

    Returns
    -------
    ndarray of float, shape (d,)
        Of all groups together, since few clusters of one group may hold no large one by chance;
        of the group alone from 500 clusters on. 1 without clusters, NaN with weights.
    """
    if weighted:
        return np.full(len(sums), np.nan)
    if not clustered:
        return np.ones(len(sums))
    # So many clusters of its own show what sizes a group has; fewer may miss the large ones.
    enough = sums.units >= inference.MIN_SINGLES_T
    return np.where(enough, sums.largest, sums.largest.max())


def _moved(item: CostEvidence, sums: Sums, effective: FloatArray) -> FloatArray:
    """Count the effective units that decide: those that differ, of the rarer outcome at most."""
    moved = effective if item.cost.metric else sums.moved * effective / np.maximum(sums.units, 1)
    prices = two_prices(item.cost)
    if prices is not None and MOVED[0] in item.tallies:
        moved = moved * _share_of_price(prices, item, len(sums))
    if isinstance(item.cost.rows, Pinball | IntervalScore):
        # Few rows lie beyond the outermost quantile, and cost many times what the others do.
        moved = moved * item.cost.rows.tail
    if item.cost.name not in NEED_BOTH_OUTCOMES:
        return moved
    rarer = np.minimum(sums.effective_ones, sums.effective_zeros)
    decisive: FloatArray = np.minimum(moved, rarer)
    return decisive


def _share_of_price(prices: tuple[float, float], item: CostEvidence, size: int) -> FloatArray:
    """Find which share of the rows that differ carries the variance, where prices differ.

    Few rows of a high price are most of it however many there are of a low one (Kish), and where
    one price is twice the other, rows of the higher one alone count.
    """
    counts = np.stack([item.tallies[name] for name in MOVED])
    if counts.shape[1] != size:
        counts = counts.sum(axis=1, keepdims=True)
    price = np.array(prices)[:, None]
    squares = (counts * price**2).sum(axis=0)
    carrying = squares**2 / np.maximum((counts * price**4).sum(axis=0), 1e-300)
    high = int(np.argmax(prices))
    if prices[high] >= 2 * prices[1 - high]:
        carrying = np.minimum(carrying, counts[high])
    share: FloatArray = carrying / np.maximum(counts.sum(axis=0), 1)
    return share


def _differing(item: CostEvidence, sums: Sums, effective: FloatArray) -> FloatArray:
    """Count the effective units whose predictions differ; of an AUC, those of the rarer class."""
    if item.cost.normalized or item.cost.by_influence:
        # They are units already.
        return sums.moved.astype(np.float64)
    if item.cost.name != "auc":
        return sums.moved * effective / np.maximum(sums.rows, 1)
    units = np.stack([sums.effective_ones, sums.effective_zeros])
    # Weights need not be 1 on average.
    rows = np.stack([sums.ones, sums.zeros]) * sums.rows / np.maximum(sums.weight, 1e-300)
    worth = units / np.maximum(rows, 1e-300)
    of_rarer = np.where(rows[0] <= rows[1], worth[0], worth[1])
    return np.asarray(sums.moved * np.minimum(of_rarer, 1.0))


def _carrying(item: CostEvidence, sums: Sums) -> FloatArray:
    """Count the units that carry the variance, for an AUC of the class that has fewer."""
    carrying = inference.carrying_units(sums.units, sums.mean_v, sums.m_vv, sums.m_vvv)
    if item.cost.name == "auc":
        return np.minimum(carrying, sums.carrying_of_rarer)
    return carrying


def circumstances(
    item: CostEvidence, sums: Sums, evidence: Evidence, *, clustered: bool
) -> dict[str, Any]:
    """Gather what `inference.choose_method` looks at, besides the kind of cost.

    Parameters
    ----------
    item : CostEvidence
        One cost.
    sums : Sums
        Its sums over d groups, or over everybody.
    evidence : Evidence
        All of the evidence.
    clustered : bool
        Whether some cluster holds more than one row of a group.

    Returns
    -------
    dict
        The keywords of `inference.choose_method` and `inference.rows_for_t`.
    """
    effective = inference.effective_units(sums.units, sums.mean_v, sums.m_vv)
    return {
        "n": sums.rows,
        "units": effective,
        "clustered": clustered,
        "weighted": evidence.weighted,
        "moved": _moved(item, sums, effective),
        "drawn": sums.units,
        "carrying": _carrying(item, sums),
        "metric": _metric(item),
        "differing": _differing(item, sums, effective) if item.cost.metric else None,
    }


def _metric(item: CostEvidence) -> str | None:
    """Name the metric as the rule knows it."""
    if item.cost.normalized:
        return "ratio"
    if item.cost.by_influence:
        return "rate"
    if item.cost.task == "counts":
        return "deviance" if item.cost.unit == "deviance" else "counts"
    return item.cost.name if item.cost.metric else None
