"""A ratio of two means on the same rows, with one influence value per row."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference._arrays import one_row_per_value, row_weights
from whogains.types import FloatArray


class RatioOfMeans(NamedTuple):
    """A ratio of means, and what each row adds to it.

    Attributes
    ----------
    ratio : float
        The mean of the numerators over that of the denominators; NaN where that is 0.
    influence : ndarray (n,)
        They average 0, and the variance of the ratio is ``sum(influence**2) / (n * (n - 1))``.
        Weights are already inside.
    """

    ratio: float
    influence: FloatArray


def ratio_of_means(
    numerator: ArrayLike, denominator: ArrayLike, sample_weight: ArrayLike | None = None
) -> RatioOfMeans:
    r"""Divide one mean by another, on the same rows.

    Parameters
    ----------
    numerator, denominator : array_like (n,)
        Two numbers per row.
    sample_weight : array_like (n,), optional
        Weights.

    Returns
    -------
    RatioOfMeans
        NaN throughout where the denominators' mean is 0 or there is no weight.

    Raises
    ------
    ValueError
        If lengths differ, or a number is not finite.

    Notes
    -----
    With R = N / D, a row's influence is :math:`(n_i - R d_i) / D`, times its weight over the mean
    weight: the linearization (delta method) of a ratio estimator. What it leaves out is of the
    order of the squared relative error of D, so that rows enough to know D well are needed.

    The ratio has the unit of the numerator over that of the denominator. One row has a ratio and
    no variance. Assumes rows, or clusters of them, that are independent of each other, with
    finite variances.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, third edition, section 2.11 (2.45).

    Examples
    --------
    >>> found = ratio_of_means([1.0, 2.0, 3.0], [2.0, 4.0, 6.0])
    >>> found.ratio, found.influence.tolist()
    (0.5, [0.0, 0.0, 0.0])
    """
    above = one_row_per_value("numerator", numerator)
    below = one_row_per_value("denominator", denominator)
    if above.shape != below.shape:
        raise ValueError(
            f"denominator must hold one value per row ({above.size}), got {below.size}"
        )
    weight = row_weights(sample_weight, above.size)
    total = weight.sum()
    share = weight / total if total > 0 else weight
    scale = float(share @ below)
    if scale == 0:
        return RatioOfMeans(np.nan, np.full(above.size, np.nan))
    ratio = float(share @ above / scale)
    return RatioOfMeans(ratio, share.size * share * (above - ratio * below) / scale)
