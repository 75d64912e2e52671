"""Where a raw cost of explanation and its normalized form disagree: the scale of predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from whogains.records import AllHidden, CostFinding, GroupFinding

# What either form shows of a group; "cannot tell" shows nothing.
SHOWN = ("gain", "harm", "no material difference")
# So many groups are named in a sentence.
MOST_NAMES = 6


def with_scale(costs: Sequence[CostFinding]) -> tuple[CostFinding, ...]:
    """Say of raw costs of explanation where the scale of the predictions made the verdict.

    Parameters
    ----------
    costs : sequence of CostFinding
        The costs of an audit.

    Returns
    -------
    tuple of CostFinding
        The same, with `scale` and the groups' `by_scale` of those that are also there normalized.

    Notes
    -----
    Let D0 and D1 be what hiding everything changes for the generic and the personalized model. A
    normalized benefit times D0 is what the raw one would be if both models' predictions varied as
    the generic model's do; the rest of the raw benefit is the scale's. Where the two verdicts
    differ and more than half of the larger of the two is the scale's, the scale did it. Otherwise
    they differ since each has an epsilon of its own, or little is known. Derived here.
    """
    normalized = {
        (cost.name, cost.explainer, type(cost.keep), cost.keep): cost
        for cost in costs
        if cost.all_hidden
    }
    return tuple(
        cost if other is None else _compared(cost, other)
        for cost in costs
        for other in [
            normalized.get((f"{cost.name}_n", cost.explainer, type(cost.keep), cost.keep))
        ]
    )


def _compared(raw: CostFinding, other: CostFinding) -> CostFinding:
    by_scale = [
        _by_scale(group, same, hidden)
        for group, same, hidden in zip(raw.groups, other.groups, other.all_hidden, strict=True)
    ]
    found: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for group, same, hidden, made in zip(
        raw.groups, other.groups, other.all_hidden, by_scale, strict=True
    ):
        if made and hidden is not None:
            times = hidden.personalized / hidden.generic
            found.setdefault((group.verdict, same.verdict), []).append((group.label, times))
    return replace(
        raw,
        groups=tuple(
            replace(group, by_scale=made) for group, made in zip(raw.groups, by_scale, strict=True)
        ),
        scale=". ".join(_sentence(*words, groups) for words, groups in found.items()) or None,
    )


def _by_scale(raw: GroupFinding, other: GroupFinding, hidden: AllHidden | None) -> bool:
    """Say whether the verdicts differ and most of the difference between the two is the scale."""
    if hidden is None or raw.bop is None or other.bop is None or raw.verdict == other.verdict:
        return False
    if raw.verdict not in SHOWN or (
        raw.verdict == "no material difference" and other.verdict not in SHOWN
    ):
        return False
    at_one_scale = hidden.generic * other.bop
    return abs(raw.bop - at_one_scale) > max(abs(raw.bop), abs(at_one_scale)) / 2


def _sentence(raw: str, other: str, groups: Sequence[tuple[str, float]]) -> str:
    names = [name for name, _ in groups]
    more = len(names) - MOST_NAMES
    named = "; ".join(names[:MOST_NAMES]) + (f"; and {more} more" if more > 0 else "")
    times = [each for _, each in groups]
    ends = [f"{min(times):.2g}", f"{max(times):.2g}"]
    how = " to ".join(dict.fromkeys(ends))
    vary = "more" if min(times) >= 1 else "less" if max(times) <= 1 else "differently"
    sure = "did it" if other in SHOWN else "may have done it"
    return (
        f"{named}: raw says {raw}, normalized says {other}: the personalized model's predictions "
        f"vary {vary} (hiding everything changes them {how} times as much as the generic "
        f"model's); the scale {sure}"
    )
