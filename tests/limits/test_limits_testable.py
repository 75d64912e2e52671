"""Whether an effect can be told at all, by one group and by all."""

import numpy as np
import pytest

from whogains.errors import InputError
from whogains.limits import (
    Bracket,
    ternary_sd,
    untestable_groups,
    verdict,
)


def test_ternary_sd_is_the_spread_of_a_ternary_variable():
    rng = np.random.default_rng(4)
    benefit = rng.choice([-1, 0, 1], p=[0.04, 0.86, 0.10], size=500_000)
    assert ternary_sd(0.14, 0.06) == pytest.approx(benefit.std(), abs=2e-3)
    assert ternary_sd(0.0, 0.06) == pytest.approx(np.sqrt(0.06 * 0.94))  # all of it gains
    assert ternary_sd(1.0, 1.0) == 0.0


@pytest.mark.parametrize(
    ("disagreement", "epsilon", "message"),
    [(1.2, 0.1, "disagreement must be at most 1"), (0.1, 1.5, "0-1 cost must be at most 1")],
)
def test_ternary_sd_names_what_is_wrong(disagreement, epsilon, message):
    with pytest.raises(InputError, match=message):
        ternary_sd(disagreement, epsilon)


def test_untestable_groups_switch_at_the_tolerated_error():
    # Phi(-s / 2) = .1 at s = 2.563: n = (s / epsilon)^2 = 656.9 with sd 1.
    assert untestable_groups([656, 657], 0.1, tolerated_error=0.1).tolist() == [True, False]
    assert untestable_groups([0, 164], 0.1, [1.0, 0.5]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("below", "above", "expected"),
    [
        (0.26, 0.30, "untestable"),
        (0.25, 0.30, "borderline"),
        (0.2, 0.25, "testable"),
        (0.2, 0.26, "borderline"),
    ],
)
def test_verdict(below, above, expected):
    assert verdict(Bracket(below=np.array(below), above=np.array(above))) == expected
