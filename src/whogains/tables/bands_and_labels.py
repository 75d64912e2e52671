"""How values are meant, where the rows lie: what `frames` does in memory, as SQL."""

# ruff: noqa: S608 - every identifier is quoted, and every value is a parameter or in quotes

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from whogains.errors import InputError
from whogains.files import PATTERNS
from whogains.frames import (
    Shape,
    Target,
    band_names,
    check_days,
    check_percent,
    label_codes,
    label_texts,
    labels_note,
    no_label,
    note_without,
)
from whogains.tables.columns import Columns, missing
from whogains.tables.identifiers import quoted
from whogains.tables.kinds import is_number
from whogains.tables.relation import SOURCE, TEXT
from whogains.tables.source import Source

FIRST_ROWS = 10_000
MICROSECONDS = 86_400_000_000  # of a day
MOST_LABELS = 4


def shape_source(
    source: Source, columns: Columns, shape: Shape, target_of: Callable[[], Target]
) -> list[str]:
    """Let a table's columns hold what is meant by their values.

    Parameters
    ----------
    source : Source
        The table, with columns as they were read.
    columns : Columns
        Which column holds what.
    shape : Shape
        What a user says of values.
    target_of : callable
        Reads the outcome, which is asked for only where predictions may be labels.

    Returns
    -------
    list of str
        What a reader should know.

    Raises
    ------
    InputError
        If labels or bands name what is no group, or has no such values.
    """
    models = (columns.generic, columns.personalized)
    for name in (*(shape.labels or {}), *(shape.bands or {})):
        if name not in columns.groups:
            raise InputError(
                f"labels and bands name {name!r}, which is no group; groups are "
                f"{', '.join(columns.groups)}"
            )
        if name in {columns.target, *models, *columns.weights, columns.cluster}:
            raise InputError(f"{name} makes groups and has labels or bands: it can be nothing else")
    found = {name: _labelled(source, name, labels) for name, labels in (shape.labels or {}).items()}
    found |= {name: _banded(source, name, shape) for name in shape.bands or {}}
    notes = []
    for name in dict.fromkeys(models):
        if shape.percent:
            check_percent(target_of(), percent=True)
            found[name] = _percentage(source, name)
            continue
        codes = _codes(source, name, target_of)
        if codes is not None:
            notes.append(labels_note(name, codes))
            found[name] = _cases(quoted(name), codes, "NULL")
    if shape.drop_missing_predictions:
        lacking = " OR ".join(missing(name, dict(source.columns)) for name in models)
        target = quoted(columns.target)
        known = f"NOT {missing(columns.target, dict(source.columns))}"
        count = source.fetch(f"SELECT count_if(({lacking}) AND {known}) FROM {SOURCE}")[0][0]
        if count:
            notes.append(note_without(count))
            # Such a row is one without an outcome, and its predictions are not looked at.
            found[columns.target] = f"CASE WHEN {lacking} THEN NULL ELSE {target} END"
            for name in models:
                found[name] = f"CASE WHEN {lacking} THEN 1 ELSE {found.get(name, quoted(name))} END"
    source.shape(found)
    return notes


def _codes(source: Source, name: str, target_of: Callable[[], Target]) -> dict[Any, float] | None:
    """Find what predictions stand for that are a few words or codes; None for numbers."""
    kind, column = source.columns[name], quoted(name)
    words = kind == TEXT or kind.startswith("ENUM")
    if not words and not is_number(kind):
        return None
    known = f"WHERE NOT {missing(name, dict(source.columns))}"

    def distinct(table: str) -> list[Any]:
        found = source.fetch(f"SELECT DISTINCT {column} FROM {table} {known} LIMIT 5")
        return sorted((row[0] for row in found), key=str)

    first = distinct(f"(SELECT {column} FROM {SOURCE} LIMIT {FIRST_ROWS})")
    numbers = not words
    if len(first) > MOST_LABELS or (numbers and (not first or {float(v) for v in first} <= {0.0})):
        return None
    if numbers and any(not float(value).is_integer() for value in first):
        return None
    target = target_of()
    if target.task != "classification" or (
        numbers and (target.negative, target.positive) == (0, 1)
    ):
        return None
    values = [float(v) if numbers else v for v in distinct(SOURCE)]
    return label_codes(values, target, name)


