"""What a user says of values: names for codes, bands of numbers, percentages, rows without any."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from whogains.errors import InputError, cell
from whogains.frames.days import day_number, day_text, days_of
from whogains.frames.from_any_frame import kind_of, numbers_of
from whogains.frames.target import Target
from whogains.types import QUANTITIES, FloatArray

Labels = Mapping[str, Mapping[Any, str]]
# An edge is a number, or a day as text or as Python has it.
Bands = Mapping[str, Sequence[Any] | str]
MOST_BANDS = 50


class GroupOptions(TypedDict, total=False):
    """Keywords of `Shape` that make groups."""

    labels: Labels | None
    bands: Bands | None


class ShapeOptions(GroupOptions, total=False):
    """The keywords of `Shape`."""

    percent: bool
    drop_missing_predictions: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """How values are meant.

    Parameters
    ----------
    labels : mapping of str to mapping, optional
        For attributes, names of their values: ``{"sex": {0: "male", 1: "female"}}``.
    bands : mapping of str to sequence of float or str, optional
        For attributes that are numbers, from which number on each band lies, rising:
        ``{"age": [18, 45, 65]}`` makes four. Or ``"q4"`` for four of as many rows as can be. Of
        days and times the edges are days: ``{"admitted": ["2024-07-01"]}``.
    percent : bool
        Whether predictions are percentages.
    drop_missing_predictions : bool
        Whether rows without a prediction are left out.

    Raises
    ------
    InputError
        If bands do not rise, or an attribute has labels and bands.
    """

    labels: Labels | None = None
    bands: Bands | None = None
    percent: bool = False
    drop_missing_predictions: bool = False
    edges: Mapping[str, tuple[float, ...]] = field(init=False)
    days: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        edges: dict[str, tuple[float, ...]] = {}
        days = set()
        for name, asked in (self.bands or {}).items():
            if name in (self.labels or {}):
                raise InputError(f"column {name!r} has labels and bands; choose one of them")
            if isinstance(asked, str):
                quantiles_of(asked, name)
                continue
            if not isinstance(asked, Iterable):
                raise InputError(f"bands of {name!r} must be numbers or days, not {asked!r:.60}")
            told = [day_number(each) for each in asked]
            numbers = tuple(each for each in told if each is not None)
            if numbers and len(numbers) == len(told):
                days.add(name)
            else:
                numbers = _numbers(asked)
            if not numbers or any(a >= b for a, b in pairwise(numbers)):
                raise InputError(
                    f"bands of {name!r} must be numbers that rise, as in 18, 45, 65, or days, as "
                    f"in 2024-07-01, 2025-01-01, not {asked!r}"
                )
            edges[name] = numbers
        object.__setattr__(self, "edges", edges)
        object.__setattr__(self, "days", frozenset(days))

    @property
    def quantiles(self) -> dict[str, int]:
        """The columns that are cut into bands of as many rows as can be, and how many."""
        return {
            name: quantiles_of(asked, name)
            for name, asked in (self.bands or {}).items()
            if isinstance(asked, str)
        }


def _numbers(edges: Sequence[Any]) -> tuple[float, ...]:
    """Read edges as numbers; none where one of them is none."""
    try:
        numbers = tuple(float(each) for each in edges)
    except (TypeError, ValueError):
        return ()
    return numbers if all(map(math.isfinite, numbers)) else ()


def check_days(name: str, shape: Shape, *, days: bool) -> None:
    """Refuse bands of numbers for days, and of days for numbers.

    Parameters
    ----------
    name : str
        The column.
    shape : Shape
        How values are meant, with the edges of bands.
    days : bool
        Whether the column holds days.

    Raises
    ------
    InputError
        If edges are given and are of the other kind than the column.
    """
    if name not in shape.edges or days == (name in shape.days):
        return
    holds, edges = ("days", "numbers") if days else ("numbers", "days")
    cure = "days, as in 2024-07-01, 2025-01-01" if days else "numbers, as in 18, 45, 65"
    raise InputError(f"column {name!r} holds {holds} and its bands are {edges}; give {cure}")


def quantiles_of(text: str, name: str) -> int:
    """Read "q4": four bands.

    Raises
    ------
    InputError
        If it is not so written.
    """
    if text[:1] != "q" or not text[1:].isdigit() or not 2 <= int(text[1:]) <= MOST_BANDS:
        raise InputError(
            f"bands of {name!r} are {text!r}; give numbers that rise, or q4 for four of as many "
            f"rows each (at most {MOST_BANDS})"
        )
    return int(text[1:])


def quantile_edges(values: FloatArray, count: int) -> tuple[float, ...]:
    """Find from which values on bands lie that have as many rows as can be.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Numbers without missing ones.
    count : int
        Of bands.

    Returns
    -------
    tuple of float
        Values that occur: quantiles by the inverse of the distribution function; fewer where they
        are equal, and none that is the smallest value.

    Examples
    --------
    >>> quantile_edges(np.array([1.0, 2.0, 2.0, 3.0, 8.0, 9.0]), 2)
    (2.0,)
    """
    shares = np.arange(1, count) / count
    found = np.quantile(values, shares, method="inverted_cdf")
    return tuple(float(each) for each in np.unique(found) if each > values.min())


def band_names(edges: Sequence[float], *, days: bool = False) -> tuple[str, ...]:
    """Name the bands below, between and above numbers or days.

    Parameters
    ----------
    edges : sequence of float
        Where one band ends and the next begins, ascending; days as numbers of days since 1970.
    days : bool
        Whether they are days.

    Returns
    -------
    tuple of str
        One name more than edges.

    Examples
    --------
    >>> band_names([18, 45.5])
    ('under 18', '18 to under 45.5', '45.5 and over')
    >>> band_names([19905, 20089], days=True)
    ('before 2024-07-01', '2024-07-01 to before 2025-01-01', '2025-01-01 and later')
    """
    if days:
        each = [day_text(edge) for edge in edges]
        inner = [f"{a} to before {b}" for a, b in pairwise(each)]
        return (f"before {each[0]}", *inner, f"{each[-1]} and later")
    told = [f"{edge:.15g}" for edge in edges]
    between = [f"{a} to under {b}" for a, b in pairwise(told)]
    return (f"under {told[0]}", *between, f"{told[-1]} and over")


def shaped_groups(groups: pd.DataFrame, shape: Shape) -> pd.DataFrame:
    """Give attributes the names and bands that were asked for.

    Parameters
    ----------
    groups : pandas.DataFrame, n rows
        The attributes.
    shape : Shape
        What was asked for.

    Returns
    -------
    pandas.DataFrame, n rows
        The same attributes; missing values stay missing.

    Raises
    ------
    InputError
        If an attribute is not there, none of its values has a label, or one with bands is no
        number.
    """
    found = {}
    for name in (*(shape.labels or {}), *(shape.bands or {})):
        if name not in groups.columns:
            raise InputError(
                f"labels and bands name {name!r}, which is no group; groups are "
                f"{', '.join(map(str, groups.columns))}"
            )
    for name, labels in (shape.labels or {}).items():
        found[name] = _labelled(groups[name], labels)
    for name in shape.bands or {}:
        times = days_of(groups[name])
        check_days(name, shape, days=times is not None)
        numbers = numbers_of(groups[name], name) if times is None else times
        known = numbers[~np.isnan(numbers)]
        edges = shape.edges.get(name)
        if edges is None:
            edges = quantile_edges(known, shape.quantiles[name]) if len(known) else (0.0,)
        if not edges:
            raise InputError(f"column {name!r} is constant and has no bands")
        names = np.array([*band_names(edges, days=times is not None), None], dtype=object)
        places = np.searchsorted(np.asarray(edges), numbers, side="right")
        places[np.isnan(numbers)] = len(names) - 1
        found[name] = pd.Series(names[places], index=groups.index)
    return groups.assign(**found)


def _labelled(series: pd.Series[Any], labels: Mapping[Any, str]) -> pd.Series[Any]:
    named = label_texts(labels)
    number = kind_of(series) in {"real", "integer"}
    distinct = series.dropna().unique().tolist()

    def text(value: Any) -> str:
        whole = number and float(value).is_integer()
        return str(int(value) if whole else value)

    if not any(text(value) in named for value in distinct):
        raise no_label(str(series.name), [text(value) for value in distinct])
    mapping = {value: named.get(text(value), text(value)) for value in distinct}
    return series.astype(object).map(mapping)


def label_texts(labels: Mapping[Any, str]) -> dict[str, str]:
    """Give labels by the text of their values: 1, 1.0 and "1" are one value.

    Examples
    --------
    >>> label_texts({0: "male", 1.0: "female", "x": "unknown"})
    {'0': 'male', '1': 'female', 'x': 'unknown'}
    """
    return {
        str(int(key) if isinstance(key, float) and key.is_integer() else key): str(label)
        for key, label in labels.items()
    }


def no_label(name: str, values: Sequence[str]) -> InputError:
    """Say that labels name no value."""
    said = [cell(value) for value in values[:5]]
    return InputError(
        f"labels of {name!r} name none of its values, which are {', '.join(said)}"
        f"{' ...' if len(values) > 5 else ''}"
    )


def check_percent(target: Target, *, percent: bool) -> None:
    """Refuse percentages of an outcome that is no class.

    Raises
    ------
    InputError
        If the task is another than classification.
    """
    if percent and target.task in QUANTITIES:
        raise InputError(
            f"percent is for probabilities, and the outcome is read for {target.task}; divide both "
            "by 100"
        )
