"""Which features a model used for each row, and what it predicts with only those or without."""

from whogains.explain.baselines import Baseline, Baselines, baseline_rows, baselines_of
from whogains.explain.completeness import Completeness
from whogains.explain.explainers import (
    EXPLAINERS,
    Attributor,
    Explainer,
    attribute,
    checked_attributions,
    completeness,
    default_explainer,
    find_explainer,
    find_explainers,
)
from whogains.explain.given_attributions import GivenAttributions
from whogains.explain.linear import linear_shap
from whogains.explain.masks import (
    MaskedPredictions,
    feature_groups_of,
    hidden_predictions,
    how_many,
    masked_predictions,
    top_features,
)
from whogains.explain.network import (
    deeplift,
    gradient_shap,
    integrated_gradients,
    shapley_sampling,
)
from whogains.explain.occlusion import occlusion
from whogains.explain.permutation import PERMUTATIONS, permutation_shap
from whogains.explain.settings import ExplanationSettings
from whogains.explain.trees import tree_shap

__all__ = [
    "EXPLAINERS",
    "PERMUTATIONS",
    "Attributor",
    "Baseline",
    "Baselines",
    "Completeness",
    "Explainer",
    "ExplanationSettings",
    "GivenAttributions",
    "MaskedPredictions",
    "attribute",
    "baseline_rows",
    "baselines_of",
    "checked_attributions",
    "completeness",
    "deeplift",
    "default_explainer",
    "feature_groups_of",
    "find_explainer",
    "find_explainers",
    "gradient_shap",
    "hidden_predictions",
    "how_many",
    "integrated_gradients",
    "linear_shap",
    "masked_predictions",
    "occlusion",
    "permutation_shap",
    "shapley_sampling",
    "top_features",
    "tree_shap",
]
