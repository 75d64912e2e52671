"""Results as CSV that a spreadsheet opens as text and numbers, never as formulas."""

from __future__ import annotations

import csv
import re
import unicodedata
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

# What spreadsheets take for the beginning of a formula, bare or after what is not seen: in some
# locales the full-width signs, too.
_FORMULA = frozenset("=+-@|%\uff1d\uff0b\uff0d\uff20")
_UNSEEN = frozenset({"Cf", "Zl", "Zp", "Zs"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")


def to_csv(table: pd.DataFrame) -> str:
    """Write a table as CSV.

    Parameters
    ----------
    table : pandas.DataFrame
        What to write.

    Returns
    -------
    str
        A line of names, then one line for each row, numbers in full precision.

    Notes
    -----
    A text that a spreadsheet could run as a formula begins with an apostrophe. Control characters
    and marks of direction, which break lines and terminals, become spaces; a lone surrogate, which
    names from files can hold and UTF-8 cannot, becomes a question mark.
    """
    rows = table.astype(object).where(table.notna(), None).to_numpy().tolist()
    file = StringIO()
    writer = csv.writer(file)
    writer.writerows([_text(value) for value in row] for row in [list(table.columns), *rows])
    return file.getvalue()


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    value = _CONTROL.sub(" ", value.encode("utf-8", "replace").decode())
    first = next((each for each in value if unicodedata.category(each) not in _UNSEEN), "")
    return f"'{value}" if first in _FORMULA else value
