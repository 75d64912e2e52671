"""Which columns of CSV files are numbers, asked of DuckDB by the patterns of `files`."""

# ruff: noqa: S608 - every identifier is quoted

from __future__ import annotations

from collections.abc import Sequence

from whogains.errors import InputError, cell
from whogains.files import TextKind, judge, patterns_of
from whogains.frames import Shape, advice_on_text
from whogains.tables.columns import NUMBERS, Columns
from whogains.tables.identifiers import quoted
from whogains.tables.relation import SOURCE, TEXT
from whogains.tables.source import Source

FIRST_ROWS = 10_000
TYPES: dict[TextKind, str] = {
    "integer": "BIGINT",
    "real": "DOUBLE",
    "boolean": "BOOLEAN",
    "day": "TIMESTAMP",
}


def kinds_of(source: Source, names: Sequence[str], rows: int | None = None) -> dict[str, TextKind]:
    """Judge columns of text.

    Parameters
    ----------
    source : Source
        CSV files.
    names : sequence of str
        Columns that are read as text.
    rows : int, optional
        How many of the first rows to look at; all by default.

    Returns
    -------
    dict of str to str
        What each column holds, as in `whogains.files.judge`.
    """
    chosen = list(dict.fromkeys(names))
    patterns = patterns_of(source.decimal)
    counts = [
        part
        for name in chosen
        for part in (
            f"count({quoted(name)})",
            *(
                f"count_if(regexp_full_match(trim({quoted(name)}), '{pattern}'))"
                for pattern in patterns.values()
            ),
        )
    ]
    if not counts:
        return {}
    some = "" if rows is None else f" LIMIT {rows}"
    columns = ", ".join(quoted(name) for name in chosen)
    found = iter(
        source.fetch(f"SELECT {', '.join(counts)} FROM (SELECT {columns} FROM {SOURCE}{some})")[0]
    )
    kinds = {}
    for name in chosen:
        present = next(found)
        matched = {pattern: next(found) for pattern in patterns}
        kinds[name] = judge(present, matched.__getitem__)
    return kinds


def read_csv_as(source: Source, columns: Columns, shape: Shape | None = None) -> None:
    """Read predictions, weights and a numeric outcome of CSV files as numbers, the rest as text.

    Parameters
    ----------
    source : Source
        Files; anything but CSV is left as it is.
    columns : Columns
        Which column holds what.
    shape : Shape, optional
        What a user says of values: percentages stay text, and what is cut into bands is a number.

    Notes
    -----
    Groups and clusters are text: their numbers, if they are numbers throughout, are told by their
    levels, which a scan has anyway. Of the others the first rows decide; a later row that says
    otherwise is an error of the scan, with its line.
    """
    if not source.headers:
        return
    shape = Shape() if shape is None else shape
    numbers = [columns.target, *columns.also]
    numbers += [] if shape.percent else [columns.generic, columns.personalized]
    numbers += [name for name in shape.bands or {} if name in columns.groups]
    numbers += columns.weights
    kinds = kinds_of(source, numbers, FIRST_ROWS)
    # Where the first rows hold nothing, or two words that might be others later, all rows decide.
    unsure = [name for name, kind in kinds.items() if kind in {"empty", "boolean"}]
    kinds |= kinds_of(source, unsure)
    types = {
        name: "BOOLEAN" if kind == "boolean" else "DOUBLE"
        for name, kind in kinds.items()
        if kind in {"integer", "real", "boolean"}
    }
    types |= {name: TYPES["day"] for name in shape.bands or {} if kinds.get(name) == "day"}
    source.read_as(types)


def read_features_as(source: Source, seen: Sequence[str], others: Sequence[str]) -> frozenset[str]:
    """Read columns of CSV files as what all of their rows say.

    Parameters
    ----------
    source : Source
        Files; anything but CSV is left as it is.
    seen : sequence of str
        What both models see, and the outcome.
    others : sequence of str
        Personal attributes, and what is passed on: text, unless it is numbers as any program
        writes them.

    Returns
    -------
    frozenset of str
        Those of the others that are read as the words true and false, so that they can be passed on
        as they are written, and that models see as truth values.
    """
    if not source.headers:
        return frozenset()
    kinds = kinds_of(source, [*seen, *others])
    types = {name: TYPES.get(kind, TEXT) for name, kind in kinds.items()}
    # Days are levels as they are written: no model, and no group, is made of times.
    types |= {name: TEXT for name in others if kinds[name] == "day" and name not in seen}
    odd = {name for name in others if name not in seen and types[name] in {"BIGINT", "DOUBLE"}}
    for name in odd:
        plain = f"regexp_full_match(trim({quoted(name)}), '{patterns_of(source.decimal)['plain']}')"
        if source.fetch(f"SELECT count_if(NOT {plain}) FROM {SOURCE}")[0][0]:
            types[name] = TEXT
    truths = frozenset(name for name in others if kinds[name] == "boolean")
    source.read_as(types | dict.fromkeys(truths, TEXT))
    return truths


def check_kinds(source: Source, columns: Columns) -> None:
    """Refuse predictions and weights that are no numbers.

    Parameters
    ----------
    source : Source
        The table.
    columns : Columns
        Which column holds what.

    Raises
    ------
    InputError
        If a column holds text, dates or anything else.
    """
    types = source.columns
    for column in (columns.generic, columns.personalized, *columns.also, *columns.weights):
        kind = types[column]
        if not is_number(kind) and kind != "BOOLEAN":
            holds = "text" if kind == "VARCHAR" else f"{kind.lower()} values"
            raise InputError(
                f"{column} holds {holds} where numbers are needed{_first_text(source, column)}; "
                f"{_advice(source, column)}"
            )


def _advice(source: Source, column: str) -> str:
    name = quoted(column)
    if source.columns[column] != "VARCHAR":
        return "convert it"
    wrong = f"{name} IS NOT NULL AND TRY_CAST({name} AS DOUBLE) IS NULL"
    found = source.fetch(f"SELECT DISTINCT {name} FROM {SOURCE} WHERE {wrong} LIMIT 100")
    return advice_on_text([row[0] for row in found])


def _first_text(source: Source, column: str) -> str:
    """Say where the first value stands that is no number, if others are."""
    name = quoted(column)
    if source.columns[column] != "VARCHAR":
        return ""
    wrong = f"{name} IS NOT NULL AND TRY_CAST({name} AS DOUBLE) IS NULL"
    numbers = source.fetch(f"SELECT count_if(TRY_CAST({name} AS DOUBLE) IS NOT NULL) FROM {SOURCE}")
    if not numbers[0][0]:
        return ""
    found = source.fetch(f"SELECT {name} FROM {SOURCE} WHERE {wrong} LIMIT 1")
    if not found:
        return ""
    return f" ({cell(found[0][0])} in {source.first_place(wrong, {})}, counting from 0)"


def is_number(kind: str) -> bool:
    """Tell whether a type of DuckDB is one of numbers."""
    return kind in NUMBERS or kind.startswith("DECIMAL")
