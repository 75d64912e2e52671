"""Is it the attribute, or one more column? The personalized model beside its placebos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whogains.evidence import Score, evidence_from_scores, without_equal_weights
from whogains.judging.bootstrap_and_betting import ScoredRows
from whogains.judging.estimates import NONE, Estimates
from whogains.judging.judged import Judged, corrected, judge, verdicts
from whogains.judging.limits import number
from whogains.judging.settings import Settings
from whogains.records import AuditRecord, OverPlacebo


@dataclass(frozen=True, slots=True, eq=False)
class PlaceboScores:
    """Costs of a pair beside placebos: models fitted on other people's attributes.

    Parameters
    ----------
    over : tuple of Score
        The costs of the placebos (their mean) and of the personalized model, in the order of the
        costs that are judged.
    gains : tuple of Score
        Those of the generic model and of the placebos: what no information at all does.
    """

    over: tuple[Score, ...]
    gains: tuple[Score, ...]


def beside_placebo(
    found: AuditRecord,
    placebo: PlaceboScores,
    scored: ScoredRows,
    judged: Sequence[Judged],
    settings: Settings,
) -> AuditRecord:
    """Judge what the personalized model gains over its placebos, cost by cost.

    Parameters
    ----------
    found : AuditRecord
        The findings on the pair.
    placebo : PlaceboScores
        The scores beside placebos.
    scored : ScoredRows
        The rows that they are of.
    judged : sequence of Judged
        The same costs of the pair itself, whose epsilon is used.
    settings : Settings
        Levels, methods and corrections, as for the pair.

    Returns
    -------
    AuditRecord
        With `over_placebo` of everybody and of each group.

    Raises
    ------
    InputError
        If a setting does not fit.

    Notes
    -----
    Both models have the same columns, capacity and features explained; only what the attributes
    tell differs. Where they tell nothing, a placebo and the personalized model have the same law,
    so that no verdict speaks of one more column.
    """
    rows = scored.rows
    evidence, gains = (
        without_equal_weights(
            evidence_from_scores(
                scores,
                rows.grouping,
                rows.codes,
                rows.y_true,
                sample_weight=rows.sample_weight,
                cluster=rows.cluster,
                design=rows.design,
            )
        )
        for scores in (placebo.over, placebo.gains)
    )
    beside = ScoredRows(rows, placebo.over, random_state=scored.random_state)
    over = [
        judge(evidence, place, settings, (one.epsilon, one.why_epsilon), beside)
        for place, one in enumerate(judged)
    ]
    costs = []
    for cost, one, adjusted, item in zip(
        found.costs, over, corrected(over, settings), gains.costs, strict=True
    ):
        words = verdicts(one, adjusted, settings.alpha)
        spread = item.spread
        groups, numbers = item.groups, _numbers(one.groups, settings.alpha)
        of_groups = tuple(
            OverPlacebo(
                **numbers[j],
                p_gain_adjusted=number(adjusted["gain"][j]),
                p_harm_adjusted=number(adjusted["harm"][j]),
                verdict=words[j],
                placebo_bop=number(groups.generic[j] - groups.personalized[j])
                if groups.rows[j]
                else None,
                placebo_sd=None if spread is None else number(np.sqrt(spread.groups[j])),
            )
            for j in range(len(one.groups))
        )
        whole = item.population
        everybody = OverPlacebo(
            **_numbers(one.population, settings.alpha)[0],
            placebo_bop=number(whole.generic[0] - whole.personalized[0]),
            placebo_sd=None if spread is None else number(np.sqrt(spread.population[0])),
        )
        costs.append(
            replace(
                cost,
                population=replace(cost.population, over_placebo=everybody),
                groups=tuple(
                    replace(group, over_placebo=each)
                    for group, each in zip(cost.groups, of_groups, strict=True)
                ),
            )
        )
    return replace(found, costs=tuple(costs))


def _numbers(estimates: Estimates, alpha: float) -> list[dict[str, Any]]:
    """Give what groups and everybody share, each computed once for all groups."""
    ci = estimates.interval(alpha)
    p_gain, p_harm = estimates.p(0.0, "greater"), estimates.p(0.0, "less")
    methods = [None if method == NONE else str(method) for method in estimates.methods]
    return [
        {
            "bop": number(estimates.mean.estimate[j]),
            "se": number(estimates.mean.se[j]),
            "ci": (number(ci.lower[j]), number(ci.upper[j])),
            "method": method,
            "p_gain": number(p_gain[j]),
            "p_harm": number(p_harm[j]),
        }
        for j, method in enumerate(methods)
    ]
