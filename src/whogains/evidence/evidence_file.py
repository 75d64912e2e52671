"""The evidence file: sums that travel where rows may not, as documented and versioned JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np

from whogains.costs import EXPLANATION_COSTS, PREDICTION_COSTS, TASKS, Cost, at_threshold
from whogains.errors import InputError
from whogains.evidence.evidence import CostEvidence, Evidence, Target, merge
from whogains.evidence.groups import MAX_GROUPS, Grouping
from whogains.evidence.sums import Sums
from whogains.files import json_text, write_aside
from whogains.types import Task

FORMAT = "whogains evidence"
FORMAT_VERSION = 2

WHOLE = ("rows", "units", "moved", "gains", "harms")
ADDED = ("largest",)


@dataclass(frozen=True, slots=True)
class About:
    """What an evidence file says besides its sums: the outcome, columns, notes.

    Parameters
    ----------
    target : str
        Name of the outcome.
    task : {"classification", "regression"}
        What the models predict.
    positive, negative : str or None
        For a classification, the values of the outcome that count as 1 and 0.
    rows_dropped : int
        Rows left out because their outcome is missing.
    unit : str or None
        Unit of the outcome.
    notes : tuple of str
        Choices that a reader must know.
    sample_weight, cluster : str or None
        The columns of weights and clusters, where there are such.
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


def save_evidence(collected: Collected, path: str | Path, *, min_cell: int, version: str) -> None:
    """Write an evidence file, or nothing at all.

    Parameters
    ----------
    collected : Collected
        The evidence.
    path : str or Path
        The file. It is written under another name beside its place and then renamed.
    min_cell : int
        The disclosure threshold: the fewest rows, or clusters, of a group whose sums may leave the
        hospital.
    version : str
        The version of whogains.

    Raises
    ------
    InputError
        If a group is smaller than that and has rows, or a cost is a metric of all rows.
    UnwritableError
        If the file cannot be written.
    """
    write_aside(path, evidence_text(collected, min_cell=min_cell, version=version))


def evidence_text(collected: Collected, *, min_cell: int, version: str) -> str:
    """Write evidence as the text of an evidence file; the parameters are `save_evidence`'s."""
    evidence = collected.evidence
    if not evidence.costs:
        raise InputError("the evidence holds no cost")
    for item in evidence.costs:
        if item.cost.metric:
            raise InputError(
                f"{item.cost.name} belongs to all rows together and does not add; leave it out of "
                "an evidence file"
            )
    sums = evidence.costs[0].groups
    for j in np.flatnonzero((sums.rows > 0) & (sums.units < min_cell)):
        named = ", ".join("missing" if x is None else x for x in evidence.grouping.groups[j])
        unit = "clusters" if evidence.clustered else "rows"
        raise InputError(
            f"group {named} has fewer than {min_cell} {unit}: its sums say "
            "too much of few people; use coarser groups, or lower min_cell (--min-cell)"
        )
    about, target = collected.about, evidence.target
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": version,
        "about": {field.name: getattr(about, field.name) for field in fields(about)},
        "clustered": evidence.clustered,
        "weighted": evidence.weighted,
        "outcome": {field.name: _number(getattr(target, field.name)) for field in fields(target)},
        "attributes": list(evidence.grouping.names),
        "levels": [list(of_one) for of_one in evidence.grouping.levels],
        "groups": [list(group) for group in evidence.grouping.groups],
        "costs": [
            {
                "name": item.cost.name,
                "change": item.cost.change,
                "explainer": item.explainer,
                "keep": item.keep,
                "threshold": item.cost.threshold,
                "range": [item.cost.lower, item.cost.upper] if item.cost.ranged else None,
                "tallies": {name: each.tolist() for name, each in item.tallies.items()},
                "groups": _sums_json(item.groups),
                "population": _sums_json(item.population),
            }
            for item in evidence.costs
        ],
    }
    return json_text(content)


