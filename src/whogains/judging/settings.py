"""What a reader of evidence must decide: levels, the effect that matters, corrections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from whogains.errors import InputError

if TYPE_CHECKING:
    # The command line reads defaults here before it knows whether anything is to be computed.
    from whogains.costs import Cost
    from whogains.evidence import Target
    from whogains.types import Convention

Correction = Literal["within_cost", "all_costs"]
Rule = Literal["intersection_union", "paper"]

METHODS = ("auto", "t", "score", "bootstrap", "betting")
CORRECTIONS: tuple[Correction, ...] = ("within_cost", "all_costs")
CONVENTIONS: tuple[Convention, ...] = ("average", "sum")
RULES: tuple[Rule, ...] = ("intersection_union", "paper")

# One point of accuracy, Brier score, log loss, or R².
DEFAULT_EPSILON = 0.01

# A threshold of labels that is found in the data.
BASE_RATE = "base rate"

# An effect of a tenth of all there is to gain matters, however small the cost.
LARGEST_SHARE = 0.1

# A common threshold of statistical offices for what may be published.
MIN_CELL = 10


class SettingsOptions(TypedDict, total=False):
    """The keywords of `Settings`, as the verbs take them."""

    epsilon: float | Mapping[str, float] | None
    alpha: float
    method: str
    correction: Correction
    convention: Convention
    tolerated_error: float | None
    power: float
    min_cell: int
    rule: Rule
    margin: float | Mapping[str, float] | None
    threshold: float | str | None
    cost_range: Mapping[str, tuple[float, float]] | None
    outcome_label: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices that verdicts depend on.

    Parameters
    ----------
    epsilon : float or mapping of str to float, optional
        The smallest effect that matters, for all costs or by the name of the cost. Default: 0.01
        for costs without a unit, else one hundredth of what a constant prediction costs, and never
        above a tenth of what the generic model costs.
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
        The chance of a verdict, for the effects and rows that are said to be enough for it.
    min_cell : int
        The disclosure threshold: the fewest rows (or clusters) of a group shown, and the fewest
        rows in a bin. Rows of smaller groups are left out of every number; 0 shows every group.
    rule : {"intersection_union", "paper"}
        What decides that every group gains. "paper" claims it wherever the least BoP is at least
        epsilon, as Cornelis et al. do; it has no level, is no test, and is there to be compared.
    margin : float or mapping of str to float, optional
        The loss that would still be tolerated, for all costs or by the name of the cost. Where it
        is given, each group is also tested for non-inferiority: the null bop <= -margin.
    threshold : float or "base rate", optional
        The probability from which on a prediction is labelled 1, for the costs of labels; by
        default 0.5, or where both audited models decide by one of their own, that. "base rate" is
        the share of audited rows (with weights: weight) whose outcome is 1.
        0-1 loss counts both kinds of error alike, whatever the threshold.
    cost_range : mapping of str to pair of float, optional
        By the name of a cost, between which two numbers every row's cost is known to lie. Where
        there is such a range, small groups have an exact interval, by betting.
    outcome_label : str, optional
        The outcome in words, such as "a visit to a doctor": what reports call it, in place of the
        name of its column. No number depends on it.

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
    rule: Rule = "intersection_union"
    margin: float | Mapping[str, float] | None = None
    threshold: float | str | None = None
    cost_range: Mapping[str, tuple[float, float]] | None = None
    outcome_label: str | None = None

    def __post_init__(self) -> None:
        _check_levels(self.alpha, self.power, self.tolerated_error)
        if not 0 < self.alpha < 0.5:
            raise InputError(f"alpha must be above 0 and below 0.5, not {self.alpha}")
        if not self.alpha < self.power < 1:
            raise InputError(f"power must be above alpha and below 1, not {self.power}")
        for name, known in (
            ("method", METHODS),
            ("correction", CORRECTIONS),
            ("convention", CONVENTIONS),
            ("rule", RULES),
        ):
            asked = getattr(self, name)
            if asked not in known:
                *others, last = known
                raise InputError(f"{name} must be {', '.join(others)} or {last}, not {asked!r}")
        guessing = 1.0 if self.convention == "sum" else 0.5
        if not 0 < self.tolerated < guessing:
            raise InputError(
                f"tolerated_error must be above 0 and below {guessing}, what guessing errs, "
                f"not {self.tolerated_error}"
            )
        if isinstance(self.min_cell, bool) or not (
            isinstance(self.min_cell, Integral) and self.min_cell >= 0
        ):
            raise InputError(f"min_cell must be a whole number from 0 on, not {self.min_cell!r}")
        object.__setattr__(self, "min_cell", int(self.min_cell))
        for name in ("epsilon", "margin"):
            for value in _values(getattr(self, name)):
                check_effect(value, name)
        object.__setattr__(self, "threshold", _read_threshold(self.threshold))
        object.__setattr__(self, "cost_range", _read_ranges(self.cost_range))
        label = self.outcome_label
        if label is not None and not (isinstance(label, str) and label.strip()):
            raise InputError(
                f"outcome_label must be words, such as 'a visit to a doctor', not {label!r}"
            )

    @property
    def tolerated(self) -> float:
        """The tolerated error, in the convention chosen."""
        if self.tolerated_error is not None:
            return self.tolerated_error
        return 0.5 if self.convention == "sum" else 0.25

    def check_names(self, costs: tuple[Cost, ...]) -> None:
        """Refuse an epsilon, a margin or a range for a cost that is not audited.

        Parameters
        ----------
        costs : tuple of Cost
            The costs audited.

        Raises
        ------
        InputError
            If `epsilon`, `margin` or `cost_range` names another cost.
        """
        names = dict.fromkeys(cost.name for cost in costs)
        for which in ("epsilon", "margin", "cost_range"):
            asked = getattr(self, which)
            for name in asked if isinstance(asked, Mapping) else ():
                if name not in names:
                    raise InputError(
                        f"{which} names the cost {name!r}, which is not audited; "
                        f"audited are {', '.join(names)}"
                    )

    def epsilon_of(self, cost: Cost, target: Target, generic: float | None = None) -> float:
        """Find the smallest effect that matters for one cost.

        Parameters
        ----------
        cost : Cost
            The cost.
        target : Target
            The spread of the outcome.
        generic : float, optional
            What the generic model costs, over everybody.

        Returns
        -------
        float
            Epsilon in the cost's unit.

        Raises
        ------
        InputError
            If no epsilon was given and the evidence cannot tell one, or one above 1 for a cost
            whose BoP cannot exceed 1.

        Notes
        -----
        The default is never above a tenth of what the generic model costs: with a rare outcome,
        or a cost of explanation that is small because predictions hardly vary, a hundredth of the
        outcome's scale can be more than there is to gain. What explanations cost grows with the
        variance of predictions, and so does a tenth of it. (A hundredth of that variance was
        measured too: so small an effect calls more of what noise does a gain or a harm.) Metrics
        are counted from a perfect model's, as 1 - AUC is.

        Examples
        --------
        >>> from whogains.costs import prediction_costs
        >>> from whogains.evidence import Target
        >>> squared_error, *_ = prediction_costs("regression")
        >>> target = Target(10.0, 120.0, 3240.0, 14.0)
        >>> Settings().epsilon_of(squared_error, target)
        3.24
        >>> Settings().epsilon_of(squared_error, target, 20.0)
        2.0
        """
        return self.epsilon_and_why(cost, target, generic)[0]

    def epsilon_and_why(
        self, cost: Cost, target: Target, generic: float | None = None
    ) -> tuple[float, str]:
        """Find what `epsilon_of` does, and say in words where it comes from."""
        asked = _for_cost(self.epsilon, cost, "epsilon")
        if asked is not None:
            return asked, "as asked"
        if cost.own or cost.task == "quantiles":
            epsilon, why = _of_own(cost, generic)
        elif cost.unit == "none":
            epsilon, why = DEFAULT_EPSILON, "one point"
        else:
            epsilon = DEFAULT_EPSILON * target.constant_cost(cost.unit)
            why = "a hundredth of what a constant prediction costs"
        if not (isfinite(epsilon) and epsilon > 0):
            raise InputError(
                f"the evidence has no scale for {cost.name}; give epsilon={{'{cost.name}': ...}}"
            )
        # A perfect model's metric is the least it can be; other costs are counted from 0.
        best = cost.lower if cost.metric and not cost.normalized else 0.0
        room = 0.0 if generic is None else abs(generic - best)
        if isfinite(room) and 0 < LARGEST_SHARE * room < epsilon:
            of = "a perfect model would gain" if best else "the generic model costs"
            return LARGEST_SHARE * room, f"a tenth of what {of}"
        return epsilon, why

    def margin_of(self, cost: Cost) -> float | None:
        """Find the loss that would still be tolerated for one cost.

        Parameters
        ----------
        cost : Cost
            The cost.

        Returns
        -------
        float or None
            The margin in the cost's unit, None where none was given.

        Raises
        ------
        InputError
            If it is above 1 for a cost whose BoP cannot exceed 1.
        """
        return _for_cost(self.margin, cost, "margin")

    def as_json(self) -> dict[str, Any]:
        """Give the settings as JSON values."""
        epsilon, margin = (
            dict(each) if isinstance(each, Mapping) else each
            for each in (self.epsilon, self.margin)
        )
        return {
            "epsilon": epsilon,
            "margin": margin,
            "rule": self.rule,
            "alpha": self.alpha,
            "method": self.method,
            "correction": self.correction,
            "convention": self.convention,
            "tolerated_error": self.tolerated,
            "power": self.power,
            "min_cell": self.min_cell,
            "threshold": self.threshold,
            "cost_range": None
            if self.cost_range is None
            else {name: list(ends) for name, ends in self.cost_range.items()},
            "outcome_label": self.outcome_label,
        }


def _of_own(cost: Cost, generic: float | None) -> tuple[float, str]:
    """Find the effect that matters for a user's cost: from its range, else from what it is."""
    width = cost.upper - cost.lower
    if isfinite(width):
        return DEFAULT_EPSILON * width, "a hundredth of its range"
    found = 0.0 if generic is None else abs(generic)
    return DEFAULT_EPSILON * found, "a hundredth of what the generic model costs"