def _percentage(source: Source, name: str) -> str:
    column = quoted(name)
    if source.columns[name] == TEXT:
        plain = f"replace(rtrim(trim({column}), '% '), ',', '.')"
        return f"CAST({plain} AS DOUBLE) / 100"
    return f"CAST({column} AS DOUBLE) / 100"


def _labelled(source: Source, name: str, labels: Mapping[Any, str]) -> str:
    column, named = quoted(name), label_texts(labels)
    text = f"CAST({column} AS VARCHAR)"
    if source.columns[name] == TEXT:
        plain = f"regexp_full_match(trim({column}), '{PATTERNS['plain']}')"
        others = source.fetch(f"SELECT count_if(NOT {plain}) FROM {SOURCE}")[0][0]
        number = source.headers and not others
    else:
        number = is_number(source.columns[name])
    if number:
        as_float = f"CAST({column} AS DOUBLE)"
        text = (
            f"CASE WHEN {as_float} = floor({as_float}) AND abs({as_float}) < 9e15 "
            f"THEN CAST(CAST({column} AS DOUBLE)::BIGINT AS VARCHAR) ELSE {text} END"
        )
    inside = ", ".join(map(_literal, named))
    if not source.fetch(f"SELECT count_if({text} IN ({inside})) FROM {SOURCE}")[0][0]:
        found = source.fetch(
            f"SELECT DISTINCT {text} FROM {SOURCE} WHERE {column} IS NOT NULL ORDER BY 1 LIMIT 6"
        )
        raise no_label(name, [row[0] for row in found])
    return _cases(text, {key: _literal(label) for key, label in named.items()}, text)


def _banded(source: Source, name: str, shape: Shape) -> str:
    kind = source.columns[name]
    days = kind.startswith(("DATE", "TIMESTAMP"))
    if not is_number(kind) and not days:
        raise InputError(f"{name} holds text where numbers are needed; it has no bands")
    check_days(name, shape, days=days)
    column = f"CAST({quoted(name)} AS DOUBLE)"
    if days:
        # In microseconds, as in memory; a time with a zone counts in UTC.
        of_zone = quoted(name) if "TIME ZONE" in kind else f"CAST({quoted(name)} AS TIMESTAMP)"
        column = f"(epoch_us({of_zone}) / {MICROSECONDS}::DOUBLE)"
    edges: Sequence[float] | None = shape.edges.get(name)
    if edges is None:
        count = shape.quantiles[name]
        shares = ", ".join(f"{i}::DOUBLE / {count}" for i in range(1, count))
        known = f"FROM {SOURCE} WHERE NOT {missing(name, dict(source.columns))}"
        found, least = source.fetch(
            f"SELECT quantile_disc({column}, [{shares}]), min({column}) {known}"
        )[0]
        edges = sorted({float(each) for each in found or [] if each > least})
        if not edges:
            raise InputError(f"column {name!r} is constant and has no bands")
    names = band_names(edges, days=days)
    cases = " ".join(
        f"WHEN {column} < {edge!r} THEN {_literal(band)}"
        for edge, band in zip(edges, names, strict=False)
    )
    lacking = missing(name, dict(source.columns))
    return f"CASE WHEN {lacking} THEN NULL {cases} ELSE {_literal(names[-1])} END"


def _cases(column: str, values: Mapping[Any, Any], otherwise: str) -> str:
    cases = " ".join(
        f"WHEN {_literal(key)} THEN {value if isinstance(value, str) else f'{value!r}::DOUBLE'}"
        for key, value in values.items()
    )
    return f"CASE {column} {cases} ELSE {otherwise} END"


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(float(value))
