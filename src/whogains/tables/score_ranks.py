"""Where each row's score lies among those of the other class: one sort per model, in order.

DuckDB sorts, and spills to disk where memory does not suffice; the sorted rows come back a block
at a time, so that running sums are all that is held. Rows of one score are placed together: a
score that fills whole blocks, as a label does, is set aside in a table until its last row is seen.
"""

# ruff: noqa: S608 - every identifier is ours, and every value is a parameter

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from whogains.tables.columns import Reading
from whogains.tables.groups_kept import Kept
from whogains.tables.source import POLL_SECONDS, Source
from whogains.types import FloatArray, IntArray

if TYPE_CHECKING:
    import duckdb


# Rows of a block.
BLOCK = 2**19

# The rows with both places; with one of them; and those of a score that is not complete.
PLACED = "placed"
_HALF, _ASIDE = "placed_by_generic", "one_score"


def place_scores(source: Source, reading: Reading, kept: Kept) -> None:
    """Make a table of the rows with the weight of the other class below their scores.

    Parameters
    ----------
    source : Source
        The table.
    reading : Reading
        How its rows are read; the outcome is 0 or 1.
    kept : Kept
        The groups whose rows count.

    Raises
    ------
    InputError
        If the data cannot be read, or memory or disk do not suffice; one line.

    Notes
    -----
    The table "placed" has the columns code, y, w, with clusters c, and differs: whether the two
    scores do; and under0, under1, all0 and all1: of the rows of the other class in the same group,
    and of all groups, the weight below the row's score by the generic (0) and the personalized
    (1) model, ties counting one half, as `whogains.inference.auc_pair` has them.
    """
    # A connection to the same tables, for writing while the first one reads.
    writer = source.connection.cursor()
    cluster = "" if reading.columns.cluster is None else ", c"
    rows = (
        "SELECT CAST(code AS INTEGER) AS code, CAST(y AS TINYINT) AS y, CAST(w AS DOUBLE) AS w"
        f"{cluster}, p0 <> p1 AS differs, p0, p1 FROM ({kept.of_rows(reading)}) ORDER BY p0"
    )
    total = int(kept.rows.sum())
    try:
        with source.explaining():
            for model, sql, into in (
                ("0", rows, _HALF),
                ("1", f"SELECT * FROM {_HALF} ORDER BY p1", PLACED),
            ):
                placing = _Placing(writer, model, into, len(kept.grouping))
                blocks = source.blocks(sql, BLOCK, reading.values)
                for table in _told(source, blocks, total):
                    placing.add(table)
                placing.end()
            writer.execute(f"DROP TABLE {_HALF}")
    finally:
        writer.close()


def _told(source: Source, blocks: Iterator[pa.RecordBatch], total: int) -> Iterator[pa.Table]:
    """Give blocks as tables, and report progress."""
    done, started = 0, monotonic()
    for block in blocks:
        yield pa.Table.from_batches([block])
        done += len(block)
        if source.progress is not None:
            speed = done / max(monotonic() - started, POLL_SECONDS)
            source.progress(f"sorting, {speed / 1e6:.1f} million rows a second", done, total)


@dataclass(slots=True)
class _Level:
    """The weight of zeros and of ones below the present score, and in the score set aside."""

    size: int
    below: FloatArray = field(init=False)
    aside: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.below, self.aside = np.zeros((2, self.size)), np.zeros((2, self.size))

    def place(self, score: FloatArray, code: IntArray, y: FloatArray, w: FloatArray) -> FloatArray:
        """Place rows in the order of their scores, of which none is seen again."""
        code = self._mine(code)
        order = np.argsort(code, kind="stable")
        score, code, y, w = score[order], code[order], y[order], w[order]
        other_code = np.append(True, code[1:] != code[:-1])
        run = np.append(True, score[1:] != score[:-1]) | other_code
        starts = np.flatnonzero(run)
        ties = np.stack([np.add.reduceat(each, starts) for each in (w * (1 - y), w * y)])
        first = np.flatnonzero(other_code[starts])
        before = np.cumsum(ties, axis=1) - ties
        lengths = np.diff(np.append(first, len(starts)))
        before += np.repeat(self.below[:, code[starts[first]]] - before[:, first], lengths, axis=1)
        under = (before + ties / 2)[:, np.cumsum(run) - 1]
        placed = np.empty(len(y))
        placed[order] = np.where(y == 1, under[0], under[1])
        self.below += self.weigh(code, y, w)
        return placed

    def _mine(self, code: IntArray) -> IntArray:
        return code if self.size > 1 else np.zeros_like(code)

    def weigh(self, code: IntArray, y: FloatArray, w: FloatArray) -> FloatArray:
        """Add up the weights of zeros and of ones."""
        code = self._mine(code)
        return np.stack(
            [np.bincount(code, each, minlength=self.size) for each in (w * (1 - y), w * y)]
        )


