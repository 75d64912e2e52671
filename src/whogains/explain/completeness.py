"""Whether attributions add up to what they explain, as numbers that add over rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from whogains.types import FloatArray

if TYPE_CHECKING:
    from whogains.models import Model


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far attributions are from adding up, over some rows.

    Parameters
    ----------
    gap_squares : float
        Sum over rows of the squared difference between the sum of the attributions and what it
        must be.
    change_squares : float
        Sum over rows of the square of what it must be.
    worst : float
        The largest absolute difference of a row.
    """

    gap_squares: float = 0.0
    change_squares: float = 0.0
    worst: float = 0.0

    @classmethod
    def of(cls, attributions: FloatArray, change: FloatArray) -> Completeness:
        """Measure how far attributions (n, p) are from adding up to the changes (n,)."""
        gap = attributions.sum(axis=1) - change
        return cls(float(gap @ gap), float(change @ change), float(np.abs(gap).max(initial=0.0)))

    def __add__(self, other: Completeness) -> Completeness:
        return Completeness(
            self.gap_squares + other.gap_squares,
            self.change_squares + other.change_squares,
            max(self.worst, other.worst),
        )

    @property
    def relative_gap(self) -> float:
        """Root mean square of the gap, as a share of that of the change itself."""
        if self.gap_squares == 0:
            return 0.0
        if self.change_squares == 0:
            return float("inf")
        return float(np.sqrt(self.gap_squares / self.change_squares))


def prediction_change(model: Model, matrix: FloatArray, baseline: FloatArray) -> FloatArray:
    """Compute what attributions of a prediction add up to: it less the baseline's, shape (n,)."""
    return model.predict(matrix) - model.predict(baseline[None, :])
