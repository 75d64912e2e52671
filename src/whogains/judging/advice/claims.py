"""Claims about a lattice, each family with its correction: routing, one set, necessity, edges."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from whogains.evidence import unnamed_groups
from whogains.inference import holm, intersection_union, t_required, tail_penalty
from whogains.judging.advice.comparing import Comparisons, Set
from whogains.judging.advice.routing import adjusted, certify, route, tells_apart
from whogains.judging.audit import group_levels
from whogains.judging.bootstrap_and_betting import Alternative
from whogains.judging.estimates import NONE
from whogains.judging.limits import number
from whogains.judging.verdicts import group_verdict
from whogains.records import (
    EdgeGroup,
    EverybodyFinding,
    EverybodySet,
    LatticeEdge,
    Necessity,
    NecessityFinding,
)
from whogains.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """The gain of every set of the lattice over asking nothing, in every group.

    Parameters
    ----------
    sets : tuple of tuple of str
        The m sets but `nothing`.
    gains, se, lower : ndarray of float, shape (d, m)
        Estimates, standard errors, and lower bounds that all hold together at level 1 - alpha.
    testable : ndarray of bool, shape (d, m)
        Where there is a method that can be trusted.
    p_adjusted : ndarray of float, shape (d, m)
        The smallest level at which a set is certified for a group.
    certified : ndarray of bool, shape (d, m)
        What is certified.
    chosen : ndarray of int, shape (d,)
        The set chosen for each group; -1 where none is certified.
    """

    sets: tuple[Set, ...]
    gains: FloatArray
    se: FloatArray
    lower: FloatArray
    testable: BoolArray
    p_adjusted: FloatArray
    certified: BoolArray
    chosen: IntArray

    def at(self, asked: Set) -> int:
        """Give the place of a set; -1 for asking nothing."""
        return self.sets.index(asked) if asked in self.sets else -1


def serve(made: Comparisons) -> Served:
    """Certify sets for groups, and choose among them; see `certify` and `route`."""
    lattice, alpha = made.lattice, made.settings.alpha
    nothing, free = lattice.nothing, lattice.free
    sets = tuple(asked for asked in lattice.sets if asked != nothing)
    bits = {asked: sum(1 << i for i, a in enumerate(free) if a in asked) for asked in lattice.sets}
    p = np.full((len(made), 2 ** len(free), len(free)), np.nan)
    by_t = np.zeros(p.shape, dtype=np.bool_)
    for told, one in lattice.edges:
        both = lattice.adding(told, (one,))
        p[:, bits[told], free.index(one)] = made.p(told, both, 0.0, "greater")
        by_t[:, bits[told], free.index(one)] = made.by_t(told, both)
    joint = np.full((*p.shape, len(free)), np.nan)
    for told in lattice.sets:
        for i, j in combinations([i for i, a in enumerate(free) if a not in told], 2):
            both = lattice.adding(told, (free[i], free[j]))
            joint[:, bits[told], i, j] = made.p(told, both, 0.0, "greater")
    places = [bits[asked] for asked in sets]
    certified = certify(p, alpha, joint=joint, by_t=by_t)[:, places]
    found = [made.gain(nothing, asked) for asked in sets]
    gains = np.stack([each.mean.estimate for each in found], axis=1)
    testable = np.stack([each.methods != NONE for each in found], axis=1) & np.isfinite(gains)
    # A sum of steps that are all shown to gain is hardly ever estimated below 0; then it is not.
    certified &= testable & (np.nan_to_num(gains) > 0)
    tested = max(int(testable.sum()), 1)
    level = alpha / (tested * tail_penalty(tested))
    lower = np.stack([made.interval(nothing, each, 2 * level).lower for each in sets], axis=1)
    return Served(
        sets=sets,
        gains=gains,
        se=np.stack([each.mean.se for each in found], axis=1),
        lower=lower,
        testable=testable,
        p_adjusted=np.where(testable, adjusted(p, joint=joint, by_t=by_t)[:, places], np.nan),
        certified=certified,
        chosen=route(certified, gains, [lattice.price(asked) for asked in sets], delta=made.delta),
    )


def told_apart(made: Comparisons, served: Served) -> tuple[str, ...]:
    """Name the attributes by which gains are shown to differ; see `tells_apart`."""
    lattice, grouping = made.lattice, made.rows.grouping
    free = [grouping.names.index(name) for name in lattice.free]
    found = tells_apart(
        np.where(served.testable, served.gains, np.nan), served.se, grouping.groups, free
    )
    return tuple(
        name for name, p in zip(lattice.free, found, strict=True) if p <= made.settings.alpha
    )


def too_small(made: Comparisons, served: Served) -> BoolArray:
    """Find the groups whose every certified set is shown to gain less than delta."""
    d = len(made)
    p = np.full(d, np.nan)
    for j in range(d):
        sets = np.flatnonzero(served.certified[j])
        if sets.size:
            each = [
                made.p(made.lattice.nothing, served.sets[a], made.delta, "less")[j] for a in sets
            ]
            p[j] = intersection_union(each)
    penalty = tail_penalty(int(np.count_nonzero(~np.isnan(p))))
    with np.errstate(invalid="ignore"):
        return np.asarray(holm(np.minimum(1.0, penalty * p)) <= made.settings.alpha)


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


def _needed(
    made: Comparisons,
    one: Set,
    other: Set,
    share: float,
    tests: int,
) -> FloatArray:
    """Find the rows with which each group's test against delta has power, if nothing differs."""
    found = made.gain(one, other)
    n = np.bincount(made.rows.codes, minlength=len(made))
    with np.errstate(invalid="ignore"):
        sd = np.where(np.isfinite(found.mean.se), found.mean.se * np.sqrt(n), np.inf)
    finite = np.where(np.isfinite(sd), sd, 0.0)
    rows = t_required(
        made.delta,
        finite,
        level=made.settings.alpha / share,
        # All of them are to succeed at once.
        power=1 - (1 - made.settings.power) / tests,
    )
    return np.asarray(np.maximum(np.where(np.isfinite(sd), rows, np.inf), found.least_rows))


