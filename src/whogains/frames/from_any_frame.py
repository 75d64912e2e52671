"""From any frame, series, array or list to pandas, in the order of its rows."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pandas as pd

from whogains.errors import InputError, cell, without_cells
from whogains.frames.value_hints import advice_on_text
from whogains.types import FloatArray

if TYPE_CHECKING:
    from typing import Never


# Beyond this, not every integer has its own float64.
LARGEST_EXACT = 2**53

# Tables whose arrays stand beside that of the features, and need other names.
ATTRIBUTES = ("personal", "groups")


def to_pandas(frame: Any, name: str = "X") -> pd.DataFrame:
    """Turn any table into a pandas data frame.

    Parameters
    ----------
    frame : frame, series, mapping, list of mappings or array
        Anything that narwhals reads (pandas, Polars, PyArrow, DuckDB, ...), a series (one
        column), a mapping from column names to columns, a list of rows that are mappings from
        column names to values, or an array of shape (n, p), whose columns are then called ``x0``,
        ``x1``, ...; those of "personal" and "groups" after them.
    name : str
        What to call the table in an error, and the name of a single column without one.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order, with a plain index and with text as column names.

    Raises
    ------
    InputError
        If it is no table, has no rows or columns, two columns of one name, or columns of different
        lengths or with different pandas indexes.

    Examples
    --------
    >>> import numpy as np
    >>> to_pandas(np.array([[1, 2], [3, 4]]))
       x0  x1
    0   1   2
    1   3   4
    >>> to_pandas({"age": [40, 52], "sex": ["F", "M"]})
       age sex
    0   40   F
    1   52   M
    """
    if isinstance(frame, pd.DataFrame):
        table = frame.reset_index(drop=True)
    elif isinstance(frame, Mapping):
        table = _from_mapping(frame, name)
    elif isinstance(frame, list) and frame and all(isinstance(row, Mapping) for row in frame):
        table = pd.DataFrame(frame)
    elif isinstance(frame, np.ndarray) and frame.ndim == 2:
        called = name if name in ATTRIBUTES else "x"
        table = pd.DataFrame(frame, columns=[f"{called}{j}" for j in range(frame.shape[1])])
    elif isinstance(frame, np.ndarray | pd.Series | list | tuple) or _is_arrow_array(frame):
        series = to_series(frame, name)
        table = series.to_frame(name if series.name is None else series.name)
    else:
        table = _from_narwhals(frame, name)
    # A copy of the labels only: the caller's frame keeps its own.
    table = table.set_axis([str(column) for column in table.columns], axis="columns")
    if table.shape[1] == 0:
        raise InputError(f"{name} has no columns")
    if len(table) == 0:
        raise InputError(f"{name} has no rows")
    repeated = table.columns[table.columns.duplicated()]
    if len(repeated) > 0:
        raise InputError(f"{name} has more than one column named {repeated[0]!r}; rename one")
    return table


def to_series(values: Any, name: str) -> pd.Series[Any]:
    """Turn one column of values into a pandas series.

    Parameters
    ----------
    values : series, array, list or one-column frame, n values
        What the user handed over; an array of shape (n, 1) is one column too.
    name : str
        What to call it in an error.

    Returns
    -------
    pandas.Series
        The values in their order, with a plain index; its name is the given one's, or None.

    Raises
    ------
    InputError
        If it is not one column of values.
    """
    if isinstance(values, pd.Series):
        return values.reset_index(drop=True)
    if isinstance(values, list | tuple | pd.Index | pd.api.extensions.ExtensionArray):
        return _as_series(values, name)
    if isinstance(values, np.ndarray):
        column = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
        if column.ndim != 1:
            _not_one_column(name, f"an array of shape {values.shape}")
        return _as_series(column, name)
    if _is_arrow_array(values):
        values = _chunked(values)
    try:
        series = nw.from_native(values, series_only=True)
    except TypeError:
        pass
    else:
        found = _exact_series(series)
        # Some libraries name a series without a name with the empty text.
        return found.rename(series.name or None).reset_index(drop=True)
    if isinstance(values, str | Mapping) or np.isscalar(values):
        _not_one_column(name, f"{type(values).__name__}")
    table = to_pandas(values, name)
    if table.shape[1] != 1:
        _not_one_column(name, f"a table of {table.shape[1]} columns")
    return table.iloc[:, 0]


def to_vector(values: Any, name: str, *, allow_missing: bool = False) -> FloatArray:
    """Turn one column of numbers into a float64 array.

    Parameters
    ----------
    values : series, array, list or one-column frame, n values
        Numbers or booleans.
    name : str
        What to call it in an error.
    allow_missing : bool
        Whether a missing value is kept as NaN rather than refused.

    Returns
    -------
    ndarray of float64, shape (n,)
        The numbers; True is 1 and False is 0.

    Raises
    ------
    InputError
        If a value is not a number, is infinite, cannot be held exactly, or is missing where
        that is not allowed.

    Examples
    --------
    >>> to_vector([True, False, True], "y_true")
    array([1., 0., 1.])
    """
    numbers = numbers_of(to_series(values, name), name)
    missing = np.flatnonzero(np.isnan(numbers))
    if missing.size and not allow_missing:
        raise InputError(
            f"{name} has {missing.size} missing values, the first in row {missing[0]}"
            " (counting from 0); fill or drop these rows"
        )
    return numbers


def _is_arrow_array(values: Any) -> bool:
    arrow = sys.modules.get("pyarrow")
    return arrow is not None and isinstance(values, arrow.Array)


def _chunked(values: Any) -> Any:
    """Wrap an Arrow array as the column that narwhals knows."""
    import pyarrow as pa

    return pa.chunked_array([values])


def kind_of(series: pd.Series[Any]) -> str:
    """Name what a column holds, by its dtype or, for objects, by its values.

    Parameters
    ----------
    series : pandas.Series
        A column.

    Returns
    -------
    str
        ``"category"``, ``"boolean"``, ``"integer"`` or ``"real"``, and for anything else the
        name of what it is.
    """
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if pd.api.types.is_complex_dtype(dtype):
        return "complex"
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_integer_dtype(dtype):
        return "integer"
    if pd.api.types.is_numeric_dtype(dtype):
        return "real"
    inferred = pd.api.types.infer_dtype(series.astype(object), skipna=True)
    return {
        "string": "category",
        "floating": "real",
        "mixed-integer-float": "real",
        "decimal": "real",
        "empty": "real",
        "mixed": "nested or mixed",
        "mixed-integer": "nested or mixed",
    }.get(inferred, inferred)


def numbers_of(series: pd.Series[Any], name: str) -> FloatArray:
    """Turn a column of numbers or booleans into float64, with NaN where it is missing.

    Parameters
    ----------
    series : pandas.Series
        A column of n numbers or booleans.
    name : str
        What to call it in an error.

    Returns
    -------
    ndarray of float64, shape (n,)
        The numbers.

    Raises
    ------
    InputError
        If the column holds something else, infinity, or an integer beyond 2^53.
    """
    kind = kind_of(series)
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(object)
        kind = kind_of(series)
    if kind not in {"boolean", "integer", "real"}:
        holds = "text" if kind == "category" else f"{kind} values"
        raise InputError(
            f"{name} holds {holds} where numbers are needed{_first_text(series)}; {_advice(series)}"
        )
    if kind == "integer":
        check_exact(series, name)
    numbers = series.to_numpy(dtype=np.float64, na_value=np.nan)
    infinite = np.flatnonzero(np.isinf(numbers))
    if infinite.size:
        raise InputError(
            f"{name} has {infinite.size} infinite values, the first in row {infinite[0]}"
            " (counting from 0); replace them"
        )
    return numbers


def check_exact(series: pd.Series[Any], name: str) -> None:
    """Refuse integers that float64 would change.

    Parameters
    ----------
    series : pandas.Series
        A column of integers, possibly with missing values.
    name : str
        What to call it in the error.

    Raises
    ------
    InputError
        If one lies beyond 2^53.
    """
    present = series.dropna()
    if len(present) == 0:
        return
    largest = max(int(present.max()), -int(present.min()))
    if largest > LARGEST_EXACT:
        raise InputError(
            f"{name} holds the integer {largest} in size, beyond 2^53, which cannot be kept"
            " exactly; if it is an identifier, leave it out or convert it to text"
        )


def _from_mapping(frame: Mapping[Any, Any], name: str) -> pd.DataFrame:
    given = [value for value in frame.values() if isinstance(value, pd.Series)]
    for value in given[1:]:
        if len(value) == len(given[0]) and not value.index.equals(given[0].index):
            raise InputError(
                f"the columns of {name} have different pandas indexes, and rows are matched by "
                "place; give all the same rows in the same order, or call reset_index(drop=True)"
            )
    columns = {key: to_series(value, f"{name} column {key!r}") for key, value in frame.items()}
    lengths = {key: len(column) for key, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{key!r} has {length}" for key, length in lengths.items())
        raise InputError(f"the columns of {name} differ in their number of rows: {told}")
    return pd.DataFrame(columns)


def _from_narwhals(frame: Any, name: str) -> pd.DataFrame:
    try:
        native = nw.from_native(frame, allow_series=True)
    except TypeError as error:
        raise InputError(
            f"{name} is a {type(frame).__name__}, not a table; give a data frame (pandas, Polars,"
            " PyArrow, ...), a mapping of columns or an array of shape (n, p)"
        ) from error
    if isinstance(native, nw.Series):
        series = to_series(frame, name)
        return series.to_frame(name if series.name is None else series.name)
    if isinstance(native, nw.LazyFrame):
        native = native.collect()
    columns: dict[Hashable, pd.Series[Any]] = {
        column: _exact_series(native[column]) for column in native.columns
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def _exact_series(series: nw.Series[Any]) -> pd.Series[Any]:
    found: pd.Series[Any] = series.to_pandas()
    if series.dtype.is_integer() and not pd.api.types.is_integer_dtype(found.dtype):
        # Missing values made floats of the integers, where float64 holds them.
        present = series.drop_nulls()
        largest = max(int(present.max()), -int(present.min())) if len(present) else 0
        if largest > LARGEST_EXACT:
            kind: Any = "UInt64" if series.dtype.is_unsigned_integer() else "Int64"
            return pd.Series(pd.array(series.to_list(), dtype=kind), name=found.name)
    return found


def _as_series(values: Sequence[Any] | npt.NDArray[Any] | Any, name: str) -> pd.Series[Any]:
    if len(values) == 0:
        return pd.Series(values, dtype=np.float64)
    if isinstance(values[0], list | dict | set):
        _not_one_column(name, f"a {type(values[0]).__name__} in each row")
    try:
        return pd.Series(values).reset_index(drop=True)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} is not one column of values: {without_cells(error)}") from error


def _not_one_column(name: str, what: str) -> Never:
    raise InputError(f"{name} is {what}, not one column of values")


def _advice(series: pd.Series[Any]) -> str:
    numbers = pd.to_numeric(series.astype(object), errors="coerce")
    wrong = series[numbers.isna() & series.notna()]
    return advice_on_text([str(value) for value in wrong.iloc[:100]])


def _first_text(series: pd.Series[Any]) -> str:
    """Say where the first value stands that is no number, if others are."""
    numbers = pd.to_numeric(series.astype(object), errors="coerce")
    wrong = np.flatnonzero((numbers.isna() & series.notna()).to_numpy())
    if wrong.size in {0, int(series.notna().sum())}:
        return ""
    return f" ({cell(str(series.iloc[wrong[0]]))} in row {wrong[0]}, counting from 0)"


def name_of(values: Any, otherwise: str) -> str:
    """Find what a column is called: its own name, or the other where it has none."""
    name = getattr(values, "name", None)
    return name if isinstance(name, str) and name else otherwise
