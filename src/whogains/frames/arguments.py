"""What kind of thing an argument must be, said in one line where it is another."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from numbers import Integral, Real
from os import PathLike
from typing import Any

from whogains.costs import OwnCost
from whogains.errors import InputError, one_line

# What arguments of a name are, wherever they are.
KINDS = {
    **dict.fromkeys(("state", "checkpoint", "path"), "path"),
    **dict.fromkeys(("max_levels", "max_groups", "value_folds", "random_state"), "whole"),
    **dict.fromkeys(("task", "batch", "day", "unit"), "text"),
    **dict.fromkeys(("given", "never", "explainers", "explanation_costs"), "names"),
    **dict.fromkeys(("bands", "burden"), "mapping"),
    **dict.fromkeys(("positive", "threshold"), "value"),
}


def check_number(**given: Any) -> None:
    """Refuse what is no number; None is left to the default.

    Raises
    ------
    InputError
        If one is anything else; the message has its name.

    Examples
    --------
    >>> check_number(holdout=0.3)
    """
    for name, value in given.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, Real)):
            raise InputError(f"{name} must be a number, not {shown(value)}")


def check_mapping(**given: Any) -> None:
    """Refuse what is no mapping; None is left to the default.

    Raises
    ------
    InputError
        If one is anything else; the message has its name.

    Examples
    --------
    >>> check_mapping(feature_groups={"fiber_g": "diet"})
    """
    for name, value in given.items():
        if value is not None and not isinstance(value, Mapping):
            raise InputError(f"{name} must be a mapping, such as a dict, not {shown(value)}")


def check_column(**given: Any) -> None:
    """Refuse what is no name of a column; None is left to the default.

    Raises
    ------
    InputError
        If one is anything else; the message has its name.

    Examples
    --------
    >>> check_column(cluster="patient_id")
    """
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise InputError(f"{name} must be the name of a column, not {shown(value)}")


def check_call(**given: Any) -> None:
    """Refuse arguments of another type than their name has everywhere; None is the default.

    Parameters
    ----------
    **given
        Arguments by the names that `KINDS` lists.

    Raises
    ------
    InputError
        If one is of another type; the message has its name.

    Examples
    --------
    >>> check_call(max_levels=50, given="sex", batch="2026-W01")
    """
    for name, value in given.items():
        if value is None:
            continue
        is_whole = isinstance(value, Integral) and not isinstance(value, bool)
        is_list = isinstance(value, Iterable) and not isinstance(value, bytes | Mapping)
        wrong, what = {
            "path": (not isinstance(value, str | PathLike), "the name of a file or folder"),
            "whole": (not is_whole, "a whole number"),
            "text": (not isinstance(value, str), "text"),
            "names": (not is_list or _arrays(value), "a name or a list of names"),
            "mapping": (not isinstance(value, Mapping), "a mapping, such as a dict"),
            "value": (isinstance(value, Iterable) and not isinstance(value, str), "one value"),
        }[KINDS[name]]
        if wrong:
            raise InputError(f"{name} must be {what}, not {shown(value)}")


def _arrays(values: Any) -> bool:
    """Tell whether something is no list, but has more dimensions, or lists in it."""
    if isinstance(values, str):
        return False
    return any(isinstance(each, Iterable) and not isinstance(each, str) for each in values)


def as_list(values: Any, name: str) -> Sequence[Any]:
    """Take a text for a list of one, and refuse what holds no values.

    Parameters
    ----------
    values : object
        What was handed over.
    name : str
        What to call it in an error.

    Returns
    -------
    sequence
        The values.

    Raises
    ------
    InputError
        If it is neither a text nor a list.

    Examples
    --------
    >>> as_list("tree_shap", "explainers")
    ('tree_shap',)
    """
    if isinstance(values, str):
        return (values,)
    try:
        return tuple(values)
    except TypeError:
        raise InputError(f"{name} must be a list of names, not {shown(values)}") from None


def shown(value: Any) -> str:
    """Write a wrong argument briefly.

    Examples
    --------
    >>> shown([1, 2])
    '[1, 2]'
    """
    return one_line(repr(value), 60)


def as_names(values: str | OwnCost | Sequence[Any]) -> tuple[Any, ...]:
    """Take a text, or one cost, for a list of one, rather than for a list of letters.

    Parameters
    ----------
    values : str, Cost, Metric, CostMatrix, or sequence of them
        One, or several.

    Returns
    -------
    tuple
        Them all.

    Examples
    --------
    >>> as_names("brier"), as_names(["brier", "auc"])
    (('brier',), ('brier', 'auc'))
    """
    if isinstance(values, str | OwnCost):
        return (values,)
    found = tuple(as_list(values, "names of columns, attributes or costs"))
    wrong = [each for each in found if not isinstance(each, Hashable)]
    if wrong:
        raise InputError(f"{shown(wrong[0])} is no name of a column, an attribute or a cost")
    return found
