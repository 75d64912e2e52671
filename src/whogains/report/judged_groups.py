"""Which groups are large enough to be spoken of, and which are counted apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from whogains.report.words import count, group_name, rows_words

if TYPE_CHECKING:
    from whogains.records import CostFinding, GroupFinding, Levels

# Of fewer rows than this, or clusters, a share is known to 14 points at best: a group of so few
# is shown and named, and rules no headline.
FEW = 50


def units(group: GroupFinding) -> int | None:
    """Count what is independent in a group: clusters where there are any, else rows."""
    return group.n if group.clusters is None else group.clusters


def is_small(group: GroupFinding) -> bool:
    """Tell whether a group has people, but too few to rule a headline.

    Parameters
    ----------
    group : GroupFinding
        The group.

    Returns
    -------
    bool
        True where it has fewer rows, or clusters, than `FEW`; False where it is not shown.
    """
    number = units(group)
    return bool(group.n) and number is not None and number < FEW


def is_judged(group: GroupFinding) -> bool:
    """Tell whether a group is shown, and large enough to rule a headline."""
    return bool(group.n) and not is_small(group)


def named(group: GroupFinding) -> str:
    """Name a group, with its size where that is small."""
    name = group_name(group.group)
    if not is_small(group):
        return name
    return f"{name} (only {rows_words(group.n, group.clusters)})"


def quoted(groups: Iterable[GroupFinding], most: int = 3) -> str:
    """Name groups in a sentence, those whose names hold a comma between quotation marks."""
    every = list(groups)
    names = [_quoted(group) for group in every[:most]]
    if len(every) > most:
        return f"{', '.join(names)} and {count(len(every) - most)} more"
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _quoted(group: GroupFinding) -> str:
    name = group_name(group.group)
    return named(group).replace(name, f"“{name}”", 1) if "," in name else named(group)


def worst_judged(cost: CostFinding) -> GroupFinding | None:
    """Find the group with the least benefit among those that are large enough.

    Parameters
    ----------
    cost : CostFinding
        The cost.

    Returns
    -------
    GroupFinding or None
        None where no group is large enough and has an estimate.
    """
    known = [group for group in cost.groups if is_judged(group) and group.bop is not None]
    return min(known, key=lambda group: group.bop or 0.0, default=None)


def ruled_by_few(cost: CostFinding, write: Callable[[float | None], str]) -> str:
    """Say where the worst-served group is a small one, and which it is among the others.

    Parameters
    ----------
    cost : CostFinding
        The cost.
    write : callable
        How to write its benefits.

    Returns
    -------
    str
        Part of a sentence; empty where the worst-served group is large enough.
    """
    ruling = group_of(cost, cost.gamma.group)
    if ruling is None or not is_small(ruling):
        return ""
    rows = rows_words(ruling.n, ruling.clusters)
    worst = worst_judged(cost)
    if worst is None:
        return f"that group has only {rows}, and no group has {FEW}"
    return (
        f"that group has only {rows}; of those with {FEW} or more the worst-served is "
        f"{group_name(worst.group)}, BoP {write(worst.bop)}"
    )


def group_of(cost: CostFinding, levels: Levels | None) -> GroupFinding | None:
    """Find a group by its levels."""
    return next((group for group in cost.groups if group.group == levels), None)


def one_label(cost: CostFinding) -> bool:
    """Tell whether a cost of labels has nothing to tell of any group that has rows."""
    reasons = {group.reason for group in cost.groups if group.n}
    return reasons == {"one label"}
