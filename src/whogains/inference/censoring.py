"""Costs of predicted survival under censoring: weights by who was still followed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from whogains.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CensoredMeans:
    """Mean costs of two models at one horizon, as one number of each row.

    Attributes
    ----------
    generic, personalized : ndarray (n,)
        Each row's weighted cost and its influence on the weights: their mean over rows is the mean
        cost, and their spread is that of its error. NaN where nobody is followed to the horizon.
    worth, rarer : float
        How many rows of equal weight those would be whose state at the horizon is known, and those
        of the state that has fewer (Kish).
    """

    generic: FloatArray
    personalized: FloatArray
    worth: float
    rarer: float


def censored_means(
    time: ArrayLike,
    event: ArrayLike,
    horizon: float,
    costs: tuple[FloatArray, FloatArray],
    *,
    sample_weight: ArrayLike | None = None,
) -> CensoredMeans:
    r"""Weigh costs at a horizon by the inverse of the probability of not being censored before.

    Parameters
    ----------
    time : array_like (n,)
        How long each row was followed.
    event : array_like (n,)
        1 where the event was seen then, 0 where following ended without it.
    horizon : float
        At what time states are predicted.
    costs : tuple of two ndarray (n,)
        What each model's prediction costs, given the state at the horizon: of rows that were
        censored before it is not known, and has no part.
    sample_weight : array_like (n,), optional
        Positive weights.

    Returns
    -------
    CensoredMeans
        One number of each row for each model.

    Raises
    ------
    ValueError
        If lengths do not match.

    Notes
    -----
    A row with an event at T up to the horizon t counts 1 / G(T-), one that is followed beyond t
    counts 1 / G(t), and one censored before counts 0, with Kaplan and Meier's estimate G of the
    probability of not being censored [1]_; of an event and a censoring at one time the event is
    first. G comes from the same rows, so that it errs with them, which is counted [2]_: with
    censorings d, Y at risk and hazard d / Y at each time u, and Q(u) the sum of the weighted costs
    of rows whose weight looks at u, row i adds

    .. math:: \sum_u \frac{Q(u)}{Y(u) (1 - \lambda(u))}
              (1\{i \text{ censored at } u\} - \lambda(u) 1\{i \text{ at risk at } u\}),

    which is 0 on average and the exact derivative of the mean by the row's weight. Assumes that
    censoring says nothing of what would have happened, among the rows that are given. A
    cost without a unit has none here.

    References
    ----------
    .. [1] Graf, E., Schmoor, C., Sauerbrei, W. and Schumacher, M. (1999). Assessment and comparison
       of prognostic classification schemes for survival data. Statistics in Medicine 18, 2529-2545.
    .. [2] Bang, H. and Tsiatis, A. A. (2000). Estimating medical costs with censored data.
       Biometrika 87, 329-343 (the influence of an estimated censoring distribution).

    Examples
    --------
    Of three rows one is censored before time 2; the others stand for it, too.

    >>> brier = np.array([0.25, 0.0, 0.16])
    >>> found = censored_means([1.0, 1.5, 3.0], [1, 0, 1], 2.0, (brier, brier))
    >>> round(float(found.generic.mean()), 4)      # (0.25 + 2 * 0.16) / 3
    0.19
    """
    followed, seen = np.asarray(time, np.float64), np.asarray(event, np.float64) > 0
    n = len(followed)
    w = np.ones(n) if sample_weight is None else np.asarray(sample_weight, np.float64)
    if not n == len(seen) == len(w) == len(costs[0]) == len(costs[1]):
        raise ValueError("time, event, costs and sample_weight must have one number for each row")
    moments, place = np.unique(followed, return_inverse=True)
    k = len(moments)
    leaving = np.bincount(place, w, minlength=k)
    censored = np.bincount(place[~seen], w[~seen], minlength=k)
    # At risk of censoring at u are those followed beyond, and those censored then.
    after = leaving.sum() - np.cumsum(leaving)
    at_risk = after + censored
    hazard = np.divide(censored, at_risk, out=np.zeros(k), where=censored > 0)
    before = np.concatenate([[1.0], np.cumprod(1 - hazard)])
    up_to = int(np.searchsorted(moments, horizon, side="right"))
    case, beyond = seen & (followed <= horizon), followed > horizon
    if before[up_to] <= 0:
        nothing = np.full(n, np.nan)
        return CensoredMeans(nothing, nothing, 0.0, 0.0)
    weight = np.zeros(n)
    weight[case] = 1 / before[place[case]]
    weight[beyond] = 1 / before[up_to]
    # Whose weight looks at the hazard of which time: cases at those before, others up to t.
    last = np.where(beyond, up_to, place)
    step = np.zeros(k)
    inside = np.arange(k) < up_to
    slope = np.divide(1.0, at_risk * (1 - hazard), out=step, where=inside & (censored > 0))
    found = []
    for cost in costs:
        value = np.where(weight > 0, weight * np.where(weight > 0, cost, 0.0), 0.0)
        # Q(u): the rows whose weight looks at u are those with `last` beyond it.
        ends = np.bincount(last, w * value, minlength=k + 1)
        looked = (ends.sum() - np.cumsum(ends))[:k]
        by_time = looked * slope
        passed = np.concatenate([[0.0], np.cumsum(by_time * hazard)])
        # A row censored at u was at risk at u; one with an event at u was not.
        at_own = np.where(seen, 0.0, by_time[place] * (1 - hazard[place]))
        found.append(value + at_own - passed[place])
    rarer = min(_kish(w[mine] * weight[mine]) for mine in (case, beyond))
    return CensoredMeans(found[0], found[1], _kish(w * weight), rarer)


def _kish(weights: FloatArray) -> float:
    """Count the rows of equal weight that would be worth as much."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0
