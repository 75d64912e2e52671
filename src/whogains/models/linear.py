"""Which estimators have a score that is linear in their columns."""

from __future__ import annotations

from typing import Any

import numpy as np


def is_linear(estimator: Any) -> bool:
    """Say whether an estimator's score is its coefficients times its columns.

    Parameters
    ----------
    estimator : object
        A fitted estimator.

    Returns
    -------
    bool
        Whether it is a common linear model of scikit-learn with one coefficient per column. For
        a classifier the score is the log-odds, and for Poisson regression the logarithm of the
        mean. Other regressors with a link function are left out.
    """
    from sklearn import linear_model as linear

    known = (
        linear.LinearRegression,
        linear.Ridge,
        linear.RidgeCV,
        linear.ElasticNet,  # and Lasso, which derives from it
        linear.ElasticNetCV,
        linear.LassoCV,
        linear.HuberRegressor,
        linear.QuantileRegressor,
        linear.PoissonRegressor,
        linear.LogisticRegression,
        linear.LogisticRegressionCV,
    )
    if not isinstance(estimator, known):
        return False
    coefficients = np.asarray(estimator.coef_)
    return coefficients.ndim == 1 or coefficients.shape[0] == 1
