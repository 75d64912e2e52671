"""What to say where values are not what they should be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from whogains.errors import quotable

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?|[+-]?inf", re.IGNORECASE)
WITH_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
PERCENT = re.compile(r"[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)\s*%")
SAY_PERCENT = "if they are percentages, say percent=True (--percent)"
DROP = "fill them in, or leave these rows out by drop_missing_predictions=True "
DROP += "(--drop-missing-predictions)"


def percent_advice(low: float, high: float) -> str:
    """Advise where numbers look like percentages.

    Examples
    --------
    >>> percent_advice(0.0, 100.0)
    '; if they are percentages, say percent=True (--percent)'
    >>> percent_advice(-1.0, 2.0)
    ''
    """
    return f"; {SAY_PERCENT}" if low >= 0 and 1 < high <= 100 else ""


def advice_on_text(values: Sequence[str]) -> str:
    """Advise what to say where text stands among numbers.

    Parameters
    ----------
    values : sequence of str
        The first values that are no numbers.

    Returns
    -------
    str
        The end of a sentence.

    Examples
    --------
    >>> advice_on_text(["."])
    "if '.' means missing, say na='.' (--na .)"
    >>> advice_on_text(["0,5", "1,25"])
    "if its commas are decimal, say decimal=',' (--decimal ,)"
    >>> advice_on_text(["88.5%"])
    'if they are percentages, say percent=True (--percent)'
    >>> advice_on_text(["some", "words"])
    'convert it'
    """
    texts = [value.strip() for value in values]
    if texts and all(PERCENT.fullmatch(text) for text in texts):
        return SAY_PERCENT
    if texts and all(WITH_COMMA.fullmatch(text) for text in texts):
        return "if its commas are decimal, say decimal=',' (--decimal ,)"
    codes = list(dict.fromkeys(texts))
    if len(codes) == 1 and quotable(codes[0]):
        return f"if {codes[0]!r} means missing, say na={codes[0]!r} (--na {codes[0]})"
    return "convert it"


def advice_among_numbers(values: Sequence[object]) -> str:
    """Advise where some values are numbers and others are text; nothing where none is a number.

    Examples
    --------
    >>> advice_among_numbers(["0", "1", "."])
    "; if '.' means missing, say na='.' (--na .)"
    >>> advice_among_numbers(["a", "b", "c"])
    ''
    """
    texts = [str(value) for value in values]
    others = [text for text in texts if NUMBER.fullmatch(text.strip()) is None]
    return f"; {advice_on_text(others)}" if 0 < len(others) < len(texts) else ""
