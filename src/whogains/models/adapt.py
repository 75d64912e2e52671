"""From a user's fitted model to a `Model`.

Another kind of model is one more pair of functions in `ADAPTERS`: one that recognizes it, and one
that adapts it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError, cell
from whogains.frames import decode
from whogains.models.boosters import as_estimator, has_categories
from whogains.models.class_probabilities import by_class, places_of, spread
from whogains.models.linear import is_linear
from whogains.models.model import EstimatorView, MatrixFunction, Model
from whogains.models.names import CONSTANT, has_formula, kept_names, matched
from whogains.models.onnx import OnnxModel, from_onnx
from whogains.models.order import in_order
from whogains.models.pipelines import looks_up, prepared, view_of_steps
from whogains.models.probabilities import classes_of, own_positive, probability_of
from whogains.models.torch_module import from_network, is_network
from whogains.models.trees import is_tree, reads_frames
from whogains.types import LABELLED, QUANTITIES, FloatArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whogains.frames import Column, Table
    from whogains.types import Task


@dataclass(frozen=True, slots=True)
class Setting:
    """What an adapter is told about the model besides the model itself.

    Parameters
    ----------
    name : str
        What to call the model in an error.
    task : {"classification", "regression"}
        What it predicts.
    columns : tuple of Column
        The columns that there are.
    positive : object
        For classification, the value of the outcome that counts as 1.
    negative : object
        Its other value, where it is known.
    classes : tuple of str
        Of several classes, the text of each.
    """

    name: str
    task: Task
    columns: tuple[Column, ...]
    positive: Any
    negative: Any = None
    classes: tuple[str, ...] = ()


Recognizer = Callable[[Any], bool]
Adapter = Callable[[Any, Setting], Model]


def adapt_model(
    model: Any,
    columns: Sequence[Column],
    task: Task,
    *,
    positive: Any = 1,
    negative: Any = None,
    classes: tuple[str, ...] = (),
    name: str = "generic",
) -> Model:
    """Put a fitted model behind the one interface that an audit needs.

    Parameters
    ----------
    model : Model, fitted scikit-learn estimator or pipeline, torch network, OnnxModel or callable
        A torch network is a ``torch.nn.Module`` or a `TorchModel`. A callable gets a pandas data
        frame of m rows with all of the columns and returns m values, or m probabilities of the
        positive value, or for classification an array of shape (m, 2) with the probabilities of
        the negative and of the positive value.
    columns : sequence of Column
        The columns that the model may use.
    task : {"classification", "regression"}
        What the model predicts.
    positive : object
        For classification, the value of the outcome that counts as 1, as in the model's
        ``classes_`` (or see `own_positive`).
    negative : object
        Its other value, where it is known.
    classes : tuple of str
        Of several classes the text of each. A function then returns a probability of each, in this
        order, or a frame whose columns are called by them.
    name : str
        What to call the model in an error.

    Returns
    -------
    Model
        The model; its columns are those that it was fitted on, in their order.

    Raises
    ------
    InputError
        If it is no model, is not fitted, uses a column that is not there, does not suit the
        task, gives no probabilities, or does not know the positive value.

    Notes
    -----
    An estimator that keeps the names of the columns it was fitted on (``feature_names_in_`` and
    what other libraries have instead, see `kept_names`) gets a frame with those columns and the
    dtypes of the audited data; one that was fitted on an array gets an array of all columns in
    order.

    Examples
    --------
    >>> import numpy as np
    >>> from whogains.frames import encode
    >>> table = encode({"x": [-1.0, 2.0]})
    >>> model = adapt_model(lambda frame: frame["x"] > 0, table.columns, "classification")
    >>> model.predict(table.matrix)
    array([0., 1.])
    """
    setting = Setting(name, task, tuple(columns), positive, negative, classes)
    for recognizes, adapt in ADAPTERS:
        if recognizes(model):
            return adapt(model, setting)
    raise InputError(
        f"the {name} model is a {type(model).__name__}; give a fitted scikit-learn estimator or a"
        " function from a data frame to predictions"
    )


def adapt_pair(
    generic: Any,
    personalized: Any,
    X: Table,
    personal: Table,
    task: Task,
    *,
    positive: Any = 1,
    negative: Any = None,
    classes: tuple[str, ...] = (),
) -> dict[str, Model]:
    """Adapt the two models of an audit: one on X, one on X and the personal columns.

    Parameters
    ----------
    generic, personalized : fitted models
        Anything that `adapt_model` takes.
    X : Table
        The features; the generic model gets these columns.
    personal : Table
        The personal columns; the personalized model gets X's columns, then these.
    task : {"classification", "regression"}
        What the models predict.
    positive, negative : object
        For classification, the values of the outcome that count as 1 and as 0.
    classes : tuple of str
        Of several classes the text of each.

    Returns
    -------
    dict of str to Model
        The models "generic" and "personalized".

    Raises
    ------
    InputError
        As `adapt_model`, and if the tables do not fit together.
    """
    both = X.columns_with(personal)
    of_outcome: dict[str, Any] = {
        "positive": positive,
        "negative": negative,
        "classes": classes,
    }
    return {
        name: adapt_model(model, columns, task, name=name, **of_outcome)
        for name, model, columns in (
            ("generic", generic, X.columns),
            ("personalized", personalized, both),
        )
    }


def estimator_function(
    estimator: Any, prepare: Callable[[FloatArray], Any], setting: Setting
) -> MatrixFunction:
    """Choose what to call on a fitted estimator: its value or one column of probabilities.

    Parameters
    ----------
    estimator : object
        A fitted scikit-learn estimator.
    prepare : callable
        From a coded matrix to what the estimator takes.
    setting : Setting
        The task, and the positive value to find in ``classes_``.

    Returns
    -------
    callable
        From a coded matrix to predictions.

    Raises
    ------
    InputError
        If the estimator does not suit the task or does not know the positive value.
    """
    if setting.task in QUANTITIES or _predicts_probabilities(estimator):
        check_task(estimator, "regression", setting.name)
        return lambda matrix: estimator.predict(prepare(matrix))
    check_task(estimator, setting.task, setting.name)
    if setting.classes:
        places = places_of(estimator, setting.classes, setting.name)
        return lambda matrix: spread(
            estimator.predict_proba(prepare(matrix)), places, len(setting.classes), setting.name
        )
    classes = classes_of(estimator, setting.positive, setting.name, setting.negative)

    def predict(matrix: FloatArray) -> Any:
        returned = estimator.predict_proba(prepare(matrix))
        return probability_of(returned, classes, setting.positive, len(matrix), setting.name)

    return predict


def _predicts_probabilities(estimator: Any) -> bool:
    """Say whether `predict` gives the probabilities of a model that knows nothing else.

    So do results of statsmodels and a Booster of LightGBM; what they return is checked.
    """
    if hasattr(estimator, "predict_proba") or hasattr(estimator, "classes_"):
        return False
    results = getattr(getattr(estimator, "model", None), "exog_names", None) is not None
    return results or (
        type(estimator).__module__.partition(".")[0] == "lightgbm"
        and type(estimator).__name__ == "Booster"
    )


def check_task(estimator: Any, task: Task, name: str) -> None:
    """Refuse an estimator, fitted or not, that cannot do the task.

    Parameters
    ----------
    estimator : object
        A scikit-learn estimator.
    task : {"classification", "regression"}
        What it must do.
    name : str
        What to call it in an error.

    Raises
    ------
    InputError
        If it gives no probabilities for classification, or is a classifier for regression.
    """
    kind = type(estimator).__name__
    if task in LABELLED and not hasattr(estimator, "predict_proba"):
        raise InputError(
            f"the {name} model ({kind}) gives no probabilities (predict_proba); "
            + (
                "say voting='soft'"
                if getattr(estimator, "voting", None) == "hard"
                else "wrap it in sklearn.calibration.CalibratedClassifierCV, or give a function"
                " that returns them"
            )
        )
    # CatBoost's regressors have the attribute too: None, and when fitted an empty list.
    classes = getattr(estimator, "classes_", None)
    has_classes = classes is not None and len(classes) > 0
    if task in QUANTITIES and (hasattr(estimator, "predict_proba") or has_classes):
        raise InputError(
            f"the {name} model ({kind}) is a classifier, but the task is {task}; give a"
            " regressor, or set task='classification'"
        )


def _pass_on(model: Model, setting: Setting) -> Model:
    available = {column.name: column for column in setting.columns}
    if model.task != setting.task:
        raise InputError(f"the {setting.name} model is for {model.task}, not {setting.task}")
    for column in model.columns:
        if available.get(column.name) != column:
            raise InputError(
                f"the {setting.name} model uses the column {column.name!r}, which is not there or"
                " is coded otherwise"
            )
    return model


def _from_estimator(estimator: Any, setting: Setting) -> Model:
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    if isinstance(estimator, BaseEstimator):
        try:
            check_is_fitted(estimator)
        except NotFittedError as error:
            raise InputError(
                f"the {setting.name} model ({type(estimator).__name__}) is not fitted; fit it"
                " first, or give it alone, as model, to be fitted by cross-fitting"
            ) from error
    estimator = as_estimator(estimator, setting.task, setting.name)
    own = own_positive(estimator, setting.positive, setting.negative)
    setting = replace(setting, positive=own)
    columns, constant, as_frame = _columns_of(estimator, setting)
    frameless = all(column.categories is None for column in columns)

    def prepare(matrix: FloatArray) -> Any:
        if not as_frame and frameless:
            # A copy, since some transformers work in place.
            return matrix.copy()
        frame = decode(matrix, columns)
        if constant is not None:
            frame.insert(constant, CONSTANT, 1.0)
        return frame if as_frame else frame.to_numpy(dtype=object)

    function = estimator_function(estimator, prepare, setting)
    view = None
    if constant is None:
        steps = prepared(estimator, [column.name for column in columns])
        sign = _sign(estimator, setting)
        if steps is not None:
            view = view_of_steps(steps, prepare, sign)
        elif frameless and not has_categories(estimator):
            view = EstimatorView(estimator, _same, np.arange(len(columns)), sign)
        elif as_frame and reads_frames(estimator):
            view = EstimatorView(estimator, prepare, np.arange(len(columns)), sign)
    return Model(
        setting.name,
        setting.task,
        columns,
        function,
        # Trees of one class add up to a score, which is not what is predicted of it.
        tree=view if view is not None and not setting.classes and is_tree(view.estimator) else None,
        linear=view if view is not None and is_linear(view.estimator) else None,
        looks_up=looks_up(estimator),
        classes=len(setting.classes),
    )


def _sign(estimator: Any, setting: Setting) -> int:
    """Say whether the estimator's score is of the positive value, or of the other one: -1."""
    classes = getattr(estimator, "classes_", None)
    if setting.task != "classification" or classes is None or len(classes) != 2:
        return 1
    return 1 if np.asarray(classes).tolist()[1] == setting.positive else -1


