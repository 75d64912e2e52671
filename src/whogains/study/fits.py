"""A normal and a Laplace distribution fitted to individual benefits, as the paper chooses by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import floor, log10
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtr

from whogains.types import FloatArray, IntArray

if TYPE_CHECKING:
    from whogains.evidence import Score


@dataclass(frozen=True, slots=True)
class Fit:
    """A distribution fitted by maximum likelihood.

    Parameters
    ----------
    location : float
        The mean (Gaussian) or the median (Laplace), in the cost's unit.
    scale : float
        The standard deviation, divided by n (Gaussian), or the mean distance from the median
        (Laplace).
    distance : float
        Kolmogorov's distance to the empirical distribution of the rows, from 0 to 1.
    """

    location: float
    scale: float
    distance: float


@dataclass(frozen=True, slots=True)
class GroupFits:
    """Both fits to the individual benefits of one group.

    Parameters
    ----------
    n : int
        Rows.
    gaussian, laplace : Fit
        The fits; the median is rounded to the third digit of the scale.
    """

    n: int
    gaussian: Fit
    laplace: Fit

    @property
    def closer(self) -> Literal["gaussian", "laplace"]:
        """The fit with the smaller distance."""
        return "gaussian" if self.gaussian.distance <= self.laplace.distance else "laplace"


def fit_gaussian(values: FloatArray) -> Fit | None:
    """Fit a normal distribution by maximum likelihood; None where all values are equal.

    Examples
    --------
    >>> fit_gaussian(np.array([-1.0, 1.0]))
    Fit(location=0.0, scale=1.0, distance=0.341...)
    """
    mean, scale = float(values.mean()), float(values.std())
    return _fit(values, mean, scale, lambda x: ndtr((x - mean) / scale))


def fit_laplace(values: FloatArray) -> Fit | None:
    """Fit a Laplace distribution by maximum likelihood; None where all values are equal.

    Examples
    --------
    >>> fit_laplace(np.array([-1.0, 0.0, 4.0])).scale
    1.666...
    """
    median = float(np.median(values))
    scale = float(np.abs(values - median).mean())
    return _fit(values, median, scale, lambda x: laplace_cdf((x - median) / scale))


def laplace_cdf(x: FloatArray) -> FloatArray:
    """Give the standard Laplace distribution function.

    Parameters
    ----------
    x : ndarray of float
        Where.

    Returns
    -------
    ndarray of float
        Probabilities, of the same shape.
    """
    tail = 0.5 * np.exp(-np.abs(x))
    return np.where(x < 0, tail, 1 - tail)


def _fit(
    values: FloatArray, location: float, scale: float, cdf: Callable[[FloatArray], FloatArray]
) -> Fit | None:
    # What is left of equal values after rounding is no spread.
    if not scale > 1e-14 * float(np.abs(values).max(initial=0.0)):
        return None
    fitted = cdf(np.sort(values))
    ranks = np.arange(len(values) + 1) / len(values)
    distance = max(float((ranks[1:] - fitted).max()), float((fitted - ranks[:-1]).max()))
    return Fit(location, scale, distance)


def fit_groups(
    scores: Sequence[Score], codes: IntArray
) -> tuple[tuple[GroupFits | None, ...] | None, ...]:
    """Fit the individual benefits of every cost and group.

    Parameters
    ----------
    scores : sequence of Score
        Every row's costs.
    codes : ndarray of int, shape (n,)
        Every row's group.

    Returns
    -------
    tuple of (tuple of (GroupFits or None) or None)
        For each cost, None where no row has a benefit of its own (AUC, R²) or a benefit is -1, 0
        or 1, which neither distribution is; else for each group up to the last one with rows,
        None where it has fewer than two or they do not differ.
    """
    return tuple(
        None
        if score.cost.metric or score.cost.ternary
        else tuple(
            _fits(np.asarray(score.generic - score.personalized, dtype=np.float64)[codes == j])
            for j in range(int(codes.max(initial=-1)) + 1)
        )
        for score in scores
    )


def _fits(values: FloatArray) -> GroupFits | None:
    if len(values) < 2:
        return None
    gaussian, laplace = fit_gaussian(values), fit_laplace(values)
    if gaussian is None or laplace is None:
        return None
    # The median of an odd number of rows is one person's benefit: its last digits are not told.
    digits = 2 - floor(log10(laplace.scale))
    return GroupFits(
        len(values), gaussian, replace(laplace, location=round(laplace.location, digits))
    )
