"""Policies: what each way to ask costs people, gains them, and whether it is fair to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from whogains.costs import unit_words
from whogains.inference import PolicyBound, holm, intersection_union, policy_bound, tail_penalty
from whogains.judging.advice.comparing import Comparisons, Set
from whogains.judging.advice.routing import Served, _needed
from whogains.judging.audit import group_levels
from whogains.judging.estimates import NONE
from whogains.judging.limits import number
from whogains.records import (
    Check,
    EverybodyFinding,
    EverybodySet,
    ExplainedPolicy,
    PolicyFinding,
    PolicyKind,
)
from whogains.types import FloatArray


@dataclass(frozen=True, slots=True)
class Policy:
    """One way to ask.

    Parameters
    ----------
    kind : str
        As in `PolicyFinding`.
    served : tuple of tuple of str, length d
        The set whose model each group gets.
    tells : tuple of tuple of str, length d
        What each group is asked for.
    """

    kind: PolicyKind
    served: tuple[Set, ...]
    tells: tuple[Set, ...]


def bound(made: Comparisons, served: Served, policy: Policy) -> PolicyBound:
    """Bound what a policy gains that was chosen from the same rows; see `policy_bound`."""
    return policy_bound(
        _trusted(made, served, 0),
        made.covariances(served.sets),
        made.shares,
        [served.at(each) for each in policy.served],
        reference=served.at(made.lattice.everything),
        alpha=made.settings.alpha,
        random_state=made.seed,
    )


def _trusted(made: Comparisons, served: Served, cost: int) -> FloatArray:
    """Give each group's gain by each set, NaN where no method can be trusted."""
    each = [made.gain(made.lattice.nothing, asked, cost) for asked in served.sets]
    return np.stack(
        [np.where(one.methods == NONE, np.nan, one.mean.estimate) for one in each], axis=1
    )


def judge(
    made: Comparisons,
    served: Served,
    policies: Sequence[Policy],
    unit: str | None = None,
) -> tuple[PolicyFinding, ...]:
    """Judge every policy, and say which sets for everybody are dominated.

    Parameters
    ----------
    made : Comparisons
        The comparisons.
    served : Served
        What is certified.
    policies : sequence of Policy
        The policies.
    unit : str, optional
        Unit of the outcome.

    Returns
    -------
    tuple of PolicyFinding
        In the order given.
    """
    edges = _edge_tests(made)
    dominated = _dominated(made)
    return tuple(
        replace(
            _finding(made, served, each, edges, dominated),
            explained=_explained(made, served, each, unit),
        )
        for each in policies
    )


def _finding(
    made: Comparisons,
    served: Served,
    policy: Policy,
    edges: dict[tuple[Set, str], Check],
    dominated: set[Set],
) -> PolicyFinding:
    lattice, shares = made.lattice, made.shares
    names = group_levels(made.rows.grouping)
    filled = np.flatnonzero(made.filled)
    one = policy.served[int(filled[0])]
    fixed = policy.kind in {"nobody", "everybody"}
    gains = np.array(
        [
            0.0 if (a := served.at(each)) < 0 else served.gains[j, a]
            for j, each in enumerate(policy.served)
        ]
    )
    worst = int(filled[int(np.argmin(np.nan_to_num(gains[filled], nan=np.inf)))])
    gain, lower, worst_lower = 0.0, 0.0, 0.0
    if fixed and policy.kind == "everybody":
        gain, lower = _whole(made, served, one)
        level = 2 * _level(made, served)
        worst_lower = float(made.interval(lattice.nothing, one, level).lower[filled].min())
    elif not fixed:
        found = bound(made, served, policy)
        gain, lower = found.gain, found.lower
        worst_lower = min(
            0.0 if (a := served.at(policy.served[j])) < 0 else float(served.lower[j, a])
            for j in filled
        )
    base = made.gain(lattice.nothing, lattice.everything, whole=True).sums.generic[0]
    asked = tuple(sorted({*chain.from_iterable(policy.tells[j] for j in filled)}))
    rational, envy_free = _fair(made, served, policy, fixed)
    return PolicyFinding(
        kind=policy.kind,
        asked=asked,
        burden=float(sum(shares[j] * lattice.price(policy.tells[j]) for j in filled)),
        people_asked=float(sum(shares[j] for j in filled if policy.tells[j])),
        attributes_asked=float(sum(shares[j] * len(policy.tells[j]) for j in filled)),
        cost=number(float(base) - gain),
        gain=number(gain),
        lower=number(lower),
        worst_group=names[worst],
        worst_gain=number(gains[worst]),
        worst_lower=number(worst_lower),
        rational=rational,
        envy_free=envy_free,
        minimal=_minimal(made, one, edges) if fixed else "yes",
        dominated=fixed and one in dominated,
    )


