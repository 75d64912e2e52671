"""The numbers of the authors' paper and notebooks, and what the limits say of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from whogains import limits

SOURCE = "theirs, one seed, other groups"
#: The paper's table of MIMIC-III (version 3): its groups are those of `whogains reproduce`.
PUBLISHED = "theirs, as published"
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
BENEFITS = ("prediction", "incomprehensiveness", "sufficiency")
UNIT_NOT_KNOWN = "We do not know in which unit theirs is; the notebooks standardize the outcome."
EXPLAINER_NOT_KNOWN = "We do not know which explainer theirs is of."
TASKS = {"mimic3/long_stay": "classification", "mimic3/length_of_stay": "regression"}
EPSILON = 0.002
EVERYBODY = "everybody"
# Group, rows and group benefit of prediction, incomprehensiveness and sufficiency, as printed.
TABLE = {
    "classification": (
        ("White, 45+", 8443, 0.0063, -0.0226, 0.0053),
        ("White, 18-45", 1146, 0.0044, 0.0489, 0.0244),
        ("NonWhite, 45+", 3052, -0.0026, -0.0023, 0.0029),
        ("NonWhite, 18-45", 696, -0.0216, 0.0560, 0.0072),
        (EVERYBODY, 13337, 0.0026, -0.0077, 0.0065),
    ),
    "regression": (
        ("White, 45+", 8379, 0.0021, -0.0906, 0.1914),
        ("White, 18-45", 1197, 0.0023, 0.1219, 0.2223),
        ("NonWhite, 45+", 3044, 0.0108, -0.0501, 0.3494),
        ("NonWhite, 18-45", 717, 0.0212, 0.0441, 0.3293),
        (EVERYBODY, 13337, 0.0051, -0.0550, 0.2376),
    ),
}
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
class PublishedGroup:
    """One row of the paper's table of MIMIC-III.

    Parameters
    ----------
    task : str
        "classification" or "regression".
    group : str
        Race and age, or everybody.
    n : int
        Rows.
    prediction, incomprehensiveness, sufficiency : float
        The group's benefits, as printed.
    """

    task: str
    group: str
    n: int
    prediction: float
    incomprehensiveness: float
    sufficiency: float


@dataclass(frozen=True, slots=True)
class PublishedSteps:
    """The paper's four steps on its own table, at its own epsilon.

    Parameters
    ----------
    task, cost : str
        Which benefit.
    epsilon, tolerated_error : float
        Step 1; the paper's epsilon, and our v.
    gamma : float
        Step 2: the least benefit of the four groups.
    exceeds : bool
        Step 3: whether it is above epsilon.
    bound : float or None
        Step 4: the bound on the error of any test; None where the table has no spread.
    outcome : str
        "not claimed", "unreliable", "claimed", or "not known" where the bound is needed and
        missing.
    """

    task: str
    cost: str
    epsilon: float
    tolerated_error: float
    gamma: float
    exceeds: bool
    bound: float | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Theirs:
    """The authors' groups, and the limits on them.

    Parameters
    ----------
    published : tuple of PublishedGroup
        The table of the paper.
    steps : tuple of PublishedSteps
        Its four steps on this table.
    source : str
        How far the numbers that follow, of the notebooks, are ours to compare with.
    groups : tuple of TheirGroup
        The four groups of the notebooks.
    p_every_group_gains : float
        The largest p-value of gain on the squared error: the test that every group gains.
    effects : tuple of TheirEffect
        The limits on the squared error.
    """

    published: tuple[PublishedGroup, ...]
    steps: tuple[PublishedSteps, ...]
    source: str
    groups: tuple[TheirGroup, ...]
    p_every_group_gains: float
    effects: tuple[TheirEffect, ...]


def beside(
    data: str, cost: str, personal: Collection[str]
) -> tuple[str, tuple[tuple[str, int, float], ...]]:
    """Give the authors' benefits on the same cost of the same data and groups.

    Parameters
    ----------
    data : str
        The data set, as in ``"mimic3/long_stay"``.
    cost : str
        The cost.
    personal : collection of str
        The attributes that make the groups.

    Returns
    -------
    source : str
        Where they stand.
    benefits : tuple of (str, int, float)
        Group, test rows, benefit; empty where none are known.

    Examples
    --------
    >>> beside("mimic3/long_stay", "zero_one", ["age", "race"])[1][0]
    ('White, 45+', 8443, 0.0063)
    >>> beside("mimic3/long_stay", "zero_one", ["sex", "race"])[1][0]
    ('female White', 4111, -0.0169)
    """
    task, attributes = TASKS.get(data), set(personal)
    if task is not None and attributes == {"age", "race"}:
        rows = [each for each in published() if each.task == task]
        field = "prediction" if cost in {"zero_one", "squared_error"} else cost
        if field in BENEFITS:
            return PUBLISHED, tuple((row.group, row.n, getattr(row, field)) for row in rows)
    known = {"zero_one": ZERO_ONE, "squared_error": SQUARED}
    if task is not None and attributes == {"sex", "race"} and cost in known:
        return SOURCE, tuple(zip(GROUPS, SIZES, known[cost], strict=True))
    return SOURCE, ()


def published() -> tuple[PublishedGroup, ...]:
    """Give the paper's table of MIMIC-III, group benefits at epsilon 0.002.

    Returns
    -------
    tuple of PublishedGroup
        For each task the four groups of race and age, and everybody.

    References
    ----------
    Cornelis, Bernárdez, Jeong, Miolane, "When Machine Learning Gets Personal", ICLR 2026, arXiv
    2502.02786 version 3.

    Examples
    --------
    >>> published()[3]
    PublishedGroup(task='classification', group='NonWhite, 18-45', n=696, ...)
    """
    return tuple(PublishedGroup(task, *row) for task, rows in TABLE.items() for row in rows)


def published_steps() -> tuple[PublishedSteps, ...]:
    """Take the paper's four steps on its own table.

    Returns
    -------
    tuple of PublishedSteps
        For each task and benefit. The bound of a regression needs spreads, which we do not have;
        without them the steps end at the third.

    Examples
    --------
    >>> [(each.cost, each.gamma, each.outcome) for each in published_steps()][2]
    ('sufficiency', 0.0029, 'unreliable')
    """
    found = []
    for task in TABLE:
        groups = [each for each in published() if each.task == task and each.group != EVERYBODY]
        for cost in BENEFITS:
            gamma = min(getattr(each, cost) for each in groups)
            bound, outcome = None, "not known" if gamma > EPSILON else "not claimed"
            if task == "classification":
                steps = limits.paper_steps(
                    gamma,
                    [each.n for each in groups],
                    epsilon=EPSILON,
                    tolerated_error=TOLERATED,
                    family="categorical",
                )
                bound, outcome = steps.bound, steps.outcome
            exceeds = gamma > EPSILON
            found.append(
                PublishedSteps(task, cost, EPSILON, TOLERATED, gamma, exceeds, bound, outcome)
            )
    return tuple(found)


def limits_on_theirs() -> Theirs:
    """Say what sizes and spreads alone allow of the numbers in the authors' notebooks.

    Returns
    -------
    Theirs
        The paper's table with its four steps; and of the notebooks the test and the limits on the
        squared error (the 0-1 loss has no spread printed).

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
    return Theirs(
        published=published(),
        steps=published_steps(),
        source=SOURCE,
        groups=groups,
        p_every_group_gains=float(gain.max()),
        effects=tuple(_effect(e) for e in EFFECTS),
    )


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
