"""Files as relations of DuckDB: how they are read, and how their columns are named and typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from whogains.errors import InputError
from whogains.files import MISSING, one_line

if TYPE_CHECKING:
    import duckdb

SOURCE = "source"
# From so many rows DuckDB guesses the types of a CSV file.
SNIFFED_ROWS = 20_480


def quoted(name: str) -> str:
    """Quote the name of a column or table for SQL, whatever it holds.

    Raises
    ------
    InputError
        If it holds a character that no identifier can hold.

    Examples
    --------
    >>> quoted('x"; DROP TABLE t; --')
    '"x""; DROP TABLE t; --"'
    """
    if "\0" in name:
        raise InputError(f"column {name!r} has a null character in its name; rename it")
    return '"' + name.replace('"', '""') + '"'


def relation_of(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[str],
    *,
    parquet: bool,
    types: Mapping[str, str] | None = None,
    every_row: bool = False,
    numbered: bool = False,
) -> duckdb.DuckDBPyRelation:
    """Read CSV or Parquet files as a table that DuckDB can query.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where to read them.
    files : sequence of str
        The files.
    parquet : bool
        Whether they are Parquet, and not CSV.
    types : mapping of str to str, optional
        For CSV, types to read columns as.
    every_row : bool
        For CSV, whether types are guessed from all rows rather than from the first ones.
    numbered : bool
        For Parquet, whether each row comes with its file and its place there.

    Returns
    -------
    duckdb.DuckDBPyRelation
        Their rows.
    """
    paths = _paths(files)
    if parquet:
        return connection.read_parquet(paths, file_row_number=numbered, filename=numbered)
    tabs = files[0].lower().endswith((".tsv", ".tsv.gz"))
    return connection.read_csv(
        cast("str", paths),  # a list is documented, and missing from the types
        header=True,
        sep="\t" if tabs else ",",
        na_values=MISSING,
        quotechar='"',
        dtype=dict(types or {}),
        sample_size=-1 if every_row else SNIFFED_ROWS,
    )


def columns_of(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """Find the type of every column of the view called "source"."""
    import duckdb

    try:
        described = connection.execute(f"DESCRIBE {SOURCE}").fetchall()
    except duckdb.Error as error:
        raise InputError(f"{name} cannot be read: {one_line(error)}") from error
    return {str(row[0]): str(row[1]) for row in described}


def _paths(files: Sequence[str]) -> list[str]:
    # Square brackets and stars in the name of a file are no pattern.
    return [re.sub(r"([*?\[])", r"[\1]", file) for file in files]
