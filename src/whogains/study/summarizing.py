"""From one study's audits, one per seed, to its result."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from whogains import inference, limits
from whogains.evidence import UNNAMED
from whogains.records import CostFinding
from whogains.report import significant
from whogains.study.noise import seed_noise
from whogains.study.results import (
    NoiseSummary,
    RuleAndTest,
    RuleSummary,
    StudyCost,
    StudyGroup,
    StudyLimits,
    StudyResult,
    blocks_of,
    fit_of,
)
from whogains.study.runs import Network, Run

if TYPE_CHECKING:
    from whogains.datasets import Dataset

# The root of a variance from so few seeds is too small on average, and so is what it widens.
FEW_SEEDS = 10
_FEW = "; too low on average with so few seeds"


def summarize(runs: Sequence[Run], data: Dataset, network: Network | None) -> StudyResult:
    """Put the audits of one data set together.

    Parameters
    ----------
    runs : sequence of Run
        One audit for each seed.
    data : Dataset
        All of the data set, of which a trial audits a part.
    network : Network or None
        What was fitted.

    Returns
    -------
    StudyResult
        The numbers over all seeds.
    """
    first = runs[0].found
    hidden = any(group.n is None for cost in first.costs for group in cost.groups)
    # Groups of a level that no shown group has are not there at all.
    hidden = hidden or any(UNNAMED in note for note in first.notes)
    costs = tuple(_cost(runs, place) for place in range(len(first.costs)))
    kinds = dict.fromkeys(cost.kind for cost in costs)
    noise = tuple(_noise(kind, [cost for cost in costs if cost.kind == kind]) for kind in kinds)
    rule = _rule(costs, _tolerated(runs[0]))
    return StudyResult(
        data=data.name,
        target=first.data.target,
        task=first.data.task,
        rows=first.data.rows,
        # Less the rows audited, this would be those of the groups that are not shown.
        rows_of=None if hidden else len(data.X),
        personal=first.data.personal,
        network=network,
        card=None if hidden else data.card,
        seeds=tuple(run.seed for run in runs),
        files=tuple(run.file for run in runs),
        costs=costs,
        noise=noise,
        rule=rule,
        conclusion=_conclusion(noise, rule, len(runs)),
    )


def _cost(runs: Sequence[Run], place: int) -> StudyCost:
    """Put one cost together over seeds."""
    same = [run.found.costs[place] for run in runs]
    cost = same[0]
    groups = tuple(
        StudyGroup(
            group=group.group,
            n=group.n,
            bop=tuple(each.groups[j].bop for each in same),
            noise=seed_noise(
                [each.groups[j].bop for each in same],
                [each.groups[j].se for each in same],
                [blocks_of(run, place, j) for run in runs],
            ),
            verdicts=tuple(each.groups[j].verdict for each in same),
            fits=fit_of(runs[0], place, j),
        )
        for j, group in enumerate(cost.groups)
    )
    return StudyCost(
        name=cost.name,
        kind=cost.kind,
        label=cost.label,
        title=cost.title,
        unit=cost.unit,
        explainer=cost.explainer,
        keep=cost.keep,
        epsilon=cost.epsilon,
        groups=groups,
        gamma=tuple(_rule_and_test(run, each) for run, each in zip(runs, same, strict=True)),
        limits=_limits(cost, groups),
    )


def _tolerated(run: Run) -> float:
    """Give the error that the audit tolerates."""
    return float(run.found.settings["tolerated_error"])


def _rule_and_test(run: Run, cost: CostFinding) -> RuleAndTest:
    """Ask the paper's rule, its four steps and the test whether every group gains."""
    shown = [np.nan if g.bop is None else g.bop for g in cost.groups if g.n is not None]
    gamma, bound = cost.gamma.bop, cost.limits.paper
    steps = None
    if gamma is not None and bound is not None:
        # The audit has the bound already, with what clusters and weights make of the sizes.
        steps = limits.PaperSteps(cost.epsilon, _tolerated(run), gamma, bound).outcome
    return RuleAndTest(
        seed=run.seed,
        gamma=cost.gamma.bop,
        rule=inference.paper_rule(shown, epsilon=cost.epsilon),
        p_every_group_gains=cost.gamma.p_every_group_gains,
        verdict=cost.gamma.verdict,
        limits=cost.limits.verdict,
        bound=bound,
        steps=steps,
    )


