"""Scores: what each row costs under the two models, and how that differs between rounds."""

from __future__ import annotations

from dataclasses import dataclass, field

from whogains.costs import Cost
from whogains.evidence.tallies import Tallies
from whogains.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How the benefit differs between rounds of cross-fitting, with new folds and new seeds.

    Parameters
    ----------
    rounds : int
        How many rounds there were.
    groups : ndarray of float, shape (d,)
        The variance over rounds of each group's mean benefit; NaN for a group without one.
    population : ndarray of float, shape (1,)
        That of everybody's.
    folds : int
        How many folds each round has, or 0 where that is not known.
    groups_fits : ndarray of float, shape (d,)
        The variance between fits, each on all folds but one, of what they gain the same people of
        a group, less that between rounds; NaN where it is not known.
    population_fits : ndarray of float, shape (1,)
        That of everybody.
    """

    rounds: int
    groups: FloatArray
    population: FloatArray
    folds: int
    groups_fits: FloatArray
    population_fits: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """Two numbers per person: one cost of the generic and of the personalized model.

    Parameters
    ----------
    cost : Cost
        Which cost.
    generic, personalized : ndarray of float, shape (n,)
        Each row's cost under the two models. For a metric its pseudo-values: the cost of the
        row's group plus the row's influence on it, whose weighted mean is the cost.
    explainer : str, optional
        For explanation costs, whose attributions chose the important features.
    keep : float or int, optional
        For explanation costs, the share or number of features kept.
    kept : tuple of three int, optional
        That number, and of how many features that the generic and the personalized model rank.
    whole : tuple of two ndarray of float, shape (n,), optional
        For a metric, the pseudo-values of everybody as one group.
    reasons : tuple of (str or None), length d, optional
        Why a group has no metric, such as an outcome of one class only.
    deciding : tuple of ndarray of int, shapes (d,) and (1,), optional
        For a metric, how many rows decide in each group, and of everybody (`Sums.moved`).
    tallies : mapping of str to ndarray of float, shape (n,)
        What else is counted of each row: `label_tallies`, `clip_tallies`.
    all_hidden : tuple of (tuple of two float), length d, optional
        For a normalized cost, what hiding everything changes for each model, in each group.
    spread : Spread, optional
        Where the numbers are means over rounds of cross-fitting, how these differ.
    blocks : tuple of two ndarray of int, shape (n,), optional
        For a user's metric, which rows are one unit, of groups and of everybody.
    """

    cost: Cost
    generic: FloatArray
    personalized: FloatArray
    explainer: str | None = None
    keep: float | int | None = None
    kept: tuple[int, int, int] | None = None
    whole: tuple[FloatArray, FloatArray] | None = None
    reasons: tuple[str | None, ...] | None = None
    deciding: tuple[IntArray, IntArray] | None = None
    tallies: Tallies = field(default_factory=dict)
    all_hidden: tuple[tuple[float, float], ...] | None = None
    spread: Spread | None = None
    blocks: tuple[IntArray, IntArray] | None = None
