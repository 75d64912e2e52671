"""Evidence from a table of any size: one scan by DuckDB, sums out."""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from whogains.costs import Cost, Unit
from whogains.errors import InputError
from whogains.evidence import (
    GENERIC_AND_PERSONALIZED,
    CostEvidence,
    Evidence,
    Grouping,
    Sums,
    Tallies,
    Target,
    attributes,
    cross,
    fewer,
    levels_as_written,
    outside_words,
    tallied,
    telling_groups,
)
from whogains.tables.auc_and_r2 import metric_evidence
from whogains.tables.class_reading import ClassReading
from whogains.tables.columns import Reading, advice
from whogains.tables.costs import outside_sql
from whogains.tables.exact import Summand, bits_of, exact_sums
from whogains.tables.first_rows import FirstRows
from whogains.tables.groups_kept import Kept, in_groups
from whogains.tables.identifiers import quoted
from whogains.tables.median import mean_absolute_deviation
from whogains.tables.own import OwnFunctions
from whogains.tables.raw_sums import Raw
from whogains.tables.relation import SOURCE, TEXT
from whogains.tables.scanned import ManyWritingsError, OtherValuesError, Scanned
from whogains.tables.source import Source
from whogains.tables.sums import LARGEST_RATIO, SumQuery
from whogains.tables.sums_to_groups import placed
from whogains.tables.terms import Term, term_of
from whogains.types import QUANTITIES, FloatArray, IntArray

READING = "reading"


def scan(
    source: Source,
    reading: Reading,
    costs: Sequence[Cost],
    *,
    min_cell: int,
    max_levels: int,
    max_groups: int,
) -> Scanned:
    """Make evidence from a table of any size: the sums of every cost in every group.

    Parameters
    ----------
    source : Source
        The table.
    reading : Reading
        How its rows are read.
    costs : sequence of Cost
        Prediction costs; metrics take a further scan each.
    min_cell : int
        The disclosure threshold: the fewest rows, or clusters, of a group that is summed.
    max_levels, max_groups : int
        The most levels that one attribute, and the most groups that the crossing may have.

    Returns
    -------
    Scanned
        The evidence.

    Raises
    ------
    InputError
        If a value cannot be used; the message names the column, the row and the file.
    OtherValuesError
        If the outcome has a third value.
    ManyWritingsError
        If numbers that make groups are written in several ways, and there are clusters.
    """
    of_rows = tuple(cost for cost in costs if not cost.metric)
    for cost in costs:
        if cost.value is not None:
            raise InputError(
                f"metric {cost.name!r} is a function of all rows of a group, and {source.name} has "
                "more than are held in memory; raise rows_in_memory (--rows-in-memory)"
            )
    own = OwnFunctions(source, of_rows)
    read = _Read(source, reading, of_rows)
    dropped = read.check()
    own.check()
    grouping, codes, units = read.grouped(max_levels, max_groups)
    small = read.telling(of_rows, codes, len(grouping), min_cell)
    quantity = reading.task in QUANTITIES
    again = dropped or quantity or reading.columns.cluster is not None or len(of_rows) < len(costs)
    again = again or reading.task == "classes"
    kept = read.keep(grouping, codes, ~small, again=bool(again))
    sums, populations = read.sums(kept)
    found = {
        cost: CostEvidence(
            cost, in_groups(of_keys, kept), population, tallies=read.tallies(cost, term, kept)
        )
        for cost, term, of_keys, population in zip(
            of_rows, read.terms, sums, populations, strict=True
        )
    }
    target = read.target(kept, {cost.unit for cost in costs})
    notes = []
    for cost in costs:
        if cost.metric:
            found[cost], note = metric_evidence(source, read.reading, cost, kept)
            notes += [note] if note else []
    class_rows, few_classes = read.classes(kept, min_cell)
    return Scanned(
        Evidence(
            grouping=grouping,
            costs=tuple(found[cost] for cost in costs),
            target=target,
            clustered=reading.columns.cluster is not None,
            weighted=reading.weighted,
        ),
        read.dropped(kept) if dropped and small.any() and min_cell else dropped,
        tuple(g for g, hide in zip(grouping.groups, small & (units > 0), strict=True) if hide),
        tuple(notes),
        class_rows,
        few_classes,
    )


