"""Paired differences to simulate, each with its exact mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
Shape: TypeAlias = tuple[int, int]
Draw: TypeAlias = Callable[[np.random.Generator, Shape], FloatArray]


@dataclass(frozen=True, slots=True)
class Cost:
    """Differences of a cost: how to draw them, and their mean.

    ``outcome`` marks rows whose class decides (log loss): it draws (differences, outcomes).
    """

    name: str
    draw: Draw
    mean: float
    bounded: bool = False
    outcome: Callable[[np.random.Generator, Shape], tuple[FloatArray, BoolArray]] | None = None

    def sample(self, rng: np.random.Generator, shape: Shape) -> tuple[FloatArray, FloatArray]:
        """Draw differences (repeats, n) and count the units that decide (repeats,)."""
        if self.outcome is None:
            rows = self.draw(rng, shape)
            return rows, np.count_nonzero(rows, axis=1).astype(float)
        rows, positive = self.outcome(rng, shape)
        ones = positive.sum(axis=1)
        return rows, np.minimum(ones, shape[1] - ones).astype(float)


def _squared_error(
    generic: float, personalized: float, df: int | None = None, shift: float = 0.0
) -> tuple[Draw, float]:
    def draw(rng: np.random.Generator, shape: Shape) -> FloatArray:
        error = rng.standard_normal(shape) if df is None else rng.standard_t(df, shape)
        wrong = shift + generic * rng.standard_normal(shape)
        return (error - wrong) ** 2 - (error - personalized * rng.standard_normal(shape)) ** 2

    return draw, shift**2 + generic**2 - personalized**2


def _log_loss(score: FloatArray, positive: BoolArray) -> FloatArray:
    return np.logaddexp(0.0, np.where(positive, -score, score))


def _brier(score: FloatArray, positive: BoolArray) -> FloatArray:
    return (positive - 1 / (1 + np.exp(-score))) ** 2


def _classified(
    name: str,
    loss: Callable[[FloatArray, BoolArray], FloatArray],
    slopes: tuple[float, float, float],
    centre: float = 0.0,
    *,
    bounded: bool,
) -> Cost:
    """Scores of two models linear in one normal feature; the truth is a third such line."""
    truth, generic, personalized = slopes

    def outcome(rng: np.random.Generator, shape: Shape) -> tuple[FloatArray, BoolArray]:
        z = centre + rng.standard_normal(shape)
        positive = rng.random(shape) < 1 / (1 + np.exp(-truth * z))
        return loss(generic * z, positive) - loss(personalized * z, positive), positive

    grid = centre + np.linspace(-9, 9, 20_001)
    density = np.exp(-((grid - centre) ** 2) / 2)
    probability = 1 / (1 + np.exp(-truth * grid))
    mean = 0.0
    for positive, share in ((True, probability), (False, 1 - probability)):
        label = np.full(grid.shape, positive)
        gap = loss(generic * grid, label) - loss(personalized * grid, label)
        mean += float((gap * share) @ density / density.sum())
    return Cost(
        name,
        lambda rng, shape: outcome(rng, shape)[0],
        mean,
        bounded=bounded,
        outcome=None if bounded else outcome,
    )


def _two_values(high: float, low: float) -> tuple[Draw, float]:
    """Differences of Brier scores of two models that predict the same for everybody; mean 0."""
    chance = high / (high - low)
    return lambda rng, shape: np.where(rng.random(shape) < chance, low, high), 0.0


def _mostly_zero(share: float, *, clipped: bool = False) -> tuple[Draw, float]:
    """Differences of which few are not 0: normal around .5, or uniform on (-.5, 1)."""

    def draw(rng: np.random.Generator, shape: Shape) -> FloatArray:
        moved = rng.random(shape) < share
        rows = rng.uniform(-0.5, 1.0, shape) if clipped else 0.5 + rng.standard_normal(shape)
        return np.where(moved, rows, 0.0)

    return draw, share * (0.25 if clipped else 0.5)


COSTS = {
    cost.name: cost
    for cost in (
        Cost("normal", lambda rng, shape: rng.standard_normal(shape), 0.0),
        Cost("Laplace", lambda rng, shape: rng.laplace(size=shape), 0.0),
        Cost("t(3)", lambda rng, shape: rng.standard_t(3, shape), 0.0),
        Cost("lognormal", lambda rng, shape: rng.lognormal(size=shape), float(np.exp(0.5))),
        Cost(
            "difference of lognormals",
            lambda rng, shape: rng.lognormal(size=shape) - 1.2 * rng.lognormal(size=shape),
            float(-0.2 * np.exp(0.5)),
        ),
        Cost("squared error", *_squared_error(0.3, 0.2)),
        Cost("squared error, poor generic", *_squared_error(1.0, 0.2)),
        Cost("squared error, shifted generic", *_squared_error(0.0, 0.0, shift=1.0)),
        Cost("squared error, t(5) residuals", *_squared_error(0.5, 0.2, 5)),
        _classified("log loss", _log_loss, (1.5, 0.5, 1.5), bounded=False),
        _classified("log loss, rare outcome", _log_loss, (1.0, 2.0, 1.0), -3.0, bounded=False),
        Cost("mostly zero, 30 %", *_mostly_zero(0.3)),
        Cost("mostly zero, 10 %", *_mostly_zero(0.1)),
        Cost("mostly zero, 2 %", *_mostly_zero(0.02)),
        _classified("Brier", _brier, (1.5, 0.5, 1.5), bounded=True),
        _classified("Brier, rare outcome", _brier, (1.0, 2.0, 1.0), -3.0, bounded=True),
        Cost("bounded, .35 or -.65", *_two_values(0.35, -0.65), bounded=True),
        Cost("bounded, .1 or -1", *_two_values(0.1, -1.0), bounded=True),
        Cost("bounded, 2 % not zero", *_mostly_zero(0.02, clipped=True), bounded=True),
    )
}

# Shares of gains and of harms of a 0-1 cost.
TERNARY = {
    "1 %, balanced": (0.005, 0.005),
    "1 %, gains only": (0.01, 0.0),
    "5 %, balanced": (0.025, 0.025),
    "5 %, unbalanced": (0.04, 0.01),
    "30 %, balanced": (0.15, 0.15),
    "30 %, unbalanced": (0.2, 0.1),
}

LARGEST_CLUSTER = 100


def _capped(probability: FloatArray) -> FloatArray:
    tail = np.where(_SIZES <= USUAL, probability, 0.0)
    tail[USUAL - 1] += 1 - tail.sum()
    return tail


USUAL = 20  # rows in the largest cluster of most designs
_SIZES = np.arange(1, LARGEST_CLUSTER + 1)
# Chances of clusters of 1 to 100 rows.
CLUSTERS = {
    "5 rows each": (_SIZES == 5).astype(float),
    "1 to 20 rows, uniform": np.where(_SIZES <= USUAL, 1 / USUAL, 0.0),
    "1 to 20 rows, geometric": _capped(np.asarray(0.2 * 0.8 ** (_SIZES - 1), dtype=np.float64)),
    "1 row, or 1 in 100 of 100": np.select([_SIZES == 1, _SIZES == LARGEST_CLUSTER], [0.99, 0.01]),
}


def draw_clusters(
    sizes: str, effect: str, rng: np.random.Generator, shape: Shape
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Draw clusters' totals u, sizes v, and whether they differ from 0."""
    m = rng.choice(_SIZES, p=CLUSTERS[sizes], size=shape)
    if effect == "normal":
        u = m * 0.5 * rng.standard_normal(shape) + np.sqrt(m) * rng.standard_normal(shape)
    elif effect == "informative size":
        u = m * (0.2 * np.log(m) + 0.5 * rng.standard_normal(shape))
        u += np.sqrt(m) * rng.standard_normal(shape)
    elif effect == "skewed":
        u = m * rng.exponential(size=shape) + rng.gamma(m)
    else:
        gains = rng.binomial(m, rng.beta(0.3, 2.7, shape))
        u = (gains - rng.binomial(m - gains, 0.05)).astype(float)
    return u, m.astype(float), u != 0


