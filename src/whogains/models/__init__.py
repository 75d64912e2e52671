"""Models as functions from a matrix of numbers to probabilities or values, and pairs of them."""

from whogains.models.adapt import adapt_model, adapt_pair
from whogains.models.encoding import Encoding
from whogains.models.fit import MODEL_NAMES, fit_model, fit_pair, named_estimator
from whogains.models.folds import assign_folds
from whogains.models.model import Model, Pair, TreeView
from whogains.models.trees import is_tree, margin

__all__ = [
    "MODEL_NAMES",
    "Encoding",
    "Model",
    "Pair",
    "TreeView",
    "adapt_model",
    "adapt_pair",
    "assign_folds",
    "fit_model",
    "fit_pair",
    "is_tree",
    "margin",
    "named_estimator",
]
