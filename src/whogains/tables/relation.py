"""Files as relations of DuckDB: how they are read, and how their columns are named and typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING, Any, cast

from whogains.errors import InputError
from whogains.files import POSITIONS, Dialect, one_line

if TYPE_CHECKING:
    import duckdb

SOURCE = "source"
# The table before its values are given their meaning.
UNSHAPED = "unshaped"
TEXT = "VARCHAR"


def identifier(name: str) -> str:
    """Name a column as DuckDB does here, which takes Y and y for one name.

    Parameters
    ----------
    name : str
        The column's own name.

    Returns
    -------
    str
        The same with a mark before every capital letter of ASCII, the only ones that it folds.

    Examples
    --------
    >>> identifier("patient_ID"), own_name(identifier("patient_ID"))
    ('patient_^I^D', 'patient_ID')
    """
    return re.sub("[A-Z^]", r"^\g<0>", name)


def own_name(identifier: str) -> str:
    """Give the name that `identifier` made an identifier of."""
    return re.sub(r"\^([A-Z^])", r"\1", identifier)


def quoted(name: str) -> str:
    """Write the name of a column of the source for SQL, whatever it holds.

    Raises
    ------
    InputError
        If it holds a character that no identifier can hold.

    Examples
    --------
    >>> quoted('x"; drop table t; --')
    '"x""; drop table t; --"'
    """
    if "\0" in name:
        raise InputError(f"column {name!r} has a null character in its name; rename it")
    return _in_quotes(identifier(name))


def _in_quotes(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def named(
    relation: duckdb.DuckDBPyRelation, names: Sequence[str], others: Sequence[str] = ()
) -> duckdb.DuckDBPyRelation:
    """Give the columns of a table the identifiers of their own names.

    Parameters
    ----------
    relation : duckdb.DuckDBPyRelation
        A table whose columns DuckDB may have named anew.
    names : sequence of str
        Their own names, in order; those that are there twice are left out, and the positions of
        pandas.
    others : sequence of str
        Further columns, after these, which keep their names.

    Returns
    -------
    duckdb.DuckDBPyRelation
        The same rows.
    """
    chosen = [
        f"{_in_quotes(found)} AS {quoted(name)}"
        for found, name in zip(relation.columns, names, strict=False)
        if names.count(name) == 1 and not POSITIONS.fullmatch(name)
    ]
    return relation.project(", ".join([*chosen, *others]))


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


def used(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the parameters that a query has; DuckDB refuses others."""
    # A column may be called like one.
    bare = re.sub(r'"(?:[^"]|"")*"', "", sql)
    return {name: value for name, value in values.items() if f"${name}" in bare}
