"""The verbs: `audit`, `compare`, `choose`, `plan`. They connect rooms and compute nothing."""

from typing import TYPE_CHECKING

from whogains._lazy import lazily

if TYPE_CHECKING:
    from whogains.api.auditing import audit
    from whogains.api.choosing import choose_from
    from whogains.api.choosing_by_fitting import choose
    from whogains.api.collecting import GatheredEvidence, gather
    from whogains.api.comparing import compare
    from whogains.api.comparing_files import compare_files, read_levels
    from whogains.api.merging import merge
    from whogains.api.own_costs import Cost, CostMatrix, Metric
    from whogains.api.planning import plan
    from whogains.api.predicting import predict_files
    from whogains.api.saved import diff, from_dict, read_json
    from whogains.api.watching import watch
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "auditing": ("audit",),
            "choosing": ("choose_from",),
            "choosing_by_fitting": ("choose",),
            "collecting": (
                "GatheredEvidence",
                "gather",
            ),
            "comparing": ("compare",),
            "comparing_files": (
                "compare_files",
                "read_levels",
            ),
            "merging": ("merge",),
            "own_costs": ("Cost", "CostMatrix", "Metric"),
            "planning": ("plan",),
            "predicting": ("predict_files",),
            "saved": (
                "diff",
                "from_dict",
                "read_json",
            ),
            "watching": ("watch",),
        },
    )

__all__ = [
    "Cost",
    "CostMatrix",
    "GatheredEvidence",
    "Metric",
    "audit",
    "choose",
    "choose_from",
    "compare",
    "compare_files",
    "diff",
    "from_dict",
    "gather",
    "merge",
    "plan",
    "predict_files",
    "read_json",
    "read_levels",
    "watch",
]
