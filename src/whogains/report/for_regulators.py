"""What regulators ask, as words for the page and for Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains.records import for_the_file
from whogains.report.cost_figures import MINUS, cost_figures
from whogains.report.cost_sentences import why_epsilon
from whogains.report.words import (
    confidence,
    count,
    epsilon_words,
    group_name,
    listing,
    outcome_words,
    plain,
    rows_words,
    short_title,
    size_words,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord

HEAD = ("What is asked", "By", "Answer")
NO_CLAIM = (
    "A list of questions that these texts ask, filled where this audit knows the answer. It claims "
    "no compliance with any of them, and is no legal advice"
)
MOST, MOST_GROUPS = 12, 64


def file_rows(findings: AuditRecord) -> list[tuple[str, str, str]]:
    """Write what regulators ask and what is known of it.

    Parameters
    ----------
    findings : AuditRecord
        The audit.

    Returns
    -------
    list of tuple of str
        The question, who asks it, and the answer; empty where nothing is known.
    """
    return [
        (each.question, ", ".join(each.asked_by), _answer(findings, each.key, each.known))
        for each in for_the_file(findings)
    ]


def _answer(findings: AuditRecord, key: str, known: dict[str, Any] | None) -> str:
    """Write what is known of one question; empty where nothing is."""
    if known is None:
        return ""
    write = {
        "attributes": _attributes,
        "outcome": _outcome,
        "epsilon": _epsilon,
        "rows": _rows,
        "performance": _performance,
        "testability": _testability,
        "explanations": _explanations,
        "audited": _audited,
        "hash_data": _hash_data,
        "hash_models": _hash_models,
    }[key]
    return write(findings)


def _attributes(findings: AuditRecord) -> str:
    data = findings.data
    personal = listing([plain(name, 60) for name in data.personal], most=MOST)
    groups = " × ".join(plain(name, 60) for name in data.groups[:MOST]) or "everybody"
    return f"{personal or 'not known: predictions were given'}; groups: {groups}"


def _outcome(findings: AuditRecord) -> str:
    data, unit = findings.data, findings.settings.get("unit")
    level = ""
    if data.positive not in {None, "1"}:
        level = f", counted as 1: {plain(data.positive, 60)}"
    of = f", in {plain(unit, 40)}" if unit else ""
    words = outcome_words(findings)
    column = "" if words == plain(data.target) else f"column {plain(data.target)}, "
    return f"{words} ({column}{data.task}{level}{of})"


def _epsilon(findings: AuditRecord) -> str:
    each = [
        f"{short_title(findings, cost)} {epsilon_words(cost)}{why_epsilon(cost)}"
        for cost in findings.costs
    ]
    by = "as asked" if findings.settings.get("epsilon") is not None else "by default"
    return f"{listing(each, most=MOST)}; {by}"


def _rows(findings: AuditRecord) -> str:
    data = findings.data
    groups = findings.costs[0].groups if findings.costs else ()
    each = [f"{group_name(g.group)} (n {size_words(g.n, g.clusters)})" for g in groups]
    sizes = listing(each, most=MOST_GROUPS)
    dropped = f", {count(data.rows_dropped)} left out without an outcome"
    return f"{rows_words(data.rows, data.clusters)}{dropped}; {sizes}"


def _performance(findings: AuditRecord) -> str:
    parts = []
    for cost in findings.costs[:MOST]:
        write, everybody = cost_figures(cost, MINUS), cost.population
        verdicts = [group.verdict for group in cost.groups]
        counted = ", ".join(f"{verdicts.count(v)} {v}" for v in dict.fromkeys(verdicts))
        parts.append(
            f"{short_title(findings, cost)}: generic {write(everybody.cost_generic)}, personalized "
            f"{write(everybody.cost_personalized)}, BoP "
            f"{with_unit(write(everybody.bop), cost.unit)} ({confidence(findings)} "
            f"{write.interval(everybody.ci)}); groups: {counted}"
        )
    more = len(findings.costs) - MOST
    return ". ".join([*parts, f"{count(more)} more costs"] if more > 0 else parts)


def _testability(findings: AuditRecord) -> str:
    each = [
        f"{short_title(findings, cost)} {cost.limits.verdict or 'not known'}"
        for cost in findings.costs
    ]
    return listing(each, most=MOST)


def _explanations(findings: AuditRecord) -> str:
    each = [
        f"{plain(cost.title)}: {cost.gamma.verdict}"
        for cost in findings.costs
        if cost.kind == "explanation"
    ]
    return "; ".join(each[:MOST])


def _audited(findings: AuditRecord) -> str:
    return f"{plain(findings.created)}, whogains {plain(findings.version)}"


def _hash_data(findings: AuditRecord) -> str:
    return f"SHA-256 {plain(findings.settings['sha256']['data'])}"


def _hash_models(findings: AuditRecord) -> str:
    known = findings.settings["sha256"]
    return "; ".join(
        f"{words} SHA-256 {plain(known[name])}"
        for name, words in (("generic_model", "generic"), ("personalized_model", "personalized"))
        if name in known
    )
