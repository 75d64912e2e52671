"""Costs under censoring: against scikit-survival's numbers, and against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from whogains.inference import censored_means

TIME = np.array([0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 1.6, 1.9, 2.2, 2.5, 2.9, 3.3, 3.8, 4.1, 4.6, 5.2])
EVENT = np.array([1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1])
RATE = np.linspace(0.2, 1.1, 16)


@pytest.mark.parametrize(
    ("horizon", "score"),
    # brier_score of scikit-survival 0.28.0 on these rows.
    [(1.0, 0.22980326), (2.0, 0.3835534), (3.5, 0.43068336)],
)
def test_brier_scores_are_those_of_scikit_survival(horizon: float, score: float) -> None:
    survival = np.exp(-0.5 * RATE * horizon)
    cost = np.where(horizon < TIME, (1 - survival) ** 2, survival**2)
    found = censored_means(TIME, EVENT, horizon, (cost, cost))
    assert found.generic.mean() == pytest.approx(score, abs=5e-9)


@pytest.mark.parametrize("digits", [1, 6])
def test_a_rows_number_is_the_derivative_of_the_mean_by_its_weight(digits: int) -> None:
    """With ties and without: what an estimated censoring adds is neither more nor less."""
    rng = np.random.default_rng(digits)
    n, horizon = 50, 1.05
    event, lost = rng.exponential(1, n).round(digits) + 0.1, rng.exponential(1.5, n) + 0.1
    lost = lost.round(digits)
    time, seen = np.minimum(event, lost), event <= lost
    cost, weight = rng.uniform(size=n), rng.uniform(0.5, 2, n)

    def mean(w: np.ndarray) -> float:
        values = censored_means(time, seen, horizon, (cost, cost), sample_weight=w).generic
        return float(w @ values / w.sum())

    found = censored_means(time, seen, horizon, (cost, cost), sample_weight=weight).generic
    for i in range(n):
        step = np.zeros(n)
        step[i] = 1e-5
        slope = (mean(weight + step) - mean(weight - step)) / 2e-5
        assert (found[i] - mean(weight)) / weight.sum() == pytest.approx(slope, abs=1e-9)


def test_without_censoring_it_is_the_mean() -> None:
    rng = np.random.default_rng(3)
    cost = rng.uniform(size=40)
    found = censored_means(np.arange(1.0, 41), np.ones(40), 20.5, (cost, 2 * cost))
    np.testing.assert_allclose(found.generic, cost)
    np.testing.assert_allclose(found.personalized, 2 * cost)
    assert found.worth == pytest.approx(40)
    assert found.rarer == pytest.approx(20)


def test_where_nobody_is_followed_that_long_there_is_no_number() -> None:
    found = censored_means([1.0, 2.0], [1, 0], 3.0, (np.ones(2), np.ones(2)))
    assert np.isnan(found.generic).all()
    assert found.worth == 0


def test_lengths_must_match() -> None:
    with pytest.raises(ValueError, match="one number for each row"):
        censored_means([1.0, 2.0], [1], 1.5, (np.ones(2), np.ones(2)))


def test_counting_the_weights_makes_the_error_smaller_not_larger() -> None:
    """Known weights have a larger error than those that are estimated (Bang and Tsiatis 2000)."""
    rng = np.random.default_rng(4)
    means, spread = [], []
    for _ in range(300):
        n = 200
        event, lost = rng.exponential(1, n), rng.exponential(1, n)
        time = np.minimum(event, lost)
        cost = np.where(time > 1, 0.49, 0.09)
        values = censored_means(time, event <= lost, 1.0, (cost, cost)).generic
        means.append(values.mean())
        spread.append(values.var(ddof=1) / n)
    truth = np.exp(-1) * 0.49 + (1 - np.exp(-1)) * 0.09
    assert np.mean(means) == pytest.approx(truth, abs=4 * np.std(means) / np.sqrt(300))
    # A ratio of variances of 300 draws lies within a quarter of 1 but for three in 1,000.
    assert np.mean(spread) / np.var(means, ddof=1) == pytest.approx(1, abs=0.25)
