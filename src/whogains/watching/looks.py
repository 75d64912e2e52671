"""What may be told at each look: batches become blocks of enough new people, and blocks add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any

import numpy as np

from whogains.costs import Cost
from whogains.evidence import (
    Evidence,
    Grouping,
    Sums,
    Tallies,
    telling_groups,
    telling_outcomes,
    union,
)
from whogains.inference import weights_by_appearance
from whogains.types import BoolArray, FloatArray, IntArray
from whogains.watching.state import State


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """The looks of a watch, one for each batch.

    Parameters
    ----------
    grouping : Grouping
        The d groups of all batches.
    costs : tuple of Cost
        The costs.
    sums : tuple of Sums
        For each cost, of arrays of shape (looks, d): what is told of each group at each look, from
        the last restart on.
    tallies : tuple of mapping of str to ndarray of float, shape (looks, d)
        What else is counted, for each cost.
    told : ndarray of bool, shape (looks, d)
        Where something new is told.
    stretch : ndarray of int, shape (looks,)
        How many restarts there were up to each look.
    weights : ndarray of float, shape (stretches, d)
        Each group's share of the level in each stretch, for one cost; NaN before it appears.
    weighted, clustered : bool
        As of evidence.
    """

    grouping: Grouping
    costs: tuple[Cost, ...]
    sums: tuple[Sums, ...]
    tallies: tuple[Tallies, ...]
    told: BoolArray
    stretch: IntArray
    weights: FloatArray
    weighted: bool
    clustered: bool

    def last(self, cost: int) -> Sums:
        """Give the sums of one cost at the last look, shape (d,)."""
        return at_look(self.sums[cost], -1)


def at_look(sums: Sums, look: int) -> Sums:
    """Give the sums of one look.

    Parameters
    ----------
    sums : Sums
        Of arrays of shape (looks, d).
    look : int
        Which.

    Returns
    -------
    Sums
        Of arrays of shape (d,).
    """
    return Sums(**{field.name: getattr(sums, field.name)[look] for field in fields(Sums)})


def replay(state: State, *, max_groups: int) -> Looks:
    """Go through the batches in the order in which they came.

    Parameters
    ----------
    state : State
        The watch.
    max_groups : int
        The most groups allowed.

    Returns
    -------
    Looks
        What may be told at each.

    Raises
    ------
    InputError
        If there are more groups.

    Notes
    -----
    A group's new rows wait until they are enough to be told: `min_cell` units, worth as many, none
    of them most of a cost, and, while they are fewer than ten times as many, two of each outcome
    and not one alone of whom the models' costs differ. Else the difference of two looks would be
    the sums of few people, or one's outcome. Which looks there are may depend on anything: the
    sequences hold at all of them.
    """
    parts = [None if b.collected is None else b.collected.evidence for b in state.batches]
    known = [part for part in parts if part is not None]
    grouping = reduce(
        lambda a, b: union(a, b, max_groups=max_groups), (part.grouping for part in known)
    )
    costs = tuple(item.cost for item in known[0].costs)
    d, most = len(grouping), len(costs)
    place = {group: j for j, group in enumerate(grouping.groups)}
    total, waiting = [_nothing(d)] * most, [_nothing(d)] * most
    counted: list[dict[str, FloatArray]] = [{} for _ in costs]
    held: list[dict[str, FloatArray]] = [{} for _ in costs]
    found: list[list[Sums]] = [[] for _ in costs]
    tallied: list[list[dict[str, FloatArray]]] = [[] for _ in costs]
    told, stretches, stretch = [], [], 0
    for batch, part in zip(state.batches, parts, strict=True):
        if batch.restart:
            stretch += 1
            total, waiting = [_nothing(d)] * most, [_nothing(d)] * most
            counted, held = [{} for _ in costs], [{} for _ in costs]
        if part is not None:
            places = np.array([place[group] for group in part.grouping.groups])
            for c, item in enumerate(part.costs):
                waiting[c] = waiting[c] + item.groups.placed(places, d)
                held[c] = _plus(held[c], _moved(item.tallies, places, d))
        small = _telling(costs, waiting, state.choices.min_cell)
        new = ~small & (waiting[0].rows > 0)
        for c in range(most):
            total[c] = _where(new, total[c] + waiting[c], total[c])
            waiting[c] = _where(new, _nothing(d), waiting[c])
            counted[c] = _plus(counted[c], {k: np.where(new, v, 0.0) for k, v in held[c].items()})
            held[c] = {name: np.where(new, 0.0, each) for name, each in held[c].items()}
            found[c].append(total[c])
            tallied[c].append(counted[c])
        told.append(new)
        stretches.append(stretch)
    return Looks(
        grouping=grouping,
        costs=costs,
        sums=tuple(_stacked(each) for each in found),
        tallies=tuple(
            {
                name: np.stack([one.get(name, np.zeros(d)) for one in each])
                for name in (each[-1] if each else {})
            }
            for each in tallied
        ),
        told=np.stack(told),
        stretch=np.array(stretches),
        weights=_weights(grouping, parts, np.array(stretches)),
        weighted=any(part.weighted for part in known),
        clustered=any(part.clustered for part in known),
    )


def _telling(costs: Sequence[Cost], waiting: Sequence[Sums], min_cell: int) -> BoolArray:
    """Find the groups whose new rows would tell something of one person, by any cost."""
    pairs = list(zip(costs, waiting, strict=True))
    found = telling_groups(pairs, min_cell)
    for cost, sums in pairs:
        found = found | telling_outcomes(cost, sums, min_cell)
    return found


def _weights(grouping: Grouping, parts: Sequence[Evidence | None], stretch: IntArray) -> FloatArray:
    """Share the level out over stretches, and in each over groups, by their appearance."""
    of_stretch = weights_by_appearance(1, int(stretch[-1]))
    found = np.full((len(of_stretch), len(grouping)), np.nan)
    place = {group: j for j, group in enumerate(grouping.groups)}
    order: list[int] = []
    for number, share in enumerate(of_stretch):
        # At first: what was there before, and all that can occur by the first batch.
        first, later = dict.fromkeys(order), dict[int, None]()
        mine = [part for part, of in zip(parts, stretch, strict=True) if of == number and part]
        for part in mine[:1]:
            first |= dict.fromkeys(place[group] for group in part.grouping.groups)
        for part in mine:
            rows = part.costs[0].groups.rows
            there = [place[g] for g, n in zip(part.grouping.groups, rows, strict=True) if n > 0]
            later |= dict.fromkeys(j for j in there if j not in first)
        order = [*first, *later]
        found[number, order] = share * weights_by_appearance(len(first), len(later))
    return found


def _nothing(d: int) -> Sums:
    whole = ("rows", "units", "moved", "gains", "harms")
    empty: dict[str, Any] = {
        field.name: np.zeros(d, dtype=np.int64 if field.name in whole else np.float64)
        for field in fields(Sums)
    }
    return Sums(**empty)


def _where(mask: BoolArray, first: Sums, second: Sums) -> Sums:
    return Sums(
        **{
            field.name: np.where(mask, getattr(first, field.name), getattr(second, field.name))
            for field in fields(Sums)
        }
    )


def _stacked(looks: Sequence[Sums]) -> Sums:
    return Sums(
        **{
            field.name: np.stack([getattr(each, field.name) for each in looks])
            for field in fields(Sums)
        }
    )


def _moved(tallies: Tallies, places: IntArray, d: int) -> dict[str, FloatArray]:
    return {
        name: np.bincount(places, each, minlength=d).astype(np.float64)
        for name, each in tallies.items()
    }


def _plus(first: Tallies, second: Tallies) -> dict[str, FloatArray]:
    return {
        name: first.get(name, np.zeros(1)) + second.get(name, np.zeros(1))
        for name in dict.fromkeys((*first, *second))
    }
