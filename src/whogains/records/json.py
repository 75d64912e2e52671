"""Records as JSON and back: schema 1, in which keys may be added and are never renamed."""

from __future__ import annotations

import json
import zlib
from dataclasses import fields, is_dataclass
from gzip import BadGzipFile, GzipFile
from io import BytesIO
from pathlib import Path
from typing import Any

from whogains.errors import InputError
from whogains.files import read_whole
from whogains.records.audit import AuditRecord
from whogains.records.choice import ChoiceRecord
from whogains.records.for_regulators import for_the_file
from whogains.records.from_json import from_dict
from whogains.records.plan import PlanRecord
from whogains.records.watch import WatchRecord
from whogains.records.words import SCHEMA, Record

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


def to_dict(record: Record) -> dict[str, Any]:
    """Give a record as JSON values.

    Parameters
    ----------
    record : AuditRecord, ChangesRecord, ChoiceRecord, PlanRecord or WatchRecord
        What to convert.

    Returns
    -------
    dict
        Keys as in the documentation of the JSON file, `schema` first.
    """
    content = {"schema": SCHEMA, **plain_values(record)}
    if isinstance(record, PlanRecord):
        # A plan has its curve beside the limits, and what a group can tell alone at its group.
        del content["limits"]["curve"], content["curve"]["untestable_alone"]
    if isinstance(record, AuditRecord):
        content["for_the_file"] = [plain_values(each) for each in for_the_file(record)]
    return content


def read_json(path: str | Path) -> AuditRecord | ChoiceRecord | WatchRecord:
    """Read an audit, a choice or a watch that was saved as JSON.

    Parameters
    ----------
    path : str or Path
        The file, which may be compressed by gzip, as a page saves it without script.

    Returns
    -------
    AuditRecord, ChoiceRecord or WatchRecord
        A record equal to the one that was written.

    Raises
    ------
    InputError
        If the file does not exist, is not JSON, or is no audit, choice or watch in schema 1.
    """
    data = read_whole(path)
    try:
        if data.startswith(GZIP_MAGIC):
            with GzipFile(fileobj=BytesIO(data)) as packed:
                data = packed.read(MOST_UNPACKED + 1)
            if len(data) > MOST_UNPACKED:
                raise InputError(f"{path} holds more than {MOST_UNPACKED // 2**20} MiB")
        text = data.decode()
    except (EOFError, BadGzipFile, zlib.error) as error:
        raise InputError(f"{path} is not a whole gzip file: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not JSON: it is no text in UTF-8") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path} is not JSON, which `whogains audit --json` writes: {error}"
        ) from None
    return from_dict(content, str(path))
