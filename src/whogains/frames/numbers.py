"""Whole numbers and probabilities as people hand them over, read up to rounding."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np

from whogains.errors import InputError
from whogains.types import BoolArray, FloatArray

# The largest seed that NumPy and scikit-learn both take.
LARGEST_SEED = 2**32 - 1
# Probabilities that were counted in single precision, or added up, miss 0 and 1 by less.
PROBABILITY_ROUNDING = 1e-6


def whole_number(value: Any, name: str) -> int:
    """Read a whole number of any type, 5.0 and NumPy's included.

    Parameters
    ----------
    value : object
        What was handed over.
    name : str
        What to call it in an error.

    Returns
    -------
    int
        The number.

    Raises
    ------
    InputError
        If it is no whole number.

    Examples
    --------
    >>> import numpy as np
    >>> whole_number(5.0, "folds"), whole_number(np.int64(5), "folds")
    (5, 5)
    """
    number = isinstance(value, Real | np.number) and not isinstance(value, bool | np.bool_)
    if number and (isinstance(value, Integral) or float(value).is_integer()):
        return int(value)
    raise InputError(f"{name} must be a whole number, not {value!r}")


def read_seed(random_state: Any) -> int:
    """Read a seed, and refuse one that some method could not use.

    Parameters
    ----------
    random_state : int
        The seed.

    Returns
    -------
    int
        The seed.

    Raises
    ------
    InputError
        If it is not a whole number from 0 to 2^32 - 1.

    Examples
    --------
    >>> import numpy as np
    >>> read_seed(np.int64(3))
    3
    """
    must = f"random_state must be a whole number from 0 to {LARGEST_SEED}, not {random_state!r}"
    try:
        seed = whole_number(random_state, "random_state")
    except InputError as error:
        raise InputError(must) from error
    if not 0 <= seed <= LARGEST_SEED:
        raise InputError(must)
    return seed


def as_probabilities(values: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Set to 0 and 1 what misses them by rounding alone, and mark what is no probability.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Predictions.

    Returns
    -------
    probabilities : ndarray of float64, shape (n,)
        The same within [0, 1], where they are not marked.
    outside : ndarray of bool, shape (n,)
        Where a value is outside [0, 1] by more than a millionth. NaN is not marked.

    Examples
    --------
    >>> import numpy as np
    >>> as_probabilities(np.array([1.0000001, 0.4, -0.2]))
    (array([ 1. ,  0.4, -0.2]), array([False, False,  True]))
    """
    outside = (values < -PROBABILITY_ROUNDING) | (values > 1 + PROBABILITY_ROUNDING)
    return np.where(outside, values, np.clip(values, 0.0, 1.0)), outside
