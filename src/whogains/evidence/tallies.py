"""Tallies: plain sums over rows that stand beside the sums of a cost, and add as they do.

They say what the cost itself does not: whether labels vary at all, and which rows are clipped.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from whogains.costs import LOG_LOSS_CLIP, Cells, Cost, of_outcome
from whogains.types import BoolArray, FloatArray, IntArray

Tallies = Mapping[str, FloatArray]

#: How many labels of a row, over the predictions that the cost compares, are 0 and are 1.
LABELS = ("labelled_0", "labelled_1")
#: Rows of each model whose log loss is clipped, and their weight.
CLIPPED = (
    "clipped_generic",
    "clipped_personalized",
    "clipped_weight_generic",
    "clipped_weight_personalized",
)
#: Rows whose label differs between the models, by outcome, where the two have other prices.
MOVED = ("moved_ones", "moved_zeros")


def tally_names(cost: Cost) -> tuple[str, ...]:
    """Name the tallies that a cost has."""
    labels = () if cost.threshold is None else LABELS
    moved = MOVED if two_prices(cost) is not None else ()
    return (*labels, *moved, *(CLIPPED if cost.name == "log_loss" else ()))


def two_prices(cost: Cost) -> tuple[float, float] | None:
    """Give what another label costs where the outcome is 1, and where it is 0, if these differ.

    Examples
    --------
    >>> from whogains.costs import at_threshold, prediction_costs
    >>> cost, = prediction_costs("classification", ("net_benefit",))
    >>> two_prices(cost), two_prices(at_threshold(cost, 0.2))
    (None, (1.0, 0.25))
    """
    if cost.metric or not isinstance(cost.rows, Cells):
        return None
    ones, zeros = cost.rows.prices
    return None if ones == zeros else (ones, zeros)


def moved_tallies(
    cost: Cost, y_true: FloatArray, generic: FloatArray, personalized: FloatArray
) -> Tallies:
    """Count the rows that the two models label otherwise, by outcome.

    Parameters
    ----------
    cost : Cost
        The cost; one whose errors have one price has no such tallies.
    y_true : ndarray of float, shape (n,)
        The outcome, 0 or 1.
    generic, personalized : ndarray of float, shape (n,)
        Each model's probabilities of 1.

    Returns
    -------
    mapping of str to ndarray of float, shape (n,)
        The names are `MOVED`.
    """
    if two_prices(cost) is None or cost.threshold is None:
        return {}
    moved = (generic >= cost.threshold) != (personalized >= cost.threshold)
    return {
        MOVED[0]: (moved & (y_true == 1)).astype(np.float64),
        MOVED[1]: (moved & (y_true != 1)).astype(np.float64),
    }


def label_tallies(cost: Cost, *predictions: FloatArray) -> Tallies:
    """Count the labels of each row.

    Parameters
    ----------
    cost : Cost
        The cost; one that knows no labels has no such tallies.
    *predictions : ndarray of float, shape (n,)
        Every prediction that the cost turns into a label: of both models, and for a cost of
        explanation on masked features as well.

    Returns
    -------
    mapping of str to ndarray of float, shape (n,)
        The names are `LABELS`.

    Examples
    --------
    >>> from whogains.costs import prediction_costs
    >>> zero_one, *_ = prediction_costs("classification")
    >>> found = label_tallies(zero_one, np.array([0.1, 0.9]), np.array([0.2, 0.4]))
    >>> {name: each.tolist() for name, each in found.items()}
    {'labelled_0': [2.0, 1.0], 'labelled_1': [0.0, 1.0]}
    """
    if cost.threshold is None:
        return {}
    labels = np.stack(predictions) >= cost.threshold
    counts = (np.count_nonzero(each, axis=0).astype(np.float64) for each in (~labels, labels))
    return dict(zip(LABELS, counts, strict=True))


def clip_tallies(
    cost: Cost,
    y_true: FloatArray,
    generic: FloatArray,
    personalized: FloatArray,
    sample_weight: FloatArray | None = None,
) -> Tallies:
    """Find the rows whose log loss is clipped: what happened had a probability of hardly 0.

    Parameters
    ----------
    cost : Cost
        The cost; any but log loss has no such tallies.
    y_true : ndarray of float, shape (n,)
        The outcome, 0 or 1.
    generic, personalized : ndarray of float, shape (n,)
        Each model's probabilities of 1.
    sample_weight : ndarray of float, shape (n,), optional
        Weights.

    Returns
    -------
    mapping of str to ndarray of float, shape (n,)
        The names are `CLIPPED`.

    Examples
    --------
    >>> from whogains.costs import prediction_costs
    >>> *_, log_loss = prediction_costs("classification", ("log_loss",))
    >>> found = clip_tallies(log_loss, np.array([1.0, 1.0]), np.array([0.0, 1.0]), np.ones(2))
    >>> found["clipped_generic"].tolist(), found["clipped_personalized"].tolist()
    ([1.0, 0.0], [0.0, 0.0])
    """
    if cost.name != "log_loss":
        return {}
    clipped = [
        (of_outcome(y_true, each) < LOG_LOSS_CLIP).astype(np.float64)
        for each in (generic, personalized)
    ]
    weight = 1.0 if sample_weight is None else sample_weight
    return dict(zip(CLIPPED, (*clipped, *(weight * each for each in clipped)), strict=True))


def tallied(tallies: Tallies, codes: IntArray, size: int) -> Tallies:
    """Add the tallies of rows up over groups.

    Parameters
    ----------
    tallies : mapping of str to ndarray of float, shape (n,)
        Of n rows.
    codes : ndarray of int, shape (n,)
        Each row's group.
    size : int
        The number of groups, d.

    Returns
    -------
    mapping of str to ndarray of float, shape (d,)
        Of d groups.
    """
    return {
        name: np.bincount(codes, each, minlength=size).astype(np.float64)
        for name, each in tallies.items()
    }


def added(a: Tallies, places_a: IntArray, b: Tallies, places_b: IntArray, size: int) -> Tallies:
    """Add tallies of two parts of the data, whose groups go to places among so many; both count."""
    first, second = tallied(a, places_a, size), tallied(b, places_b, size)
    return {name: first[name] + second[name] for name in first if name in second}


def one_label(tallies: Tallies, groups: int) -> BoolArray:
    """Find the groups in which every prediction has one and the same label.

    Parameters
    ----------
    tallies : mapping of str to ndarray of float, shape (d,)
        Of d groups.
    groups : int
        d.

    Returns
    -------
    ndarray of bool, shape (d,)
        False for a group without rows, and for costs that know no labels.

    Examples
    --------
    >>> one_label({"labelled_0": np.array([8.0, 7, 0]), "labelled_1": np.array([0.0, 1, 0])}, 3)
    array([ True, False, False])
    """
    if LABELS[0] not in tallies:
        return np.zeros(groups, dtype=np.bool_)
    zeros, ones = (tallies[name] for name in LABELS)
    return np.asarray((zeros > 0) != (ones > 0))
