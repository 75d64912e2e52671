"""Bootstrap intervals for one group's mean: whole clusters, weights, bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from whogains.inference._arrays import (
    Alternative,
    check_alpha,
    check_alternative,
    one_row_per_value,
    row_weights,
)
from whogains.inference.interval import Interval
from whogains.types import FloatArray

Kind: TypeAlias = Literal["studentized", "bca"]

_CELLS: Final = 2_000_000  # drawn at a time: 16 MB an array
# Units carry relative rounding errors of a few ulps: residuals below this are no spread.
_ROUNDING: Final = 16 * np.finfo(np.float64).eps
_EQUAL: Final = 1e-12  # of the largest residual: a mean that is 0 but for rounding


def bootstrap_interval(
    differences: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    alpha: float = 0.05,
    replicates: int = 1999,
    kind: Kind = "studentized",
    random_state: int = 0,
) -> Interval:
    """Compute a bootstrap interval for the (weighted) mean of one group's differences.

    Parameters
    ----------
    differences : array_like (n,)
        Paired differences.
    sample_weight : array_like (n,), optional
        Weights; the mean is then the Hajek ratio.
    cluster : array_like (n,), optional
        Labels of independent units; whole clusters are drawn.
    alpha : float
        One minus the two-sided level.
    replicates : int
        Number of resamples.
    kind : {"studentized", "bca"}
        Bootstrap-t with the linearized standard error of each resample, or the bias-corrected
        and accelerated percentile interval.
    random_state : int
        Seed.

    Returns
    -------
    Interval
        Ends of shape (). NaN with fewer than 2 units or where the units have no spread: a
        resample of identical units tells nothing. Studentized ends are infinite where too many
        resamples have no spread.

    Raises
    ------
    ValueError
        If the inputs' lengths differ, or there are too few replicates for ``alpha``.

    Notes
    -----
    Both kinds correct the skewness of the mean (second-order accurate). Neither adapts to heavy
    symmetric tails: for Laplace or t(3) differences the studentized interval covers 93 to 94 %
    at n = 50 to 100, where Student's t covers 95 %. Resampling happens inside this
    one group, hence stratified when several groups are analysed.

    Ends are in the unit of the cost. Assumes independent rows, or independent clusters, with a
    finite variance.

    References
    ----------
    Efron, B. (1987). Better bootstrap confidence intervals. JASA 82, 171-185.
    Davison, A. C. and Hinkley, D. V. (1997). Bootstrap Methods and their Application,
    section 5.2 (studentized), 3.8 (clusters).

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.random.default_rng(1).exponential(size=60)
    >>> found = bootstrap_interval(rows, random_state=2)
    >>> bool(found.lower < rows.mean() < found.upper)
    True
    """
    check_alpha(alpha)
    units = _unit_totals(differences, sample_weight, cluster)
    lower, upper = _interval(
        units, None, alpha=alpha, replicates=replicates, kind=kind, seed=random_state
    )
    return Interval(np.asarray(lower), np.asarray(upper), "bootstrap")


def bootstrap_test(
    differences: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    null: float = 0.0,
    alternative: Alternative = "greater",
    replicates: int = 1999,
    random_state: int = 0,
) -> FloatArray:
    """Compute a one-sided studentized bootstrap p-value for one group's mean.

    Parameters
    ----------
    differences, sample_weight, cluster, replicates, random_state
        As for `bootstrap_interval`, whose studentized ends this inverts.
    null : float
        The value tested.
    alternative : {"greater", "less"}
        "greater" tests the null that the mean is at most ``null``, "less" that it is at least.

    Returns
    -------
    ndarray ()
        (1 + number of resamples at least as extreme) / (1 + replicates); NaN with fewer than 2
        units; 1 where the units have no spread.

    Raises
    ------
    ValueError
        If the inputs' lengths differ, or a value is not finite.

    Notes
    -----
    Assumes what `bootstrap_interval` does; ``null`` is in the unit of the cost.

    References
    ----------
    Davison and Hinkley (1997), section 5.2, as for `bootstrap_interval`.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.random.default_rng(1).exponential(size=60)
    >>> float(bootstrap_test(rows, null=0.0))
    0.0005
    """
    check_alternative(alternative)
    units = _unit_totals(differences, sample_weight, cluster)
    if len(units) < 2:
        return np.asarray(np.nan)
    centred = _centred(units, np.ones(len(units)))
    if centred is None:
        return np.asarray(1.0)
    t = (centred.estimate - null) / (centred.unit * centred.error)
    replicated = _studentized(centred, None, replicates, random_state)
    extreme = replicated >= t if alternative == "greater" else replicated <= t
    return np.asarray((1 + np.count_nonzero(extreme)) / (1 + replicates))


def _unit_totals(
    differences: ArrayLike, sample_weight: ArrayLike | None, cluster: ArrayLike | None
) -> FloatArray:
    """Totals (u, v) of weight times difference and of weight, per independent unit."""
    rows = one_row_per_value("differences", differences)
    weight = row_weights(sample_weight, rows.size)
    if cluster is None:
        return np.column_stack([weight * rows, weight])
    labels = np.asarray(cluster)
    if labels.shape != rows.shape:
        raise ValueError(f"cluster must hold one label per row ({rows.size}), got {labels.size}")
    _, code = np.unique(labels, return_inverse=True)
    totals = [np.bincount(code, weights=column) for column in (weight * rows, weight)]
    return np.column_stack(totals)


def _interval(
    units: FloatArray,
    counts: FloatArray | None,
    *,
    alpha: float,
    replicates: int,
    kind: Kind,
    seed: int | list[int],
) -> tuple[float, float]:
    """Interval from units (u, v), each drawn as often as ``counts`` says (once without)."""
    drawn = np.ones(len(units)) if counts is None else counts
    size = drawn.sum()
    rank = int(np.floor((replicates + 1) * alpha / 2 + 1e-9))
    if rank < 1:
        needed = int(np.ceil(2 / alpha)) - 1
        raise ValueError(f"replicates must be at least {needed} for alpha={alpha:g}")
    if kind not in ("studentized", "bca"):
        raise ValueError(f"kind must be 'studentized' or 'bca', got {kind!r}")
    if size < 2:
        return np.nan, np.nan
    centred = _centred(units, drawn)
    if centred is None:
        return np.nan, np.nan
    if kind == "studentized":
        t = np.sort(_studentized(centred, counts, replicates, seed))
        shifts = -centred.error * t[[-rank, rank - 1]]
    else:
        shifts = _bca(centred, counts, alpha=alpha, replicates=replicates, seed=seed)
    ends = centred.estimate + centred.unit * shifts
    return float(ends[0]), float(ends[1])


def _resample(
    units: FloatArray, counts: FloatArray | None, replicates: int, seed: int | list[int]
) -> Iterator[FloatArray]:
    """Yield the sums that `_ratio` needs, for a block of resamples at a time."""
    rng = np.random.default_rng(seed)
    if counts is not None:
        share = counts / counts.sum()
        yield _sums(units, rng.multinomial(int(counts.sum()), share, size=replicates))
        return
    n = len(units)
    products = _products(units)
    block = max(1, _CELLS // n)
    for start in range(0, replicates, block):
        index: NDArray[np.int64] = rng.integers(n, size=(min(block, replicates - start), n))
        yield np.column_stack([column[index].sum(axis=1) for column in products.T])


def _products(units: FloatArray) -> FloatArray:
    u, v = units.T
    return np.column_stack([u, v, u * u, u * v, v * v])


def _sums(units: FloatArray, draws: NDArray[np.floating] | NDArray[np.integer]) -> FloatArray:
    return np.asarray(draws @ _products(units), dtype=np.float64)


def _ratio(sums: FloatArray, size: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Ratio and its linearized standard error, per resample."""
    u, v, uu, uv, vv = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        beta = u / v
        squares = uu - 2 * beta * uv + beta**2 * vv
        squares = np.where(squares <= 1e-14 * (uu + beta**2 * vv), 0.0, squares)
        return beta, np.sqrt(squares * size / (size - 1)) / v


