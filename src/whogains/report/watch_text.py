"""A watch in a terminal and in Markdown: who is harmed, who gains, and how long the rest takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from whogains.report.cost_figures import Figures
from whogains.report.markdown import text as escaped
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
from whogains.report.watch_words import (
    QUESTION,
    batch_name,
    cost_heading,
    level_words,
    to_go,
    watch_figures,
    watch_sentences,
)
from whogains.report.words import count, group_name, plain, verdict_words

if TYPE_CHECKING:
    from whogains.records import WatchCost, WatchGroup, WatchRecord

MOST_GROUPS = 64


def watch_lines(watch: WatchRecord, width: int) -> list[Text]:
    """Lay out a watch as styled lines, none wider than `width` (at least 40)."""
    width = max(width, NARROWEST)
    data = watch.data
    top = [
        *paragraph(QUESTION, width, style="bold"),
        *paragraph(
            f"{plain(data.target)} by {' × '.join(plain(each) for each in data.groups)}; "
            f"{count(len(watch.batches))} {'batch' if len(watch.batches) == 1 else 'batches'}, "
            f"{count(data.rows)} rows told"
            + (" since the last restart" if any(b.restart for b in watch.batches) else ""),
            width,
            style="dim",
        ),
        *warning_lines(watch.warnings, width),
        *(
            line
            for sentence in watch_sentences(watch)
            for line in paragraph(sentence, width, indent=2)
        ),
    ]
    sections = [_cost_lines(watch, cost, width) for cost in watch.costs]
    return document(top, sections, watch.notes, width)


def _cost_lines(watch: WatchRecord, cost: WatchCost, width: int) -> list[Text]:
    write = watch_figures(cost)
    unit = f", in {plain(cost.unit, 40)}" if cost.unit else ""
    rows = [
        Row(tuple(group_cells(watch, group, write)), STYLES.get(group.verdict, ""))
        for group in cost.groups[:MOST_GROUPS]
    ]
    columns = (
        Column("group", "name"),
        Column("n"),
        Column("BoP"),
        Column(level_words(watch)),
        Column("since"),
        Column("to go"),
        Column("verdict", "verdict"),
    )
    more = len(cost.groups) - MOST_GROUPS
    return [
        *paragraph(f"{plain(cost.title)}{unit}", width, style="bold underline"),
        *paragraph(cost_heading(cost), width, indent=2, style="dim"),
        *grid(columns, rows, width),
        *(paragraph(f"{count(more)} more groups: --json has them.", width) if more > 0 else []),
    ]


def watch_to_markdown(watch: WatchRecord) -> str:
    """Write a watch as Markdown, for a model card.

    Parameters
    ----------
    watch : WatchRecord
        What to write.

    Returns
    -------
    str
        A section for each cost with a table of its groups; names from the data are text.
    """
    heads = ("group", "n", "BoP", level_words(watch), "since", "to go", "verdict")
    lines = [f"# {QUESTION}", "", *(f"- {escaped(each)}" for each in watch_sentences(watch))]
    for cost in watch.costs:
        write = watch_figures(cost, "−")
        lines += [
            "",
            f"## {escaped(plain(cost.title))}",
            "",
            escaped(cost_heading(cost)),
            "",
            f"| {' | '.join(heads)} |",
            f"|{'|'.join('---' for _ in heads)}|",
        ]
        for group in cost.groups:
            cells = (escaped(each) for each in group_cells(watch, group, write))
            lines.append(f"| {' | '.join(cells)} |")
    if watch.notes:
        lines += ["", "## Notes", ""]
        lines += [f"- {escaped(plain(each, 1000))}" for each in watch.notes]
    return "\n".join(lines) + "\n"


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
