"""Bounds for policies that were chosen from the same rows, and whether means differ."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects

from whogains.inference import (
    gain_covariances,
    heterogeneity,
    mean_from_comoments,
    policy_bound,
    procedure_means,
)


def test_one_group_with_one_option_gives_up_the_usual_quantile() -> None:
    found = policy_bound([[5.0]], [[[4.0]]], [1.0], [0])
    assert found.gain == 5.0
    # The largest of 0 and a normal error has the normal's upper quantiles.
    assert found.lower == pytest.approx(5 - 2 * stats.norm.ppf(0.95), abs=0.15)


def test_independent_options_give_up_the_quantile_of_their_maximum() -> None:
    found = policy_bound([[0.0] * 3], [np.eye(3)], [1.0], [2])
    assert -found.lower == pytest.approx(stats.norm.ppf(0.95 ** (1 / 3)), abs=0.1)


def test_options_that_are_one_cost_no_more_than_one() -> None:
    one = policy_bound([[5.0]], [[[4.0]]], [1.0], [0])
    same = policy_bound([[5.0] * 3], [np.full((3, 3), 4.0)], [1.0], [1])
    assert same.lower == pytest.approx(one.lower, abs=0.15)


def test_who_is_given_nothing_gains_exactly_nothing() -> None:
    found = policy_bound([[5.0], [1.0]], [[[1.0]], [[1.0]]], [0.5, 0.5], [-1, -1])
    assert (found.gain, found.lower) == (0.0, 0.0)


def test_the_policy_of_reference_keeps_about_all_and_fieller_agrees() -> None:
    spread = np.array([[1.0, 0.3], [0.3, 1.0]])
    found = policy_bound([[20.0, 10.0]], [spread], [1.0], [1], reference=0)
    assert found.kept == 0.5
    # The lower end must be below Fieller's for a ratio that was not chosen, and not far below.
    z = stats.norm.ppf(0.95)
    k = np.linspace(0, 1, 20_001)
    off = np.sqrt(spread[1, 1] - 2 * k * spread[0, 1] + k**2 * spread[0, 0])
    fieller = k[10 - k * 20 > z * off].max()
    assert fieller - 0.06 < found.kept_lower <= fieller + 0.01


def test_a_reference_that_is_not_shown_to_gain_gives_no_share() -> None:
    found = policy_bound([[1.0, 3.0]], [np.eye(2)], [1.0], [1], reference=0)
    assert np.isnan([found.kept, found.kept_lower]).all()


def test_what_is_claimed_is_at_most_what_is_true_after_choosing() -> None:
    rng = np.random.default_rng(0)
    d, m, runs = 4, 3, 400
    truth = rng.choice([0.0, 0.5, 1.0], size=(d, m))
    root = np.linalg.cholesky(0.4 * np.eye(m) + 0.6)
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    wrong = wrong_share = 0
    for _ in range(runs):
        gains = truth + rng.normal(size=(d, m)) @ root.T
        chosen = np.where(gains.max(axis=1) > 0, gains.argmax(axis=1), -1)
        true = np.where(chosen >= 0, truth[np.arange(d), chosen], 0.0) @ shares
        spread = np.broadcast_to(root @ root.T, (d, m, m))
        found = policy_bound(gains, spread, shares, chosen, reference=0)
        wrong += found.lower > true
        if np.isfinite(found.kept_lower):
            wrong_share += found.kept_lower > true / (truth[:, 0] @ shares)
    for count in (wrong, wrong_share):
        assert count <= stats.binom.ppf(0.999, runs, 0.05)
    # The plain estimate is too high nearly always: the bound is not there for nothing.
    assert wrong < runs * 0.05 * 1.5


def test_covariances_are_numpys_and_their_diagonal_is_the_squared_error() -> None:
    rng = np.random.default_rng(1)
    benefits, groups = rng.normal(size=(60, 3)), np.repeat([0, 1], 30)
    found = gain_covariances(benefits, groups, 3)
    for j in (0, 1):
        mine = benefits[groups == j]
        np.testing.assert_allclose(found[j], np.cov(mine.T) / len(mine), rtol=1e-12)
    assert not found[2].any()


def test_covariances_with_weights_and_clusters_have_the_usual_errors() -> None:
    rng = np.random.default_rng(2)
    n = 200
    benefit, weight, cluster = rng.normal(size=n), rng.uniform(1, 3, n), rng.integers(0, 40, n)
    u = np.bincount(cluster, weight * benefit, 40)
    v = np.bincount(cluster, weight, 40)
    du, dv = u - u.mean(), v - v.mean()
    expected = mean_from_comoments(40, u.mean(), v.mean(), m_uu=du @ du, m_uv=du @ dv, m_vv=dv @ dv)
    found = gain_covariances(
        benefit[:, None], np.zeros(n, int), 1, sample_weight=weight, cluster=cluster
    )
    assert found[0, 0, 0] == pytest.approx(float(expected.se) ** 2, rel=1e-10)


def test_covariances_of_rounds_have_the_errors_of_the_procedure() -> None:
    rng = np.random.default_rng(3)
    benefits, groups = rng.normal(size=(5, 90)) + rng.normal(size=90), np.repeat([0, 1, 2], 30)
    expected = procedure_means(benefits, groups)
    found = gain_covariances(benefits[:, :, None], groups, 3)
    np.testing.assert_allclose(found[:, 0, 0], expected.se**2, rtol=1e-10)


def test_heterogeneity_is_cochrans_q() -> None:
    rng = np.random.default_rng(4)
    estimate, se = rng.normal(size=6), rng.uniform(0.5, 1.5, 6)
    expected = combine_effects(estimate, se**2).test_homogeneity()
    found = heterogeneity(estimate, se, np.zeros(6, int))
    assert found == pytest.approx(float(expected.pvalue), rel=1e-9)


def test_heterogeneity_passes_over_what_has_no_error_and_needs_two() -> None:
    assert heterogeneity([1.0, 9.0], [1.0, np.nan], [0, 0]) == 1.0
    assert heterogeneity([1.0, 9.0], [1.0, 1.0], [0, 1]) == 1.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: policy_bound([[1.0]], [[[1.0, 0.0]]], [1.0], [0]), "do not match"),
        (lambda: policy_bound([[1.0]], [[[1.0]]], [1.0, 0.0], [0]), "one value per group"),
        (lambda: policy_bound([[np.nan]], [[[1.0]]], [1.0], [0]), "without an estimate"),
        (lambda: policy_bound([[1.0]], [[[1.0]]], [1.0], [0], alpha=1.0), "alpha"),
        (lambda: gain_covariances([[1.0]], [0, 1], 2), "1 rows and groups 2"),
        (lambda: heterogeneity([1.0], [1.0, 2.0], [0]), "one value per mean"),
    ],
)
def test_shapes_that_do_not_match_are_refused(call, message) -> None:
    with pytest.raises(ValueError, match=message):
        call()
