"""The least total variation between "every group gains" and a mixture of the ways one group fails.

With ``L_j = exp(-s_j^2 / 2 + s_j Z_j)`` the likelihood ratio of "group j gains nothing" against
"every group gains epsilon", the total variation of a mixture with weights w is
``F(w) = E(1 - sum_j w_j L_j)_+``. This file finds the weights that make it least.

Why not Monte Carlo: ``E(x - w L)_+`` is the Black-Scholes price of a put, so the law of each
``w L`` on a grid of [0, 1] is known in closed form, and sums of independent ones are products of
Fourier transforms. That is quicker than sampling, the same on every machine, and each
approximation errs to one side: splitting mass between two grid points without moving its mean can
only raise the expectation of a convex function, and so can the mass that wraps around.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from whogains.types import FloatArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

    ComplexArray = NDArray[np.complex128]

# Exponential tilt: mass that wraps is damped by exp(-12) = 6e-6, rounding grows by exp(12).
_TILT = 12.0
# Signals outside this range change an error by less than 1e-6; inside it nothing overflows.
_LEAST_SIGNAL, _MOST_SIGNAL = 1e-6, 30.0
_LEAST_LOG_WEIGHT = -600.0
_SMALLEST_GRID, _LARGEST_GRID = 1024, 16384
_CHUNK = 1 << 20  # grid values held at once
_PROMISE = 1e-5  # stop when a further step would lower F by less
_STEPS = 8
_RIDGE = 1e-3  # keeps the Newton step finite where F is flat


@dataclass(frozen=True, slots=True)
class _Grid:
    """Nodes 1/size, ..., 1 and the transform of the payoff (1 - x)_+ on them."""

    x: FloatArray
    log_x: FloatArray
    tilt: FloatArray
    payoff: ComplexArray

    def transform(self, values: FloatArray) -> ComplexArray:
        """Transform the law whose put prices at the nodes are `values` (..., size)."""
        padded = np.zeros((*values.shape[:-1], values.shape[-1] + 2))
        padded[..., 2:] = values
        law = np.diff(padded, 2) * (self.tilt * self.x.size)
        return np.asarray(np.fft.rfft(law), dtype=np.complex128)

    def expect(self, transform: ComplexArray) -> FloatArray:
        """E(1 - X)_+ of the law with this transform (Parseval, so no way back is needed)."""
        return np.asarray((transform * self.payoff).real.sum(axis=-1), dtype=np.float64)


@lru_cache(maxsize=8)
def _grid(size: int) -> _Grid:
    node = np.arange(size)
    tilt = np.exp(-_TILT * node / size)
    spectrum = np.fft.rfft((1.0 - node / size) / tilt)
    payoff = np.asarray(np.conj(spectrum) / size, dtype=np.complex128)
    payoff[1:-1] *= 2.0  # the other half of a real signal's spectrum
    x = (node + 1.0) / size
    return _Grid(x=x, log_x=np.log(x), tilt=tilt, payoff=payoff)


def grid_size(groups: float) -> int:
    """Nodes that keep the error of a sum over this many groups under about 5e-4."""
    wanted = 64.0 * np.sqrt(groups)
    size = _SMALLEST_GRID
    while size < min(wanted, _LARGEST_GRID):
        size *= 2
    return size


def normalized(log_weight: FloatArray, counts: FloatArray) -> FloatArray:
    """Scale weights (..., c), each shared by `counts` groups, to sum to one."""
    total = np.logaddexp.reduce(log_weight + np.log(counts), axis=-1, keepdims=True)
    return np.maximum(log_weight - total, _LEAST_LOG_WEIGHT)


def threshold_weights(signals: FloatArray, counts: FloatArray) -> FloatArray:
    """Log weights under which the likelihood ratio test is nearly the threshold test.

    ``w_j L_j = 1`` at the same z-value t in every group: ``log w_j = s_j t - s_j^2 / 2``, with t
    such that the weights sum to one. Newton's method from the right on a convex function.
    """
    log_counts = np.log(counts)
    t = (signals / 2 - log_counts / signals).min(axis=-1)
    for _ in range(8):
        term = signals * t[..., None] - signals**2 / 2 + log_counts
        total = np.logaddexp.reduce(term, axis=-1)
        slope = (np.exp(term - total[..., None]) * signals).sum(axis=-1)
        t = t - total / slope
    return normalized(signals * t[..., None] - signals**2 / 2, counts)


def _put(grid: _Grid, signals: FloatArray, log_weight: FloatArray) -> tuple[FloatArray, ...]:
    """Put prices E(x - w L)_+ at the nodes, with w d/dw and w^2 d^2/dw^2 of them: (e, c, size)."""
    spread = signals[..., None]
    weight = np.exp(log_weight)[..., None]
    z = (grid.log_x - log_weight[..., None]) / spread - spread / 2
    first = -weight * ndtr(z)
    second = (weight / (spread * np.sqrt(2 * np.pi))) * np.exp(-(z**2) / 2)
    return grid.x * ndtr(z + spread) + first, first, second


def _evaluate(
    grid: _Grid, signals: FloatArray, counts: FloatArray, log_weight: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """F (e,), its gradient (e, c) and Hessian (e, c, c) in relative changes of the weights."""
    price, first, second = _put(grid, signals, log_weight)
    one = grid.transform(price)
    one[one == 0] = np.finfo(np.float64).tiny  # it stands in a denominator
    every = (one ** counts[:, None]).prod(axis=-2)
    rest = (every * grid.payoff)[:, None, :]
    ratio = grid.transform(first) / one
    gradient = counts * (ratio * rest).real.sum(axis=-1)
    cross = ((ratio * rest) @ np.swapaxes(ratio, -1, -2)).real
    own = (grid.transform(second) / one * rest).real.sum(axis=-1)
    hessian = cross * (counts[:, None] * counts)
    c = np.arange(counts.size)
    hessian[:, c, c] += counts * (own - cross[:, c, c])
    return grid.expect(every), gradient, hessian


def _newton_step(
    gradient: FloatArray, hessian: FloatArray, share: FloatArray, reach: FloatArray
) -> FloatArray:
    """Relative change of the weights that minimizes the quadratic model on the simplex."""
    rows, size = gradient.shape
    c = np.arange(size)
    system = np.zeros((rows, size + 1, size + 1))
    system[:, :size, :size] = hessian
    system[:, c, c] += _RIDGE * share + np.finfo(np.float64).tiny
    scale = 1.0 / np.sqrt(system[:, c, c])  # shares run from 1 down to exp(-600)
    system[:, :size, :size] *= scale[:, :, None] * scale[:, None, :]
    system[:, size, :size] = system[:, :size, size] = share * scale
    target = np.zeros((rows, size + 1, 1))
    target[:, :size, 0] = -gradient * scale
    step = np.linalg.solve(system, target)[:, :size, 0] * scale
    step = np.clip(step, -reach, reach)
    # Clipping may have left the simplex.
    return np.asarray(step - (share * step).sum(axis=-1, keepdims=True))


def _minimize(
    grid: _Grid, signals: FloatArray, counts: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Least F (e,) and its log weights (e, c), by Newton steps that never accept a rise."""
    rows, classes = signals.shape
    weights = threshold_weights(signals, counts)
    best = np.full(rows, np.inf)
    step, length = np.zeros((rows, classes)), np.ones((rows, 1))
    todo, trial = np.arange(rows), weights
    for _ in range(_STEPS):
        value, gradient, hessian = _evaluate(grid, signals[todo], counts, trial)
        fresh = _newton_step(gradient, hessian, counts * np.exp(trial), 1.0 + signals[todo])
        better = value < best[todo]
        rose, fell = todo[~better], todo[better]
        length[rose] /= 4
        length[fell], step[fell] = 1.0, fresh[better]
        best[fell], weights[fell] = value[better], trial[better]
        promise = -(gradient * fresh).sum(axis=-1) / 2  # what the quadratic model hopes to gain
        todo = todo[~better | (promise > _PROMISE)]
        if not todo.size:
            break
        trial = normalized(weights[todo] + length[todo] * step[todo], counts)
    return best, weights


