"""What a watch says: in sentences, and as the cells of its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from whogains.report.cost_figures import NOTHING, Figures, figures_for
from whogains.report.words import (
    count,
    group_name,
    listing,
    plain,
    significant,
    verdict_words,
    with_unit,
)

if TYPE_CHECKING:
    import pandas as pd

    from whogains.records import WatchCost, WatchGroup, WatchLately, WatchRecord

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


def nothing_known(cost: Any) -> str:
    """Say of how many groups nothing is known on a cost; nothing where something is of all.

    Parameters
    ----------
    cost : WatchCost or CostFinding
        A cost with the verdicts of its groups.

    Returns
    -------
    str
        Such as "nothing is known of 7 of 8 groups", or "".
    """
    unknown = sum(group.verdict == "cannot tell" for group in cost.groups)
    groups = "group" if len(cost.groups) == 1 else "groups"
    return f"nothing is known of {unknown} of {len(cost.groups)} {groups}" if unknown else ""


def cost_label(watch: WatchRecord, name: str) -> str:
    """Name a cost in words."""
    return plain(next((cost.label for cost in watch.costs if cost.name == name), name))


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


def group_cells(watch: WatchRecord, group: WatchGroup, write: Figures) -> list[str]:
    """Write the cells of one group: name, n, benefit, sequence, since, to go, verdict."""
    verdict = verdict_words(group.verdict, group.reason)
    if group.contradicted:
        verdict += " (and the opposite before)"
    return [
        group_name(group.group),
        count(group.n),
        write(group.bop),
        write.interval(group.ci),
        batch_name(watch, group.since),
        to_go(group),
        verdict,
    ]


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


def watch_table(watch: WatchRecord) -> pd.DataFrame:
    """One row per cost and group of a watch.

    Parameters
    ----------
    watch : WatchRecord
        The watch.

    Returns
    -------
    pandas.DataFrame
        Columns: cost, one per attribute, then the fields of `whogains.records.WatchGroup` but its
        looks, with the interval as ci_low and ci_high and `since` by the name of the batch; and,
        where a window was asked for, those of `WatchLately` with lately_ before them.
    """
    import pandas as pd

    rows = []
    for cost in watch.costs:
        for group in cost.groups:
            row: dict[str, Any] = {"cost": cost.name}
            for name, level in group.group.items():
                taken = name in _NUMBERS or name == "cost"
                row[f"{name} (group)" if taken else name] = (
                    f"{name} missing" if level is None else level
                )
            for name in _NUMBERS:
                if name in {"ci_low", "ci_high"}:
                    row[name] = group.ci[name == "ci_high"]
                elif name == "since":
                    row[name] = None if group.since is None else watch.batches[group.since].name
                else:
                    row[name] = getattr(group, name)
            if group.lately is not None:
                row |= _lately_row(watch, group.lately)
            rows.append(row)
    return pd.DataFrame(rows)


def _lately_row(watch: WatchRecord, lately: WatchLately) -> dict[str, Any]:
    begin = lately.begin
    return {
        "lately_since": None if begin is None else watch.batches[begin].name,
        "lately_n": lately.n,
        "lately_bop": lately.bop,
        "lately_ci_low": lately.ci[0],
        "lately_ci_high": lately.ci[1],
        "lately_p_gain_adjusted": lately.p_gain_adjusted,
        "lately_p_harm_adjusted": lately.p_harm_adjusted,
        "lately_verdict": lately.verdict,
    }


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
