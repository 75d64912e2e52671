"""Student's t for a mean with its standard error, widened where the sample is skewed."""

from __future__ import annotations

from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from whogains.inference._arrays import Alternative, broadcast
from whogains.inference.interval import Interval
from whogains.types import FloatArray

# Sample skewness of a skewed, heavy-tailed cost is too small on average. In the cells that
# `choose_method` gives to t an end errs with at most .031 (nominal .025) with 2.5 times the sample
# skewness, .032 with 2 times, .039 with 1.5 times and .049 with the skewness as it is; 3 times is
# wider and errs no less (benchmarks/t_ends.py, docs/t-ends.md).
SKEWNESS_INFLATION: Final = 2.5
_LARGEST: Final = 1e200  # t statistics beyond it are as good as infinite, and overflow here


def t_interval(
    estimate: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    *,
    skewness: ArrayLike | None = None,
    alpha: float = 0.05,
) -> Interval:
    r"""Compute t intervals for means.

    Parameters
    ----------
    estimate, se, df : array_like (d,)
        Means, standard errors and degrees of freedom, e.g. from `mean_from_comoments`.
    skewness : array_like (d,), optional
        Skewness of the units. With it the end on the side of the longer tail moves outwards, the
        more the larger the skewness; without it, or where it is NaN, this is Student's interval.
    alpha : float
        One minus the two-sided level.

    Returns
    -------
    Interval
        NaN ends where df < 1 (fewer than 2 units), or where se is 0 or not finite: a sample
        without spread does not tell how far its mean may be off.

    Raises
    ------
    ValueError
        If alpha does not lie strictly between 0 and 1, or shapes do not match.

    Notes
    -----
    Student's t holds its level for normal data and, for others, only as the sample grows: for
    lognormal differences the upper end of a 95 % interval errs with .076 at n = 100 and still
    with .036 at n = 2,000 in place of .025. A skewed sample shifts the quantiles of the t
    statistic by :math:`-a (q^2 + 1/2)`, with :math:`a = \gamma / (3 \sqrt n)`, at the order of
    1 / sqrt(n) (the Cornish-Fisher expansion of Hall's Edgeworth series). So an end lies

    .. math:: q + \max(0, \pm a (q^2 + 1/2)), \qquad a = 2.5 \hat\gamma / (3 \sqrt n),

    standard errors away, + for the upper and - for the lower end, with Student's quantile q. The
    other end stays where it is: with symmetric heavy tails the sample skewness is noise, and
    moving that end inwards undercovers. The factor is ``SKEWNESS_INFLATION``.

    The end is monotone in the skewness, and since the skewness of n values is below sqrt(n), a
    95 % interval is never twice as wide as Student's. Hall's transformation, used before, is
    neither: less skewness may put an end further out, up to 4.2 times as far as Student's.

    Ends are in the unit of the cost. Assumes independent units with a finite variance, and enough
    of them for the expansion to hold: see `choose_method`, and `approximate_error` for fewer.

    References
    ----------
    Hall, P. (1988). Theoretical comparison of bootstrap confidence intervals. Annals of
    Statistics 16(3), 927-953 (the polynomial q_1).
    Hall, P. (1992). On the removal of skewness by transformation. JRSS B 54(1), 221-228 (what it
    is compared with in `benchmarks/t_ends.py`).

    Examples
    --------
    >>> found = t_interval(0.2, 0.1, 24)
    >>> [round(float(end), 4) for end in (found.lower, found.upper)]
    [-0.0064, 0.4064]
    """
    beta, error, freedom = broadcast(estimate, se, df, alpha=alpha)
    usable = (freedom >= 1) & np.isfinite(beta) & np.isfinite(error) & (error > 0)
    quantile: FloatArray = -np.asarray(
        special.stdtrit(np.where(usable, freedom, 1.0), alpha / 2), dtype=np.float64
    )
    a = _shift(skewness, np.where(usable, freedom, 1.0))
    below = _distance(quantile, np.maximum(0.0, -a))
    above = _distance(quantile, np.maximum(0.0, a))
    with np.errstate(invalid="ignore"):
        lower = np.where(usable, beta - below * error, np.nan)
        upper = np.where(usable, beta + above * error, np.nan)
    return Interval(lower, upper, "t")


