"""Predicted quantiles: which levels, and a column of predictions for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from whogains.errors import InputError
from whogains.frames.arguments import shown
from whogains.frames.checks import check_rows
from whogains.frames.from_any_frame import to_pandas, to_vector
from whogains.frames.target import Target, read_target
from whogains.types import FloatArray, Task

MOST_LEVELS = 100


def task_of_levels(task: Task | None, levels: object) -> Task | None:
    """Take an outcome whose predictions have levels for one of quantiles.

    Parameters
    ----------
    task : str or None
        What was asked for, if anything was.
    levels : object
        The levels; None where there are none.

    Returns
    -------
    str or None
        The task.

    Raises
    ------
    InputError
        If the task is another one, or is this one and has no levels.

    Examples
    --------
    >>> task_of_levels(None, [0.1, 0.9]), task_of_levels("regression", None)
    ('quantiles', 'regression')
    """
    if levels is None:
        if task == "quantiles":
            raise InputError(
                "task='quantiles' needs levels, such as levels=[0.1, 0.9] (--levels 0.1,0.9)"
            )
        return task
    if task not in {None, "quantiles"}:
        raise InputError(
            f"levels are of predicted quantiles, and the task is {task}; say task='quantiles' "
            "(--task quantiles) or leave levels out"
        )
    return "quantiles"


def read_levels_of_quantiles(levels: Any) -> tuple[float, ...]:
    """Read the levels of predicted quantiles.

    Parameters
    ----------
    levels : sequence of float, or float
        What was given.

    Returns
    -------
    tuple of float
        The levels.

    Raises
    ------
    InputError
        If they are no numbers above 0 and below 1 that rise.

    Examples
    --------
    >>> read_levels_of_quantiles([0.1, 0.5, 0.9])
    (0.1, 0.5, 0.9)
    """
    given = [levels] if isinstance(levels, Real) else levels
    try:
        found = tuple(float(level) for level in given)
    except (TypeError, ValueError):
        found = ()
    rising = all(a < b for a, b in zip((0.0, *found), (*found, 1.0), strict=True))
    # NaN compares as false.
    if not found or not rising or len(found) > MOST_LEVELS:
        raise InputError(
            "levels must be numbers above 0 and below 1 that rise, such as 0.1, 0.5, 0.9 (at most "
            f"{MOST_LEVELS}), not {shown(levels)}"
        )
    return found


def read_quantiles(
    y: Any, name: str, predictions: Mapping[str, Any], levels: Any
) -> tuple[Target, list[FloatArray], list[str]]:
    """Read an outcome of numbers, and quantiles that two models predict.

    Parameters
    ----------
    y : array-like, shape (n,)
        The outcome.
    name : str
        What to call it.
    predictions : mapping of str to frame or array, shape (n, q)
        What each model predicts, by what to call it; of a frame by columns that are named by the
        levels, else in their order. With one level (n,) will do.
    levels : sequence of float
        The q levels.

    Returns
    -------
    target : Target
        The outcome, of task "quantiles".
    given : list of ndarray of float, shape (n, q)
        The predictions.
    notes : list of str
        Whose quantiles cross, and in how many rows.

    Raises
    ------
    InputError
        If the outcome is no number, a prediction is missing, or there is another number of rows or
        columns.

    Examples
    --------
    >>> given = {"generic": [[1, 3], [2, 4]], "personalized": [[1, 2], [3, 2]]}
    >>> target, found, notes = read_quantiles([1.5, 3.0], "y", given, (0.1, 0.9))
    >>> target.levels, found[1].tolist(), notes
    ((0.1, 0.9), [[1.0, 2.0], [3.0, 2.0]], ["personalized's quantiles cross in 1 row"])
    """
    known = read_levels_of_quantiles(levels)
    target = replace(read_target(y, "regression", name), task="quantiles", levels=known)
    given, notes = [], []
    for key, values in predictions.items():
        found = numbered_columns(values, key, known, target, "level")
        given.append(found)
        crossed = int((np.diff(found, axis=1) < 0).any(axis=1).sum())
        if crossed:
            rows = "row" if crossed == 1 else "rows"
            notes.append(f"{key}'s quantiles cross in {crossed:,} {rows}")
    return target, given, notes


def numbered_columns(
    values: Any, key: str, numbers: tuple[float, ...], target: Target, what: str
) -> FloatArray:
    """Read predictions with a column for each of some numbers.

    Parameters
    ----------
    values : frame or array, shape (n, k)
        Of a frame by columns named by the numbers, else in their order; with one (n,) will do.
    key : str
        What to call them.
    numbers : tuple of float
        The k numbers.
    target : Target
        The outcome of n rows.
    what : str
        What a number is.

    Returns
    -------
    ndarray of float, shape (n, k)
        The predictions.

    Raises
    ------
    InputError
        If one is missing, or there is another number of rows or columns.
    """
    if hasattr(values, "columns") or isinstance(values, Mapping):
        frame = to_pandas(values, key)
    else:
        made = np.asarray(values)
        frame = pd.DataFrame(made.reshape(len(made), -1) if made.ndim == 1 else made)
    check_rows(frame, key, target)
    if len(frame.columns) != len(numbers):
        raise InputError(
            f"{key} has {len(frame.columns)} columns and there are {len(numbers)} {what}s; give "
            f"a column for each {what}"
        )
    named = [_number(column) for column in frame.columns]
    if set(named) == set(numbers):
        frame = frame.iloc[:, [named.index(number) for number in numbers]]
    return np.column_stack(
        [
            to_vector(frame.iloc[:, k], f"{key} at {what} {number:g}")
            for k, number in enumerate(numbers)
        ]
    ).astype(np.float64)


def _number(column: Any) -> float | None:
    """Read the name of a column as a number, where it is one."""
    try:
        return float(column)
    except (TypeError, ValueError):
        return None
