"""Normalized costs of explanation: ratios of groups, what carries them, and when there is none."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from whogains.costs import explanation_costs
from whogains.evidence import Rows, attribute, cross, evidence_from_scores, ratio_score
from whogains.judging import Settings
from whogains.judging.estimates import estimate

SUFFICIENCY, INCOMPREHENSIVENESS = explanation_costs(
    "regression", names=("sufficiency_n", "incomprehensiveness_n")
)


def rows_of(sizes, weight=None, cluster=None):
    codes = np.repeat(np.arange(len(sizes)), sizes)
    grouping, _ = cross(
        [attribute("g", np.arange(len(sizes)), [str(j) for j in range(len(sizes))])]
    )
    return Rows(np.zeros(len(codes)), grouping, codes, weight, cluster)


def changes(rng, n, harder=False):
    """What masks change: four parts of a score kept, four hidden."""
    slopes = np.full(8, 0.6) if harder else np.linspace(1, 0, 8)
    parts = rng.normal(size=(n, 8)) * slopes
    return parts[:, 4:].sum(axis=1) ** 2, parts.sum(axis=1) ** 2


def evidence_of(rows, score):
    return evidence_from_scores(
        (score,),
        rows.grouping,
        rows.codes,
        rows.y_true,
        sample_weight=rows.sample_weight,
        cluster=rows.cluster,
    )


def by_hand(rows, above, below, mine):
    """The benefit and its standard error, unit by unit."""
    w = np.ones(len(rows)) if rows.sample_weight is None else rows.sample_weight
    unit = np.arange(len(rows)) if rows.cluster is None else rows.cluster
    ratios = [(w * a)[mine].sum() / (w * b)[mine].sum() for a, b in zip(above, below, strict=True)]
    rest = [
        w * (a - r * b) / (w * b)[mine].sum() for a, b, r in zip(above, below, ratios, strict=True)
    ]
    total = np.bincount(unit[mine], (rest[0] - rest[1])[mine])
    g = len(np.unique(unit[mine]))
    return ratios, np.sqrt(total @ total * g / (g - 1))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("clustered", [False, True])
def test_group_by_group_and_over_everybody(weighted, clustered):
    rng = np.random.default_rng(1)
    weight = rng.gamma(5, size=1300) if weighted else None
    # No cluster has rows in two groups.
    rows = rows_of([500, 800], weight, np.arange(1300) // 4 if clustered else None)
    above, below = zip(changes(rng, 1300), changes(rng, 1300, harder=True), strict=True)
    evidence = evidence_of(rows, ratio_score(SUFFICIENCY, rows, above, below))
    for whole, members in ((False, [rows.codes == 0, rows.codes == 1]), (True, [rows.codes >= 0])):
        found = estimate(evidence, 0, Settings(), whole=whole)
        for j, mine in enumerate(members):
            (generic, personalized), se = by_hand(rows, above, below, mine)
            assert found.sums.generic[j] == pytest.approx(generic, rel=1e-9)
            assert found.sums.personalized[j] == pytest.approx(personalized, rel=1e-9)
            assert found.mean.estimate[j] == pytest.approx(generic - personalized, rel=1e-9)
            assert found.mean.se[j] == pytest.approx(se, rel=1e-9)


def test_what_carries_a_ratio():
    rng = np.random.default_rng(2)
    changed = np.zeros(1000)
    changed[:70] = 1.0
    kept = changed * (rng.random(1000) < 0.3), changed * (rng.random(1000) < 0.6)
    rows = rows_of([1000])
    score = ratio_score(SUFFICIENCY, rows, kept, (changed, changed))
    # Of the 70 that change at all those decide in which the models differ.
    assert (kept[0] != kept[1]).sum() <= score.deciding[0][0] < 70
    same = ratio_score(SUFFICIENCY, rows, (kept[0], 0 * changed), (changed, changed))
    assert same.deciding[0][0] <= 70
    evidence = evidence_of(rows, score)
    # 70 labels change: too few to divide by, whatever the number of rows.
    assert estimate(evidence, 0, Settings()).methods.tolist() == ["none"]
    # In clusters of ten they are seven units.
    clustered = rows_of([1000], cluster=np.arange(1000) // 10)
    apart = np.stack([changed, np.roll(changed, 500)])
    found = ratio_score(SUFFICIENCY, clustered, (apart[0] / 2, apart[1] / 3), tuple(apart))
    assert found.deciding[0].tolist() == [0] or found.deciding[0][0] <= 14
    assert found.deciding[1][0] <= 14


def test_where_a_model_says_the_same_there_is_no_ratio():
    rng = np.random.default_rng(3)
    rows = rows_of([600, 600, 0, 600])
    above, below = changes(rng, 1800)
    still = np.where(rows.codes == 1, 0.0, below)
    hardly = np.where(rows.codes == 3, 1e-9 * below, below)
    score = ratio_score(INCOMPREHENSIVENESS, rows, (-above, -above / 2), (still, hardly))
    assert score.reasons[0] is None
    assert score.reasons[1].startswith("hiding everything does not change the generic model's")
    assert score.reasons[2] == "no rows"
    assert score.reasons[3].startswith("hiding everything hardly changes the personalized model's")
    found = estimate(evidence_of(rows, score), 0, Settings())
    assert_array_equal(np.isfinite(found.mean.estimate), [True, False, False, False])
    assert_array_equal(found.methods != "none", [True, False, False, False])
    # Everybody together still has one.
    assert np.isfinite(estimate(evidence_of(rows, score), 0, Settings(), whole=True).mean.se[0])


def test_rounding_is_nothing_to_divide_by():
    rows, ones = rows_of([600]), np.full(600, 1e-20)
    score = ratio_score(SUFFICIENCY, rows, (ones, ones), (ones, ones), floors=(1e-18, 1e-18))
    assert score.reasons[0].startswith("hiding everything hardly changes the generic model's")


def test_a_scale_changes_nothing():
    rng = np.random.default_rng(4)
    rows = rows_of([700])
    above, below = changes(rng, 700)
    score = ratio_score(SUFFICIENCY, rows, (above, 9 * above), (below, 9 * below))
    assert_allclose(score.generic, score.personalized, rtol=1e-12)


@pytest.mark.parametrize("n", [500, 1500])
def test_intervals_and_tests_hold_their_level(n):
    """The harder case: one model's sufficiency is much the larger, and skewed."""
    rng, groups, repeats = np.random.default_rng(n), 20, 40
    everybody = [changes(np.random.default_rng(9), 400_000, harder=each) for each in (False, True)]
    truth = float(np.subtract(*[above.mean() / below.mean() for above, below in everybody]))
    rows, wrong = rows_of([n] * groups), np.zeros(4)
    for _ in range(repeats):
        chosen = rng.integers(400_000, size=n * groups)
        above, below = zip(*[[part[chosen] for part in each] for each in everybody], strict=True)
        found = estimate(
            evidence_of(rows, ratio_score(SUFFICIENCY, rows, above, below)), 0, Settings()
        )
        assert set(found.methods) == {"t"}
        ends = found.interval(0.05)
        wrong += [
            (ends.lower > truth).sum(),
            (ends.upper < truth).sum(),
            (found.p(truth, "greater") <= 0.05).sum(),
            (found.p(truth, "less") <= 0.05).sum(),
        ]
    nominal = np.array([0.025, 0.025, 0.05, 0.05])
    count = groups * repeats
    assert (wrong / count <= nominal + 3.3 * np.sqrt(nominal * (1 - nominal) / count)).all()
    # And they are no wider than they need be.
    assert wrong.sum() / count > 0.04
