"""Compressed files: whole, by the checksum that they end with."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from io import BufferedReader
from pathlib import Path

from whogains.errors import InputError, one_line

PIECE = 2**22


def check_gzip(files: Iterable[str | Path]) -> None:
    """Refuse gzip files whose content does not fit their checksum: DuckDB checks none.

    Parameters
    ----------
    files : iterable of (str or Path)
        Files of any kind; those whose names do not end in .gz are passed over.

    Raises
    ------
    InputError
        If one is cut off or damaged.

    Examples
    --------
    >>> check_gzip(["rows.csv"])
    """
    for file in files:
        if not str(file).lower().endswith(".gz"):
            continue
        try:
            with gzip.open(file, "rb") as opened:
                while opened.read(PIECE):
                    pass
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(f"{file} is not a whole gzip file: {one_line(error, 100)}") from None


def opened(path: str | Path) -> gzip.GzipFile | BufferedReader:
    """Open a file of bytes, plain or with .gz."""
    return gzip.open(path) if str(path).lower().endswith(".gz") else Path(path).open("rb")
