"""Evidence: mergeable sums per group and cost."""

from whogains.evidence.evidence import (
    CostEvidence,
    Evidence,
    Score,
    Spread,
    Target,
    evidence_from_scores,
    merge,
    without_equal_weights,
)
from whogains.evidence.evidence_file import (
    About,
    Collected,
    merge_collected,
    read_evidence,
    save_evidence,
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
    levels_as_written,
    union,
)
from whogains.evidence.metrics import deciding_rows, metric_score
from whogains.evidence.rounds import MeanOfRounds, mean_score
from whogains.evidence.rows import GENERIC_AND_PERSONALIZED, Pair, Rows, prediction_scores
from whogains.evidence.sums import Sums, sum_rows

__all__ = [
    "GENERIC_AND_PERSONALIZED",
    "MAX_GROUPS",
    "MAX_LEVELS",
    "About",
    "Attribute",
    "Collected",
    "CostEvidence",
    "Evidence",
    "Grouping",
    "MeanOfRounds",
    "Pair",
    "Rows",
    "Score",
    "Spread",
    "Sums",
    "Target",
    "as_level",
    "attribute",
    "attributes",
    "cross",
    "deciding_rows",
    "evidence_from_scores",
    "levels_as_written",
    "mean_score",
    "merge",
    "merge_collected",
    "metric_score",
    "prediction_scores",
    "read_evidence",
    "save_evidence",
    "sum_rows",
    "union",
    "without_equal_weights",
]
