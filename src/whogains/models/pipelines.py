"""What a pipeline's last estimator sees of each column: for explainers that read coefficients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whogains.models.model import EstimatorView
from whogains.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Prepared:
    """The last estimator of a pipeline, and what stands before it.

    Parameters
    ----------
    estimator : object
        The last step.
    transform : callable
        From what the pipeline takes, m rows, to the last step's matrix, shape (m, q).
    source : ndarray of int, shape (q,)
        For each column of that matrix, the only column of the pipeline that it depends on.
    """

    estimator: Any
    transform: Callable[[Any], FloatArray]
    source: IntArray


def looks_up(estimator: Any) -> bool:
    """Say whether an estimator has a part that looks values up among those it has seen.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import OneHotEncoder, StandardScaler
    >>> looks_up(make_pipeline(OneHotEncoder())), looks_up(make_pipeline(StandardScaler()))
    (True, False)
    """
    from sklearn.base import BaseEstimator
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder

    if not isinstance(estimator, BaseEstimator):
        return False
    parts = (estimator, *estimator.get_params(deep=True).values())
    return any(isinstance(part, OneHotEncoder | OrdinalEncoder | TargetEncoder) for part in parts)


def prepared(pipeline: Any, names: Sequence[str]) -> Prepared | None:
    """Follow each column through the steps of a fitted pipeline.

    Parameters
    ----------
    pipeline : object
        A fitted estimator.
    names : sequence of str, length p
        The columns that it takes.

    Returns
    -------
    Prepared or None
        None where it is no pipeline, or a step mixes columns or is not known to keep them apart.

    Notes
    -----
    Known are scikit-learn's scalers, imputers without indicators, one-hot and ordinal encoders, and
    column transformers and pipelines of these. What a linear or additive model says of a column is
    then the sum over the columns made of it.
    """
    from sklearn.pipeline import Pipeline

    if not isinstance(pipeline, Pipeline) or len(pipeline.steps) < 2:
        return None
    source = np.arange(len(names))
    found = _through([step for _, step in pipeline.steps[:-1]], source, list(names))
    if found is None:
        return None

    def transform(rows: Any) -> FloatArray:
        made = pipeline[:-1].transform(rows)
        return np.asarray(made.toarray() if hasattr(made, "toarray") else made, dtype=np.float64)

    return Prepared(pipeline.steps[-1][1], transform, found)


def _through(steps: Sequence[Any], source: IntArray, names: list[str] | None) -> IntArray | None:
    """Follow columns through steps; names are those of the columns before the first."""
    found: IntArray | None = source
    for step in steps:
        if found is None:
            return None
        found = _of_step(step, found, names)
        # What a step gives out may have other names, or none.
        names = None
    return found


def _of_step(step: Any, source: IntArray, names: list[str] | None) -> IntArray | None:
    from sklearn import impute, preprocessing
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    apart = (
        preprocessing.StandardScaler,
        preprocessing.MinMaxScaler,
        preprocessing.MaxAbsScaler,
        preprocessing.RobustScaler,
        preprocessing.PowerTransformer,
        preprocessing.QuantileTransformer,
        preprocessing.OrdinalEncoder,
    )
    if step is None or isinstance(step, str):
        return source if step in {None, "passthrough"} else None
    if isinstance(step, Pipeline):
        return _through([each for _, each in step.steps], source, names)
    if isinstance(step, ColumnTransformer):
        return _of_columns(step, source, names)
    if isinstance(step, preprocessing.OneHotEncoder):
        return _one_hot(step, source)
    kept = type(step) in apart
    if isinstance(step, preprocessing.FunctionTransformer):
        # A fitted column transformer passes columns through by one without a function.
        kept = step.func is None
    if isinstance(step, impute.SimpleImputer):
        kept = not step.add_indicator and not np.isnan(_numbers(step.statistics_)).any()
    # A type of somebody's own, made from one of these, may do anything.
    return source if kept else None


def _numbers(values: Any) -> FloatArray:
    """Read numbers; what is none, such as the most frequent word, is 0."""
    return np.array([v if isinstance(v, float | np.floating) else 0.0 for v in values], np.float64)


def _one_hot(encoder: Any, source: IntArray) -> IntArray | None:
    if encoder.min_frequency is not None or encoder.max_categories is not None:
        return None
    dropped = encoder.drop_idx_
    widths = [
        len(levels) - (dropped is not None and dropped[j] is not None)
        for j, levels in enumerate(encoder.categories_)
    ]
    return np.repeat(source, widths)


def _of_columns(step: Any, source: IntArray, names: list[str] | None) -> IntArray | None:
    known = list(getattr(step, "feature_names_in_", names or ()))
    parts: list[IntArray] = []
    for _, part, columns in step.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        places = _places(columns, known, len(source))
        if places is None:
            return None
        if len(places) == 0:
            continue
        found = _of_step(part, source[places], None)
        if found is None:
            return None
        parts.append(found)
    return np.concatenate(parts) if parts else None


def _places(columns: Any, names: list[str], width: int) -> IntArray | None:
    """Find the places of the columns that a part of a column transformer takes."""
    if isinstance(columns, slice):
        if not all(end is None or isinstance(end, int) for end in (columns.start, columns.stop)):
            return None
        return np.arange(width)[columns]
    listed = [columns] if isinstance(columns, str | int) else list(columns)
    if all(isinstance(each, bool | np.bool_) for each in listed) and listed:
        return np.flatnonzero(listed)
    if all(isinstance(each, str) and each in names for each in listed):
        return np.array([names.index(str(each)) for each in listed], dtype=np.intp)
    if all(isinstance(each, int | np.integer) for each in listed):
        return np.arange(width)[np.array(listed, dtype=np.intp)]
    return None


def view_of_steps(
    steps: Prepared, prepare: Callable[[FloatArray], Any], sign: int = 1
) -> EstimatorView:
    """Let explainers read the last step of a pipeline."""
    return EstimatorView(
        steps.estimator, lambda matrix: steps.transform(prepare(matrix)), steps.source, sign
    )
