"""Sums add, and what they add to is what the rows give at once."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from whogains.costs import prediction_costs
from whogains.errors import InputError
from whogains.evidence import (
    Score,
    Sums,
    attribute,
    cross,
    evidence_from_scores,
    merge,
    sum_rows,
)


def rows(seed, n, d=3, weighted=False, clustered=False):
    rng = np.random.default_rng(seed)
    return {
        "generic": 1e6 + rng.exponential(size=n),
        "personalized": 1e6 + rng.exponential(size=n),
        "codes": rng.integers(0, d, n),
        "sample_weight": rng.uniform(0.5, 3, n) if weighted else None,
        "cluster": rng.integers(0, max(1, n // 3), n) if clustered else None,
    }


def part(data, mask):
    return {k: None if v is None else v[mask] for k, v in data.items()}


def assert_equal(a: Sums, b: Sums):
    for field in fields(Sums):
        np.testing.assert_allclose(
            getattr(a, field.name), getattr(b, field.name), rtol=1e-9, atol=1e-7, err_msg=field.name
        )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("clustered", [False, True])
@given(seed=st.integers(0, 10**6), n=st.integers(0, 60), parts=st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_any_split_into_parts_adds_up_to_the_whole(weighted, clustered, seed, n, parts):
    data = rows(seed, n, weighted=weighted, clustered=clustered)
    rng = np.random.default_rng(seed + 1)
    unit = data["cluster"] if clustered else np.arange(n)
    # Whole clusters go to a part: splitting one is what merge refuses to do in silence.
    of_unit = rng.integers(0, parts, n + 1)
    where = of_unit[unit]
    whole = sum_rows(size=3, **data)
    pieces = [sum_rows(size=3, **part(data, where == k)) for k in rng.permutation(parts)]
    total = pieces[0]
    for piece in pieces[1:]:
        total = total + piece
    assert_equal(total, whole)


def test_sums_against_pandas():
    data = rows(3, 200)
    frame = pd.DataFrame({k: v for k, v in data.items() if v is not None})
    frame["bop"] = frame["generic"] - frame["personalized"]
    by_group = frame.groupby("codes")
    sums = sum_rows(size=3, **data)
    np.testing.assert_allclose(sums.mean_u, by_group["bop"].mean(), rtol=1e-12)
    np.testing.assert_allclose(sums.m_uu / (sums.units - 1), by_group["bop"].var(), rtol=1e-12)
    np.testing.assert_allclose(sums.generic, by_group["generic"].mean(), rtol=1e-12)
    assert sums.gains.tolist() == by_group["bop"].apply(lambda b: (b > 0).sum()).tolist()


def test_cluster_totals_against_a_loop():
    data = rows(4, 90, weighted=True, clustered=True)
    sums = sum_rows(size=3, **data)
    for group in range(3):
        inside = data["codes"] == group
        bop = (data["generic"] - data["personalized"])[inside]
        weight, cluster = data["sample_weight"][inside], data["cluster"][inside]
        u = np.array([(weight * bop)[cluster == c].sum() for c in np.unique(cluster)])
        v = np.array([weight[cluster == c].sum() for c in np.unique(cluster)])
        assert sums.units[group] == len(u)
        np.testing.assert_allclose(sums.mean_u[group], u.mean(), rtol=1e-9)
        np.testing.assert_allclose(
            [sums.m_uu[group], sums.m_uv[group], sums.m_vv[group]],
            (np.cov(u, v) * (len(u) - 1))[[0, 0, 1], [0, 1, 1]],
            rtol=1e-6,
        )
        off_u, off_v = u - u.mean(), v - v.mean()
        np.testing.assert_allclose(sums.m_uuv[group], (off_u**2 * off_v).sum(), rtol=1e-6)
        np.testing.assert_allclose(sums.m_uvv[group], (off_u * off_v**2).sum(), rtol=1e-6)


def test_skewness_against_scipy():
    data = rows(5, 300)
    sums = sum_rows(size=1, **{**data, "codes": np.zeros(300, dtype=int)})
    skewness = np.sqrt(300) * sums.m_uuu[0] / sums.m_uu[0] ** 1.5
    assert skewness == pytest.approx(stats.skew(data["generic"] - data["personalized"]), rel=1e-9)


def test_equal_costs_far_from_zero_have_no_spread():
    cost = np.full(1000, 1e9 + 0.1)
    sums = sum_rows(cost + 3, cost, np.zeros(1000, dtype=int), 1)
    assert sums.m_uu[0] == pytest.approx(0, abs=1e-9)


def evidence(y, p0, p1, sex, **options):
    codes, levels = pd.factorize(np.asarray(sex), sort=True)
    grouping, of_row = cross([attribute("sex", codes, list(levels))])
    costs = prediction_costs("classification", ("zero_one", "brier", "log_loss"))
    scores = tuple(Score(c, c.rows(y, p0), c.rows(y, p1)) for c in costs)
    return evidence_from_scores(scores, grouping, of_row, y, **options)


def some(n, seed=0, levels=("F", "M")):
    rng = np.random.default_rng(seed)
    return (
        rng.integers(0, 2, n).astype(float),
        rng.uniform(size=n),
        rng.uniform(size=n),
        rng.choice(levels, n),
    )


def test_parts_that_saw_different_levels_still_add():
    y, p0, p1, sex = some(60, levels=("F", "M", "X"))
    only = sex == "X"
    first, second = (evidence(*(v[m] for v in (y, p0, p1, sex))) for m in (only, ~only))
    whole = evidence(y, p0, p1, sex)
    for total in (first + second, second + first):
        assert total.grouping == whole.grouping
        for a, b in zip(total.costs, whole.costs, strict=True):
            assert_equal(a.groups, b.groups)
            assert_equal(a.population, b.population)
        assert total.target.m2 == pytest.approx(whole.target.m2)
        assert np.isnan(total.target.mean_absolute_deviation)


def test_clusters_add_only_when_said_to_be_disjoint():
    data = some(40)
    a = evidence(*data, cluster=np.arange(40) // 2)
    with pytest.raises(InputError, match="disjoint_clusters=True"):
        a + a
    assert merge(a, a, disjoint_clusters=True).rows == 80


def test_different_costs_or_designs_do_not_add():
    y, p0, p1, sex = some(40)
    a = evidence(y, p0, p1, sex)
    with pytest.raises(InputError, match="clusters or weights"):
        a + evidence(y, p0, p1, sex, sample_weight=np.ones(40))
    short = evidence_from_scores((), a.grouping, np.zeros(0, dtype=int), np.zeros(0))
    with pytest.raises(InputError, match="different costs"):
        a + short


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, np.inf])
def test_a_weight_that_is_no_weight_is_named_by_row(bad):
    weight = np.ones(40)
    weight[7] = bad
    with pytest.raises(InputError, match="1 are not, the first in row 7"):
        evidence(*some(40), sample_weight=weight)


def test_mean_absolute_deviation_is_the_best_constant_prediction():
    y = np.array([0.0, 0, 3, 10, 11, 50])
    weight = np.array([1.0, 2, 1, 1, 1, 3])
    grouping, codes = cross([attribute("g", np.zeros(6, dtype=int), ["a"])])
    squared, absolute = (
        Score(cost, y, y)
        for cost in prediction_costs("regression", ("squared_error", "absolute_error"))
    )
    target, unread = (
        evidence_from_scores(scores, grouping, codes, y, sample_weight=weight).target
        for scores in ((squared, absolute), (squared,))
    )
    # No cost in the unit of the outcome: nothing reads the median, which takes a sort.
    assert np.isnan(unread.mean_absolute_deviation)
    grid = np.linspace(0, 50, 5001)
    best = min(float(weight @ np.abs(y - c)) / weight.sum() for c in grid)
    assert target.constant_cost("target") == pytest.approx(best)
    variance = np.average((y - np.average(y, weights=weight)) ** 2, weights=weight)
    assert target.constant_cost("target_squared") == pytest.approx(variance)


def test_a_metric_of_all_rows_does_not_add():
    y, p0, p1, sex = some(40)
    codes, levels = pd.factorize(sex)
    grouping, of_row = cross([attribute("sex", codes, list(levels))])
    auc = prediction_costs("classification", ("auc",))[0]
    a = evidence_from_scores((Score(auc, p0, p1, whole=(p1, p0)),), grouping, of_row, y)
    assert a.costs[0].population.generic[0] == pytest.approx(p1.mean())
    with pytest.raises(InputError, match="auc belongs to all rows together"):
        a + a


def test_each_class_counts_its_weight_and_its_units_in_classifications_alone():
    y, p0, p1, sex = some(60)
    everybody = evidence(y, p0, p1, sex).costs[0].population
    assert everybody.ones[0] == everybody.effective_ones[0] == y.sum()
    assert everybody.zeros[0] == everybody.effective_zeros[0] == 60 - y.sum()
    grouping, of_row = cross([attribute("sex", (sex == "F").astype(int), ["M", "F"])])
    squared = prediction_costs("regression", ("squared_error",))[0]
    scores = (Score(squared, p0, p1),)
    sums = evidence_from_scores(scores, grouping, of_row, y).costs[0].groups
    assert sums.ones.sum() == sums.effective_ones.sum() == 0


def test_a_class_in_few_clusters_is_worth_few_units():
    y = np.repeat([1.0, 0.0, 0.0], 20)
    cluster = np.concatenate([np.repeat([0, 1], 10), np.arange(2, 42)])
    weight = np.concatenate([np.full(20, 1.0), np.full(39, 1.0), [1000.0]])
    codes = np.zeros(60, dtype=np.int64)
    sums = sum_rows(y, 0 * y, codes, 1, positive=y == 1, sample_weight=weight, cluster=cluster)
    assert sums.effective_ones[0] == pytest.approx(2)
    assert sums.effective_zeros[0] == pytest.approx(1039**2 / (39 + 1000**2))
