"""The benefit of everybody, of each group, and beside a placebo."""

from __future__ import annotations

from dataclasses import dataclass

from whogains.records.words import Interval, Levels, Number, Reason, Verdict, group_label


@dataclass(frozen=True, slots=True)
class OverPlacebo:
    """What the personalized model gains over one fitted on other people's attributes.

    Parameters
    ----------
    bop : float or None
        Mean cost of the placebos less that of the personalized model, on the same people.
    se, ci, method, p_gain, p_harm
        As in `PopulationFinding`, of this difference.
    placebo_bop : float or None
        What the placebos gain over the generic model: the benefit of columns that tell nothing.
    placebo_sd : float or None
        Its standard deviation over rounds of fitting; None where there was one round.
    p_gain_adjusted, p_harm_adjusted : float or None
        The p-values after Holm's correction, for groups.
    verdict : str or None
        The verdict on this difference, by the rules and epsilon of the cost; None over everybody.
    """

    bop: Number
    se: Number
    ci: Interval
    method: str | None
    p_gain: Number
    p_harm: Number
    placebo_bop: Number
    placebo_sd: Number = None
    p_gain_adjusted: Number = None
    p_harm_adjusted: Number = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class PopulationFinding:
    """The benefit over everybody in the data.

    Parameters
    ----------
    n : int
        Rows.
    cost_generic, cost_personalized : float or None
        Mean cost of each model, in the cost's unit.
    bop : float or None
        Benefit of personalization: the generic cost less the personalized one.
    se : float or None
        Standard error of `bop`.
    ci : tuple of (float or None)
        Two-sided interval for `bop` at level 1 - alpha.
    method, test : str or None
        What `ci` and the p-values were computed by.
    p_gain, p_harm : float or None
        One-sided p-values of the nulls bop <= 0 and bop >= 0.
    clusters : int or None
        Clusters that these rows are in; None where none were named.
    psus : int or None
        Primary sampling units of a survey that these rows are in; None where none were named.
    df : float or None
        Degrees of freedom of `se`, by the design of a survey; None without one.
    approximate_error : float or None
        Where `method` is "approximate": how often an end of `ci` errs at most. No test is made.
    clipped_generic, clipped_personalized : int or None
        For log loss, rows whose outcome had a probability of 0, which is clipped.
    clipped_cost_generic, clipped_cost_personalized : float or None
        How much of the model's mean cost these rows make.
    seed_share : float or None
        The share of seeds and folds in the squared standard error; None where models were given
        or fitted in one round.
    over_placebo : OverPlacebo or None
        The same beside a placebo, where one was fitted.
    """

    n: int
    cost_generic: Number
    cost_personalized: Number
    bop: Number
    se: Number
    ci: Interval
    method: str | None
    test: str | None
    p_gain: Number
    p_harm: Number
    clusters: int | None = None
    approximate_error: Number = None
    clipped_generic: int | None = None
    clipped_personalized: int | None = None
    clipped_cost_generic: Number = None
    clipped_cost_personalized: Number = None
    seed_share: Number = None
    over_placebo: OverPlacebo | None = None
    psus: int | None = None
    df: Number = None


@dataclass(frozen=True, slots=True)
class GroupFinding:
    """The benefit of one group, and what may be said of it.

    Parameters
    ----------
    group : mapping of str to (str or None)
        The level of each attribute; None where the attribute is missing.
    n : int or None
        Rows, 0 for a group that can occur but has none; None where the group is too small to be
        shown, and then every number is None.
    cost_generic, cost_personalized, bop, se, ci, method, test, p_gain, p_harm
        As in `PopulationFinding`, inside the group.
    p_gain_adjusted, p_harm_adjusted : float or None
        The p-values after Holm's correction, for the family that the settings name.
    p_equivalent, p_equivalent_adjusted : float or None
        The p-value of two one-sided tests of the null abs(bop) >= epsilon, bare and after Holm.
    verdict : str
        "gain", "harm", "no material difference" or "cannot tell".
    reason : str or None
        Why one cannot tell: "untestable" (no test on so few rows could), "inconclusive" (one
        could have, these rows did not), "too few rows" (no interval can be trusted) or "one label"
        (both models give all of them the same label); None for any other verdict.
    detectable : float or None
        The effect with which the verdict is "gain" with the power in the settings, whatever the
        other groups' benefits: at the first step of Holm, and with the penalty for tails of t.
    note : str or None
        What else a reader must know, such as a group with a single outcome class.
    required : int or None
        About how many rows of this group epsilon needs to be told as "gain" with that power, with
        the spread seen in the group, once all groups have enough rows for a test; where `ci` is a
        bound, with how many it lies within epsilon, if that is sooner and the models go on to
        agree as they do.
    required_every_group : int or None
        About how many rows of this group the verdict "every group gains" takes with that power,
        where each group gains epsilon and has as many rows as it says for that group.
    p_non_inferior, p_non_inferior_adjusted : float or None
        The p-value of the null bop <= -margin, bare and after Holm; None without a margin.
    clusters : int or None
        Clusters that the group's rows are in; None where none were named.
    psus, df
        As in `PopulationFinding`, inside the group.
    approximate_error, clipped_generic and so on, seed_share, over_placebo
        As in `PopulationFinding`, inside the group.
    other_seed : float or None
        About how often another run, with other folds and seeds, would give another verdict; None
        where there was one round.
    by_scale : bool
        For a raw cost of explanation, whether its verdict differs from that of the normalized
        cost, and most of the difference is the scale of the models' predictions.
    """

    group: Levels
    n: int | None
    cost_generic: Number
    cost_personalized: Number
    bop: Number
    se: Number
    ci: Interval
    method: str | None
    test: str | None
    p_gain: Number
    p_harm: Number
    p_gain_adjusted: Number
    p_harm_adjusted: Number
    p_equivalent: Number
    p_equivalent_adjusted: Number
    verdict: Verdict
    reason: Reason | None
    detectable: Number
    note: str | None = None
    required: int | None = None
    p_non_inferior: Number = None
    p_non_inferior_adjusted: Number = None
    clusters: int | None = None
    approximate_error: Number = None
    clipped_generic: int | None = None
    clipped_personalized: int | None = None
    clipped_cost_generic: Number = None
    clipped_cost_personalized: Number = None
    required_every_group: int | None = None
    seed_share: Number = None
    over_placebo: OverPlacebo | None = None
    other_seed: Number = None
    by_scale: bool = False
    psus: int | None = None
    df: Number = None

    @property
    def label(self) -> str:
        """The levels in one line, as "Male, White"."""
        return group_label(self.group)