def _limits(cost: CostFinding, groups: Sequence[StudyGroup]) -> StudyLimits | None:
    """Add the paper's bound with the fitted Laplace scales to the curve of the audit."""
    curve = cost.limits.curve
    if curve is None:
        return None
    fits = [group.fits for group in groups if group.fits is not None]
    laplace: list[tuple[float, ...] | None] = [None, None]
    # Every group that is shown must have a scale, or the bound would be that of fewer groups.
    if fits and len(fits) == sum(group.n is not None for group in groups):
        n, sd = [fit.n for fit in fits], [fit.laplace.scale * np.sqrt(2) for fit in fits]
        laplace = [
            tuple(limits.paper_bound(n, curve.epsilon, sd, family=family).value.tolist())
            for family in ("laplace", "laplace_paper")
        ]
    discrete = any(each is not None and each.discrete for each in cost.differences)
    return StudyLimits(
        verdict=cost.limits.verdict,
        family="categorical" if discrete else "gaussian",
        epsilon=curve.epsilon,
        paper=curve.paper,
        weighted=curve.weighted,
        below=curve.below,
        above=curve.above,
        laplace=laplace[0],
        laplace_paper=laplace[1],
    )


def _noise(kind: str, costs: Sequence[StudyCost]) -> NoiseSummary:
    """Count over all benefits of one kind."""
    groups = [group for cost in costs for group in cost.groups if group.n is not None]
    ratios = [group.noise.ratio for group in groups if group.noise.ratio is not None]
    widths = [
        group.noise.total_sd / group.noise.sampling_se
        for group in groups
        if group.noise.total_sd is not None and group.noise.sampling_se
    ]
    return NoiseSummary(
        kind=kind,
        benefits=len(ratios),
        median_ratio=median(ratios) if ratios else None,
        largest_ratio=max(ratios, default=None),
        larger=sum(ratio > 1 for ratio in ratios),
        median_widening=median(widths) if widths else None,
        largest_widening=max(widths, default=None),
        unstable=sum(len(set(group.verdicts)) > 1 for group in groups),
        opposite=sum({"gain", "harm"} <= set(group.verdicts) for group in groups),
        rule_unstable=sum(len({each.rule for each in cost.gamma}) > 1 for cost in costs),
        test_unstable=sum(len({each.verdict for each in cost.gamma}) > 1 for cost in costs),
    )


def _rule(costs: Sequence[StudyCost], tolerated: float) -> RuleSummary:
    """Count what the rule and the tests say, over costs and seeds."""
    every = [each for cost in costs for each in cost.gamma]
    shown = [each.verdict == "every group gains" for each in every]
    return RuleSummary(
        questions=len(every),
        rule=sum(each.rule for each in every),
        test=sum(shown),
        both=sum(each.rule and gains for each, gains in zip(every, shown, strict=True)),
        rule_untestable=sum(each.rule and each.limits == "untestable" for each in every),
        tolerated_error=tolerated,
        claimed=sum(each.steps == "claimed" for each in every),
        unreliable=sum(each.steps == "unreliable" for each in every),
    )


def _conclusion(noise: Sequence[NoiseSummary], rule: RuleSummary, seeds: int) -> str:
    """Say in a few sentences what the seeds and the rule come to."""
    known = [each for each in noise if each.median_widening is not None]
    if known:
        moved = ", and ".join(
            f"on {each.kind} by {significant(each.median_ratio, 2)} times its sampling standard"
            f" error (median of {each.benefits}; at most {significant(each.largest_ratio, 2)})"
            for each in known
        )
        wide = " and ".join(f"{each.median_widening:.1f}" for each in known)
        unstable, opposite = (
            sum(getattr(each, name) for each in known) for name in ("unstable", "opposite")
        )
        said = (
            f"Over {seeds} seeds, training and folds move a group's benefit {moved}; an interval"
            f" that is to hold for another training, too, would be {wide} times as wide (median"
            f"{_FEW if seeds <= FEW_SEEDS else ''})."
            f" {unstable} of {sum(each.benefits for each in known)} verdicts change with the seed,"
            f" {opposite or 'none'} from gain to harm."
        )
    else:
        said = "With one seed, the noise of training cannot be told from that of sampling."
    return (
        f"{said} Asked {rule.questions} times (costs times seeds) whether every group gains, the"
        f" paper's rule says yes {_times(rule.rule)}, {rule.rule_untestable} of them where no test"
        f" could tell epsilon; the test shows it {_times(rule.test)}; both say so"
        f" {_times(rule.both)}. The paper's four steps, with an error of"
        f" {significant(rule.tolerated_error)} tolerated, claim it {_times(rule.claimed)}, and call"
        f" it unreliable {_times(rule.unreliable)}."
    )


def _times(number: int) -> str:
    """Write how often."""
    return "once" if number == 1 else f"{number} times"
