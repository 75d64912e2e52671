"""Bins of rows: against NumPy, and never small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

import whogains as wg
from whogains.judging.bins import merged, round_edges


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(0, 15))
def test_merged_bins_are_large_enough_and_keep_their_order(counts, least):
    into = merged(np.array(counts), least)
    assert into[0] == 0
    assert set(np.diff(into)) <= {0, 1}
    sizes = np.bincount(into, weights=counts)
    assert sizes.sum() == sum(counts)
    assert len(sizes) == 1 or sizes.min() >= max(least, 1)


@given(
    st.lists(st.lists(st.integers(0, 20), max_size=12), min_size=1, max_size=20),
    st.integers(0, 8),
)
def test_merged_bins_hold_enough_clusters(cells, least):
    counts = np.array([len(cell) for cell in cells])
    into = merged(counts, least, [np.array(cell, dtype=np.int64) for cell in cells])
    assert into[0] == 0
    assert set(np.diff(into)) <= {0, 1}
    held = [
        {one for cell, place in zip(cells, into, strict=True) if place == k for one in cell}
        for k in range(into[-1] + 1)
    ]
    assert len(held) == 1 or min(map(len, held)) >= max(least, 1)


def test_no_bin_is_one_person_s_however_many_rows_they_have():
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(60), 12)
    y = np.resize([0, 1], len(person))
    # One person's predictions are all in a tenth of their own, and so are their benefits.
    generic, personalized = (rng.uniform(0.3, 0.6, len(person)) for _ in range(2))
    generic[person == 7], personalized[person == 7] = 0.97, 0.02
    given = {"generic": generic, "personalized": personalized, "groups": {"g": person % 2}}
    alone = wg.compare(y, **given, costs=["brier"])
    assert alone.profiles[1].generic.n[-1] == 12
    found = wg.compare(y, **given, costs=["brier"], cluster=person)
    for profile, each in zip(found.profiles, found.costs[0].differences, strict=True):
        for bins in (profile.generic, profile.personalized, each):
            assert min(bins.n) > 12
            assert sum(bins.n) == profile.n
    assert "in bins of at least 10 clusters" in found.to_html()
    assert "in bins of at least 10 rows" in alone.to_html()


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50), st.integers(5, 30))
def test_edges_are_round_and_about_as_many_as_asked(values, bins):
    edges = round_edges(np.array(values), bins)
    if edges.size:
        assert np.all(np.diff(edges) > 0)
        assert edges.size <= bins + 2
        digits = {f"{abs(step):.6e}"[0] for step in np.diff(edges)}
        assert digits <= {"1", "2", "4", "5", "9"}  # 4.999999 and 9.999999 are 5 and 10


@pytest.fixture(scope="module")
def audited():
    rng = np.random.default_rng(0)
    n = 900
    group = rng.integers(0, 2, n)
    p = rng.uniform(0, 1, n)
    y = (rng.uniform(size=n) < p).astype(int)
    generic = np.clip(p + rng.normal(0, 0.2, n), 0, 1)
    found = wg.compare(
        y, generic=generic, personalized=p, groups={"g": group.astype(str)}, costs=["brier"]
    )
    return found, group, y, generic, p


def test_calibration_is_scikit_learn_s(audited):
    found, group, y, _, p = audited
    for j, profile in enumerate(found.profiles):
        mine = group == j
        observed, predicted = calibration_curve(y[mine], p[mine], n_bins=10)
        # Of few rows, one with the rarer outcome is not told from none.
        few = np.minimum(observed, 1 - observed) * profile.personalized.n < 1.5
        few &= np.array(profile.personalized.n) < 100
        bounded = np.where(few, observed.round(), observed)
        np.testing.assert_allclose(profile.personalized.observed, bounded)
        np.testing.assert_allclose(profile.personalized.predicted, predicted)
        assert profile.outcome == pytest.approx(y[mine].mean())
        assert profile.predicted_personalized == pytest.approx(p[mine].mean())
        assert sum(profile.personalized.n) == profile.n == mine.sum()


def test_differences_are_numpy_s_histogram(audited):
    found, group, y, generic, p = audited
    benefit = (generic - y) ** 2 - (p - y) ** 2
    for j, each in enumerate(found.costs[0].differences):
        mine = benefit[group == j]
        inner = [high for high in each.high if high is not None]
        counts, _ = np.histogram(mine, [-np.inf, *inner, np.inf])
        assert list(each.n) == counts.tolist()
        assert min(each.n) >= 10
        np.testing.assert_allclose(each.share, counts / counts.sum())


def test_a_0_1_benefit_is_counted():
    rows = {
        "y_true": [1] * 60 + [0] * 20,
        "generic": [0.9] * 30 + [0.1] * 50,
        "personalized": [0.1] * 12 + [0.9] * 48 + [0.1] * 20,
        "groups": {"g": ["a", "b"] * 30 + ["c"] * 20},
        "costs": ["zero_one"],
    }
    # Outcomes and predictions the other way round in half of the rows: both outcomes are common.
    flip = np.arange(80) // 2 % 2 == 1
    for name in ("y_true", "generic", "personalized"):
        rows[name] = np.where(flip, 1 - np.array(rows[name]), rows[name])
    one = wg.compare(**rows, min_cell=0).costs[0].differences[0]
    assert (one.low, one.high, one.n, one.discrete) == ((-1, 0, 1), (-1, 0, 1), (6, 9, 15), True)
    together = wg.compare(**rows).costs[0].differences[0]
    assert (together.low, together.high, together.n) == ((-1, 1), (0, 1), (15, 15))


def test_shares_are_weighted():
    weight = np.array([1.0, 3.0] * 40)
    found = wg.compare(
        np.tile([0.0, 0.0, 0.0, 1.0], 20),
        generic=np.tile([0.2, 0.9, 0.2, 0.9], 20),
        personalized=np.tile([0.1, 0.1, 0.1, 0.9], 20),
        groups={"g": ["a"] * 40 + ["b"] * 40},
        costs=["zero_one"],
        sample_weight=weight,
    )
    one = found.costs[0].differences[0]
    assert one.n == (30, 10)
    assert one.share == pytest.approx((50 / 80, 30 / 80))


def test_a_metric_has_no_individual_benefits(audited):
    _, group, y, generic, p = audited
    auc = wg.compare(
        y, generic=generic, personalized=p, groups={"g": group.astype(str)}, costs=["auc"]
    )
    assert auc.costs[0].differences == ()
