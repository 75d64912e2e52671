"""Which columns of a file are features."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from whogains.errors import InputError
from whogains.files import shown


def feature_columns(
    file: Path, every: Sequence[str], features: Sequence[str], others: Sequence[str]
) -> tuple[list[str], str | None]:
    """Find the features: those named, else every column that is nothing else and is there once.

    Parameters
    ----------
    file : Path
        The file.
    every : sequence of str
        Its columns, also those that are there twice.
    features : sequence of str
        Those named, if any.
    others : sequence of str
        Columns that are something else, or are left out.

    Returns
    -------
    kept : list of str
        The features.
    note : str or None
        Which columns are none, since it cannot be told which one is meant.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> feature_columns(Path("a.csv"), ["y", "x", "z", "z"], [], ["y"])
    (['x'], "a.csv has more than one column named 'z': these are no features")
    """
    if features:
        return list(features), None
    # What R and pandas write before the first column, where its name would be.
    free = [name for name in every if name and name not in others]
    kept = [name for name in free if free.count(name) == 1]
    if not kept:
        raise InputError(f"{shown(file)} has no column left for the features")
    twice = ", ".join(sorted({repr(name) for name in free if free.count(name) > 1}))
    said = [f"more than one column named {twice}"] if twice else []
    said += ["a column without a name"] if "" in every else []
    if not said:
        return kept, None
    return kept, f"{Path(shown(file)).name} has {' and '.join(said)}: these are no features"


def check_dropped(left_out: Sequence[str], needed: Iterable[str]) -> None:
    """Refuse to leave out a column that is needed.

    Parameters
    ----------
    left_out : sequence of str
        What --drop names.
    needed : iterable of str
        The outcome, attributes and the like.

    Raises
    ------
    InputError
        If one of them is.
    """
    both = [name for name in left_out if name in {*needed}]
    if both:
        raise InputError(f"--drop names {both[0]!r}, which is needed; leave it out of --drop")
