"""Parquet files: known by their content, read by name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from whogains.errors import InputError
from whogains.files.checks import LIST, check_columns
from whogains.files.csv import one_line

if TYPE_CHECKING:
    import pyarrow as pa

# Of Arrow and of DuckDB; a list of DuckDB ends in brackets, and a time of Arrow in its unit.
NESTED = ("list", "large_list", "fixed_size_list", "struct", "map", "binary", "large_binary",
          "blob", "fixed_size_binary", "union", "dense_union", "sparse_union")  # fmt: skip

PARQUET_MAGIC = b"PAR1"
# What pandas calls an index without a name.
POSITIONS = re.compile("__index_level_[0-9]+__")


def is_parquet(path: Path) -> bool:
    """Tell by its first bytes whether a file is Parquet; a file that cannot be read is not."""
    try:
        with path.open("rb") as file:
            return file.read(len(PARQUET_MAGIC)) == PARQUET_MAGIC
    except OSError:
        return False


def parquet_rows(path: Path) -> int:
    """Count the rows of a Parquet file by its footer.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    int
        The rows.

    Raises
    ------
    InputError
        If it is not a whole Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is not a whole Parquet file: {one_line(error)}") from error


def parquet_names(path: Path) -> list[str]:
    """Read the names of all columns of a Parquet file, positions included.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    list of str
        The names in order.

    Raises
    ------
    InputError
        If it is not a whole Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is not a whole Parquet file: {one_line(error)}") from error


def parquet_table(path: Path, columns: Sequence[str] | None) -> pa.Table:
    """Read columns of a Parquet file.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str or None
        Which; None for all.

    Returns
    -------
    pyarrow.Table
        The columns.

    Raises
    ------
    InputError
        If the file is damaged or lacks a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        if columns is not None:
            check_columns(path, file.schema_arrow.names, columns)
        return file.read(columns=None if columns is None else list(dict.fromkeys(columns)))
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is not a whole Parquet file: {one_line(error)}") from error


def check_kinds(name: object, kinds: Mapping[str, str]) -> None:
    """Refuse columns whose values hold several, or bytes.

    Parameters
    ----------
    name : object
        What the table is called.
    kinds : mapping of str to str
        The type of each column that is used, as Arrow or DuckDB writes it.

    Raises
    ------
    InputError
        If one is a list, struct, map or binary column.
    """
    for column, kind in kinds.items():
        if LIST.search(kind) or kind.lower().startswith(NESTED):
            raise InputError(
                f"column {column!r} of {name} holds {kind.lower():.40} values; make it text or "
                "numbers, one value in each row"
            )
