"""Evidence: mergeable sums per group and cost."""

from whogains.evidence.collected import About, Collected, fingerprint, merge_collected, same_value
from whogains.evidence.design import Design, DesignErrors, Replicates, Strata
from whogains.evidence.disclosure import (
    BOUNDED_BELOW,
    UNNAMED,
    bounds_shares,
    dominated,
    few_outcomes,
    few_units,
    fewer,
    levels_not_named,
    telling_groups,
    telling_outcomes,
    unnamed_groups,
)
from whogains.evidence.effective import carrying_number, effective_number, effective_units
from whogains.evidence.evidence import CostEvidence, Evidence, Target, evidence_from_scores, merge
from whogains.evidence.evidence_file import (
    checksum,
    collected_from,
    evidence_content,
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
from whogains.evidence.json_values import listed, real, text, text_or_null, truth, whole
from whogains.evidence.label_metrics import CARRYING
from whogains.evidence.metrics import metric_score
from whogains.evidence.ranges import check_ranges, outside_words
from whogains.evidence.ratios import ratio_score
from whogains.evidence.rounds import MeanOfRounds, mean_score
from whogains.evidence.rows import (
    GENERIC_AND_PERSONALIZED,
    Pair,
    Rows,
    prediction_scores,
    without_equal_weights,
)
from whogains.evidence.scores import Score, Spread
from whogains.evidence.sums import Sums, sum_rows
from whogains.evidence.survival import CENSORED, survival_scores
from whogains.evidence.tallies import (
    CLIPPED,
    LABELS,
    MOVED,
    Tallies,
    label_tallies,
    one_label,
    tallied,
    two_prices,
)

__all__ = [
    "BOUNDED_BELOW",
    "CARRYING",
    "CENSORED",
    "CLIPPED",
    "GENERIC_AND_PERSONALIZED",
    "LABELS",
    "MAX_GROUPS",
    "MAX_LEVELS",
    "MOVED",
    "UNNAMED",
    "About",
    "Attribute",
    "Collected",
    "CostEvidence",
    "Design",
    "DesignErrors",
    "Evidence",
    "Grouping",
    "MeanOfRounds",
    "Pair",
    "Replicates",
    "Rows",
    "Score",
    "Spread",
    "Strata",
    "Sums",
    "Tallies",
    "Target",
    "as_level",
    "attribute",
    "attributes",
    "bounds_shares",
    "carrying_number",
    "check_ranges",
    "checksum",
    "collected_from",
    "cross",
    "dominated",
    "effective_number",
    "effective_units",
    "evidence_content",
    "evidence_from_scores",
    "few_outcomes",
    "few_units",
    "fewer",
    "fingerprint",
    "label_tallies",
    "levels_as_written",
    "levels_not_named",
    "listed",
    "mean_score",
    "merge",
    "merge_collected",
    "metric_score",
    "one_label",
    "outside_words",
    "prediction_scores",
    "ratio_score",
    "read_evidence",
    "real",
    "same_value",
    "save_evidence",
    "sum_rows",
    "survival_scores",
    "tallied",
    "telling_groups",
    "telling_outcomes",
    "text",
    "text_or_null",
    "truth",
    "two_prices",
    "union",
    "unnamed_groups",
    "whole",
    "without_equal_weights",
]
