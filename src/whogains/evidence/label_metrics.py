"""Metrics of labels, which are ratios of means, and metrics that a user gives as a function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from whogains.costs import Cost, GroupFunction
from whogains.errors import InputError
from whogains.evidence.effective import carrying_number, effective_number
from whogains.inference import PairedMetric, jackknife, ratio_of_means
from whogains.types import BoolArray, FloatArray, IntArray

# Of more rows than this a user's metric leaves out blocks, so many of them.
BLOCKS = 1000
# Leaving out one cluster after the other takes two calls each.
MOST_CLUSTERS = 5000
# A ratio asks for four units that carry it where one must differ.
CARRYING = 4


@dataclass(frozen=True, slots=True, eq=False)
class PartRows:
    """The rows of one group, or everybody, as a metric takes them.

    Parameters
    ----------
    y_true, generic, personalized : ndarray of float, shape (n,)
        Outcomes, and what each model predicts.
    sample_weight : ndarray of float, shape (n,), or None
        Weights.
    cluster : ndarray of int, shape (n,), or None
        Which rows depend on each other.
    """

    y_true: FloatArray
    generic: FloatArray
    personalized: FloatArray
    sample_weight: FloatArray | None = None
    cluster: IntArray | None = None

    def __len__(self) -> int:
        return len(self.y_true)

    def take(self, rows: BoolArray) -> PartRows:
        """Keep the rows that a mask marks."""
        weight, cluster = self.sample_weight, self.cluster
        return PartRows(
            self.y_true[rows],
            self.generic[rows],
            self.personalized[rows],
            None if weight is None else weight[rows],
            None if cluster is None else cluster[rows],
        )

    @property
    def both(self) -> tuple[FloatArray, FloatArray]:
        """What the two models predict."""
        return self.generic, self.personalized


def ratio_pair(cost: Cost, part: PartRows) -> PairedMetric:
    """Compute a metric of labels for both models, the mean of its ratios of means.

    Parameters
    ----------
    cost : Cost
        With `ratios`.
    part : PartRows
        n rows.

    Returns
    -------
    PairedMetric
        With a reason where there is nothing to divide by: no row with the outcome that a rate is
        of, or for F1 neither an outcome nor a label of 1.

    Notes
    -----
    By `ratio_of_means`; ratios that are averaged have influences that are. Sensitivity and
    specificity are the ratios of true labels to outcomes of 1 and of 0, balanced accuracy is
    their mean, and F1 is 2 TP / (2 TP + FP + FN).

    Examples
    --------
    >>> from whogains.costs import prediction_costs
    >>> cost, = prediction_costs("classification", ("sensitivity",))
    >>> part = PartRows(np.array([1.0, 1, 0]), np.array([0.2, 0.9, 0.9]), np.array([0.6, 0.9, 0.1]))
    >>> found = ratio_pair(cost, part)
    >>> found.generic, found.personalized
    (0.5, 1.0)
    """
    made = []
    for prediction in part.both:
        ratios = [
            ratio_of_means(
                above(part.y_true, prediction), below(part.y_true, prediction), part.sample_weight
            )
            for above, below in cost.ratios
        ]
        made.append(
            (
                float(np.mean([each.ratio for each in ratios])),
                np.mean([each.influence for each in ratios], axis=0),
            )
        )
    (generic, of_generic), (personalized, of_personalized) = made
    reason = None
    if not len(part):
        reason = "no rows"
    elif not (np.isfinite(generic) and np.isfinite(personalized)):
        reason = "one class only" if np.ptp(part.y_true) == 0 else "no label is 1"
    return PairedMetric(generic, personalized, of_generic, of_personalized, reason)


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


def deciding_units(found: PairedMetric, cluster: IntArray | None) -> int:
    """Count the units that decide: that carry the difference, and a quarter of those of a model.

    Those of the difference are counted by their fourth powers: by their sizes, samples in which the
    models happen to differ much would seem to hold more of them, and err more than others.

    Parameters
    ----------
    found : PairedMetric
        A metric of a group.
    cluster : ndarray of int, shape (n,), or None
        Which rows are one unit.

    Returns
    -------
    int
        0 where there is a reason.
    """
    if found.reason is not None:
        return 0
    generic, personalized = found.influence_generic, found.influence_personalized
    models = min(effective_number(each, cluster) for each in (generic, personalized))
    return int(min(carrying_number(generic - personalized, cluster), models / CARRYING))


def _of(
    value: GroupFunction, part: PartRows, prediction: FloatArray, weight: FloatArray
) -> Callable[[BoolArray], float]:
    def of_rows(rows: BoolArray) -> float:
        return value(part.y_true[rows], prediction[rows], weight[rows])

    return of_rows
