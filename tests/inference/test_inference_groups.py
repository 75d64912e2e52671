"""Several groups: Holm, intersection-union, gamma, and rules that are not tests."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.multitest import multipletests

from whogains.inference import (
    Interval,
    combine_intervals,
    gamma_interval,
    holm,
    intersection_union,
    paper_rule,
    paper_rule_type_two_error,
    t_interval,
    t_test,
)

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(P_VALUES)
def test_holm_matches_statsmodels(p):
    assert_allclose(holm(p), multipletests(p, method="holm")[1], rtol=1e-12, atol=0)


@settings(max_examples=40, deadline=None)
@given(P_VALUES, st.randoms())
def test_holm_leaves_untested_groups_out_and_ignores_their_order(p, random):
    mixed = [*p, float("nan"), float("nan")]
    random.shuffle(mixed)
    found = holm(mixed)
    tested = ~np.isnan(mixed)
    assert np.array_equal(np.isnan(found), ~tested)
    assert_allclose(np.sort(found[tested]), np.sort(holm(p)), rtol=1e-12)


def test_intersection_union():
    assert intersection_union([0.01, 0.2, 0.03]) == 0.2
    assert intersection_union([0.01, np.nan]) == 1
    assert intersection_union([]) == 1
    for rule in (holm, intersection_union):
        with pytest.raises(ValueError, match="p-values"):
            rule([1.2])
        with pytest.raises(ValueError, match="one-dimensional"):
            rule([[0.1]])


def test_every_group_gains_holds_its_level_where_it_is_hardest():
    """One group without a gain, all others with a large one: the level is attained."""
    rng = np.random.default_rng(1)
    sizes, repeats = np.array([30, 200, 1000]), 2000
    effects = np.array([0.0, 1.0, 1.0])
    estimates = effects + rng.standard_normal((repeats, 3)) / np.sqrt(sizes)
    errors = np.sqrt(rng.chisquare(sizes - 1, (repeats, 3)) / (sizes - 1) / sizes)
    p = t_test(estimates, errors, sizes - 1)
    rate = np.mean([intersection_union(row) <= 0.05 for row in p])
    assert abs(rate - 0.05) <= 3 * np.sqrt(0.05 * 0.95 / repeats)


def test_holm_holds_the_familywise_level_when_nobody_is_harmed():
    rng = np.random.default_rng(2)
    sizes, repeats = np.array([20, 30, 50, 100, 200, 1000, 2000, 5000]), 2000
    estimates = rng.standard_normal((repeats, 8)) / np.sqrt(sizes)
    errors = np.sqrt(rng.chisquare(sizes - 1, (repeats, 8)) / (sizes - 1) / sizes)
    p = t_test(estimates, errors, sizes - 1, alternative="less")
    rate = np.mean([np.any(holm(row) <= 0.05) for row in p])
    assert 0.03 < rate <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / repeats)


@pytest.mark.parametrize(
    ("sizes", "effects"),
    [
        (np.full(8, 100), np.zeros(8)),
        (np.array([20, 2000, 5000, 20000]), np.zeros(4)),
        (np.array([50, 500, 500, 5000]), np.array([0.0, 0.02, 0.1, 1.0])),
    ],
)
def test_gamma_interval_covers(sizes, effects):
    rng = np.random.default_rng(3)
    repeats, missed = 1000, np.zeros(2)
    for _ in range(repeats):
        estimate = effects + rng.standard_normal(sizes.size) / np.sqrt(sizes)
        error = np.sqrt(rng.chisquare(sizes - 1) / (sizes - 1) / sizes)
        found = gamma_interval(estimate, partial(intervals_of, estimate, error, sizes - 1))
        missed += [found.lower > effects.min(), found.upper < effects.min()]
    assert np.all(missed / repeats <= 0.025 + 3 * np.sqrt(0.025 * 0.975 / repeats))


def intervals_of(estimate, se, df, alpha):
    return t_interval(estimate, se, df, alpha=alpha)


def test_gamma_interval_by_hand():
    estimate, se, df = np.array([0.3, -0.1, 0.2]), np.array([0.1, 0.2, 0.01]), np.array([9, 9, 9])
    found = gamma_interval(estimate, partial(intervals_of, estimate, se, df), alpha=0.1)
    assert (found.estimate, found.group) == (-0.1, 1)
    assert_allclose(found.lower, -0.1 - stats.t.isf(0.05, 9) * 0.2)
    assert_allclose(found.upper, 0.2 + stats.t.isf(0.05 / 3, 9) * 0.01)


def test_a_group_without_an_interval_leaves_gamma_unbounded_below():
    estimate, se, df = (
        np.array([0.3, 0.1, np.nan]),
        np.array([0.1, np.nan, np.nan]),
        np.array([9, 0, -1]),
    )
    found = gamma_interval(estimate, partial(intervals_of, estimate, se, df))
    assert (found.estimate, found.group, found.lower) == (0.1, 1, -np.inf)
    assert_allclose(found.upper, 0.3 + stats.t.isf(0.025, 9) * 0.1)
    nothing = gamma_interval([np.nan], partial(intervals_of, [np.nan], np.nan, 0))
    assert np.isnan(nothing.estimate)
    assert (nothing.group, nothing.lower, nothing.upper) == (-1, -np.inf, np.inf)


def test_combine_intervals_takes_each_groups_method():
    t = Interval(np.array([-1.0, -2.0]), np.array([1.0, 2.0]), "t")
    betting = Interval(np.array([-3.0, -4.0]), np.array([3.0, 4.0]), "betting")
    found = combine_intervals(["betting", "t"], {"t": t, "betting": betting})
    assert_allclose(found.lower, [-3, -2])
    assert_allclose(found.upper, [3, 2])
    assert list(found.method) == ["betting", "t"]
    with pytest.raises(ValueError, match="score"):
        combine_intervals(["score", "t"], {"t": t})


def test_paper_rule_errs_like_a_coin_at_epsilon():
    rng = np.random.default_rng(4)
    assert not paper_rule([0.02, np.nan], epsilon=0.01)
    assert not paper_rule([], epsilon=0.01)
    for d in (1, 4):
        missed = [not paper_rule(0.1 + rng.standard_normal(d), epsilon=0.1) for _ in range(2000)]
        expected = paper_rule_type_two_error(d)
        assert expected == 1 - 2.0**-d
        assert abs(np.mean(missed) - expected) < 3 * np.sqrt(expected * (1 - expected) / 2000)
    with pytest.raises(ValueError, match="groups"):
        paper_rule_type_two_error(0)
