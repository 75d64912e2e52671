"""A reproduction in a terminal of 80 columns."""

from __future__ import annotations

from statistics import median
from textwrap import shorten, wrap
from typing import TYPE_CHECKING

from whogains.report import NOTHING, plain, significant
from whogains.study.theirs import BENEFITS, EPSILON, PUBLISHED, TOLERATED

if TYPE_CHECKING:
    from whogains.study.results import Reproduction, StudyCost, StudyResult
    from whogains.study.theirs import PublishedSteps, Theirs

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
    lines += [*_published(theirs), ""]
    worst = min(group.squared_error for group in theirs.groups)
    untestable = [each for each in theirs.effects if each.verdict == "untestable"]
    lines += wrap(
        f"The authors' notebooks on MIMIC-III ({theirs.source}): on the squared error gamma^ is"
        f" {worst:+.4f}, so that the rule says every group gains at an epsilon up to that; the"
        f" test has p {theirs.p_every_group_gains:.2f}, and no test could tell an epsilon up to"
        f" {significant(max(each.epsilon for each in untestable))}.",
        WIDTH,
    )
    most = ", ".join(f"{line.family} {line.world:.2f}" for line in reproduction.k_max)
    lines += wrap(f"k_max for the world's population: {most}.", WIDTH)
    return "\n".join(lines) + "\n"


def _published(theirs: Theirs) -> list[str]:
    """Write the paper's table, and its four steps on it."""
    titles = "".join(f"{_short(name):>14}" for name in BENEFITS)
    lines = [f"MIMIC-III ({PUBLISHED})", f"{'group':<16}{'n':>7}{titles}"]
    for task in dict.fromkeys(each.task for each in theirs.published):
        lines.append(task)
        for row in theirs.published:
            if row.task == task:
                values = "".join(f"{getattr(row, name):>+14.4f}" for name in BENEFITS)
                lines.append(f"{row.group:<16}{row.n:>7,}{values}")
        lines += wrap(
            f"four steps (epsilon {significant(EPSILON)}, v {significant(TOLERATED)}): "
            + "; ".join(_step(each) for each in theirs.steps if each.task == task),
            WIDTH,
        )
    return lines


def _step(each: PublishedSteps) -> str:
    """Write the four steps of one benefit."""
    sign = ">" if each.exceeds else "<="
    bound = ", no spreads known" if each.bound is None else f", bound {each.bound:.4f}"
    return f"{each.cost} gamma^ {each.gamma:+.4f} {sign} epsilon{bound}: {each.outcome}"


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
        *_steps(study),
        *wrap(plain(study.conclusion, 1500), WIDTH),
    ]


def _steps(study: StudyResult) -> list[str]:
    """Write what the paper's four steps come to with the first seed."""
    found: dict[str, list[str]] = {}
    for cost in study.costs:
        found.setdefault(cost.gamma[0].steps or "not known", []).append(cost.title)
    said = "; ".join(f"{outcome}: {', '.join(titles)}" for outcome, titles in found.items())
    v = significant(study.rule.tolerated_error)
    words = f"The paper's four steps (gamma^ > epsilon; bound on the error above v = {v}). {said}."
    return wrap(plain(words, 2000), WIDTH)


def _cost(cost: StudyCost, *, several: bool) -> str:
    """Write one cost: its gamma, what the rule says, the noise of training, and the verdict."""
    title = cost.title if several or cost.explainer is None else f"{cost.label} ({cost.explainer})"
    first = cost.gamma[0]
    ratios = [group.noise.ratio for group in cost.groups if group.noise.ratio is not None]
    title = plain(_short(title), 35)
    noise = significant(median(ratios), 2) if ratios else NOTHING
    return (
        f"{title:<36}{significant(first.gamma):>9} {'yes' if first.rule else 'no':>4}"
        f" {noise:>5}  {first.verdict}"
    )[:WIDTH]


def _short(title: str) -> str:
    """Shorten the longest name of a cost."""
    return title.replace("incomprehensiveness", "incompreh.")
