"""Switches between costs: a button each, or selects where a cost comes in several kinds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whogains.report.words import plain

if TYPE_CHECKING:
    from whogains.records import CostFinding


@dataclass(frozen=True, slots=True)
class Switch:
    """What a reader can switch between.

    Parameters
    ----------
    buttons : tuple of (int, str)
        The number of each panel and its name; empty where there are selects.
    fields : tuple of (str, tuple of str)
        The selects: what each is called, and its options.
    panels : tuple of (tuple of (int or None))
        For each panel, the option of each select; None where that select says nothing of it.
    """

    buttons: tuple[tuple[int, str], ...]
    fields: tuple[tuple[str, tuple[str, ...]], ...] = ()
    panels: tuple[tuple[int | None, ...], ...] = ()


def switch_between(costs: Sequence[CostFinding]) -> Switch | None:
    """Choose how a reader switches between costs.

    Parameters
    ----------
    costs : sequence of CostFinding
        The costs, one for each panel.

    Returns
    -------
    Switch or None
        None where there is nothing to switch. Selects for cost, explainer and share kept where
        some cost was audited with several explainers or shares; else a button for each cost.
    """
    if len(costs) < 2:
        return None
    labels = tuple(dict.fromkeys(cost.label for cost in costs))
    if len(labels) == len(costs):
        return Switch(tuple((k, plain(cost.title)) for k, cost in enumerate(costs, start=1)))
    explainers = tuple(dict.fromkeys(cost.explainer for cost in costs if cost.explainer))
    keeps = tuple(dict.fromkeys(_kept(cost) for cost in costs if cost.explainer))
    return Switch(
        (),
        fields=tuple(
            (name, tuple(plain(option, 60) for option in options))
            for name, options in (("Cost", labels), ("Explainer", explainers), ("Keep", keeps))
        ),
        panels=tuple(
            (
                labels.index(cost.label),
                explainers.index(cost.explainer) if cost.explainer else None,
                keeps.index(_kept(cost)) if cost.explainer else None,
            )
            for cost in costs
        ),
    )


def _kept(cost: CostFinding) -> str:
    """Write how many features were kept."""
    if cost.keep is None:
        return "mean over keep"
    if isinstance(cost.keep, float):
        return f"{cost.keep:.0%} of the features"
    return f"{cost.keep} {'feature' if cost.keep == 1 else 'features'}"
