"""Search which attributes to choose among, on rows that have no part in the choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.api.fitting import Fitting
from whogains.costs import Cost
from whogains.errors import InputError
from whogains.frames import Target, cluster_codes, encode_rows, name_of, positive_weights
from whogains.judging import MOST_ATTRIBUTES
from whogains.types import BoolArray, FloatArray

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[str, int, int], None]
Asked = tuple[str, ...]
# The part of the rows that is searched on, and the fewest rows of it.
SEARCH_SHARE = 1 / 3
FEWEST_ROWS = 100
# As many attributes are kept as leave this many rows a group on average, at least two: costs
# without bounds have no test below 150.
ROWS_PER_GROUP = 200
FEWEST_ATTRIBUTES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """What a search found.

    Parameters
    ----------
    kept : tuple of str
        The attributes to choose among, the most promising first.
    left_out : tuple of str
        Those that are not looked at further.
    rows : ndarray of bool, shape (n,)
        The rows that were searched on.
    sets : int
        How many sets of attributes were fitted.
    """

    kept: Asked
    left_out: Asked
    rows: BoolArray
    sets: int

    @property
    def note(self) -> str:
        """What a reader must know."""
        every = len(self.kept) + len(self.left_out)
        return (
            f"{every} attributes could be asked, which make {2**every} sets: a search on "
            f"{int(self.rows.sum())} rows, which have no other part in any number here, looked at "
            f"{self.sets} of them, forward from nothing and backward from everything, and kept "
            f"{', '.join(self.kept)}, as many as leave groups of some {ROWS_PER_GROUP} rows, at "
            f"most {MOST_ATTRIBUTES}; nothing is said of {', '.join(self.left_out)}"
        )

    def as_settings(self) -> dict[str, Any]:
        """Give what the numbers depend on."""
        return {
            "kept": list(self.kept),
            "left_out": list(self.left_out),
            "rows": int(self.rows.sum()),
            "sets": self.sets,
        }


def search(
    features: pd.DataFrame,
    attached: pd.DataFrame,
    target: Target,
    cost: Cost,
    fitting: Fitting,
    *,
    groups: pd.DataFrame,
    free: Sequence[str],
    given: Sequence[str],
    sample_weight: Any = None,
    cluster: Any = None,
    progress: Progress | None = None,
) -> Searched:
    """Find the attributes that are worth a whole lattice, on a third of the rows.

    Parameters
    ----------
    features, attached : pandas.DataFrame, n rows
        The features, and the personal columns.
    target : Target
        The outcome.
    cost : Cost
        The cost that decides.
    fitting : Fitting
        What is fitted; here in one round.
    groups : pandas.DataFrame, n rows
        The personal columns as they make groups.
    free : sequence of str
        The attributes that may be asked, more than a lattice takes.
    given : sequence of str
        Attributes that are known anyway.
    sample_weight, cluster : array-like of n values, or None
        Weights, and which rows depend on each other; clusters are not split.
    progress : callable, optional
        As for `whogains.choose`.

    Returns
    -------
    Searched
        The attributes kept, and the rows that have no part in what follows.

    Raises
    ------
    InputError
        If there are too few rows, or fitting fails.

    Notes
    -----
    Forward, attributes are added to nothing one by one, each time the one with which the mean cost
    of cross-fitted models is least; backward, they are taken from everything, each time the one
    without which it is least. Forward misses what helps only in company, backward what many
    others tell too: the attributes kept are taken from both orders in turn. What is chosen
    afterwards rests on other rows, so that its certificates need not allow for the search.

    References
    ----------
    .. [1] Hastie, T., Tibshirani, R. and Friedman, J. (2009). The Elements of Statistical Learning,
       sections 3.3.2 and 7.10.2.
    """
    from whogains.models import hold_out, named_estimator
    from whogains.scoring import Member, score_cross_fit

    observed, name = target.observed, name_of(cluster, "cluster")
    units = None if cluster is None else cluster_codes(cluster, name)[observed]
    y = target.values[observed]
    if len(y) * SEARCH_SHARE < FEWEST_ROWS:
        raise InputError(
            f"{len(free)} attributes make {2 ** len(free)} models, more than are fitted: a search "
            f"for {MOST_ATTRIBUTES} of them takes a third of the rows, at least {FEWEST_ROWS}, and "
            f"there are {len(y)} in all; name attributes in given or never"
        )
    part = hold_out(
        y, target.task, share=SEARCH_SHARE, cluster=units, random_state=fitting.random_state
    )
    rows = np.zeros(len(observed), dtype=np.bool_)
    rows[observed] = part >= 0
    X, personal = encode_rows(features, rows, "X"), encode_rows(attached, rows, "personal")
    weights: FloatArray = np.ones(int(rows.sum()))
    if sample_weight is not None:
        weights = positive_weights(sample_weight, name_of(sample_weight, "sample_weight"))[rows]
    known: dict[Asked, float] = {}
    estimator = named_estimator(fitting.model, target.task)
    most = sum(len(free) - step for step in range(MOST_ATTRIBUTES)) + sum(range(2, len(free) + 1))

    def costs(sets: Sequence[Asked], direction: str) -> list[float]:
        """Give the mean cost of each set, fitting what was not fitted yet."""
        new = [each for each in sets if each not in known]
        if not new:
            return [known[each] for each in sets]
        if progress is not None:
            progress(f"searching {direction}", len(known), most)
        local = score_cross_fit(
            X,
            personal,
            target.values[rows],
            target.task,
            panel={str(place): Member((*given, *each)) for place, each in enumerate(new)},
            estimator=estimator,
            folds=fitting.folds,
            cluster=None if units is None else units[part >= 0],
            random_state=fitting.random_state,
        )
        for place, each in enumerate(new):
            own = cost.rows(target.values[rows], local.predictions[str(place)])
            known[each] = float(np.average(own, weights=weights))
        return [known[each] for each in sets]

    every = tuple(sorted(free))
    forward: list[str] = []
    while len(forward) < MOST_ATTRIBUTES:
        rest = [each for each in every if each not in forward]
        found = costs([tuple(sorted([*forward, each])) for each in rest], "forward")
        forward.append(rest[int(np.argmin(found))])
    left, taken = list(every), []
    while len(left) > 1:
        found = costs([tuple(a for a in left if a != each) for each in left], "backward")
        taken.append(left.pop(int(np.argmin(found))))
    levels = {
        str(name): max(1, int(groups.loc[observed, name].nunique(dropna=False)))
        for name in groups.columns
    }
    fixed = prod(count for name, count in levels.items() if name not in free)
    room = (len(y) - int(rows.sum())) / (ROWS_PER_GROUP * fixed)
    kept = _in_turn([*left, *reversed(taken)], forward, levels=levels, room=room)
    return Searched(kept, tuple(each for each in every if each not in kept), rows, len(known))


def _in_turn(*orders: Sequence[str], levels: Mapping[str, int], room: float) -> Asked:
    """Take the first of each order, then the second, while there is room for groups."""
    found = dict.fromkeys(name for same in zip(*orders, strict=False) for name in same)
    kept: list[str] = []
    for name in list(found)[:MOST_ATTRIBUTES]:
        groups = prod(levels[each] for each in [*kept, name])
        if len(kept) >= FEWEST_ATTRIBUTES and groups > room:
            break
        kept.append(name)
    return tuple(kept)