def rows_to_certify(made: Comparisons, served: Served) -> FloatArray:
    """Find about how many rows each group needs for a first step that gains delta to be shown."""
    tests = int(made.filled.sum()) * len(made.lattice.free)
    needed = np.full(len(made), np.inf)
    best = best_sets(served)
    for a in set(best[best >= 0].tolist()):
        rows = _needed(
            made, made.lattice.nothing, served.sets[a], share=tests * tail_penalty(tests), tests=1
        )
        needed = np.where(best == a, rows, needed)
    return needed


def best_sets(served: Served) -> IntArray:
    """Find the set with the largest estimated gain, -1 where none is above nothing."""
    known = np.where(np.isnan(served.gains), -np.inf, served.gains)
    return np.where(known.max(axis=1) > 0, known.argmax(axis=1), -1)


def necessity(made: Comparisons) -> tuple[NecessityFinding, ...]:
    """Judge each attribute, given all others.

    The levels are shared out among the attributes alike for both claims, of which at most one can
    be wrong for an attribute: so all these verdicts hold together at level 1 - alpha.
    """
    lattice, names = made.lattice, group_levels(made.rows.grouping)
    everything, k = lattice.everything, len(lattice.free)
    filled = made.filled
    n = np.bincount(made.rows.codes, minlength=len(made))
    found = []
    for attribute in lattice.free:
        less = lattice.without(everything, attribute)
        groups = made.gain(less, everything)
        penalty = tail_penalty(k * int(filled.sum()))
        more = holm(np.minimum(1.0, k * penalty * made.p(less, everything, made.delta, "greater")))
        below = made.p(less, everything, made.delta, "less")[filled]
        p_not = min(1.0, k * tail_penalty(k) * intersection_union(below))
        shown = np.flatnonzero(np.nan_to_num(more, nan=1.0) <= made.settings.alpha)
        verdict: Necessity = "cannot say"
        if shown.size or p_not <= made.settings.alpha:
            verdict = "needed" if shown.size else "not needed"
        missing = None
        if verdict == "cannot say":
            tests = int(filled.sum())
            rows = _needed(made, less, everything, k * tail_penalty(k), tests)
            short = np.maximum(0.0, rows - n)[filled].sum()
            missing = int(short) if np.isfinite(short) and short > 0 else None
        loss = np.where(filled, groups.mean.estimate, np.nan)
        worst = int(np.nanargmax(loss)) if np.isfinite(loss).any() else None
        p_needed = np.nanmin(more) if np.isfinite(more).any() else np.nan
        found.append(
            NecessityFinding(
                attribute=attribute,
                verdict=verdict,
                groups=tuple(names[int(j)] for j in shown),
                loss=number(made.gain(less, everything, whole=True).mean.estimate[0]),
                worst_group=None if worst is None else names[worst],
                worst_loss=None if worst is None else number(loss[worst]),
                p_needed=number(p_needed),
                p_not_needed=p_not,
                more=missing,
            )
        )
    return tuple(found)


