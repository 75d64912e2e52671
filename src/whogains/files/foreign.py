"""Files of SAS, Stata, SPSS and Excel, by the readers that others keep well."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whogains.errors import InputError
from whogains.files.csv import one_line
from whogains.files.format import Format

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

# How pyreadstat calls the reader of each.
READERS = {
    ".sas7bdat": "read_sas7bdat",
    ".xpt": "read_xport",
    ".dta": "read_dta",
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
}
EXCEL = (".xlsx", ".xlsm")
# Up to here every whole number has its own float64.
LARGEST_EXACT = 2**53
FOREIGN_SUFFIXES = (*READERS, *EXCEL)


@dataclass(frozen=True, slots=True, eq=False)
class Foreign:
    """A file of another program.

    Parameters
    ----------
    table : pyarrow.Table
        Its rows.
    said : str or None
        What a reader should know of how it was read.
    """

    table: pa.Table
    said: str | None


def is_foreign(path: str | Path) -> bool:
    """Tell by its name whether a file is one of SAS, Stata, SPSS or Excel."""
    return str(path).lower().endswith(FOREIGN_SUFFIXES)


def read_foreign(path: str | Path, form: Format | None = None) -> Foreign:
    """Read a file of SAS, Stata, SPSS or Excel, which is held in memory.

    Parameters
    ----------
    path : str or Path
        The file, known by its ending. Of a workbook the first sheet is read.
    form : Format, optional
        Of which only the encoding can be said.

    Returns
    -------
    Foreign
        The rows. A column of which every value has a label holds the labels, as categories in the
        order of their codes; if the codes are 0 and 1, the label of 1 is the higher one. Missing
        values of every kind are missing, and so is text that is blank.

    Raises
    ------
    InputError
        If the file cannot be read, has no rows, or the package that reads it is not installed.
    """
    asked = [] if form is None else [name for name in form.asked if name != "encoding"]
    if asked:
        raise InputError(f"{asked[0]} is for text files such as CSV, and {path} is none")
    path = Path(path)
    try:
        about = path.stat()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    return _read(path, about.st_mtime_ns, about.st_size, form.encoding if form else None)


# A command asks for names, then for rows, then for groups.
@lru_cache(maxsize=1)
def _read(path: Path, _changed: int, _size: int, encoding: str | None) -> Foreign:
    import pyarrow as pa

    kind = path.suffix.lower()
    try:
        frame, said = _sheet(path) if kind in EXCEL else _labelled(path, READERS[kind], encoding)
    except ImportError as error:
        raise InputError(
            f"reading {path} needs the package {'openpyxl' if kind in EXCEL else 'pyreadstat'}: "
            "pip install 'whogains[files]'"
        ) from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:
        raise InputError(f"{path} cannot be read: {one_line(error)}") from error
    if frame.empty:
        raise InputError(f"{path} has no rows")
    for name in frame.columns:
        if frame[name].dtype.kind == "f" and _whole(frame[name]):
            # SAS, Stata and SPSS keep ids and codes as floats.
            frame[name] = frame[name].astype("Int64")
        if frame[name].dtype.kind == "O":
            # These programs have no other missing text than blanks.
            frame[name] = frame[name].mask(frame[name].map(_is_blank).astype(bool), None)
        known = frame[name].notna()
        if frame[name].dtype.kind == "O" and len({type(each) for each in frame[name][known]}) > 1:
            # A column of numbers and words is words.
            frame[name] = frame[name].astype(str).where(known, None)
    # Without what pandas noted about itself, which would hold for these types alone.
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    return Foreign(table, said)


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _whole(values: pd.Series[float]) -> bool:
    known = values.dropna()
    return bool((known % 1 == 0).all() and (known.abs() <= LARGEST_EXACT).all())


def _sheet(path: Path) -> tuple[pd.DataFrame, str | None]:
    import pandas as pd

    with pd.ExcelFile(path, engine="openpyxl") as book:
        names = [str(name) for name in book.sheet_names]
        frame = pd.read_excel(book, sheet_name=names[0])
    frame.columns = [str(name).strip() for name in frame.columns]
    more = f"the first of its {len(names)} sheets, {names[0]!r}" if len(names) > 1 else None
    return frame, more and f"{path.name} is read by {more}"


def _labelled(path: Path, reader: str, encoding: str | None) -> tuple[pd.DataFrame, str | None]:
    import pyreadstat

    read: Callable[..., tuple[Any, Any]] = getattr(pyreadstat, reader)
    frame, about = read(os.fspath(path), encoding=encoding) if encoding else read(os.fspath(path))
    with_labels = []
    for name, labels in about.variable_value_labels.items():
        if name in frame.columns and _label(frame, name, labels):
            with_labels.append(name)
    if not with_labels:
        return frame, None
    shown = ", ".join(with_labels[:10])
    more = f" and {len(with_labels) - 10} more" if len(with_labels) > 10 else ""
    return frame, f"{path.name} is read with the labels of the values of {shown}{more}"


def _label(frame: pd.DataFrame, name: str, labels: Mapping[Any, str]) -> bool:
    """Put labels in place of values if every value has one; two values never share one."""
    import pandas as pd

    codes = sorted(frame[name].dropna().unique().tolist())
    if not codes or any(code not in labels for code in codes):
        return False
    texts = [str(labels[code]) for code in codes]
    texts = [
        text if texts.count(text) == 1 else f"{text} ({code:g})"
        for text, code in zip(texts, codes, strict=True)
    ]
    known = frame[name].map({code: i for i, code in enumerate(codes)}).fillna(-1).astype(int)
    frame[name] = pd.Categorical.from_codes(
        known.to_numpy(), categories=pd.Index(texts), ordered=set(codes) <= {0, 1}
    )
    return True
