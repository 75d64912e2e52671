"""A look at the first rows, from which the scan of all of them is planned."""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from whogains.errors import InputError
from whogains.frames import Target, read_target
from whogains.tables.columns import Columns, Reading, missing
from whogains.tables.identifiers import quoted
from whogains.tables.kinds import is_number
from whogains.tables.relation import SOURCE
from whogains.tables.source import Source
from whogains.types import QUANTITIES, Task

FIRST_ROWS = 10_000
MANY_VALUES = 1000


@dataclass(frozen=True, slots=True, eq=False)
class FirstRows:
    """What the first rows show of the outcome and of the predictions.

    Parameters
    ----------
    outcomes : list
        Distinct values of the outcome, at most 1,000, without missing ones.
    labels : tuple of two bool
        Whether each model's predictions of the rows with an outcome may all be 0 or 1, as far as
        these rows tell of groups that are shown.
    """

    outcomes: list[Any]
    labels: tuple[bool, bool]


def look_at_first_rows(
    source: Source, columns: Columns, max_levels: int, min_cell: int
) -> FirstRows:
    """Look at the first rows, by one query, and refuse an attribute with too many levels.

    Parameters
    ----------
    source : Source
        The table, whose predictions are numbers.
    columns : Columns
        Which column holds what.
    max_levels : int
        The most levels that one attribute may have.
    min_cell : int
        The disclosure threshold: with weights or clusters only all rows tell who is shown.

    Returns
    -------
    FirstRows
        From which the scan of all rows is planned.

    Raises
    ------
    InputError
        If an attribute has more levels in the first rows.
    """
    known = f"FILTER (NOT {missing(columns.target, dict(source.columns))})"
    found = [
        f"(list(DISTINCT {quoted(columns.target)}) {known})[1:{MANY_VALUES}]",
        *(f"count(DISTINCT {quoted(name)})" for name in columns.groups),
    ]
    chosen = ", ".join(quoted(name) for name in columns.names)
    some = f"(SELECT {chosen} FROM {SOURCE} LIMIT {FIRST_ROWS})"
    outcomes, *counts = source.fetch(f"SELECT {', '.join(found)} FROM {some}")[0]
    for name, count in zip(columns.groups, counts, strict=True):
        if count > max_levels:
            raise InputError(
                f"column {name!r} has more than {max_levels} levels; band it (--band), or raise "
                "max_levels (--max-levels)"
            )
    own = {f"l{i}": each for i, each in enumerate(_are_labels(columns))}
    every = ", ".join(f"coalesce(bool_and({name}), TRUE)" for name in own)
    of_shown = _of_shown(columns, own, missing(columns.target, dict(source.columns)), min_cell)
    labels = source.fetch(f"{of_shown} SELECT {every} FROM shown")[0]
    return FirstRows(_in_order(outcomes or []), (labels[0], labels[1]))


def read_outcome(
    source: Source,
    column: str,
    task: Task | None,
    positive: Any,
    *,
    sure: bool,
    whole: bool,
    first: FirstRows | None = None,
    part: bool = False,
) -> Target:
    """Judge from its distinct values whether the outcome is one of two classes or a number.

    Parameters
    ----------
    source : Source
        The table.
    column : str
        The outcome.
    task : {"classification", "regression", "counts"}, optional
        The task asked for.
    positive : object, optional
        The value that counts as 1.
    sure : bool
        Whether to look at all rows; else two values in the first rows are taken for all, which
        the scan then checks.
    whole : bool
        Whether whole numbers were read as fractions.
    first : FirstRows, optional
        The first rows, if they were looked at.
    part : bool
        Whether the table is one of several, which may hold a single outcome, 0 or 1, if a
        classification is asked for.

    Returns
    -------
    Target
        The task and what counts as 1.

    Raises
    ------
    InputError
        As in `read_target`.
    """
    if task == "counts" and positive is None and _numeric(source.columns, column):
        # Values that are no counts are the scan's to find, with their places.
        return Target.of_numbers("counts")
    if column in source.ordered and positive is None and task not in QUANTITIES:
        raise InputError(
            f"{column} is an ordered category, and a table that is not in memory does not say its "
            "order; say which of its values counts as 1 (positive, on the command line --positive)"
        )
    values = _distinct(source, column, FIRST_ROWS) if first is None else first.outcomes
    # Three values settle it.
    if len(values) < 2 or (sure and task not in QUANTITIES and len(values) == 2):
        values = _distinct(source, column, None)
    if not values:
        raise _no_values(source, column)
    if task == "classification" and len(values) > 2:
        count = source.fetch(
            f"SELECT count(DISTINCT {quoted(column)}) FROM {SOURCE} "
            f"WHERE NOT {missing(column, dict(source.columns))}"
        )[0][0]
        raise InputError(f"{column} has {count} distinct values; classification needs exactly two")
    if whole and all(float(value).is_integer() for value in values):
        values = [int(value) for value in values]
    if part and len(values) == 1 and task == "classification" and values[0] in (0, 1):
        values = [type(values[0])(each) for each in (0, 1)]
    elif part and len(values) == 1:
        raise InputError(
            f"{column} is constant: every value is {values[0]!r}; of one part of the data that may "
            "be so where outcomes are 0 and 1, if the task is said to be classification (--task)"
        )
    target = read_target(pd.Series(values), task, column, positive=positive)
    if target.task in QUANTITIES and not _numeric(source.columns, column):
        raise InputError(
            f"{column} holds {source.columns[column].lower()} values; only numbers and outcomes "
            "with two values can be audited"
        )
    return target


