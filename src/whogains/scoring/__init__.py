"""Scoring: what two models predict for every row, and what their explanations are worth."""

from whogains.scoring.blocks_of_rows import ExplanationScores
from whogains.scoring.models_on_rows import LocalScores, score_cross_fit, score_models
from whogains.scoring.progress import Progress

__all__ = [
    "ExplanationScores",
    "LocalScores",
    "Progress",
    "score_cross_fit",
    "score_models",
]
