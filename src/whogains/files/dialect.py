"""How a text file is written: what separates its fields, its decimals, its encoding; found once.

Memory, scans and evidence ask `sniff`, so that one file is the same table to all of them.
"""

from __future__ import annotations

import codecs
import csv
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from whogains.errors import InputError
from whogains.files.format import Format
from whogains.files.gzipped import opened

# Values that are missing in every file.
MISSING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")
# So much is looked at to tell the encoding, and so many rows for the rest.
HEAD = 64 * 2**20
TEXT = 2**20
ROWS = 1000
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ENCODINGS = {
    "utf-8-sig": "UTF-8 with a byte order mark",
    "cp1252": "Windows-1252 (Latin-1)",
    "iso8859-1": "Latin-1",
}
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
EXPONENT = r"(?:[eE][+-]?[0-9]+)?\s*%?"
WITH_POINT = re.compile(rf"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+){EXPONENT}")
WITH_COMMA = re.compile(rf"[+-]?(?:[0-9]+,[0-9]*|,[0-9]+){EXPONENT}")
WHOLE = re.compile(r"[+-]?[0-9]+\s*%?")
# 1,234 may be a thousand or one and a bit.
THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one text file is read.

    Parameters
    ----------
    separator : str
        What separates fields.
    decimal : {".", ","} or None
        The mark of decimals; None where none was seen.
    encoding : str
        As Python names it.
    missing : tuple of str
        Every value that is missing, as it is written.
    """

    separator: str = ","
    decimal: str | None = None
    encoding: str = "utf-8"
    missing: tuple[str, ...] = MISSING

    @property
    def mark(self) -> str:
        """The mark of decimals, a point where none was seen."""
        return self.decimal or "."

    @property
    def utf8(self) -> bool:
        """Whether DuckDB and Arrow read the text as it is."""
        return self.encoding in {"utf-8", "utf-8-sig", "ascii"}

    def words(self, path: str | Path) -> str | None:
        """Say how the file is read where that is not what its name promises.

        Examples
        --------
        >>> Dialect(";", ",", "utf-16").words("rows.csv")
        'fields separated by semicolons, decimal commas, text in UTF-16'
        >>> Dialect().words("rows.csv")
        """
        said = []
        if self.separator != expected(path):
            said.append(
                f"fields separated by {SEPARATORS.get(self.separator, repr(self.separator))}"
            )
        if self.decimal == ",":
            said.append("decimal commas")
        if self.encoding not in {"utf-8", "ascii"}:
            said.append(f"text in {ENCODINGS.get(self.encoding, self.encoding.upper())}")
        codes = [code for code in self.missing if code not in MISSING]
        if codes:
            said.append(f"also missing: {', '.join(map(repr, codes))}")
        return ", ".join(said) or None


def expected(path: str | Path) -> str:
    """Give the separator that a file's name promises."""
    return "\t" if str(path).lower().endswith((".tsv", ".tsv.gz")) else ","


def sniff(path: str | Path, asked: Format | None = None) -> Dialect:
    """Find how a text file is written.

    Parameters
    ----------
    path : str or Path
        The file, plain or with .gz.
    asked : Format, optional
        What is known of it, which is not looked for.

    Returns
    -------
    Dialect
        The separator whose fields are as many in every row as in the first; of several the one with
        most fields, then with most numbers, then the one that the name promises. A decimal comma
        where numbers have commas and no number has a point. The encoding by its byte order mark,
        else UTF-8 if the first 64 MiB are that, else Windows-1252, of which Latin-1 is a part. A
        file that cannot be read is taken for what its name promises: who reads it says what is
        wrong.

    Raises
    ------
    InputError
        If the text is not in the encoding asked for.
    """
    asked = Format() if asked is None else asked
    missing = (*MISSING, *(code for code in asked.codes if code not in MISSING))
    try:
        with opened(path) as file:
            sample = file.read(HEAD)
    except (OSError, EOFError, zlib.error):
        sample = b""
    encoding = _encoding(sample) if asked.encoding is None else codecs.lookup(asked.encoding).name
    part = sample[: 4 * TEXT]
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(part, final=len(part) == len(sample))
    except UnicodeDecodeError:
        if asked.encoding is not None:
            raise InputError(f"{path} is not in {asked.encoding}; name another encoding") from None
        text = part.decode("latin-1")
    text = text.removeprefix("\ufeff")
    whole = len(text) <= TEXT and len(part) == len(sample)
    text = text[:TEXT]
    separator = asked.separator or _separator(text, expected(path), whole=whole)
    decimal = asked.decimal
    if decimal is None:
        decimal = _decimal(_rows(text, separator, whole=whole)[1:], missing)
    return Dialect(separator, decimal, encoding, missing)


