"""A user's costs where rows are in files: their functions, run by DuckDB on Arrow batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa

from whogains.costs import Cells, Cost
from whogains.errors import InputError
from whogains.tables.costs import cost_sql
from whogains.tables.source import Source
from whogains.types import FloatArray


class OwnFunctions:
    """The functions of users' costs, known to a connection, and the first thing wrong with one.

    Parameters
    ----------
    source : Source
        The table.
    costs : sequence of Cost
        Any costs; those without a function of a user's are passed over.

    Notes
    -----
    What is wrong is kept and not raised on the way: a scan also sees rows that `Reading` refuses,
    and says so first.
    """

    def __init__(self, source: Source, costs: Sequence[Cost]) -> None:
        from duckdb.func import ARROW

        self.wrong: InputError | None = None
        for cost in costs:
            if not cost.own or cost.metric or isinstance(cost.rows, Cells):
                continue
            name = cost_sql(cost, "p0").partition("(")[0]
            connection = source.connection
            known = connection.execute(
                "SELECT count(*) FROM duckdb_functions() WHERE function_name = ?", [name.lower()]
            ).fetchall()
            if known[0][0]:
                connection.remove_function(name)
            connection.create_function(
                name, self._batch(cost), ["DOUBLE", "DOUBLE"], "DOUBLE", type=ARROW
            )

    def _batch(self, cost: Cost) -> Callable[[pa.Array, pa.Array], pa.Array]:
        """Make the function of an Arrow batch from that of arrays."""

        def of_batch(outcome: pa.Array, prediction: pa.Array) -> pa.Array:
            y, p = (_numbers(each) for each in (outcome, prediction))
            found = np.full(len(y), np.nan)
            fine = np.isfinite(y) & np.isfinite(p)
            if fine.any() and self.wrong is None:
                try:
                    found[fine] = cost.rows(y[fine], p[fine])
                except InputError as error:
                    self.wrong = error
            return pa.array(found)

        return of_batch

    def check(self) -> None:
        """Raise what was wrong with a function, if anything was."""
        if self.wrong is not None:
            raise self.wrong


def _numbers(values: pa.Array) -> FloatArray:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)
