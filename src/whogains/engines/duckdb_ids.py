"""The first rows of columns that nobody asked for, to be looked through for repeated ids."""

# ruff: noqa: S608 - every identifier is quoted

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from whogains.engines.duckdb_relation import SOURCE, quoted
from whogains.engines.duckdb_source import Source

if TYPE_CHECKING:
    import pandas as pd

# An id of two neighbouring visits repeats at once, one of yearly visits later.
FIRST_ROWS = 100_000


def first_rows(source: Source, columns: Sequence[str]) -> pd.DataFrame:
    """Load some columns of the first rows.

    Parameters
    ----------
    source : Source
        The table, of any size.
    columns : sequence of str
        At least one of its columns.

    Returns
    -------
    pandas.DataFrame
        At most 100,000 rows; where a person's rows stand far apart, these may not show it.
    """
    chosen = ", ".join(quoted(name) for name in columns)
    return source.frame(f"SELECT {chosen} FROM {SOURCE} LIMIT {FIRST_ROWS}")
