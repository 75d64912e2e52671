"""AUC and R² pairs against scikit-learn, brute-force DeLong and derivatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.metrics import r2_score, roc_auc_score

from whogains.inference import auc_pair, mean_from_comoments, r2_pair


def brute_delong(y, score_0, score_p):
    """DeLong's covariance matrix from all pairs of rows."""
    kernels = []
    for score in (score_0, score_p):
        one, zero = score[y == 1][:, None], score[y == 0][None, :]
        kernels.append((one > zero) + 0.5 * (one == zero))
    placed_one = np.stack([kernel.mean(axis=1) for kernel in kernels])
    placed_zero = np.stack([kernel.mean(axis=0) for kernel in kernels])
    m, k = kernels[0].shape
    return placed_one.mean(axis=1), np.cov(placed_one) / m + np.cov(placed_zero) / k


def case(n, seed, ties):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(int)
    y[:4] = [0, 0, 1, 1]
    latent = y + rng.normal(size=n)
    scores = [latent + rng.normal(size=n), latent + 0.5 * rng.normal(size=n)]
    return (y, *[np.round(s * 2) / 2 if ties else s for s in scores])


@settings(max_examples=40, deadline=None)
@given(st.integers(5, 80), st.integers(0, 10**6), st.booleans())
def test_auc_and_delong_covariance_match_brute_force(n, seed, ties):
    y, score_0, score_p = case(n, seed, ties)
    found = auc_pair(y, score_0, score_p)
    metrics, covariance = brute_delong(y, score_0, score_p)
    assert_allclose([found.generic, found.personalized], metrics, rtol=1e-12)
    influence = np.stack([found.influence_generic, found.influence_personalized])
    assert_allclose(influence @ influence.T / (n * (n - 1)), covariance, rtol=1e-10, atol=1e-14)
    assert_allclose(influence.mean(axis=1), 0, atol=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
def test_auc_matches_scikit_learn(weighted):
    y, score_0, score_p = case(300, 1, ties=True)
    weight = np.random.default_rng(2).gamma(1, size=300) if weighted else None
    found = auc_pair(y, score_0, score_p, weight)
    assert_allclose(found.generic, roc_auc_score(y, score_0, sample_weight=weight), rtol=1e-12)
    assert_allclose(found.personalized, roc_auc_score(y, score_p, sample_weight=weight), rtol=1e-12)


def derivative(metric, n, weight):
    """n times the derivative of a metric of weights that add up to n."""
    weight = weight * n / weight.sum()
    rates = []
    for i in range(n):
        up, down = weight.copy(), weight.copy()
        up[i] += 1e-4
        down[i] -= 1e-4
        rates.append((metric(up) - metric(down)) / 2e-4)
    return n * weight * np.array(rates)


@pytest.mark.parametrize("weighted", [False, True])
def test_influence_is_the_derivative_by_the_weights(weighted):
    n = 60
    y, score_0, score_p = case(n, 3, ties=False)
    weight = np.random.default_rng(4).gamma(4, size=n) + 0.2 if weighted else np.ones(n)
    found = auc_pair(y, score_0, score_p, weight)
    slope = derivative(lambda w: auc_pair(y, score_0, score_p, w).generic, n, weight)
    for label in (0, 1):
        here = y == label
        m = here.sum()
        scale = np.sqrt(m * (n - 1) / (n * (m - 1)))
        assert_allclose(found.influence_generic[here], scale * slope[here], rtol=1e-4, atol=1e-6)
    target = score_p + np.random.default_rng(5).normal(size=n)
    pair = r2_pair(target, score_0, score_p, weight)
    slope = derivative(lambda w: r2_pair(target, score_0, score_p, w).personalized, n, weight)
    assert_allclose(pair.influence_personalized, slope, rtol=1e-4, atol=1e-5)


def pseudo_mean(values, labels):
    u = np.bincount(labels, weights=values)
    v = np.bincount(labels).astype(float)
    du, dv = u - u.mean(), v - v.mean()
    return mean_from_comoments(
        u.size, u.mean(), v.mean(), m_uu=(du**2).sum(), m_uv=(du * dv).sum(), m_vv=(dv**2).sum()
    )


def test_differences_are_pseudo_values_of_the_benefit():
    y, score_0, score_p = case(150, 6, ties=False)
    found = auc_pair(y, score_0, score_p)
    _, covariance = brute_delong(y, score_0, score_p)
    mean = pseudo_mean(found.differences, np.arange(150))
    assert_allclose(mean.estimate, found.personalized - found.generic, rtol=1e-10)
    contrast = np.array([-1, 1])
    assert_allclose(mean.se**2, contrast @ covariance @ contrast, rtol=1e-10)


@pytest.mark.parametrize("pair", [auc_pair, r2_pair])
def test_repeating_every_row_in_its_cluster_adds_no_information(pair):
    y, score_0, score_p = case(200, 7, ties=False)
    once = pair(y, score_0, score_p)
    twice = pair(*(np.repeat(x, 2) for x in (y, score_0, score_p)))
    clustered = pseudo_mean(twice.differences, np.repeat(np.arange(200), 2))
    alone = pseudo_mean(once.differences, np.arange(200))
    assert_allclose(clustered.estimate, alone.estimate, rtol=1e-9)
    assert_allclose(clustered.se, alone.se, rtol=0.02)


def test_weights_of_zero_are_rows_left_out():
    y, score_0, score_p = case(120, 8, ties=True)
    keep = np.random.default_rng(9).random(120) < 0.7
    for pair in (auc_pair, r2_pair):
        weighted = pair(y, score_0, score_p, keep.astype(float))
        subset = pair(y[keep], score_0[keep], score_p[keep])
        assert_allclose(weighted.generic, subset.generic, rtol=1e-12)
        assert np.all(weighted.influence_generic[~keep] == 0)
        n, m = 120, keep.sum()
        se = (weighted.influence_generic**2).sum() / (n * (n - 1))
        expected = (subset.influence_generic**2).sum() / (m * (m - 1))
        assert_allclose(se, expected, rtol=1e-10 if pair is auc_pair else 0.01)


def test_auc_standard_error_matches_its_sampling_spread():
    rng = np.random.default_rng(10)
    benefits, errors = [], []
    for _ in range(400):
        y = (rng.random(150) < 0.4).astype(int)
        latent = y + rng.normal(size=150)
        found = auc_pair(y, latent + rng.normal(size=150), latent)
        benefits.append(found.personalized - found.generic)
        errors.append(pseudo_mean(found.differences, np.arange(150)).se)
    assert_allclose(np.mean(errors), np.std(benefits), rtol=0.12)


@pytest.mark.parametrize("weighted", [False, True])
def test_r2_matches_scikit_learn(weighted):
    rng = np.random.default_rng(11)
    y = rng.normal(size=80)
    generic, personalized = y + rng.normal(size=80), y + 0.3 * rng.normal(size=80)
    weight = rng.gamma(1, size=80) if weighted else None
    found = r2_pair(y, generic, personalized, weight)
    assert_allclose(found.generic, r2_score(y, generic, sample_weight=weight), rtol=1e-10)
    assert_allclose(found.personalized, r2_score(y, personalized, sample_weight=weight), rtol=1e-10)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (auc_pair([1, 1, 1], [1, 2, 3], [1, 2, 3]), "one class only"),
        (auc_pair([], [], []), "one class only"),
        (auc_pair([1, 0], [1, 0], [1, 0], [0, 1]), "one class only"),
        (auc_pair([1, 0, 0], [1, 0, 2], [1, 0, 0]), "one row in a class"),
        (r2_pair([0.1] * 5, [0, 1, 2, 3, 4], [0.1] * 5), "constant outcome"),
        (r2_pair([2.0], [2.0], [1.0]), "constant outcome"),
        (r2_pair([], [], []), "no rows"),
    ],
)
def test_groups_without_a_metric_say_why(found, reason):
    assert found.reason == reason
    assert np.all(np.isnan(found.differences))
    if reason == "one row in a class":
        assert (found.generic, found.personalized) == (0.5, 1.0)
    else:
        assert np.isnan(found.generic)


def test_wrong_rows_are_refused():
    with pytest.raises(ValueError, match="0 and 1"):
        auc_pair([0, 2], [0, 1], [0, 1])
    with pytest.raises(ValueError, match="personalized"):
        auc_pair([0, 1], [0, 1], [0, 1, 2])
    with pytest.raises(ValueError, match="generic must hold finite"):
        r2_pair([0, 1], [0, np.inf], [0, 1])
