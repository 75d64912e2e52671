"""Which models are fitted beside each other: a pair, its placebos, or any subsets of attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from whogains.frames import Table
from whogains.types import IntArray


@dataclass(frozen=True, slots=True)
class Member:
    """One model of a panel that is to be fitted.

    Parameters
    ----------
    personal : tuple of str, or None
        The personal columns that it gets besides the features; None for all of them.
    placebo : int or None
        None for the columns as they are; else the number of the draw by which the model gets
        those of other people, so that it has the columns and none of what they tell.
    """

    personal: tuple[str, ...] | None = None
    placebo: int | None = None


def pair_and_placebos(placebos: int = 0) -> dict[str, Member]:
    """List the models of an audit.

    Parameters
    ----------
    placebos : int
        How many personalized models are fitted on shuffled personal rows.

    Returns
    -------
    dict of str to Member
        "generic", "personalized", and "placebo 1" and so on.

    Examples
    --------
    >>> list(pair_and_placebos(1))
    ['generic', 'personalized', 'placebo 1']
    """
    return {
        "generic": Member(()),
        "personalized": Member(),
        **{f"placebo {m}": Member(placebo=m) for m in range(1, placebos + 1)},
    }


def placebo_order(
    fold: IntArray, cluster: IntArray | None, *, random_state: int, placebo: int
) -> IntArray:
    """Draw whose personal row each row gets in place of its own.

    Parameters
    ----------
    fold : ndarray of int, shape (n,)
        The rows that are held out together, among which rows are shuffled: what is held out
        keeps its own people, and so do those that models are fitted on.
    cluster : ndarray of int, shape (n,), or None
        Which rows belong together; a cluster gets the rows of one other cluster, those of a
        shorter one over and over.
    random_state, placebo : int
        The seed, and the number of the draw.

    Returns
    -------
    ndarray of int, shape (n,)
        For each row, the row whose personal columns it gets.

    Notes
    -----
    Rows of the personal columns move jointly, so that the attributes keep what they tell of each
    other. Without clusters this is the permutation under which an attribute of noise has the
    same law as the attribute itself.

    Examples
    --------
    >>> order = placebo_order(np.array([0, 0, 0, 1, 1]), None, random_state=0, placebo=1)
    >>> sorted(order[:3].tolist()), sorted(order[3:].tolist())
    ([0, 1, 2], [3, 4])
    """
    rng = np.random.default_rng([random_state, placebo])
    order = np.arange(len(fold))
    for number in np.unique(fold):
        rows = np.flatnonzero(fold == number)
        if cluster is None:
            order[rows] = rng.permutation(rows)
            continue
        of = np.unique(cluster[rows], return_inverse=True)[1]
        members = np.split(rows[np.argsort(of, kind="stable")], np.cumsum(np.bincount(of))[:-1])
        for mine, other in zip(members, rng.permutation(len(members)), strict=True):
            order[mine] = np.resize(members[other], len(mine))
    return order


def personal_tables(
    personal: Table,
    panel: Mapping[str, Member],
    fold: IntArray,
    cluster: IntArray | None,
    *,
    random_state: int,
) -> dict[str, Table]:
    """Give each model of a panel its personal columns.

    Parameters
    ----------
    personal : Table
        The personal columns, n rows.
    panel : mapping of str to Member
        The models.
    fold, cluster, random_state
        As for `placebo_order`.

    Returns
    -------
    dict of str to Table
        By model, n rows of its own personal columns.
    """
    tables = {}
    for name, member in panel.items():
        names = personal.names if member.personal is None else member.personal
        own = personal.select(names)
        if member.placebo is not None:
            own = own.take(
                placebo_order(fold, cluster, random_state=random_state, placebo=member.placebo)
            )
        tables[name] = own
    return tables
