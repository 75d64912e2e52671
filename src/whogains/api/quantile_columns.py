"""Which columns of a table hold the quantiles of each level: p0_{level} for p0_0.1, p0_0.9."""

from __future__ import annotations

from collections.abc import Sequence

from whogains.errors import InputError
from whogains.frames import read_levels_of_quantiles

LEVEL = "{level}"


def level_columns(
    generic: str, personalized: str, levels: Sequence[float] | None
) -> tuple[dict[float, str], dict[float, str]] | None:
    """Name the columns of both models' quantiles.

    Parameters
    ----------
    generic, personalized : str
        How each model's columns are called, with {level} where the level stands; with one level a
        name will do.
    levels : sequence of float or None
        The levels.

    Returns
    -------
    tuple of two dict of float to str, or None
        The column of each level; None without levels.

    Raises
    ------
    InputError
        If {level} does not stand where it must, or levels are none.

    Examples
    --------
    >>> level_columns("p0_{level}", "p1_{level}", [0.1, 0.5])
    ({0.1: 'p0_0.1', 0.5: 'p0_0.5'}, {0.1: 'p1_0.1', 0.5: 'p1_0.5'})
    """
    if levels is None:
        return None
    known = read_levels_of_quantiles(levels)
    for key, template in (("generic", generic), ("personalized", personalized)):
        if template.count(LEVEL) != 1 and not (len(known) == 1 and LEVEL not in template):
            raise InputError(
                f"{key} is {template!r:.80}; predicted quantiles have a column for each level: say "
                f"where the level stands, as in p0_{LEVEL}"
            )
    first, second = (
        {level: template.replace(LEVEL, f"{level:g}") for level in known}
        for template in (generic, personalized)
    )
    return first, second
