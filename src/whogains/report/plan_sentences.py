"""A plan in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.words import about_rows, count, epsilon_words, setting, significant, with_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from whogains.records import AuditRecord, CostFinding, PlanRecord

_NAMED = 5  # groups named in one sentence
# What `whogains.inference.choose_method` asks of a group before it trusts t.
UNITS_FOR_T = 150
SINGLES_FOR_T = 500
# With fewer rows that differ in a group the largest p-value of exact sign tests errs .024 to .056
# more than the bracket's upper end, by enumeration; with 20 in the weakest group .001 more.
DISCORDANT_FOR_SIGN = 20
# Of whom a categorical bound speaks: its benefit has a standard deviation of 1, of version 1 1/2.
_WORST = {"categorical": "everybody", "categorical_v1": "a quarter of people"}
_MEANING = {
    "untestable": "untestable",
    "borderline": "borderline, this audit cannot tell but a better test might",
    "testable": "testable",
}


def _effect(value: float | None) -> str:
    return "no size" if value is None else f"{value:.3g}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _error(value: float, plan: PlanRecord) -> str:
    """Render an error: a share for the average, a number for the sum."""
    return f"{value:.1%}" if plan.settings.convention == "average" else f"{value:.3f}"


def _reach(plan: PlanRecord) -> list[str]:
    solved, settings = plan.solved, plan.settings
    if len(plan.groups) > 1:
        where = f"all {len(plan.groups)} groups"
        what = f"in {where} from one that misses a group"
    else:
        where, what = "this group", "from none"
    tolerated = _error(settings.tolerated_error, plan)
    guessing = _error(0.5 if settings.convention == "average" else 1.0, plan)
    return [
        *_worth(plan),
        (
            f"Nobody can tell a gain below {_effect(solved.untestable_below)} {what}: any test "
            f"would err more than {tolerated} ({settings.convention} of both errors; guessing: "
            f"{guessing})."
        ),
        f"From {_effect(solved.smallest_testable_epsilon)} on a test that errs no more is known.",
        *_told(plan),
        *_beyond_disagreement(plan),
    ]


def _told(plan: PlanRecord) -> list[str]:
    """Say with which effects the two verdicts are reached."""
    settings, d = plan.settings, len(plan.groups)
    power = f"with power {settings.power:g}"
    alone = _range([group.detectable for group in plan.groups], _effect)
    if d == 1:
        return [f'It is told as "gain" at level {settings.alpha:g} {power} from a gain of {alone}.']
    return [
        (
            f'A group is told as "gain", at level {settings.alpha:g} after Holm\'s correction over '
            f"{d} groups, {power} where it gains {alone}, whatever the others gain."
        ),
        (
            f'"Every group gains" is told {power} where each of the {d} gains '
            f"{_effect(plan.limits.detectable_every_group)}."
        ),
    ]


def _for_verdicts(plan: PlanRecord) -> list[str]:
    """Say how many people the two verdicts take at epsilon."""
    settings, total = plan.settings, plan.limits.required_every_group
    if settings.epsilon is None or total is None:
        return []
    effect, power = _effect(settings.epsilon), f"with power {settings.power:g}"
    people = _range([group.required for group in plan.groups], lambda n: f"{n or 0:,.0f}")
    if len(plan.groups) == 1:
        return [f'To be told as "gain" {power}, {effect} takes {people} people.']
    return [
        (
            f'To be told as "gain" {power}, {effect} takes {people} people in a group; for "every '
            f'group gains" it takes {total:,} in all, each group as many as it needs.'
        )
    ]


def _range(values: Sequence[float | None], write: Callable[[float | None], str]) -> str:
    """Write the least and the largest of the groups' values, or the one that they share."""
    known = [value for value in values if value is not None]
    if not known:
        return write(None)
    low, high = write(min(known)), write(max(known))
    said = low if low == high else f"{low} to {high}"
    none = len(values) - len(known)
    return f"{said} ({_count(none, 'group', 'groups')}: {write(None)})" if none else said


