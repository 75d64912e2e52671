"""Two fitted models' predictions of a table of any size, batch by batch, into a Parquet file."""

# ruff: noqa: S608 - every identifier is quoted

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import pandas as pd

from whogains.errors import InputError
from whogains.files import frame_of, truth_values, written_aside
from whogains.frames import Column, Table, encode
from whogains.scoring import score_models
from whogains.tables.identifiers import quoted
from whogains.tables.relation import SOURCE, TEXT
from whogains.tables.source import Source

if TYPE_CHECKING:
    import pyarrow as pa

    from whogains.models import Panel

FIRST_ROWS = 10_000
# A column of text with more values than this is names or notes, and no category.
MOST_CATEGORIES = 100_000
# Rows times columns held at a time: 64 MiB of numbers.
BATCH_NUMBERS = 2**23
GENERIC, PERSONALIZED = "generic", "personalized"


@dataclass(frozen=True, slots=True)
class PredictionPlan:
    """Which columns the models see, and which are written beside their predictions.

    Parameters
    ----------
    features, personal : tuple of str
        What the generic model sees, and what the personalized one sees besides.
    kept : tuple of str
        The columns to write beside the predictions.
    truths : frozenset of str
        Columns of the words true and false, which are written as such, and which models see as
        truth values.
    """

    features: tuple[str, ...]
    personal: tuple[str, ...]
    kept: tuple[str, ...]
    truths: frozenset[str] = frozenset()

    @property
    def read(self) -> list[str]:
        """Every column that is read, once."""
        return list(dict.fromkeys((*self.kept, *self.features, *self.personal)))


@dataclass(frozen=True, slots=True)
class Predicted:
    """The file of predictions that was written.

    Parameters
    ----------
    path : Path
        The Parquet file: the columns kept, then "generic" and "personalized".
    rows : int
        Its rows, in the order of the table.
    notes : tuple of str
        What a reader of the predictions should know.
    """

    path: Path
    rows: int
    notes: tuple[str, ...]


def learn_columns(
    source: Source, names: Sequence[str], called: str, truths: frozenset[str] = frozenset()
) -> tuple[Column, ...]:
    """Learn how columns are coded, over all rows.

    Parameters
    ----------
    source : Source
        The table.
    names : sequence of str
        Its columns.
    called : str
        What to call them together in an error.
    truths : frozenset of str
        Columns of the words true and false, which are truth values.

    Returns
    -------
    tuple of Column
        One for each name.

    Raises
    ------
    InputError
        If a column cannot be a feature, or is text with more than 100,000 values.
    """
    first = frame_of(_with_truths(source.arrow(names, FIRST_ROWS), truths))
    columns = []
    for name in names:
        values = first[name]
        if source.columns[name] == TEXT and name not in truths:
            found = source.fetch(
                f"SELECT DISTINCT {quoted(name)} FROM {SOURCE} WHERE {quoted(name)} IS NOT NULL "
                f"LIMIT {MOST_CATEGORIES + 1}"
            )
            values = pd.Series([row[0] for row in found], dtype=values.dtype)
            if len(values) > MOST_CATEGORIES:
                raise InputError(
                    f"column {name!r} is text with more than {MOST_CATEGORIES:,} values; leave it "
                    "out"
                )
        columns.append(encode(pd.DataFrame({name: values}), name=called).columns[0])
    return tuple(columns)


def predict_source(
    source: Source,
    plan: PredictionPlan,
    pair_of: Callable[[Table, Table], Panel],
    output: Path,
    *,
    batch_rows: int | None = None,
) -> Predicted:
    """Predict every row, and write the predictions.

    Parameters
    ----------
    source : Source
        The table.
    plan : PredictionPlan
        Its columns.
    pair_of : callable
        From the first rows of the features and of the personal columns, coded, to the models.
    output : Path
        The Parquet file to write; whole or not at all.
    batch_rows : int, optional
        Rows held at a time; by default so many that numbers take 64 MiB.

    Returns
    -------
    Predicted
        What was written.

    Raises
    ------
    InputError
        If a value cannot be used, or a model fails; nothing is written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    own = [name for name in plan.kept if name in (GENERIC, PERSONALIZED)]
    if own:
        raise InputError(f"column {own[0]!r} has the name of a column of predictions; rename it")
    codings = (
        learn_columns(source, plan.features, "X", plan.truths),
        learn_columns(source, plan.personal, "personal", plan.truths),
    )
    step = batch_rows or max(1, BATCH_NUMBERS // max(len(plan.read), 1))
    total, done, started = source.cheap_rows or 0, 0, monotonic()
    pair: Panel | None = None
    notes: list[str] | None = None
    with written_aside(output) as aside, ExitStack() as opened:
        writer: pq.ParquetWriter | None = None
        for encoded in _batches(source, plan.read, step):
            batch = encoded.rename_columns(plan.read)
            frame = _with_truths(batch, plan.truths).to_pandas()
            tables = (
                encode(frame[list(plan.features)], codings[0], "X"),
                encode(frame[list(plan.personal)], codings[1], "personal"),
            )
            pair = pair_of(*tables) if pair is None else pair
            scored = score_models(pair, *tables)
            # What is odd about every batch is odd about the model.
            notes = list(scored.notes) if notes is None else [n for n in notes if n in scored.notes]
            written = pa.table(
                {
                    **{name: batch.column(name) for name in plan.kept},
                    GENERIC: scored.predictions["generic"],
                    PERSONALIZED: scored.predictions["personalized"],
                }
            )
            writer = writer or opened.enter_context(pq.ParquetWriter(aside, written.schema))
            writer.write_table(written)
            done += len(frame)
            if source.progress is not None:
                speed = done / max(monotonic() - started, 1e-9)
                source.progress(f"predicting, {speed:,.0f} rows a second", done, total)
        if writer is None:
            raise InputError(f"{source.name} has no rows")
    return Predicted(output, done, (*([source.note] if source.note else []), *(notes or ())))


def _with_truths(rows: pa.Table | pa.RecordBatch, truths: frozenset[str]) -> Any:
    """Let columns of the words true and false be truth values."""
    for i, name in enumerate(rows.schema.names):
        if name in truths:
            rows = rows.set_column(i, name, truth_values(rows.column(name)))
    return rows


def _batches(source: Source, names: Sequence[str], rows: int) -> Iterator[Any]:
    """Read columns in the order of the rows, so many rows at a time."""
    chosen = ", ".join(quoted(name) for name in names)
    source.fetch("SET preserve_insertion_order = TRUE")
    return source.blocks(f"SELECT {chosen} FROM {SOURCE}", rows)
