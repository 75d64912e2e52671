"""Panels: subsets of attributes and placebos fitted beside the pair, on the same rows and seeds."""

import numpy as np
import pandas as pd

from whogains.explain import ExplanationSettings
from whogains.frames import encode
from whogains.scoring import Member, pair_and_placebos, score_cross_fit
from whogains.scoring.panels import placebo_order

RNG = np.random.default_rng(5)
N = 300
FRAME = pd.DataFrame({"a": RNG.normal(size=N), "b": RNG.normal(size=N)})
PERSONAL = pd.DataFrame({"sex": RNG.choice(["F", "M"], N), "old": RNG.random(N) < 0.4})
X, S = encode(FRAME), encode(PERSONAL, name="personal")
Y = FRAME["a"].to_numpy() + 2 * (PERSONAL["sex"] == "M").to_numpy() + RNG.normal(0, 0.5, N)


def squared(predictions):
    return float(np.mean((predictions - Y) ** 2))


def test_each_model_gets_its_own_columns_and_the_others_change_nothing():
    panel = {
        "none": Member(()),
        "sex": Member(("sex",)),
        "old": Member(("old",)),
        "sex+old": Member(),
    }
    settings = ExplanationSettings(["occlusion"], [1])
    found = score_cross_fit(X, S, Y, "regression", settings, panel=panel, estimator="linear")
    assert list(found.predictions) == list(panel)
    for name, member in panel.items():
        wanted = S if member.personal is None else S.select(member.personal)
        if not wanted.names:
            continue
        pair = score_cross_fit(X, wanted, Y, "regression", settings, estimator="linear")
        np.testing.assert_array_equal(found.predictions[name], pair.predictions["personalized"])
        np.testing.assert_array_equal(found.predictions["none"], pair.predictions["generic"])
        (many,), (two,) = found.explanations, pair.explanations
        np.testing.assert_array_equal(many.masked[name].kept, two.masked["personalized"].kept)
    assert squared(found.predictions["sex"]) < 0.5 * squared(found.predictions["old"])


def test_a_placebo_has_the_columns_and_none_of_what_they_tell():
    found = score_cross_fit(X, S, Y, "regression", panel=pair_and_placebos(2), estimator="linear")
    cost = {name: squared(each) for name, each in found.predictions.items()}
    assert cost["personalized"] < 0.5 * cost["generic"]
    for name in ("placebo 1", "placebo 2"):
        assert 0.95 < cost[name] / cost["generic"] < 1.1
    assert (found.predictions["placebo 1"] != found.predictions["placebo 2"]).any()
    alone = score_cross_fit(X, S, Y, "regression", estimator="linear")
    for name, each in alone.predictions.items():
        np.testing.assert_array_equal(found.predictions[name], each)


def test_placebos_move_whole_clusters_inside_their_fold():
    fold = RNG.integers(0, 3, N)
    cluster = fold * 100 + RNG.integers(0, 20, N)
    level = RNG.integers(0, 5, 400)[cluster]
    order = placebo_order(fold, cluster, random_state=3, placebo=1)
    np.testing.assert_array_equal(fold[order], fold)
    for one in np.unique(cluster):
        # What all rows of a cluster share, they still share.
        assert np.unique(cluster[order][cluster == one]).size == 1
    assert np.mean(level[order] == level) < 0.5
    rows = placebo_order(fold, None, random_state=3, placebo=1)
    np.testing.assert_array_equal(np.sort(rows), np.arange(N))
    assert (rows != placebo_order(fold, None, random_state=3, placebo=2)).any()


def test_a_held_out_part_is_scored_once_by_one_panel():
    found = score_cross_fit(X, S, Y, "regression", estimator="linear", holdout=0.3)
    assert found.fold is not None
    held = found.fold == 0
    assert abs(int(held.sum()) - 0.3 * N) < 5
    assert set(np.unique(found.fold)) == {-1, 0}
    assert all(len(each) == held.sum() for each in found.predictions.values())
    from sklearn.linear_model import Ridge

    model = Ridge().fit(FRAME[~held], Y[~held])
    np.testing.assert_allclose(found.predictions["generic"], model.predict(FRAME[held]))
