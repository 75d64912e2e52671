"""CSV files: every value as text, and the line at which a file cannot be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whogains.errors import InputError, without_cells
from whogains.errors import one_line as short
from whogains.files.checks import check_columns
from whogains.files.dialect import Dialect, sniff
from whogains.files.format import Format
from whogains.files.kinds import typed

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST = 200

CSV_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".txt", ".txt.gz")


def csv_table(
    path: Path,
    columns: Sequence[str] | None,
    as_written: Sequence[str],
    form: Format | None = None,
    levels: Sequence[str] = (),
) -> pa.Table:
    """Read columns of a CSV file, each as what all of its values are.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str or None
        Which; None for all.
    as_written : sequence of str
        Those whose values stay text.
    form : Format, optional
        What is known of how it is written.
    levels : sequence of str
        Those whose values name levels, and are numbers only where all are written as such.

    Returns
    -------
    pyarrow.Table
        The columns in the order asked for.

    Raises
    ------
    InputError
        If the file cannot be parsed, its text is not in its encoding, or it lacks a column.
    """
    import pyarrow as pa
    from pyarrow import csv

    dialect = sniff(path, form)
    raw = raw_names(path, dialect)
    names = [name.strip() for name in raw]
    wanted = names if columns is None else list(dict.fromkeys(columns))
    check_columns(path, names, wanted)
    chosen = [raw[names.index(name)] for name in wanted]
    try:
        table = csv.read_csv(
            path,
            read_options=csv.ReadOptions(encoding=_arrow_name(dialect)),
            parse_options=_as_lines(dialect),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(chosen, pa.string()),
                include_columns=chosen,
                null_values=list(dialect.missing),
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowException, OSError, UnicodeError) as error:
        column = re.search(r"column #(\d+): .*invalid UTF8 data", str(error))
        if column:
            raise InputError(
                f"{path}: the text of column {names[int(column[1])]!r} is not in UTF-8; "
                "save it as that, or say its encoding (--encoding latin-1)"
            ) from error
        raise InputError(unreadable_csv(path, dialect) or _no_csv(path, error)) from error
    read = [
        values if name in as_written else typed(values, dialect.mark, levels=name in levels)
        for name, values in zip(wanted, table.columns, strict=True)
    ]
    return pa.table(read, names=wanted)


def raw_names(path: Path, dialect: Dialect) -> list[str]:
    """Read a CSV's names with the blanks around them."""
    import pyarrow as pa
    from pyarrow import csv

    try:
        with csv.open_csv(
            path,
            read_options=csv.ReadOptions(encoding=_arrow_name(dialect)),
            parse_options=_as_lines(dialect),
        ) as file:
            return list(file.schema.names)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path} has a column whose name is not in {dialect.encoding}; save it as UTF-8"
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise InputError(unreadable_csv(path, dialect) or _no_csv(path, error)) from error


def _as_lines(dialect: Dialect) -> Any:
    """Say how a CSV file is split into fields."""
    from pyarrow import csv

    return csv.ParseOptions(delimiter=dialect.separator, newlines_in_values=True)


def _arrow_name(dialect: Dialect) -> str:
    # Arrow passes a byte order mark over by itself.
    return "utf8" if dialect.utf8 else dialect.encoding


def unreadable_csv(path: Path, dialect: Dialect) -> str | None:
    """Find the line at which a CSV file cannot be read.

    Parameters
    ----------
    path : Path
        The file, of any size; it is read as far as that line, in little memory.
    dialect : Dialect
        How it is written.

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
            read_options=csv.ReadOptions(use_threads=False, encoding=_arrow_name(dialect)),
            parse_options=_as_lines(dialect),
        ) as file:
            text = csv.ConvertOptions(column_types=dict.fromkeys(file.schema.names, pa.string()))
        with csv.open_csv(
            path,
            read_options=csv.ReadOptions(use_threads=False, encoding=_arrow_name(dialect)),
            parse_options=_as_lines(dialect),
            convert_options=text,
        ) as file:
            for batch in file:
                del batch
    except (pa.ArrowException, OSError) as error:
        found = re.search(r"Row #(\d+): (.*)", str(error), re.DOTALL)
        if found:
            # What follows is the row, and rows are about people.
            why = re.match(r"Expected \d+ columns, got \d+", found[2])
            said = one_line(without_cells(why[0] if why else found[2]))
            return f"{path}, line {found[1]}: {said}"
        return _no_csv(path, error)
    return None


def _no_csv(path: Path, error: Exception) -> str:
    return f"{path} is not a CSV file: {one_line(without_cells(error))}"


def one_line(error: Exception | str) -> str:
    """Give an error as one short line: a parser may quote a whole line of the file."""
    return short(error, LONGEST)
