"""The answer in plain words: who gains, who is harmed, who cannot be told, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from whogains.report.cost_figures import Figures, cost_figures
from whogains.report.judged_groups import one_label
from whogains.report.leading_cost import leading
from whogains.report.words import (
    about_rows,
    cost_names,
    count,
    epsilon_words,
    group_name,
    listing,
    plain,
    rows_words,
    setting,
    short_title,
    size_words,
)

if TYPE_CHECKING:
    from whogains.records import AuditRecord, CostFinding, GroupFinding, Verdict

VERDICTS: tuple[Verdict, ...] = ("gain", "harm", "no material difference", "cannot tell")
StepKind = Literal["harm", "conflict", "unknown", "same", "gain"]
# More steps than this are not read; the table holds the rest.
ONE_BY_ONE = 8
ONE_LABEL = "both models give everybody in a group the same label, of which this cost is made"
# So many costs that say the same are named.
MOST_NAMES = 24


@dataclass(frozen=True, slots=True)
class Summary:
    """What one cost says, in one sentence.

    Parameters
    ----------
    title, short : str
        The cost in words, with its explainer and as briefly as the audit allows.
    kind : str
        "prediction" or "explanation".
    counts : tuple of (str, int)
        Groups that have people and are shown, by verdict, in the order of `VERDICTS`.
    words : str
        The sentence, without the title.
    """

    title: str
    short: str
    kind: str
    counts: tuple[tuple[Verdict, int], ...]
    words: str


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do next.

    Parameters
    ----------
    kind : str
        What it follows from.
    subject : str
        The groups it is about.
    words : str
        What to do, as the end of a sentence that the subject begins.
    """

    kind: StepKind
    subject: str
    words: str


def summaries(findings: AuditRecord) -> list[Summary]:
    """Sum up each cost, in the audit's order."""
    return [_summary(findings, cost) for cost in findings.costs]


@dataclass(frozen=True, slots=True)
class Lead:
    """What costs of one kind say alike, in one sentence.

    Parameters
    ----------
    kind : str
        "prediction" or "explanation".
    names : str
        The costs.
    words : str
        The sentence, without the names.
    """

    kind: str
    names: str
    words: str


def leads(findings: AuditRecord) -> list[Lead]:
    """Sum up the costs, those that say the same of every group together.

    Parameters
    ----------
    findings : AuditRecord
        The audit.

    Returns
    -------
    list of Lead
        In the order of the costs.
    """
    alike: dict[tuple[str, str, tuple[Verdict, ...]], list[str]] = {}
    for each, cost in zip(summaries(findings), findings.costs, strict=True):
        said = each.kind, each.words, tuple(group.verdict for group in cost.groups)
        alike.setdefault(said, []).append(each.short)
    return [
        Lead(kind, listing(names, most=MOST_NAMES), words)
        for (kind, words, _), names in alike.items()
    ]


def _summary(findings: AuditRecord, cost: CostFinding) -> Summary:
    shown = [group for group in cost.groups if group.n]
    counts = tuple((v, sum(group.verdict == v for group in shown)) for v in VERDICTS)
    title, short = plain(cost.title), short_title(findings, cost)
    words = ONE_LABEL if one_label(cost) else _count_words(counts)
    return Summary(title, short, cost.kind, counts, words + _not_shown_words(cost, len(shown)))


def _not_shown_words(cost: CostFinding, shown: int) -> str:
    """Count apart the groups of which nothing is said: too small to be shown, or without people."""
    others = len(cost.groups) - shown
    if not others or not shown:
        return ""
    return f" ({others} more {'are' if others > 1 else 'is'} too small to be shown, or empty)"


def _count_words(counts: tuple[tuple[Verdict, int], ...]) -> str:
    number = dict(counts)
    groups = sum(number.values())
    if not groups:
        return "no group was audited"
    gains, harmed = number["gain"], number["harm"]
    if gains == groups:
        return "every group gains" if groups > 1 else "the one group gains"
    of = f"of {groups} groups" if groups > 1 else "of 1 group"
    parts = [
        f"{gains} {'gain' if gains > 1 else 'gains'}" if gains else "none is shown to gain",
        f"{harmed} {'are' if harmed > 1 else 'is'} harmed"
        if harmed
        else "none is shown to be harmed",
    ]
    if same := number["no material difference"]:
        parts.append(f"{same} {'show' if same > 1 else 'shows'} no material difference")
    unknown = number["cannot tell"]
    end = f"; for {unknown} these data cannot tell" if unknown else ""
    return f"{of}, {', '.join(parts)}{end}"


