"""JSON as the files of this package hold it: written once, the same bytes for the same content."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def json_text(content: Mapping[str, Any]) -> str:
    """Write JSON values as text that ends with a line feed; NaN and infinity are refused.

    Raises
    ------
    ValueError
        If a number is NaN or infinite, since JSON has neither.

    Examples
    --------
    >>> print(json_text({"n": 3, "of": ["é"]}), end="")
    {
     "n": 3,
     "of": [
      "é"
     ]
    }
    """
    return "".join(json_parts(content))


def json_parts(content: Mapping[str, Any]) -> Iterator[str]:
    """Write what `json_text` gives, a small part at a time."""
    yield from json.JSONEncoder(indent=1, ensure_ascii=False, allow_nan=False).iterencode(content)
    yield "\n"
