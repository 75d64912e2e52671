"""Models as functions from a matrix of numbers to probabilities or values, and panels of them."""

from whogains.models.adapt import adapt_model, adapt_pair
from whogains.models.encoding import Encoding
from whogains.models.extras import needed
from whogains.models.files import load_model
from whogains.models.fit import MODEL_NAMES, fit_model, fit_panel, named_estimator
from whogains.models.folds import assign_folds, deal, hold_out
from whogains.models.linear import is_linear
from whogains.models.model import EstimatorView, Model, NetworkView, Panel, told
from whogains.models.onnx import CLASSIFIER_OUTPUTS, OnnxModel
from whogains.models.probabilities import own_positive, positive_note
from whogains.models.threads import TORCH_STATE, threads_for
from whogains.models.thresholds import own_threshold
from whogains.models.torch_module import TorchModel, network_rows, network_scores
from whogains.models.trees import is_tree, margin

__all__ = [
    "CLASSIFIER_OUTPUTS",
    "MODEL_NAMES",
    "TORCH_STATE",
    "Encoding",
    "EstimatorView",
    "Model",
    "NetworkView",
    "OnnxModel",
    "Panel",
    "TorchModel",
    "adapt_model",
    "adapt_pair",
    "assign_folds",
    "deal",
    "fit_model",
    "fit_panel",
    "hold_out",
    "is_linear",
    "is_tree",
    "load_model",
    "margin",
    "named_estimator",
    "needed",
    "network_rows",
    "network_scores",
    "own_positive",
    "own_threshold",
    "positive_note",
    "threads_for",
    "told",
]
