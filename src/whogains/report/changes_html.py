"""Two audits side by side as one self-contained page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains.report.changes_text import audit_words, change_figures, change_title, level_words
from whogains.report.page import CITATION, CITATION_URL, render
from whogains.report.words import MINUS, count, group_name, plain, with_unit

if TYPE_CHECKING:
    from pathlib import Path

    from whogains.findings import Changes, CostChange


def changes_to_html(changes: Changes, path: str | Path | None = None) -> str:
    """Write two audits side by side as one self-contained page.

    Parameters
    ----------
    changes : Changes
        What to render.
    path : str or Path, optional
        A file to write; none by default.

    Returns
    -------
    str
        The page; it loads nothing, and names from the data are text.

    Raises
    ------
    UnwritableError
        If the file cannot be written.
    """
    context = {
        "question": "Did the new model help the groups that the old one harmed?",
        "target": plain(changes.target),
        "before": audit_words(changes.created_before, changes.rows_before),
        "after": audit_words(changes.created_after, changes.rows_after),
        "level_words": level_words(changes),
        "level": f"{100 * changes.level:.4g}% CI",
        "costs": [_cost(cost) for cost in changes.costs],
        "notes": [plain(note, 2000) for note in changes.notes],
        "version": plain(changes.version),
        "citation": CITATION,
        "citation_url": CITATION_URL,
    }
    return render("changes.html.j2", context, {"changes": changes.to_dict()}, path)


def _cost(cost: CostChange) -> dict[str, Any]:
    write = change_figures(cost, MINUS)
    return {
        "title": change_title(cost),
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
        "groups": [
            {
                "name": group_name(group.group),
                "n": (count(group.n_before), count(group.n_after)),
                "numbers": (
                    write(group.bop.before),
                    write(group.bop.after),
                    write(group.bop.change),
                    write.interval(group.bop.ci),
                ),
                "verdicts": (group.verdict_before or "–", group.verdict_after or "–"),
                "words": group.words,
            }
            for group in cost.groups
        ],
    }
