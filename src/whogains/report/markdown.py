"""Results as Markdown, for a model card."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whogains.report.audit_text import group_cells
from whogains.report.changes_text import audit_words, change_cells, level_words
from whogains.report.cost_figures import MINUS, change_figures, cost_figures
from whogains.report.cost_sentences import (
    approximate_words,
    cost_facts,
    range_words,
    threshold_words,
    why_epsilon,
)
from whogains.report.for_regulators import HEAD, NO_CLAIM, file_rows
from whogains.report.plan_sentences import sentences
from whogains.report.plan_text import plan_cells
from whogains.report.summaries import next_steps, summaries
from whogains.report.words import cost_heading, count, ended, epsilon_words, outcome_words, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whogains.records import (
        AuditRecord,
        ChangesRecord,
        CostFinding,
        PlanRecord,
        WarningFinding,
    )

# Marks, HTML, the start of a list, and what some renderers turn into a link.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|!~&$^@]|^[-+]|(?<=:)/|(?<=www)\.")


def warning_items(warnings: Sequence[WarningFinding]) -> list[str]:
    """Write warnings as items of a list."""
    return [
        f"- **Warning** ({text(plain(each.name, 40))}): {text(ended(plain(each.text, 1000)))}"
        for each in warnings
    ]


def to_markdown(findings: AuditRecord) -> str:
    """Write findings as Markdown.

    Parameters
    ----------
    findings : AuditRecord
        What to write.

    Returns
    -------
    str
        A section for each cost with a table of its groups; names from the data are text.
    """
    data = findings.data
    in_clusters = "" if data.clusters is None else f" in {count(data.clusters)} clusters"
    if data.psus is not None:
        in_clusters = f" in {count(data.psus)} PSUs of {count(data.strata)} strata"
    lines = [
        f"# Who gains? {text(outcome_words(findings))}",
        "",
        f"{count(data.rows)} rows audited{in_clusters}, {count(data.rows_dropped)} dropped.",
        "",
        *warning_items(findings.warnings),
        *(f"- {text(f'{each.title}: {each.words}')}." for each in summaries(findings)),
    ]
    for cost in findings.costs:
        lines += ["", *_cost_lines(findings, cost)]
    about = approximate_words(findings)
    lines += ["", text(about)] if about else []
    steps = next_steps(findings, MINUS)
    if steps:
        lines += ["", "## What next", ""]
        lines += [f"- **{text(step.subject)}**: {text(step.words)}" for step in steps]
    if findings.notes:
        lines += ["", "## Notes", "", *(f"- {text(plain(each, 1000))}" for each in findings.notes)]
    lines += [
        "",
        "## For the file",
        "",
        f"{NO_CLAIM}.",
        "",
        *_plain_table(HEAD, file_rows(findings)),
    ]
    return "\n".join(lines) + "\n"


def _plain_table(head: tuple[str, ...], rows: list[tuple[str, str, str]]) -> list[str]:
    """Write a table of words alone; a blank cell is to be filled."""
    return [_row(head), f"|{'---|' * len(head)}", *map(_row, rows)]


def changes_to_markdown(changes: ChangesRecord) -> str:
    """Write two audits side by side as Markdown.

    Parameters
    ----------
    changes : ChangesRecord
        What to write.

    Returns
    -------
    str
        A section for each cost with a table of its groups; names from the data are text.
    """
    lines = [
        f"# What changed? {text(plain(changes.target))}",
        "",
        f"- Before: {text(audit_words(changes.created_before, changes.rows_before))}",
        f"- After: {text(audit_words(changes.created_after, changes.rows_after))}",
        f"- {text(level_words(changes))}",
    ]
    for cost in changes.costs:
        title = f"## {text(plain(cost.title))}"
        lines += ["", title, "", *table(*change_cells(changes, cost, change_figures(cost, MINUS)))]
    if changes.notes:
        lines += ["", "## Notes", "", *(f"- {text(plain(each, 1000))}" for each in changes.notes)]
    return "\n".join(lines) + "\n"


def plan_to_markdown(plan: PlanRecord) -> str:
    """Write a plan as Markdown.

    Parameters
    ----------
    plan : PlanRecord
        What to write.

    Returns
    -------
    str
        Its sentences, and a table of the groups; their names are text.
    """
    lines = [
        "# Can these groups tell whether every group gains?",
        "",
        *(f"- {text(plain(sentence, 2000))}" for sentence in sentences(plan)),
        "",
        *table(*plan_cells(plan)),
    ]
    return "\n".join(lines) + "\n"


def _cost_lines(findings: AuditRecord, cost: CostFinding) -> list[str]:
    write = cost_figures(cost, MINUS)
    told = cost_facts(findings, cost, write)
    facts = {
        "Epsilon": f"{epsilon_words(cost)}{why_epsilon(cost)}",
        "Threshold": threshold_words(findings, cost),
        "Known range": range_words(cost),
    }
    facts |= {name.capitalize(): words for name, words in told.items() if name != "margin"}
    return [
        f"## {text(cost_heading(cost))}",
        "",
        *(f"- {name}: {text(words)}" for name, words in facts.items() if words),
        "",
        *table(*group_cells(findings, cost, write)),
    ]


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Write a table of a name, numbers and words."""
    return [_row(head), f"|---|{'--:|' * (len(head) - 2)}---|", *map(_row, rows)]


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(text(cell) for cell in cells)} |"


def text(words: str) -> str:
    """Escape what Markdown would read; plain words and numbers stay as they are."""
    return _SPECIAL.sub(_escaped, words)


def _escaped(match: re.Match[str]) -> str:
    entities = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
    return entities.get(match[0], f"\\{match[0]}")
