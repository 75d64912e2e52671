"""Where scoring runs."""

from whogains.engines.local import (
    ExplanationScores,
    LocalScores,
    Progress,
    score_cross_fit,
    score_models,
)

__all__ = [
    "ExplanationScores",
    "LocalScores",
    "Progress",
    "score_cross_fit",
    "score_models",
]
