"""From what `predict_proba` returned to the probability of one value, however it was returned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from whogains.errors import InputError
from whogains.frames import KNOWN_PAIRS
from whogains.models.order import in_order


def own_positive(estimator: Any, positive: Any, negative: Any = None) -> Any:
    """Find what a fitted classifier calls the outcome's positive value.

    Parameters
    ----------
    estimator : object
        A fitted model.
    positive, negative : object
        The outcome's values; None for a negative one that is not known.

    Returns
    -------
    object
        One of its ``classes_``: the value itself or its text where both of the outcome's values are
        among them; 1 of a model that was fitted on 0 and 1; and the word for what happened, of two
        that everybody knows, where the outcome is 0 and 1. Else the value as it is.

    Examples
    --------
    >>> class Fitted:
    ...     classes_ = [0, 1]
    >>> own_positive(Fitted(), "dead", "alive"), own_positive(Fitted(), False, True)
    (1, 0)
    """
    classes = getattr(estimator, "classes_", None)
    known: list[Any] = [] if classes is None else np.asarray(classes).tolist()
    if len(known) != 2:
        return positive
    values = [each for each in (positive, negative) if each is not None]
    if all(each in known for each in values):
        return known[known.index(positive)]
    texts = [str(each).strip().casefold() for each in known]
    spelled = [str(each).strip().casefold() for each in values]
    if all(each in texts for each in spelled):
        return known[texts.index(spelled[0])]
    if set(known) == {0, 1}:
        return known[known.index(1)]
    if values[:1] == [1] and negative in {0, None}:
        event = next((yes for no, yes in KNOWN_PAIRS if {no, yes} == set(texts)), None)
        return positive if event is None else known[texts.index(event)]
    return positive


def positive_note(estimator: Any, positive: Any, negative: Any, name: str) -> str | None:
    """Say what a model's own value for the positive one is, where it is another.

    Parameters
    ----------
    estimator : object
        A fitted model.
    positive, negative : object
        The outcome's values.
    name : str
        What to call the model.

    Returns
    -------
    str or None
        A sentence; None where there is nothing to say.
    """
    own = own_positive(estimator, positive, negative)
    if str(own).casefold() == str(positive).casefold() or own == positive:
        return None
    return f"the {name} model was fitted on other values: its {own!r} is taken for {positive!r}"


def classes_of(estimator: Any, positive: Any, name: str, negative: Any = None) -> list[Any]:
    """List the two values that a classifier knows, in the order of its probabilities.

    Parameters
    ----------
    estimator : object
        A fitted classifier.
    positive : object
        The value that counts as 1, as the model calls it.
    name : str
        What to call the model in an error.
    negative : object
        The outcome's other value, where it is known.

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
    # Codes 1 and 2 of a model know a 1 too, which is not the 1 of an outcome of 0 and 1.
    other = negative is not None and positive in {0, 1} and set(known) == {1, 2} and negative != 2
    if len(known) != 2 or positive not in known or other:
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
