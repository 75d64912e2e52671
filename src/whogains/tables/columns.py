"""Which column holds what, as SQL: the rows that are summed, and what is wrong with the others."""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from whogains.costs import LARGEST
from whogains.frames import (
    DROP,
    PROBABILITY_ROUNDING,
    percent_advice,
)
from whogains.tables.identifiers import quoted
from whogains.tables.relation import SOURCE
from whogains.tables.source import Source
from whogains.types import QUANTITIES, Task

LARGEST_EXACT = 2**53

FLOATS = ("FLOAT", "DOUBLE")
WHOLE = ("BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT", "BIGNUM")
NUMBERS = (*FLOATS, *WHOLE, "TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a comparison.

    Parameters
    ----------
    target, generic, personalized : str
        Outcome, and the predictions of both models.
    groups : tuple of str
        The attributes whose crossing makes the groups.
    weight, cluster : str, optional
        Weights, and which rows depend on each other.
    also : tuple of str
        Further columns of predictions, where there is one for each class.
    exposure : str, optional
        By what counts are divided, and rows weighed.
    survey : tuple of str
        Strata and PSUs, for rows that are loaded.
    numbers : tuple of str
        Further columns of numbers (replicate weights, events), for rows that are loaded.
    """

    target: str
    generic: str
    personalized: str
    groups: tuple[str, ...]
    weight: str | None = None
    cluster: str | None = None
    also: tuple[str, ...] = ()
    exposure: str | None = None
    survey: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every column, once."""
        special = (self.weight, self.cluster, self.exposure)
        known = [name for name in special if name is not None]
        models = (self.generic, self.personalized, *self.also)
        drawn = (*self.survey, *self.numbers)
        return tuple(dict.fromkeys((self.target, *models, *self.groups, *known, *drawn)))

    @property
    def weights(self) -> tuple[str, ...]:
        """The columns whose product weighs the rows."""
        return tuple(name for name in (self.weight, self.exposure) if name is not None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The names that the attributes have inside queries."""
        return tuple(f"g{i}" for i in range(len(self.groups)))


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are read: the outcome as 0 and 1, or as a number; counts as rates.

    Parameters
    ----------
    columns : Columns
        Which column holds what.
    types : mapping of str to str
        The type of each column.
    task : {"classification", "regression", "counts"}
        What the models predict.
    positive, negative : object
        For classification, the values that count as 1 and 0.
    centre : float
        For numbers, one near the outcomes, from which their spread is summed.
    """

    columns: Columns
    types: dict[str, str]
    task: Task
    positive: Any = None
    negative: Any = None
    centre: float = 0.0

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the queries."""
        if self.task in QUANTITIES:
            return {"centre": self.centre}
        return {"positive": self.positive, "negative": self.negative}

    @property
    def outcome(self) -> str:
        """Write the outcome as a number, in SQL."""
        name = quoted(self.columns.target)
        if self.columns.exposure is not None:
            return f"(CAST({name} AS DOUBLE) / {self.number(self.columns.exposure)})"
        if self.task in QUANTITIES:
            return f"CAST({name} AS DOUBLE)"
        if self._zero_one:
            return f"CAST({name} AS DOUBLE)"
        return f"CAST({name} = $positive AS DOUBLE)"

    @property
    def weighted(self) -> bool:
        """Whether rows have weights, exposures among them."""
        return bool(self.columns.weights)

    @property
    def weight(self) -> str:
        """Write the weight of a row, in SQL."""
        return " * ".join(self.number(name) for name in self.columns.weights)

    @property
    def _zero_one(self) -> bool:
        """Whether the outcome's two values are the numbers 0 and 1."""
        number = self.types[self.columns.target] in NUMBERS
        return number and (self.positive, self.negative) == (1, 0)

    @property
    def outcome_missing(self) -> str:
        """Write the SQL condition for a row without an outcome."""
        return missing(self.columns.target, self.types)

    def _outcome_fine(self) -> str:
        name = quoted(self.columns.target)
        if self.task == "classification" and self._zero_one:
            # Bounds are checked by the statistics of a Parquet file, an alternative in every row.
            whole = (
                f" AND {name} = floor({name})" if self.types[self.columns.target] in FLOATS else ""
            )
            return f"({name} >= 0 AND {name} <= 1{whole})"
        if self.task == "classification":
            return f"({name} = $positive OR {name} = $negative)"
        if self.task == "counts":
            whole = (
                f" AND {name} = floor({name})" if self.types[self.columns.target] in FLOATS else ""
            )
            return f"({_finite(self.columns.target, self.types)} AND {name} >= 0{whole})"
        return _finite(self.columns.target, self.types)

    def number(self, column: str) -> str:
        """Write a column of numbers as DOUBLE."""
        name = quoted(column)
        return name if self.types[column] == "DOUBLE" else f"CAST({name} AS DOUBLE)"

    def _prediction_fine(self, column: str) -> str:
        name = self.number(column)
        if self.task == "counts":
            return f"({_finite(column, self.types)} AND {name} > 0)"
        if self.task == "regression":
            return _finite(column, self.types)
        return _near_probability(name)

    def _prediction(self, column: str) -> str:
        """Write a prediction; a probability that leaves [0, 1] by rounding is its end."""
        name = self.number(column)
        return f"least(greatest({name}, 0), 1)" if self.task == "classification" else name

    def fine(self) -> str:
        """Write the SQL condition for a row that can be summed."""
        parts = [
            self._outcome_fine(),
            self._prediction_fine(self.columns.generic),
            self._prediction_fine(self.columns.personalized),
        ]
        parts += [
            f"({self.number(column)} BETWEEN {1 / LARGEST!r} AND {LARGEST!r} AND "
            f"{_finite(column, self.types)})"
            for column in self.columns.weights
        ]
        if self.columns.cluster is not None:
            parts.append(f"NOT ({missing(self.columns.cluster, self.types)})")
        return " AND ".join(parts)

    def stands_for(self) -> dict[str, str]:
        """Give what the names in queries of rows stand for."""
        return {
            "y": self.outcome,
            "p0": self._prediction(self.columns.generic),
            "p1": self._prediction(self.columns.personalized),
        }

    def where(self, condition: str) -> str:
        """Write a condition on y, p0 and p1 as one on the columns, for rows that can be summed."""
        of_column = self.stands_for()
        names = "|".join(of_column)
        named = re.sub(rf"\b({names})\b", lambda found: of_column[found[0]], condition)
        return f"({self.fine()}) AND ({named})"

    def problems(self) -> list[tuple[str, str, str]]:
        """List what can be wrong with a row: where, of which column, and in words.

        Returns
        -------
        list of (str, str, str)
            A condition, the column, and "missing", "infinite" and the like.
        """
        c = self.columns
        found = []
        for column in (c.generic, c.personalized):
            found.append((missing(column, self.types), column, "missing values"))
            if self.task == "classification":
                name = self.number(column)
                found.append((f"NOT {_near_probability(name)}", column, "values outside [0, 1]"))
            else:
                found.append((f"NOT ({_finite(column, self.types)})", column, _UNUSABLE))
            if self.task == "counts":
                found.append((f"NOT ({quoted(column)} > 0)", column, NOT_ABOVE_0))
        for column in c.weights:
            found.append((missing(column, self.types), column, "missing values"))
            name = quoted(column)
            found.append(
                (
                    f"NOT ({name} > 0 AND {_finite(column, self.types)})",
                    column,
                    "values that are not positive and finite",
                )
            )
            number = self.number(column)
            found.append(
                (
                    f"NOT ({number} BETWEEN {1 / LARGEST!r} AND {LARGEST!r})",
                    column,
                    f"values that are not from {1 / LARGEST:g} to {LARGEST:g}",
                )
            )
        if c.cluster is not None:
            found.append((missing(c.cluster, self.types), c.cluster, "missing values"))
        if self.task == "counts":
            name, known = quoted(c.target), f"NOT ({self.outcome_missing}) AND "
            found.append((f"{known}{name} < 0", c.target, "negative values"))
            found.append(
                (f"{known}{name} <> floor({name})", c.target, "values that are no whole numbers")
            )
        if self.task in QUANTITIES:
            bad = f"NOT ({self.outcome_missing}) AND NOT ({self._outcome_fine()})"
            found.append((bad, c.target, _UNUSABLE))
        return found

    def rows(self, *, with_state: bool = False) -> str:
        """Write the query of the rows that are summed.

        Parameters
        ----------
        with_state : bool
            Whether to keep the others too, with a column "ok" that tells them apart.

        Returns
        -------
        str
            A query with the columns g0, g1, ..., y, p0, p1 and, where there are such, w and c.
        """
        c = self.columns
        chosen = [f"{quoted(name)} AS {key}" for name, key in zip(c.groups, c.keys, strict=True)]
        chosen += [f"{sql} AS {name}" for name, sql in self.stands_for().items()]
        if self.weighted:
            chosen.append(f"{self.weight} AS w")
        if c.cluster is not None:
            chosen.append(f"{quoted(c.cluster)} AS c")
        if with_state:
            chosen.append(f"coalesce({self.fine()}, FALSE) AS ok")
        query = f"SELECT {', '.join(chosen)} FROM {SOURCE}"
        return query if with_state else f"{query} WHERE {self.fine()}"


NOT_ABOVE_0 = "predictions that are not above 0"
_UNUSABLE = f"values that are infinite, or whole numbers beyond 2^53 ({LARGEST_EXACT})"


def missing(column: str, types: dict[str, str]) -> str:
    """Write the SQL condition for a value that is missing: null, or no number."""
    name = quoted(column)
    return f"({name} IS NULL{f' OR isnan({name})' if types[column] in FLOATS else ''})"


def advice(source: Source, reading: Reading, column: str, what: str) -> str:
    """Advise what to do about rows that cannot be summed.

    Parameters
    ----------
    source : Source
        The table.
    reading : Reading
        How its rows are read.
    column, what : str
        One of `Reading.problems`.

    Returns
    -------
    str
        The end of a sentence.
    """
    models = {reading.columns.generic, reading.columns.personalized}
    if column in models and what == "missing values":
        return DROP
    said = "correct or drop these rows"
    if reading.task == "counts" and column in models | {reading.columns.target}:
        said += ", or say task='regression' (--task regression)"
    if column in models and reading.task == "classification":
        name = quoted(column)
        low, high = source.fetch(f"SELECT min({name}), max({name}) FROM {SOURCE}")[0]
        said += percent_advice(float(low), float(high))
    return said


def _near_probability(name: str) -> str:
    return f"({name} >= -{PROBABILITY_ROUNDING!r} AND {name} <= 1 + {PROBABILITY_ROUNDING!r})"


def _finite(column: str, types: dict[str, str]) -> str:
    name = quoted(column)
    if types[column] in FLOATS:
        return f"isfinite({name})"
    if types[column] in WHOLE or types[column].startswith("DECIMAL"):
        return f"({name} BETWEEN -{LARGEST_EXACT} AND {LARGEST_EXACT})"
    return f"({name} IS NOT NULL)"
