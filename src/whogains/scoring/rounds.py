"""Several rounds of cross-fitting, each with new folds and new seeds, on one core or on several."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pickle import PicklingError
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError
from whogains.explain import ExplanationSettings
from whogains.models import deal
from whogains.scoring.job import check_tables
from whogains.scoring.models_on_rows import LocalScores, score_cross_fit
from whogains.scoring.progress import Progress

if TYPE_CHECKING:
    from whogains.frames import Table

# Numbers in the tables, times rounds, from which starting more processes pays.
WORTH_PROCESSES = 500_000


def score_rounds(
    X: Table,
    personal: Table,
    *,
    settings: ExplanationSettings,
    rounds: int,
    random_state: int,
    n_jobs: int | None = None,
    progress: Progress | None = None,
    **given: Any,
) -> Iterator[LocalScores]:
    """Cross-fit a panel again and again, with other folds and seeds.

    Parameters
    ----------
    X, personal : Table
        As for `score_cross_fit`.
    settings : ExplanationSettings
        Which explanations to score; its seed is that of the round.
    rounds : int
        How many times, from 1.
    random_state : int
        The seed of the first round, from which those of the others follow.
    n_jobs : int, optional
        How many processes work at once; -1 for one per core. By default one per core where there
        is enough to do, else one. The numbers do not depend on it, but for rounding.
    progress : callable, optional
        As for `score_cross_fit`; where several processes work, it is told of whole rounds.
    **given
        The other arguments of `score_cross_fit`.

    Yields
    ------
    LocalScores
        One for each round, in their order.

    Raises
    ------
    InputError
        As `score_cross_fit`, and if `n_jobs` is 0 or below -1.
    """
    if n_jobs is not None and (n_jobs == 0 or n_jobs < -1):
        raise InputError(f"n_jobs={n_jobs}: give a number of processes, or -1 for all cores")
    # What is wrong is said before anything is told of the work, whatever process it is done in.
    check_tables(settings, X, personal)
    names = ("y", "task", "folds", "holdout", "groups", "cluster")
    deal(random_state=random_state, **{name: given[name] for name in names if name in given})
    seeds = [seed_of_round(random_state, number) for number in range(rounds)]
    each = [
        {"settings": replace(settings, random_state=seed), "random_state": seed, **given}
        for seed in seeds
    ]
    jobs = min(rounds, _jobs(n_jobs, rounds * (X.matrix.size + personal.matrix.size)))
    if jobs > 1:
        started = _in_processes(X, personal, each, jobs, progress)
        if started is not None:
            yield from started
            return
    for number, one in enumerate(each):
        yield score_cross_fit(X, personal, progress=_of_round(progress, number, rounds), **one)


def seed_of_round(random_state: int, number: int) -> int:
    """Give the seed of a round: that of the run for the first, and unrelated ones after it.

    Parameters
    ----------
    random_state : int
        The seed of the run.
    number : int
        The number of the round, from 0.

    Returns
    -------
    int
        From 0 to 2**32 - 1.

    Examples
    --------
    >>> seed_of_round(7, 0), seed_of_round(7, 1) == seed_of_round(8, 1)
    (7, False)
    """
    if number == 0:
        return random_state
    return int(np.random.SeedSequence([random_state, number]).generate_state(1)[0])


def _jobs(n_jobs: int | None, work: int) -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if n_jobs is None:
        return (cores or 1) if work >= WORTH_PROCESSES else 1
    return (cores or 1) if n_jobs == -1 else n_jobs


def _in_processes(
    X: Table,
    personal: Table,
    each: list[dict[str, Any]],
    jobs: int,
    progress: Progress | None,
) -> Iterator[LocalScores] | None:
    """Score rounds in other processes; None where what is fitted cannot be sent to one."""
    from joblib import Parallel, delayed

    if progress is not None:
        progress(f"{len(each)} rounds on {jobs} cores", 0, len(each))
    work = (delayed(score_cross_fit)(X, personal, **one) for one in each)
    scored = iter(Parallel(n_jobs=jobs, return_as="generator")(work))
    try:
        first = next(scored)
    except PicklingError:
        # A lock or an open file inside a model, for one, cannot leave this process.
        return None

    def told() -> Iterator[LocalScores]:
        for done, one in enumerate(chain([first], scored), start=1):
            if progress is not None:
                progress(f"round {done} of {len(each)}", done, len(each))
            yield one

    return told()


def _of_round(progress: Progress | None, number: int, rounds: int) -> Progress | None:
    """Tell the steps of one round as part of all of them."""
    if progress is None or rounds == 1:
        return progress
    tell = progress

    def told(stage: str, done: int, total: int) -> None:
        if stage.startswith("note: "):
            # What holds for one round holds for all.
            if number == 0:
                tell(stage, done, rounds * total)
            return
        if stage == "done" and number + 1 < rounds:
            return
        tell(
            stage if stage == "done" else f"round {number + 1} of {rounds}, {stage}",
            number * total + done,
            rounds * total,
        )

    return told
