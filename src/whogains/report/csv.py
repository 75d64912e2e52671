"""Findings as CSV that a spreadsheet opens as text and numbers, never as formulas."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from io import StringIO
from typing import TYPE_CHECKING, Any

from whogains.findings.json import from_dict, to_json, write_text

if TYPE_CHECKING:
    from pathlib import Path

    from whogains.findings import Findings

# What spreadsheets take for the beginning of a formula, bare or after what is not seen: in some
# locales the full-width signs, too.
_FORMULA = frozenset("=+-@|%\uff1d\uff0b\uff0d\uff20")
_UNSEEN = frozenset({"Cf", "Zl", "Zp", "Zs"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def to_csv(findings: Findings, path: str | Path | None = None) -> str:
    """Write the table of every cost and group as CSV.

    Parameters
    ----------
    findings : Findings
        What to write.
    path : str or Path, optional
        A file to write; none by default.

    Returns
    -------
    str
        One line for each cost and group, after a line of names, numbers in full precision.

    Raises
    ------
    UnwritableError
        If the file cannot be written.

    Notes
    -----
    A text that a spreadsheet could run as a formula begins with an apostrophe. Control characters,
    which break lines and terminals, become spaces.
    """
    # A lone surrogate, which names from files can hold, cannot be put in a table.
    safe = to_json(findings).encode("utf-8", "replace").decode()
    table = from_dict(json.loads(safe)).table()
    rows = table.astype(object).where(table.notna(), None).to_numpy().tolist()
    file = StringIO()
    writer = csv.writer(file)
    writer.writerows([_text(value) for value in row] for row in [list(table.columns), *rows])
    text = file.getvalue()
    if path is not None:
        write_text(path, text)
    return text


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub(" ", value)
    first = next((each for each in value if unicodedata.category(each) not in _UNSEEN), "")
    return f"'{value}" if first in _FORMULA else value
