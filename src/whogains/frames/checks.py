"""What users hand over besides features, checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from whogains.costs import (
    EVERY_PREDICTION_COST,
    LARGEST,
    PREDICTION_COSTS,
    Cost,
    CostNames,
    OwnCost,
    prediction_costs,
    quantile_costs,
    survival_costs,
)
from whogains.errors import InputError
from whogains.frames.arguments import as_names
from whogains.frames.from_any_frame import to_series, to_vector
from whogains.frames.target import Target
from whogains.types import FloatArray, IntArray, Task

# What an outcome must be for costs of another kind.
NEEDED: dict[Task, str] = {
    "classification": "needs an outcome with two values",
    "regression": "needs an outcome of numbers, task='regression'",
    "counts": "needs an outcome of counts, task='counts'",
    "classes": "needs an outcome of several classes",
    "survival": "needs times to an event, task='survival'",
    "quantiles": "needs predicted quantiles, task='quantiles'",
}


def asked_costs(costs: CostNames | None, target: Target, target_name: str) -> tuple[Cost, ...]:
    """Find the prediction costs asked for.

    Parameters
    ----------
    costs : str, Cost, Metric, CostMatrix, sequence of them, or None
        Their names, or what a user declared; None for all that suit the task.
    target : Target
        The outcome.
    target_name : str
        What it is called.

    Returns
    -------
    tuple of Cost
        The costs in the order asked.

    Raises
    ------
    InputError
        If a cost is unknown, or the outcome does not suit it.
    """
    if costs is None:
        return prediction_costs(target.task, levels=numbered(target))
    names = as_names(costs)
    if not names:
        raise InputError("costs names no cost; leave it out for all of them")
    of_levels = quantile_costs(target.levels) if target.levels else ()
    of_horizons = survival_costs(target.horizons) if target.horizons else ()
    every = (*EVERY_PREDICTION_COST, *of_levels, *of_horizons)
    mine = {cost.name for cost in every if cost.task == target.task}
    # A name that several kinds of outcome have is told by the first.
    others = {cost.name: cost for cost in every[::-1] if cost.name not in mine}
    wrong = [name for name in names if isinstance(name, str) and name in others]
    if wrong:
        needed = NEEDED[others[wrong[0]].task]
        raise InputError(
            f"cost {wrong[0]!r} {needed}, and {target_name} is read for {target.task}; "
            f"choose from {', '.join(_by_default(target))}"
        )
    return prediction_costs(target.task, names, levels=numbered(target))


def numbered(target: Target) -> tuple[float, ...]:
    """Give the numbers of the predictions' columns: levels, or horizons; else none."""
    return target.levels or target.horizons


def _by_default(target: Target) -> list[str]:
    """Name the costs that are audited without being asked for."""
    return [cost.name for cost in prediction_costs(target.task, levels=numbered(target))]


def costs_of_labels(
    costs: CostNames | None, labels: Sequence[bool], generic: str, personalized: str
) -> tuple[CostNames | None, list[str]]:
    """Choose the costs where predictions are labels: of two models' labels the 0-1 loss alone.

    Parameters
    ----------
    costs : str, sequence of str or None
        Those asked for; None for all that can be.
    labels : sequence of two bool
        Whether the generic and the personalized model's predictions are all 0 or 1.
    generic, personalized : str
        What each model's predictions are called.

    Returns
    -------
    costs : str, sequence of str or None
        Those asked for, or the only one that labels allow.
    notes : list of str
        What to tell the reader.

    Raises
    ------
    InputError
        If a cost was asked for that needs probabilities, and neither model gives them.
    """
    if not any(labels):
        return costs, []
    if not all(labels):
        which = "generic" if labels[0] else "personalized"
        note = (
            f"the {which} model's predictions are only 0 and 1: if they are labels, only zero_one "
            "compares like with like"
        )
        return costs, [note]
    if costs is None:
        note = "the predictions are labels, not probabilities: only zero_one is audited"
        return ("zero_one",), [note]
    # Who declares a cost knows what the function is given.
    of_labels = {cost.name for cost in PREDICTION_COSTS if cost.threshold is not None}
    if not all(isinstance(name, OwnCost) or name in of_labels for name in as_names(costs)):
        raise InputError(
            f"{generic} and {personalized} hold labels; only costs of labels can be audited "
            f"without probabilities: {', '.join(sorted(of_labels))}"
        )
    return as_names(costs), []


