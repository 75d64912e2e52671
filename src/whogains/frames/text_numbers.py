"""Numbers that a stray word has turned into text, and so into categories."""

from __future__ import annotations

import pandas as pd

# A coded category may look like numbers; a measurement has many.
MANY_VALUES = 20
MOSTLY = 0.8


def numbers_as_text_note(frame: pd.DataFrame) -> str | None:
    """Warn where a column of text holds mostly numbers.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        The columns to look at.

    Returns
    -------
    str or None
        What to tell the reader of the first such column, or None. A column is one if it is text
        with many values, four in five of which can be read as numbers.

    Examples
    --------
    >>> frame = pd.DataFrame({"age": [*map(str, range(18, 90)), "unknown"]})
    >>> numbers_as_text_note(frame)
    "column 'age' is text and taken for 73 categories, but most of its values are numbers: make it
    numeric, with missing values for the rest, if it is a measurement"
    """
    for name in frame.columns:
        if not (
            pd.api.types.is_object_dtype(frame[name]) or pd.api.types.is_string_dtype(frame[name])
        ):
            continue
        values = pd.Series(frame[name].dropna().unique())
        if len(values) < MANY_VALUES or not values.map(lambda value: isinstance(value, str)).all():
            continue
        numbers = pd.to_numeric(values, errors="coerce").notna().mean()
        if numbers >= MOSTLY:
            also = ", with missing values for the rest," if numbers < 1 else ""
            return (
                f"column {str(name)!r} is text and taken for {len(values)} categories, but most of "
                f"its values are numbers: make it numeric{also} if it is a measurement"
            )
    return None
