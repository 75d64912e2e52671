"""Findings as Markdown, for a model card."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whogains.report.answer import next_steps, summaries
from whogains.report.figures import figures
from whogains.report.text import gamma_words, limits_words, population_words
from whogains.report.words import (
    MINUS,
    confidence,
    count,
    epsilon_words,
    group_name,
    methods_words,
    plain,
    verdict_words,
)

if TYPE_CHECKING:
    from whogains.findings import CostFinding, Findings

# Marks, HTML, the start of a list, and what some renderers turn into a link.
_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|!~&$^@]|^[-+]|(?<=:)/|(?<=www)\.")


def to_markdown(findings: Findings) -> str:
    """Write findings as Markdown.

    Parameters
    ----------
    findings : Findings
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


def _cost_lines(findings: Findings, cost: CostFinding) -> list[str]:
    write = figures(cost, MINUS)
    unit = f", in {plain(cost.unit, 40)}" if cost.unit else ""
    facts = {
        "Epsilon": epsilon_words(cost),
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
