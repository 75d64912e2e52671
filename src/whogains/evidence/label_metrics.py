"""Metrics of labels, which are ratios of means, and metrics that a user gives as a function."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whogains.costs import Cost
from whogains.evidence.effective import carrying_number, effective_number
from whogains.inference import PairedMetric, ratio_of_means
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