def check_effect(value: object, name: str) -> None:
    """Refuse an effect that is not positive, or whose square no float holds."""
    from whogains.costs import LARGEST

    if isinstance(value, bool) or not (
        isinstance(value, Real) and isfinite(value) and float(value) > 0
    ):
        raise InputError(f"{name} must be positive and finite, not {value!r}")
    if not 1 / LARGEST <= float(value) <= LARGEST:
        raise InputError(
            f"{name} must be from {1 / LARGEST:g} to {LARGEST:g}, not {value!r}: choose another "
            "unit of the outcome"
        )


def _check_levels(alpha: object, power: object, tolerated: object) -> None:
    """Refuse what is no number; the tolerated error may be left to its default."""
    named = {
        "alpha": alpha,
        "power": power,
        "tolerated_error": 0.0 if tolerated is None else tolerated,
    }
    for name, value in named.items():
        if isinstance(value, bool) or not isinstance(value, Real):
            raise InputError(f"{name} must be a number, not {value!r}")


def _read_threshold(asked: float | str | None) -> float | str | None:
    """Read a threshold: a number between 0 and 1, or the base rate."""
    if asked is None or (isinstance(asked, str) and asked == BASE_RATE):
        return asked
    if isinstance(asked, bool) or not isinstance(asked, Real) or not 0 < float(asked) < 1:
        raise InputError(
            f"threshold must be a number above 0 and below 1, or {BASE_RATE!r}, not {asked!r}"
        )
    return float(asked)


