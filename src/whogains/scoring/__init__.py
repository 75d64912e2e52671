"""Scoring: what the models of a panel predict for every row, and what their explanations are."""

from whogains.scoring.blocks_of_rows import ExplanationScores
from whogains.scoring.models_on_rows import LocalScores, score_cross_fit, score_models, stand_in
from whogains.scoring.panels import Member, pair_and_placebos
from whogains.scoring.progress import Progress
from whogains.scoring.rounds import score_rounds
from whogains.scoring.training_rows import Remembered, remembered, some_rows

__all__ = [
    "ExplanationScores",
    "LocalScores",
    "Member",
    "Progress",
    "Remembered",
    "pair_and_placebos",
    "remembered",
    "score_cross_fit",
    "score_models",
    "score_rounds",
    "some_rows",
    "stand_in",
]
