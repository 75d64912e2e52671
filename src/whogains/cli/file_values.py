"""How the texts of options about files and their values become values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whogains.cli.option_values import names
from whogains.errors import InputError

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9:.]+)?")

if TYPE_CHECKING:
    from whogains.files import FileOptions
    from whogains.frames import GroupOptions


def file_format(
    separator: str | None, decimal: str | None, encoding: str | None, na: str | None
) -> FileOptions:
    r"""Read the options that say how a text file is written.

    Examples
    --------
    >>> file_format("tab", ",", None, ".,-9")
    {'separator': '\t', 'decimal': ',', 'encoding': None, 'na': ['.', '-9']}
    """
    return {
        "separator": "\t" if separator in {"tab", "\\t"} else separator,
        "decimal": decimal,
        "encoding": encoding,
        "na": names(na),
    }


def group_options(labels: str | None, band: str | None) -> GroupOptions:
    """Read --labels and --band.

    Raises
    ------
    InputError
        If one of them is not written as it must be.

    Examples
    --------
    >>> group_options("sex:0=male,1=female,site:a=North", "age=0,18,45.5,bmi=q4")
    {'labels': {'sex': {'0': 'male', '1': 'female'}, 'site': {'a': 'North'}},
     'bands': {'age': [0.0, 18.0, 45.5], 'bmi': 'q4'}}
    >>> group_options(None, "seen=2024-07-01,2025-01-01")["bands"]
    {'seen': ['2024-07-01', '2025-01-01']}
    """
    return {"labels": _labels(labels), "bands": _bands(band)}


def _labels(text: str | None) -> dict[str, dict[str, str]] | None:
    if text is None:
        return None
    found: dict[str, dict[str, str]] = {}
    column = ""
    for part in names(text):
        code, equals, label = part.partition("=")
        # The first code of a column stands behind the column's name.
        before, colon, after = code.rpartition(":")
        if colon:
            column, code = before.strip(), after
        # A second code in a label is that of a list that another mark separates, or none.
        doubled = "=" in label
        if doubled or not (column and equals and code.strip() and label.strip()):
            raise InputError(
                f"--labels: {part!r} is not COLUMN:CODE=LABEL, as in "
                "sex:0=male,1=female,site:a=North"
            )
        found.setdefault(column, {})[code.strip()] = label.strip()
    return found


def _bands(text: str | None) -> dict[str, list[float | str] | str] | None:
    if text is None:
        return None
    found: dict[str, list[float | str] | str] = {}
    edges: list[float | str] = []
    for part in names(text):
        name, equals, value = part.rpartition("=")
        value = value.strip()
        if equals and not value[:1].isalpha():
            edges = []
            found[name.strip()] = edges
        elif equals:
            found[name.strip()] = value
            continue
        if DAY.fullmatch(value):
            edges.append(value)
            continue
        try:
            edges.append(float(value))
        except ValueError:
            raise InputError(
                f"--band: {part!r} is not COLUMN=NUMBERS, COLUMN=DAYS or COLUMN=q4, as in "
                "age=0,18,45,65 or admitted=2024-07-01,2025-01-01"
            ) from None
    return found