def cluster_mean(sizes: str, effect: str) -> float:
    """Return E u / E v of `draw_clusters`."""
    share = CLUSTERS[sizes]
    logs = 0.2 * float(share @ (_SIZES * np.log(_SIZES)) / (share @ _SIZES))
    known = {"normal": 0.0, "informative size": logs, "skewed": 2.0, "0-1": 0.1 - 0.9 * 0.05}
    return known[effect]


CLUSTER_EFFECTS = ("normal", "informative size", "skewed", "0-1")
WEIGHT_EFFECTS = ("normal", "informative", "exponential", "informative, skewed", "mostly zero")


def draw_weighted(
    spread: float, effect: str, rng: np.random.Generator, shape: Shape
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Draw weights v, weighted differences u, and whether they differ from 0."""
    v = rng.lognormal(0.0, spread, shape)
    if effect == "normal":
        rows = rng.standard_normal(shape)
    elif effect == "informative":
        rows = rng.standard_normal(shape) + 0.5 * np.log(v)
    elif effect == "exponential":
        rows = rng.exponential(size=shape)
    elif effect == "informative, skewed":
        rows = rng.exponential(size=shape) * np.sqrt(v)
    else:
        rows = np.where(rng.random(shape) < 0.1, 0.5 + rng.standard_normal(shape), 0.0)
    return v * rows, v, rows != 0


def weighted_mean(spread: float, effect: str) -> float:
    """Return E u / E v of `draw_weighted`."""
    square = spread**2
    known = {
        "normal": 0.0,
        "informative": 0.5 * square,
        "exponential": 1.0,
        "informative, skewed": float(np.exp(0.625 * square)),
        "mostly zero": 0.05,
    }
    return known[effect]