def rows_needed(group: GroupFinding) -> int | None:
    """Say about how many rows a group needs to be told as gaining epsilon; None if not known."""
    return about_rows(group.required)


def next_steps(findings: AuditRecord, minus: str = "-") -> list[Step]:
    """Say what to do about each group, the gravest first.

    Parameters
    ----------
    findings : AuditRecord
        The audit.
    minus : str
        The sign before a negative number.

    Returns
    -------
    list of Step
        Groups for which there is the same thing to do share a step.
    """
    if not findings.costs:
        return []
    found: dict[StepKind, list[tuple[str, str]]] = {
        kind: [] for kind in ("harm", "conflict", "unknown", "same", "gain")
    }
    for j, group in enumerate(findings.costs[0].groups):
        kind, words = _what_to_do(findings, j, minus)
        found[kind].append((group_name(group.group), words))
    return [step for kind, each in found.items() for step in _merged(kind, each)]


def step_kinds(findings: AuditRecord) -> list[StepKind]:
    """Say for each group, in the audit's order, from what kind of finding its step follows."""
    if not findings.costs:
        return []
    return [_what_to_do(findings, j, "-")[0] for j in range(len(findings.costs[0].groups))]


def _merged(kind: StepKind, each: list[tuple[str, str]]) -> list[Step]:
    by_words: dict[str, list[str]] = {}
    for name, words in each:
        by_words.setdefault(words, []).append(name)
    if kind == "unknown" and len(by_words) > ONE_BY_ONE:
        words = "cannot tell; the rows that each of them needs are in the tables of all numbers."
        return [Step(kind, listing(name for name, _ in each), words)]
    return [Step(kind, listing(names), words) for words, names in by_words.items()]


def _what_to_do(findings: AuditRecord, j: int, minus: str) -> tuple[StepKind, str]:
    """Find the step for the group at one place, which is the same place in every cost."""
    scaled = [cost for cost in findings.costs if _by_scale(cost, j)]
    kind, words = _advice(findings, j, minus)
    if not scaled:
        return kind, words
    shows = "shows is by its scale" if len(scaled) == 1 else "show is by their scale"
    return kind, f"{words} Most of what {cost_names(findings, scaled)} {shows}."


def _by_scale(cost: CostFinding, j: int) -> bool:
    """Say whether a raw cost of explanation shows something that the normalized one does not."""
    return _verdict(cost, j) in {"gain", "harm"} and cost.groups[j].by_scale


def _advice(findings: AuditRecord, j: int, minus: str) -> tuple[StepKind, str]:
    """Find the step from what costs show by more than their scale."""
    costs = [cost for cost in findings.costs if not _by_scale(cost, j)]
    harmed, gained = (
        [cost for cost in costs if _verdict(cost, j) == verdict] for verdict in ("harm", "gain")
    )
    scaled = any(_verdict(cost, j) == "harm" for cost in findings.costs)
    no_harm = f"no harm is shown{' but by the scale of predictions' if scaled else ''}"
    better = [cost for cost in gained if cost.kind == "prediction"]
    if harmed:
        open_to_gain = any(
            cost.groups[j].verdict == "gain" or (cost.groups[j].ci[0] or 0) > 0 for cost in costs
        )
        return _harm_words(findings, harmed, better, open_to_gain=open_to_gain)
    if better:
        said = f"predictions get better ({cost_names(findings, better)}), and {no_harm}."
        return "gain", said + _unless_placebo(better, j)
    main = _main_cost(findings, j)
    # What is left of the gains is in explanations.
    clearer = f"explanations get better ({cost_names(findings, gained)})" if gained else ""
    if clearer and main.kind != "prediction":
        return "gain", f"{clearer}, and {no_harm}."
    also = f" Yet {clearer}." if clearer else ""
    if _verdict(main, j) == "no material difference":
        return "same", (
            f"{short_title(findings, main)} changes by less than {epsilon_words(main)} either way. "
            f"{_loss_words(findings, j, also=bool(also))}.{also}"
        )
    return "unknown", _unknown_words(findings, main, j, cost_figures(main, minus)) + also


