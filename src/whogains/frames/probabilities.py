"""Probabilities as people hand them over, read up to rounding."""

from __future__ import annotations

import numpy as np

from whogains.types import BoolArray, FloatArray

# Probabilities that were counted in single precision, or added up, miss 0 and 1 by less.
PROBABILITY_ROUNDING = 1e-6


def as_probabilities(values: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Set to 0 and 1 what misses them by rounding alone, and mark what is no probability.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Predictions.

    Returns
    -------
    probabilities : ndarray of float64, shape (n,)
        The same within [0, 1], where they are not marked.
    outside : ndarray of bool, shape (n,)
        Where a value is outside [0, 1] by more than a millionth. NaN is not marked.

    Examples
    --------
    >>> import numpy as np
    >>> as_probabilities(np.array([1.0000001, 0.4, -0.2]))
    (array([ 1. ,  0.4, -0.2]), array([False, False,  True]))
    """
    outside = (values < -PROBABILITY_ROUNDING) | (values > 1 + PROBABILITY_ROUNDING)
    return np.where(outside, values, np.clip(values, 0.0, 1.0)), outside
