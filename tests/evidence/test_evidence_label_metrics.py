"""Metrics of labels against scikit-learn, their errors against the jackknife and a simulation."""

# ruff: noqa: ARG005 - a function of rows need not look at both

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score, recall_score

from whogains.costs import at_threshold, prediction_costs
from whogains.evidence import (
    Rows,
    attribute,
    carrying_number,
    cross,
    effective_number,
    evidence_from_scores,
    prediction_scores,
)
from whogains.inference import jackknife, t_interval
from whogains.judging import Settings
from whogains.judging.estimates import estimate

SKLEARN = {
    "sensitivity": recall_score,
    "specificity": lambda y, label, sample_weight=None: recall_score(
        1 - y, ~label, sample_weight=sample_weight
    ),
    "balanced_accuracy": balanced_accuracy_score,
    "f1": f1_score,
}


def sample(n, rng, *, cluster=None, weight=None, prevalence=0.3):
    y = (rng.random(n) < prevalence).astype(float)
    generic, personalized = (
        np.clip(0.3 + gain * (y - 0.3) + rng.normal(0, 0.2, n), 0, 1) for gain in (0.4, 0.6)
    )
    grouping, codes = cross([attribute("sex", rng.integers(0, 2, n), ["f", "m"])])
    predictions = {"generic": generic, "personalized": personalized}
    return Rows(y, grouping, codes, weight, cluster, predictions)


@pytest.mark.parametrize("name", SKLEARN)
@pytest.mark.parametrize("design", ["rows", "weights", "clusters"])
def test_against_scikit_learn_and_the_jackknife(name, design):
    rng = np.random.default_rng(3)
    n = 240
    weight = rng.uniform(0.5, 3, n) if design == "weights" else None
    cluster = rng.integers(0, 90, n) if design == "clusters" else None
    rows = sample(n, rng, weight=weight, cluster=cluster)
    (cost,) = prediction_costs("classification", (name,))
    cost = at_threshold(cost, 0.4)
    scores = prediction_scores((cost,), rows)
    evidence = evidence_from_scores(
        scores, rows.grouping, rows.codes, rows.y_true, sample_weight=weight, cluster=cluster
    )
    w = np.ones(n) if weight is None else weight

    def metric(mask, model):
        label = rows.predictions[model][mask] >= 0.4
        return SKLEARN[name](rows.y_true[mask], label, sample_weight=w[mask])

    for j in range(2):
        mine = rows.codes == j
        for model, cost_found in (
            ("generic", evidence.costs[0].groups.generic[j]),
            ("personalized", evidence.costs[0].groups.personalized[j]),
        ):
            assert -cost_found == pytest.approx(metric(mine, model), abs=1e-12)
        where = np.flatnonzero(mine)
        unit = np.arange(len(where)) if cluster is None else cluster[mine]
        unit = np.unique(unit, return_inverse=True)[1]
        both = [
            jackknife(lambda keep, m=m, at=where: metric(at[keep], m), unit, w[mine])[1]
            for m in ("generic", "personalized")
        ]
        of_unit = np.bincount(unit, both[1] - both[0]) / len(where)
        k = len(of_unit)
        se = np.sqrt((of_unit**2).sum() * k / (k - 1))
        found = estimate(evidence, 0, Settings()).mean.se[j]
        assert found == pytest.approx(se, rel=0.04)


def test_a_group_without_an_outcome_has_no_rate():
    rng = np.random.default_rng(4)
    rows = sample(400, rng)
    rows.y_true[rows.codes == 0] = 0.0
    costs = prediction_costs("classification", ("sensitivity", "specificity", "f1"))
    sensitivity, specificity, f1 = prediction_scores(costs, rows)
    assert sensitivity.reasons == ("one class only", None)
    assert specificity.reasons == (None, None)
    assert f1.reasons == (None, None)
    assert np.isnan(sensitivity.generic[rows.codes == 0]).all()
    assert np.isfinite(sensitivity.whole[0]).all()


def test_few_rows_that_carry_a_rate_give_no_interval():
    rng = np.random.default_rng(6)
    for prevalence, methods in ((0.02, {"none"}), (0.5, {"t"})):
        rows = sample(1200, rng, prevalence=prevalence)
        costs = prediction_costs("classification", ("sensitivity",))
        evidence = evidence_from_scores(
            prediction_scores(costs, rows), rows.grouping, rows.codes, rows.y_true
        )
        found = estimate(evidence, 0, Settings())
        assert set(found.methods) == methods
        assert np.isnan(found.approximate).all()


def test_many_small_values_carry_no_variance():
    values = np.array([1.0, -1, 1, *[0.01] * 500])
    assert carrying_number(values) == pytest.approx(3, rel=0.05)
    assert effective_number(values) > 15
    assert carrying_number(np.zeros(3)) == 0


def test_the_effective_number_counts_units():
    assert effective_number(np.array([1.0, -1, 1, 0])) == pytest.approx(3)
    assert effective_number(np.array([1.0, -1, 1, 0]), np.array([0, 0, 1, 1])) == pytest.approx(1)
    assert effective_number(np.zeros(3)) == 0


def test_the_jackknife_of_a_weighted_mean_is_its_linearization():
    rng = np.random.default_rng(7)
    y, w = rng.normal(size=60), rng.uniform(1, 2, 60)
    unit = rng.integers(0, 20, 60)
    unit = np.unique(unit, return_inverse=True)[1]
    number, influence = jackknife(lambda keep: float(np.average(y[keep], weights=w[keep])), unit, w)
    assert number == pytest.approx(np.average(y, weights=w))
    of_unit = np.bincount(unit, influence) / 60
    expected = np.bincount(unit, w * (y - number)) / w.sum()
    assert of_unit == pytest.approx(expected, abs=1e-12)
    with pytest.raises(ValueError, match="at least two units"):
        jackknife(lambda keep: 1.0, np.zeros(3, dtype=int), np.ones(3))


def test_the_jackknife_of_f1_covers():
    rng = np.random.default_rng(8)
    n, repeats = 200, 400
    missed = 0
    # Labels of 1 with chance .7 where the outcome is 1 and .2 elsewhere, of which 40 % are 1.
    truth = 2 * 0.28 / (2 * 0.28 + 0.12 + 0.12)
    for _ in range(repeats):
        y = rng.random(n) < 0.4
        label = rng.random(n) < np.where(y, 0.7, 0.2)

        def f1(keep, y=y, label=label):
            return 2 * (label & y & keep).sum() / ((label & keep).sum() + (y & keep).sum())

        found, influence = jackknife(f1, np.arange(n), np.ones(n))
        se = np.sqrt((influence**2).sum() / (n * (n - 1)))
        ends = t_interval(found, se, n - 1.0, skewness=0.0, alpha=0.05)
        missed += not ends.lower <= truth <= ends.upper
    # 3.3 binomial standard errors about .05.
    assert missed / repeats < 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / repeats)
