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
    """

    evidence: Evidence
    rows_dropped: int
    small: tuple[tuple[str | None, ...], ...]
