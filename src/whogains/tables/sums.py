"""The sums of evidence by one grouped query, and a second one where the first loses digits.

A query over the table of rows gives, per group and cost, power sums about zero. Where a mean is
large against its spread those lose digits, which the sums themselves show; the query then runs
again with every group's first mean taken off.
"""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from whogains.costs import Cost
from whogains.evidence import Sums, bounds_shares
from whogains.tables.costs import MODELS, cost_sql, error_sql, tally_sql
from whogains.types import FloatArray

Fetch = Callable[[str], dict[str, npt.NDArray[np.generic]]]

# A mean of so many standard deviations costs two digits of a variance and three of a skewness.
LARGEST_RATIO = 10.0

# Of the weight of a class in a unit.
POWERS = ("", "_squared", "_cubed")


@dataclass(frozen=True, slots=True)
class Term:
    """One cost of both models, as SQL.

    Parameters
    ----------
    generic, personalized : str
        The costs of a row as SQL.
    counted : bool
        Whether a row counts -1, 0 or 1 and all follows from counts.
    weighted : bool
        Whether the rows' weights apply.
    tallies : mapping of str to str
        What else is summed over rows, by name, as SQL.
    shares : bool
        Whether to find the largest share that one unit has of each cost.
    """

    generic: str
    personalized: str
    counted: bool = False
    weighted: bool = False
    tallies: Mapping[str, str] = field(default_factory=dict)
    shares: bool = False


