"""The first screen: who gains how much, who is harmed, who cannot be told, and what next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whogains.report.cost_figures import MINUS, Figures
from whogains.report.costs_that_differ import differing
from whogains.report.effects import Effects, effects, epsilon_size, share_words
from whogains.report.judged_groups import FEW, is_judged, is_small, quoted
from whogains.report.leading_cost import in_people, leading
from whogains.report.summaries import rows_needed, step_kinds
from whogains.report.words import (
    confidence,
    count,
    listing,
    one_in_words,
    rows_words,
    short_title,
    significant,
    size_words,
    whom,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding, GroupFinding, PopulationFinding

# So many groups of which nothing is known are named, the largest first.
MOST_UNKNOWN = 3
IN_HUNDRED = Figures(1, MINUS)
# What to do, by the kind of finding that it follows from, the gravest first.
HEADS = {
    "harm": "Predictions get worse: use the generic model",
    "conflict": "Predictions get better, explanations worse: decide which matters",
    "worse explained": "Explanations get worse, no gain in prediction is shown: do not ask yet",
    "unknown": "Not known: claim nothing yet",
    "same": "Nothing that matters is lost: no need to ask",
    "gain": "Something gets better, no harm is shown: there is a reason to ask",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the first screen.

    Parameters
    ----------
    head : str
        Its first words, which say what it answers.
    words : str
        The rest, without the full stop.
    """

    head: str
    words: str


def first_sentences(findings: AuditRecord) -> list[Sentence]:
    """Say who gains how much, who is harmed and who cannot be told.

    Parameters
    ----------
    findings : AuditRecord
        The audit.

    Returns
    -------
    list of Sentence
        Three, and a fourth where costs do not say the same; none where no cost was audited.

    Notes
    -----
    Groups of fewer than 50 rows, or clusters, are counted apart: they lead no sentence, and where
    they are harmed they are named with their size.
    """
    cost, explained = leading(findings, "prediction"), leading(findings, "explanation")
    main = cost or explained
    if main is None:
        return []
    second = explained if cost is not None else None
    said = [
        Sentence("Who gains", _gains(findings, main, second)),
        Sentence("Who is harmed", _harms(findings, main)),
        Sentence("Who cannot be told", _unknown(findings, main)),
    ]
    if (differ := differing(findings, main)) is not None:
        said.append(Sentence(*differ))
    return said


def _size(findings: AuditRecord, groups: Sequence[GroupFinding]) -> str:
    rows = sum(group.n or 0 for group in groups)
    inside = [group.clusters for group in groups if group.clusters is not None]
    every = [group.clusters for group in findings.costs[0].groups if group.clusters is not None]
    # Of several groups the sum counts none twice only where no cluster is in two of them.
    apart = len(groups) == 1 or sum(every) == findings.data.clusters
    return rows_words(rows, sum(inside) if inside and apart else None, whom(findings))


def _groups(number: int) -> str:
    return f"{count(number)} group{'' if number == 1 else 's'}"


def _with(cost: CostFinding, verdict: str) -> list[GroupFinding]:
    """Find the groups with a verdict, those left out that only the scale of predictions made."""
    return [group for group in cost.groups if group.verdict == verdict and not group.by_scale]


def _judged(groups: Iterable[GroupFinding]) -> list[GroupFinding]:
    return [group for group in groups if is_judged(group)]


def _says(findings: AuditRecord, cost: CostFinding, group: GroupFinding) -> str:
    """Name a group and say its benefit, what both models expect, and what happened."""
    return f"{quoted([group])}: {_effect(findings, cost, group)}{_expected(findings, cost, group)}"


def _effect(findings: AuditRecord, cost: CostFinding, who: GroupFinding | PopulationFinding) -> str:
    """Say a benefit with its interval, and one in how many or how much of the generic cost."""
    say, bop, ci = effects(findings, cost), who.bop or 0.0, who.ci
    interval = say.interval(ci, flipped=bop < 0)
    inside = f" ({confidence(findings)} {interval})" if interval else " (without an interval)"
    return f"{say.says(bop)}{inside}{_in_other_words(findings, say, who)}"


def _in_other_words(
    findings: AuditRecord, say: Effects, who: GroupFinding | PopulationFinding
) -> str:
    bop, (low, high) = who.bop or 0.0, who.ci
    # Of what may be nothing, and of what is written as 0, it would claim more than the number.
    if low is None or high is None or low <= 0 <= high or say.size(bop).split(" ")[0] == "0":
        return ""
    if say.share:
        return one_in_words(bop, whom(findings))
    return f", {share_words(bop, who.cost_generic)}" if say.ratio and who.cost_generic else ""


