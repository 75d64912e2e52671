"""Tables in files: rows in, one clear line where that fails."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whogains.errors import InputError
from whogains.files.addresses import address_of
from whogains.files.checks import check_columns, refuse_stream
from whogains.files.csv import CSV_SUFFIXES, csv_table, raw_names
from whogains.files.databases import database_columns, read_database
from whogains.files.dialect import sniff, words_of
from whogains.files.foreign import FOREIGN_SUFFIXES, is_foreign, read_foreign
from whogains.files.format import Format, check_form
from whogains.files.parquet import (
    PARQUET_MAGIC,
    POSITIONS,
    check_kinds,
    parquet_names,
    parquet_table,
)

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# Beyond this, not every integer has its own float64.
LARGEST_EXACT = 2**53


def read_table(
    path: str | Path,
    columns: Sequence[str] | None = None,
    *,
    as_written: Sequence[str] = (),
    form: Format | None = None,
    levels: Sequence[str] = (),
) -> pd.DataFrame:
    """Read a file: CSV, Parquet, one of SAS, Stata, SPSS or Excel, or a table of a database.

    Parameters
    ----------
    path : str or Path
        The file. Parquet is known by its content, CSV by its ending: .csv, .tsv or .txt, plain or
        with .gz; files of other programs by theirs (see `read_foreign`), tables of databases by
        their address (see `address_of`).
    columns : sequence of str, optional
        The columns to read; all by default.
    as_written : sequence of str
        Columns of ids and of levels, whose values are the text of a CSV, and whose whole numbers in
        Parquet become text, so that no digit is lost.
    form : Format, optional
        What is known of how a CSV is written; the rest is found (see `sniff`).
    levels : sequence of str
        Columns of personal attributes, whose values name levels: in a CSV they are numbers only
        where all are written as numbers are, so that '01' and '1' stay two.

    Returns
    -------
    pandas.DataFrame
        The rows in the order of the file. In a CSV an empty field and NA, NaN, null and None are
        missing values, blanks around a column's name are no part of it, and a column is text
        unless all its values are numbers, truth values or times (see `kinds`).

    Raises
    ------
    InputError
        If there is no such file, it is neither CSV nor Parquet, it cannot be parsed, it has no
        rows, its text is not in its encoding, two columns that are read have one name, or a
        column is not in it.
    """
    address = address_of(path)
    path = Path(path)
    if address is not None:
        path = Path(address.name)
        check_form(path, form)
        check_columns(path, database_columns(address), columns or [])
        table = read_database(address, columns)
    elif _check(path):
        check_form(path, form)
        table = parquet_table(path, columns)
    elif is_foreign(path):
        table = read_foreign(path, form).table
        check_columns(path, table.column_names, columns or [])
        table = table if columns is None else table.select(list(dict.fromkeys(columns)))
    else:
        table = csv_table(path, columns, as_written, form, levels)
    if table.num_rows == 0:
        raise InputError(f"{path} has no rows")
    if columns is not None:
        check_kinds(path, {field.name: str(field.type) for field in table.schema})
    if len(set(table.column_names)) < table.num_columns:
        check_columns(path, table.column_names, table.column_names)
    return frame_of(table, as_written)


def _check(path: Path) -> bool:
    """Say whether a file is Parquet rather than CSV, and refuse what is neither."""
    refuse_stream(path)
    try:
        with path.open("rb") as file:
            start = file.read(len(PARQUET_MAGIC))
    except FileNotFoundError:
        raise InputError(f"no such file: {path}") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; name one CSV or Parquet file") from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    if not start:
        raise InputError(f"{path} is empty")
    if start != PARQUET_MAGIC and not path.name.lower().endswith(
        (*CSV_SUFFIXES, *FOREIGN_SUFFIXES)
    ):
        raise InputError(unknown_kind(path))
    return start == PARQUET_MAGIC


def unknown_kind(path: object) -> str:
    """Say which files can be read."""
    return (
        f"{path} is neither Parquet nor CSV ({', '.join(CSV_SUFFIXES)}), nor of another program "
        f"({', '.join(FOREIGN_SUFFIXES)})"
    )


def column_names(path: Path, form: Format | None = None) -> list[str]:
    """Read the names of a file's columns, and no row.

    Parameters
    ----------
    path : Path
        A CSV or Parquet file.
    form : Format, optional
        What is known of how a CSV is written.

    Returns
    -------
    list of str
        The names in order, those that stand there twice as well; of a CSV without the blanks around
        them, of Parquet without the positions that pandas keeps.

    Raises
    ------
    InputError
        If the file cannot be read, or a name is not in its encoding.
    """
    address = address_of(path)
    if address is not None:
        return database_columns(address)
    if _check(path):
        return [name for name in parquet_names(path) if not POSITIONS.fullmatch(name)]
    if is_foreign(path):
        return list(read_foreign(path, form).table.column_names)
    return [name.strip() for name in raw_names(path, sniff(path, form))]


def frame_of(table: pa.Table, as_written: Sequence[str] = ()) -> pd.DataFrame:
    """Turn an Arrow table into a pandas frame that loses no digit of a whole number.

    Parameters
    ----------
    table : pyarrow.Table
        The rows.
    as_written : sequence of str
        Columns whose whole numbers become text.

    Returns
    -------
    pandas.DataFrame
        The rows with a plain index; whole numbers beyond 2^53 with missing values among them are in
        one of pandas' own integer types, which float64 could not hold.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    exact: dict[str, Any] = {}
    for i, field in enumerate(table.schema):
        values = table.column(i)
        if not pa.types.is_integer(field.type):
            continue
        if field.name in as_written:
            table = table.set_column(i, field.name, pc.cast(values, pa.string()))
        elif values.null_count and values.null_count < len(values):
            ends = pc.min_max(values).as_py()
            if max(ends["max"], -ends["min"]) > LARGEST_EXACT:
                kind = "UInt64" if field.type == pa.uint64() else "Int64"
                exact[field.name] = pd.array(values.to_pylist(), dtype=kind)
    frame: pd.DataFrame = table.to_pandas()
    for name, whole in exact.items():
        if name in frame.columns:
            frame[name] = whole
    # A frame's named index is a column like any other; one without a name holds only positions.
    named = [name for name in frame.index.names if name is not None]
    return (frame.reset_index(level=named) if named else frame).reset_index(drop=True)


def file_note(path: Path, form: Format | None = None) -> str | None:
    r"""Say how a file is read where that is not what its name promises.

    Parameters
    ----------
    path : Path
        The file.
    form : Format, optional
        What is known of how it is written.

    Returns
    -------
    str or None
        A sentence; None where there is nothing to say.

    Raises
    ------
    InputError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     _ = path.write_text("a;b\n1,5;2\n", "utf-8")
    ...     said = file_note(path)
    >>> "semicolon" in said
    True
    """
    if address_of(path) is not None or _check(path):
        return None
    if is_foreign(path):
        return read_foreign(path, form).said
    return words_of({str(path): sniff(path, form)}, path.name)


def read_whole(path: str | Path) -> bytes:
    """Read a file that fits in memory.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    bytes
        Its content.

    Raises
    ------
    InputError
        If there is no such file, it is no plain file, or it cannot be read.

    Examples
    --------
    >>> read_whole("missing.json")
    Traceback (most recent call last):
    whogains.errors.InputError: no such file: missing.json
    """
    refuse_stream(path)
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError(f"no such file: {path}") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder; name one file") from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise InputError(f"cannot read {path}: {error}") from None