def term_of(cost: Cost, *, weighted: bool, clustered: bool) -> Term:
    """Write a prediction cost for a query over rows with columns y, p0, p1."""
    simple = not (weighted or clustered)
    tallies = tally_sql(cost, weighted=weighted)
    if cost.name == "zero_one" and simple:
        generic, personalized = (error_sql(cost, each) for each in MODELS)
        return Term(generic, personalized, counted=True, tallies=tallies)
    generic, personalized = (cost_sql(cost, each) for each in MODELS)
    return Term(
        generic,
        personalized,
        weighted=weighted,
        tallies=tallies,
        shares=bounds_shares(cost),
    )


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
    """

    rows: str
    keys: tuple[str, ...]
    terms: tuple[Term, ...]
    classification: bool
    weighted: bool = False
    clustered: bool = False

    def units(self) -> str:
        """Write the query of the independent units: the rows, or clusters of them."""
        weight = "w" if self.weighted else "1.0"
        columns = [*self.keys, "y"]
        for i, term in enumerate(self.terms):
            columns += [f"{term.generic} AS c{i}", f"{term.personalized} AS d{i}"]
            columns += [f"{sql} AS {name}" for name, sql in term.tallies.items()]
        columns += ["w"] if self.weighted else []
        columns += ["c"] if self.clustered else []
        rows = f"SELECT {', '.join(columns)} FROM ({self.rows})"
        if not self.clustered:
            return rows
        sums = [*self.keys, "c", "count(*) AS n", f"sum({weight}) AS v"]
        sums += self._outcome(weight)
        for i, term in enumerate(self.terms):
            w = f"{weight} * " if term.weighted else ""
            sums += [
                f"sum({w}c{i}) AS c{i}",
                f"sum({w}(c{i} - d{i})) AS u{i}",
                f"count_if(c{i} > d{i}) AS gains{i}",
                f"count_if(c{i} < d{i}) AS harms{i}",
                *(f"sum({name}) AS {name}" for name in term.tallies),
            ]
        return f"SELECT {', '.join(sums)} FROM ({rows}) GROUP BY {', '.join((*self.keys, 'c'))}"

    def across(self, units: str) -> str:
        """Write the query of the clusters over all keys, from that of the units."""
        added = ["c", *(f"sum({x}) AS {x}" for x in ("n", "v", *self.outcomes))]
        for i, term in enumerate(self.terms):
            added += [f"sum({x}{i}) AS {x}{i}" for x in ("c", "u", "gains", "harms")]
            added += [f"sum({name}) AS {name}" for name in term.tallies]
        return f"SELECT {', '.join(added)} FROM ({units}) GROUP BY c"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The names of a unit's sums of the outcome."""
        return ("t0", "t1") if self.classification else ("t1", "t2")

    def _outcome(self, weight: str) -> list[str]:
        """Write the sums of the outcome: the weight of each class, or two powers of it."""
        if self.classification and not (self.clustered or self.weighted):
            return ["sum(y) AS t1"]
        if self.classification:
            return [f"sum({weight} * (1 - y)) AS t0", f"sum({weight} * y) AS t1"]
        centred = "(y - $centre)"
        return [
            f"sum({weight} * {centred}) AS t1",
            f"sum({weight} * {centred} * {centred}) AS t2",
        ]

    def _evenness(self) -> list[str]:
        """Write how unevenly each class is spread over the units; rows alone are even."""
        if not (self.classification and (self.clustered or self.weighted)):
            return []
        one, zero = ("t1", "t0") if self.clustered else ("(w * y)", "(w * (1 - y))")
        return [
            f"sum({one} * {one}) AS t11",
            f"sum({zero} * {zero}) AS t00",
            f"sum({one} * {one} * {one}) AS t111",
            f"sum({zero} * {zero} * {zero}) AS t000",
        ]

    def sums(self, units: str, keys: Sequence[str], shifts: str | None = None) -> str:
        """Write the query of the sums per key.

        Parameters
        ----------
        units : str
            A query of units, as `units` gives, or the name of a table of them.
        keys : sequence of str
            The columns to group by.
        shifts : str, optional
            A table of the keys with what to take off, as columns s_u0, ... and s_v.

        Returns
        -------
        str
            The query.
        """
        names = [f"a.{key} AS {key}" for key in keys]
        source = f"({units}) a"
        if shifts is not None:
            match = " AND ".join(f"a.{key} IS NOT DISTINCT FROM s.{key}" for key in keys) or "TRUE"
            source += f" JOIN {shifts} s ON {match}"
        of_units = self.clustered
        weight = "v" if of_units else "w" if self.weighted else "1.0"
        v = f"({weight} - s.s_v)" if shifts is not None else f"({weight})"
        found = [*names, "count(*) AS units"]
        if of_units:
            found += [f"sum({x}) AS {x}" for x in ("n", *self.outcomes)]
        else:
            found += ["count(*) AS n", *self._outcome(weight)]
        found += self._evenness()
        pairs = self.clustered or self.weighted
        if pairs:
            found += [f"sum({weight}) AS v", f"sum({v}) AS v1", f"sum({v} * {v}) AS v2"]
            found += [f"sum({v} * {v} * {v}) AS v3", f"max({weight}) AS largest"]
        for i, term in enumerate(self.terms):
            found += self._term(i, term, v, shifted=shifts is not None, pairs=pairs)
        grouped = f" GROUP BY {', '.join(f'a.{key}' for key in keys)}" if keys else ""
        return f"SELECT {', '.join(found)} FROM {source}{grouped}"

    def _term(self, i: int, term: Term, v: str, *, shifted: bool, pairs: bool) -> list[str]:
        # Each tally belongs to one cost, so that its name alone will do.
        tallies = [f"sum({name}) AS {name}" for name in term.tallies]
        if term.counted:
            return [
                *tallies,
                f"count_if(c{i}) AS c{i}",
                f"count_if(c{i} AND NOT d{i}) AS gains{i}",
                f"count_if(d{i} AND NOT c{i}) AS harms{i}",
            ]
        w = "w * " if term.weighted else ""
        if self.clustered:
            plain, cost = f"u{i}", f"c{i}"
            counts = [f"sum(gains{i}) AS gains{i}", f"sum(harms{i}) AS harms{i}"]
            counts += [f"count_if(u{i} <> 0) AS moved{i}"]
        else:
            plain, cost = f"({w}(c{i} - d{i}))", f"{w}c{i}"
            counts = [f"count_if(c{i} > d{i}) AS gains{i}", f"count_if(c{i} < d{i}) AS harms{i}"]
        u = f"({plain} - s.s_u{i})" if shifted else plain
        found = [
            *tallies,
            f"sum({cost}) AS c{i}",
            *counts,
            f"sum({u}) AS u{i}",
            f"sum({u} * {u}) AS uu{i}",
            f"sum({u} * {u} * {u}) AS uuu{i}",
        ]
        if term.shares:
            other = f"(c{i} - u{i})" if self.clustered else f"{w}d{i}"
            found += [f"max({cost}) AS most_c{i}", f"max({other}) AS most_d{i}"]
        if pairs:
            found += [
                f"sum({u} * {v}) AS uv{i}",
                f"sum({u} * {u} * {v}) AS uuv{i}",
                f"sum({u} * {v} * {v}) AS uvv{i}",
            ]
        return found

    def shifts(self, table: str, keys: Sequence[str]) -> str:
        """Write the query of what to take off, from the table of the first sums."""
        found = [*keys, "v1 / units AS s_v" if self.clustered or self.weighted else "0.0 AS s_v"]
        found += [
            f"u{i} / units AS s_u{i}" for i, term in enumerate(self.terms) if not term.counted
        ]
        return f"SELECT {', '.join(found)} FROM {table}"


