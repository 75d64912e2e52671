"""The page of `choosing.py`: what was measured, as tables."""

from __future__ import annotations

from typing import Any


def document(rows: list[dict[str, Any]]) -> str:
    """Write the page."""
    return ""
