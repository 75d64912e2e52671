"""Evidence: mergeable sums per group and cost."""

from whogains.evidence.deciding import deciding_rows
from whogains.evidence.evidence import (
    CostEvidence,
    Evidence,
    Score,
    Target,
    evidence_from_scores,
    merge,
)
from whogains.evidence.groups import (
    MAX_GROUPS,
    MAX_LEVELS,
    Attribute,
    Grouping,
    as_level,
    attribute,
    attributes,
    cross,
    union,
)
from whogains.evidence.sums import Sums, sum_rows

__all__ = [
    "MAX_GROUPS",
    "MAX_LEVELS",
    "Attribute",
    "CostEvidence",
    "Evidence",
    "Grouping",
    "Score",
    "Sums",
    "Target",
    "as_level",
    "attribute",
    "attributes",
    "cross",
    "deciding_rows",
    "evidence_from_scores",
    "merge",
    "sum_rows",
    "union",
]
