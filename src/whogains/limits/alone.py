"""How many rows one group needs, by itself, for a test to find an effect."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from whogains.limits._arrays import inside, positive
from whogains.limits.detectable import ternary_sd
from whogains.types import FloatArray


def rows_to_detect(
    epsilon: float, sd: ArrayLike, *, alpha: float = 0.05, power: float = 0.8
) -> FloatArray:
    """Return the rows with which a one-sided test of one group finds an effect.

    Parameters
    ----------
    epsilon : float
        The effect, in the unit of the cost.
    sd : array_like of shape (d,)
        Standard deviation of one person's benefit in each group, in the same unit.
    alpha, power : float
        Level of the test, and the chance of finding the effect, above `alpha`.

    Returns
    -------
    array of shape (d,)
        ``((z_(1-alpha) + z_power) sd_j / epsilon)^2``, whole numbers: where `detectable` is
        epsilon.

    Raises
    ------
    InputError
        If epsilon is not positive, or alpha and power are not in order inside (0, 1).

    Notes
    -----
    Assumes a normal mean with known spread.

    Rows, rounded up, also where that is 1. Derived here, from `detectable`.

    Examples
    --------
    >>> rows_to_detect(0.1, [1.0, 2.0])
    array([ 619., 2474.])
    """
    signal = _signal(alpha, power) * np.asarray(sd, dtype=np.float64) / positive(epsilon, "epsilon")
    return np.ceil(signal**2 * (1 - 1e-12))


def rows_to_detect_ternary(
    epsilon: float, disagreement: ArrayLike, *, alpha: float = 0.05, power: float = 0.8
) -> FloatArray:
    """Return the rows with which a one-sided test finds an effect on a 0-1 cost.

    Parameters
    ----------
    epsilon : float
        The effect, in (0, 1].
    disagreement : array_like of shape (d,)
        Share of rows on which one model errs and the other does not.
    alpha, power : float
        As in `rows_to_detect`.

    Returns
    -------
    array of shape (d,)
        ``((k sd_j + sqrt(k^2 sd_j^2 + 4 epsilon)) / (2 epsilon))^2`` with the spread of
        `ternary_sd` and ``k = z_(1-alpha) + z_power``, whole numbers: where `detectable_ternary`
        is epsilon.

    Raises
    ------
    InputError
        As in `detectable_ternary`.

    Notes
    -----
    A mean of epsilon needs a disagreement of at least epsilon. Derived here.

    Rows, rounded up, also where that is 1. Assumes a normal mean with known spread.

    Examples
    --------
    >>> rows_to_detect_ternary(0.05, [0.1, 0.0])
    array([280., 155.])
    """
    spread = ternary_sd(disagreement, epsilon)
    wide = _signal(alpha, power) * spread
    root = (wide + np.sqrt(wide**2 + 4 * epsilon)) / (2 * epsilon)
    return np.ceil(root**2 * (1 - 1e-12))


def _signal(alpha: float, power: float) -> float:
    alpha = inside(alpha, "alpha", 0, 1)
    return float(ndtri(inside(power, "power", alpha, 1)) - ndtri(alpha))
