"""What the worst-served group gets: the minimum of the groups' benefits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference._arrays import check_alpha
from whogains.inference.interval import Interval


@dataclass(frozen=True, slots=True)
class GammaEstimate:
    """Estimate and interval of gamma.

    Attributes
    ----------
    estimate : float
        The smallest estimated benefit; NaN if no group has an estimate.
    group : int
        Its index (the first, on ties); -1 if no group has an estimate.
    lower, upper : float
        Two-sided interval; -inf or inf where the groups do not bound gamma on that side.
    """

    estimate: float
    group: int
    lower: float
    upper: float


def gamma_interval(
    estimate: ArrayLike, intervals: Callable[[float], Interval], *, alpha: float = 0.05
) -> GammaEstimate:
    """Compute an interval for gamma, the smallest of the groups' benefits.

    Parameters
    ----------
    estimate : array_like (d,)
        Estimated benefit per group; NaN where there is none.
    intervals : callable
        Maps an alpha to the groups' two-sided, equal-tailed intervals at level 1 - alpha.
    alpha : float
        One minus the two-sided level of the result.

    Returns
    -------
    GammaEstimate

    Raises
    ------
    ValueError
        If ``estimate`` is not one-dimensional, or alpha does not lie strictly between 0 and 1.

    Notes
    -----
    The lower end is the smallest lower end of the groups' own intervals, without a correction:
    the group that attains gamma is among them. The upper end is the smallest upper end at
    alpha / d, by Bonferroni. Each end errs with probability at most alpha / 2; the lower end is
    conservative when groups are nearly equal. A one-sided bound at level 1 - a is the end with
    ``alpha = 2 * a``. The estimate is biased downwards, as a minimum of estimates is.

    A group without an interval might be arbitrarily worse off, so the lower end is then -inf;
    the upper end rests on the groups that have one. (d counts those groups; which they are
    must not depend on which way their differences point.)

    In the unit of the cost. Assumes of the groups what their intervals do, and nothing of how they
    depend on each other. A group of fewer than 2 rows is what its interval says: NaN or wide.

    References
    ----------
    Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling.
    Technometrics 24, 295-300.

    Examples
    --------
    >>> from functools import partial
    >>> from whogains.inference import score_interval
    >>> gains, harms, n = [60, 90], [30, 20], [1000, 1200]
    >>> found = gamma_interval([0.03, 0.058], lambda a: score_interval(gains, harms, n, alpha=a))
    >>> found.group, round(found.lower, 4), round(found.upper, 4)
    (0, 0.0111, 0.0527)
    """
    check_alpha(alpha)
    beta = np.asarray(estimate, dtype=np.float64)
    if beta.ndim != 1:
        raise ValueError(f"estimate must be one-dimensional, got shape {beta.shape}")
    known = np.isfinite(beta)
    group = int(np.argmin(np.where(known, beta, np.inf))) if known.any() else -1
    lowers = np.broadcast_to(intervals(alpha).lower, beta.shape)
    tested = ~np.isnan(lowers)
    if not tested.any():
        return GammaEstimate(float(beta[group]) if group >= 0 else np.nan, group, -np.inf, np.inf)
    uppers = np.broadcast_to(intervals(alpha / int(tested.sum())).upper, beta.shape)
    return GammaEstimate(
        estimate=float(beta[group]) if group >= 0 else np.nan,
        group=group,
        lower=float(lowers.min()) if tested.all() else -np.inf,
        upper=float(np.min(uppers[tested])),
    )
