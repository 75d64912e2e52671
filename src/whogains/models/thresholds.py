"""The probability from which on a classifier's own `predict` says the positive value."""

from __future__ import annotations

from typing import Any

import numpy as np

# From here on a value is the likelier one of two.
LIKELIER = 0.5


def own_threshold(estimator: Any, positive: Any) -> float | None:
    """Find the threshold that a classifier was given, or has tuned.

    Parameters
    ----------
    estimator : object
        A model; a pipeline is asked for its last step, a search for its best estimator.
    positive : object
        The value of the outcome that counts as 1; 1 for what is fitted on 0 and 1.

    Returns
    -------
    float or None
        The probability of the positive value from which on it is predicted; NaN where a threshold
        is tuned in each fit, or is one of a score that is no probability; None where the classifier
        has none of its own, so that it says the likelier value.

    Notes
    -----
    CatBoost keeps one where `set_probability_threshold` was called, of the last of ``classes_``.
    scikit-learn's `TunedThresholdClassifierCV` and `FixedThresholdClassifier` keep the probability
    of their ``pos_label``, by default the last of ``classes_``; that of the other value is 1 less.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import FixedThresholdClassifier
    >>> own_threshold(FixedThresholdClassifier(LogisticRegression(), threshold=0.2), 1)
    0.2
    """
    from sklearn.model_selection import FixedThresholdClassifier, TunedThresholdClassifierCV
    from sklearn.pipeline import Pipeline

    for _ in range(3):
        if isinstance(estimator, Pipeline) and estimator.steps:
            estimator = estimator.steps[-1][1]
        estimator = getattr(estimator, "best_estimator_", estimator)
    if isinstance(estimator, TunedThresholdClassifierCV):
        found: Any = getattr(estimator, "best_threshold_", np.nan)
    elif isinstance(estimator, FixedThresholdClassifier):
        found = estimator.threshold
    elif type(estimator).__module__.partition(".")[0] == "catboost":
        return _of_catboost(estimator, positive)
    else:
        return None
    if found == "auto":
        return None
    if estimator.response_method == "decision_function":
        return float("nan")
    label = getattr(estimator, "pos_label", None)
    if label is None:
        classes = getattr(estimator, "classes_", None)
        label = positive if classes is None else np.asarray(classes).tolist()[-1]
    return float(found) if label == positive else 1 - float(found)


def _of_catboost(estimator: Any, positive: Any) -> float | None:
    asked = getattr(estimator, "get_probability_threshold", None)
    if asked is None or not estimator.is_fitted():
        return None
    found = asked()
    if found is None or found == LIKELIER:
        return None
    last = np.asarray(estimator.classes_).tolist()[-1]
    return float(found) if last == positive else 1 - float(found)
