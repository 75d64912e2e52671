"""Curves, repeats and several explainers in one audit."""

import json
import tracemalloc

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.explain import GivenAttributions

RNG = np.random.default_rng(8)
N = 400
X = pd.DataFrame({"a": RNG.normal(size=N), "b": RNG.normal(size=N), "c": RNG.normal(size=N)})
PERSONAL = pd.DataFrame({"sex": RNG.choice(["F", "M"], N)})
MALE = (PERSONAL["sex"] == "M").to_numpy()
Y = pd.Series(X["a"] * X["b"] + X["c"] * MALE + RNG.normal(0, 0.3, N), name="outcome")


def generic(frame):
    return frame["a"] * frame["b"] * (1 + frame["c"])


def personalized(frame):
    return generic(frame) + frame["c"] * (frame["sex"] == "M")


def audit(y=Y, **options):
    return wg.audit(X, y, personal=PERSONAL, generic=generic, personalized=personalized, **options)


def test_a_curve_has_its_mean_as_one_more_cost():
    found = audit(explainers=["occlusion"], keep=[1, 2, 3])
    for name in ("sufficiency", "incomprehensiveness"):
        costs = {cost.keep: cost for cost in found.costs if cost.name == name}
        assert list(costs) == [1, 2, 3, None]
        for group in range(2):
            points = [costs[keep].groups[group].bop for keep in (1, 2, 3)]
            np.testing.assert_allclose(costs[None].groups[group].bop, np.mean(points), atol=1e-12)
        assert costs[None].title == f"{name} (occlusion, mean over keep)"
    again = json.loads(json.dumps(found.to_dict())) if hasattr(found, "to_dict") else None
    assert again is None or again["costs"][-1]["keep"] is None


def test_the_mean_of_labels_is_no_label():
    y = (Y > 0).astype(int)
    found = wg.audit(
        X,
        y,
        personal=PERSONAL,
        generic=lambda f: 1 / (1 + np.exp(-generic(f))),
        personalized=lambda f: 1 / (1 + np.exp(-personalized(f))),
        explainers=["occlusion"],
        keep=[1, 2],
    )
    means = [cost for cost in found.costs if cost.kind == "explanation" and cost.keep is None]
    assert len(means) == 2
    points = [cost for cost in found.costs if cost.keep == 1]
    # The score interval is for differences of -1, 0 and 1 only.
    assert "score" not in {group.method for cost in means for group in cost.groups}
    assert "score" in {group.method for cost in points for group in cost.groups}


def test_explainers_that_disagree_are_told_where():
    right = np.abs(X.to_numpy())
    against = GivenAttributions("backwards", -right, -np.column_stack([right, np.full(N, 9.0)]))
    found = audit(explainers=["occlusion", against], keep=1, signed=True)
    told = [note for note in found.notes if "agree on the sign" in note]
    assert len(told) == 2
    for note, name in zip(told, ("sufficiency", "incomprehensiveness"), strict=True):
        assert note.startswith(f"{name}: occlusion, backwards agree")
        signs = [
            [np.sign(group.bop) for group in cost.groups]
            for cost in found.costs
            if cost.name == name
        ]
        same = sum(a == b for a, b in zip(*signs, strict=True))
        assert f"in {same} of 2 groups" in note
        for group, a, b in zip(("F", "M"), *signs, strict=True):
            assert (group in note.partition("differ in ")[2]) == (a != b)


def test_one_explainer_agrees_with_nobody():
    assert not any("agree" in note for note in audit(explainers=["occlusion"], keep=[1, 2]).notes)


CLUSTERS = np.arange(N) // 20


@pytest.mark.parametrize("dependence", [{}, {"cluster": CLUSTERS}], ids=["rows", "clusters"])
def test_noise_of_draws_is_a_share_of_the_standard_error(dependence):
    explainers = ["permutation_shap:1", "occlusion"]
    found = audit(explainers=explainers, keep=1, explainer_repeats=4, **dependence)
    (note,) = [note for note in found.notes if "repeats" in note]
    assert note.startswith("permutation_shap:1: over 4 repeats with other seeds")
    shares = []
    first = found.costs
    runs = [
        audit(explainers=["permutation_shap:1"], keep=1, random_state=seed).costs
        for seed in range(4)
    ]
    for name in ("sufficiency", "incomprehensiveness"):
        cost = next(cost for cost in first if cost.name == name)
        for group in range(2):
            bops = [
                next(cost for cost in run if cost.name == name).groups[group].bop for run in runs
            ]
            # Nothing is changed where all the features are kept.
            if cost.groups[group].se:
                shares.append(np.std(bops, ddof=1) / cost.groups[group].se)
    assert f"up to {max(shares):.0%}" in note
    assert f"median {np.median(shares):.0%}" in note


def test_rows_without_an_outcome_take_their_given_attributions_along():
    holes = Y.mask(np.arange(N) % 3 == 0)
    values = RNG.normal(size=(N, 3)), RNG.normal(size=(N, 4))
    found = audit(holes, explainers=[GivenAttributions("mine", *values)], keep=1)
    kept = holes.notna().to_numpy()
    alone = wg.audit(
        X[kept],
        Y[kept],
        personal=PERSONAL[kept],
        generic=generic,
        personalized=personalized,
        explainers=[GivenAttributions("mine", *(part[kept] for part in values))],
        keep=1,
    )
    for one, other in zip(found.costs, alone.costs, strict=True):
        assert [group.bop for group in one.groups] == [group.bop for group in other.groups]


def test_a_large_frame_is_copied_once():
    n, p = 40_000, 60
    wide = pd.DataFrame(np.random.default_rng(0).normal(size=(n, p)))

    def audited(rows):
        wg.audit(
            rows,
            rows[0] + rows[1],
            personal=pd.DataFrame({"sex": np.arange(len(rows)) % 2}),
            generic=lambda frame: frame["0"],
            personalized=lambda frame: frame["0"] + frame["sex"] * frame["1"],
            costs=["squared_error"],
            explainers="none",
            method="t",
            batch_rows=1000,
        )

    # What is imported on the way is not counted.
    audited(wide[:100])
    tracemalloc.start()
    audited(wide)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1.8 * 8 * n * p


def test_what_the_numbers_depend_on_is_in_the_settings():
    found = audit(explainers=["permutation_shap"], baseline=5, explainer_repeats=2)
    assert found.settings["baseline"] == 5
    assert found.settings["explainer_repeats"] == 2
    assert found.settings["completeness_gap"]["permutation_shap"]["generic"] < 1e-9


@pytest.mark.parametrize("outcome", ["systolic", "hypertension"])
def test_a_network_is_audited_on_real_people(outcome):
    pytest.importorskip("captum", reason="captum is not installed (extra torch)")
    data = wg.datasets.nhanes(outcome)
    rows = np.arange(len(data.X)) % 6 == 0
    explainers = ["integrated_gradients:20", "deeplift", "shapley_sampling:3"]
    found = wg.audit(
        data.X[rows],
        data.y[rows],
        personal=data.personal[rows],
        model="mlp",
        explainers=explainers,
        folds=2,
        repeats=1,
        placebo=0,
    )
    explained = [cost.explainer for cost in found.costs if cost.kind == "explanation"]
    assert list(dict.fromkeys(explained)) == explainers
    assert sum("agree on the sign" in note for note in found.notes) == 2
    assert found.settings["model"] == "mlp"
