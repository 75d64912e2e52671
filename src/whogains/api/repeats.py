"""Rows of one person: a column that looks like a repeated id, and nobody said cluster."""

from __future__ import annotations

import re

import pandas as pd

ID_WORD = re.compile(
    "ids?|identifier|uu?id|pid|mrn|ssn|seqn|case|patient|person|subject|participant|respondent"
    "|student|pupil|customer|client|member|user|employee|household"
)
# A category may be called "case" or "member"; an id has many values.
MANY_VALUES = 20


def looks_like_id(name: str) -> bool:
    """Say whether a column's name is that of an id.

    Parameters
    ----------
    name : str
        The column.

    Returns
    -------
    bool
        Whether one of the words in it is.

    Examples
    --------
    >>> looks_like_id("patient_id"), looks_like_id("subjectID"), looks_like_id("humidity")
    (True, True, False)
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return any(ID_WORD.fullmatch(word) for word in re.findall(r"[a-z]+", apart.lower()))


def repeated_id_note(frame: pd.DataFrame) -> str | None:
    """Warn where people seem to stand in several rows.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        The columns to look at.

    Returns
    -------
    str or None
        What to tell the reader, or None. A column is taken for a repeated id if its name says so
        and it has many values, which repeat, and which are no measurements.

    Examples
    --------
    >>> frame = pd.DataFrame({"patient_id": [i // 2 for i in range(100)]})
    >>> repeated_id_note(frame)
    "column 'patient_id' looks like a repeated id (50 values in 100 rows) and no cluster was given:
    if rows of one id depend on each other, all intervals are too narrow; give cluster='patient_id'"
    """
    for name in frame.columns:
        if not looks_like_id(str(name)):
            continue
        values = frame[name].dropna()
        distinct = values.nunique()
        fractional = pd.api.types.is_float_dtype(values) and bool((values % 1 != 0).any())
        if MANY_VALUES <= distinct < len(values) and not fractional:
            return (
                f"column {name!r} looks like a repeated id ({distinct} values in {len(values)} "
                "rows) and no cluster was given: if rows of one id depend on each other, all "
                f"intervals are too narrow; give cluster={name!r}"
            )
    return None
