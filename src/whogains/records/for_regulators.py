"""What regulators ask about a personalized model: known from the audit, or left blank to fill."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from whogains.records.audit import AuditRecord

GDPR = "GDPR art. 5(1)(c)"
AI_ACT = "EU AI Act art. 13(3)(b)"
ACA = "45 CFR 92.210"
TRIPOD = "TRIPOD+AI"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One question for the file.

    Parameters
    ----------
    key : str
        Its name.
    question : str
        What is asked.
    asked_by : tuple of str
        The texts that ask for it, or for something like it.
    known : mapping or None
        What this audit knows, as JSON values; None where it knows nothing, to be filled by hand.
    """

    key: str
    question: str
    asked_by: tuple[str, ...]
    known: dict[str, Any] | None


def for_the_file(record: AuditRecord) -> tuple[FileEntry, ...]:
    """Gather what regulators ask, filled where the audit knows it and blank where it does not.

    Parameters
    ----------
    record : AuditRecord
        The audit.

    Returns
    -------
    tuple of FileEntry
        In the order of a file: purpose, data, performance, explanations, alternatives, records.

    Notes
    -----
    A list of questions, and no claim of compliance: whether an answer is enough is for others to
    judge. Sources: GDPR, Regulation (EU) 2016/679, art. 5(1)(c) (data minimisation); EU AI Act,
    Regulation (EU) 2024/1689, art. 13(3)(b) (purpose, accuracy, performance for groups,
    explanations); 45 CFR 92.210 (patient care decision support tools); TRIPOD+AI, Collins et al.,
    BMJ 2024;385:e078378.
    """
    data, settings = record.data, record.settings
    groups = record.costs[0].groups if record.costs else ()
    asked = settings.get("epsilon") is not None
    hashes = settings.get("sha256") or {}
    models = {name: each for name, each in hashes.items() if name != "data"}
    explained = [cost for cost in record.costs if cost.kind == "explanation"]
    entries = [
        FileEntry(
            "attributes",
            "Which personal attributes are used, and which groups were audited?",
            (GDPR, ACA, TRIPOD),
            {"personal": list(data.personal), "groups": list(data.groups)},
        ),
        FileEntry(
            "purpose",
            "For what purpose are they used, and why is less not enough?",
            (GDPR, AI_ACT),
            None,
        ),
        FileEntry(
            "outcome",
            "What is predicted?",
            (AI_ACT, TRIPOD),
            {
                "target": data.target,
                "label": settings.get("outcome_label"),
                "positive": data.positive,
                "task": data.task,
                "unit": settings.get("unit"),
            },
        ),
        FileEntry(
            "epsilon",
            "What is the smallest effect that matters?",
            (TRIPOD,),
            {
                "by_cost": [
                    {"cost": c.title, "epsilon": c.epsilon, "unit": c.unit, "why": c.why_epsilon}
                    for c in record.costs
                ],
                "set_by": "as asked" if asked else "default of whogains",
            },
        ),
        FileEntry("epsilon_set_by", "Who set it, when, and why?", (TRIPOD,), None),
        FileEntry(
            "rows",
            "How many people are behind the numbers, in each group?",
            (AI_ACT, TRIPOD),
            {
                "rows": data.rows,
                "rows_without_outcome": data.rows_dropped,
                "groups": [{"group": dict(g.group), "n": g.n} for g in groups],
            },
        ),
        FileEntry(
            "missing",
            "How much is missing in each group, and what was done about it?",
            (TRIPOD,),
            None,
        ),
        FileEntry(
            "performance",
            "How do both models serve everybody and each group: costs, benefit (BoP), interval, "
            "verdict?",
            (AI_ACT, ACA, TRIPOD),
            {"see": "costs", "verdicts": [_verdicts(c) for c in record.costs]}
            if record.costs
            else None,
        ),
        FileEntry(
            "testability",
            "Could these data tell that every group gains?",
            (AI_ACT, TRIPOD),
            {"by_cost": [{"cost": c.title, "verdict": c.limits.verdict} for c in record.costs]}
            if record.costs
            else None,
        ),
        FileEntry(
            "explanations",
            "How are outputs explained, and does that serve every group alike?",
            (AI_ACT,),
            {
                "by_cost": [
                    {"cost": c.title, "explainer": c.explainer, "worst": c.gamma.verdict}
                    for c in explained
                ]
            }
            if explained
            else None,
        ),
        *(
            FileEntry(key, question, by, None)
            for key, question, by in (
                ("alternatives", "What was tried with fewer attributes, or coarser ones?", (GDPR,)),
                (
                    "mitigation",
                    "What is done for groups that are harmed, or of which nothing is known?",
                    (ACA, AI_ACT),
                ),
            )
        ),
        FileEntry(
            "audited",
            "When was this audited, and by which version?",
            (TRIPOD,),
            {"see": "created", "whogains": record.version},
        ),
        *(
            FileEntry(key, question, by, None)
            for key, question, by in (
                ("collected", "When and where were the data collected?", (TRIPOD,)),
            )
        ),
        FileEntry(
            "hash_data",
            "Hash of the data file",
            (TRIPOD,),
            {"sha256": hashes["data"]} if "data" in hashes else None,
        ),
        FileEntry(
            "hash_models",
            "Hashes of both models",
            (TRIPOD,),
            {"sha256": models} if models else None,
        ),
        *(
            FileEntry(key, question, by, None)
            for key, question, by in (
                (
                    "monitoring",
                    "How is the model watched in use, and when is it audited again?",
                    (AI_ACT, ACA),
                ),
                ("responsible", "Who is responsible, and who decided?", (AI_ACT, ACA)),
            )
        ),
    ]
    return tuple(entries)


def _verdicts(cost: Any) -> dict[str, Any]:
    """Count the groups of a cost by verdict, beside the benefit of everybody."""
    counted: dict[str, int] = {}
    for group in cost.groups:
        counted[group.verdict] = counted.get(group.verdict, 0) + 1
    return {
        "cost": cost.title,
        "bop": cost.population.bop,
        "ci": list(cost.population.ci),
        "groups": counted,
    }
