"""A choice in a terminal: three sentences, then the tables that they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from whogains.report.audit_text import NARROWEST, STYLES, print_lines
from whogains.report.choice_words import (
    choice_figures,
    choice_sentences,
    guarantee,
    percent,
    policy_name,
    set_name,
)
from whogains.report.text_columns import Column, Row, grid, paragraph
from whogains.report.words import NOTHING, count, group_name, p_value, plain, significant, with_unit

if TYPE_CHECKING:
    from rich.console import Console

    from whogains.records import ChoiceRecord

MOST_GROUPS = 64
MOST_POLICIES = 20
_STYLES = {
    "certified": STYLES["gain"],
    "needed": STYLES["harm"],
    "not needed": STYLES["gain"],
}


def choice_to_text(choice: ChoiceRecord, width: int = 80) -> str:
    """Render a choice as plain lines, none wider than `width` (at least 40), without colour."""
    return "".join(f"{line.plain.rstrip()}\n" for line in _lines(choice, width))


def print_choice(choice: ChoiceRecord, console: Console) -> None:
    """Print a choice as wide as the console is, in colour where it has it."""
    print_lines(_lines(choice, console.width), console)


def _lines(choice: ChoiceRecord, width: int) -> list[Text]:
    width = max(width, NARROWEST)
    data, cost = choice.data, choice.cost
    delta = with_unit(significant(cost.delta), cost.unit)
    unit = f", in {plain(cost.unit, 40)}" if cost.unit else ""
    lines = [
        *paragraph(
            f"What to ask, and of whom? {plain(data.target)} by "
            f"{' × '.join(plain(each) for each in data.groups)}",
            width,
            style="bold",
        ),
        *paragraph(
            f"{count(data.rows)} rows; {len(choice.lattice)} models; decided by "
            f"{plain(cost.label)}{unit}; losses below {delta} do not matter "
            f"({plain(cost.why_delta, 100)})",
            width,
            style="dim",
        ),
        Text(),
    ]
    for sentence in choice_sentences(choice):
        lines += paragraph(sentence, width, indent=2)
    for title, table in (
        ("Each group", _groups(choice, width)),
        ("Is each attribute needed?", _necessity(choice, width)),
        ("Ways to ask, by burden", _policies(choice, width)),
    ):
        lines += [Text(), *paragraph(title, width, style="bold underline"), *table]
    lines += [Text(), *paragraph(guarantee(choice), width)]
    lines += paragraph(
        "Gain: cost of asking nothing less that of asking. At least: a bound that allows for "
        "having chosen on the same rows.",
        width,
    )
    for note in choice.notes:
        lines += paragraph(f"Note: {plain(note, 1000)}", width, indent=6)
    return lines


def _groups(choice: ChoiceRecord, width: int) -> list[Text]:
    write = choice_figures(choice)
    shown = choice.routing[:MOST_GROUPS]
    rows = [
        Row(
            (
                group_name(each.group),
                count(each.n),
                set_name(each.tells),
                set_name(each.asked, NOTHING),
                write(each.gain),
                write(each.lower),
                each.verdict,
            ),
            _STYLES.get(each.verdict, ""),
        )
        for each in shown
    ]
    columns = _columns("group", "n", "tells", "served by", "gain", "at least", "verdict")
    return grid(columns, rows, width) + _left_out(len(choice.routing) - len(shown), width)


def _necessity(choice: ChoiceRecord, width: int) -> list[Text]:
    write = choice_figures(choice)
    rows = [
        Row(
            (
                plain(each.attribute),
                write(each.loss),
                group_name(each.worst_group),
                write(each.worst_loss),
                p_value(each.p_needed),
                p_value(each.p_not_needed),
                each.verdict if each.more is None else f"{each.verdict}: {count(each.more)} more",
            ),
            _STYLES.get(each.verdict, ""),
        )
        for each in choice.necessity
    ]
    columns = _columns(
        "without", "all lose", "most loses", "it loses", "p needed", "p not", "verdict"
    )
    return grid(columns, rows, width)


def _policies(choice: ChoiceRecord, width: int) -> list[Text]:
    write = choice_figures(choice)
    every = sorted(choice.policies, key=lambda each: (each.burden, each.kind))
    kept = [each for each in every if each.kind != "everybody" or not each.dominated]
    rows = [
        Row(
            (
                policy_name(each),
                significant(each.burden),
                percent(each.people_asked),
                write(each.gain),
                write(each.lower),
                write(each.worst_lower),
                each.rational,
            )
        )
        for each in kept[:MOST_POLICIES]
    ]
    columns = _columns(
        "way", "burden", "people", "gain", "at least", "worst at least", "nobody worse off"
    )
    left = len(every) - len(rows)
    said = f"{count(left)} more cost more for no less burden, or are in --json" if left else ""
    return grid(columns, rows, width) + (paragraph(f"  {said}", width) if said else [])


def _columns(*titles: str) -> tuple[Column, ...]:
    first, *middle, last = titles
    return (Column(first, "name"), *(Column(each) for each in middle), Column(last, "verdict"))


def _left_out(number: int, width: int) -> list[Text]:
    return paragraph(f"  {count(number)} more groups are in --json", width) if number > 0 else []
