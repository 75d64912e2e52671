"""Which features a model used for each row, and what it predicts with only those or without."""

from whogains.explain.baselines import Baseline, baseline_row
from whogains.explain.explainers import (
    EXPLAINERS,
    Attributor,
    Explainer,
    attribute,
    default_explainer,
    find_explainer,
)
from whogains.explain.masks import (
    MaskedPredictions,
    feature_groups_of,
    how_many,
    masked_predictions,
    top_features,
)
from whogains.explain.permutation import permutation_shap
from whogains.explain.settings import ExplanationSettings
from whogains.explain.trees import tree_shap

__all__ = [
    "EXPLAINERS",
    "Attributor",
    "Baseline",
    "Explainer",
    "ExplanationSettings",
    "MaskedPredictions",
    "attribute",
    "baseline_row",
    "default_explainer",
    "feature_groups_of",
    "find_explainer",
    "how_many",
    "masked_predictions",
    "permutation_shap",
    "top_features",
    "tree_shap",
]
