"""Personal attributes and groups among the columns that a user hands over."""

from __future__ import annotations

from typing import Any

import pandas as pd

from whogains.errors import InputError
from whogains.frames.arguments import as_names
from whogains.frames.checks import check_rows
from whogains.frames.from_any_frame import to_pandas, to_series
from whogains.frames.suspicious_columns import same_pattern
from whogains.frames.target import Target
from whogains.types import BoolArray


def split_features(frame: pd.DataFrame, personal: Any) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell the features from the personal attributes, and refuse what is both.

    Parameters
    ----------
    frame : pandas.DataFrame, n rows
        The features, and perhaps the attributes.
    personal : (sequence of) str, or frame or mapping of n rows
        The attributes, or their names in `frame`.

    Returns
    -------
    features, attached : pandas.DataFrame, n rows
        What both models see, and what only the personalized one sees.

    Raises
    ------
    InputError
        If a name is not there, a column is both, or no feature is left.
    """
    if _are_names(personal):
        personal = as_names(personal)
        missing = [column for column in personal if column not in frame.columns]
        if missing:
            raise InputError(f"personal names the column {missing[0]!r}, which is not in X")
        attached = frame[list(personal)]
        frame = frame.drop(columns=list(personal))
    else:
        attached = to_pandas(personal, "personal")
    both = [column for column in attached.columns if column in frame.columns]
    if both:
        raise InputError(
            f"column {both[0]!r} is personal and also a feature of the generic model; take it out "
            "of X"
        )
    if frame.shape[1] == 0:
        raise InputError("X has no feature left for the generic model")
    return frame, attached


def group_columns(groups: Any, features: pd.DataFrame, attached: pd.DataFrame) -> pd.DataFrame:
    """Find the attributes whose crossing makes the groups.

    Parameters
    ----------
    groups : (sequence of) str, frame or mapping of n rows, or None
        What was asked for; None for all of `attached`.
    features, attached : pandas.DataFrame, n rows
        Where names are looked up, the attributes first.

    Returns
    -------
    pandas.DataFrame, n rows
        One column per attribute.

    Raises
    ------
    InputError
        If a name is in neither.
    """
    if groups is None:
        return attached
    if not _are_names(groups):
        return to_pandas(groups, "groups")
    found = {}
    for name in as_names(groups):
        for frame in (attached, features):
            if name in frame.columns:
                found[name] = frame[name]
                break
        else:
            raise InputError(f"groups names the column {name!r}, which is not in X or personal")
    return pd.DataFrame(found)


def check_personal(attached: pd.DataFrame, y: Any, observed: BoolArray, target_name: str) -> None:
    """Refuse a personal attribute that says nothing, or that gives the outcome away.

    Parameters
    ----------
    attached : pandas.DataFrame, n rows
        The attributes.
    y : array-like, shape (n,)
        The outcome as it was given.
    observed : ndarray of bool, shape (n,)
        Where it is known.
    target_name : str
        What to call it.

    Raises
    ------
    InputError
        If an attribute is constant, or is the outcome under other names.
    """
    outcome = to_series(y, target_name)[observed]
    for column in attached.columns:
        values = attached[column][observed]
        if values.nunique(dropna=False) < 2:
            raise InputError(f"personal attribute {column!r} is constant: there is nothing to gain")
        if values.equals(outcome) or same_pattern(values, outcome):
            raise InputError(f"personal attribute {column!r} is the target {target_name!r} itself")


def _are_names(values: Any) -> bool:
    return isinstance(values, str | list | tuple) and all(
        isinstance(value, str) for value in values
    )


def check_features(
    features: pd.DataFrame, attached: pd.DataFrame, y: Any, target: Target, name: str
) -> None:
    """Refuse columns of other rows, and the outcome among the features.

    Parameters
    ----------
    features, attached : pandas.DataFrame
        The features, and the personal columns.
    y : array-like
        The outcome as it was given.
    target : Target
        The same, read.
    name : str
        What it is called.

    Raises
    ------
    InputError
        If a column cannot be used; the message names it.
    """
    for frame, called in ((features, "X"), (attached, "personal")):
        check_rows(frame, called, target)
    # A name alone says little: what is computed from a column keeps its name.
    if name in features.columns and to_series(y, name).equals(features[name]):
        raise InputError(f"column {name!r} is the target and also a feature; take it out of X")
    check_personal(attached, y, target.observed, name)
