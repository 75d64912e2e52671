"""Bagging of pipelines that choose columns by their names, which bagging itself takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

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


def with_names(estimator: Any, columns: Sequence[Column]) -> Any:
    """Let what is bagged choose columns by their names.

    Parameters
    ----------
    estimator : object
        An unfitted estimator.
    columns : sequence of Column
        What it will be fitted on.

    Returns
    -------
    object
        The same; bagging of pipelines gets a first step that names the columns.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import BaggingClassifier, BaggingRegressor
    from sklearn.pipeline import Pipeline

    inner = getattr(estimator, "estimator", None)
    if not isinstance(estimator, BaggingClassifier | BaggingRegressor) or inner is None:
        return estimator
    parts = (inner, *inner.get_params(deep=True).values())
    if not any(isinstance(part, ColumnTransformer) for part in parts):
        return estimator
    first = AsFrame(
        tuple(column.name for column in columns), tuple(column.dtype for column in columns)
    )
    return estimator.set_params(estimator=Pipeline([("names", first), ("model", inner)]))
