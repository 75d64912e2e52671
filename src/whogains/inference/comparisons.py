"""The paper's rule that every group gains, which is no test, and how often it errs.

It decides only where it is asked for by name; `intersection_union` is the test.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference._arrays import one_row_per_value


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
