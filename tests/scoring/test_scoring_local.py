"""Scoring in this process: out of fold, paired, in the order of the rows, and told as it goes."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from whogains.costs import explanation_costs
from whogains.errors import InputError
from whogains.explain import (
    ExplanationSettings,
    baseline_rows,
    masked_predictions,
    permutation_shap,
    tree_shap,
)
from whogains.frames import encode
from whogains.models import adapt_pair, assign_folds, fit_panel
from whogains.scoring import job as scoring
from whogains.scoring import score_cross_fit, score_models

RNG = np.random.default_rng(21)
N = 240
FRAME = pd.DataFrame(
    {
        "a": np.where(RNG.random(N) < 0.1, np.nan, RNG.normal(size=N)),
        "b": RNG.normal(size=N),
        "site": RNG.choice(["e", "n", "w"], N),
    }
)
PERSONAL = pd.DataFrame({"sex": RNG.choice(["F", "M"], N), "old": RNG.random(N) < 0.4})
MALE = (PERSONAL["sex"] == "M").to_numpy()
Y = (FRAME["b"] + MALE + RNG.normal(0, 0.5, N) > 0.5).to_numpy(float)
X, S = encode(FRAME), encode(PERSONAL, name="personal")
BOTH = X.join(S)


def same_masked(one, other):
    for part in ("full", "kept", "removed", "hidden"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def test_cross_fit_is_what_its_parts_give():
    settings = ExplanationSettings(
        ["tree_shap", "permutation_shap"],
        [2, 1],
        random_state=4,
        baseline="mean",
        mask_personal=True,
    )
    found = score_cross_fit(X, S, Y, "classification", settings, folds=3, random_state=2)
    fold = assign_folds(Y, "classification", folds=3, random_state=2)
    np.testing.assert_array_equal(found.fold, fold)
    assert [(e.explainer, e.keep) for e in found.explanations] == [
        ("tree_shap", 2),
        ("tree_shap", 1),
        ("permutation_shap", 2),
        ("permutation_shap", 1),
    ]
    for number in range(3):
        train = fold != number
        pair = fit_panel(
            {"generic": X.take(train), "personalized": BOTH.take(train)},
            Y[train],
            "classification",
            random_state=2,
        )
        for model, table, predicted in zip(
            pair.values(),
            (X, BOTH),
            (found.predictions["generic"], found.predictions["personalized"]),
            strict=True,
        ):
            rows = table.take(~train).matrix
            np.testing.assert_array_equal(predicted[~train], model.predict(rows))
            baseline = baseline_rows(table.take(train))
            for explained in found.explanations:
                explain = tree_shap if explained.explainer == "tree_shap" else permutation_shap
                attributions = explain(model, rows, baseline[0], 4)
                (wanted,) = masked_predictions(
                    model, rows, attributions, [explained.keep], baseline
                )
                got = explained.masked[model.name]
                for part in ("full", "kept", "removed"):
                    np.testing.assert_array_equal(getattr(got, part)[~train], getattr(wanted, part))


def test_no_row_is_scored_by_a_model_that_saw_it():
    # The outcome is noise, but each row can be told by its number: a model that saw it knows.
    number = encode({"number": np.arange(N), "b": FRAME["b"]})
    noise = RNG.permutation(np.arange(N) % 2).astype(float)
    found = score_cross_fit(number, S, noise, "classification")
    assert np.mean((found.predictions["generic"] >= 0.5) == noise) < 0.65


def test_personalization_shows():
    found = score_cross_fit(X, S, Y, "classification", estimator=LogisticRegression())
    gain = (found.predictions["generic"] - Y) ** 2 - (found.predictions["personalized"] - Y) ** 2
    assert gain.mean() > 0.02
    assert found.explanations == ()
    assert found.notes == ()


def test_given_models_agree_with_their_parts():
    train = np.arange(N) < 150
    pair = fit_panel(
        {"generic": X.take(train), "personalized": BOTH.take(train)}, Y[train], "classification"
    )
    rows = X.take(~train), S.take(~train)
    settings = ExplanationSettings(["auto"], [2], baseline="mean", mask_personal=True)
    found = score_models(pair, *rows, settings)
    assert found.fold is None
    (explained,) = found.explanations
    assert explained.explainer == "tree_shap"
    matrix = BOTH.take(~train).matrix
    baseline = baseline_rows(BOTH.take(~train))
    attributions = tree_shap(pair["personalized"], matrix, baseline[0], 0)
    (wanted,) = masked_predictions(pair["personalized"], matrix, attributions, [2], baseline)
    same_masked(explained.masked["personalized"], wanted)
    assert explained.masked["generic"].full is found.predictions["generic"]
    sufficiency, incomprehensiveness, *_ = explanation_costs("classification")
    assert set(sufficiency.rows(wanted.full, wanted.kept)) <= {0.0, 1.0}
    assert set(incomprehensiveness.rows(wanted.full, wanted.removed)) <= {-1.0, 0.0}


def test_models_with_their_own_column_order():
    both = pd.concat([FRAME, PERSONAL], axis=1).assign(sex=MALE.astype(float))
    y = both["b"] + both["sex"]
    generic = Ridge().fit(both[["b"]], y)
    personalized = Ridge().fit(both[["sex", "old", "b"]].astype(float), y)
    tables = encode(both[["a", "b", "site"]]), encode(both[["sex", "old"]])
    settings = ExplanationSettings(["auto"], [1], baseline={"site": "n", "sex": 0.0, "b": 0.5})
    found = score_models(
        adapt_pair(generic, personalized, *tables, "regression"), *tables, settings
    )
    np.testing.assert_allclose(found.predictions["generic"], generic.predict(both[["b"]]))
    np.testing.assert_allclose(
        found.predictions["personalized"],
        personalized.predict(both[["sex", "old", "b"]].astype(float)),
    )
    (explained,) = found.explanations
    # The generic model has one feature: kept alone it says everything.
    np.testing.assert_array_equal(
        explained.masked["generic"].kept, explained.masked["generic"].full
    )
    at_half = generic.predict(pd.DataFrame({"b": [0.5]}))[0]
    np.testing.assert_allclose(explained.masked["generic"].removed, at_half)


def test_the_same_seed_gives_the_same_bytes_and_polars_the_same_as_pandas():
    settings = ExplanationSettings(["auto"], [0.5])
    one = score_cross_fit(X, S, Y, "classification", settings, folds=2)
    polars = encode(pl.from_pandas(FRAME)), encode(pl.from_pandas(PERSONAL), name="personal")
    two = score_cross_fit(*polars, Y, "classification", settings, folds=2)
    np.testing.assert_array_equal(one.predictions["personalized"], two.predictions["personalized"])
    same_masked(one.explanations[0].masked["generic"], two.explanations[0].masked["generic"])
    other = score_cross_fit(X, S, Y, "classification", settings, folds=2, random_state=1)
    assert (one.predictions["personalized"] != other.predictions["personalized"]).any()


def test_feature_groups_and_signs_reach_the_masks():
    def ranks(model, matrix):
        return np.tile([-3.0, 2.0, 2.0, 0.0, 0.0][: len(model.columns)], (len(matrix), 1))

    def kept(**settings):
        seen = []

        def spy(frame):
            seen.append(frame)
            return frame["b"] * 0.0

        given = {"a": -7, "b": -7, "site": "e", "sex": "F", "old": False}
        settings = ExplanationSettings([ranks], [1], baseline=given, **settings)
        score_models(adapt_pair(spy, spy, X, S, "regression"), X, S, settings)
        # The calls with all rows: both predict (some rows twice to begin with), one is shuffled,
        # then each keeps and removes.
        frame = [each for each in seen if len(each) == N][7]
        return [
            name
            for name in FRAME
            if not frame[name].equals(pd.Series([frame[name][0]] * N, dtype=frame[name].dtype))
        ]

    assert kept() == ["a"]
    assert kept(signed=True) == ["b"]
    assert kept(feature_groups={"b": "g", "site": "g"}) == ["b", "site"]


def test_progress_is_told_from_the_first_step_to_the_last(monkeypatch):
    monkeypatch.setattr(scoring, "BLOCK_ROWS", 50)
    told = []
    settings = ExplanationSettings(["tree_shap"], [0.5, 1])
    score_cross_fit(
        X, S, Y, "classification", settings, folds=2, progress=lambda *step: told.append(step)
    )
    totals = {total for _, _, total in told}
    # For each fold: a fit, predictions, and for each model three blocks.
    assert totals == {2 * (1 + 1 + 2 * 3)}
    assert [done for _, done, _ in told] == list(range(max(totals) + 1))
    assert told[0][0] == "fold 1 of 2: fitting"
    assert told[2][0] == "fold 1 of 2: tree_shap of the generic model"
    assert told[-1][0] == "done"


def test_blocks_do_not_matter(monkeypatch):
    settings = ExplanationSettings(["tree_shap", "permutation_shap"], [0.5])
    whole = score_cross_fit(X, S, Y, "classification", settings, folds=2)
    monkeypatch.setattr(scoring, "BLOCK_ROWS", 7)
    parts = score_cross_fit(X, S, Y, "classification", settings, folds=2)
    for one, other in zip(whole.explanations, parts.explanations, strict=True):
        same_masked(one.masked["generic"], other.masked["generic"])
        same_masked(one.masked["personalized"], other.masked["personalized"])


def generic_rule(frame):
    return (frame["b"] > 0).astype(float)


def soft_rule(frame):
    return 0.25 + 0.5 * (frame["b"] > 0) + 0.1 * (frame.get("sex") == "M")


def test_a_personalized_model_that_ignores_the_personal_columns_is_noted():
    both_soft = adapt_pair(soft_rule, soft_rule, X, S, "classification")
    assert score_models(both_soft, X, S).notes == ()
    blind = adapt_pair(soft_rule, lambda f: 0.5 + 0.1 * (f["b"] > 0), X, S, "classification")
    (note,) = score_models(blind, X, S).notes
    assert "do not change when the personal columns are shuffled" in note
    narrow = Ridge().fit(FRAME[["b"]], Y)
    (note,) = score_models(adapt_pair(narrow, narrow, X, S, "regression"), X, S).notes
    assert "it does not use them" in note


def test_personal_columns_that_never_vary_say_nothing_against_the_model():
    constant = encode({"sex": ["F"] * N})
    pair = adapt_pair(soft_rule, soft_rule, X, constant, "classification")
    assert score_models(pair, X, constant).notes == ()


def test_labels_in_the_place_of_probabilities_are_noted():
    pair = adapt_pair(generic_rule, soft_rule, X, S, "classification")
    (note,) = score_models(pair, X, S).notes
    assert note.startswith("the generic model returns only 0 and 1")
    values = adapt_pair(generic_rule, soft_rule, X, S, "regression")
    assert score_models(values, X, S).notes == ()


def test_clusters_are_never_split():
    cluster = RNG.integers(0, 30, N)
    found = score_cross_fit(
        X, S, Y, "classification", estimator=LogisticRegression(), cluster=cluster, folds=4
    )
    assert (pd.Series(found.fold).groupby(cluster).nunique() == 1).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": Y[:-1]}, "y has 239 values and X has 240 rows"),
        ({"folds": 1}, "folds=1"),
        ({"settings": ExplanationSettings(["auto"], [4])}, "from 1 to the 3"),
        ({"settings": ExplanationSettings(["tree_shap"])}, "tree_shap cannot read the generic"),
    ],
)
def test_errors_come_through(change, message):
    given = {"y": Y, "task": "classification", "estimator": LogisticRegression()} | change
    with pytest.raises(InputError, match=message):
        score_cross_fit(X, S, **given)
