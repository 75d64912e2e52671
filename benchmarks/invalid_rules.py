"""Rules in circulation that are not valid tests or intervals, to show what they do.

Use `intersection_union` with `t_test` or `sign_test`, and `gamma_interval`, instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whogains import inference as wi
from whogains.types import FloatArray


def sign_test_over_bootstrap(
    differences: FloatArray, *, replicates: int = 100, random_state: int = 0
) -> float:
    """Compute the "p-value" of a sign test on bootstrap means instead of on rows.

    Parameters
    ----------
    differences : ndarray (n,)
        One group's paired differences.
    replicates : int
        Number of bootstrap means.
    random_state : int
        Seed.

    Returns
    -------
    float
        One-sided, against a gain.

    Notes
    -----
    *Not a test*: bootstrap means are not independent observations of the benefit. They
    scatter around the *estimate*, and with enough of them any estimate above 0 becomes
    "significant": the rule rejects in up to half of all samples without any benefit, for a
    nominal 5 %.

    The differences may be in any unit, and one row is "significant" wherever it is above 0. No
    source derives it as a test.

    Examples
    --------
    >>> rows = np.random.default_rng(0).normal(size=200)   # no benefit at all
    >>> float(np.round(sign_test_over_bootstrap(rows - rows.mean() + 0.02), 3)) < 0.05
    True
    """
    means = _bootstrap_means(differences, replicates, np.random.default_rng(random_state))
    return float(wi.sign_test(np.count_nonzero(means > 0), np.count_nonzero(means < 0)))


def percentile_bootstrap_of_minimum(
    groups: Sequence[FloatArray],
    *,
    alpha: float = 0.05,
    replicates: int = 999,
    random_state: int = 0,
) -> wi.Interval:
    """Compute a percentile bootstrap interval of the smallest group mean.

    Parameters
    ----------
    groups : sequence of ndarray
        The paired differences of each group.
    alpha : float
        One minus the nominal two-sided level.
    replicates : int
        Number of resamples, within each group.
    random_state : int
        Seed.

    Returns
    -------
    whogains.inference.Interval
        Ends of shape ().

    Notes
    -----
    *Not an interval for gamma*: a minimum of noisy means lies below the smallest mean, and
    resampling adds the same bias a second time. For 8 equal groups of 100 it almost never covers.

    Ends are in the unit of the cost. Assumes independent rows; a group of 1 row does not vary.

    References
    ----------
    Andrews, D. W. K. (2000). Inconsistency of the bootstrap when a parameter is on the boundary
    of the parameter space. Econometrica 68, 399-405.

    Examples
    --------
    >>> rows = np.random.default_rng(0).normal(size=(8, 100))   # gamma is 0
    >>> bool(percentile_bootstrap_of_minimum(list(rows)).upper < 0)
    True
    """
    rng = np.random.default_rng(random_state)
    smallest = np.full(replicates, np.inf)
    for differences in groups:
        smallest = np.minimum(smallest, _bootstrap_means(differences, replicates, rng))
    lower, upper = np.quantile(smallest, [alpha / 2, 1 - alpha / 2])
    return wi.Interval(np.asarray(lower), np.asarray(upper), "percentile bootstrap of the minimum")


def _bootstrap_means(rows: FloatArray, replicates: int, rng: np.random.Generator) -> FloatArray:
    means: FloatArray = rng.choice(rows, size=(replicates, rows.size)).mean(axis=1)
    return means
