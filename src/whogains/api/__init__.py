"""The verbs: `audit`, `compare`, `plan`. They connect rooms and compute nothing."""

from whogains.api.auditing import audit
from whogains.api.collecting import GatheredEvidence, gather, merge
from whogains.api.comparing import compare
from whogains.api.comparing_files import compare_files
from whogains.api.predicting import predict_files
from whogains.limits import make_plan as plan

__all__ = [
    "GatheredEvidence",
    "audit",
    "compare",
    "compare_files",
    "gather",
    "merge",
    "plan",
    "predict_files",
]
