"""Which data sets are studied: those whose place is given, else the one in the package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from whogains.datasets import Dataset

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """One data set with one outcome.

    Parameters
    ----------
    words : str
        What it is, for progress.
    load : callable
        Gives the data set; takes what is called as ``progress(stage, done, total)``, or None.
    """

    words: str
    load: Callable[[Progress | None], Dataset]


def sources(
    *,
    mimic3: str | Path | None = None,
    heart: str | Path | None = None,
    hsls: str | Path | None = None,
    mimic3_personal: Sequence[str] = ("age", "race"),
) -> list[Source]:
    """List what to study.

    Parameters
    ----------
    mimic3 : str or Path, optional
        The folder of MIMIC-III.
    heart, hsls : str or Path, optional
        The files of the UCI heart disease data, and of the High School Longitudinal Study.
    mimic3_personal : sequence of {"age", "race", "sex"}
        The personal attributes of MIMIC-III.

    Returns
    -------
    list of Source
        Both outcomes of each; those of NHANES where no place is given. Nothing is read yet.

    Examples
    --------
    >>> [source.words for source in sources()]
    ['NHANES, systolic', 'NHANES, hypertension']
    """
    found: list[Source] = []
    if mimic3 is not None:
        asked = tuple(mimic3_personal)
        found += [
            Source("MIMIC-III, long stay", lambda tell: _mimic3(mimic3, "long_stay", asked, tell)),
            Source(
                "MIMIC-III, length of stay",
                lambda tell: _mimic3(mimic3, "length_of_stay", asked, tell),
            ),
        ]
    if heart is not None:
        found += [
            Source("heart disease", lambda _: _heart(heart, "disease")),
            Source("heart disease, severity", lambda _: _heart(heart, "severity")),
        ]
    if hsls is not None:
        found += [
            Source("HSLS:09, above the median", lambda _: _hsls(hsls, "above_median")),
            Source("HSLS:09, score", lambda _: _hsls(hsls, "score")),
        ]
    return found or [
        Source("NHANES, systolic", lambda _: _nhanes("systolic")),
        Source("NHANES, hypertension", lambda _: _nhanes("hypertension")),
    ]


def _nhanes(task: Literal["systolic", "hypertension"]) -> Dataset:
    """Load NHANES."""
    from whogains.datasets import nhanes

    return nhanes(task)


def _mimic3(
    folder: str | Path,
    task: Literal["long_stay", "length_of_stay"],
    personal: Sequence[str],
    progress: Progress | None,
) -> Dataset:
    """Load MIMIC-III."""
    from whogains.datasets import mimic3

    # Names that are none of the three are refused there.
    return mimic3(folder, task=task, personal=personal, progress=progress)  # type: ignore[arg-type]


def _heart(path: str | Path, task: Literal["disease", "severity"]) -> Dataset:
    """Load the heart disease data."""
    from whogains.datasets import heart

    return heart(path, task=task)


def _hsls(path: str | Path, task: Literal["above_median", "score"]) -> Dataset:
    """Load the school study."""
    from whogains.datasets import hsls

    return hsls(path, task=task)
