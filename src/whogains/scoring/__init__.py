"""Where scoring runs."""

from whogains.scoring.pair import LocalScores, score_cross_fit, score_models
from whogains.scoring.progress import Progress
from whogains.scoring.rows import ExplanationScores

__all__ = [
    "ExplanationScores",
    "LocalScores",
    "Progress",
    "score_cross_fit",
    "score_models",
]
