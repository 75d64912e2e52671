"""Worlds for `choosing.py`: lattices of models whose true gains are known, and samples of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from whogains.inference import gain_covariances, score_test, sign_test, t_test
from whogains.types import BoolArray, FloatArray

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
class Sample:
    """What a sample says: gains over nothing, and p-values of steps and of the margin.

    Arrays are over the d groups, the 2^k sets (as bits) and the k attributes.
    """

    gains: FloatArray
    se: FloatArray
    steps: FloatArray
    by_t: BoolArray
    alone: FloatArray
    not_worse: FloatArray
    step_less: FloatArray
    step_more: FloatArray
    covariances: FloatArray
    testable: BoolArray


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


def draw(cell: Cell, mean: FloatArray, rng: np.random.Generator) -> Sample:
    """Draw a sample of one cell."""
    return (_normal if cell.cost == "normal" else _zero_one)(cell, mean, rng)


def covariance(k: int) -> FloatArray:
    """Give the covariances of one person's gains by all sets, (2^k, 2^k)."""
    sets = np.array(list(product([0, 1], repeat=k)))[:, ::-1].astype(float)
    some = (sets.sum(axis=1) > 0).astype(float)
    return OWN**2 * sets @ sets.T + SHARED**2 * np.outer(some, some)


def _normal(cell: Cell, mean: FloatArray, rng: np.random.Generator) -> Sample:
    d, sets = mean.shape
    n = cell.n // d
    spread = covariance(cell.k)
    values, vectors = np.linalg.eigh(spread)
    root = vectors * np.sqrt(np.maximum(values, 0))
    b = mean + rng.normal(size=mean.shape) @ root.T / np.sqrt(n)
    trusted = n >= FEWEST_FOR_T

    def paired(one: int, other: int) -> tuple[FloatArray, FloatArray]:
        variance = spread[one, one] + spread[other, other] - 2 * spread[one, other]
        seen = variance * rng.chisquare(n - 1, size=d) / (n - 1)
        return b[:, other] - b[:, one], np.sqrt(seen / n)

    def test(one: int, other: int, null: float, side: str = "greater") -> FloatArray:
        estimate, se = paired(one, other)
        found = t_test(estimate, se, np.full(d, n - 1.0), null=null, alternative=side)
        return found if trusted else np.full(d, np.nan)

    return _sample(cell, b, np.broadcast_to(spread / n, (d, sets, sets)), test, trusted=trusted)


def _sample(
    cell: Cell, b: FloatArray, spread: FloatArray, test: Test, *, trusted: bool = True
) -> Sample:
    d, sets = b.shape
    k, full = cell.k, sets - 1
    steps, less, more = (np.full((d, sets, k), np.nan) for _ in range(3))
    for told in range(sets):
        for a in range(k):
            if not told >> a & 1:
                steps[:, told, a] = test(told, told | 1 << a, 0.0)
                if told | 1 << a == full:
                    less[:, told, a] = test(told, full, DELTA, "less")
                    more[:, told, a] = test(told, full, DELTA)
    alone = np.stack([test(0, s, 0.0) if s else np.ones(d) for s in range(sets)], axis=1)
    worse = np.stack(
        [
            np.maximum(
                test(0, s, -DELTA) if s else np.zeros(d),
                test(full, s, -DELTA) if s != full else np.zeros(d),
            )
            for s in range(sets)
        ],
        axis=1,
    )
    return Sample(
        gains=b,
        se=np.sqrt(np.maximum(spread[:, np.arange(sets), np.arange(sets)], 1e-300)),
        steps=steps,
        by_t=np.full(steps.shape, cell.cost == "normal"),
        alone=alone,
        not_worse=worse,
        step_less=less,
        step_more=more,
        covariances=spread,
        testable=np.full((d, sets), trusted),
    )


def _zero_one(cell: Cell, mean: FloatArray, rng: np.random.Generator) -> Sample:
    """Draw rows that each model gets right or wrong, with the true gains as means."""
    d, sets = mean.shape
    n = cell.n // d
    # One row's wrongness by set A: its own uniform against a share that falls by the gain, and a
    # part of rows for each attribute whose outcome is drawn anew, which changes no mean.
    wrong = np.empty((d, n, sets), dtype=np.int8)
    level = rng.random((d, n))
    anew = rng.random((d, n, cell.k)) < CHANGED
    fresh = rng.random((d, n, cell.k))
    for s in range(sets):
        u = level
        for a in range(cell.k):
            if s >> a & 1:
                u = np.where(anew[:, :, a], fresh[:, :, a], u)
        wrong[:, :, s] = u < (WRONG - mean[:, s])[:, None]
    right = 1.0 - wrong
    b = right.mean(axis=1) - right[:, :, :1].mean(axis=1)
    benefits = (right - right[:, :, :1]).reshape(d * n, sets)
    spread = gain_covariances(benefits, np.repeat(np.arange(d), n), d)
    counts = np.einsum("gis,git->gst", wrong.astype(np.float32), (1 - wrong).astype(np.float32))

    def test(one: int, other: int, null: float, side: str = "greater") -> FloatArray:
        gains, harms = counts[:, one, other], counts[:, other, one]
        if null == 0:
            return np.asarray(sign_test(gains, harms, alternative=side))
        return np.asarray(score_test(gains, harms, np.full(d, n), null=null, alternative=side))

    return _sample(cell, b, spread, test)
