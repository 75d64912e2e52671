"""Metrics of a group, as pseudo-values of its rows, and how many rows decide."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from whogains.costs import Cost
from whogains.evidence.label_metrics import PartRows, deciding_units, ratio_pair
from whogains.evidence.own_metrics import blocks_of, check_own, own_pair
from whogains.evidence.scores import Score
from whogains.inference import auc_pair, deciding_rows, macro_auc_pair, r2_pair
from whogains.types import FloatArray, IntArray

METRICS = {"auc": auc_pair, "macro_auc": macro_auc_pair, "r2": r2_pair}
# An AUC asks for 200 rows of the rarer class where it asks for 60 that differ.
OF_RARER = 0.3


def metric_score(
    cost: Cost,
    codes: IntArray,
    size: int,
    y_true: FloatArray,
    predictions: tuple[FloatArray, FloatArray],
    *,
    sample_weight: FloatArray | None = None,
    cluster: IntArray | None = None,
) -> Score:
    """Give each row the cost of its group and its influence on it, as a pseudo-value.

    Parameters
    ----------
    cost : Cost
        A metric with a minus: AUC, R², one of labels, or a user's.
    codes : ndarray of int, shape (n,)
        Each row's group.
    size : int
        The number of groups, d.
    y_true : ndarray of float, shape (n,)
        The outcome.
    predictions : tuple of two ndarray of float, shape (n,)
        Those of the generic and of the personalized model.
    sample_weight : ndarray of float, shape (n,), optional
        Weights.
    cluster : ndarray of int, shape (n,), optional
        Which rows depend on each other.

    Returns
    -------
    Score
        With NaN in groups without the metric, and the reasons.

    Raises
    ------
    InputError
        If a user's metric gives no number for everybody.
    """
    in_group, whole = np.empty((2, len(y_true))), np.empty((2, len(y_true)))
    groups = [codes == j for j in range(size)]
    reasons: list[str | None] = []
    blocks, deciding = np.zeros((2, len(y_true)), dtype=np.int64), []
    everybody = PartRows(y_true, *predictions, sample_weight, cluster)
    check_own(cost, everybody)
    for into, rows in (
        *((in_group, mine) for mine in groups),
        (whole, np.ones(len(y_true), dtype=np.bool_)),
    ):
        weight = None if sample_weight is None else sample_weight[rows]
        part = everybody.take(rows)
        units = blocks_of(len(part), part.cluster)
        if cost.value is not None:
            found = own_pair(cost, part, units)
            blocks[int(into is whole), rows] = units
        elif cost.ratios:
            found = ratio_pair(cost, part)
        else:
            found = METRICS[cost.name](part.y_true, *part.both, weight)
        deciding.append(deciding_units(found, units if cost.value else part.cluster))
        # An influence holds the row's weight; the sums that follow weigh every value themselves.
        # A group that is not shown has no rows here, and an empty mean would warn.
        relative = weight / weight.mean() if weight is not None and len(weight) else 1.0
        into[0, rows] = -(found.generic + found.influence_generic / relative)
        into[1, rows] = -(found.personalized + found.influence_personalized / relative)
        reasons.append(found.reason)
    differ = predictions[0] != predictions[1]
    return Score(
        cost,
        in_group[0],
        in_group[1],
        whole=(whole[0], whole[1]),
        reasons=tuple(reasons[:-1]),
        deciding=(np.array(deciding[:-1]), np.array(deciding[-1:]))
        if cost.by_influence
        else (
            _deciding(cost, codes, size, y_true, differ),
            _deciding(cost, np.zeros_like(codes), 1, y_true, differ),
        ),
        blocks=None if cost.value is None else (_apart(blocks[0], codes), blocks[1]),
    )


def _apart(blocks: IntArray, codes: IntArray) -> IntArray:
    """Give blocks of different groups different numbers."""
    return blocks + codes * (int(blocks.max(initial=0)) + 1)


def _deciding(
    cost: Cost, codes: IntArray, size: int, y_true: FloatArray, differ: npt.NDArray[np.bool_]
) -> IntArray:
    if cost.name == "macro_auc":
        of_classes = [
            _of_class(codes, size, y_true == k, differ[:, k]) for k in range(differ.shape[1])
        ]
        return np.asarray(np.min(of_classes, axis=0))
    if cost.name != "auc":
        return np.bincount(codes[differ], minlength=size)
    one = y_true == 1
    counts = (
        np.bincount(codes[rows], minlength=size)
        for rows in (one, ~one, one & differ, ~one & differ)
    )
    return deciding_rows(*counts)


def _of_class(
    codes: IntArray, size: int, one: npt.NDArray[np.bool_], differ: npt.NDArray[np.bool_]
) -> IntArray:
    """Count the rows that decide on a class against the rest, by its rarer side at most."""
    ones, zeros, *moved = (
        np.bincount(codes[rows], minlength=size)
        for rows in (one, ~one, one & differ, ~one & differ)
    )
    rarer = np.floor(OF_RARER * np.minimum(ones, zeros)).astype(np.int64)
    return np.asarray(np.minimum(deciding_rows(ones, zeros, *moved), rarer))
