"""Tables in files: CSV or Parquet in, one clear line where that fails."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whogains.errors import InputError
from whogains.errors import one_line as short
from whogains.files.kinds import typed

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

CSV_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")
PARQUET_MAGIC = b"PAR1"
LONGEST = 200
# Of Arrow and of DuckDB; a list of DuckDB ends in brackets.
NESTED = ("list", "large_list", "fixed_size_list", "struct", "map", "binary", "large_binary",
          "blob", "fixed_size_binary", "union", "dense_union", "sparse_union")  # fmt: skip
# Beyond this, not every integer has its own float64.
LARGEST_EXACT = 2**53
# What pandas calls an index without a name.
POSITIONS = re.compile("__index_level_[0-9]+__")
MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"]


def read_table(
    path: str | Path,
    columns: Sequence[str] | None = None,
    *,
    as_written: Sequence[str] = (),
) -> pd.DataFrame:
    """Read a CSV or Parquet file.

    Parameters
    ----------
    path : str or Path
        The file. Parquet is known by its content, CSV by its ending: .csv, .tsv or .txt, plain or
        with .gz.
    columns : sequence of str, optional
        The columns to read; all by default.
    as_written : sequence of str
        Columns of ids and of levels, whose values are the text of a CSV, and whose whole numbers in
        Parquet become text, so that no digit is lost.

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
        rows, its text is not in UTF-8, two columns that are read have one name, or a column is not
        in it.
    """
    path = Path(path)
    table = _parquet(path, columns) if _check(path) else _csv(path, columns, as_written)
    if table.num_rows == 0:
        raise InputError(f"{path} has no rows")
    if columns is not None:
        check_kinds(path, {field.name: str(field.type) for field in table.schema})
    if len(set(table.column_names)) < table.num_columns:
        check_columns(path, table.column_names, table.column_names)
    return frame_of(table, as_written)


def _check(path: Path) -> bool:
    """Say whether a file is Parquet rather than CSV, and refuse what is neither."""
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
    if start != PARQUET_MAGIC and not path.name.lower().endswith(CSV_SUFFIXES):
        raise InputError(f"{path} is neither Parquet nor CSV ({', '.join(CSV_SUFFIXES)})")
    return start == PARQUET_MAGIC


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
        If a column is not in the file, and the message lists those that are; or if it stands there
        more than once.
    """
    for column in wanted:
        if present.count(column) > 1:
            raise InputError(f"{path} has more than one column named {column!r}; rename one")
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
        A CSV or Parquet file.

    Returns
    -------
    list of str
        The names in order, those that stand there twice as well; of a CSV without the blanks around
        them, of Parquet without the positions that pandas keeps.

    Raises
    ------
    InputError
        If the file cannot be read, or a name is not in UTF-8.
    """
    if _check(path):
        return [name for name in parquet_names(path) if not POSITIONS.fullmatch(name)]
    return [name.strip() for name in _raw_names(path)]


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


def _raw_names(path: Path) -> list[str]:
    """Read a CSV's names with the blanks around them."""
    import pyarrow as pa
    from pyarrow import csv

    try:
        with csv.open_csv(path, parse_options=_as_lines(path)) as file:
            return list(file.schema.names)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} has a column whose name is not in UTF-8; save it as that"
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise InputError(unreadable_csv(path) or _no_csv(path, error)) from error


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
        if columns is not None:
            check_columns(path, file.schema_arrow.names, columns)
        return file.read(columns=None if columns is None else list(dict.fromkeys(columns)))
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path} is not a whole Parquet file: {one_line(error)}") from error


def _csv(path: Path, columns: Sequence[str] | None, as_written: Sequence[str]) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    raw = _raw_names(path)
    names = [name.strip() for name in raw]
    wanted = names if columns is None else list(dict.fromkeys(columns))
    check_columns(path, names, wanted)
    chosen = [raw[names.index(name)] for name in wanted]
    try:
        table = csv.read_csv(
            path,
            parse_options=_as_lines(path),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(chosen, pa.string()),
                include_columns=chosen,
                null_values=MISSING,
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowException, OSError) as error:
        column = re.search(r"column #(\d+): .*invalid UTF8 data", str(error))
        if column:
            raise InputError(
                f"{path}: the text of column {names[int(column[1])]!r} is not in UTF-8; "
                "save it as that"
            ) from error
        raise InputError(unreadable_csv(path) or _no_csv(path, error)) from error
    read = [
        values if name in as_written else typed(values)
        for name, values in zip(wanted, table.columns, strict=True)
    ]
    return pa.table(read, names=wanted)


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
