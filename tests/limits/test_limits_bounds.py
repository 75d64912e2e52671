"""The chi-square bounds against printed values, quadrature and their own inverses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import laplace, norm

from whogains.errors import InputError
from whogains.limits import k_max, m_min, paper_bound, row_information, weighted_bound

FOUR_SIZES = [4111, 1662, 5465, 2099]
FOUR_SPREADS = [0.7825, 0.8775, 0.7403, 0.8238]
FAMILIES = ["gaussian", "categorical", "categorical_v1", "laplace", "laplace_paper"]
MIMIC = [8443, 1146, 3052, 696]


@pytest.mark.parametrize(
    ("family", "n", "sd", "epsilon", "expected"),
    [
        ("categorical_v1", [284] * 4, 1.0, [0.01, 0.03, 0.04], [0.913297, 0.666950, 0.434231]),
        (
            "gaussian",
            [284] * 4,
            3.5,
            [0.01, 0.1, 0.2, 0.3],
            [0.987956, 0.872301, 0.690990, 0.335879],
        ),
        ("gaussian", FOUR_SIZES, FOUR_SPREADS, [0.01, 0.015], [0.773927, 0.539223]),
        ("categorical_v1", FOUR_SIZES, 1.0, [0.002, 0.005, 0.01], [0.941308, 0.839438, 0.526800]),
    ],
)
def test_paper_bound_has_the_published_values(family, n, sd, epsilon, expected):
    bound = paper_bound(n, epsilon, sd, family=family, convention="sum")
    np.testing.assert_allclose(bound.value, expected, atol=6e-7)
    assert not bound.vacuous.any()


@pytest.mark.parametrize(
    ("n", "epsilon", "expected"),
    [
        ([1e4], [0.01], [0.1723]),  # Figure 2, no attribute
        (MIMIC, [0.002, 0.005, 0.01], [0.4855, 0.4625, 0.4144]),  # Figure 4A
    ],
)
def test_the_categorical_bound_is_that_of_version_3(n, epsilon, expected):
    bound = paper_bound(n, epsilon, family="categorical")
    np.testing.assert_allclose(bound.value, expected, atol=6e-5)


def test_the_categorical_families_are_normal_ones_of_a_spread_of_1_and_of_a_half():
    epsilon = np.geomspace(1e-3, 0.9, 9)
    for family, sd in (("categorical", 1.0), ("categorical_v1", 0.5)):
        information = row_information(epsilon, [[2.0], [3.0]], family=family)
        np.testing.assert_allclose(np.expm1(information), [(epsilon / sd) ** 2] * 2)


@pytest.mark.parametrize("epsilon", [0.05, 0.3])
def test_no_two_ternary_benefits_are_closer_than_the_categorical_family(epsilon):
    def benefits(gain, harm):
        return np.stack([gain, harm, 1 - gain - harm], axis=-1)

    share = np.linspace(0.005, 0.995, 199)
    null = benefits(*np.meshgrid(share, share))[..., None, None, :]
    null = null[(null[..., 2] > 0) & (null[..., 0] <= null[..., 1])][::7]
    other = benefits(*np.meshgrid(share, share)).reshape(-1, 3)
    other = other[(other[:, 2] >= 0) & (other[:, 0] - other[:, 1] >= epsilon)][::7]
    chi2 = ((other - null[:, None]) ** 2 / null[:, None]).sum(axis=-1)
    least = np.expm1(row_information(epsilon, family="categorical"))
    assert chi2.min() >= least * (1 - 1e-9)
    even, moved = np.array([0.5, 0.5]), np.array([1 + epsilon, 1 - epsilon]) / 2
    assert least == pytest.approx(((moved - even) ** 2 / even).sum(), rel=1e-12)


def test_at_one_hundredth_the_papers_sizes_are_excluded_by_version_3_alone():
    assert paper_bound(MIMIC, 0.01, family="categorical").value > 0.25
    assert paper_bound(MIMIC, 0.01, family="categorical_v1").value == pytest.approx(
        0.1489, abs=6e-5
    )


@pytest.mark.parametrize(
    ("n", "sd", "epsilon", "paper", "weighted"),
    [
        (FOUR_SIZES, FOUR_SPREADS, 0.01, 0.387, 0.414),
        (FOUR_SIZES, FOUR_SPREADS, 0.02, None, 0.275),
        (FOUR_SIZES, FOUR_SPREADS, 0.03, None, None),
        ([100, 2000, 5000, 20000], 1.0, 0.05, None, 0.367),
        ([100, 2000, 5000, 20000], 1.0, 0.2, None, None),
        ([500] * 16, 1.0, 0.1, None, None),
    ],
)
def test_bounds_in_the_average_convention(n, sd, epsilon, paper, weighted):
    for function, expected in ((paper_bound, paper), (weighted_bound, weighted)):
        bound = function(n, epsilon, sd)
        assert bound.vacuous == (expected is None)
        assert bound.value == pytest.approx(expected or 0.0, abs=6e-4)


@pytest.mark.parametrize("epsilon", [0.003, 0.2, 1.5])
def test_gaussian_row_information_is_the_integral(epsilon):
    sd = 0.7
    ratio = quad(lambda x: norm.pdf(x, epsilon, sd) ** 2 / norm.pdf(x, 0, sd), -8, 14, epsabs=1e-13)
    assert row_information(epsilon, sd) == pytest.approx(np.log(ratio[0]), abs=1e-9)


@pytest.mark.parametrize("epsilon", [0.05, 0.4, 2.0])
def test_laplace_row_information_is_the_integral(epsilon):
    sd = 0.7
    scale = sd / np.sqrt(2)

    def ratio(x):
        return laplace.pdf(x, epsilon, scale) ** 2 / laplace.pdf(x, 0, scale)

    total = sum(quad(ratio, a, b)[0] for a, b in [(-20, 0), (0, epsilon), (epsilon, 40)])
    assert row_information(epsilon, sd, family="laplace") == pytest.approx(np.log(total), rel=1e-7)


def test_laplace_row_information_neither_cancels_nor_overflows():
    small, large = row_information([1e-9, 1e4], np.sqrt(2), family="laplace")
    assert small == pytest.approx(1e-18, rel=1e-6)  # r^2 - r^3/3 + ...
    assert large == pytest.approx(1e4 + np.log(2 / 3), rel=1e-12)
    paper = row_information([0.1, 1.0], np.sqrt(2), family="laplace_paper")
    np.testing.assert_allclose(paper, [0.1, 1.0])


def test_small_sizes_match_the_formula_taken_literally():
    n, sd, epsilon = np.array([3.0, 8.0, 20.0]), np.array([1.0, 2.0, 1.5]), 0.4
    v = np.exp(n * epsilon**2 / sd**2)
    paper = 0.5 * (1 - np.sqrt(v.mean() - 1) / (2 * np.sqrt(3)))
    weighted = 0.5 * (1 - 0.5 / np.sqrt((1 / (v - 1)).sum()))
    assert paper_bound(n, epsilon, sd).value == pytest.approx(paper, rel=1e-12)
    assert weighted_bound(n, epsilon, sd).value == pytest.approx(weighted, rel=1e-12)


def test_weights_proportional_to_the_inverse_excess_are_best():
    n, epsilon = np.array([50.0, 200.0, 900.0]), 0.05
    excess = np.expm1(n * epsilon**2)
    random = np.random.default_rng(0).dirichlet(np.ones(3), size=2000)
    others = 0.5 - 0.25 * np.sqrt((random**2 * excess).sum(axis=1))
    best = weighted_bound(n, epsilon).value
    assert others.max() <= best
    assert others.max() == pytest.approx(best, abs=1e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_equal_groups_need_no_weights(family):
    epsilon = np.geomspace(1e-3, 0.02, 7)
    paper = paper_bound([300] * 6, epsilon, 0.5, family=family)
    weighted = weighted_bound([300] * 6, epsilon, 0.5, family=family)
    np.testing.assert_allclose(weighted.value, paper.value, rtol=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_whole_world_and_many_groups_without_a_warning(family):
    bound = paper_bound([8e9 / 4096] * 4096, [1e-6, 0.01, 1.0], 0.1, family=family)
    assert bound.value.shape == (3,)
    assert bound.vacuous.tolist()[1:] == [True, True]
    one_large = np.append(np.ones(4095), 8e9)
    assert paper_bound(one_large, 0.01, 0.1, family=family).vacuous
    assert not weighted_bound(one_large, 0.01, 0.1, family=family).vacuous


def test_an_empty_group_leaves_only_guessing():
    assert weighted_bound([0, 1000], 0.1).value == 0.5
    assert paper_bound([0, 0], 0.1).value == 0.5
    assert paper_bound([0, 1000], 0.01, convention="sum").value < 1


def test_a_group_without_spread_tells_at_once():
    assert paper_bound([10, 10], 0.1, [0.0, 1.0]).vacuous
    without = weighted_bound([10], 0.1, [1.0])
    assert weighted_bound([10, 10], 0.1, [0.0, 1.0]).value == pytest.approx(without.value)
    assert weighted_bound([0, 10], 0.1, [0.0, 1.0]).value == 0.5


def test_shapes_follow_epsilon_and_the_sum_is_twice_the_average():
    epsilon = np.full((2, 3), 0.01)
    average = weighted_bound([50, 60], epsilon)
    assert average.value.shape == average.vacuous.shape == (2, 3)
    assert weighted_bound([50, 60], 0.01).value.shape == ()
    doubled = weighted_bound([50, 60], epsilon, convention="sum")
    np.testing.assert_allclose(doubled.value, 2 * average.value)


@given(
    st.lists(st.floats(1, 1e7), min_size=1, max_size=12),
    st.floats(1e-5, 1),
    st.sampled_from(FAMILIES),
)
@settings(max_examples=100, deadline=None)
def test_weights_never_hurt_and_order_does_not_matter(n, epsilon, family):
    paper = paper_bound(n, epsilon, 0.8, family=family).value
    weighted = weighted_bound(n, epsilon, 0.8, family=family).value
    assert 0 <= paper <= weighted + 1e-12
    assert weighted <= 0.5
    assert paper_bound(n[::-1], epsilon, 0.8, family=family).value == pytest.approx(paper)
    more = weighted_bound(n, 1.1 * epsilon, 0.8, family=family).value
    assert more <= weighted + 1e-12


@pytest.mark.parametrize(
    ("family", "sd", "expected"),
    [
        ("categorical", 1.0, 16.1269),
        ("categorical_v1", 1.0, 17.9706),
        ("gaussian", 0.1, 22.3031),
        ("laplace_paper", 0.1, 25.9088),
    ],
)
def test_k_max_has_the_published_values(family, sd, expected):
    assert k_max(8e9, 0.01, sd, family=family) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_k_max_solves_its_equation(family):
    total, epsilon, sd = 5e4, 0.05, 0.6
    groups = 2 ** k_max(total, epsilon, sd, family=family)
    information = row_information(epsilon, sd, family=family)
    assert groups * np.log(groups) == pytest.approx(total * information, rel=1e-10)


@pytest.mark.parametrize(
    ("tolerated", "expected"), [(0.05, 26361.96), (0.1, 24194.79), (0.25, 16094.38)]
)
def test_m_min_has_the_published_values(tolerated, expected):
    assert m_min(4, 0.01, tolerated_error=tolerated) == pytest.approx(expected, abs=6e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_m_min_is_where_the_bound_equals_the_tolerated_error(family):
    size = m_min(8, 0.03, 0.5, tolerated_error=0.1, family=family)
    assert paper_bound([size] * 8, 0.03, 0.5, family=family).value == pytest.approx(0.1, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([10, -1], 0.1), "n must be finite and at least 0, got -1"),
        (([10, float("nan")], 0.1), "n must be numbers, got nan"),
        (([10], 0.0), "epsilon must be finite and positive, got 0"),
        (([10], float("inf")), "epsilon must be finite and positive, got inf"),
        (([10, 20], 0.1, [1.0, 2.0, 3.0]), "sd must be one number, or one per group (2)"),
        (([10], 0.1, -2.0), "sd must be finite and at least 0, got -2"),
        (([], 0.1), "n must be one number per group"),
        ((["many"], 0.1), "n must be numbers, got ['many']"),
    ],
)
def test_wrong_input_is_named(arguments, message):
    with pytest.raises(InputError) as caught:
        paper_bound(*arguments)
    assert message in str(caught.value)


def test_unknown_words_are_named():
    with pytest.raises(InputError, match=r"family must be one of categorical, .*'cauchy'"):
        paper_bound([10], 0.1, family="cauchy")
    with pytest.raises(InputError, match="convention must be one of average, sum, got 'max'"):
        weighted_bound([10], 0.1, convention="max")
    with pytest.raises(InputError, match=r"tolerated_error must lie between 0 and 0\.5, got 0\.5"):
        m_min(4, 0.01, tolerated_error=0.5)
    with pytest.raises(InputError, match="groups must be a whole number, at least 1, got 0"):
        m_min(0, 0.01)
    with pytest.raises(InputError, match="total must be finite and positive, got 0"):
        k_max(0, 0.01)
