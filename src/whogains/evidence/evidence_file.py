"""The evidence file: sums that travel where rows may not, as documented and versioned JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np

from whogains.costs import (
    EVERY_PREDICTION_COST,
    EXPLANATION_COSTS,
    TASKS,
    Cells,
    Cost,
    CostMatrix,
    at_threshold,
    own_cost,
)
from whogains.errors import InputError, one_line
from whogains.evidence.collected import About, Collected
from whogains.evidence.disclosure import telling_groups, unnamed_groups
from whogains.evidence.effective import effective_units
from whogains.evidence.evidence import CostEvidence, Evidence, Target
from whogains.evidence.evidence_reading import (
    check_evidence,
    check_grouping,
    read_sums,
    read_tallies,
)
from whogains.evidence.groups import Grouping
from whogains.evidence.json_values import listed, real, text, text_or_null, truth, whole
from whogains.evidence.sums import Sums
from whogains.files import json_text, read_whole, write_aside
from whogains.types import Task

FORMAT = "whogains evidence"
FORMAT_VERSION = 3

# What outcomes have that not every cost needs.
MAY_MISS = ("mean_absolute_deviation", "mean_y_log_y")

WHOLE = ("rows", "units", "moved", "gains", "harms")


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
    small = telling_groups([(item.cost, item.groups) for item in evidence.costs], min_cell)
    unnamed = unnamed_groups(evidence.grouping.groups, (sums.rows > 0) & ~small)
    for j in np.flatnonzero((sums.rows > 0) & small):
        named = ", ".join("missing" if x is None else x for x in evidence.grouping.groups[j])
        named = f"group {named}" if not unnamed[j] else "a group with a level of its own"
        unit = "clusters" if evidence.clustered else "rows"
        few = sums.units[j] < min_cell
        what = (
            f"has fewer than {min_cell} {unit}" if few else f"has one of its {unit} as most of it"
        )
        if not few and effective_units(sums)[j] < min_cell:
            what = f"has weights that make it worth fewer than {min_cell} {unit}"
        raise InputError(
            f"{named} {what}: its sums say "
            "too much of few people; use coarser groups, or lower min_cell (--min-cell)"
        )
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": version,
        **evidence_content(collected),
    }
    return json_text({**content, "checksum": checksum(content)})


def evidence_content(collected: Collected) -> dict[str, Any]:
    """Give evidence as JSON values; no group is kept back, however small.

    Parameters
    ----------
    collected : Collected
        The evidence.

    Returns
    -------
    dict
        JSON values, which `collected_from` reads.
    """
    evidence, about = collected.evidence, collected.about
    target = evidence.target
    return {
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
                **_own_json(item.cost),
                "range": [item.cost.lower, item.cost.upper] if item.cost.ranged else None,
                "tallies": {name: each.tolist() for name, each in item.tallies.items()},
                "groups": _sums_json(item.groups),
                "population": _sums_json(item.population),
            }
            for item in evidence.costs
        ],
    }


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
    data = read_whole(path)
    try:
        content = json.loads(data.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InputError(f"{path} is not an evidence file: it is no JSON in UTF-8") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{path} is not an evidence file; make one with whogains evidence")
    if content.get("format_version") != FORMAT_VERSION:
        raise InputError(
            f"{path} is an evidence file of version {content.get('format_version')!r}; this "
            f"program reads version {FORMAT_VERSION}"
        )
    try:
        found = collected_from(content)
    except KeyError as error:
        raise InputError(f"{path} is not a whole evidence file: {error} is missing") from None
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        raise InputError(f"{path} is not a whole evidence file: {one_line(error, 200)}") from None
    if content.get("checksum") != checksum(content):
        raise InputError(
            f"{path} was changed after it was written: its checksum does not fit; make it again"
        )
    return found


def _sums_json(sums: Sums) -> dict[str, list[Any]]:
    return {
        field.name: [_number(value) for value in getattr(sums, field.name).tolist()]
        for field in fields(sums)
    }


def _own_json(cost: Cost) -> dict[str, Any]:
    """Say of a user's cost what sums do not: its words, its range, and prices of errors."""
    if not cost.own:
        return {}
    cells = cost.rows
    return {
        "own": {
            "label": cost.label,
            "unit": cost.own_unit,
            "range": [_number(cost.lower), _number(cost.upper)],
            "prices": [cells.tp, cells.fp, cells.fn, cells.tn]
            if isinstance(cells, Cells)
            else None,
        }
    }


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def collected_from(content: dict[str, Any]) -> Collected:
    """Build evidence from what `evidence_content` gives.

    Parameters
    ----------
    content : dict
        JSON values; keys that are not of evidence are passed over.

    Returns
    -------
    Collected
        The evidence, to the last digit.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError, IndexError
        If it is not whole, or no rows can have such sums.
    """
    about = _about(content["about"])
    grouping = Grouping(
        names=listed(content["attributes"], "attributes", text),
        levels=listed(content["levels"], "levels", _levels),
        groups=listed(content["groups"], "groups", _levels),
    )
    check_grouping(grouping)
    costs = listed(
        content["costs"], "costs", lambda item, place: _cost(item, place, about.task, len(grouping))
    )
    evidence = Evidence(
        grouping=grouping,
        costs=costs,
        target=_target(content["outcome"]),
        clustered=truth(content["clustered"], "clustered"),
        weighted=truth(content["weighted"], "weighted"),
    )
    with np.errstate(all="ignore"):
        check_evidence(evidence)
    return Collected(evidence, about)


