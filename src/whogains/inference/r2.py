"""The coefficient of determination of both models inside one group."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference.paired_metric import PairedMetric, check_pair, no_metric
from whogains.inference.ratio import ratio_of_means


def r2_pair(
    y_true: ArrayLike,
    generic: ArrayLike,
    personalized: ArrayLike,
    sample_weight: ArrayLike | None = None,
) -> PairedMetric:
    r"""Compute R² of both models and every row's influence on it.

    Parameters
    ----------
    y_true : array_like (n,)
        Outcomes.
    generic, personalized : array_like (n,)
        Predictions of the two models.
    sample_weight : array_like (n,), optional
        Weights.

    Returns
    -------
    PairedMetric
        With ``reason`` "no rows" or "constant outcome" and NaN metrics where R² does not exist.

    Raises
    ------
    ValueError
        If lengths differ.

    Notes
    -----
    R² = 1 - E/D with E the mean squared error and D the variance of the outcome *inside the
    group*. A row's influence is :math:`-(e_i^2 - (1 - R^2)(y_i - \bar y)^2) / D`, times its
    weight over the mean weight; the estimate of the mean of y adds nothing at first order.
    The variance is that of the first order (delta method), in need of some hundred rows.

    R² has no unit. Fewer than 2 rows are "no rows" or a "constant outcome". Assumes rows, or
    clusters of them, that are independent of each other, with finite fourth moments.

    References
    ----------
    van der Vaart, A. W. (1998). Asymptotic Statistics, section 20.1 (influence functions).

    Examples
    --------
    >>> found = r2_pair([1.0, 2.0, 3.0, 4.0], [1.5, 2.5, 2.5, 3.5], [1.0, 2.0, 3.0, 4.5])
    >>> found.generic, found.personalized
    (0.8, 0.95)
    """
    y, predicted_0, predicted_p, weight = check_pair(y_true, generic, personalized, sample_weight)
    if weight.sum() == 0:
        return no_metric(y.size, "no rows")
    share = weight / weight.sum()
    spread = (y - share @ y) ** 2
    scale = float(share @ spread)
    if scale <= (8 * np.finfo(np.float64).eps * float(np.abs(y).max())) ** 2:
        return no_metric(y.size, "constant outcome")
    # One minus the share of the variance that the errors are.
    unexplained = [ratio_of_means((y - h) ** 2, spread, weight) for h in (predicted_0, predicted_p)]
    (ratio_0, influence_0), (ratio_p, influence_p) = unexplained
    return PairedMetric(1 - ratio_0, 1 - ratio_p, -influence_0, -influence_p, None)
