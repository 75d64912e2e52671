"""Whether a fitted model knows these rows: it errs far less than what is fitted in folds."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError
from whogains.models import assign_folds, fit_model
from whogains.types import BoolArray, FloatArray

if TYPE_CHECKING:
    from whogains.frames import Table
    from whogains.types import Task

# Fewer rows say little, and more are not needed to see so large a difference.
FEWEST_ROWS = 50
MOST_ROWS = 1500
FOLDS = 3
# A model that errs more than this share of what a constant errs remembers hardly anything.
WORTH_A_LOOK = 0.6
# Below this share of the error of refitting, by this many standard errors, it is said.
FAR_BELOW = 0.25
STANDARD_ERRORS = 3


@dataclass(frozen=True, slots=True)
class Remembered:
    """How a model errs on these rows, and models like it that have not seen them.

    Parameters
    ----------
    error : float
        Its mean squared error (for classification its Brier score).
    refitted : float
        That of the same kind of model, fitted in folds of these rows.
    """

    error: float
    refitted: float


def some_rows(rows: int, random_state: int = 0) -> BoolArray:
    """Draw the rows that are looked at, all of few: a mask of shape (rows,).

    Examples
    --------
    >>> some_rows(10).sum(), some_rows(5000).sum()
    (np.int64(10), np.int64(1500))
    """
    chosen = np.zeros(rows, dtype=np.bool_)
    chosen[np.random.default_rng(random_state).permutation(rows)[:MOST_ROWS]] = True
    return chosen


def remembered(
    estimator: Any,
    table: Table,
    y: FloatArray,
    predictions: FloatArray,
    task: Task,
    *,
    random_state: int = 0,
) -> Remembered | None:
    """Look whether a fitted model was fitted on the rows that it is audited on.

    Parameters
    ----------
    estimator : object
        The fitted model; one that scikit-learn cannot clone is passed over.
    table : Table
        The columns that it takes, n rows, such as `some_rows`.
    y : ndarray of float64, shape (n,)
        The outcome; 0 and 1 for classification.
    predictions : ndarray of float64, shape (n,)
        What it predicts for these rows.
    task : {"classification", "regression"}
        What it does.
    random_state : int
        The seed of the folds and fits.

    Returns
    -------
    Remembered or None
        Both errors where the model's is far below; None where it is not, or nobody can tell.

    Notes
    -----
    It is refitted in three folds, and only where it errs clearly less than a constant does, so
    that most honest models cost nothing. "Far below" is a quarter: boosting, forests and trees had
    0 to .19 on 200 and 800 rows that they were fitted on (36 of 36), nearest neighbours and linear
    models, which remember little, .5 to .97. On new rows none of 60 models that learned from as
    many others had less than a quarter, nor of 60 that learned from three times as many; of 60
    with ten times as many 1 had, where the outcome had hardly any noise.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> from whogains.frames import encode
    >>> rng = np.random.default_rng(0)
    >>> table, y = encode({"a": rng.normal(size=200)}), rng.normal(size=200)
    >>> nearest = KNeighborsRegressor(1).fit(table.matrix, y)
    >>> found = remembered(nearest, table, y, nearest.predict(table.matrix), "regression")
    >>> found.error, found.refitted > 1
    (0.0, True)
    """
    from sklearn.base import BaseEstimator, clone

    estimator = getattr(estimator, "best_estimator_", estimator)
    if task == "classes":
        return None
    cost = (y - predictions) ** 2
    if (
        not isinstance(estimator, BaseEstimator)
        or len(y) < FEWEST_ROWS
        or cost.mean() > WORTH_A_LOOK * y.var()
    ):
        return None
    refitted = np.empty(len(y))
    try:
        fold = assign_folds(y, task, folds=FOLDS, random_state=random_state)
        with warnings.catch_warnings():
            # Nobody asked for these fits, so that what they warn of is of no use.
            warnings.simplefilter("ignore")
            for number in range(FOLDS):
                held = fold == number
                fresh = fit_model(
                    table.take(~held),
                    y[~held],
                    task,
                    estimator=clone(estimator),
                    random_state=random_state,
                )
                refitted[held] = (y[held] - fresh.predict(table.take(held).matrix)) ** 2
    except (InputError, TypeError, RuntimeError):
        return None
    more = refitted - cost
    certain = more.mean() > STANDARD_ERRORS * more.std(ddof=1) / np.sqrt(len(y))
    if not certain or cost.mean() >= FAR_BELOW * refitted.mean():
        return None
    return Remembered(float(cost.mean()), float(refitted.mean()))
