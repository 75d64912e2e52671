"""Shapley values of any model, by sampling orders of its features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from whogains.models import Model

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]

# Each costs 2p predictions per row.
PERMUTATIONS = 5

# Numbers in one call of the model, all steps of an order for some rows: about 16 MB.
BATCH_NUMBERS = 2_000_000


def permutation_shap(
    model: Model,
    matrix: FloatArray,
    baseline: FloatArray,
    random_state: int,
    permutations: int = PERMUTATIONS,
) -> FloatArray:
    """Estimate the Shapley values of a model's predictions against a baseline row.

    Parameters
    ----------
    model : Model
        Any model.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    baseline : ndarray of float64, shape (p,)
        What a feature is set to while it is not yet known.
    random_state : int
        The seed of the orders.
    permutations : int
        The number of orders drawn; each is walked forwards and backwards.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The part of each feature in the difference between the prediction for the row and for
        the baseline, in units of the prediction; each row adds up to that difference.

    Notes
    -----
    The values are exact for a model without interactions of three or more features. All rows
    share the same orders, so that the explanation of one row does not depend on the others nor
    on their order, and many rows and steps are predicted at once.

    References
    ----------
    .. [1] Štrumbelj, Kononenko, "Explaining prediction models and individual predictions with
       feature contributions", Knowledge and Information Systems 41, 2014, Algorithm 1.
    .. [2] Mitchell, Cooper, Frank, Holmes, "Sampling Permutations for Shapley Value
       Estimation", JMLR 23, 2022, section 2 (antithetic pairs).

    Examples
    --------
    >>> import numpy as np
    >>> from whogains.frames import encode
    >>> from whogains.models import adapt_model
    >>> table = encode({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    >>> model = adapt_model(lambda f: 2 * f["a"] + f["a"] * f["b"], table.columns, "regression")
    >>> permutation_shap(model, table.matrix, np.zeros(2), random_state=0)
    array([[3.5, 1.5], [8. , 4. ]])
    """
    rng = np.random.default_rng(random_state)
    rows, features = matrix.shape
    at_baseline = float(model.predict(baseline[None, :])[0])
    attributions = np.zeros(matrix.shape)
    step = max(1, BATCH_NUMBERS // features**2)
    for _ in range(permutations):
        forwards = rng.permutation(features)
        for order in (forwards, forwards[::-1]):
            for start in range(0, rows, step):
                at = slice(start, start + step)
                attributions[at] += _walk(model, matrix[at], baseline, order, at_baseline)
    return attributions / (2 * permutations)


def prediction_change(model: Model, matrix: FloatArray, baseline: FloatArray) -> FloatArray:
    """Compute what attributions of a prediction must add up to.

    Parameters
    ----------
    model : Model
        Any model.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    baseline : ndarray of float64, shape (p,)
        The baseline row.

    Returns
    -------
    ndarray of float64, shape (n,)
        The prediction for each row less that for the baseline.
    """
    return model.predict(matrix) - model.predict(baseline[None, :])


def _walk(
    model: Model, matrix: FloatArray, baseline: FloatArray, order: IntArray, at_baseline: float
) -> FloatArray:
    """Take the features over from the baseline in one order, and see what each changes."""
    known = np.argsort(order) <= np.arange(len(order))[:, None]
    # A feature that is at its baseline changes nothing, so that no prediction is needed.
    moved = (matrix != baseline)[:, order].T
    changes = np.zeros(matrix.shape)
    if not moved.any():
        return changes
    path = np.empty(moved.shape)
    path[moved] = model.predict(np.where(known[:, None, :], matrix, baseline)[moved])
    before = np.full(len(matrix), at_baseline)
    for at, feature in enumerate(order):
        after = np.where(moved[at], path[at], before)
        changes[:, feature] = after - before
        before = after
    return changes