def _levels(value: Any, place: str) -> tuple[str | None, ...]:
    return listed(value, place, text_or_null)


def _about(content: dict[str, Any]) -> About:
    if content["task"] not in TASKS:
        raise ValueError(f"task {content['task']!r:.40} is not known")
    texts = (
        "positive", "negative", "unit", "sample_weight", "cluster", "generic", "personalized",
    )  # fmt: skip
    return About(
        target=text(content["target"], "about.target"),
        task=content["task"],
        rows_dropped=whole(content["rows_dropped"], "about.rows_dropped"),
        notes=listed(content["notes"], "about.notes", text),
        sources=listed(content["sources"], "about.sources", text),
        exposure=text_or_null(content.get("exposure"), "about.exposure"),
        # Files from before have none.
        warnings=listed(content.get("warnings", []), "about.warnings", _warning),
        **{name: text_or_null(content[name], f"about.{name}") for name in texts},
    )


def _warning(value: Any, place: str) -> tuple[str, str]:
    name, said = listed(value, place, text)
    return name, said


def _target(content: dict[str, Any]) -> Target:
    return Target(
        **{
            field.name: real(
                # Files that were written before counts were known lack what only they need.
                content.get(field.name) if field.name in MAY_MISS else content[field.name],
                f"outcome.{field.name}",
                missing=nan if field.name in MAY_MISS else None,
            )
            for field in fields(Target)
        }
    )


def _cost(item: dict[str, Any], place: str, task: Task, size: int) -> CostEvidence:
    keep = item["keep"]
    cost = _own(item, place, task) if "own" in item else _find(item["name"], item["change"], task)
    threshold, known = item.get("threshold"), item.get("range")
    if threshold is not None:
        threshold = real(threshold, f"{place}.threshold")
        if cost.threshold is None or not 0 < threshold < 1:
            raise ValueError(f"{place}.threshold is {threshold!r}, where none of these can be")
        cost = at_threshold(cost, threshold)
    if known is not None:
        ends = listed(known, f"{place}.range", real)
        if len(ends) != 2 or not ends[0] < ends[1]:
            raise ValueError(f"{place}.range is no lower and upper end")
        cost = replace(cost, lower=ends[0], upper=ends[1], ranged=True)
    return CostEvidence(
        cost=cost,
        tallies=read_tallies(item.get("tallies", {}), size, f"{place}.tallies", cost),
        groups=read_sums(item["groups"], size, f"{place}.groups", WHOLE),
        population=read_sums(item["population"], 1, f"{place}.population", WHOLE),
        explainer=text_or_null(item["explainer"], f"{place}.explainer"),
        keep=None if keep is None else real(keep, f"{place}.keep"),
    )


def _own(item: dict[str, Any], place: str, task: Task) -> Cost:
    """Read a user's cost, whose function is not here."""
    own = item["own"]
    label = text(own["label"], f"{place}.own.label")
    unit = text_or_null(own["unit"], f"{place}.own.unit")
    ends = listed(own["range"], f"{place}.own.range", _real_or_null)
    if len(ends) != 2:
        raise ValueError(f"{place}.own.range is no lower and upper end")
    name = text(item["name"], f"{place}.name")
    if any(cost.name == name for cost in (*EVERY_PREDICTION_COST, *EXPLANATION_COSTS)):
        raise ValueError(f"cost {name!r:.40} is built in, and no one's own")
    if own["prices"] is None:
        return own_cost(name, task, (ends[0], ends[1]), label, unit)
    prices = listed(own["prices"], f"{place}.own.prices", real)
    if len(prices) != 4:
        raise ValueError(f"{place}.own.prices are not four numbers")
    tp, fp, fn, tn = prices
    made = CostMatrix(fp=fp, fn=fn, tp=tp, tn=tn, name=name, label=label, unit=unit)
    return made.of_task(task)


def _real_or_null(value: Any, place: str) -> float | None:
    return None if value is None else real(value, place)


def _find(name: str, change: str | None, task: Task) -> Cost:
    for cost in (*EVERY_PREDICTION_COST, *EXPLANATION_COSTS):
        if (cost.name, cost.change, cost.task) == (name, change, task) and not cost.metric:
            return cost
    raise ValueError(f"cost {name!r:.40} is not known")


def checksum(content: Mapping[str, Any]) -> str:
    """Give the SHA-256 of everything in an evidence file but the checksum itself."""
    rest = {key: value for key, value in content.items() if key != "checksum"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
