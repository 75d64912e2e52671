"""What every data set of this package looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from whogains.errors import InputError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Features, outcome and personal attributes of the same people.

    Parameters
    ----------
    name : str
        A short name, with the task, as in ``"nhanes/systolic"``.
    task : {"classification", "regression"}
        What the outcome asks for.
    X : pandas.DataFrame, shape (n, p)
        The features of the generic model: no personal attribute, nothing made from the outcome.
        Numbers are float64, categories have the dtype ``category``; missing values stay missing.
    y : pandas.Series, shape (n,)
        The outcome, complete, named `target`; 0 and 1 for classification.
    personal : pandas.DataFrame, shape (n, k)
        The attributes that the personalized model adds, complete, one ``category`` column each.
        The order of the categories is the order of the groups in every table.
    target : str
        The name of the outcome.
    unit : str or None
        The unit of the outcome (``"mmHg"``), or None where it has none.
    card : str
        Source, citation, exclusions and known limits, in Markdown.
    cluster : pandas.Series or None, shape (n,)
        Which rows belong together (one patient's stays), or None where rows are independent.
    sample_weight : pandas.Series or None, shape (n,)
        Survey weights, or None where every row counts the same.

    Raises
    ------
    InputError
        If the parts do not share one index, if it repeats a label, if `y` or `personal` has
        missing values, or if `task` is neither of the two.

    Notes
    -----
    The fields cannot be reassigned; the frames are ordinary pandas objects and belong to the
    caller. Two data sets are equal only when they are the same object. Zero rows are allowed.

    Examples
    --------
    >>> from whogains.datasets import nhanes
    >>> data = nhanes("systolic")
    >>> data.task, data.target, data.unit
    ('regression', 'systolic', 'mmHg')
    >>> data.X.index.equals(data.y.index) and data.X.index.equals(data.personal.index)
    True
    """

    name: str
    task: Literal["classification", "regression"]
    X: pd.DataFrame
    y: pd.Series
    personal: pd.DataFrame
    target: str
    unit: str | None
    card: str
    cluster: pd.Series | None = None
    sample_weight: pd.Series | None = None

    def __post_init__(self) -> None:
        if self.task not in ("classification", "regression"):
            raise InputError(f"task is {self.task!r}; use 'classification' or 'regression'")
        if not self.X.index.is_unique:
            raise InputError("the index of X repeats a label; give every row its own")
        for part in ("y", "personal", "cluster", "sample_weight"):
            values = getattr(self, part)
            if values is not None and not values.index.equals(self.X.index):
                raise InputError(f"{part} and X have different indexes; give both the same rows")
        if self.y.name != self.target:
            raise InputError(f"y is named {self.y.name!r}; name it after target {self.target!r}")
        if self.y.isna().any():
            raise InputError(f"y ({self.target!r}) has missing values; drop those rows")
        gaps = self.personal.columns[self.personal.isna().any()]
        if len(gaps):
            raise InputError(
                f"personal column {gaps[0]!r} has missing values; drop those rows or name a level"
            )
