"""Models as functions from a matrix of numbers to probabilities or values, and pairs of them."""

from whogains.models.adapt import adapt_model, adapt_pair
from whogains.models.encoding import Encoding
from whogains.models.extras import needed
from whogains.models.files import load_model
from whogains.models.fit import MODEL_NAMES, fit_model, fit_pair, named_estimator
from whogains.models.folds import assign_folds
from whogains.models.linear import is_linear
from whogains.models.model import EstimatorView, Model, NetworkView, Pair, told
from whogains.models.onnx import CLASSIFIER_OUTPUTS, OnnxModel
from whogains.models.threads import TORCH_STATE
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
    "Pair",
    "TorchModel",
    "adapt_model",
    "adapt_pair",
    "assign_folds",
    "fit_model",
    "fit_pair",
    "is_linear",
    "is_tree",
    "load_model",
    "margin",
    "named_estimator",
    "needed",
    "network_rows",
    "network_scores",
    "told",
]
