"""Counts of events, and the exposures that make rates of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from whogains.errors import InputError
from whogains.frames.checks import check_rows, positive_weights
from whogains.frames.from_any_frame import name_of
from whogains.frames.target import Target
from whogains.types import FloatArray, Task


def task_of_exposure(task: Task | None, exposure: object) -> Task | None:
    """Take an outcome that comes with exposures for a count, and refuse them for another.

    Parameters
    ----------
    task : str or None
        What was asked for, if anything was.
    exposure : object
        The exposures, or the name of their column; None where there are none.

    Returns
    -------
    str or None
        The task.

    Raises
    ------
    InputError
        If the task is another one.

    Examples
    --------
    >>> task_of_exposure(None, "years"), task_of_exposure("regression", None)
    ('counts', 'regression')
    """
    if exposure is None:
        return task
    if task not in {None, "counts"}:
        raise InputError(
            f"exposure is for counts, and the task is {task}; say task='counts' (--task counts) or "
            "leave exposure out"
        )
    return "counts"


def as_rates(target: Target, exposure: Any, name: str) -> tuple[Target, FloatArray | None]:
    """Divide counts by exposures.

    Parameters
    ----------
    target : Target
        Counts of n rows.
    exposure : array-like, shape (n,), or None
        How long, or how many, each row was exposed: person-years, insured months, beds.
    name : str
        What the outcome is called.

    Returns
    -------
    target : Target
        Events per unit of exposure; the note says so. The same target without exposures.
    exposure : ndarray of float, shape (n,), or None
        The exposures, by which the rows are weighed.

    Raises
    ------
    InputError
        If an exposure is missing, infinite, zero or negative, or there are fewer than rows.

    Notes
    -----
    The Poisson deviance of a count y with mean e times r is e times that of the rate y / e with
    mean r, so that the weighted mean of the latter, weights e, is the former per unit of exposure
    (McCullagh and Nelder 1989, section 6.2); squared errors of rates are weighed alike, since the
    variance of y / e is in proportion to 1 / e.

    Examples
    --------
    >>> from whogains.frames import read_target
    >>> rates, years = as_rates(read_target([2, 0, 1], "counts"), [4.0, 1.0, 0.5], "visits")
    >>> rates.values.tolist(), years.tolist()
    ([0.5, 0.0, 2.0], [4.0, 1.0, 0.5])
    """
    if exposure is None:
        return target, None
    called = name_of(exposure, "exposure")
    found = positive_weights(
        exposure,
        called,
        zero="a row without exposure has no rate: leave it out",
        extreme="count it in another unit",
    )
    check_rows(found, called, target)
    return replace(target, values=target.values / found, note=rates_note(name, called)), found


def rates_note(name: str, exposure: str) -> str:
    """Say what predictions of counts with exposures are, and how rows are weighed."""
    return (
        f"{name} is a count, divided by {exposure}: predictions and costs are of rates, events per "
        f"unit of {exposure}, and a row weighs as much as its {exposure}"
    )


def check_means(predictions: FloatArray, name: str) -> None:
    """Refuse predictions of counts that are no means of any; missing ones are passed over.

    Raises
    ------
    InputError
        If one is 0 or less, at which an event costs infinity.
    """
    wrong = np.flatnonzero(predictions <= 0)
    if wrong.size:
        raise InputError(
            f"{name} has {wrong.size} predictions that are not above 0, the first "
            f"({predictions[wrong[0]]:g}) in row {wrong[0]} (counting from 0); predict the mean of "
            "the count (or its rate), or say task='regression' (--task regression)"
        )
