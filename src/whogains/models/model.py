"""One model behind one function, whatever it was made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from whogains.errors import InputError, without_cells
from whogains.frames import ROUNDED, as_probabilities, check_means
from whogains.types import FloatArray, IntArray

if TYPE_CHECKING:
    from whogains.frames import Column
    from whogains.types import Task

MatrixFunction = Callable[[FloatArray], Any]


# What a network returns.
Output = Literal["logit", "probability", "value"]


@dataclass(frozen=True, slots=True)
class EstimatorView:
    """An estimator inside a model, for explainers that read trees or coefficients.

    Parameters
    ----------
    estimator : object
        The fitted estimator.
    encode : callable
        From the model's matrix, shape (m, p), to the estimator's rows, shape (m, q): a matrix, or a
        frame for trees with categories.
    source : ndarray of int, shape (q,)
        For each column of the estimator, the column of the model that it was made from.
    sign : int
        -1 for a classifier whose own score is that of the outcome's other value, else 1.
    """

    estimator: Any
    encode: Callable[[FloatArray], Any]
    source: IntArray
    sign: int = 1


@dataclass(frozen=True, slots=True)
class NetworkView:
    """A torch network inside a model, for explainers that need its gradients.

    Parameters
    ----------
    module : torch.nn.Module
        From m encoded rows, shape (m, q), to m scores, shape (m,): log-odds, probabilities or
        values. It is in eval mode, and its parameters need no gradient.
    encode : callable
        From the model's matrix, shape (m, p), to the network's, shape (m, q).
    source : ndarray of int, shape (q,)
        For each column of the network, the column of the model that it was made from.
    dtype : torch.dtype
        Of the network's parameters.
    device : torch.device
        Where they are.
    """

    module: Any
    encode: Callable[[FloatArray], FloatArray]
    source: IntArray
    dtype: Any
    device: Any


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model that predicts from a coded matrix.

    Parameters
    ----------
    name : str
        Its name in the panel, for errors too: generic, personalized, or another.
    task : {"classification", "regression"}
        What it predicts.
    columns : tuple of Column, length p
        The columns that it takes, in its order.
    function : callable
        From a coded matrix, shape (m, p), to m predictions, unchecked.
    tree : EstimatorView or None
        The trees, where it is made of trees that an explainer can read.
    linear : EstimatorView or None
        The coefficients, where its score is linear in the encoded columns.
    network : NetworkView or None
        The network, where it is one.
    looks_up : bool
        Whether it looks values up among those it has seen, so that a mean of codes is unknown.
    classes : int
        Of several classes, how many there are; predictions have a column for each. Else 0.
    """

    name: str
    task: Task
    columns: tuple[Column, ...]
    function: MatrixFunction
    tree: EstimatorView | None = None
    linear: EstimatorView | None = None
    network: NetworkView | None = None
    looks_up: bool = False
    classes: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that the model takes."""
        return tuple(column.name for column in self.columns)

    def of_class(self, k: int) -> Model:
        """Give a model of the probability of one class alone, as a number."""
        return replace(
            self,
            task="regression",
            function=lambda matrix: self.predict(matrix)[:, k],
            tree=None,
            linear=None,
            network=None,
            classes=0,
        )

    def predict(self, matrix: FloatArray) -> FloatArray:
        """Predict, and check what came back.

        Parameters
        ----------
        matrix : ndarray of float64, shape (m, p)
            Coded rows, with the model's columns.

        Returns
        -------
        ndarray of float64, shape (m,) or (m, K)
            For classification the probability of the positive value, for K classes that of each,
            else the value.

        Raises
        ------
        InputError
            If the model fails, returns another number of predictions, a missing or infinite one,
            or, for classification, one outside [0, 1].
        """
        if matrix.ndim != 2 or matrix.shape[1] != len(self.columns):
            raise ValueError(
                f"the {self.name} model takes {len(self.columns)} columns, not a matrix of shape"
                f" {matrix.shape}"
            )
        try:
            # A copy: a column of the frame that it was given would keep the whole frame in memory.
            predictions = np.array(self.function(matrix), dtype=np.float64)
        except InputError:
            raise
        except Exception as error:
            raise InputError(
                f"the {self.name} model failed to predict {matrix.shape[0]} rows: {told(error)}"
            ) from error
        return _checked(predictions, matrix.shape[0], self)


# Models by their names, which score the same rows; the first is the one without attributes.
Panel = Mapping[str, Model]


def told(error: Exception) -> str:
    """Say in one line what somebody else's code raised.

    Parameters
    ----------
    error : Exception
        What was raised.

    Returns
    -------
    str
        Its type and the first line of its message, without what it quotes of people.
    """
    lines = str(error).strip().splitlines()
    # What a KeyError quotes is the name of a column.
    said = lines[0] if isinstance(error, KeyError) and lines else without_cells("".join(lines[:1]))
    return f"{type(error).__name__}: {said}" if lines else type(error).__name__


def _checked(predictions: FloatArray, rows: int, model: Model) -> FloatArray:
    if model.classes:
        return _checked_classes(predictions, rows, model)
    if predictions.shape == (rows, 1):
        predictions = predictions[:, 0]
    if predictions.shape != (rows,):
        raise InputError(
            f"the {model.name} model returned an array of shape {predictions.shape} for {rows}"
            " rows; it must return one number per row"
        )
    _refuse(~np.isfinite(predictions), predictions, model, "missing or infinite")
    if model.task == "counts":
        check_means(predictions, f"the {model.name} model")
    if model.task == "classification":
        predictions, outside = as_probabilities(predictions)
        _refuse(outside, predictions, model, "outside [0, 1], so not probabilities,")
    return predictions


def _checked_classes(predictions: FloatArray, rows: int, model: Model) -> FloatArray:
    if predictions.shape != (rows, model.classes):
        raise InputError(
            f"the {model.name} model returned an array of shape {predictions.shape} for {rows} "
            f"rows; it must return a probability of each of the {model.classes} classes"
        )
    first = predictions[:, 0]
    infinite = np.asarray(~np.isfinite(predictions).all(axis=1))
    _refuse(infinite, first, model, "missing or infinite")
    predictions, outside = as_probabilities(predictions)
    beyond = np.asarray(outside.any(axis=1))
    _refuse(beyond, first, model, "outside [0, 1], so not probabilities,")
    sums = predictions.sum(axis=1)
    off = np.asarray(np.abs(sums - 1) > ROUNDED)
    _refuse(off, sums, model, "that do not sum to 1 over the classes")
    return np.asarray(predictions / sums[:, None])


def _refuse(wrong: npt.NDArray[np.bool_], predictions: FloatArray, model: Model, why: str) -> None:
    rows = np.flatnonzero(wrong)
    if rows.size:
        raise InputError(
            f"the {model.name} model returned {rows.size} predictions {why} of"
            f" {len(predictions)}, the first ({predictions[rows[0]]:g}) in row {rows[0]}"
            " (counting from 0)"
        )
