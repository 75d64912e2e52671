"""Which estimators are made of trees that an explainer can read, and what their trees add up to."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from whogains.models.boosters import RAW_SCORE, boosted_by
from whogains.types import FloatArray


def is_tree(estimator: Any) -> bool:
    """Say whether an estimator is made of trees with numeric splits and one output.

    Parameters
    ----------
    estimator : object
        A fitted estimator.

    Returns
    -------
    bool
        Whether it is a scikit-learn decision tree, forest or gradient boosting of such trees, or
        a LightGBM, XGBoost or CatBoost estimator with its usual trees.

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
    if isinstance(estimator, others):
        return getattr(estimator, "n_outputs_", 1) == 1
    return boosted_by(estimator) is not None


def reads_frames(estimator: Any) -> bool:
    """Say whether an estimator explains its own trees, with sets of categories."""
    return boosted_by(estimator) is not None


def margin(estimator: Any, encoded: Any) -> FloatArray:
    """Compute what the trees of an estimator add up to, before any link function.

    Log-odds for boosted classifiers, the probability of the second class for other classifiers,
    and the value for regressors (its logarithm under a Poisson or gamma loss, and of Poisson
    regression), shape (m,).
    """
    with warnings.catch_warnings():
        # The columns are those that it was fitted on, without their names.
        warnings.filterwarnings("ignore", message=".*feature names", category=UserWarning)
        values = _margin(estimator, encoded)
    return np.asarray(values, dtype=np.float64)


def _margin(estimator: Any, encoded: Any) -> Any:
    from sklearn.linear_model import PoissonRegressor

    library = boosted_by(estimator)
    if library is not None:
        return estimator.predict(encoded, **RAW_SCORE[library])
    if hasattr(estimator, "decision_function"):
        return estimator.decision_function(encoded)
    if hasattr(estimator, "predict_proba"):
        return estimator.predict_proba(encoded)[:, 1]
    values = estimator.predict(encoded)
    logarithm = getattr(estimator, "loss", None) in {"poisson", "gamma"}
    return np.log(values) if logarithm or isinstance(estimator, PoissonRegressor) else values
