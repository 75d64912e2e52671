"""Judging: evidence and settings in, records with verdicts out."""

from typing import TYPE_CHECKING

from whogains._lazy import lazily

if TYPE_CHECKING:
    from whogains.judging.advice import MOST_ATTRIBUTES, Lattice, build_choice, read_set
    from whogains.judging.audit import build_findings
    from whogains.judging.bootstrap_and_betting import ScoredRows
    from whogains.judging.changes import diff
    from whogains.judging.costs_to_judge import chosen_costs
    from whogains.judging.placebo import PlaceboScores
    from whogains.judging.plan import make_plan
    from whogains.judging.settings import (
        BASE_RATE,
        CONVENTIONS,
        CORRECTIONS,
        METHODS,
        MIN_CELL,
        RULES,
        Correction,
        Rule,
        Settings,
        SettingsOptions,
    )
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "advice": (
                "MOST_ATTRIBUTES",
                "Lattice",
                "build_choice",
                "read_set",
            ),
            "audit": ("build_findings",),
            "bootstrap_and_betting": ("ScoredRows",),
            "costs_to_judge": ("chosen_costs",),
            "changes": ("diff",),
            "placebo": ("PlaceboScores",),
            "plan": ("make_plan",),
            "settings": (
                "BASE_RATE",
                "CONVENTIONS",
                "CORRECTIONS",
                "METHODS",
                "MIN_CELL",
                "RULES",
                "Correction",
                "Rule",
                "Settings",
                "SettingsOptions",
            ),
        },
    )

__all__ = [
    "BASE_RATE",
    "CONVENTIONS",
    "CORRECTIONS",
    "METHODS",
    "MIN_CELL",
    "MOST_ATTRIBUTES",
    "RULES",
    "Correction",
    "Lattice",
    "PlaceboScores",
    "Rule",
    "ScoredRows",
    "Settings",
    "SettingsOptions",
    "build_choice",
    "build_findings",
    "chosen_costs",
    "diff",
    "make_plan",
    "read_set",
]
