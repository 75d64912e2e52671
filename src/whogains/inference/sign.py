"""The exact sign test on discordant rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from whogains.inference._arrays import Alternative, check_alternative, ternary_counts
from whogains.types import FloatArray


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
    check_alternative(alternative)
    total = np.add(gains, harms)
    gain, harm, _ = ternary_counts(gains, harms, total, largest)
    if alternative == "less":
        gain, harm = harm, gain
    tail = special.betainc(np.where(gain > 0, gain, 1.0), harm + 1, 0.5)
    return np.where(gain > 0, tail, 1.0)
