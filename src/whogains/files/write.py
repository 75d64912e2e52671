"""Writing files: whole, or not at all; and finding out before the work whether they can be."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EINVAL, EISDIR, ELOOP, ENOTDIR
from pathlib import Path
from typing import IO

from whogains.errors import UnwritableError
from whogains.files.addresses import file_behind
from whogains.files.csv import CSV_SUFFIXES

# What a scan of a folder reads: a file of that name would be read next time.
READ = (*CSV_SUFFIXES, ".parquet", ".parq", ".pq")
# As Python reads names of files that are not in UTF-8.
FS = ("utf-8", "surrogateescape")


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
    with written_aside(path) as aside:
        aside.write_bytes(text.encode("utf-8", errors="backslashreplace"))


@contextmanager
def written_aside(path: str | Path) -> Iterator[Path]:
    """Give a file to write under another name, which takes the place of a file at the end.

    Parameters
    ----------
    path : str or Path
        The file in the end. The file behind a link is replaced, and not the link; what is no
        plain file, such as a device or a pipe, stays and is written to.

    Yields
    ------
    Path
        Where to write; deleted where the block fails.

    Raises
    ------
    UnwritableError
        If it cannot be written; what was there before is still there.

    Notes
    -----
    The file aside is locked while it is written. One that nobody has locked was left by a run
    that was killed, and the next run that writes the same file deletes it.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with written_aside(f"{folder}/a") as aside:
    ...         _ = aside.write_text("whole")
    ...     Path(folder, "a").read_text(), os.listdir(folder)
    ('whole', ['a'])
    """
    if not isinstance(path, str | Path):
        raise UnwritableError(f"the name of a file to write must be text, not {path!r:.60}")
    with _told(path):
        target = _place(path)
        other = target.exists() and not target.is_file()
        if other and target.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        folder = Path(tempfile.gettempdir()) if other else target.parent
        prefix = f".whogains-{hashlib.sha256(target.name.encode(*FS)).hexdigest()[:12]}-"
        _sweep(folder, prefix)
        handle, aside = _opened(folder, prefix)
    try:
        with os.fdopen(handle, "rb"):
            yield aside
            with _told(path):
                if other:
                    _pour(aside, target)
                    return
                _flush(aside)
                aside.chmod(
                    stat.S_IMODE(target.stat().st_mode) if target.exists() else _usual_rights()
                )
                aside.replace(target)
    except OSError as error:
        # Of the block: a full disk, say.
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            aside.unlink()


def check_outputs(
    outputs: Iterable[str | Path | None], sources: Iterable[str | Path | None] = ()
) -> None:
    """Find out before the work whether files can be written, without making or changing any.

    Parameters
    ----------
    outputs : iterable of (str, Path or None)
        Files to be written; None is passed over.
    sources : iterable of (str, Path or None)
        Files, folders and patterns that are read, and are not to be written over.

    Raises
    ------
    UnwritableError
        If one of them is read, would be read next time, is named twice, or cannot be written.
    """
    behind = [file_behind(source) for source in sources if source is not None]
    read = [file for file in behind if file is not None]
    seen: dict[Path, str | Path] = {}
    for path in outputs:
        if path is None:
            continue
        with _told(path):
            target = _place(path)
            _check_place(target)
        for source in read:
            if _is_read(target, source):
                raise UnwritableError(f"{path} is the file that is read; write to another one")
            if _is_among(target, source):
                raise UnwritableError(
                    f"{path} would be one of the files that are read, {source}; write it elsewhere"
                )
        if target in seen and not (target.exists() and not target.is_file()):
            raise UnwritableError(f"{path} is to be written twice; name two files")
        seen[target] = path


def _place(path: str | Path) -> Path:
    try:
        target = Path(path).resolve()
        if target.is_symlink():
            raise OSError(ELOOP, os.strerror(ELOOP))
    except RuntimeError:
        raise OSError(ELOOP, os.strerror(ELOOP)) from None
    except ValueError as error:
        raise OSError(EINVAL, str(error)) from None
    return target


def _check_place(target: Path) -> None:
    """Ask whether a file may be written, and leave the disk as it is."""
    try:
        kind = target.stat().st_mode
    except FileNotFoundError:
        kind = None
    if kind is not None:
        if stat.S_ISDIR(kind):
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        if not os.access(target, os.W_OK):
            raise PermissionError(EACCES, os.strerror(EACCES))
        if not stat.S_ISREG(kind):
            return
    folder = target.parent
    # Raises where there is none, or it is a file.
    if not stat.S_ISDIR(folder.stat().st_mode):
        raise NotADirectoryError(ENOTDIR, os.strerror(ENOTDIR))
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(EACCES, os.strerror(EACCES))


def _is_read(target: Path, source: Path) -> bool:
    try:
        return target.exists() and source.is_file() and target.samefile(source)
    except OSError:
        return False


def _is_among(target: Path, source: Path) -> bool:
    try:
        if source.is_dir():
            return source.resolve() in target.parents and target.name.lower().endswith(READ)
        return not source.exists() and target.match(str(source.absolute()))
    except (OSError, ValueError):
        return False


def _opened(folder: Path, prefix: str) -> tuple[int, Path]:
    """Make a file and lock it, before anybody takes it for one that was left behind."""
    while True:
        handle, name = tempfile.mkstemp(dir=folder, prefix=prefix)
        aside = Path(name)
        if locked(handle) and aside.exists():
            return handle, aside
        os.close(handle)


def locked(handle: int) -> bool:
    """Lock an open file for this process; False where another has it."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return True
    try:
        flock(handle, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # Some network file systems know no locks: nothing is swept there.
        return True
    return True


def _sweep(folder: Path, prefix: str) -> None:
    """Delete what runs that were killed have left behind for the same file."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:
        return
    for left in folder.glob(f"{prefix}*"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                flock(handle, LOCK_EX | LOCK_NB)
                left.unlink()
            finally:
                os.close(handle)


def _flush(aside: Path) -> None:
    with aside.open("rb+") as file:
        os.fsync(file.fileno())


def _pour(aside: Path, target: Path) -> None:
    """Write to what is no plain file, such as a pipe or /dev/stdout, which has no other place."""
    with aside.open("rb") as source, _without_waiting(target) as file:
        shutil.copyfileobj(source, file)


def _without_waiting(target: Path) -> IO[bytes]:
    # A pipe that nobody reads would be waited for without end.
    handle = os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    if hasattr(os, "set_blocking"):
        os.set_blocking(handle, True)
    return os.fdopen(handle, "wb")


@contextmanager
def _told(path: str | Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: str | Path, error: OSError) -> UnwritableError:
    # Arrow tells the number of the error, in words of its own.
    why = os.strerror(error.errno) if error.errno else error.strerror or error
    return UnwritableError(f"cannot write {path}: {why}")


def _usual_rights() -> int:
    # A temporary file is private; the one that takes its place is not.
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def output_folder(path: Path) -> Iterator[None]:
    """Make a folder to write into, and take it away where the block fails and left it empty.

    Parameters
    ----------
    path : Path
        The folder; its parents are made too.

    Yields
    ------
    None
        While the folder is there.

    Raises
    ------
    UnwritableError
        If it cannot be made.
    """
    made: list[Path] = []
    try:
        # What is made is taken away again, the nearest first; a name too long cannot be asked of.
        made = [each for each in (path, *path.parents) if not each.exists()]
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        _take_away(made)
        why = getattr(error, "strerror", None) or error
        raise UnwritableError(f"cannot make the folder {path}: {why}") from error
    try:
        yield
    finally:
        _take_away(made)


def _take_away(made: Iterable[Path]) -> None:
    """Delete folders that are still empty."""
    for folder in made:
        with suppress(OSError):
            folder.rmdir()
