"""One float64 matrix with described columns, and the way back to a user's frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from whogains.errors import InputError
from whogains.frames.from_any_frame import kind_of, numbers_of, to_pandas
from whogains.types import BoolArray, FloatArray

if TYPE_CHECKING:
    from collections.abc import Sequence

ColumnKind = Literal["real", "integer", "boolean", "category"]

NUMBER_KINDS: dict[str, ColumnKind] = {"real": "real", "integer": "integer", "boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of a `Table` stands for.

    Parameters
    ----------
    name : str
        The column's name.
    kind : {"real", "integer", "boolean", "category"}
        What it holds. Text is a category.
    categories : tuple or None
        For a category, its values in sorted order: the code k stands for ``categories[k]``.
    dtype : dtype
        The pandas dtype that `decode` restores.
    missing : object
        What a missing value looked like, which matters for columns of objects only.
    """

    name: str
    kind: ColumnKind
    categories: tuple[Any, ...] | None
    dtype: Any
    missing: Any = None

    @property
    def numeric(self) -> bool:
        """Whether a mean of its numbers makes sense."""
        return self.kind in {"real", "integer"}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as numbers: categories as their codes, booleans as 0 and 1, missing as NaN.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, p)
        The numbers.
    columns : tuple of Column, length p
        What they stand for.
    """

    matrix: FloatArray
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        """Count the rows."""
        return int(self.matrix.shape[0])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Table:
        """Keep some rows, given by their positions or by a mask."""
        return Table(self.matrix[rows], self.columns)

    def select(self, names: Sequence[str]) -> Table:
        """Keep the named columns, in the order of the names."""
        position = {name: j for j, name in enumerate(self.names)}
        order = [position[name] for name in names]
        return Table(self.matrix[:, order], tuple(self.columns[j] for j in order))

    def join(self, other: Table, name: str = "X", other_name: str = "personal") -> Table:
        """Put the columns of another table of the same rows to the right of this one's.

        Refuses what `columns_with` does.
        """
        columns = self.columns_with(other, name, other_name)
        return Table(np.hstack([self.matrix, other.matrix]), columns)

    def columns_with(
        self, other: Table, name: str = "X", other_name: str = "personal"
    ) -> tuple[Column, ...]:
        """Describe this table joined with another one, without copying the numbers.

        Parameters
        ----------
        other : Table
            Another table of n rows.
        name, other_name : str
            What to call the two in an error.

        Returns
        -------
        tuple of Column
            The columns of both.

        Raises
        ------
        InputError
            If the numbers of rows differ, or both have a column of one name.
        """
        if len(self) != len(other):
            raise InputError(
                f"{name} has {len(self)} rows and {other_name} has {len(other)}; give both for"
                " the same rows"
            )
        shared = [column for column in other.names if column in self.names]
        if shared:
            raise InputError(
                f"the column {shared[0]!r} is in both {name} and {other_name}; take it out of one"
            )
        return self.columns + other.columns


def encode(frame: Any, columns: Sequence[Column] | None = None, name: str = "X") -> Table:
    """Turn a frame into numbers.

    Parameters
    ----------
    frame : frame, mapping or array
        Any table that `to_pandas` takes, with n rows.
    columns : sequence of Column, optional
        The columns of an earlier table, whose coding is used again: they are found by name, and
        further columns are left out. By default the coding is learned from this frame.
    name : str
        What to call the table in an error.

    Returns
    -------
    Table
        The numbers and what they stand for.

    Raises
    ------
    InputError
        If the frame is not usable (see `to_pandas`); if a column holds dates, nested values,
        infinity or integers beyond 2^53; or if one of the given columns is missing or holds
        something of another kind.

    Notes
    -----
    A category that was not there when the coding was learned becomes NaN, as if it were
    missing. All declared categories of a pandas categorical are learned, whether they occur or
    not; of text, those that occur.

    Examples
    --------
    >>> table = encode({"age": [40.0, 52.0, None], "sex": ["M", "F", "M"]})
    >>> table.columns[1].categories
    ('F', 'M')
    >>> table.matrix
    array([[40., 1.], [52., 0.], [nan, 1.]])
    >>> encode({"age": [50.0], "sex": ["X"]}, table.columns).matrix
    array([[50., nan]])
    """
    data = to_pandas(frame, name)
    if columns is None:
        columns = tuple(_learn(data[column], _call(name, column)) for column in data.columns)
    absent = [column.name for column in columns if column.name not in data.columns]
    if absent:
        raise InputError(f"{name} has no column {absent[0]!r}")
    # One column after the other, so that a large frame is in memory twice at most.
    matrix = np.empty((len(data), len(columns)))
    for j, column in enumerate(columns):
        matrix[:, j] = _codes(data[column.name], column, _call(name, column.name))
    return Table(matrix, tuple(columns))


def decode(matrix: FloatArray, columns: Sequence[Column]) -> pd.DataFrame:
    """Turn numbers back into the frame that they were made from.

    Parameters
    ----------
    matrix : ndarray of float64, shape (m, p)
        Rows in the coding of the columns.
    columns : sequence of Column, length p
        What the numbers stand for.

    Returns
    -------
    pandas.DataFrame, shape (m, p)
        The columns by their names, with the dtypes they had.

    Raises
    ------
    InputError
        If a code stands for no category.

    Notes
    -----
    A column of integers (or booleans) that was given a number which it cannot hold, such as a
    mean between two integers, is returned as float64 instead.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"age": [40, 52], "sex": pd.Categorical(["M", "F"])})
    >>> table = encode(frame)
    >>> decode(table.matrix, table.columns).equals(frame)
    True
    """
    restored = {column.name: _restore(matrix[:, j], column) for j, column in enumerate(columns)}
    return pd.DataFrame(restored, index=pd.RangeIndex(matrix.shape[0]))


def _call(table: str, column: str) -> str:
    return f"{table} column {column!r}"


def _learn(series: pd.Series[Any], name: str) -> Column:
    kind = kind_of(series)
    if kind == "category":
        values = (
            series.cat.categories
            if isinstance(series.dtype, pd.CategoricalDtype)
            else series.dropna().unique()
        )
        try:
            categories = tuple(sorted(values.tolist()))
        except TypeError as error:
            raise InputError(
                f"{name} has categories of several types; convert them all to text"
            ) from error
        return Column(str(series.name), "category", categories, series.dtype, _missing(series))
    if kind in NUMBER_KINDS:
        is_object = pd.api.types.is_object_dtype(series.dtype)
        # Numbers kept as objects or as decimals come back as plain floats.
        as_float = (is_object and kind != "boolean") or _is_decimal(series)
        dtype = np.dtype(np.float64) if as_float else series.dtype
        return Column(str(series.name), NUMBER_KINDS[kind], None, dtype, _missing(series))
    cure = (
        "make it a number, such as a year or an age, or leave it out (--drop); it can make groups"
        if kind in {"date", "datetime", "datetime64"}
        else "convert it to numbers or text, or leave it out"
    )
    raise InputError(f"{name} holds {kind} values, which no model can use as they are; {cure}")


def _objects(values: Any) -> pd.Index[Any]:
    # As objects, values are compared by what they are and not by how a library stores them.
    objects: pd.Index[Any] = pd.Index(list(values), dtype=object)
    return objects


def _is_decimal(series: pd.Series[Any]) -> bool:
    return str(series.dtype).startswith("decimal")


def _missing(series: pd.Series[Any]) -> Any:
    missing = series[series.isna()]
    is_object = pd.api.types.is_object_dtype(series.dtype)
    return missing.iloc[0] if is_object and len(missing) else None


def _codes(series: pd.Series[Any], column: Column, name: str) -> FloatArray:
    if column.categories is None:
        return numbers_of(series, name)
    if kind_of(series) != "category" and series.notna().any():
        raise InputError(f"{name} holds numbers where it held categories before")
    codes = _objects(column.categories).get_indexer(_objects(series)).astype(np.float64)
    codes[codes < 0] = np.nan
    return codes


def _restore(values: FloatArray, column: Column) -> pd.Series[Any]:
    if column.categories is None:
        return _restore_numbers(values, column)
    codes = np.where(np.isnan(values), -1, values)
    whole = codes.astype(np.intp)
    wrong = (whole != codes) | (whole < -1) | (whole >= len(column.categories))
    if wrong.any():
        raise InputError(
            f"column {column.name!r}: {codes[wrong][0]:g} stands for none of its"
            f" {len(column.categories)} categories"
        )
    if isinstance(column.dtype, pd.CategoricalDtype):
        own = _objects(column.dtype.categories).get_indexer(_objects(column.categories))
        # The last place serves the code -1 of a missing value.
        return pd.Series(pd.Categorical.from_codes(np.append(own, -1)[whole], dtype=column.dtype))
    lookup = pd.array([*column.categories, column.missing], dtype=column.dtype)
    restored: pd.Series[Any] = pd.Series(lookup.take(whole % len(lookup)), dtype=column.dtype)
    return restored


def _restore_numbers(values: FloatArray, column: Column) -> pd.Series[Any]:
    if column.dtype == np.dtype(object):
        told = np.array([False, True, column.missing], dtype=object)
        codes = np.where(np.isnan(values), 2, values)
        if np.isin(codes, (0, 1, 2)).all():
            return pd.Series(told[codes.astype(np.intp)])
    plain = pd.Series(values.copy())
    try:
        with np.errstate(invalid="ignore"):
            restored = plain.astype(column.dtype)
    except (TypeError, ValueError):
        return plain
    back = restored.to_numpy(dtype=np.float64, na_value=np.nan)
    # A real number may lose digits in float32, as it had; an integer or boolean may not change.
    exact = column.kind == "real" or np.array_equal(back, values, equal_nan=True)
    return restored if exact else plain


def encode_rows(frame: pd.DataFrame, rows: BoolArray, name: str) -> Table:
    """Turn some rows of a frame into numbers; `name` is what to call it in an error."""
    # Taking all rows would copy them.
    return encode(frame if rows.all() else frame.loc[rows], name=name)
