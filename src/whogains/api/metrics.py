"""AUC and R²: metrics of a group, as pseudo-values of its rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from whogains.costs import Cost
from whogains.evidence import Score
from whogains.inference import auc_pair, r2_pair

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

METRICS = {"auc": auc_pair, "r2": r2_pair}

# The independent units of the smaller class that an AUC takes, and the units that R² takes: as in
# `whogains.inference.choose_method`, which sees rows only.
LEAST_UNITS = {"auc": 200, "r2": 1000}


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
    cluster : ndarray of int, shape (n,), optional
        Clusters.

    Returns
    -------
    Score
        With NaN in groups without the metric, or where clusters or uneven weights leave too few
        independent units for its interval; the reasons say which.
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
        reason = found.reason or _too_few(
            cost.name, y_true[rows], weight, None if cluster is None else cluster[rows]
        )
        unknown = np.nan if reason else 0.0
        into[0, rows] = unknown - (found.generic + found.influence_generic)
        into[1, rows] = unknown - (found.personalized + found.influence_personalized)
        reasons.append(reason)
    return Score(
        cost, in_group[0], in_group[1], whole=(whole[0], whole[1]), reasons=tuple(reasons[:-1])
    )


def _too_few(
    name: str, y_true: FloatArray, weight: FloatArray | None, cluster: IntArray | None
) -> str | None:
    """Say why clusters or weights leave too few independent units for a metric's interval."""
    if weight is None and cluster is None:
        return None
    parts = [y_true == 0, y_true == 1] if name == "auc" else [np.ones(len(y_true), dtype=np.bool_)]
    for part in parts:
        units = float(np.count_nonzero(part) if cluster is None else np.unique(cluster[part]).size)
        if weight is not None:
            w = weight[part]
            share = float(w.sum() ** 2 / (len(w) * (w @ w)))
            # As for means: uneven weights take the inverse cube of the share that they leave.
            units *= share**4
        if units < LEAST_UNITS[name]:
            of = "of the rarer outcome " if name == "auc" else ""
            return f"too few independent units {of}for {name} with these clusters or weights"
    return None
