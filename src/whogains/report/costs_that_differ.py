"""Where costs do not say the same: which groups, and which costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from whogains.report.judged_groups import is_judged, quoted
from whogains.report.words import cost_names, count, whom

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding, GroupFinding

# More patterns than this are counted.
MOST = 3
HEADS = {True: "Costs disagree", False: "Not by every cost"}


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What costs say of a group: those that show something, and those that do not."""

    kind: Literal["torn", "harm", "gain"]
    told: tuple[int, ...]
    other: tuple[int, ...]


def differing(findings: AuditRecord, main: CostFinding) -> tuple[str, str] | None:
    """Say of which groups costs contradict each other, or not all show the same.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    main : CostFinding
        The leading cost; costs of its kind are held against each other, and for contradictions all.

    Returns
    -------
    tuple of str or None
        A head, and a sentence without its full stop that names groups and costs; None where every
        cost says the same. Contradictions come first, then harms, then gains, and of each kind the
        largest number of people.
    """
    found: dict[_Pattern, list[GroupFinding]] = {}
    for j, group in enumerate(main.groups):
        pattern = _pattern(findings, main, j) if is_judged(group) else None
        if pattern is not None:
            found.setdefault(pattern, []).append(group)
    if not found:
        return None
    kinds = ("torn", "harm", "gain")
    order = sorted(found, key=lambda each: (kinds.index(each.kind), -_people(found[each])))
    parts = [_words(findings, each, found[each]) for each in order[:MOST]]
    if more := sum(len(found[each]) for each in order[MOST:]):
        parts.append(f"{count(more)} more differ in other ways")
    torn = order[0].kind == "torn"
    if not torn:
        scale = any(g.verdict == "harm" and g.by_scale for c in findings.costs for g in c.groups)
        aside = "leaving aside what is drawn pale, " if scale else ""
        parts.append(f"{aside}no group gains by one cost and is harmed by another")
    return HEADS[torn], "; ".join(parts)


def _pattern(findings: AuditRecord, main: CostFinding, j: int) -> _Pattern | None:
    here = [(k, cost) for k, cost in enumerate(findings.costs) if j < len(cost.groups)]
    gains, harms = (
        [k for k, c in here if c.groups[j].verdict == verdict and not c.groups[j].by_scale]
        for verdict in ("gain", "harm")
    )
    if gains and harms:
        return _Pattern("torn", tuple(gains), tuple(harms))
    alike = [k for k, cost in here if cost.kind == main.kind]
    told = tuple(k for k in gains + harms if k in alike)
    silent = tuple(k for k in alike if k not in told)
    if not (told and silent):
        return None
    return _Pattern("gain" if gains else "harm", told, silent)


def _words(findings: AuditRecord, pattern: _Pattern, groups: list[GroupFinding]) -> str:
    groups = sorted(groups, key=lambda group: -(group.n or 0))
    one = len(groups) == 1
    told, other = (
        cost_names(findings, [findings.costs[k] for k in which])
        for which in (pattern.told, pattern.other)
    )
    who = f"{quoted(groups, most=2)} ({count(_people(groups))} {whom(findings)})"
    gain = "gains" if one else "gain"
    harmed = "is harmed" if one else "are harmed"
    if pattern.kind == "torn":
        return f"{who} {gain} by {told}, and {harmed} by {other}"
    shows = "does not show" if len(pattern.other) == 1 else "do not show"
    return f"{who} {gain if pattern.kind == 'gain' else harmed} by {told}, which {other} {shows}"


def _people(groups: list[GroupFinding]) -> int:
    return sum(group.n or 0 for group in groups)
