"""Every inversion put back into the curve that it inverts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from whogains.errors import InputError
from whogains.limits import (
    error_above,
    error_below,
    k_max,
    most_attributes,
    required_in_group,
    required_sizes,
    required_total,
    signals,
    smallest_testable_epsilon,
    untestable_below,
)

N = np.array([4111, 1662, 5465, 2099])
SD = np.array([0.7825, 0.8775, 0.7403, 0.8238])
SEARCH = 2e-5


@pytest.mark.parametrize("tolerated", [0.02, 0.25, 0.45])
def test_effects_put_back(tolerated):
    testable = smallest_testable_epsilon(N, SD, tolerated_error=tolerated, rtol=1e-8)
    untestable = untestable_below(N, SD, tolerated_error=tolerated, rtol=1e-8)
    assert untestable <= testable
    assert error_above(signals(N, testable, SD)) == pytest.approx(tolerated, abs=1e-7)
    assert error_above(signals(N, testable, SD)) <= tolerated
    assert error_below(signals(N, untestable, SD)) == pytest.approx(tolerated, abs=SEARCH)


def test_one_group_has_a_closed_form():
    expected = -2 * norm.ppf(0.1) * 3.0 / np.sqrt(50)
    for solve in (smallest_testable_epsilon, untestable_below):
        assert solve([50], 3.0, tolerated_error=0.1) == pytest.approx(expected, rel=2e-6)


def test_accuracy_is_what_was_asked_for():
    exact = smallest_testable_epsilon(N, SD, rtol=1e-12)
    for rtol in (1e-2, 1e-4, 1e-6):
        found = smallest_testable_epsilon(N, SD, rtol=rtol)
        assert exact * (1 - 1e-12) <= found <= exact * (1 + rtol)


def by_bisection(tolerated):
    """Scale of N at effect 1 and spread SD whose threshold error is tolerated, to 1e-15."""

    def error(scale):
        s = np.sqrt(scale * N) / SD

        def slope(t):
            hazard = (norm.pdf(s - t) / norm.cdf(s - t)).sum()
            return np.exp(norm.logcdf(s - t).sum()) * hazard - norm.pdf(t)

        t = brentq(slope, -8, s.min(), xtol=1e-14)
        return (norm.cdf(-t) - np.expm1(norm.logcdf(s - t).sum())) / 2

    low = (2 * norm.isf(tolerated)) ** 2 / (N / SD**2).min()  # the weakest group alone
    high = 100 * low
    for _ in range(60):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if error(middle) > tolerated else (low, middle)
    return high


@pytest.mark.parametrize("tolerated", [0.01, 0.25, 0.4])
@pytest.mark.parametrize("rtol", [1e-2, 1e-6, 1e-12])
def test_every_unknown_meets_the_accuracy_asked_for(tolerated, rtol):
    scale = by_bisection(tolerated)
    found = smallest_testable_epsilon(N, SD, tolerated_error=tolerated, rtol=rtol)
    assert np.sqrt(scale) <= found <= np.sqrt(scale) * (1 + rtol)
    epsilon = 1e-5  # so many people that rounding up to whole ones is no excuse
    people = N.sum() * scale / epsilon**2
    total = required_total(epsilon, N, SD, tolerated_error=tolerated, rtol=rtol)
    assert people * (1 - 1e-12) <= total <= people * (1 + rtol) + 1
    size = N[1] * scale / epsilon**2
    need = required_in_group(
        N * scale / epsilon**2, 1, epsilon, SD, tolerated_error=tolerated, rtol=rtol
    )
    assert size * (1 - 1e-12) <= need <= size * (1 + rtol) + 1


def test_an_empty_group_tells_nothing_and_no_spread_tells_everything():
    assert smallest_testable_epsilon([0, 100]) == np.inf
    assert untestable_below([0, 100]) == np.inf
    assert untestable_below([5, 100], 0.0) == 0.0


@pytest.mark.parametrize(("side", "error"), [("above", error_above), ("below", error_below)])
def test_totals_put_back(side, error):
    total = required_total(0.05, N, SD, side=side, tolerated_error=0.2)
    shares = N / N.sum()
    assert error(signals(total * shares, 0.05, SD)) <= 0.2 + SEARCH
    assert error(signals((total - 2) * shares, 0.05, SD)) > 0.2 - SEARCH
    assert error(signals(0.99 * total * shares, 0.05, SD)) > 0.2
    assert required_total(0.05, shares, SD, side=side, tolerated_error=0.2) == total


@pytest.mark.parametrize(("side", "error"), [("above", error_above), ("below", error_below)])
def test_sizes_put_back(side, error):
    need = np.array(required_sizes(0.05, SD, side=side))
    assert error(signals(need, 0.05, SD)) <= 0.25 + SEARCH
    assert error(signals(0.98 * need, 0.05, SD)) > 0.25
    np.testing.assert_allclose(need / SD**2, need[0] / SD[0] ** 2, rtol=2e-3)


def test_equal_groups_need_the_same_sizes_either_way():
    size = required_sizes(0.1, 0.5, groups=8)
    assert len(set(size)) == 1
    assert abs(required_total(0.1, np.ones(8), 0.5) - sum(size)) <= 8


@pytest.mark.parametrize(("side", "error"), [("above", error_above), ("below", error_below)])
def test_one_group_put_back(side, error):
    n = np.array([4111, 10, 5465, 2099])
    need = required_in_group(n, 1, 0.05, SD, side=side)
    n[1] = need
    assert error(signals(n, 0.05, SD)) <= 0.25 + SEARCH
    n[1] = round(0.99 * need)
    assert error(signals(n, 0.05, SD)) > 0.25


def test_numbers_of_people_do_not_overflow():
    assert required_sizes(1e-12, 1e9, groups=2)[0] > 2**63


def test_one_group_cannot_make_up_for_the_others():
    assert required_in_group([10, 10], 0, 0.1) is None
    assert required_in_group([10], 0, 0.1) == required_sizes(0.1, 1.0)[0]
    with pytest.raises(InputError, match="group must be a position from 0 to 1, got 2"):
        required_in_group([10, 10], 2, 0.1)


@given(
    st.lists(st.integers(1, 10**5), min_size=1, max_size=4),
    st.floats(0.01, 10),
    st.sampled_from([0.1, 0.25]),
)
@settings(max_examples=25, deadline=None)
def test_units_cancel_and_a_hundredfold_sample_tells_a_tenth(n, sd, tolerated):
    effect = smallest_testable_epsilon(n, 1.0, tolerated_error=tolerated)
    assert smallest_testable_epsilon(n, sd, tolerated_error=tolerated) == pytest.approx(
        sd * effect, rel=2e-6
    )
    hundredfold = smallest_testable_epsilon(100 * np.array(n), tolerated_error=tolerated)
    assert hundredfold == pytest.approx(effect / 10, rel=2e-6)
    total = required_total(effect, n, 1.0, tolerated_error=tolerated)
    assert total == pytest.approx(sum(n), rel=4e-6, abs=1)


@pytest.mark.parametrize(("total", "epsilon", "sd"), [(13337, 0.05, 0.8), (10**6, 0.01, 0.3)])
def test_attributes_put_back(total, epsilon, sd):
    most = most_attributes(total, epsilon, sd)
    assert most.testable <= most.not_untestable
    for error, k in ((error_above, most.testable), (error_below, most.not_untestable)):
        at, beyond = (error(signals([total / 2**j] * 2**j, epsilon, sd)) for j in (k, k + 1))
        assert at <= 0.25 < beyond
    assert most.paper == k_max(total, epsilon, sd)


def test_attributes_for_the_whole_world():
    most = most_attributes(8 * 10**9, 0.01, 0.1)
    assert (most.testable, most.not_untestable) == (21, 21)
    assert most.paper == pytest.approx(22.3031, abs=1e-4)  # looser than the tight answer


def test_not_even_one_group():
    most = most_attributes(10, 0.01)
    assert (most.testable, most.not_untestable) == (None, None)
    assert most_attributes(4, 100.0).testable == 2  # groups of one row


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: required_total(0.1, [0, 1]), "shares must be positive, got 0"),
        (lambda: required_total(-0.1, [1, 1]), r"epsilon must be finite and positive, got -0\.1"),
        (lambda: required_total(0.1, [1, 1], side="left"), "side must be one of above, below"),
        (lambda: untestable_below([5], rtol=2.0), "rtol must lie between 0 and 1"),
        (lambda: untestable_below([5], tolerated_error=0.0), "tolerated_error must lie between"),
        (lambda: most_attributes(1.5, 0.1), r"total must be a whole number.*1\.5"),
        (lambda: required_sizes(0.1, [1.0, 2.0], groups=3), "sd must be one number, or one per"),
        (lambda: required_sizes([0.1, 0.2], 1.0), "epsilon must be one number"),
    ],
)
def test_wrong_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
