"""How rows of an outcome with several classes are read: y for the most frequent, k for which."""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whogains.errors import InputError
from whogains.frames import MOST_CLASSES, ROUNDED, classes_in_order
from whogains.tables.columns import FLOATS, Columns, Reading, missing
from whogains.tables.identifiers import quoted
from whogains.tables.kinds import is_number
from whogains.tables.relation import SOURCE
from whogains.tables.source import Source


@dataclass(frozen=True, slots=True)
class ClassReading(Reading):
    """A reading whose predictions are lists, one number for every class.

    Parameters
    ----------
    classes : tuple of str
        The names of the classes.
    mode : str
        The most frequent one, for which y is 1: the others are the rarer outcome.
    of_generic, of_personalized : tuple of str
        The column of each class.
    """

    classes: tuple[str, ...] = ()
    mode: str = ""
    of_generic: tuple[str, ...] = ()
    of_personalized: tuple[str, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of the queries."""
        return {"classes": list(self.classes), "mode": self.mode}

    @property
    def outcome(self) -> str:
        """Write whether the class is the most frequent one, as a number."""
        return f"CAST({text_sql(self.columns.target, self.types)} = $mode AS DOUBLE)"

    def stands_for(self) -> dict[str, str]:
        """Give what the names in queries of rows stand for, the place of the class among them."""
        place = f"list_position($classes, {text_sql(self.columns.target, self.types)})"
        return {**Reading.stands_for(self), "k": place}

    def _outcome_fine(self) -> str:
        return f"list_contains($classes, {text_sql(self.columns.target, self.types)})"

    def _of(self, column: str) -> tuple[str, ...]:
        return self.of_generic if column == self.columns.generic else self.of_personalized

    def number(self, column: str) -> str:
        """Write a model's predictions as a list, and any other column as DOUBLE."""
        if column not in (self.columns.generic, self.columns.personalized):
            return Reading.number(self, column)
        each = (f"CAST({quoted(name)} AS DOUBLE)" for name in self._of(column))
        return f"[{', '.join(each)}]"

    def _prediction_fine(self, column: str) -> str:
        of = self._of(column)
        inside = (f"({quoted(name)} >= 0 AND {quoted(name)} <= 1)" for name in of)
        return f"({' AND '.join(inside)} AND {self._sums(column)})"

    def _sums(self, column: str) -> str:
        return f"abs(list_sum({self.number(column)}) - 1) <= {ROUNDED!r}"

    def problems(self) -> list[tuple[str, str, str]]:
        """List what can be wrong with a row, as `Reading.problems` does."""
        c, found = self.columns, []
        for name in dict.fromkeys((*self.of_generic, *self.of_personalized)):
            number = f"CAST({quoted(name)} AS DOUBLE)"
            found.append((missing(name, self.types), name, "missing values"))
            wrong = f"NOT ({number} >= 0 AND {number} <= 1)"
            found.append((wrong, name, "values outside [0, 1]"))
        for column, model in ((c.generic, "generic"), (c.personalized, "personalized")):
            what = "rows whose probabilities do not sum to 1"
            found.append((f"NOT ({self._sums(column)})", model, what))
        # Of the two models a reading of one column lists two each.
        return [*found, *Reading.problems(self)[4:]]


def text_sql(column: str, types: Mapping[str, str]) -> str:
    """Write a class as text, in SQL: 1.0 is 1."""
    name = quoted(column)
    if types[column] in FLOATS or types[column].startswith("DECIMAL"):
        whole = f"CAST(CAST({name} AS BIGINT) AS VARCHAR)"
        return f"(CASE WHEN {name} = floor({name}) THEN {whole} ELSE CAST({name} AS VARCHAR) END)"
    return f"CAST({name} AS VARCHAR)"


def class_reading(
    source: Source, columns: Columns, generic: Mapping[str, str], personalized: Mapping[str, str]
) -> ClassReading:
    """Find the classes of an outcome, by a scan of it.

    Parameters
    ----------
    source : Source
        The table.
    columns : Columns
        Which column holds what.
    generic, personalized : mapping of str to str
        The column of each class.

    Returns
    -------
    ClassReading
        How its rows are read; classes in the order that they have in memory.

    Raises
    ------
    InputError
        If a class has no column, or there are too many of them.
    """
    types = dict(source.columns)
    found = source.fetch(
        f"SELECT {text_sql(columns.target, types)}, count(*) FROM {SOURCE} "
        f"WHERE NOT {missing(columns.target, types)} GROUP BY ALL LIMIT {MOST_CLASSES + 1}"
    )
    counts = {str(name): int(rows) for name, rows in found}
    if len(counts) < 2:
        raise InputError(f"{columns.target} is constant, or has no values")
    if len(counts) > MOST_CLASSES:
        raise InputError(
            f"{columns.target} has more than {MOST_CLASSES} classes; is it a quantity "
            "(task='regression') or an id?"
        )
    numbers = is_number(types[columns.target])
    seen = sorted(counts, key=float if numbers else str)
    for name in seen:
        if name not in generic:
            raise InputError(f"there is no column of probabilities for the class {name!r:.60}")
    # Which class is where must not tell who has it.
    classes = classes_in_order(list(dict.fromkeys((*seen, *generic))))
    return ClassReading(
        columns,
        types,
        "classes",
        classes=classes,
        mode=max(seen, key=lambda name: counts[name]),
        of_generic=_in_order(generic, classes),
        of_personalized=_in_order(personalized, classes),
    )


def _in_order(of_class: Mapping[str, str], classes: Sequence[str]) -> tuple[str, ...]:
    return tuple(of_class[name] for name in classes)
