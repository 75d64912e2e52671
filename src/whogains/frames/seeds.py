"""Whole numbers and seeds as people hand them over, read without any library."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

from whogains.errors import InputError

# The largest seed that NumPy and scikit-learn both take.
LARGEST_SEED = 2**32 - 1


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
    # NumPy's numbers are registered as such, its truth values are not.
    number = isinstance(value, Real) and not isinstance(value, bool)
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
