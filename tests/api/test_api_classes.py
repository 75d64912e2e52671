"""Outcomes of several classes: compared by probabilities of each, or by labels."""

# ruff: noqa: ARG005 - a change need not look at what was there

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import log_loss, zero_one_loss

import whogains as wg
from whogains.api.class_columns import class_columns
from whogains.cli import main
from whogains.errors import InputError
from whogains.evidence import Rows, attribute, cross, evidence_from_scores, prediction_scores
from whogains.judging import Settings
from whogains.judging.estimates import estimate

NAMES = ["flu", "cold", "covid", "other"]


def draw(n, rng, classes=4, tilt=(1.0, 0.5, 0.0, -1.0)):
    score = rng.normal(size=(n, classes)) + np.resize(tilt, classes)
    truth = np.exp(score)
    truth /= truth.sum(axis=1, keepdims=True)
    generic = np.exp(0.5 * score)
    generic /= generic.sum(axis=1, keepdims=True)
    y = (truth.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return np.minimum(y, classes - 1), generic, truth


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(3)
    y, generic, personalized = draw(2000, rng)
    groups = {"sex": rng.choice(["f", "m"], 2000)}
    return {"y_true": y, "generic": generic, "personalized": personalized, "groups": groups}


def frames(people, kind=pd.DataFrame, order=(2, 0, 3, 1)):
    made = {}
    for name in ("generic", "personalized"):
        made[name] = kind({NAMES[k]: people[name][:, k] for k in order})
    return {**people, "y_true": np.array(NAMES)[people["y_true"]], **made}


def test_each_cost_is_that_of_scikit_learn(people):
    found = wg.compare(**people)
    assert [cost.name for cost in found.costs] == ["zero_one", "brier", "log_loss"]
    zero_one, brier, log = (cost.population for cost in found.costs)
    y = people["y_true"]
    for name in ("generic", "personalized"):
        p = people[name]
        costs = [getattr(each, f"cost_{name}") for each in (zero_one, brier, log)]
        happened = np.eye(4)[y]
        expected = (
            zero_one_loss(y, p.argmax(axis=1)),
            ((p - happened) ** 2).sum(axis=1).mean(),
            log_loss(y, p),
        )
        assert costs == pytest.approx(expected)
    assert (zero_one.method, brier.method, log.method) == ("score", "t", "t")
    assert found.data.task == "classes"
    assert found.data.classes == ("0", "1", "2", "3")


def test_two_classes_of_three_are_those_of_a_classification(people):
    y = (people["y_true"] == 0).astype(int)
    two = {name: people[name][:, 0] for name in ("generic", "personalized")}
    known = wg.compare(y, **two, groups=people["groups"]).costs
    three = {name: np.stack([1 - p, p, 0 * p], axis=1) for name, p in two.items()}
    found = wg.compare(y, **three, groups=people["groups"], task="classes").costs
    for mine, other, times in zip(found, known, (1, 2, 1), strict=False):
        assert mine.population.bop == pytest.approx(times * other.population.bop)
        assert mine.population.se == pytest.approx(times * other.population.se)


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, dict])
def test_columns_are_matched_by_the_names_of_classes(people, kind):
    by_number = wg.compare(**people).table(every=True)
    by_name = wg.compare(**frames(people, kind)).table(every=True)
    assert np.allclose(by_number["bop"], by_name["bop"])
    assert np.allclose(by_number["se"], by_name["se"])


def test_what_was_taken_is_always_said(people):
    found = wg.compare(**frames(people))
    said = "y_true is taken for one of 4 classes (cold, covid, flu, other)"
    assert any(said in note for note in found.notes)
    assert said in found.to_text()
    assert "2,000 rows audited; 4 classes" in found.to_text()
    assert "which of 4 classes" in found.to_html()
    assert wg.from_dict(found.to_dict()).data == found.data
    # One number for each row is a quantity, with a warning that it may be something else.
    numbers = {name: people[name] @ np.arange(4) for name in ("generic", "personalized")}
    taken = wg.compare(people["y_true"], **numbers, groups=people["groups"])
    assert taken.data.task == "regression"
    assert [each.name for each in taken.warnings] == ["class_codes"]
    assert "a probability of each class" in taken.warnings[0].text


