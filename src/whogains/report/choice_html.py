"""A choice as one self-contained page: the answer in three sentences, then what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains.records import to_dict
from whogains.report.choice_drawings import frontier_view, lattice_view
from whogains.report.choice_explained import SAID, explained_edges, explained_sets
from whogains.report.choice_words import choice_sentences, guarantee, set_name
from whogains.report.cost_figures import MINUS, choice_figures
from whogains.report.html_page import (
    CITATION,
    CITATION_URL,
    first_of,
    fitted,
    flat,
    packed,
    render,
)
from whogains.report.warnings import warning_views
from whogains.report.words import (
    count,
    group_name,
    outcome_words,
    p_value,
    percent,
    plain,
    significant,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import ChoiceRecord, LatticeEdge, NecessityFinding, RoutedGroup

# More groups than this have not been seen to fit into a page.
MOST_GROUPS = 2000
MOST_NOTES = 40
MOST_STEPS = 200
MOST_EDGES = 80


def choice_to_html(choice: ChoiceRecord) -> str:
    """Write a choice as one self-contained page.

    Parameters
    ----------
    choice : ChoiceRecord
        What to render.

    Returns
    -------
    str
        The page; it loads nothing, is less than 3 MB, and names from the data are text. Of so many
        groups that not all fit, it shows the largest.
    """
    content = to_dict(choice)
    data = packed(content)

    def draw(groups: int, _: int) -> str:
        return render(
            "choice.html.j2",
            {**_context(choice, content, groups), "data": data},
            style="choice.css",
        )

    return fitted(draw, len(choice.routing), 1, cells=MOST_GROUPS, data=len(data or ""))


def _context(choice: ChoiceRecord, content: dict[str, Any], most: int) -> dict[str, Any]:
    groups = sorted(enumerate(choice.routing), key=lambda one: -(one[1].n or 0))[:most]
    edges = [edge for edge in choice.edges if edge.cost == choice.cost.name]
    return {
        "question": "What to ask, and of whom?",
        "target": outcome_words(choice),
        "names": [plain(each) for each in choice.data.groups],
        "rows": count(choice.data.rows),
        "cost": plain(choice.cost.label),
        "unit": plain(choice.cost.unit, 40) if choice.cost.unit else "",
        "delta": with_unit(significant(choice.cost.delta), choice.cost.unit),
        "why_delta": plain(choice.cost.why_delta, 100),
        "level": f"{100 * choice.level:.4g} %",
        "warnings": warning_views(choice.warnings),
        "sentences": choice_sentences(choice),
        "guarantee": guarantee(choice),
        "asks": percent(choice.value.asked),
        "steps": [
            {
                "who": group_name(step.told) if step.told else "Everybody",
                "indent": len(step.told),
                "n": count(step.n),
                "share": percent(step.share),
                "ask": "" if step.ask is None else plain(step.ask),
                "served": set_name(step.served),
            }
            for step in choice.requests[:MOST_STEPS]
        ],
        "all_steps": len(choice.requests),
        "lattice": lattice_view(choice),
        "frontier": frontier_view(choice),
        "groups": [_group(choice, each) for _, each in sorted(groups, key=lambda one: one[0])],
        "all_groups": len(choice.routing),
        "necessity": [_need(choice, each) for each in choice.necessity],
        "edges": [_edge(choice, each) for each in edges[:MOST_EDGES]],
        "all_edges": len(edges),
        "explained_sets": explained_sets(choice, MINUS)[:MOST_EDGES],
        "explained_edges": explained_edges(choice, MINUS)[: 2 * MOST_EDGES],
        "explained_said": SAID,
        "everybody": None if choice.everybody.asked is None else set_name(choice.everybody.asked),
        "safest": set_name(choice.everybody.safest),
        "required": count(_least_rows(choice)),
        "notes": first_of([plain(note, 2000) for note in choice.notes], MOST_NOTES),
        "settings": flat(content["settings"]),
        "version": plain(choice.version),
        "created": plain(choice.created),
        "citation": CITATION,
        "citation_url": CITATION_URL,
    }


def _least_rows(choice: ChoiceRecord) -> int | None:
    known = [each.required for each in choice.everybody.sets if each.required is not None]
    return min(known, default=None)


def _group(choice: ChoiceRecord, group: RoutedGroup) -> dict[str, Any]:
    write = choice_figures(choice, MINUS)
    return {
        "name": group_name(group.group),
        "n": count(group.n),
        "tells": set_name(group.tells),
        "asked": set_name(group.asked),
        "served": set_name(group.served),
        "gain": write(group.gain),
        "lower": write(group.lower),
        "everything": write(group.everything_gain),
        "declining": "; ".join(
            f"{plain(name)}: {write(loss)}" for name, loss in group.declining.items()
        )
        or "–",
        "best": f"{set_name(group.best)}: {write(group.best_gain)}" if group.best else "–",
        "p": p_value(group.p_adjusted),
        "required": count(group.required),
        "tone": {"certified": "gain", "too small to matter": "no material difference"}.get(
            group.verdict, "cannot tell"
        ),
        "verdict": group.verdict,
    }


def _need(choice: ChoiceRecord, need: NecessityFinding) -> dict[str, Any]:
    write = choice_figures(choice, MINUS)
    return {
        "name": plain(need.attribute),
        "loss": write(need.loss),
        "worst": group_name(need.worst_group),
        "worst_loss": write(need.worst_loss),
        "p_needed": p_value(need.p_needed),
        "p_not": p_value(need.p_not_needed),
        "verdict": need.verdict,
        "tone": {"needed": "gain", "not needed": "no material difference"}.get(
            need.verdict, "cannot tell"
        ),
        "who": "; ".join(group_name(each) for each in need.groups[:6]),
        "more": count(need.more),
    }


def _edge(choice: ChoiceRecord, edge: LatticeEdge) -> dict[str, Any]:
    write = choice_figures(choice, MINUS)
    counted = {
        word: [group_name(each.group) for each in edge.groups if each.verdict == word]
        for word in ("gain", "harm", "no material difference")
    }
    return {
        "tells": plain(edge.tells),
        "told": set_name(edge.told),
        "gain": write(edge.gain),
        "ci": write.interval(edge.ci),
        "who": {word: "; ".join(names[:8]) for word, names in counted.items()},
        "counts": {word: len(names) for word, names in counted.items()},
        "groups": len(edge.groups),
    }
