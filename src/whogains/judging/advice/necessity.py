"""Which attributes are needed, given all others."""

from __future__ import annotations

import numpy as np

from whogains.inference import holm, intersection_union, tail_penalty
from whogains.judging.advice.comparing import Comparisons
from whogains.judging.advice.routing import _needed
from whogains.judging.audit import group_levels
from whogains.judging.limits import number
from whogains.records import Necessity, NecessityFinding


def necessity(made: Comparisons) -> tuple[NecessityFinding, ...]:
    """Judge each attribute, given all others.

    The levels are shared out among the attributes alike for both claims, of which at most one can
    be wrong for an attribute: so all these verdicts hold together at level 1 - alpha.
    """
    lattice, names = made.lattice, group_levels(made.rows.grouping)
    everything, k = lattice.everything, len(lattice.free)
    filled = made.filled
    n = np.bincount(made.rows.codes, minlength=len(made))
    found = []
    for attribute in lattice.free:
        less = lattice.without(everything, attribute)
        groups = made.gain(less, everything)
        penalty = tail_penalty(k * int(filled.sum()))
        more = holm(np.minimum(1.0, k * penalty * made.p(less, everything, made.delta, "greater")))
        below = made.p(less, everything, made.delta, "less")[filled]
        p_not = min(1.0, k * tail_penalty(k) * intersection_union(below))
        shown = np.flatnonzero(np.nan_to_num(more, nan=1.0) <= made.settings.alpha)
        verdict: Necessity = "cannot say"
        if shown.size or p_not <= made.settings.alpha:
            verdict = "needed" if shown.size else "not needed"
        missing = None
        if verdict == "cannot say":
            tests = int(filled.sum())
            rows = _needed(made, less, everything, k * tail_penalty(k), tests)
            short = np.maximum(0.0, rows - n)[filled].sum()
            missing = int(short) if np.isfinite(short) and short > 0 else None
        loss = np.where(filled, groups.mean.estimate, np.nan)
        worst = int(np.nanargmax(loss)) if np.isfinite(loss).any() else None
        p_needed = np.nanmin(more) if np.isfinite(more).any() else np.nan
        found.append(
            NecessityFinding(
                attribute=attribute,
                verdict=verdict,
                groups=tuple(names[int(j)] for j in shown),
                loss=number(made.gain(less, everything, whole=True).mean.estimate[0]),
                worst_group=None if worst is None else names[worst],
                worst_loss=None if worst is None else number(loss[worst]),
                p_needed=number(p_needed),
                p_not_needed=p_not,
                more=missing,
            )
        )
    return tuple(found)