def test_labels_are_compared_by_the_zero_one_loss_alone(people):
    words = np.array(NAMES)
    given = frames(people)
    for name in ("generic", "personalized"):
        given[name] = words[people[name].argmax(axis=1)]
    found = wg.compare(**given)
    assert [cost.name for cost in found.costs] == ["zero_one"]
    expected = wg.compare(**people, costs="zero_one").costs[0].population.bop
    assert found.costs[0].population.bop == pytest.approx(expected)
    assert any("labels, not probabilities" in note for note in found.notes)


def test_a_class_that_nobody_has_is_told(people):
    given = frames(people)
    given = {**given, "y_true": np.where(given["y_true"] == "other", "flu", given["y_true"])}
    found = wg.compare(**given)
    assert found.data.classes == ("cold", "covid", "flu", "(not named)")
    assert any("and 1 that nobody or too few have" in note for note in found.notes)


def test_sixty_classes():
    rng = np.random.default_rng(1)
    y, generic, personalized = draw(3000, rng, classes=60)
    groups = {"sex": rng.choice(["f", "m"], 3000)}
    found = wg.compare(y, generic=generic, personalized=personalized, groups=groups)
    # Of equal counts scikit-learn's needs every class in y.
    expected = log_loss(y, personalized, labels=np.arange(60))
    assert found.costs[2].population.cost_personalized == pytest.approx(expected)
    assert "and 51 more, and 1 that nobody or too few have" in found.notes[0]


def test_own_costs_of_classes(people):
    def far(y, p):
        return abs(p.argmax(axis=1) - y) > 1

    cost = wg.Cost("far", rows=far, lower=0, upper=1)
    metric = wg.Metric("right", value=lambda y, p, w: np.average(p.argmax(1) == y, weights=w))
    found = wg.compare(**people, costs=[cost, metric])
    y, p = people["y_true"], people["personalized"]
    assert found.costs[0].population.cost_personalized == pytest.approx(np.mean(far(y, p)))
    assert found.costs[1].population.cost_personalized == pytest.approx(-np.mean(p.argmax(1) == y))


