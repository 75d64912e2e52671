"""A choice in a terminal: three sentences, then the tables that they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from whogains.report.choice_explained import SAID, explained_sets
from whogains.report.choice_words import choice_sentences, guarantee, policy_name, set_name
from whogains.report.cost_figures import NOTHING, choice_figures
from whogains.report.text_columns import (
    NARROWEST,
    STYLES,
    Column,
    Row,
    document,
    grid,
    paragraph,
)
from whogains.report.warnings import warning_lines
from whogains.report.words import (
    count,
    group_name,
    p_value,
    percent,
    plain,
    significant,
    with_unit,
)

if TYPE_CHECKING:
    from whogains.records import ChoiceRecord

LEGEND = (
    "Gain: cost of asking nothing less that of asking. At least: a bound that allows for having "
    "chosen on the same rows."
)
MOST_GROUPS = 64
MOST_POLICIES = 20
_STYLES = {
    "certified": STYLES["gain"],
    "needed": STYLES["harm"],
    "not needed": STYLES["gain"],
}


def choice_lines(choice: ChoiceRecord, width: int) -> list[Text]:
    """Lay out a choice as styled lines, none wider than `width` (at least 40)."""
    width = max(width, NARROWEST)
    data, cost = choice.data, choice.cost
    delta = with_unit(significant(cost.delta), cost.unit)
    unit = f", in {plain(cost.unit, 40)}" if cost.unit else ""
    top = [
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
    ]
    top += warning_lines(choice.warnings, width)
    sentences = [
        line
        for sentence in choice_sentences(choice)
        for line in paragraph(sentence, width, indent=2)
    ]
    tables = [
        [*paragraph(title, width, style="bold underline"), *table]
        for title, table in (
            ("Each group", _groups(choice, width)),
            ("Is each attribute needed?", _necessity(choice, width)),
            ("Ways to ask, by burden", _policies(choice, width)),
            ("What it does to explanations", _explained(choice, width)),
        )
        if table
    ]
    legend = [*paragraph(guarantee(choice), width), *paragraph(LEGEND, width)]
    return document(top, [sentences, *tables, legend], choice.notes, width)


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


def _explained(choice: ChoiceRecord, width: int) -> list[Text]:
    """Lay out what asking everybody for a set does to explanations, in the order of its burden."""
    every = explained_sets(choice)
    if not every:
        return []
    rows = [
        Row((f"{one.name}: {one.title}", one.burden, one.gain, one.ci, one.unit))
        for one in every[:MOST_POLICIES]
    ]
    columns = _columns("everybody tells: cost", "burden", "gain", "interval", "unit")
    left = len(every) - len(rows)
    said = f"{SAID} {count(left)} more are in --json." if left else SAID
    return grid(columns, rows, width) + paragraph(said, width)


def _columns(*titles: str) -> tuple[Column, ...]:
    first, *middle, last = titles
    return (Column(first, "name"), *(Column(each) for each in middle), Column(last, "verdict"))


def _left_out(number: int, width: int) -> list[Text]:
    return paragraph(f"  {count(number)} more groups are in --json", width) if number > 0 else []
