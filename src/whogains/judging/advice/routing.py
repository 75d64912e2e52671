"""Certified routing: for each group the sets of attributes that are shown to serve it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from whogains.inference import heterogeneity, holm, intersection_union, t_required, tail_penalty
from whogains.judging.advice.comparing import Comparisons, Set
from whogains.judging.estimates import NONE
from whogains.types import BoolArray, FloatArray, IntArray

# The part of the level that goes to pairs of attributes that gain only together.
PAIRS: Final = 0.2
_HALVINGS: Final = 40


def certify(
    p: FloatArray,
    alpha: float | FloatArray,
    *,
    joint: FloatArray | None = None,
    by_t: BoolArray | None = None,
    count: int | None = None,
) -> BoolArray:
    """Certify sets of attributes for groups, from the bottom of the lattice upwards.

    Parameters
    ----------
    p : ndarray of float, shape (d, 2^k, k)
        For each of d groups, each set of k attributes (as bits) and each attribute that is not in
        it: the p-value of the null that telling this attribute besides gains the group nothing.
        NaN where there is no test, and for attributes of the set.
    alpha : float, or ndarray of float, shape (d, t)
        Level; several at once give one answer each.
    joint : ndarray of float, shape (d, 2^k, k, k), optional
        The p-value of the null that telling two attributes besides, the first before the second,
        gains the group nothing; NaN elsewhere.
    by_t : ndarray of bool, shape (d, 2^k, k), optional
        Which p-values come from t, whose tails ask for a penalty.
    count : int, optional
        How many groups share the level; by default those that can be tested.

    Returns
    -------
    ndarray of bool, shape (d, 2^k), or (d, 2^k, t) for several levels
        Whether a set is reached from nothing by steps that are all shown to gain: then it gains
        over nothing, and each attribute gains given those before. Asking nothing always is.

    Notes
    -----
    A step is tested only where the set before it is certified. Level flows from nothing, where
    each group that can be tested has alpha / d of it, through the certified sets: each passes on
    what it has in equal parts to the attributes that are left, and a step is shown where its
    p-value is at most what it gets. Where pairs are given, a fifth goes to steps of two attributes
    that gain only together: one is shown where both gain over what was told before, and each of
    them over the other, by the largest of these three p-values (intersection-union). Every way up
    the lattice meets at most one first step that is truly without gain, and these share at most
    alpha: so the chance that any step is wrongly taken for a gain, in any group, is at most alpha,
    under any dependence, and whichever of the certified sets are then used. Each first step has
    alpha / (d k), or four fifths of it, where Bonferroni over all sets would have
    alpha / (d (2^k - 1)). Three attributes of which no two help are missed.

    Holm over groups with 2^k - 1 times the least p-value of each shows that a group gains by
    *some* set. It is not enough to act on one: where each group has a good set, and others that
    do it no good and are independent, these are certified with alpha (1 + 1/2 + ... + 1/d).

    References
    ----------
    Bretz, F., Maurer, W., Brannath, W. and Posch, M. (2009). A graphical approach to sequentially
    rejective multiple test procedures. Statistics in Medicine 28(4), 586-604.
    Meinshausen, N. (2008). Hierarchical testing of variable importance. Biometrika 95(2), 265-278.
    Angelopoulos, A. et al. (2025). Learn then test. Annals of Applied Statistics 19(2).

    Examples
    --------
    >>> p = np.full((1, 4, 2), np.nan)
    >>> p[0, 0] = .01, .5           # the first attribute alone, the second alone
    >>> p[0, 1, 1], p[0, 2, 0] = .02, .001     # the second given the first; the other way round
    >>> certify(p, .05)[0].tolist()
    [True, True, False, True]
    """
    tested = np.isfinite(p[:, 0, :]).any(axis=1)
    count = max(int(tested.sum()), 1) if count is None else count
    levels = np.atleast_2d(np.asarray(alpha, dtype=np.float64))
    levels = np.broadcast_to(levels, (len(p), levels.shape[1]))
    flow = np.zeros((len(p), p.shape[1], levels.shape[1]))
    flow[tested, 0] = 1 / count
    for told in sorted(range(p.shape[1]), key=lambda bits: (bits.bit_count(), bits)):
        for more, at, strict, part in _steps(p, joint, by_t, told):
            share = flow[:, told] * part
            factor = 1.0 if strict is None else _penalty(share, strict)
            with np.errstate(invalid="ignore"):
                shown = (at[:, None] * factor <= levels * share) & (share > 0)
            flow[:, told | more] += np.where(shown, share, 0.0)
    reached = flow > 0
    reached[:, 0] = True
    return reached[..., 0] if np.ndim(alpha) == 0 else reached


def _steps(
    p: FloatArray, joint: FloatArray | None, by_t: BoolArray | None, told: int
) -> Iterator[tuple[int, FloatArray, BoolArray | None, float]]:
    """List the steps from a set: what is told, its p-values, which are by t, and its part."""
    left = [a for a in range(p.shape[2]) if not told >> a & 1]
    pairs = [] if joint is None else list(combinations(left, 2))
    rest = 1 - PAIRS if pairs else 1.0
    for a in left:
        yield 1 << a, p[:, told, a], None if by_t is None else by_t[:, told, a], rest / len(left)
    for a, b in pairs:
        one, other = told | 1 << a, told | 1 << b
        both = np.asarray(joint)[:, told, a, b]
        every = np.stack([both, p[:, one, b], p[:, other, a]])
        # A part that cannot be tested shows nothing.
        largest = np.where(np.isnan(every), 1.0, every).max(axis=0)
        strict = None if by_t is None else by_t[:, one, b] | by_t[:, other, a] | by_t[:, told, a]
        yield 1 << a | 1 << b, largest, strict, PAIRS / len(pairs)


def _penalty(share: FloatArray, by_t: BoolArray) -> FloatArray:
    """Give the penalty of t at a share of the level: that of as many tests as have such a share."""
    tests = np.where(share > 0, 1 / np.maximum(share, 1e-12), 1.0)
    kinds, place = np.unique(tests.round().astype(np.int64), return_inverse=True)
    penalty = np.array([tail_penalty(int(each)) for each in kinds])[place.reshape(share.shape)]
    return np.where(by_t[:, None], penalty, 1.0)


def adjusted(
    p: FloatArray, *, joint: FloatArray | None = None, by_t: BoolArray | None = None
) -> FloatArray:
    """Find the smallest level at which each set is certified, (d, 2^k); 1 where none below does."""
    d, sets = len(p), p.shape[1]
    low, high = np.full((d, sets), -9.0), np.zeros((d, sets))
    places = np.arange(sets)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        reached = certify(p, 10**middle, joint=joint, by_t=by_t)[:, places, places]
        low, high = np.where(reached, low, middle), np.where(reached, middle, high)
    return np.asarray(10**high, dtype=np.float64)


def route(
    certified: BoolArray, gains: FloatArray, prices: Sequence[float], *, delta: float
) -> IntArray:
    """Choose for each group among the sets that are certified for it.

    Parameters
    ----------
    certified : ndarray of bool, shape (d, m)
        Which of m sets are certified for each of d groups.
    gains : ndarray of float, shape (d, m)
        Estimated gains over asking nothing.
    prices : sequence of float, length m
        The burden of each set.
    delta : float
        The largest loss that does not matter.

    Returns
    -------
    ndarray of int, shape (d,)
        For each group the certified set with the least burden that is not estimated to lose more
        than delta against the certified set with the largest estimated gain; -1 where none is
        certified. Since every certified claim holds, the choice among them costs no guarantee.
        Equal burdens: the larger gain.

    Examples
    --------
    >>> certified = np.array([[True, True], [False, True], [False, False]])
    >>> gains = np.array([[5.0, 5.5], [1.0, 4.0], [0.0, 0.0]])
    >>> route(certified, gains, [1.0, 2.0], delta=1.0).tolist()
    [0, 1, -1]
    """
    chosen = np.full(len(gains), -1, dtype=np.int64)
    for j in np.flatnonzero(certified.any(axis=1)):
        sets = np.flatnonzero(certified[j])
        best = gains[j, sets].max()
        near = [int(a) for a in sets if gains[j, a] >= best - delta]
        chosen[j] = min(near, key=lambda a: (prices[a], -gains[j, a], a))
    return chosen


def tells_apart(
    gains: FloatArray,
    se: FloatArray,
    groups: Sequence[tuple[str | None, ...]],
    attributes: Sequence[int],
) -> list[float]:
    """Test for each attribute that no gain depends on it, given the others.

    Parameters
    ----------
    gains, se : ndarray of float, shape (d, m)
        Gains of each of m sets over nothing, and their errors; NaN where not trustworthy.
    groups : sequence of tuple, length d
        The levels of each group.
    attributes : sequence of int
        Places of the k attributes to test in these tuples.

    Returns
    -------
    list of float
        p-values, corrected for all k attributes and m sets and doubled, so that with `certify` an
        attribute that says nothing is asked, for itself or to tell people apart, with a chance of
        at most alpha where there are two attributes or more.

    Examples
    --------
    >>> groups = [("F", "old"), ("F", "young"), ("M", "old"), ("M", "young")]
    >>> gains, se = np.array([[9.0], [9.0], [0.0], [0.0]]), np.ones((4, 1))
    >>> [round(p, 3) for p in tells_apart(gains, se, groups, [0, 1])]
    [0.0, 1.0]
    """
    m, k = gains.shape[1], len(attributes)
    factor = 2 * k * m * tail_penalty(2 * k * m)
    found = []
    for place in attributes:
        others = [group[:place] + group[place + 1 :] for group in groups]
        order = {each: i for i, each in enumerate(dict.fromkeys(others))}
        strata = np.array([order[each] for each in others])
        least = min(heterogeneity(gains[:, a], se[:, a], strata) for a in range(m))
        found.append(min(1.0, factor * least))
    return found


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
