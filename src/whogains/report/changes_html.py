"""Two audits side by side as one self-contained page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains.records import to_dict
from whogains.report.changes_text import audit_words, level_words
from whogains.report.cost_figures import MINUS, change_figures
from whogains.report.html_page import CITATION, CITATION_URL, first_of, fitted, packed, render
from whogains.report.words import (
    count,
    group_name,
    plain,
    size_words,
    with_unit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whogains.records import ChangesRecord, CostChange, GroupChange

# More groups times costs than this have not been seen to fit into a page.
MOST_CELLS = 4000
MOST_NOTES = 40


def changes_to_html(changes: ChangesRecord) -> str:
    """Write two audits side by side as one self-contained page.

    Parameters
    ----------
    changes : ChangesRecord
        What to render.

    Returns
    -------
    str
        The page; it loads nothing, is less than 3 MB, and names from the data are text. Of so many
        groups that not all fit, it shows those whose verdict changed, then the largest changes.

    """
    data = packed(to_dict(changes))

    def draw(groups: int, costs: int) -> str:
        return render("changes.html.j2", {**_context(changes, groups, costs), "data": data})

    groups = max((len(cost.groups) for cost in changes.costs), default=0)
    return fitted(draw, groups, len(changes.costs), cells=MOST_CELLS, data=len(data or ""))


def _context(changes: ChangesRecord, groups: int, costs: int) -> dict[str, Any]:
    return {
        "question": "Did the new model help the groups that the old one harmed?",
        "target": plain(changes.target),
        "before": audit_words(changes.created_before, changes.rows_before),
        "after": audit_words(changes.created_after, changes.rows_after),
        "level_words": level_words(changes),
        "level": f"{100 * changes.level:.4g}% CI",
        "costs": [_cost(cost, groups) for cost in changes.costs[:costs]],
        "all_costs": len(changes.costs),
        "notes": first_of([plain(note, 2000) for note in changes.notes], MOST_NOTES),
        "version": plain(changes.version),
        "citation": CITATION,
        "citation_url": CITATION_URL,
    }


def _cost(cost: CostChange, most: int) -> dict[str, Any]:
    write = change_figures(cost, MINUS)
    return {
        "title": plain(cost.title),
        "kind": cost.kind,
        "unit": plain(cost.unit, 40) if cost.unit else "",
        "population": (
            f"BoP {write(cost.population.before)}, then "
            f"{with_unit(write(cost.population.after), cost.unit)}"
        ),
        "gamma": (
            f"BoP {write(cost.gamma.before)} ({cost.gamma_before}), then "
            f"{with_unit(write(cost.gamma.after), cost.unit)} ({cost.gamma_after})"
        ),
        "some": f"{count(most)} of {count(len(cost.groups))} groups"
        if most < len(cost.groups)
        else "",
        "groups": [
            {
                "name": group_name(group.group),
                "n": (
                    size_words(group.n_before, group.clusters_before),
                    size_words(group.n_after, group.clusters_after),
                ),
                "numbers": (
                    write(group.bop.before),
                    write(group.bop.after),
                    write(group.bop.change),
                    write.interval(group.bop.ci),
                ),
                "verdicts": (group.verdict_before or "–", group.verdict_after or "–"),
                "words": group.words,
            }
            for group in _first(cost.groups, most)
        ],
    }


def _first(groups: Sequence[GroupChange], most: int) -> list[GroupChange]:
    """Keep the groups whose verdict changed, then those that changed most, in their order."""

    def weight(place: int) -> tuple[bool, float]:
        group = groups[place]
        return group.verdict_before == group.verdict_after, -abs(group.bop.change or 0.0)

    return [groups[place] for place in sorted(sorted(range(len(groups)), key=weight)[:most])]
