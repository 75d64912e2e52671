"""What kind of thing an argument must be, said in one line where it is another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from whogains.errors import InputError, one_line


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
