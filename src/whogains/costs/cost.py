"""One cost: what it means for a model to serve one person well or badly.

Every cost is lower-better (AUC and R² are costs with a minus), and the benefit of personalization
(BoP) is the cost of the generic model less the cost of the personalized one, so that a positive
number always means that personalization helps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from whogains.types import FloatArray, Task

Kind = Literal["prediction", "explanation"]
Unit = Literal["none", "target", "target_squared", "deviance"]
Change = Literal["label", "squared"]
RowFunction = Callable[[FloatArray, FloatArray], FloatArray]


class GroupFunction(Protocol):
    """A metric of a group, of which more is better."""

    @property
    def negated(self) -> bool:
        """Whether the cost is the user's number with a minus."""

    def __call__(
        self, y_true: FloatArray, prediction: FloatArray, sample_weight: FloatArray, /
    ) -> float:
        """Compute it of n rows."""


THRESHOLD = 0.5
# Squares and cubes of larger numbers, or of smaller ones, leave what a float can hold.
LARGEST = 1e150


@dataclass(frozen=True, slots=True)
class Cells:
    """A number for each cell of the table of labels by outcomes; equal ones make equal costs.

    Parameters
    ----------
    tp, fp, fn, tn : float
        Of a true positive, a false positive, a false negative and a true negative.
    threshold : float
        The probability from which on the label is 1.

    Examples
    --------
    >>> Cells(fp=1, fn=5)(np.array([1.0, 0.0, 0.0]), np.array([0.4, 0.6, 0.1])).tolist()
    [5.0, 1.0, 0.0]
    """

    tp: float = 0.0
    fp: float = 0.0
    fn: float = 0.0
    tn: float = 0.0
    threshold: float = THRESHOLD

    def __call__(self, y_true: FloatArray, probability: FloatArray) -> FloatArray:
        """Give each row, shape (n,), the number of its cell."""
        label = probability >= self.threshold
        found: FloatArray = np.where(
            y_true == 1,
            np.where(label, float(self.tp), float(self.fn)),
            np.where(label, float(self.fp), float(self.tn)),
        )
        return found

    @property
    def prices(self) -> tuple[float, float]:
        """What another label changes at most: of a row whose outcome is 1, and is 0."""
        return abs(self.fn - self.tp), abs(self.fp - self.tn)


Ratio = tuple[Cells, Cells]


def no_rows(_reference: FloatArray, _prediction: FloatArray) -> FloatArray:
    """Stand in for the rows of a metric, and of a cost whose function is elsewhere."""
    raise TypeError("no row has a cost of its own here")


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
    task : {"classification", "regression", "classes", "counts", "quantiles", "survival"}
        Where the cost can be used.
    unit : {"none", "target", "target_squared", "deviance"}
        The unit of the cost, in units of the outcome; a deviance has none, and a scale.
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
        `rows` is then not to be called, but for normalized costs, of which it is what the
        numerator averages.
    default : bool
        Whether it is audited without being asked for.
    threshold : float, optional
        For costs of labels: the probability from which on the label is 1.
    ranged : bool
        Whether `lower` and `upper` are what the user knows, and rows must be checked.
    own : bool
        Whether a user declared it, with a name, a range and a label of their own.
    own_unit : str, optional
        The unit that they gave it, in words.
    ratios : tuple of (Cells, Cells)
        For metrics of labels: the metric is the mean of these ratios of means.
    value : callable, optional
        For a metric that a user declared: ``value(y_true, prediction, sample_weight)`` of a group,
        with a minus where more is better.

    Notes
    -----
    Sufficiency is P(h(x) != h(x_J)) and incomprehensiveness is -P(h(x) != h(x without J)); for
    regression the probability of a changed label becomes the mean squared change. Their
    normalized forms divide by P(h(x) != h(nothing)), what hiding everything changes, so that a
    model whose predictions vary more does not by that alone explain itself worse; derived here.

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
    own: bool = False
    own_unit: str | None = None
    ratios: tuple[Ratio, ...] = ()
    value: GroupFunction | None = None

    @property
    def ternary(self) -> bool:
        """Whether one person's BoP can only be -1, 0 or 1."""
        one_or_zero = self.name in {"zero_one", "selection_rate"}
        return not self.metric and (one_or_zero or self.change == "label")

    @property
    def normalized(self) -> bool:
        """Whether it is divided by what hiding everything changes."""
        return self.metric and self.kind == "explanation"

    @property
    def by_influence(self) -> bool:
        """Whether it is a metric of which influences tell how many rows decide."""
        return bool(self.ratios) or self.value is not None

    @property
    def negated(self) -> bool:
        """Whether it is something of which more is better, with a minus sign."""
        if self.value is not None:
            return self.value.negated
        return self.name == "net_benefit" or (self.metric and self.kind == "prediction")

    @property
    def bop_range(self) -> tuple[float, float]:
        """The lowest and highest BoP that one person can have."""
        width = self.upper - self.lower
        if isinstance(self.rows, Cells):
            # Both models' labels are of the same outcome.
            width = min(width, max(self.rows.prices))
        return -width, width


def unit_words(cost: Cost, unit: str | None) -> str | None:
    """Write the unit of a cost: its own, or one made from the outcome's; None where there is none.

    Examples
    --------
    >>> from whogains.costs import prediction_costs
    >>> squared, *_ = prediction_costs("regression")
    >>> unit_words(squared, "mmHg"), unit_words(squared, "kg/m")
    ('mmHg²', '(kg/m)²')
    """
    if cost.own_unit is not None:
        return cost.own_unit
    if unit is None or cost.unit in {"none", "deviance"}:
        return None
    if cost.unit == "target":
        return unit
    return f"{unit}²" if unit.isalnum() else f"({unit})²"
