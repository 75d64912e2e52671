"""Every kind of result in every form: which function writes which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains.records import AuditRecord, ChangesRecord, ChoiceRecord, PlanRecord, Record

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console


def as_table(record: Record) -> pd.DataFrame:
    """Give a result as a pandas table."""
    from whogains.report.choice_tables import routing_table
    from whogains.report.pandas_tables import changes_table, group_table, plan_table

    if isinstance(record, AuditRecord):
        return group_table(record)
    if isinstance(record, ChangesRecord):
        return changes_table(record)
    if isinstance(record, ChoiceRecord):
        return routing_table(record)
    return plan_table(_plan(record))


def as_page(record: Record) -> str:
    """Write a result as one self-contained page."""
    if isinstance(record, AuditRecord):
        from whogains.report.audit_html import to_html

        return to_html(record)
    if isinstance(record, ChangesRecord):
        from whogains.report.changes_html import changes_to_html

        return changes_to_html(record)
    if isinstance(record, ChoiceRecord):
        from whogains.report.choice_html import choice_to_html

        return choice_to_html(record)
    from whogains.report.plan_html import plan_to_html

    return plan_to_html(_plan(record))


def as_text(record: Record, width: int = 80) -> str:
    """Render a result as plain text."""
    if isinstance(record, AuditRecord):
        from whogains.report.audit_text import to_text

        return to_text(record, width)
    if isinstance(record, ChangesRecord):
        from whogains.report.changes_text import changes_to_text

        return changes_to_text(record, width)
    if isinstance(record, ChoiceRecord):
        from whogains.report.choice_text import choice_to_text

        return choice_to_text(record, width)
    from whogains.report.plan_text import plan_to_text

    return plan_to_text(_plan(record), width)


def show(record: Record, console: Console) -> None:
    """Print a result, in colour where the console has it."""
    if isinstance(record, AuditRecord):
        from whogains.report.audit_text import print_findings

        print_findings(record, console)
    elif isinstance(record, ChangesRecord):
        from whogains.report.changes_text import print_changes

        print_changes(record, console)
    elif isinstance(record, ChoiceRecord):
        from whogains.report.choice_text import print_choice

        print_choice(record, console)
    else:
        from whogains.report.plan_text import print_plan

        print_plan(_plan(record), console)


def as_notebook(record: Record) -> str:
    """Put the page of a result in a frame of its own, as a notebook shows it."""
    from whogains.report.notebook import to_notebook

    return to_notebook(as_page(record))


def as_csv(record: Record) -> str:
    """Write the table of a result as CSV that a spreadsheet opens without running it."""
    from whogains.report.csv import to_csv

    return to_csv(as_table(record))


def as_markdown(record: Record) -> str:
    """Render a result as Markdown."""
    from whogains.report.markdown import changes_to_markdown, plan_to_markdown, to_markdown

    if isinstance(record, AuditRecord):
        return to_markdown(record)
    if isinstance(record, ChangesRecord):
        return changes_to_markdown(record)
    if isinstance(record, ChoiceRecord):
        from whogains.report.choice_markdown import choice_to_markdown

        return choice_to_markdown(record)
    return plan_to_markdown(_plan(record))


def as_plots(record: Record) -> Any:
    """Give the charts of a result: `AuditPlots`, `ChangesPlots`, `ChoicePlots` or `PlanPlots`."""
    from whogains.report.plots import AuditPlots, ChangesPlots, ChoicePlots, PlanPlots

    if isinstance(record, AuditRecord):
        return AuditPlots(record)
    if isinstance(record, ChangesRecord):
        return ChangesPlots(record)
    if isinstance(record, ChoiceRecord):
        return ChoicePlots(record)
    return PlanPlots(_plan(record))


def _plan(record: Record) -> PlanRecord:
    """Take a record for a plan, the last of the kinds."""
    if not isinstance(record, PlanRecord):
        raise TypeError(f"{type(record).__name__} is no result that can be shown")
    return record
