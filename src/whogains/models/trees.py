"""Which estimators are made of trees that an explainer can read, and what their trees add up to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def is_tree(estimator: Any) -> bool:
    """Say whether an estimator is made of trees with numeric splits and one output.

    Parameters
    ----------
    estimator : object
        A fitted estimator.

    Returns
    -------
    bool
        Whether it is a scikit-learn decision tree, forest or gradient boosting of such trees.

    Notes
    -----
    Histogram gradient boosting with native categorical features is left out: it reorders its
    columns and splits on sets of categories, which shap 0.51 reads as numbers, wrongly and
    without an error.
    """
    from sklearn import ensemble, tree

    histogram = (ensemble.HistGradientBoostingClassifier, ensemble.HistGradientBoostingRegressor)
    others = (
        tree.DecisionTreeClassifier,
        tree.DecisionTreeRegressor,
        ensemble.RandomForestClassifier,
        ensemble.RandomForestRegressor,
        ensemble.ExtraTreesClassifier,
        ensemble.ExtraTreesRegressor,
        ensemble.GradientBoostingClassifier,
        ensemble.GradientBoostingRegressor,
    )
    if isinstance(estimator, histogram):
        categorical = estimator.is_categorical_
        return categorical is None or not np.any(categorical)
    return isinstance(estimator, others) and getattr(estimator, "n_outputs_", 1) == 1


def margin(estimator: Any, encoded: FloatArray) -> FloatArray:
    """Compute what the trees of an estimator add up to, before any link function.

    Parameters
    ----------
    estimator : object
        A fitted tree estimator.
    encoded : ndarray of float64, shape (m, q)
        Rows as the estimator takes them.

    Returns
    -------
    ndarray of float64, shape (m,)
        Log-odds for boosted classifiers, the probability of the second class for other
        classifiers, and the value for regressors (its logarithm under a Poisson or gamma loss).
    """
    values: FloatArray
    if hasattr(estimator, "decision_function"):
        values = estimator.decision_function(encoded)
    elif hasattr(estimator, "predict_proba"):
        values = estimator.predict_proba(encoded)[:, 1]
    else:
        values = estimator.predict(encoded)
        if getattr(estimator, "loss", None) in {"poisson", "gamma"}:
            values = np.log(values)
    return np.asarray(values, dtype=np.float64)
