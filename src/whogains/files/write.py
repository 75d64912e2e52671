"""Writing text files: whole, or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from whogains.errors import UnwritableError


def write_aside(path: str | Path, text: str) -> None:
    """Write a text file in UTF-8 whole or not at all: under another name, then changed.

    Parameters
    ----------
    path : str or Path
        The file.
    text : str
        Its content.

    Raises
    ------
    UnwritableError
        If it cannot be written; what was there before is still there.
    """
    # The file behind a link is replaced, and not the link.
    target = Path(path).resolve()
    if target.exists() and not target.is_file():
        _write_into(target, text, path)
        return
    try:
        handle, aside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise UnwritableError(f"cannot write {path}: {error.strerror or error}") from error
    try:
        with os.fdopen(
            handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(target.stat().st_mode if target.exists() else _usual_rights())
        Path(aside).replace(target)
    except BaseException as error:
        with suppress(OSError):
            Path(aside).unlink()
        if isinstance(error, OSError):
            raise UnwritableError(f"cannot write {path}: {error.strerror or error}") from error
        raise


def _usual_rights() -> int:
    # A temporary file is private; the one that takes its place is not.
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _write_into(target: Path, text: str, path: str | Path) -> None:
    """Write to what is no plain file, such as a pipe or /dev/stdout, which has no other place."""
    try:
        with target.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UnwritableError(f"cannot write {path}: {error.strerror or error}") from error
