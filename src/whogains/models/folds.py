"""Which rows are held out together, so that no row is scored by a model that saw it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from whogains.errors import InputError
from whogains.types import LABELLED, FloatArray, IntArray

if TYPE_CHECKING:
    from whogains.types import Task


# A share is held out in steps of so many parts of the rows.
_TWENTIETHS = 20


def assign_folds(
    y: FloatArray,
    task: Task,
    *,
    folds: int = 5,
    groups: IntArray | None = None,
    cluster: IntArray | None = None,
    random_state: int = 0,
) -> IntArray:
    """Deal rows out to folds, evenly over outcomes and groups.

    Parameters
    ----------
    y : ndarray of float64, shape (n,)
        The outcome; 0 and 1 for classification.
    task : {"classification", "regression"}
        Whether the folds are made even over the values of `y`.
    folds : int
        The number of folds, from 2 to n.
    groups : ndarray of int, shape (n,), optional
        Codes of the groups that the folds are made even over.
    cluster : ndarray of int, shape (n,), optional
        Codes of the clusters (a person with several rows): a cluster is never split.
    random_state : int
        The seed of the shuffle.

    Returns
    -------
    ndarray of int, shape (n,)
        The number of the fold that holds out each row, from 0.

    Raises
    ------
    InputError
        If there are fewer rows, rows of one outcome, or clusters than folds.

    Notes
    -----
    The strata are outcome × group. Those with fewer rows than folds are pooled within their
    outcome, and when that does not suffice the strata are the outcomes alone. Regression has no
    outcome strata.

    Examples
    --------
    >>> import numpy as np
    >>> fold = assign_folds(np.tile([0.0, 1.0], 10), "classification", folds=5)
    >>> np.bincount(fold).tolist()
    [4, 4, 4, 4, 4]
    """
    _check_sizes(y, task, folds, cluster)
    strata = _strata(y, task, folds, groups)
    for splitter in _splitters(folds, random_state, several=strata.max() > 0, cluster=cluster):
        fold = np.full(len(y), -1, dtype=np.intp)
        for number, (_, held_out) in enumerate(splitter.split(y[:, None], strata, cluster)):
            fold[held_out] = number
        # Unequal clusters can leave a stratified fold empty.
        if np.unique(fold).size == folds:
            break
    return fold


def hold_out(
    y: FloatArray,
    task: Task,
    *,
    share: float,
    groups: IntArray | None = None,
    cluster: IntArray | None = None,
    random_state: int = 0,
) -> IntArray:
    """Hold out a share of the rows once, evenly over outcomes and groups.

    Parameters
    ----------
    y, task, groups, cluster, random_state
        As for `assign_folds`.
    share : float
        The share of the rows that is held out, between 0 and 1; to the next twentieth.

    Returns
    -------
    ndarray of int, shape (n,)
        0 for the rows that are held out, -1 for those to fit on.

    Raises
    ------
    InputError
        If the share is not between .05 and .95, or there are too few rows or clusters.

    Examples
    --------
    >>> import numpy as np
    >>> held = hold_out(np.tile([0.0, 1.0], 50), "classification", share=0.3)
    >>> int(np.count_nonzero(held == 0))
    30
    """
    parts = round(_TWENTIETHS * share) if 0 < share < 1 else 0
    if not 1 <= parts < _TWENTIETHS:
        raise InputError(f"holdout={share:g}: give the share to hold out, from 0.05 to 0.95")
    fold = assign_folds(
        y, task, folds=_TWENTIETHS, groups=groups, cluster=cluster, random_state=random_state
    )
    return np.where(fold < parts, 0, -1)


def _splitters(
    folds: int, random_state: int, *, several: bool, cluster: IntArray | None
) -> list[Any]:
    from sklearn import model_selection as split

    how = {"n_splits": folds, "shuffle": True, "random_state": random_state}
    if cluster is None:
        return [split.StratifiedKFold(**how) if several else split.KFold(**how)]
    whole = split.GroupKFold(**how)
    return [split.StratifiedGroupKFold(**how), whole] if several else [whole]


def _check_sizes(y: FloatArray, task: Task, folds: int, cluster: IntArray | None) -> None:
    if folds < 2:
        raise InputError(f"folds={folds}: cross-fitting needs at least 2")
    if len(y) < folds:
        raise InputError(f"folds={folds}, but there are {len(y)} rows; use fewer folds")
    if cluster is not None and np.unique(cluster).size < folds:
        raise InputError(
            f"folds={folds}, but there are {np.unique(cluster).size} clusters; use fewer folds"
        )
    if task in LABELLED:
        for value in (0.0, 1.0) if task == "classification" else np.unique(y):
            count = int(np.count_nonzero(y == value))
            if count < folds:
                raise InputError(
                    f"folds={folds}, but only {count} rows have the outcome {value:g}; use fewer"
                    " folds"
                )


def _strata(y: FloatArray, task: Task, folds: int, groups: IntArray | None) -> IntArray:
    outcome = y.astype(np.intp) if task in LABELLED else np.zeros(len(y), np.intp)
    if groups is None:
        return outcome
    width = int(groups.max()) + 2
    strata = outcome * width + groups
    _, at, counts = np.unique(strata, return_inverse=True, return_counts=True)
    # The last place of each outcome takes the rows of its groups that are too small.
    strata = np.where(counts[at] < folds, outcome * width + width - 1, strata)
    _, codes, counts = np.unique(strata, return_inverse=True, return_counts=True)
    return outcome if counts.min() < folds else codes.astype(np.intp)


def deal(
    y: FloatArray,
    task: Task,
    *,
    folds: int = 5,
    holdout: float | None = None,
    groups: IntArray | None = None,
    cluster: IntArray | None = None,
    random_state: int = 0,
) -> IntArray:
    """Say in which fold each row is held out, or once, and -1 for rows to fit on alone.

    Parameters
    ----------
    y, task, folds, holdout, groups, cluster, random_state
        As for `score_cross_fit`.

    Returns
    -------
    ndarray of int, shape (n,)
        The folds.

    Raises
    ------
    InputError
        If there are too few rows, of an outcome or in all, or too few clusters.
    """
    dealt: dict[str, Any] = {"groups": groups, "cluster": cluster, "random_state": random_state}
    if holdout is None:
        return assign_folds(y, task, folds=folds, **dealt)
    return hold_out(y, task, share=holdout, **dealt)
