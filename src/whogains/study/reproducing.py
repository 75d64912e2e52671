"""Run every study, seed by seed, and put the results together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from whogains._version import __version__
from whogains.errors import InputError, UnwritableError
from whogains.records import plain_values
from whogains.study.errors_by_size import error_by_k, k_max_lines, tight_k_max
from whogains.study.results import Drawn, Reproduction
from whogains.study.runs import SCHEMA, Progress, Run, RunSettings, find_run, made_from, run_audit
from whogains.study.summarizing import summarize
from whogains.study.theirs import limits_on_theirs

if TYPE_CHECKING:
    from whogains.datasets import Dataset

Say = Callable[[str], None]

TRIAL_ROWS = 800
# Seconds of any audit, and for a thousand rows and ten features: measured with three explainers.
LEAST_SECONDS, SECONDS = 3.0, 0.75
# How much longer that takes with the paper's network: measured, too.
PAPER_TIMES = 4.0
STEPS = 1000


@dataclass(frozen=True, slots=True)
class _Job:
    """One audit to run or to find."""

    place: int
    seed: int
    kept: Run | None


def reproduce(
    datasets: Sequence[Dataset],
    folder: str | Path,
    *,
    seeds: int = 10,
    random_state: int = 0,
    settings: RunSettings | None = None,
    trial: bool = False,
    say: Say | None = None,
    progress: Progress | None = None,
) -> tuple[Reproduction, tuple[Drawn, ...]]:
    """Rerun the paper's study on every data set with several seeds.

    Parameters
    ----------
    datasets : sequence of Dataset
        What to study.
    folder : str or Path
        Where each audit is kept, in the folder ``audits``: one that was made with the same data,
        settings and versions is not run again.
    seeds : int
        How many seeds.
    random_state : int
        The first seed; the others follow it.
    settings : RunSettings, optional
        Explainers, folds and the like; those of the paper by default.
    trial : bool
        Whether to draw 800 rows of each data set, to see that all works; the numbers then mean
        nothing.
    say : callable, optional
        Called with a line of text before the work, and after each audit.
    progress : callable, optional
        Called as ``progress(stage, done, total)`` as the work goes on, over all audits.

    Returns
    -------
    reproduction : Reproduction
        The numbers.
    drawn : tuple of Drawn
        Each study with its first seed's audit, for the page.

    Raises
    ------
    InputError
        If a setting is out of range, two data sets have one name, or an audit cannot be run or
        kept.
    """
    settings = RunSettings() if settings is None else settings
    _check(datasets, seeds, random_state)
    audits = Path(folder) / "audits"
    try:
        audits.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnwritableError(f"cannot make the folder {audits}: {error.strerror}") from error
    used = [_drawn(data, random_state) if trial else data for data in datasets]
    jobs = [
        _Job(place, seed, find_run(audits, made_from(data, settings, seed)))
        for place, data in enumerate(used)
        for seed in range(random_state, random_state + seeds)
    ]
    clock = _Clock([_work(used[job.place], settings) * (job.kept is None) for job in jobs])
    tell = say or (lambda _: None)
    tell(_plan(jobs, clock))
    runs: list[list[Run]] = [[] for _ in used]
    for number, job in enumerate(jobs):
        data = used[job.place]
        run = job.kept
        if run is None:
            name = f"{data.name}, seed {job.seed} ({number + 1} of {len(jobs)})"
            run, seconds = run_audit(
                data, settings, job.seed, audits, _within(progress, name, clock, number)
            )
            clock.spent(number, seconds)
            tell(f"{name}: {_time(seconds)}; left: {_time(clock.left(number + 1))}")
        runs[job.place].append(run)
    results = [
        summarize(each, data, settings.layers) for each, data in zip(runs, datasets, strict=True)
    ]
    reproduction = Reproduction(
        schema=SCHEMA,
        version=__version__,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        trial=trial,
        settings={"seeds": seeds, "seed": random_state, **plain_values(settings)},
        studies=tuple(results),
        k_max=k_max_lines(),
        k_max_tight=tight_k_max(),
        error_by_k=error_by_k(),
        theirs=limits_on_theirs(),
    )
    return reproduction, tuple(
        Drawn(result, each[0].found.costs) for result, each in zip(results, runs, strict=True)
    )


def _check(datasets: Sequence[Dataset], seeds: int, random_state: int) -> None:
    """Refuse what cannot be run."""
    if seeds < 1:
        raise InputError(f"seeds must be at least 1, not {seeds}")
    if random_state < 0:
        raise InputError(f"the seed must be at least 0, not {random_state}")
    names = [data.name for data in datasets]
    twice = next((name for i, name in enumerate(names) if name in names[:i]), None)
    if twice is not None:
        raise InputError(f"two data sets are named {twice!r}; give each its own name")
    if not names:
        raise InputError("there is no data set to study")


def _drawn(data: Dataset, seed: int) -> Dataset:
    """Draw a part of the rows, whole clusters where there are any, in their order."""
    rng = np.random.default_rng(seed)
    rows = np.arange(len(data.X))
    if len(rows) <= TRIAL_ROWS:
        return data
    if data.cluster is None:
        chosen = np.sort(rng.choice(rows, TRIAL_ROWS, replace=False))
    else:
        units = data.cluster.to_numpy()
        order = rng.permutation(data.cluster.unique())
        share = TRIAL_ROWS / len(rows)
        chosen = rows[np.isin(units, order[: max(1, round(share * len(order)))])]
    return replace(
        data,
        X=data.X.iloc[chosen],
        y=data.y.iloc[chosen],
        personal=data.personal.iloc[chosen],
        cluster=None if data.cluster is None else data.cluster.iloc[chosen],
        sample_weight=None if data.sample_weight is None else data.sample_weight.iloc[chosen],
    )


def _work(data: Dataset, settings: RunSettings) -> float:
    """Guess the seconds of one audit, from its size."""
    size = len(data.X) / 1000 * data.X.shape[1] / 10
    network = settings.layers
    times = PAPER_TIMES if network is not None and network.name == "paper" else 1.0
    return LEAST_SECONDS + times * SECONDS * size * len(settings.explainers) / 3


class _Clock:
    """What is left, first as guessed, then as measured."""

    def __init__(self, guesses: Sequence[float]) -> None:
        self.guesses = list(guesses)
        self.total = sum(guesses)
        self.done_guess = 0.0
        self.done_seconds = 0.0

    def spent(self, number: int, seconds: float) -> None:
        self.done_guess += self.guesses[number]
        self.done_seconds += seconds

    def left(self, number: int) -> float:
        """Give the seconds that the audits from a number on will take."""
        speed = self.done_seconds / self.done_guess if self.done_guess else 1.0
        return speed * sum(self.guesses[number:])

    def share(self, number: int) -> float:
        """Give the share of all work that the audits before a number are."""
        return sum(self.guesses[:number]) / self.total if self.total else 1.0


def _within(progress: Progress | None, name: str, clock: _Clock, number: int) -> Progress | None:
    """Turn the progress of one audit into that of all."""
    if progress is None:
        return None
    start, end = clock.share(number), clock.share(number + 1)

    def inside(stage: str, done: int, total: int) -> None:
        share = start + (end - start) * done / max(total, 1)
        progress(f"{name}: {stage}", round(STEPS * share), STEPS)

    return inside


def _plan(jobs: Sequence[_Job], clock: _Clock) -> str:
    """Say before the work how much of it there is."""
    kept = sum(job.kept is not None for job in jobs)
    if kept == len(jobs):
        return f"All {kept} audits are here already; none is run again."
    found = f", {kept} of them here already" if kept else ""
    return (
        f"{len(jobs)} audits{found}: {_time(clock.left(0))} expected on two cores, by their size."
        " What is done is kept: the same command goes on after a stop."
    )


def _time(seconds: float) -> str:
    """Write a length of time."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
