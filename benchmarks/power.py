"""Measure the power of verdicts against the one that audits and plans claim for them.

Run it from the repository root: ``nice python benchmarks/power.py``; some minutes on one core. It
writes docs/power.md. A finished cell is a line of the cache, so a run that was stopped goes on
where it was; every cell has a seed of its own. ``--page`` writes the page from the cells there are.

In a cell d groups have the rows that `required` or `required_every_group` says for an effect, and
samples are judged as an audit judges them: p-values by t or by the exact sign test, the penalty
for tails of t, Holm. `--samples` makes it smaller.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from scipy import special

import whogains as wg
from whogains import inference as wi

CACHE: Final = Path("benchmarks/.power.jsonl")
PAGE: Final = Path("docs/power.md")
ALPHA, POWER, TOLERANCE = 0.05, 0.8, 0.03
GROUPS: Final = (1, 2, 4, 8)
SIZES: Final = (200, 500, 2000)
SAMPLES: Final = 3000
AUDITS: Final = 15
VERSION: Final = 1  # raise it with what a cell here computes
FloatArray = np.ndarray

HEAD: Final = """# The power of verdicts

Written by `benchmarks/power.py`.

An audit and a plan say from which effect on a group is told as "gain" with power .8 (`detectable`),
with how many rows epsilon is (`required`), and with how many "every group gains" is told
(`required_every_group`). Here groups have these rows, and samples are judged as an audit judges
them: t or the exact sign test, the penalty for tails of t, Holm.

*alone*: one group has the effect and the others gain nothing, the least favourable case: the share
of samples in which it is told. *all gain*: all have it, the mean share of groups told; Holm then
asks less, so more are. *before*: the same with the rows of a one-sided test at level .05 without
any correction. *every*: the share of samples in which every group is shown to gain, with the rows
for that. The formula for t knows the skewness and no fourth moment: with heavy tails or unequal
weights, groups of some 200 rows fall a little short, most where each of 8 needs a power of .97.
"""
ADVISED: Final = """
## By an audit's own advice

Through `compare`: an audit of groups of 400 rows says how many each needs at epsilon, which is what
each gains; a second has so many. Spread and skewness are those that the first saw, so the number of
rows is itself uncertain. *gain*: the share of groups told; all gain, so it may lie above the power
claimed. *every*: the share of audits with the verdict "every group gains", of 15 audits of 8 groups
and of 60 of 2, so with a standard error of .10 and .05.

| cost | groups | rows (median) | gain | rows, every (median) | every |
|---|---:|---:|---:|---:|---:|"""


@dataclass(frozen=True, slots=True)
class Shape:
    """What one row's benefit less its mean looks like: mean 0, variance 1, and its skewness."""

    draw: Callable[[np.random.Generator, tuple[int, ...]], FloatArray]
    skewness: float = 0.0
    weights: float = 0.0  # spread of the logarithm of the weights


def _squares(rng: np.random.Generator, shape: tuple[int, ...]) -> FloatArray:
    """Draw differences of squared errors where the generic model misses a normal term."""
    error, missed = rng.normal(size=shape), rng.normal(size=shape)
    return ((missed + error) ** 2 - error**2 - 1) / np.sqrt(6)


