"""Shapley values of trees, exactly, by shap's TreeExplainer."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from whogains.errors import InputError
from whogains.explain._shap import shap_package
from whogains.explain.columns import by_source
from whogains.models import margin

if TYPE_CHECKING:
    from whogains.models import Model

FloatArray = npt.NDArray[np.float64]

# scikit-learn's trees and shap add up the same leaves in another order, some of them in float32.
ADDITIVITY_TOLERANCE = 1e-4


def tree_shap(
    model: Model, matrix: FloatArray, _baseline: FloatArray, _random_state: int, /
) -> FloatArray:
    """Compute the path-dependent Shapley values of a tree model.

    Parameters
    ----------
    model : Model
        A model with a tree view.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    _baseline : ndarray of float64, shape (p,)
        Not used: the reference is the rows that each tree was grown on.
    _random_state : int
        Not used: the values are exact.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The part of each feature in each prediction, in units of what the trees add up to
        (log-odds for boosted classifiers, probability for forests). The columns that a
        category was encoded as are added up.

    Raises
    ------
    InputError
        If the model is not made of trees that can be read, or the values do not add up to its
        predictions.

    References
    ----------
    .. [1] Lundberg et al., "From local explanations to global understanding with explainable AI
       for trees", Nature Machine Intelligence 2, 2020, Algorithm 2.
    """
    view = model.tree
    if view is None:
        raise InputError(
            f"tree_shap cannot read the {model.name} model, which is not a scikit-learn tree,"
            " forest or gradient boosting on numeric columns; use permutation_shap"
        )
    encoded = view.encode(matrix)
    try:
        explainer = shap_package().TreeExplainer(view.estimator)
        with warnings.catch_warnings():
            # shap tells what its output used to be for LightGBM.
            warnings.simplefilter("ignore", UserWarning)
            returned = explainer.shap_values(encoded, check_additivity=False)
        values = np.asarray(returned[-1] if isinstance(returned, list) else returned, np.float64)
        expected = np.asarray(explainer.expected_value, np.float64).ravel()
    except Exception as error:
        raise InputError(
            f"tree_shap failed on the {model.name} model ({type(error).__name__}: {error}); use"
            " permutation_shap"
        ) from error
    if values.ndim == 3:
        values = values[:, :, -1]
    gap = np.abs(values.sum(axis=1) + expected[-1] - margin(view.estimator, encoded))
    scale = 1.0 + np.abs(values).sum(axis=1)
    if (gap > ADDITIVITY_TOLERANCE * scale).any():
        raise InputError(
            f"tree_shap's values do not add up to the {model.name} model's predictions (largest"
            f" gap {gap.max():.3g}); use permutation_shap"
        )
    return by_source(values, view.source, matrix.shape[1])
