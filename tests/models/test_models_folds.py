"""Folds: even, seeded, and never through a cluster."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whogains.errors import InputError
from whogains.models import assign_folds


def test_outcome_and_group_are_even():
    rng = np.random.default_rng(2)
    y = (rng.random(1000) < 0.2).astype(float)
    groups = rng.integers(0, 4, 1000)
    fold = assign_folds(y, "classification", folds=5, groups=groups, random_state=1)
    assert np.bincount(fold).tolist() == [200] * 5
    for group in range(4):
        for outcome in (0, 1):
            at = (groups == group) & (y == outcome)
            counts = np.bincount(fold[at], minlength=5)
            assert counts.max() - counts.min() <= 1


def test_small_strata_are_pooled_within_their_outcome():
    # Groups 0 and 1 are large; 2, 3 and 4 have three, two and one rows of each outcome.
    of_outcome = np.repeat([0, 1, 2, 3, 4], [20, 25, 3, 2, 1])
    groups = np.tile(of_outcome, 2)
    y = np.repeat([0.0, 1.0], 51)
    fold = assign_folds(y, "classification", folds=5, groups=groups)
    for outcome in (0, 1):
        of_fold = [np.bincount(fold[(y == outcome) & (groups == g)], minlength=5) for g in (0, 1)]
        assert [counts.tolist() for counts in of_fold] == [[4] * 5, [5] * 5]
        rest = np.bincount(fold[(y == outcome) & (groups > 1)], minlength=5)
        assert sorted(rest) == [1, 1, 1, 1, 2]


def test_groups_too_small_to_pool_leave_the_outcomes():
    y = np.repeat([0.0, 1.0], 20)
    groups = np.zeros(40, dtype=int)
    groups[[0, 20]] = 1
    fold = assign_folds(y, "classification", folds=4, groups=groups)
    assert np.bincount(fold[y == 1], minlength=4).tolist() == [5] * 4


def test_regression_is_even_over_groups():
    groups = np.repeat([0, 1, 2], [10, 40, 50])
    fold = assign_folds(np.arange(100.0), "regression", folds=5, groups=groups)
    for group, each in enumerate([2, 8, 10]):
        assert np.bincount(fold[groups == group], minlength=5).tolist() == [each] * 5


def test_the_seed_decides():
    y = np.tile([0.0, 1.0], 50)
    one, again, other = (assign_folds(y, "classification", random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**16),
    st.integers(2, 6),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["classification", "regression"]),
)
def test_folds_partition_the_rows_and_keep_clusters_whole(seed, folds, grouped, clustered, task):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(30, 80))
    y = rng.permutation(np.arange(n) % 3 == 0).astype(float)
    groups = rng.integers(0, 3, n) if grouped else None
    cluster = rng.integers(0, 12, n) if clustered else None
    try:
        fold = assign_folds(y, task, folds=folds, groups=groups, cluster=cluster, random_state=seed)
    except InputError:
        assert clustered
        assert np.unique(cluster).size < folds
        return
    assert np.unique(fold).tolist() == list(range(folds))
    if clustered:
        for one in np.unique(cluster):
            assert np.unique(fold[cluster == one]).size == 1


def test_unequal_clusters_leave_no_fold_empty():
    # Dealing these clusters out evenly over outcomes puts two of five in one fold, none in another.
    cluster = np.repeat(np.arange(5), [52, 30, 35, 25, 22])
    fold = assign_folds(cluster % 2.0, "classification", folds=5, cluster=cluster)
    assert np.unique(fold).size == 5


@pytest.mark.parametrize(
    ("y", "kwargs", "message"),
    [
        ([0, 1, 0, 1], {"folds": 1}, "folds=1: cross-fitting needs at least 2"),
        ([0, 1, 0], {"folds": 4}, "there are 3 rows; use fewer folds"),
        ([0] * 8 + [1] * 2, {"folds": 3}, "only 2 rows have the outcome 1; use fewer folds"),
        ([0, 1] * 5, {"folds": 3, "cluster": np.repeat([0, 1], 5)}, "there are 2 clusters"),
    ],
)
def test_too_few(y, kwargs, message):
    with pytest.raises(InputError, match=message):
        assign_folds(np.array(y, float), "classification", **kwargs)