class Raw:
    """The result of a `SumQuery`: columns of numbers, one entry per key."""

    def __init__(self, columns: dict[str, FloatArray], first: Raw | None = None) -> None:
        self.columns = columns
        self.first = first

    def __getitem__(self, name: str) -> FloatArray:
        return self.columns[name]

    def shift(self, name: str) -> FloatArray | float:
        """Find what was taken off a variable before it was summed."""
        if self.first is None:
            return 0.0
        return _over(self.first[name], self.first["units"])

    def lost(self, terms: Sequence[Term], *, pairs: bool) -> bool:
        """Tell whether a mean is so large against its spread that digits are lost."""
        n = self["units"]
        powers = [
            (self[f"u{i}"], self[f"uu{i}"]) for i, term in enumerate(terms) if not term.counted
        ]
        powers += [(self["v1"], self["v2"])] if pairs else []
        for first, second in powers:
            square = _over(first**2, n)
            with np.errstate(invalid="ignore"):
                if (square > LARGEST_RATIO**2 * np.maximum(second - square, 0.0)).any():
                    return True
        return False

    def sums(self, i: int, term: Term, *, pairs: bool) -> Sums:
        """Build the sums of the i-th cost.

        Parameters
        ----------
        i : int
            The place of the cost among the terms.
        term : Term
            The cost.
        pairs : bool
            Whether units have weights of their own: weights or clusters.

        Returns
        -------
        Sums
            One entry per key.
        """
        units = self["units"]
        rows, nothing = self["n"], np.zeros(len(units))
        gains, harms = self[f"gains{i}"], self[f"harms{i}"]
        whole: dict[str, FloatArray] = {
            "rows": rows,
            "units": units,
            "gains": gains,
            "harms": harms,
        }
        whole["moved"] = self.columns.get(f"moved{i}", gains + harms)
        weighed = pairs and (term.weighted or f"moved{i}" in self.columns)
        weight = self["v"] if weighed else rows
        moments = _counted(gains, harms, rows) if term.counted else self._moments(i, pairs=weighed)
        generic = _over(self[f"c{i}"], weight)
        bop = _over(moments["mean_u"] * units, weight)
        fields: dict[str, Any] = {
            **{name: np.asarray(values, dtype=np.int64) for name, values in whole.items()},
            **moments,
            **self._classes(),
        }
        return Sums(
            weight=np.asarray(weight, dtype=np.float64),
            generic=generic,
            personalized=generic - bop,
            largest_generic=self.columns.get(f"most_c{i}", nothing),
            largest_personalized=self.columns.get(f"most_d{i}", nothing),
            mean_v=_over(self["v"], units) if weighed else np.where(units > 0, 1.0, nothing),
            largest=self["largest"] if weighed else np.where(units > 0, 1.0, nothing),
            **fields,
        )

    def _classes(self) -> dict[str, FloatArray]:
        """Give the weight of each class and how unevenly units share it."""
        if "t2" in self.columns:
            names = (f"{which}{power}" for which in ("ones", "zeros") for power in POWERS)
            return dict.fromkeys(names, np.zeros(len(self["n"])))
        ones = self["t1"]
        # Rows that count alike are of one class or of the other.
        zeros = self.columns.get("t0", self["n"] - ones)
        return {
            "ones": ones,
            "zeros": zeros,
            "ones_squared": self.columns.get("t11", ones),
            "zeros_squared": self.columns.get("t00", zeros),
            "ones_cubed": self.columns.get("t111", ones),
            "zeros_cubed": self.columns.get("t000", zeros),
        }

    def _moments(self, i: int, *, pairs: bool) -> dict[str, FloatArray]:
        """Centre the power sums, of u alone or of u and v."""
        n = self["units"]
        a, b = _over(self[f"u{i}"], n), _over(self["v1"], n) if pairs else np.zeros(len(n))
        uu, uuu = self[f"uu{i}"], self[f"uuu{i}"]
        found = {
            "mean_u": self.shift(f"u{i}") + a,
            "m_uu": np.maximum(uu - n * a * a, 0.0),
            "m_uuu": uuu - 3 * a * uu + 2 * n * a**3,
        }
        nothing = np.zeros(len(n))
        if not pairs:
            return found | dict.fromkeys(("m_uv", "m_vv", "m_uuv", "m_uvv", "m_vvv"), nothing)
        uv, vv, vvv = self[f"uv{i}"], self["v2"], self["v3"]
        return found | {
            "m_uv": uv - n * a * b,
            "m_vv": np.maximum(vv - n * b * b, 0.0),
            "m_uuv": self[f"uuv{i}"] - 2 * a * uv - b * uu + 2 * n * a * a * b,
            "m_uvv": self[f"uvv{i}"] - 2 * b * uv - a * vv + 2 * n * a * b * b,
            "m_vvv": vvv - 3 * b * vv + 2 * n * b**3,
        }


def _counted(gains: FloatArray, harms: FloatArray, n: FloatArray) -> dict[str, FloatArray]:
    """Centre the sums of rows that count -1, 0 or 1, exactly: in whole numbers until the end."""
    up, down, rows = (np.array([int(x) for x in each], dtype=object) for each in (gains, harms, n))
    total, moved = up - down, up + down
    square, cube = (
        rows * moved - total**2,
        rows**2 * total - 3 * rows * total * moved + 2 * total**3,
    )
    some = np.maximum(n, 1.0)
    nothing = np.zeros(len(n))
    return {
        "mean_u": _over(total.astype(np.float64), n),
        "m_uu": square.astype(np.float64) / some,
        "m_uuu": cube.astype(np.float64) / some**2,
    } | dict.fromkeys(("m_uv", "m_vv", "m_uuv", "m_uvv", "m_vvv"), nothing)


def _over(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Divide, with 0 where the whole is 0."""
    found: FloatArray = np.divide(
        part, whole, out=np.zeros(len(whole), dtype=np.float64), where=whole > 0
    )
    return found
