"""Two paired proportions: the exact sign test, score intervals and score tests."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from whogains.inference._arrays import Alternative, broadcast
from whogains.inference._roots import lowest_not_rejected
from whogains.inference.interval import Interval
from whogains.types import FloatArray

_TOLERANCE: Final = 1e-12


def score_interval(
    gains: ArrayLike,
    harms: ArrayLike,
    n: ArrayLike,
    *,
    alpha: float = 0.05,
    corrected: bool = True,
    largest: ArrayLike = 1,
) -> Interval:
    r"""Compute score intervals for beta = (gains - harms) / n.

    Parameters
    ----------
    gains, harms : array_like (d,)
        Numbers of rows on which only the personalized model, or only the generic one, is
        right: B = +1 and B = -1.
    n : array_like (d,)
        Numbers of rows.
    alpha : float
        One minus the two-sided level.
    corrected : bool
        With corrections for continuity and skewness; False gives Tango's interval as published.
    largest : array_like (d,) or float
        The most rows that a cluster can have, where rows of one may depend on each other; 1 for
        independent rows. A number of rows, above 0.

    Returns
    -------
    Interval
        Ends within [-1, 1]; the whole of [-1, 1] where n = 0.

    Raises
    ------
    ValueError
        If a count is negative, not whole, or gains + harms exceed n, or ``largest`` is not above 0.

    Notes
    -----
    All beta that a score test does not reject:
    :math:`T(\beta) = (gains - harms - n\beta) / \sqrt{n \sigma^2(\beta)}`, where
    :math:`\sigma^2(\beta)` is the variance of one row's B at the maximum likelihood estimate of
    the discordance under beta. It assumes rows without weights, independent but for clusters.

    Tango's interval covers well on average, but with few discordant rows its *ends* do not hold
    their level: enumerated exactly for n from 5 to 5,000, the error of an end reaches 2.1 times
    its nominal .025 (and 3.4 times a nominal .0005), where nearly all are 3.8 times. Two
    corrections of the kind that Laud uses cure this; that only the skewness which widens is
    corrected, and the step below, are derived here. Half a step of gains - harms for continuity
    (half a row; a row where every row is discordant, since gains - harms then moves by 2), and the
    term of the Cornish-Fisher expansion for skewness: beta is rejected from below where
    :math:`T \ge z + \kappa_+ (z^2 - 1)_+ / 6`, with T less half a step and
    :math:`\kappa` the skewness of the mean of B under beta. Enumerated just beside every end, where
    the error is largest, and over the discordance up to 1, the error of an end is then at most
    1.05 times nominal for n from 2 to 150 (.1 % to 10 % two-sided).

    No share of rows that gain makes beta less than minus the share that are harmed, so that the
    exact end of that share (Clopper and Pearson) bounds beta too, and where hardly any row differs
    it is the nearer one: the end is the inner one of the two. Both at once err no more: at most
    1.00 times nominal, enumerated just beside every end below 0 for n up to 150, with up to 40 %
    that gain, and for n up to 1,000 at beta from -.2 to -.005 (derived here).

    Clusters: beta is the mean over rows, E u / E v for clusters of v rows with sum u, whatever
    their size has to do with the benefit, and gains, harms and n are divided by V, ``largest``.
    Why that bounds it (derived here; drawing one row of each cluster is from [1]_): give each
    cluster V places, v of which hold its rows, and draw one place of each. The rows drawn are
    independent, of mean beta, and n / V are expected, gains / V of them gains. Given the clusters,
    the sum of B - beta over the rows drawn has the mean (u - beta v) / V, so that the sum of all
    clusters over V is below it in convex order: no variance, no exponential moment is larger, with
    equality where clusters have V rows that are all alike. That tails follow is no theorem; over
    simulated cells of 30 to 1,200 clusters (docs/agreeing-clusters.md) no end errs beyond the
    tolerance of the simulation where the sample holds a cluster of the largest size, and most err
    far less: a bound for the worst that clusters can do.

    Benefits of a 0-1 cost are shares of rows. One row is a sample like any other: its interval is
    nearly the whole range.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits illustrated
    in the case of the binomial. Biometrika 26(4), 404-413.
    Tango, T. (1998). Equivalence test and confidence interval for the difference in proportions
    for the paired-sample design. Statistics in Medicine 17, 891-908.
    Laud, P. J. (2017). Equal-tailed confidence intervals for comparison of rates.
    Pharmaceutical Statistics 16(5), 334-348 (skewness in score intervals of two samples).

    .. [1] Hoffman, E. B., Sen, P. K. and Weinberg, C. R. (2001). Within-cluster resampling.
       Biometrika 88(4), 1121-1134.

    Examples
    --------
    >>> found = score_interval(9, 3, 32, corrected=False)    # Tango's second example
    >>> [round(float(end), 3) for end in (found.lower, found.upper)]
    [-0.027, 0.39]

    Of 600 people with 3 rows each the models differ in one row of one of them:

    >>> found = score_interval(0, 1, 1800, largest=3)
    >>> [round(float(end), 4) for end in (found.lower, found.upper)]
    [-0.0072, 0.0061]
    """
    gain, harm, rows = _counts(gains, harms, n, alpha=alpha, largest=largest)
    z = -float(special.ndtri(alpha / 2))
    lower = _lower_end(gain, harm, rows, z, corrected=corrected)
    upper = -_lower_end(harm, gain, rows, z, corrected=corrected)
    if corrected:
        lower = np.maximum(lower, -_most_likely(harm, rows, alpha / 2))
        upper = np.minimum(upper, _most_likely(gain, rows, alpha / 2))
    return Interval(np.asarray(lower), np.asarray(upper), "score")


def score_test(
    gains: ArrayLike,
    harms: ArrayLike,
    n: ArrayLike,
    *,
    null: ArrayLike = 0.0,
    alternative: Alternative = "greater",
    corrected: bool = True,
    largest: ArrayLike = 1,
) -> FloatArray:
    """Compute one-sided p-values of score tests for beta = (gains - harms) / n.

    The test for margins; for the null 0 `sign_test` is exact.

    Parameters
    ----------
    gains, harms, n : array_like (d,)
        Counts as for `score_interval`, whose ends these p-values invert exactly.
    null : array_like (d,) or float
        The value tested, in [-1, 1].
    alternative : {"greater", "less"}
        "greater" tests the null that beta is at most ``null``, "less" that it is at least that.
    corrected, largest
        As for `score_interval`.

    Returns
    -------
    ndarray (d,)
        p-values; 1 where n = 0, and 1 where the null allows no discordant row and none is seen.

    Raises
    ------
    ValueError
        If a count is not valid, or ``null`` lies outside [-1, 1].

    Notes
    -----
    Assumes what `score_interval` does, with its corrections. ``null`` is a share of rows.

    References
    ----------
    Tango (1998), as for `score_interval`.

    Examples
    --------
    >>> round(float(score_test(43, 46, 500, null=-0.05)), 4)    # 3 rows behind, margin 25
    0.0127
    """
    gain, harm, rows, tested = _counts(
        gains, harms, n, null, alternative=alternative, largest=largest
    )
    if not np.all(np.abs(tested) <= 1):
        raise ValueError("null must lie in [-1, 1], the range of a difference of proportions")
    if alternative == "less":
        gain, harm, tested = harm, gain, -tested
    size = np.maximum(rows, 1)
    variance, third = _null_moments(gain / size, harm / size, tested)
    distance = (gain - harm) / size - tested - (_continuity(gain, harm, rows) if corrected else 0.0)
    scale = np.sqrt(np.where(variance > 0, variance, 1.0) / size)
    # Where the null has no variance, one row off it is impossible and none off it says nothing.
    impossible = np.where(distance > 0, np.inf, -np.inf)
    z = np.where(variance > 0, distance / scale, impossible)
    if corrected:
        k = np.maximum(third, 0.0) / (6 * size * scale**3 * size)
        steep = (z > 1) & np.isfinite(z)
        z = np.where(steep, _undo_skewness(np.where(steep, z, 1.0), k), z)
    p = np.asarray(special.ndtr(-z))
    if corrected:
        p = np.where(tested < 0, np.minimum(p, _as_few(harm, rows, -tested)), p)
    return np.where(rows > 0, p, 1.0)


def _most_likely(differ: FloatArray, rows: FloatArray, alpha: float) -> FloatArray:
    """Bound the probability of what was seen so often (Clopper and Pearson's upper end)."""
    others = rows - differ
    bound = special.betaincinv(differ + 1, np.where(others > 0, others, 1.0), 1 - alpha)
    return np.where(others > 0, bound, 1.0)


def _as_few(differ: FloatArray, rows: FloatArray, probability: FloatArray) -> FloatArray:
    """Give the binomial chance of seeing it at most so often, for counts of whole clusters too."""
    others = rows - differ
    chance = special.betainc(np.where(others > 0, others, 1.0), differ + 1, 1 - probability)
    return np.where(others > 0, chance, 1.0)


def sign_test(
    gains: ArrayLike,
    harms: ArrayLike,
    *,
    alternative: Alternative = "greater",
    largest: ArrayLike = 1,
) -> FloatArray:
    """Compute exact one-sided p-values for the null that gains and harms are equally likely.

    McNemar's exact test, one-sided.

    Parameters
    ----------
    gains, harms : array_like (d,)
        Numbers of rows with B = +1 and with B = -1.
    alternative : {"greater", "less"}
        "greater" tests the null beta <= 0 against a gain, "less" the null beta >= 0 against a
        harm.
    largest : array_like (d,) or float
        The most rows that a cluster can have, as for `score_interval`; 1 for independent rows.

    Returns
    -------
    ndarray (d,)
        p-values; 1 without discordant rows.

    Raises
    ------
    ValueError
        If a count is negative or not whole.

    Notes
    -----
    Given the number of discordant rows, the gains among them are binomial with probability at
    most 1/2 under beta <= 0, whatever the discordance: the level holds at every sample size.
    Assumes independent rows without weights, or clusters of rows, whose counts are divided by
    ``largest`` for the reason that `score_interval` gives: the exact test where clusters have that
    many rows which are all alike, and less than its level elsewhere. The binomial tail is an
    incomplete beta function, accurate also for counts of 10^8.

    A p-value has no unit. One discordant row gives 1/2 at best.

    References
    ----------
    McNemar, Q. (1947). Note on the sampling error of the difference between correlated
    proportions or percentages. Psychometrika 12, 153-157.

    Examples
    --------
    >>> sign_test([6, 0], [0, 0])
    array([0.015625, 1.      ])
    """
    total = np.add(gains, harms)
    gain, harm, _ = _counts(gains, harms, total, alternative=alternative, largest=largest)
    if alternative == "less":
        gain, harm = harm, gain
    tail = special.betainc(np.where(gain > 0, gain, 1.0), harm + 1, 0.5)
    return np.where(gain > 0, tail, 1.0)


def _counts(
    gains: ArrayLike,
    harms: ArrayLike,
    n: ArrayLike,
    *others: ArrayLike,
    largest: ArrayLike = 1,
    alpha: float | None = None,
    alternative: str | None = None,
) -> tuple[FloatArray, ...]:
    """Check the counts of a difference that takes only the values -1, 0 and 1.

    They are returned in units of the largest cluster, 1 where rows are independent.
    """
    *arrays, unit = broadcast(
        gains, harms, n, *others, largest, alpha=alpha, alternative=alternative
    )
    for name, value in zip(("gains", "harms", "n"), arrays, strict=False):
        if not np.all((value >= 0) & (value == np.floor(value)) & np.isfinite(value)):
            raise ValueError(f"{name} must hold whole numbers of rows, none negative")
    if np.any(arrays[0] + arrays[1] > arrays[2]):
        raise ValueError("gains + harms must not exceed n in any group")
    if not np.all((unit > 0) & np.isfinite(unit)):
        raise ValueError("largest must be a positive number of rows")
    return (*(each / unit for each in arrays[:3]), *arrays[3:])


def _continuity(gain: FloatArray, harm: FloatArray, rows: FloatArray) -> FloatArray:
    """Half the step of (gains - harms) / n; it is 2 / n where every row is discordant."""
    step = np.where(gain + harm < rows, 1.0, 2.0)
    return np.asarray(step / 2 / np.maximum(rows, 1))


def _undo_skewness(z: FloatArray, k: FloatArray) -> FloatArray:
    """Solve z = x + k (x^2 - 1) for x >= 1, in a form that does not cancel at k = 0."""
    undone: FloatArray = 2 * (z + k) / (1 + np.sqrt(1 + 4 * k * (z + k)))
    return undone


def _lower_end(
    gain: FloatArray, harm: FloatArray, rows: FloatArray, z: float, *, corrected: bool
) -> FloatArray:
    size = np.maximum(rows, 1)
    p, q = gain / size, harm / size
    shift = _continuity(gain, harm, rows) if corrected else np.zeros_like(size)
    widen = max(z * z - 1, 0.0) / 6 if corrected else 0.0

    def excess(beta: FloatArray) -> FloatArray:
        variance, third = _null_moments(p, q, beta)
        skew = np.maximum(third, 0.0) / np.where(variance > 0, variance, 1.0)
        return p - q - beta - shift - z * np.sqrt(variance / size) - widen * skew / size

    found = lowest_not_rejected(excess, -np.ones_like(p), p - q, _TOLERANCE)
    return np.where(rows > 0, found, -1.0)


def _null_moments(p: FloatArray, q: FloatArray, beta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Variance and third central moment of B at the likelihood's maximum under beta.

    ``p`` and ``q`` are the observed shares of gains and harms. For negative beta the roles of
    the two are exchanged, which keeps the roots of the quadratic real and exactly symmetric.
    """
    size = np.abs(beta)
    more, less = np.where(beta < 0, q, p), np.where(beta < 0, p, q)
    b = (2 - more + less) * size - more - less
    c = less * size * (1 - size)
    root = np.sqrt(b * b + 8 * c)
    total = b + root
    rarer = np.where(b > 0, 2 * c / np.where(total > 0, total, 1.0), (root - b) / 4)
    discordant = 2 * rarer + size
    variance = np.maximum(discordant - size * size, 0.0)
    third = beta * (1 - 3 * discordant + 2 * size * size)
    return variance, third
