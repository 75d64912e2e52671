"""Can these data tell at all? Bounds on every test, from sizes, spreads and effects alone."""

from whogains.limits._arrays import (
    CONVENTIONS,
    FAMILIES,
    inside,
    option,
    positive,
    sizes,
    spreads,
)
from whogains.limits.bounds import (
    Bound,
    k_max,
    m_min,
    paper_bound,
    row_information,
    weighted_bound,
)
from whogains.limits.bracket import (
    Bracket,
    bracket,
    error_above,
    error_alone,
    error_below,
    signals,
)
from whogains.limits.detectable import (
    detectable,
    detectable_gamma,
    rows_to_detect,
    untestable_groups,
    verdict,
)
from whogains.limits.planning import (
    most_attributes,
    required_in_group,
    required_sizes,
    required_total,
    smallest_testable_epsilon,
    untestable_below,
)
from whogains.limits.steps import PaperSteps, paper_steps
from whogains.limits.ternary import (
    detectable_gamma_ternary,
    detectable_ternary,
    rows_to_detect_ternary,
    ternary_sd,
    ternary_signals,
)

__all__ = [
    "CONVENTIONS",
    "FAMILIES",
    "Bound",
    "Bracket",
    "PaperSteps",
    "bracket",
    "detectable",
    "detectable_gamma",
    "detectable_gamma_ternary",
    "detectable_ternary",
    "error_above",
    "error_alone",
    "error_below",
    "inside",
    "k_max",
    "m_min",
    "most_attributes",
    "option",
    "paper_bound",
    "paper_steps",
    "positive",
    "required_in_group",
    "required_sizes",
    "required_total",
    "row_information",
    "rows_to_detect",
    "rows_to_detect_ternary",
    "signals",
    "sizes",
    "smallest_testable_epsilon",
    "spreads",
    "ternary_sd",
    "ternary_signals",
    "untestable_below",
    "untestable_groups",
    "verdict",
    "weighted_bound",
]
