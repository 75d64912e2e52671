"""What each group by itself could tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whogains.report.words import group_name, significant, size_words, with_unit

if TYPE_CHECKING:
    from whogains.records import CostFinding


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
