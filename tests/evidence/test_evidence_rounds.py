"""How much a group's benefit differs between fits, from rounds of cross-fitting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from whogains.costs import prediction_costs
from whogains.evidence import MeanOfRounds, Score

(COST,) = prediction_costs("regression", ("squared_error",))


def rounds_of(
    rng: np.random.Generator, shared: float, own: float, *, rounds: int = 5, rows: int = 600
) -> Any:
    """Make benefits that shift by fit and group, and by row; give the spread that is seen.

    The shifts of a round's fits add up to nothing, as those of linear models do.
    """
    folds, groups = 5, 3
    codes = rng.integers(0, groups, rows)
    means = MeanOfRounds(codes, groups, rng.uniform(0.5, 2, rows))
    person = rng.normal(size=rows)
    for _ in range(rounds):
        fold = rng.permutation(rows) % folds
        shift = rng.normal(size=(folds, groups))
        shift -= shift.mean(axis=0)
        shift *= shared / np.sqrt(1 - 1 / folds)
        benefit = 3 + person + shift[fold, codes] + own * rng.normal(size=rows)
        means.add((Score(COST, benefit, np.zeros(rows)),), fold)
    (score,) = means.scores()
    return score.spread


@pytest.mark.parametrize(("shared", "own"), [(0.3, 0.0), (0.3, 1.0), (0.0, 1.0), (1.0, 0.2)])
def test_what_fits_share_is_told_from_what_is_a_rows_own(shared: float, own: float) -> None:
    rng = np.random.default_rng(1)
    found = np.array([rounds_of(rng, shared, own).groups_fits for _ in range(60)])
    # Negative estimates become 0, so that the mean lies a little above nothing.
    assert found.mean() == pytest.approx(shared**2, rel=0.08, abs=0.012)


def test_everybody_is_all_groups_as_one() -> None:
    rng = np.random.default_rng(2)
    rows, folds = 500, 5
    one, four = np.zeros(rows, dtype=int), rng.integers(0, 4, rows)
    together, apart = (MeanOfRounds(codes, codes.max() + 1) for codes in (one, four))
    for _ in range(5):
        fold = rng.permutation(rows) % folds
        shift = rng.normal(size=folds)
        scores = (Score(COST, shift[fold] + rng.normal(size=rows), np.zeros(rows)),)
        together.add(scores, fold)
        apart.add(scores, fold)
    (a,), (b,) = together.scores(), apart.scores()
    assert a.spread is not None
    assert b.spread is not None
    assert b.spread.folds == folds
    assert b.spread.population_fits == pytest.approx(a.spread.groups_fits)
    assert a.spread.population_fits == pytest.approx(a.spread.groups_fits)


def test_without_folds_nothing_is_said_of_fits() -> None:
    means = MeanOfRounds(np.zeros(20, dtype=int), 1)
    for seed in range(5):
        benefit = np.random.default_rng(seed).normal(size=20)
        means.add((Score(COST, benefit, np.zeros(20)),))
    (score,) = means.scores()
    assert score.spread is not None
    assert score.spread.folds == 0
    assert np.isnan(score.spread.groups_fits).all()
