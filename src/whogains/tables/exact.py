"""Sums that do not depend on the order of their terms, by which threads add them up as they come.

A number is split into parts on coarse grids, of which so few digits are used that DOUBLE adds any
number of them without rounding, in whatever order. The parts' sums are added once, at the end.
"""

# ruff: noqa: S608 - names are ours, and numbers are written by us

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, inf, log2, prod
from typing import Any

from whogains.tables.source import Source

# Digits of a DOUBLE.
DIGITS = 53
# Beyond this a grid would overflow, and below it vanish; such numbers are added as they are.
LARGEST, LEAST = 1e250, 1e-250
# With so many digits for the number of rows two parts hold a number as well as one DOUBLE.
ROOMY = 26
# Where nothing says how many rows there are.
MOST_BITS = 36
# Added to a number on a grid of 1 and taken off again, it leaves the nearest whole number.
ROUND = 1.5 * 2.0**52


@dataclass(frozen=True, slots=True)
class Summand:
    """Something to sum.

    Parameters
    ----------
    name : str
        What the sum is called.
    sql : str
        The number of one row.
    of : tuple of str
        Names of factors: the number is at most four times the largest size of each, multiplied.
    """

    name: str
    sql: str
    of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grids:
    """The grids on which the parts of a number lie.

    Parameters
    ----------
    bits : int
        The number of rows is below 2 to this power.
    sizes : mapping of str to float, optional
        The largest size of each factor; without it the grids are in a table that is joined as b.

    Notes
    -----
    Where every |x| is at most t, n of them are below 2^k and q = t 2^(k - 53), whole multiples of
    q have sums below 2^53 q, which DOUBLE holds without rounding. The rest of x is at most q / 2,
    and takes the next part. This is the pre-rounding of [1]_.

    References
    ----------
    .. [1] Demmel, Nguyen, "Fast reproducible floating-point summation", 21st IEEE Symposium on
       Computer Arithmetic, 2013, pages 163-172.
    """

    bits: int
    sizes: Mapping[str, float] | None = None

    @property
    def parts(self) -> int:
        """How many parts a number has."""
        return 2 if self.bits <= ROOMY else 3

    def _grid(self, each: Summand, part: int) -> str:
        if self.sizes is None:
            return f"b.{each.name}_{part}"
        size = prod(self.sizes[name] for name in each.of)
        return repr(_grid(size, len(each.of), self.bits, part))

    def columns(self, summands: Sequence[Summand]) -> list[str]:
        """Write the parts of numbers as columns.

        Parameters
        ----------
        summands : sequence of Summand
            What is summed.

        Returns
        -------
        list of str
            Columns of a query of rows, each of which uses those before it.
        """
        found = []
        for each in summands:
            rest = each.sql
            for part in range(self.parts):
                grid, name = self._grid(each, part), f"{each.name}_{part}"
                found.append(f"{rest} AS rest_{name}")
                found.append(f"(rest_{name} + {grid}) - {grid} AS part_{name}")
                rest = f"rest_{name} - part_{name}"
        return found

    def sums(self, summands: Sequence[Summand]) -> list[str]:
        """Write the sums of such columns, by their names."""
        found = []
        for each in summands:
            first, *others = (f"sum(part_{each.name}_{part})" for part in range(self.parts))
            # What overflows has no parts.
            whole = " + ".join((first, *others))
            found.append(f"if(isfinite({first}), {whole}, {first}) AS {each.name}")
        return found

    def table(
        self,
        rows: str,
        keys: Sequence[str],
        factors: Mapping[str, str],
        summands: Sequence[Summand],
    ) -> str:
        """Write the query of a table of grids, for each key by the sizes of its own rows.

        Parameters
        ----------
        rows : str
            A query of rows.
        keys : sequence of str
            The columns to group by.
        factors : mapping of str to str
            Each factor as SQL.
        summands : sequence of Summand
            What is summed.

        Returns
        -------
        str
            The query. Rows of one key have no part in the grids, and so in the sums, of another.
        """
        sizes = ", ".join(f"max(abs({sql})) AS {name}" for name, sql in factors.items())
        grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
        found = [*keys]
        for each in summands:
            size = f"greatest({' * '.join(each.of)}, {LEAST!r})"
            top = f"52 + ceil(log2({size})) + {2 * len(each.of)}"
            bits = f"(ceil(log2(n + 8)) + 1 - {DIGITS})"
            found += [
                f"if({size} < {LARGEST!r}, 1.5 * pow(2, {top} + {part + 1} * {bits}), 0.0) "
                f"AS {each.name}_{part}"
                for part in range(self.parts)
            ]
        return (
            f"SELECT {', '.join(found)} FROM "
            f"(SELECT {', '.join([*keys, 'count(*) AS n', sizes])} FROM ({rows}){grouped})"
        )


def exact_sums(
    source: Source,
    rows: str,
    summands: Sequence[Summand],
    values: Mapping[str, Any],
    *,
    keys: Sequence[str] = (),
    counts: Sequence[str] = (),
    sizes: Mapping[str, float] | None = None,
) -> dict[str, list[Any]]:
    """Sum over rows: in one scan where the sizes of the factors are known, else in two.

    Parameters
    ----------
    source : Source
        The table.
    rows : str
        A query of rows.
    summands : sequence of Summand
        What is summed; the factors are columns of the rows.
    values : mapping
        Parameters of the query.
    keys : sequence of str
        The columns to group by, none of them missing.
    counts : sequence of str
        What else to find, as SQL with names.
    sizes : mapping of str to float, optional
        The largest size of each factor, over all keys.

    Returns
    -------
    dict
        Columns, in the order of the keys.
    """
    grids = Grids(bits_of(source.cheap_rows), sizes)
    joined = f"({rows}) a"
    if sizes is None:
        factors = {name: name for each in summands for name in each.of}
        table = grids.table(
            rows, keys, {f"size_{name}": name for name in factors}, _sized(summands)
        )
        source.fetch(f"CREATE OR REPLACE TEMP TABLE sizes AS {table}", values)
        match = " AND ".join(f"a.{key} = b.{key}" for key in keys) or "TRUE"
        joined += f" JOIN sizes b ON {match}"
    parts = ", ".join(["a.*", *grids.columns(summands)])
    by = f" GROUP BY {', '.join(keys)} ORDER BY {', '.join(keys)}" if keys else ""
    return source.table(
        f"SELECT {', '.join([*keys, *counts, *grids.sums(summands)])} "
        f"FROM (SELECT {parts} FROM {joined}){by}",
        values,
    )


def _sized(summands: Sequence[Summand]) -> list[Summand]:
    # No alias may have the name of a column.
    return [replace(each, of=tuple(f"size_{name}" for name in each.of)) for each in summands]


def bits_of(rows: int | None) -> int:
    """Find a power of two that a number of rows is below, with room for rounding.

    Examples
    --------
    >>> bits_of(1000), bits_of(None)
    (11, 36)
    """
    return MOST_BITS if rows is None else ceil(log2(rows + 8)) + 1


def _grid(size: float, factors: int, bits: int, part: int) -> float:
    size = max(size, LEAST)
    if not size < LARGEST:
        return 0.0
    return float(ROUND * 2.0 ** (ceil(log2(size)) + 2 * factors + (part + 1) * (bits - DIGITS)))


def known(sizes: Mapping[str, float]) -> bool:
    """Tell whether every size is known without looking at the rows."""
    return all(size < inf for size in sizes.values())
