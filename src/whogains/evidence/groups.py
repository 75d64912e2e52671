"""Groups: the crossing of attributes, with a line for every group that can occur."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import reduce
from itertools import product
from math import inf, prod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whogains.errors import InputError
from whogains.files import PATTERNS
from whogains.types import IntArray

if TYPE_CHECKING:
    import pandas as pd

Level = str | None

MAX_LEVELS = 50
# As `frames` names bands of numbers.
BAND = re.compile(r"(under )?([-+.0-9e]+)(?: to under [-+.0-9e]+| and over)?")
DAYS = re.compile(r"before ([0-9]{4}-[0-9]{2}-[0-9]{2}.*)")
MIDNIGHT = time()
MAX_GROUPS = 4096


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute's levels and each row's level.

    Parameters
    ----------
    name : str
        The attribute.
    levels : tuple of (str or None)
        Its levels in order; None, always last, stands for a missing value.
    codes : ndarray of int, shape (n,)
        Each row's place in `levels`.
    """

    name: str
    levels: tuple[Level, ...]
    codes: IntArray


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups that can occur.

    Parameters
    ----------
    names : tuple of str
        The crossed attributes.
    levels : tuple of tuple
        Each attribute's levels in order.
    groups : tuple of tuple
        The groups, one level per attribute, in the order of the levels. Every crossing of levels
        that are not missing is there, with rows or without; one with a missing level is there
        when it has rows, because nobody is meant to be in it.
    """

    names: tuple[str, ...]
    levels: tuple[tuple[Level, ...], ...]
    groups: tuple[tuple[Level, ...], ...]

    def __len__(self) -> int:
        return len(self.groups)


def as_level(value: Any) -> str:
    """Write one value of an attribute, not missing, as text: 1, 1.0 and "1" are one level.

    Parameters
    ----------
    value : object
        The value, as its column holds it.

    Returns
    -------
    str
        The level.

    Examples
    --------
    >>> as_level(1.0), as_level(True), as_level("White"), as_level(datetime(1969, 7, 20))
    ('1', 'True', 'White', '1969-07-20')
    """
    if isinstance(value, datetime) and value.time() == MIDNIGHT and value.tzinfo is None:
        # A day, which other programs keep as a time and text files do not.
        return value.date().isoformat()
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    # What UTF-8 does not have is written as its code: no table, file or terminal takes it.
    return str(value).encode("utf-8", "backslashreplace").decode()


def levels_as_written(values: Sequence[Any]) -> list[Any]:
    """Read the texts of a column of a text file as levels: as written, or as numbers throughout.

    Parameters
    ----------
    values : sequence of (str or None)
        The distinct values of the rows that are audited.

    Returns
    -------
    list of (str or None)
        The text of each value's number, so that 1 and 1.0 are one level, where all values are
        numbers as any program writes them; else the values themselves. One '01' makes all of them
        codes.

    Examples
    --------
    >>> levels_as_written(["1", "2.0", None]), levels_as_written(["01", "1"])
    (['1', '2', None], ['01', '1'])
    """
    plain = re.compile(PATTERNS["plain"])
    known = [value for value in values if value is not None]
    if all(isinstance(value, str) and plain.fullmatch(value.strip()) for value in known):
        return [None if value is None else as_level(float(value)) for value in values]
    return list(values)


def attribute(
    name: str,
    codes: npt.NDArray[Any],
    values: Sequence[Any],
    *,
    max_levels: int | None = MAX_LEVELS,
) -> Attribute:
    """Make an attribute from a factorized column.

    Parameters
    ----------
    name : str
        The column.
    codes : array of int, shape (n,)
        Each row's place in `values`; negative where the value is missing.
    values : sequence
        The distinct values in the order that the levels shall have.
    max_levels : int, optional
        The most levels allowed; None for any number.

    Returns
    -------
    Attribute
        The levels as text; a missing value is a level of its own.

    Raises
    ------
    InputError
        If there are more than `max_levels` levels.
    """
    texts = [as_level(value) for value in values]
    levels: list[Level] = list(dict.fromkeys(texts))
    position = {text: index for index, text in enumerate(levels)}
    place = np.array([position[text] for text in texts], dtype=np.int64)
    missing = codes < 0
    if missing.any():
        levels.append(None)
    if max_levels is not None and len(levels) > max_levels:
        raise InputError(
            f"column {name!r} has {len(levels)} levels, more than {max_levels}; "
            "band it (--band), or raise max_levels (--max-levels)"
        )
    # One more place, at the end, is where the code -1 of a missing value points to.
    place = np.append(place, len(levels) - 1)
    return Attribute(name, tuple(levels), place[np.where(missing, -1, codes)])


def attributes(frame: pd.DataFrame, *, max_levels: int | None = MAX_LEVELS) -> list[Attribute]:
    """Make an attribute of every column of a frame.

    Parameters
    ----------
    frame : pandas.DataFrame, shape (n, k)
        One column per attribute. Levels that no row has are left out, also those that a
        categorical column declares.
    max_levels : int, optional
        The most levels allowed; None for any number.

    Returns
    -------
    list of Attribute
        In the order of the columns; levels in the order of a categorical column, else sorted.

    Raises
    ------
    InputError
        If a column has more than `max_levels` levels.
    """
    import pandas as pd

    made = []
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.cat.remove_unused_categories()
            codes, values = column.cat.codes.to_numpy(), list(column.cat.categories)
        else:
            codes, found = pd.factorize(column)
            keys = [_sort_key(as_level(value)) for value in found]
            order = sorted(range(len(found)), key=keys.__getitem__)
            rank = np.empty(len(found) + 1, dtype=np.int64)
            rank[order] = np.arange(len(found))
            rank[-1] = -1
            codes, values = rank[codes], [found[i] for i in order]
        made.append(attribute(str(name), codes, values, max_levels=max_levels))
    return made


def cross(
    attributes: Sequence[Attribute], *, max_groups: int = MAX_GROUPS
) -> tuple[Grouping, IntArray]:
    """Cross attributes into groups.

    Parameters
    ----------
    attributes : sequence of Attribute
        At least one, all of n rows.
    max_groups : int
        The most groups allowed.

    Returns
    -------
    grouping : Grouping
        The groups.
    codes : ndarray of int, shape (n,)
        Each row's group.

    Raises
    ------
    InputError
        If there would be more than `max_groups` groups.

    Examples
    --------
    >>> sex = attribute("sex", np.array([0, 1, -1]), ["Female", "Male"])
    >>> grouping, codes = cross([sex])
    >>> grouping.groups, codes.tolist()
    ((('Female',), ('Male',), (None,)), [0, 1, 2])
    """
    levels = tuple(a.levels for a in attributes)
    sizes = [len(of_one) for of_one in levels]
    flat = reduce(
        lambda code, a: code * len(a.levels) + a.codes,
        attributes[1:],
        attributes[0].codes,
    )
    occurring = np.unique(flat)
    grouping = _grouping(tuple(a.name for a in attributes), levels, occurring, max_groups)
    place = {group: index for index, group in enumerate(grouping.groups)}
    of_occurring = [
        place[tuple(of_one[i] for of_one, i in zip(levels, index, strict=True))]
        for index in zip(*np.unravel_index(occurring, sizes), strict=True)
    ]
    codes = np.asarray(of_occurring, dtype=np.int64)[np.searchsorted(occurring, flat)]
    return grouping, codes


def union(first: Grouping, second: Grouping, *, max_groups: int = MAX_GROUPS) -> Grouping:
    """Find the groups that can occur in two parts of the data together.

    Parameters
    ----------
    first, second : Grouping
        Of the same attributes in the same order.
    max_groups : int
        The most groups allowed.

    Returns
    -------
    Grouping
        The crossing of all levels of both, sorted where the two parts' levels differ.

    Raises
    ------
    InputError
        If the attributes differ, or there would be more than `max_groups` groups.
    """
    if first.names != second.names:
        raise InputError(
            f"evidence over {', '.join(first.names)} cannot be added to evidence over "
            f"{', '.join(second.names)}: the groups differ"
        )
    levels = tuple(_union(a, b) for a, b in zip(first.levels, second.levels, strict=True))
    sizes = [len(of_one) for of_one in levels]
    occurring = np.unique(
        [
            np.ravel_multi_index([o.index(x) for o, x in zip(levels, group, strict=True)], sizes)
            for group in (*first.groups, *second.groups)
        ]
    )
    return _grouping(first.names, levels, occurring, max_groups)


def _union(first: tuple[Level, ...], second: tuple[Level, ...]) -> tuple[Level, ...]:
    if first == second:
        return first
    # Sorted whenever the parts differ at all, so that their order and bracketing do not matter.
    known = sorted({*first, *second} - {None}, key=_sort_key)
    return (*known, *((None,) if None in {*first, *second} else ()))


def _sort_key(level: Level) -> tuple[float, str]:
    # What is before the first edge of bands of days comes before the band that begins there.
    text = DAYS.sub(r"\1", level or "")
    band = BAND.fullmatch(text)
    try:
        # What is under the first edge of bands comes before the band that begins there.
        return float(band[2] if band else text), f"{' ' if band and band[1] else ''}{text}"
    except ValueError:
        return inf, text


def _grouping(
    names: tuple[str, ...],
    levels: tuple[tuple[Level, ...], ...],
    occurring: npt.NDArray[np.integer[Any]],
    max_groups: int,
) -> Grouping:
    whole = prod(sum(level is not None for level in of_one) for of_one in levels)
    if whole > max_groups:
        raise InputError(
            f"crossing {', '.join(names)} makes {whole} groups, more than {max_groups}; "
            "use fewer attributes or coarser bands, or raise max_groups (--max-groups)"
        )
    sizes = [len(of_one) for of_one in levels]
    indices = {tuple(int(i) for i in np.unravel_index(flat, sizes)) for flat in occurring}
    indices |= set(
        product(*([i for i, x in enumerate(of_one) if x is not None] for of_one in levels))
    )
    if len(indices) > max_groups:
        raise InputError(
            f"crossing {', '.join(names)}, with missing values, makes {len(indices)} groups, "
            f"more than {max_groups}; use fewer attributes, or raise max_groups (--max-groups)"
        )
    groups = tuple(
        tuple(of_one[i] for of_one, i in zip(levels, index, strict=True))
        for index in sorted(indices)
    )
    return Grouping(names, levels, groups)
