"""The costs: what it means for a model to serve one person well or badly.

Every cost is lower-better (AUC and R² are costs with a minus), and the benefit of personalization
(BoP) is the cost of the generic model less the cost of the personalized one, so that a positive
number always means that personalization helps.

Adding a cost means adding one object to `PREDICTION_COSTS` or `EXPLANATION_COSTS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf
from typing import Literal

import numpy as np
import numpy.typing as npt

from whogains.errors import InputError
from whogains.types import FloatArray, Task

Kind = Literal["prediction", "explanation"]
Unit = Literal["none", "target", "target_squared"]
Change = Literal["label", "squared"]
RowFunction = Callable[[FloatArray, FloatArray], FloatArray]

TASKS: tuple[Task, ...] = ("classification", "regression")
CHANGES: tuple[Change, ...] = ("label", "squared")

# A probability of exactly 0 or 1 would make one wrong row cost infinity.
LOG_LOSS_CLIP = float(np.finfo(np.float64).eps)

THRESHOLD = 0.5
# Squares and cubes of larger numbers, or of smaller ones, leave what a float can hold.
LARGEST = 1e150


@dataclass(frozen=True, slots=True)
class Cost:
    """One cost, as a function of one row's numbers.

    Parameters
    ----------
    name : str
        The word used in code, on the command line, in JSON and in the documentation.
    kind : {"prediction", "explanation"}
        Whether the cost compares a prediction with the outcome, or a prediction with the same
        model's prediction on masked features.
    task : {"classification", "regression"}
        Where the cost can be used.
    unit : {"none", "target", "target_squared"}
        The unit of the cost, in units of the outcome.
    lower, upper : float
        Bounds of one row's cost; infinite where it has none.
    rows : callable
        ``rows(reference, prediction)``, both of shape (n,), gives the costs, shape (n,). The
        reference is the outcome for a prediction cost and the prediction on all features for an
        explanation cost.
    label : str
        The name in words, for people.
    change : {"label", "squared"}, optional
        For explanation costs: what counts as a change of the prediction.
    metric : bool
        Whether it belongs to a whole group (minus AUC, minus R²) and no row has one of its own;
        `rows` is then not to be called.
    default : bool
        Whether it is audited without being asked for.
    threshold : float, optional
        For costs of labels: the probability from which on the label is 1.
    ranged : bool
        Whether `lower` and `upper` are what the user knows, and rows must be checked.

    Notes
    -----
    Sufficiency is P(h(x) != h(x_J)) and incomprehensiveness is -P(h(x) != h(x without J)); for
    regression the probability of a changed label becomes the mean squared change.

    References
    ----------
    .. [1] Cornelis, Bernárdez, Jeong, Miolane, "When Machine Learning Gets Personal",
       arXiv 2502.02786, Table 1.
    """

    name: str
    kind: Kind
    task: Task
    unit: Unit
    lower: float
    upper: float
    rows: RowFunction
    label: str
    change: Change | None = None
    metric: bool = False
    default: bool = True
    threshold: float | None = None
    ranged: bool = False

    @property
    def ternary(self) -> bool:
        """Whether one person's BoP can only be -1, 0 or 1."""
        return self.name == "zero_one" or self.change == "label"

    @property
    def bop_range(self) -> tuple[float, float]:
        """The lowest and highest BoP that one person can have."""
        width = self.upper - self.lower
        return -width, width


def _as_numbers(wrong: npt.NDArray[np.bool_]) -> FloatArray:
    return wrong.astype(np.float64)


@dataclass(frozen=True, slots=True)
class _WrongLabel:
    """1 where the label that a probability gives is wrong; equal thresholds make equal costs."""

    threshold: float = THRESHOLD

    def __call__(self, y_true: FloatArray, probability: FloatArray) -> FloatArray:
        return _as_numbers((probability >= self.threshold) != (y_true == 1))


@dataclass(frozen=True, slots=True)
class _LabelChanged:
    """1 where two probabilities give different labels, or minus 1."""

    threshold: float = THRESHOLD
    negated: bool = False

    def __call__(self, reference: FloatArray, prediction: FloatArray) -> FloatArray:
        changed = _as_numbers((prediction >= self.threshold) != (reference >= self.threshold))
        # Taken from zero, lest an unchanged row count -0.0.
        return 0.0 - changed if self.negated else changed


def _log_loss(y_true: FloatArray, probability: FloatArray) -> FloatArray:
    of_outcome = np.where(y_true == 1, probability, 1.0 - probability)
    cost: FloatArray = -np.log(np.clip(of_outcome, LOG_LOSS_CLIP, 1.0))
    return cost


def _no_rows(_reference: FloatArray, _prediction: FloatArray) -> FloatArray:
    raise TypeError("a metric belongs to a group; no row has one of its own")


def _squared(reference: FloatArray, prediction: FloatArray) -> FloatArray:
    cost: FloatArray = np.square(prediction - reference)
    return cost


def _absolute(reference: FloatArray, prediction: FloatArray) -> FloatArray:
    return np.abs(prediction - reference)


def _minus_squared(reference: FloatArray, prediction: FloatArray) -> FloatArray:
    return 0.0 - _squared(reference, prediction)


