"""What is summed of each row: one cost of both models, as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from whogains.costs import Cost
from whogains.evidence import bounds_shares
from whogains.tables.costs import MODELS, cost_sql, error_sql, tally_sql


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
    size : float
        What no row's cost exceeds in size; infinite where that must be found out.
    """

    generic: str
    personalized: str
    counted: bool = False
    weighted: bool = False
    tallies: Mapping[str, str] = field(default_factory=dict)
    shares: bool = False
    size: float = inf


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
        # A range that the user gave may not hold.
        size=inf if cost.ranged or cost.own else max(abs(cost.lower), abs(cost.upper)),
    )
