"""Opening a table of any size: which files it stands for, and whether they fit together."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whogains.errors import InputError
from whogains.files import (
    CSV_SUFFIXES,
    PARQUET_MAGIC,
    Dialect,
    Format,
    Scratch,
    address_of,
    as_utf8,
    check_form,
    check_gzip,
    column_names,
    is_foreign,
    one_line,
    parquet_names,
    read_foreign,
    refuse_stream,
    relation_of,
    sniff_all,
    unknown_kind,
)
from whogains.tables.identifiers import named
from whogains.tables.relation import UNSHAPED, parquet_of
from whogains.tables.source import Progress, Source

if TYPE_CHECKING:
    import duckdb

PARQUET_SUFFIXES = (".parquet", ".parq", ".pq")
GIB = 2**30
GIVEN = "given"


def default_memory() -> int:
    """Find a quarter of the machine's memory, in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4


def open_source(
    data: Any,
    *,
    memory: int | None = None,
    progress: Progress | None = None,
    form: Format | None = None,
) -> Source:
    """Open a table of any size.

    Parameters
    ----------
    data : path, sequence of paths, DuckDB relation, Arrow table or dataset, or frame
        A CSV or Parquet file, a folder or glob of either kind, a list of files, a file of SAS,
        Stata, SPSS or Excel, the address of a table in a database (`address_of`), a DuckDB
        relation, an Arrow table, dataset or reader, or a pandas or Polars frame.
    memory : int, optional
        The most bytes that DuckDB may use before it spills to disk; by default a quarter of the
        machine's memory.
    progress : callable, optional
        Called as ``progress(stage, rows done, rows)`` while a query runs.
    form : Format, optional
        What is known of how CSV files are written; the rest is found. A file that is not in UTF-8
        is written again beside what is spilled.

    Returns
    -------
    Source
        To be used in a ``with`` block, at whose end what was spilled is deleted.

    Raises
    ------
    InputError
        If there is no such file, it is of no known kind, or two files differ in their columns.
    """
    import duckdb

    folder = Scratch()
    limit = default_memory() if memory is None else memory
    connection = duckdb.connect(
        config={
            "memory_limit": f"{limit / GIB:.6f}GiB",
            "temp_directory": folder.name,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
        }
    )
    try:
        # Progress is asked for and shown elsewhere; DuckDB itself must print nothing.
        connection.execute("SET enable_progress_bar = TRUE")
        connection.execute("SET enable_progress_bar_print = FALSE")
        source = _opened(data, connection, form, Path(folder.name))
    except BaseException:
        connection.close()
        folder.cleanup()
        raise
    source.progress = progress
    source.folder = folder
    return source


def _opened(
    data: Any, connection: duckdb.DuckDBPyConnection, form: Format | None, folder: Path
) -> Source:
    import duckdb

    name, said = f"the {type(data).__name__}", None
    address = address_of(data)
    if address is not None:
        check_form(address.name, form)
        relation = relation_of(connection, address)
        present = tuple(relation.columns)
        named(relation, present).create_view(UNSHAPED)
        source = Source(address.name, connection, {}, names=present, secret=address.secret)
        source.shape({})
        return source
    if isinstance(data, str | os.PathLike) and is_foreign(str(data)) and Path(data).is_file():
        foreign = read_foreign(str(data), form)
        name, said, data, form = str(data), foreign.said, foreign.table, None
    if isinstance(data, str | os.PathLike):
        return _from_files(str(data), _files_of(Path(data)), connection, form, folder)
    if (
        isinstance(data, list | tuple)
        and data
        and all(isinstance(each, str | os.PathLike) for each in data)
    ):
        files = [file for each in data for file in _files_of(Path(each))]
        return _from_files(f"{len(files)} files", files, connection, form, folder)
    renew: Callable[[], object] | None = None
    check_form(name, form)
    try:
        if isinstance(data, duckdb.DuckDBPyRelation):
            # A relation belongs to its own connection, which streams its rows into this one.
            readers: list[Any] = []

            def renew() -> object:
                # A connection has one open result at a time.
                while readers:
                    connection.unregister(GIVEN)
                    readers.pop().close()
                readers.append(data.to_arrow_reader())
                return connection.register(GIVEN, readers[0])

            renew()
        else:
            connection.register(GIVEN, data)
        names = _names_of(data) or connection.view(GIVEN).columns
        named(connection.view(GIVEN), names).create_view(UNSHAPED)
    except (duckdb.Error, TypeError) as error:
        raise InputError(
            f"cannot read {name}: give a file, a folder, a DuckDB relation, an Arrow table or "
            "dataset, or a frame"
        ) from error
    source = Source(
        name,
        connection,
        {},
        names=tuple(names),
        ordered=_ordered(data),
        renew=renew,
        said=said,
    )
    source.shape({})
    return source


def _ordered(table: Any) -> frozenset[str]:
    """Find the categories of pandas and Arrow that have an order."""
    schema: Any = getattr(table, "schema", None)
    kinds: Any = getattr(table, "dtypes", None)
    if hasattr(schema, "pandas_metadata"):
        pairs = [(each.name, each.type) for each in schema]
    else:
        pairs = list(kinds.items()) if hasattr(kinds, "items") else []
    return frozenset(str(name) for name, kind in pairs if getattr(kind, "ordered", False))


def _names_of(data: Any) -> list[str]:
    """Find the names of a table in memory as its owner gave them, twice where they are so."""
    import duckdb

    if isinstance(data, duckdb.DuckDBPyRelation):
        return []
    schema = getattr(data, "schema", None)
    names = getattr(schema, "names", None)
    names = getattr(data, "columns", None) if names is None or callable(names) else names
    return [str(name) for name in names] if names is not None else []


