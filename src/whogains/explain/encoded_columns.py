"""From the columns of an encoding back to the columns of a model."""

from __future__ import annotations

import numpy as np

from whogains.types import FloatArray, IntArray


def by_source(values: FloatArray, source: IntArray, features: int) -> FloatArray:
    """Add up attributions, (n, q), of the columns that one feature was encoded as: (n, features).

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
