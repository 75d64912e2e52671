"""A folder for what does not fit in memory, gone at the end or, after a kill, at the next run."""

from __future__ import annotations

import codecs
import os
import shutil
import tempfile
import zlib
from contextlib import suppress
from pathlib import Path

from whogains.errors import InputError
from whogains.files.dialect import TEXT, Dialect
from whogains.files.gzipped import opened
from whogains.files.write import locked

PREFIX = "whogains-scan-"
LOCK = "lock"


class Scratch:
    """A new folder among the temporary ones, locked as long as this process lives.

    Those of earlier processes that nobody has locked are deleted: they were killed.

    Examples
    --------
    >>> scratch = Scratch()
    >>> Path(scratch.name).is_dir()
    True
    >>> scratch.cleanup()
    >>> Path(scratch.name).exists()
    False
    """

    def __init__(self) -> None:
        _sweep(Path(tempfile.gettempdir()))
        while True:
            self.name = tempfile.mkdtemp(prefix=PREFIX)
            # Another process may have taken it for one that was left behind.
            with suppress(FileNotFoundError):
                self._handle = os.open(Path(self.name, LOCK), os.O_RDWR | os.O_CREAT, 0o600)
                if locked(self._handle) and Path(self.name, LOCK).exists():
                    return
                os.close(self._handle)

    def cleanup(self) -> None:
        """Delete the folder and what is in it; a second time does nothing."""
        shutil.rmtree(self.name, ignore_errors=True)
        with suppress(OSError):
            os.close(self._handle)


def _sweep(folder: Path) -> None:
    try:
        import fcntl
    except ImportError:
        return
    for left in folder.glob(f"{PREFIX}*"):
        with suppress(OSError):
            # Killed, or about to be locked, right after it was made: then it is empty.
            if not (left / LOCK).exists():
                left.rmdir()
                continue
            handle = os.open(left / LOCK, os.O_RDWR | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(handle)


def as_utf8(path: str | Path, dialect: Dialect, copy: Path) -> None:
    """Write a text file again in UTF-8, a piece at a time.

    Parameters
    ----------
    path : str or Path
        The file, plain or with .gz.
    dialect : Dialect
        With its encoding.
    copy : Path
        The file to write, which is not compressed.

    Raises
    ------
    InputError
        If the text is not in that encoding, or the file cannot be read.
    """
    decoder = codecs.getincrementaldecoder(dialect.encoding)()
    try:
        with opened(path) as file, copy.open("wb") as written:
            while True:
                piece = file.read(TEXT)
                written.write(decoder.decode(piece, final=not piece).encode("utf-8"))
                if not piece:
                    return
    except UnicodeError:
        raise InputError(
            f"{path} is not in {dialect.encoding} throughout; say its encoding (--encoding)"
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"cannot read {path}: {error}") from error