def edges(made: Comparisons, cost: int, unit: str | None) -> tuple[LatticeEdge, ...]:
    """Say what each attribute buys whom on one cost, corrected over all that is shown."""
    lattice, d, epsilon = made.lattice, len(made), made.epsilons[cost][0]
    named, explainer, keep = made.scored[cost]
    pairs = [(told, one, lattice.adding(told, (one,))) for told, one in lattice.edges]
    by_t = np.concatenate([made.by_t(told, both, cost) for told, _, both in pairs])
    penalty = tail_penalty(int(np.count_nonzero(by_t)))

    def corrected(null: float, alternative: Alternative) -> FloatArray:
        p = np.concatenate([made.p(told, both, null, alternative, cost) for told, _, both in pairs])
        return np.where(by_t, np.minimum(1.0, penalty * p), p)

    p_gain, p_harm = holm(corrected(0.0, "greater")), holm(corrected(0.0, "less"))
    p_same = holm(np.maximum(corrected(-epsilon, "greater"), corrected(epsilon, "less")))
    names = group_levels(made.rows.grouping)
    n = np.bincount(made.rows.codes, minlength=d)
    unnamed = unnamed_groups(made.rows.grouping.groups, made.filled)
    found = []
    for i, (told, one, both) in enumerate(pairs):
        mean = made.gain(told, both, cost).mean
        ci = made.interval(told, both, made.settings.alpha, cost)
        whole = made.gain(told, both, cost, whole=True)
        every = whole.interval(made.settings.alpha)
        groups = []
        for j in np.flatnonzero(~unnamed):
            at = i * d + int(j)
            p = [number(each[at]) for each in (p_gain, p_harm, p_same)]
            groups.append(
                EdgeGroup(
                    group=names[j],
                    n=int(n[j]) or None,
                    gain=number(mean.estimate[j]),
                    se=number(mean.se[j]),
                    ci=(number(ci.lower[j]), number(ci.upper[j])),
                    p_gain_adjusted=p[0],
                    p_harm_adjusted=p[1],
                    verdict=group_verdict(
                        *p,
                        alpha=made.settings.alpha,
                        untestable=False,
                        ci=(number(ci.lower[j]), number(ci.upper[j])),
                    )[0],
                )
            )
        found.append(
            LatticeEdge(
                cost=named.name,
                unit=unit,
                explainer=explainer,
                keep=keep,
                told=lattice.asks(told),
                tells=one,
                gain=number(whole.mean.estimate[0]),
                ci=(number(every.lower[0]), number(every.upper[0])),
                groups=tuple(groups),
            )
        )
    return tuple(found)
