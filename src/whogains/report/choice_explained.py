"""What each set of attributes does to explanations, for tables beside the frontier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from whogains.report.choice_words import set_name
from whogains.report.cost_figures import Figures, choice_figures, figures_for
from whogains.report.words import group_name, plain, significant

if TYPE_CHECKING:
    from whogains.records import ChoiceRecord, LatticeEdge

Key = tuple[str, str | None, float | int | None]
SAID = (
    "Explanations decide nothing here. Gain: the cost of explaining the model that is told less, "
    "less that of the model that is told more; intervals are each alone."
)


@dataclass(frozen=True, slots=True)
class ExplainedSet:
    """One set of attributes asked of everybody, on one cost of explanation, as it is written."""

    name: str
    burden: str
    prediction: str
    title: str
    gain: str
    ci: str
    unit: str


@dataclass(frozen=True, slots=True)
class ExplainedEdge:
    """One more attribute told, on one cost of explanation, as it is written."""

    title: str
    tells: str
    told: str
    gain: str
    ci: str
    gains: str
    harmed: str


def explained_sets(choice: ChoiceRecord, minus: str = "-") -> list[ExplainedSet]:
    """List every set and cost of explanation by burden; nothing where none was asked for.

    Parameters
    ----------
    choice : ChoiceRecord
        The choice.
    minus : str
        The sign before a negative number.

    Returns
    -------
    list of ExplainedSet
        Sets by burden, each with all costs.
    """
    write, predicted = _figures(choice, minus), choice_figures(choice, minus)
    return [
        ExplainedSet(
            name=set_name(node.asked),
            burden=significant(node.burden),
            prediction=predicted(node.gain),
            title=plain(each.title),
            gain=write[each.cost, each.explainer, each.keep](each.gain),
            ci=write[each.cost, each.explainer, each.keep].interval(each.ci),
            unit=plain(each.unit, 40) if each.unit else "",
        )
        for node in sorted(choice.lattice, key=lambda one: one.burden)
        for each in node.explained
    ]


def explained_edges(choice: ChoiceRecord, minus: str = "-") -> list[ExplainedEdge]:
    """List every edge and cost of explanation; parameters as in `explained_sets`."""
    write = _figures(choice, minus)
    titles = {
        (each.cost, each.explainer, each.keep): plain(each.title)
        for node in choice.lattice
        for each in node.explained
    }
    return [
        ExplainedEdge(
            title=titles[_key(edge)],
            tells=plain(edge.tells),
            told=set_name(edge.told),
            gain=write[_key(edge)](edge.gain),
            ci=write[_key(edge)].interval(edge.ci),
            gains=_groups(edge, "gain"),
            harmed=_groups(edge, "harm"),
        )
        for edge in choice.edges
        if _key(edge) in titles
    ]


def _key(edge: LatticeEdge) -> Key:
    return edge.cost, edge.explainer, edge.keep


def _groups(edge: LatticeEdge, verdict: str) -> str:
    named = [group_name(each.group) for each in edge.groups if each.verdict == verdict]
    more = f" and {len(named) - 8} more" if len(named) > 8 else ""
    return f"{len(named)} of {len(edge.groups)}: {'; '.join(named[:8])}{more}" if named else ""


def _figures(choice: ChoiceRecord, minus: str) -> dict[Key, Figures]:
    of_cost: dict[Key, list[tuple[float | None, tuple[float | None, float | None]]]] = {}
    for node in choice.lattice:
        for each in node.explained:
            of_cost.setdefault((each.cost, each.explainer, each.keep), []).append(
                (each.gain, each.ci)
            )
    return {
        key: figures_for([ci for _, ci in known], [gain for gain, _ in known], 0.0, minus)
        for key, known in of_cost.items()
    }
