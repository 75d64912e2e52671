"""Types that several rooms share, named once: arrays, and words with few values."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
TextArray = npt.NDArray[np.str_]

Task = Literal["classification", "regression"]
Convention = Literal["average", "sum"]
Family = Literal["categorical", "categorical_v1", "gaussian", "laplace", "laplace_paper"]
LimitsVerdict = Literal["untestable", "borderline", "testable"]
