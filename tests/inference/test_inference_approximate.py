"""Intervals for fewer units than `auto` asks for: what rows are worth, and how far off they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from whogains.inference import (
    APPROXIMATE_ERRORS,
    APPROXIMATE_FROM,
    MIN_UNITS_T,
    approximate_error,
    approximate_units,
    choose_method,
    t_interval,
)

REPEATS = 4000


def squared_errors(rng, shape):
    residual = rng.standard_normal(shape)
    generic = (residual - rng.standard_normal(shape)) ** 2
    return generic - (residual - 0.2 * rng.standard_normal(shape)) ** 2, 0.96


def lognormal(rng, shape):
    return rng.lognormal(size=shape), np.exp(0.5)


def heavy_tails(rng, shape):
    return rng.standard_t(3, shape), 0.0


@pytest.mark.parametrize("draw", [squared_errors, lognormal, heavy_tails])
@pytest.mark.parametrize("n", [30, 50, 100])
def test_an_end_errs_no_more_than_is_said(draw, n):
    rows, truth = draw(np.random.default_rng(n), (REPEATS, n))
    mean, se = rows.mean(axis=1), stats.sem(rows, axis=1)
    found = t_interval(mean, se, n - 1, skewness=stats.skew(rows, axis=1))
    said = float(
        approximate_error(approximate_units(n=n, units=n, clustered=False, weighted=False))
    )
    for misses in (found.lower > truth, found.upper < truth):
        assert misses.mean() <= said + 3 * np.sqrt(said * (1 - said) / REPEATS)


def test_students_interval_would_err_more_than_is_said():
    rows, truth = lognormal(np.random.default_rng(1), (REPEATS, 50))
    found = t_interval(rows.mean(axis=1), stats.sem(rows, axis=1), 49)
    assert (found.upper < truth).mean() > 1.5 * APPROXIMATE_ERRORS[50, 100]


def test_bands_join_up_to_where_t_begins():
    bands = sorted(APPROXIMATE_ERRORS)
    assert bands[0][0] == APPROXIMATE_FROM
    assert bands[-1][1] == MIN_UNITS_T
    assert [low for low, _ in bands[1:]] == [high for _, high in bands[:-1]]
    errors = [APPROXIMATE_ERRORS[band] for band in bands]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] > 0.025
    outside = approximate_error([0, 29.9, MIN_UNITS_T, 1e9, np.nan])
    assert np.isnan(outside).all()
    with pytest.raises(ValueError, match="float"):
        approximate_error("many")
    assert_allclose(approximate_error([30 - 1e-12, 150 - 1e-12]), [errors[0], np.nan])


def units(**changed):
    common = {"clustered": False, "weighted": False}
    n = changed.pop("n")
    return approximate_units(**common | {"n": n, "units": n} | changed)


def test_what_is_short_counts():
    assert_allclose(units(n=[29, 30, 149]), [29, 30, 149])
    # 30 of 150 must move: 10 are worth a third.
    assert_allclose(units(n=[100, 100], moved=[10, 50]), [50, 100])
    assert_allclose(units(n=300, carrying=40), 40)
    # R2 takes 1,000 rows, an AUC 200 of its smaller class.
    assert_allclose(units(n=200, metric="r2"), 30)
    assert_allclose(units(n=900, moved=40, metric="auc"), 30)
    # Half of what weights leave takes 8 times as many.
    assert_allclose(units(n=240, units=120, weighted=True), 15)


def test_nothing_known_is_worth_nothing():
    assert_array_equal(units(n=[100, 0], moved=0), [0, 0])
    assert_array_equal(units(n=[149, 499], clustered=True), [0, 0])
    assert_array_equal(units(n=[1999], skewness_known=False), [0])
    # From 500 clusters of one row each on, as with t.
    assert_allclose(units(n=600, moved=20, clustered=True), 100)
    assert_allclose(units(n=100, units=40, drawn=40, clustered=True), 40)


@given(
    st.integers(2, 4000),
    st.floats(0.05, 1),
    st.one_of(st.just(0.0), st.floats(0.001, 1)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, "auc", "r2"]),
)
def test_t_is_chosen_exactly_where_rows_are_worth_enough(
    n, share, moved, clustered, weighted, metric
):
    counts = {
        "n": n,
        "units": n * share,
        "drawn": n * (1 + share) / 2,
        "moved": n * moved,
        "clustered": clustered,
        "weighted": weighted,
        "metric": metric,
    }
    by_t = choose_method(ternary=False, bounded=False, **counts) == "t"
    worth = approximate_units(**counts)
    assert by_t == (n * share >= 2 and worth * (1 + 1e-9) >= MIN_UNITS_T)
