"""Files as relations of DuckDB: how they are read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING, cast

from whogains.errors import InputError
from whogains.files import Dialect, one_line
from whogains.tables.identifiers import identifier, named, own_name, quoted

if TYPE_CHECKING:
    import duckdb

SOURCE = "source"
# The table before its values are given their meaning.
UNSHAPED = "unshaped"
TEXT = "VARCHAR"


def parquet_of(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[str],
    names: Sequence[str],
    *,
    numbered: bool = False,
) -> duckdb.DuckDBPyRelation:
    """Read Parquet files as a table that DuckDB can query.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where to read them.
    files : sequence of str
        The files.
    names : sequence of str
        The columns of the first one.
    numbered : bool
        Whether each row comes with its file and its place there.

    Returns
    -------
    duckdb.DuckDBPyRelation
        Their rows, matched by name.
    """
    relation = connection.read_parquet(_paths(files), file_row_number=numbered, filename=numbered)
    return named(relation, names, ("file_row_number", "filename") if numbered else ())


def csv_of(
    connection: duckdb.DuckDBPyConnection,
    headers: Mapping[str, Sequence[str]],
    types: Mapping[str, str] | None = None,
    dialects: Mapping[str, Dialect] | None = None,
    copies: Mapping[str, str] | None = None,
) -> duckdb.DuckDBPyRelation:
    """Read CSV files as a table that DuckDB can query.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where to read them.
    headers : mapping of str to sequence of str
        The files in order, each with the names of its columns.
    types : mapping of str to str, optional
        What to read columns as; all others are text.
    dialects : mapping of str to Dialect, optional
        How each file is written; by default with commas, in UTF-8.
    copies : mapping of str to str, optional
        What to read in place of files that are not in UTF-8.

    Returns
    -------
    duckdb.DuckDBPyRelation
        Their rows, matched by name, with the columns that have a name and are there once.
    """
    types, dialects, copies = types or {}, dialects or {}, copies or {}
    plain = Dialect()
    first = list(next(iter(headers.values())))
    order = ", ".join(quoted(name) for name in first if name and first.count(name) == 1)
    parts = []

    def kind(file: str) -> tuple[tuple[str, ...], str, str]:
        dialect = dialects.get(file, plain)
        return tuple(headers[file]), dialect.separator, dialect.mark

    # Files that follow each other with one order of columns are read together.
    for (names, separator, mark), together in groupby(headers, kind):
        files = list(together)
        called = {
            # No identifier has a blank after its mark.
            f"^ {j}" if not name or names.count(name) > 1 else identifier(name): types.get(
                name, TEXT
            )
            for j, name in enumerate(names)
        }
        relation = connection.read_csv(
            cast(
                "str", _paths([copies.get(file, file) for file in files])
            ),  # a list is documented, and missing from the types
            header=True,
            sep=separator,
            decimal=mark,
            na_values=list(dialects.get(files[0], plain).missing),
            quotechar='"',
            escapechar='"',
            columns=called,
            auto_detect=False,
        )
        parts.append(relation.project(order))
    return reduce(lambda one, other: one.union(other), parts)


def columns_of(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """Find the type of every column of the view called "source"."""
    import duckdb

    try:
        described = connection.execute(f"DESCRIBE {SOURCE}").fetchall()
    except duckdb.Error as error:
        raise InputError(f"{name} cannot be read: {one_line(error)}") from error
    return {own_name(str(row[0])): str(row[1]) for row in described}


def _paths(files: Sequence[str]) -> list[str]:
    # Square brackets and stars in the name of a file are no pattern.
    return [re.sub(r"([*?\[])", r"[\1]", file) for file in files]