class _Placing:
    """Places the rows of one table by the scores of one model, and writes them to another."""

    def __init__(
        self, writer: duckdb.DuckDBPyConnection, model: str, into: str, groups: int
    ) -> None:
        self.writer, self.into, self.score, self.groups = writer, into, f"p{model}", groups
        self.levels = {f"under{model}": _Level(groups), f"all{model}": _Level(1)}
        # Rows of the last score, which may go on in the next block.
        self.held: list[pa.Table] = []
        self.score_aside: float | None = None
        for table in (into, _ASIDE):
            writer.execute(f"DROP TABLE IF EXISTS {table}")

    def add(self, table: pa.Table) -> None:
        """Place the next rows."""
        table = pa.concat_tables([*self.held, table])
        self.held = []
        score = table[self.score].to_numpy()
        if self.score_aside is not None:
            rows = int(np.searchsorted(score, self.score_aside, side="right"))
            self._set_aside(table[:rows])
            if rows == len(table):
                return
            self._place_aside()
            table, score = table[rows:], score[rows:]
        rows = int(np.searchsorted(score, score[-1], side="left"))
        self._place(table[:rows])
        if len(table) - rows < BLOCK:
            self.held = [table[rows:]]
        else:
            self.score_aside = float(score[-1])
            self._set_aside(table[rows:])

    def end(self) -> None:
        """Place what is left."""
        if self.score_aside is not None:
            self._place_aside()
        for table in self.held:
            self._place(table)

    def _place(self, table: pa.Table) -> None:
        if len(table) == 0:
            return
        placed = table.drop_columns([self.score])
        for name, level in self.levels.items():
            under = level.place(table[self.score].to_numpy(), *_columns(table))
            placed = placed.append_column(name, pa.array(under))
        self._insert(placed, "SELECT * FROM block", self.into)

    def _set_aside(self, table: pa.Table) -> None:
        code, y, w = _columns(table)
        for level in self.levels.values():
            level.aside += level.weigh(code, y, w)
        self._insert(table, "SELECT * FROM block", _ASIDE)

    def _place_aside(self) -> None:
        """Place the rows of the score set aside, now that all of them are known."""
        values: dict[str, IntArray | FloatArray] = {"code": np.arange(self.groups)}
        named = [f"r.* EXCLUDE ({self.score})"]
        for name, level in self.levels.items():
            of_one, of_zero = level.below + level.aside / 2
            values[f"{name}_1"] = np.broadcast_to(of_one, self.groups)
            values[f"{name}_0"] = np.broadcast_to(of_zero, self.groups)
            named.append(f"CASE WHEN r.y = 1 THEN v.{name}_1 ELSE v.{name}_0 END AS {name}")
            level.below += level.aside
            level.aside[:] = 0
        found = f"SELECT {', '.join(named)} FROM {_ASIDE} r JOIN block v ON r.code = v.code"
        self._insert(pa.table(values), found, self.into)
        self.writer.execute(f"DROP TABLE {_ASIDE}")
        self.score_aside = None

    def _insert(self, block: pa.Table, query: str, into: str) -> None:
        self.writer.register("block", block)
        self.writer.execute(f"CREATE TABLE IF NOT EXISTS {into} AS {query} LIMIT 0")
        self.writer.execute(f"INSERT INTO {into} {query}")
        self.writer.unregister("block")


def _columns(table: pa.Table) -> tuple[IntArray, FloatArray, FloatArray]:
    code, y, w = (table[name].to_numpy() for name in ("code", "y", "w"))
    return code, y, w
