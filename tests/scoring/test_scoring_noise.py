"""An attribute of noise earns hardly any verdict on explanations, whatever its levels are."""

import numpy as np
import pandas as pd
import pytest

import whogains as wg

EXPLANATION = ["sufficiency", "incomprehensiveness"]


def world(seed, n, p, share=0.6, effect=0.0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, p)), columns=[f"x{k}" for k in range(p)])
    personal = pd.DataFrame({"s": rng.choice(["a", "b"], n, p=[share, 1 - share])})
    y = X.to_numpy() @ np.linspace(1, 0, p) + effect * (personal["s"] == "a") + rng.normal(size=n)
    return X, y, personal


def verdicts(seed, n, p, **changes):
    X, y, personal = world(
        seed, n, p, **{k: changes.pop(k) for k in ("share", "effect") if k in changes}
    )
    found = wg.audit(
        X, y, personal=personal, model="linear", random_state=seed, **changes, repeats=1, placebo=0
    ).table(every=True)
    return found[found["cost"].isin(EXPLANATION)]


@pytest.mark.parametrize("p", [5, 6])
def test_noise_earns_no_verdict_on_explanations(p):
    # Odd and even: a share of each model's own features would differ by one for one of them.
    found = pd.concat([verdicts(seed, 500, p) for seed in range(8)])
    earned = found["verdict"].isin(["gain", "harm"]).mean()
    assert earned <= 0.1
    # Ranked like features it takes a place among those kept, and more than noise may is seen.
    ranked = pd.concat([verdicts(seed, 500, 5, mask_personal=True) for seed in range(8)])
    assert ranked["verdict"].isin(["gain", "harm"]).mean() > 0.1


def test_which_level_is_the_more_frequent_decides_nothing():
    """Both groups lose the attribute where it is hidden; at the mode only one of them does."""
    by_masks = {}
    for baseline in ("marginal", "mean"):
        found = pd.concat(
            [
                verdicts(
                    seed, 800, 6, share=0.52, effect=2.0, baseline=baseline, mask_personal=True
                )
                for seed in range(4)
            ]
        )
        shown = found.assign(shown=found["verdict"].isin(["gain", "harm"]))
        by_masks[baseline] = shown.groupby("s")["shown"].mean()
    fair, at_the_mode = by_masks["marginal"], by_masks["mean"]
    assert abs(fair["a"] - fair["b"]) <= 0.25
    assert abs(at_the_mode["a"] - at_the_mode["b"]) > abs(fair["a"] - fair["b"])


def test_attributes_as_context_are_neither_kept_nor_hidden():
    X, y, personal = world(0, 400, 4, effect=3.0)
    found = wg.audit(
        X,
        y,
        personal=personal,
        model="linear",
        mask_personal=False,
        keep=4,
        random_state=0,
        repeats=1,
        placebo=0,
    )
    # With every feature kept the attribute is there too: nothing changes.
    for cost in found.costs:
        if cost.name == "sufficiency":
            np.testing.assert_allclose(
                [group.cost_personalized for group in cost.groups], 0.0, atol=1e-12
            )
            assert cost.kept == (4, 4, 4)
    assert found.settings["mask_personal"] is False
