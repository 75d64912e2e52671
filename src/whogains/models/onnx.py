"""ONNX models as models: found by the types and names of their inputs and outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from whogains.errors import InputError
from whogains.frames import decode
from whogains.models.model import Model
from whogains.types import QUANTITIES, FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from whogains.frames import Column
    from whogains.types import Task

ClassifierOutput = Literal["logit", "probability"]

CLASSIFIER_OUTPUTS: tuple[ClassifierOutput, ...] = ("logit", "probability")

NUMPY_TYPES: dict[str, Any] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(string)": object,
}


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """An ONNX model, opened by onnxruntime.

    Parameters
    ----------
    session : onnxruntime.InferenceSession
        The model. It has either one input, an array of all columns in their order, or one input
        for each column that it uses, of the column's name.
    output : {"logit", "probability"}, optional
        For classification by a model that returns one number per row: what it is.
    """

    session: Any
    output: ClassifierOutput | None = None


def from_onnx(
    given: OnnxModel, name: str, task: Task, columns: tuple[Column, ...], positive: Any
) -> Model:
    """Put an ONNX model behind the interface of a model.

    Parameters
    ----------
    given : OnnxModel
        The model.
    name : str
        What to call it in an error.
    task : {"classification", "regression"}
        What it predicts.
    columns : tuple of Column
        The columns that there are.
    positive : object
        For classification, the value of the outcome that counts as 1.

    Returns
    -------
    Model
        The model; of the columns it has those that it has inputs for.

    Raises
    ------
    InputError
        If it has an input that is no column or of no known type, or one number per row for
        classification without a word on what it is.
    """
    inputs = given.session.get_inputs()
    for each in inputs:
        if each.type not in NUMPY_TYPES:
            raise InputError(
                f"the {name} model's ONNX input {each.name!r} is a {each.type}, which is not"
                " supported; export it with float inputs"
            )
    together = len(inputs) == 1 and (len(inputs[0].shape) != 2 or inputs[0].shape[1] != 1)
    used = columns
    if not together:
        there = {column.name: column for column in columns}
        unknown = [each.name for each in inputs if each.name not in there]
        if unknown:
            raise InputError(
                f"the {name} model's ONNX input {unknown[0]!r} is not a column; it must have one"
                " input per column, named like it, or one array of all columns"
            )
        used = tuple(there[each.name] for each in inputs)
    texts = [column.name for column in used if column.categories is not None]
    if together and texts and inputs[0].type != "tensor(string)":
        raise InputError(
            f"the {name} model's ONNX input is an array of numbers and column {texts[0]!r} is not"
            " a number; hand over the numbers that it was trained on"
        )

    def predict(matrix: FloatArray) -> Any:
        frame = decode(matrix, used)
        feed = (
            {inputs[0].name: _typed(frame.to_numpy(), inputs[0].type)}
            if together
            else {each.name: _typed(frame[[each.name]].to_numpy(), each.type) for each in inputs}
        )
        returned = given.session.run(None, feed)
        if task in QUANTITIES:
            return np.asarray(returned[0], dtype=np.float64)
        return _probabilities(returned, given.output, name, positive)

    return Model(name, task, used, predict)


def _typed(values: npt.NDArray[Any] | pd.Series[Any], kind: str) -> npt.NDArray[Any]:
    return np.asarray(values).astype(NUMPY_TYPES[kind])


def _probabilities(
    returned: list[Any], output: ClassifierOutput | None, name: str, positive: Any
) -> FloatArray:
    """Find the probability of the positive value among the outputs of a classifier."""
    for values in returned:
        if isinstance(values, list) and values and isinstance(values[0], dict):
            by_text = [{str(key): value for key, value in each.items()} for each in values]
            if str(positive) not in by_text[0]:
                raise InputError(
                    f"the {name} model's classes are {', '.join(by_text[0])}; the outcome's"
                    f" positive value {positive!r} is not among them"
                )
            return np.array([each[str(positive)] for each in by_text], dtype=np.float64)
    numbers = [
        np.asarray(values, dtype=np.float64)
        for values in returned
        if getattr(values, "dtype", None) is not None and values.dtype.kind == "f"
    ]
    for values in numbers:
        if values.ndim == 2 and values.shape[1] == 2:
            return values[:, _positive_column(returned, values, name, positive)]
    if not numbers:
        raise InputError(
            f"the {name} model returns labels and no probabilities; export it with them"
        )
    if output not in CLASSIFIER_OUTPUTS:
        raise InputError(
            f"the {name} model returns one number per row, and whether it is a log-odds or a"
            " probability cannot be seen; say so: output='logit' or output='probability'"
            " (--model-output)"
        )
    values = numbers[0].reshape(len(numbers[0]), -1)[:, 0]
    if output == "logit":
        from scipy.special import expit

        return np.asarray(expit(values), dtype=np.float64)
    return values


def _positive_column(returned: list[Any], values: FloatArray, name: str, positive: Any) -> int:
    """Tell by the labels, where the model gives them, which column is the positive value's."""
    sure = values[:, 0] != values[:, 1]
    for labels in returned:
        kind = getattr(labels, "dtype", np.dtype(float)).kind
        if kind in "iuOUSb" and np.shape(labels) == (len(values),):
            said = np.array([str(label) == str(positive) for label in labels])
            second = values[:, 1] > values[:, 0]
            if (said == second)[sure].all():
                return 1
            if (said != second)[sure].all():
                return 0
            raise InputError(
                f"the {name} model's labels do not follow its two probabilities, so that the"
                f" column of {positive!r} cannot be told"
            )
    return 1
