"""Worlds for `choosing.py`: lattices of models whose true gains are known, and samples of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from whogains.inference import score_test, sign_test, t_test
from whogains.types import FloatArray

DELTA = 0.03
GAIN = 0.12
OWN = 0.25  # standard deviation of what one attribute does to a person's cost
SHARED = 0.3  # and of what any personalization does
FEWEST_FOR_T = 150
# Normal costs: the gain of each attribute. 0-1 costs: wrong before, and how many change at most.
WRONG, CHANGED = 0.3, 0.15

Test = Callable[..., FloatArray]

WORLDS = (
    "nothing helps",
    "one attribute helps one group",
    "one attribute helps all",
    "trap at nothing",
    "trap at the margin",
    "attributes add up",
    "two attributes help together",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a world, a kind of cost, how many attributes and rows."""

    world: str
    cost: str
    k: int
    n: int

    @property
    def name(self) -> str:
        """The cell in one line."""
        return f"{self.world}, {self.cost}, k = {self.k}, n = {self.n:,}"


@dataclass(frozen=True, slots=True)
class Samples:
    """What R samples say: gains over nothing, and p-values of steps and of the margin.

    Arrays are over the R samples, the d groups, the 2^k sets (as bits) and the k attributes.
    """

    gains: FloatArray
    se: FloatArray
    steps: FloatArray
    joint: FloatArray
    by_t: bool
    alone: FloatArray
    not_worse: FloatArray
    step_less: FloatArray
    step_more: FloatArray
    covariances: FloatArray
    testable: bool


def steps_of(cell: Cell, rng: np.random.Generator) -> FloatArray:
    """Give what each attribute truly gains each group, alone, (d, k): one draw per cell."""
    d = 2**cell.k
    gain = np.zeros((d, cell.k))
    if cell.world == "one attribute helps one group":
        gain[-1, 0] = 2 * GAIN
    elif cell.world in {"one attribute helps all", "trap at nothing", "trap at the margin"}:
        gain[:, 0] = GAIN
    elif cell.world == "attributes add up":
        gain = rng.choice([0.0, GAIN / 2, GAIN], size=gain.shape) / max(1.0, cell.k / 2)
    return gain


def truth(cell: Cell, seed: int) -> FloatArray:
    """Give the true gain of every set over nothing, (d, 2^k)."""
    gain = steps_of(cell, np.random.default_rng(seed))
    sets = np.array(list(product([0, 1], repeat=cell.k)))[:, ::-1]
    found = gain @ sets.T
    if cell.world == "two attributes help together":
        found += GAIN * (sets[:, 0] * sets[:, 1])
    if cell.world == "trap at nothing":
        found[0] = 0.0
    if cell.world == "trap at the margin":
        found[0] = -DELTA * (sets.sum(axis=1) > 0)
    return found


def draw(cell: Cell, mean: FloatArray, repeats: int, rng: np.random.Generator) -> Samples:
    """Draw so many samples of one cell."""
    return (_normal if cell.cost == "normal" else _zero_one)(cell, mean, repeats, rng)


def covariance(k: int) -> FloatArray:
    """Give the covariances of one person's gains by all sets, (2^k, 2^k)."""
    sets = np.array(list(product([0, 1], repeat=k)))[:, ::-1].astype(float)
    some = (sets.sum(axis=1) > 0).astype(float)
    return OWN**2 * sets @ sets.T + SHARED**2 * np.outer(some, some)


def _normal(cell: Cell, mean: FloatArray, repeats: int, rng: np.random.Generator) -> Samples:
    d, sets = mean.shape
    n = cell.n // d
    spread = covariance(cell.k)
    values, vectors = np.linalg.eigh(spread)
    root = vectors * np.sqrt(np.maximum(values, 0))
    b = mean + rng.normal(size=(repeats, d, sets)) @ root.T / np.sqrt(n)
    trusted = n >= FEWEST_FOR_T

    def test(one: int, other: int, null: float, side: str = "greater") -> FloatArray:
        if not trusted:
            return np.full((repeats, d), np.nan)
        variance = spread[one, one] + spread[other, other] - 2 * spread[one, other]
        seen = variance * rng.chisquare(n - 1, size=(repeats, d)) / (n - 1)
        estimate, se = b[..., other] - b[..., one], np.sqrt(seen / n)
        return t_test(estimate, se, np.full((repeats, d), n - 1.0), null=null, alternative=side)

    whole = np.broadcast_to(spread / n, (repeats, d, sets, sets))
    return _samples(cell, b, whole, test, trusted=trusted)


