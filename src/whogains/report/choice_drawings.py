"""Where the lattice and the frontier of a choice are drawn, in per cent of a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from whogains.report.axes import Scale, Tick, benefit_scale
from whogains.report.choice_words import policy_name, set_name
from whogains.report.cost_figures import MINUS, choice_figures
from whogains.report.words import group_name, listing, plain, significant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whogains.records import ChoiceRecord, LatticeEdge, PolicyFinding

# A layer of more sets than this has no room for their names.
MOST_IN_LAYER = 6
MOST_POINTS = 20
MOST_EXPLAINED = 4


@dataclass(frozen=True, slots=True)
class Node:
    """One set of attributes: its place, name, gain, and whether the advice uses its model."""

    x: float
    y: float
    name: str
    gain: str
    used: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """One more attribute told: from where to where, and who gains."""

    x1: float
    y1: float
    x2: float
    y2: float
    verdict: str
    words: str
    title: str


@dataclass(frozen=True, slots=True)
class LatticeView:
    """The lattice as a picture."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    legible: bool
    layers: int


@dataclass(frozen=True, slots=True)
class Point:
    """One way to ask in one panel: its place, and how far down its bound reaches."""

    number: int
    x: float
    y: float | None
    low: float | None
    tone: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What ways to ask gain whom, and on what: one panel of the frontier."""

    title: str
    unit: str
    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    zero: float


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask in numbers."""

    number: int
    name: str
    cells: tuple[str, ...]
    checks: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class FrontierView:
    """The frontier as a picture, and as a table."""

    ways: tuple[Way, ...]
    panels: tuple[Panel, ...]
    ticks: tuple[Tick, ...]
    left_out: int


def lattice_view(choice: ChoiceRecord) -> LatticeView:
    """Place the sets of attributes in layers by their number, nothing at the bottom.

    Parameters
    ----------
    choice : ChoiceRecord
        The choice.

    Returns
    -------
    LatticeView
        Nodes and edges; the edges are those of the cost that decides.
    """
    write = choice_figures(choice, MINUS)
    layers: dict[int, list[tuple[str, ...]]] = {}
    for node in choice.lattice:
        layers.setdefault(len(node.asked), []).append(node.asked)
    most = max(layers)
    place = {
        asked: (100 * (i + 0.5) / len(layer), 8 + 84 * (1 - size / max(most, 1)))
        for size, layer in layers.items()
        for i, asked in enumerate(sorted(layer))
    }
    given = set(choice.settings.get("given", ()))
    used = {
        tuple(each for each in step.served if each not in given)
        for step in choice.requests
        if step.ask is None
    }
    nodes = tuple(
        Node(
            *place[node.asked],
            name=set_name(node.asked),
            gain=write(node.gain) if node.asked else "generic",
            used=node.asked in used,
        )
        for node in choice.lattice
    )
    edges = tuple(_edge(edge, place) for edge in choice.edges if edge.cost == choice.cost.name)
    legible = max(map(len, layers.values())) <= MOST_IN_LAYER
    return LatticeView(nodes, edges, legible, most + 1)


def _edge(edge: LatticeEdge, place: dict[tuple[str, ...], tuple[float, float]]) -> Edge:
    both = tuple(sorted({*edge.told, edge.tells}))
    gain = [group_name(each.group) for each in edge.groups if each.verdict == "gain"]
    harm = [group_name(each.group) for each in edge.groups if each.verdict == "harm"]
    parts = [f"{len(gain)} groups gain: {listing(gain)}"] if gain else []
    parts += [f"{len(harm)} are harmed: {listing(harm)}"] if harm else []
    said = "; ".join(parts) or "no group is shown to gain or to be harmed"
    return Edge(
        *place[edge.told],
        *place[both],
        verdict="harm" if harm else "gain" if gain else "cannot tell",
        words="some are harmed" if harm else "some gain" if gain else "not shown",
        title=f"{plain(edge.tells)}, given {set_name(edge.told)}: {said}",
    )


def frontier_view(choice: ChoiceRecord) -> FrontierView:
    """Place every way to ask by its burden and what it gains: everybody, the worst, explanations.

    Parameters
    ----------
    choice : ChoiceRecord
        The choice.

    Returns
    -------
    FrontierView
        The advice first, then the other ways by burden.
    """
    write = choice_figures(choice, MINUS)
    order = {"requests": 0, "routing": 1}
    every = sorted(
        choice.policies, key=lambda one: (order.get(one.kind, 2), one.dominated, one.burden)
    )
    kept = every[:MOST_POINTS]
    across = Scale(0.0, max((each.burden for each in choice.policies), default=1.0) or 1.0)
    unit = plain(choice.cost.unit, 40) if choice.cost.unit else ""
    decides = plain(choice.cost.label)
    delta = choice.cost.delta
    drawn = [
        _Drawn(f"Everybody: {decides}", unit, delta, [(e.gain, e.lower) for e in kept]),
        _Drawn(
            f"The worst-served group: {decides}",
            unit,
            delta,
            [(each.worst_gain, each.worst_lower) for each in kept],
        ),
    ]
    for place, cost in enumerate(next((one.explained for one in kept if one.explained), ())):
        # Asking nobody leaves every explanation as it is.
        gains = [
            (one.explained[place].gain, one.explained[place].lower) if one.explained else (0.0, 0.0)
            for one in kept
        ]
        title = f"Everybody: {plain(cost.title)}"
        drawn.append(_Drawn(title, plain(cost.unit or "", 40), 0.0, gains))
    ways = tuple(
        Way(
            number=number,
            name=policy_name(each),
            cells=(
                significant(each.burden),
                f"{100 * each.people_asked:.0f} %",
                write(each.gain),
                write(each.lower),
                write(each.worst_lower),
            ),
            checks=(each.rational, each.envy_free, each.minimal),
        )
        for number, each in enumerate(kept, 1)
    )
    return FrontierView(
        ways,
        tuple(_panel(kept, across, each) for each in drawn[: 2 + MOST_EXPLAINED]),
        tuple(across.ticks()),
        len(every) - len(kept),
    )


class _Drawn(NamedTuple):
    """What a panel draws: of every way the gain, and a bound."""

    title: str
    unit: str
    delta: float
    gains: list[tuple[float | None, float | None]]


def _panel(ways: Sequence[PolicyFinding], across: Scale, drawn: _Drawn) -> Panel:
    up = benefit_scale(
        [(lower, gain) for gain, lower in drawn.gains],
        [gain for gain, _ in drawn.gains if gain is not None],
        drawn.delta,
    )
    points = tuple(
        Point(
            number=number,
            x=across(way.burden),
            y=None if gain is None else 100 - up(gain),
            low=None if lower is None else 100 - up(lower),
            tone={"requests": "gain", "routing": "same"}.get(way.kind, "unknown"),
        )
        for number, (way, (gain, lower)) in enumerate(zip(ways, drawn.gains, strict=True), 1)
    )
    turned = tuple(Tick(tick.value, 100 - tick.at, tick.label) for tick in up.ticks())
    return Panel(drawn.title, drawn.unit, points, turned, 100 - up(0.0))