def read_evidence(path: str | Path) -> Collected:
    """Read an evidence file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Collected
        What was saved, to the last digit.

    Raises
    ------
    InputError
        If there is no such file, or it is not a whole evidence file of a version that this
        program reads.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), parse_constant=_no_constant)
    except FileNotFoundError:
        raise InputError(f"no such file: {path}") from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError:
        raise InputError(f"{path} is not an evidence file: it is no JSON in UTF-8") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{path} is not an evidence file; make one with whogains evidence")
    if content.get("format_version") != FORMAT_VERSION:
        raise InputError(
            f"{path} is an evidence file of version {content.get('format_version')!r}; this "
            f"program reads version {FORMAT_VERSION}"
        )
    try:
        return _collected(content)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError(f"{path} is not a whole evidence file: {error}") from None


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
        if mine != other:
            raise InputError(
                f"the two pieces of evidence differ in their {name}: {mine!r} and {other!r}"
            )
    return Collected(
        merge(
            first.evidence,
            second.evidence,
            disjoint_clusters=disjoint_clusters,
            max_groups=max_groups,
        ),
        replace(
            a,
            rows_dropped=a.rows_dropped + b.rows_dropped,
            notes=tuple(dict.fromkeys((*a.notes, *b.notes))),
            sample_weight=_both(a.sample_weight, b.sample_weight),
            cluster=_both(a.cluster, b.cluster),
        ),
    )


def _both(first: str | None, second: str | None) -> str | None:
    """Name a column of both parts, whose names may differ."""
    return first if first == second else " or ".join(sorted(filter(None, {first, second})))


def _sums_json(sums: Sums) -> dict[str, list[Any]]:
    return {
        field.name: [_number(value) for value in getattr(sums, field.name).tolist()]
        for field in fields(sums)
    }


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _collected(content: dict[str, Any]) -> Collected:
    about, outcome = content["about"], content["outcome"]
    if about["task"] not in TASKS:
        raise ValueError(f"task {about['task']!r} is not known")
    grouping = Grouping(
        names=tuple(map(str, content["attributes"])),
        levels=tuple(tuple(of_one) for of_one in content["levels"]),
        groups=tuple(tuple(group) for group in content["groups"]),
    )
    return Collected(
        Evidence(
            grouping=grouping,
            costs=tuple(_cost(item, about["task"], len(grouping)) for item in content["costs"]),
            target=Target(**{name: _float(value) for name, value in outcome.items()}),
            clustered=bool(content["clustered"]),
            weighted=bool(content["weighted"]),
        ),
        About(**{**about, "notes": tuple(about["notes"])}),
    )


def _cost(item: dict[str, Any], task: Task, size: int) -> CostEvidence:
    cost = _find(item["name"], item["change"], task)
    tallies = {name: np.array(each, float) for name, each in item.get("tallies", {}).items()}
    for name, each in tallies.items():
        if each.shape != (size,):
            raise ValueError(f"{name} has {len(each)} entries where there are {size} groups")
    if item.get("threshold") is not None:
        if not 0 < item["threshold"] < 1:
            raise ValueError(f"threshold {item['threshold']!r} is not between 0 and 1")
        cost = at_threshold(cost, float(item["threshold"]))
    if item.get("range") is not None:
        lower, upper = map(float, item["range"])
        cost = replace(cost, lower=lower, upper=upper, ranged=True)
    return CostEvidence(
        cost=cost,
        tallies=tallies,
        groups=_sums(item["groups"], size),
        population=_sums(item["population"], 1),
        explainer=item["explainer"],
        keep=item["keep"],
    )


def _find(name: str, change: str | None, task: Task) -> Cost:
    for cost in (*PREDICTION_COSTS, *EXPLANATION_COSTS):
        if (cost.name, cost.change, cost.task) == (name, change, task):
            return cost
    raise ValueError(f"cost {name!r} is not known")


def _sums(content: dict[str, list[Any]], size: int) -> Sums:
    found: dict[str, Any] = {}
    for field in fields(Sums):
        # Files of before lack what was added since: it is then not known.
        known = field.name in content or field.name not in ADDED
        values = content[field.name] if known else [None] * size
        if len(values) != size:
            raise ValueError(
                f"{field.name} has {len(values)} entries where there are {size} groups"
            )
        kind = np.int64 if field.name in WHOLE else np.float64
        found[field.name] = np.array(
            values if kind is np.int64 else [_float(value) for value in values], dtype=kind
        )
    return Sums(**found)


def _float(value: float | None) -> float:
    return nan if value is None else float(value)
