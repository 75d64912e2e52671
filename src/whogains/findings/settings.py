"""What a reader of evidence must decide: levels, the effect that matters, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal

from whogains.costs import Cost
from whogains.errors import InputError
from whogains.evidence import Target

Correction = Literal["within_cost", "all_costs"]
Convention = Literal["average", "sum"]

METHODS = ("auto", "t", "score", "bootstrap", "betting")
CORRECTIONS: tuple[Correction, ...] = ("within_cost", "all_costs")
CONVENTIONS: tuple[Convention, ...] = ("average", "sum")

# One point of accuracy, Brier score, log loss, or R².
DEFAULT_EPSILON = 0.01

# A common threshold of statistical offices for what may be published.
MIN_CELL = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices that verdicts depend on.

    Parameters
    ----------
    epsilon : float or mapping of str to float, optional
        The smallest effect that matters, for all costs or by the name of the cost. Default: 0.01
        for costs without a unit, else one hundredth of what a constant prediction costs.
    alpha : float
        Level of tests; intervals have level 1 - alpha.
    method : str
        How intervals are computed; "auto" chooses by the kind of cost and the sizes.
    correction : {"within_cost", "all_costs"}
        The family of tests that Holm's correction covers.
    convention : {"average", "sum"}
        Whether the error of a test is half the sum of its two error rates, so that guessing errs
        1/2, or the sum, so that guessing errs 1.
    tolerated_error : float, optional
        The error up to which a test is good enough; by default 1/4, or 1/2 in the sum convention.
    power : float
        Power at which an effect counts as detectable.
    min_cell : int
        The fewest rows (with clusters: clusters) with which a group is shown, and the fewest rows
        in a bin. The rows of smaller groups are left out of every number; 0 shows every group.

    Raises
    ------
    InputError
        If a setting is out of its range.
    """

    epsilon: float | Mapping[str, float] | None = None
    alpha: float = 0.05
    method: str = "auto"
    correction: Correction = "within_cost"
    convention: Convention = "average"
    tolerated_error: float | None = None
    power: float = 0.8
    min_cell: int = MIN_CELL

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 0.5:
            raise InputError(f"alpha must be above 0 and below 0.5, not {self.alpha}")
        if not self.alpha < self.power < 1:
            raise InputError(f"power must be above alpha and below 1, not {self.power}")
        if self.method not in METHODS:
            raise InputError(f"method must be {', '.join(METHODS)}, not {self.method!r}")
        if self.correction not in CORRECTIONS:
            raise InputError(
                f"correction must be {' or '.join(CORRECTIONS)}, not {self.correction!r}"
            )
        if self.convention not in CONVENTIONS:
            raise InputError(
                f"convention must be {' or '.join(CONVENTIONS)}, not {self.convention!r}"
            )
        guessing = 1.0 if self.convention == "sum" else 0.5
        if not 0 < self.tolerated < guessing:
            raise InputError(
                f"tolerated_error must be above 0 and below {guessing}, what guessing errs, "
                f"not {self.tolerated_error}"
            )
        if not (isinstance(self.min_cell, int) and self.min_cell >= 0):
            raise InputError(f"min_cell must be a whole number from 0 on, not {self.min_cell!r}")
        for epsilon in self._epsilons():
            if not (isfinite(epsilon) and epsilon > 0):
                raise InputError(f"epsilon must be positive and finite, not {epsilon}")

    @property
    def tolerated(self) -> float:
        """The tolerated error, in the convention chosen."""
        if self.tolerated_error is not None:
            return self.tolerated_error
        return 0.5 if self.convention == "sum" else 0.25

    def _epsilons(self) -> tuple[float, ...]:
        if self.epsilon is None:
            return ()
        if isinstance(self.epsilon, Mapping):
            return tuple(self.epsilon.values())
        return (self.epsilon,)

    def check_names(self, costs: tuple[Cost, ...]) -> None:
        """Refuse an epsilon for a cost that is not audited.

        Parameters
        ----------
        costs : tuple of Cost
            The costs audited.

        Raises
        ------
        InputError
            If `epsilon` names another cost.
        """
        names = dict.fromkeys(cost.name for cost in costs)
        if isinstance(self.epsilon, Mapping):
            for name in self.epsilon:
                if name not in names:
                    raise InputError(
                        f"epsilon names the cost {name!r}, which is not audited; "
                        f"audited are {', '.join(names)}"
                    )

    def epsilon_of(self, cost: Cost, target: Target) -> float:
        """Find the smallest effect that matters for one cost.

        Parameters
        ----------
        cost : Cost
            The cost.
        target : Target
            The spread of the outcome.

        Returns
        -------
        float
            Epsilon in the cost's unit.

        Raises
        ------
        InputError
            If no epsilon was given and the evidence cannot tell one, or one above 1 for a cost
            whose BoP cannot exceed 1.

        Examples
        --------
        >>> from whogains.costs import prediction_costs
        >>> squared_error, *_ = prediction_costs("regression")
        >>> Settings().epsilon_of(squared_error, Target(10.0, 120.0, 3240.0, 14.0))
        3.24
        """
        asked = self.epsilon
        if isinstance(asked, Mapping):
            asked = asked.get(cost.name)
        if asked is not None:
            if cost.ternary and asked > 1:
                raise InputError(f"epsilon for {cost.name} must be at most 1, not {asked}")
            return float(asked)
        if cost.unit == "none":
            return DEFAULT_EPSILON
        epsilon = DEFAULT_EPSILON * target.constant_cost(cost.unit)
        if not (isfinite(epsilon) and epsilon > 0):
            raise InputError(
                f"the evidence has no scale for {cost.name}; give epsilon={{'{cost.name}': ...}}"
            )
        return epsilon

    def as_json(self) -> dict[str, Any]:
        """Give the settings as JSON values."""
        epsilon = dict(self.epsilon) if isinstance(self.epsilon, Mapping) else self.epsilon
        return {
            "epsilon": epsilon,
            "alpha": self.alpha,
            "method": self.method,
            "correction": self.correction,
            "convention": self.convention,
            "tolerated_error": self.tolerated,
            "power": self.power,
            "min_cell": self.min_cell,
        }
