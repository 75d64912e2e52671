"""What each group by itself could tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whogains.report.judged_groups import FEW, is_small
from whogains.report.words import count, error, group_name, significant, size_words, with_unit

if TYPE_CHECKING:
    from whogains.records import CostFinding, LimitsFinding


@dataclass(frozen=True, slots=True)
class Alone:
    """What one group could tell by itself.

    Parameters
    ----------
    name, n : str
        The group and its rows.
    least : str
        About the smallest effect that a test of it alone can tell.
    untestable : int
        How many of the curve's effects it cannot tell.
    """

    name: str
    n: str
    least: str
    untestable: int


def alone(cost: CostFinding) -> tuple[Alone, ...]:
    """Write what each group of a cost could tell, where its limits are known."""
    curve = cost.limits.curve
    if curve is None or curve.untestable_alone is None:
        return ()
    return tuple(
        Alone(
            name=group_name(group.group),
            n=size_words(group.n, group.clusters),
            least=f"more than {with_unit(significant(curve.epsilon[-1]), cost.unit)}"
            if untestable == len(curve.epsilon)
            else with_unit(significant(curve.epsilon[untestable]), cost.unit),
            untestable=untestable,
        )
        for group, untestable in zip(cost.groups, curve.untestable_alone, strict=True)
    )


def paper_words(limits: LimitsFinding) -> str:
    """Write the paper's bound, and say where it says nothing."""
    return "vacuous" if limits.paper == 0 else error(limits.paper)


def few_in_limits(cost: CostFinding) -> str:
    """Say that small groups are among those that the limits ask about; empty where none are."""
    few = [group for group in cost.groups if is_small(group)]
    if not few:
        return ""
    groups = "1 group" if len(few) == 1 else f"{count(len(few))} groups"
    return f"{groups} of fewer than {FEW} {'is' if len(few) == 1 else 'are'} among these"