def _expected(findings: AuditRecord, cost: CostFinding, group: GroupFinding) -> str:
    """Say what both models expect and what happened, in a hundred people or as means of counts."""
    task = findings.data.task
    if task not in {"classification", "counts"} or cost.kind != "prediction":
        return ""
    profile = next((each for each in findings.profiles if each.group == group.group), None)
    if profile is None:
        return ""
    means = profile.predicted_generic, profile.predicted_personalized, profile.outcome
    if None in means:
        return ""
    if task == "counts":
        generic, personalized, happened = map(significant, means)
        return (
            f" (on average the generic model expects {generic} there, the personalized one "
            f"{personalized}; it was {happened})"
        )
    generic, personalized, happened = (IN_HUNDRED(100 * (mean or 0.0)) for mean in means)
    return (
        f" (of 100 {whom(findings)} there, the generic model expects the outcome in {generic}, the "
        f"personalized one in {personalized}; it happened in {happened})"
    )


def _gains(findings: AuditRecord, main: CostFinding, second: CostFinding | None) -> str:
    parts = [_gain_words(findings, main)]
    everybody = main.population
    if everybody.bop is not None:
        parts.append(f"over everybody {_effect(findings, main, everybody)}")
        people = in_people(findings, main)
        if people is not None and people.population.bop is not None:
            parts.append(f"by 0-1 loss {_effect(findings, people, people.population)}")
    if second is not None:
        gaining = _judged(_with(second, "gain"))
        title = short_title(findings, second)
        if gaining:
            most = max(gaining, key=lambda group: group.bop or 0.0)
            parts.append(
                f"explanations get better ({title}) for {count(len(gaining))}, most of all "
                f"{_says(findings, second, most)}"
            )
        else:
            parts.append(f"explanations ({title}) are shown to get better for none")
    return "; ".join(parts)


def _gain_words(findings: AuditRecord, cost: CostFinding) -> str:
    groups, gaining = _judged(cost.groups), _judged(_with(cost, "gain"))
    what = "predictions" if cost.kind == "prediction" else "explanations"
    if not groups:
        return f"no group has {FEW} rows or more, so that none can lead this sentence"
    if not gaining:
        which = "the one group is not" if len(groups) == 1 else f"none of {len(groups)} groups is"
        return f"{which} shown to get better {what}"
    most = max(gaining, key=lambda group: group.bop or 0.0)
    which = f"{count(len(gaining))} of {_groups(len(groups))}"
    if len(gaining) == len(groups):
        which = f"all {_groups(len(groups))}" if len(groups) > 1 else "the one group"
    return (
        f"{which} ({_size(findings, gaining)}) {'get' if len(gaining) > 1 else 'gets'} better "
        f"{what}, most of all {_says(findings, cost, most)}"
    )


def _harms(findings: AuditRecord, main: CostFinding) -> str:
    what = "prediction" if main.kind == "prediction" else "explanation"
    harmed = _with(main, "harm")
    parts = []
    if harmed:
        worst = min(_judged(harmed) or harmed, key=lambda group: group.bop or 0.0)
        which = f"{_groups(len(harmed))} ({_size(findings, harmed)}) in {what}"
        others = [group for group in harmed if group is not worst]
        parts.append(
            f"{which}, most of all {_says(findings, main, worst)}"
            + (f", also {quoted(others)}" if others else "")
        )
    else:
        parts.append(f"no group is shown to be harmed in {what}")
    parts += _harmed_elsewhere(findings, main)
    parts += _worse_by_scale(findings)
    if same := _judged(_with(main, "no material difference")):
        parts.append(
            f"{_groups(len(same))} ({_size(findings, same)}) {'is' if len(same) == 1 else 'are'} "
            f"shown to differ by less than {_epsilon(findings, main)} either way"
        )
    return "; ".join(parts)


def _harmed_elsewhere(findings: AuditRecord, main: CostFinding) -> list[str]:
    """Say who is harmed by other costs, those of explanation together."""
    already = {id(group) for group in _with(main, "harm")}
    places = {j for j, group in enumerate(main.groups) if id(group) in already}
    parts = []
    for kind in ("prediction", "explanation"):
        costs = [c for c in findings.costs if c.kind == kind and c is not main and _with(c, "harm")]
        found = {
            j: group
            for cost in costs
            for j, group in enumerate(cost.groups)
            if group.verdict == "harm" and not group.by_scale and j not in places
        }
        if found:
            groups = sorted(found.values(), key=lambda group: -(group.n or 0))
            titles = listing([short_title(findings, cost) for cost in costs], most=3)
            where = "by another measure of" if kind == main.kind else "in"
            parts.append(
                f"{where} {kind} ({titles}) {_groups(len(groups))} "
                f"({_size(findings, groups)}): {quoted(groups)}"
            )
    return parts


def _worse_by_scale(findings: AuditRecord) -> list[str]:
    """Name the groups whose explanations look worse mostly because of how predictions spread."""
    found = {
        j: group
        for cost in findings.costs
        for j, group in enumerate(cost.groups)
        if group.verdict == "harm" and group.by_scale
    }
    if not found:
        return []
    groups = sorted(found.values(), key=lambda group: -(group.n or 0))
    many = _groups(len(groups))
    why = f"mostly because one model's predictions vary more ({quoted(groups)})"
    return [f"not counted as harm, and drawn pale: in {many} explanations look worse {why}"]