def _read_ranges(
    asked: Mapping[str, tuple[float, float]] | None,
) -> dict[str, tuple[float, float]] | None:
    """Read ranges by cost: two finite numbers each, the lower one first."""
    from whogains.costs import LARGEST

    if asked is None:
        return None
    if not isinstance(asked, Mapping):
        raise InputError(
            f"cost_range must say of which cost, as in {{'squared_error': (0, 400)}}, not {asked!r}"
        )
    found = {}
    for name, ends in asked.items():
        try:
            lower, upper = (float(end) for end in ends)
        except (TypeError, ValueError):
            raise InputError(
                f"cost_range of {name} must be two numbers, as in (0, 400), not {ends!r}"
            ) from None
        if not (abs(lower) <= LARGEST and abs(upper) <= LARGEST and lower < upper):
            raise InputError(
                f"cost_range of {name} must be two numbers up to {LARGEST:g}, the lower one first, "
                f"not {lower:g} and {upper:g}"
            )
        found[name] = (lower, upper)
    return found


def _values(asked: float | Mapping[str, float] | None) -> tuple[float, ...]:
    """List the values of a setting that may differ from cost to cost."""
    if asked is None:
        return ()
    return tuple(asked.values()) if isinstance(asked, Mapping) else (asked,)


def _for_cost(asked: float | Mapping[str, float] | None, cost: Cost, name: str) -> float | None:
    """Find what a setting says of one cost."""
    value = asked.get(cost.name) if isinstance(asked, Mapping) else asked
    if value is None:
        return None
    if cost.ternary and value > 1:
        raise InputError(f"{name} for {cost.name} must be at most 1, not {value}")
    return float(value)
