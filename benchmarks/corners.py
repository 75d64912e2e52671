"""The corners where no rule of `auto` helps, and what its counts are for: errors of t, simulated.

Run ``python benchmarks/corners.py``; it takes some minutes on one core and prints a table, from
which docs/theory.md and the notes of `whogains.inference.choose_method` and
`whogains.evidence.deciding_rows` have their figures. Seeded: the same figures each time.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.stats import norm

import whogains.inference as wi
from calibration_costs import draw_clusters, draw_weighted, weighted_mean

REPEATS = 10_000
# AUC by AUC takes longer.
REPEATS_AUC = 3_000


def ends(u: np.ndarray, v: np.ndarray, truth: float) -> tuple[float, float, float]:
    """Return how often each end of t misses, and how often its test finds a gain, per sample."""
    n = u.shape[1]
    du, dv = u - u.mean(1, keepdims=True), v - v.mean(1, keepdims=True)
    mean = wi.mean_from_comoments(
        n,
        u.mean(1),
        v.mean(1),
        m_uu=(du * du).sum(1),
        m_uv=(du * dv).sum(1),
        m_vv=(dv * dv).sum(1),
        third=(
            (du**3).sum(1),
            (du * du * dv).sum(1),
            (du * dv * dv).sum(1),
            (dv**3).sum(1),
        ),
    )
    found = wi.t_interval(mean.estimate, mean.se, mean.df, skewness=mean.skewness)
    p = wi.t_test(
        mean.estimate, mean.se, mean.df, skewness=mean.skewness, null=truth, alternative="greater"
    )
    return tuple(float(x.mean()) for x in (found.lower > truth, found.upper < truth, p <= 0.05))


def rare_losses(rng: np.random.Generator, n: int, bad: int) -> tuple[float, float, float]:
    """Squared errors: of ten rows that differ nine gain a little, one has three times the error."""
    share, worse = 10 * bad / n, 3.0
    # So that nothing is gained on average.
    better = np.sqrt(1 - 0.1 * (worse**2 - 1) / 0.9)
    found = []
    for _ in range(REPEATS // 1000):
        error = rng.standard_normal((1000, n)) ** 2
        factor = np.where(rng.random(error.shape) < 0.1, worse, better)
        u = np.where(rng.random(error.shape) < share, error * (1 - factor**2), 0.0)
        found.append(ends(u, np.ones_like(u), 0.0))
    return tuple(np.mean(found, axis=0))


def one_tail(rng: np.random.Generator, n: int) -> tuple[float, float, float]:
    """Squared errors of normal noise against those of t(5) noise: one model has all of the tail."""
    found = []
    for _ in range(REPEATS // 1000):
        u = rng.standard_normal((1000, n)) ** 2 - rng.standard_t(5, (1000, n)) ** 2
        found.append(ends(u, np.ones_like(u), 1 - 5 / 3))
    return tuple(np.mean(found, axis=0))


def few_carry(rng: np.random.Generator, n: int) -> tuple[float, float, float]:
    """Skewed benefits of clusters of one row, but for one in 100 with 100 rows."""
    found = []
    for _ in range(REPEATS // 500):
        u, v, _ = draw_clusters("1 row, or 1 in 100 of 100", "skewed", rng, (500, n))
        found.append(ends(u, v, 2.0))
    return tuple(np.mean(found, axis=0))


def large_weights(rng: np.random.Generator, n: int) -> tuple[float, float, float]:
    """Give lognormal(1) weights that go with skewed differences."""
    found = []
    for _ in range(REPEATS // 1000):
        u, v, _ = draw_weighted(1.0, "informative, skewed", rng, (1000, n))
        found.append(ends(u, v, weighted_mean(1.0, "informative, skewed")))
    return tuple(np.mean(found, axis=0))


def aucs(rng: np.random.Generator, movers: int, noise: float) -> tuple[float, float, float]:
    """Give 300 ones in 2,000 of which some move to the top; other scores differ by a noise.

    Without a noise the scores have five levels.
    """
    n, chance, shift = 2000, 0.15, 0.9
    share = movers / (n * chance)
    pmf = np.exp(np.arange(5) / 2) / np.exp(np.arange(5) / 2).sum()
    below = np.cumsum(pmf[::-1]) - pmf[::-1] / 2
    if noise:
        base, after = (norm.cdf(shift / np.sqrt(2 + spread**2)) for spread in (0.0, noise))
        truth = (1 - share) * after + share - base
    else:
        truth = share * (below[-1] - pmf @ below)
    u = np.empty((REPEATS_AUC, n))
    for row in u:
        y = (rng.random(n) < chance).astype(float)
        top = (rng.random(n) < share) & (y == 1)
        if noise:
            first = rng.standard_normal(n) + shift * y
            second = np.where(top, 9 + rng.random(n), first + noise * rng.standard_normal(n))
        else:
            first = rng.choice(5, n, p=pmf)
            first = np.where(y == 1, first, 4 - first).astype(float)
            second = np.where(top, 4.0, first)
        row[:] = wi.auc_pair(y, first, second).differences
    return ends(u, np.ones_like(u), truth)


def large_clusters(
    rng: np.random.Generator, n: int, rare: float, small: float
) -> tuple[float, float]:
    """Return the share of samples without a large cluster, and how often these err."""
    truth = 0.2 * np.log([100.0, small]) @ [100 * rare, small * (1 - rare)]
    truth /= 100 * rare + small * (1 - rare)
    size = np.where(rng.random((REPEATS, n)) < rare, 100.0, small)
    none = size.max(1) == small
    size = size[none]
    noise = 0.5 * size * rng.standard_normal(size.shape)
    u = 0.2 * size * np.log(size) + noise + np.sqrt(size) * rng.standard_normal(size.shape)
    low, high, _ = ends(u, size, truth)
    return float(none.mean()), low + high


def main() -> None:
    """Print every corner."""
    print("| corner | lower end | upper end | test of gain |\n|---|---:|---:|---:|")

    def line(name: str, errors: tuple[float, float, float]) -> None:
        print(f"| {name} | {errors[0]:.3f} | {errors[1]:.3f} | {errors[2]:.3f} |", flush=True)

    for seed, (n, bad) in enumerate(((1000, 6), (1000, 10), (1000, 20), (1000, 30))):
        rng = np.random.default_rng(seed)
        line(f"rare losses of many sizes, {bad} of {n:,} expected", rare_losses(rng, n, bad))
    for seed, n in enumerate((150, 1000)):
        name = f"normal against t(5) noise, squared, n = {n:,}"
        line(name, one_tail(np.random.default_rng(50 + seed), n))
    for seed, (n, carrying) in enumerate(((1800, 19), (3800, 39), (7200, 74), (12100, 124))):
        name = f"one cluster in 100 of 100 rows, {carrying} units carry the variance"
        line(name, few_carry(np.random.default_rng(60 + seed), n))
    for seed, (n, effective) in enumerate(((500, 190), (5000, 1850))):
        name = f"lognormal(1) weights, {effective:,} effective units"
        line(name, large_weights(np.random.default_rng(70 + seed), n))
    for seed, (movers, noise) in enumerate(
        (
            (3, 0.0),
            (6, 0.0),
            (15, 0.0),
            (30, 0.0),
            (60, 0.0),
            (3, 0.02),
            (6, 0.02),
            (6, 0.1),
            (15, 0.02),
            (15, 0.1),
        )
    ):
        rng = np.random.default_rng(100 + seed)
        name = f"AUC, {movers} of 300 ones move to the top, others differ by {noise:g}"
        line(name, aucs(rng, movers, noise))
    print("\n| large clusters | samples without one | of which err |\n|---|---:|---:|")
    for seed, (n, rare, small) in enumerate(
        ((150, 0.01, 1.0), (500, 0.001, 1.0), (150, 0.01, 2.0))
    ):
        found = large_clusters(np.random.default_rng(200 + seed), n, rare, small)
        which = f"{rare:.1%} of 100 rows, others {small:g}, n = {n}"
        print(f"| {which} | {found[0]:.3f} | {found[1]:.3f} |")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    main()