@dataclass(frozen=True, slots=True, eq=False)
class _Centred:
    """Units around their own mean, in numbers near 1: neither offset nor scale costs digits.

    ``units`` (n, 2) holds residuals over their largest and weights over their mean; ``error`` is
    the standard error of the mean of these, ``unit`` what they count in units of the cost.
    """

    units: FloatArray
    estimate: float
    error: float
    unit: float


def _centred(units: FloatArray, drawn: FloatArray) -> _Centred | None:
    """Centre and scale units drawn as often as ``drawn`` says; None where they do not vary."""
    largest = float(np.abs(units[:, 0]).max())
    mean_v = float(drawn @ units[:, 1] / drawn.sum())
    if largest == 0 or mean_v == 0:
        return None
    u, v = units[:, 0] / largest, units[:, 1] / mean_v
    # The second step takes back what rounding left of a large offset.
    beta = float(drawn @ u / drawn.sum())
    beta += float(drawn @ (u - beta * v) / drawn.sum())
    residual = u - beta * v
    spread = float(np.abs(np.where(drawn > 0, residual, 0.0)).max())
    if spread <= _ROUNDING:
        return None
    scaled = np.column_stack([residual / spread, v])
    _, error = _ratio(_sums(scaled, drawn[None, :]), drawn.sum())
    per_weight = largest / mean_v
    return _Centred(scaled, beta * per_weight, float(error[0]), spread * per_weight)