def _explained(
    made: Comparisons, served: Served, policy: Policy, unit: str | None
) -> tuple[ExplainedPolicy, ...]:
    """Say what a policy does to each cost of explanation that is known."""
    if policy.kind == "nobody":
        return ()
    found = []
    for place in range(len(made.costs), len(made.scored)):
        cost, explainer, keep = made.scored[place]
        gain, lower = _explained_gain(made, served, policy, place)
        found.append(
            ExplainedPolicy(
                cost=cost.name,
                label=cost.label,
                explainer=explainer,
                keep=keep,
                unit=unit_words(cost, unit),
                gain=number(gain),
                lower=number(lower),
            )
        )
    return tuple(found)


def _explained_gain(
    made: Comparisons, served: Served, policy: Policy, place: int
) -> tuple[float, float]:
    """Give what a policy gains on one cost of explanation, and a bound; NaN where not known."""
    if policy.kind == "everybody":
        return _whole(made, served, policy.served[int(np.flatnonzero(made.filled)[0])], place)
    gains = _trusted(made, served, place)
    options = [
        served.at(each) if here else -1
        for each, here in zip(policy.served, made.filled, strict=True)
    ]
    used = [(j, a) for j, a in enumerate(options) if a >= 0]
    if any(np.isnan(gains[each]) for each in used):
        # A group has too few rows for a method that can be trusted: an estimate without a bound.
        nothing, shares = made.lattice.nothing, made.shares
        each = (made.gain(nothing, served.sets[a], place).mean.estimate[j] for j, a in used)
        return float(sum(shares[j] * of for (j, _), of in zip(used, each, strict=True))), np.nan
    found = policy_bound(
        gains,
        made.covariances(served.sets, place),
        made.shares,
        options,
        alpha=made.settings.alpha,
        random_state=made.seed,
    )
    return found.gain, found.lower


def _whole(made: Comparisons, served: Served, one: Set, place: int = 0) -> tuple[float, float]:
    """Give what one set for everybody gains, and a bound of as many as there are such sets."""
    whole = made.gain(made.lattice.nothing, one, place, whole=True)
    level = _level(made, served)
    return float(whole.mean.estimate[0]), float(whole.interval(2 * level).lower[0])


def _level(made: Comparisons, served: Served) -> float:
    """One family of as many bounds as there are sets to ask everybody for."""
    return made.settings.alpha / (len(served.sets) * tail_penalty(len(served.sets)))


def _fair(
    made: Comparisons,
    served: Served,
    policy: Policy,
    fixed: bool,
) -> tuple[Check, Check]:
    """Check that nobody does worse than with nothing told, nor than with others' models."""
    lattice, filled = made.lattice, np.flatnonzero(made.filled)
    if fixed:
        # One model for all: there is no other to envy.
        one = policy.served[int(filled[0])]
        if one == lattice.nothing:
            return "yes", "yes"
        family = len(served.sets) * tail_penalty(len(served.sets))
        worse = made.p(lattice.nothing, one, 0.0, "less")
        family_of_groups = family * len(filled) * tail_penalty(len(filled))
        harmed = np.nanmin(np.append(worse[filled], 1.0)) * family_of_groups
        # Who is served by the same model either way does no worse, by construction.
        others = made.filled & ~made.alike(lattice.nothing, one)
        safe = intersection_union(made.p(lattice.nothing, one, 0.0, "greater")[others]) * family
        return _check(safe <= made.settings.alpha, harmed <= made.settings.alpha), "yes"
    used = sorted({policy.served[j] for j in filled})
    if len(used) == 1:
        return "yes", "yes"
    better, small = [], []
    for j in filled:
        for other in used:
            if other != policy.served[j]:
                better.append(made.p(policy.served[j], other, 0.0, "greater")[j])
                small.append(made.p(policy.served[j], other, made.delta, "less")[j])
    # Which models are compared was chosen by these rows: every comparison that could have been.
    pairs = len(lattice.sets) * (len(lattice.sets) - 1)
    every = pairs * len(filled) * tail_penalty(len(filled))
    envied = np.nanmin(np.append(np.array(better), 1.0)) * every
    none = intersection_union(np.array(small)) * pairs * tail_penalty(pairs)
    return "yes", _check(none <= made.settings.alpha, envied <= made.settings.alpha)


