"""Can these data tell at all? Bounds on every test, from sizes, spreads and effects alone."""

from whogains.limits._arrays import FAMILIES, Convention, Family
from whogains.limits.alone import rows_to_detect, rows_to_detect_ternary
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
    Verdict,
    detectable,
    detectable_gamma,
    ternary_sd,
    untestable_groups,
    verdict,
)
from whogains.limits.plan import make_plan
from whogains.limits.planned import (
    Curve,
    Limits,
    Plan,
    PlannedGroup,
    PlanSettings,
    Solved,
)
from whogains.limits.planning import (
    MostAttributes,
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
    ternary_signals,
)

__all__ = [
    "FAMILIES",
    "Bound",
    "Bracket",
    "Convention",
    "Curve",
    "Family",
    "Limits",
    "MostAttributes",
    "PaperSteps",
    "Plan",
    "PlanSettings",
    "PlannedGroup",
    "Solved",
    "Verdict",
    "bracket",
    "detectable",
    "detectable_gamma",
    "detectable_gamma_ternary",
    "detectable_ternary",
    "error_above",
    "error_alone",
    "error_below",
    "k_max",
    "m_min",
    "make_plan",
    "most_attributes",
    "paper_bound",
    "paper_steps",
    "required_in_group",
    "required_sizes",
    "required_total",
    "row_information",
    "rows_to_detect",
    "rows_to_detect_ternary",
    "signals",
    "smallest_testable_epsilon",
    "ternary_sd",
    "ternary_signals",
    "untestable_below",
    "untestable_groups",
    "verdict",
    "weighted_bound",
]
