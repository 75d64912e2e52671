"""The values that stand for "this feature is not known"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from whogains.errors import InputError
from whogains.frames import encode
from whogains.types import FloatArray

if TYPE_CHECKING:
    from whogains.frames import Table

Baseline = Literal["mean", "zeros"] | int | Mapping[str, Any]


def baseline_rows(
    table: Table, baseline: Baseline = "mean", *, random_state: int = 0
) -> FloatArray:
    """Make the rows that masked features are set to.

    Parameters
    ----------
    table : Table
        The rows to average: those that the models were fitted on.
    baseline : {"mean", "zeros"}, int or mapping of str to value
        ``"mean"``: the mean of each numeric column and the most frequent category (or boolean)
        of the others, missing values aside. ``"zeros"``: 0 everywhere, which for a category is
        the first in sorted order. A whole number k: that many rows drawn without replacement,
        all of them where there are fewer; what a model predicts is then averaged over them. A
        mapping gives the values of the columns that it names; the others get the mean.
    random_state : int
        The seed of the draw.

    Returns
    -------
    ndarray of float64, shape (k, p)
        Coded rows, one but for a whole number.

    Raises
    ------
    InputError
        If the baseline is something else, or names a column or category that is not there.

    Notes
    -----
    A column with no value at all stays missing. Of equally frequent categories the first in
    sorted order is taken.

    Examples
    --------
    >>> from whogains.frames import encode
    >>> table = encode({"age": [40.0, 50.0, None], "sex": ["M", "F", "M"]})
    >>> baseline_rows(table)
    array([[45., 1.]])
    >>> baseline_rows(table, {"sex": "F"})
    array([[45., 0.]])
    """
    if isinstance(baseline, int) and not isinstance(baseline, bool):
        if baseline < 1:
            raise InputError(f"baseline={baseline}: the number of background rows must be from 1")
        drawn = np.random.default_rng(random_state).permutation(len(table))[:baseline]
        return table.matrix[drawn]
    if isinstance(baseline, str) and baseline == "zeros":
        return np.zeros((1, len(table.columns)))
    row = np.array(
        [
            _typical(table.matrix[:, j], numeric=column.numeric)
            for j, column in enumerate(table.columns)
        ]
    )
    if isinstance(baseline, Mapping):
        return _with_given(row, table, baseline)[None, :]
    if baseline != "mean":
        raise InputError(
            f"baseline {baseline!r} is not known; give 'mean', 'zeros', a number of background"
            " rows or a mapping from columns to values"
        )
    return row[None, :]


def _typical(values: FloatArray, *, numeric: bool) -> float:
    present = values[~np.isnan(values)]
    if present.size == 0:
        return float("nan")
    if numeric:
        return float(present.mean())
    return float(np.bincount(present.astype(np.intp)).argmax())


def _with_given(row: FloatArray, table: Table, given: Mapping[str, Any]) -> FloatArray:
    unknown = [name for name in given if name not in table.names]
    if unknown:
        raise InputError(f"baseline names the column {unknown[0]!r}, which is not there")
    row = row.copy()
    for j, column in enumerate(table.columns):
        if column.name not in given:
            continue
        value = given[column.name]
        row[j] = encode({column.name: [value]}, [column], name="baseline").matrix[0, 0]
        if np.isnan(row[j]) and not pd.isna(value):
            raise InputError(
                f"baseline gives column {column.name!r} the value {value!r}, which is not one of"
                f" its {len(column.categories or ())} categories"
            )
    return row
