"""Probabilities of several classes, however a model returns them, in the order of the classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from whogains.errors import InputError, one_line
from whogains.frames import class_text
from whogains.models.order import in_order
from whogains.types import FloatArray


def places_of(estimator: Any, classes: Sequence[str], name: str) -> list[int]:
    """Find where each class that a classifier knows stands among those of the outcome.

    Parameters
    ----------
    estimator : object
        A fitted classifier.
    classes : sequence of str
        The classes of the outcome.
    name : str
        What to call the model in an error.

    Returns
    -------
    list of int
        A place for each of its ``classes_``.

    Raises
    ------
    InputError
        If it has none, or one that is no class of the outcome.
    """
    known = getattr(estimator, "classes_", None)
    if known is None:
        raise InputError(
            f"the {name} model ({type(estimator).__name__}) has no classes_, so that nobody can "
            "tell which of its probabilities is that of which class"
        )
    texts = [class_text(each) for each in np.asarray(known).tolist()]
    other = [each for each in texts if each not in classes]
    if other:
        raise InputError(
            f"the {name} model knows the class {one_line(other[0], 60)!r}, which no row of the "
            "outcome has; give it the outcome that it was fitted to"
        )
    return [list(classes).index(each) for each in texts]


def spread(returned: Any, places: Sequence[int], classes: int, name: str) -> FloatArray:
    """Put what `predict_proba` returned, shape (m, k), into the columns of all classes, (m, K).

    A class that the model has never seen has probability 0.

    Examples
    --------
    >>> spread([[0.2, 0.8]], [0, 2], 3, "generic").tolist()
    [[0.2, 0.0, 0.8]]
    """
    found = np.asarray(returned, dtype=np.float64)
    if found.ndim != 2 or found.shape[1] != len(places):
        raise InputError(
            f"the {name} model's predict_proba returned an array of shape {found.shape}, and it "
            f"knows {len(places)} classes"
        )
    wide = np.zeros((len(found), classes))
    wide[:, list(places)] = found
    return wide


def by_class(returned: Any, classes: Sequence[str], rows: int, name: str) -> Any:
    """Take what a function returned: a frame by the names of its columns, else in their order.

    Examples
    --------
    >>> import pandas as pd
    >>> by_class(pd.DataFrame({"b": [0.2], "a": [0.8]}), ["a", "b"], 1, "generic").tolist()
    [[0.8, 0.2]]
    """
    ordered = in_order(returned, rows, name)
    columns = getattr(ordered, "columns", None)
    if columns is not None:
        texts = [class_text(each) for each in columns]
        if set(texts) == set(classes) and len(texts) == len(classes):
            places = [texts.index(each) for each in classes]
            return np.asarray(ordered)[:, places]
    return np.asarray(ordered)
