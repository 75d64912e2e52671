"""Ensembles of pipelines that choose columns by names, which bagging and boosting take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline

from whogains.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whogains.frames import Column


class AsFrame(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Turn an array back into the frame that it was.

    Parameters
    ----------
    names : tuple of str
        The names of its columns.
    dtypes : tuple of dtype
        What they held.
    """

    def __init__(self, names: tuple[str, ...], dtypes: tuple[Any, ...]) -> None:
        self.names = names
        self.dtypes = dtypes

    def fit(self, X: Any, y: Any = None) -> AsFrame:  # noqa: ARG002
        """Learn nothing."""
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def transform(self, X: Any) -> pd.DataFrame:
        """Name the columns.

        Parameters
        ----------
        X : array, shape (m, p)
            Rows.

        Returns
        -------
        pandas.DataFrame, shape (m, p)
            The same.
        """
        frame = pd.DataFrame(np.asarray(X), columns=list(self.names))
        for name, dtype in zip(self.names, self.dtypes, strict=True):
            try:
                frame[name] = frame[name].astype(dtype)
            except (TypeError, ValueError):
                # As where a masked number is none that the column could hold.
                frame[name] = frame[name].infer_objects()
        return frame


class Named(Pipeline):  # type: ignore[misc]  # scikit-learn has no types
    """A pipeline that passes weights on to its last step, which boosting gives to its models."""

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, **params: Any) -> Named:
        """Fit all steps.

        Parameters
        ----------
        X : array, shape (n, p)
            Rows.
        y : array, shape (n,)
            The outcome.
        sample_weight : array, shape (n,), optional
            Weights of the rows.
        **params
            As for a pipeline.

        Returns
        -------
        Named
            Itself.
        """
        given = (
            {} if sample_weight is None else {f"{last_step(self)[0]}sample_weight": sample_weight}
        )
        super().fit(X, y, **params, **given)
        return self


def last_step(estimator: Any) -> tuple[str, Any]:
    """Find the last step of a pipeline, of pipelines too, and what its parameters begin with.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.pipeline import make_pipeline
    >>> last_step(make_pipeline(make_pipeline(Ridge())))
    ('pipeline__ridge__', Ridge())
    """
    start = ""
    while isinstance(estimator, Pipeline):
        name, estimator = estimator.steps[-1]
        start += f"{name}__"
    return start, estimator


def with_names(estimator: Any, columns: Sequence[Column]) -> Any:
    """Let what is bagged or boosted choose columns by their names.

    Parameters
    ----------
    estimator : object
        An unfitted estimator.
    columns : sequence of Column
        What it will be fitted on.

    Returns
    -------
    object
        The same; bagging and AdaBoost of pipelines get a first step that names the columns.

    Raises
    ------
    InputError
        If what is boosted cannot weigh rows.
    """
    from sklearn import ensemble
    from sklearn.utils.validation import has_fit_parameter

    inner = getattr(estimator, "estimator", None)
    boosting = isinstance(estimator, ensemble.AdaBoostClassifier)
    kinds = (ensemble.BaggingClassifier, ensemble.BaggingRegressor, ensemble.AdaBoostRegressor)
    if not (boosting or isinstance(estimator, kinds)) or not _chooses(inner):
        return estimator
    if boosting and not has_fit_parameter(last_step(inner)[1], "sample_weight"):
        raise InputError(
            f"AdaBoostClassifier weighs rows, which the last step of its pipeline, "
            f"{type(last_step(inner)[1]).__name__}, cannot: give a model whose fit takes "
            "sample_weight"
        )
    first = AsFrame(
        tuple(column.name for column in columns), tuple(column.dtype for column in columns)
    )
    # Bagging that may give weights would no longer draw rows.
    kind = Named if boosting else Pipeline
    return estimator.set_params(estimator=kind([("names", first), ("model", inner)]))


def advice_on_names(estimator: Any) -> str:
    """Say what may help where a model that was to choose columns could not be fitted.

    Parameters
    ----------
    estimator : object
        The model.

    Returns
    -------
    str
        The end of a sentence; empty where no part of it holds another one that chooses columns.
    """
    parts = (estimator, *estimator.get_params(deep=True).values())
    for part in parts:
        if not isinstance(part, Pipeline) and _chooses(getattr(part, "estimator", None)):
            kind = type(part).__name__
            return (
                f"; {kind} may have taken the names of columns away, which a part of it needs: put "
                f"the steps that choose columns before it, make_pipeline(those steps, {kind}(...))"
            )
    return ""


def _chooses(estimator: Any) -> bool:
    """Tell whether a part of an estimator takes columns by their names."""
    from sklearn.compose import ColumnTransformer

    if not isinstance(estimator, BaseEstimator):
        return False
    parts = (estimator, *estimator.get_params(deep=True).values())
    return any(isinstance(part, ColumnTransformer) for part in parts)
