"""The automatic choice covers wherever it chooses: small seeded simulations."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from whogains.inference import (
    MIN_MOVED_T,
    MIN_SINGLES_T,
    MIN_UNITS_PLAIN_T,
    MIN_UNITS_T,
    carrying_units,
    choose_method,
    effective_units,
    holm,
    mean_from_comoments,
    rows_for_t,
    t_interval,
    t_test,
    tail_penalty,
)

REPEATS = 2000
BOUND = 3 * np.sqrt(0.05 * 0.95 / REPEATS)


def lognormal(rng, shape):
    return rng.lognormal(size=shape), np.exp(0.5)


def laplace(rng, shape):
    return rng.laplace(size=shape), 0.0


def squared_errors(rng, shape):
    residual, generic = rng.standard_normal(shape), rng.standard_normal(shape)
    personalized = 0.2 * rng.standard_normal(shape)
    return (residual - generic) ** 2 - (residual - personalized) ** 2, 0.96


def mostly_zero(rng, shape):
    moved = rng.random(shape) < 0.2
    return np.where(moved, 0.5 + rng.standard_normal(shape), 0.0), 0.1


def summarize(u, v):
    """Estimates per repeat (row) from units (columns)."""
    du, dv = u - u.mean(1, keepdims=True), v - v.mean(1, keepdims=True)
    found = mean_from_comoments(
        u.shape[1],
        u.mean(1),
        v.mean(1),
        m_uu=(du * du).sum(1),
        m_uv=(du * dv).sum(1),
        m_vv=(dv * dv).sum(1),
        third=((du**3).sum(1), (du**2 * dv).sum(1), (du * dv**2).sum(1), (dv**3).sum(1)),
    )
    return found, effective_units(u.shape[1], v.mean(1), (dv * dv).sum(1))


def misses(found, interval, truth):
    return np.mean(interval.lower > truth), np.mean(interval.upper < truth)


@pytest.mark.parametrize("draw", [lognormal, laplace, squared_errors, mostly_zero])
@pytest.mark.parametrize("n", [MIN_UNITS_T, 3 * MIN_UNITS_T])
def test_t_with_skewness_covers_from_its_smallest_size_on(draw, n):
    if draw is mostly_zero:
        n = max(n, int(MIN_MOVED_T / 0.2))
    rows, truth = draw(np.random.default_rng(n), (REPEATS, n))
    found, _ = summarize(rows, np.ones_like(rows))
    interval = t_interval(found.estimate, found.se, found.df, skewness=found.skewness)
    lower, upper = misses(found, interval, truth)
    assert lower + upper <= 0.05 + BOUND
    assert max(lower, upper) <= 0.025 + 4 * np.sqrt(0.025 * 0.975 / REPEATS)


def test_plain_t_does_not_cover_skewed_differences_at_that_size():
    rows, truth = lognormal(np.random.default_rng(1), (REPEATS, MIN_UNITS_T))
    found, _ = summarize(rows, np.ones_like(rows))
    lower, upper = misses(found, t_interval(found.estimate, found.se, found.df), truth)
    assert upper > 0.06
    assert lower + upper > 0.05 + BOUND


def test_t_covers_clusters_of_unequal_size():
    rng = np.random.default_rng(2)
    sizes = rng.geometric(0.2, size=(REPEATS, 300)).astype(float)
    totals = sizes * rng.normal(size=sizes.shape) + np.sqrt(sizes) * rng.normal(size=sizes.shape)
    found, effective = summarize(totals, sizes)
    assert effective.mean() > MIN_UNITS_T
    interval = t_interval(found.estimate, found.se, found.df, skewness=found.skewness)
    assert sum(misses(found, interval, 0.0)) <= 0.05 + BOUND


def test_rule():
    chosen = choose_method(
        ternary=[True, True, True, False, False, False, False, False, True, False],
        bounded=[True, True, True, True, True, False, False, True, True, False],
        n=[1, 2, 500, 500, 50, 500, 50, 500, 50, 0],
        units=[1, 2, 500, 500, 50, 500, 50, 500, 50, 0],
        moved=[0, 0, 9, 500, 50, 29, 50, 29, 50, 0],
        clustered=False,
        weighted=[False] * 8 + [True, False],
    )
    expected = ["none", "score", "score", "t", "betting", "none", "none", "betting", "none", "none"]
    assert_array_equal(chosen, expected)


def test_rule_counts_clusters_and_knows_what_t_lacks():
    common = {"ternary": False, "bounded": True, "n": 5000, "weighted": False}
    assert choose_method(**common, units=MIN_UNITS_T - 1, clustered=True) == "none"
    assert choose_method(**common, units=MIN_UNITS_T, clustered=True) == "t"
    plain = choose_method(**common, units=[1999, 2000], clustered=True, skewness_known=False)
    assert MIN_UNITS_PLAIN_T == 2000
    assert_array_equal(plain, ["none", "t"])
    assert choose_method(**common | {"ternary": True}, units=50, clustered=True) == "none"


def rule(**changed):
    common = {"ternary": False, "bounded": False, "clustered": False, "weighted": False}
    n = changed.pop("n")
    return choose_method(**common | {"n": n, "units": n} | changed)


def test_each_group_is_chosen_for_alone():
    assert_array_equal(rule(n=[149, 150, 20, 0] * 16), ["none", "t", "none", "none"] * 16)
    score = rule(n=[150, 500], ternary=[False, True])
    assert_array_equal(score, ["t", "score"])
    assert_array_equal(rule(n=[5000] * 2, moved=[29, 30]), ["none", "t"])


def test_penalty_grows_with_the_groups_by_t():
    assert tail_penalty(0) == tail_penalty(1) == tail_penalty(2) == 1
    assert tail_penalty(64) == pytest.approx(4.8)
    assert tail_penalty(256) == pytest.approx(9.6)
    with pytest.raises(ValueError, match="negative"):
        tail_penalty(-1)


def test_uneven_weights_ask_for_more_units():
    # Half of the units left: 8 times as many.
    assert rule(n=2400, units=1200, weighted=True) == "t"
    assert rule(n=2398, units=1199, weighted=True) == "none"
    assert rule(n=150, units=150, weighted=True) == "t"
    assert rule(n=9000, units=240, drawn=240, weighted=True, clustered=True) == "t"
    assert rule(n=9000, units=240, weighted=True, clustered=True) == "none"


def test_clusters_of_one_row_ask_for_more_of_them():
    assert MIN_SINGLES_T == 500
    n = [2, 149, 150, 499, 500, 5000]
    lone = ["none"] * 4 + ["t"] * 2
    assert_array_equal(rule(n=n, clustered=True), lone)
    assert_array_equal(rule(n=n, clustered=True, drawn=n), lone)
    assert_array_equal(rule(n=n), ["none"] * 2 + ["t"] * 4)
    assert_array_equal(rule(n=n, ternary=True), ["score"] * 6)
    assert_array_equal(rule(n=n, ternary=True, clustered=True), lone)
    assert_array_equal(rule(n=n, bounded=True, clustered=True), lone)
    # Where some cluster holds a second row, the numbers of units say all.
    assert_array_equal(rule(n=[150, 500, 600], units=150, drawn=149, clustered=True), ["t"] * 3)
    # Weights that make rows worth less do not make clusters fewer.
    weighted = {"clustered": True, "weighted": True}
    assert_array_equal(rule(n=[499, 500], units=[498, 499], **weighted), ["none", "t"])
    assert_array_equal(rule(n=[499, 500], moved=200, metric="auc", clustered=True), ["none", "t"])
    assert_array_equal(rule(n=[1999, 2000], metric="r2", clustered=True), ["none", "t"])


def test_a_metric_asks_for_rows_that_differ():
    many = {"n": [5000] * 3, "moved": 5000, "differing": [0, 59, 60]}
    for metric in ("auc", "r2"):
        assert_array_equal(rule(**many, metric=metric), ["none", "none", "t"])
    assert_array_equal(rule(**many), ["t"] * 3)


def test_rows_that_are_needed_are_whole():
    n = np.arange(1, 500)
    common = {"n": n, "units": n, "weighted": False}
    assert set(rows_for_t(**common, clustered=True)) == {500}
    assert set(rows_for_t(**common, clustered=False)) == {150}
    nobody = {"n": 0, "units": 0, "weighted": False}
    assert rows_for_t(**nobody, clustered=[True, False]).tolist() == [np.inf, np.inf]


def clusters_with_rare_large_ones(rng, n, small):
    """Totals and sizes: one cluster in 100 has 100 rows, and large ones gain more."""
    size = np.where(rng.random((REPEATS, n)) < 0.01, 100.0, small)
    noise = 0.5 * size * rng.standard_normal(size.shape)
    noise += np.sqrt(size) * rng.standard_normal(size.shape)
    truth = 0.2 * np.log([100.0, small]) @ [1.0, 0.99 * small] / (1.0 + 0.99 * small)
    return 0.2 * size * np.log(size) + noise, size, truth


@pytest.mark.parametrize("n", [MIN_UNITS_T, 200, MIN_SINGLES_T])
def test_samples_without_the_large_clusters_that_decide_have_no_interval(n):
    u, v, truth = clusters_with_rare_large_ones(np.random.default_rng(n), n, 1.0)
    found, effective = summarize(u, v)
    interval = t_interval(found.estimate, found.se, found.df, skewness=found.skewness)
    dv = v - v.mean(1, keepdims=True)
    carrying = carrying_units(n, v.mean(1), (dv**2).sum(1), (dv**3).sum(1))
    common = {"units": effective, "carrying": carrying, "drawn": n}
    missed = interval.upper < truth
    wrong = missed & (rule(n=v.sum(1), **common, clustered=True) == "t")
    assert wrong.mean() <= 0.025
    # All of those it refuses err; without clusters they are rows like any others.
    lone = (v == 1).all(1)
    assert missed[lone].all()
    if n < MIN_SINGLES_T:
        assert not wrong.any()
        assert 0.1 < lone.mean() < 0.25


def test_no_rule_sees_large_clusters_that_are_missing_among_pairs():
    n = MIN_UNITS_T
    u, v, truth = clusters_with_rare_large_ones(np.random.default_rng(n), n, 2.0)
    found, effective = summarize(u, v)
    interval = t_interval(found.estimate, found.se, found.df, skewness=found.skewness)
    given = rule(n=v.sum(1), units=effective, drawn=n, clustered=True) == "t"
    assert given.mean() == pytest.approx(0.99**n, abs=0.03)
    assert (interval.upper < truth)[given].mean() > 0.9


def test_metrics_ask_for_more():
    assert_array_equal(rule(n=[999, 1000], metric="r2"), ["none", "t"])
    smaller = rule(n=[5000] * 2, moved=[199, 200], metric="auc")
    assert_array_equal(smaller, ["none", "t"])


def test_holm_over_many_skewed_groups_needs_the_larger_size():
    groups, repeats = 16, 1000

    def false_harm(n):
        rng = np.random.default_rng(n)
        p = []
        for _ in range(groups):
            rows, truth = squared_errors(rng, (repeats, n))
            found, _ = summarize(rows, np.ones_like(rows))
            p.append(
                t_test(
                    found.estimate,
                    found.se,
                    found.df,
                    skewness=found.skewness,
                    null=truth,
                    alternative="less",
                )
            )
        return np.mean([holm(one).min() <= 0.05 for one in np.stack(p, axis=1)])

    assert rule(n=[600] * groups).tolist() == ["t"] * groups
    assert false_harm(600) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / repeats)
    assert false_harm(60) > 0.08
