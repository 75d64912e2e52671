"""Keywords that several verbs take, declared once in the rooms that know them, told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from whogains.files import FileOptions, Format
from whogains.frames import GroupOptions, Shape, ShapeOptions, check_mapping
from whogains.judging import SettingsOptions


class AuditOptions(SettingsOptions, GroupOptions, total=False):
    """The keywords of `Settings`, and of `Shape` those that make groups."""


class CompareOptions(SettingsOptions, ShapeOptions, total=False):
    """The keywords of `Settings` and of `Shape`."""


class CompareFilesOptions(CompareOptions, FileOptions, total=False):
    """The keywords of `Settings`, `Shape` and `Format`."""


class GatherOptions(ShapeOptions, FileOptions, total=False):
    """The keywords of `Shape` and `Format`."""


def file_options(options: Mapping[str, Any]) -> tuple[Format, dict[str, Any]]:
    """Tell how text files are written from all else that is said."""
    form, rest = _split(options, FileOptions)
    return Format(**cast("FileOptions", form)), rest


def shape_options(options: Mapping[str, Any]) -> tuple[Shape, dict[str, Any]]:
    """Tell how values are meant from all else that is said."""
    shape, rest = _split(options, ShapeOptions)
    check_mapping(bands=shape.get("bands"), labels=shape.get("labels"))
    of_labels = shape.get("labels") or {}
    check_mapping(**{f"labels of {name!r}": each for name, each in of_labels.items()})
    return Shape(**shape), rest


def _split(options: Mapping[str, Any], kind: type) -> tuple[dict[str, Any], dict[str, Any]]:
    names = kind.__annotations__.keys() | {
        name for base in getattr(kind, "__orig_bases__", ()) for name in base.__annotations__
    }
    mine = {name: value for name, value in options.items() if name in names}
    return mine, {name: value for name, value in options.items() if name not in names}