def _check(shown: bool, contrary: bool) -> Check:
    return "yes" if shown else "no" if contrary else "cannot tell"


def _edge_tests(made: Comparisons) -> dict[tuple[Set, str], Check]:
    """Tell for every set and attribute of it whether some group loses more than delta without."""
    lattice, filled = made.lattice, made.filled
    pairs = [(lattice.adding(told, (one,)), one) for told, one in lattice.edges]
    penalty = tail_penalty(len(pairs))
    groups = int(filled.sum()) * tail_penalty(int(filled.sum()))
    needed, spare = [], []
    for both, one in pairs:
        less = lattice.without(both, one)
        p = made.p(less, both, made.delta, "greater")[filled]
        needed.append(min(1.0, penalty * groups * float(np.nanmin(np.append(p, 1.0)))))
        below = made.p(less, both, made.delta, "less")[filled]
        spare.append(min(1.0, penalty * intersection_union(below)))
    shown, contrary = holm(needed) <= made.settings.alpha, holm(spare) <= made.settings.alpha
    return {
        pair: _check(bool(yes), bool(no))
        for pair, yes, no in zip(pairs, shown, contrary, strict=True)
    }


def _minimal(made: Comparisons, asked: Set, edges: dict[tuple[Set, str], Check]) -> Check:
    each = [edges[asked, one] for one in made.lattice.asks(asked)]
    if "no" in each:
        return "no"
    return "yes" if all(one == "yes" for one in each) else "cannot tell"


def _dominated(made: Comparisons) -> set[Set]:
    """Find the sets for everybody that cost more than one with no more burden, shown so."""
    lattice = made.lattice
    pairs = [
        (one, other)
        for one in lattice.sets
        for other in lattice.sets
        if one != other and lattice.price(other) <= lattice.price(one)
    ]
    penalty = tail_penalty(len(pairs))
    p: FloatArray = np.array([_costs_more(made, *pair) for pair in pairs])
    with np.errstate(invalid="ignore"):
        shown = holm(np.minimum(1.0, penalty * p)) <= made.settings.alpha
    return {one for (one, _), yes in zip(pairs, shown, strict=True) if yes}


def _costs_more(made: Comparisons, one: Set, other: Set) -> float:
    if made.same(one, other):
        return 1.0
    return float(made.gain(one, other, whole=True).p(0.0, "greater")[0])


def everybody(made: Comparisons) -> EverybodyFinding:
    """Test every set for everybody: no group loses delta against nothing, nor against all."""
    lattice, names = made.lattice, group_levels(made.rows.grouping)
    sets = sorted(lattice.sets, key=lambda each: (lattice.price(each), each))
    penalty = tail_penalty(len(sets))
    filled = made.filled
    p, worst = [], []
    for asked in sets:
        against = [each for each in (lattice.nothing, lattice.everything) if each != asked]
        tests = np.stack([made.p(each, asked, -made.delta, "greater") for each in against])
        each = np.where(np.isnan(tests), 1.0, tests).max(axis=0)[filled]
        p.append(min(1.0, penalty * float(each.max())))
        worst.append(names[int(np.flatnonzero(filled)[int(each.argmax())])])
    adjusted = holm(np.array(p))
    found = tuple(
        EverybodySet(
            asked=lattice.asks(asked),
            burden=lattice.price(asked),
            p=p[i],
            p_adjusted=float(adjusted[i]),
            certified=bool(adjusted[i] <= made.settings.alpha),
            worst_group=worst[i],
            required=_rows_in_all(made, asked, len(sets)),
        )
        for i, asked in enumerate(sets)
    )
    certified = [each for each in found if each.certified]
    return EverybodyFinding(
        asked=certified[0].asked if certified else None,
        safest=min(found, key=lambda each: (each.p, each.burden)).asked,
        sets=found,
    )


def _rows_in_all(made: Comparisons, asked: Set, sets: int) -> int | None:
    """Find how many rows would show that no group loses delta, if none lost anything."""
    lattice = made.lattice
    against = [each for each in (lattice.nothing, lattice.everything) if each != asked]
    n = np.bincount(made.rows.codes, minlength=len(made))[made.filled]
    tests = len(against) * n.size
    factor = 0.0
    for other in against:
        needed = _needed(made, other, asked, sets * tail_penalty(sets), tests)
        factor = max(factor, float((needed[made.filled] / n).max()))
    return int(np.ceil(factor * n.sum())) if np.isfinite(factor) else None
