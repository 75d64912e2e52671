"""From masked predictions to explanation costs, and what several of them say together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.costs import Cost
from whogains.evidence import (
    GENERIC_AND_PERSONALIZED,
    Pair,
    Rows,
    Score,
    label_tallies,
    mean_score,
    ratio_score,
)
from whogains.frames import Target, as_list
from whogains.results import Findings

if TYPE_CHECKING:
    from whogains.explain import Completeness
    from whogains.scoring import ExplanationScores

# Predictions that differ by less than this share of the largest do not differ: models that count
# in single precision say the same twice up to so much.
ROUNDING = 1e-6


def explanation_scores(
    costs: Sequence[Cost],
    explanations: Sequence[ExplanationScores],
    rows: Rows,
    pair: Pair = GENERIC_AND_PERSONALIZED,
) -> list[Score]:
    """Score sufficiency on the kept features, and incomprehensiveness without them.

    Parameters
    ----------
    costs : sequence of Cost
        Explanation costs.
    explanations : sequence of ExplanationScores
        Masked predictions by explainer and keep.
    rows : Rows
        The rows that they are of.
    pair : tuple of two str
        Which two models of the panel: the one compared with, then the personalized one.

    Returns
    -------
    list of Score
        One per cost for each; and where an explainer has several keeps as many more, the means of
        its costs over them, with no keep.
    """
    scores: list[Score] = []
    for explainer in dict.fromkeys(each.explainer for each in explanations):
        same = [each for each in explanations if each.explainer == explainer]
        curve = [_scores(costs, each, rows, pair) for each in same]
        scores += [score for some in curve for score in some]
        if len(curve) > 1:
            scores += [_mean(same) for same in zip(*curve, strict=True)]
    return scores


def _scores(
    costs: Sequence[Cost],
    each: ExplanationScores,
    rows: Rows,
    pair: Pair = GENERIC_AND_PERSONALIZED,
) -> list[Score]:
    return [
        replace(
            _score(cost, each, rows, pair),
            explainer=each.explainer,
            keep=each.keep,
            kept=(each.count, each.features[pair[0]], each.features[pair[1]]),
        )
        for cost in costs
    ]


def _score(cost: Cost, explained: ExplanationScores, rows: Rows, pair: Pair) -> Score:
    """Compare both models' predictions with those on masked features."""
    models = [explained.masked[name] for name in pair]
    kept = cost.name.startswith("sufficiency")
    masked = [each.kept if kept else each.removed for each in models]
    generic, personalized = (
        cost.rows(each.full, of_model) for each, of_model in zip(models, masked, strict=True)
    )
    tallies = label_tallies(cost, *(each.full for each in models), *masked)
    if not cost.normalized:
        return Score(cost, generic, personalized, tallies=tallies)
    hidden = [np.abs(cost.rows(each.full, each.hidden)) for each in models]
    floors = [float(ROUNDING * np.abs(each.full).max(initial=0.0)) ** 2 for each in models]
    found = ratio_score(
        cost,
        rows,
        (generic, personalized),
        (hidden[0], hidden[1]),
        floors=(floors[0], floors[1]),
        pair=pair,
    )
    return replace(found, tallies=tallies)


def _mean(same: Sequence[Score]) -> Score:
    cost = same[0].cost
    # A mean of several 0-1 costs is no 0-1 cost.
    cost = replace(cost, change=None) if cost.ternary else cost
    return replace(mean_score(same), cost=cost, keep=None, kept=None)


def gaps_of(checks: Mapping[tuple[str, str], Completeness]) -> dict[str, dict[str, float | None]]:
    """Put the self-checks of explainers into the settings of the findings.

    Parameters
    ----------
    checks : mapping
        By the names of the explainer and of the model, how far attributions are from adding up.

    Returns
    -------
    dict
        By explainer and model, the gap as a share of the change; None where there is no change.
    """
    gaps: dict[str, dict[str, float | None]] = {}
    for (explainer, model), check in checks.items():
        gap = check.relative_gap
        gaps.setdefault(explainer, {})[model] = gap if np.isfinite(gap) else None
    return gaps


def sampling_notes(
    costs: Sequence[Cost],
    explanations: Sequence[ExplanationScores],
    rows: Rows,
    found: Findings,
) -> list[str]:
    """Tell how much of a standard error the draws of an explainer would add.

    Parameters
    ----------
    costs : sequence of Cost
        Explanation costs.
    explanations : sequence of ExplanationScores
        Masked predictions, with those of the repeats.
    rows : Rows
        The rows that they are of.
    found : Findings
        What was found, with the standard errors.

    Returns
    -------
    list of str
        A note for each explainer that was repeated.

    Notes
    -----
    All rows share the draws of an explainer, so that their noise is not averaged away by more
    rows. It is the standard deviation over repeats of a group's mean benefit.
    """
    notes = []
    repeated = dict.fromkeys(each.explainer for each in explanations if each.repeat)
    for explainer in repeated:
        runs = [each for each in explanations if each.explainer == explainer]
        shares: list[float] = []
        for keep in dict.fromkeys((type(each.keep), each.keep) for each in runs):
            same = [each for each in runs if (type(each.keep), each.keep) == keep]
            for scores in zip(*(_scores(costs, each, rows) for each in same), strict=True):
                shares += _noise_shares(scores, rows, _standard_errors(scores[0], found))
        count = 1 + max(each.repeat for each in runs)
        if shares:
            notes.append(
                f"{explainer}: over {count} repeats with other seeds, the standard deviation of a"
                f" group's benefit is up to {max(shares):.0%} of its standard error (median"
                f" {float(np.median(shares)):.0%}), which the intervals do not contain"
            )
    return notes