def _unknown(findings: AuditRecord, cost: CostFinding) -> str:
    silent = _judged(_with(cost, "cannot tell"))
    parts = []
    if silent:
        which = f"for {count(len(silent))} of {_groups(len(_judged(cost.groups)))}"
        silent.sort(key=lambda group: -(group.n or 0))
        names = quoted(silent, most=MOST_UNKNOWN)
        tell = f"these data cannot tell in {cost.kind}"
        parts.append(f"{which} ({_size(findings, silent)}) {tell}: {names}")
        parts += _what_would_tell(
            findings, cost, silent, defined=bool(_judged(_with(cost, "no material difference")))
        )
    else:
        parts.append("nobody among groups of this size")
    few = [group for group in cost.groups if is_small(group)]
    if few:
        verb = "is" if len(few) == 1 else "are"
        counted = "rows" if findings.data.clusters is None else "clusters"
        parts.append(f"{_groups(len(few))} of fewer than {FEW} {counted} {verb} counted apart")
    hidden = [group for group in cost.groups if not group.n]
    if hidden:
        verb = "is" if len(hidden) == 1 else "are"
        parts.append(f"{_groups(len(hidden))} {verb} not shown, or empty")
    return "; ".join(parts)


def _epsilon(findings: AuditRecord, cost: CostFinding, *, defined: bool = False) -> str:
    """Write epsilon; where it stands first, with what it is."""
    size = epsilon_size(effects(findings, cost), cost.epsilon)
    return f"{size} (epsilon{'' if defined else ', the smallest effect that matters here'})"


def _what_would_tell(
    findings: AuditRecord, cost: CostFinding, silent: Sequence[GroupFinding], *, defined: bool
) -> list[str]:
    """Say how many rows would tell epsilon, and of whom more rows would not."""
    needs = [(rows_needed(group), group) for group in silent if group.reason != "one label"]
    more = [(need, group) for need, group in needs if need is not None and need > (group.n or 0)]
    enough = [group for need, group in needs if need is not None and need <= (group.n or 0)]
    nothing = [group for need, group in needs if need is None]
    same_label = len(silent) - len(needs)
    parts = []
    if more:
        need, largest = max(more, key=lambda each: each[1].n or 0)
        had = size_words(largest.n, largest.clusters)
        numbers = [need for need, _ in more]
        low, high = min(numbers), max(numbers)
        span = count(low) if low == high else f"{count(low)} to {count(high)}"
        parts.append(
            f"to show a gain of {_epsilon(findings, cost, defined=defined)} takes about {span} "
            f"rows a group ({quoted([largest])} has {had}, needs {count(need)})"
        )
    if enough:
        those = quoted(enough)
        parts.append(
            f"{_groups(len(enough))} had rows enough for that and showed nothing clear: {those}"
        )
    if nothing:
        parts.append(f"for {_groups(len(nothing))} it is not known what would tell")
    if same_label:
        parts.append(
            f"in {_groups(same_label)} both models label everybody alike: another threshold tells"
        )
    return parts


def next_in_short(findings: AuditRecord) -> list[Sentence]:
    """Say in a line each what to do, the gravest first.

    Parameters
    ----------
    findings : AuditRecord
        The audit.

    Returns
    -------
    list of Sentence
        What to do, and for whom; groups of fewer than 50 rows only where they are harmed.
    """
    main = leading(findings, "prediction") or leading(findings, "explanation")
    if main is None:
        return []
    by_kind: dict[str, list[GroupFinding]] = {kind: [] for kind in HEADS}
    for j, (kind, group) in enumerate(zip(step_kinds(findings), main.groups, strict=False)):
        explained = kind == "harm" and not _harmed_in_prediction(findings, j)
        if is_judged(group) or (kind == "harm" and group.n):
            by_kind["worse explained" if explained else kind].append(group)
    said = []
    for head, groups in by_kind.items():
        groups.sort(key=lambda group: -(group.n or 0))
        if groups:
            said.append(Sentence(HEADS[head], quoted(groups, most=2)))
    return said


def _harmed_in_prediction(findings: AuditRecord, j: int) -> bool:
    return any(
        cost.groups[j].verdict == "harm"
        for cost in findings.costs
        if cost.kind == "prediction" and j < len(cost.groups)
    )


def not_said(findings: AuditRecord) -> list[str]:
    """Say what the audit does not say, each a short sentence without its full stop."""
    beside = [
        (group, cost)
        for cost in findings.costs
        for group in cost.groups
        if group.verdict == "gain" and group.over_placebo is not None
    ]
    held = sum(g.over_placebo is not None and g.over_placebo.verdict == "gain" for g, _ in beside)
    said = [
        "that “cannot tell” means no effect",
        "why a group is served better or worse",
        "anything of people unlike these, or of single persons in a group",
    ]
    if not beside and any(cost.population.over_placebo for cost in findings.costs):
        said.insert(2, "that it is what the attributes tell: no gain is shown beside which to ask")
    elif not beside:
        said.insert(
            2, "that it is what the attributes tell, and not one more column: no placebo was fitted"
        )
    elif held < len(beside):
        said.insert(
            2,
            f"that every gain is what the attributes tell: {held} of {len(beside)} are gains over "
            "a model fitted on other people's attributes too (a placebo)",
        )
    return said
