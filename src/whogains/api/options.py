"""Keywords that several verbs take, declared once in the rooms that know them, told apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from whogains.files import FileOptions, Format
from whogains.frames import (
    GroupOptions,
    Shape,
    ShapeOptions,
    Survey,
    SurveyOptions,
    check_mapping,
    name_of,
)
from whogains.judging import SettingsOptions


class AuditOptions(SettingsOptions, GroupOptions, SurveyOptions, total=False):
    """The keywords of `Settings` and `Survey`, and of `Shape` those that make groups."""


class CompareOptions(SettingsOptions, ShapeOptions, SurveyOptions, total=False):
    """The keywords of `Settings`, `Shape` and `Survey`."""


class CompareFilesOptions(CompareOptions, FileOptions, total=False):
    """The keywords of `Settings`, `Shape`, `Survey` and `Format`."""


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


def survey_options(options: Mapping[str, Any]) -> tuple[Survey, dict[str, Any]]:
    """Tell how the sample was drawn from all else that is said."""
    survey, rest = _split(options, SurveyOptions)
    return Survey(**survey), rest


def _split(options: Mapping[str, Any], kind: type) -> tuple[dict[str, Any], dict[str, Any]]:
    names = kind.__annotations__.keys() | {
        name for base in getattr(kind, "__orig_bases__", ()) for name in base.__annotations__
    }
    mine = {name: value for name, value in options.items() if name in names}
    return mine, {name: value for name, value in options.items() if name not in names}


def named_columns(sample_weight: Any, cluster: Any, exposure: Any = None) -> dict[str, str | None]:
    """Name the columns of weights and clusters, None where there are none, and of exposures."""
    given = {"sample_weight": sample_weight, "cluster": cluster}
    given |= {} if exposure is None else {"exposure": exposure}
    return {key: None if each is None else name_of(each, "given") for key, each in given.items()}
