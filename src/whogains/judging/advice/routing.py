"""Certified routing: for each group the set of attributes that is shown to serve it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whogains.inference import holm, tail_penalty
from whogains.types import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Routing:
    """The choice for each of d groups among m sets of attributes.

    Parameters
    ----------
    p_adjusted : ndarray of float, shape (d, m)
        Adjusted p-values of the claims that a set serves a group.
    certified : ndarray of bool, shape (d, m)
        The claims that are made.
    chosen : ndarray of int, shape (d,)
        The set chosen for each group; -1 where nothing is certified.
    """

    p_adjusted: FloatArray
    certified: BoolArray
    chosen: np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def certify(p: FloatArray, *, by_t: BoolArray | None = None) -> FloatArray:
    """Correct the claims "this set serves this group" in one family.

    Parameters
    ----------
    p : ndarray of float, shape (d, m)
        p-values of the null that some attribute of the set, or all of it, does not gain the
        group: the largest of those of its parts (intersection-union). NaN where a group cannot
        be tested.
    by_t : ndarray of bool, shape (d, m), optional
        Which of them come from t, whose tails ask for a penalty.

    Returns
    -------
    ndarray of float, shape (d, m)
        Adjusted by Holm over all groups and sets: the chance that any claim with an adjusted
        p-value of at most alpha is wrong is at most alpha, whichever of them is then acted on.

    Notes
    -----
    Holm over the groups with m times the least p-value of each would show that a group gains by
    *some* set. It is not enough to act on one: where every group has one good set and others
    that do it no good, levels grow with each group that is rightly passed, and the others are
    certified with up to alpha (1 + 1/2 + ... + 1/d); measured in docs/choosing.md.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6, 65-70.
    Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling.
    Technometrics 24, 295-300.
    Angelopoulos, A. et al. (2025). Learn then test. Annals of Applied Statistics.

    Examples
    --------
    >>> certify(np.array([[0.001, 0.02], [0.5, np.nan]])).round(3).tolist()
    [[0.003, 0.04], [0.5, nan]]
    """
    tested = np.array(p, dtype=np.float64)
    if by_t is not None:
        penalty = tail_penalty(int(np.count_nonzero(by_t & ~np.isnan(tested))))
        tested = np.where(by_t, np.minimum(1.0, penalty * tested), tested)
    return holm(tested.ravel()).reshape(tested.shape)


def route(
    p_adjusted: FloatArray,
    gains: FloatArray,
    prices: Sequence[float],
    *,
    alpha: float,
    delta: float,
) -> Routing:
    """Choose for each group among the sets that are certified for it.

    Parameters
    ----------
    p_adjusted : ndarray of float, shape (d, m)
        From `certify`.
    gains : ndarray of float, shape (d, m)
        Estimated gains over asking nothing.
    prices : sequence of float, length m
        The burden of each set.
    alpha : float
        Level.
    delta : float
        The largest loss that does not matter.

    Returns
    -------
    Routing
        For each group the certified set with the least burden that is not estimated to lose more
        than delta against the certified set with the largest estimated gain. Since every certified
        claim holds, the choice among them costs no guarantee. Equal burdens: the larger gain.

    Examples
    --------
    >>> found = route(np.array([[.01, .01], [.9, .02], [.9, .9]]), np.array([[5., 5.5], [1., 4.],
    ...               [0., 0.]]), [1.0, 2.0], alpha=.05, delta=1.0)
    >>> found.chosen.tolist()
    [0, 1, -1]
    """
    with np.errstate(invalid="ignore"):
        certified = p_adjusted <= alpha
    chosen = np.full(len(gains), -1, dtype=np.int64)
    for j in np.flatnonzero(certified.any(axis=1)):
        sets = np.flatnonzero(certified[j])
        best = gains[j, sets].max()
        near = [int(a) for a in sets if gains[j, a] >= best - delta]
        chosen[j] = min(near, key=lambda a: (prices[a], -gains[j, a], a))
    return Routing(p_adjusted, certified, chosen)
