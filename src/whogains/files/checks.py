"""Columns that a table must have, and what they may hold."""

from __future__ import annotations

import re
import stat
from collections.abc import Sequence
from pathlib import Path

from whogains.errors import InputError
from whogains.files.addresses import shown

LIST = re.compile(r"\[\d*\]$")


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
