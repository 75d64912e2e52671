"""Power of the exact sign test on discordant rows, solved for the effect and the rows."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from whogains.inference._arrays import broadcast, check_alpha, check_power
from whogains.types import BoolArray, FloatArray

# With more discordant rows expected the normal power is within .005 of the exact one.
_ENUMERATED: Final = 200.0
# With more groups than this the normal power has to do for all of them.
_MOST_GROUPS: Final = 256
_FACTOR: Final = 4.0  # the rows sought are at most so many times those by the normal power
_HALVINGS: Final = 16
_WIDE: Final = 7.0  # standard deviations of the number of discordant rows


def sign_power(
    n: ArrayLike, disagreement: ArrayLike, effect: ArrayLike, *, level: float = 0.05
) -> FloatArray:
    r"""Return the chance that `sign_test` shows a gain of a given size.

    Parameters
    ----------
    n : array_like (d,)
        Rows.
    disagreement : array_like (d,)
        Share of rows on which one model errs and the other does not, from 0 to 1.
    effect : array_like (d,)
        True mean benefits, in (0, 1].
    level : float
        The level that the one-sided p-value must reach.

    Returns
    -------
    ndarray (d,)
        Shares from 0 to 1; 0 without rows.

    Raises
    ------
    ValueError
        If the level does not lie strictly between 0 and 1, or shapes do not match.

    Notes
    -----
    A mean of :math:`\epsilon` needs a share of at least that, so the models are taken to differ on
    :math:`D = \max(` disagreement, :math:`\epsilon)`. The number N of discordant rows is binomial
    with n and D, the gains among them with N and :math:`(1 + \epsilon / D) / 2`: where up to 200
    rows are expected to differ, both are summed over, so that this is the power of the exact test
    itself, steps included [1]_. Beyond, it is
    :math:`\Phi(\sqrt n (\epsilon - 1 / n) / \sigma - z_{1-level})` with
    :math:`\sigma^2 = D - \epsilon^2`: half a step, 1 / n in the mean, is what the exact test lacks
    against a normal mean [2]_. Then they differ by less than .005. Of more than 256 groups all have
    the normal one.

    Assumes independent rows with equal weights. One row cannot show anything.

    References
    ----------
    .. [1] Miettinen, O. S. (1968). The matched pairs design in the case of all-or-none responses.
       Biometrics 24, 339-352.
    .. [2] Edwards, A. L. (1948). Note on the correction for continuity in testing the significance
       of the difference between correlated proportions. Psychometrika 13, 185-187.

    Examples
    --------
    >>> sign_power([100, 1000, 5], 0.3, 0.1).round(3)
    array([0.515, 1.   , 0.   ])
    """
    check_alpha(level)
    rows, share, mean = (np.atleast_1d(x) for x in broadcast(n, disagreement, effect))
    differ = np.maximum(share, mean)
    spread = np.sqrt(np.maximum(differ - mean**2, 0.0))
    size = np.maximum(rows, 1.0)
    signal = np.sqrt(size) * (mean - 1 / size)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(
            spread > 0,
            special.ndtr(signal / spread + special.ndtri(level)),
            (mean > 0).astype(float),
        )
    found = np.where(rows > 0, found, 0.0)
    few = _enumerated(rows, differ)
    if few.any():
        found[few] = _exact(rows[few], differ[few], mean[few], level)
    return np.asarray(found)


def sign_detectable(
    n: ArrayLike, disagreement: ArrayLike, *, level: float = 0.05, power: float = 0.8
) -> FloatArray:
    """Return the effect that `sign_test` shows to be a gain with the power asked for.

    Parameters
    ----------
    n, disagreement : array_like (d,)
        As for `sign_power`.
    level, power : float
        The level that the p-value must reach, and the chance that it does.

    Returns
    -------
    ndarray (d,)
        A share of rows, at most 1; infinite where no effect is shown with this power.

    Raises
    ------
    ValueError
        If the level or the power does not lie strictly between 0 and 1, or shapes do not match.

    Notes
    -----
    `sign_power` solved for the effect, which it rises with; assumptions and sources are there.
    Without a discordant row the answer is not 0: an effect makes rows differ. Both first guesses
    are roots of quadratic equations. Derived here. One row shows nothing.

    Examples
    --------
    >>> sign_detectable([1000, 1000, 3], [0.1, 0.0, 0.1]).round(4)
    array([0.0257, 0.0067,    inf])
    """
    check_alpha(level)
    check_power(power)
    rows, share = (np.atleast_1d(x) for x in broadcast(n, disagreement))
    square = float(special.ndtri(power) - special.ndtri(level)) ** 2
    size = np.maximum(rows, 1.0)
    a, b = size + square, 2 + square
    # Roots of a e^2 - 2 e + 1 / n - square D = 0 and, if that is above D, a e^2 - b e + 1 / n = 0.
    differ = (1 + np.sqrt(np.maximum(1 - a * (1 / size - square * share), 0.0))) / a
    alike = (b + np.sqrt(np.maximum(b * b - 4 * a / size, 0.0))) / (2 * a)
    found = np.minimum(np.where(differ <= share, differ, alike), 1.0)
    few = _enumerated(rows, np.maximum(share, found))
    if few.any():
        low, high = np.zeros(int(few.sum())), np.ones(int(few.sum()))
        for _ in range(2 * _HALVINGS):
            middle = (low + high) / 2
            enough = _exact(rows[few], np.maximum(share[few], middle), middle, level) >= power
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        found[few] = high
    return np.where(sign_power(rows, share, found, level=level) >= power - 1e-3, found, np.inf)


def sign_required(
    effect: float, disagreement: ArrayLike, *, level: float = 0.05, power: float = 0.8
) -> FloatArray:
    """Return the rows with which `sign_test` shows an effect to be a gain with the power asked for.

    Parameters
    ----------
    effect : float
        The effect, in (0, 1].
    disagreement : array_like (d,)
        As for `sign_power`.
    level, power : float
        As for `sign_detectable`.

    Returns
    -------
    ndarray (d,)
        Whole numbers of rows, rounded up.

    Raises
    ------
    ValueError
        If the effect lies outside (0, 1], or the level or the power does not lie strictly between
        0 and 1.

    Notes
    -----
    `sign_power` solved for the rows; assumptions and sources are there. Where it is enumerated the
    power goes up and down a little from row to row; with so many rows it is reached. Derived here.

    Examples
    --------
    >>> sign_required(0.05, [0.1, 0.0])
    array([268., 134.])
    """
    check_alpha(level)
    check_power(power)
    if not 0 < effect <= 1:
        raise ValueError(f"effect must lie above 0 and at most at 1, got {effect!r}")
    share = np.atleast_1d(np.asarray(disagreement, dtype=np.float64))
    differ = np.maximum(share, effect)
    spread = np.sqrt(np.maximum(differ - effect**2, 0.0))
    wide = float(special.ndtri(power) - special.ndtri(level)) * spread
    root = (wide + np.sqrt(wide**2 + 4 * effect)) / (2 * effect)
    rows = np.ceil(root**2 * (1 - 1e-12))
    few = _enumerated(rows, differ)
    if few.any():
        d = differ[few]
        low, n = np.zeros(d.size), _FACTOR * rows[few]
        for _ in range(_HALVINGS):
            middle = np.ceil((low + n) / 2)
            enough = _exact(middle, d, effect, level) >= power
            low, n = np.where(enough, low, np.minimum(middle, n - 1)), np.where(enough, middle, n)
        short = _exact(n, d, effect, level) < power
        while short.any():
            n = np.where(short, n + np.maximum(np.floor(n / 200), 1.0), n)
            short = _exact(n, d, effect, level) < power
        rows[few] = n
    return np.asarray(rows)


def _enumerated(rows: FloatArray, differ: FloatArray) -> BoolArray:
    """Say where the exact power is worth its time."""
    few = (rows > 0) & (rows * differ <= _ENUMERATED)
    return np.asarray(few if rows.size <= _MOST_GROUPS else np.zeros_like(few))


def _exact(rows: FloatArray, differ: FloatArray, effect: ArrayLike, level: float) -> FloatArray:
    """Sum over the discordant rows that there may be, and over the gains among them."""
    n, share, mean = (x[:, None] for x in broadcast(rows, differ, effect))
    wide = _WIDE * np.sqrt(n * share * (1 - share)) + 2
    first = np.maximum(np.floor(n * share - wide), 0.0)
    some = first + np.arange(int(np.ceil(2 * wide.max())) + 2)
    possible = some <= n
    some = np.minimum(some, n)
    logs = special.gammaln(n + 1) - special.gammaln(some + 1) - special.gammaln(n - some + 1)
    logs = logs + special.xlogy(some, share) + special.xlogy(n - some, 1 - share)
    chance = np.where(possible, np.exp(logs), 0.0)
    least = _least_gains(level, int(some.max()))[some.astype(np.intp)]
    can = least <= some
    tail = special.betainc(
        np.where(can, least, 1.0), np.where(can, some - least, 0.0) + 1, (1 + mean / share) / 2
    )
    return np.asarray((chance * np.where(can, tail, 0.0)).sum(axis=1))


@lru_cache(maxsize=64)
def _least_gains_up_to(level: float, most: int) -> FloatArray:
    some = np.arange(most + 1, dtype=np.float64)
    least = np.floor(special.bdtrik(1 - level, np.maximum(some, 1), 0.5)) + 1
    for _ in range(3):  # the quantile may be off by rounding
        p = special.betainc(np.maximum(least - 1, 1), some - np.minimum(least - 1, some) + 1, 0.5)
        least = np.where((least > 1) & (least - 1 <= some) & (p <= level), least - 1, least)
    for _ in range(3):
        p = special.betainc(np.maximum(least, 1), some - np.minimum(least, some) + 1, 0.5)
        least = np.where((least <= some) & (p > level), least + 1, least)
    return np.where(some == 0, 1.0, least)


def _least_gains(level: float, most: int) -> FloatArray:
    """Return the fewest gains among 0, 1, ... discordant rows whose p-value reaches the level."""
    # One table serves nearly all calls; sizes are rounded up so that few are made.
    return _least_gains_up_to(level, 512 * (most // 512 + 1))
