"""Reports: a terminal table, a self-contained page and charts, from findings alone."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from whogains.report.changes_html import changes_to_html
    from whogains.report.changes_text import changes_to_text, print_changes
    from whogains.report.csv import to_csv
    from whogains.report.html import to_html
    from whogains.report.markdown import to_markdown
    from whogains.report.notebook import to_notebook
    from whogains.report.plan_html import plan_to_html
    from whogains.report.plan_text import plan_to_text, print_plan
    from whogains.report.text import print_findings, to_text

__all__ = [
    "changes_to_html",
    "changes_to_text",
    "plan_to_html",
    "plan_to_text",
    "print_changes",
    "print_findings",
    "print_plan",
    "to_csv",
    "to_html",
    "to_markdown",
    "to_notebook",
    "to_text",
]

_HOMES = {
    "changes_to_html": "changes_html",
    "changes_to_text": "changes_text",
    "print_changes": "changes_text",
    "plan_to_html": "plan_html",
    "plan_to_text": "plan_text",
    "print_findings": "text",
    "print_plan": "plan_text",
    "to_csv": "csv",
    "to_html": "html",
    "to_markdown": "markdown",
    "to_notebook": "notebook",
    "to_text": "text",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: templates and charts are slow to load."""
    if name == "charts":
        return import_module("whogains.report.charts")
    if name in _HOMES:
        return getattr(import_module(f"whogains.report.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
