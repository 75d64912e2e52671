"""Shapley values of trees, exactly, by shap's TreeExplainer."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError, without_cells
from whogains.explain._shap import shap_package
from whogains.explain.encoded_columns import by_source
from whogains.models import margin
from whogains.types import FloatArray

if TYPE_CHECKING:
    from whogains.models import EstimatorView, Model


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
        The part of each feature in each prediction of the positive value, in units of what the
        trees add up to (log-odds for boosted classifiers, probability for forests). The columns
        that a category was encoded as are added up.

    Raises
    ------
    InputError
        If the model is not made of trees that can be read.

    References
    ----------
    .. [1] Lundberg et al., "From local explanations to global understanding with explainable AI
       for trees", Nature Machine Intelligence 2, 2020, Algorithm 2.
    """
    view = _view(model)
    values = _shap_values(_explainer(model), model, view.encode(matrix))
    return view.sign * by_source(values, view.source, matrix.shape[1])


def tree_change(model: Model, matrix: FloatArray, _baseline: FloatArray) -> FloatArray:
    """Compute what path-dependent Shapley values must add up to, shape (n,).

    What the trees add up to in each row, by the model itself, less what they add up to on average
    over the rows that they were grown on.
    """
    view, explainer = _view(model), _explainer(model)
    encoded = view.encode(matrix)
    # For XGBoost shap knows what is expected only once it has explained a row.
    _shap_values(explainer, model, encoded[:1])
    expected = np.asarray(explainer.expected_value, np.float64).ravel()
    change: FloatArray = margin(view.estimator, encoded) - expected[-1]
    return view.sign * change


def _shap_values(explainer: Any, model: Model, encoded: Any) -> FloatArray:
    """Explain encoded rows, shape (n, q), in what the trees add up to."""
    try:
        with warnings.catch_warnings():
            # shap tells what its output used to be for LightGBM.
            warnings.simplefilter("ignore", UserWarning)
            returned = explainer.shap_values(encoded, check_additivity=False)
        values = np.asarray(returned[-1] if isinstance(returned, list) else returned, np.float64)
    except Exception as error:
        raise _failed(model, error) from error
    return values[:, :, -1] if values.ndim == 3 else values


def _view(model: Model) -> EstimatorView:
    """Return the trees of a model."""
    if model.tree is None:
        raise InputError(
            f"tree_shap cannot read the {model.name} model, which is not a scikit-learn tree,"
            " forest or gradient boosting on columns that it can follow; use permutation_shap"
        )
    return model.tree


def _explainer(model: Model) -> Any:
    """Read the trees."""
    try:
        return shap_package().TreeExplainer(_view(model).estimator)
    except InputError:
        raise
    except Exception as error:
        raise _failed(model, error) from error


def _failed(model: Model, error: Exception) -> InputError:
    """Say that shap cannot read or explain the trees."""
    return InputError(
        f"tree_shap failed on the {model.name} model ({type(error).__name__}: "
        f"{without_cells(error)}); use permutation_shap"
    )
