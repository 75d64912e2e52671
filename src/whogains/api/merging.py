"""The evidence from several parts of the data, added."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from pathlib import Path

from whogains.api.collecting import GatheredEvidence
from whogains.errors import InputError
from whogains.evidence import MAX_GROUPS, Collected, merge_collected, read_evidence
from whogains.frames import as_list, shown


def merge(
    parts: Sequence[GatheredEvidence | str | Path],
    *,
    disjoint_clusters: bool = False,
    max_groups: int = MAX_GROUPS,
) -> GatheredEvidence:
    """Add the evidence from disjoint parts of the data, such as several hospitals.

    Parameters
    ----------
    parts : sequence of GatheredEvidence or path
        Evidence, or evidence files, over the same outcome, attributes and costs.
    disjoint_clusters : bool
        Say that no cluster has rows in two parts. Without clusters it does not matter.
    max_groups : int
        The most groups allowed.

    Returns
    -------
    GatheredEvidence
        What all rows together would have given, up to rounding. The mean absolute deviation of
        the outcome, from which absolute_error has its default epsilon, does not add.

    Raises
    ------
    InputError
        If there is no part, or two do not fit together; the message names the file.
    """
    parts = as_list(parts, "parts")
    for part in parts:
        if not isinstance(part, GatheredEvidence | str | Path):
            raise InputError(f"parts must be evidence or names of files, not {shown(part)}")
    if not parts:
        raise InputError("there is no evidence to merge")
    files = [Path(part).resolve() for part in parts if isinstance(part, str | Path)]
    twice = next((file for i, file in enumerate(files) if file in files[:i]), None)
    if twice is not None:
        raise InputError(f"{twice} is named twice; its rows would count twice")
    read = [
        (str(part), read_evidence(part)) if isinstance(part, str | Path) else ("", part.collected)
        for part in parts
    ]

    def add(first: tuple[str, Collected], second: tuple[str, Collected]) -> tuple[str, Collected]:
        try:
            return first[0], merge_collected(
                first[1], second[1], disjoint_clusters=disjoint_clusters, max_groups=max_groups
            )
        except InputError as error:
            where = " and ".join(name for name in (first[0], second[0]) if name)
            raise InputError(f"{where}: {error}" if where else str(error)) from None

    return GatheredEvidence(reduce(add, read)[1])
