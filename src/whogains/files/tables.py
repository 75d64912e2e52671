"""Tables in files: CSV or Parquet in, one clear line where that fails."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whogains.errors import InputError
from whogains.errors import one_line as short

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CSV_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
PARQUET_MAGIC = b"PAR1"
LONGEST = 200
# Of Arrow and of DuckDB; a list of DuckDB ends in brackets.
NESTED = ("list", "large_list", "fixed_size_list", "struct", "map", "binary", "large_binary",
          "blob", "fixed_size_binary", "union", "dense_union", "sparse_union")  # fmt: skip
MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]


def read_table(path: str | Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a CSV or Parquet file.

    Parameters
    ----------
    path : str or Path
        The file. Parquet is known by its content, CSV by its ending: .csv, .tsv or .txt, plain or
        with .gz.
    columns : sequence of str, optional
        The columns to read; all by default.

    Returns
    -------
    pandas.DataFrame
        The rows in the order of the file. In a CSV an empty field and NA, NaN, null and None are
        missing values.

    Raises
    ------
    InputError
        If there is no such file, it is neither CSV nor Parquet, it cannot be parsed, it has no
        rows, its text is not in UTF-8, two columns have one name, or a column is not in it.
    """
    path = Path(path)
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
    if start == PARQUET_MAGIC:
        table = _parquet(path, columns)
    elif path.name.lower().endswith(CSV_SUFFIXES):
        table = _csv(path, columns)
    else:
        raise InputError(f"{path} is neither Parquet nor CSV ({', '.join(CSV_SUFFIXES)})")
    if table.num_rows == 0:
        raise InputError(f"{path} has no rows")
    if columns is not None:
        check_kinds(path, {field.name: str(field.type) for field in table.schema})
    frame: pd.DataFrame = table.to_pandas()
    # A frame's named index is a column like any other; one without a name holds only positions.
    named = [name for name in frame.index.names if name is not None]
    return (frame.reset_index(level=named) if named else frame).reset_index(drop=True)


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
        if kind.endswith("]") or kind.lower().startswith(NESTED):
            raise InputError(
                f"column {column!r} of {name} holds {kind.lower():.40} values; make it text or "
                "numbers, one value in each row"
            )


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


def check_columns(path: Path, present: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse columns that a file does not have.

    Parameters
    ----------
    path : Path
        The file, for the message.
    present, wanted : sequence of str
        The file's columns, and those asked for.

    Raises
    ------
    InputError
        If a column is not in the file; the message lists those that are.
    """
    for column in wanted:
        if column not in present:
            shown = ", ".join(str(c) for c in present[:20])
            more = f" and {len(present) - 20} more" if len(present) > 20 else ""
            hint = _separator_hint(str(present[0])) if len(present) == 1 else ""
            raise InputError(f"{path} has no column {column!r}; it has {shown}{more}{hint}")


def _separator_hint(line: str) -> str:
    """Say what seems to separate the fields of a line, where it is not what the name promises."""
    commas = line.count(",")
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if line.count(mark) > commas:
            also = "; a file with tabs may also be named .tsv" if mark == "\t" else ""
            return f" (its fields seem to be separated by {name}: save it with commas{also})"
    return ""


def _first_line(path: Path) -> str:
    """Read the line of names of a file that is not compressed."""
    if path.name.lower().endswith(".gz"):
        return ""
    with path.open(encoding="utf-8", errors="replace") as file:
        return file.readline(100_000)


def column_names(path: Path) -> list[str]:
    """Read the names of a file's columns, and no row.

    Parameters
    ----------
    path : Path
        A CSV or Parquet file that `read_table` can read.

    Returns
    -------
    list of str
        The names.
    """
    if is_parquet(path):
        import pyarrow.parquet as pq

        return list(pq.read_schema(path).names)
    from pyarrow import csv

    with csv.open_csv(path, parse_options=_as_lines(path)) as file:
        return list(file.schema.names)


def _as_lines(path: Path) -> Any:
    """Say how a CSV file is split into fields."""
    from pyarrow import csv

    delimiter = "\t" if path.name.lower().endswith((".tsv", ".tsv.gz")) else ","
    return csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)


def _parquet(path: Path, columns: Sequence[str] | None) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        _check_once(path, file.schema_arrow.names)
        if columns is not None:
            check_columns(path, file.schema_arrow.names, columns)
        return file.read(columns=None if columns is None else list(dict.fromkeys(columns)))
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is not a whole Parquet file: {one_line(error)}") from error


def _check_once(path: Path, names: Sequence[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{path} has more than one column named {twice!r}; rename one")


def _csv(path: Path, columns: Sequence[str] | None) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    try:
        table = csv.read_csv(
            path,
            parse_options=_as_lines(path),
            convert_options=csv.ConvertOptions(null_values=MISSING, strings_can_be_null=True),
        )
    except (pa.ArrowException, OSError) as error:
        raise InputError(unreadable_csv(path) or _no_csv(path, error)) from error
    try:
        names = table.column_names
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} has a column whose name is not in UTF-8; save it as that"
        ) from error
    _check_once(path, names)
    # Text in another encoding is read as bytes.
    for name, kind in zip(names, table.schema.types, strict=True):
        if pa.types.is_binary(kind):
            raise InputError(
                f"{path}: the text of column {name!r} is not in UTF-8; save it as that"
            )
    if columns is None:
        return table
    check_columns(path, names, columns)
    return table.select(list(dict.fromkeys(columns)))


def unreadable_csv(path: Path) -> str | None:
    """Find the line at which a CSV file cannot be read.

    Parameters
    ----------
    path : Path
        The file, of any size; it is read as far as that line, in little memory.

    Returns
    -------
    str or None
        The file, the line and what is wrong with it; None where every line can be read.
    """
    import pyarrow as pa
    from pyarrow import csv

    try:
        # Only one thread knows on which line it is.
        with csv.open_csv(
            path,
            read_options=csv.ReadOptions(use_threads=False),
            parse_options=_as_lines(path),
        ) as file:
            text = csv.ConvertOptions(column_types=dict.fromkeys(file.schema.names, pa.string()))
        with csv.open_csv(
            path,
            read_options=csv.ReadOptions(use_threads=False),
            parse_options=_as_lines(path),
            convert_options=text,
        ) as file:
            for batch in file:
                del batch
    except (pa.ArrowException, OSError) as error:
        found = re.search(r"Row #(\d+): (.*)", str(error), re.DOTALL)
        if found:
            # What follows is the row, and rows are about people.
            why = re.match(r"Expected \d+ columns, got \d+", found[2])
            said = one_line(why[0] if why else found[2])
            tabs = path.name.lower().endswith((".tsv", ".tsv.gz"))
            hint = "" if tabs else _separator_hint(_first_line(path))
            return f"{path}, line {found[1]}: {said}{hint}"
        return _no_csv(path, error)
    return None


def _no_csv(path: Path, error: Exception) -> str:
    return f"{path} is not a CSV file: {one_line(error)}"


def one_line(error: Exception | str) -> str:
    """Give an error as one short line: a parser may quote a whole line of the file."""
    return short(error, LONGEST)
