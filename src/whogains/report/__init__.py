"""Reports: a terminal table, a self-contained page and charts, from records alone."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from whogains.report.results import (
    as_csv,
    as_markdown,
    as_notebook,
    as_page,
    as_table,
    as_text,
    show,
)

if TYPE_CHECKING:
    from whogains.report.audit_html import make_page, to_html
    from whogains.report.audit_text import print_findings, to_text
    from whogains.report.changes_html import changes_to_html
    from whogains.report.changes_text import changes_to_text, print_changes
    from whogains.report.markdown import to_markdown
    from whogains.report.pandas_tables import gamma_table
    from whogains.report.plan_html import plan_to_html
    from whogains.report.plan_sentences import sentences
    from whogains.report.plan_text import plan_to_text, print_plan
    from whogains.report.plots import Plots

__all__ = [
    "Plots",
    "as_csv",
    "as_markdown",
    "as_notebook",
    "as_page",
    "as_table",
    "as_text",
    "changes_to_html",
    "changes_to_text",
    "gamma_table",
    "make_page",
    "plan_to_html",
    "plan_to_text",
    "print_changes",
    "print_findings",
    "print_plan",
    "sentences",
    "show",
    "to_html",
    "to_markdown",
    "to_text",
]

_HOMES = {
    "Plots": "plots",
    "changes_to_html": "changes_html",
    "changes_to_text": "changes_text",
    "gamma_table": "frames",
    "make_page": "html",
    "plan_to_html": "plan_html",
    "plan_to_text": "plan_text",
    "print_changes": "changes_text",
    "print_findings": "text",
    "print_plan": "plan_text",
    "sentences": "plan_sentences",
    "to_html": "html",
    "to_markdown": "markdown",
    "to_text": "text",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: templates and charts are slow to load."""
    if name in {"chart_files", "charts"}:
        return import_module(f"whogains.report.{name}")
    if name in _HOMES:
        return getattr(import_module(f"whogains.report.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
