"""A metric of both models on one group, with one influence value per row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from whogains.inference._arrays import one_row_per_value, row_weights
from whogains.types import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PairedMetric:
    """A higher-is-better metric of the generic and the personalized model, on the same rows.

    Attributes
    ----------
    generic, personalized : float
        The metric; NaN where ``reason`` says why it does not exist.
    influence_generic, influence_personalized : ndarray (n,)
        What each row adds: they average 0, and the variance of the metric is
        ``sum(influence**2) / (n * (n - 1))``. NaN where that variance does not exist.
    reason : str or None
        Why the metric or its variance does not exist, else None.

    Notes
    -----
    ``metric + influence`` is one pseudo-value per row. Its ordinary mean is the metric and its
    ordinary standard error the metric's, so everything that works for a mean of rows works for
    a metric: `differences` go into the same sums, clusters add up within, and so on. Sampling
    weights are already inside the influence: do not weight the pseudo-values again.
    """

    generic: float
    personalized: float
    influence_generic: FloatArray
    influence_personalized: FloatArray
    reason: str | None

    @property
    def differences(self) -> FloatArray:
        """Pseudo-values (n,) of the benefit, personalized less generic."""
        bop = self.personalized - self.generic
        return bop + self.influence_personalized - self.influence_generic


def check_pair(
    y_true: ArrayLike,
    generic: ArrayLike,
    personalized: ArrayLike,
    sample_weight: ArrayLike | None,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Check that outcomes, both models' outputs and weights are rows of one group."""
    y = one_row_per_value("y_true", y_true)
    outputs = []
    for name, values in (("generic", generic), ("personalized", personalized)):
        output = one_row_per_value(name, values)
        if output.shape != y.shape:
            raise ValueError(f"{name} must hold one value per row ({y.size}), got {output.size}")
        outputs.append(output)
    return y, outputs[0], outputs[1], row_weights(sample_weight, y.size)


def no_metric(
    n: int, reason: str, generic: float = np.nan, personalized: float = np.nan
) -> PairedMetric:
    """Build the result for a group whose metric or variance does not exist."""
    nothing = np.full(n, np.nan)
    return PairedMetric(generic, personalized, nothing, nothing.copy(), reason)
