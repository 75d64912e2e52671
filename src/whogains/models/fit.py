"""Fit a panel of models that differ only in the columns they get."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError
from whogains.frames import decode
from whogains.models.adapt import Setting, check_task, estimator_function
from whogains.models.boosters import has_categories
from whogains.models.encoding import Encoding
from whogains.models.extras import needed
from whogains.models.linear import is_linear
from whogains.models.model import EstimatorView, Model, told
from whogains.models.pipelines import looks_up, prepared, view_of_steps
from whogains.models.threads import threads_for
from whogains.models.torch_module import network_model
from whogains.models.trees import is_tree
from whogains.types import LABELLED, FloatArray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from whogains.frames import Table
    from whogains.types import Task


# Enough that two columns which say the same have coefficients, and next to nothing of a deviance.
POISSON_PENALTY = 1e-4

MODEL_NAMES = ("gradient_boosting", "linear", "mlp")


def fit_panel(
    tables: Mapping[str, Table],
    y: FloatArray,
    task: Task,
    *,
    estimator: Any = None,
    exposure: FloatArray | None = None,
    classes: tuple[str, ...] = (),
    random_state: int = 0,
) -> dict[str, Model]:
    """Fit models that differ only in the columns they get.

    Parameters
    ----------
    tables : mapping of str to Table
        By the name of each model the columns that it gets, n rows.
    y : ndarray of float64, shape (n,)
        The outcome without missing values; 0 and 1 for classification.
    task : {"classification", "regression"}
        What is predicted.
    estimator : str or unfitted scikit-learn estimator, optional
        A name as for `named_estimator`, or what is cloned for each model; by default histogram
        gradient boosting.
    exposure : ndarray of float64, shape (n,), optional
        By what rows are weighed in the fit, where `y` holds rates.
    classes : tuple of str
        Of several classes their names, whose numbers are in `y`.
    random_state : int
        The seed, for each ``random_state`` of the estimator that is None.

    Returns
    -------
    dict of str to Model
        The models, fitted on all n rows, by name.

    Raises
    ------
    InputError
        If the estimator does not suit the task, or it fails.

    Notes
    -----
    Everything is learned from the given rows only: the categories with a column of their own,
    the medians that fill in for missing numbers, and the model. Numbers are filled in only for
    an estimator that does not accept missing ones. A scikit-learn pipeline, and an estimator
    that holds one, gets the frame as it was handed over and does all of this itself.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from whogains.frames import encode
    >>> X, personal = encode({"x": [0, 1, 2, 3]}), encode({"sex": ["F", "M", "F", "M"]})
    >>> both = X.join(personal)
    >>> y = np.array([0.0, 3.0, 2.0, 5.0])
    >>> panel = fit_panel(
    ...     {"generic": X, "personalized": both}, y, "regression", estimator=LinearRegression()
    ... )
    >>> (panel["personalized"].predict(both.matrix).round(6) + 0.0).tolist()
    [0.0, 3.0, 2.0, 5.0]
    """
    how: dict[str, Any] = {
        "estimator": estimator,
        "exposure": exposure,
        "classes": classes,
        "random_state": random_state,
    }
    return {name: fit_model(table, y, task, name=name, **how) for name, table in tables.items()}


def fit_model(
    table: Table,
    y: FloatArray,
    task: Task,
    *,
    estimator: Any = None,
    exposure: FloatArray | None = None,
    classes: tuple[str, ...] = (),
    random_state: int = 0,
    name: str = "generic",
) -> Model:
    """Fit one model on all columns of a table.

    Parameters
    ----------
    table : Table
        The columns that the model gets, n rows.
    y : ndarray of float64, shape (n,)
        The outcome without missing values; 0 and 1 for classification.
    task : {"classification", "regression"}
        What is predicted.
    estimator, exposure, classes, random_state
        As for `fit_panel`.
    name : str
        What to call the model in an error.

    Returns
    -------
    Model
        The fitted model.

    Raises
    ------
    InputError
        As `fit_panel`.
    """
    # It makes an estimator, and loads scikit-learn for that.
    from whogains.models.bagging import advice_on_names, with_names

    fresh = with_names(_unfitted(estimator, task, random_state, name), table.columns)
    if not _decides_when_fitted(fresh):
        check_task(fresh, task, name)
    prepare: Callable[[FloatArray], Any]
    encoding: Encoding | None = None
    if _takes_frames(fresh):

        def prepare(matrix: FloatArray) -> Any:
            return decode(matrix, table.columns)

    else:
        encoding = Encoding.learn(table, impute=not _accepts_missing(fresh))
        prepare = encoding.transform
    if task in LABELLED and np.unique(y).size < 2:
        raise InputError(
            f"the {name} model cannot be fitted: its {len(y)} training rows all have the outcome"
            f" {y[0]:g}; use other folds or more rows"
        )
    outcome = y.astype(np.intp) if task in LABELLED else y
    try:
        with threads_for(table.matrix.size):
            fresh.fit(prepare(table.matrix), outcome, **_weights(fresh, exposure, name))
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"the {name} model ({type(fresh).__name__}) could not be fitted on {len(table)} rows:"
            f" {told(error)}{advice_on_names(fresh)}"
        ) from error
    columns = table.columns
    if encoding is not None and hasattr(fresh, "network"):
        return network_model(
            name,
            task,
            columns,
            fresh.network(),
            encode=encoding.transform,
            source=encoding.source,
        )
    # What is fitted here learns from the numbers of the classes.
    numbered = tuple(str(k) for k in range(len(classes)))
    setting = Setting(name, task, columns, 1, classes=numbered)
    function = estimator_function(fresh, prepare, setting)
    view = None
    if encoding is not None:
        view = EstimatorView(fresh, encoding.transform, encoding.source)
    else:
        steps = prepared(fresh, table.names)
        view = None if steps is None else view_of_steps(steps, prepare)
        if has_categories(fresh):
            view = EstimatorView(fresh, prepare, np.arange(len(columns)))
    return Model(
        name,
        task,
        columns,
        function,
        # Trees of one class add up to a score, which is not what is predicted of it.
        tree=view if view is not None and not classes and is_tree(view.estimator) else None,
        linear=view if view is not None and is_linear(view.estimator) else None,
        # What is encoded here knows what it has not seen.
        looks_up=encoding is None and looks_up(fresh),
        classes=len(classes),
    )


def named_estimator(model: Any, task: Task) -> Any:
    """Find an estimator by its name.

    Parameters
    ----------
    model : str or estimator
        "gradient_boosting" (histogram gradient boosting; of counts with the Poisson deviance as
        its loss), "linear" (ridge, logistic or Poisson regression) or "mlp" (a neural network, not
        for counts; needs torch); an estimator is passed on.
    task : {"classification", "regression", "counts"}
        What is predicted.

    Returns
    -------
    estimator
        Not fitted, with default settings.

    Raises
    ------
    InputError
        If the name is unknown, or needs a package that is not installed.
    """
    if not isinstance(model, str):
        return model
    if model not in MODEL_NAMES:
        raise InputError(f"model {model!r} is not known; choose from {', '.join(MODEL_NAMES)}")
    if model == "mlp":
        if task in {"counts", "classes"}:
            raise InputError(
                f"model 'mlp' has no loss for {task}; choose gradient_boosting or linear, or give "
                "an estimator"
            )
        needed("torch", "model 'mlp'", extra="torch")
        from whogains.models.torch_mlp import MLPClassifier, MLPRegressor

        return MLPClassifier() if task == "classification" else MLPRegressor()
    from sklearn import ensemble, linear_model

    if model == "gradient_boosting":
        if task in LABELLED:
            return ensemble.HistGradientBoostingClassifier()
        loss = "poisson" if task == "counts" else "squared_error"
        return ensemble.HistGradientBoostingRegressor(loss=loss)
    # These solvers converge on columns of any scale.
    newton: dict[str, Any] = {"solver": "newton-cholesky", "max_iter": 1000}
    return {
        **dict.fromkeys(LABELLED, linear_model.LogisticRegression(**newton)),
        "counts": linear_model.PoissonRegressor(alpha=POISSON_PENALTY, **newton),
    }.get(task, linear_model.Ridge())


def _weights(estimator: Any, exposure: FloatArray | None, name: str) -> dict[str, FloatArray]:
    """Name the weights as the fit of an estimator takes them; a pipeline's are its last step's."""
    if exposure is None:
        return {}
    from sklearn.utils.validation import has_fit_parameter

    from whogains.models.bagging import last_step

    start, last = last_step(estimator)
    if not has_fit_parameter(last, "sample_weight"):
        raise InputError(
            f"the {name} model ({type(last).__name__}) cannot weigh rows in its fit, as rates of "
            "unequal exposure need; give one whose fit takes sample_weight"
        )
    return {f"{start}sample_weight": exposure}


def _unfitted(estimator: Any, task: Task, random_state: int, name: str) -> Any:
    from sklearn.base import clone

    named = named_estimator("gradient_boosting" if estimator is None else estimator, task)
    try:
        # scikit-learn compares what CatBoost copies, such as lists of categories.
        fresh = deepcopy(named) if has_categories(named) else clone(named)
    except TypeError as error:
        raise InputError(
            f"the estimator for the {name} model is a {type(estimator).__name__}; give an"
            " unfitted scikit-learn estimator"
        ) from error
    seeds = {
        key: random_state
        for key, value in fresh.get_params(deep=True).items()
        if value is None and key.rpartition("__")[2] == "random_state"
    }
    return fresh.set_params(**seeds)


def _takes_frames(estimator: Any) -> bool:
    """Say whether some part of an estimator may choose columns by their names."""
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import FeatureUnion, Pipeline

    parts = (estimator, *estimator.get_params(deep=True).values())
    by_name = any(isinstance(part, Pipeline | ColumnTransformer | FeatureUnion) for part in parts)
    return by_name or has_categories(estimator)


def _decides_when_fitted(estimator: Any) -> bool:
    """Say whether a stack has yet to choose its last estimator, which gives probabilities."""
    return getattr(estimator, "final_estimator", estimator) is None


def _accepts_missing(estimator: Any) -> bool:
    from sklearn.utils import get_tags

    return bool(get_tags(estimator).input_tags.allow_nan)