def _files_of(path: Path) -> list[str]:
    """List the files that a path, a folder or a pattern stands for."""
    if path.is_dir():
        try:
            found = sorted(
                str(file)
                for file in path.rglob("*")
                if file.is_file() and not file.name.startswith((".", "_"))
            )
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            raise InputError(
                f"cannot look through {path}: {error.strerror or error}{where}"
            ) from error
        for suffixes in (PARQUET_SUFFIXES, CSV_SUFFIXES):
            of_kind = [file for file in found if file.lower().endswith(suffixes)]
            if of_kind:
                return of_kind
        raise InputError(f"the folder {path} holds neither Parquet nor CSV files")
    if path.exists():
        return [str(path)]
    # Path.glob knows no pattern that begins at the root.
    found = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207
    if not found:
        raise InputError(f"no such file: {path}")
    broken = next((each for each in found if not Path(each).exists()), None)
    if broken is not None:
        raise InputError(f"{broken} is a link to nothing")
    return [file for each in found for file in _files_of(Path(each))]


def _from_files(
    name: str,
    files: Sequence[str],
    connection: duckdb.DuckDBPyConnection,
    form: Format | None,
    folder: Path,
) -> Source:
    import duckdb
    import pyarrow.parquet as pq

    kinds = {file: _is_parquet(file) for file in files}
    if len(set(kinds.values())) > 1:
        odd = next(file for file in files if kinds[file] != kinds[files[0]])
        raise InputError(f"{odd} is not of the same kind as {files[0]}; give one kind of files")
    parquet = kinds[files[0]]
    check_gzip(files)
    if parquet:
        check_form(name, form)
    dialects = {} if parquet else sniff_all(files, form)
    headers = {} if parquet else {file: column_names(Path(file), form) for file in files}
    if headers:
        _check_headers(headers)
    names = tuple(parquet_names(Path(files[0])) if parquet else headers[files[0]])
    source = Source(name, connection, {}, tuple(files), parquet, names, headers)
    if headers:
        source.dialects = dialects
        source.copies = _in_utf8(dialects, folder)
        source.read_as({})
        return source
    try:
        parquet_of(connection, files, names).create_view(UNSHAPED)
    except duckdb.Error as error:
        raise InputError(source.explained(error)) from error
    source.shape({})
    source.rows = _rows_of_alike(files)
    with pq.ParquetFile(files[0]) as file:
        source.ordered = frozenset(
            each.name for each in file.schema_arrow if getattr(each.type, "ordered", False)
        )
    return source


def _in_utf8(dialects: Mapping[str, Dialect], folder: Path) -> dict[str, str]:
    """Write those files again that DuckDB cannot read in their encoding."""
    copies = {}
    for i, (file, dialect) in enumerate(dialects.items()):
        if not dialect.utf8:
            copy = folder / f"{i}.csv"
            as_utf8(file, dialect, copy)
            copies[file] = str(copy)
    return copies


def _check_headers(headers: Mapping[str, Sequence[str]]) -> None:
    """Refuse CSV files that do not have the columns of the first one, in whatever order."""
    first, wanted = next(iter(headers.items()))
    for file, names in headers.items():
        # A renamed column is told by its name in the first file.
        for name in dict.fromkeys([*wanted, *names]):
            mine, theirs = names.count(name), wanted.count(name)
            if mine == theirs:
                continue
            if mine and theirs:
                raise InputError(
                    f"{file if mine > theirs else first} has more than one column named {name!r}, "
                    f"and {first if mine > theirs else file} has not; rename one"
                )
            lacking, having = (file, first) if not mine else (first, file)
            raise InputError(f"{lacking} has no column {name!r}, which {having} has")


def _is_parquet(file: str) -> bool:
    refuse_stream(file)
    try:
        with Path(file).open("rb") as opened:
            start = opened.read(len(PARQUET_MAGIC))
    except OSError as error:
        raise InputError(f"cannot read {file}: {error.strerror or error}") from error
    if not start:
        raise InputError(f"{file} is empty")
    if start == PARQUET_MAGIC:
        return True
    if file.lower().endswith(CSV_SUFFIXES):
        return False
    if is_foreign(file):
        raise InputError(f"{file} is a file of another program, of which one is read at a time")
    raise InputError(unknown_kind(file))


def _rows_of_alike(files: Sequence[str]) -> int:
    """Count the rows, and refuse files whose columns differ in name or kind from the first's."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows, several = 0, len(files) > 1
    first: dict[str, str] | None = None
    for file in files:
        try:
            about = pq.read_metadata(file)
            fields = about.schema.to_arrow_schema() if several else []
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{file} is not a whole Parquet file: {one_line(error)}") from error
        rows += about.num_rows
        kinds = {each.name: _kind(each.type) for each in fields}
        if first is None:
            first = kinds
        for name in sorted(first.keys() | kinds.keys()):
            mine, theirs = kinds.get(name), first.get(name)
            if mine == theirs:
                continue
            if mine is None or theirs is None:
                lacking, having = (file, files[0])[:: 1 if mine is None else -1]
                raise InputError(f"{lacking} has no column {name!r}, which {having} has")
            raise InputError(
                f"column {name!r} holds {mine} in {file} and {theirs} in {files[0]}; "
                "give files with the same columns"
            )
    return rows


def _kind(kind: Any) -> str:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    # Of whole numbers the width does not matter; what is wider than the first file's is refused.
    if pa.types.is_integer(kind):
        return "whole numbers"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "text"
    return str(kind)
