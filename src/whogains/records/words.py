"""The words and small types that all results share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

SCHEMA = 1

Verdict = Literal["gain", "harm", "no material difference", "cannot tell"]
GammaVerdict = Literal[
    "every group gains", "some group is harmed", "no material difference", "cannot tell"
]
Reason = Literal["untestable", "inconclusive", "too few rows", "one label"]
Number = float | None
Interval = tuple[Number, Number]
Levels = Mapping[str, str | None]


def group_label(levels: Levels) -> str:
    """Write a group's levels in one line; a missing level says which attribute is missing.

    Examples
    --------
    >>> group_label({"sex": "Male", "race": None})
    'Male, race missing'
    """
    return ", ".join(
        f"{name} missing" if level is None else level for name, level in levels.items()
    )


class Record:
    """What every result is made of: frozen fields, without a model and without a row."""

    __slots__ = ()


def cost_title(
    label: str,
    explainer: str | None,
    keep: float | int | None,
    kept: tuple[int, int, int] | None = None,
) -> str:
    """Name a cost in words, with its explainer and the share or number kept where it has them."""
    if explainer is None:
        return label
    if keep is None:
        return f"{label} ({explainer}, mean over keep)"
    if kept is not None:
        count, generic, personalized = kept
        of = f"{generic}" if generic == personalized else f"{generic} and of {personalized}"
        return f"{label} ({explainer}, keeps {count} of {of})"
    share = f"{keep:.0%}" if isinstance(keep, float) else f"{keep} features"
    return f"{label} ({explainer}, keep {share})"
