"""The groups whose rows have a part in the sums, as a table that queries join."""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

from dataclasses import dataclass

from whogains.evidence import Grouping, Sums
from whogains.tables.columns import Reading
from whogains.tables.sums_to_groups import placed
from whogains.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The groups whose sizes reach the disclosure threshold, so that they may be shown.

    Parameters
    ----------
    table : str
        A table of the attributes' raw values, with a column "code" for the group.
    keys : tuple of str
        The columns of the raw values.
    grouping : Grouping
        All groups.
    codes : ndarray of int, shape (k,)
        The group of each raw value, of groups too small as well.
    groups : ndarray of bool, shape (d,)
        Which groups are large enough.
    rows, weight, outcome : ndarray of float, shape (d,)
        Their rows, the sum of their weights, and the weighted sum of their outcomes less a
        centre; 0 for the others.
    """

    table: str
    keys: tuple[str, ...]
    grouping: Grouping
    codes: IntArray
    groups: BoolArray
    rows: FloatArray
    weight: FloatArray
    outcome: FloatArray

    def match(self, alias: str) -> str:
        """Write the SQL condition that joins rows to their line of the table, which is called k."""
        return " AND ".join(f"{alias}.{key} IS NOT DISTINCT FROM k.{key}" for key in self.keys)

    def of_rows(self, reading: Reading) -> str:
        """Write the query of the rows that are kept, with their group as "code".

        Parameters
        ----------
        reading : Reading
            How rows are read.

        Returns
        -------
        str
            A query with the columns code, y, p0, p1, w (1 without weights) and, with clusters, c.
        """
        weight = "a.w" if reading.weighted else "1.0"
        cluster = "" if reading.columns.cluster is None else ", a.c"
        return (
            f"SELECT k.code AS code, a.y, a.p0, a.p1, {weight} AS w{cluster} "
            f"FROM ({reading.rows()}) a JOIN {self.table} k ON {self.match('a')}"
        )


def in_groups(sums: Sums, kept: Kept) -> Sums:
    """Move the sums of raw values to their groups; values with one text share a group."""
    return placed(sums, kept.codes, kept.groups[kept.codes], len(kept.grouping))