def _columns_of(estimator: Any, setting: Setting) -> tuple[tuple[Column, ...], int | None, bool]:
    """Find the columns in the model's order, the place of a constant, and whether it has names."""
    if has_formula(estimator):
        return setting.columns, None, True
    wanted = kept_names(estimator)
    if wanted:
        return *matched(wanted, setting.columns, setting.name), True
    expected = getattr(estimator, "n_features_in_", None)
    if expected is not None and expected != len(setting.columns):
        raise InputError(
            f"the {setting.name} model was fitted with {expected} columns, and there are"
            f" {len(setting.columns)} here"
        )
    return setting.columns, None, expected is None


def _same(matrix: FloatArray) -> FloatArray:
    return matrix


def _from_function(function: Callable[[Any], Any], setting: Setting) -> Model:
    def predict(matrix: FloatArray) -> Any:
        frame = decode(matrix, setting.columns)
        given = function(frame)
        if setting.classes:
            return by_class(given, setting.classes, len(frame), setting.name)
        returned = np.asarray(in_order(given, len(frame), setting.name))
        if returned.dtype.kind in "US":
            raise InputError(
                f"the {setting.name} model returned text, such as {cell(str(returned.flat[0]))}"
            )
        both = setting.task == "classification" and returned.ndim == 2 and returned.shape[1] == 2
        return returned[:, 1] if both else returned

    return Model(setting.name, setting.task, setting.columns, predict, classes=len(setting.classes))


def _from_onnx(model: Any, setting: Setting) -> Model:
    _refuse_classes(setting)
    return from_onnx(model, setting.name, setting.task, setting.columns, setting.positive)


def _from_network(network: Any, setting: Setting) -> Model:
    _refuse_classes(setting)
    return from_network(network, setting.name, setting.task, setting.columns)


def _refuse_classes(setting: Setting) -> None:
    if setting.classes:
        raise InputError(
            f"the {setting.name} model predicts one of several classes, which is known of "
            "scikit-learn estimators and of functions; give a function from a data frame to a "
            "probability of each class"
        )


ADAPTERS: tuple[tuple[Recognizer, Adapter], ...] = (
    (lambda model: isinstance(model, Model), _pass_on),
    (is_network, _from_network),
    (lambda model: isinstance(model, OnnxModel), _from_onnx),
    (lambda model: hasattr(model, "predict"), _from_estimator),
    (callable, _from_function),
)
