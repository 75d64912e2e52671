"""The numbers of the authors' notebooks, and what the limits say of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from whogains import limits

SOURCE = "theirs, one seed, other groups"
# Their notebooks standardize log(1 + days) before they fit and score.
STANDARDIZED = (
    "Theirs is of an outcome standardized to a standard deviation of 1: divide ours by the"
    " outcome’s variance before you compare."
)
GROUPS = ("female White", "female non-White", "male White", "male non-White")
SIZES = (4111, 1662, 5465, 2099)
ZERO_ONE = (-0.0169, -0.0088, -0.0056, -0.0108)
SQUARED = (0.0785, 0.0602, 0.2161, 0.0050)
SQUARED_SD = (0.7825, 0.8775, 0.7403, 0.8238)
EFFECTS = (0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.1)
TOLERATED = 0.25


@dataclass(frozen=True, slots=True)
class TheirGroup:
    """One test group of the authors' MIMIC-III notebooks.

    Parameters
    ----------
    group : str
        Which.
    n : int
        Test rows.
    zero_one, squared_error : float
        The group's benefit on the two costs, as printed there.
    sd : float
        The standard deviation of one person's benefit on the squared error.
    se, p_gain, p_harm : float
        From these: the standard error, and one-sided p-values by t.
    """

    group: str
    n: int
    zero_one: float
    squared_error: float
    sd: float
    se: float
    p_gain: float
    p_harm: float


@dataclass(frozen=True, slots=True)
class TheirEffect:
    """What any test can tell of one effect in their groups, beside what their rule says.

    Parameters
    ----------
    epsilon : float
        The effect, in the unit of the squared error.
    paper, weighted, below, above : float
        The bounds, in the average convention; 0 where vacuous.
    verdict : str
        "untestable", "borderline" or "testable".
    rule : bool
        Whether the paper's rule, gamma^ >= epsilon, says that every group gains.
    """

    epsilon: float
    paper: float
    weighted: float
    below: float
    above: float
    verdict: str
    rule: bool


@dataclass(frozen=True, slots=True)
class Theirs:
    """The authors' groups, and the limits on them.

    Parameters
    ----------
    source : str
        How far these numbers are ours to compare with.
    groups : tuple of TheirGroup
        The four groups.
    p_every_group_gains : float
        The largest p-value of gain on the squared error: the test that every group gains.
    effects : tuple of TheirEffect
        The limits on the squared error.
    """

    source: str
    groups: tuple[TheirGroup, ...]
    p_every_group_gains: float
    effects: tuple[TheirEffect, ...]


def beside(data: str, cost: str) -> tuple[tuple[str, int, float], ...]:
    """Give the authors' benefits on the same cost of the same data.

    Parameters
    ----------
    data : str
        The data set, as in ``"mimic3/long_stay"``.
    cost : str
        The cost.

    Returns
    -------
    tuple of (str, int, float)
        Group, test rows, benefit; empty where none are known.

    Examples
    --------
    >>> beside("mimic3/long_stay", "zero_one")[0]
    ('female White', 4111, -0.0169)
    """
    known = {"zero_one": ZERO_ONE, "squared_error": SQUARED}
    if not data.startswith("mimic3/") or cost not in known:
        return ()
    return tuple(zip(GROUPS, SIZES, known[cost], strict=True))


def limits_on_theirs() -> Theirs:
    """Say what sizes and spreads alone allow of the numbers in the authors' notebooks.

    Returns
    -------
    Theirs
        The test and the limits on the squared error; the 0-1 loss has no spread printed.

    Examples
    --------
    >>> theirs = limits_on_theirs()
    >>> [(e.epsilon, e.verdict, e.rule) for e in theirs.effects][1]
    (0.005, 'untestable', True)
    """
    n, sd, bop = (np.array(each, dtype=np.float64) for each in (SIZES, SQUARED_SD, SQUARED))
    se = sd / np.sqrt(n)
    gain, harm = (stdtr(n - 1, sign * bop / se) for sign in (-1, 1))
    groups = tuple(
        TheirGroup(*each)
        for each in zip(
            GROUPS,
            SIZES,
            ZERO_ONE,
            SQUARED,
            SQUARED_SD,
            se.tolist(),
            gain.tolist(),
            harm.tolist(),
            strict=True,
        )
    )
    return Theirs(SOURCE, groups, float(gain.max()), tuple(_effect(e) for e in EFFECTS))


def _effect(epsilon: float) -> TheirEffect:
    ends = limits.bracket(limits.signals(SIZES, epsilon, SQUARED_SD))
    return TheirEffect(
        epsilon=epsilon,
        paper=float(limits.paper_bound(SIZES, epsilon, SQUARED_SD).value),
        weighted=float(limits.weighted_bound(SIZES, epsilon, SQUARED_SD).value),
        below=float(ends.below),
        above=float(ends.above),
        verdict=limits.verdict(ends, TOLERATED),
        rule=min(SQUARED) >= epsilon,
    )
