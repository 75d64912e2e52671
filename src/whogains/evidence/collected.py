"""Evidence with what it is about, and how two parts of the data add."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any

from whogains.errors import InputError
from whogains.evidence.evidence import Evidence, merge
from whogains.evidence.groups import MAX_GROUPS
from whogains.types import Task


@dataclass(frozen=True, slots=True)
class About:
    """What an evidence file says besides its sums: the outcome, columns, notes.

    Parameters
    ----------
    target : str
        Name of the outcome.
    task : {"classification", "regression", "classes", "counts"}
        What the models predict.
    positive, negative : str or None
        For a classification, the values of the outcome that count as 1 and 0.
    rows_dropped : int
        Rows left out because their outcome is missing.
    unit : str or None
        Unit of the outcome.
    notes : tuple of str
        Choices that a reader must know.
    sample_weight, cluster, exposure : str or None
        The columns of weights, clusters and exposures of counts, where there are such.
    generic, personalized : str or None
        The columns of the two models' predictions, which tells parts in which they are swapped.
    warnings : tuple of (str, str)
        Signs of nonsense seen in rows: a name and a sentence each.
    sources : tuple of str
        The fingerprints of the rows that were summed, which tells a part that is there twice.
    """

    target: str
    task: Task
    positive: str | None
    negative: str | None
    rows_dropped: int = 0
    unit: str | None = None
    notes: tuple[str, ...] = ()
    sample_weight: str | None = None
    cluster: str | None = None
    generic: str | None = None
    personalized: str | None = None
    sources: tuple[str, ...] = ()
    exposure: str | None = None
    warnings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """Evidence and what it is about.

    Parameters
    ----------
    evidence : Evidence
        The sums.
    about : About
        What they are about.
    """

    evidence: Evidence
    about: About


def merge_collected(
    first: Collected,
    second: Collected,
    *,
    disjoint_clusters: bool = False,
    max_groups: int = MAX_GROUPS,
) -> Collected:
    """Add the evidence from two disjoint parts of the data, and what it is about.

    Parameters
    ----------
    first, second : Collected
        Over the same outcome, attributes and costs.
    disjoint_clusters, max_groups
        As in `merge`.

    Returns
    -------
    Collected
        What all rows together would have given, up to rounding.

    Raises
    ------
    InputError
        If the two are not about the same, or as in `merge`.
    """
    a, b = first.about, second.about
    for name in ("target", "task", "positive", "negative", "unit"):
        mine, other = getattr(a, name), getattr(b, name)
        if same_value(mine) != same_value(other):
            raise InputError(
                f"the two pieces of evidence differ in their {name}: {mine!r} and {other!r}"
            )
    if (a.exposure is None) != (b.exposure is None):
        raise InputError("only one of the two pieces of evidence has exposures")
    if a.generic != a.personalized and ((a.generic, a.personalized) == (b.personalized, b.generic)):
        raise InputError(
            f"the two models are swapped: {a.generic!r} is the generic one in one part and the "
            "personalized one in the other"
        )
    merged = merge(
        first.evidence,
        second.evidence,
        disjoint_clusters=disjoint_clusters,
        max_groups=max_groups,
    )
    if set(a.sources) & set(b.sources):
        raise InputError("both parts hold the same rows, which would count twice; leave one out")
    return Collected(
        merged,
        replace(
            a,
            generic=_both(a.generic, b.generic),
            personalized=_both(a.personalized, b.personalized),
            sources=tuple(sorted({*a.sources, *b.sources})),
            rows_dropped=a.rows_dropped + b.rows_dropped,
            notes=tuple(dict.fromkeys((*a.notes, *b.notes))),
            warnings=tuple(dict.fromkeys((*a.warnings, *b.warnings))),
            sample_weight=_both(a.sample_weight, b.sample_weight),
            cluster=_both(a.cluster, b.cluster),
            exposure=_both(a.exposure, b.exposure),
        ),
    )


def same_value(value: str | None) -> str | None:
    """Write an outcome in one way: 1 and 1.0, true and True are the same.

    Parameters
    ----------
    value : str or None
        The outcome.

    Returns
    -------
    str or None
        What equal outcomes share.

    Examples
    --------
    >>> same_value("1.0") == same_value("1"), same_value("TRUE")
    (True, 'true')
    """
    if value is None:
        return None
    try:
        return f"{float(value):.17g}"
    except ValueError:
        return value.lower() if value.lower() in {"true", "false"} else value


def _both(first: str | None, second: str | None) -> str | None:
    """Name a column of both parts, whose names may differ."""
    return first if first == second else " or ".join(sorted(filter(None, {first, second})))


def fingerprint(evidence: Evidence) -> str:
    """Tell the rows behind evidence from others, whatever a scan's rounding.

    Parameters
    ----------
    evidence : Evidence
        The sums.

    Returns
    -------
    str
        The same for the same rows, costs and groups; numbers count to six digits.
    """
    said: list[Any] = [evidence.grouping.names, evidence.grouping.groups]
    for item in evidence.costs:
        said.append(item.cost.name)
        said += [
            [f"{value:.6g}" for value in getattr(item.groups, name).tolist()]
            for name in ("rows", "units", "gains", "harms", "weight", "generic", "personalized")
        ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
