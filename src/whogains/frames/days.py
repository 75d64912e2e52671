"""Days and times as numbers, by which they are cut into bands as numbers are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from whogains.types import FloatArray

MICROSECONDS = 86_400_000_000
BEGIN = datetime(1970, 1, 1)


def day_number(value: Any) -> float | None:
    """Count the days from 1970-01-01 to a day or time.

    Parameters
    ----------
    value : str, date or datetime
        The day: text as ISO 8601 has it. A time with a zone counts in UTC.

    Returns
    -------
    float or None
        Days and the part of one that has passed; None for what is no day.

    Examples
    --------
    >>> day_number("1970-01-02"), day_number(date(1969, 12, 31)), day_number("1970-01-01 12:00")
    (1.0, -1.0, 0.5)
    >>> day_number("q4") is None
    True
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime) or value is pd.NaT:
        return None
    if value.tzinfo is not None:
        value = value.astimezone(UTC).replace(tzinfo=None)
    passed: int = (value - BEGIN) // timedelta(microseconds=1)
    return passed / MICROSECONDS


def day_text(number: float) -> str:
    """Write the day, or the time, that `day_number` made a number of.

    Examples
    --------
    >>> day_text(1.0), day_text(0.5)
    ('1970-01-02', '1970-01-01 12:00:00')
    """
    told = BEGIN + timedelta(microseconds=round(number * MICROSECONDS))
    return told.date().isoformat() if told.time() == BEGIN.time() else told.isoformat(" ")


def days_of(series: pd.Series[Any]) -> FloatArray | None:
    """Turn a column of days or times into numbers.

    Parameters
    ----------
    series : pandas.Series, n rows
        A column.

    Returns
    -------
    ndarray of float, shape (n,), or None
        As of `day_number`, NaN where it is missing; None for a column of anything else.

    Examples
    --------
    >>> days_of(pd.Series(pd.to_datetime(["1970-01-02", None])))
    array([ 1., nan])
    >>> days_of(pd.Series([1, 2])) is None
    True
    """
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    times = pd.api.types.is_datetime64_any_dtype(series.dtype)
    if not times and pd.api.types.infer_dtype(series, skipna=True) not in {"date", "datetime"}:
        return None
    found = pd.factorize(series)
    # Where there is none, the code -1 takes the last one.
    numbers = [*(day_number(value) for value in found[1]), None]
    return np.array(numbers, dtype=np.float64)[found[0]]