def _beyond_disagreement(plan: PlanRecord) -> list[str]:
    """Say that a gain is larger than the share of people who are served differently."""
    shares = plan.settings.disagreement
    found = max(plan.solved.smallest_testable_epsilon, plan.limits.detectable or 0.0)
    if shares is None or found <= min(shares):
        return []
    said = (
        f"No gain can be above the share of people who are served differently, here "
        f"{_effect(min(shares))}: what is said of larger ones takes a larger share."
    )
    return [said]


def _worth(plan: PlanRecord) -> list[str]:
    """Say what clusters or weights leave of the people."""
    if plan.settings.design_effect is None:
        return []
    pairs = zip(plan.groups, plan.settings.design_effect, strict=True)
    worth = sum(group.n / effect for group, effect in pairs)
    people = sum(group.n for group in plan.groups)
    said = f"Clusters or weights make {people:,} people worth {worth:,.0f} independent ones"
    return [f"{said}; all sizes here are people."]


def _asked_of_groups(plan: PlanRecord) -> list[str]:
    """Say which groups are too small for an audit's interval, whatever the effect."""
    settings = plan.settings
    effects = settings.design_effect or (1.0,) * len(plan.groups)
    if settings.disagreement is not None and settings.design_effect is None:
        return _few_differ(plan)  # the score interval and the sign test hold at any size
    pairs = zip(plan.groups, effects, strict=True)
    small = [group.group for group, effect in pairs if group.n / effect < UNITS_FOR_T]
    if not small:
        return []
    kind = "of this cost" if settings.disagreement is not None else "of a cost without a range"
    alone = (
        f" ({SINGLES_FOR_T} where its clusters hold one row and those of others more)"
        if settings.design_effect
        else ""
    )
    gives = "more than a bound" if settings.disagreement is not None else "an interval"
    said = (
        f"An audit {kind} asks for {UNITS_FOR_T} independent people or clusters in a group{alone} "
        f"before it gives {gives}: too few in {_named(small)}."
    )
    return [said]


def _few_differ(plan: PlanRecord) -> list[str]:
    """Say where so few people are served differently that the exact test lags behind."""
    shares = plan.settings.disagreement or ()
    few = [
        group.group
        for group, share in zip(plan.groups, shares, strict=True)
        if group.n * max(share, plan.limits.epsilon or 0.0) < DISCORDANT_FOR_SIGN
    ]
    if not few:
        return []
    more = 0.06 if plan.settings.convention == "average" else 0.12
    said = (
        f"Fewer than {DISCORDANT_FOR_SIGN} people are expected to be served differently in "
        f"{_named(few)}: there an audit's exact test errs up to {_error(more, plan)} more than the "
        "errors said here."
    )
    return [said]


def _named(groups: list[str]) -> str:
    names = ", ".join(f"'{name}'" for name in groups[:_NAMED])
    more = f" and {len(groups) - _NAMED:,} more" if len(groups) > _NAMED else ""
    return f"{names}{more}"


def _at_epsilon(plan: PlanRecord) -> list[str]:
    limits = plan.limits
    if limits.epsilon is None or limits.below is None or limits.above is None:
        return []
    effect = _effect(limits.epsilon)
    below, above = _error(limits.below, plan), _error(limits.above, plan)
    ends = f"about {above}" if below == above else f"between {below} and {above}"
    lines = [f"At {effect} the best test errs {ends}: {_MEANING[limits.verdict or 'borderline']}."]
    if limits.paper:
        paper = _error(limits.paper, plan)
        lines.append(f"The published bound says at least {paper}{_worst_case(plan)}.")
    else:
        lines.append("The published bound says nothing here (it is vacuous).")
    alone = [row.group for row in plan.groups if row.untestable]
    if alone:
        lines.append(f"Too small even on their own to tell {effect}: {_named(alone)}.")
    return lines


