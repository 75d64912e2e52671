"""What a scan gives, and what sends it back to be planned again."""

from __future__ import annotations

from dataclasses import dataclass

from whogains.evidence import Evidence


class OtherValuesError(Exception):
    """The outcome has values that the first rows did not have."""


class ManyWritingsError(Exception):
    """A level is written in several ways, and a cluster of both would count as two."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


@dataclass(frozen=True, slots=True, eq=False)
class Scanned:
    """The evidence of a table that was scanned, and what a reader should know of it.

    Parameters
    ----------
    evidence : Evidence
        The sums of every cost, of the groups that are large enough.
    rows_dropped : int
        Rows whose outcome is missing; of groups that are left out none.
    small : tuple of tuple
        The groups whose rows are left out, since they are too few.
    notes : tuple of str
        What a reader must know, such as how exact an AUC by bins is.
    class_rows : tuple of int
        Of several classes, how many rows of groups that are large enough have each.
    few_classes : tuple of bool
        Whether these are too few for its name to be told.
    """

    evidence: Evidence
    rows_dropped: int
    small: tuple[tuple[str | None, ...], ...]
    notes: tuple[str, ...] = ()
    class_rows: tuple[int, ...] = ()
    few_classes: tuple[bool, ...] = ()
