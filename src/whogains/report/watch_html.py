"""A watch as one self-contained page: each group over time, its sequence, and the alarms."""

from __future__ import annotations

from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Any

from whogains.records import to_dict
from whogains.report.axes import Scale, benefit_scale
from whogains.report.cost_figures import MINUS
from whogains.report.html_page import CITATION, CITATION_URL, fitted, flat, packed, render
from whogains.report.warnings import warning_views
from whogains.report.watch_text import group_cells
from whogains.report.watch_words import (
    QUESTION,
    batch_name,
    cost_heading,
    level_words,
    watch_figures,
    watch_sentences,
)
from whogains.report.words import cost_label, count, group_name, plain

if TYPE_CHECKING:
    from whogains.records import WatchCost, WatchGroup, WatchRecord

# More groups times costs than this have not been seen to fit into a page.
MOST_CELLS = 1500
# Of a line of more looks than this only so many, evenly spread and the last, are drawn.
MOST_LOOKS = 200
HEIGHT = 48.0


def watch_to_html(watch: WatchRecord) -> str:
    """Write a watch as one self-contained page.

    Parameters
    ----------
    watch : WatchRecord
        What to render.

    Returns
    -------
    str
        The page; it loads nothing, is less than 3 MB, and names from the data are text. Of so many
        groups that not all fit, it shows those that are harmed, then those of whom most is known.
    """
    data = packed(to_dict(watch))

    def draw(groups: int, costs: int) -> str:
        context = {**_context(watch, groups, costs), "data": data}
        return render("watch.html.j2", context, style="watch.css")

    groups = max(len(cost.groups) for cost in watch.costs)
    return fitted(draw, groups, len(watch.costs), cells=MOST_CELLS, data=len(data or ""))


def _context(watch: WatchRecord, groups: int, costs: int) -> dict[str, Any]:
    batches = watch.batches
    return {
        "question": QUESTION,
        "target": plain(watch.data.target),
        "groups_by": " × ".join(plain(each) for each in watch.data.groups),
        "batches": count(len(batches)),
        "rows": count(watch.data.rows),
        "first": batch_name(watch, 0),
        "last": batch_name(watch, len(batches) - 1),
        "restarts": [plain(each.name, 40) for each in batches if each.restart],
        "warnings": warning_views(watch.warnings),
        "sentences": [plain(each, 2000) for each in watch_sentences(watch)],
        "level": level_words(watch),
        "costs": [_cost(watch, cost, groups) for cost in watch.costs[:costs]],
        "all_costs": len(watch.costs),
        "alarms": [
            {
                "batch": batch_name(watch, alarm.batch),
                "group": group_name(alarm.group),
                "cost": cost_label(watch, alarm.cost),
            }
            for alarm in watch.alarms[:200]
        ],
        "more_alarms": count(max(len(watch.alarms) - 200, 0)),
        "notes": [plain(note, 2000) for note in watch.notes],
        "settings": flat({k: v for k, v in watch.settings.items() if v is not None}),
        "version": plain(watch.version),
        "citation": CITATION,
        "citation_url": CITATION_URL,
    }


def _cost(watch: WatchRecord, cost: WatchCost, most: int) -> dict[str, Any]:
    write = watch_figures(cost, MINUS)
    shown = _first(cost, most)
    scale = benefit_scale(
        [group.ci for group in shown],
        [look.bop for group in shown for look in group.looks if look.bop is not None],
        cost.epsilon,
    )
    return {
        "title": plain(cost.title),
        "unit": plain(cost.unit, 40) if cost.unit else "",
        "about": cost_heading(cost),
        "some": f"{count(len(shown))} of {count(len(cost.groups))} groups"
        if len(shown) < len(cost.groups)
        else "",
        "zero": _y(scale, 0.0),
        "band": (
            _y(scale, cost.epsilon),
            round(_y(scale, -cost.epsilon) - _y(scale, cost.epsilon), 2),
        ),
        "low": write(scale.low),
        "high": write(scale.high),
        "groups": [
            {
                "cells": group_cells(watch, group, write),
                "verdict": group.verdict,
                "lines": _lines(watch, group, scale),
                "alarms": [
                    _x(watch, alarm.batch)
                    for alarm in watch.alarms
                    if alarm.cost == cost.name and dict(alarm.group) == dict(group.group)
                ],
            }
            for group in shown
        ],
    }


def _lines(watch: WatchRecord, group: WatchGroup, scale: Scale) -> list[dict[str, str]]:
    """Draw the sequence and the benefit of one group, once for each stretch between restarts."""
    stretch = list(accumulate(int(batch.restart) for batch in watch.batches))
    step = max(1, len(group.looks) // MOST_LOOKS)
    looks = [*group.looks[:-1:step], *group.looks[-1:]]
    drawn = []
    for _, each in groupby(looks, key=lambda look: stretch[look.batch]):
        mine = [look for look in each if look.bop is not None]
        known = [
            (_x(watch, look.batch), look.ci[0], look.ci[1])
            for look in mine
            if look.ci[0] is not None and look.ci[1] is not None
        ]
        edge = [(x, high) for x, _, high in known] + [(x, low) for x, low, _ in reversed(known)]
        path = [(_x(watch, look.batch), look.bop) for look in mine]
        drawn.append({"band": _points(edge, scale), "line": _points(path, scale)})
    return drawn


def _points(values: list[tuple[float, Any]], scale: Scale) -> str:
    return " ".join(f"{x},{_y(scale, float(y))}" for x, y in values)


def _x(watch: WatchRecord, batch: int) -> float:
    return round(100 * (batch + 0.5) / len(watch.batches), 2)


def _y(scale: Scale, value: float) -> float:
    return round(HEIGHT * (1 - scale(value) / 100), 2)


def _first(cost: WatchCost, most: int) -> list[WatchGroup]:
    """Keep the groups that are harmed, then those of whom most is known, in their order."""

    def weight(place: int) -> tuple[bool, bool, int]:
        group = cost.groups[place]
        return group.verdict != "harm", group.verdict == "cannot tell", -(group.n or 0)

    kept = sorted(range(len(cost.groups)), key=weight)[:most]
    return [cost.groups[place] for place in sorted(kept)]
