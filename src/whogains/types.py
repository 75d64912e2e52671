"""Types that several rooms share, named once: arrays, and words with few values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.str_]

Task = Literal["classification", "regression", "classes", "counts", "quantiles", "survival"]
# Tasks whose outcome is a label, and whose models predict probabilities.
LABELLED: tuple[Task, ...] = ("classification", "classes")
# Tasks whose outcome and predictions are numbers of any size.
QUANTITIES: tuple[Task, ...] = ("regression", "counts", "quantiles", "survival")
Convention = Literal["average", "sum"]
Family = Literal["categorical", "categorical_v1", "gaussian", "laplace", "laplace_paper"]
LimitsVerdict = Literal["untestable", "borderline", "testable"]


@dataclass(frozen=True, slots=True)
class MostAttributes:
    """How many yes-or-no attributes, crossed into 2^k equal groups, a sample can be split by.

    Parameters
    ----------
    testable : int or None
        Most attributes for which the threshold test tells the effect; None if not even none.
    not_untestable : int or None
        Most attributes for which no bound rules a test out; None if not even none.
    paper : float
        What the published bound allows.
    """

    testable: int | None
    not_untestable: int | None
    paper: float
