"""Two kinds of noise told apart: other people, and the same people trained on again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whogains.types import FloatArray, IntArray

if TYPE_CHECKING:
    from whogains.evidence import Score


BLOCKS, LEAST_ROWS = 20, 10

# For each cost and group the mean benefit of each block of people.
Blocks = tuple[tuple[tuple[float, ...] | None, ...], ...]


def block_means(scores: Sequence[Score], codes: IntArray) -> Blocks:
    """Average the benefits of fixed blocks of people, which are the same with every seed.

    Parameters
    ----------
    scores : sequence of Score
        Every row's costs; for a metric its pseudo-values.
    codes : ndarray of int, shape (n,)
        Every row's group.

    Returns
    -------
    tuple of tuple of (tuple of float or None)
        For each cost and each group up to the last one with rows: the means of 20 blocks, or of
        fewer with at least 10 rows each, so that no row is seen; None for less than two blocks.
    """
    members = [np.flatnonzero(codes == j) for j in range(int(codes.max(initial=-1)) + 1)]
    return tuple(
        tuple(_means(np.asarray(score.generic - score.personalized)[rows]) for rows in members)
        for score in scores
    )


def _means(values: FloatArray) -> tuple[float, ...] | None:
    blocks = min(BLOCKS, len(values) // LEAST_ROWS)
    if blocks < 2 or not np.isfinite(values).all():
        return None
    # Every so many rows, so that the order of the data makes no block special.
    return tuple(float(values[k::blocks].mean()) for k in range(blocks))


@dataclass(frozen=True, slots=True)
class SeedNoise:
    """How one group's benefit moves with the seed, beside how it would move with the sample.

    Parameters
    ----------
    mean, low, high : float or None
        The mean, least and largest benefit over the seeds.
    seed_sd : float or None
        The standard deviation of the benefit over the seeds, on the same rows; None with one.
    sampling_se : float or None
        The standard error of the benefit with one seed: the root mean square over the seeds.
    ratio : float or None
        `seed_sd` divided by `sampling_se`.
    training_sd : float or None
        The standard deviation over trainings of what a training does to everybody in the group,
        which more people would not average away; 0 where the seeds show none.
    total_sd : float or None
        The standard deviation of a one-seed benefit over people and trainings: the root of
        `sampling_se` squared plus `training_sd` squared.
    """

    mean: float | None
    low: float | None
    high: float | None
    seed_sd: float | None
    sampling_se: float | None
    ratio: float | None
    training_sd: float | None
    total_sd: float | None


def seed_noise(
    bop: Sequence[float | None],
    se: Sequence[float | None],
    blocks: Sequence[tuple[float, ...] | None],
) -> SeedNoise:
    """Tell the noise of training and folds from that of sampling people.

    Parameters
    ----------
    bop : sequence of (float or None), length R
        One group's benefit with each seed.
    se : sequence of (float or None), length R
        Its standard error with each seed.
    blocks : sequence of (tuple of float or None), length R
        Its block means with each seed, see `block_means`.

    Returns
    -------
    SeedNoise
        The spread over seeds, the standard error, and both parts told apart.

    Notes
    -----
    Let B_ir = b + u_i + t_r + e_ir be person i's benefit with seed r: what is typical of the
    person, what a training does to everybody, and what it does to that person alone. The square of
    one seed's standard error estimates (var u + var e) / n; the variance over seeds, on the same
    people, var t + var e / n. Of K blocks of people over R seeds the interaction's mean square
    estimates K var e / n; so var t is the variance over seeds less that mean square divided by K,
    or 0 where this is negative. A one-seed benefit varies by (var u + var e) / n + var t. Rows are
    taken as independent of each other; where clusters are not, var t comes out too large. People
    are drawn once here: training on other people would vary more.

    Examples
    --------
    >>> noise = seed_noise([1.0, 3.0], [1.0, 1.0], [(0.5, 1.5), (2.5, 3.5)])
    >>> noise.mean, round(noise.training_sd, 3), round(noise.total_sd, 3)
    (2.0, 1.414, 1.732)
    """
    known = [
        (b, s, means)
        for b, s, means in zip(bop, se, blocks, strict=True)
        if b is not None and s is not None
    ]
    if not known:
        return SeedNoise(None, None, None, None, None, None, None, None)
    benefits = np.array([b for b, _, _ in known])
    sampling = float(np.sqrt(np.mean([s**2 for _, s, _ in known])))
    spread = float(benefits.std(ddof=1)) if len(known) > 1 else None
    training = None if spread is None else _training_sd(spread, [means for *_, means in known])
    return SeedNoise(
        mean=float(benefits.mean()),
        low=float(benefits.min()),
        high=float(benefits.max()),
        seed_sd=spread,
        sampling_se=sampling,
        ratio=spread / sampling if spread is not None and sampling > 0 else None,
        training_sd=training,
        total_sd=None if training is None else float(np.hypot(training, sampling)),
    )


def _training_sd(spread: float, blocks: Sequence[tuple[float, ...] | None]) -> float | None:
    """Take from the spread over seeds what trainings do to single people."""
    means = [each for each in blocks if each is not None]
    if len(means) < len(blocks) or len({len(each) for each in means}) != 1:
        return None
    table = np.array(means)
    seeds, size = table.shape
    rest = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
    interaction = float((rest**2).sum()) / ((seeds - 1) * (size - 1))
    return float(np.sqrt(max(0.0, spread**2 - interaction / size)))
