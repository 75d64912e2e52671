"""The file of a watch: versioned JSON with a checksum, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from whogains.costs import TASKS
from whogains.errors import InputError, UnwritableError, one_line
from whogains.evidence import (
    Collected,
    checksum,
    collected_from,
    evidence_content,
    listed,
    real,
    text,
    text_or_null,
    truth,
    whole,
)
from whogains.files import json_text, read_whole, write_aside
from whogains.watching.state import HASH_BYTES, Batch, Choices, State

FORMAT = "whogains watch"
FORMAT_VERSION = 2
# States of before, without names, bands and percentages: what they hold means the same.
READABLE = (1, FORMAT_VERSION)


def save_state(state: State, path: str | Path, *, version: str, before: str | None) -> None:
    """Write the file of a watch, or nothing at all.

    Parameters
    ----------
    state : State
        The watch.
    path : str or Path
        The file.
    version : str
        The version of whogains.
    before : str or None
        The checksum of the file that the watch was read from; None where there was none.

    Raises
    ------
    UnwritableError
        If the file cannot be written, or somebody else wrote to it since it was read.
    """
    place = Path(path)
    now = _checksum_of(place)
    if now != before:
        raise UnwritableError(
            f"{place} was changed by another run while this one read its batch; run this again"
        )
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": version,
        "choices": {
            field.name: _plain(getattr(state.choices, field.name))
            for field in fields(state.choices)
        },
        "secret": state.secret,
        "seen": sorted(state.seen),
        "batches": [
            {
                "name": batch.name,
                "day": None if batch.day is None else batch.day.isoformat(),
                "restart": batch.restart,
                "source": batch.source,
                "returning": batch.returning,
                "evidence": None if batch.collected is None else evidence_content(batch.collected),
            }
            for batch in state.batches
        ],
    }
    write_aside(place, json_text({**content, "checksum": checksum(content)}))


def read_state(path: str | Path) -> tuple[State, str] | None:
    """Read the file of a watch.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    tuple of (State, str) or None
        The watch and the checksum of its file; None where there is no file.

    Raises
    ------
    InputError
        If it is not the whole file of a watch that this program reads.
    """
    if not _there(path):
        return None
    data = read_whole(path)
    try:
        content = json.loads(data.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InputError(f"{path} is not the state of a watch: it is no JSON in UTF-8") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(f"{path} is not the state of a watch; whogains watch makes one")
    if content.get("format_version") not in READABLE:
        raise InputError(
            f"{path} is the state of a watch of version {content.get('format_version')!r:.40}; "
            f"this program reads versions up to {FORMAT_VERSION}"
        )
    try:
        found = _state(content)
    except KeyError as error:
        raise InputError(f"{path} is not the whole state of a watch: {error} is missing") from None
    except (TypeError, ValueError, AttributeError, IndexError) as error:
        said = one_line(error, 200)
        raise InputError(f"{path} is not the whole state of a watch: {said}") from None
    if content.get("checksum") != checksum(content):
        raise InputError(
            f"{path} was changed after it was written: its checksum does not fit; go back to a "
            "copy of it, or begin another watch"
        )
    return found, content["checksum"]


def _there(path: str | Path) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"cannot read {path}: {why}") from None


def _checksum_of(path: Path) -> str | None:
    """Read the checksum that a file says it has, None where there is no file."""
    if not _there(path):
        return None
    try:
        said = json.loads(read_whole(path).decode()).get("checksum")
    except (ValueError, AttributeError):
        return ""
    return str(said)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _state(content: dict[str, Any]) -> State:
    choices = _choices(content["choices"])
    batches = listed(content["batches"], "batches", _batch)
    seen = listed(content["seen"], "seen", _hash)
    secret = text_or_null(content["secret"], "secret")
    if not batches or all(batch.collected is None for batch in batches):
        raise ValueError("batches is empty: nothing was watched")
    for what, of in (
        ("a batch", [batch.name for batch in batches]),
        ("the rows of a batch", [batch.source for batch in batches]),
        ("a hash", list(seen)),
    ):
        if len(set(of)) < len(of):
            raise ValueError(f"{what} is there twice")
    if (secret is None) != (choices.cluster is None) or (secret is None and seen):
        raise ValueError("secret, seen and choices.cluster do not fit together")
    if secret is not None:
        bytes.fromhex(secret)
    if len({batch.day is None for batch in batches}) > 1:
        raise ValueError("some batches have a day and others none")
    for place, batch in enumerate(batches):
        if batch.collected is not None:
            _check_fits(batch.collected, choices, f"batches[{place}]")
    return State(choices, batches, secret, frozenset(seen))


def _check_fits(collected: Collected, choices: Choices, place: str) -> None:
    evidence, about = collected.evidence, collected.about
    names = tuple(item.cost.name for item in evidence.costs)
    if names != choices.costs or evidence.grouping.names != choices.groups:
        raise ValueError(f"{place} is of other costs or groups than the choices")
    if (about.target, about.task) != (choices.target, choices.task):
        raise ValueError(f"{place} is of another outcome than the choices")
    if evidence.clustered != (choices.cluster is not None):
        raise ValueError(f"{place} has other clusters than the choices")
    ranges = choices.cost_range or {}
    for item in evidence.costs:
        known = (item.cost.lower, item.cost.upper) if item.cost.ranged else None
        if known != ranges.get(item.cost.name):
            raise ValueError(f"{place} has another known range of {item.cost.name}")


def _choices(content: dict[str, Any]) -> Choices:
    if content["task"] not in TASKS:
        raise ValueError(f"choices.task {content['task']!r:.40} is not known")
    costs = listed(content["costs"], "choices.costs", text)
    epsilon = _by_cost(content["epsilon"], "choices.epsilon", costs)
    margin = _by_cost(content["margin"], "choices.margin", costs)
    alpha = real(content["alpha"], "choices.alpha")
    if set(epsilon) != set(costs) or min(*epsilon.values(), *margin.values(), 1.0) <= 0:
        raise ValueError("choices.epsilon or choices.margin is not above 0 for every cost")
    if not 0 < alpha < 0.5:
        raise ValueError(f"choices.alpha is {alpha}, not above 0 and below 0.5")
    threshold, known = content["threshold"], content["cost_range"]
    ranges = None
    if known is not None:
        ranges = {}
        for name, ends in known.items():
            lower, upper = listed(ends, f"choices.cost_range.{name}", real)
            ranges[text(name, "choices.cost_range")] = (lower, upper)
    return Choices(
        target=text(content["target"], "choices.target"),
        generic=text(content["generic"], "choices.generic"),
        personalized=text(content["personalized"], "choices.personalized"),
        positive=text_or_null(content["positive"], "choices.positive"),
        sample_weight=text_or_null(content["sample_weight"], "choices.sample_weight"),
        cluster=text_or_null(content["cluster"], "choices.cluster"),
        unit=text_or_null(content["unit"], "choices.unit"),
        labels=_labels(content.get("labels")),
        bands=_bands(content.get("bands")),
        percent=truth(content.get("percent", False), "choices.percent"),
        drop_missing_predictions=truth(
            content.get("drop_missing_predictions", False), "choices.drop_missing_predictions"
        ),
        groups=listed(content["groups"], "choices.groups", text),
        task=content["task"],
        costs=costs,
        epsilon=epsilon,
        margin=margin,
        alpha=alpha,
        min_cell=whole(content["min_cell"], "choices.min_cell"),
        threshold=None if threshold is None else real(threshold, "choices.threshold"),
        cost_range=ranges,
    )


def _labels(content: Any) -> dict[str, dict[str, str]] | None:
    if content is None:
        return None
    return {
        name: {code: text(label, f"choices.labels.{name}") for code, label in each.items()}
        for name, each in content.items()
    }


def _bands(content: Any) -> dict[str, tuple[float, ...]] | None:
    if content is None:
        return None
    found = {name: listed(each, f"choices.bands.{name}", real) for name, each in content.items()}
    for name, edges in found.items():
        if not edges or any(a >= b for a, b in pairwise(edges)):
            raise ValueError(f"choices.bands.{name} do not rise")
    return found


def _by_cost(content: Any, place: str, costs: tuple[str, ...]) -> dict[str, float]:
    if not isinstance(content, dict) or not set(content) <= set(costs):
        raise ValueError(f"{place} is not by cost")
    return {name: real(value, f"{place}.{name}") for name, value in content.items()}


def _batch(content: Any, place: str) -> Batch:
    day = text_or_null(content["day"], f"{place}.day")
    evidence = content["evidence"]
    return Batch(
        name=text(content["name"], f"{place}.name"),
        day=None if day is None else date.fromisoformat(day),
        restart=truth(content["restart"], f"{place}.restart"),
        source=text(content["source"], f"{place}.source"),
        returning=whole(content["returning"], f"{place}.returning"),
        collected=None if evidence is None else collected_from(evidence),
    )


def _hash(value: Any, place: str) -> str:
    found = text(value, place)
    if len(found) != 2 * HASH_BYTES or set(found) - set("0123456789abcdef"):
        raise ValueError(f"{place} is {found!r:.40}, not a hash")
    return found
