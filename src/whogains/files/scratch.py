"""A folder for what does not fit in memory, gone at the end or, after a kill, at the next run."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

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
