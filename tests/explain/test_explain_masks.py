"""Which features are kept, and what is predicted from them."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whogains.errors import InputError
from whogains.explain import (
    ExplanationSettings,
    attribute,
    baseline_rows,
    baselines_of,
    default_explainer,
    feature_groups_of,
    find_explainer,
    how_many,
    masked_predictions,
    masks,
    permutation_shap,
    top_features,
    tree_shap,
)
from whogains.frames import encode
from whogains.models import adapt_model, fit_model


@pytest.mark.parametrize(
    ("keep", "features", "count"),
    [
        (0.5, 4, 2),
        (0.5, 5, 3),
        (0.5, 1, 1),
        (0.01, 10, 1),
        (1.0, 7, 7),
        (0.145, 100, 15),
        (0.35, 10, 4),
        (0.29, 50, 15),
        (1, 7, 1),
        (7, 7, 7),
        (np.int64(3), 5, 3),
        (np.float32(0.5), 4, 2),
    ],
)
def test_how_many(keep, features, count):
    assert how_many(keep, features) == count


@given(st.integers(1, 1000), st.integers(1, 500))
def test_shares_round_halves_up(thousandths, features):
    exact = Fraction(thousandths, 1000) * features
    assert how_many(thousandths / 1000, features) == max(1, int(exact + Fraction(1, 2)))


@pytest.mark.parametrize("keep", [0, 6, -1, 0.0, 1.5, -0.5, float("nan"), True, "half", None])
def test_what_is_no_number_of_features(keep):
    with pytest.raises(InputError, match="keep="):
        how_many(keep, 5)


def plain_top(row, count, groups, *, signed):
    """The rule in words, one row at a time."""
    ids = list(dict.fromkeys(groups))
    total = [sum(row[j] for j in range(len(row)) if groups[j] == one) for one in ids]
    rank = sorted(range(len(ids)), key=lambda k: (-(total[k] if signed else abs(total[k])), k))
    chosen = {ids[k] for k in rank[:count]}
    return [group in chosen for group in groups]


@given(st.data())
def test_top_features_against_the_rule_in_words(data):
    width = data.draw(st.integers(1, 6))
    # Small whole numbers, so that there are ties.
    rows = st.lists(st.integers(-3, 3), min_size=width, max_size=width)
    attributions = np.array(data.draw(st.lists(rows, min_size=1, max_size=5)), float)
    groups = data.draw(st.lists(st.integers(0, 3), min_size=width, max_size=width))
    keep = data.draw(st.integers(1, len(set(groups))))
    signed = data.draw(st.booleans())
    found = top_features(attributions, keep, feature_groups=np.array(groups), signed=signed)
    for row, mask in zip(attributions, found, strict=True):
        assert mask.tolist() == plain_top(row, keep, groups, signed=signed)


def test_ties_go_to_the_left():
    found = top_features(np.array([[0.0, -2.0, 2.0, 2.0]]), 2)
    assert found.tolist() == [[False, True, True, False]]


def test_signed_ranks_by_the_attribution_itself():
    attributions = np.array([[-5.0, 1.0, 2.0]])
    assert top_features(attributions, 1).tolist() == [[True, False, False]]
    assert top_features(attributions, 1, signed=True).tolist() == [[False, False, True]]


def test_groups_count_as_one_feature():
    attributions = np.array([[3.0, 2.0, -2.0, 2.0]])
    groups = feature_groups_of("abcd", {"b": "g", "c": "g"})
    assert groups.tolist() == [0, 1, 1, 2]
    assert top_features(attributions, 2, feature_groups=groups).tolist() == [
        [True, False, False, True]
    ]
    with pytest.raises(InputError, match="from 1 to the 3"):
        top_features(attributions, 4, feature_groups=groups)


def test_a_lone_column_is_not_in_a_group_of_its_name():
    assert feature_groups_of(
        ["race", "race_a", "race_b"], {"race_a": "race", "race_b": "race"}
    ).tolist() == [0, 1, 1]


RNG = np.random.default_rng(6)
TABLE = encode(
    {
        "a": np.where(RNG.random(90) < 0.1, np.nan, RNG.normal(size=90)),
        "b": RNG.integers(0, 9, 90),
        "g": RNG.choice(["x", "y", "z"], 90),
        "f": RNG.random(90) < 0.7,
    }
)
MODEL = fit_model(
    TABLE, (TABLE.matrix[:, 1] + TABLE.matrix[:, 2] > 5).astype(float), "classification"
)


@pytest.mark.parametrize("keep", [1, 0.5, 1.0])
def test_masked_predictions_against_a_loop(keep, monkeypatch):
    monkeypatch.setattr(masks, "BATCH_NUMBERS", 4 * 17)
    attributions = RNG.integers(-2, 3, (90, 4)).astype(float)
    baseline = baseline_rows(TABLE)
    (found,) = masked_predictions(MODEL, TABLE.matrix, attributions, [keep], baseline)
    np.testing.assert_array_equal(found.full, MODEL.predict(TABLE.matrix))
    for i in range(90):
        top = plain_top(attributions[i], how_many(keep, 4), range(4), signed=False)
        kept, removed = baseline[0].copy(), TABLE.matrix[i].copy()
        for j in range(4):
            if top[j]:
                kept[j], removed[j] = TABLE.matrix[i, j], baseline[0, j]
        assert found.kept[i] == MODEL.predict(kept[None, :])[0]
        assert found.removed[i] == MODEL.predict(removed[None, :])[0]


def test_keeping_everything_changes_nothing():
    baseline = baseline_rows(TABLE)
    (found,) = masked_predictions(MODEL, TABLE.matrix, np.zeros((90, 4)), [1.0], baseline)
    np.testing.assert_array_equal(found.kept, found.full)
    np.testing.assert_array_equal(found.removed, np.full(90, MODEL.predict(baseline)[0]))


def test_known_predictions_are_not_made_again():
    full = np.full(90, 0.25)
    (found,) = masked_predictions(
        MODEL, TABLE.matrix, np.zeros((90, 4)), [1], baseline_rows(TABLE), full=full
    )
    assert found.full is full


def test_baselines():
    table = encode(
        {
            "a": [1.0, np.nan, 4.0],
            "g": ["x", "y", "y"],
            "f": [True, False, None],
            "e": [np.nan, np.nan, np.nan],
        }
    )
    # Of the booleans, as frequent as each other, the first.
    np.testing.assert_array_equal(baseline_rows(table), [[2.5, 1, 0, np.nan]])
    np.testing.assert_array_equal(baseline_rows(table, "zeros"), np.zeros((1, 4)))
    given = {"g": "x", "a": 9, "f": True, "e": None}
    np.testing.assert_array_equal(baseline_rows(table, given), [[9, 0, 1, np.nan]])
    np.testing.assert_array_equal(baseline_rows(table, {"g": None})[0, 1], np.nan)


@pytest.mark.parametrize(
    ("baseline", "message"),
    [
        ("median", "baseline 'median' is not known"),
        (0.0, "baseline 0.0 is not known"),
        ({"q": 1}, "baseline names the column 'q', which is not there"),
        ({"g": "w"}, "baseline gives column 'g' the value 'w', which is not one of its 3"),
        ({"b": "w"}, "baseline column 'b' holds text"),
    ],
)
def test_what_is_no_baseline(baseline, message):
    with pytest.raises(InputError, match=message):
        baseline_rows(TABLE, baseline)


def test_explainers_by_name():
    other = adapt_model(lambda frame: frame["b"] / 9, TABLE.columns, "classification")
    assert default_explainer([MODEL, MODEL]) == "tree_shap"
    assert default_explainer([MODEL, other]) == "permutation_shap"
    assert find_explainer("auto", [MODEL]).attributor is tree_shap
    assert find_explainer("permutation_shap", [MODEL]).attributor is permutation_shap
    with pytest.raises(InputError, match="explainer 'lime' is not known; choose from auto, tree"):
        find_explainer("lime", [MODEL])


def weights(model, matrix):
    return matrix * np.arange(len(model.columns))


def test_a_user_s_own_explainer():
    explainer = find_explainer(weights, [MODEL])
    assert explainer.name == "weights"
    matrix = np.ones((2, 4))
    found = attribute(explainer, MODEL, matrix, np.zeros((1, 4)), 0)
    np.testing.assert_array_equal(found, [[0, 1, 2, 3]] * 2)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (np.zeros((2, 3)), r"wrong returned an array of shape \(2, 3\) .* must be \(2, 4\)"),
        (np.zeros(4), r"of shape \(4,\)"),
        (
            np.where(np.eye(2, 4, 1) == 1, np.nan, 0),
            "2 missing or infinite attributions .* first for feature 'b' in row 0",
        ),
        (np.full((2, 4), "much"), "wrong returned what is not an array of numbers"),
    ],
)
def test_what_is_no_attribution(returned, message):
    def wrong(*_):
        return returned

    with pytest.raises(InputError, match=message):
        attribute(find_explainer(wrong, [MODEL]), MODEL, np.zeros((2, 4)), np.zeros((1, 4)), 0)


def test_a_failing_explainer_is_named():
    def failing(*_):
        raise RuntimeError("no more\nlines")

    with pytest.raises(
        InputError, match="explainer failing failed on the .* model: RuntimeError: no more$"
    ):
        attribute(find_explainer(failing, [MODEL]), MODEL, np.ones((2, 4)), np.zeros((1, 4)), 0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"explainers": ["lime"]}, "explainer 'lime' is not known"),
        ({"explainers": ["occlusion", "occlusion"]}, "two explainers are called 'occlusion'"),
        ({"explainers": [lambda *_: 0, lambda *_: 1]}, "two explainers are called '<lambda>'"),
        ({"explainers": ["auto"], "keeps": ()}, "keeps is empty"),
        ({"keeps": (4,)}, "from 1 to the 3"),
        ({"keeps": (3,), "feature_groups": {"a": "u", "b": "u"}}, "from 1 to the 2"),
        ({"feature_groups": {"q": "u"}}, "feature_groups names the column 'q'"),
        ({"baseline": "none"}, "baseline 'none' is not known"),
    ],
)
def test_settings_are_checked_before_the_work(settings, message):
    with pytest.raises(InputError, match=message):
        ExplanationSettings(**settings).check(
            [TABLE.select(["a", "b", "g"]), TABLE.select(["f"])], ["a", "b", "g"]
        )


def test_a_model_gets_its_part_of_the_baseline():
    settings = ExplanationSettings(baseline={"b": 1, "g": "z"})
    found = settings.baselines_for(TABLE.select(["g"]), TABLE.select(["f"]))
    assert found.rows.tolist() == [[2, 1]]


def test_attributes_are_masked_to_each_combination_that_people_have():
    personal = encode({"s": list("aaab"), "t": [1.0, 1.0, 2.0, np.nan]})
    features = encode({"x": [0.0, 1.0, 2.0, 5.0]})
    found = baselines_of(features, personal)
    assert found.weights.tolist() == [0.5, 0.25, 0.25]
    np.testing.assert_array_equal(found.rows[:, 0], 2.0)
    np.testing.assert_array_equal(found.rows[:, 1:], [[0, 1], [0, 2], [1, np.nan]])
    # The generic model has no attribute: one row, as before.
    assert found.columns([0]).rows.tolist() == [[2.0]]
    np.testing.assert_allclose(found.columns([1]).weights, [0.75, 0.25])


def test_many_combinations_are_stood_for_by_some_people():
    ages = np.arange(400.0)
    found = baselines_of(encode({"x": ages}), encode({"age": ages}))
    assert found.rows.shape == (16, 2)
    np.testing.assert_allclose(found.weights, 1 / 16)
    # Evenly spaced: their mean is the people's, within a step.
    assert abs(found.rows[:, 1].mean() - ages.mean()) < 400 / 16


def test_which_level_is_the_more_frequent_does_not_decide_who_loses_it():
    """By hand: y = s; hiding s moves a row by the distance to the mean level, not to the mode."""
    model = adapt_model(
        lambda frame: (frame["s"] == "a") * 1.0, encode({"s": list("ab")}).columns, "regression"
    )
    rows = encode({"s": list("aaab")})
    background = baselines_of(encode({"x": np.zeros(4)}), rows).columns([1])
    (found,) = masked_predictions(model, rows.matrix, np.ones((4, 1)), [1], background)
    np.testing.assert_allclose(found.removed, 0.75)
    np.testing.assert_allclose(found.kept, [1, 1, 1, 0])


def test_context_is_never_ranked_nor_masked():
    matrix = np.array([[1.0, 2.0, 3.0]])
    columns = encode({"a": [0.0, 1.0], "b": [0.0, 1.0], "s": [0.0, 1.0]}).columns
    model = adapt_model(lambda f: f["a"] + 10 * f["b"] + 100 * f["s"], columns, "regression")
    (found,) = masked_predictions(
        model,
        matrix,
        np.array([[1.0, 2.0, 9.0]]),
        [1],
        np.zeros((1, 3)),
        context=np.array([False, False, True]),
    )
    assert (found.kept[0], found.removed[0]) == (320.0, 301.0)


def test_both_models_keep_one_number_of_features():
    settings = ExplanationSettings(keeps=(0.5, 3))
    assert settings.counts(["a", "b", "c", "d", "e"]) == (3, 3)
    together = ExplanationSettings(keeps=(0.5,), feature_groups={"a": "u", "b": "u"})
    assert together.counts(["a", "b", "c"]) == (1,)
