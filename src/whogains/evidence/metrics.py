"""Metrics of a group, as pseudo-values of its rows, and how many rows decide."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from whogains.costs import Cost
from whogains.evidence.label_metrics import (
    PartRows,
    blocks_of,
    check_own,
    deciding_units,
    own_pair,
    ratio_pair,
)
from whogains.evidence.scores import Score
from whogains.inference import auc_pair, macro_auc_pair, r2_pair
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


def deciding_rows(
    ones: ArrayLike, zeros: ArrayLike, moved_ones: ArrayLike, moved_zeros: ArrayLike
) -> npt.NDArray[np.int64]:
    """Find the effective sample size behind a difference of two AUCs.

    Parameters
    ----------
    ones, zeros : array_like (d,)
        Rows of each class in d groups.
    moved_ones, moved_zeros : array_like (d,)
        Those of them whose two scores differ.

    Returns
    -------
    ndarray of int (d,)
        Rows of equal influence that would carry the variance of the difference, rounded down; at
        most ``ones + zeros``, and 0 where no score differs.

    Raises
    ------
    ValueError
        If the shapes of the arguments do not match.

    Notes
    -----
    A row of a class with m rows has an influence in proportion to 1 / m, so that k of them add
    k / m**2 to the variance if all scores that differ move as much. The number is
    (sum of v)**2 / sum of v**2 over these contributions (Kish). Derived here.

    A number of rows, exact for any n; assumes that scores which differ move alike, and says too
    much where a few move much more than the others. DeLong's interval then still holds unless
    hardly any do: of 300 ones with 3 that move to the top an end errs with .15, with 6 with .03 to
    .08, with 15 with at most .018 (nominal .025), where all other scores differ a little.

    Examples
    --------
    Three ones of 300 decide, however many zeros there are; where all differ, about 600 do.

    >>> deciding_rows([300, 300], [1700, 300], [3, 300], [0, 300]).tolist()
    [3, 600]
    """
    m = [np.asarray(rows, dtype=np.float64) for rows in (ones, zeros)]
    k = [np.asarray(rows, dtype=np.float64) for rows in (moved_ones, moved_zeros)]
    each = [1 / np.maximum(rows, 1) ** 2 for rows in m]
    first = k[0] * each[0] + k[1] * each[1]
    second = k[0] * each[0] ** 2 + k[1] * each[1] ** 2
    found = np.divide(first**2, second, out=np.zeros_like(first), where=second > 0)
    # A hair above, since what is a whole number may be rounded to less.
    return np.floor(found * (1 + 1e-9)).astype(np.int64)
