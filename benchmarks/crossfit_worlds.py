"""Worlds, small models and the true benefit of a procedure, for `crossfit.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.stats import norm

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

FEATURES = 8
ROWS_PER_CLUSTER = 3
HIDDEN = 20  # random features of the network
TREES, DEPTH, RATE, SHARE, MIN_LEAF = 40, 3, 0.1, 0.6, 10
EDGES = norm.ppf(np.arange(1, 16) / 16)  # features are standard normal: 16 equal bins


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows: features, personal columns, outcome, group and cluster codes."""

    X: FloatArray
    S: FloatArray
    y: FloatArray
    group: IntArray
    cluster: IntArray


def draw(world: str, n: int, groups: int, rng: np.random.Generator) -> Sample:
    """Draw n rows; `groups` is 2 or 8, the crossing of one or three personal attributes."""
    k = groups.bit_length() - 1
    size = ROWS_PER_CLUSTER if world == "clusters" else 1
    persons = -(-n // size)
    cluster = np.repeat(np.arange(persons), size)[:n]
    X = rng.standard_normal((n, FEATURES))
    S = rng.integers(0, 2, (persons, k))[cluster].astype(float)
    if world == "correlated":
        common = rng.standard_normal((n, 1))
        X = np.sqrt(0.3) * X + np.sqrt(0.7) * common
        # Attributes that the features nearly tell, without any effect of their own.
        S = (common + 0.5 * rng.standard_normal((n, k)) > 0).astype(float)
    noise = rng.standard_normal(n)
    if world == "clusters":
        noise = np.sqrt(0.5) * (noise + rng.standard_normal(persons)[cluster])
    y = X @ np.linspace(1, 0, FEATURES) + 0.5 * np.sin(2 * X[:, 1]) + noise
    if world in ("effect", "labels, effect"):
        y += 0.5 * (S - 0.5).sum(axis=1)
    if world == "interaction":
        y += 0.5 * X[:, 0] * (2 * S[:, 0] - 1)
    if world.startswith("labels"):
        y = (y > 0).astype(float)
    return Sample(X, S, y, (S @ (1 << np.arange(k))).astype(np.intp), cluster)


def losses(world: str, y: FloatArray, prediction: FloatArray) -> FloatArray:
    """Squared error, or for labels whether the predicted one is wrong."""
    if world.startswith("labels"):
        return ((prediction >= 0.5) != (y == 1)).astype(float)
    return (y - prediction) ** 2


FitPredict = Callable[[FloatArray, FloatArray, FloatArray, int], FloatArray]


@dataclass(frozen=True, slots=True)
class Learner:
    """How a model sees columns, and a fit on some rows with predictions for others."""

    prepare: Callable[[FloatArray], FloatArray]
    fit_predict: FitPredict


def _ridge(
    A: FloatArray,
    y: FloatArray,
    B: FloatArray,
    seed: int = 0,  # noqa: ARG001
    penalty: float = 1.0,  # scikit-learn's default
) -> FloatArray:
    gram = A.T @ A
    at = np.arange(1, len(gram))
    gram[at, at] += penalty  # the intercept is not shrunk
    return B @ np.linalg.solve(gram, A.T @ y)


def _shrunk(A: FloatArray, y: FloatArray, B: FloatArray, seed: int) -> FloatArray:
    # An attribute of variance 1/4 keeps a third of its effect, whatever the number of rows.
    return _ridge(A, y, B, seed, penalty=len(A) / 2)


def _with_intercept(A: FloatArray) -> FloatArray:
    return np.column_stack((np.ones(len(A)), A))


def _network(A: FloatArray, y: FloatArray, B: FloatArray, seed: int) -> FloatArray:
    weight = np.random.default_rng(seed).standard_normal((A.shape[1], HIDDEN)) / 2
    return _ridge(_with_intercept(np.tanh(A @ weight)), y, _with_intercept(np.tanh(B @ weight)))


def _bins(A: FloatArray) -> FloatArray:
    return np.searchsorted(EDGES, A).astype(np.uint8)


def _boosting(A: FloatArray, y: FloatArray, B: FloatArray, seed: int) -> FloatArray:
    return _boost(A, y, B, seed, TREES, DEPTH, RATE, SHARE, MIN_LEAF)


@njit(cache=True)
def _boost(A, y, B, seed, trees, depth, rate, share, least):  # noqa: C901, PLR0912, PLR0917
    """Stochastic gradient boosting (Friedman 2002) of squared error on binned columns."""
    np.random.seed(seed)  # noqa: NPY002
    n, p = A.shape
    base = y.mean()
    score, out = np.full(n, base), np.full(len(B), base)
    nodes = 1 << depth
    for _ in range(trees):
        sampled = np.flatnonzero(np.random.random(n) < share)  # noqa: NPY002
        node, other = np.zeros(n, np.intp), np.zeros(len(B), np.intp)
        for level in range(depth):
            width = 1 << level
            total, count = np.zeros((width, p, 16)), np.zeros((width, p, 16))
            for i in sampled:
                gradient, at = y[i] - score[i], node[i]
                for f in range(p):
                    total[at, f, A[i, f]] += gradient
                    count[at, f, A[i, f]] += 1
            feature, cut = np.zeros(width, np.intp), np.full(width, 16)
            for at in range(width):
                whole, rows, best = total[at, 0].sum(), count[at, 0].sum(), 0.0
                for f in range(p):
                    left, below = 0.0, 0.0
                    for b in range(15):
                        left += total[at, f, b]
                        below += count[at, f, b]
                        if below < least or rows - below < least:
                            continue
                        gain = left**2 / below + (whole - left) ** 2 / (rows - below)
                        gain -= whole**2 / rows
                        if gain > best:
                            best, feature[at], cut[at] = gain, f, b
            for i in range(n):
                node[i] = 2 * node[i] + (A[i, feature[node[i]]] > cut[node[i]])
            for i in range(len(B)):
                other[i] = 2 * other[i] + (B[i, feature[other[i]]] > cut[other[i]])
        total_, count_ = np.zeros(nodes), np.zeros(nodes)
        for i in sampled:
            total_[node[i]] += y[i] - score[i]
            count_[node[i]] += 1
        leaf = rate * total_ / np.maximum(count_, 1)
        for i in range(n):
            score[i] += leaf[node[i]]
        for i in range(len(B)):
            out[i] += leaf[other[i]]
    return out


LEARNERS = {
    "ridge": Learner(_with_intercept, _ridge),
    "shrunk ridge": Learner(_with_intercept, _shrunk),
    "network": Learner(np.asarray, _network),
    "boosting": Learner(_bins, _boosting),
}


def matrices(model: str, sample: Sample) -> tuple[FloatArray, FloatArray]:
    """Return what the generic and the personalized model see."""
    see = LEARNERS[model].prepare
    S = sample.S.astype(np.uint8) * 8 if model == "boosting" else sample.S - 0.5
    seen = see(sample.X)
    return seen, np.column_stack((seen, S))


def benefit(
    model: str,
    world: str,
    pair: tuple[FloatArray, FloatArray],
    y: FloatArray,
    *,
    train: IntArray,
    test: IntArray,
    seed: int,
) -> FloatArray:
    """Return the benefits of the rows `test` by the two models fitted on the rows `train`."""
    fit_predict = LEARNERS[model].fit_predict
    cost = [losses(world, y[test], fit_predict(A[train], y[train], A[test], seed)) for A in pair]
    return cost[0] - cost[1]


def truth(
    model: str, world: str, *, rows: int, groups: int, sets: int, seed: int, test: int = 4000
) -> tuple[FloatArray, FloatArray]:
    """Average the benefit over fresh training sets, seeds and people: (groups + 1,) and its SE.

    The first place is everybody; each training set is judged on new people.
    """
    rng = np.random.default_rng(seed)
    found = np.empty((sets, groups + 1))
    for row in found:
        sample = draw(world, rows + test, groups, rng)
        train, new = np.arange(rows), np.arange(rows, rows + test)
        pair = matrices(model, sample)
        draws = int(rng.integers(2**31))
        B = benefit(model, world, pair, sample.y, train=train, test=new, seed=draws)
        row[0] = B.mean()
        row[1:] = group_sums(B, sample.group[new], groups) / np.bincount(
            sample.group[new], minlength=groups
        )
    return found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(sets)


def group_sums(values: FloatArray, group: IntArray, groups: int) -> FloatArray:
    """Add values up per group."""
    return np.bincount(group, weights=values, minlength=groups)
