"""Where tables in databases and object stores are: addresses, and what of them may be shown.

An address is ``duckdb:FILE#TABLE``, ``sqlite:FILE#TABLE``, ``postgresql://USER@HOST/NAME#TABLE`` or
``s3://BUCKET/FILE.parquet``. What it says of servers, users and passwords is never shown.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from whogains.errors import InputError

Kind = Literal["duckdb", "sqlite", "postgresql", "s3"]
_SCHEMES: Final[dict[str, Kind]] = {
    "duckdb": "duckdb",
    "sqlite": "sqlite",
    "postgres": "postgresql",
    "postgresql": "postgresql",
    "s3": "s3",
}
_ADDRESS: Final = re.compile(rf"({'|'.join(_SCHEMES)}):(.+)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a table is.

    Parameters
    ----------
    kind : {"duckdb", "sqlite", "postgresql", "s3"}
        What holds it.
    place : str
        The file, the connection or the object, which may hold a password: never shown of a server.
    table : str
        The table or view, with or without its schema; "" for an object.
    """

    kind: Kind
    place: str = field(repr=False)
    table: str

    @property
    def name(self) -> str:
        """What to call it: of a server the table alone."""
        if self.kind == "s3":
            return f"the object {self.place.rsplit('/', 1)[-1]}"
        if self.secret:
            return f"the table {self.table}"
        return f"the table {self.table} of {self.place}"

    @property
    def secret(self) -> bool:
        """Whether the address or what a server says of it may hold a secret."""
        return self.kind in {"postgresql", "s3"}

    @property
    def stem(self) -> str:
        """A short name, as that of a batch."""
        return self.table or Path(self.place).stem


def address_of(source: object) -> Address | None:
    """Read an address.

    Parameters
    ----------
    source : object
        What is to be read; only text and paths can be addresses. A path has lost one of two
        slashes, which is given back.

    Returns
    -------
    Address or None
        None for anything else, such as the name of a file.

    Raises
    ------
    InputError
        If it names no table.

    Examples
    --------
    >>> address_of("duckdb:hospital.db#main.stays")
    Address(kind='duckdb', table='main.stays')
    >>> address_of("postgresql://me:secret@host/db#stays").name
    'the table stays'
    >>> address_of("stays.parquet") is None
    True
    """
    found = _ADDRESS.fullmatch(str(source)) if isinstance(source, str | os.PathLike) else None
    if found is None:
        return None
    kind = _SCHEMES[found[1].lower()]
    if kind == "s3":
        return Address(kind, f"s3://{found[2].lstrip('/')}", "")
    place, mark, table = found[2].rpartition("#")
    if not (mark and place and table):
        raise InputError(
            f"{kind} needs a table behind a #, as in "
            f"{'postgresql://me@host/data' if kind == 'postgresql' else f'{kind}:FILE'}#TABLE"
        )
    return Address(kind, f"{kind}://{place.lstrip('/')}" if kind == "postgresql" else place, table)


def shown(source: object) -> str:
    """Name what is read, without a secret: a file by its path, a table by its name.

    Parameters
    ----------
    source : object
        What is read.

    Returns
    -------
    str
        What to call it.

    Examples
    --------
    >>> shown("postgresql://me:secret@host/db#stays"), shown("a.csv")
    ('the table stays', 'a.csv')
    """
    address = address_of(source)
    return str(source) if address is None else address.name


def file_behind(source: str | Path) -> Path | None:
    """Find the file that is read, which is not to be written over.

    Parameters
    ----------
    source : str or Path
        A file or an address.

    Returns
    -------
    Path or None
        None for a server.
    """
    address = address_of(source)
    if address is None:
        return Path(source)
    return None if address.secret else Path(address.place)