def _zero_one(cell: Cell, mean: FloatArray, repeats: int, rng: np.random.Generator) -> Samples:
    """Draw rows that each model gets right or wrong, with the true gains as means."""
    d, sets = mean.shape
    n = cell.n // d
    counts = np.empty((repeats, d, sets, sets))
    for r in range(repeats):
        # A row is wrong by a set where its uniform is below a share that falls by the gain; each
        # attribute draws the uniform of some rows anew, which changes no mean.
        level = rng.random((d, n), dtype=np.float32)
        anew = rng.random((d, n, cell.k), dtype=np.float32) < CHANGED
        fresh = rng.random((d, n, cell.k), dtype=np.float32)
        wrong = np.empty((d, n, sets), dtype=np.float32)
        u = [level]
        for s in range(1, sets):
            last = s.bit_length() - 1
            before = u[s & ~(1 << last)]
            u.append(np.where(anew[:, :, last], fresh[:, :, last], before))
        for s in range(sets):
            wrong[:, :, s] = u[s] < (WRONG - mean[:, s])[:, None]
        counts[r] = wrong.transpose(0, 2, 1) @ (1 - wrong)
    b = (counts[:, :, 0, :] - counts[:, :, :, 0]) / n

    def test(one: int, other: int, null: float, side: str = "greater") -> FloatArray:
        gains, harms = counts[:, :, one, other], counts[:, :, other, one]
        if null == 0:
            return np.asarray(sign_test(gains, harms, alternative=side))
        rows = np.full(gains.shape, n)
        return np.asarray(score_test(gains, harms, rows, null=null, alternative=side))

    return _samples(cell, b, _covariances(counts, b, n), test)


def _covariances(counts: FloatArray, b: FloatArray, n: int) -> FloatArray:
    """Find the covariances of the gains from how often one model is wrong where another is right.

    With gains X and Y over the same model, E XY = (E X² + E Y² - E (X - Y)²) / 2, and each of these
    squares is 1 where the two models differ.
    """
    differ = (counts + counts.swapaxes(-1, -2)) / n
    second = (differ[..., 0, :, None] + differ[..., 0, None, :] - differ) / 2
    return (second - b[..., :, None] * b[..., None, :]) / (n - 1)


def _samples(
    cell: Cell, b: FloatArray, spread: FloatArray, test: Test, *, trusted: bool = True
) -> Samples:
    repeats, d, sets = b.shape
    k, full = cell.k, sets - 1
    steps, less, more = (np.full((repeats, d, sets, k), np.nan) for _ in range(3))
    for told, a in product(range(sets), range(k)):
        if not told >> a & 1:
            steps[:, :, told, a] = test(told, told | 1 << a, 0.0)
            if told | 1 << a == full:
                less[:, :, told, a] = test(told, full, DELTA, "less")
                more[:, :, told, a] = test(told, full, DELTA)
    joint = np.full((repeats, d, sets, k, k), np.nan)
    for told, (i, j) in product(range(sets), combinations(range(k), 2)):
        if not (told >> i & 1 or told >> j & 1):
            joint[:, :, told, i, j] = test(told, told | 1 << i | 1 << j, 0.0)
    alone = np.stack([test(0, s, 0.0) if s else np.ones((repeats, d)) for s in range(sets)], -1)
    zero = np.zeros((repeats, d))
    worse = np.stack(
        [
            np.maximum(
                test(0, s, -DELTA) if s else zero, test(full, s, -DELTA) if s != full else zero
            )
            for s in range(sets)
        ],
        axis=-1,
    )
    return Samples(
        gains=b,
        se=np.sqrt(np.maximum(np.diagonal(spread, axis1=-2, axis2=-1), 1e-300)),
        steps=steps,
        joint=joint,
        by_t=cell.cost == "normal",
        alone=alone,
        not_worse=worse,
        step_less=less,
        step_more=more,
        covariances=spread,
        testable=trusted,
    )
