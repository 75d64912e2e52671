"""Columns that nobody asked for, looked through for ids that repeat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from whogains.files import Format, column_names, frame_of, read_table, typed
from whogains.frames import looks_like_id, repeated_id_note
from whogains.tables.columns import Columns
from whogains.tables.source import Source

if TYPE_CHECKING:
    import pandas as pd

# An id of two neighbouring visits repeats at once, one of yearly visits later.
FIRST_ROWS = 100_000


def first_rows(source: Source, columns: Sequence[str]) -> pd.DataFrame:
    """Load columns of the first 100,000 rows, which may miss a person's rows that lie far apart."""
    table = source.arrow(columns, FIRST_ROWS)
    if source.headers:
        for i, (name, values) in enumerate(zip(table.column_names, table.columns, strict=True)):
            table = table.set_column(i, name, typed(values, source.decimal))
    return frame_of(table)


def unread_id_note(
    source: Path | Source, columns: Columns, form: Format | None = None
) -> str | None:
    """Warn where people seem to stand in several rows, by columns that nothing else reads.

    Parameters
    ----------
    source : Path or Source
        A small file, of which all rows are looked at, or an open table, of which the first are.
    columns : Columns
        The columns that are read anyway.
    form : Format, optional
        What is known of how a small file is written.

    Returns
    -------
    str or None
        As `repeated_id_note`; None where a cluster was given.
    """
    if columns.cluster is not None:
        return None
    every = column_names(source, form) if isinstance(source, Path) else list(source.columns)
    every = [name for name in every if every.count(name) == 1]
    ids = [name for name in every if name not in columns.names and looks_like_id(name)]
    if not ids:
        return None
    if isinstance(source, Path):
        return repeated_id_note(read_table(source, ids, form=form))
    return repeated_id_note(first_rows(source, ids))