def _no_values(source: Source, column: str) -> InputError:
    rows = source.fetch(f"SELECT count(*) FROM {SOURCE}")[0][0]
    if rows == 0:
        return InputError(f"{source.name} has no rows")
    return InputError(f"{column} has no values: all {rows} rows are missing")


def _numeric(types: Mapping[str, str], column: str) -> bool:
    return is_number(types[column]) or types[column] == "BOOLEAN"


def _distinct(source: Source, column: str, rows: int | None) -> list[Any]:
    name = quoted(column)
    some = f"(SELECT {name} FROM {SOURCE} LIMIT {rows})" if rows is not None else SOURCE
    found = source.fetch(
        f"SELECT DISTINCT {name} FROM {some} WHERE NOT {missing(column, dict(source.columns))} "
        f"LIMIT {MANY_VALUES}"
    )
    return _in_order([row[0] for row in found])


def _in_order(values: list[Any]) -> list[Any]:
    # Any order will do for the text of an error, as long as it is always the same.
    return sorted(values, key=lambda value: (str(type(value)), value))


def _are_labels(columns: Columns) -> tuple[str, str]:
    """Write for each model the SQL condition for a prediction that is 0 or 1."""
    return (
        f"CAST({quoted(columns.generic)} AS DOUBLE) IN (0, 1)",
        f"CAST({quoted(columns.personalized)} AS DOUBLE) IN (0, 1)",
    )


def centre_of(source: Source, reading: Reading, min_cell: int) -> float:
    """Find a number near outcomes that are numbers: the rounded median of the first rows.

    Parameters
    ----------
    source : Source
        The table.
    reading : Reading
        How rows are read.
    min_cell : int
        The disclosure threshold. Groups of fewer of the first rows, or clusters, or that are worth
        fewer by weights, have no part: the last digits of sums would tell of them.

    Returns
    -------
    float
        The number; 0 where there are no such groups.
    """
    outcome = {"y": reading.outcome}
    rows = _of_shown(reading.columns, outcome, reading.outcome_missing, min_cell)
    found = source.fetch(f"{rows} SELECT median(y) FROM shown")[0][0]
    centre = 0.0 if found is None else float(f"{found:.3g}")
    return centre if abs(centre) < float("inf") else 0.0


def _of_shown(columns: Columns, own: Mapping[str, str], unknown: str, min_cell: int) -> str:
    """Write a WITH clause of the first rows with an outcome, of groups that may be shown.

    Parameters
    ----------
    columns : Columns
        Which column holds what.
    own : mapping of str to str
        What to take from each row, as SQL by its name.
    unknown : str
        The condition for a row without an outcome.
    min_cell : int
        The fewest of these rows, or clusters, of such a group, and what they are worth at least by
        their weights; see `few_units`.

    Returns
    -------
    str
        After which the rows are called shown.
    """
    w = " * ".join(f"CAST({quoted(name)} AS DOUBLE)" for name in columns.weights) or "1.0"
    taken = {
        **{key: quoted(name) for key, name in zip(columns.keys, columns.groups, strict=True)},
        "w": w,
        "c": "NULL" if columns.cluster is None else quoted(columns.cluster),
        **own,
    }
    listed = ", ".join(f"{sql} AS {name}" for name, sql in taken.items())
    keys = ", ".join(columns.keys)
    units = f"SELECT {keys}, w FROM known"
    if columns.cluster is not None:
        units = f"SELECT {keys}, sum(w) AS w FROM known GROUP BY {keys}, c"
    match = " AND ".join(f"known.{key} IS NOT DISTINCT FROM enough.{key}" for key in columns.keys)
    return (
        f"WITH known AS (SELECT {listed} FROM (SELECT * FROM {SOURCE} LIMIT {FIRST_ROWS}) "
        f"WHERE NOT {unknown}), "
        f"enough AS (SELECT {keys} FROM ({units}) GROUP BY {keys} HAVING count(*) >= {min_cell} "
        f"AND sum(w) * sum(w) >= {min_cell} * sum(w * w)), "
        f"shown AS (SELECT known.* FROM known JOIN enough ON {match})"
    )