def check_indexes(**given: Any) -> None:
    """Refuse pandas objects whose indexes differ: matched by place, rows would be mixed up.

    Parameters
    ----------
    **given
        What a user handed over, by the argument's name; of a mapping each column. What is not from
        pandas is passed over.

    Raises
    ------
    InputError
        If two pandas objects of one length do not have the same index.
    """
    first: tuple[str, Any] | None = None
    for name, values in _pandas_parts(given):
        if first is None:
            first = name, values
        elif len(values) == len(first[1]) and not values.index.equals(first[1].index):
            raise InputError(
                f"{first[0]} and {name} have different pandas indexes, and rows are matched by "
                "place; give both the same rows in the same order, or call reset_index(drop=True)"
            )


def _pandas_parts(given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """List the pandas objects among arguments and the columns of mappings, with what they are."""
    for name, values in given.items():
        if isinstance(values, pd.DataFrame | pd.Series):
            yield name, values
        elif isinstance(values, Mapping):
            yield from _pandas_parts({f"{name} column {key!r}": values[key] for key in values})


def check_rows(values: Any, name: str, target: Target) -> None:
    """Refuse values, one per row, that are not for the same rows as the target.

    Raises
    ------
    InputError
        If the numbers of rows differ.
    """
    if len(values) != len(target.values):
        raise InputError(
            f"{name} has {len(values)} rows and the target {len(target.values)}; give both for the"
            " same rows"
        )


def cluster_codes(cluster: Any, name: str = "cluster", *, of: str = "cluster") -> IntArray:
    """Give each cluster a number.

    Parameters
    ----------
    cluster : array-like, shape (n,)
        Which rows depend on each other.
    name : str
        What to call it.
    of : str
        What a value stands for.

    Returns
    -------
    ndarray of int, shape (n,)
        Equal numbers for rows of one cluster.

    Raises
    ------
    InputError
        If a row has no cluster.
    """
    series = to_series(cluster, name)
    missing = series.isna().to_numpy()
    if missing.any():
        raise InputError(
            f"{name} is missing in {int(missing.sum())} rows, the first in row "
            f"{int(np.argmax(missing))} (counting from 0); give every row its {of}"
        )
    return np.asarray(pd.factorize(series)[0], dtype=np.int64)


def positive_weights(
    weights: Any,
    name: str = "sample_weight",
    *,
    zero: str = "leave rows of weight zero out",
    extreme: str = "weights matter up to a factor, so divide them by their mean",
) -> FloatArray:
    """Read the weights of rows, all of them positive.

    Parameters
    ----------
    weights : array-like, shape (n,)
        Weights of rows.
    name : str
        What to call them.
    zero, extreme : str
        What to do about weights of zero, and about weights that are too large or too small.

    Returns
    -------
    ndarray of float, shape (n,)
        The weights.

    Raises
    ------
    InputError
        If one is missing, infinite, zero or negative, or so far from 1 that its powers are lost.
    """
    found = to_vector(weights, name)
    wrong = found <= 0
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InputError(
            f"{name} must be positive, and is not in {int(wrong.sum())} rows, the first "
            f"({found[first]:g}) in row {first} (counting from 0); {zero}"
        )
    far = (found < 1 / LARGEST) | (found > LARGEST)
    if far.any():
        first = int(np.argmax(far))
        raise InputError(
            f"{name} must be from {1 / LARGEST:g} to {LARGEST:g}, and is not in "
            f"{int(far.sum())} rows, the first ({found[first]:g}) in row {first} (counting "
            f"from 0); {extreme}"
        )
    return found
