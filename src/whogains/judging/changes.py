"""Put two audits side by side: what each group had, what it has now, and what else differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whogains._version import __version__
from whogains.errors import InputError
from whogains.records import (
    AuditRecord,
    Change,
    ChangesRecord,
    CostChange,
    CostFinding,
    GammaFinding,
    GroupChange,
    GroupFinding,
    Number,
    PopulationFinding,
    Verdict,
)

Key = tuple[str, str | None, float | int | None]

# What an audit measured on the way, or says elsewhere, is no choice of anybody.
NO_CHOICE = {"completeness_gap", "sha256"}
# A list of features may hold thousands.
LONGEST = 80


def diff(before: AuditRecord, after: AuditRecord) -> ChangesRecord:
    """Put two audits side by side.

    Parameters
    ----------
    before, after : AuditRecord
        As in `whogains.diff`.

    Returns
    -------
    ChangesRecord
        What changed on each cost that both have.

    Raises
    ------
    InputError
        As `whogains.diff` does.

    Notes
    -----
    The interval for a change goes from the least to the largest difference between the two
    intervals, at level 1 - alpha_before - alpha_after (Boole's inequality). It holds whether the
    audits share no, some or all people, and is wide where they share all: then comparing the two
    models' predictions row by row with `whogains.compare` can tell more.
    """
    if set(before.data.groups) != set(after.data.groups):
        raise InputError(
            f"the audits have different groups: by {', '.join(before.data.groups)}, and by "
            f"{', '.join(after.data.groups)}"
        )
    earlier = {_key(cost): cost for cost in before.costs}
    later = {_key(cost): cost for cost in after.costs}
    shared = [key for key in later if key in earlier]
    if not shared:
        raise InputError("the audits have no cost in common")
    alpha = sum(float(each.settings.get("alpha", 0.05)) for each in (before, after))
    return ChangesRecord(
        version=__version__,
        created_before=before.created,
        created_after=after.created,
        level=round(1 - alpha, 12),
        costs=tuple(_cost_change(earlier[key], later[key]) for key in shared),
        notes=(*_notes(before, after, earlier, later), *_settings_that_differ(before, after)),
        target=after.data.target,
        rows_before=before.data.rows,
        rows_after=after.data.rows,
    )


def _key(cost: CostFinding) -> Key:
    return cost.name, cost.explainer, cost.keep


def _notes(
    before: AuditRecord,
    after: AuditRecord,
    earlier: Mapping[Key, CostFinding],
    later: Mapping[Key, CostFinding],
) -> tuple[str, ...]:
    notes = [
        f"only the audit {which} has the cost {one[key].title}"
        for which, one, other in (("before", earlier, later), ("after", later, earlier))
        for key in one
        if key not in other
    ]
    notes += [
        f"the unit of {cost.title} differs between the audits"
        for key, cost in later.items()
        if key in earlier and earlier[key].unit != cost.unit
    ]
    notes += [
        f"the {what} differ: {old}, then {new}"
        for what, old, new in (
            ("outcomes", before.data.target, after.data.target),
            ("tasks", before.data.task, after.data.task),
            ("numbers of rows", before.data.rows, after.data.rows),
        )
        if old != new
    ]
    return tuple(notes)


def _settings_that_differ(before: AuditRecord, after: AuditRecord) -> list[str]:
    """Name the settings that two audits do not share, with both values."""
    old, new = ({"whogains": each.version, **_flat(each.settings)} for each in (before, after))
    differ = [
        f"{name} {_told(old[name])}, then {_told(new[name])}"
        for name in new
        if name in old and old[name] != new[name]
    ]
    notes = [f"settings that differ: {'; '.join(differ)}"] if differ else []
    for which, one, other in (("before", old, new), ("after", new, old)):
        alone = [f"{name} {_told(one[name])}" for name in one if name not in other]
        if alone:
            notes.append(f"settings that only the audit {which} names: {'; '.join(alone)}")
    return notes


def _flat(settings: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Give nested settings one level, lists as they compare after a journey through JSON."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if name in NO_CHOICE:
            continue
        if isinstance(value, Mapping):
            found |= _flat(value, f"{above}{name}.")
        else:
            found[above + name] = list(value) if isinstance(value, tuple) else value
    return found


def _told(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = "not given" if value is None else text or "none"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _cost_change(before: CostFinding, after: CostFinding) -> CostChange:
    earlier = {_levels(group): group for group in before.groups}
    later = {_levels(group): group for group in after.groups}
    return CostChange(
        name=after.name,
        kind=after.kind,
        label=after.label,
        unit=after.unit,
        explainer=after.explainer,
        keep=after.keep,
        epsilon=after.epsilon,
        gamma_before=before.gamma.verdict,
        gamma_after=after.gamma.verdict,
        population=_change(before.population, after.population),
        gamma=_change(before.gamma, after.gamma),
        groups=tuple(
            _group_change(earlier.get(key), later.get(key)) for key in {**later, **earlier}
        ),
    )


def _levels(group: GroupFinding) -> tuple[tuple[str, str | None], ...]:
    # The order of the attributes says nothing.
    return tuple(sorted(group.group.items()))


def _group_change(before: GroupFinding | None, after: GroupFinding | None) -> GroupChange:
    known = after or before
    return GroupChange(
        group={} if known is None else known.group,
        n_before=None if before is None else before.n,
        n_after=None if after is None else after.n,
        verdict_before=None if before is None else before.verdict,
        verdict_after=None if after is None else after.verdict,
        bop=_change(before, after),
        words=change_words(
            None if before is None else before.verdict, None if after is None else after.verdict
        ),
        clusters_before=None if before is None else before.clusters,
        clusters_after=None if after is None else after.clusters,
    )


def _change(
    before: GroupFinding | PopulationFinding | GammaFinding | None,
    after: GroupFinding | PopulationFinding | GammaFinding | None,
) -> Change:
    old, new = (None if each is None else each.bop for each in (before, after))
    # An approximate interval has a part in nothing but itself.
    old_ci, new_ci = (
        (None, None) if each is None or each.method == "approximate" else each.ci
        for each in (before, after)
    )
    return Change(
        before=old,
        after=new,
        ci_before=old_ci,
        ci_after=new_ci,
        change=_less(new, old),
        ci=(_less(new_ci[0], old_ci[1]), _less(new_ci[1], old_ci[0])),
    )


def _less(one: Number, other: Number) -> Number:
    return None if one is None or other is None else one - other


def change_words(before: Verdict | None, after: Verdict | None) -> str:
    """Say in words how a verdict changed.

    Parameters
    ----------
    before, after : str or None
        Verdicts; None where there was no such group.

    Returns
    -------
    str
        The words.

    Examples
    --------
    >>> change_words("harm", "cannot tell"), change_words("cannot tell", "harm")
    ('was harmed, no longer shown', 'newly harmed')
    """
    if before is None or after is None:
        return "only in the audit after" if before is None else "only in the audit before"
    if before == after:
        return {"harm": "still harmed", "gain": "still gains"}.get(after, "unchanged")
    if before == "harm":
        return "was harmed, now gains" if after == "gain" else "was harmed, no longer shown"
    if after in {"harm", "gain"}:
        return "newly harmed" if after == "harm" else "now gains"
    return "gained, no longer shown" if before == "gain" else f"now {after}"
