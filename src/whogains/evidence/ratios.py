"""Normalized costs of explanation: ratios of means, as pseudo-values of the rows of a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whogains.costs import Cost
from whogains.evidence.effective import effective_number
from whogains.evidence.rows import GENERIC_AND_PERSONALIZED, Pair, Rows
from whogains.evidence.scores import Score
from whogains.inference import RatioOfMeans, ratio_of_means
from whogains.types import BoolArray, FloatArray

Two = tuple[FloatArray, FloatArray]

# Below this share of what it is over everybody a denominator is as good as none: a thousandth in
# root mean square.
LEAST_SHARE = 1e-6


@dataclass(frozen=True, slots=True)
class _Part:
    """One group, or everybody: both models' ratios, denominators, and how many units decide."""

    ratios: tuple[RatioOfMeans, RatioOfMeans]
    below: tuple[float, float]
    deciding: int
    reason: str | None


def ratio_score(
    cost: Cost,
    rows: Rows,
    numerators: Two,
    denominators: Two,
    *,
    floors: tuple[float, float] = (0.0, 0.0),
    pair: Pair = GENERIC_AND_PERSONALIZED,
) -> Score:
    """Give each row the ratio of its group and its influence on it, as a pseudo-value.

    Parameters
    ----------
    cost : Cost
        A normalized cost of explanation.
    rows : Rows
        The n rows, in d groups.
    numerators, denominators : tuple of two ndarray of float, shape (n,)
        Of the generic and of the personalized model: what the cost averages, and what hiding
        everything changes.
    floors : tuple of two float
        Mean denominators up to which there is nothing but rounding to divide by.
    pair : tuple of two str
        The names of the models.

    Returns
    -------
    Score
        With NaN in groups where a model's predictions do not change, or hardly, when everything
        is hidden, and the reasons.

    Notes
    -----
    `Score.deciding` is the least of the effective sample sizes of the denominators and of the
    difference of influences: (sum |v|)² / sum v² over units v (rows, or clusters, with weights),
    which of labels is the number of units whose label changes. A mean of few rows that are not
    0 makes a poor denominator. Derived here; the number to ask for is measured.
    """
    size, n = len(rows.grouping), len(rows)
    everybody = np.ones(n, dtype=np.bool_)
    models = numerators, denominators
    whole = _part(rows, everybody, models, floors, pair)
    least = tuple(
        max(floor, LEAST_SHARE * below) for floor, below in zip(floors, whole.below, strict=True)
    )
    members = [rows.codes == j for j in range(size)]
    parts = [_part(rows, mine, models, (least[0], least[1]), pair) for mine in members]
    in_group, of_all = np.full((2, n), np.nan), np.full((2, n), np.nan)
    for part, mine in zip(parts, members, strict=True):
        in_group[:, mine] = _pseudo_values(part, rows, mine)
    of_all[:] = _pseudo_values(whole, rows, everybody)
    return Score(
        cost,
        in_group[0],
        in_group[1],
        whole=(of_all[0], of_all[1]),
        reasons=tuple(part.reason for part in parts),
        deciding=(np.array([part.deciding for part in parts]), np.array([whole.deciding])),
        all_hidden=tuple(part.below for part in parts),
    )


def _part(
    rows: Rows, mine: BoolArray, models: tuple[Two, Two], floors: tuple[float, float], pair: Pair
) -> _Part:
    above, below = models
    weight = None if rows.sample_weight is None else rows.sample_weight[mine]
    cluster = None if rows.cluster is None else rows.cluster[mine]
    ratios = tuple(
        ratio_of_means(each[mine], other[mine], weight)
        for each, other in zip(above, below, strict=True)
    )
    means = tuple(
        float(np.average(each[mine], weights=weight)) if mine.any() else np.nan for each in below
    )
    reason = _reason(mine, means, floors, pair)
    moved = 0
    if reason is None:
        difference = ratios[0].influence - ratios[1].influence
        weighed = (each[mine] if weight is None else each[mine] * weight for each in below)
        moved = int(min(effective_number(each, cluster) for each in (*weighed, difference)))
    return _Part((ratios[0], ratios[1]), (means[0], means[1]), moved, reason)


def _reason(
    mine: BoolArray, means: Sequence[float], floors: Sequence[float], pair: Pair
) -> str | None:
    """Say why there is no ratio."""
    if not mine.any():
        return "no rows"
    for name, mean, floor in zip(pair, means, floors, strict=True):
        if mean <= floor:
            how = "does not change" if mean == 0 else "hardly changes"
            return (
                f"hiding everything {how} the {name} model's predictions: there is nothing to "
                "divide by"
            )
    return None


def _pseudo_values(part: _Part, rows: Rows, mine: BoolArray) -> FloatArray:
    """Give ratio plus influence, shape (2, rows); NaN where there is a reason."""
    if part.reason is not None:
        return np.full((2, int(mine.sum())), np.nan)
    # An influence holds the row's weight; the sums that follow weigh every value themselves.
    weight = None if rows.sample_weight is None else rows.sample_weight[mine]
    relative = 1.0 if weight is None else weight / weight.mean()
    return np.stack([each.ratio + each.influence / relative for each in part.ratios])
