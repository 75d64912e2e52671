"""Costs of predicted quantiles: pinball losses, and the score of the intervals that they make."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from whogains.costs.cost import Cost, RowFunction
from whogains.types import FloatArray

# Levels of an interval's ends that are this near to adding up to 1 do.
PAIRED = 1e-9


@dataclass(frozen=True, slots=True)
class Pinball:
    """The pinball loss, averaged over some of the predicted levels.

    Parameters
    ----------
    levels : tuple of float
        The level of each column of the predictions.
    columns : tuple of int
        Which of them.

    Notes
    -----
    (level - [y < q]) (y - q), which the quantile of that level minimizes on average (Koenker and
    Bassett 1978, equation 3.1); the unit is the outcome's.

    Examples
    --------
    >>> Pinball((0.1, 0.5), (0, 1))(np.array([4.0]), np.array([[2.0, 5.0]])).tolist()
    [0.35]
    """

    levels: tuple[float, ...]
    columns: tuple[int, ...]

    @property
    def tail(self) -> float:
        """The share of outcomes beyond the outermost level."""
        return min(min(self.levels[k], 1 - self.levels[k]) for k in self.columns)

    def __call__(self, y_true: FloatArray, quantiles: FloatArray) -> FloatArray:
        """Give the cost of each row, shape (n,), of predictions of shape (n, q)."""
        level = np.array([self.levels[k] for k in self.columns])
        off = y_true[:, None] - quantiles[:, list(self.columns)]
        cost: FloatArray = np.maximum(level * off, (level - 1) * off).mean(axis=1)
        return cost


@dataclass(frozen=True, slots=True)
class IntervalScore:
    """The score of central intervals, averaged over the intervals that the levels make.

    Parameters
    ----------
    intervals : tuple of (int, int, float)
        Of each, the columns of its lower and upper end, and the share that lies outside.

    Notes
    -----
    The width, and 2 / alpha times the distance of an outcome outside to the nearer end (Gneiting
    and Raftery 2007, equation 43); the unit is the outcome's. Ends that cross cost more, not less.

    Examples
    --------
    >>> score = IntervalScore(((0, 1, 0.2),))
    >>> score(np.array([4.0, 7.0]), np.array([[2.0, 5.0], [2.0, 5.0]])).tolist()
    [3.0, 23.0]
    """

    intervals: tuple[tuple[int, int, float], ...]

    @property
    def tail(self) -> float:
        """The share of outcomes beyond the outermost end."""
        return min(alpha for *_, alpha in self.intervals) / 2

    def __call__(self, y_true: FloatArray, quantiles: FloatArray) -> FloatArray:
        """Give the cost of each row, shape (n,), of predictions of shape (n, q)."""
        total = np.zeros(len(y_true))
        for low, high, alpha in self.intervals:
            lower, upper = quantiles[:, low], quantiles[:, high]
            outside = np.maximum(lower - y_true, 0) + np.maximum(y_true - upper, 0)
            total += upper - lower + 2 / alpha * outside
        return np.asarray(total / len(self.intervals))


def quantile_costs(levels: tuple[float, ...]) -> tuple[Cost, ...]:
    """Make the costs of predictions at some levels.

    Parameters
    ----------
    levels : tuple of float
        The levels of the columns, rising, each above 0 and below 1.

    Returns
    -------
    tuple of Cost
        The pinball loss averaged over the levels; where some levels make a central interval, such
        as .1 and .9, the interval score, averaged over these; and, where asked for by name, the
        pinball loss of each level.

    Examples
    --------
    >>> [cost.name for cost in quantile_costs((0.1, 0.5, 0.9))]
    ['pinball', 'interval_score', 'pinball_0.1', 'pinball_0.5', 'pinball_0.9']
    """
    found = [_cost("pinball", Pinball(levels, tuple(range(len(levels)))), "pinball loss")]
    intervals = tuple(
        (i, j, 2 * low)
        for i, low in enumerate(levels)
        for j, high in enumerate(levels)
        if low < high and abs(low + high - 1) < PAIRED
    )
    if intervals:
        found.append(_cost("interval_score", IntervalScore(intervals), "interval score"))
    found += [
        _cost(
            f"pinball_{level:g}",
            Pinball(levels, (k,)),
            f"pinball loss at {level:g}",
            # A single level is what the mean is of already.
            default=False,
        )
        for k, level in enumerate(levels)
    ]
    return tuple(found)


def _cost(name: str, rows: RowFunction, label: str, *, default: bool = True) -> Cost:
    return Cost(name, "prediction", "quantiles", "target", 0, inf, rows, label, default=default)
