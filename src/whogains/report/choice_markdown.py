"""A choice as Markdown, for a model card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.choice_words import (
    choice_figures,
    choice_sentences,
    guarantee,
    percent,
    policy_name,
    set_name,
)
from whogains.report.markdown import markdown_row, markdown_text
from whogains.report.words import MINUS, count, group_name, p_value, plain, significant

if TYPE_CHECKING:
    from whogains.records import ChoiceRecord


def choice_to_markdown(choice: ChoiceRecord) -> str:
    """Write a choice as Markdown.

    Parameters
    ----------
    choice : ChoiceRecord
        What to write.

    Returns
    -------
    str
        The sentences, and tables of groups, attributes and ways to ask; names are text.
    """
    write = choice_figures(choice, MINUS)
    lines = [
        f"# What to ask, and of whom? {markdown_text(plain(choice.data.target))}",
        "",
        *(f"- {markdown_text(each)}" for each in choice_sentences(choice)),
        f"- {markdown_text(guarantee(choice))}",
        "",
        "## Each group",
        "",
        markdown_row(("group", "n", "tells", "certified set", "gain", "at least", "verdict")),
        "|---|--:|---|---|--:|--:|---|",
        *(
            markdown_row(
                (
                    group_name(each.group),
                    count(each.n),
                    set_name(each.tells),
                    set_name(each.asked),
                    write(each.gain),
                    write(each.lower),
                    each.verdict,
                )
            )
            for each in choice.routing
        ),
        "",
        "## Is each attribute needed?",
        "",
        markdown_row(
            ("attribute", "all lose", "most loses", "it loses", "p not needed", "verdict")
        ),
        "|---|--:|---|--:|--:|---|",
        *(
            markdown_row(
                (
                    plain(each.attribute),
                    write(each.loss),
                    group_name(each.worst_group),
                    write(each.worst_loss),
                    p_value(each.p_not_needed),
                    each.verdict,
                )
            )
            for each in choice.necessity
        ),
        "",
        "## Ways to ask",
        "",
        markdown_row(("way", "burden", "people asked", "gain", "at least", "nobody worse off")),
        "|---|--:|--:|--:|--:|---|",
        *(
            markdown_row(
                (
                    policy_name(each),
                    significant(each.burden),
                    percent(each.people_asked),
                    write(each.gain),
                    write(each.lower),
                    each.rational,
                )
            )
            for each in sorted(choice.policies, key=lambda one: one.burden)
        ),
    ]
    if choice.notes:
        lines += [
            "",
            "## Notes",
            "",
            *(f"- {markdown_text(plain(each, 1000))}" for each in choice.notes),
        ]
    return "\n".join(lines) + "\n"
