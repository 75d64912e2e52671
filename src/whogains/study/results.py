"""What a reproduction found: frozen numbers, as in its JSON file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whogains.records import CostFinding
from whogains.study.errors_by_size import ErrorLine, MostLine
from whogains.study.fits import GroupFits
from whogains.study.noise import SeedNoise
from whogains.study.runs import Network, Run
from whogains.study.theirs import Theirs

Number = float | None


@dataclass(frozen=True, slots=True)
class StudyGroup:
    """One group on one cost, over all seeds.

    Parameters
    ----------
    group : mapping of str to (str or None)
        The level of each attribute.
    n : int or None
        Rows; None where the group is too small to be shown.
    bop : tuple of (float or None)
        The benefit with each seed.
    noise : SeedNoise
        The spread over seeds beside the standard error.
    verdicts : tuple of str
        The verdict with each seed.
    fits : GroupFits or None
        The fits to individual benefits with the first seed.
    """

    group: Mapping[str, str | None]
    n: int | None
    bop: tuple[Number, ...]
    noise: SeedNoise
    verdicts: tuple[str, ...]
    fits: GroupFits | None


@dataclass(frozen=True, slots=True)
class RuleAndTest:
    """What the paper's rule says of one cost with one seed, and what the tests say.

    Parameters
    ----------
    seed : int
        The seed.
    gamma : float or None
        The least group benefit.
    rule : bool
        Whether gamma >= epsilon: the paper's rule then says that every group gains.
    p_every_group_gains : float or None
        The test's p-value.
    verdict : str
        The verdict on gamma.
    limits : str or None
        Whether any test could tell epsilon: "untestable", "borderline" or "testable".
    bound : float or None
        The paper's bound on the error of any test at epsilon; 0 where it is vacuous.
    steps : str or None
        What the paper's four steps come to: "not claimed" (gamma is not above epsilon),
        "unreliable" (it is, but the bound is above the tolerated error) or "claimed".
    """

    seed: int
    gamma: Number
    rule: bool
    p_every_group_gains: Number
    verdict: str
    limits: str | None
    bound: Number
    steps: str | None

    @property
    def differ(self) -> bool:
        """Whether the rule and the test say different things of "every group gains"."""
        return self.rule != (self.verdict == "every group gains")


@dataclass(frozen=True, slots=True)
class StudyLimits:
    """Bounds on the error of any test, with the sizes and spreads of the first seed.

    Parameters
    ----------
    verdict : str or None
        "untestable", "borderline" or "testable" at the cost's epsilon.
    family : str
        The family of the paper's bound: "gaussian", or "categorical" for a 0-1 cost.
    epsilon : tuple of float
        Effects, in the cost's unit, ascending.
    paper, weighted, below, above : tuple of (float or None)
        As in an audit; `paper` is 0 where it is vacuous.
    laplace, laplace_paper : tuple of float, or None
        The paper's bound with the fitted Laplace scales, exact and with exp(epsilon/b); None
        where nothing was fitted.
    """

    verdict: str | None
    family: str
    epsilon: tuple[float, ...]
    paper: tuple[Number, ...]
    weighted: tuple[Number, ...]
    below: tuple[Number, ...]
    above: tuple[Number, ...]
    laplace: tuple[float, ...] | None
    laplace_paper: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class StudyCost:
    """One cost, over all seeds.

    Parameters
    ----------
    name, kind, label, title : str
        As in an audit.
    unit, explainer : str or None
        As in an audit.
    keep : float, int or None
        As in an audit.
    epsilon : float
        The smallest effect that matters.
    groups : tuple of StudyGroup
        In the order of the audit.
    gamma : tuple of RuleAndTest
        One for each seed.
    limits : StudyLimits or None
        None where no spread could be estimated.
    """

    name: str
    kind: str
    label: str
    title: str
    unit: str | None
    explainer: str | None
    keep: float | int | None
    epsilon: float
    groups: tuple[StudyGroup, ...]
    gamma: tuple[RuleAndTest, ...]
    limits: StudyLimits | None


@dataclass(frozen=True, slots=True)
class NoiseSummary:
    """The noise of training over the benefits of one study on one kind of cost.

    Parameters
    ----------
    kind : str
        "prediction" or "explanation".
    benefits : int
        Group benefits with a spread over seeds and a standard error.
    median_ratio, largest_ratio : float or None
        Of the spread over seeds to the standard error.
    larger : int
        Benefits of which the spread over seeds is the larger.
    median_widening, largest_widening : float or None
        Of `SeedNoise.total_sd` to the standard error: how much wider an interval would be that
        holds for another training, too.
    unstable : int
        Benefits whose verdict is not the same with every seed.
    opposite : int
        Benefits with the verdict gain with one seed and harm with another.
    rule_unstable, test_unstable : int
        Costs of which the paper's rule, or the verdict on gamma, changes with the seed.
    """

    kind: str
    benefits: int
    median_ratio: Number
    largest_ratio: Number
    larger: int
    median_widening: Number
    largest_widening: Number
    unstable: int
    opposite: int
    rule_unstable: int
    test_unstable: int


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """The paper's rule beside the tests, over all costs and seeds of one study.

    Parameters
    ----------
    questions : int
        Costs times seeds: how often "does every group gain?" was asked.
    rule, test : int
        How often the rule, and the test, said yes.
    both : int
        How often both did.
    rule_untestable : int
        How often the rule said yes where no test could tell epsilon.
    tolerated_error : float
        The error v of the paper's four steps, with which the bound is compared.
    claimed, unreliable : int
        How often these steps claim that every group gains, and how often they do not because of
        the bound.
    """

    questions: int
    rule: int
    test: int
    both: int
    rule_untestable: int
    tolerated_error: float
    claimed: int
    unreliable: int


@dataclass(frozen=True, slots=True)
class StudyResult:
    """One data set with one outcome.

    Parameters
    ----------
    data, target, task : str
        The data set, its outcome, and "classification" or "regression".
    rows : int
        Rows audited.
    rows_of : int or None
        Rows of the data set; more than `rows` in a trial run. None where a group is too small to be
        shown, whose rows this would tell.
    personal : tuple of str
        The personal attributes.
    network : Network or None
        What was fitted; None where it was no network.
    card : str or None
        The data card, in Markdown: source, licence, who and what is left out. None where a group is
        too small to be shown, since the card says how many rows there are.
    seeds : tuple of int
        The seeds.
    files : tuple of str
        The file of each seed's audit.
    costs : tuple of StudyCost
        The costs.
    noise : tuple of NoiseSummary
        The noise of training, for each kind of cost.
    rule : RuleSummary
        The paper's rule beside the tests.
    conclusion : str
        All of it in a sentence or two.
    """

    data: str
    target: str
    task: str
    rows: int
    rows_of: int | None
    personal: tuple[str, ...]
    network: Network | None
    card: str | None
    seeds: tuple[int, ...]
    files: tuple[str, ...]
    costs: tuple[StudyCost, ...]
    noise: tuple[NoiseSummary, ...]
    rule: RuleSummary
    conclusion: str


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Everything that `whogains reproduce` found.

    Parameters
    ----------
    schema : int
        The version of the JSON file's keys.
    version : str
        The version of whogains.
    created : str
        When, in UTC, ISO 8601: the only thing in which two equal runs differ.
    trial : bool
        Whether this was a quick trial on a part of the rows, whose numbers mean nothing.
    settings : mapping of str to JSON values
        What was asked for.
    studies : tuple of StudyResult
        The data sets.
    k_max : tuple of MostLine
        The figure of the most attributes.
    k_max_tight : int or None
        The most attributes with which a test is known that errs at most 1/4.
    error_by_k : tuple of ErrorLine
        The figure of the error against the number of attributes.
    theirs : Theirs
        The authors' numbers and the limits on them.
    """

    schema: int
    version: str
    created: str
    trial: bool
    settings: Mapping[str, Any]
    studies: tuple[StudyResult, ...]
    k_max: tuple[MostLine, ...]
    k_max_tight: int | None
    error_by_k: tuple[ErrorLine, ...]
    theirs: Theirs

    def to_dict(self) -> dict[str, Any]:
        """Give everything as JSON values.

        Returns
        -------
        dict
            Keys as documented in docs/reproduce.md.
        """
        from whogains.records import plain_values

        content: dict[str, Any] = plain_values(self)
        return content


@dataclass(frozen=True, slots=True)
class Drawn:
    """A study with the first seed's audit, which is drawn.

    Parameters
    ----------
    result : StudyResult
        The numbers over all seeds.
    costs : tuple of CostFinding
        The costs of the first seed's audit.
    """

    result: StudyResult
    costs: tuple[CostFinding, ...]


def fit_of(run: Run, cost: int, group: int) -> GroupFits | None:
    """Look up the fits of one group on one cost, by their places; None where there are none."""
    row: Sequence[GroupFits | None] | None = run.fits[cost]
    return row[group] if row is not None and group < len(row) else None


def blocks_of(run: Run, cost: int, group: int) -> tuple[float, ...] | None:
    """Look up the block means of one group on one cost, by their places, where there are any."""
    row = run.blocks[cost]
    return row[group] if group < len(row) else None