def base_rate(
    source: Source,
    reading: Reading,
    *,
    min_cell: int,
    max_levels: int,
    max_groups: int,
) -> float:
    """Find the share of outcomes that are 1, by a scan of its own.

    Parameters
    ----------
    source, reading, min_cell, max_levels, max_groups
        As in `scan`.

    Returns
    -------
    float
        Of the rows of groups that are large enough, with weights of their weight.

    Raises
    ------
    InputError, OtherValuesError
        As in `scan`.
    """
    read = _Read(source, reading, ())
    read.check()
    grouping, codes, _ = read.grouped(max_levels, max_groups)
    shown = ~read.telling((), codes, len(grouping), min_cell)
    kept = read.keep(grouping, codes, shown, again=False)
    return float(kept.outcome.sum() / kept.weight.sum())


def are_labels(
    source: Source,
    reading: Reading,
    first: FirstRows,
    *,
    min_cell: int,
    max_levels: int,
    max_groups: int,
) -> tuple[bool, bool]:
    """Tell for each model whether its predictions are 0 or 1, of all rows that are shown.

    Parameters
    ----------
    source, reading, min_cell, max_levels, max_groups
        As in `scan`.
    first : FirstRows
        The first rows: where a group that is shown has other predictions there, no more are read.

    Returns
    -------
    tuple of two bool
        True for labels.

    Raises
    ------
    InputError, OtherValuesError, ManyWritingsError
        As in `scan`.
    """
    if not any(first.labels):
        return first.labels
    read = _Read(source, reading, ())
    read.check()
    grouping, codes, _ = read.grouped(max_levels, max_groups)
    shown = ~read.telling((), codes, len(grouping), min_cell)
    kept = read.keep(grouping, codes, shown, again=True)
    every = ", ".join(f"coalesce(bool_and({each} IN (0, 1)), TRUE)" for each in ("p0", "p1"))
    found = source.fetch(f"SELECT {every} FROM ({kept.of_rows(reading)})", reading.values)
    return found[0][0], found[0][1]


