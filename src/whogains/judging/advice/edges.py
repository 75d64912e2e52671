"""What telling one more attribute buys whom."""

from __future__ import annotations

import numpy as np

from whogains.evidence import unnamed_groups
from whogains.inference import holm, tail_penalty
from whogains.judging.advice.comparing import Comparisons
from whogains.judging.audit import group_levels
from whogains.judging.bootstrap_and_betting import Alternative
from whogains.judging.limits import number
from whogains.judging.verdicts import group_verdict
from whogains.records import EdgeGroup, LatticeEdge
from whogains.types import FloatArray


def edges(made: Comparisons, cost: int, unit: str | None) -> tuple[LatticeEdge, ...]:
    """Say what each attribute buys whom on one cost, corrected over all that is shown."""
    lattice, d, epsilon = made.lattice, len(made), made.epsilons[cost][0]
    named, explainer, keep = made.scored[cost]
    pairs = [(told, one, lattice.adding(told, (one,))) for told, one in lattice.edges]
    by_t = np.concatenate([made.by_t(told, both, cost) for told, _, both in pairs])
    penalty = tail_penalty(int(np.count_nonzero(by_t)))

    def corrected(null: float, alternative: Alternative) -> FloatArray:
        p = np.concatenate([made.p(told, both, null, alternative, cost) for told, _, both in pairs])
        return np.where(by_t, np.minimum(1.0, penalty * p), p)

    p_gain, p_harm = holm(corrected(0.0, "greater")), holm(corrected(0.0, "less"))
    p_same = holm(np.maximum(corrected(-epsilon, "greater"), corrected(epsilon, "less")))
    names = group_levels(made.rows.grouping)
    n = np.bincount(made.rows.codes, minlength=d)
    unnamed = unnamed_groups(made.rows.grouping.groups, made.filled)
    found = []
    for i, (told, one, both) in enumerate(pairs):
        mean = made.gain(told, both, cost).mean
        ci = made.interval(told, both, made.settings.alpha, cost)
        whole = made.gain(told, both, cost, whole=True)
        every = whole.interval(made.settings.alpha)
        groups = []
        for j in np.flatnonzero(~unnamed):
            at = i * d + int(j)
            p = [number(each[at]) for each in (p_gain, p_harm, p_same)]
            groups.append(
                EdgeGroup(
                    group=names[j],
                    n=int(n[j]) or None,
                    gain=number(mean.estimate[j]),
                    se=number(mean.se[j]),
                    ci=(number(ci.lower[j]), number(ci.upper[j])),
                    p_gain_adjusted=p[0],
                    p_harm_adjusted=p[1],
                    verdict=group_verdict(
                        *p,
                        alpha=made.settings.alpha,
                        untestable=False,
                        ci=(number(ci.lower[j]), number(ci.upper[j])),
                    )[0],
                )
            )
        found.append(
            LatticeEdge(
                cost=named.name,
                unit=unit,
                explainer=explainer,
                keep=keep,
                told=lattice.asks(told),
                tells=one,
                gain=number(whole.mean.estimate[0]),
                ci=(number(every.lower[0]), number(every.upper[0])),
                groups=tuple(groups),
            )
        )
    return tuple(found)
