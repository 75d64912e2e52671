"""Who gains when people hand over personal attributes, and whether the data can even tell.

>>> import whogains as wg
>>> data = wg.datasets.nhanes("systolic")
>>> data.personal.columns.tolist()
['sex', 'race', 'age']
"""

from whogains import datasets
from whogains._version import __version__
from whogains.api import audit, compare, plan
from whogains.errors import InputError
from whogains.findings import Findings, Settings, read_json

__all__ = [
    "Findings",
    "InputError",
    "Settings",
    "__version__",
    "audit",
    "compare",
    "datasets",
    "plan",
    "read_json",
]
