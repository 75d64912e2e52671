"""The costs that are built in; adding one means adding one object here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from whogains.costs.cost import (
    THRESHOLD,
    Cells,
    Change,
    Cost,
    Ratio,
    RowFunction,
    Unit,
    no_rows,
)
from whogains.costs.own import OwnCost
from whogains.costs.quantiles import quantile_costs
from whogains.costs.row_functions import (
    absolute,
    as_numbers,
    brier_of_classes,
    log_loss,
    minus_squared,
    poisson_deviance,
    squared,
    wrong_class,
)
from whogains.costs.survival import survival_costs
from whogains.errors import InputError
from whogains.types import QUANTITIES, FloatArray, Task

TASKS: tuple[Task, ...] = ("classification", "regression", "classes", "counts")
# Of some outcomes predictions are compared, and no model is fitted or explained.
COMPARED_TASKS: tuple[Task, ...] = (*TASKS, "quantiles", "survival")
CHANGES: tuple[Change, ...] = ("label", "squared")


@dataclass(frozen=True, slots=True)
class _LabelChanged:
    """1 where two probabilities give different labels, or minus 1."""

    threshold: float = THRESHOLD
    negated: bool = False

    def __call__(self, reference: FloatArray, prediction: FloatArray) -> FloatArray:
        changed = as_numbers((prediction >= self.threshold) != (reference >= self.threshold))
        # Taken from zero, lest an unchanged row count -0.0.
        return 0.0 - changed if self.negated else changed


# The rows with outcome 1 and those with outcome 0, with a label of 1 where they ought to have it.
_SENSITIVITY: Ratio = (Cells(tp=1), Cells(tp=1, fn=1))
_SPECIFICITY: Ratio = (Cells(tn=1), Cells(tn=1, fp=1))
_F1: Ratio = (Cells(tp=2), Cells(tp=2, fp=1, fn=1))


def _of_labels(name: str, label: str, *ratios: Ratio) -> Cost:
    return Cost(
        name,
        "prediction",
        "classification",
        "none",
        -1,
        0,
        no_rows,
        label,
        metric=True,
        default=False,
        threshold=THRESHOLD,
        ratios=ratios,
    )


# What people ask for by name, since each looks at errors from one side alone.
_OF_LABELS: tuple[Cost, ...] = (
    _of_labels("sensitivity", "sensitivity", _SENSITIVITY),
    _of_labels("specificity", "specificity", _SPECIFICITY),
    _of_labels("balanced_accuracy", "balanced accuracy", _SENSITIVITY, _SPECIFICITY),
    _of_labels("f1", "F1", _F1),
    Cost(
        "selection_rate",
        "prediction",
        "classification",
        "none",
        0,
        1,
        Cells(tp=1, fp=1),
        "selection rate",
        default=False,
        threshold=THRESHOLD,
    ),
    # Vickers, Elkin (2006), Medical Decision Making 26, 565-574, with a minus.
    Cost(
        "net_benefit",
        "prediction",
        "classification",
        "none",
        -1,
        1,
        Cells(tp=-1, fp=1),
        "net benefit",
        default=False,
        threshold=THRESHOLD,
    ),
)

PREDICTION_COSTS: tuple[Cost, ...] = (
    Cost(
        "zero_one",
        "prediction",
        "classification",
        "none",
        0,
        1,
        Cells(fp=1, fn=1),
        "0-1 loss",
        threshold=THRESHOLD,
    ),
    Cost("brier", "prediction", "classification", "none", 0, 1, squared, "Brier score"),
    Cost(
        "log_loss",
        "prediction",
        "classification",
        "none",
        0,
        # Bounded only by the clipping, which is no bound that an interval should lean on.
        inf,
        log_loss,
        "log loss",
    ),
    Cost("auc", "prediction", "classification", "none", -1, 0, no_rows, "AUC", metric=True),
    Cost(
        "squared_error",
        "prediction",
        "regression",
        "target_squared",
        0,
        inf,
        squared,
        "squared error",
    ),
    Cost(
        "absolute_error",
        "prediction",
        "regression",
        "target",
        0,
        inf,
        absolute,
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
        no_rows,
        "R²",
        metric=True,
        default=False,
    ),
    *_OF_LABELS,
)

# Of an outcome with several classes: predictions have a column for each.
CLASS_COSTS: tuple[Cost, ...] = (
    Cost("zero_one", "prediction", "classes", "none", 0, 1, wrong_class, "0-1 loss"),
    Cost("brier", "prediction", "classes", "none", 0, 2, brier_of_classes, "Brier score"),
    Cost("log_loss", "prediction", "classes", "none", 0, inf, log_loss, "log loss"),
    # One class against the rest, averaged over classes.
    Cost(
        "macro_auc",
        "prediction",
        "classes",
        "none",
        -1,
        0,
        no_rows,
        "macro AUC",
        metric=True,
        default=False,
    ),
)


# Of counts, or of rates where there are exposures, which weigh the rows.
COUNT_COSTS: tuple[Cost, ...] = (
    Cost(
        "poisson_deviance",
        "prediction",
        "counts",
        "deviance",
        0,
        inf,
        poisson_deviance,
        "Poisson deviance",
    ),
    Cost(
        "squared_error", "prediction", "counts", "target_squared", 0, inf, squared, "squared error"
    ),
    Cost(
        "absolute_error",
        "prediction",
        "counts",
        "target",
        0,
        inf,
        absolute,
        "absolute error",
        default=False,
    ),
)


def _explanation(task: Task, change: Change) -> tuple[Cost, ...]:
    label = change == "label"
    changed: RowFunction = _LabelChanged() if label else squared
    minus: RowFunction = _LabelChanged(negated=True) if label else minus_squared
    threshold = THRESHOLD if label else None
    unit: Unit = "target_squared" if task in QUANTITIES else "none"
    upper = inf if task in QUANTITIES else 1.0

    def one(name: str, rows: RowFunction, lower: float, upper: float) -> Cost:
        return Cost(
            name,
            "explanation",
            task,
            unit,
            lower,
            upper,
            rows,
            name,
            change,
            threshold=threshold,
        )

    plain = (
        one("sufficiency", changed, 0, upper),
        one("incomprehensiveness", minus, -upper, 0),
    )
    # A ratio is not bounded: features that pull against each other change more than all do.
    ends = ((0.0, inf), (-inf, 0.0))
    return (
        *plain,
        *(
            replace(
                cost,
                name=f"{cost.name}_n",
                label=f"normalized {cost.name}",
                unit="none",
                lower=low,
                upper=high,
                metric=True,
            )
            for cost, (low, high) in zip(plain, ends, strict=True)
        ),
    )


EXPLANATION_COSTS: tuple[Cost, ...] = (
    *_explanation("classification", "label"),
    *_explanation("classification", "squared"),
    *_explanation("regression", "squared"),
    *_explanation("counts", "squared"),
    # Of the probability of the class that is predicted.
    *_explanation("classes", "squared"),
)

# Every cost of a prediction, whatever the outcome; some share a name.
EVERY_PREDICTION_COST: tuple[Cost, ...] = (*PREDICTION_COSTS, *CLASS_COSTS, *COUNT_COSTS)

DEFAULT_CHANGE: dict[Task, Change] = {
    "classification": "label",
    "regression": "squared",
    "classes": "squared",
    "counts": "squared",
    "quantiles": "squared",
    "survival": "squared",
}


def prediction_costs(
    task: Task,
    names: Sequence[str | OwnCost] | None = None,
    *,
    levels: tuple[float, ...] = (),
) -> tuple[Cost, ...]:
    """Find the prediction costs of a task, in the order asked.

    Parameters
    ----------
    task : {"classification", "regression", "classes", "counts", "quantiles", "survival"}
        What the models predict.
    names : sequence of (str, Cost, Metric or CostMatrix), optional
        The costs asked for, by name or as a user declared them; by default all of the task's that
        people ask for without a reason of their own.
    levels : tuple of float
        Of predicted quantiles their levels, of predicted survival its horizons.

    Returns
    -------
    tuple of Cost
        The costs, in the order of `names`.

    Raises
    ------
    InputError
        If a name is unknown, belongs to the other task, or is there twice for two costs.

    Examples
    --------
    >>> [cost.name for cost in prediction_costs("regression")]
    ['squared_error', 'absolute_error']
    """
    every = EVERY_PREDICTION_COST
    if task in {"quantiles", "survival"}:
        every = quantile_costs(levels) if task == "quantiles" else survival_costs(levels)
    of_task = {c.name: c for c in every if c.task == task}
    if names is None:
        return tuple(cost for cost in of_task.values() if cost.default)
    found: dict[str, Cost] = {}
    for asked in dict.fromkeys(names):
        if isinstance(asked, str):
            if asked not in of_task:
                raise InputError(
                    f"cost {asked!r} is not one for {task}; choose from {', '.join(of_task)}, or "
                    "declare one (whogains.Cost, --cost-module)"
                )
            found[asked] = of_task[asked]
            continue
        if task == "survival":
            raise InputError(
                "costs of one's own are given outcomes, and of censored rows there is none: choose "
                f"from {', '.join(of_task)}"
            )
        if not isinstance(asked, OwnCost):
            raise InputError(f"costs holds {asked!r:.60}, which is neither a name nor a cost")
        cost = asked.of_task(task)
        if cost.name in {each.name for each in (*EVERY_PREDICTION_COST, *EXPLANATION_COSTS)}:
            raise InputError(f"cost {cost.name!r} is built in; give yours another name")
        if cost.name in found:
            raise InputError(f"two costs are called {cost.name!r}; give one another name")
        found[cost.name] = cost
    return tuple(found.values())


def explanation_costs(
    task: Task, change: Change | None = None, names: Sequence[str] | None = None
) -> tuple[Cost, ...]:
    """Find the explanation costs of a task.

    Parameters
    ----------
    task : {"classification", "regression", "classes", "counts"}
        What the models predict.
    change : {"label", "squared"}, optional
        What counts as a change: another label (the default for classification), or the squared
        difference of probabilities or values (the only one for regression).
    names : sequence of str, optional
        The costs asked for; by default sufficiency and incomprehensiveness, then both normalized.

    Returns
    -------
    tuple of Cost
        The costs, in the order of `names`.

    Raises
    ------
    InputError
        If the change does not exist for the task, or a name is unknown.

    Examples
    --------
    >>> [cost.name for cost in explanation_costs("classification")]
    ['sufficiency', 'incomprehensiveness', 'sufficiency_n', 'incomprehensiveness_n']
    """
    change = DEFAULT_CHANGE[task] if change is None else change
    found = {c.name: c for c in EXPLANATION_COSTS if c.task == task and c.change == change}
    if not found:
        raise InputError(f"an explanation change of {change!r} does not exist for {task}")
    asked = tuple(found if names is None else dict.fromkeys(names))
    unknown = [name for name in asked if name not in found]
    if unknown:
        raise InputError(
            f"explanation cost {unknown[0]!r} is unknown; choose from {', '.join(found)}"
        )
    if not asked:
        raise InputError(
            "explanation_costs is empty; explainers=[] (--explainers none) audits predictions alone"
        )
    return tuple(found[name] for name in asked)


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
    >>> import numpy as np
    >>> zero_one, *_ = prediction_costs("classification")
    >>> at_threshold(zero_one, 0.1).rows(np.array([1.0, 0.0]), np.array([0.1, 0.3]))
    array([0., 1.])
    """
    if cost.threshold is None:
        return cost
    if cost.name == "net_benefit":
        # At the odds of the threshold a false alarm outweighs what a hit brings.
        odds = threshold / (1 - threshold)
        rows: RowFunction = Cells(tp=-1, fp=odds, threshold=threshold)
        return replace(cost, rows=rows, upper=odds, threshold=threshold)
    rows = cost.rows
    if isinstance(rows, _LabelChanged | Cells):
        rows = replace(rows, threshold=threshold)
    ratios = tuple(
        (replace(above, threshold=threshold), replace(below, threshold=threshold))
        for above, below in cost.ratios
    )
    return replace(cost, rows=rows, ratios=ratios, threshold=threshold)
