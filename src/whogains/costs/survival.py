"""Costs of predicted survival: of each horizon, given who was alive then, and over horizons."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from whogains.costs.cost import Cost
from whogains.costs.row_functions import LOG_LOSS_CLIP
from whogains.types import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class AtHorizons:
    """A cost of survival probabilities, at one horizon or averaged over time between several.

    Parameters
    ----------
    kind : {"brier", "log_loss"}
        What a probability costs, given whether the event came before the horizon.
    weights : tuple of float
        What each horizon counts, in the order of the predictions' columns.

    Examples
    --------
    >>> brier = AtHorizons("brier", (1.0,))
    >>> brier.given_state(np.array([False, True]), np.array([0.9, 0.9])).round(2).tolist()
    [0.81, 0.01]
    """

    kind: str
    weights: tuple[float, ...]

    def given_state(self, alive: BoolArray, survival: FloatArray) -> FloatArray:
        """Give what each row's probability of survival costs, shape (n,)."""
        of_state = np.where(alive, survival, 1 - survival)
        if self.kind == "brier":
            return np.asarray((1 - of_state) ** 2)
        return np.asarray(-np.log(np.clip(of_state, LOG_LOSS_CLIP, 1.0)))

    def __call__(self, _reference: FloatArray, _prediction: FloatArray) -> FloatArray:
        """Refuse: what a row costs depends on who was censored."""
        raise TypeError("what a row costs depends on who was censored")


def survival_costs(horizons: tuple[float, ...]) -> tuple[Cost, ...]:
    """Make the costs of survival probabilities at some horizons.

    Parameters
    ----------
    horizons : tuple of float
        The times of the columns, rising.

    Returns
    -------
    tuple of Cost
        The Brier score at each horizon and, with several, integrated over time between them by
        trapezoids (Graf et al. 1999); where asked for by name, the log loss at each.

    Examples
    --------
    >>> [cost.name for cost in survival_costs((1.0, 5.0))]
    ['integrated_brier', 'brier_1', 'brier_5', 'log_loss_1', 'log_loss_5']
    """
    count = len(horizons)
    alone = np.eye(count).tolist()
    found = []
    if count > 1:
        widths = np.diff(horizons) / (horizons[-1] - horizons[0])
        trapezoids = (np.append(widths, 0) + np.append(0, widths)) / 2
        weights = tuple(trapezoids.tolist())
        found.append(_cost("integrated_brier", "brier", weights, "integrated Brier score"))
    for kind, label in (("brier", "Brier score"), ("log_loss", "log loss")):
        found += [
            _cost(f"{kind}_{horizon:g}", kind, tuple(alone[k]), f"{label} at {horizon:g}")
            for k, horizon in enumerate(horizons)
        ]
    return tuple(found)


def _cost(name: str, kind: str, weights: tuple[float, ...], label: str) -> Cost:
    rows = AtHorizons(kind, weights)
    # Weights by who is still followed make a row's number larger than its cost.
    default = kind == "brier"
    return Cost(name, "prediction", "survival", "none", -inf, inf, rows, label, default=default)