class _Read:
    """The first sums of all rows, per raw value of the attributes, and what follows from them."""

    def __init__(self, source: Source, reading: Reading, costs: Sequence[Cost]) -> None:
        self.source, self.reading = source, reading
        columns = reading.columns
        clustered, weighted = columns.cluster is not None, reading.weighted
        self.pairs = clustered or weighted
        self.terms = tuple(term_of(cost, weighted=weighted, clustered=clustered) for cost in costs)
        # Where the number of rows is not known, the rows left out must be counted on the way.
        self.counted_on_the_way = source.cheap_rows is None
        self.query = SumQuery(
            rows=reading.rows(with_state=self.counted_on_the_way),
            keys=(*columns.keys, *(["ok"] if self.counted_on_the_way else [])),
            terms=self.terms,
            classification=reading.task not in QUANTITIES,
            weighted=weighted,
            clustered=clustered,
            bits=bits_of(source.cheap_rows),
        )
        self.units = self.query.units()
        if clustered:
            row_grids = self._grids("row_grids", self.query.row_grids())
            self._create("units", self.query.units(row_grids))
            self.units = "SELECT * FROM units"
        keys = self.query.keys
        grids = self._grids("grids", self.query.grids(self.units, keys))
        self._create("first_sums", self.query.sums(self.units, keys, grids))
        # Threads finish in any order.
        order = ", ".join([*keys, "place"])
        found = self.source.table(f"SELECT *, rowid AS place FROM first_sums ORDER BY {order}")
        if self.counted_on_the_way:
            self.left_out = sum(
                int(n) for n, ok in zip(found["n"], found["ok"], strict=True) if not ok
            )
            keep = [i for i, ok in enumerate(found["ok"]) if ok]
            found = {name: [values[i] for i in keep] for name, values in found.items()}
        else:
            self.left_out = int(source.cheap_rows or 0) - sum(int(n) for n in found["n"])
        self.keys = {key: found.pop(key) for key in columns.keys}
        self.first = Raw(_numbers(found))

    def _grids(self, table: str, query: str | None) -> str | None:
        """Make a table of grids for exact sums, where they are not known."""
        if query is None:
            return None
        self._create(table, query)
        return table

    def _create(self, table: str, query: str) -> None:
        self.source.fetch(
            f"CREATE OR REPLACE TEMP TABLE {table} AS {query}", self.reading.values, READING
        )

    def check(self) -> int:
        """Count the rows without an outcome, and refuse those that cannot be used."""
        if self.left_out == 0:
            return 0
        reading, source = self.reading, self.source
        problems = reading.problems()
        counts = [f"count_if({condition})" for condition, _, _ in problems]
        counts.append(f"count_if({reading.outcome_missing})")
        # Where a condition is true of no row but unknown of some, the count is null.
        counted = source.fetch(
            f"SELECT {', '.join(counts)} FROM {SOURCE} WHERE NOT coalesce({reading.fine()}, FALSE)",
            reading.values,
        )[0]
        found = [count or 0 for count in counted]
        for (condition, column, what), count in zip(problems, found, strict=False):
            if count:
                place = source.first_place(condition, reading.values)
                raise InputError(
                    f"{column} has {count} {what}, the first in {place} (counting from 0); "
                    f"{advice(source, reading, column, what)}"
                )
        dropped = int(found[-1])
        if dropped < self.left_out:
            raise OtherValuesError
        return dropped

    def grouped(self, max_levels: int, max_groups: int) -> tuple[Grouping, IntArray, FloatArray]:
        """Make the groups: all of them, that of each raw value, and the units of each."""
        columns = self.reading.columns
        if not len(self.first["units"]):
            raise InputError(f"{self.source.name} has no row whose {columns.target} is known")
        found = {}
        for name, key in zip(columns.groups, columns.keys, strict=True):
            values = self.keys[key]
            if self.source.headers and self.reading.types[name] == TEXT:
                levels = levels_as_written(values)
                if columns.cluster is not None and len(set(levels)) < len(set(values)):
                    raise ManyWritingsError(name)
                values = levels
            found[name] = pd.Series(values, dtype=object)
        frame = pd.DataFrame(found)
        grouping, codes = cross(attributes(frame, max_levels=max_levels), max_groups=max_groups)
        units = np.bincount(codes, self.first["units"], minlength=len(grouping))
        return grouping, codes, units.astype(np.float64)

    def dropped(self, kept: Kept) -> int:
        """Count the rows without an outcome in the groups that are kept."""
        columns = self.reading.columns
        names = ", ".join(
            f"{quoted(name)} AS {key}"
            for name, key in zip(columns.groups, columns.keys, strict=True)
        )
        rows = f"SELECT {names} FROM {SOURCE} WHERE {self.reading.outcome_missing}"
        found = f"SELECT count(*) FROM ({rows}) a JOIN {kept.table} k ON {kept.match('a')}"
        return int(self.source.fetch(found, self.reading.values)[0][0])

    def classes(self, kept: Kept, min_cell: int) -> tuple[tuple[int, ...], tuple[bool, ...]]:
        """Count the rows of each class, and tell of which there are too few units."""
        reading = self.reading
        if not isinstance(reading, ClassReading):
            return (), ()
        weight = "a.w" if reading.weighted else "1.0"
        cluster = "" if reading.columns.cluster is None else ", a.c"
        rows = (
            f"SELECT a.k AS code, {weight} AS w{cluster} "
            f"FROM ({reading.rows()}) a JOIN {kept.table} k ON {kept.match('a')}"
        )
        units = f"SELECT code, 1 AS n, w FROM ({rows})"
        if cluster:
            units = f"SELECT code, count(*) AS n, sum(w) AS w FROM ({rows}) GROUP BY code, c"
        found = self.source.fetch(
            f"SELECT code, sum(n), count(*), sum(w), sum(w * w) FROM ({units}) GROUP BY code",
            reading.values,
        )
        counted = np.zeros((4, len(reading.classes)))
        for code, *numbers in found:
            counted[:, int(code) - 1] = [float(each) for each in numbers]
        few = fewer(counted[1].astype(np.int64), counted[2], counted[3], min_cell)
        return tuple(int(n) for n in counted[0]), tuple(bool(each) for each in few)

    def telling(
        self, costs: Sequence[Cost], codes: IntArray, size: int, min_cell: int
    ) -> npt.NDArray[np.bool_]:
        """Find the groups whose sums say too much of one person, and refuse to show none."""
        everybody = np.ones(len(codes), dtype=np.bool_)
        of_groups = [
            (cost, placed(self.first.sums(i, term, pairs=self.pairs), codes, everybody, size))
            for i, (cost, term) in enumerate(zip(costs, self.terms, strict=True))
        ]
        if of_groups:
            found = telling_groups(of_groups, min_cell)
        else:
            # Metrics alone: numbers of units and weights are in the first sums all the same.
            units, first, second = (
                np.bincount(codes, self.first[name], minlength=size).astype(np.float64)
                for name in (("units", "v1", "v2") if self.pairs else ("units",) * 3)
            )
            found = fewer(units.astype(np.int64), first, second, min_cell)
        if found.all():
            raise InputError(
                f"every group has fewer than {min_cell} "
                f"{'clusters' if self.query.clustered else 'rows'}, or is worth as few by weights, "
                "or has one that is most of a cost: too few to be shown (min_cell)"
            )
        return found

    def keep(
        self, grouping: Grouping, codes: IntArray, groups: npt.NDArray[np.bool_], *, again: bool
    ) -> Kept:
        """Find which groups are large enough, with a table of them if rows are read again."""
        mine = groups[codes]
        names = self.reading.columns.keys
        if again:
            places = self.first["place"].astype(np.int64)
            self.source.connection.register(
                "codes", pa.table({"place": places[mine], "code": codes[mine]})
            )
            self.source.fetch(
                f"CREATE OR REPLACE TEMP TABLE kept AS SELECT {', '.join(names)}, code "
                "FROM first_sums JOIN codes ON first_sums.rowid = codes.place"
            )
        weight, outcome = self.first["v" if self.pairs else "n"], self.first["t1"]

        def total(values: FloatArray) -> FloatArray:
            found = np.bincount(codes[mine], values[mine], minlength=len(grouping))
            return np.asarray(found, dtype=np.float64)

        return Kept(
            "kept",
            names,
            grouping,
            codes,
            groups,
            rows=total(self.first["n"]),
            weight=total(weight),
            outcome=total(outcome),
        )

    def sums(self, kept: Kept) -> tuple[list[Sums], list[Sums]]:
        """Give the sums of every cost, per raw value and over everybody."""
        query, keys = self.query, self.query.keys
        raw = self._centred(self.first, "first_sums", self.units, keys)
        of_keys = [raw.sums(i, term, pairs=self.pairs) for i, term in enumerate(self.terms)]
        if not self.query.clustered:
            return of_keys, [in_groups(sums, kept).total() for sums in of_keys]
        # A cluster that spans groups is one unit here.
        match = kept.match("a")
        ok = " WHERE a.ok" if self.counted_on_the_way else ""
        own = f"SELECT a.* FROM units a JOIN {kept.table} k ON {match}{ok}"
        self._create("across_grids", query.across_grids(own))
        self._create("everybody", query.across(own, "across_grids"))
        everybody = "SELECT * FROM everybody"
        grids = self._grids("grids_of_all", query.grids(everybody, ()))
        self._create("first_of_all", query.sums(everybody, (), grids))
        first = Raw(_numbers(self.source.table("SELECT * FROM first_of_all")))
        raw = self._centred(first, "first_of_all", everybody, ())
        return of_keys, [raw.sums(i, term, pairs=True) for i, term in enumerate(self.terms)]

    def tallies(self, cost: Cost, term: Term, kept: Kept) -> Tallies:
        """Add up what else is counted, over the groups that are kept; none may be outside."""
        mine = kept.groups[kept.codes]
        counted = {name: self.first[name][mine] for name in term.tallies}
        outside = {name: int(counted.pop(name).sum()) for name in outside_sql(cost)}
        for model, (name, rows) in zip(GENERIC_AND_PERSONALIZED, outside.items(), strict=False):
            if rows:
                where = self.source.first_place(
                    self.reading.where(outside_sql(cost)[name]), self.reading.values
                )
                raise InputError(outside_words(cost, model, rows, where))
        return tallied(counted, kept.codes[mine], len(kept.grouping))

    def _centred(self, first: Raw, table: str, units: str, keys: Sequence[str]) -> Raw:
        """Sum again, about each key's mean, where the first sums of some have lost digits."""
        lost = first.lost(self.terms, pairs=self.pairs)
        if not lost.any():
            return first
        self._create("shifts", self.query.shifts(table, keys))
        grids = self._grids("shifted_grids", self.query.grids(units, keys, "shifts"))
        found = self.source.table(
            self.query.sums(units, keys, grids, "shifts"), self.reading.values, READING
        )
        if "place" not in first.columns:
            return Raw(_numbers(found), first, lost)
        # In the order of the first sums.
        order = {self._key(self.keys, i): i for i in range(len(first["units"]))}
        names = self.reading.columns.keys
        own = {name: found[name] for name in names}
        ok = found.get("ok", [True] * len(found["n"]))
        by_place = {order[self._key(own, i)]: i for i, fine in enumerate(ok) if fine}
        chosen = [by_place[i] for i in range(len(order))]
        numbers = {name: [values[i] for i in chosen] for name, values in found.items()}
        for name in (*names, "ok"):
            numbers.pop(name, None)
        return Raw(_numbers(numbers), first, lost)

    def _key(self, keys: dict[str, list[Any]], i: int) -> tuple[str, ...]:
        # The text tells a missing value and NaN from everything else, and never fails to compare.
        return tuple(f"{type(values[i]).__name__} {values[i]!r}" for values in keys.values())

    def target(self, kept: Kept, units: Collection[Unit]) -> Target:
        """Find the spread of the outcome over the groups that are kept, as costs in units ask."""
        centre, mine = self.reading.centre, kept.groups[kept.codes]
        total, one = float(kept.weight.sum()), float(kept.outcome.sum())
        if self.reading.task not in QUANTITIES:
            mean = one / total
            return Target(total, mean, total * mean * (1 - mean), nan)
        two = float(self.first["t2"][mine].sum())
        mean = centre + one / total
        m2 = two - one * one / total
        if one * one / total > LARGEST_RATIO**2 * m2:
            # A centre far off, such as that of rows that are left out, costs digits.
            summed = exact_sums(
                self.source,
                f"SELECT w, y - $middle AS off FROM ({kept.of_rows(self.reading)})",
                [
                    Summand("one", "w * off", ("w", "off")),
                    Summand("two", "w * off * off", ("w", "off", "off")),
                ],
                {**self.reading.values, "middle": mean},
            )
            one, two = summed["one"][0], summed["two"][0]
            mean, m2 = mean + one / total, two - one * one / total
        m2 = max(m2, 0.0)
        deviation = y_log_y = nan
        if "target" in units:
            deviation = mean_absolute_deviation(self.source, self.reading, kept, centre=mean)
        if "deviance" in units:
            summed = exact_sums(
                self.source,
                "SELECT w, CASE WHEN y > 0 THEN y * ln(y) ELSE 0.0e0 END AS own "
                f"FROM ({kept.of_rows(self.reading)})",
                [Summand("total", "w * own", ("w", "own"))],
                self.reading.values,
            )
            y_log_y = float(summed["total"][0]) / total
        return Target(total, mean, m2, deviation, y_log_y)


def _numbers(columns: dict[str, list[Any]]) -> dict[str, FloatArray]:
    return {
        name: np.array([0.0 if value is None else float(value) for value in values])
        for name, values in columns.items()
    }