def _studentized(
    centred: _Centred, counts: FloatArray | None, replicates: int, seed: int | list[int]
) -> FloatArray:
    """Resampled t statistics around the estimate."""
    size = np.asarray(len(centred.units) if counts is None else counts.sum(), dtype=np.float64)
    blocks = []
    for sums in _resample(centred.units, counts, replicates, seed):
        beta, error = _ratio(sums, size)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = beta / error
        # A resample without spread sits infinitely far from the estimate unless it equals it;
        # one without any weight has no estimate and says nothing.
        blocks.append(np.where(np.isnan(t), 0.0, t))
    return np.concatenate(blocks)


def _bca(
    centred: _Centred,
    counts: FloatArray | None,
    *,
    alpha: float,
    replicates: int,
    seed: int | list[int],
) -> FloatArray:
    units = centred.units
    size = np.asarray(len(units) if counts is None else counts.sum(), dtype=np.float64)
    blocks = [_ratio(sums, size)[0] for sums in _resample(units, counts, replicates, seed)]
    shifts = np.sort(np.concatenate(blocks))
    shifts = shifts[~np.isnan(shifts)]
    # A resample that equals the sample but for rounding is on neither side of it.
    below = (np.mean(shifts < -_EQUAL) + np.mean(shifts <= _EQUAL)) / 2
    bias = float(special.ndtri(np.clip(below, 0.5 / shifts.size, 1 - 0.5 / shifts.size)))
    drawn = np.ones(len(units)) if counts is None else counts
    left = (drawn @ units[:, 1]) - units[:, 1]
    jackknife = np.where(left > 0, units[:, 0] / np.where(left > 0, left, 1.0), 0.0)
    jackknife = jackknife - (drawn @ jackknife) / drawn.sum()
    acceleration = (drawn @ jackknife**3) / (6 * (drawn @ jackknife**2) ** 1.5)
    z = bias + float(special.ndtri(alpha / 2)) * np.array([1.0, -1.0])
    level = special.ndtr(bias + z / (1 - acceleration * z))
    return np.asarray(np.quantile(shifts, level), dtype=np.float64)
