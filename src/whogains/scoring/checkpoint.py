"""A folder that remembers explained blocks of rows, so that a killed run can continue."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from whogains._version import __version__
from whogains.errors import UnwritableError
from whogains.files import written_aside
from whogains.types import FloatArray

# Bytes at the end of a block's file, which tell one whose numbers a bad disk has changed.
CHECKSUM = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder with one file per block, named after all that its numbers depend on.

    Parameters
    ----------
    folder : Path
        The folder.

    Notes
    -----
    Since a file is named by a digest of its inputs, one folder can serve any number of runs, and
    a run with other data, models or settings finds nothing in it. A model is told by its
    predictions, on the rows and on rows with shuffled columns; an explainer by its name, so that
    a changed function of one's own needs a new folder or a new name.
    """

    folder: Path

    @classmethod
    def at(cls, folder: str | Path) -> Checkpoint:
        """Open a folder, and make it where it is missing.

        Parameters
        ----------
        folder : str or Path
            The folder.

        Returns
        -------
        Checkpoint
            The folder, which can be written.

        Raises
        ------
        UnwritableError
            If it cannot.
        """
        path = Path(folder)
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            raise UnwritableError(
                f"cannot write the checkpoint folder {folder}: {error.strerror or error}"
            ) from error
        return cls(path)

    def get(self, key: str, shape: tuple[int, ...]) -> FloatArray | None:
        """Find the numbers of a block by its digest; None where none of that shape are whole."""
        try:
            content = self._path(key).read_bytes()
            numbers, checksum = content[:-CHECKSUM], content[-CHECKSUM:]
            if hashlib.sha256(numbers).digest() != checksum:
                return None
            values = np.load(BytesIO(numbers), allow_pickle=False)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            return None
        whole = isinstance(values, np.ndarray) and values.shape == shape
        return values if whole and values.dtype == np.float64 else None

    def put(self, key: str, values: FloatArray) -> None:
        """Remember the numbers of a block.

        Parameters
        ----------
        key : str
            Its digest.
        values : ndarray of float64
            The numbers.

        Raises
        ------
        UnwritableError
            If they cannot be written.
        """
        numbers = BytesIO()
        np.save(numbers, values, allow_pickle=False)
        content = numbers.getvalue()
        # Whole or not at all, whenever the run is killed.
        with written_aside(self._path(key)) as aside:
            aside.write_bytes(content + hashlib.sha256(content).digest())

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.block"


def digest(*parts: Any) -> str:
    """Give a hash of some values as text, the same in every process.

    Parameters
    ----------
    *parts : ndarray, or anything with a stable ``repr``
        The values.

    Returns
    -------
    str
        Hexadecimal digits.

    Examples
    --------
    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a", 2)
    (True, False)
    """
    summary = hashlib.sha256(__version__.encode())
    for part in parts:
        if isinstance(part, np.ndarray):
            summary.update(f"{part.dtype}{part.shape}".encode())
            summary.update(np.ascontiguousarray(part).tobytes())
        else:
            summary.update(repr(part).encode())
        summary.update(b"\0")
    return summary.hexdigest()[:40]
