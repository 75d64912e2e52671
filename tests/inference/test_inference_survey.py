"""Errors of a survey's means against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from whogains.inference import linearized_error, replicate_error, t_interval


def brute(
    values: np.ndarray, group: np.ndarray, weight: np.ndarray, psu: np.ndarray, of_psu: np.ndarray
) -> list[float]:
    """Write the formula out, PSU by PSU."""
    found = []
    for j in np.unique(group):
        mine = group == j
        total = weight[mine].sum()
        mean = (weight * values)[mine].sum() / total
        variance = 0.0
        for h in np.unique(of_psu):
            units = np.flatnonzero(of_psu == h)
            z = [(weight * (values - mean))[mine & (psu == i)].sum() / total for i in units]
            if len(units) == 1:
                variance += z[0] ** 2
            else:
                variance += len(units) / (len(units) - 1) * sum((x - np.mean(z)) ** 2 for x in z)
        found.append(float(np.sqrt(variance)))
    return found


def test_linearized_errors_are_the_formula_written_out() -> None:
    rng = np.random.default_rng(0)
    n = 500
    of_psu = np.array([0, 0, 0, 1, 1, 2, 3, 3, 3, 3])
    psu = rng.integers(0, 9, n)  # the last PSU has no row
    group, weight = rng.integers(0, 4, n), rng.lognormal(size=n)
    values = 1e6 + rng.normal(size=n)
    found = linearized_error(values, group, 5, psu=psu, stratum_of_psu=of_psu, sample_weight=weight)
    expected = brute(values - 1e6, group, weight, psu, of_psu)
    np.testing.assert_allclose(found.se[:4], expected, rtol=1e-7)
    assert np.isnan(found.se[4])
    assert found.psus[4] == 0


def test_degrees_of_freedom_are_psus_less_strata_where_all_weigh_alike() -> None:
    psu = np.repeat(np.arange(12), 5)
    found = linearized_error(
        np.arange(60.0), np.zeros(60, int), 1, psu=psu, stratum_of_psu=np.repeat(np.arange(4), 3)
    )
    assert found.df[0] == pytest.approx(8)
    assert (found.psus[0], found.strata[0]) == (12, 4)


def test_equal_values_have_no_error_and_a_group_of_one_psu_a_stratum_none_that_is_known() -> None:
    psu, of_psu = np.repeat(np.arange(4), 3), np.array([0, 0, 1, 1])
    found = linearized_error(np.full(12, 0.1), np.zeros(12, int), 1, psu=psu, stratum_of_psu=of_psu)
    assert found.se[0] == 0
    group = np.where(np.isin(psu, (0, 2)), 0, 1)
    values = np.arange(12.0)
    found = linearized_error(values, group, 2, psu=psu, stratum_of_psu=of_psu)
    assert np.isnan(found.se).all()
    assert np.isnan(found.df).all()


def test_a_jackknife_of_rows_has_the_error_of_their_mean() -> None:
    rng = np.random.default_rng(1)
    values = rng.normal(size=30)
    out = 30 / 29 * (1 - np.eye(30))
    found = replicate_error(
        values, np.zeros(30, int), 1, replicates=out, scale=np.full(30, 29 / 30)
    )
    assert found.se[0] == pytest.approx(values.std(ddof=1) / np.sqrt(30))
    assert found.df[0] == 29
    # A replicate without a row of the group leaves it without an error.
    found = replicate_error(values[:1], [0], 1, replicates=[[0.0, 2.0]], scale=[0.5, 0.5])
    assert np.isnan(found.se[0])


@pytest.mark.parametrize("spread", [0.3, 0.8])
def test_intervals_cover_where_sizes_of_psus_differ(spread: float) -> None:
    rng = np.random.default_rng(2)
    missed = 0
    repeats = 400
    of_psu = np.repeat(np.arange(15), 2)
    for _ in range(repeats):
        size = rng.poisson(40 * rng.lognormal(-(spread**2) / 2, spread, 30)) + 1
        psu = np.repeat(np.arange(30), size)
        values = 0.5 * rng.normal(size=30)[psu] + rng.lognormal(size=len(psu)) - np.exp(0.5)
        error = linearized_error(values, np.zeros(len(psu), int), 1, psu=psu, stratum_of_psu=of_psu)
        ends = t_interval(values.mean(), error.se, error.df, skewness=error.skewness)
        missed += not ends.lower[0] <= 0 <= ends.upper[0]
    # 5 % of 400 and three standard errors.
    assert missed <= 33


def test_lengths_must_match() -> None:
    with pytest.raises(ValueError, match="one number for each row"):
        linearized_error([1.0, 2], [0], 1, psu=[0, 1], stratum_of_psu=[0, 0])
    with pytest.raises(ValueError, match="a column for each scale"):
        replicate_error([1.0, 2], [0, 0], 1, replicates=[[1.0], [1.0]], scale=[1, 1])
