"""What a user says of how text files are written."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from whogains.errors import InputError


class FileOptions(TypedDict, total=False):
    """The keywords of `Format`, for functions that read files."""

    separator: str | None
    decimal: str | None
    encoding: str | None
    na: str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Format:
    """What a user says of how text files are written; the rest is found.

    Parameters
    ----------
    separator : str, optional
        The character between fields.
    decimal : {".", ","}, optional
        The mark of decimals.
    encoding : str, optional
        Any encoding that Python knows.
    na : str or sequence of str
        Codes of missing values, as they are written, besides empty fields, NA, NaN, null and None.

    Raises
    ------
    InputError
        If one of them cannot be.
    """

    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    na: str | Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.separator is not None and (len(self.separator) != 1 or self.separator in '"\r\n'):
            raise InputError(f"separator must be one character, not {self.separator!r}")
        if self.decimal not in {None, ".", ","}:
            raise InputError(f"decimal must be '.' or ',', not {self.decimal!r}")
        if self.decimal is not None and self.decimal == self.separator:
            raise InputError(f"separator and decimal cannot both be {self.decimal!r}")
        if self.encoding is not None:
            try:
                codecs.lookup(self.encoding)
            except LookupError:
                raise InputError(
                    f"encoding {self.encoding!r} is unknown; it is a name such as latin-1 or utf-16"
                ) from None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of missing values as a tuple."""
        return (self.na,) if isinstance(self.na, str) else tuple(self.na)

    @property
    def asked(self) -> list[str]:
        """What was said, by its keywords."""
        return [name for name in ("separator", "decimal", "encoding", "na") if getattr(self, name)]


def check_form(name: object, form: Format | None) -> None:
    """Refuse what is said of text files where there is none.

    Raises
    ------
    InputError
        If anything is.
    """
    if form is not None and form.asked:
        raise InputError(f"{form.asked[0]} is for text files such as CSV, and {name} is none")
