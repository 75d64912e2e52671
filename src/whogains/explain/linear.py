"""Shapley values of linear models, exactly, by shap's LinearExplainer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from whogains.errors import InputError
from whogains.explain._shap import shap_package
from whogains.explain.encoded_columns import by_source
from whogains.models import margin
from whogains.types import FloatArray

if TYPE_CHECKING:
    from whogains.models import EstimatorView, Model


def linear_shap(
    model: Model, matrix: FloatArray, baseline: FloatArray, _random_state: int
) -> FloatArray:
    """Compute each column's part in a linear score: its coefficient times its distance.

    Parameters
    ----------
    model : Model
        A model with coefficients.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    baseline : ndarray of float64, shape (p,)
        The row that distances are taken from.
    _random_state : int
        Not used: the values are exact.

    Returns
    -------
    ndarray of float64, shape (n, p)
        The part of each feature in the score (log-odds of the positive value for a classifier).

    Raises
    ------
    InputError
        If the model is not linear in columns that can be read.

    References
    ----------
    .. [1] Štrumbelj, Kononenko, "Explaining prediction models and individual predictions with
       feature contributions", Knowledge and Information Systems 41, 2014, equation 2.
    """
    shap = shap_package()
    view = _coefficients(model)
    background = view.encode(baseline[None, :])
    explainer = shap.LinearExplainer(
        view.estimator, shap.maskers.Independent(background, max_samples=1)
    )
    values = np.asarray(explainer.shap_values(view.encode(matrix)), np.float64)
    return view.sign * by_source(values.reshape(len(matrix), -1), view.source, matrix.shape[1])


def linear_change(model: Model, matrix: FloatArray, baseline: FloatArray) -> FloatArray:
    """Compute what attributions of a linear score add up to: it less the baseline's, shape (n,)."""
    view = _coefficients(model)
    scores, at_baseline = (
        margin(view.estimator, view.encode(rows)) for rows in (matrix, baseline[None, :])
    )
    return view.sign * (scores - at_baseline)


def _coefficients(model: Model) -> EstimatorView:
    if model.linear is None:
        raise InputError(
            f"linear_shap cannot read the {model.name} model, which is not a linear model of"
            " scikit-learn, perhaps behind steps that keep columns apart; use permutation_shap"
        )
    return model.linear
