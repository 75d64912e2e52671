"""Shapley values of any model, by shap's PermutationExplainer."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from whogains.explain._shap import shap_package
from whogains.types import FloatArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from whogains.models import Model

Shown = npt.NDArray[np.bool_]

# Each costs 2p predictions per row.
PERMUTATIONS = 5

# Numbers in one call of the model, all steps of an order for some rows: about 16 MB.
BATCH_NUMBERS = 2_000_000

# shap draws from NumPy's one global generator, which threads share.
DRAWING = RLock()


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
    The values are exact for a model without interactions of three or more features. shap is
    asked to explain one game, whose players are the features and whose outcomes are the
    predictions for all rows: so all rows share the same orders, the explanation of one row does
    not depend on the others nor on their order, and many rows and steps are predicted at once.

    This is the slow way, for models that no other explainer can read: an order takes 2p
    predictions of each row, fewer where features are at the baseline. The first call in a process
    takes some seconds more, in which shap compiles.

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
    shap = shap_package()
    rows, features = matrix.shape
    walk = 2 * features + 1
    attributions = np.empty(matrix.shape)
    step = max(1, BATCH_NUMBERS // (walk * features))
    for start in range(0, rows, step):
        with _global_state_kept():
            game = _Game(model, matrix[start : start + step], baseline)
            explainer = shap.PermutationExplainer(
                game, lambda shown, _: shown[None, :], seed=random_state % 2**32
            )
            found = explainer(
                np.ones((1, features)),
                max_evals=permutations * walk,
                batch_size=walk,
                silent=True,
            )
        attributions[start : start + step] = found.values.reshape(features, -1).T
    return attributions


class _Game:
    """What a model predicts for rows of which only some features are shown."""

    def __init__(self, model: Model, matrix: FloatArray, baseline: FloatArray) -> None:
        self._model = model
        self._matrix = matrix
        self._baseline = baseline
        self._moved = (matrix != baseline).T.astype(np.float64)
        self._at_baseline = model.predict(baseline[None, :])

    def __call__(self, shown: Shown) -> FloatArray:
        """Predict k sets of features, shape (k, p), for all n rows: shape (k, n)."""
        # Where a step only shows or hides features that are at the baseline, nothing changes, so
        # that no prediction is needed.
        flipped = np.diff(shown, axis=0, prepend=False)
        changed = flipped.astype(np.float64) @ self._moved > 0
        at, row = np.nonzero(changed)
        outcomes = np.broadcast_to(self._at_baseline, changed.shape).copy()
        if at.size:
            asked = np.where(shown[at], self._matrix[row], self._baseline)
            with _global_state_kept():
                outcomes[at, row] = self._model.predict(asked)
        last = np.maximum.accumulate(changed * np.arange(len(shown))[:, None])
        return np.take_along_axis(outcomes, last, axis=0)


@contextmanager
def _global_state_kept() -> Iterator[None]:
    """Leave NumPy's global generator as it was: shap must not disturb a user, nor a model shap."""
    with DRAWING:
        state = np.random.get_state()  # noqa: NPY002
        try:
            yield
        finally:
            np.random.set_state(state)  # noqa: NPY002