def _worst_case(plan: PlanRecord) -> str:
    """Say why the bound of a 0-1 cost can lie above the best test's error: it is a worst case."""
    family = plan.settings.family
    if plan.settings.disagreement is None or family not in _WORST:
        return ""
    return f", for models that disagree on {_WORST[family]}"


def _to_change(plan: PlanRecord) -> list[str]:
    solved, limits = plan.solved, plan.limits
    total, least = solved.required_total, solved.required_sizes_total
    if limits.epsilon is None or limits.verdict == "testable" or total is None or least is None:
        return []
    need = (
        f"For {_effect(limits.epsilon)} to be testable you need {_count(total, 'person', 'people')}"
    )
    now = f"(now {sum(row.n for row in plan.groups):,})"
    if len(plan.groups) == 1:
        return [f"{need} {now}."]
    people = _count(least, "person", "people")
    lines = [f"{need} in these shares {now}, or {people} if every group is as large as it needs."]
    weakest = next(row for row in plan.groups if row.group == solved.weakest_group)
    name = f"the group '{weakest.group}'"
    if solved.required_in_weakest is None:
        lines.append(f"Enlarging {name} alone (now {weakest.n:,}) cannot be enough.")
    else:
        people = _count(solved.required_in_weakest, "person", "people")
        lines.append(f"Or you need {people} in {name} (now {weakest.n:,}), the others as they are.")
    return lines


def _attributes(plan: PlanRecord) -> list[str]:
    most, epsilon = plan.solved.most_attributes, plan.settings.epsilon
    if most is None or epsilon is None:
        return []
    people = _count(sum(row.n for row in plan.groups), "person", "people")
    effect = _effect(epsilon)
    if most.not_untestable is None:
        return [f"With {people} nobody can tell {effect}, even with all of them in one group."]
    if most.testable is None:
        able = "no one group"
    elif most.testable == 0:
        able = "no attribute, only for one group"
    else:
        able = "at most " + _count(most.testable, "yes-or-no attribute", "yes-or-no attributes")
    return [
        (
            f"With {people} in equal groups {effect} is testable for {able}; beyond "
            f"{most.not_untestable} nobody can tell it (published limit{_worst_case(plan)}: "
            f"{most.paper:.1f})."
        )
    ]


def sentences(plan: PlanRecord) -> list[str]:
    """Say what a plan's groups can tell, and what it would take to tell more.

    Parameters
    ----------
    plan : PlanRecord
        See `make_plan`.

    Returns
    -------
    list of str
        One sentence each, the most general first.

    Examples
    --------
    >>> from whogains.judging import make_plan
    >>> sentences(make_plan([400], epsilon=0.1))[1]
    'From 0.0674 on a test that errs no more is known.'
    """
    return [
        *_reach(plan),
        *_asked_of_groups(plan),
        *_at_epsilon(plan),
        *_for_verdicts(plan),
        *_to_change(plan),
        *_attributes(plan),
    ]


def every_group_words(findings: AuditRecord, cost: CostFinding) -> str:
    """Say what the verdict "every group gains" takes: an effect, and rows at epsilon.

    Part of a sentence; empty where neither is known.
    """
    limits, power = cost.limits, f"{setting(findings, 'power', 0.8):.0%}"
    # Audits of earlier versions hold the effect under its first name only.
    effect, rows = limits.detectable, limits.required_every_group
    takes = "" if rows is None else f"takes about {count(about_rows(rows))} rows in all"
    if effect:
        told = (
            f'"every group gains" is told with {power} power where each gains '
            f"{with_unit(significant(effect), cost.unit)}"
        )
        return f"{told}; for {epsilon_words(cost)} it {takes}" if takes else told
    said = f'to tell with {power} power that "every group gains" where each gains'
    return f"{said} {epsilon_words(cost)} {takes}" if takes else ""
