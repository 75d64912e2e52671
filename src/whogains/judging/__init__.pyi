from .advice import (
    MOST_ATTRIBUTES as MOST_ATTRIBUTES,
    Lattice as Lattice,
    build_choice as build_choice,
    check_asked as check_asked,
    read_set as read_set,
)
from .audit import (
    build_findings as build_findings,
    group_levels as group_levels,
)
from .bootstrap_and_betting import (
    ScoredRows as ScoredRows,
)
from .changes import (
    diff as diff,
)
from .costs_to_judge import (
    chosen_costs as chosen_costs,
)
from .placebo import (
    PlaceboScores as PlaceboScores,
)
from .plan import (
    make_plan as make_plan,
)
from .sanity import (
    sanity as sanity,
)
from .settings import (
    BASE_RATE as BASE_RATE,
    CONVENTIONS as CONVENTIONS,
    CORRECTIONS as CORRECTIONS,
    METHODS as METHODS,
    MIN_CELL as MIN_CELL,
    RULES as RULES,
    Correction as Correction,
    Rule as Rule,
    Settings as Settings,
    SettingsOptions as SettingsOptions,
)
from .telling_costs import (
    telling_costs as telling_costs,
)
