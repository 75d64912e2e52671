"""How often the same run with another seed would say otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from whogains.judging.judged import Judged, corrected, verdicts
from whogains.judging.settings import Settings
from whogains.records import AuditRecord

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
    A mean over R rounds has the variance v / R from seeds and folds, v that between rounds, so
    that two runs differ by about a normal number of variance 2 v / R. Of v only s² is known, by R
    rounds: v is drawn as (R - 1) s² over a chi-square number of R - 1 degrees of freedom, the
    estimate of the other run from it, and so that run's own s², from which its standard error
    follows. So many other runs are drawn, each group by itself, and judged as this one was. Derived
    here; real runs are compared in docs/seeds.md.
    """
    if not judged or any(one.item.spread is None for one in judged):
        return found
    said = [
        verdicts(one, each, settings.alpha)
        for one, each in zip(judged, corrected(judged, settings), strict=True)
    ]
    rng = np.random.default_rng(0)
    differ = [np.zeros(len(one.groups)) for one in judged]
    for _ in range(RUNS):
        others = [_another(one, rng) for one in judged]
        for at, each in enumerate(corrected(others, settings)):
            now = verdicts(others[at], each, settings.alpha)
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


def _another(one: Judged, rng: np.random.Generator) -> Judged:
    """Draw the same cost as another run might have estimated it."""
    spread, groups = one.item.spread, one.groups
    if spread is None or groups.seed_share is None:
        return one
    df, size = spread.rounds - 1, len(groups)
    between = np.nan_to_num(spread.groups)
    true = between * df / rng.chisquare(df, size)
    step = np.sqrt(2 * true / spread.rounds) * rng.standard_normal(size)
    ratio = true / np.where(between > 0, between, 1.0) * rng.chisquare(df, size) / df
    share = np.nan_to_num(groups.seed_share)
    se = groups.mean.se * np.sqrt(1 - share + share * ratio)
    mean = replace(groups.mean, estimate=groups.mean.estimate + step, se=se)
    moved = replace(groups, mean=mean)
    return Judged(one.item, (one.epsilon, one.why_epsilon), one.margin, moved, one.population)
