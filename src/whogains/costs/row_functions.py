"""What one row costs: functions of outcomes and predictions, and of predictions and predictions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from whogains.types import FloatArray

# A probability of exactly 0 or 1 would make one wrong row cost infinity.
LOG_LOSS_CLIP = float(np.finfo(np.float64).eps)


def as_numbers(wrong: npt.NDArray[np.bool_]) -> FloatArray:
    """Write truth as 1 and 0."""
    return wrong.astype(np.float64)


def log_loss(y_true: FloatArray, probability: FloatArray) -> FloatArray:
    """Give minus the logarithm of the probability given to what happened."""
    cost: FloatArray = -np.log(np.clip(of_outcome(y_true, probability), LOG_LOSS_CLIP, 1.0))
    return cost


def wrong_class(y_true: FloatArray, probability: FloatArray) -> FloatArray:
    """Give 1 where another class than the outcome's is the most probable, else 0."""
    # Of equal probabilities the first class is predicted.
    return as_numbers(np.argmax(probability, axis=1) != y_true)


def brier_of_classes(y_true: FloatArray, probability: FloatArray) -> FloatArray:
    """Add up the squared distances over classes, from 0 to 2 (Brier 1950)."""
    cost: FloatArray = (
        np.square(probability).sum(axis=1) - 2 * of_outcome(y_true, probability) + 1.0
    )
    return np.clip(cost, 0.0, 2.0)


def of_outcome(y_true: FloatArray, probability: FloatArray) -> FloatArray:
    """Find the probability that was given to what happened.

    Parameters
    ----------
    y_true : ndarray of float, shape (n,)
        0 or 1; of several classes the number of the class.
    probability : ndarray of float, shape (n,) or (n, K)
        Of 1, or of each class.

    Returns
    -------
    ndarray of float, shape (n,)
        Probabilities.

    Examples
    --------
    >>> of_outcome(np.array([2.0, 0.0]), np.array([[0.1, 0.2, 0.7], [0.5, 0.5, 0.0]])).tolist()
    [0.7, 0.5]
    """
    if probability.ndim == 1:
        return np.asarray(np.where(y_true == 1, probability, 1.0 - probability))
    return np.asarray(probability[np.arange(len(y_true)), y_true.astype(np.int64)])


def squared(reference: FloatArray, prediction: FloatArray) -> FloatArray:
    """Give squared distances."""
    cost: FloatArray = np.square(prediction - reference)
    return cost


def absolute(reference: FloatArray, prediction: FloatArray) -> FloatArray:
    """Give distances."""
    return np.abs(prediction - reference)


def poisson_deviance(y_true: FloatArray, prediction: FloatArray) -> FloatArray:
    """Twice the log-likelihood that is lost against the outcome itself (McCullagh, Nelder 1989)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = np.where(y_true > 0, y_true * np.log(y_true / prediction), 0.0)
    # Rounding may leave less than nothing where a prediction is right.
    cost: FloatArray = np.maximum(2.0 * (lost - y_true + prediction), 0.0)
    return cost


def minus_squared(reference: FloatArray, prediction: FloatArray) -> FloatArray:
    """Give squared distances with a minus."""
    return 0.0 - squared(reference, prediction)
