"""The values that stand for "this feature is not known"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from whogains.errors import InputError
from whogains.frames import encode
from whogains.types import FloatArray

if TYPE_CHECKING:
    from whogains.frames import Table

Baseline = Literal["marginal", "mean", "zeros"] | int | Mapping[str, Any]

# More combinations of personal levels than this are stood for by this many of the people.
MOST_COMBINATIONS = 16
# Each is masked into every row: more would take all memory.
MOST_BACKGROUND = 10_000
# More whole numbers in a column are a count or an age, and no codes of categories.
MOST_CODES = 20


@dataclass(frozen=True, slots=True, eq=False)
class Baselines:
    """The rows that masked features are set to, and how much each counts.

    Parameters
    ----------
    rows : ndarray of float64, shape (k, p)
        Coded rows, the one that counts most first.
    weights : ndarray of float64, shape (k,)
        Their shares, which add up to 1; predictions are averaged with them.
    """

    rows: FloatArray
    weights: FloatArray

    @classmethod
    def of(cls, rows: Baselines | FloatArray) -> Baselines:
        """Let every row of an array, shape (k, p), count the same."""
        if isinstance(rows, Baselines):
            return rows
        return cls(rows, np.full(len(rows), 1 / len(rows)))

    def __iter__(self) -> Iterator[tuple[FloatArray, float]]:
        """Give each row with its share."""
        return zip(self.rows, self.weights.tolist(), strict=True)

    def columns(self, places: Sequence[int]) -> Baselines:
        """Take some columns, and put together the rows that are then alike."""
        return Baselines(*_distinct(self.rows[:, places], self.weights))

    def first(self) -> Baselines:
        """Take the row that counts most, alone."""
        return Baselines.of(self.rows[:1])


def baselines_of(
    features: Table, personal: Table, baseline: Baseline = "marginal", *, random_state: int = 0
) -> Baselines:
    """Make the rows that masked features of both models are set to.

    Parameters
    ----------
    features, personal : Table
        The rows to average, those that the models were fitted on: features, and the personal
        attributes of the same n people.
    baseline : {"marginal", "mean", "zeros"}, int or mapping of str to value
        ``"marginal"``: features as for "mean", and personal attributes at each combination of
        levels that people have, as often as they have it. The rest as for `baseline_rows`.
    random_state : int
        The seed of the draw.

    Returns
    -------
    Baselines
        Rows with the columns of `features`, then of `personal`.

    Raises
    ------
    InputError
        If the baseline is something else, or names a column or category that is not there.

    Notes
    -----
    An attribute that is masked to its most frequent level is never masked where it has that
    level: its group then loses nothing by the mask, whatever the model makes of it. Averaged over
    the people's own levels (interventional masking, [1]_), a group is treated like every other.
    Beyond 16 combinations 16 of the people, evenly spaced in sorted order, stand for all.

    References
    ----------
    .. [1] Janzing, Minorics, Blöbaum, "Feature relevance quantification in explainable AI: a
       causal problem", AISTATS 2020, section 3.

    Examples
    --------
    >>> from whogains.frames import encode
    >>> X, S = encode({"age": [40.0, 50.0, 60.0]}), encode({"sex": ["M", "F", "M"]})
    >>> found = baselines_of(X, S)
    >>> found.rows.tolist(), found.weights.round(2).tolist()
    ([[50.0, 1.0], [50.0, 0.0]], [0.67, 0.33])
    """
    if not (isinstance(baseline, str) and baseline == "marginal"):
        made = [
            baseline_rows(
                table,
                {name: baseline[name] for name in table.names if name in baseline}
                if isinstance(baseline, Mapping)
                else baseline,
                random_state=random_state,
            )
            for table in (features, personal)
        ]
        return Baselines.of(np.hstack(made))
    levels = personal.matrix
    rows, weights = _distinct(levels, np.full(len(levels), 1 / len(levels)))
    if len(rows) > MOST_COMBINATIONS:
        order = np.lexsort(levels.T[::-1])
        spaced = (np.arange(MOST_COMBINATIONS) + 0.5) / MOST_COMBINATIONS * len(levels)
        chosen = levels[order[spaced.astype(np.int64)]]
        rows, weights = _distinct(chosen, np.full(MOST_COMBINATIONS, 1 / MOST_COMBINATIONS))
    typical = np.repeat(baseline_rows(features, "mean"), len(rows), axis=0)
    return Baselines(np.hstack([typical, rows]), weights)


def _distinct(rows: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Put equal rows together, the one that counts most first."""
    # A missing value is a level like any other, and NaN is not equal to itself.
    known = np.where(np.isnan(rows), np.inf, rows)
    _, place, number = np.unique(known, axis=0, return_index=True, return_inverse=True)
    total = np.bincount(number.reshape(-1), weights).astype(np.float64)
    order = np.lexsort((place, -total))
    return rows[place[order]], total[order]


def at_seen_values(rows: FloatArray, seen: Table, given: Sequence[str] = ()) -> FloatArray:
    """Set means of codes to the nearest code that people have.

    Parameters
    ----------
    rows : ndarray of float64, shape (k, p)
        Coded baseline rows.
    seen : Table
        The rows that they were made from.
    given : sequence of str
        Columns that somebody has set, which stay.

    Returns
    -------
    ndarray of float64, shape (k, p)
        The same, with values that occur in every column of up to 20 different whole numbers; of two
        equally near the smaller.

    Notes
    -----
    An encoder inside a model looks a value up among those it has seen: 2.99 is no category.

    Examples
    --------
    >>> from whogains.frames import encode
    >>> table = encode({"level": [1, 3, 3, 4], "x": [0.1, 0.2, 0.3, 0.6]})
    >>> at_seen_values(baseline_rows(table), table)
    array([[3. , 0.3]])
    """
    rows = rows.copy()
    for j, column in enumerate(seen.columns):
        if not column.numeric or column.name in given:
            continue
        values = np.unique(seen.matrix[:, j])
        values = values[~np.isnan(values)]
        if not 0 < len(values) <= MOST_CODES or (values % 1 != 0).any():
            continue
        known = ~np.isnan(rows[:, j])
        nearest = np.abs(rows[known, j][:, None] - values).argmin(axis=1)
        rows[known, j] = values[nearest]
    return rows


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
        if baseline > MOST_BACKGROUND:
            raise InputError(
                f"baseline={baseline}: give at most {MOST_BACKGROUND:,} background rows"
            )
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
            f"baseline {baseline!r} is not known; give 'marginal', 'mean', 'zeros', a number of"
            " background rows or a mapping from columns to values"
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
