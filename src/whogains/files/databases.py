"""Tables in databases and object stores, read by DuckDB and those of its extensions that are there.

No message says more of a server than the name of the table: what DuckDB says of an error may hold
the whole address.
"""

# ruff: noqa: S608 - every identifier is quoted, and every text is in quotes

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from whogains.errors import InputError
from whogains.files.addresses import Address, Kind
from whogains.files.checks import refuse_stream
from whogains.files.csv import one_line

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

# Each kind, and the extension of DuckDB that reads it.
EXTENSIONS: Final[dict[Kind, str | None]] = {
    "duckdb": None,
    "sqlite": "sqlite_scanner",
    "postgresql": "postgres_scanner",
    "s3": "httpfs",
}
_GIVEN: Final = "given_database"
_BLOCK: Final = 50_000
# What DuckDB is told of an object store, by the variables that its other clients read.
_KEYS: Final = {
    "KEY_ID": "AWS_ACCESS_KEY_ID",
    "SECRET": "AWS_SECRET_ACCESS_KEY",
    "SESSION_TOKEN": "AWS_SESSION_TOKEN",
    "REGION": "AWS_REGION",
    "ENDPOINT": "AWS_ENDPOINT_URL_S3",
}


def relation_of(connection: duckdb.DuckDBPyConnection, address: Address) -> duckdb.DuckDBPyRelation:
    """Open a table, which is only read.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where it is attached.
    address : Address
        The table.

    Returns
    -------
    duckdb.DuckDBPyRelation
        Its rows, read as they are asked for; of SQLite without DuckDB's extension all at once.

    Raises
    ------
    InputError
        If there is no such file, server, extension or table; nothing secret is said.
    """
    if not address.secret:
        refuse_stream(address.place)
        if not Path(address.place).is_file():
            raise InputError(f"no such file: {address.place}")
    extension = EXTENSIONS[address.kind]
    if extension is not None and not _loaded(connection, extension):
        if address.kind == "sqlite":
            return connection.from_arrow(_by_python(address))
        raise InputError(
            f"{address.name} needs the extension {extension} of DuckDB, which is not installed "
            "for this version: install it there once (INSTALL), or export the table to Parquet"
        )
    return _attached(connection, address)


def read_database(address: Address, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a table into memory.

    Parameters
    ----------
    address : Address
        The table.
    columns : sequence of str, optional
        Which of its columns; all by default.

    Returns
    -------
    pyarrow.Table
        The rows.

    Raises
    ------
    InputError
        As `relation_of`, or if the rows cannot be read.
    """
    import duckdb
    import pyarrow as pa

    with _alone() as connection:
        relation = relation_of(connection, address)
        wanted = list(dict.fromkeys(relation.columns if columns is None else columns))
        try:
            chosen = ", ".join(_quoted(name) for name in wanted)
            return relation.project(chosen).to_arrow_table().rename_columns(wanted)
        except (duckdb.Error, pa.ArrowException) as error:
            raise InputError(_said(address, "cannot be read", error)) from None


def database_columns(address: Address) -> list[str]:
    """Read the names of a table's columns, and no row."""
    with _alone() as connection:
        return list(relation_of(connection, address).columns)


def _alone() -> duckdb.DuckDBPyConnection:
    import duckdb

    # Nothing is fetched from anywhere but the address.
    return duckdb.connect(config={"autoinstall_known_extensions": False})


def _loaded(connection: duckdb.DuckDBPyConnection, extension: str) -> bool:
    """Load an extension that is installed; DuckDB would fetch another one from its own server."""
    import duckdb

    try:
        known = connection.execute(
            "SELECT installed FROM duckdb_extensions() WHERE extension_name = ?", [extension]
        ).fetchall()
        if not known or not known[0][0]:
            return False
        connection.execute(f"LOAD {extension}")
    except duckdb.Error:
        return False
    return True


def _attached(connection: duckdb.DuckDBPyConnection, address: Address) -> duckdb.DuckDBPyRelation:
    import duckdb

    try:
        if address.kind == "s3":
            _let_in(connection)
            return connection.sql(f"SELECT * FROM read_parquet({_text(address.place)})")
        type_of = "" if address.kind == "duckdb" else f"TYPE {address.kind.removesuffix('ql')}, "
        connection.execute(f"ATTACH {_text(address.place)} AS {_GIVEN} ({type_of}READ_ONLY)")
    except duckdb.Error as error:
        raise InputError(_said(address, "cannot be opened", error)) from None
    table = ".".join(_quoted(part) for part in address.table.split("."))
    try:
        return connection.sql(f"SELECT * FROM {_GIVEN}.{table}")
    except duckdb.Error as error:
        tables = _tables(connection)
        if not {address.table, address.table.rpartition(".")[2]} & {*tables}:
            raise InputError(_no_table(address, tables)) from None
        raise InputError(_said(address, "cannot be read", error)) from None


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_catalog = ? "
        "AND table_schema NOT IN ('information_schema', 'pg_catalog') ORDER BY 1",
        [_GIVEN],
    ).fetchall()
    return [str(row[0]) for row in rows]