MEANS: Final = {
    "normal": Shape(lambda rng, shape: rng.normal(size=shape)),
    "normal, lognormal(0.5) weights": Shape(lambda rng, shape: rng.normal(size=shape), weights=0.5),
    "squared errors, gain on the long tail": Shape(_squares, 32 / 6**1.5),
    "squared errors, loss on the long tail": Shape(lambda *a: -_squares(*a), -32 / 6**1.5),
    "exponential losses": Shape(lambda rng, shape: 1 - rng.exponential(size=shape), -2.0),
    "Laplace": Shape(lambda rng, shape: rng.laplace(0, np.sqrt(0.5), shape)),
}
SHARES: Final = (0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of samples in one cell, each to be compared with the power claimed."""

    cost: str
    groups: int
    asked: int
    rows: int
    alone: float
    alike: float
    uncorrected: float
    rows_every: int
    every: float


def _t_p(
    shape: Shape, rng: np.random.Generator, samples: int, n: int, mean: FloatArray
) -> FloatArray:
    """Draw p-values (samples, d) of gains with these means."""
    p, d = np.empty((samples, len(mean))), len(mean)
    block = max(1, 4_000_000 // n)
    for j in range(d):
        for first in range(0, samples, block):
            some = min(block, samples - first)
            rows = shape.draw(rng, (some, n)) + mean[j]
            weight = np.exp(shape.weights * rng.normal(size=(some, n))) if shape.weights else None
            p[first : first + some, j] = _gain_p(rows, weight)
    return p


def _gain_p(rows: FloatArray, weight: FloatArray | None) -> FloatArray:
    samples, n = rows.shape
    v = np.ones((1, n)) if weight is None else weight
    u = rows * v
    mean_u, mean_v = u.mean(axis=1), np.broadcast_to(v.mean(axis=1), samples)
    du, dv = u - mean_u[:, None], v - v.mean(axis=1)[:, None]
    uu, vv = du * du, dv * dv
    sums = [(x * y).sum(axis=1) for x, y in ((du, du), (du, dv), (dv, dv))]
    third = [(x * y).sum(axis=1) for x, y in ((uu, du), (uu, dv), (du, vv), (vv, dv))]
    m_uu, m_uv, m_vv = (np.broadcast_to(x, samples) for x in sums)
    found = wi.mean_from_comoments(
        np.full(samples, n),
        mean_u,
        mean_v,
        m_uu=m_uu,
        m_uv=m_uv,
        m_vv=m_vv,
        third=tuple(np.broadcast_to(x, samples) for x in third),
    )
    return wi.t_test(found.estimate, found.se, found.df, skewness=found.skewness)


def _sign_p(
    share: float, rng: np.random.Generator, samples: int, n: int, mean: FloatArray
) -> FloatArray:
    """Draw p-values (samples, d) of gains with these means."""
    p = np.empty((samples, len(mean)))
    for j in range(len(mean)):
        differ = max(share, mean[j])
        chances = [(differ + mean[j]) / 2, (differ - mean[j]) / 2, 1 - differ]
        drawn = rng.multinomial(n, chances, size=samples)
        p[:, j] = wi.sign_test(drawn[:, 0], drawn[:, 1])
    return p


def _gain(p: FloatArray, *, by_t: bool) -> FloatArray:
    """Say which groups (samples, d) have the verdict "gain"."""
    penalty = wi.tail_penalty(p.shape[1]) if by_t else 1.0
    return np.array([wi.holm(np.minimum(1.0, penalty * row)) for row in p]) <= ALPHA


def cell(cost: str, d: int, asked: int, samples: int) -> Result:
    """Judge samples of d groups for one cost; `asked` is about how many rows a group shall have."""
    rng = np.random.default_rng(zlib.crc32(f"{cost} {d} {asked}".encode()))
    shape = MEANS.get(cost)
    level = ALPHA / d / (1.0 if shape is None else wi.tail_penalty(d))
    each = POWER ** (1 / d)
    z = special.ndtri(POWER) - special.ndtri(ALPHA)
    if shape is None:
        share = float(cost.rsplit(" ", 1)[1])
        effect = float(wi.sign_detectable(asked, share, level=level, power=POWER)[0])
        n = int(wi.sign_required(effect, share, level=level, power=POWER)[0])
        m = int(wi.sign_required(effect, share, level=ALPHA, power=each)[0])
        before = (z**2) * (max(share, effect) - effect**2) / effect**2

        def draw(rows: int, mean: FloatArray) -> FloatArray:
            return _sign_p(share, rng, samples, rows, mean)

    else:
        # As an audit sees it: weights make the spread larger.
        sd = np.sqrt(np.exp(shape.weights**2))
        known = {"skewness": shape.skewness}
        effect = float(
            wi.t_detectable(sd / np.sqrt(asked), asked - 1, level=level, power=POWER, **known)
        )
        n = int(wi.t_required(effect, sd, level=level, power=POWER, **known))
        m = int(wi.t_required(effect, sd, level=ALPHA, power=each, **known))
        before = (z * sd / effect) ** 2

        def draw(rows: int, mean: FloatArray) -> FloatArray:
            return _t_p(shape, rng, samples, rows, mean)

    one, all_ = np.where(np.arange(d) == 0, effect, 0.0), np.full(d, effect)
    by_t = shape is not None
    return Result(
        cost=cost,
        groups=d,
        asked=asked,
        rows=n,
        alone=float(_gain(draw(n, one), by_t=by_t)[:, 0].mean()),
        alike=float(_gain(draw(n, all_), by_t=by_t).mean()),
        uncorrected=float(_gain(draw(int(np.ceil(before)), all_), by_t=by_t).mean()),
        rows_every=m,
        every=float((draw(m, all_).max(axis=1) <= ALPHA).mean()),
    )


@dataclass(frozen=True, slots=True)
class Advice:
    """What following an audit's own numbers came to, through the public API."""

    name: str
    groups: int
    pilot: int
    rows: int
    gain: float
    rows_every: int
    every: float


def advice(name: str, d: int, pilot: int, audits: int) -> Advice:
    """Audit d groups of `pilot` rows, then as many as it says, and read the second's verdicts."""
    rng = np.random.default_rng(zlib.crc32(f"advice {name} {d}".encode()))
    needs, every_needs, told, every = [], [], [], []
    for _ in range(audits):
        first = _audit(name, rng, [pilot] * d)
        need = [group.required for group in first.groups]
        need_every = [group.required_every_group for group in first.groups]
        needs += need
        every_needs += need_every
        told += [group.verdict == "gain" for group in _audit(name, rng, need).groups]
        every.append(_audit(name, rng, need_every).gamma.verdict == "every group gains")
    return Advice(
        name,
        d,
        pilot,
        int(np.median(needs)),
        float(np.mean(told)),
        int(np.median(every_needs)),
        float(np.mean(every)),
    )


def _audit(name: str, rng: np.random.Generator, sizes: list[int]):
    """Compare predictions whose benefit is epsilon in every group."""
    n, groups = sum(sizes), np.repeat([f"g{j}" for j in range(len(sizes))], sizes)
    if name == "zero_one":
        y, epsilon = rng.integers(0, 2, n), 0.05
        chance = rng.random(n)
        # 15 % of rows gain, 10 % are harmed.
        generic, personalized = np.where(chance < 0.15, 1 - y, y), y.copy()
        personalized = np.where((chance >= 0.15) & (chance < 0.25), 1 - y, personalized)
        task, cost = "classification", "zero_one"
    else:
        noise, missed = rng.normal(size=n), 0.25 * rng.normal(size=n)
        y, epsilon = noise + missed, 0.0625
        generic, personalized = np.zeros(n), missed
        task, cost = "regression", "squared_error"
    weight = np.exp(0.4 * rng.normal(size=n)) if name.endswith("weights") else None
    return wg.compare(
        y,
        generic=generic,
        personalized=personalized,
        groups=pd.DataFrame({"g": groups}),
        costs=[cost],
        task=task,
        epsilon=epsilon,
        sample_weight=weight,
    ).costs[0]


ADVICE: Final = ("zero_one", "squared_error", "squared_error, weights")


def run(samples: int, audits: int, cache: Path) -> None:
    """Compute what the cache lacks."""
    done = set(_cached(cache))
    costs = [*MEANS, *(f"0-1, share that differs {share:g}" for share in SHARES)]
    with cache.open("a", encoding="utf-8") as file:

        def keep(key: str, found: Result | Advice) -> None:
            # A line that was cut off ends here.
            file.write("\n" + json.dumps({"key": key, **asdict(found)}))
            file.flush()

        for cost in costs:
            for d in GROUPS:
                for asked in SIZES:
                    key = f"{VERSION} {cost} {d} {asked} {samples}"
                    if key not in done:
                        # Fewer samples where each is long, so that a cell takes seconds.
                        some = samples // 2 if asked == max(SIZES) else samples
                        keep(key, cell(cost, d, asked, some))
        for d in (8, 2):
            for name in ADVICE:
                key = f"{VERSION} advice {name} {d} {audits}"
                if key not in done:
                    keep(key, advice(name, d, 400, audits * (4 if d == 2 else 1)))


def _cached(cache: Path) -> dict[str, dict]:
    if not cache.exists():
        return {}
    done = {}
    for line in cache.read_text(encoding="utf-8").splitlines():
        try:
            one = json.loads(line)
        except ValueError:
            continue  # cut off when a run was stopped
        done[one["key"]] = one
    return done


def page(cache: Path) -> str:
    """Write the page from the cells there are."""
    rows = [one for one in _cached(cache).values() if one["key"].startswith(f"{VERSION} ")]
    cells = [one for one in rows if "cost" in one]
    advised = [one for one in rows if "pilot" in one]
    measured = [(one, one[kind]) for one in cells for kind in ("alone", "every")]
    off = [
        f"{one['cost']}, {one['groups']} x {one['asked']}: {share:.3f}"
        for one, share in measured
        if abs(share - POWER) > TOLERANCE
    ]
    lines = [
        HEAD,
        f"{len(measured) - len(off)} of {len(measured)} powers (*alone* and *every*) lie within",
        f"{TOLERANCE} of {POWER}." + (f" The others: {'; '.join(off)}." if off else ""),
        "",
        "| benefits | groups | rows | alone | all gain | before | rows, every | every |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        *(
            f"| {one['cost']} | {one['groups']} | {one['rows']:,} | {one['alone']:.3f} "
            f"| {one['alike']:.3f} | {one['uncorrected']:.3f} | {one['rows_every']:,} "
            f"| {one['every']:.3f} |"
            for one in cells
        ),
        ADVISED,
        *(
            f"| {one['name']} | {one['groups']} | {one['rows']:,} | {one['gain']:.3f} "
            f"| {one['rows_every']:,} | {one['every']:.3f} |"
            for one in advised
        ),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run what is left and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--audits", type=int, default=AUDITS)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--out", type=Path, default=PAGE)
    parser.add_argument("--page", action="store_true", help="only write the page")
    asked = parser.parse_args()
    if not asked.page:
        run(asked.samples, asked.audits, asked.cache)
    asked.out.write_text(page(asked.cache), encoding="utf-8")


if __name__ == "__main__":
    main()