def least_variation(signals: FloatArray, counts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least total variation over the weights, and the weights.

    Parameters
    ----------
    signals : array of shape (e, c)
        One row per question, one column per class of groups with the same signal.
    counts : array of shape (c,)
        Groups in each class.

    Returns
    -------
    (array of shape (e,), array of shape (e, c))
        ``F`` at the best weights found, at most 1e-5 short of its true value there (rounding), and
        the log weight of one group of each class.
    """
    signals = np.clip(signals, _LEAST_SIGNAL, _MOST_SIGNAL)
    grid = _grid(grid_size(counts.sum()))
    rows = max(1, _CHUNK // (grid.x.size * counts.size))
    parts = [_minimize(grid, signals[i : i + rows], counts) for i in range(0, len(signals), rows)]
    values, weights = zip(*parts, strict=True)
    return np.concatenate(values), np.concatenate(weights)


def variation(signals: FloatArray, counts: FloatArray, log_weight: FloatArray) -> float:
    """Total variation F at given log weights, all of shape (c,)."""
    grid = _grid(grid_size(counts.sum()))
    signals = np.clip(signals, _LEAST_SIGNAL, _MOST_SIGNAL)
    every = np.ones(grid.payoff.size, dtype=np.complex128)
    rows = max(1, _CHUNK // grid.x.size)
    for i in range(0, signals.size, rows):
        part = slice(i, i + rows)
        price, _, _ = _put(grid, signals[part], log_weight[part])
        every = every * (grid.transform(price) ** counts[part, None]).prod(axis=0)
    return float(grid.expect(every))
