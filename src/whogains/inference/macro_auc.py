"""The AUC of each class against the rest, averaged, with each row's influence on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference.auc import auc_pair
from whogains.inference.paired_metric import PairedMetric, no_metric


def macro_auc_pair(
    y_true: ArrayLike,
    generic: ArrayLike,
    personalized: ArrayLike,
    sample_weight: ArrayLike | None = None,
) -> PairedMetric:
    """Compute the macro AUC of both models and every row's influence on it.

    Parameters
    ----------
    y_true : array_like (n,)
        The number of each row's class, from 0.
    generic, personalized : array_like (n, K)
        Each model's probabilities of the K classes.
    sample_weight : array_like (n,), optional
        Weights.

    Returns
    -------
    PairedMetric
        With ``reason`` where a class has no row, or a single one.

    Raises
    ------
    ValueError
        If lengths differ.

    Notes
    -----
    The mean over classes of the AUC of that class against all others, by its own column; all
    classes count alike, however frequent they are (one against rest, as scikit-learn's
    ``roc_auc_score`` with ``multi_class="ovr"`` has it). The influence on a mean of AUCs is the
    mean of the influences on them. It has no unit, and assumes what `auc_pair` does: a class with
    fewer than two rows leaves no variance, whatever n.

    References
    ----------
    Fawcett, T. (2006). An introduction to ROC analysis. Pattern Recognition Letters 27, 861-874,
    section 8.2 (where classes are weighed by how frequent they are).

    Examples
    --------
    >>> y = [0, 0, 1, 1, 2, 2]
    >>> right = np.eye(3)[y]
    >>> found = macro_auc_pair(y, np.full((6, 3), 1 / 3), right)
    >>> found.generic, found.personalized
    (0.5, 1.0)
    """
    y = np.asarray(y_true)
    both = np.asarray(generic, np.float64), np.asarray(personalized, np.float64)
    found = [
        auc_pair((y == k).astype(np.float64), both[0][:, k], both[1][:, k], sample_weight)
        for k in range(both[0].shape[1])
    ]
    missing = next((each.reason for each in found if each.reason is not None), None)
    if missing is not None:
        several = "a class has no row" if "only" in missing else "a class has a single row"
        return no_metric(len(y), several)
    return PairedMetric(
        float(np.mean([each.generic for each in found])),
        float(np.mean([each.personalized for each in found])),
        np.mean([each.influence_generic for each in found], axis=0),
        np.mean([each.influence_personalized for each in found], axis=0),
        None,
    )
