"""What a prediction loses when one feature is hidden: the cheap baseline for any model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whogains.types import FloatArray

if TYPE_CHECKING:
    from whogains.models import Model


# Numbers in one call of the model: about 16 MB.
BATCH_NUMBERS = 2_000_000


def occlusion(
    model: Model, matrix: FloatArray, baseline: FloatArray, _random_state: int
) -> FloatArray:
    """Set each feature to the baseline in turn, and see how far the prediction falls.

    Parameters
    ----------
    model : Model
        Any model.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    baseline : ndarray of float64, shape (p,)
        What the hidden feature is set to.
    _random_state : int
        Not used: the values are exact.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The prediction less the prediction without the feature, in units of the prediction. They
        need not add up to anything.

    References
    ----------
    .. [1] Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014,
       section 4.2.

    Examples
    --------
    >>> import numpy as np
    >>> from whogains.frames import encode
    >>> from whogains.models import adapt_model
    >>> table = encode({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    >>> model = adapt_model(lambda f: 2 * f["a"] + f["a"] * f["b"], table.columns, "regression")
    >>> occlusion(model, table.matrix, np.zeros(2), 0)
    array([[ 5.,  3.],
           [12.,  8.]])
    """
    rows, features = matrix.shape
    attributions = np.zeros(matrix.shape)
    hide = np.eye(features, dtype=np.bool_)[:, None, :]
    step = max(1, BATCH_NUMBERS // features**2)
    for start in range(0, rows, step):
        part = matrix[start : start + step]
        # A feature that is at its baseline loses nothing, so that no prediction is needed.
        moved = (part != baseline).T
        if moved.any():
            full = model.predict(part)
            hidden = model.predict(np.where(hide, baseline, part)[moved])
            lost = np.zeros(moved.shape)
            lost[moved] = np.broadcast_to(full, moved.shape)[moved] - hidden
            attributions[start : start + step] = lost.T
    return attributions
