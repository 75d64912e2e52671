"""Columns that a table must have, and what they may hold."""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from whogains.errors import InputError
from whogains.errors import one_line as short
from whogains.files.addresses import shown

LONGEST = 200
# Of Arrow and of DuckDB; a list of DuckDB ends in brackets, and a time of Arrow in its unit.
NESTED = ("list", "large_list", "fixed_size_list", "struct", "map", "binary", "large_binary",
          "blob", "fixed_size_binary", "union", "dense_union", "sparse_union")  # fmt: skip
LIST = re.compile(r"\[\d*\]$")


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
    name = shown(path)
    for column in wanted:
        if present.count(column) > 1:
            raise InputError(f"{name} has more than one column named {column!r}; rename one")
        if column not in present:
            there = ", ".join(str(c) for c in present[:20])
            more = f" and {len(present) - 20} more" if len(present) > 20 else ""
            hint = "; say what separates its fields (--separator)" if len(present) == 1 else ""
            raise InputError(f"{name} has no column {column!r}; it has {there}{more}{hint}")


def one_line(error: Exception | str) -> str:
    """Give an error as one short line: a parser may quote a whole line of the file."""
    return short(error, LONGEST)


def refuse_stream(path: str | Path) -> None:
    """Refuse a pipe, a socket or a device: nobody may write to it, and it is read more than once.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    InputError
        If it is one.

    Examples
    --------
    >>> refuse_stream("/dev/null")
    Traceback (most recent call last):
    whogains.errors.InputError: /dev/null is a device and no file; name a file
    """
    try:
        kind = Path(path).stat().st_mode
    except (OSError, ValueError):
        return
    if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
        raise InputError(f"{path} is a pipe, which can be read only once; save it as a file first")
    if stat.S_ISCHR(kind) or stat.S_ISBLK(kind):
        raise InputError(f"{path} is a device and no file; name a file")


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
