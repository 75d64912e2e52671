"""The sums of evidence by one grouped query, and a second one where the first loses digits.

A query over the table of rows gives, per group and cost, power sums about zero. Where a mean is
large against its spread those lose digits, which the sums themselves show; the query then runs
again with every group's first mean taken off. All sums are exact, whatever the order of the rows.
"""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from whogains.evidence import CLIPPED
from whogains.tables.exact import MOST_BITS, Grids, Summand, known
from whogains.tables.terms import Term

# A mean of so many standard deviations costs two digits of a variance and three of a skewness.
LARGEST_RATIO = 10.0

# Of the weight of a class in a unit.
POWERS = ("", "_squared", "_cubed")


@dataclass(frozen=True, slots=True)
class SumQuery:
    """A query for the sums of some costs, per key.

    Parameters
    ----------
    rows : str
        A query of rows: the keys, y, the columns of the terms and, where there are such, the
        weight w and the cluster c.
    keys : tuple of str
        The columns to group by.
    terms : tuple of Term
        The costs.
    classification : bool
        Whether y is 0 or 1.
    weighted, clustered : bool
        Whether rows have weights and clusters.
    bits : int
        The number of rows is below 2 to this power.
    """

    rows: str
    keys: tuple[str, ...]
    terms: tuple[Term, ...]
    classification: bool
    weighted: bool = False
    clustered: bool = False
    bits: int = MOST_BITS

    def units_of(self) -> str:
        """Write the query of rows with their costs."""
        columns = [*self.keys, "y"]
        for i, term in enumerate(self.terms):
            columns += [f"{term.generic} AS c{i}", f"{term.personalized} AS d{i}"]
            columns += [f"{sql} AS {name}" for name, sql in term.tallies.items()]
        columns += ["w"] if self.weighted else []
        columns += ["c"] if self.clustered else []
        return f"SELECT {', '.join(columns)} FROM ({self.rows})"

    def row_grids(self) -> str | None:
        """Write the query of the grids for sums over rows; None where their sizes are known."""
        if known(self._row_sizes()):
            return None
        grids = Grids(self.bits)
        return grids.table(self.units_of(), self.keys, self._row_factors(), self._of_rows())

    def units(self, grids: str | None = None) -> str:
        """Write the query of the independent units: the rows, or clusters of them.

        Parameters
        ----------
        grids : str, optional
            The table that `row_grids` asks for.

        Returns
        -------
        str
            The query.
        """
        if not self.clustered:
            return self.units_of()
        sums = ["count(*) AS n"]
        if not self.weighted:
            sums.append("CAST(count(*) AS DOUBLE) AS v")
            sums += ["sum(1 - y) AS t0", "sum(y) AS t1"] if self.classification else []
        for i, term in enumerate(self.terms):
            sums += [f"count_if(c{i} > d{i}) AS gains{i}", f"count_if(c{i} < d{i}) AS harms{i}"]
            sums += self._tallies(term)
        return self._summed(
            self.units_of(), (*self.keys, "c"), sums, self._of_rows(), grids=grids, on=self.keys
        )

    def across(self, units: str, grids: str) -> str:
        """Write the query of the clusters over all keys, from that of the units and their grids."""
        counts = ["n", *(f"{x}{i}" for i in range(len(self.terms)) for x in ("gains", "harms"))]
        counts += [name for term in self.terms for name in term.tallies]
        sums = [f"sum({name}) AS {name}" for name in counts]
        return self._summed(units, ("c",), sums, self._across(), grids=grids, on=())

    def across_grids(self, units: str) -> str:
        """Write the query of the grids that `across` asks for."""
        summands = self._across()
        return Grids(self.bits).table(units, (), {s.of[0]: s.sql for s in summands}, summands)

    def _across(self) -> list[Summand]:
        names = ["v", *self.outcomes]
        names += [f"{x}{i}" for i in range(len(self.terms)) for x in ("c", "u")]
        return [Summand(name, name, (f"size_{name}",)) for name in names]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The names of a unit's sums of the outcome."""
        return ("t0", "t1") if self.classification else ("t1", "t2")

    def _tallies(self, term: Term) -> list[str]:
        """Write the sums of what is counted; counts are exact, and weights are summed exactly."""
        return [f"sum({name}) AS {name}" for name in term.tallies if not self._weighed(name)]

    def _weighed(self, name: str) -> bool:
        return self.weighted and name in CLIPPED[2:]

    def _row_factors(self) -> dict[str, str]:
        """Write what the sums over rows multiply."""
        found = {"size_w": "w"} if self.weighted else {}
        if not self.classification:
            found["size_y"] = "(y - $centre)"
        for i, term in enumerate(self.terms):
            if not term.counted:
                found[f"size_{i}"] = f"greatest(abs(c{i}), abs(d{i}))"
        return found

    def _row_sizes(self) -> dict[str, float]:
        sizes = {f"size_{i}": term.size for i, term in enumerate(self.terms)}
        return {name: sizes.get(name, inf) for name in self._row_factors()}

    def _of_rows(self) -> list[Summand]:
        """List what is summed over rows, within units."""
        w = ("size_w",) if self.weighted else ()
        weight = "w * " if self.weighted else ""
        found = [Summand("v", "w", w)] if self.weighted else []
        found += self._outcome_of_rows()
        for i, term in enumerate(self.terms):
            times, of = (weight, w) if term.weighted else ("", ())
            found.append(Summand(f"c{i}", f"{times}c{i}", (*of, f"size_{i}")))
            found.append(Summand(f"u{i}", f"{times}(c{i} - d{i})", (*of, f"size_{i}")))
            found += [Summand(name, name, w) for name in term.tallies if self._weighed(name)]
        return found

    def _outcome_of_rows(self) -> list[Summand]:
        """List the sums of the outcome over rows: the weight of each class, or two powers of it."""
        w = ("size_w",) if self.weighted else ()
        weight = "w * " if self.weighted else ""
        if not self.classification:
            off = "(y - $centre)"
            return [
                Summand("t1", f"{weight}{off}", (*w, "size_y")),
                Summand("t2", f"{weight}{off} * {off}", (*w, "size_y", "size_y")),
            ]
        if not self.weighted:
            return []
        return [Summand("t0", "w * (1 - y)", w), Summand("t1", "w * y", w)]

    def _evenness(self) -> list[Summand]:
        """List how unevenly each class is spread over the units; rows alone are even."""
        if not (self.classification and (self.clustered or self.weighted)):
            return []
        one, zero = ("t1", "t0") if self.clustered else ("(w * y)", "(w * (1 - y))")
        of_one, of_zero = ("size_t1", "size_t0") if self.clustered else ("size_w", "size_w")
        found = []
        for power in (2, 3):
            for digit, sql, size in (("1", one, of_one), ("0", zero, of_zero)):
                product = " * ".join([sql] * power)
                found.append(Summand("t" + digit * power, product, (size,) * power))
        return found

    def grids(self, units: str, keys: Sequence[str], shifts: str | None = None) -> str | None:
        """Write the query of the grids that `sums` asks for; None where sizes are known.

        Parameters
        ----------
        units : str
            A query of units, as `units` gives.
        keys : sequence of str
            The columns to group by.
        shifts : str, optional
            As in `sums`. What is left is smaller, and its grids are finer.

        Returns
        -------
        str or None
            The query.
        """
        if shifts is None and not self.clustered and known(self._row_sizes()):
            return None
        rows, factors = units, self._factors()
        if shifts is not None:
            taken = ", ".join(f"s.{name}" for name in self._shifts())
            match = _match(keys, "s")
            rows = f"SELECT a.*, {taken} FROM ({units}) a JOIN {shifts} s ON {match}"
            factors |= {f"off_{name[2:]}": sql for name, sql in self._shifts().items()}
        summands = self._summands(shifted=shifts is not None)
        used = {name for each in summands for name in each.of}
        factors = {name: sql for name, sql in factors.items() if name in used}
        return Grids(self.bits).table(rows, keys, factors, summands)

    def _shifts(self) -> dict[str, str]:
        """Write what is left of each variable when its shift is taken off."""
        weight = "v" if self.clustered else "w"
        found = {"s_v": f"({weight} - s_v)"} if self.clustered or self.weighted else {}
        for i, term in enumerate(self.terms):
            if not term.counted:
                found[f"s_u{i}"] = f"({self._u(i, term)} - s_u{i})"
        return found

    def _u(self, i: int, term: Term) -> str:
        w = "w * " if term.weighted else ""
        return f"u{i}" if self.clustered else f"({w}(c{i} - d{i}))"

    def _factors(self) -> dict[str, str]:
        """Write what the sums over units multiply."""
        if not self.clustered:
            return self._row_factors()
        names = ["v", *self.outcomes]
        names += [f"{x}{i}" for i in range(len(self.terms)) for x in ("c", "u")]
        names += [name for term in self.terms for name in term.tallies if self._weighed(name)]
        return {f"size_{name}": name for name in names}

    def _summands(self, *, shifted: bool) -> list[Summand]:
        """List what is summed over units."""
        pairs, of_units = self.clustered or self.weighted, self.clustered
        weight, of_v = ("v", "size_v") if of_units else ("w", "size_w")
        v, of_power = (self._shifts()["s_v"], "off_v") if shifted and pairs else (weight, of_v)
        if of_units:
            found = [Summand(name, name, (f"size_{name}",)) for name in self.outcomes]
        else:
            found = self._outcome_of_rows()
        found += self._evenness()
        if pairs:
            found.append(Summand("v", weight, (of_v,)))
            found += [
                Summand(f"v{power}", " * ".join([v] * power), (of_power,) * power)
                for power in (1, 2, 3)
            ]
        for i, term in enumerate(self.terms):
            found += [
                Summand(name, name, (f"size_{name}",) if of_units else ("size_w",))
                for name in term.tallies
                if self._weighed(name)
            ]
            if not term.counted:
                found += self._moments(i, term, v, of_power, shifted=shifted, pairs=pairs)
        return found

    def _moments(
        self, i: int, term: Term, v: str, of_v: str, *, shifted: bool, pairs: bool
    ) -> list[Summand]:
        w = "w * " if term.weighted else ""
        of_w = ("size_w",) if term.weighted else ()
        u, of_u = self._u(i, term), (*of_w, f"size_{i}")
        cost, of_c = f"{w}c{i}", of_u
        if self.clustered:
            cost, of_c, of_u = f"c{i}", (f"size_c{i}",), (f"size_u{i}",)
        if shifted:
            u, of_u = self._shifts()[f"s_u{i}"], (f"off_u{i}",)
        found = [
            Summand(f"c{i}", cost, of_c),
            *(Summand("u" * k + str(i), " * ".join([u] * k), of_u * k) for k in (1, 2, 3)),
        ]
        if pairs:
            found += [
                Summand(f"uv{i}", f"{u} * {v}", (*of_u, of_v)),
                Summand(f"uuv{i}", f"{u} * {u} * {v}", (*of_u, *of_u, of_v)),
                Summand(f"uvv{i}", f"{u} * {v} * {v}", (*of_u, of_v, of_v)),
            ]
        return found

    def sums(
        self, units: str, keys: Sequence[str], grids: str | None, shifts: str | None = None
    ) -> str:
        """Write the query of the sums per key.

        Parameters
        ----------
        units : str
            A query of units, as `units` gives.
        keys : sequence of str
            The columns to group by.
        grids : str or None
            The table that `grids` asks for.
        shifts : str, optional
            A table of the keys with what to take off, as columns s_u0, ... and s_v.

        Returns
        -------
        str
            The query.
        """
        of_units = self.clustered
        found = ["count(*) AS units"]
        if of_units:
            found.append("sum(n) AS n")
        else:
            found.append("count(*) AS n")
            if self.classification and not self.weighted:
                found.append("sum(y) AS t1")
        if self.clustered or self.weighted:
            found.append(f"max({'v' if of_units else 'w'}) AS largest")
        for i, term in enumerate(self.terms):
            found += self._counts(i, term)
        summands = self._summands(shifted=shifts is not None)
        return self._summed(units, keys, found, summands, grids=grids, on=keys, shifts=shifts)

    def _counts(self, i: int, term: Term) -> list[str]:
        tallies = self._tallies(term)
        if term.counted:
            return [
                *tallies,
                f"count_if(c{i}) AS c{i}",
                f"count_if(c{i} AND NOT d{i}) AS gains{i}",
                f"count_if(d{i} AND NOT c{i}) AS harms{i}",
            ]
        w = "w * " if term.weighted and not self.clustered else ""
        if self.clustered:
            counts = [f"sum(gains{i}) AS gains{i}", f"sum(harms{i}) AS harms{i}"]
            counts += [f"count_if(u{i} <> 0) AS moved{i}"]
        else:
            counts = [f"count_if(c{i} > d{i}) AS gains{i}", f"count_if(c{i} < d{i}) AS harms{i}"]
        if term.shares:
            other = f"(c{i} - u{i})" if self.clustered else f"{w}d{i}"
            counts += [f"max({w}c{i}) AS most_c{i}", f"max({other}) AS most_d{i}"]
        return [*tallies, *counts]

    def _summed(
        self,
        rows: str,
        keys: Sequence[str],
        found: Sequence[str],
        summands: Sequence[Summand],
        *,
        grids: str | None,
        on: Sequence[str],
        shifts: str | None = None,
    ) -> str:
        """Write a query of counts and of exact sums."""
        source = f"({rows}) a"
        for table, alias in ((shifts, "s"), (grids, "b")):
            if table is not None:
                source += f" JOIN {table} {alias} ON {_match(on, alias)}"
        split = Grids(self.bits, self._row_sizes() if grids is None else None)
        parts = ", ".join(["a.*", *split.columns(summands)])
        sums = ", ".join([*keys, *found, *split.sums(summands)])
        grouped = f" GROUP BY {', '.join(keys)}" if keys else ""
        return f"SELECT {sums} FROM (SELECT {parts} FROM {source}){grouped}"

    def shifts(self, table: str, keys: Sequence[str]) -> str:
        """Write the query of what to take off, from the table of the first sums."""
        found = [*keys, "v1 / units AS s_v" if self.clustered or self.weighted else "0.0 AS s_v"]
        found += [
            f"u{i} / units AS s_u{i}" for i, term in enumerate(self.terms) if not term.counted
        ]
        return f"SELECT {', '.join(found)} FROM {table}"


def _match(keys: Sequence[str], alias: str) -> str:
    return " AND ".join(f"a.{key} IS NOT DISTINCT FROM {alias}.{key}" for key in keys) or "TRUE"
