"""Rules in circulation that are not valid tests or intervals, kept to show what they do.

Nothing in this package uses them. Use `intersection_union` with `t_test` or `sign_test`, and
`gamma_interval`, instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference._arrays import check_alpha, one_row_per_value
from whogains.inference.interval import Interval
from whogains.inference.sign import sign_test
from whogains.types import FloatArray


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


def sign_test_over_bootstrap(
    differences: ArrayLike, *, replicates: int = 100, random_state: int = 0
) -> float:
    """Compute the "p-value" of a sign test on bootstrap means instead of on rows.

    Parameters
    ----------
    differences : array_like (n,)
        One group's paired differences.
    replicates : int
        Number of bootstrap means.
    random_state : int
        Seed.

    Returns
    -------
    float
        One-sided, against a gain.

    Raises
    ------
    ValueError
        If there is no row, or a difference is not finite.

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
    >>> import numpy as np
    >>> rows = np.random.default_rng(0).normal(size=200)   # no benefit at all
    >>> float(np.round(sign_test_over_bootstrap(rows - rows.mean() + 0.02), 3)) < 0.05
    True
    """
    rows = one_row_per_value("differences", differences)
    if rows.size == 0:
        raise ValueError("differences must hold at least one row")
    means = _bootstrap_means(rows, replicates, np.random.default_rng(random_state))
    return float(sign_test(np.count_nonzero(means > 0), np.count_nonzero(means < 0)))


def percentile_bootstrap_of_minimum(
    groups: Sequence[ArrayLike],
    *,
    alpha: float = 0.05,
    replicates: int = 999,
    random_state: int = 0,
) -> Interval:
    """Compute a percentile bootstrap interval of the smallest group mean.

    Parameters
    ----------
    groups : sequence of array_like
        The paired differences of each group.
    alpha : float
        One minus the nominal two-sided level.
    replicates : int
        Number of resamples, within each group.
    random_state : int
        Seed.

    Returns
    -------
    Interval
        Ends of shape ().

    Raises
    ------
    ValueError
        If a group has no row, a difference is not finite, or alpha is out of range.

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
    >>> import numpy as np
    >>> rows = np.random.default_rng(0).normal(size=(8, 100))   # gamma is 0
    >>> bool(percentile_bootstrap_of_minimum(list(rows)).upper < 0)
    True
    """
    check_alpha(alpha)
    rng = np.random.default_rng(random_state)
    smallest = np.full(replicates, np.inf)
    for differences in groups:
        rows = one_row_per_value("groups", differences)
        if rows.size == 0:
            raise ValueError("every group must hold at least one row")
        smallest = np.minimum(smallest, _bootstrap_means(rows, replicates, rng))
    lower, upper = np.quantile(smallest, [alpha / 2, 1 - alpha / 2])
    return Interval(np.asarray(lower), np.asarray(upper), "percentile bootstrap of the minimum")


def _bootstrap_means(rows: FloatArray, replicates: int, rng: np.random.Generator) -> FloatArray:
    means: FloatArray = rng.choice(rows, size=(replicates, rows.size)).mean(axis=1)
    return means
