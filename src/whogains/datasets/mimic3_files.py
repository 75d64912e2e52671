"""The files of MIMIC-III: which they are, whether they have their columns, and their state."""

from __future__ import annotations

import csv
import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from whogains.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What is read of each table: the columns and their types. Nothing else of a table is looked at.
TABLES: Final[Mapping[str, Mapping[str, str]]] = {
    "PATIENTS": {"SUBJECT_ID": "INTEGER", "GENDER": "VARCHAR", "DOB": "TIMESTAMP"},
    "ADMISSIONS": {"HADM_ID": "INTEGER", "DEATHTIME": "TIMESTAMP", "ETHNICITY": "VARCHAR"},
    "ICUSTAYS": {
        "SUBJECT_ID": "INTEGER",
        "HADM_ID": "INTEGER",
        "ICUSTAY_ID": "INTEGER",
        "INTIME": "TIMESTAMP",
        "OUTTIME": "TIMESTAMP",
    },
    "D_ITEMS": {"ITEMID": "INTEGER", "LABEL": "VARCHAR"},
    "D_LABITEMS": {"ITEMID": "INTEGER", "LABEL": "VARCHAR"},
    "LABEVENTS": {
        "SUBJECT_ID": "INTEGER",
        "ITEMID": "INTEGER",
        "CHARTTIME": "TIMESTAMP",
        "VALUENUM": "DOUBLE",
    },
    "CHARTEVENTS": {
        "ICUSTAY_ID": "INTEGER",
        "ITEMID": "INTEGER",
        "CHARTTIME": "TIMESTAMP",
        "VALUENUM": "DOUBLE",
        "ERROR": "INTEGER",
    },
}
SUFFIXES: Final = (".csv", ".csv.gz")
LONGEST_LINE: Final = 2**16


@dataclass(frozen=True, slots=True)
class Table:
    """One table of MIMIC-III in a file.

    Parameters
    ----------
    path : Path
        The file.
    columns : dict of str to str
        Every column of the file in order, in lower case, with the type to read it as.
    """

    path: Path
    columns: dict[str, str]


def find_tables(folder: Path) -> dict[str, Table]:
    """Find the file of every table, and check that it has the columns that are read.

    Parameters
    ----------
    folder : Path
        The folder of the files, with names in upper or lower case, plain or with .gz.

    Returns
    -------
    dict of str to Table
        The file of each table.

    Raises
    ------
    InputError
        If there is no such folder, a file is missing or there twice, it cannot be read, or it has
        not the columns of MIMIC-III.
    """
    try:
        files = sorted(file for file in folder.iterdir() if file.is_file())
    except FileNotFoundError:
        raise InputError(f"no such folder: {folder}") from None
    except NotADirectoryError:
        raise InputError(f"{folder} is a file; name the folder of the MIMIC-III files") from None
    except OSError as error:
        raise InputError(f"cannot read {folder}: {error.strerror or error}") from error
    return {name: _table(folder, files, name) for name in TABLES}


def _table(folder: Path, files: list[Path], name: str) -> Table:
    wanted = {name.lower() + suffix for suffix in SUFFIXES}
    found = [file for file in files if file.name.lower() in wanted]
    if not found:
        raise InputError(
            f"{folder} has no {name}.csv or {name}.csv.gz; give the folder of MIMIC-III v1.4 as "
            "downloaded from PhysioNet"
        )
    if len(found) > 1:
        raise InputError(
            f"{folder} has both {found[0].name} and {found[1].name}; keep the one that is whole"
        )
    present = _header(found[0])
    types = {column.lower(): kind for column, kind in TABLES[name].items()}
    for column in types:
        if column not in present:
            shown = ", ".join(present[:20])
            raise InputError(f"{found[0]} has no column {column.upper()}; it has {shown}")
    if len(set(present)) < len(present):
        twice = next(column for column in present if present.count(column) > 1)
        raise InputError(f"{found[0]} has more than one column {twice.upper()}; rename one")
    return Table(found[0], {column: types.get(column, "VARCHAR") for column in present})


def _header(path: Path) -> list[str]:
    """Read the names of the columns, in lower case."""
    zipped = path.name.lower().endswith(".gz")
    try:
        with (gzip.open if zipped else open)(path, "rb") as file:
            # Only this line is text for sure: later ones may be in another encoding.
            line = file.readline(LONGEST_LINE).decode("utf-8-sig", errors="replace")
        names = next(csv.reader([line]), [])
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise InputError(f"cannot read {path}: {error}; download it again") from error
    if not names:
        raise InputError(f"{path} is empty; download it again")
    return [name.strip().lower() for name in names]
