"""Costs and metrics that a user declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from whogains.costs.cost import Cells, no_rows
from whogains.costs.cost import Cost as CostObject
from whogains.costs.own_checks import (
    CheckedRows,
    CheckedValue,
    check_callable,
    check_ends,
    check_number,
    check_words,
)
from whogains.errors import InputError
from whogains.types import FloatArray, Task


class OwnCost(ABC):
    """What a user declares, wherever the name of a cost may stand."""

    @abstractmethod
    def of_task(self, task: Task) -> CostObject:
        """Give the cost for one kind of outcome.

        Raises
        ------
        InputError
            If it is not for that kind.
        """


CostNames = str | OwnCost | Sequence[str | OwnCost]


@dataclass(frozen=True, slots=True)
class Cost(OwnCost):
    """A cost of your own: one number for every person, less is better.

    Parameters
    ----------
    name : str
        A word for code, command line and JSON: letters, digits and _, not one that is built in.
    rows : callable
        ``rows(y, p)``, both arrays of shape (n,), gives the costs, shape (n,): of each row from
        that row alone. For classification y is 0 or 1 and p a probability; of K classes y is the
        number of the class, from 0, and p has shape (n, K); of q quantiles p has
        shape (n, q). Write what people gain with a minus.
    lower, upper : float, optional
        Between which two numbers every row's cost lies. With both, groups of any size have an
        interval (by betting); without, a group needs 150 rows.
    label : str, optional
        The name in words; the name by default.
    unit : str, optional
        In what the cost is counted, such as "euro" or "days".

    Raises
    ------
    InputError
        If one of them cannot be used; and later, if the function fails, gives NaN, another number
        of rows, a number outside the range, or others for the same rows the second time.

    Notes
    -----
    The function runs on arrays of different lengths, and on batches where rows are in files, in
    more than one thread. Intervals and tests are those of built-in costs: with a range those of
    the Brier score, without those of the squared error, with the same assumptions.

    Examples
    --------
    >>> import numpy as np
    >>> import whogains as wg
    >>> late = wg.Cost("late", rows=lambda y, p: np.abs(p - y) > 7, lower=0, upper=1,
    ...                label="more than a week off")
    >>> found = wg.compare([3., 9., 30., 5.] * 200, generic=[4., 20., 5., 6.] * 200,
    ...                    personalized=[3., 10., 29., 5.] * 200,
    ...                    groups={"sex": list("ffmm") * 200}, costs=late)
    >>> found.table()[["cost", "sex", "bop", "verdict"]]
       cost sex  bop verdict
    0  late   f  0.5    gain
    1  late   m  0.5    gain
    """

    name: str
    rows: Callable[[FloatArray, FloatArray], Any]
    lower: float | None = None
    upper: float | None = None
    label: str | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        check_words(self.name, self.label, self.unit)
        check_callable(self.name, "rows", self.rows)
        check_ends(self.name, self.lower, self.upper)

    def of_task(self, task: Task) -> CostObject:
        """Give the cost for one kind of outcome; its function knows what it is for."""
        lower, upper = check_ends(self.name, self.lower, self.upper)
        return CostObject(
            self.name,
            "prediction",
            task,
            "none",
            lower,
            upper,
            CheckedRows(self.name, self.rows, lower, upper),
            self.label or self.name,
            own=True,
            own_unit=self.unit,
        )


@dataclass(frozen=True, slots=True)
class Metric(OwnCost):
    """A metric of your own: one number for every group, such as those of scikit-learn.

    Parameters
    ----------
    name, label, unit
        As in `Cost`.
    value : callable
        ``value(y_true, y_pred, sample_weight)``, arrays of shape (n,), gives one number; the third
        is passed by this name where the function has it. It must count weights, and give the same
        where all are doubled.
    higher_is_better : bool
        As for accuracy; the cost is then the metric with a minus.
    lower, upper : float, optional
        The least and the greatest that it can be.

    Raises
    ------
    InputError
        If one of them cannot be used; and later, if the function fails or gives no number on all
        rows together, or another the second time. Where that is so in one group, the group has no
        number and says why.

    Notes
    -----
    Judged by the jackknife [1]_: what the metric is without each row (or cluster) in turn, or of
    more than 1,000 rows without each of 1,000 random blocks of them. That holds for metrics that
    change little with a row, as means, rates and their ratios do; not for a median or a greatest
    error. It takes two thousand calls a group, and the rows: metrics do not add.

    References
    ----------
    .. [1] Efron, B., Stein, C. (1981). The jackknife estimate of variance. Annals of Statistics 9,
       586-596.

    Examples
    --------
    >>> import numpy as np
    >>> import whogains as wg
    >>> bias = wg.Metric("bias", value=lambda y, p, w: abs(np.average(p - y, weights=w)),
    ...                  higher_is_better=False)
    >>> found = wg.compare([1., 2., 3., 4.] * 150, generic=[2., 3., 3., 4.] * 150,
    ...                    personalized=[1., 2., 3., 5.] * 150,
    ...                    groups={"sex": list("ffmm") * 150}, costs=bias)
    >>> found.table()[["cost", "sex", "bop"]]
       cost sex  bop
    0  bias   f  1.0
    1  bias   m -0.5
    """

    name: str
    value: Callable[..., Any]
    higher_is_better: bool = True
    lower: float | None = None
    upper: float | None = None
    label: str | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        check_words(self.name, self.label, self.unit)
        check_callable(self.name, "value", self.value)
        check_ends(self.name, self.lower, self.upper)
        if not isinstance(self.higher_is_better, bool):
            raise InputError(f"higher_is_better of metric {self.name!r} must be True or False")

    def of_task(self, task: Task) -> CostObject:
        """Give the metric for one kind of outcome; its function knows what it is for."""
        lower, upper = check_ends(self.name, self.lower, self.upper)
        if self.higher_is_better:
            lower, upper = -upper, -lower
        return CostObject(
            self.name,
            "prediction",
            task,
            "none",
            lower,
            upper,
            no_rows,
            self.label or self.name,
            metric=True,
            own=True,
            own_unit=self.unit,
            value=CheckedValue(self.name, self.value, 1 if self.higher_is_better else -1),
        )


@dataclass(frozen=True, slots=True)
class CostMatrix(OwnCost):
    """The price of each error: what a wrong label costs, by what really happened.

    Parameters
    ----------
    fp, fn : float
        What a false positive and a false negative cost.
    tp, tn : float
        What a true positive and a true negative cost, below 0 where they bring something.
    name, label, unit
        As in `Cost`.

    Raises
    ------
    InputError
        If a price is no finite number, or all are equal.

    Notes
    -----
    A label is 1 from the threshold in the settings on. The mean is the expected cost of Elkan [1]_.

    References
    ----------
    .. [1] Elkan, C. (2001). The foundations of cost-sensitive learning. IJCAI 17, 973-978.

    Examples
    --------
    >>> import whogains as wg
    >>> found = wg.compare([0, 1, 1, 0] * 500, generic=[.6, .6, .4, .4] * 500,
    ...                    personalized=[.1, .9, .8, .6] * 500,
    ...                    groups={"sex": list("ffmm") * 500},
    ...                    costs=wg.CostMatrix(fp=1, fn=5, unit="hours"))
    >>> found.table()[["cost", "sex", "bop"]]
              cost sex  bop
    0  cost_matrix   f  0.5
    1  cost_matrix   m  2.0
    """

    fp: float
    fn: float
    tp: float = 0.0
    tn: float = 0.0
    name: str = "cost_matrix"
    label: str | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        check_words(self.name, self.label, self.unit)
        for key in ("fp", "fn", "tp", "tn"):
            check_number(getattr(self, key), f"{key} of {self.name}")
        if len({self.fp, self.fn, self.tp, self.tn}) == 1:
            raise InputError(f"every cell of {self.name} costs the same: nothing can be gained")

    def of_task(self, task: Task) -> CostObject:
        """Give the cost; prices are of labels."""
        if task != "classification":
            raise InputError(
                f"{self.name} is the price of wrong labels and needs an outcome with two values"
            )
        cells = Cells(float(self.tp), float(self.fp), float(self.fn), float(self.tn))
        prices = (cells.tp, cells.fp, cells.fn, cells.tn)
        return CostObject(
            self.name,
            "prediction",
            task,
            "none",
            min(prices),
            max(prices),
            cells,
            self.label or "price of errors",
            threshold=cells.threshold,
            own=True,
            own_unit=self.unit,
        )


def own_cost(
    name: str, task: Task, ends: tuple[float | None, float | None], label: str, unit: str | None
) -> CostObject:
    """Name a cost whose function stays where the rows are, as evidence of it does.

    Raises
    ------
    InputError
        If a word or an end cannot be one's own.
    """
    check_words(name, label, unit)
    lower, upper = check_ends(name, *ends)
    return CostObject(
        name, "prediction", task, "none", lower, upper, no_rows, label, own=True, own_unit=unit
    )
