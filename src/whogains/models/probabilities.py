"""From what `predict_proba` returned to the probability of one value, however it was returned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from whogains.errors import InputError
from whogains.models.order import in_order


def classes_of(estimator: Any, positive: Any, name: str) -> list[Any]:
    """List the two values that a classifier knows, in the order of its probabilities.

    Parameters
    ----------
    estimator : object
        A fitted classifier.
    positive : object
        The value of the outcome that counts as 1.
    name : str
        What to call the model in an error.

    Returns
    -------
    list of two
        Its ``classes_``.

    Raises
    ------
    InputError
        If it has none, or others than two with the positive value among them.
    """
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        raise InputError(
            f"the {name} model ({type(estimator).__name__}) has no classes_, so that nobody can"
            f" tell which of its probabilities is that of {positive!r}; let its fit set classes_"
            " (numpy.unique(y)), or give fitted models as functions from a frame to these"
            " probabilities"
        )
    known: list[Any] = np.asarray(classes).tolist()
    if len(known) != 2 or positive not in known:
        raise InputError(
            f"the {name} model's classes are {known}; they must be two, with the"
            f" outcome's positive value {positive!r} among them"
        )
    return known


def probability_of(
    returned: Any, classes: Sequence[Any], positive: Any, rows: int, name: str
) -> Any:
    """Take the probabilities of the positive value out of those of both.

    Parameters
    ----------
    returned : array-like, shape (m, 2)
        What `predict_proba` returned: an array, a list of rows, or a frame.
    classes : sequence of two
        The values of the outcome in the order of the columns.
    positive : object
        The one whose probability is asked for.
    rows : int
        How many rows there are, m.
    name : str
        What to call the model in an error.

    Returns
    -------
    array-like, shape (m,)
        The probabilities, unchecked.

    Raises
    ------
    InputError
        If there is not one column for each value.

    Notes
    -----
    The columns of a frame that are called as the two values are found by their names, others by
    their place.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"yes": [0.2, 0.7], "no": [0.8, 0.3]})
    >>> probability_of(frame, ["no", "yes"], "yes", 2, "generic").tolist()
    [0.2, 0.7]
    """
    import pandas as pd

    at = list(classes).index(positive)
    returned = in_order(returned, rows, name)
    if isinstance(returned, pd.DataFrame):
        called = [list(classes), [str(each) for each in classes]]
        named = next((each for each in called if set(each) == set(returned.columns)), None)
        if named is not None and returned.shape[1] == 2:
            return returned[named[at]].to_numpy()
    try:
        found = np.asarray(returned)
    except ValueError as error:
        raise InputError(
            f"the {name} model's predict_proba returned rows of different lengths; it must return"
            " two probabilities for each"
        ) from error
    if found.ndim == 3:
        raise InputError(
            f"the {name} model's predict_proba returned a list of tables, as models of several"
            " outcomes do; fit it on one outcome"
        )
    if found.ndim != 2 or found.shape[1] != 2:
        what = (
            "one probability per row"
            if found.ndim == 1 or found.shape[1] == 1
            else f"{found.shape[1]} columns"
        )
        raise InputError(
            f"the {name} model's predict_proba returned {what}, and its classes are two:"
            f" {list(classes)}; return a column for each, or give fitted models as functions from a"
            f" frame to the probability of {positive!r}"
        )
    return found[:, at]
