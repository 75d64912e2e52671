"""Outcomes with several classes, and what two models predict of them: a probability of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from whogains.errors import InputError, cell, one_line
from whogains.frames.from_any_frame import kind_of, to_pandas, to_series, to_vector
from whogains.frames.predictions import is_wide
from whogains.frames.target import Target
from whogains.frames.value_hints import advice_among_numbers
from whogains.types import FloatArray, IntArray

# More are the values of a quantity, or of an id.
MOST_CLASSES = 200
# Probabilities that were written with three digits add up to that.
ROUNDED = 2e-3
# So many classes are named in a sentence.
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class ClassPredictions:
    """An outcome of several classes, and both models' probabilities of them.

    Parameters
    ----------
    target : Target
        The outcome, as the number of each row's class.
    generic, personalized : ndarray of float, shape (n, K)
        A probability of each class; of labels 1 for the class that is predicted.
    labels : tuple of two bool
        Whether the two models predict labels.
    """

    target: Target
    generic: FloatArray
    personalized: FloatArray
    labels: tuple[bool, bool]


def are_classes(y: Any, task: str | None, predictions: Sequence[Any], name: str = "y") -> bool:
    """Judge whether an outcome is one of several classes.

    Parameters
    ----------
    y : array-like, shape (n,)
        The outcome.
    task : str or None
        What was asked for, if anything was.
    predictions : sequence
        What the models predict.
    name : str
        What to call the outcome.

    Returns
    -------
    bool
        True where it was asked for; else unless another task was, where the predictions have a
        column for each class, or the outcome has three or more values that are no numbers. Whole
        numbers with one prediction each are a quantity.

    Examples
    --------
    >>> are_classes(["a", "b", "c"], None, [["a"] * 3] * 2)
    True
    >>> are_classes([0, 1, 2], None, [[0.1, 1.2, 2.1]] * 2)
    False
    """
    if task is not None and task != "classification":
        return task == "classes"
    if any(is_wide(each) for each in predictions):
        return True
    present = to_series(y, name).dropna().astype(object)
    many = present.nunique() > 2
    if not many or (task is None and kind_of(present) != "category"):
        return False
    # Text among numbers is a code of missing, of which reading a quantity tells.
    return task is not None or not advice_among_numbers(present.unique().tolist()[:1000])


def read_classes(y: Any, name: str, generic: Any, personalized: Any) -> ClassPredictions:
    """Read an outcome of several classes, and both models' predictions of it.

    Parameters
    ----------
    y : array-like, shape (n,)
        The outcome: words or numbers. Rows where it is missing are not observed.
    name : str
        What to call it.
    generic, personalized : array-like, shape (n, K) or (n,)
        Probabilities, one column per class: of a frame by the names of the columns, else in the
        order of the classes. Or the labels that are predicted.

    Returns
    -------
    ClassPredictions
        Classes are in sorted order (an ordered categorical's in its own), those that no row has
        among them; the note says which there are.

    Raises
    ------
    InputError
        If there are fewer than two or too many classes, columns do not fit them, a probability is
        none, a row's do not sum to 1, or a label is no class.

    Examples
    --------
    >>> found = read_classes(["b", "a", "c"], "y", np.full((3, 3), 1 / 3), ["b", "a", "a"])
    >>> found.target.classes, found.target.values.tolist(), found.personalized[2].tolist()
    (('a', 'b', 'c'), [1.0, 0.0, 2.0], [1.0, 0.0, 0.0])
    """
    series = to_series(y, name)
    written = [class_text(value) for value in _in_order(series, name)]
    if len(set(written)) < len(written):
        raise InputError(f"{name} holds the same class as a number and as text; write it one way")
    given = {"generic": generic, "personalized": personalized}
    tables = {key: _table(values, key, written) for key, values in given.items() if is_wide(values)}
    classes = _all_in_order(series, written, [c for table in tables.values() for c in table])
    if len(classes) < 3:
        raise InputError(
            f"{name} has two values; give one prediction per row, the probability of one of them"
        )
    if len(classes) > MOST_CLASSES:
        raise InputError(
            f"{name} has {len(classes)} classes, and at most {MOST_CLASSES} are compared; is it a "
            "quantity (task='regression') or an id?"
        )
    codes = class_codes(series, classes)
    found = {
        key: _probabilities(tables[key], classes, key, len(codes))
        if key in tables
        else _labels(values, classes, key, len(codes), name)
        for key, values in given.items()
    }
    return ClassPredictions(
        _target(codes, name, classes),
        found["generic"],
        found["personalized"],
        ("generic" not in tables, "personalized" not in tables),
    )


def class_target(y: Any, name: str) -> Target:
    """Read an outcome of several classes, where models will predict them.

    Parameters
    ----------
    y : array-like, shape (n,)
        The outcome: words or numbers.
    name : str
        What to call it.

    Returns
    -------
    Target
        The number of each row's class; the note says which there are.

    Raises
    ------
    InputError
        If there are fewer than three or too many classes.

    Examples
    --------
    >>> class_target(["b", "a", None, "c"], "y").values.tolist()
    [1.0, 0.0, nan, 2.0]
    """
    series = to_series(y, name)
    classes = tuple(class_text(value) for value in _in_order(series, name))
    if len(set(classes)) < len(classes):
        raise InputError(f"{name} holds the same class as a number and as text; write it one way")
    if len(classes) < 3:
        raise InputError(f"{name} has two values, which are a classification; leave task out")
    if len(classes) > MOST_CLASSES:
        raise InputError(
            f"{name} has {len(classes)} classes, and at most {MOST_CLASSES} are audited; is it a "
            "quantity (task='regression') or an id?"
        )
    return _target(class_codes(series, classes), name, classes)


def _target(codes: IntArray, name: str, classes: tuple[str, ...]) -> Target:
    observed = codes >= 0
    values = np.where(observed, codes, np.nan).astype(np.float64)
    note = classes_note(name, classes)
    return Target(values, observed, "classes", None, None, note, classes=classes)


def _in_order(series: pd.Series[Any], name: str) -> list[Any]:
    """List the classes of an outcome, in order."""
    present = series.dropna()
    if len(present) == 0:
        raise InputError(f"{name} has no values: all {len(series)} rows are missing")
    dtype: Any = series.dtype
    distinct = present.astype(object).unique().tolist()
    if len(distinct) == 1:
        raise InputError(f"{name} is constant: every value is {distinct[0]!r:.60}")
    if getattr(dtype, "ordered", False):
        return [value for value in dtype.categories.tolist() if value in set(distinct)]
    try:
        return sorted(distinct)
    except TypeError:
        return sorted(distinct, key=class_text)


def _all_in_order(
    series: pd.Series[Any], written: Sequence[str], others: Sequence[str]
) -> tuple[str, ...]:
    """Put the classes that rows have, and those that only models know, into one order."""
    dtype: Any = series.dtype
    every = list(dict.fromkeys([*written, *others]))
    if getattr(dtype, "ordered", False):
        own = [class_text(value) for value in dtype.categories]
        return tuple(sorted(every, key=lambda name: own.index(name) if name in own else len(own)))
    return classes_in_order(every)


def classes_in_order(classes: Sequence[str]) -> tuple[str, ...]:
    """Sort the names of classes: by what they count where all are numbers, else as text.

    Examples
    --------
    >>> classes_in_order(["10", "9"]), classes_in_order(["b", "10", "9"])
    (('9', '10'), ('10', '9', 'b'))
    """
    try:
        return tuple(sorted(classes, key=float))
    except ValueError:
        return tuple(sorted(classes))


def class_text(value: Any) -> str:
    """Write a class as text: 1.0 is 1."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value)


def class_codes(series: pd.Series[Any], classes: Sequence[str]) -> IntArray:
    """Give the number of each row's class, -1 where it is missing."""
    place = {name: i for i, name in enumerate(classes)}
    known = {value: place[class_text(value)] for value in series.dropna().astype(object).unique()}
    found = series.astype(object).map(known).to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(np.where(np.isnan(found), -1, found), dtype=np.int64)


def _table(values: Any, key: str, written: Sequence[str]) -> dict[str, Any]:
    """Give the columns of probabilities by class."""
    named = isinstance(values, Mapping) or hasattr(values, "columns")
    frame = to_pandas(values, key) if named else pd.DataFrame(np.asarray(values))
    columns = [class_text(column) for column in frame.columns]
    if len(set(columns)) < len(columns):
        raise InputError(f"{key} has two columns for one class")
    numbered = columns == [str(i) for i in range(len(columns))]
    if numbered and not set(written) <= set(columns):
        # Columns without names are in the order of the classes.
        if len(columns) != len(written):
            raise InputError(
                f"{key} has {len(columns)} columns and the outcome {len(written)} classes; name "
                "the columns by the classes"
            )
        columns = list(written)
    missing = [name for name in written if name not in columns]
    if missing:
        raise InputError(
            f"{key} has no column for the class {one_line(missing[0], 60)!r}; name the columns by "
            "the classes, each of which needs one"
        )
    return {name: frame.iloc[:, i] for i, name in enumerate(columns)}


def _probabilities(
    table: Mapping[str, Any], classes: Sequence[str], key: str, rows: int
) -> FloatArray:
    columns = []
    for name in classes:
        called = f"{key} column {one_line(name, 60)!r}"
        if name not in table:
            raise InputError(f"{called} is missing, and the other model has one")
        column = to_vector(table[name], called)
        if len(column) != rows:
            raise InputError(
                f"{key} has {len(column)} rows and the target {rows}; give both for the same rows"
            )
        outside = (column < 0) | (column > 1)
        if outside.any():
            first = int(np.argmax(outside))
            raise InputError(
                f"{called} has {int(outside.sum())} values outside [0, 1], the first "
                f"({column[first]:g}) in row {first} (counting from 0); give probabilities"
            )
        columns.append(column)
    found = np.stack(columns, axis=1)
    sums = found.sum(axis=1)
    off = np.abs(sums - 1) > ROUNDED
    if off.any():
        first = int(np.argmax(off))
        raise InputError(
            f"{key}'s probabilities do not sum to 1 in {int(off.sum())} rows, the first (sum "
            f"{sums[first]:.6g}) in row {first} (counting from 0); give a probability of each class"
        )
    return np.asarray(found / sums[:, None], dtype=np.float64)


def _labels(values: Any, classes: Sequence[str], key: str, rows: int, name: str) -> FloatArray:
    series = to_series(values, key)
    if len(series) != rows:
        raise InputError(
            f"{key} has {len(series)} rows and the target {rows}; give both for the same rows"
        )
    place = {each: i for i, each in enumerate(classes)}
    found = np.zeros((rows, len(classes)))
    for i, value in enumerate(series.astype(object)):
        code = place.get(class_text(value))
        if code is None:
            what = "nothing" if pd.isna(value) else cell(class_text(value))
            raise InputError(
                f"{key} predicts {what} in row {i} (counting from 0), which is no class of {name} "
                f"({_listed([cell(each) for each in classes])}); give a class, or a column of "
                "probabilities for each; if one of these values is a code of missing outcomes, say "
                "which (na, on the command line --na)"
            )
        found[i, code] = 1.0
    return found


def classes_note(name: str, classes: Sequence[str], few: Sequence[bool] | None = None) -> str:
    """Say what an outcome was taken for.

    Parameters
    ----------
    name : str
        What it is called.
    classes : sequence of str
        Its classes.
    few : sequence of bool, optional
        Which of them too few of the people who are shown have: they are not named.

    Returns
    -------
    str
        A sentence.

    Examples
    --------
    >>> classes_note("y", ["a", "b", "c"], [False, True, False])
    "y is taken for one of 3 classes (a, c, and 1 that nobody or too few have); say
    task='regression' (--task regression) if it is a quantity"
    """
    hidden = 0 if few is None else sum(few)
    named = [
        each for each, hide in zip(classes, few or [False] * len(classes), strict=True) if not hide
    ]
    more = f", and {hidden} that nobody or too few have" if hidden else ""
    return (
        f"{name} is taken for one of {len(classes)} classes ({_listed(named)}{more}); say "
        "task='regression' (--task regression) if it is a quantity"
    )


def _listed(names: Sequence[str]) -> str:
    shown = [one_line(name, 40) for name in names[:MOST_NAMED]]
    more = len(names) - MOST_NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
