"""The part of a large audit that its page shows: the groups and costs that matter most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from whogains.report.words import count, group_name

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding, Levels

Item = TypeVar("Item")
WHY = (
    "the worst served, the harmed, those that gain most, the least certain and the largest, of "
    "each cost in turn"
)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What of an audit is shown.

    Parameters
    ----------
    findings : AuditRecord
        The audit with the groups and costs that are shown, each group under one name of its own.
    costs : tuple of CostFinding
        The same costs with all of their groups.
    some : str
        How many of the groups these are, such as "94 of 4,096 groups"; empty where it is all.
    spread : tuple of int
        Places, among the groups that are shown, of those whose individual benefits are drawn.
    some_spread : str
        As `some`, for these.
    words : str
        What is left out, in sentences; empty where nothing is.
    """

    findings: AuditRecord
    costs: tuple[CostFinding, ...]
    some: str
    spread: tuple[int, ...]
    some_spread: str
    words: str


def excerpt(
    findings: AuditRecord, groups: int, costs: int, *, spreads: int, name_limit: int
) -> Excerpt:
    """Take from an audit what is shown of it.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    groups, costs : int
        The most groups and costs to show.
    spreads : int
        The most groups of which to draw the individual benefits, which take the most room.
    name_limit : int
        The most characters of a group's name.

    Returns
    -------
    Excerpt
        Groups and costs keep the audit's order.
    """
    most = max((len(cost.groups) for cost in findings.costs), default=0)
    which = sorted(_first_costs(findings.costs)[:costs])
    kept = tuple(findings.costs[k] for k in which)
    ranked = _by_weight(kept, most)[:groups]
    places = sorted(ranked)
    people = sorted(map(places.index, ranked[:spreads]))
    longest = max(findings.costs, key=lambda cost: len(cost.groups), default=None)
    names = _names([longest.groups[j].group for j in places] if longest else [], name_limit)
    named = {j: {"group": name} for j, name in zip(places, names, strict=True)}
    shown = replace(
        findings,
        costs=tuple(_cut(cost, named, name_limit) for cost in kept),
        profiles=tuple(
            replace(findings.profiles[j], group=named[j])
            for j in places
            if j < len(findings.profiles)
        ),
    )
    some, some_spread = (
        f"{count(number)} of {count(most)} groups" if number < most else ""
        for number in (len(places), len(people))
    )
    words = _words(findings, kept, set(places), some, some_spread)
    return Excerpt(shown, kept, some, tuple(people), some_spread, words)


def _cut(cost: CostFinding, named: dict[int, dict[str, str]], name_limit: int) -> CostFinding:
    curve = cost.limits.curve
    if curve is not None and curve.untestable_alone is not None:
        curve = replace(curve, untestable_alone=tuple(_at(curve.untestable_alone, named)))
    worst = cost.gamma.group
    return replace(
        cost,
        gamma=replace(
            cost.gamma, group=None if worst is None else {"group": group_name(worst, name_limit)}
        ),
        limits=replace(cost.limits, curve=curve),
        groups=tuple(
            replace(cost.groups[j], group=name) for j, name in named.items() if j < len(cost.groups)
        ),
        differences=tuple(_at(cost.differences, named)),
    )


def _at(values: Sequence[Item], places: Iterable[int]) -> list[Item]:
    return [values[j] for j in places if j < len(values)]


def _names(groups: Sequence[Levels], limit: int) -> list[str]:
    """Name groups; those that cannot be told apart by so much of their names are numbered."""
    names = [group_name(group, limit) for group in groups]
    times = Counter(names)
    return [
        f"{name} (no. {number})" if times[name] > 1 else name
        for number, name in enumerate(names, start=1)
    ]


def _first_costs(costs: Sequence[CostFinding]) -> list[int]:
    """Order costs: predictions, then means over the shares kept, then each share."""
    return sorted(
        range(len(costs)), key=lambda k: (costs[k].kind != "prediction", costs[k].keep is not None)
    )


def _by_weight(costs: Sequence[CostFinding], most: int) -> list[int]:
    """Order the places of all groups by what a reader must see first."""
    lists = [each for cost in costs for each in _reasons(cost)]
    in_turn = (j for rank in zip_longest(*lists) for j in rank if j is not None)
    # Groups without any number, such as those that are not shown, come last.
    return list(dict.fromkeys([*in_turn, *range(most)]))


def _reasons(cost: CostFinding) -> list[list[int]]:
    """Order the groups of one cost in each of the ways in which a group can matter."""
    known = [(j, group) for j, group in enumerate(cost.groups) if group.bop is not None]
    worst = [j for j, _ in sorted(known, key=lambda each: each[1].bop or 0.0)]
    verdicts = [group.verdict for group in cost.groups]
    gamma = [j for j, group in known if group.group == cost.gamma.group]

    def width(j: int) -> float:
        low, high = cost.groups[j].ci
        return float("inf") if low is None or high is None else high - low

    return [
        gamma + worst,
        [j for j in worst if verdicts[j] == "harm"],
        [j for j in reversed(worst) if verdicts[j] == "gain"],
        sorted(worst, key=width, reverse=True),
        sorted(worst, key=lambda j: cost.groups[j].n or 0, reverse=True),
    ]


def _words(
    findings: AuditRecord, costs: Sequence[CostFinding], places: set[int], some: str, spread: str
) -> str:
    """Say what is not shown."""
    said = []
    if some:
        said.append(f"Too many groups for one page: tables and charts show {some}, namely {WHY}.")
        harmed = {
            j
            for cost in findings.costs
            for j, group in enumerate(cost.groups)
            if group.verdict == "harm"
        }
        unseen = len(harmed - places)
        said.append(
            f"Of those left out, {count(unseen)} {'is' if unseen == 1 else 'are'} harmed on some "
            "cost."
            if unseen
            else "None of those left out is shown to be harmed."
        )
    if spread and spread != some:
        chosen = "chosen in the same way" if some else f"namely {WHY}"
        said.append(f"Individual benefits are drawn for {spread}, {chosen}.")
    if len(costs) < len(findings.costs):
        said.append(
            f"Of the costs, {count(len(costs))} of {count(len(findings.costs))} are shown: "
            "predictions first, then means over the shares kept."
        )
    return " ".join(said)
