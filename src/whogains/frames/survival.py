"""Times to an event, some of them censored, and survival that is predicted at horizons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from whogains.errors import InputError
from whogains.frames.arguments import shown
from whogains.frames.checks import check_rows
from whogains.frames.from_any_frame import name_of, to_vector
from whogains.frames.probabilities import as_probabilities
from whogains.frames.quantiles import numbered_columns
from whogains.frames.target import Target, read_target
from whogains.types import FloatArray, Task

MOST_HORIZONS = 100


def task_of_horizons(task: Task | None, event: object, horizons: object) -> Task | None:
    """Take an outcome that comes with events and horizons for a time to an event.

    Parameters
    ----------
    task : str or None
        What was asked for, if anything was.
    event, horizons : object
        Whether the event was seen, and at which times survival is predicted; None without.

    Returns
    -------
    str or None
        The task.

    Raises
    ------
    InputError
        If the task is another one, or one of both is missing.

    Examples
    --------
    >>> task_of_horizons(None, "died", [1.0]), task_of_horizons("counts", None, None)
    ('survival', 'counts')
    """
    if event is None and horizons is None:
        if task == "survival":
            raise InputError(
                "task='survival' needs event (1 where it was seen, 0 where following ended) and "
                "horizons, the times at which survival is predicted (--event, --horizons)"
            )
        return task
    if task not in {None, "survival"}:
        raise InputError(
            f"event and horizons are of times to an event, and the task is {task}; say "
            "task='survival' (--task survival) or leave them out"
        )
    if event is None or horizons is None:
        missing = "event" if event is None else "horizons"
        raise InputError(f"times to an event need {missing}, too (--{missing})")
    return "survival"


def read_horizons(horizons: Any) -> tuple[float, ...]:
    """Read the times at which survival is predicted.

    Parameters
    ----------
    horizons : sequence of float, or float
        What was given.

    Returns
    -------
    tuple of float
        The times.

    Raises
    ------
    InputError
        If they are no finite numbers above 0 that rise.

    Examples
    --------
    >>> read_horizons([365, 730])
    (365.0, 730.0)
    """
    given = [horizons] if isinstance(horizons, Real) else horizons
    try:
        found = tuple(float(each) for each in given)
    except (TypeError, ValueError):
        found = ()
    rising = all(a < b for a, b in zip((0.0, *found), (*found, np.inf), strict=True))
    if not found or not rising or len(found) > MOST_HORIZONS:
        raise InputError(
            f"horizons must be numbers above 0 that rise, such as 365, 730 (at most "
            f"{MOST_HORIZONS}), not {shown(horizons)}"
        )
    return found


def read_survival(
    time: Any, name: str, event: Any, predictions: Mapping[str, Any], horizons: Any
) -> tuple[Target, list[FloatArray]]:
    """Read times to an event, and probabilities of survival that two models predict.

    Parameters
    ----------
    time : array-like, shape (n,)
        How long each row was followed, above 0. Rows where it is missing are not observed.
    name : str
        What to call it.
    event : array-like, shape (n,)
        1 (or True) where the event was seen then, 0 where following ended without it.
    predictions : mapping of str to frame or array, shape (n, H)
        Each model's probabilities that the event comes after each horizon, by what to call them;
        of a frame by columns named by the horizons, else in their order.
    horizons : sequence of float
        The H times.

    Returns
    -------
    target : Target
        The times, of task "survival", with `events`.
    given : list of ndarray of float, shape (n, H)
        The predictions.

    Raises
    ------
    InputError
        If a time is not above 0, an event is neither 0 nor 1, a prediction is no probability, or a
        horizon lies beyond the last time.

    Examples
    --------
    >>> given = {"generic": [0.9, 0.4], "personalized": [0.8, 0.1]}
    >>> target, found = read_survival([5.0, 2.0], "days", [0, 1], given, [3.0])
    >>> target.events.tolist(), found[0].tolist()
    ([0.0, 1.0], [[0.9], [0.4]])
    """
    known = read_horizons(horizons)
    target = read_target(time, "regression", name)
    wrong = np.flatnonzero(target.observed & ~(target.values > 0))
    if wrong.size:
        raise InputError(
            f"{name} has {wrong.size} times that are not above 0, the first "
            f"({target.values[wrong[0]]:g}) in row {wrong[0]} (counting from 0); leave rows out "
            "that were never followed"
        )
    last = float(target.values[target.observed].max())
    if known[-1] >= last:
        raise InputError(
            f"horizons end at {known[-1]:g}, and no row is followed beyond {last:g}: nobody's "
            "state is known there"
        )
    events = _events(event, target)
    target = replace(target, task="survival", horizons=known, events=events, codes=())
    given = []
    for key, values in predictions.items():
        found = numbered_columns(values, key, known, target, "horizon")
        found, outside = as_probabilities(found)
        if outside.any():
            row, column = (int(each[0]) for each in np.nonzero(outside))
            raise InputError(
                f"{key} has {int(outside.sum())} values outside [0, 1], the first "
                f"({found[row, column]:g}) in row {row} (counting from 0); give probabilities that "
                "the event comes after each horizon"
            )
        given.append(found)
    return target, given


def _events(event: Any, target: Target) -> FloatArray:
    name = name_of(event, "event")
    found = to_vector(event, name, allow_missing=True)
    check_rows(found, name, target)
    wrong = np.flatnonzero(target.observed & ~np.isin(found, (0.0, 1.0)))
    if wrong.size:
        raise InputError(
            f"{name} must be 1 where the event was seen and 0 where following ended without it, "
            f"and is neither in {wrong.size} rows, the first in row {wrong[0]} (counting from 0)"
        )
    if not (found[target.observed] == 1).any():
        raise InputError(f"{name} is 0 in every row: no event was seen")
    return found
