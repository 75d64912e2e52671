"""What a policy gains that was chosen from the same rows: bounds for all policies at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference._arrays import check_alpha
from whogains.inference.procedure import BOTH_ROLES, SPREAD_LEFT
from whogains.types import FloatArray, IntArray

# The 95th percentile of so many draws is off by a fortieth of their spread.
DRAWS: Final = 4000
_STEPS: Final = 30
# A share of the gain kept above this is not searched for.
_LARGEST_SHARE: Final = 4.0


@dataclass(frozen=True, slots=True)
class PolicyBound:
    """What a policy gains, and at least.

    Attributes
    ----------
    gain, lower : float
        The estimate, which is too high where the policy was chosen by it, and a lower bound.
    kept, kept_lower : float
        The gain as a share of that of the policy of reference, and a lower bound; NaN without a
        reference, or where this one is not shown to gain.
    """

    gain: float
    lower: float
    kept: float
    kept_lower: float


def policy_bound(
    gains: ArrayLike,
    covariances: ArrayLike,
    shares: ArrayLike,
    chosen: ArrayLike,
    *,
    reference: int | None = None,
    alpha: float = 0.05,
    random_state: int = 0,
) -> PolicyBound:
    r"""Bound what a policy gains that gives each group one of m options, or none.

    Parameters
    ----------
    gains : array_like (d, m)
        Estimated gain of each group under each option over none; NaN where a group has no
        trustworthy one, which then cannot be chosen.
    covariances : array_like (d, m, m)
        Covariance matrices of these estimates within a group; groups are independent.
    shares : array_like (d,)
        The groups' shares of the people, which sum to 1 and are taken as given.
    chosen : array_like of int (d,)
        The option of each group; -1 for none, which gains nothing.
    reference : int, optional
        The option that everybody has in the policy to compare with.
    alpha : float
        One minus the level of each bound.
    random_state : int
        Seed of the draws.

    Returns
    -------
    PolicyBound
        In the unit of the gains, and as a share.

    Raises
    ------
    ValueError
        If shapes do not match, a chosen option has no estimate, or alpha is not inside (0, 1).

    Notes
    -----
    An estimate is off by :math:`\sum_g \pi_g Z_{g, A_g}`, with :math:`Z_g` normal with the
    group's covariances. Whatever policy A was chosen, by any rule, that is at most

    .. math:: \sum_g \pi_g \max(0, \max_A Z_{gA}),

    whose upper alpha-quantile, from 4,000 draws, is what the estimate has to give up. So the bound
    holds for all (m + 1)^d policies at once, with the correlations that the rows show and none
    assumed, and is far closer than bounds for every group and option that are added up. The share
    kept of the gain of the reference F is bounded like Fieller's ratio: by the smallest k at which
    the gain less k times that of F is not shown to be above 0, where the same holds of
    :math:`\sum_g \pi_g \max(-k Z_{gF}, \max_A (Z_{gA} - k Z_{gF}))`. Derived here.

    Assumes means that are nearly normal, which a sum over groups is before its parts are; one
    group or one row is as good as its covariances.

    References
    ----------
    Berk, R., Brown, L., Buja, A., Zhang, K. and Zhao, L. (2013). Valid post-selection inference.
    Annals of Statistics 41(2) (all that could be chosen, at once).
    Fieller, E. C. (1954). Some problems in interval estimation. JRSS B 16(2).

    Examples
    --------
    >>> found = policy_bound([[3.0, 1.0]], [[[1.0, 0.0], [0.0, 1.0]]], [1.0], [0])
    >>> found.gain, bool(0.95 < found.lower < 1.15)     # max(0, Z1, Z2) is above 1.95 in 5 %
    (3.0, True)
    """
    check_alpha(alpha)
    b, share = np.asarray(gains, dtype=np.float64), np.asarray(shares, dtype=np.float64)
    option = np.asarray(chosen, dtype=np.int64)
    spread = np.asarray(covariances, dtype=np.float64)
    if b.ndim != 2 or spread.shape != (*b.shape, b.shape[1]):
        raise ValueError(f"gains {b.shape} and covariances {spread.shape} do not match")
    if share.shape != b.shape[:1] or option.shape != b.shape[:1]:
        raise ValueError(f"shares and chosen must have one value per group ({len(b)})")
    taken = np.where(option >= 0, b[np.arange(len(b)), option], 0.0)
    if np.isnan(taken).any():
        raise ValueError("a group is given an option without an estimate")
    gain = float(share @ taken)
    noise = _draws(b, spread, random_state)
    # Who is given nothing gains exactly nothing.
    lower = gain - _quantile(share, noise, None, 0.0, alpha) if (option >= 0).any() else 0.0
    if reference is None:
        return PolicyBound(gain, lower, np.nan, np.nan)
    # Groups without an estimate have no part in either policy.
    whole = np.nan_to_num(b[:, reference])
    everything = float(share @ whole)
    known = np.isfinite(b[:, reference])
    error = np.sqrt(float(share[known] ** 2 @ spread[known, reference, reference]))
    if not everything > error * float(-_normal_quantile(alpha)):
        return PolicyBound(gain, lower, np.nan, np.nan)

    def shown(k: float) -> bool:
        off = _quantile(share, noise, reference, k, alpha)
        return gain - k * everything > off

    low, high = 0.0, _LARGEST_SHARE
    if not shown(low):
        return PolicyBound(gain, lower, gain / everything, 0.0)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if shown(middle) else (low, middle)
    return PolicyBound(gain, lower, gain / everything, low)


def gain_covariances(
    benefits: ArrayLike,
    groups: ArrayLike,
    count: int,
    *,
    sample_weight: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> FloatArray:
    r"""Estimate the covariances of m mean benefits of the same rows, group by group.

    Parameters
    ----------
    benefits : array_like (n, m) or (R, n, m)
        Each row's benefit under each option, once or in each of R rounds of cross-fitting.
    groups : array_like of int (n,)
        Each row's group, from 0.
    count : int
        Number d of groups.
    sample_weight : array_like (n,), optional
        Positive weights.
    cluster : array_like of int (n,), optional
        Which rows belong together.

    Returns
    -------
    ndarray (d, m, m)
        Covariances of the (weighted) means over rounds; 0 in a group of fewer than 2 units.

    Raises
    ------
    ValueError
        If the numbers of rows differ.

    Notes
    -----
    With residuals :math:`r_c`, the sum of :math:`w_i (B_i - \bar B)` over the rows of unit c:
    :math:`\frac{G}{G-1} \sum_c r_c r_c^T / (\sum w)^2`, as `mean_from_comoments` has it for one
    option. With rounds, what `procedure_means` makes of the variance of one gain is made of these
    matrices: twice that of the gains averaged over rounds, and 2 / R + 1/2 times the covariance
    between the rounds' means.

    In the squared unit of the cost. Assumes independent units; one unit gives no covariance.

    References
    ----------
    Särndal, C.-E., Swensson, B. and Wretman, J. (1992). Model Assisted Survey Sampling, 5.6.

    Examples
    --------
    >>> gain_covariances([[1.0, 2.0], [3.0, 6.0]], [0, 0], 1)
    array([[[1., 2.],
            [2., 4.]]])
    """
    each, code = np.asarray(benefits, dtype=np.float64), np.asarray(groups, dtype=np.int64)
    each = each[None] if each.ndim == 2 else each
    rounds, B = len(each), each.mean(axis=0)
    if len(B) != len(code):
        raise ValueError(f"benefits have {len(B)} rows and groups {len(code)}")
    weight = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    unit = None if cluster is None else np.asarray(cluster, dtype=np.int64)
    found = np.zeros((count, B.shape[1], B.shape[1]))
    for j in range(count):
        mine = np.flatnonzero(code == j)
        w = np.ones(len(mine)) if weight is None else weight[mine]
        residual = w[:, None] * (B[mine] - w @ B[mine] / max(float(w.sum()), 1e-300))
        if unit is not None and len(mine):
            _, place = np.unique(unit[mine], return_inverse=True)
            sums = np.zeros((place.max() + 1, B.shape[1]))
            np.add.at(sums, place, residual)
            residual = sums
        units = len(residual)
        if units >= 2:
            found[j] = residual.T @ residual * units / (units - 1) / float(w.sum()) ** 2
        if rounds > 1 and units >= 2:
            means = np.einsum("i,rim->rm", w, each[:, mine]) / float(w.sum())
            off = means - means.mean(axis=0)
            between = off.T @ off / (rounds - 1)
            found[j] = BOTH_ROLES * found[j] + (BOTH_ROLES / rounds + SPREAD_LEFT) * between
    return found


def _draws(
    gains: FloatArray, covariances: FloatArray, seed: int
) -> list[tuple[IntArray, FloatArray]]:
    """Draw the errors of each group's known options: their places, and draws (DRAWS, known)."""
    rng = np.random.default_rng(seed)
    drawn = []
    for b, spread in zip(gains, covariances, strict=True):
        known = np.flatnonzero(np.isfinite(b))
        values, vectors = np.linalg.eigh(spread[np.ix_(known, known)])
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        drawn.append((known, rng.normal(size=(DRAWS, known.size)) @ root.T))
    return drawn


def _quantile(
    shares: FloatArray,
    noise: list[tuple[IntArray, FloatArray]],
    reference: int | None,
    k: float,
    alpha: float,
) -> float:
    """Find what the best of all policies may be off by, less k times what the reference is."""
    total = np.zeros(DRAWS)
    for share, (known, drawn) in zip(shares, noise, strict=True):
        if not known.size:
            continue
        most = np.maximum(0.0, drawn.max(axis=1))
        if reference is not None and reference in known:
            most = most - k * drawn[:, int(np.flatnonzero(known == reference)[0])]
        total += share * most
    return float(np.quantile(total, 1 - alpha))


def _normal_quantile(level: float) -> float:
    from scipy import special

    return float(special.ndtri(level))
