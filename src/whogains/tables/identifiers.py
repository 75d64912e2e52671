"""The names of columns as DuckDB has them here, and how SQL quotes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from whogains.errors import InputError
from whogains.files import POSITIONS

if TYPE_CHECKING:
    import duckdb


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
