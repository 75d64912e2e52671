"""Normalized costs of explanation through the public API: the scale alone makes no verdict."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import whogains as wg
from whogains.explain import Baselines, hidden_predictions
from whogains.frames import encode
from whogains.models import adapt_pair

RAW = ("sufficiency", "incomprehensiveness")
NORMALIZED = tuple(f"{name}_n" for name in RAW)
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs" / "schema" / "audit.schema.json").read_text("utf-8")
)
SLOPES = np.linspace(1, 0.1, 6)


def people(seed, n=1200):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 6)), columns=[f"x{k}" for k in range(6)])
    return X, pd.DataFrame({"s": rng.choice(["a", "b"], n)}), rng.normal(size=n)


def linear(times=1.0, of_a=None):
    """A model whose predictions vary `times` as much, or so in group a alone."""

    def predict(frame):
        score = frame[[f"x{k}" for k in range(6)]].to_numpy(dtype=float) @ SLOPES
        return score * (times if of_a is None else np.where(frame["s"] == "a", of_a, 1.0))

    return predict


def audited(generic, personalized, seed=0, **options):
    X, personal, noise = people(seed)
    return wg.audit(
        X,
        linear()(X) + noise,
        personal=personal,
        generic=generic,
        personalized=personalized,
        explainers=["occlusion"],
        **options,
    )


def costs_of(found):
    return {cost.name: cost for cost in found.costs}


def test_an_additive_effect_is_no_harm_to_sufficiency():
    """Both models are linear: what is added for one level makes raw costs say harm, and gain.

    With the attribute ranked and hidden, as in the paper.
    """
    raw, normalized, by_scale = [], [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        X = pd.DataFrame(rng.normal(size=(2000, 8)), columns=[f"x{k}" for k in range(8)])
        personal = pd.DataFrame({"s": rng.choice(["a", "b"], 2000)})
        y = X.to_numpy() @ np.linspace(1, 0.1, 8) + rng.normal(size=2000)
        y += 2.0 * np.where(personal["s"] == "a", 1, -1)
        found = costs_of(
            wg.audit(
                X,
                y,
                personal=personal,
                model="linear",
                mask_personal=True,
                repeats=1,
                placebo=0,
                random_state=seed,
            )
        )
        raw += [group.verdict for name in RAW for group in found[name].groups]
        normalized += [group.verdict for name in NORMALIZED for group in found[name].groups]
        for name in RAW:
            by_scale += [group.by_scale for group in found[name].groups]
            assert "vary more" in found[name].scale
    assert raw == (["harm"] * 2 + ["gain"] * 2) * 3
    assert np.isin(normalized, ["gain", "harm"]).mean() <= 0.2
    assert np.mean(by_scale) >= 0.8


def test_predictions_that_vary_more_are_not_explained_worse():
    found = audited(linear(), linear(of_a=1.5))
    costs = costs_of(found)
    a, b = costs["sufficiency"].groups
    assert (a.verdict, a.by_scale) == ("harm", True)
    assert not b.by_scale
    for name in NORMALIZED:
        # In b the models are one, which is no test of anything.
        assert [group.verdict for group in costs[name].groups] == [
            "no material difference",
            "cannot tell",
        ]
        assert [group.bop for group in costs[name].groups] == pytest.approx([0.0, 0.0], abs=1e-12)
    assert costs["sufficiency"].scale == (
        "a: raw says harm, normalized says no material difference: the personalized model's "
        "predictions vary more (hiding everything changes them 2.2 times as much as the generic "
        "model's); the scale did it"
    )
    hidden = costs["sufficiency_n"].all_hidden[0]
    assert hidden.personalized == pytest.approx(2.25 * hidden.generic)
    # Raw cost over normalized cost is what hiding everything changes.
    assert a.cost_generic / costs["sufficiency_n"].groups[0].cost_generic == pytest.approx(
        hidden.generic
    )
    # Every face says so.
    for text in (found.to_text(), found.to_markdown(), found.to_html()):
        assert "raw says harm" in " ".join(text.split())
    content = json.loads(found.to_json())
    Draft202012Validator(SCHEMA).validate(content)
    assert content["costs"][2]["scale"] == costs["sufficiency"].scale
    assert wg.read_json is not None
    assert found.table(every=True).set_index(["cost", "s"]).loc[("sufficiency", "a"), "by_scale"]
    assert "Most of what sufficiency" in " ".join(found.to_text().split())


def test_predictions_that_vary_less_gain_nothing_by_it():
    costs = costs_of(audited(linear(), linear(0.5)))
    assert [group.verdict for group in costs["sufficiency"].groups] == ["gain", "gain"]
    assert "vary less" in costs["sufficiency"].scale


def test_a_difference_that_is_no_scale_is_not_called_one():
    def other(frame):
        return frame[[f"x{k}" for k in range(6)]].to_numpy(dtype=float) @ np.full(6, 0.8)

    costs = costs_of(audited(linear(), other))
    assert {group.verdict for group in costs["sufficiency_n"].groups} == {"harm"}
    assert {group.verdict for group in costs["sufficiency"].groups} == {"harm"}
    assert costs["sufficiency"].scale is None


def test_a_constant_model_has_no_normalized_cost():
    found = audited(lambda frame: np.zeros(len(frame)), linear())
    for name in NORMALIZED:
        cost = costs_of(found)[name]
        for group in cost.groups:
            assert (group.bop, group.ci, group.reason) == (None, (None, None), "too few rows")
            assert group.note.startswith("hiding everything does not change the generic model's")
        assert cost.population.bop is None
        assert math.isfinite(cost.epsilon)
    assert costs_of(found)["sufficiency"].scale is None
    Draft202012Validator(SCHEMA).validate(json.loads(found.to_json()))


def test_a_model_that_is_constant_in_one_group_has_one_in_the_other():
    groups = costs_of(audited(linear(), linear(of_a=0.0)))["sufficiency_n"].groups
    assert groups[0].bop is None
    assert "the personalized model's predictions" in groups[0].note
    assert groups[1].bop == pytest.approx(0.0, abs=1e-12)


def test_two_models_that_are_one_differ_on_no_row():
    for cost in audited(linear(), linear()).costs:
        if cost.name in NORMALIZED:
            assert {group.method for group in cost.groups} == {"agreement"}


def test_labels_that_rarely_change_are_too_few_to_divide_by():
    X, personal, noise = people(1, 1500)
    score = X.to_numpy() @ SLOPES

    def labels(times):
        return lambda frame: 1 / (1 + np.exp(4.5 - times * linear()(frame)))

    found = wg.audit(
        X,
        (score + noise > 4.5).astype(int),
        personal=personal,
        generic=labels(1.0),
        personalized=labels(1.3),
        explainers=["occlusion"],
    )
    groups = costs_of(found)["sufficiency_n"].groups
    assert all(group.reason == "too few rows" for group in groups)
    assert all("an interval asks for 120" in group.note for group in groups)


def test_what_is_hidden_is_everything_but_context():
    X, personal, _ = people(2, 50)
    tables = encode(X), encode(personal, name="personal")
    pair = adapt_pair(linear(), linear(of_a=1.5), *tables, "regression")
    model = pair["personalized"]
    matrix = np.hstack([tables[0].matrix, tables[1].matrix])
    base = np.vstack([matrix[0], matrix[7], matrix[13]])
    background = Baselines(base, np.array([0.5, 0.3, 0.2]))
    for context in (None, np.array([False] * 6 + [True])):
        found = hidden_predictions(model, matrix, background, context=context)
        for i, row in enumerate(matrix):
            asked = base.copy()
            if context is not None:
                asked[:, context] = row[context]
            assert found[i] == pytest.approx(background.weights @ model.predict(asked))


def test_several_keeps_have_a_mean_of_ratios():
    found = audited(linear(), linear(of_a=1.5), keep=[1, 3])
    one, three, mean = (cost for cost in found.costs if cost.name == "sufficiency_n")
    for j in (0, 1):
        assert mean.groups[j].cost_generic == pytest.approx(
            (one.groups[j].cost_generic + three.groups[j].cost_generic) / 2
        )
    assert mean.keep is None
    assert mean.population.cost_generic == pytest.approx(
        (one.population.cost_generic + three.population.cost_generic) / 2
    )


def test_costs_that_are_asked_for():
    found = audited(linear(), linear(1.5), explanation_costs=["sufficiency_n"])
    assert [cost.name for cost in found.costs if cost.kind == "explanation"] == ["sufficiency_n"]
    assert found.settings["explanation_costs"] == ["sufficiency_n"]
    with pytest.raises(wg.InputError, match="'clarity' is unknown; choose from sufficiency, inc"):
        audited(linear(), linear(), explanation_costs=["clarity"])
    with pytest.raises(wg.InputError, match="explanation_costs is empty"):
        audited(linear(), linear(), explanation_costs=[])


def test_weights_and_clusters():
    """Two rows of one cluster say what one row of twice the weight says."""
    X, personal, noise = people(3, 2400)
    y = linear()(X) + noise

    def other(frame):
        return frame[[f"x{k}" for k in range(6)]].to_numpy(dtype=float) @ np.full(6, 0.6)

    def run(times, **options):
        rows = np.repeat(np.arange(2400), times)
        found = wg.audit(
            X.iloc[rows].reset_index(drop=True),
            y.iloc[rows].reset_index(drop=True) if hasattr(y, "iloc") else y[rows],
            personal=personal.iloc[rows].reset_index(drop=True),
            generic=linear(),
            personalized=other,
            explainers=["occlusion"],
            # One baseline for both runs.
            baseline="zeros",
            **options,
        )
        return costs_of(found)["sufficiency_n"].groups

    alone = run(1)
    twice = run(2, cluster=np.repeat(np.arange(2400), 2))
    for one, two in zip(alone, twice, strict=True):
        assert one.bop == pytest.approx(two.bop)
        assert one.se == pytest.approx(two.se)
        assert one.method == "t"
