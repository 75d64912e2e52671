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
from whogains.limits.solved_for import (
    most_attributes,
    required_in_group,
    required_sizes,
    required_total,
    smallest_testable_epsilon,
    untestable_below,
)
from whogains.limits.steps import PaperSteps, paper_steps
from whogains.limits.ternary import ternary_effect, ternary_sd, ternary_signals
from whogains.limits.testable import untestable_groups, verdict

__all__ = [
    "CONVENTIONS",
    "FAMILIES",
    "Bound",
    "Bracket",
    "PaperSteps",
    "bracket",
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
    "signals",
    "sizes",
    "smallest_testable_epsilon",
    "spreads",
    "ternary_effect",
    "ternary_sd",
    "ternary_signals",
    "untestable_below",
    "untestable_groups",
    "verdict",
    "weighted_bound",
]
