"""What several groups say together: corrections, gamma, and the paper's rule to compare with.

The rule is no test: it decides only where it is asked for by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference._arrays import check_alpha, one_row_per_value
from whogains.inference.interval import Interval
from whogains.types import FloatArray


def holm(p: ArrayLike) -> FloatArray:
    """Adjust p-values so that the chance of any false rejection stays below the level.

    Parameters
    ----------
    p : array_like (d,)
        p-values; NaN where a group was not tested.

    Returns
    -------
    ndarray (d,)
        Adjusted p-values, at most 1. NaN stays NaN and does not count as a test: whether a
        group can be tested must not depend on which way its differences point.

    Raises
    ------
    ValueError
        If a p-value lies outside [0, 1].

    Notes
    -----
    Holds under any dependence between the groups' tests.

    Assumes valid p-values (no unit). One p-value stays as it is; none gives an empty array.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian
    Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm([0.01, float("nan"), 0.04, 0.03])
    array([0.03,  nan, 0.06, 0.06])
    """
    values = _p_values(p)
    adjusted = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    steps = values[order] * np.arange(order.size, 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def intersection_union(p: ArrayLike) -> float:
    """Compute the p-value for the null that at least one group's null is true.

    Parameters
    ----------
    p : array_like (d,)
        One p-value per group; NaN, a group that could not be tested, counts as 1.

    Returns
    -------
    float
        The largest p-value (1 without groups): small only if every group's null is rejected.

    Raises
    ------
    ValueError
        If a p-value lies outside [0, 1].

    Notes
    -----
    With gain p-values this tests "not every group gains". Valid at its level without any
    correction, since at least one null is true under it and that group's test must reject.

    Assumes valid p-values (no unit), whatever their dependence. One p-value stays as it is.

    References
    ----------
    Berger, R. L. (1982). Multiparameter hypothesis testing and acceptance sampling.
    Technometrics 24, 295-300.

    Examples
    --------
    >>> intersection_union([0.01, 0.04])
    0.04
    """
    values = _p_values(p)
    if values.size == 0:
        return 1.0
    return float(np.where(np.isnan(values), 1.0, values).max())


def _p_values(p: ArrayLike) -> FloatArray:
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"p must be one-dimensional, got shape {values.shape}")
    if np.any((values < 0) | (values > 1)):
        raise ValueError("p-values must lie in [0, 1]")
    return values


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


def paper_rule(estimate: ArrayLike, *, epsilon: float) -> bool:
    """Apply the rule "every group gains epsilon if the smallest estimate does".

    Parameters
    ----------
    estimate : array_like (d,)
        Estimated benefit per group; NaN where there is none, which decides for "no".
    epsilon : float
        The smallest effect that matters.

    Returns
    -------
    bool
        True where the rule rejects the null that some group does not gain.

    Raises
    ------
    ValueError
        If ``estimate`` is not one-dimensional.

    Notes
    -----
    *Not a test*: it has no level. It looks at no standard error, so its type I error is
    whatever the noise makes it, and where every group gains exactly epsilon each estimate falls
    below epsilon half of the time: see `paper_rule_type_two_error`.

    ``epsilon`` is in the unit of the cost. It assumes nothing; a group of 1 row counts like any.

    References
    ----------
    Cornelis, L. et al. (2025). When machine learning gets personal. arXiv:2502.02786.

    Examples
    --------
    >>> paper_rule([0.02, 0.011], epsilon=0.01)
    True
    """
    values = one_row_per_value("estimate", np.nan_to_num(np.asarray(estimate), nan=-1e300))
    return bool(values.size > 0 and np.all(values >= epsilon))


def paper_rule_type_two_error(groups: int) -> float:
    """Compute the type II error of `paper_rule` where every group gains exactly epsilon.

    Parameters
    ----------
    groups : int
        Number d of groups.

    Returns
    -------
    float
        1 - 2^-d, for independent groups whose estimates are continuous and symmetric around
        the truth: at any sample size about as good as a coin with one group, and worse with
        more (derived here).

    Raises
    ------
    ValueError
        If ``groups`` is below 1.

    Notes
    -----
    A probability, whatever n and the unit of the cost.

    Examples
    --------
    >>> paper_rule_type_two_error(4)
    0.9375
    """
    if groups < 1:
        raise ValueError(f"groups must be at least 1, got {groups}")
    return 1.0 - 0.5**groups