PREDICTION_COSTS: tuple[Cost, ...] = (
    Cost(
        "zero_one",
        "prediction",
        "classification",
        "none",
        0,
        1,
        _WrongLabel(),
        "0-1 loss",
        threshold=THRESHOLD,
    ),
    Cost("brier", "prediction", "classification", "none", 0, 1, _squared, "Brier score"),
    Cost(
        "log_loss",
        "prediction",
        "classification",
        "none",
        0,
        # Bounded only by the clipping, which is no bound that an interval should lean on.
        inf,
        _log_loss,
        "log loss",
    ),
    Cost("auc", "prediction", "classification", "none", -1, 0, _no_rows, "AUC", metric=True),
    Cost(
        "squared_error",
        "prediction",
        "regression",
        "target_squared",
        0,
        inf,
        _squared,
        "squared error",
    ),
    Cost(
        "absolute_error",
        "prediction",
        "regression",
        "target",
        0,
        inf,
        _absolute,
        "absolute error",
    ),
    # Its interval holds its level from 1,000 rows a group on, which few groups have.
    Cost(
        "r2",
        "prediction",
        "regression",
        "none",
        -1,
        inf,
        _no_rows,
        "R²",
        metric=True,
        default=False,
    ),
)


def _explanation(task: Task, change: Change) -> tuple[Cost, Cost]:
    label = change == "label"
    changed: RowFunction = _LabelChanged() if label else _squared
    minus: RowFunction = _LabelChanged(negated=True) if label else _minus_squared
    threshold = THRESHOLD if label else None
    unit: Unit = "target_squared" if task == "regression" else "none"
    upper = 1.0 if task == "classification" else inf
    return (
        Cost(
            "sufficiency",
            "explanation",
            task,
            unit,
            0,
            upper,
            changed,
            "sufficiency",
            change,
            threshold=threshold,
        ),
        Cost(
            "incomprehensiveness",
            "explanation",
            task,
            unit,
            -upper,
            0,
            minus,
            "incomprehensiveness",
            change,
            threshold=threshold,
        ),
    )


EXPLANATION_COSTS: tuple[Cost, ...] = (
    *_explanation("classification", "label"),
    *_explanation("classification", "squared"),
    *_explanation("regression", "squared"),
)

DEFAULT_CHANGE: dict[Task, Change] = {"classification": "label", "regression": "squared"}


def prediction_costs(task: Task, names: tuple[str, ...] | None = None) -> tuple[Cost, ...]:
    """Find the prediction costs of a task, in the order asked.

    Parameters
    ----------
    task : {"classification", "regression"}
        What the models predict.
    names : tuple of str, optional
        The costs asked for; all of the task's but R² by default.

    Returns
    -------
    tuple of Cost
        The costs, in the order of `names`.

    Raises
    ------
    InputError
        If a name is unknown or belongs to the other task.

    Examples
    --------
    >>> [cost.name for cost in prediction_costs("regression")]
    ['squared_error', 'absolute_error']
    """
    of_task = {cost.name: cost for cost in PREDICTION_COSTS if cost.task == task}
    if names is None:
        return tuple(cost for cost in of_task.values() if cost.default)
    unknown = [name for name in names if name not in of_task]
    if unknown:
        raise InputError(
            f"cost {unknown[0]!r} is not one for {task}; choose from {', '.join(of_task)}"
        )
    return tuple(of_task[name] for name in dict.fromkeys(names))


def explanation_costs(task: Task, change: Change | None = None) -> tuple[Cost, Cost]:
    """Find sufficiency and incomprehensiveness for a task.

    Parameters
    ----------
    task : {"classification", "regression"}
        What the models predict.
    change : {"label", "squared"}, optional
        What counts as a change: another label (the default for classification), or the squared
        difference of probabilities or values (the only one for regression).

    Returns
    -------
    tuple of Cost
        Sufficiency, then incomprehensiveness.

    Raises
    ------
    InputError
        If the change does not exist for the task.

    Examples
    --------
    >>> [cost.bop_range for cost in explanation_costs("classification")]
    [(-1.0, 1.0), (-1.0, 1.0)]
    """
    change = DEFAULT_CHANGE[task] if change is None else change
    found = [c for c in EXPLANATION_COSTS if c.task == task and c.change == change]
    if not found:
        raise InputError(f"an explanation change of {change!r} does not exist for {task}")
    return found[0], found[1]


def at_threshold(cost: Cost, threshold: float) -> Cost:
    """Let labels be 1 from another probability on.

    Parameters
    ----------
    cost : Cost
        Any cost.
    threshold : float
        The least probability that is labelled 1, above 0 and below 1.

    Returns
    -------
    Cost
        The cost at that threshold; the same one if it knows no labels.

    Examples
    --------
    >>> zero_one, *_ = prediction_costs("classification")
    >>> at_threshold(zero_one, 0.1).rows(np.array([1.0, 0.0]), np.array([0.1, 0.3]))
    array([0., 1.])
    """
    if cost.threshold is None:
        return cost
    rows: RowFunction = (
        replace(cost.rows, threshold=threshold)
        if isinstance(cost.rows, _LabelChanged)
        else _WrongLabel(threshold)
    )
    return replace(cost, rows=rows, threshold=threshold)


def unit_words(of_cost: Unit, unit: str | None) -> str | None:
    """Write the unit of a cost from the outcome's; None where there is none or it is not known.

    Examples
    --------
    >>> unit_words("target_squared", "mmHg"), unit_words("target_squared", "kg/m")
    ('mmHg²', '(kg/m)²')
    """
    if unit is None or of_cost == "none":
        return None
    if of_cost == "target":
        return unit
    return f"{unit}²" if unit.isalnum() else f"({unit})²"
