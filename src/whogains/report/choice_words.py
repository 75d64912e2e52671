"""A choice in sentences: whom to ask for what, what is not needed, and what the advice is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from whogains.report.words import (
    count,
    group_name,
    listing,
    percent,
    plain,
    significant,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import ChoiceRecord, NecessityFinding, PolicyFinding, RequestStep

MOST_REQUESTS = 4
# The guarantee in one sentence, the same on every face.
GUARANTEE = (
    "Certified: the chance that any group is given a model that serves it no better than asking "
    "nothing, or is served by an attribute that adds nothing to those before it, is at most "
    "{alpha}, over all groups and sets together"
)


def choice_sentences(choice: ChoiceRecord) -> list[str]:
    """Say in three parts whom to ask for what, what is needed, and what the advice is worth.

    Parameters
    ----------
    choice : ChoiceRecord
        The choice.

    Returns
    -------
    list of str
        Three texts, each of a sentence or two.
    """
    return [asked_sentence(choice), necessity_sentence(choice), value_sentence(choice)]


def asked_sentence(choice: ChoiceRecord) -> str:
    """Say whom to ask for what."""
    if not any(step.ask for step in choice.requests if not _is_given(choice, step)):
        small = any(group.verdict == "too small to matter" for group in choice.routing)
        why = (
            "what telling gains them is shown to be too small to matter"
            if small
            else "no set of attributes is certified to serve any group that can be told apart"
        )
        return f"Ask nobody for anything: {why}.{invitation(choice)}{_safest(choice)}"
    shown = [group for group in choice.routing if group.verdict != "not shown"]
    served = sum(bool(set(group.served) - _given(choice)) for group in shown)
    rest = len(shown) - served
    left = f"; {count(rest)} {'get' if rest > 1 else 'gets'} the one that is told nothing"
    return (
        f"{request_words(choice)} So {count(served)} of {count(len(shown))} groups get a model "
        f"that is {level(choice)} to serve them better{left if rest else ''}."
    )


def invitation(choice: ChoiceRecord) -> str:
    """Say who could be invited to tell, where people know by themselves which group is theirs."""
    served: dict[tuple[str, ...], list[str]] = {}
    for group in choice.routing:
        if group.asked:
            served.setdefault(group.asked, []).append(group_name(group.group))
    if not served:
        return ""
    each = [f"{listing(who, most=3)} to tell {listing(asked)}" for asked, who in served.items()]
    return (
        " People who know that they are in one of these groups may be invited: "
        f"{'; '.join(each)} ({level(choice)} to serve them better)."
    )


def request_words(choice: ChoiceRecord) -> str:
    """Write the requests as sentences, those of everybody first."""
    steps = [step for step in choice.requests if not _is_given(choice, step)]
    everybody: list[str] = []
    depth = len(choice.settings.get("given", ()))
    while True:
        layer = [step for step in steps if len(step.told) == depth]
        whole = sum(step.n for step in layer) == choice.data.rows
        asks = {step.ask for step in layer}
        ask = next(iter(asks)) if whole and len(asks) == 1 else None
        if ask is None:
            break
        everybody.append(plain(ask))
        depth += 1
    lines = [f"Ask everybody for {listing(everybody)}."] if everybody else []
    more: dict[str, list[str]] = {}
    for step in steps:
        if step.ask is not None and len(step.told) >= depth:
            more.setdefault(step.ask, []).append(_who(step))
    also = "also " if everybody else ""
    told = [
        f"ask {listing(who, most=MOST_REQUESTS)} {also}for {plain(a)}" for a, who in more.items()
    ]
    if told:
        said = "; ".join(told)
        lines.append(f"{said[0].upper()}{said[1:]}.")
    return " ".join(lines)


def _who(step: RequestStep) -> str:
    if not step.told:
        return "everybody"
    told = [group_name({name: level}) for name, level in step.told.items()]
    parts = [
        each if step.told[name] is None else f"{plain(name, 40)} {each}"
        for name, each in zip(step.told, told, strict=True)
    ]
    return f"people with {' and '.join(parts)}"


def _given(choice: ChoiceRecord) -> set[str]:
    return set(choice.settings.get("given", ()))


def _is_given(choice: ChoiceRecord, step: RequestStep) -> bool:
    return len(step.told) < len(_given(choice))


def _safest(choice: ChoiceRecord) -> str:
    """Name the safest set where none is certified, without calling it certified."""
    every = choice.everybody
    if every.asked is not None or not every.safest:
        return ""
    return (
        f" The safest set to ask everybody for, without a certificate, is {listing(every.safest)}."
    )


def necessity_sentence(choice: ChoiceRecord) -> str:
    """Say which attributes are needed, which are not, and of which these data cannot say."""
    delta = with_unit(significant(choice.cost.delta), choice.cost.unit)
    kinds: dict[str, list[NecessityFinding]] = {}
    for each in choice.necessity:
        kinds.setdefault(each.verdict, []).append(each)
    parts = []
    if spare := kinds.get("not needed"):
        parts.append(_spare(choice, [each.attribute for each in spare], delta))
    if needed := kinds.get("needed"):
        who = [listing([group_name(group) for group in one.groups], most=3) for one in needed]
        said = "; ".join(
            f"{plain(one.attribute)} is needed by {those}"
            for one, those in zip(needed, who, strict=True)
        )
        parts.append(f"{said[0].upper()}{said[1:]}: more than {delta} is lost without.")
    if unsaid := kinds.get("cannot say"):
        names = listing([plain(each.attribute) for each in unsaid])
        rows = [each.more for each in unsaid if each.more is not None]
        more = f"; about {count(max(rows))} more rows would" if rows else ""
        verb = "is" if len(unsaid) == 1 else "are"
        parts.append(f"These data cannot say whether {names} {verb} needed{more}.")
    return " ".join(parts)


def _spare(choice: ChoiceRecord, spare: Sequence[str], delta: str) -> str:
    """Say what nobody needs to tell; what is asked all the same stands in for something else."""
    which = "by it" if len(spare) == 1 else "by any one of them"
    why = f"no group loses {delta} {which} where the others are told ({level(choice)})"
    serves = {a for step in choice.requests for a in step.served}
    serves |= {a for group in choice.routing for a in group.asked}
    tells = {step.ask for step in choice.requests} - serves
    names = listing([plain(name) for name in spare])
    if serves.union(tells).isdisjoint(spare):
        return f"Nobody needs to tell {names}: {why}."
    said = f"If everything else is told, nobody needs to tell {names}: {why}."
    if stands := [plain(name) for name in spare if name in serves]:
        said += (
            f" {_are(stands)} asked above in place of others, or where the set without is not "
            "certified."
        )
    if parts := [plain(name) for name in spare if name in tells]:
        said += f" {_are(parts)} asked above only to tell apart whom another answer serves."
    return said


def _are(names: Sequence[str]) -> str:
    """Begin a sentence about one attribute or several."""
    those = listing(names)
    return f"{those[0].upper()}{those[1:]} {'is' if len(names) == 1 else 'are'}"


def value_sentence(choice: ChoiceRecord) -> str:
    """Say what the advice asks and keeps of what asking everything asks and gains."""
    return f"{_value_of_advice(choice)}{_value_of_procedure(choice)}"


def _value_of_procedure(choice: ChoiceRecord) -> str:
    """Say what advice is worth to people on whom it was not made, where that was measured."""
    found = choice.value.procedure
    if found is None:
        return ""
    unit = choice.cost.unit
    low, high = (significant(end(found.fold_gains)) for end in (min, max))
    kept = "" if found.kept is None else f", {percent(found.kept)} of what asking everything gains"
    return (
        f" The procedure, not this advice: advice made so from {found.folds - 1} of "
        f"{found.folds} parts of these people asks the others {percent(found.asked)} of everything "
        f"and gains them {with_unit(significant(found.gain), unit)} per person{kept} ({low} to "
        f"{high} from part to part)."
    )


def _value_of_advice(choice: ChoiceRecord) -> str:
    value = choice.value
    whole = with_unit(significant(value.everything), choice.cost.unit)
    if not any(step.ask for step in choice.requests if not _is_given(choice, step)):
        said = f"Asking everybody everything is estimated to gain {whole} per person"
        if not any(group.asked for group in choice.routing):
            return f"{said}."
        gain = with_unit(significant(value.routing_gain), choice.cost.unit)
        return (
            f"{said}; the invitations ask {percent(value.routing_asked)} of that, and gain {gain}."
        )
    kept = ""
    if value.kept is not None:
        kept = f" and keeps {percent(value.kept)}{_least(value.kept_lower)} of the gain"
    else:
        gain = with_unit(significant(value.gain), choice.cost.unit)
        kept = f" and gains {gain} per person, where asking everything is not shown to gain"
    return f"This asks {percent(value.asked)} of what asking everybody everything asks{kept}."


def _least(kept: float | None) -> str:
    """Say how much is kept at least; certificates are of each group, this bound is of the sum."""
    if kept is None:
        return ""
    if kept <= 0:
        return " (the bound for the whole, wider than the certificates of its parts, allows none)"
    return f" (at least {percent(kept)})"


def level(choice: ChoiceRecord) -> str:
    """Name the level of the claims, as "certified at 95 %"."""
    return f"certified at {100 * choice.level:.4g} %"


def guarantee(choice: ChoiceRecord) -> str:
    """Say what a certificate promises."""
    return GUARANTEE.format(alpha=f"{1 - choice.level:.4g}") + "."


def set_name(asked: Sequence[str], nothing: str = "nothing") -> str:
    """Name a set of attributes.

    Examples
    --------
    >>> set_name(["age", "sex"]), set_name([])
    ('age + sex', 'nothing')
    """
    return " + ".join(plain(each, 40) for each in asked) or nothing


def policy_name(policy: PolicyFinding) -> str:
    """Name a way to ask."""
    if policy.kind == "nobody":
        return "ask nobody"
    if policy.kind == "everybody":
        return f"everybody: {set_name(policy.asked)}"
    return {"requests": "the advice: requests", "routing": "each group its certified set"}[
        policy.kind
    ]
