"""The table made from MIMIC-III, kept as Parquet until a source file or the recipe changes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from whogains.datasets.mimic3_files import Table
from whogains.errors import InputError, UnwritableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

COUNTS: Final = b"whogains_counts"


def cache_folder(cache: str | Path | bool, folder: Path) -> Path | None:
    """Find where the table is kept.

    Parameters
    ----------
    cache : str, Path or bool
        A folder, which is made where it does not exist; True for the folder of the data, where
        that can be written; False for nowhere.
    folder : Path
        The folder of the data.

    Returns
    -------
    Path or None
        The folder, or None where nothing is kept.

    Raises
    ------
    UnwritableError
        If a folder that was named cannot be made or written.
    """
    if cache is False:
        return None
    chosen = folder if cache is True else Path(cache)
    try:
        chosen.mkdir(parents=True, exist_ok=True)
        # What the administrator may do, permissions do not tell.
        with tempfile.TemporaryFile(dir=chosen):
            pass
    except OSError as error:
        if cache is True:
            return None
        raise UnwritableError(
            f"cannot write to the folder {chosen}: {error.strerror or error}; name another cache"
        ) from error
    return chosen


def read_cached(file: Path) -> tuple[pd.DataFrame, dict[str, int]] | None:
    """Read a table that was kept.

    Parameters
    ----------
    file : Path
        Where it is kept.

    Returns
    -------
    tuple of pandas.DataFrame and dict, or None
        The table and its counts; None where there is none, or none that is whole.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
        counts = json.loads(table.schema.metadata[COUNTS])
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        return None
    return table.to_pandas(), counts


def keep(file: Path, table: pd.DataFrame, counts: dict[str, int]) -> None:
    """Keep a table: written aside, readable by its owner only, and then renamed.

    Parameters
    ----------
    file : Path
        Where to keep it.
    table : pandas.DataFrame
        The table.
    counts : dict of str to int
        What was left out.

    Raises
    ------
    InputError
        If it cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = pa.Table.from_pandas(table, preserve_index=False)
    noted = {**(content.schema.metadata or {}), COUNTS: json.dumps(counts).encode()}
    aside = None
    try:
        number, aside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with os.fdopen(number, "wb") as opened:
            pq.write_table(content.replace_schema_metadata(noted), opened)
        Path(aside).replace(file)
    except OSError as error:
        if aside is not None:
            with suppress(OSError):
                Path(aside).unlink()
        raise InputError(
            f"cannot write {file}: {error.strerror or error}; name another cache, or use "
            "cache=False"
        ) from error


def state_of(tables: Mapping[str, Table], settings: Any) -> str:
    """Sum up the files and the settings in a short text that changes when one of them does.

    Parameters
    ----------
    tables : mapping of str to Table
        The files: their names, sizes and times of change count.
    settings : object
        What else the result depends on, to be written as JSON.

    Returns
    -------
    str
        16 hexadecimal digits.
    """
    files = {}
    for name, table in tables.items():
        found = table.path.stat()
        files[name] = (table.path.name, found.st_size, found.st_mtime_ns)
    text = json.dumps([files, settings], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
