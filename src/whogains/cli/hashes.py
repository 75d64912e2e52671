"""Which files were audited: their SHA-256, for the file that somebody keeps."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whogains.results import Findings

# Reading more a second time would take longer than most audits of it.
LARGEST = 2_000_000_000


def with_hashes(found: Findings, **files: Path | str | None) -> Findings:
    """Note the SHA-256 of the files that an audit was made from.

    Parameters
    ----------
    found : Findings
        The audit.
    **files : Path or str or None
        By what they hold: ``data``, ``generic_model``, ``personalized_model``.

    Returns
    -------
    Findings
        The audit, with `sha256` in its settings: by what they hold, those that are one file of at
        most 2 GB. Without it where there are none, such as for a folder.
    """
    known = {name: _sha256(Path(each)) for name, each in files.items() if each is not None}
    told = {name: each for name, each in known.items() if each is not None}
    return replace(found, settings={**found.settings, "sha256": told}) if told else found


def _sha256(path: Path) -> str | None:
    if not path.is_file() or path.stat().st_size > LARGEST:
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
