"""What rows look like, binned so that no row is seen: differences, calibration, base rates."""

from __future__ import annotations

from dataclasses import dataclass

from whogains.records.words import Levels, Number


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the individual benefits of one group are spread.

    Parameters
    ----------
    low, high : tuple of (float or None)
        Ends of the bins, ascending. A bin holds its lower end and not its upper one; None where
        it has no end. Where `discrete`, the least and largest of the values in the bin.
    n : tuple of int
        Rows in each bin, never of fewer rows, or clusters, than `Settings.min_cell`.
    share : tuple of float
        Share of the group's weight in each bin; they add to 1.
    discrete : bool
        Whether a benefit is -1, 0 or 1.
    """

    low: tuple[Number, ...]
    high: tuple[Number, ...]
    n: tuple[int, ...]
    share: tuple[float, ...]
    discrete: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """Mean outcome against mean prediction, in bins of one model's predictions.

    Parameters
    ----------
    low, high : tuple of (float or None)
        Ends of the bins, as in `Distribution`.
    n : tuple of int
        Rows in each bin, never of fewer rows, or clusters, than `Settings.min_cell`.
    predicted, observed : tuple of float
        Weighted means of the predictions and of the outcomes in each bin.
    """

    low: tuple[Number, ...]
    high: tuple[Number, ...]
    n: tuple[int, ...]
    predicted: tuple[float, ...]
    observed: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """The outcomes of one group, and what both models say of them.

    Parameters
    ----------
    group : mapping of str to (str or None)
        The level of each attribute.
    n : int or None
        Rows; None where the group is too small to be shown.
    outcome : float or None
        Mean outcome: for a classification, the base rate.
    predicted_generic, predicted_personalized : float or None
        Mean predictions.
    generic, personalized : Calibration or None
        The calibration of each model.
    """

    group: Levels
    n: int | None
    outcome: Number
    predicted_generic: Number
    predicted_personalized: Number
    generic: Calibration | None
    personalized: Calibration | None
