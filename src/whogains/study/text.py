"""A reproduction in a terminal of 80 columns."""

from __future__ import annotations

from statistics import median
from textwrap import shorten, wrap
from typing import TYPE_CHECKING

from whogains.report import NOTHING, plain, significant

if TYPE_CHECKING:
    from whogains.study.results import Reproduction, StudyCost, StudyResult

WIDTH = 80
HEAD = "cost; first seed, noise over seeds"
TRIAL = "A quick trial on a part of the rows: its numbers mean nothing."


def study_to_text(reproduction: Reproduction) -> str:
    """Write what a reproduction comes to.

    Parameters
    ----------
    reproduction : Reproduction
        The numbers.

    Returns
    -------
    str
        Lines of at most 80 characters, without colour.
    """
    lines = [TRIAL, ""] if reproduction.trial else []
    for study in reproduction.studies:
        lines += [*_study(study), ""]
    theirs = reproduction.theirs
    worst = min(group.squared_error for group in theirs.groups)
    untestable = [each for each in theirs.effects if each.verdict == "untestable"]
    lines += wrap(
        f"The authors' MIMIC-III groups ({theirs.source}): on the squared error gamma^ is"
        f" {worst:+.4f}, so that the rule says every group gains at an epsilon up to that; the"
        f" test has p {theirs.p_every_group_gains:.2f}, and no test could tell an epsilon up to"
        f" {significant(max(each.epsilon for each in untestable))}.",
        WIDTH,
    )
    most = ", ".join(f"{line.world:.2f}" for line in reproduction.k_max[:3])
    lines += wrap(
        f"k_max for the world's population, categorical, Gaussian, Laplace: {most}.", WIDTH
    )
    return "\n".join(lines) + "\n"


def _study(study: StudyResult) -> list[str]:
    """Write one data set."""
    seeds = f"{len(study.seeds)} {'seed' if len(study.seeds) == 1 else 'seeds'}"
    head = f"{plain(study.data, 40)}: {study.rows:,} rows, {study.task}, {seeds}"
    return [
        shorten(head, WIDTH, placeholder="…"),
        f"{HEAD:<36}{'gamma^':>9} {'rule':>4} {'noise':>5}  verdict",
        *(
            _cost(cost, several=len({each.keep for each in study.costs}) > 2)
            for cost in study.costs
        ),
        *wrap(plain(study.conclusion, 1000), WIDTH),
    ]


def _cost(cost: StudyCost, *, several: bool) -> str:
    """Write one cost: its gamma, what the rule says, the noise of training, and the verdict."""
    title = cost.title if several or cost.explainer is None else f"{cost.label} ({cost.explainer})"
    first = cost.gamma[0]
    ratios = [group.noise.ratio for group in cost.groups if group.noise.ratio is not None]
    title = plain(title.replace("incomprehensiveness", "incompreh."), 35)
    noise = significant(median(ratios), 2) if ratios else NOTHING
    return (
        f"{title:<36}{significant(first.gamma):>9} {'yes' if first.rule else 'no':>4}"
        f" {noise:>5}  {first.verdict}"
    )[:WIDTH]
