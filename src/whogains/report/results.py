"""Every kind of result in every form: which function writes which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains.records import (
    AuditRecord,
    ChangesRecord,
    ChoiceRecord,
    PlanRecord,
    Record,
    WatchRecord,
)

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.text import Text


def as_table(record: Record, *, every: bool = True) -> pd.DataFrame:
    """Give a result as a pandas table; of an audit all columns, or those that matter."""
    from whogains.report.choice_tables import routing_table
    from whogains.report.pandas_tables import changes_table, group_table, plan_table

    if isinstance(record, AuditRecord):
        return group_table(record, every=every)
    if isinstance(record, ChangesRecord):
        return changes_table(record)
    if isinstance(record, ChoiceRecord):
        return routing_table(record)
    if isinstance(record, WatchRecord):
        from whogains.report.pandas_tables import watch_table

        return watch_table(record)
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
    if isinstance(record, WatchRecord):
        from whogains.report.watch_html import watch_to_html

        return watch_to_html(record)
    from whogains.report.plan_html import plan_to_html

    return plan_to_html(_plan(record))


def as_text(record: Record, width: int = 80) -> str:
    """Render a result as plain lines, none wider than `width` (at least 40), without colour."""
    from whogains.report.text_columns import plain_lines

    return plain_lines(_lines(record, width))


def show(record: Record, console: Console) -> None:
    """Print a result as wide as the console is, in colour where it has it."""
    from whogains.report.text_columns import print_lines

    print_lines(_lines(record, console.width), console)


def _lines(record: Record, width: int) -> list[Text]:
    """Lay out a result as styled lines."""
    if isinstance(record, AuditRecord):
        from whogains.report.audit_text import audit_lines

        return audit_lines(record, width)
    if isinstance(record, ChangesRecord):
        from whogains.report.changes_text import changes_lines

        return changes_lines(record, width)
    if isinstance(record, ChoiceRecord):
        from whogains.report.choice_text import choice_lines

        return choice_lines(record, width)
    if isinstance(record, WatchRecord):
        from whogains.report.watch_text import watch_lines

        return watch_lines(record, width)
    from whogains.report.plan_text import plan_lines

    return plan_lines(_plan(record), width)


def in_short(record: AuditRecord, width: int = 100) -> list[str]:
    """Say an audit's first sentences in at most ten lines, as a console shows an object.

    Parameters
    ----------
    record : AuditRecord
        The audit.
    width : int
        The most characters of a line.

    Returns
    -------
    list of str
        What was audited, each sentence on two lines at most, and where more is.
    """
    from textwrap import wrap

    from whogains.report.first_screen import first_sentences
    from whogains.report.words import count, plain

    groups = max((len(cost.groups) for cost in record.costs), default=0)
    rows, costs = count(record.data.rows), len(record.costs)
    target = plain(record.data.target, 40)
    lines = [f"<Findings of {target}: {rows} rows, {groups} groups, {costs} costs>"]
    for each in first_sentences(record):
        text = f"{each.head}: {each.words}."
        lines += wrap(text, width, max_lines=2, placeholder=" ...", subsequent_indent="  ")
    return [*lines, 'More: print(found), .table(), .gamma(), .plot, .to_html("report.html")']


def as_notebook(record: Record) -> str:
    """Put the page of a result in a frame of its own, as a notebook shows it.

    Its frame keeps the page's style and script away from the notebook's, and both from the network.
    """
    from markupsafe import escape

    return (
        '<iframe title="whogains report" width="100%" height="900" '
        f'sandbox="allow-scripts allow-downloads" srcdoc="{escape(as_page(record))}"></iframe>'
    )


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
    if isinstance(record, WatchRecord):
        from whogains.report.watch_text import watch_to_markdown

        return watch_to_markdown(record)
    return plan_to_markdown(_plan(record))


def as_plots(record: Record) -> Any:
    """Give the charts of a result: `AuditPlots`, `ChoicePlots`, ... by its kind."""
    from whogains.report.plots import AuditPlots, ChangesPlots, ChoicePlots, PlanPlots, WatchPlots

    if isinstance(record, AuditRecord):
        return AuditPlots(record)
    if isinstance(record, ChangesRecord):
        return ChangesPlots(record)
    if isinstance(record, ChoiceRecord):
        return ChoicePlots(record)
    if isinstance(record, WatchRecord):
        return WatchPlots(record)
    return PlanPlots(_plan(record))


def _plan(record: Record) -> PlanRecord:
    """Take a record for a plan, the last of the kinds."""
    if not isinstance(record, PlanRecord):
        raise TypeError(f"{type(record).__name__} is no result that can be shown")
    return record
