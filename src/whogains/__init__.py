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
    compare,
    compare_files,
    gather,
    merge,
    plan,
    predict_files,
)
from whogains.errors import InputError
from whogains.explain import GivenAttributions
from whogains.findings import Changes, Findings, Settings, diff, read_json
from whogains.models import OnnxModel, TorchModel, load_model

__all__ = [
    "Changes",
    "Findings",
    "GatheredEvidence",
    "GivenAttributions",
    "InputError",
    "OnnxModel",
    "Settings",
    "TorchModel",
    "__version__",
    "audit",
    "compare",
    "compare_files",
    "datasets",
    "diff",
    "gather",
    "load_model",
    "merge",
    "plan",
    "predict_files",
    "read_json",
]
