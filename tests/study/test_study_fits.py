"""Fits to individual benefits, against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from whogains.api import audit
from whogains.costs import prediction_costs
from whogains.evidence import Score
from whogains.study import fit_gaussian, fit_groups, fit_laplace
from whogains.study.fits import laplace_cdf

FITS = [(fit_gaussian, stats.norm), (fit_laplace, stats.laplace)]


@pytest.mark.parametrize(("fit", "family"), FITS)
@pytest.mark.parametrize("seed", range(3))
def test_a_fit_and_its_distance_are_those_of_scipy(fit, family, seed):
    rng = np.random.default_rng(seed)
    values = rng.standard_t(3, size=200 + seed) * 7 + 2
    found = fit(values)
    expected = family.fit(values)
    assert (found.location, found.scale) == pytest.approx(expected, rel=1e-12)
    assert found.distance == pytest.approx(stats.kstest(values, family.name, expected).statistic)


@pytest.mark.parametrize(("fit", "family"), FITS)
def test_ties_count_as_in_scipy(fit, family):
    values = np.repeat([0.0, 0.0, 0.0, 1.0, -2.0], 20)
    found = fit(values)
    expected = family.fit(values)
    assert found.distance == pytest.approx(stats.kstest(values, family.name, expected).statistic)


@given(hnp.arrays(float, st.integers(2, 40), elements=st.floats(-1e6, 1e6)))
def test_the_laplace_scale_is_at_most_the_standard_deviation(values):
    gaussian, laplace = fit_gaussian(values), fit_laplace(values)
    if gaussian is not None and laplace is not None:
        assert laplace.scale <= gaussian.scale * (1 + 1e-9)
        assert 0 <= gaussian.distance <= 1
        assert 0 <= laplace.distance <= 1


def test_nothing_is_fitted_to_people_who_do_not_differ():
    assert fit_gaussian(np.full(9, 0.1)) is None
    assert fit_laplace(np.full(9, 0.1)) is None


def test_the_laplace_distribution_function():
    x = np.linspace(-30, 30, 41)
    np.testing.assert_allclose(laplace_cdf(x), stats.laplace.cdf(x), rtol=1e-12)


def test_the_closer_fit_is_the_right_family():
    rng = np.random.default_rng(5)
    cost = prediction_costs("regression")[0]
    codes = np.repeat([0, 1], 4000)
    benefit = np.concatenate([rng.normal(size=4000), rng.laplace(size=4000)])
    (fits,) = fit_groups([Score(cost, benefit, np.zeros(8000))], codes)
    assert [each.closer for each in fits] == ["gaussian", "laplace"]
    assert [each.n for each in fits] == [4000, 4000]


def test_a_cost_of_minus_one_zero_one_and_an_empty_group_have_no_fit():
    zero_one = prediction_costs("classification")[0]
    squared = prediction_costs("regression")[0]
    score = np.array([0.0, 1.0, 1.0])
    codes = np.array([0, 0, 2])
    found = fit_groups([Score(zero_one, score, 0 * score), Score(squared, score, 0 * score)], codes)
    assert found[0] is None
    assert found[1][0] is not None
    assert found[1][1:] == (None, None)


def test_no_person_s_benefit_is_told_to_the_last_digit():
    score = np.random.default_rng(0).normal(3.0, 0.02, 101)
    (cost,) = prediction_costs("regression", ["squared_error"])
    (found,) = fit_groups([Score(cost, score, 0 * score)], np.zeros(101, np.int64))
    location = found[0].laplace.location
    assert location not in score
    assert location == pytest.approx(np.median(score), abs=0.0001)


def test_what_is_inspected_is_what_the_audit_sums(people):
    data = people()
    seen = []
    found = audit(
        data.X,
        data.y,
        personal=data.personal,
        model="linear",
        explainers=["linear_shap"],
        inspect=lambda scores, codes: seen.append((scores, codes)),
        repeats=1,
        placebo=0,
    )
    ((scores, codes),) = seen
    assert [s.cost.name for s in scores] == [cost.name for cost in found.costs]
    for score, cost in zip(scores, found.costs, strict=True):
        for j, group in enumerate(cost.groups):
            benefit = (score.generic - score.personalized)[codes == j]
            assert len(benefit) == group.n
            assert benefit.mean() == pytest.approx(group.bop)
