"""Outcomes of several classes that models are fitted to, or that fitted models predict."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, zero_one_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import whogains as wg
from whogains.cli import main
from whogains.errors import InputError
from whogains.frames import encode
from whogains.models import adapt_model

ROWS = 900
NAMES = np.array(["flu", "cold", "covid"])
FAST = {"model": "linear", "repeats": 1, "placebo": 0, "explainers": []}


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=ROWS),
            "b": rng.normal(size=ROWS),
            "sex": rng.choice(["f", "m"], ROWS),
        }
    )
    female = (frame["sex"] == "f").to_numpy()
    score = np.column_stack([frame["a"], 0.5 * frame["b"] + 2.0 * female, np.zeros(ROWS)])
    truth = np.exp(score) / np.exp(score).sum(axis=1, keepdims=True)
    frame["dx"] = NAMES[(truth.cumsum(axis=1) < rng.random((ROWS, 1))).sum(axis=1).clip(0, 2)]
    return frame


def audited(people, **options):
    return wg.audit(
        people[["a", "b"]], people["dx"], personal=people[["sex"]], **{**FAST, **options}
    )


def test_words_are_classes_and_a_note_says_so(people):
    found = audited(people)
    assert (found.data.task, found.data.classes) == ("classes", ("cold", "covid", "flu"))
    assert [cost.name for cost in found.costs] == ["zero_one", "brier", "log_loss"]
    assert any(note.startswith("dx is taken for one of 3 classes") for note in found.notes)
    gains = {group.group["sex"]: group for group in found.costs[2].groups}
    assert gains["f"].verdict == "gain"


def test_given_models_cost_what_scikit_learn_says(people):
    X = people[["a", "b"]]
    both = X.assign(female=(people["sex"] == "f").astype(float))
    models = {
        "generic": LogisticRegression().fit(X, people["dx"]),
        "personalized": LogisticRegression().fit(both, people["dx"]),
    }
    found = wg.audit(X, people["dx"], personal=both[["female"]], explainers=[], **models)
    zero_one, brier, log = (cost.population for cost in found.costs)
    for model, frame, name in (("generic", X, "generic"), ("personalized", both, "personalized")):
        p = models[model].predict_proba(frame)
        happened = people["dx"].to_numpy()[:, None] == models[model].classes_
        assert getattr(zero_one, f"cost_{name}") == pytest.approx(
            zero_one_loss(people["dx"], models[model].predict(frame))
        )
        assert getattr(brier, f"cost_{name}") == pytest.approx(
            ((p - happened) ** 2).sum(axis=1).mean()
        )
        assert getattr(log, f"cost_{name}") == pytest.approx(log_loss(people["dx"], p))


def test_a_holdout_is_that_of_scikit_learn(people):
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    numbers = people.assign(female=(people["sex"] == "f").astype(float))
    seen = {}

    def kept(scores, codes):
        seen["rows"], seen["log"] = len(codes), scores[2].generic

    found = wg.audit(
        numbers[["a", "b"]],
        numbers["dx"],
        personal=numbers[["female"]],
        model=pipeline,
        holdout=0.5,
        placebo=0,
        explainers=[],
        inspect=kept,
    )
    assert seen["rows"] == found.data.rows == pytest.approx(ROWS / 2, abs=2)
    # Far below what is lost by the shares of the classes alone.
    share = numbers["dx"].value_counts(normalize=True)
    assert seen["log"].mean() < float(-(share * np.log(share)).sum())


def test_rounds_with_placebos(people):
    found = audited(people, repeats=5, placebo=1, folds=3)
    assert found.settings["estimand"] == "procedure"
    group = found.costs[2].groups[0]
    assert group.over_placebo is not None
    assert group.method == "procedure"


def test_numbers_are_classes_where_that_is_said(people):
    codes = people.assign(dx=pd.Categorical(people["dx"]).codes)
    found = audited(codes, task="classes")
    words = audited(people)
    assert found.data.classes == ("0", "1", "2")
    assert found.costs[2].population.bop == pytest.approx(words.costs[2].population.bop)
    quantity = audited(codes)
    (warning,) = [each for each in quantity.warnings if each.name == "class_codes"]
    assert "say task='classes' (--task classes) if they are" in warning.text


def test_forests_and_many_classes():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=1200), "sex": rng.choice(["f", "m"], 1200)})
    y = pd.Series([f"c{k}" for k in np.arange(1200) % 60], name="dx")
    forest = RandomForestClassifier(5, max_depth=3)
    found = wg.audit(frame[["a"]], y, personal=frame[["sex"]], folds=2, **{**FAST, "model": forest})
    assert len(found.data.classes) == 60


def test_what_goes_wrong_is_one_line(people):
    for options, said in (
        ({"explainers": ["tree_shap"]}, "tree_shap cannot read the generic model"),
        ({"change": "label"}, "an explanation change of 'label' does not exist for classes"),
        ({"positive": "flu"}, "positive='flu' is for two values; dx has several classes"),
        ({"model": "mlp"}, "model 'mlp' has no loss for classes"),
        ({"model": Ridge()}, "gives no probabilities"),
        ({"costs": "auc"}, "cost 'auc' needs an outcome with two values"),
        ({"threshold": 0.3}, "threshold is for classification"),
    ):
        with pytest.raises(InputError, match=said) as raised:
            audited(people, **options)
        assert "\n" not in str(raised.value)
    rare = people.copy()
    rare.loc[:2, "dx"] = "<b>plague</b>"
    with pytest.raises(InputError, match="the class '<b>plague</b>' has 3 rows, and every one"):
        audited(rare)
    with pytest.raises(InputError, match="has two values, which are a classification"):
        audited(people[people["dx"] != "flu"], task="classes")


def test_functions_return_columns_by_name_or_in_order(people):
    order = ["flu", "cold", "covid"]

    def generic(frame):
        return np.full((len(frame), 3), [0.2, 0.3, 0.5])

    def personalized(frame):
        return pd.DataFrame(
            np.full((len(frame), 3), [0.6, 0.3, 0.1]), columns=order, index=frame.index
        )

    found = audited(people, model=None, repeats=None, generic=generic, personalized=personalized)
    chance = {"flu": (0.5, 0.6), "cold": (0.2, 0.3), "covid": (0.3, 0.1)}
    for at, name in enumerate(("cost_generic", "cost_personalized")):
        expected = -np.mean([np.log(chance[each][at]) for each in people["dx"]])
        assert getattr(found.costs[2].population, name) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda f: np.full((len(f), 2), 0.5), "must return a probability of each of the 3"),
        (lambda f: np.full(len(f), 0.5), "must return a probability of each of the 3"),
        (lambda f: np.full((len(f), 3), 0.5), "that do not sum to 1 over the classes"),
        (lambda f: np.full((len(f), 3), np.nan), "missing or infinite"),
        (lambda f: np.full((len(f), 3), [-1.0, 1.0, 1.0]), "not probabilities"),
    ],
)
def test_functions_that_return_something_else(people, function, said):
    with pytest.raises(InputError, match=said):
        audited(people, model=None, repeats=None, generic=function, personalized=function)


def test_classes_that_a_model_does_not_know_have_no_probability(people):
    some = people[people["dx"] != "flu"]
    table = encode(people[["a", "b"]])
    known = LogisticRegression().fit(some[["a", "b"]], some["dx"])
    classes = ("cold", "covid", "flu")
    model = adapt_model(known, table.columns, "classes", classes=classes)
    p = model.predict(table.matrix)
    assert (p[:, 2] == 0).all()
    np.testing.assert_allclose(p[:, :2], known.predict_proba(people[["a", "b"]]))
    with pytest.raises(InputError, match="knows the class 'covid', which no row"):
        adapt_model(known, table.columns, "classes", classes=("cold", "flu", "other"))


def test_explanations_of_the_predicted_class_by_brute_force(people):
    def score(frame, female):
        a, b = frame["a"].to_numpy(), frame["b"].to_numpy()
        return np.column_stack([a - b, 0.7 * b + female, np.zeros(len(frame))])

    def probabilities(frame, female):
        exp = np.exp(score(frame, female))
        return exp / exp.sum(axis=1, keepdims=True)

    models = {
        "generic": lambda frame: probabilities(frame, 0.0),
        "personalized": lambda frame: probabilities(frame, (frame["sex"] == "f") * 1.0),
    }
    found = audited(people, model=None, repeats=None, explainers=None, keep=1, **models)
    assert found.settings["explainers"] == ["occlusion"]
    assert found.settings["change"] == "squared"
    costs = {cost.name: cost.population for cost in found.costs}
    X, means = people[["a", "b"]], people[["a", "b"]].mean()
    for name, female in (
        ("cost_generic", np.zeros(ROWS)),
        ("cost_personalized", (people["sex"] == "f").to_numpy() * 1.0),
    ):
        whole = probabilities(X, female)
        mine = np.arange(ROWS), whole.argmax(axis=1)
        without = {
            each: probabilities(X.assign(**{each: means[each]}), female)[mine]
            for each in ("a", "b")
        }
        attributed = {each: np.abs(whole[mine] - without[each]) for each in without}
        first = attributed["a"] >= attributed["b"]
        kept = np.where(first, without["b"], without["a"])
        removed = np.where(first, without["a"], without["b"])
        expected = {
            "sufficiency": ((whole[mine] - kept) ** 2).mean(),
            "incomprehensiveness": -((whole[mine] - removed) ** 2).mean(),
        }
        for cost, number in expected.items():
            assert getattr(costs[cost], name) == pytest.approx(number)


def test_sampled_explanations_of_classes_add_up(people):
    found = audited(people[:90], explainers="permutation_shap", folds=2)
    assert max(found.settings["completeness_gap"]["permutation_shap"].values()) < 1e-9


def test_explained_rounds_go_on_where_they_stopped(people, tmp_path):
    options = {"explainers": None, "folds": 2, "checkpoint": tmp_path / "kept"}
    first = audited(people[:200], **options).costs
    assert audited(people[:200], **options).costs == first
    assert audited(people[:200], explainers=None, folds=2).costs == first


def test_the_command_line_and_the_page(people, tmp_path, capsys):
    path = tmp_path / "dx.csv"
    people.to_csv(path, index=False)
    command = ["audit", str(path), "--target", "dx", "--personal", "sex", "--model", "linear"]
    command += [
        "--repeats",
        "1",
        "--placebo",
        "0",
        "--folds",
        "2",
        "--json",
        str(tmp_path / "a.json"),
    ]
    assert main([*command, "--html", str(tmp_path / "a.html")]) == 0
    said = capsys.readouterr().out
    assert "900 rows audited; 3 classes" in said
    assert "dx is taken for one of 3 classes (cold, covid, flu)" in said
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Both models predict which of 3 classes dx is." in page
    assert "change of the probability of the class that is predicted" in page
    assert wg.read_json(tmp_path / "a.json").data.classes == ("cold", "covid", "flu")
