"""Which columns of a table hold predictions of each level or horizon: p0_{level} for p0_0.1, ..."""

from __future__ import annotations

from collections.abc import Sequence

from whogains.errors import InputError
from whogains.frames import read_horizons, read_levels_of_quantiles

LEVEL, HORIZON = "{level}", "{horizon}"


def numbered_names(
    generic: str,
    personalized: str,
    *,
    levels: Sequence[float] | None = None,
    horizons: Sequence[float] | None = None,
) -> tuple[dict[float, str], dict[float, str]] | None:
    """Name the columns of both models' quantiles, or probabilities of survival.

    Parameters
    ----------
    generic, personalized : str
        How each model's columns are called, with {level} or {horizon} where the number stands; with
        one number a name will do.
    levels, horizons : sequence of float or None
        The numbers.

    Returns
    -------
    tuple of two dict of float to str, or None
        The column of each level or horizon; None without both.

    Raises
    ------
    InputError
        If the number does not stand where it must, or is none.

    Examples
    --------
    >>> numbered_names("p0_{level}", "p1_{level}", levels=[0.1, 0.5])
    ({0.1: 'p0_0.1', 0.5: 'p0_0.5'}, {0.1: 'p1_0.1', 0.5: 'p1_0.5'})
    """
    if levels is None and horizons is None:
        return None
    place = HORIZON if levels is None else LEVEL
    known = read_horizons(horizons) if levels is None else read_levels_of_quantiles(levels)
    for key, template in (("generic", generic), ("personalized", personalized)):
        if template.count(place) != 1 and not (len(known) == 1 and place not in template):
            raise InputError(
                f"{key} is {template!r:.80}; there is a column for each {place[1:-1]}: say where "
                f"it stands, as in p0_{place}"
            )
    first, second = (
        {number: template.replace(place, f"{number:g}") for number in known}
        for template in (generic, personalized)
    )
    return first, second
