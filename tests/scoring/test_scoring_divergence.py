"""Constructions in which prediction and explanation gain differently, with their exact values.

Features and personal attributes are -1 or 1 and every combination that can occur is one row, so
that a mean over rows is the expectation.
"""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from whogains.costs import explanation_costs, prediction_costs
from whogains.explain import ExplanationSettings
from whogains.frames import encode
from whogains.models import adapt_pair
from whogains.scoring import score_models


def positive(score):
    return lambda frame: (score(frame) > 0).astype(float)


def gains(X, personal, y, groups, scores, task="classification"):
    """Score a pair that ranks features by their contributions, and average by group."""
    generic, personalized = scores
    if task == "classification":
        pair = positive(sum_of(generic)), positive(sum_of(personalized))
    else:
        pair = sum_of(generic), sum_of(personalized)
    tables = encode(X), encode(personal, name="personal")

    def contributions(model, matrix):
        terms = generic if model.name == "generic" else personalized
        frame = pd.DataFrame(matrix, columns=model.names)
        zero = pd.Series(np.zeros(len(frame)))
        return np.column_stack([terms.get(name, lambda _: zero)(frame) for name in model.names])

    settings = ExplanationSettings(
        explainers=[contributions], keeps=[1], baseline="zeros", mask_personal=True
    )
    found = score_models(adapt_pair(*pair, *tables, task), *tables, settings)
    (explained,) = found.explanations
    assert explained.explainer == "contributions"
    loss = prediction_costs(task)[0]
    rows = {
        "loss": loss.rows(y, found.predictions["generic"])
        - loss.rows(y, found.predictions["personalized"])
    }
    for cost, part in zip(explanation_costs(task), ("kept", "removed"), strict=True):
        each = [
            cost.rows(scores.full, getattr(scores, part)) for scores in explained.masked.values()
        ]
        rows[cost.name] = each[0] - each[1]
    return pd.DataFrame(rows).groupby(groups).mean().T.to_dict()


def sum_of(terms):
    return lambda frame: sum(term(frame) for term in terms.values())


def column(name, weight=1):
    return lambda frame: weight * frame[name]


def one_sum_of_three():
    X = pd.DataFrame(list(product([-1, 1], repeat=3)), columns=["x1", "x2", "x3"])
    y = (X.sum(axis=1) > 0).to_numpy(float)
    terms = {name: column(name) for name in X}
    return X, pd.DataFrame({"s": 2 * y - 1}), y, (terms, {"s": column("s")})


def one_weighted_sum_of_three():
    X, personal, y, _ = one_sum_of_three()
    generic = {"x1": column("x1", 2), "x2": column("x2", 2), "x3": column("x3")}
    return X, personal, y, (generic, {"x3": column("x3", -1), "s": column("s", 2)})


def one_feature_twice():
    X = pd.DataFrame({"x1": [-1, 1]})
    y = np.array([0.0, 1.0])
    terms = {"x1": column("x1"), "s": column("s")}
    return X, pd.DataFrame({"s": 2 * y - 1}), y, ({"x1": column("x1")}, terms)


SUFFICIENCY_GAINS = {
    -1.0: {"loss": 0.0, "sufficiency": 0.25, "incomprehensiveness": 0.0},
    1.0: {"loss": 0.0, "sufficiency": 0.25, "incomprehensiveness": 0.5},
}
BOTH_GAIN = {s: {"loss": 0.0, "sufficiency": 0.25, "incomprehensiveness": 0.5} for s in (-1.0, 1.0)}
ONE_GROUP_LOSES = {
    -1.0: {"loss": 0.0, "sufficiency": 0.0, "incomprehensiveness": 0.0},
    1.0: {"loss": 0.0, "sufficiency": 0.0, "incomprehensiveness": -1.0},
}


@pytest.mark.parametrize(
    ("people", "expected"),
    [(one_sum_of_three, SUFFICIENCY_GAINS), (one_weighted_sum_of_three, BOTH_GAIN)],
)
def test_explanations_can_gain_where_predictions_do_not(people, expected):
    X, personal, y, scores = people()
    assert gains(X, personal, y, personal["s"], scores) == expected


def test_explanations_can_lose_where_predictions_do_not():
    X, personal, y, scores = one_feature_twice()
    assert gains(X, personal, y, personal["s"], scores) == ONE_GROUP_LOSES


def test_one_personalization_can_help_one_group_and_hurt_another():
    first, second = one_weighted_sum_of_three(), one_feature_twice()
    # The two kinds of people have different features, and t says which kind.
    X = pd.concat([first[0], second[0].rename(columns={"x1": "x4"})], ignore_index=True).fillna(0)
    personal = pd.concat([first[1].assign(t=0), second[1].assign(t=1)], ignore_index=True)
    y = np.concatenate([first[2], second[2]])
    last = {"x4": column("x4")}
    scores = tuple(terms | last for terms in first[3])
    found = gains(X, personal, y, [personal["t"], personal["s"]], scores)
    for s in (-1.0, 1.0):
        assert found[0, s] == BOTH_GAIN[s]
        assert found[1, s] == ONE_GROUP_LOSES[s]


@pytest.mark.parametrize("b", [0.0, 0.5, 2.0])
def test_an_additive_model_gains_in_explanations_as_soon_as_it_uses_the_attribute(b):
    a = 1.0
    rows = pd.DataFrame(list(product([-1, 1], repeat=2)), columns=["x", "s"])
    y = (a * rows["x"] + b * rows["s"]).to_numpy(float)
    generic = {"x": lambda frame: a * frame["x"]}
    scores = (generic, generic | {"s": lambda frame: b * frame["s"]})
    found = gains(rows[["x"]], rows[["s"]], y, rows["s"], scores, "regression")
    # The smaller of the two contributions is lost by keeping one, the larger by removing it; the
    # generic model loses nothing, or everything.
    kept, removed = min(abs(a), abs(b)) ** 2, max(abs(a), abs(b)) ** 2
    for group in (-1, 1):
        assert found[group]["loss"] == pytest.approx(b**2)
        assert found[group]["sufficiency"] == pytest.approx(-kept)
        assert found[group]["incomprehensiveness"] == pytest.approx(removed - a**2)
    no_gain = all(
        found[group][cost] == 0
        for group in (-1, 1)
        for cost in ("sufficiency", "incomprehensiveness")
    )
    assert no_gain == (b == 0)
