"""The costs: what it means for a model to serve one person well or badly."""

from whogains.costs.built_in import (
    CHANGES,
    CLASS_COSTS,
    DEFAULT_CHANGE,
    EXPLANATION_COSTS,
    LOG_LOSS_CLIP,
    PREDICTION_COSTS,
    TASKS,
    at_threshold,
    explanation_costs,
    of_outcome,
    prediction_costs,
)
from whogains.costs.cost import (
    LARGEST,
    THRESHOLD,
    Cells,
    Change,
    Cost,
    GroupFunction,
    Ratio,
    RowFunction,
    Unit,
    unit_words,
)
from whogains.costs.own import Cost as DeclaredCost
from whogains.costs.own import CostMatrix, CostNames, Metric, OwnCost, own_cost

__all__ = [
    "CHANGES",
    "CLASS_COSTS",
    "DEFAULT_CHANGE",
    "EXPLANATION_COSTS",
    "LARGEST",
    "LOG_LOSS_CLIP",
    "PREDICTION_COSTS",
    "TASKS",
    "THRESHOLD",
    "Cells",
    "Change",
    "Cost",
    "CostMatrix",
    "CostNames",
    "DeclaredCost",
    "GroupFunction",
    "Metric",
    "OwnCost",
    "Ratio",
    "RowFunction",
    "Unit",
    "at_threshold",
    "explanation_costs",
    "of_outcome",
    "own_cost",
    "prediction_costs",
    "unit_words",
]
