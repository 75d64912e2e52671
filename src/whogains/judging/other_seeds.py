"""How often the same run with another seed would say otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from whogains.judging.judged import Judged, corrected, verdicts
from whogains.judging.settings import Settings
from whogains.records import AuditRecord
from whogains.types import FloatArray

RUNS = 100


def with_other_seeds(
    found: AuditRecord, judged: Sequence[Judged], settings: Settings
) -> AuditRecord:
    """Say of each verdict how often another seed would give another one.

    Parameters
    ----------
    found : AuditRecord
        The findings.
    judged : sequence of Judged
        The costs, with how they differ between rounds.
    settings : Settings
        Levels and corrections.

    Returns
    -------
    AuditRecord
        With `other_seed` of each group; as it was where there was one round, which tells nothing
        of other seeds.

    Notes
    -----
    A mean over R rounds has the variance s² / R from seeds and folds, s² that between rounds, so
    that two runs differ by about a normal number of variance 2 s² / R. So many other runs are
    drawn, with the standard errors as they are, each group by itself, and judged as this one was.
    Derived here; two real runs are compared in docs/crossfit.md.
    """
    steps = [_step(one) for one in judged if one.item.spread is not None]
    if not judged or len(steps) < len(judged):
        return found
    said = [verdicts(each, settings.alpha) for each in corrected(judged, settings)]
    rng = np.random.default_rng(0)
    differ = [np.zeros(len(one.groups)) for one in judged]
    for _ in range(RUNS):
        moved = [
            _moved(one, step * rng.standard_normal(len(step)))
            for one, step in zip(judged, steps, strict=True)
        ]
        for at, each in enumerate(corrected(moved, settings)):
            now = verdicts(each, settings.alpha)
            differ[at] += [a != b for a, b in zip(now, said[at], strict=True)]
    return replace(
        found,
        costs=tuple(
            replace(
                cost,
                groups=tuple(
                    replace(group, other_seed=float(count) / RUNS)
                    for group, count in zip(cost.groups, counts, strict=True)
                ),
            )
            for cost, counts in zip(found.costs, differ, strict=True)
        ),
    )


def _step(one: Judged) -> FloatArray:
    """Find the standard deviation of the difference between two runs, group by group."""
    spread = one.item.spread
    if spread is None:
        return np.zeros(len(one.groups))
    step: FloatArray = np.sqrt(2 * np.nan_to_num(spread.groups) / spread.rounds)
    return step


def _moved(one: Judged, by: FloatArray) -> Judged:
    """Give the same cost as another run might have estimated it."""
    mean = one.groups.mean
    moved = replace(one.groups, mean=replace(mean, estimate=mean.estimate + by))
    return Judged(one.item, (one.epsilon, one.why_epsilon), one.margin, moved, one.population)
