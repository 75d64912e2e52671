"""Findings as JSON and back: schema 1, in which keys may be added and are never renamed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from gzip import BadGzipFile, GzipFile
from io import BytesIO
from pathlib import Path
from typing import Any

from whogains.errors import InputError
from whogains.evidence.store import write_aside
from whogains.findings import results
from whogains.findings.found import Findings
from whogains.findings.reading import MismatchError, read_as
from whogains.findings.results import SCHEMA

GZIP_MAGIC = b"\x1f\x8b"
# A small file can unpack to more than any memory; the largest audits take some 100 MB.
MOST_UNPACKED = 2**30


def plain_values(value: Any) -> Any:
    """Turn dataclasses and tuples into the dictionaries and lists that JSON has.

    Parameters
    ----------
    value : dataclass, mapping, sequence, str, number, bool or None
        What to convert.

    Returns
    -------
    JSON value
        The same content.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain_values(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain_values(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain_values(item) for item in value]
    return value


def to_dict(findings: Findings) -> dict[str, Any]:
    """Give findings as JSON values.

    Parameters
    ----------
    findings : Findings
        What to convert.

    Returns
    -------
    dict
        Keys as in the documentation of the JSON file, `schema` first.
    """
    return {"schema": SCHEMA, **plain_values(findings)}


def to_json(findings: Findings, path: str | Path | None = None) -> str:
    """Give findings as JSON text, and write it where a path is given.

    Parameters
    ----------
    findings : Findings
        What to write.
    path : str or Path, optional
        A file to write; none by default.

    Returns
    -------
    str
        The text, which ends with a line feed.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    text = as_text(to_dict(findings))
    if path is not None:
        write_text(path, text)
    return text


def as_text(content: dict[str, Any]) -> str:
    """Write JSON values as text.

    Parameters
    ----------
    content : dict
        JSON values; NaN and infinity are refused, since JSON has none.

    Returns
    -------
    str
        The text, which ends with a line feed.
    """
    return "".join(text_parts(content))


def text_parts(content: dict[str, Any]) -> Iterator[str]:
    """Write JSON values as text, part by part.

    Parameters
    ----------
    content : dict
        As for `as_text`.

    Yields
    ------
    str
        A small part of what `as_text` gives.
    """
    yield from json.JSONEncoder(indent=1, ensure_ascii=False, allow_nan=False).iterencode(content)
    yield "\n"


def write_text(path: str | Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all, or say in one line why it cannot be.

    Parameters
    ----------
    path : str or Path
        The file.
    text : str
        Its content.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    # Lone surrogates can come from a file's names; they must not stop the report.
    write_aside(path, text)


def read_json(path: str | Path) -> Findings:
    """Read findings that `Findings.to_json` wrote.

    Parameters
    ----------
    path : str or Path
        The file, which may be compressed by gzip, as a page saves it without script.

    Returns
    -------
    Findings
        An object equal to the one that was written.

    Raises
    ------
    InputError
        If the file does not exist, is not JSON, or is not an audit in schema 1.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import whogains as wg
    >>> found = wg.compare([0, 1, 1, 0] * 5, generic=[.4, .6, .4, .6] * 5,
    ...                    personalized=[.1, .9, .8, .6] * 5, groups={"sex": list("ffmm") * 5})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "audit.json"
    ...     _ = found.to_json(file)
    ...     wg.read_json(file) == found
    True
    """
    try:
        data = Path(path).read_bytes()
        if data.startswith(GZIP_MAGIC):
            with GzipFile(fileobj=BytesIO(data)) as packed:
                data = packed.read(MOST_UNPACKED + 1)
            if len(data) > MOST_UNPACKED:
                raise InputError(f"{path} holds more than {MOST_UNPACKED // 2**20} MiB")
        text = data.decode()
    except FileNotFoundError:
        raise InputError(f"no such file: {path}") from None
    except (EOFError, BadGzipFile, zlib.error) as error:
        raise InputError(f"{path} is not a whole gzip file: {error}") from error
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not JSON: it is no text in UTF-8") from error
    try:
        content = json.loads(text)
    except ValueError as error:
        raise InputError(
            f"{path} is not JSON, which `whogains audit --json` writes: {error}"
        ) from None
    return from_dict(content, str(path))


def from_dict(content: Any, name: str = "this") -> Findings:
    """Build findings from JSON values.

    Parameters
    ----------
    content : dict
        What `to_dict` gives; keys that this version does not know are passed over.
    name : str
        What to call the content in an error.

    Returns
    -------
    Findings
        An object equal to the one that was converted.

    Raises
    ------
    InputError
        If the content is not an audit in schema 1.
    """
    if not isinstance(content, dict) or "costs" not in content:
        raise InputError(f"{name} is not an audit: it has no list of costs")
    if content.get("schema") != SCHEMA:
        raise InputError(
            f"{name} has schema {content.get('schema')!r}; this version reads schema {SCHEMA}"
        )
    try:
        found: Findings = read_as(Findings, content, vars(results))
    except MismatchError as error:
        raise InputError(f"{name} is not a whole audit: {error}") from None
    return found
