"""Which models a verdict speaks of, what another seed might say, and what placebos say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.words import confidence, plain, with_unit

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding
    from whogains.report.cost_figures import Figures


def other_seed_words(findings: AuditRecord) -> str | None:
    """Say how many verdicts another seed might change.

    Parameters
    ----------
    findings : AuditRecord
        The audit.

    Returns
    -------
    str or None
        None where one round was run, which cannot tell.
    """
    shares = [
        group.other_seed
        for cost in findings.costs
        for group in cost.groups
        if group.other_seed is not None
    ]
    if not shares:
        return None
    changed = sum(shares)
    return (
        f"Another seed would change about {changed:.1f} of the {len(shares)} verdicts "
        f"({changed / len(shares):.0%})"
    )


def placebo_words(findings: AuditRecord, cost: CostFinding, write: Figures) -> str | None:
    """Say what the personalized model gains over one that has other people's attributes.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    cost : CostFinding
        One of its costs.
    write : Figures
        How to write its numbers.

    Returns
    -------
    str or None
        None where no placebo was fitted.
    """
    everybody = cost.population.over_placebo
    if everybody is None:
        return None
    beside = [group.over_placebo for group in cost.groups if group.over_placebo is not None]
    number = {
        verdict: sum(each.verdict == verdict for each in beside) for verdict in ("gain", "harm")
    }
    groups = f"{len(beside)} group{'s' if len(beside) != 1 else ''}"
    return (
        f"of {groups}, {number['gain'] or 'none'} "
        f"{'gain' if number['gain'] > 1 else 'gains' if number['gain'] else 'is shown to gain'} "
        f"and {number['harm'] or 'none'} {'are' if number['harm'] > 1 else 'is'} "
        f"{'harmed' if number['harm'] else 'shown to be harmed'} by what the attributes tell; "
        f"everybody {with_unit(write(everybody.bop), cost.unit)}, {confidence(findings)} "
        f"{write.interval(everybody.ci)}; columns that tell nothing gain "
        f"{with_unit(write(everybody.placebo_bop), cost.unit)}"
    )


def question_of_placebos(findings: AuditRecord) -> str:
    """Say whether it is the attribute or one more column, over all costs.

    Parameters
    ----------
    findings : AuditRecord
        The audit.

    Returns
    -------
    str
        What placebos say, or why there was none.
    """
    fitted = [cost for cost in findings.costs if cost.population.over_placebo is not None]
    if not fitted:
        return (
            "Is it the attribute, or one more column? No placebo was fitted"
            + (
                ""
                if "folds" in findings.settings
                else ", since the models were given and nothing could be fitted anew"
            )
            + ": a verdict may speak of one more column as well as of what it tells"
        )
    parts = []
    for cost in fitted:
        pairs = [
            (group.verdict, group.over_placebo.verdict)
            for group in cost.groups
            if group.over_placebo is not None and group.verdict in {"gain", "harm"}
        ]
        if pairs:
            held = sum(own == beside for own, beside in pairs)
            parts.append(f"{plain(cost.label)} {held} of {len(pairs)}")
    asked = "Is it the attribute, or one more column? "
    if not parts:
        return asked + "No gain or harm is shown that could be either"
    return (
        asked + "Gains and harms that are shown beside a placebo too (the same model fitted on "
        f"other people's attributes): {'; '.join(parts)}"
    )
