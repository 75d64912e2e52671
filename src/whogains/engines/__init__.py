"""Where scoring runs."""

from whogains.engines.local import LocalScores, score_cross_fit, score_models
from whogains.engines.scoring import ExplanationScores
from whogains.engines.steps import Progress

__all__ = [
    "ExplanationScores",
    "LocalScores",
    "Progress",
    "score_cross_fit",
    "score_models",
]
