"""Predictions in the order of the rows that they are of."""

from __future__ import annotations

from typing import Any

from whogains.errors import InputError


def in_order(returned: Any, rows: int, name: str) -> Any:
    """Put what a function returned into the order of the rows that it was given.

    Parameters
    ----------
    returned : array-like
        What it returned for a frame whose index counts its rows from 0.
    rows : int
        How many rows it was given.
    name : str
        What to call the model in an error.

    Returns
    -------
    array-like
        The same; a pandas object with the labels of all rows in their order.

    Raises
    ------
    InputError
        If a pandas object has other labels, so that its rows cannot be told.
    """
    import pandas as pd

    if not isinstance(returned, pd.Series | pd.DataFrame) or len(returned) != rows:
        return returned
    if returned.index.equals(pd.RangeIndex(rows)):
        return returned
    if returned.index.has_duplicates or not returned.index.isin(pd.RangeIndex(rows)).all():
        raise InputError(
            f"the {name} model returned a pandas {type(returned).__name__} whose index is not"
            " that of the rows it was given; return it with their index, or an array in their"
            " order"
        )
    return returned.loc[pd.RangeIndex(rows)]
