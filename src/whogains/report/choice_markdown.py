"""A choice as Markdown, for a model card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whogains.report.choice_explained import SAID, explained_sets
from whogains.report.choice_words import choice_sentences, guarantee, policy_name, set_name
from whogains.report.cost_figures import MINUS, choice_figures
from whogains.report.markdown import table, text, warning_items
from whogains.report.words import (
    count,
    group_name,
    outcome_words,
    p_value,
    percent,
    plain,
    significant,
)

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
        f"# What to ask, and of whom? {text(outcome_words(choice))}",
        "",
        *warning_items(choice.warnings),
        *(f"- {text(each)}" for each in choice_sentences(choice)),
        f"- {text(guarantee(choice))}",
        "",
        "## Each group",
        "",
        *table(
            ("group", "n", "tells", "certified set", "gain", "at least", "verdict"),
            [
                (
                    group_name(each.group),
                    count(each.n),
                    set_name(each.tells),
                    set_name(each.asked),
                    write(each.gain),
                    write(each.lower),
                    each.verdict,
                )
                for each in choice.routing
            ],
        ),
        "",
        "## Is each attribute needed?",
        "",
        *table(
            ("attribute", "all lose", "most loses", "it loses", "p not needed", "verdict"),
            [
                (
                    plain(each.attribute),
                    write(each.loss),
                    group_name(each.worst_group),
                    write(each.worst_loss),
                    p_value(each.p_not_needed),
                    each.verdict,
                )
                for each in choice.necessity
            ],
        ),
        "",
        "## Ways to ask",
        "",
        *table(
            ("way", "burden", "people asked", "gain", "at least", "nobody worse off"),
            [
                (
                    policy_name(each),
                    significant(each.burden),
                    percent(each.people_asked),
                    write(each.gain),
                    write(each.lower),
                    each.rational,
                )
                for each in sorted(choice.policies, key=lambda one: one.burden)
            ],
        ),
    ]
    explained = explained_sets(choice)
    if explained:
        lines += [
            "",
            "## What it does to explanations",
            "",
            *table(
                ("everybody tells", "burden", "prediction", "cost", "gain", "interval", "unit"),
                [
                    (
                        *(each.name, each.burden, each.prediction, each.title),
                        *(each.gain, each.ci, each.unit),
                    )
                    for each in explained
                ],
            ),
            "",
            text(SAID),
        ]
    if choice.notes:
        lines += [
            "",
            "## Notes",
            "",
            *(f"- {text(plain(each, 1000))}" for each in choice.notes),
        ]
    return "\n".join(lines) + "\n"
