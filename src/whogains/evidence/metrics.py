"""AUC and R²: metrics of a group, as pseudo-values of its rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from whogains.costs import Cost
from whogains.evidence.deciding import deciding_rows
from whogains.evidence.evidence import Score
from whogains.inference import auc_pair, r2_pair
from whogains.types import FloatArray, IntArray

METRICS = {"auc": auc_pair, "r2": r2_pair}


def metric_score(
    cost: Cost,
    codes: IntArray,
    size: int,
    y_true: FloatArray,
    predictions: tuple[FloatArray, FloatArray],
    *,
    sample_weight: FloatArray | None = None,
) -> Score:
    """Give each row the cost of its group and its influence on it, as a pseudo-value.

    Parameters
    ----------
    cost : Cost
        Minus AUC or minus R².
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

    Returns
    -------
    Score
        With NaN in groups without the metric, and the reasons.
    """
    in_group, whole = np.empty((2, len(y_true))), np.empty((2, len(y_true)))
    groups = [codes == j for j in range(size)]
    reasons = []
    for into, rows in (
        *((in_group, mine) for mine in groups),
        (whole, np.ones(len(y_true), dtype=np.bool_)),
    ):
        weight = None if sample_weight is None else sample_weight[rows]
        found = METRICS[cost.name](y_true[rows], predictions[0][rows], predictions[1][rows], weight)
        # An influence holds the row's weight; the sums that follow weigh every value themselves.
        relative = 1.0 if weight is None or not weight.size else weight / weight.mean()
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
        deciding=(
            _deciding(cost, codes, size, y_true, differ),
            _deciding(cost, np.zeros_like(codes), 1, y_true, differ),
        ),
    )


def _deciding(
    cost: Cost, codes: IntArray, size: int, y_true: FloatArray, differ: npt.NDArray[np.bool_]
) -> IntArray:
    if cost.name != "auc":
        return np.bincount(codes[differ], minlength=size)
    one = y_true == 1
    counts = (
        np.bincount(codes[rows], minlength=size)
        for rows in (one, ~one, one & differ, ~one & differ)
    )
    return deciding_rows(*counts)