def _main_cost(findings: AuditRecord, j: int) -> CostFinding:
    """Find the cost to speak of for a group: the leading, or another that has something to tell."""
    lead = leading(findings, "prediction") or findings.costs[0]
    telling = (
        cost
        for cost in (lead, *findings.costs)
        if cost.kind == lead.kind and not _is_one_label(cost, j)
    )
    return next(telling, lead)


def _is_one_label(cost: CostFinding, j: int) -> bool:
    return j < len(cost.groups) and cost.groups[j].reason == "one label"


def _loss_words(findings: AuditRecord, j: int, *, also: bool) -> str:
    """Say what not asking loses, where the main cost changes by nothing that matters."""
    silent = [
        cost
        for cost in findings.costs
        if cost.kind == "prediction" and _verdict(cost, j) == "cannot tell"
    ]
    if any(not _is_one_label(cost, j) for cost in silent):
        unknown = [cost for cost in silent if not _is_one_label(cost, j)]
        return (
            "Not asking loses nothing that matters on that cost; on "
            f"{cost_names(findings, unknown)} these data cannot tell"
        )
    return f"Not asking loses nothing that matters{' in prediction' if also else ''}"


def _unless_placebo(better: list[CostFinding], j: int) -> str:
    """Warn where no gain is shown beside the placebos, which have the columns too."""
    beside = [cost.groups[j].over_placebo for cost in better]
    if any(each is None or each.verdict == "gain" for each in beside):
        return ""
    return " Beside a placebo no gain is shown: one more column may do as much."


def _harm_words(
    findings: AuditRecord,
    harmed: list[CostFinding],
    better: list[CostFinding],
    *,
    open_to_gain: bool,
) -> tuple[StepKind, str]:
    """Say what to do where something gets worse, and perhaps predictions better."""
    worse = [cost for cost in harmed if cost.kind == "prediction"]
    if worse:
        return "harm", (
            f"predictions get worse ({cost_names(findings, worse)}). Use the generic model here, "
            "or find out why before use, and check either choice on other data."
        )
    if better:
        return "conflict", (
            f"predictions get better ({cost_names(findings, better)}) but explanations worse "
            f"({cost_names(findings, harmed)}). Decide which matters here before use."
        )
    names = cost_names(findings, harmed)
    said = f"explanations get worse ({names}), and no gain in prediction is shown."
    return "harm", f"{said} Nothing here speaks for asking." if not open_to_gain else said


def _unknown_words(findings: AuditRecord, cost: CostFinding, j: int, write: Figures) -> str:
    group = cost.groups[j]
    effect = f"an effect of {epsilon_words(cost)} on {short_title(findings, cost)}"
    needed = rows_needed(group)
    if group.n is None:
        return f"cannot tell: {plain(group.note or 'too few rows to be shown')}."
    if group.n == 0:
        return "cannot tell: there is nobody of this group in the data."
    if group.reason == "one label":
        return f"cannot tell: {plain(group.note or ONE_LABEL, 300)}; set another (--threshold)."
    had = rows_words(group.n, group.clusters)
    if needed is None:
        known = f"{_fits(write, group)} fits these data"
        nothing = f"with {had}, nothing can be said about {effect}"
        return f"cannot tell: {nothing if group.ci == (None, None) else known}."
    if needed > group.n:
        return (
            f'cannot tell. The verdict "gain" for {effect} needs about {count(needed)} of them; '
            f"you have {size_words(group.n, group.clusters)}."
        )
    power = f"{setting(findings, 'power', 0.8):.0%}"
    return (
        f'cannot tell, though with {had} {effect} is told as "gain" with {power} '
        f"power: {_fits(write, group)} fits these data."
    )


def _fits(write: Figures, group: GroupFinding) -> str:
    """Write an interval as what fits the data; an end without a bound is said."""
    low, high = group.ci
    if low is None or high is None:
        ends = f"up to {write(high)}" if low is None else f"from {write(low)} up"
        return "anything" if low is high else f"anything {ends}"
    return f"anything from {write.interval(group.ci)}"


def _verdict(cost: CostFinding, j: int) -> Verdict | None:
    return cost.groups[j].verdict if j < len(cost.groups) else None


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