def t_test(
    estimate: ArrayLike,
    se: ArrayLike,
    df: ArrayLike,
    *,
    skewness: ArrayLike | None = None,
    null: ArrayLike = 0.0,
    alternative: Alternative = "greater",
) -> FloatArray:
    """Compute one-sided p-values of t tests.

    Parameters
    ----------
    estimate, se, df, skewness : array_like (d,)
        As for `t_interval`, whose ends these p-values invert exactly.
    null : array_like (d,) or float
        The value tested.
    alternative : {"greater", "less"}
        "greater" tests the null that the mean is at most ``null`` (a gain, with ``null = 0``),
        "less" the null that it is at least ``null`` (a harm).

    Returns
    -------
    ndarray (d,)
        p-values. NaN where df < 1 or an input is not finite. 1 where se is 0, whatever the
        estimate: identical differences, however many, do not bound what the next one may be.

    Raises
    ------
    ValueError
        If ``alternative`` is not one of the two, or shapes do not match.

    Notes
    -----
    Assumes what `t_interval` does; ``null`` is in the unit of the cost.

    References
    ----------
    Hall (1988), as for `t_interval`.

    Examples
    --------
    >>> round(float(t_test(0.2, 0.1, 24)), 4)
    0.0285
    >>> float(t_test(0.2, 0.0, 24))
    1.0
    """
    beta, error, freedom, tested = broadcast(estimate, se, df, null, alternative=alternative)
    usable = (freedom >= 1) & np.isfinite(beta) & np.isfinite(error) & np.isfinite(tested)
    spread = usable & (error > 0)
    t = np.where(spread, beta - tested, 0.0) / np.where(spread, error, 1.0)
    freedom = np.where(usable, freedom, 1.0)
    a = _shift(skewness, freedom)
    sign = 1.0 if alternative == "greater" else -1.0
    p = special.stdtr(freedom, -_quantile(sign * t, np.maximum(0.0, -sign * a)))
    return np.where(spread, p, np.where(usable, 1.0, np.nan))


def _shift(skewness: ArrayLike | None, df: FloatArray) -> FloatArray:
    if skewness is None:
        return np.zeros_like(df)
    gamma = np.asarray(skewness, dtype=np.float64)
    gamma = np.where(np.isfinite(gamma), gamma, 0.0)
    shift: FloatArray = SKEWNESS_INFLATION * gamma / (3 * np.sqrt(df + 1))
    return shift


def _distance(q: FloatArray, a: FloatArray) -> FloatArray:
    """Say how many standard errors away an end lies, for q >= 0 and a >= 0."""
    return q + a * (q**2 + 0.5)


def _quantile(t: FloatArray, a: FloatArray) -> FloatArray:
    """Invert `_distance`; below the estimate, where no end lies, it goes on as a straight line."""
    beyond = np.clip(t - a / 2, -_LARGEST, _LARGEST)
    # Not (sqrt(...) - 1) / 2a, which loses all digits for small a.
    found: FloatArray = 2 * beyond / (1 + np.sqrt(1 + 4 * a * np.maximum(beyond, 0.0)))
    return found


def tail_penalty(groups: int) -> float:
    """Return by what to multiply the p-values of t before they are corrected for many groups.

    Parameters
    ----------
    groups : int
        Number of groups whose p-values, by t, are corrected together.

    Returns
    -------
    float
        ``0.6 sqrt(groups)``, at least 1.

    Raises
    ------
    ValueError
        If ``groups`` is negative.

    Notes
    -----
    Holm's first step and the upper end for gamma ask the tests for a level of alpha / k, and far
    out in the tail a skewed or heavy-tailed mean of `MIN_UNITS_T` units is not normal yet. At the
    smallest sizes that `choose_method` gives to t, the test with skewness rejects, relative to its
    level, up to 1.25 times at .05 / 4, 1.39 at .05 / 8, 1.54 at .05 / 16, 2.23 at .05 / 64 and
    4.22 at .05 / 256, over 200,000 samples (`benchmarks/t_ends.py`, docs/t-ends.md: squared
    errors, lognormals, gammas, mixtures, costs that are mostly 0, clusters, weights, AUC and R2).
    A penalty moves the test further out still, so it must be more than that: 1.2, 1.7, 2.4 and 4.8
    for 4 to 64 groups. The cube root, at 3.2 for 64 groups, leaves gamma's upper end with .033 in
    place of .025 for costs that are mostly 0. Derived here.

    A number without a unit, for samples that `choose_method` gives to t: none of them is small.

    Examples
    --------
    >>> [round(tail_penalty(groups), 2) for groups in (1, 4, 8, 64)]
    [1.0, 1.2, 1.7, 4.8]
    """
    if groups < 0:
        raise ValueError(f"groups must not be negative, got {groups}")
    return max(1.0, 0.6 * sqrt(groups))
