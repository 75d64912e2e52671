"""From the columns of an encoding back to the columns of a model."""

from __future__ import annotations

import numpy as np

from whogains.types import FloatArray, IntArray


def by_source(values: FloatArray, source: IntArray, features: int) -> FloatArray:
    """Add up the attributions of the columns that one feature was encoded as.

    Parameters
    ----------
    values : ndarray of float64, shape (n, q)
        Attributions of encoded columns.
    source : ndarray of int, shape (q,)
        The feature that each was made from.
    features : int
        The number p of features.

    Returns
    -------
    ndarray of float64, shape (n, p)
        Attributions of features.

    Examples
    --------
    >>> import numpy as np
    >>> by_source(np.array([[1.0, 2.0, 3.0]]), np.array([0, 1, 1]), 2)
    array([[1., 5.]])
    """
    if np.array_equal(source, np.arange(features)):
        return values
    added = np.zeros((len(values), features))
    for at, feature in enumerate(source):
        added[:, feature] += values[:, at]
    return added
