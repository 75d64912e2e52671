"""The published guidance: four steps, with the paper's own numbers."""

import pytest

from whogains.errors import InputError
from whogains.limits import paper_bound, paper_steps

MIMIC = [8443, 1146, 3052, 696]


@pytest.mark.parametrize(
    ("gamma", "epsilon", "outcome"),
    [
        (0.0029, 0.002, "unreliable"),  # sufficiency, as printed
        (-0.0216, 0.002, "not claimed"),  # prediction
        (0.01, 0.01, "not claimed"),  # above epsilon, not at least
        (0.011, 0.01, "unreliable"),
        (0.05, 0.04, "claimed"),
    ],
)
def test_the_steps_of_a_0_1_cost(gamma, epsilon, outcome):
    steps = paper_steps(gamma, MIMIC, epsilon=epsilon, family="categorical")
    assert steps.outcome == outcome
    assert steps.exceeds == (gamma > epsilon)
    assert steps.bound == paper_bound(MIMIC, epsilon, family="categorical").value
    assert (steps.epsilon, steps.tolerated_error, steps.gamma) == (epsilon, 0.25, gamma)


def test_version_1_would_have_trusted_an_effect_of_one_hundredth():
    def of(family):
        return paper_steps(0.011, MIMIC, epsilon=0.01, family=family)

    assert (of("categorical_v1").outcome, of("categorical").outcome) == ("claimed", "unreliable")


def test_the_steps_of_any_other_cost_have_its_spread():
    wide = paper_steps(0.3, [400, 300], [4.0, 5.0], epsilon=0.2)
    narrow = paper_steps(0.3, [400, 300], [1.0, 1.0], epsilon=0.2)
    assert (wide.outcome, narrow.outcome) == ("unreliable", "claimed")
    assert narrow.bound == 0
    assert wide.bound == paper_bound([400, 300], 0.2, [4.0, 5.0]).value


def test_the_error_is_tolerated_in_the_same_convention():
    average = paper_steps(0.02, MIMIC, epsilon=0.01, family="categorical", tolerated_error=0.42)
    doubled = paper_steps(
        0.02, MIMIC, epsilon=0.01, family="categorical", tolerated_error=0.84, convention="sum"
    )
    assert doubled.bound == pytest.approx(2 * average.bound)
    assert average.outcome == doubled.outcome == "claimed"


@pytest.mark.parametrize(
    ("gamma", "changed", "message"),
    [
        (float("nan"), {}, "gamma must be numbers, got nan"),
        (float("inf"), {}, "gamma must be one finite number, got inf"),
        ([0.1, 0.2], {}, r"gamma must be one finite number, got \[0.1, 0.2\]"),
        (0.1, {"epsilon": 0}, "epsilon must be finite and positive"),
        (0.1, {"tolerated_error": 0.5}, "tolerated_error must lie between 0 and 0.5"),
        (0.1, {"family": "normal"}, "family must be one of"),
    ],
)
def test_wrong_input_is_named(gamma, changed, message):
    with pytest.raises(InputError, match=message):
        paper_steps(gamma, MIMIC, **({"epsilon": 0.01} | changed))
