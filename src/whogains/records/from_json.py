"""From JSON values to the frozen results that they mirror, checked on the way."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from whogains.errors import InputError
from whogains.records.audit import AuditRecord
from whogains.records.checks import check_watch, wrong_in
from whogains.records.choice import ChoiceRecord
from whogains.records.watch import WatchRecord
from whogains.records.words import SCHEMA

# What JSON has for each type: true is no number, and 1 is as good as 1.0.
PLAIN: dict[Any, tuple[type, ...]] = {float: (int, float), int: (int,), str: (str,), bool: (bool,)}
MOST = sys.float_info.max


class MismatchError(ValueError):
    """A value is not of the kind that its place asks for; the message names the place."""


def read_as(kind: Any, value: Any, names: Mapping[str, Any], place: str = "$") -> Any:
    """Build what a type describes from JSON values.

    Parameters
    ----------
    kind : type
        A dataclass, or what its fields are annotated with: plain types, literals, unions, tuples
        and mappings.
    value : JSON value
        What to read. Keys that a dataclass does not have are passed over.
    names : mapping of str to type
        What names in annotations stand for.
    place : str
        Where the value stands, for the message.

    Returns
    -------
    object
        The value as that type: lists as tuples, dictionaries as dataclasses where these are asked
        for.

    Raises
    ------
    MismatchError
        If the value is of another kind, or a field without a default is missing.

    Examples
    --------
    >>> read_as(tuple[float | None, ...], [1, None], {})
    (1, None)
    >>> read_as(Literal["gain"], "loss", {}, "$.verdict")
    Traceback (most recent call last):
    whogains.records.from_json.MismatchError: $.verdict is 'loss', not 'gain'
    """
    origin, parts = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _read_fields(kind, _checked(dict, value, place), names, place)
    if origin in (Union, UnionType):
        return _read_one_of(parts, value, names, place)
    if origin is tuple:
        return _read_items(parts, _checked(list, value, place), names, place)
    if origin is Mapping:
        content = _checked(dict, value, place)
        return {key: read_as(parts[1], content[key], names, f"{place}.{key}") for key in content}
    if origin is Literal and value not in parts:
        raise MismatchError(f"{place} is {value!r:.60}, not {_listed(parts)}")
    return value if kind is Any or origin is Literal else _read_plain(kind, value, place)


def _read_fields(kind: Any, content: dict[str, Any], names: Mapping[str, Any], place: str) -> Any:
    hints = get_type_hints(kind, localns=dict(names))
    return kind(
        **{
            field.name: read_as(
                hints[field.name], content[field.name], names, f"{place}.{field.name}"
            )
            for field in fields(kind)
            if _is_there(field, content, place)
        }
    )


def _read_items(
    kinds: tuple[Any, ...], items: list[Any], names: Mapping[str, Any], place: str
) -> tuple[Any, ...]:
    of_each = [kinds[0]] * len(items) if kinds[1:] == (...,) else list(kinds)
    if len(of_each) != len(items):
        raise MismatchError(f"{place} has {len(items)} values, not {len(of_each)}")
    return tuple(
        read_as(kind, item, names, f"{place}[{i}]")
        for i, (kind, item) in enumerate(zip(of_each, items, strict=True))
    )


def _read_plain(kind: Any, value: Any, place: str) -> Any:
    if isinstance(value, bool) != (kind is bool) or not isinstance(value, PLAIN[kind]):
        raise MismatchError(f"{place} is {value!r:.60}, not {_name(kind)}")
    # Python reads NaN, 1e999 and whole numbers of any size, which JSON has for nothing.
    if isinstance(value, str):
        # What UTF-8 does not have is written as its code, as everywhere.
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, int | float) and not -MOST <= value <= MOST:
        raise MismatchError(f"{place} is {value!r:.60}, not a finite number")
    return value


def _is_there(field: Field[Any], content: dict[str, Any], place: str) -> bool:
    if field.name in content:
        return True
    if field.default is MISSING and field.default_factory is MISSING:
        raise MismatchError(f"{place}.{field.name} is missing")
    return False


def _read_one_of(kinds: tuple[Any, ...], value: Any, names: Mapping[str, Any], place: str) -> Any:
    if value is None and NoneType in kinds:
        return None
    problem: MismatchError | None = None
    for kind in kinds:
        if kind is not NoneType:
            try:
                return read_as(kind, value, names, place)
            except MismatchError as error:
                problem = problem or error
    raise problem or MismatchError(f"{place} is {value!r:.60}, not null")


def _checked(kind: type, value: Any, place: str) -> Any:
    if not isinstance(value, kind):
        raise MismatchError(f"{place} is {value!r:.60}, not {_name(kind)}")
    return value


def _listed(values: tuple[Any, ...]) -> str:
    return " or ".join(repr(value) for value in values)


def _name(kind: Any) -> str:
    named = {float: "a number", int: "a whole number", str: "text", bool: "true or false"}
    return {**named, dict: "an object", list: "a list"}.get(kind, "null")


def from_dict(content: Any, name: str = "this") -> AuditRecord | ChoiceRecord | WatchRecord:
    """Build the record of an audit, a choice or a watch from JSON values.

    Parameters
    ----------
    content : dict
        What `to_dict` gives; keys that this version does not know are passed over.
    name : str
        What to call the content in an error.

    Returns
    -------
    AuditRecord, ChoiceRecord or WatchRecord
        A record equal to the one that was converted.

    Raises
    ------
    InputError
        If the content is no audit, choice or watch in schema 1.
    """
    is_choice = isinstance(content, dict) and {"lattice", "routing"} <= content.keys()
    if not is_choice and (not isinstance(content, dict) or "costs" not in content):
        raise InputError(f"{name} is not an audit: it has no list of costs, nor a choice")
    is_watch = {"batches", "alarms"} <= content.keys()
    kind = "choice" if is_choice else "watch" if is_watch else "audit"
    if content.get("schema") != SCHEMA:
        raise InputError(
            f"{name} has schema {content.get('schema')!r}; this version reads schema {SCHEMA}"
        )
    try:
        kinds = {"choice": ChoiceRecord, "watch": WatchRecord, "audit": AuditRecord}
        found: AuditRecord | ChoiceRecord | WatchRecord = read_as(kinds[kind], content, {})
    except MismatchError as error:
        raise InputError(f"{name} is not a whole {kind}: {error}") from None
    if isinstance(found, WatchRecord):
        check_watch(found, name)
    wrong = wrong_in(found) if isinstance(found, AuditRecord) else None
    if wrong is not None:
        raise InputError(f"{name} is not a whole audit: {wrong}")
    return found