def _encoding(sample: bytes) -> str:
    for mark, name in BOMS:
        if sample.startswith(mark):
            return name
    if b"\0" in sample[:4096]:
        return _without_mark(sample[:4096])
    # Every byte is a letter of Latin-1.
    return next(name for name in ("utf-8", "cp1252", "iso8859-1") if _fits(sample, name))


def _without_mark(start: bytes) -> str:
    """Tell UTF-16 by where its zeros are; bytes that are no text are for the reader to refuse."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    many = 0.4 * len(start) / 2
    if odd > many > 4 * even:
        return "utf-16-le"
    return "utf-16-be" if even > many > 4 * odd else "utf-8"


def _fits(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample, final=len(sample) < HEAD)
    except UnicodeDecodeError:
        return False
    return True


def _rows(text: str, separator: str, *, whole: bool) -> list[list[str]]:
    """Split the first rows; none where they cannot be split so."""
    found = []
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=separator):
            if row:
                found.append(row)
            if len(found) > ROWS:
                return found
    except csv.Error:
        return []
    # The last one may be cut off.
    return found if whole or len(found) < 2 else found[:-1]


def _separator(text: str, expected: str, *, whole: bool) -> str:
    best, fit = expected, (0.0, 0, 0)
    for mark in dict.fromkeys((expected, *SEPARATORS)):
        rows = _rows(text, mark, whole=whole)
        if not rows or len(rows[0]) < 2:
            continue
        width = len(rows[0])
        alike = sum(len(row) == width for row in rows) / len(rows)
        numbers = sum(_is_number(value) for row in rows[1:100] for value in row)
        mine = (alike, width, numbers)
        if mine > fit:
            best, fit = mark, mine
    return best


def _is_number(value: str) -> bool:
    return any(each.fullmatch(value.strip()) for each in (WHOLE, WITH_POINT, WITH_COMMA))


def _decimal(rows: Sequence[Sequence[str]], missing: Sequence[str]) -> str | None:
    seen = set()
    for column in _columns(rows):
        values = [value for value in map(str.strip, column) if value not in missing]
        points = sum(WITH_POINT.fullmatch(value) is not None for value in values)
        with_comma = [value for value in values if WITH_COMMA.fullmatch(value)]
        whole = sum(WHOLE.fullmatch(value) is not None for value in values)
        if points + len(with_comma) + whole < len(values) / 2:
            continue
        if points:
            seen.add(".")
        if not points and any(not THOUSANDS.fullmatch(value) for value in with_comma):
            seen.add(",")
    return seen.pop() if len(seen) == 1 else None


def _columns(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    for j in range(len(rows[0]) if rows else 0):
        yield [row[j] for row in rows if len(row) > j]


def sniff_all(files: Sequence[str], asked: Format | None = None) -> dict[str, Dialect]:
    """Find how each of several text files is written, which are one table.

    Parameters
    ----------
    files : sequence of str
        The files.
    asked : Format, optional
        What is known of all of them.

    Returns
    -------
    dict of str to Dialect
        By file, with one mark of decimals.

    Raises
    ------
    InputError
        If one has decimal commas and another one decimal points.
    """
    found = {file: sniff(file, asked) for file in files}
    marks = {each.decimal: file for file, each in reversed(found.items()) if each.decimal}
    if len(marks) > 1:
        raise InputError(
            f"{marks[',']} has decimal commas and {marks['.']} has decimal points; write both in "
            "one way"
        )
    mark = next(iter(marks), None)
    return {
        file: Dialect(each.separator, mark, each.encoding, each.missing)
        for file, each in found.items()
    }


def words_of(dialects: Mapping[str, Dialect], name: str) -> str | None:
    """Say how text files are read, in one line.

    Parameters
    ----------
    dialects : mapping of str to Dialect
        By file.
    name : str
        What they are called together.

    Returns
    -------
    str or None
        Which files, and how; None where all are as their names promise.
    """
    by_words: dict[str, list[str]] = {}
    for file, each in dialects.items():
        said = each.words(file)
        if said is not None:
            by_words.setdefault(said, []).append(Path(file).name)
    if not by_words:
        return None
    if len(by_words) == 1 and len(dialects) > 1:
        said, files = next(iter(by_words.items()))
        if len(files) == len(dialects):
            return f"{name} is read with {said}"
    parts = [
        f"{files[0]}{f' and {len(files) - 1} more' if len(files) > 1 else ''} is read with {said}"
        for said, files in by_words.items()
    ]
    return "; ".join(parts)
