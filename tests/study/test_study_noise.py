"""The noise of training and that of sampling, on samples whose components are known."""

from __future__ import annotations

import numpy as np
import pytest

from whogains.costs import prediction_costs
from whogains.evidence import Score
from whogains.study import block_means, seed_noise

PEOPLE, SEEDS, TIMES = 403, 10, 300
MEAN, PERSON, TRAINING, BOTH = 1.0, 1.5, 0.12, 0.8
COST = prediction_costs("regression")[0]


def noise_of(benefits):
    """Take the benefits of seeds × people as audits would."""
    means = benefits.mean(axis=1)
    errors = benefits.std(axis=1, ddof=1) / np.sqrt(benefits.shape[1])
    codes = np.zeros(benefits.shape[1], dtype=int)
    blocks = [block_means([Score(COST, row, 0 * row)], codes)[0][0] for row in benefits]
    return seed_noise(means.tolist(), errors.tolist(), blocks)


def study(rng, training=TRAINING):
    """Draw one-seed benefits B = b + u_i + t_r + e_ir."""
    return (
        MEAN
        + rng.normal(0, PERSON, PEOPLE)
        + rng.normal(0, training, (SEEDS, 1))
        + rng.normal(0, BOTH, (SEEDS, PEOPLE))
    )


@pytest.fixture(scope="module")
def simulated():
    rng = np.random.default_rng(3)
    samples = [study(rng) for _ in range(TIMES)]
    return [noise_of(sample) for sample in samples], np.array([s[0].mean() for s in samples])


def test_both_variances_are_those_that_the_notes_say(simulated):
    found, _ = simulated
    seed = np.mean([each.seed_sd**2 for each in found])
    sampling = np.mean([each.sampling_se**2 for each in found])
    # Ten seeds, 300 times: the mean variance has a relative standard error of about 3 percent.
    assert seed == pytest.approx(TRAINING**2 + BOTH**2 / PEOPLE, rel=0.1)
    assert sampling == pytest.approx((PERSON**2 + BOTH**2) / PEOPLE, rel=0.03)


def test_training_is_told_from_people(simulated):
    found, firsts = simulated
    assert np.mean([each.training_sd**2 for each in found]) == pytest.approx(TRAINING**2, rel=0.1)
    truth = (PERSON**2 + BOTH**2) / PEOPLE + TRAINING**2
    assert np.mean([each.total_sd**2 for each in found]) == pytest.approx(truth, rel=0.06)
    # So much do one-seed benefits vary over people and trainings.
    assert np.var(firsts, ddof=1) == pytest.approx(truth, rel=0.25)
    # Both squares simply added would count the part of single people twice.
    added = np.mean([each.seed_sd**2 + each.sampling_se**2 for each in found])
    assert added == pytest.approx(truth + BOTH**2 / PEOPLE, rel=0.06)


def test_trainings_that_differ_for_single_people_only_have_nearly_no_common_part():
    rng = np.random.default_rng(4)
    found = [noise_of(study(rng, training=0.0)) for _ in range(100)]
    own = np.mean([each.seed_sd**2 for each in found])
    assert np.mean([each.training_sd**2 for each in found]) < 0.3 * own
    assert sum(each.training_sd == 0 for each in found) > 30


def test_blocks_hold_ten_people_or_more_and_are_the_same_with_every_seed():
    codes = np.repeat([0, 1, 2, 4], [19, 25, 403, 12])
    values = np.arange(len(codes), dtype=float)
    (found,) = block_means([Score(COST, values, np.zeros(len(codes)))], codes)
    assert [None if each is None else len(each) for each in found] == [None, 2, 20, None, None]
    assert np.mean(found[2]) == pytest.approx(values[codes == 2].mean(), rel=0.01)
    # Every twentieth person is one block.
    assert found[2][0] == values[codes == 2][::20].mean()


def test_one_seed_has_no_spread_and_unknown_benefits_are_passed_over():
    one = seed_noise([0.5], [0.1], [(0.4, 0.6)])
    assert (one.mean, one.seed_sd, one.training_sd, one.total_sd) == (0.5, None, None, None)
    assert seed_noise([None, None], [None, None], [None, None]).mean is None
    two = seed_noise([None, 1.0, 3.0], [0.1, 0.1, 0.1], [None, (1.0, 1.0), (3.0, 3.0)])
    assert two.mean == 2.0
    assert two.training_sd == pytest.approx(2**0.5)


def test_without_blocks_the_training_is_not_told_apart():
    found = seed_noise([1.0, 3.0], [0.1, 0.1], [None, (1.0, 2.0)])
    assert found.seed_sd == pytest.approx(2**0.5)
    assert found.training_sd is None
    assert found.total_sd is None
