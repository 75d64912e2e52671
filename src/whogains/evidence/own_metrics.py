"""A user's metric of both models, judged by leaving rows out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from whogains.costs import Cost, GroupFunction
from whogains.errors import InputError
from whogains.evidence.label_metrics import BLOCKS, MOST_CLUSTERS, PartRows
from whogains.inference import PairedMetric, jackknife
from whogains.types import BoolArray, FloatArray, IntArray


def own_pair(cost: Cost, part: PartRows, blocks: IntArray) -> PairedMetric:
    """Compute a user's metric for both models, and the influences by the jackknife.

    Parameters
    ----------
    cost : Cost
        With a `value`.
    part : PartRows
        n rows.
    blocks : ndarray of int, shape (n,)
        Which rows are left out together, from 0 on.

    Returns
    -------
    PairedMetric
        With a reason where the function gives no number, or there are too many clusters.
    """
    value, n = cost.value, len(part)
    if value is None:
        raise TypeError(f"{cost.name} is not a metric that a user gave")
    weight = np.ones(n) if part.sample_weight is None else part.sample_weight
    nothing = np.full(n, np.nan)
    if not n:
        return PairedMetric(np.nan, np.nan, nothing, nothing, "no rows")
    try:
        numbers = [value(part.y_true, each, weight) for each in part.both]
    except InputError as error:
        return PairedMetric(np.nan, np.nan, nothing, nothing, str(error))
    units = int(blocks.max()) + 1
    if units < 2 or units > MOST_CLUSTERS:
        few = f"{units} cluster" if part.cluster is not None else "one row"
        why = f"a user's metric leaves out one cluster at a time, at most {MOST_CLUSTERS} of them"
        reason = why if units > MOST_CLUSTERS else f"{few}: nothing to leave out"
        return PairedMetric(numbers[0], numbers[1], nothing, nothing, reason)
    try:
        generic, personalized = (
            jackknife(_of(value, part, each, weight), blocks, weight) for each in part.both
        )
    except InputError as error:
        reason = f"with some rows left out, {error}"
        return PairedMetric(numbers[0], numbers[1], nothing, nothing, reason)
    return PairedMetric(generic[0], personalized[0], generic[1], personalized[1], None)


def check_own(cost: Cost, part: PartRows) -> None:
    """Refuse a user's metric that is none: of everybody it must be a number, and the same again.

    Raises
    ------
    InputError
        If the function fails, gives another number the second time, or passes over weights.
    """
    value = cost.value
    if value is None or not len(part):
        return
    weight = np.ones(len(part)) if part.sample_weight is None else part.sample_weight
    for prediction in part.both:
        first, second = (value(part.y_true, prediction, weight) for _ in range(2))
        if not abs(first - second) <= 1e-9 * max(1.0, abs(first)):
            raise InputError(
                f"metric {cost.name!r} is {first:.6g} and then {second:.6g} for the same rows; it "
                "must be the same each time"
            )
        if part.sample_weight is None or np.ptp(weight) == 0:
            continue
        # Weights as they come, and the other way round: some metric of some model moves.
        if first != value(part.y_true, prediction, np.ones(len(part))):
            return
    if part.sample_weight is not None and np.ptp(weight) > 0:
        raise InputError(
            f"metric {cost.name!r} is the same with and without weights; use its third argument, "
            "sample_weight"
        )


def blocks_of(n: int, cluster: IntArray | None) -> IntArray:
    """Say which rows a user's metric leaves out together: clusters, single rows, or blocks.

    Parameters
    ----------
    n : int
        Rows of a group.
    cluster : ndarray of int, shape (n,), or None
        Which rows depend on each other.

    Returns
    -------
    ndarray of int, shape (n,)
        Numbers from 0 on. Of more than `BLOCKS` rows without clusters so many blocks, drawn with
        one seed always.
    """
    if cluster is not None:
        _, found = np.unique(cluster, return_inverse=True)
        return np.asarray(found.reshape(-1), dtype=np.int64)
    if n <= BLOCKS:
        return np.arange(n, dtype=np.int64)
    drawn = np.random.default_rng(0).permutation(n)
    return np.asarray(drawn % BLOCKS, dtype=np.int64)


def _of(
    value: GroupFunction, part: PartRows, prediction: FloatArray, weight: FloatArray
) -> Callable[[BoolArray], float]:
    def of_rows(rows: BoolArray) -> float:
        return value(part.y_true[rows], prediction[rows], weight[rows])

    return of_rows
