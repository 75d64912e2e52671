"""Arguments that `audit` and `compare` share, checked before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from whogains.costs import PREDICTION_COSTS, TASKS, Cost, prediction_costs
from whogains.errors import InputError
from whogains.frames import Target

# The largest seed that NumPy and scikit-learn both take.
LARGEST_SEED = 2**32 - 1


def as_names(values: str | Sequence[Any]) -> tuple[Any, ...]:
    """Take a text for a list of one, rather than for a list of letters.

    Parameters
    ----------
    values : str or sequence
        Names.

    Returns
    -------
    tuple
        The names.

    Examples
    --------
    >>> as_names("brier"), as_names(["brier", "auc"])
    (('brier',), ('brier', 'auc'))
    """
    return (values,) if isinstance(values, str) else tuple(values)


def asked_costs(
    costs: str | Sequence[str] | None, target: Target, target_name: str
) -> tuple[Cost, ...]:
    """Find the prediction costs asked for.

    Parameters
    ----------
    costs : str, sequence of str or None
        Their names; None for all that suit the task.
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
        return prediction_costs(target.task)
    names = as_names(costs)
    if not names:
        raise InputError("costs names no cost; leave it out for all of them")
    others = {cost.name for cost in PREDICTION_COSTS if cost.task != target.task}
    wrong = [name for name in names if name in others]
    if wrong:
        needed = (
            "needs an outcome with two values"
            if target.task == "regression"
            else "needs an outcome of numbers, task='regression'"
        )
        raise InputError(
            f"cost {wrong[0]!r} {needed}, and {target_name} is read for {target.task}; "
            f"choose from {', '.join(cost.name for cost in prediction_costs(target.task))}"
        )
    return prediction_costs(target.task, names)


def check_task(task: str | None) -> None:
    """Refuse a task that is none.

    Parameters
    ----------
    task : str or None
        The task; None to have it judged from the outcome.

    Raises
    ------
    InputError
        If it is unknown.
    """
    if task is not None and task not in TASKS:
        raise InputError(f"task must be {' or '.join(TASKS)}, not {task!r}")


def check_seed(random_state: int) -> None:
    """Refuse a seed that some method could not use.

    Parameters
    ----------
    random_state : int
        The seed.

    Raises
    ------
    InputError
        If it is not a whole number from 0 to 2^32 - 1.
    """
    if not (isinstance(random_state, int) and 0 <= random_state <= LARGEST_SEED):
        raise InputError(
            f"random_state must be a whole number from 0 to {LARGEST_SEED}, not {random_state!r}"
        )


def check_indexes(**given: Any) -> None:
    """Refuse pandas objects whose indexes differ: matched by place, rows would be mixed up.

    Parameters
    ----------
    **given
        What a user handed over, by the argument's name; what is not from pandas is passed over.

    Raises
    ------
    InputError
        If two pandas objects of one length do not have the same index.
    """
    first: tuple[str, Any] | None = None
    for name, values in given.items():
        if not isinstance(values, pd.DataFrame | pd.Series):
            continue
        if first is None:
            first = name, values
        elif len(values) == len(first[1]) and not values.index.equals(first[1].index):
            raise InputError(
                f"{first[0]} and {name} have different pandas indexes, and rows are matched by "
                "place; give both the same rows in the same order, or call reset_index(drop=True)"
            )
