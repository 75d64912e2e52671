"""From a state to a record: what is shown at the last look, since when, and how far the rest is."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from whogains.costs import unit_words
from whogains.evidence import (
    MAX_GROUPS,
    Sums,
    few_outcomes,
    levels_not_named,
    one_label,
    unnamed_groups,
)
from whogains.inference import weighted_holm
from whogains.records import (
    Reason,
    Verdict,
    WarningFinding,
    WatchAlarm,
    WatchBatch,
    WatchCost,
    WatchData,
    WatchGroup,
    WatchLook,
    WatchRecord,
)
from whogains.types import BoolArray, FloatArray, IntArray
from whogains.watching.looks import Looks, at_look, replay
from whogains.watching.sequences import (
    Sequence,
    finite,
    finite_ends,
    grown,
    mean_of,
    sequence_of,
)
from whogains.watching.state import State
from whogains.watching.windows import with_lately

KINDS = ("gain", "harm", "equivalent", "non_inferior")
# How many times as many rows a forecast looks for.
FACTORS = 2.0 ** (np.arange(1, 81) / 8)


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """One kind of verdict on every cost, over looks.

    `p` and `adjusted` have the shape (costs, looks, d), `first` (costs, stretches, d): the look at
    which it was first shown in each stretch, -1 where it was not. `left` has the shape (costs, d):
    the p-value with which it would be shown at the last look.
    """

    p: FloatArray
    adjusted: FloatArray
    first: IntArray
    left: FloatArray


def judge(
    state: State, *, version: str, max_groups: int = MAX_GROUPS, unnamed: str | None = None
) -> WatchRecord:
    """Judge a watch at its last look.

    Parameters
    ----------
    state : State
        The watch.
    version : str
        The version of whogains.
    max_groups : int
        The most groups allowed.
    unnamed : str, optional
        What stands in place of the outcome's name where too few people have it; None where
        everybody knows the name.

    Returns
    -------
    WatchRecord
        What is known of each group, and since when.

    Raises
    ------
    InputError
        If there are more groups.

    Notes
    -----
    For every group, cost and side there is an e-value at each look (`Sequence.log_e`). One over
    the largest so far is a p-value that is valid at all looks at once, and Holm by weights corrects
    these over groups, costs and restarts. "no material difference" asks for both of its sides.
    """
    choices = state.choices
    looks = replay(state, max_groups=max_groups)
    shown = {kind: _shown(kind, state, looks) for kind in KINDS}
    few = choices.positive is not None and few_outcomes(looks.last(0).total(), choices.min_cell)[0]
    return WatchRecord(
        version=version,
        settings=_settings(state),
        data=WatchData(
            target=choices.target,
            task=choices.task,
            positive=unnamed if few and unnamed is not None else choices.positive,
            groups=choices.groups,
            rows=int(looks.last(0).rows.sum()),
            rows_returning=sum(batch.returning for batch in state.batches),
        ),
        batches=_batches(state),
        alarms=_alarms(looks, shown["harm"]),
        costs=with_lately(
            tuple(_cost(c, state, looks, shown) for c in range(len(looks.costs))), state, looks
        ),
        notes=_notes(state, looks),
        warnings=_warnings(state),
    )


def _log_e(kind: str, state: State, sequence: Sequence, sums: Sums) -> FloatArray:
    """Give the log e-value of one kind of verdict; of two nulls that of the weaker one."""
    name = sequence.cost.name
    epsilon, margin = state.choices.epsilon[name], state.choices.margin.get(name)
    if kind == "gain":
        return sequence.log_e(sums, 0.0, "greater")
    if kind == "harm":
        return sequence.log_e(sums, 0.0, "less")
    if kind == "above":
        return sequence.log_e(sums, -epsilon, "greater")
    if kind == "below":
        return sequence.log_e(sums, epsilon, "less")
    if margin is None:
        return np.zeros(sums.units.shape)
    return sequence.log_e(sums, -margin, "greater")


def _sides(kind: str) -> tuple[str, ...]:
    return ("above", "below") if kind == "equivalent" else (kind,)


def _shown(kind: str, state: State, looks: Looks) -> _Shown:
    """Follow one kind of verdict over the looks."""
    alpha, stretch = state.choices.alpha, looks.stretch
    p = np.stack(
        [
            np.maximum.reduce(
                [
                    _smallest(_log_e(side, state, _sequence(c, looks), sums), stretch)
                    for side in _sides(kind)
                ]
            )
            for c, sums in enumerate(looks.sums)
        ]
    )
    costs, times = p.shape[:2]
    weights = np.broadcast_to(looks.weights / costs, (costs, *looks.weights.shape))
    there = ~np.isnan(weights)
    current = np.full(weights.shape, np.nan)
    adjusted = np.full(p.shape, np.nan)
    first = np.full(weights.shape, -1)
    now = np.full(weights.shape, np.nan)
    for look in range(times):
        # Most looks show nothing that was not there before.
        if not np.array_equal(current[:, stretch[look]], p[:, look]):
            current[:, stretch[look]] = p[:, look]
            now[there] = weighted_holm(current[there], weights[there])
        adjusted[:, look] = now[:, stretch[look]]
        first = np.where((first < 0) & (now <= alpha), look, first)
    done = float(weights[there & (now <= alpha)].sum())
    left = alpha * weights[:, stretch[-1]] / (1 - done)
    return _Shown(p, adjusted, first, left)


def _smallest(logs: FloatArray, stretch: IntArray) -> FloatArray:
    """Turn log e-values over looks into the smallest p-value so far in each stretch."""
    best = np.maximum(logs, 0.0)
    for number in np.unique(stretch):
        mine = stretch == number
        best[mine] = np.maximum.accumulate(best[mine], axis=0)
    return np.exp(-best)


def _cost(c: int, state: State, looks: Looks, shown: dict[str, _Shown]) -> WatchCost:
    choices, cost, sums = state.choices, looks.costs[c], looks.sums[c]
    sequence = _sequence(c, looks)
    mean, interval = mean_of(sums), sequence.interval(sums, choices.alpha)
    ends = [
        list(zip(*each, strict=True)) for each in zip(interval.lower, interval.upper, strict=True)
    ]
    one = one_label({name: each[-1] for name, each in looks.tallies[c].items()}, sums.rows.shape[1])
    ahead = _ahead(c, state, looks, sequence, shown)
    batches_of_stretch = int(np.sum(looks.stretch == looks.stretch[-1]))
    margin = choices.margin.get(cost.name)
    unnamed = _unnamed(looks)
    groups = []
    for j, levels in enumerate(looks.grouping.groups):
        if unnamed[j]:
            continue
        rows = int(sums.rows[-1, j])
        told = rows > 0
        verdict, reason, first = _verdict(c, j, shown, choices.alpha, told=told, one=bool(one[j]))
        if reason == "inconclusive" and not sequence.offered(at_look(sums, -1))[j]:
            reason = "too few rows"
        more = ahead[j] if reason in {"inconclusive", "too few rows"} else None
        batches = None if more is None else ceil(more * batches_of_stretch / rows)
        p = {
            (kind, which): finite(getattr(each, which)[c, -1, j]) if told else None
            for kind, each in shown.items()
            for which in ("p", "adjusted")
        }
        both = [p[kind, "adjusted"] for kind in ("gain", "harm")]
        safe = p["non_inferior", "adjusted"] if margin is not None else None
        groups.append(
            WatchGroup(
                group=dict(zip(looks.grouping.names, levels, strict=True)),
                n=rows if told else None,
                cost_generic=float(sums.generic[-1, j]) if told else None,
                cost_personalized=float(sums.personalized[-1, j]) if told else None,
                bop=finite(mean.estimate[-1, j]),
                ci=finite_ends(ends[-1][j]),
                p_gain=p["gain", "p"],
                p_harm=p["harm", "p"],
                p_gain_adjusted=p["gain", "adjusted"],
                p_harm_adjusted=p["harm", "adjusted"],
                p_equivalent_adjusted=p["equivalent", "adjusted"],
                p_non_inferior_adjusted=safe,
                verdict=verdict,
                reason=reason,
                since=first,
                non_inferior=None if margin is None else safe is not None and safe <= choices.alpha,
                contradicted=all(each is not None and each <= choices.alpha for each in both),
                more_rows=more,
                more_batches=batches,
                more_weeks=None if batches is None else _weeks(state, looks, batches),
                looks=tuple(
                    WatchLook(
                        batch=int(look),
                        n=int(sums.rows[look, j]),
                        bop=finite(mean.estimate[look, j]),
                        ci=finite_ends(ends[look][j]),
                    )
                    for look in np.flatnonzero(looks.told[:, j])
                ),
            )
        )
    every = _every_group(c, looks, shown["gain"])
    return WatchCost(
        name=cost.name,
        label=cost.label,
        unit=unit_words(cost, choices.unit),
        epsilon=choices.epsilon[cost.name],
        margin=margin,
        method=sequence.method,
        p_every_group_gains=every,
        every_group_gains=every is not None and every <= choices.alpha,
        groups=tuple(groups),
    )


def _unnamed(looks: Looks) -> BoolArray:
    """Find groups of which nothing was ever told, and whose name would tell something."""
    return unnamed_groups(looks.grouping.groups, np.asarray(looks.told.any(axis=0)))


def _sequence(c: int, looks: Looks) -> Sequence:
    return sequence_of(looks.costs[c], weighted=looks.weighted, clustered=looks.clustered)


def _verdict(
    c: int, j: int, shown: dict[str, _Shown], alpha: float, *, told: bool, one: bool
) -> tuple[Verdict, Reason | None, int | None]:
    """Judge one group at the last look, with the look that first said so."""
    if not told:
        return "cannot tell", "too few rows", None
    if one:
        return "cannot tell", "one label", None
    words: tuple[tuple[str, Verdict], ...] = (
        ("equivalent", "no material difference"),
        ("harm", "harm"),
        ("gain", "gain"),
    )
    for kind, verdict in words:
        if shown[kind].adjusted[c, -1, j] <= alpha:
            return verdict, None, int(shown[kind].first[c, -1, j])
    return "cannot tell", "inconclusive", None


def _every_group(c: int, looks: Looks, gain: _Shown) -> float | None:
    """Show by the weakest group that every one that is told gains, at the level of this stretch.

    Groups come one by one. Of those that do not gain the one that was told first is among them
    whenever the claim is false, so that its level is that of the claim.
    """
    told = looks.last(c).rows > 0
    if not told.any():
        return None
    # The part of a stretch, as its groups have it together, shared by the costs.
    share = float(np.nansum(looks.weights[looks.stretch[-1]])) / len(looks.costs)
    return min(float(gain.p[c, -1, told].max()) / share, 1.0)


def _ahead(
    c: int, state: State, looks: Looks, sequence: Sequence, shown: dict[str, _Shown]
) -> list[int | None]:
    """Find how many more rows of each group a verdict takes, if they are like those so far."""
    sums = looks.last(c)
    many = grown(sums, FACTORS)
    reached = np.zeros((len(FACTORS), len(looks.grouping)), dtype=np.bool_)
    for kind in ("gain", "harm", "equivalent"):
        logs = np.minimum.reduce([_log_e(side, state, sequence, many) for side in _sides(kind)])
        with np.errstate(invalid="ignore"):
            reached |= logs >= -np.log(shown[kind].left[c])
    found: list[int | None] = []
    for j in range(len(looks.grouping)):
        times = np.flatnonzero(reached[:, j])
        rows = sums.rows[j]
        found.append(ceil((FACTORS[times[0]] - 1) * rows) if times.size and rows else None)
    return found


def _weeks(state: State, looks: Looks, batches: int) -> float | None:
    """Turn batches into weeks by the days of those of this stretch; None without two days."""
    mine = looks.stretch == looks.stretch[-1]
    days = [b.day for b, here in zip(state.batches, mine, strict=True) if here and b.day]
    if len(days) < 2 or max(days) == min(days):
        return None
    return batches * (max(days) - min(days)).days / 7 / (len(days) - 1)


def _alarms(looks: Looks, harm: _Shown) -> tuple[WatchAlarm, ...]:
    found = [
        WatchAlarm(
            batch=int(harm.first[c, s, j]),
            cost=looks.costs[c].name,
            group=dict(zip(looks.grouping.names, looks.grouping.groups[j], strict=True)),
            stretch=int(s),
        )
        for c, s, j in np.argwhere(harm.first >= 0)
    ]
    return tuple(sorted(found, key=lambda alarm: alarm.batch))


def _batches(state: State) -> tuple[WatchBatch, ...]:
    found, latest = [], None
    for batch in state.batches:
        late = batch.day is not None and latest is not None and batch.day < latest
        latest = batch.day if latest is None or not late else latest
        day = None if batch.day is None else batch.day.isoformat()
        found.append(WatchBatch(batch.name, day, batch.restart, late))
    return tuple(found)


def _settings(state: State) -> dict[str, Any]:
    choices = state.choices
    return {
        "alpha": choices.alpha,
        "epsilon": dict(choices.epsilon),
        "margin": dict(choices.margin),
        "min_cell": choices.min_cell,
        "window": choices.window,
        "threshold": choices.threshold,
        "cost_range": None
        if choices.cost_range is None
        else {name: list(ends) for name, ends in choices.cost_range.items()},
        "unit": choices.unit,
        "generic": choices.generic,
        "personalized": choices.personalized,
        "sample_weight": choices.sample_weight,
        "cluster": choices.cluster,
    }


def _notes(state: State, looks: Looks) -> tuple[str, ...]:
    """Say what a reader must know."""
    notes = list(
        dict.fromkeys(
            note
            for batch in state.batches
            if batch.collected is not None
            for note in batch.collected.about.notes
        )
    )
    late = sum(batch.late for batch in _batches(state))
    if late:
        notes.append(
            f"{late} of {len(state.batches)} batches came after one of a later day; they count "
            "from when they came"
        )
    returning = sum(batch.returning for batch in state.batches)
    if state.choices.cluster is None:
        notes.append("taken for granted: nobody is in two batches (else say --cluster)")
    elif returning:
        notes.append(
            f"{returning} rows are left out, of people (or other clusters) who were in an earlier "
            "batch: what they tell is not new"
        )
    if state.choices.min_cell and _unnamed(looks).any():
        notes.append(levels_not_named("too few rows"))
    restarts = int(looks.stretch[-1])
    if restarts:
        last = [batch.name for batch in state.batches if batch.restart][-1]
        notes.append(
            f"started anew with the batch {last!r}: verdicts speak of what came since; the level "
            "is shared with what was said before"
        )
    return tuple(notes)


def _warnings(state: State) -> tuple[WarningFinding, ...]:
    """Give what is odd about each batch that verdicts speak of, under the batch's name."""
    begun = max((i for i, batch in enumerate(state.batches) if batch.restart), default=0)
    return tuple(
        WarningFinding(name, f"batch {batch.name!r}: {said}")
        for batch in state.batches[begun:]
        if batch.collected is not None
        for name, said in batch.collected.about.warnings
    )
