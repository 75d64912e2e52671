"""Requests: one question after the other, so that people can be served by what they have told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whogains.evidence import Grouping

Set = tuple[str, ...]
Level = str | None
Cell = frozenset[tuple[str, Level]]

# Sums of the same numbers in another order differ by less.
CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class Step:
    """One step: people who have told the same.

    Parameters
    ----------
    told : tuple of (str, level)
        What they have told, in the order of the questions.
    groups : tuple of int
        The groups they may belong to.
    ask : str or None
        The next question; None where these people are served.
    served : tuple of str
        The set whose model serves them, where nothing more is asked.
    """

    told: tuple[tuple[str, Level], ...]
    groups: tuple[int, ...]
    ask: str | None
    served: Set


@dataclass(frozen=True, slots=True)
class _Best:
    """The best that can be done for people who have told the same: gain first, then burden."""

    gain: float
    burden: float
    ask: str | None
    served: Set


def requests(
    grouping: Grouping,
    groups: Sequence[int],
    shares: Sequence[float],
    worth: Sequence[Mapping[Set, float]],
    *,
    given: Set,
    may_ask: Set,
    burden: Mapping[str, float],
) -> tuple[Step, ...]:
    """Find the requests that serve the groups best, with the least burden among these.

    Parameters
    ----------
    grouping : Grouping
        What the groups are.
    groups : sequence of int
        Places of the groups that count.
    shares : sequence of float
        The share of the people of each group of the grouping.
    worth : sequence of mapping of tuple of str to float
        For each group of the grouping, what each set that is certified for it is worth. A model
        is given to people who cannot be told apart only if it is certified for all their groups;
        that of `given` always may.
    given : tuple of str
        Attributes known without asking.
    may_ask : tuple of str
        Attributes that may be asked for: those that are shown to serve somebody.
    burden : mapping of str to float
        The price of each.

    Returns
    -------
    tuple of Step
        From the first question on, each before what follows from it.

    Notes
    -----
    Exact: by recursion over all cells, that is, all that can have been told, each solved once.
    Derived here; a test compares with all trees of small cases.
    """
    search = _Search(grouping, shares, worth, given=given, may_ask=may_ask, burden=burden)
    return tuple(search.walk((), tuple(groups)))


class _Search:
    """The best requests for every cell: all that can have been told, each solved once."""

    def __init__(
        self,
        grouping: Grouping,
        shares: Sequence[float],
        worth: Sequence[Mapping[Set, float]],
        *,
        given: Set,
        may_ask: Set,
        burden: Mapping[str, float],
    ) -> None:
        self.grouping, self.shares, self.worth = grouping, shares, worth
        self.given, self.may_ask, self.burden = given, may_ask, burden
        self.solved: dict[Cell, _Best] = {}

    def walk(self, told: tuple[tuple[str, Level], ...], members: tuple[int, ...]) -> list[Step]:
        known = {name for name, _ in told}
        # What is known anyway splits people before any question.
        free = next((name for name in self.given if name not in known), None)
        ask: str | None = free
        steps: list[Step] = []
        if free is None:
            best = self.solve(frozenset(told), members)
            ask, steps = best.ask, [Step(told, members, best.ask, best.served)]
        if ask is not None:
            for level, those in self.split(members, ask):
                steps += self.walk((*told, (ask, level)), those)
        return steps

    def solve(self, cell: Cell, members: tuple[int, ...]) -> _Best:
        if cell in self.solved:
            return self.solved[cell]
        names = {name for name, _ in cell}
        best = self.leaf(members, names)
        # Who is served as well as by any question is asked none.
        most = sum(self.shares[g] * max(self.worth[g].values(), default=0.0) for g in members)
        if best.gain < most * (1 - CLOSE):
            for name in sorted({*self.may_ask} - names):
                asked = self.asking(cell, members, name)
                best = asked if _better(asked, best) else best
        self.solved[cell] = best
        return best

    def leaf(self, members: tuple[int, ...], names: set[str]) -> _Best:
        common = set.intersection(*({*self.worth[g]} for g in members)) if members else set()
        best = _Best(0.0, 0.0, None, self.given)
        for each in sorted(common, key=lambda one: (len(one), one)):
            gain = sum(self.shares[g] * self.worth[g][each] for g in members)
            if names.issuperset(each) and gain > best.gain * (1 + CLOSE):
                best = _Best(gain, 0.0, None, each)
        return best

    def asking(self, cell: Cell, members: tuple[int, ...], name: str) -> _Best:
        parts = [
            self.solve(cell | {(name, level)}, those) for level, those in self.split(members, name)
        ]
        price = self.burden[name] * sum(self.shares[g] for g in members)
        return _Best(
            sum(part.gain for part in parts), price + sum(part.burden for part in parts), name, ()
        )

    def split(self, members: Sequence[int], name: str) -> list[tuple[Level, tuple[int, ...]]]:
        place = self.grouping.names.index(name)
        by_level: dict[Level, list[int]] = {}
        for g in members:
            by_level.setdefault(self.grouping.groups[g][place], []).append(g)
        order = self.grouping.levels[place]
        return [(level, tuple(by_level[level])) for level in order if level in by_level]


def _better(one: _Best, other: _Best) -> bool:
    if abs(one.gain - other.gain) <= CLOSE * max(abs(one.gain), abs(other.gain)):
        return one.burden < other.burden - CLOSE
    return one.gain > other.gain
