"""The costs: what it means for a model to serve one person well or badly."""

from whogains.costs.built_in import (
    CHANGES,
    CLASS_COSTS,
    COMPARED_TASKS,
    COUNT_COSTS,
    DEFAULT_CHANGE,
    EVERY_PREDICTION_COST,
    EXPLANATION_COSTS,
    PREDICTION_COSTS,
    TASKS,
    at_threshold,
    explanation_costs,
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
from whogains.costs.quantiles import IntervalScore, Pinball, quantile_costs
from whogains.costs.row_functions import LOG_LOSS_CLIP, of_outcome
from whogains.costs.survival import AtHorizons, survival_costs

__all__ = [
    "CHANGES",
    "CLASS_COSTS",
    "COMPARED_TASKS",
    "COUNT_COSTS",
    "DEFAULT_CHANGE",
    "EVERY_PREDICTION_COST",
    "EXPLANATION_COSTS",
    "LARGEST",
    "LOG_LOSS_CLIP",
    "PREDICTION_COSTS",
    "TASKS",
    "THRESHOLD",
    "AtHorizons",
    "Cells",
    "Change",
    "Cost",
    "CostMatrix",
    "CostNames",
    "DeclaredCost",
    "GroupFunction",
    "IntervalScore",
    "Metric",
    "OwnCost",
    "Pinball",
    "Ratio",
    "RowFunction",
    "Unit",
    "at_threshold",
    "explanation_costs",
    "of_outcome",
    "own_cost",
    "prediction_costs",
    "quantile_costs",
    "survival_costs",
    "unit_words",
]
