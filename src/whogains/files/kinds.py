"""What a column of a text file holds, by all of its values: one rule for every engine.

A text file says of no column what it holds. The first rows do not say it either: a file sorted by
sex begins with women, and "F" is no word for False. So every column is text until all its values
say otherwise, and Arrow and DuckDB are asked by the same patterns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

TextKind = Literal["empty", "integer", "real", "boolean", "day", "text"]

# Patterns of RE2 for whole values without blanks around them.
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?(?i:inf|infinity)"
PATTERNS = {
    "numbers": NUMBER,
    # So many digits have their own 64-bit integer; more are a name, and no quantity.
    "whole": r"[+-]?[0-9]{1,18}",
    "long": r"[+-]?[0-9]{19,}",
    # Written as any program writes a number: '01' and '+1' say more than 1 does.
    "plain": r"-?((0|[1-9][0-9]{0,14})(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?",
    "booleans": r"(?i:true|false)",
    "days": r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([ T][0-9:.+Z-]+)?",
}


def patterns_of(decimal: str = ".") -> dict[str, str]:
    """Give `PATTERNS` for numbers with a point or with a comma.

    Examples
    --------
    >>> import re
    >>> [bool(re.fullmatch(patterns_of(",")["numbers"], each)) for each in ("0,5", "0.5", "5")]
    [True, False, True]
    """
    if decimal == ".":
        return PATTERNS
    return PATTERNS | {
        name: PATTERNS[name].replace(r"\.", decimal) for name in ("numbers", "plain")
    }


# So many values say whether they repeat.
FIRST_ROWS = 10_000


def judge(present: int, count: Callable[[str], int], *, levels: bool = False) -> TextKind:
    """Judge a column by how many of its values match each of `PATTERNS`.

    Parameters
    ----------
    present : int
        Values that are not missing.
    count : callable
        From the name of a pattern to how many of these values match it; it is called no more often
        than it must be.
    levels : bool
        Whether the values name levels, as those of a personal attribute do: one '01' among them
        then makes all of them text.

    Returns
    -------
    {"empty", "integer", "real", "boolean", "day", "text"}
        Numbers only where all values are, and none is a whole number of more than 18 digits;
        truth values only where all are the words true and false.

    Examples
    --------
    >>> judge(3, {"numbers": 3, "long": 0, "whole": 2}.__getitem__)
    'real'
    >>> judge(3, {"numbers": 2, "booleans": 0, "days": 0}.__getitem__)
    'text'
    """
    if present == 0:
        return "empty"
    if count("numbers") == present and not count("long"):
        if levels and count("plain") < present:
            return "text"
        return "integer" if count("whole") == present else "real"
    if count("booleans") == present:
        return "boolean"
    return "day" if count("days") == present else "text"


def typed(values: pa.ChunkedArray, decimal: str = ".", *, levels: bool = False) -> pa.ChunkedArray:
    """Turn a column of text into what it holds; text that is nothing else stays as written.

    Parameters
    ----------
    values : pyarrow.ChunkedArray of string
        The column.
    decimal : {".", ","}
        The mark of decimals.
    levels : bool
        Whether they name levels: see `judge`.

    Returns
    -------
    pyarrow.ChunkedArray
        64-bit integers or floats, truth values, times, text, or nulls where every value is
        missing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> typed(pa.chunked_array([["1", None, "2.5"]])).to_pylist()
    [1.0, None, 2.5]
    >>> typed(pa.chunked_array([["F", "F"]])).to_pylist()
    ['F', 'F']
    >>> typed(pa.chunked_array([["01", "1"]]), levels=True).to_pylist()
    ['01', '1']
    >>> typed(pa.chunked_array([["2024-07-01"]]), levels=True).to_pylist()
    ['2024-07-01']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    patterns = patterns_of(decimal)
    trimmed = pc.utf8_trim_whitespace(values)
    # Where values repeat, each is looked at once.
    repeat = len(values.slice(0, FIRST_ROWS).unique()) < FIRST_ROWS / 5
    looked_at = (trimmed.unique() if repeat else trimmed).drop_null()

    def count(name: str) -> int:
        found = pc.sum(pc.match_substring_regex(looked_at, f"^(?:{patterns[name]})$"))
        return int(found.as_py() or 0)

    kind = judge(len(looked_at), count, levels=levels)
    if kind == "empty":
        return pa.chunked_array([pa.nulls(len(values))])
    if kind == "text" or (levels and kind == "day"):
        # A day is a level as it is written.
        return values
    if kind == "day":
        try:
            return pc.cast(trimmed, pa.timestamp("us"))
        except pa.ArrowInvalid:
            return values
    if kind == "boolean":
        return truth_values(values)
    if pc.any(pc.starts_with(looked_at, "+")).as_py():
        trimmed = pc.replace_substring_regex(trimmed, r"^\+", "")
    if decimal != ".":
        trimmed = pc.replace_substring(trimmed, decimal, ".")
    return pc.cast(trimmed, pa.int64() if kind == "integer" else pa.float64())


def truth_values(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Turn a column of the words true and false into truth values.

    Examples
    --------
    >>> import pyarrow as pa
    >>> truth_values(pa.chunked_array([["true", None, " FALSE"]])).to_pylist()
    [True, None, False]
    """
    import pyarrow.compute as pc

    return pc.equal(pc.utf8_lower(pc.utf8_trim_whitespace(values)), "true")
