"""Columns that look like something else: ids that repeat, numbers as text, the outcome itself."""

from __future__ import annotations

import re
from math import lgamma, log
from typing import Any

import numpy as np
import pandas as pd

from whogains.frames.from_any_frame import to_series
from whogains.frames.target import Target
from whogains.types import FloatArray, IntArray

ID_WORD = re.compile(
    "ids?|u?subjid|identifier|uu?id|pid|mrn|ssn|seqn|case|patient|person|subject|participant|respondent"
    "|student|pupil|customer|client|member|user|employee|household"
)
# A category may be called "case" or "member", or look like numbers; ids and measurements have many
# values.
MANY_VALUES = 20
MOSTLY = 0.8
# On a handful of rows an attribute can equal the outcome by chance.
FEW_ROWS = 10
# What happens less often than once in a million is no chance.
LOG_CHANCE = log(1e-6)
# So many columns for one feature make minutes of seconds.
MANY_LEVELS = 200


def looks_like_id(name: str) -> bool:
    """Say whether a column's name is that of an id: whether one of its words is.

    Examples
    --------
    >>> looks_like_id("patient_id"), looks_like_id("subjectID"), looks_like_id("humidity")
    (True, True, False)
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return any(ID_WORD.fullmatch(word) for word in re.findall(r"[a-z]+", apart.lower()))


def repeated_id_note(frame: pd.DataFrame) -> str | None:
    """Warn where people seem to stand in several rows.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        The columns to look at.

    Returns
    -------
    str or None
        What to tell the reader, or None. A column is taken for a repeated id if its name says so
        and it has many values, which repeat, and which are no measurements.

    Examples
    --------
    >>> frame = pd.DataFrame({"patient_id": [i // 2 for i in range(100)]})
    >>> repeated_id_note(frame)
    "column 'patient_id' looks like a repeated id and no cluster was given: if rows of one id
    depend on each other, all intervals are too narrow; name it as the cluster
    (cluster='patient_id', on the command line --cluster patient_id)"
    """
    for name in frame.columns:
        if not looks_like_id(str(name)):
            continue
        values = frame[name].dropna()
        distinct = values.nunique()
        fractional = pd.api.types.is_float_dtype(values) and bool((values % 1 != 0).any())
        if MANY_VALUES <= distinct < len(values) and not fractional:
            # Without counts: those of all rows would tell the size of a group that is not shown.
            return (
                f"column {name!r} looks like a repeated id and no cluster was given: if rows of "
                "one id depend on each other, all intervals are too narrow; name it as the cluster "
                f"(cluster={name!r}, on the command line --cluster {name})"
            )
    return None


def unique_id_note(features: pd.DataFrame) -> str | None:
    """Warn where the models see who a row is about.

    Parameters
    ----------
    features : pandas.DataFrame, n rows
        The columns that both models see.

    Returns
    -------
    str or None
        What to tell the reader, or None. A column is taken for an id if its values, text or whole
        numbers, are all different, and its name says so or they are text.

    Examples
    --------
    >>> unique_id_note(pd.DataFrame({"patient_id": range(50), "age": range(50)}))
    "column 'patient_id' looks like an id, different in every row, and both models see it: leave it
    out (X without 'patient_id', on the command line --drop patient_id)"
    """
    for name in features.columns:
        values = features[name].dropna()
        text = not pd.api.types.is_numeric_dtype(values)
        if pd.api.types.is_datetime64_any_dtype(values) or not (text or looks_like_id(str(name))):
            continue
        fractional = pd.api.types.is_float_dtype(values) and bool((values % 1 != 0).any())
        if len(values) >= MANY_VALUES and values.nunique() == len(values) and not fractional:
            return (
                f"column {name!r} looks like an id, different in every row, and both models see "
                f"it: leave it out (X without {name!r}, on the command line --drop {name})"
            )
    return None


def numbers_as_text_note(frame: pd.DataFrame) -> str | None:
    """Warn where a column of text holds mostly numbers.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        The columns to look at.

    Returns
    -------
    str or None
        What to tell the reader of the first such column, or None. A column is one if it is text
        with many values, four in five of which can be read as numbers.

    Examples
    --------
    >>> frame = pd.DataFrame({"age": [*map(str, range(18, 90)), "unknown"]})
    >>> numbers_as_text_note(frame)
    "column 'age' is text and taken for 73 categories, but most of its values are numbers: make it
    numeric, with missing values for the rest, if it is a measurement"
    """
    for name in frame.columns:
        if not (
            pd.api.types.is_object_dtype(frame[name]) or pd.api.types.is_string_dtype(frame[name])
        ):
            continue
        values = pd.Series(frame[name].dropna().unique())
        if len(values) < MANY_VALUES or not values.map(lambda value: isinstance(value, str)).all():
            continue
        numbers = pd.to_numeric(values, errors="coerce").notna().mean()
        if numbers >= MOSTLY:
            also = ", with missing values for the rest," if numbers < 1 else ""
            return (
                f"column {str(name)!r} is text and taken for {len(values)} categories, but most of "
                f"its values are numbers: make it numeric{also} if it is a measurement"
            )
    return None


def empty_columns_note(features: pd.DataFrame) -> str | None:
    """Tell of columns without any value, in which a model sees nothing.

    Examples
    --------
    >>> empty_columns_note(pd.DataFrame({"a": [1.0], "b": [None], "c": [None]}))
    "columns without any value have no part: 'b', 'c'"
    """
    empty = [repr(str(name)) for name in features.columns if features[name].isna().all()]
    return f"columns without any value have no part: {', '.join(empty)}" if empty else None


def many_levels(features: pd.DataFrame) -> list[tuple[str, int]]:
    """List columns of text with hundreds of levels, and how many each has.

    Parameters
    ----------
    features : pandas.DataFrame
        The features.

    Returns
    -------
    list of (str, int)
        Names and numbers of levels.

    Examples
    --------
    >>> many_levels(pd.DataFrame({"town": [f"town {i}" for i in range(250)]}))
    [('town', 250)]
    """
    found = []
    for name in features.columns:
        values = features[name]
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
            continue
        levels = int(values.nunique())
        if levels >= MANY_LEVELS:
            found.append((str(name), levels))
    return found


def leaking_column(features: pd.DataFrame, y: Any, target: Target) -> str | None:
    """Find a feature that is the outcome under other names, or that determines it.

    Parameters
    ----------
    features : pandas.DataFrame, n rows
        What both models see.
    y : array-like, shape (n,)
        The outcome as it was given.
    target : Target
        The same, read.

    Returns
    -------
    str or None
        The first such column.

    Notes
    -----
    A feature determines the outcome where all rows of each of its values (missing ones are one)
    have one outcome, or where the outcome only rises, or only falls, with its numbers. So that no
    chance is taken for it, a column that tells nothing does so with a probability of less than
    1e-6: at most that of as many pairs of equal outcomes as rows repeat a value, or the share of
    the orders of the outcomes that are sorted.
    """
    observed = target.observed
    outcome, numbers = pd.factorize(to_series(y, "y")[observed])[0], target.values[observed]
    for column in features.columns:
        values = features[column][observed]
        if len(values) <= FEW_ROWS:
            continue
        levels = pd.factorize(values, use_na_sentinel=False)[0]
        if _determined(levels, outcome) or _sorted_by(values, numbers):
            return str(column)
    return None


def _determined(levels: IntArray, outcome: IntArray) -> bool:
    """Tell whether rows of one level have one outcome, by no chance."""
    first = np.full(levels.max() + 1, -1)
    # Of several rows of a level one is kept, with which the others are compared.
    first[levels] = outcome
    if not np.array_equal(first[levels], outcome):
        return False
    shares = np.bincount(outcome) / len(outcome)
    return bool((len(levels) - len(first)) * log(np.sum(shares**2)) < LOG_CHANCE)


def _sorted_by(values: pd.Series[Any], outcome: FloatArray) -> bool:
    """Tell whether sorting by a column of numbers sorts the outcome, by no chance."""
    if not pd.api.types.is_numeric_dtype(values.dtype):
        return False
    given = values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = ~np.isnan(given)
    given, outcome = given[known], outcome[known]
    if len(given) <= FEW_ROWS or 2 * len(given) < len(known):
        return False
    order = np.argsort(given)
    steps, ties = np.diff(outcome[order]), np.diff(given[order]) == 0
    if (steps[ties] != 0).any() or ((steps < 0).any() and (steps > 0).any()):
        return False
    _, often = np.unique(outcome, return_counts=True)
    orders = lgamma(len(outcome) + 1) - sum(lgamma(each + 1) for each in often.tolist())
    return bool(log(2) - orders < LOG_CHANCE)


def same_pattern(values: pd.Series[Any], outcome: pd.Series[Any]) -> bool:
    """Say whether one column is the other under one-to-one names, and not by chance."""
    first, levels = pd.factorize(values)
    second, _ = pd.factorize(outcome)
    # Both are numbered in order of appearance, so that only the pattern is compared. It is told
    # by the rows that repeat a value: columns that never do, such as measurements, look alike.
    return len(first) - len(levels) > FEW_ROWS and bool(np.array_equal(first, second))
