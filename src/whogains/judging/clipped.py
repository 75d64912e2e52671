"""Rows whose log loss is clipped, and what they make of a cost."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log

from whogains.costs import LOG_LOSS_CLIP
from whogains.evidence import CLIPPED, Grouping
from whogains.judging.estimates import Estimates
from whogains.judging.judged import Judged
from whogains.records import group_label

# What a clipped row costs.
MOST = -log(LOG_LOSS_CLIP)


def clipped_numbers(estimates: Estimates, j: int) -> dict[str, float | int | None]:
    """Give the rows of one group whose log loss is clipped, and how much of its cost they make.

    Parameters
    ----------
    estimates : Estimates
        Of d groups.
    j : int
        Which group.

    Returns
    -------
    dict
        The keys of a finding; empty for costs that are not clipped, and where nobody counted.
    """
    if CLIPPED[0] not in estimates.tallies or not estimates.sums.rows[j]:
        return {}
    rows_0, rows_1, weight_0, weight_1 = (float(estimates.tallies[name][j]) for name in CLIPPED)
    each = MOST / float(estimates.sums.weight[j])
    return {
        # Of several rounds it is the mean, and some is not none.
        "clipped_generic": ceil(rows_0),
        "clipped_personalized": ceil(rows_1),
        "clipped_cost_generic": weight_0 * each,
        "clipped_cost_personalized": weight_1 * each,
    }


def clipped_note(judged: Sequence[Judged], grouping: Grouping) -> tuple[str, ...]:
    """Say how many rows are clipped, and where they make the largest share of a cost.

    Parameters
    ----------
    judged : sequence of Judged
        The costs.
    grouping : Grouping
        The groups.

    Returns
    -------
    tuple of str
        One note, or none where no row is clipped.
    """
    for one in judged:
        everybody = clipped_numbers(one.population, 0)
        rows = [everybody.get(f"clipped_{model}") or 0 for model in ("generic", "personalized")]
        if not any(rows):
            continue
        told = f"{rows[0]:.0f} of the generic model and {rows[1]:.0f} of the personalized one"
        said = (
            f"{one.item.cost.label}: predictions that give what happened a probability of 0 (less "
            f"than {LOG_LOSS_CLIP:.2g}) cost {MOST:.1f} each, as if it were that: {told}; "
            f"{_largest(one.groups, grouping)}"
        )
        return (said,)
    return ()


def _largest(groups: Estimates, grouping: Grouping) -> str:
    """Name the group and the model in which clipped rows make the largest share of the cost."""
    found = []
    for j, levels in enumerate(grouping.groups):
        numbers = clipped_numbers(groups, j)
        for model in ("generic", "personalized") if numbers else ():
            cost = float(getattr(groups.sums, model)[j])
            part = float(numbers[f"clipped_cost_{model}"] or 0.0)
            rows = int(numbers[f"clipped_{model}"] or 0)
            found.append((part / cost if cost > 0 else 0.0, part, cost, model, rows, levels))
    share, part, cost, model, rows, levels = max(found, key=lambda each: each[0])
    name = group_label(dict(zip(grouping.names, levels, strict=True)))
    return (
        f"in {name}, {rows} {'row makes' if rows == 1 else 'rows make'} {part:.3g} of the {model} "
        f"model's {cost:.3g} ({share:.0%})"
    )
