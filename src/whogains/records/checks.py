"""What must be true of a saved audit, so that a damaged one is refused and not shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from whogains.errors import InputError
from whogains.records.audit import AuditRecord, CostFinding
from whogains.records.watch import WatchRecord
from whogains.records.words import Levels


def wrong_in(record: AuditRecord) -> str | None:
    """Find what cannot be true of an audit.

    Parameters
    ----------
    record : AuditRecord
        What was read, of the right types.

    Returns
    -------
    str or None
        The first thing that is wrong, with its place; None where nothing is.
    """
    return next(_problems(record), None)


def _problems(record: AuditRecord) -> Iterator[str]:
    if not record.costs:
        yield "$.costs is empty: it is no audit of anything"
        return
    data = record.data
    if len(set(data.groups)) < len(data.groups) or min(data.rows, data.rows_dropped) < 0:
        yield "$.data names an attribute twice, or has a number of rows below 0"
    alpha = record.settings.get("alpha", 0.05)
    if isinstance(alpha, bool) or not isinstance(alpha, int | float) or not 0 < alpha < 1:
        yield f"$.settings.alpha is {alpha!r:.40}, not between 0 and 1"
    keys = [(cost.name, cost.kind, cost.explainer, str(cost.keep)) for cost in record.costs]
    if len(set(keys)) < len(keys):
        yield "$.costs holds a cost twice"
    levels = [group.group for group in record.costs[0].groups]
    for place, cost in enumerate(record.costs):
        for problem in _of_cost(cost, levels, record):
            yield f"$.costs[{place}]{problem}"
    yield from _of_profiles(record, levels)


def _of_profiles(record: AuditRecord, levels: list[Levels]) -> Iterator[str]:
    if record.profiles and [profile.group for profile in record.profiles] != levels:
        yield "$.profiles are of other groups than the costs"
    for j, profile in enumerate(record.profiles):
        for name in ("generic", "personalized"):
            calibration = getattr(profile, name)
            if calibration is not None and _uneven(calibration):
                yield f"$.profiles[{j}].{name} has lists of different lengths"


def _of_cost(cost: CostFinding, levels: list[Levels], record: AuditRecord) -> Iterator[str]:
    groups = [group.group for group in cost.groups]
    if not groups or groups != levels:
        yield ".groups are none, or others than those of the first cost"
    if any(tuple(group) != record.data.groups for group in groups):
        yield ".groups have other attributes than $.data.groups"
    if len({tuple(group.values()) for group in groups}) < len(groups):
        yield ".groups holds a group twice"
    if cost.gamma.group is not None and cost.gamma.group not in groups:
        yield ".gamma.group is not one of the groups"
    if not cost.epsilon > 0 or (cost.margin is not None and cost.margin < 0):
        yield ".epsilon is not above 0"
    for name, found in (
        ("population", cost.population),
        ("gamma", cost.gamma),
        *((f"groups[{j}]", group) for j, group in enumerate(cost.groups)),
    ):
        for problem in _of_numbers(found):
            yield f".{name}{problem}"
    yield from _of_bins(cost)


def _of_bins(cost: CostFinding) -> Iterator[str]:
    groups = cost.groups
    if len(cost.differences) not in {0, len(groups)}:
        yield ".differences are not one for each group"
    for j, bins in enumerate(cost.differences):
        if bins is not None and _uneven(bins):
            yield f".differences[{j}] has lists of different lengths"
    curve = cost.limits.curve
    if curve is not None:
        lists = (curve.epsilon, curve.paper, curve.weighted, curve.below, curve.above)
        more = [] if curve.verdict is None else [curve.verdict]
        if len({len(each) for each in (*lists, *more)}) > 1:
            yield ".limits.curve has lists of different lengths"
        if curve.untestable_alone is not None and len(curve.untestable_alone) != len(groups):
            yield ".limits.curve.untestable_alone is not one for each group"


def _of_numbers(found: Any) -> Iterator[str]:
    """Check what groups, the population and gamma share."""
    for field in fields(found):
        value = getattr(found, field.name)
        if value is None:
            continue
        if field.name.startswith("p_") and not 0 <= value <= 1:
            yield f".{field.name} is {value!r:.40}, not between 0 and 1"
        if field.name in {"n", "se", "required", "detectable"} and value < 0:
            yield f".{field.name} is {value!r:.40}, below 0"
    low, high = found.ci
    if low is not None and high is not None and low > high:
        yield ".ci ends before it begins"


def _uneven(bins: Any) -> bool:
    lists = [value for value in (getattr(bins, f.name) for f in fields(bins)) if _is_list(value)]
    return len({len(value) for value in lists}) > 1 or not lists[0] or min(bins.n) < 0


def _is_list(value: Any) -> bool:
    return isinstance(value, tuple)


def check_watch(record: WatchRecord, name: str) -> None:
    """Refuse a saved watch that cannot be one.

    Parameters
    ----------
    record : WatchRecord
        What was read, of the right types.
    name : str
        What to call it in an error.

    Raises
    ------
    InputError
        If it has no batch or cost, or names a batch that is not there.
    """
    if not record.batches or not record.costs or not all(cost.groups for cost in record.costs):
        raise InputError(f"{name} is not a whole watch: it has no batch, cost or group")
    asked = [alarm.batch for alarm in record.alarms]
    for cost in record.costs:
        for group in cost.groups:
            asked += [look.batch for look in group.looks]
            asked += [] if group.since is None else [group.since]
            begin = None if group.lately is None else group.lately.begin
            asked += [] if begin is None else [begin]
    if any(not 0 <= batch < len(record.batches) for batch in asked):
        raise InputError(f"{name} is not a whole watch: it names a batch that it does not have")
    alpha = record.settings.get("alpha")
    if isinstance(alpha, bool) or not isinstance(alpha, int | float) or not 0 < alpha < 1:
        raise InputError(f"{name} is not a whole watch: settings.alpha is not between 0 and 1")
