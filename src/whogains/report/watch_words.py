"""What a watch says: in sentences, and as the cells of its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.cost_figures import NOTHING, Figures, figures_for
from whogains.report.summaries import nothing_known
from whogains.report.words import (
    cost_label,
    count,
    group_name,
    listing,
    plain,
    significant,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import WatchCost, WatchGroup, WatchRecord

QUESTION = "Does the personalized model still serve every group?"
METHODS = {
    "betting": "exact at every look (betting on counts)",
    "bounded betting": "exact at every look (betting, by two moments and the known range)",
    "asymptotic": "for large samples: offered from 300 units and 500 for each squared skewness on",
}


def watch_sentences(watch: WatchRecord) -> list[str]:
    """Say in plain sentences who is harmed, who gains, and of whom nothing is known.

    Parameters
    ----------
    watch : WatchRecord
        The watch.

    Returns
    -------
    list of str
        One for each cost, one for each of the last batches alone where these were asked for, then
        one for each alarm before the last restart.
    """
    said = [_cost_sentence(watch, cost) for cost in watch.costs]
    said += [_lately_sentence(watch, cost) for cost in watch.costs if _begin(cost) is not None]
    last = sum(batch.restart for batch in watch.batches)
    said += [
        f"Before the last restart: {group_name(alarm.group)} was shown to be harmed on "
        f"{cost_label(watch, alarm.cost)}, since {batch_name(watch, alarm.batch)}."
        for alarm in watch.alarms
        if alarm.stretch < last
    ]
    return said


def _cost_sentence(watch: WatchRecord, cost: WatchCost) -> str:
    total = len(cost.groups)
    parts = []
    for verdict, words in (("harm", "harmed"), ("gain", "gaining")):
        found = [group for group in cost.groups if group.verdict == verdict]
        if found:
            named = listing(
                (
                    f"{group_name(group.group)} (since {batch_name(watch, group.since)})"
                    for group in found
                ),
                most=4,
            )
            parts.append(f"{words}: {named}")
        else:
            parts.append(f"nobody is shown to be {words}")
    same = sum(group.verdict == "no material difference" for group in cost.groups)
    if same:
        parts.append(f"no material difference for {same} of {total} groups")
    parts.append(nothing_known(cost) or "something is known of every group")
    if cost.every_group_gains:
        parts.append("every group gains")
    return f"{plain(cost.title)}: {'; '.join(parts)}."


def _begin(cost: WatchCost) -> int | None:
    """Find the batch with which the last ones begin; None where none were asked for."""
    begins = [each.lately.begin for each in cost.groups if each.lately is not None]
    return min((each for each in begins if each is not None), default=None)


def _lately_sentence(watch: WatchRecord, cost: WatchCost) -> str:
    begin = _begin(cost) or 0
    last = len(watch.batches) - begin
    parts = []
    for verdict, words in (("harm", "harmed"), ("gain", "gaining")):
        found = [each for each in cost.groups if each.lately and each.lately.verdict == verdict]
        named = listing((group_name(each.group) for each in found), most=4)
        parts.append(f"{words}: {named}" if found else f"nobody is shown to be {words}")
    batches = "in the last batch" if last == 1 else f"in the last {last} batches"
    since = batch_name(watch, begin)
    return f"{plain(cost.title)}, {batches} alone (from {since} on): {'; '.join(parts)}."


def batch_name(watch: WatchRecord, batch: int | None) -> str:
    """Name a batch."""
    return NOTHING if batch is None else plain(watch.batches[batch].name, 40)


def watch_figures(cost: WatchCost, minus: str = "-") -> Figures:
    """Choose how to write the numbers of a cost, for all groups alike."""
    return figures_for(
        [group.ci for group in cost.groups],
        [value for group in cost.groups for value in (group.bop, *group.ci)],
        cost.epsilon,
        minus,
    )


def to_go(group: WatchGroup) -> str:
    """Say how much longer it takes until a group can be told.

    Parameters
    ----------
    group : WatchGroup
        The group.

    Returns
    -------
    str
        Weeks where batches have days, else batches; a dash where there is a verdict.
    """
    if group.verdict != "cannot tell":
        return NOTHING
    if group.more_batches is None:
        return "out of sight"
    if group.more_weeks is not None:
        weeks = significant(group.more_weeks, 2)
        return f"{weeks} week{'' if weeks == '1' else 's'}"
    return f"{count(group.more_batches)} batch{'' if group.more_batches == 1 else 'es'}"


def cost_heading(cost: WatchCost) -> str:
    """Say how a cost is followed, in one line."""
    epsilon = with_unit(significant(cost.epsilon), cost.unit and plain(cost.unit, 40))
    margin = (
        ""
        if cost.margin is None
        else f"; margin {with_unit(significant(cost.margin), cost.unit and plain(cost.unit, 40))}"
    )
    return f"epsilon, the smallest effect that matters, {epsilon}{margin}; {METHODS[cost.method]}"


def level_words(watch: WatchRecord) -> str:
    """Name the level of the sequences."""
    return f"{100 * (1 - float(watch.settings.get('alpha', 0.05))):.4g}% CS"


_NUMBERS = (
    "n",
    "cost_generic",
    "cost_personalized",
    "bop",
    "ci_low",
    "ci_high",
    "p_gain",
    "p_harm",
    "p_gain_adjusted",
    "p_harm_adjusted",
    "p_equivalent_adjusted",
    "p_non_inferior_adjusted",
    "verdict",
    "reason",
    "since",
    "non_inferior",
    "contradicted",
    "more_rows",
    "more_batches",
    "more_weeks",
)