def _let_in(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the keys of an object store that the environment holds, for this connection alone."""
    found = {key: os.environ[name] for key, name in _KEYS.items() if os.environ.get(name)}
    if "KEY_ID" not in found:
        return
    if "ENDPOINT" in found:
        scheme, _, host = found["ENDPOINT"].rpartition("://")
        found["ENDPOINT"] = host.rstrip("/")
        found["URL_STYLE"] = "path"
        if scheme == "http":
            found["USE_SSL"] = "false"
    said = ", ".join(f"{key} {_text(value)}" for key, value in found.items())
    connection.execute(f"CREATE OR REPLACE TEMPORARY SECRET given_store (TYPE s3, {said})")


def _by_python(address: Address) -> pa.Table:
    """Read a table of SQLite by Python's own library, into memory."""
    import pyarrow as pa

    place = Path(address.place).resolve().as_uri()
    try:
        connection = sqlite3.connect(f"{place}?mode=ro", uri=True)
    except sqlite3.Error as error:
        raise InputError(_said(address, "cannot be opened", error)) from None
    try:
        names = [
            str(row[0])
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name"
            )
        ]
        table = address.table.removeprefix("main.")
        if table not in names:
            raise InputError(_no_table(address, names))
        rows = connection.execute(f"SELECT * FROM {_quoted(table)}")
        columns: list[list[Any]] = [[] for _ in rows.description]
        while block := rows.fetchmany(_BLOCK):
            for column, values in zip(columns, zip(*block, strict=True), strict=True):
                column.extend(values)
        return pa.table(
            {
                str(about[0]): _typed(values)
                for about, values in zip(rows.description, columns, strict=True)
            }
        )
    except sqlite3.Error as error:
        raise InputError(_said(address, "cannot be read", error)) from None
    finally:
        connection.close()


def _typed(values: list[Any]) -> pa.Array:
    """Give a column one kind: SQLite lets every value have its own."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int}:
        return pa.array(values, pa.int64())
    if kinds <= {int, float}:
        return pa.array(values, pa.float64())
    if bytes in kinds:
        return pa.array([None if value is None else b"" for value in values], pa.binary())
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _no_table(address: Address, tables: Sequence[str]) -> str:
    most = 5
    said = ", ".join(tables[:most]) + (" ..." if len(tables) > most else "")
    where = "that database" if address.secret else address.place
    return f"{where} has no table {address.table!r}; it has {said or 'none'}"


def _said(address: Address, what: str, error: Exception) -> str:
    """Say what went wrong; what a server says of it may hold its address, and stays unsaid."""
    if address.kind == "postgresql":
        return (
            f"{address.name} {what}: check host, user and name of the database; a password is best "
            "kept in ~/.pgpass or PGPASSWORD"
        )
    if address.kind == "s3":
        return (
            f"{address.name} {what}: check bucket and name; keys are taken from "
            "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION"
        )
    return f"{address.name} {what}: {one_line(error)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
