"""Tables of any size for DuckDB: files, folders, Arrow, relations and frames, opened once."""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any

from whogains.errors import InputError, without_cells
from whogains.files import Dialect, Scratch, frame_of, one_line, unreadable_csv, words_of
from whogains.frames import advice_on_text
from whogains.tables.identifiers import own_name, quoted
from whogains.tables.relation import SOURCE, UNSHAPED, columns_of, csv_of, parquet_of

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

Progress = Callable[[str, int, int], None]

POLL_SECONDS = 0.1


@dataclass(slots=True, eq=False)
class Source:
    """A table that can be scanned again and again in bounded memory.

    Parameters
    ----------
    name : str
        What to call it in an error.
    connection : duckdb.DuckDBPyConnection
        Where it is a view called "source".
    columns : mapping of str to str
        The type of each column.
    files : tuple of str
        The files behind it, in order; empty for a table in memory.
    parquet : bool
        Whether the files are Parquet.
    names : tuple of str
        The names of all columns in order, also those that are there twice, which `columns` lacks.
    headers : mapping of str to sequence of str
        For CSV, the names in each file.
    dialects : mapping of str to Dialect
        For CSV, how each file is written.
    copies : mapping of str to str
        For CSV that is not in UTF-8, what is read in its place.
    types : mapping of str to str
        For CSV, the types of the columns that are not read as text.
    shaped : mapping of str to str
        Columns that hold other values than were read, and which, in SQL.
    said : str, optional
        How a file of another program was read.
    ordered : frozenset of str
        The categories whose levels have an order, which DuckDB does not know.
    renew : callable, optional
        Registers the rows again, for rows that can be read only once.
    progress : callable, optional
        Called as ``progress(stage, rows done, rows)`` while a query runs.
    folder : Scratch, optional
        What is spilled, deleted at the end.
    rows : int, optional
        The number of rows, where it is known without reading them, as Parquet knows it.
    secret : bool
        Whether what DuckDB says of an error may hold the address of a server.
    """

    name: str
    connection: duckdb.DuckDBPyConnection
    columns: Mapping[str, str]
    files: tuple[str, ...] = ()
    parquet: bool = False
    names: tuple[str, ...] = ()
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    dialects: Mapping[str, Dialect] = field(default_factory=dict)
    copies: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    shaped: Mapping[str, str] = field(default_factory=dict)
    said: str | None = None
    ordered: frozenset[str] = frozenset()
    renew: Callable[[], object] | None = None
    progress: Progress | None = None
    folder: Scratch | None = None
    rows: int | None = None
    secret: bool = False

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.connection.close()
        if self.folder is not None:
            self.folder.cleanup()

    @property
    def cheap_rows(self) -> int | None:
        """The number of rows where it is found without reading them, as of a frame."""
        if self.rows is None and not self.files and self.renew is None:
            self.rows = int(self.fetch(f"SELECT count(*) FROM {SOURCE}")[0][0])
        return self.rows

    @property
    def decimal(self) -> str:
        """The mark of decimals of all CSV files."""
        return next((each.mark for each in self.dialects.values()), ".")

    @property
    def note(self) -> str | None:
        """How files are read, where that is not what their names promise."""
        return self.said or words_of(self.dialects, self.name)

    def read_as(self, types: Mapping[str, str]) -> None:
        """Read columns of CSV files as these types, and all others as text."""
        import duckdb

        try:
            self._csv(self.headers, types).create_view(UNSHAPED, replace=True)
        except duckdb.Error as error:
            raise InputError(self.explained(error)) from error
        self.types = dict(types)
        self.shape(self.shaped)

    def shape(self, columns: Mapping[str, str]) -> None:
        """Let columns hold what expressions over the columns that were read give."""
        self.shaped = columns
        self.connection.execute(f"CREATE OR REPLACE VIEW {SOURCE} AS {self._shaped(UNSHAPED)}")
        self.columns = columns_of(self.connection, self.name)

    def _shaped(self, table: str) -> str:
        replaced = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in self.shaped.items())
        return f"SELECT *{f' REPLACE ({replaced})' if replaced else ''} FROM {table}"

    def _csv(
        self, headers: Mapping[str, Sequence[str]], types: Mapping[str, str] | None = None
    ) -> duckdb.DuckDBPyRelation:
        return csv_of(self.connection, headers, types, self.dialects, self.copies)

    def fetch(
        self, sql: str, values: Mapping[str, Any] | None = None, stage: str | None = None
    ) -> list[tuple[Any, ...]]:
        """Run a query.

        Parameters
        ----------
        sql : str
            The query, in which identifiers are quoted and values are parameters.
        values : mapping, optional
            The values of the parameters.
        stage : str, optional
            What to call it while it runs; no progress is shown by default.

        Returns
        -------
        list of tuple
            The rows of the result.

        Raises
        ------
        InputError
            If the data cannot be read, or memory or disk do not suffice; one line.
        """
        if self.renew is not None and SOURCE in sql:
            self.renew()
        values = used(sql, values or {})
        with self.explaining():
            return self._watched(sql, values, stage)

    def rows_up_to(self, most: int) -> int | None:
        """Count the rows, but give up where there are more than some number."""
        rows = self.cheap_rows
        if rows is None:
            some = f"(SELECT 1 FROM {SOURCE} LIMIT {most + 1})"
            rows = int(self.fetch(f"SELECT count(*) FROM {some}")[0][0])
        return rows if rows <= most else None

    def load(self, columns: Sequence[str], as_written: Sequence[str] = ()) -> pd.DataFrame:
        """Load columns in the order of the rows; whole numbers of some of them become text."""
        self.fetch("SET preserve_insertion_order = TRUE")
        return frame_of(self.arrow(columns), as_written)

    def arrow(self, columns: Sequence[str], rows: int | None = None) -> pa.Table:
        """Load columns of all rows, or of the first so many, as an Arrow table."""
        if self.renew is not None:
            self.renew()
        chosen = ", ".join(quoted(name) for name in columns)
        some = "" if rows is None else f" LIMIT {rows}"
        with self.explaining():
            table = self.connection.sql(f"SELECT {chosen} FROM {SOURCE}{some}").to_arrow_table()
        return table.rename_columns(list(columns))

    def blocks(
        self, sql: str, rows: int, values: Mapping[str, Any] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Run a query, and give its result a block of rows at a time.

        Parameters
        ----------
        sql, values
            As in `fetch`.
        rows : int
            Most rows of a block.

        Yields
        ------
        pyarrow.RecordBatch
            The next rows; the connection runs nothing else until the last ones.

        Raises
        ------
        InputError
            As in `fetch`.
        """
        if self.renew is not None and SOURCE in sql:
            self.renew()
        with self.explaining():
            found = self.connection.sql(sql, params=used(sql, values or {}))
            yield from found.to_arrow_reader(rows)

    def table(
        self, sql: str, values: Mapping[str, Any] | None = None, stage: str | None = None
    ) -> dict[str, list[Any]]:
        """Run a query as `fetch` does, and give the values of each column."""
        rows = self.fetch(sql, values, stage)
        names = [str(column[0]) for column in self.connection.description or ()]
        return {name: [row[i] for row in rows] for i, name in enumerate(names)}

    def first_place(self, condition: str, values: Mapping[str, Any]) -> str:
        """Say where the first row is for which a condition holds.

        Parameters
        ----------
        condition : str
            SQL over the columns.
        values : mapping
            The values of its parameters.

        Returns
        -------
        str
            The row, counted from 0, and the file where there are several.
        """
        if self.parquet:
            relation = parquet_of(self.connection, self.files, self.names, numbered=True)
            relation.create_view("located", replace=True)
            shaped = self._shaped("located")
            found = self.fetch(
                f"SELECT file_row_number, filename FROM ({shaped}) WHERE {condition} "
                "ORDER BY filename, file_row_number LIMIT 1",
                values,
            )
            row, file = found[0] if found else (None, "")
        else:
            self.fetch("SET preserve_insertion_order = TRUE")
            found = self.fetch(
                f"SELECT min(i) FROM (SELECT *, row_number() OVER () - 1 AS i FROM {SOURCE}) "
                f"WHERE {condition}",
                values,
            )
            row, file = found[0][0], ""
            if row is not None and len(self.files) > 1:
                row, file = self._row_of_file(row)
        if row is None:
            raise InputError(
                f"{self.name} gives other values each time it is read; is it damaged, or still "
                "being written?"
            )
        return f"row {row}{f' of {file}' if len(self.files) > 1 else ''}"

    def _row_of_file(self, row: int) -> tuple[int, str]:
        """Turn a row of all CSV files into a row of one of them."""
        for file in self.files[:-1]:
            one = self._csv({file: self.headers[file]})
            one.create_view("one_file", replace=True)
            rows = self.fetch("SELECT count(*) FROM one_file")[0][0]
            if row < rows:
                return row, file
            row -= rows
        return row, self.files[-1]

    def _watched(
        self, sql: str, values: Mapping[str, Any], stage: str | None
    ) -> list[tuple[Any, ...]]:
        """Run a query in a thread, which Ctrl-C reaches at once, and tell how far it is."""
        total = self.cheap_rows or 0 if stage is not None and self.progress is not None else 0
        found: list[tuple[Any, ...]] = []
        failed: list[Exception] = []
        ended = Event()

        def work() -> None:
            try:
                found.extend(self.connection.execute(sql, values).fetchall())
            except Exception as error:
                failed.append(error)
            finally:
                ended.set()

        started, over = monotonic(), False
        Thread(target=work, daemon=True).start()
        try:
            while not over:
                over = ended.wait(POLL_SECONDS)
                if stage is not None and self.progress is not None:
                    share = 1.0 if over else max(0.0, self.connection.query_progress()) / 100
                    speed = share * total / max(monotonic() - started, POLL_SECONDS)
                    told = f"{stage}, {speed / 1e6:.1f} million rows a second"
                    self.progress(told, round(share * total), total)
        except BaseException:
            self.connection.interrupt()
            ended.wait()
            raise
        if failed:
            raise failed[0]
        return found

    @contextmanager
    def explaining(self) -> Iterator[None]:
        """Turn what DuckDB raises into one line, and its word for Ctrl-C into Python's."""
        import duckdb
        import pyarrow as pa

        try:
            yield
        except (duckdb.Error, pa.ArrowException) as error:
            raise InputError(self.explained(error)) from error
        except RuntimeError as error:
            if "interrupted" in str(error):
                raise KeyboardInterrupt from error
            raise

    def explained(self, error: Exception) -> str:
        """Say in one line what is wrong, with the file and the line where there is one."""
        text = re.sub(r'"([^"]*)"', lambda found: f'"{own_name(found[1])}"', str(error))
        code = re.search(r'Could not convert string "([^"]*)"', text)
        text = without_cells(text, {*self.names, *self.files, self.name})
        if re.search(
            r"max_temp_directory_size|No space left|could not write|disk", text, re.IGNORECASE
        ):
            return (
                f"the disk is full: {self.name} needs more room for what does not fit in memory; "
                "free some, set TMPDIR to another disk, or raise the memory limit (--memory)"
            )
        if re.search(r"Out of Memory|memory limit|could not allocate", text, re.IGNORECASE):
            said = "" if self.secret else f": {one_line(text)}"
            return (
                f"{self.name} does not fit in the memory allowed{said}; raise the memory limit "
                "(--memory)"
            )
        if self.secret:
            return f"{self.name} cannot be read ({type(error).__name__})"
        line = re.search(r"CSV Error on Line: (\d+)", text)
        if line:
            file = re.search(r"^\s*file = (.+)$", text, re.MULTILINE)
            why = [
                part
                for part in text.splitlines()[1:]
                if part and not part.startswith(("Original Line", "Possible"))
            ]
            where = file.group(1) if file else self.name
            where = {copy: name for name, copy in self.copies.items()}.get(where, where)
            cure = f"; {advice_on_text([code[1]])}" if code else ""
            return f"{where}, line {line.group(1)}: {one_line(why[0] if why else text)}{cure}"
        if not self.parquet and "sniffing" in text:
            # A dialect is guessed from all lines, and the message does not say which one differs.
            for name in self.files:
                found = unreadable_csv(Path(name), self.dialects[name])
                if found is not None:
                    return found
        bad = self._bad_file(text)
        text = re.sub(r"^[A-Za-z ]+ Error: ", "", text.split("\n", maxsplit=1)[0])
        return f"{bad or self.name} cannot be read: {one_line(text)}"

    def _bad_file(self, text: str) -> str | None:
        """Find which of many Parquet files is broken, where the message does not say."""
        if not self.parquet or any(file in text for file in self.files):
            return next((file for file in self.files[::-1] if file in text), None)
        import pyarrow.parquet as pq

        for file in self.files:
            try:
                with pq.ParquetFile(file) as opened:
                    for batch in opened.iter_batches():
                        del batch
            except Exception:
                return file
        return None


def used(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the parameters that a query has; DuckDB refuses others."""
    # A column may be called like one.
    bare = re.sub(r'"(?:[^"]|"")*"', "", sql)
    return {name: value for name, value in values.items() if f"${name}" in bare}
