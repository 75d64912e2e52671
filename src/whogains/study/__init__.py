"""The studies of the paper, rerun: several seeds, its bounds and its rule beside our verdicts."""

from whogains.study.errors_by_size import error_by_k, k_max_lines
from whogains.study.fits import Fit, GroupFits, fit_gaussian, fit_groups, fit_laplace
from whogains.study.noise import SeedNoise, block_means, seed_noise
from whogains.study.page import study_to_html
from whogains.study.reproducing import reproduce
from whogains.study.results import Reproduction, StudyResult
from whogains.study.runs import RunSettings
from whogains.study.subjects import Source, sources
from whogains.study.text import study_to_text
from whogains.study.theirs import limits_on_theirs

__all__ = [
    "Fit",
    "GroupFits",
    "Reproduction",
    "RunSettings",
    "SeedNoise",
    "Source",
    "StudyResult",
    "block_means",
    "error_by_k",
    "fit_gaussian",
    "fit_groups",
    "fit_laplace",
    "k_max_lines",
    "limits_on_theirs",
    "reproduce",
    "seed_noise",
    "sources",
    "study_to_html",
    "study_to_text",
]