def _standard_errors(score: Score, found: Findings) -> list[float | None]:
    """Find the standard error of each group's benefit on the cost of a score."""
    wanted = score.cost.name, score.explainer, type(score.keep), score.keep
    for cost in found.costs:
        if (cost.name, cost.explainer, type(cost.keep), cost.keep) == wanted:
            return [group.se for group in cost.groups]
    return []


def _noise_shares(
    scores: Sequence[Score], rows: Rows, errors: Sequence[float | None]
) -> list[float]:
    """Divide, in each group, the spread over repeats by the standard error of the first."""
    weights = rows.sample_weight
    shares = []
    for group, error in enumerate(errors):
        if not error:
            continue
        mine = rows.codes == group
        weight = None if weights is None else weights[mine]
        means = [
            float(np.average((score.generic - score.personalized)[mine], weights=weight))
            for score in scores
        ]
        shares.append(float(np.std(means, ddof=1) / error))
    return shares


def agreement_notes(found: Findings) -> list[str]:
    """Tell in which groups explainers disagree about who gains.

    Parameters
    ----------
    found : Findings
        The findings of all explainers.

    Returns
    -------
    list of str
        A note for each explanation cost that several explainers were scored on; for several
        keeps, of the mean over them.
    """
    costs = [cost for cost in found.costs if cost.explainer is not None]
    notes = []
    for name in dict.fromkeys(cost.name for cost in costs):
        same = [cost for cost in costs if cost.name == name]
        means = [cost for cost in same if cost.keep is None]
        same = means or same
        if len(same) < 2:
            continue
        signs = np.array(
            [
                [np.nan if group.bop is None else np.sign(group.bop) for group in cost.groups]
                for cost in same
            ]
        )
        shown = ~np.isnan(signs).any(axis=0)
        differ = shown & (signs != signs[0]).any(axis=0)
        explainers = ", ".join(cost.explainer or "" for cost in same)
        where = [group.label for group, apart in zip(same[0].groups, differ, strict=True) if apart]
        told = f"; they differ in {'; '.join(where)}" if where else ""
        notes.append(
            f"{same[0].label}: {explainers} agree on the sign of the benefit in"
            f" {int((shown & ~differ).sum())} of {int(shown.sum())} groups{told}"
        )
    return notes


OF_CLASSES = (
    "explanations are of the probability of the class that each model predicts for the row, by "
    "occlusion unless other explainers are named; features are hidden one by one"
)


def asked_explainers(explainers: Any) -> tuple[Any, ...]:
    """List the explainers asked for: "auto" by default, none for an empty list or "none"."""
    if explainers is None:
        return ("auto",)
    asked = tuple(as_list(explainers, "explainers"))
    return () if asked == ("none",) else asked


def check_explainers(names: Sequence[str]) -> None:
    """Refuse an explainer that is not known, before anything is fitted.

    Parameters
    ----------
    names : sequence of str
        As for `audit`.

    Raises
    ------
    InputError
        If there is none of a name.
    """
    from whogains.explain import find_explainer

    for name in names:
        if name != "auto":
            find_explainer(name, ())


def explainers_of_classes(target: Target, asked: tuple[Any, ...]) -> tuple[tuple[Any, ...], str]:
    """Choose the explainers of an outcome with several classes, where none was named.

    Parameters
    ----------
    target : Target
        The outcome.
    asked : tuple
        The explainers, as `asked_explainers` lists them.

    Returns
    -------
    explainers : tuple
        Those that are run: occlusion in place of "auto", since no exact one reads such models, and
        the sampling one takes ten times as long.
    note : str
        What is explained, or the empty text.
    """
    if target.task != "classes" or not asked:
        return asked, ""
    return tuple("occlusion" if each == "auto" else each for each in asked), OF_CLASSES


def given_frames(asked: Sequence[Any]) -> dict[str, Any]:
    """List attributions that were made elsewhere, whose rows must be those of X."""
    from whogains.explain import GivenAttributions

    return {
        f"attributions {each.name!r} of the {model} model": getattr(each, model)
        for each in asked
        if isinstance(each, GivenAttributions)
        for model in ("generic", "personalized")
    }
