"""Results as Markdown, for a model card."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whogains.report.answer import next_steps, summaries
from whogains.report.changes_text import audit_words, change_figures, level_words
from whogains.report.cost_sentences import gamma_words, limits_words, population_words
from whogains.report.number_format import cost_figures
from whogains.report.plan_sentences import sentences
from whogains.report.words import (
    LABEL_LIMIT,
    MINUS,
    confidence,
    count,
    epsilon_words,
    group_name,
    methods_words,
    plain,
    significant,
    verdict_words,
    why_epsilon,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, ChangesRecord, CostFinding, PlanRecord

# Marks, HTML, the start of a list, and what some renderers turn into a link.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|!~&$^@]|^[-+]|(?<=:)/|(?<=www)\.")


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
    lines = [
        f"# Who gains? {_text(plain(data.target))}",
        "",
        f"{count(data.rows)} rows audited, {count(data.rows_dropped)} dropped.",
        "",
        *(
            f"- **Warning** ({_text(plain(each.name, 40))}): {_text(plain(each.text, 1000))}."
            for each in findings.warnings
        ),
        *(f"- {_text(f'{each.title}: {each.words}')}." for each in summaries(findings)),
    ]
    for cost in findings.costs:
        lines += ["", *_cost_lines(findings, cost)]
    steps = next_steps(findings, MINUS)
    if steps:
        lines += ["", "## What next", ""]
        lines += [f"- **{_text(step.subject)}**: {_text(step.words)}" for step in steps]
    if findings.notes:
        lines += ["", "## Notes", "", *(f"- {_text(plain(each, 1000))}" for each in findings.notes)]
    return "\n".join(lines) + "\n"


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
        f"# What changed? {_text(plain(changes.target))}",
        "",
        f"- Before: {_text(audit_words(changes.created_before, changes.rows_before))}",
        f"- After: {_text(audit_words(changes.created_after, changes.rows_after))}",
        f"- {_text(level_words(changes))}",
    ]
    head = ("group", "before", "after", "change", f"{100 * changes.level:.4g}% CI", "words")
    for cost in changes.costs:
        write = change_figures(cost, MINUS)
        rows = [
            (
                group_name(group.group),
                write(group.bop.before),
                write(group.bop.after),
                write(group.bop.change),
                write.interval(group.bop.ci),
                group.words,
            )
            for group in cost.groups
        ]
        title = f"## {_text(plain(cost.title))}"
        lines += ["", title, "", _row(head), "|---|--:|--:|--:|--:|---|", *map(_row, rows)]
    if changes.notes:
        lines += ["", "## Notes", "", *(f"- {_text(plain(each, 1000))}" for each in changes.notes)]
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
    rows = [
        (
            plain(group.group, LABEL_LIMIT),
            count(group.n),
            significant(group.sd),
            significant(group.detectable),
            count(group.required),
            "untestable" if group.untestable else "",
        )
        for group in plan.groups
    ]
    head = ("group", "n", "sd", "detectable", "n needed", "alone")
    lines = [
        "# Can these groups tell whether every group gains?",
        "",
        *(f"- {_text(plain(sentence, 2000))}" for sentence in sentences(plan)),
        "",
        _row(head),
        "|---|--:|--:|--:|--:|---|",
        *map(_row, rows),
    ]
    return "\n".join(lines) + "\n"


def _cost_lines(findings: AuditRecord, cost: CostFinding) -> list[str]:
    write = cost_figures(cost, MINUS)
    unit = f", in {plain(cost.unit, 40)}" if cost.unit else ""
    facts = {
        "Epsilon": f"{epsilon_words(cost)}{why_epsilon(cost)}",
        "Everybody": population_words(findings, cost, write),
        "Gamma": gamma_words(findings, cost, write),
        "Limits": limits_words(findings, cost),
        "Methods": methods_words(cost),
    }
    rows = [
        (
            group_name(group.group),
            count(group.n),
            write(group.cost_generic),
            write(group.cost_personalized),
            write(group.bop),
            write.interval(group.ci),
            verdict_words(group.verdict, group.reason),
        )
        for group in cost.groups
    ]
    head = ("group", "n", "generic", "personalized", "BoP", confidence(findings), "verdict")
    return [
        f"## {_text(f'{plain(cost.title)}: {cost.kind}{unit}')}",
        "",
        *(f"- {name}: {_text(words)}" for name, words in facts.items()),
        "",
        _row(head),
        "|---|--:|--:|--:|--:|--:|---|",
        *map(_row, rows),
    ]


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_text(cell) for cell in cells)} |"


def _text(text: str) -> str:
    """Escape what Markdown would read; plain words and numbers stay as they are."""
    return _SPECIAL.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    entities = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
    return entities.get(match[0], f"\\{match[0]}")