def test_weights_clusters_and_missing_outcomes(people):
    rng = np.random.default_rng(2)
    weight, cluster = rng.uniform(1, 2, 2000), rng.integers(0, 700, 2000)
    y = people["y_true"].astype(float)
    y[:30] = np.nan
    given = {**people, "y_true": y}
    found = wg.compare(**given, sample_weight=weight, cluster=cluster)
    assert (found.data.rows, found.data.rows_dropped) == (1970, 30)
    mine = ~np.isnan(y)
    wrong = people["generic"].argmax(axis=1)[mine] != y[mine]
    expected = np.average(wrong, weights=weight[mine])
    assert found.costs[0].population.cost_generic == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda g: {"generic": 0.9 * g["generic"]}, "do not sum to 1 in 2000 rows"),
        (lambda g: {"generic": g["generic"] * 2 - 0.5}, "values outside [0, 1]"),
        (lambda g: {"generic": g["generic"][:, :3]}, "3 columns and the outcome 4 classes"),
        (lambda g: {"generic": g["generic"][:99]}, "has 99 rows and the target 2000"),
        (lambda g: {"generic": np.where(g["generic"] > 0.5, np.nan, 0.25)}, "missing values"),
        (lambda g: {"generic": ["zz"] * 2000}, "predicts 'zz' in row 0"),
        (lambda g: {"generic": [None] * 2000}, "predicts nothing in row 0"),
        (lambda g: {"costs": "auc"}, "needs an outcome with two values"),
        (lambda g: {"costs": "squared_error"}, "needs an outcome of numbers"),
        (lambda g: {"threshold": 0.3}, "threshold is for classification"),
        (lambda g: {"positive": 1}, "has several classes"),
        (lambda g: {"y_true": np.zeros(2000)}, "is constant"),
        (lambda g: {"y_true": g["y_true"] % 2, "generic": g["generic"][:, :2],
                    "personalized": g["generic"][:, :2]}, "has two values"),
        (lambda g: {"y_true": np.arange(2000)}, "4 columns and the outcome 2000 classes"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_line(people, change, said):
    with pytest.raises(InputError) as error:
        wg.compare(**{**people, **change(people)})
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_columns_that_do_not_fit_are_named(people):
    given = frames(people)
    other = given["generic"].rename(columns={"flu": "<b>gripe</b>"})
    with pytest.raises(InputError, match="generic has no column for the class 'flu'"):
        wg.compare(**{**given, "generic": other})
    more = given["generic"].assign(extra=0.0)
    with pytest.raises(InputError, match="personalized column 'extra' is missing"):
        wg.compare(**{**given, "generic": more})


def test_other_verbs_say_that_they_do_not_take_classes(people):
    words = frames(people)["y_true"]
    for task in (None, "classes"):
        with pytest.raises(InputError, match="several classes are audited and compared"):
            wg.choose({"x": words == "flu"}, words, personal=people["groups"], task=task)
    frame = pd.DataFrame({"y": words, "p": 0.5, "sex": people["groups"]["sex"]})
    with pytest.raises(InputError, match="several classes are audited and compared"):
        wg.gather(frame, target="y", generic="p", personalized="p", groups="sex")


def test_the_interval_of_log_loss_holds_with_a_rare_class():
    rng = np.random.default_rng(9)
    repeats, n, given, missed = 500, 300, 0, 0
    _, truth_generic, truth = draw(200_000, rng, 3, (1.5, 1.0, -1.5))
    gain = float((truth * (np.log(truth) - np.log(truth_generic))).sum(axis=1).mean())
    (cost,) = wg_costs("log_loss")
    for _ in range(repeats):
        y, generic, personalized = draw(n, rng, 3, (1.5, 1.0, -1.5))
        grouping, codes = cross([attribute("all", np.zeros(n, dtype=np.int64), ["x"])])
        rows = Rows(
            y.astype(float), grouping, codes,
            predictions={"generic": generic, "personalized": personalized},
        )  # fmt: skip
        found = estimate(
            evidence_from_scores(prediction_scores((cost,), rows), grouping, codes, rows.y_true),
            0,
            Settings(),
        )
        ends = found.interval(0.05)
        given += found.methods[0] == "t"
        missed += not ends.lower[0] <= gain <= ends.upper[0]
    assert given == repeats
    assert missed / repeats < 0.05 + 3.3 * np.sqrt(0.05 * 0.95 / repeats)


def wg_costs(*names):
    from whogains.costs import prediction_costs

    return prediction_costs("classes", names)


@pytest.fixture
def folder(people, tmp_path):
    given = frames(people)
    frame = pd.DataFrame({"y": given["y_true"], "sex": people["groups"]["sex"]})
    for short, name in (("p0", "generic"), ("p0_new", "personalized")):
        for each in NAMES:
            frame[f"{short}_{each}"] = given[name][each]
    frame.to_csv(tmp_path / "rows.csv", index=False)
    frame.to_parquet(tmp_path / "rows.parquet")
    return tmp_path


@pytest.mark.parametrize("file", ["rows.csv", "rows.parquet"])
def test_files_hold_a_column_for_each_class(people, folder, file):
    columns = {"target": "y", "groups": "sex"}
    columns |= {"generic": "p0_{class}", "personalized": "p0_new_{class}"}
    found = wg.compare_files(folder / file, **columns)
    assert np.allclose(
        found.table(every=True)["bop"], wg.compare(**people).table(every=True)["bop"]
    )
    for wrong, said in (
        ({"generic": "q_{class}"}, r"no column is called q_\{class\}"),
        ({"generic": "p0_flu"}, "where the class stands"),
        ({"generic": "{class}{class}"}, "where the class stands"),
    ):
        with pytest.raises(InputError, match=said):
            wg.compare_files(folder / file, **{**columns, **wrong})


def test_the_command_line_compares_classes(folder):
    options = [
        "--target",
        "y",
        "--groups",
        "sex",
        "--generic",
        "p0_{class}",
        "--personalized",
        "p0_new_{class}",
    ]
    out = folder / "audit.json"
    assert main(["compare", str(folder / "rows.csv"), *options, "--json", str(out)]) == 0
    assert wg.read_json(out).data.classes == ("cold", "covid", "flu", "other")


def test_a_class_that_one_model_lacks_is_named():
    names = ["y", "a_1", "a_2", "b_1"]
    with pytest.raises(InputError, match="there is no column 'b_2'"):
        class_columns(names, "a_{class}", "b_{class}")


@pytest.mark.parametrize("also", [{}, {"sample_weight": "w"}, {"cluster": "c"}])
@pytest.mark.parametrize("numbers", [False, True])
def test_a_scan_gives_what_memory_gives(folder, also, numbers):
    rng = np.random.default_rng(4)
    frame = pd.read_csv(folder / "rows.csv")
    if numbers:
        frame["y"] = frame["y"].map({name: float(i) for i, name in enumerate(NAMES)})
        renamed = {f"{p}_{name}": f"{p}_{i}" for p in ("p0", "p0_new")
                   for i, name in enumerate(NAMES)}  # fmt: skip
        frame = frame.rename(columns=renamed)
    frame["w"], frame["c"] = rng.uniform(1, 2, len(frame)), rng.integers(0, 700, len(frame))
    frame.loc[3, "y"] = None
    frame.loc[5, frame.columns[2:6]] = [0.0, 0.0, 0.0, 1.0]
    frame.to_csv(folder / "more.csv", index=False)
    asked = {"target": "y", "groups": "sex", "generic": "p0_{class}", **also}
    found = [
        wg.compare_files(folder / "more.csv", **asked, personalized="p0_new_{class}",
                         rows_in_memory=n)
        for n in (10**6, 0)
    ]  # fmt: skip
    assert found[0].data == found[1].data
    assert found[0].notes[0] == found[1].notes[0]
    in_memory, scanned = (each.table(every=True) for each in found)
    for name in ("n", "cost_generic", "cost_personalized", "bop", "se", "ci_low", "ci_high"):
        assert np.allclose(in_memory[name], scanned[name], rtol=1e-8, equal_nan=True), name
    for name in ("method", "verdict"):
        assert in_memory[name].fillna("").tolist() == scanned[name].fillna("").tolist()


def test_what_is_wrong_in_a_scan_is_named(folder):
    frame = pd.read_csv(folder / "rows.csv")
    columns = {"target": "y", "groups": "sex", "rows_in_memory": 0}
    columns |= {"generic": "p0_{class}", "personalized": "p0_new_{class}"}
    for place, value, said in (
        ("p0_flu", 0.99, "generic has 1 rows whose probabilities do not sum to 1, the first in"),
        ("p0_new_cold", 1.5, r"p0_new_cold has 1 values outside \[0, 1\], the first in row 7"),
        ("p0_new_cold", np.nan, "p0_new_cold has 1 missing values, the first in row 7"),
        ("y", "gripe", "no column of probabilities for the class 'gripe'"),
    ):
        wrong = frame.copy()
        wrong.loc[7, place] = value
        with pytest.raises(InputError, match=said):
            wg.compare_files(wrong, **columns)
    own = wg.Cost("mine", rows=lambda y, p: p.max(axis=1))
    with pytest.raises(InputError, match="raise rows_in_memory"):
        wg.compare_files(frame, **columns, costs=own)
