"""From the predictions of a lattice of models to the record of a choice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from whogains._version import __version__
from whogains.costs import Cost, unit_words
from whogains.evidence import Rows, Score, levels_not_named, unnamed_groups
from whogains.inference import PolicyBound
from whogains.judging.advice.comparing import Comparisons, Set
from whogains.judging.advice.edges import edges
from whogains.judging.advice.lattice import Lattice
from whogains.judging.advice.necessity import necessity
from whogains.judging.advice.policies import Policy, bound, everybody, judge
from whogains.judging.advice.requests import Step, requests
from whogains.judging.advice.routing import (
    Served,
    best_sets,
    rows_to_certify,
    serve,
    told_apart,
    too_small,
)
from whogains.judging.audit import group_levels
from whogains.judging.limits import number
from whogains.judging.settings import Settings
from whogains.records import (
    ChoiceRecord,
    DataFinding,
    DecidingCost,
    ExplainedGain,
    LatticeNode,
    ProcedureValue,
    RequestStep,
    RoutedGroup,
    ValueFinding,
    WarningFinding,
)
from whogains.types import BoolArray, FloatArray, IntArray


def build_choice(
    rows: Rows,
    lattice: Lattice,
    costs: Sequence[Cost],
    settings: Settings,
    data: DataFinding,
    *,
    unit: str | None = None,
    rounds: Sequence[Mapping[str, FloatArray]] | None = None,
    random_state: int = 0,
    run: Mapping[str, Any] | None = None,
    notes: Sequence[str] = (),
    warnings: Sequence[WarningFinding] = (),
    explained: Mapping[tuple[Set, Set], tuple[Score, ...]] | None = None,
    procedure: ProcedureValue | None = None,
    folds: Sequence[IntArray] | None = None,
    stand_ins: Mapping[str, Sequence[str]] | None = None,
) -> ChoiceRecord:
    """Choose which attributes to ask, and of whom.

    Parameters
    ----------
    rows : Rows
        The rows of groups that are shown, with the predictions of every model of the lattice.
    lattice : Lattice
        The sets of attributes, and their models.
    costs : sequence of Cost
        Costs of single rows, of which the first decides.
    settings : Settings
        Level, epsilon, margin.
    data : DataFinding
        What was audited.
    unit : str, optional
        Unit of the outcome.
    rounds : sequence of mapping of str to ndarray of float, shape (n,), optional
        The predictions of several rounds of cross-fitting, in place of those of the rows.
    random_state : int
        Seed of methods that draw.
    run : mapping, optional
        What else the numbers depend on.
    notes : sequence of str
        Warnings and choices that a reader must know.
    warnings : sequence of WarningFinding
        Signs of nonsense.
    explained : mapping of (tuple of str, tuple of str) to tuple of Score, optional
        As for `Comparisons`. They are shown and decide nothing.
    procedure : ProcedureValue, optional
        What making such advice is worth, where that was measured.
    folds : sequence of ndarray of int, shape (n,), optional
        In each round, the fold in which each row was held out.
    stand_ins : mapping of str to sequence of str, optional
        As for `Comparisons`.

    Returns
    -------
    ChoiceRecord
        The advice, and what it rests on.

    Raises
    ------
    InputError
        If a setting does not fit the costs.
    """
    settings.check_names(tuple(costs))
    made = Comparisons(
        rows,
        [rows.predictions] if rounds is None else rounds,
        lattice,
        costs,
        settings,
        random_state=random_state,
        explained=explained,
        folds=folds,
        stand_ins=stand_ins,
    )
    served = serve(made)
    small = too_small(made, served)
    steps = _requests(made, served, small)
    chosen = _chosen(made, served, small)
    by_request = Policy("requests", *_of_groups(made, steps))
    by_routing = Policy("routing", chosen, tuple(lattice.asks(each) for each in chosen))
    one_set = everybody(made)
    policies = [
        Policy(
            "nobody" if asked == lattice.nothing else "everybody",
            (asked,) * len(made),
            (lattice.asks(asked),) * len(made),
        )
        for asked in lattice.sets
    ]
    judged = judge(made, served, [*policies, by_request, by_routing], unit)
    found = bound(made, served, by_request)
    return ChoiceRecord(
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        settings={
            **settings.as_json(),
            "unit": unit,
            "given": list(lattice.given),
            "never": list(lattice.never),
            "burden": {name: float(lattice.burden[name]) for name in lattice.attributes},
            "costs": [cost.name for cost in costs],
            **(run or {}),
        },
        data=replace(data, clusters=None if rows.cluster is None else len(np.unique(rows.cluster))),
        cost=DecidingCost(
            name=costs[0].name,
            label=costs[0].label,
            unit=unit_words(costs[0], unit),
            delta=made.delta,
            why_delta=made.why_delta,
        ),
        lattice=_nodes(made, unit),
        edges=tuple(
            edge
            for place, (cost, _, _) in enumerate(made.scored)
            for edge in edges(made, place, unit_words(cost, unit))
        ),
        routing=_routing(made, served, small, chosen, by_request),
        requests=_steps(made, steps),
        everybody=one_set,
        necessity=necessity(made),
        policies=judged,
        value=replace(
            _value(made, found, judged[-2].burden, judged[-1].gain, judged[-1].burden),
            procedure=procedure,
        ),
        notes=(*notes, *_notes(made)),
        warnings=tuple(warnings),
    )


def _chosen(made: Comparisons, served: Served, small: BoolArray) -> tuple[Set, ...]:
    """Name what is chosen for each group; nothing where nothing is certified, or matters."""
    return tuple(
        made.lattice.nothing if a < 0 or small[j] else served.sets[a]
        for j, a in enumerate(served.chosen)
    )


def _requests(made: Comparisons, served: Served, small: BoolArray) -> tuple[Step, ...]:
    """Find the requests, by which a set that is as good as the chosen one counts as much."""
    lattice = made.lattice
    worth: list[dict[Set, float]] = []
    serving = set(told_apart(made, served))
    for j in range(len(made)):
        mine: dict[Set, float] = {lattice.nothing: 0.0}
        certified = np.flatnonzero(served.certified[j] & ~small[j])
        best = max((served.gains[j, a] for a in certified), default=0.0)
        target = served.gains[j, served.chosen[j]] if certified.size else 0.0
        for a in certified:
            gain = float(served.gains[j, a])
            # Within delta of the best, the set chosen is as good as any.
            mine[served.sets[a]] = float(target) if gain >= best - made.delta else min(gain, target)
            serving |= {*lattice.asks(served.sets[a])}
        worth.append(mine)
    return requests(
        made.rows.grouping,
        [int(j) for j in np.flatnonzero(made.filled)],
        made.shares.tolist(),
        worth,
        given=lattice.given,
        may_ask=tuple(sorted(serving)),
        burden=lattice.burden,
    )


def _of_groups(made: Comparisons, steps: Sequence[Step]) -> tuple[tuple[Set, ...], tuple[Set, ...]]:
    """Say what each group is served by, and tells, when all requests are made."""
    lattice = made.lattice
    served = [lattice.nothing] * len(made)
    tells: list[Set] = [()] * len(made)
    for step in steps:
        if step.ask is None:
            for j in step.groups:
                served[j] = step.served
                tells[j] = lattice.asks(tuple(sorted(name for name, _ in step.told)))
    return tuple(served), tuple(tells)


def _steps(made: Comparisons, steps: Sequence[Step]) -> tuple[RequestStep, ...]:
    n = np.bincount(made.rows.codes, minlength=len(made))
    shares = made.shares
    return tuple(
        RequestStep(
            told=dict(step.told),
            ask=step.ask,
            served=step.served,
            n=int(sum(n[j] for j in step.groups)),
            share=float(sum(shares[j] for j in step.groups)),
        )
        for step in steps
    )


def _routing(
    made: Comparisons,
    served: Served,
    small: BoolArray,
    chosen: Sequence[Set],
    by_request: Policy,
) -> tuple[RoutedGroup, ...]:
    lattice = made.lattice
    n = np.bincount(made.rows.codes, minlength=len(made))
    needed, best = rows_to_certify(made, served), best_sets(served)
    every = served.at(lattice.everything)
    found = []
    unnamed = _unnamed(made)
    for j, levels in enumerate(group_levels(made.rows.grouping)):
        if unnamed[j]:
            continue
        a = served.at(chosen[j])
        p = served.p_adjusted[j]
        sets = np.flatnonzero(served.certified[j])
        shown = bool(made.filled[j])
        found.append(
            RoutedGroup(
                group=levels,
                n=int(n[j]) if shown else None,
                share=float(made.shares[j]) if shown else None,
                asked=lattice.asks(chosen[j]),
                certified=tuple(lattice.asks(served.sets[each]) for each in sets),
                best=lattice.asks(served.sets[best[j]]) if best[j] >= 0 else (),
                gain=None if not shown else 0.0 if a < 0 else number(served.gains[j, a]),
                se=None if a < 0 else number(served.se[j, a]),
                lower=None if not shown else 0.0 if a < 0 else number(served.lower[j, a]),
                best_gain=number(served.gains[j, best[j]]) if best[j] >= 0 else None,
                p_adjusted=number(np.nanmin(p)) if np.isfinite(p).any() else None,
                verdict="not shown"
                if not shown
                else "too small to matter"
                if small[j]
                else "certified"
                if a >= 0
                else "not certified",
                served=by_request.served[j],
                tells=by_request.tells[j],
                required=int(needed[j]) if shown and np.isfinite(needed[j]) else None,
                declining=_declining(made, by_request.served[j], j) if shown else {},
                everything_gain=number(served.gains[j, every]) if shown and every >= 0 else None,
            )
        )
    return tuple(found)


def _declining(made: Comparisons, served: Set, j: int) -> dict[str, float | None]:
    """Say what a group loses that declines one of the attributes by which it is served."""
    lattice = made.lattice
    return {
        one: number(made.gain(lattice.without(served, one), served).mean.estimate[j])
        for one in lattice.asks(served)
    }


def _nodes(made: Comparisons, unit: str | None) -> tuple[LatticeNode, ...]:
    lattice = made.lattice
    nothing = lattice.nothing
    found = []
    for asked in lattice.sets:
        same = asked == nothing
        whole = made.gain(nothing, lattice.everything if same else asked, whole=True)
        ci = whole.interval(made.settings.alpha)
        cost = whole.sums.generic if same else whole.sums.personalized
        found.append(
            LatticeNode(
                asked=lattice.asks(asked),
                model=lattice.models[asked],
                burden=lattice.price(asked),
                cost=number(cost[0]),
                gain=0.0 if same else number(whole.mean.estimate[0]),
                se=0.0 if same else number(whole.mean.se[0]),
                ci=(0.0, 0.0) if same else (number(ci.lower[0]), number(ci.upper[0])),
                explained=() if same else _explained(made, asked, unit),
            )
        )
    return tuple(found)


def _explained(made: Comparisons, asked: Set, unit: str | None) -> tuple[ExplainedGain, ...]:
    """Say what a set gains over nothing on each cost of explanation that is known."""
    found = []
    for place in range(len(made.costs), len(made.scored)):
        cost, explainer, keep = made.scored[place]
        whole = made.gain(made.lattice.nothing, asked, place, whole=True)
        ci = whole.interval(made.settings.alpha)
        found.append(
            ExplainedGain(
                cost=cost.name,
                label=cost.label,
                explainer=explainer,
                keep=keep,
                unit=unit_words(cost, unit),
                gain=number(whole.mean.estimate[0]),
                ci=(number(ci.lower[0]), number(ci.upper[0])),
            )
        )
    return tuple(found)


def _value(
    made: Comparisons,
    found: PolicyBound,
    burden: float,
    routing_gain: float | None,
    routing_burden: float,
) -> ValueFinding:
    lattice = made.lattice
    whole = made.gain(lattice.nothing, lattice.everything, whole=True)
    most = lattice.price(lattice.everything)
    return ValueFinding(
        gain=number(found.gain),
        lower=number(found.lower),
        everything=number(whole.mean.estimate[0]),
        kept=number(found.kept),
        kept_lower=number(found.kept_lower),
        asked=burden / most,
        routing_gain=routing_gain,
        routing_asked=routing_burden / most,
    )


def _unnamed(made: Comparisons) -> BoolArray:
    return unnamed_groups(made.rows.grouping.groups, made.filled)


def _notes(made: Comparisons) -> list[str]:
    """Name the models that are one, and what groups without a place mean."""
    lattice = made.lattice
    alike = [
        f"{'+'.join(both) or 'none'} and {'+'.join(told) or 'none'}"
        for told, one in lattice.edges
        if made.same(told, both := lattice.adding(told, (one,)))
    ]
    notes = []
    if alike:
        more = f", and {len(alike) - 6} more pairs" if len(alike) > 6 else ""
        notes.append(
            f"these models predict the same for every row and count as one: "
            f"{'; '.join(alike[:6])}{more}"
        )
    unnamed = _unnamed(made)
    hidden = int((~made.filled & ~unnamed).sum())
    if unnamed.any():
        notes.append(levels_not_named("too few rows"))
    if hidden:
        notes.append(
            f"{hidden} {'groups are' if hidden > 1 else 'group is'} not shown, being empty, too "
            "small, or such that a number would tell one person's outcome; their rows have no part "
            "in any number here, and nothing is certified for them"
        )
    return notes
