"""What a model predicts from the features that mattered most, and from all the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from whogains.errors import InputError
from whogains.explain.baselines import Baselines
from whogains.types import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whogains.models import Model


# Numbers in one masked batch: about 8 MB, whatever the number of rows.
BATCH_NUMBERS = 1_000_000


@dataclass(frozen=True, slots=True)
class MaskedPredictions:
    """One model's predictions on n rows: as they are, and with features at the baseline.

    Parameters
    ----------
    full : ndarray of float64, shape (n,)
        On all features.
    kept : ndarray of float64, shape (n,)
        On the most important features only, the others at the baseline: for sufficiency.
    removed : ndarray of float64, shape (n,)
        With the most important features at the baseline: for incomprehensiveness.
    """

    full: FloatArray
    kept: FloatArray
    removed: FloatArray

    def take(self, rows: BoolArray) -> MaskedPredictions:
        """Keep the rows that a mask marks."""
        return MaskedPredictions(self.full[rows], self.kept[rows], self.removed[rows])


def feature_groups_of(names: Sequence[str], together: Mapping[str, str] | None) -> IntArray:
    """Give a number to each group of columns that are masked together.

    Parameters
    ----------
    names : sequence of str, length p
        The columns of a model.
    together : mapping of str to str, optional
        The name of its group for each column that shares one; every other column is alone.

    Returns
    -------
    ndarray of int, shape (p,)
        The number of each column's group, by first appearance.

    Examples
    --------
    >>> feature_groups_of(["age", "race_a", "race_b"], {"race_a": "race", "race_b": "race"})
    array([0, 1, 1])
    """
    together = {} if together is None else together
    # A lone column and a group may share a name, so the key says which it is.
    keys = [(name in together, together.get(name, name)) for name in names]
    number = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    return np.array([number[key] for key in keys], dtype=np.intp)


def how_many(keep: float, features: int) -> int:
    """Turn a share or a count into the number of features that are kept.

    Parameters
    ----------
    keep : float or int
        A float is a share in (0, 1], of which at least one feature comes, rounding halves up;
        an int is a count from 1.
    features : int
        The number of features (or of groups of them) that there are.

    Returns
    -------
    int
        The number r, from 1 to `features`.

    Raises
    ------
    InputError
        If the share is outside (0, 1], or the count is below 1 or above `features`.

    Examples
    --------
    >>> how_many(0.5, 5), how_many(0.01, 5), how_many(2, 5)
    (3, 1, 2)
    """
    if isinstance(keep, Integral) and not isinstance(keep, bool):
        if not 1 <= keep <= features:
            raise InputError(
                f"keep={keep}: a count of features must be from 1 to the {features} that a model"
                " has; use a share below 1 for part of them"
            )
        return int(keep)
    if not isinstance(keep, Real) or isinstance(keep, bool) or not 0 < keep <= 1:
        raise InputError(f"keep={keep!r}: give a share in (0, 1] or a whole number from 1")
    # As it was written: 0.145 of 100 is 14.5, and not the float just below it.
    share = Decimal(repr(float(keep))) * features
    return max(1, int(share.to_integral_value(ROUND_HALF_UP)))


def top_features(
    attributions: FloatArray,
    keep: float,
    *,
    feature_groups: IntArray | None = None,
    signed: bool = False,
) -> BoolArray:
    """Find the most important features of each row.

    Parameters
    ----------
    attributions : ndarray of float64, shape (n, p)
        How much each feature mattered.
    keep : float or int
        How many to find: see `how_many`. With groups, it counts groups.
    feature_groups : ndarray of int, shape (p,), optional
        Columns with one number are one feature, whose attribution is the sum of theirs.
    signed : bool
        Whether to rank by the attribution as it is rather than by its absolute value.

    Returns
    -------
    ndarray of bool, shape (n, p)
        Whether the feature is among the most important of its row. Of equal ones, those to the
        left come first.

    Examples
    --------
    >>> import numpy as np
    >>> top_features(np.array([[1.0, -3.0, 2.0], [1.0, 1.0, 0.0]]), 1)
    array([[False,  True, False],
           [ True, False, False]])
    """
    ranks = _ranks(attributions, feature_groups, signed=signed)
    return ranks < how_many(keep, int(ranks.max(initial=0)) + 1)


def masked_predictions(
    model: Model,
    matrix: FloatArray,
    attributions: FloatArray,
    keeps: Sequence[float],
    baselines: Baselines | FloatArray,
    *,
    full: FloatArray | None = None,
    feature_groups: IntArray | None = None,
    signed: bool = False,
    context: BoolArray | None = None,
) -> tuple[MaskedPredictions, ...]:
    """Predict with the most important features of each row kept, and with them removed.

    Parameters
    ----------
    model : Model
        The model.
    matrix : ndarray of float64, shape (n, p)
        Coded rows.
    attributions : ndarray of float64, shape (n, p)
        How much each feature of each row mattered to the model.
    keeps : sequence of float or int
        How many features to keep, each as for `top_features`.
    baselines : Baselines, or ndarray of float64, shape (k, p)
        What masked features are set to; predictions are averaged over its rows.
    full : ndarray of float64, shape (n,), optional
        The model's predictions on the rows, where they are known already.
    feature_groups, signed
        As for `top_features`.
    context : ndarray of bool, shape (p,), optional
        Columns that are never masked, and have no part in the ranking.

    Returns
    -------
    tuple of MaskedPredictions
        For each of `keeps`, the predictions of n rows. ``Cost.rows(full, kept)`` is sufficiency
        per row and ``Cost.rows(full, removed)`` incomprehensiveness.

    References
    ----------
    .. [1] Cornelis, Bernárdez, Jeong, Miolane, "When Machine Learning Gets Personal",
       arXiv 2502.02786, Table 1.
    .. [2] DeYoung et al., "ERASER: A Benchmark to Evaluate Rationalized NLP Models", ACL 2020,
       section 4.
    """
    rows, width = matrix.shape
    ranks = _ranks(attributions, feature_groups, signed=signed, last=context)
    features = int(ranks.max(initial=0)) + 1
    full = model.predict(matrix) if full is None else full
    background = Baselines.of(baselines)
    step = max(1, BATCH_NUMBERS // width)
    found = []
    for keep in keeps:
        count = how_many(keep, features)
        kept, removed = np.zeros(rows), np.zeros(rows)
        for start in range(0, rows, step):
            at = slice(start, start + step)
            chosen = ranks[at] < count
            shown = chosen if context is None else chosen | context
            taken = chosen if context is None else chosen & ~context
            for baseline, weight in background:
                kept[at] += weight * model.predict(np.where(shown, matrix[at], baseline))
                removed[at] += weight * model.predict(np.where(taken, baseline, matrix[at]))
        found.append(MaskedPredictions(full, kept, removed))
    return tuple(found)


def _ranks(
    attributions: FloatArray,
    feature_groups: IntArray | None,
    *,
    signed: bool,
    last: BoolArray | None = None,
) -> npt.NDArray[np.int32]:
    """Rank the features of each row from 0, the most important; of equals the left comes first."""
    rows, width = attributions.shape
    groups = np.arange(width) if feature_groups is None else _by_appearance(feature_groups)
    alone = len(np.unique(groups)) == width
    importance = attributions if alone else np.zeros((rows, int(groups.max()) + 1))
    if not alone:
        for feature, group in enumerate(groups):
            importance[:, group] += attributions[:, feature]
    # A stable sort leaves equals in their order.
    size = importance if signed else np.abs(importance)
    if last is not None:
        behind = np.array([last[groups == group].all() for group in range(size.shape[1])])
        size = np.where(behind, -np.inf, size)
    order = np.argsort(-size, axis=1, kind="stable")
    ranks = np.empty(order.shape, dtype=np.int32)
    places = np.arange(order.shape[1], dtype=np.int32)[None, :]
    np.put_along_axis(ranks, order, places, axis=1)
    return ranks if alone else ranks[:, groups]


def _by_appearance(feature_groups: npt.NDArray[Any]) -> IntArray:
    _, first, number = np.unique(feature_groups, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[number]
