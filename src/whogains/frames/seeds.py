"""Seeds: a file of its own, since `whogains plan` checks one and reads no frame."""

from __future__ import annotations

from whogains.errors import InputError

# The largest seed that NumPy and scikit-learn both take.
LARGEST_SEED = 2**32 - 1


def check_seed(random_state: int) -> None:
    """Refuse a seed that some method could not use.

    Parameters
    ----------
    random_state : int
        The seed.

    Raises
    ------
    InputError
        If it is not a whole number from 0 to 2^32 - 1.
    """
    if not (isinstance(random_state, int) and 0 <= random_state <= LARGEST_SEED):
        raise InputError(
            f"random_state must be a whole number from 0 to {LARGEST_SEED}, not {random_state!r}"
        )
