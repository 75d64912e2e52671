"""Who gains when people hand over personal attributes, and whether the data can even tell.

>>> import whogains as wg
>>> data = wg.datasets.nhanes("systolic")
>>> data.personal.columns.tolist()
['sex', 'race', 'age']
"""

from whogains import datasets
from whogains._version import __version__
from whogains.api import (
    GatheredEvidence,
    audit,
    choose,
    choose_from,
    compare,
    compare_files,
    diff,
    from_dict,
    gather,
    merge,
    plan,
    predict_files,
    read_json,
)
from whogains.costs import CostMatrix, Metric
from whogains.costs import DeclaredCost as Cost
from whogains.errors import InputError
from whogains.explain import GivenAttributions
from whogains.judging import Settings
from whogains.models import OnnxModel, TorchModel, load_model
from whogains.results import Changes, Choice, Findings, Plan

__all__ = [
    "Changes",
    "Choice",
    "Cost",
    "CostMatrix",
    "Findings",
    "GatheredEvidence",
    "GivenAttributions",
    "InputError",
    "Metric",
    "OnnxModel",
    "Plan",
    "Settings",
    "TorchModel",
    "__version__",
    "audit",
    "choose",
    "choose_from",
    "compare",
    "compare_files",
    "datasets",
    "diff",
    "from_dict",
    "gather",
    "load_model",
    "merge",
    "plan",
    "predict_files",
    "read_json",
]
