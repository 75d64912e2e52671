"""The published guidance in four steps: what it makes of an estimate and of a bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from whogains.limits._arrays import inside, number, positive
from whogains.limits.bounds import paper_bound

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from whogains.types import Convention, Family

Outcome = Literal["not claimed", "unreliable", "claimed"]


@dataclass(frozen=True, slots=True)
class PaperSteps:
    """What the published guidance says of "every group gains more than epsilon".

    Attributes
    ----------
    epsilon, tolerated_error : float
        Step 1: the smallest effect that matters, and the error v that is tolerated.
    gamma : float
        Step 2: the least benefit of a group, estimated with the trained models.
    bound : float
        The published bound on the error of any test, see `paper_bound`; 0 where it is vacuous.
    exceeds : bool
        Step 3: whether gamma is above epsilon.
    above : bool
        Step 4: whether the bound is above the error that is tolerated.
    outcome : {"not claimed", "unreliable", "claimed"}
        What follows: no claim, one that no test could support, or one that the bound does not
        exclude.
    """

    epsilon: float
    tolerated_error: float
    gamma: float
    bound: float

    @property
    def exceeds(self) -> bool:
        """Whether gamma is above epsilon."""
        return self.gamma > self.epsilon

    @property
    def above(self) -> bool:
        """Whether the bound is above the error that is tolerated."""
        return self.bound > self.tolerated_error

    @property
    def outcome(self) -> Outcome:
        """What follows."""
        if not self.exceeds:
            return "not claimed"
        return "unreliable" if self.above else "claimed"


def paper_steps(
    gamma: float,
    n: ArrayLike,
    sd: ArrayLike = 1.0,
    *,
    epsilon: float,
    tolerated_error: float = 0.25,
    family: Family = "gaussian",
    convention: Convention = "average",
) -> PaperSteps:
    """Go through the four steps of the published guidance.

    Parameters
    ----------
    gamma : float
        The least estimated benefit of a group, in the unit of the cost.
    n : array_like of shape (d,)
        Rows in each group; 0 is allowed.
    sd : array_like of shape (d,), or one number
        Standard deviation of one person's benefit in each group, in the same unit.
    epsilon : float
        The smallest effect that matters, in the same unit, positive.
    tolerated_error : float
        The error v that is tolerated, in the units of `convention`.
    family : {"gaussian", "categorical", "categorical_v1", "laplace", "laplace_paper"}
        What distribution the benefit has, see `row_information`. ``"categorical"``, for a 0-1
        cost, needs no spread: whatever share of people the models disagree on, it takes the
        worst case.
    convention : {"average", "sum"}
        Error as the average of the type I and type II errors, or as their sum.

    Returns
    -------
    PaperSteps
        The steps, and what follows.

    Raises
    ------
    InputError
        If gamma is not a finite number, or a size, spread, effect or error is out of range.

    Notes
    -----
    (1) Choose epsilon and v. (2) Train both models and estimate gamma. (3) Is gamma above epsilon?
    (4) Is the bound on the error of any test above v? Then the answer of step 3 is not to be
    trusted. *Not a test*: step 3 looks at no standard error, and a bound of at most v excludes
    nothing: it promises no test that errs so little.

    Assumes what `paper_bound` does; a group of 1 row counts like any.

    References
    ----------
    Cornelis, Bernárdez, Jeong, Miolane, "When Machine Learning Gets Personal", ICLR 2026, arXiv
    2502.02786 version 3: its guidance for practitioners, and Theorem 5.1.

    Examples
    --------
    >>> sizes = [8443, 1146, 3052, 696]
    >>> steps = paper_steps(0.0029, sizes, epsilon=0.002, family="categorical")
    >>> steps.exceeds, round(steps.bound, 4), steps.outcome
    (True, 0.4855, 'unreliable')
    """
    effect = positive(epsilon, "epsilon")
    guessing = 0.5 if convention == "average" else 1.0
    bound = paper_bound(n, effect, sd, family=family, convention=convention)
    return PaperSteps(
        epsilon=effect,
        tolerated_error=inside(tolerated_error, "tolerated_error", 0, guessing),
        gamma=number(gamma, "gamma"),
        bound=float(bound.value),
    )
