"""What is shown of the last batches alone: windows that begin again and again, at one level."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from whogains.evidence import Sums
from whogains.inference import Alternative, weighted_holm, weights_by_appearance
from whogains.records import Verdict, WatchCost, WatchLately
from whogains.types import BoolArray, FloatArray, IntArray
from whogains.watching.looks import Looks
from whogains.watching.sequences import finite, finite_ends, mean_of, sequence_of
from whogains.watching.state import State


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The last batches of a watch.

    Parameters
    ----------
    begin : ndarray of int, shape (d,)
        The look from which on each group's rows count.
    sums : tuple of Sums
        For each cost, of arrays of shape (looks in the window, d): what is told in it by each look.
    weights : ndarray of float, shape (costs, d)
        Each group's share of the level, for each cost; NaN for a group that has not appeared.
    """

    begin: IntArray
    sums: tuple[Sums, ...]
    weights: FloatArray

    def last(self, cost: int) -> Sums:
        """Give the sums of one cost at the last look, shape (d,)."""
        sums = self.sums[cost]
        return Sums(**{each.name: getattr(sums, each.name)[-1] for each in fields(Sums)})

    def adjusted(self, logs: tuple[FloatArray, ...]) -> FloatArray:
        """Correct e-values over groups, costs and all windows.

        Parameters
        ----------
        logs : tuple of ndarray of float, each of shape (looks in the window, d)
            Log e-values of each cost.

        Returns
        -------
        ndarray of float, shape (costs, d)
            Adjusted p-values at the last look; NaN for a group that has not appeared.
        """
        p = np.stack([np.exp(-np.maximum(each, 0.0).max(axis=0)) for each in logs])
        found = np.full(p.shape, np.nan)
        there = ~np.isnan(self.weights)
        found[there] = weighted_holm(p[there], self.weights[there])
        return found


def starts_of(state: State) -> list[int]:
    """Find the batches with which windows begin, in order: one in so many, and every restart."""
    found = [0]
    for place, batch in enumerate(state.batches):
        if place and (batch.restart or place - found[-1] == state.choices.window):
            found.append(place)
    return found


def window_of(state: State, looks: Looks) -> Window | None:
    r"""Open the window that a watch looks through at its last batch.

    Parameters
    ----------
    state : State
        The watch.
    looks : Looks
        Its looks.

    Returns
    -------
    Window or None
        None where none was asked for.

    Notes
    -----
    A window begins with every `window`-th batch, and with a restart. Looked through is the last but
    one that has begun (the last one after a restart), so that it is `window` + 1 to 2 `window`
    batches long. The rows of a group count from the first look on at which it was told with the
    window's first batch before it or later, so that a window is the difference of what was told.

    The k-th window has :math:`6 / (\pi k)^2` of the level, together the whole (Basel). In each,
    e-values begin at 1 and are valid at every look, and Holm by weights corrects them over groups
    and costs: the chance that any window ever says a wrong thing of one kind is at most alpha.
    Derived here; a union over windows that are fixed by the number of batches.
    """
    if state.choices.window is None:
        return None
    starts = starts_of(state)
    anew = [place for place in starts if place == 0 or state.batches[place].restart]
    number = len(starts) - 1 if starts[-1] in anew else len(starts) - 2
    start, end = starts[number], len(state.batches)
    begin = np.full(len(looks.grouping), start)
    if start not in anew:
        told = looks.told[start - 1 :]
        begin = np.where(told.any(axis=0), start + np.argmax(told, axis=0), end)
    inside = np.arange(start, end)[:, None] >= begin
    # The k-th has what the k-th group that comes later would have of a level that is all kept.
    share = 6 / (np.pi * (number + 1)) ** 2
    stretch = int(looks.stretch[-1])
    of_stretch = weights_by_appearance(1, stretch)[stretch]
    costs = len(looks.costs)
    weights = np.broadcast_to(
        share * looks.weights[stretch] / of_stretch / costs, (costs, len(looks.grouping))
    )
    sums = tuple(_summed(each, start, inside) for each in looks.added)
    return Window(begin, sums, weights)


def _summed(added: Sums, start: int, inside: BoolArray) -> Sums:
    """Add up what was told at each look of a window."""
    names = [each.name for each in fields(Sums)]
    found: list[Sums] = []
    for place, here in enumerate(inside):
        new = {name: getattr(added, name)[start + place] for name in names}
        now = Sums(**{name: np.where(here, value, 0) for name, value in new.items()})
        found.append(found[-1] + now if found else now)
    return Sums(**{name: np.stack([getattr(one, name) for one in found]) for name in names})


def with_lately(costs: tuple[WatchCost, ...], state: State, looks: Looks) -> tuple[WatchCost, ...]:
    """Add what is known of each group from the last batches alone.

    Parameters
    ----------
    costs : tuple of WatchCost
        What is known of them since the last restart.
    state : State
        The watch.
    looks : Looks
        Its looks.

    Returns
    -------
    tuple of WatchCost
        The same where no window was asked for.
    """
    window = window_of(state, looks)
    if window is None:
        return costs
    kinds: tuple[tuple[Verdict, Alternative], ...] = (("gain", "greater"), ("harm", "less"))
    sequences = [
        sequence_of(cost, weighted=looks.weighted, clustered=looks.clustered)
        for cost in looks.costs
    ]
    p = {
        verdict: window.adjusted(
            tuple(
                each.log_e(sums, 0.0, side)
                for each, sums in zip(sequences, window.sums, strict=True)
            )
        )
        for verdict, side in kinds
    }
    place = {group: j for j, group in enumerate(looks.grouping.groups)}
    found = []
    for c, cost in enumerate(costs):
        sums = window.last(c)
        mean, ends = mean_of(sums), sequences[c].interval(sums, state.choices.alpha)
        groups = []
        for group in cost.groups:
            j = place[tuple(group.group.values())]
            told = bool(sums.rows[j] > 0)
            verdict: Verdict = "cannot tell"
            for kind, _ in kinds:
                verdict = kind if told and p[kind][c, j] <= state.choices.alpha else verdict
            lately = WatchLately(
                begin=int(window.begin[j]) if told else None,
                n=int(sums.rows[j]),
                bop=finite(mean.estimate[j]) if told else None,
                ci=finite_ends((ends.lower[j], ends.upper[j])) if told else (None, None),
                p_gain_adjusted=finite(p["gain"][c, j]) if told else None,
                p_harm_adjusted=finite(p["harm"][c, j]) if told else None,
                verdict=verdict,
            )
            groups.append(replace(group, lately=lately))
        found.append(replace(cost, groups=tuple(groups)))
    return tuple(found)
