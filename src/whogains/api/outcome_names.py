"""Names of outcomes that too few people have: no result says them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from whogains.evidence import Evidence, Rows, few_outcomes, few_units
from whogains.frames import is_plain_outcome
from whogains.records import AuditRecord, ChoiceRecord, WatchRecord

Found = TypeVar("Found", AuditRecord, ChoiceRecord, WatchRecord)
# What stands in their place.
NOT_NAMED = "(not named)"


def unnamed_outcomes(
    evidence: Evidence, positive: Any, negative: Any, min_cell: int
) -> tuple[str, ...]:
    """Find the names of a classification's outcomes that are not to be said.

    Parameters
    ----------
    evidence : Evidence
        The sums of everybody who is shown.
    positive, negative : object
        The values that count as 1 and as 0; None where there are none.
    min_cell : int
        The disclosure threshold.

    Returns
    -------
    tuple of str
        Those that too few have, unless everybody knows what they are called: numbers, and words
        such as yes and no.
    """
    if not evidence.costs or evidence.costs[0].cost.task != "classification":
        return ()
    few = few_outcomes(evidence.costs[0].population, min_cell)
    return tuple(
        str(value)
        for value, hide in zip((positive, negative), few, strict=True)
        if hide and value is not None and not is_plain_outcome(value)
    )


def outcome_name(value: Any, unnamed: Sequence[str]) -> str | None:
    """Give an outcome's name, or what stands in its place."""
    if value is None:
        return None
    return NOT_NAMED if str(value) in unnamed else str(value)


def unsaid(text: str, unnamed: Sequence[str]) -> str:
    """Take names in quotes out of a sentence, however they are written.

    Examples
    --------
    >>> unsaid("y: 'HIV+' counts as 1 and 'none' as 0", ["HIV+"])
    "y: (not named) counts as 1 and 'none' as 0"
    """
    for name in unnamed:
        quoted = rf"(['\"])\s*{re.escape(name.strip())}\s*\1"
        text = re.sub(quoted, NOT_NAMED, text, flags=re.IGNORECASE)
    return text


def without_names(record: Found, unnamed: Sequence[str]) -> Found:
    """Take names of outcomes out of the notes and warnings of a result.

    Parameters
    ----------
    record : AuditRecord, ChoiceRecord or WatchRecord
        The result.
    unnamed : sequence of str
        The names.

    Returns
    -------
    AuditRecord, ChoiceRecord or WatchRecord
        Without them.
    """
    if not unnamed:
        return record
    return replace(
        record,
        notes=tuple(unsaid(note, unnamed) for note in record.notes),
        warnings=tuple(replace(each, text=unsaid(each.text, unnamed)) for each in record.warnings),
    )


def few_of_classes(rows: Rows, classes: int, min_cell: int) -> tuple[bool, ...]:
    """Find the classes that too few of the people who are shown have, or nobody.

    Parameters
    ----------
    rows : Rows
        The rows, whose outcome is the number of a class.
    classes : int
        How many there are.
    min_cell : int
        The disclosure threshold; with 0 none has too few.

    Returns
    -------
    tuple of bool
        One for each class.
    """
    if not min_cell or not classes:
        return (False,) * classes
    found = few_units(
        rows.y_true.astype(np.int64),
        classes,
        min_cell,
        sample_weight=rows.sample_weight,
        cluster=rows.cluster,
    )
    return tuple(bool(each) for each in found)


def named_classes(classes: Sequence[str], few: Sequence[bool]) -> tuple[str, ...]:
    """Give the names of classes, and what stands in the place of those that too few have."""
    return tuple(NOT_NAMED if hide else name for name, hide in zip(classes, few, strict=True))
