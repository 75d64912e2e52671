"""What must be true of an evidence file: kinds, bounds, and the identities that sums obey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from whogains.costs import Cost
from whogains.evidence.disclosure import bounds_shares
from whogains.evidence.evidence import CostEvidence, Evidence
from whogains.evidence.groups import Grouping
from whogains.evidence.json_values import listed, not_a, real, whole
from whogains.evidence.sums import Sums
from whogains.evidence.tallies import CLIPPED, LABELS, Tallies, tally_names
from whogains.types import BoolArray

# Sums of a scan agree to rounding only, which may pile up.
ROUNDING = 1e-6


def check_grouping(grouping: Grouping) -> None:
    """Check attributes, levels and groups.

    Parameters
    ----------
    grouping : Grouping
        What was read.

    Raises
    ------
    ValueError
        If something is there twice, or a group has a level that its attribute does not have.
    """
    names, levels, groups = grouping.names, grouping.levels, grouping.groups
    if not names or not groups or len(levels) != len(names):
        raise ValueError("attributes, levels and groups do not fit together")
    for what, of in (
        ("an attribute", names),
        ("a group", groups),
        *(("a level", x) for x in levels),
    ):
        if len(set(of)) < len(of):
            raise ValueError(f"{what} is there twice")
    for group in groups:
        if len(group) != len(names) or any(
            level not in of for level, of in zip(group, levels, strict=True)
        ):
            raise ValueError("a group has a level that its attribute does not have")


def check_evidence(evidence: Evidence) -> None:
    """Check the identities that sums of rows obey.

    Parameters
    ----------
    evidence : Evidence
        What was read.

    Raises
    ------
    ValueError
        If no rows can have such sums; the message names the cost and the sum.
    """
    if not evidence.costs:
        raise ValueError("costs is empty: it is no evidence of anything")
    keys = [item.key for item in evidence.costs]
    if len(set(keys)) < len(keys):
        raise ValueError("a cost is there twice")
    first = evidence.costs[0]
    for item in evidence.costs:
        for sums in (item.groups, item.population):
            for wrong, what in _broken(sums, item, evidence):
                if wrong.any():
                    raise ValueError(f"{what} of {item.cost.name} cannot be sums of rows")
        for name in ("rows", "units", "weight", "ones", "zeros", "mean_v", "m_vv"):
            if not _near(getattr(item.groups, name), getattr(first.groups, name)).all():
                raise ValueError(f"{name} differs between {first.cost.name} and {item.cost.name}")
        _check_tallies(item)
        _check_total(item, clustered=evidence.clustered)
    _check_target(evidence)


def _broken(sums: Sums, item: CostEvidence, evidence: Evidence) -> Sequence[tuple[BoolArray, str]]:
    """Give every identity, as where it does not hold."""
    s, cost = sums, item.cost
    unclustered, unweighted = not evidence.clustered, not evidence.weighted
    total, scale = s.weight, np.abs(s.generic) + np.abs(s.personalized)
    classification = cost.task == "classification"
    # Centred sums of what is nearly constant are rounding alone.
    lost = 1e-12 * s.units * s.mean_v**2 * (s.m_uu + s.units * s.mean_u**2)
    found = [
        (s.units > s.rows, "units and rows"),
        ((s.units == 0) != (s.rows == 0), "units and rows"),
        (s.moved > s.units, "moved and units"),
        (s.gains + s.harms > s.rows, "gains and harms"),
        (s.moved > s.gains + s.harms, "moved, gains and harms"),
        ((s.units != s.rows) & unclustered, "units and rows"),
        ((s.moved != s.gains + s.harms) & unclustered, "moved, gains and harms"),
        ((s.weight > 0) != (s.rows > 0), "weight and rows"),
        (~_near(s.weight, s.rows) & unweighted, "weight and rows"),
        (~_near(s.units * s.mean_v, s.weight), "mean_v and weight"),
        (
            np.abs(s.units * s.mean_u - total * (s.generic - s.personalized))
            > ROUNDING * (total * scale + 1e-300),
            "mean_u, generic and personalized",
        ),
        (
            (s.largest > total * (1 + ROUNDING)) | (s.largest < s.mean_v * (1 - ROUNDING)),
            "largest and weight",
        ),
        ((s.m_uu < 0) | (s.m_vv < 0), "m_uu and m_vv"),
        (s.m_uv**2 > s.m_uu * s.m_vv * (1 + ROUNDING) + lost, "m_uv, m_uu and m_vv"),
        ((s.m_vv > ROUNDING * total * s.mean_v) & unclustered & unweighted, "m_vv"),
        ((s.moved == 0) & (s.mean_u != 0), "moved and mean_u"),
        ((s.moved == 0) & (s.m_uu > 0), "moved and m_uu"),
    ]
    slack = ROUNDING * np.maximum(scale, 1.0)
    for mean in (s.generic, s.personalized):
        outside = (mean < cost.lower - slack) | (mean > cost.upper + slack)
        found.append((outside & (s.rows > 0), "generic and personalized"))
    for largest, mean in (
        (s.largest_generic, s.generic),
        (s.largest_personalized, s.personalized),
    ):
        if not bounds_shares(cost):
            found.append((largest != 0, "largest_generic and largest_personalized"))
            continue
        most, least = mean * total, mean * total / np.maximum(s.units, 1)
        odd = (largest > most * (1 + ROUNDING)) | (largest < least * (1 - ROUNDING))
        found.append((odd, "largest_generic and largest_personalized"))
    for one, two, three in (
        (s.ones, s.ones_squared, s.ones_cubed),
        (s.zeros, s.zeros_squared, s.zeros_cubed),
    ):
        up = 1 + ROUNDING
        odd = (one < 0) | (two > one**2 * up) | (one**2 > s.units * two * up)
        odd |= (three > two * one * up) | (two**2 > one * three * up)
        found.append((odd if classification else (one != 0), "ones and zeros"))
    if classification:
        found.append((~_near(s.ones + s.zeros, s.weight), "ones, zeros and weight"))
    return found


def _check_tallies(item: CostEvidence) -> None:
    """Check that no more is counted than there is."""
    tallies, sums = item.tallies, item.groups
    # Every row has a label by each prediction that the cost compares, at least two.
    if LABELS[0] in tallies:
        labels = tallies[LABELS[0]] + tallies[LABELS[1]]
        if (labels < 2 * sums.rows).any() or ((labels > 0) & (sums.rows == 0)).any():
            raise ValueError(
                f"labelled_0 and labelled_1 of {item.cost.name} cannot be sums of rows"
            )
    for name in CLIPPED:
        most = sums.weight if "weight" in name else sums.rows
        if name in tallies and (tallies[name] > most * (1 + ROUNDING)).any():
            raise ValueError(f"{name} of {item.cost.name} cannot be sums of rows")


def _check_total(item: CostEvidence, *, clustered: bool) -> None:
    """Check that everybody is all groups together."""
    groups, everybody = item.groups, item.population
    for name in ("rows", "gains", "harms", "weight", "ones", "zeros"):
        if not _near(getattr(groups, name).sum(), getattr(everybody, name)[0]):
            raise ValueError(f"{name} of the groups and the population of {item.cost.name} differ")
    units = int(groups.units.sum())
    if int(everybody.units[0]) > units or (not clustered and int(everybody.units[0]) != units):
        raise ValueError(f"units of the groups and the population of {item.cost.name} differ")
    for name in ("generic", "personalized"):
        means = getattr(groups, name)
        total, slack = float(means @ groups.weight), float(np.abs(means) @ groups.weight)
        own = float(getattr(everybody, name)[0] * everybody.weight[0])
        if abs(total - own) > ROUNDING * slack:
            raise ValueError(f"{name} of the groups and the population of {item.cost.name} differ")


def _check_target(evidence: Evidence) -> None:
    target, everybody = evidence.target, evidence.costs[0].population
    fits = bool(_near(target.weight, everybody.weight[0])) and target.m2 >= 0
    if evidence.costs[0].cost.task == "classification":
        share = float(everybody.ones[0] / everybody.weight[0]) if everybody.weight[0] else 0.0
        spread = target.weight * share * (1 - share)
        fits = fits and abs(target.mean - share) < ROUNDING
        fits = fits and abs(target.m2 - spread) <= ROUNDING * target.weight
    if evidence.costs[0].cost.task == "counts":
        # By Jensen's inequality no mean of y log y is below that of the mean.
        fits = fits and target.mean > 0 and not target.constant_cost("deviance") < -ROUNDING
    if not fits or target.mean_absolute_deviation < 0:
        raise ValueError("outcome does not fit the sums")


def _near(a: Any, b: Any) -> BoolArray:
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    near: BoolArray = np.abs(a - b) <= ROUNDING * np.maximum(np.abs(a), np.abs(b))
    return near


def read_sums(content: Any, size: int, place: str, counts: Sequence[str]) -> Sums:
    """Read the sums of one cost.

    Parameters
    ----------
    content : dict
        Lists of numbers by name.
    size : int
        How many groups there are.
    place : str
        Where it stands, for the message.
    counts : sequence of str
        The names of what is counted.

    Returns
    -------
    Sums
        The sums.

    Raises
    ------
    ValueError
        If a list is missing, has another length, or holds what is no number.
    """
    if not isinstance(content, dict):
        raise not_a("an object", content, place)
    found: dict[str, Any] = {}
    for field in fields(Sums):
        name, values = field.name, content.get(field.name)
        if not isinstance(values, list):
            raise not_a("a list", values, f"{place}.{name}")
        if len(values) != size:
            raise ValueError(f"{name} has {len(values)} entries where there are {size} groups")
        if name in counts:
            numbers: list[Any] = [whole(value, f"{place}.{name}") for value in values]
        else:
            # Moments may overflow, and are then not known.
            missing = float("nan") if name.startswith("m_") else None
            numbers = [real(value, f"{place}.{name}", missing=missing) for value in values]
        found[name] = np.array(numbers, dtype=np.int64 if name in counts else np.float64)
    return Sums(**found)


def read_tallies(content: Any, size: int, place: str, cost: Cost) -> Tallies:
    """Read the tallies of one cost.

    Parameters
    ----------
    content : dict
        Lists of numbers by name: all that this cost counts, or none.
    size : int
        How many groups there are.
    place : str
        Where it stands, for the message.
    cost : Cost
        The cost.

    Returns
    -------
    mapping of str to ndarray of float, shape (d,)
        The tallies.

    Raises
    ------
    ValueError
        If a name is not of this cost, or a list has another length or holds what is no number
        from 0 on.
    """
    if not isinstance(content, dict):
        raise not_a("an object", content, place)
    names = tally_names(cost)
    if content and set(content) != set(names):
        raise ValueError(f"{place} are not those of {cost.name}")
    found = {}
    for name, values in content.items():
        numbers = listed(values, f"{place}.{name}", real)
        if len(numbers) != size:
            raise ValueError(f"{name} has {len(numbers)} entries where there are {size} groups")
        if min(numbers) < 0:
            raise ValueError(f"{place}.{name} is negative")
        found[name] = np.array(numbers, dtype=np.float64)
    return found
