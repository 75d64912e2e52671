"""Counts and rates: against other libraries, by hand, and what is wrong in one line."""

import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize_scalar
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import PoissonRegressor, Ridge
from sklearn.metrics import mean_poisson_deviance, mean_squared_error
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import whogains as wg
from whogains.cli import main
from whogains.costs import prediction_costs
from whogains.errors import InputError
from whogains.models import named_estimator

ROWS = 2400
COLUMNS = {"target": "visits", "generic": "p0", "personalized": "p1", "groups": "sex"}


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(5)
    sex, x = rng.choice(["f", "m"], ROWS), rng.normal(size=ROWS)
    years = rng.uniform(0.2, 3, ROWS)
    rate = np.exp(0.5 * x + 0.7 * (sex == "f"))
    return pd.DataFrame(
        {
            "visits": rng.poisson(rate * years),
            "p0": np.exp(0.4 + 0.5 * x),
            "p1": rate,
            "x": x,
            "sex": sex,
            "years": years,
        }
    )


def compared(people, **options):
    return wg.compare(
        people["visits"],
        generic=people["p0"],
        personalized=people["p1"],
        groups=people[["sex"]],
        **options,
    )


def test_costs_are_those_of_scikit_learn_and_statsmodels(people):
    found = compared(people, task="counts")
    deviance, squared = found.costs
    assert (deviance.name, squared.name, found.data.task) == (
        "poisson_deviance",
        "squared_error",
        "counts",
    )
    y = people["visits"]
    for group in deviance.groups:
        mine = (people["sex"] == group.group["sex"]).to_numpy()
        for column, cost in (("p0", group.cost_generic), ("p1", group.cost_personalized)):
            assert cost == pytest.approx(mean_poisson_deviance(y[mine], people[column][mine]))
            family = sm.families.Poisson().deviance(y[mine], people[column][mine])
            assert cost == pytest.approx(family / mine.sum())
    assert squared.population.cost_generic == pytest.approx(mean_squared_error(y, people["p0"]))


def test_rates_are_weighed_by_their_exposures(people):
    found = compared(people, exposure=people["years"], costs=["poisson_deviance", "absolute_error"])
    rates = people["visits"] / people["years"]
    weights = people["years"]
    for column, name in (("p0", "cost_generic"), ("p1", "cost_personalized")):
        expected = mean_poisson_deviance(rates, people[column], sample_weight=weights)
        assert getattr(found.costs[0].population, name) == pytest.approx(expected)
        # That of counts with an offset, per unit of exposure.
        counts = sm.families.Poisson().deviance(people["visits"], people[column] * weights)
        assert expected == pytest.approx(counts / weights.sum())
    assert found.settings["exposure"] == "years"
    assert any("a row weighs as much as its years" in note for note in found.notes)


def test_weights_and_exposures_multiply(people):
    weight = pd.Series(np.linspace(0.5, 2, ROWS), name="w")
    both = compared(people, exposure=people["years"], sample_weight=weight)
    rates = people.assign(visits=people["visits"] / people["years"])
    one = compared(rates, sample_weight=weight * people["years"], task="regression")
    assert both.costs[1].groups[0].bop == pytest.approx(one.costs[0].groups[0].bop)
    assert both.costs[1].groups[0].se == pytest.approx(one.costs[0].groups[0].se)


def test_a_constant_exposure_changes_the_unit_alone(people):
    twos = pd.Series(np.full(ROWS, 2.0), name="pairs")
    rates = people.assign(p0=people["p0"] / 2, p1=people["p1"] / 2)
    one, two = compared(people, task="counts"), compared(rates, exposure=twos)
    assert two.costs[0].groups[1].bop == pytest.approx(one.costs[0].groups[1].bop / 2)
    assert two.costs[0].groups[1].verdict == one.costs[0].groups[1].verdict
    assert two.costs[0].epsilon == pytest.approx(one.costs[0].epsilon / 2)


def test_epsilon_is_a_hundredth_of_the_best_constant(people):
    found = compared(people, exposure=people["years"])
    rates, weights = people["visits"] / people["years"], people["years"]

    def constant(rate):
        return mean_poisson_deviance(rates, np.full(ROWS, rate), sample_weight=weights)

    best = minimize_scalar(constant, bounds=(0.1, 10), method="bounded", options={"xatol": 1e-9})
    assert found.costs[0].epsilon == pytest.approx(best.fun / 100, rel=1e-9)


def test_deviance_is_never_below_nothing():
    (cost,) = prediction_costs("counts", ("poisson_deviance",))
    y = np.array([0.0, 1.0, 3.0, 1e9, 7.0])
    p = np.array([1e-300, 1.0, 3.0, 1e9, 7 * (1 + 1e-15)])
    assert (cost.rows(y, p) >= 0).all()
    assert cost.rows(y, p)[1:4].tolist() == [0, 0, 0]


def exact(found):
    numbers = found.table(every=True)
    return numbers[["cost", "n", "cost_generic", "bop", "se", "ci_low", "ci_high", "verdict"]]


@pytest.mark.parametrize("cluster", [None, "house"])
def test_a_scan_and_memory_say_the_same(people, cluster):
    people = people.assign(house=np.arange(ROWS) // 2)
    options = {"exposure": "years", "cluster": cluster, "unit": "visits a year"}
    options["costs"] = ["poisson_deviance", "squared_error", "absolute_error"]
    memory = wg.compare_files(people, **COLUMNS, **options)
    scanned = wg.compare_files(people, **COLUMNS, **options, rows_in_memory=0)
    pd.testing.assert_frame_equal(exact(memory), exact(scanned), rtol=1e-12)
    assert [c.epsilon for c in scanned.costs] == pytest.approx([c.epsilon for c in memory.costs])
    assert scanned.data == memory.data
    assert [cost.unit for cost in memory.costs[:2]] == [None, "(visits a year)²"]


def test_evidence_of_parts_adds_up(people, tmp_path):
    parts = []
    for i, rows in enumerate(np.array_split(np.arange(ROWS), 3)):
        part = wg.gather(people.iloc[rows], **COLUMNS, exposure="years")
        part.save(tmp_path / f"{i}.evidence")
        parts.append(tmp_path / f"{i}.evidence")
    found = wg.merge(parts).findings()
    whole = compared(people, exposure=people["years"])
    pd.testing.assert_frame_equal(exact(found), exact(whole), rtol=1e-9)
    assert found.costs[0].epsilon == pytest.approx(whole.costs[0].epsilon)
    assert found.settings["exposure"] == "years"
    assert not any("AUC" in note for note in found.notes)


def test_evidence_with_and_without_exposures_does_not_add(people):
    weighed = people.assign(w=people["years"])
    parts = [
        wg.gather(people, **COLUMNS, exposure="years"),
        wg.gather(weighed, **COLUMNS, sample_weight="w", task="counts"),
    ]
    with pytest.raises(InputError, match="only one of the two pieces of evidence has exposures"):
        wg.merge(parts)


def test_tampered_evidence_is_refused(people, tmp_path):
    path = tmp_path / "a.evidence"
    wg.gather(people, **COLUMNS, task="counts").save(path)
    content = json.loads(path.read_text())
    content["outcome"]["mean_y_log_y"] = -5.0
    path.write_text(json.dumps(content))
    with pytest.raises(InputError, match="outcome does not fit the sums"):
        wg.merge([path])


WRONG = [
    (
        {"years": 0},
        "years must be positive, and is not in 1 rows, the first .0. in row 7.*leave it",
    ),
    ({"years": -1}, "years must be positive"),
    ({"years": np.nan}, "years has 1 missing values, the first in row 7"),
    ({"years": np.inf}, "years has 1 infinite values"),
    ({"years": 1e-200}, "count it in another unit"),
    ({"visits": -1}, "visits has 1 negative values, the first .-1. in row 7"),
    ({"visits": 1.5}, "visits has 1 values that are no whole numbers, the first .1.5. in row 7"),
    ({"visits": np.inf}, "visits has 1 infinite values"),
    ({"p0": 0}, "p0 has 1 predictions that are not above 0, the first .0. in row 7"),
    ({"p1": -2}, "p1 has 1 predictions that are not above 0"),
    ({"p1": np.nan}, "p1 has 1 missing values"),
]


@pytest.mark.parametrize(("changed", "said"), WRONG)
def test_what_is_wrong_is_one_line(people, changed, said):
    people = people.astype({"visits": float})
    for column, value in changed.items():
        people.loc[7, column] = value
    with pytest.raises(InputError, match=said) as raised:
        compared(people, exposure=people["years"])
    assert "\n" not in str(raised.value)
    (column,) = changed
    with pytest.raises(InputError, match=f"^{column} has 1 .* row 7 ") as raised:
        wg.compare_files(people, **COLUMNS, exposure="years", rows_in_memory=0)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"task": "regression"}, "exposure is for counts, and the task is regression"),
        ({"percent": True}, "percent is for probabilities, and the outcome is read for counts"),
        ({"positive": 1}, "positive=1 is for classification; visits is read for counts"),
        ({"costs": "brier"}, "cost 'brier' needs an outcome with two values"),
        ({"costs": "r2"}, "cost 'r2' needs an outcome of numbers"),
        ({"threshold": 0.3}, "threshold is for classification"),
        ({"costs": wg.CostMatrix(fp=1, fn=2)}, "needs an outcome with two values"),
    ],
)
def test_what_does_not_go_with_counts(people, options, said):
    with pytest.raises(InputError, match=said):
        compared(people, exposure=people["years"], **options)


def test_costs_of_counts_are_not_for_other_outcomes(people):
    with pytest.raises(InputError, match="'poisson_deviance' needs an outcome of counts"):
        compared(people, costs="poisson_deviance")


def test_text_and_constants_are_no_counts(people):
    with pytest.raises(InputError, match="are not numbers, and is no count"):
        compared(people.assign(visits=people["sex"].replace("f", "none")), task="counts")
    with pytest.raises(InputError, match="visits is constant"):
        compared(people.assign(visits=0), task="counts")


def test_rows_without_predictions_can_be_left_out(people):
    people = people.copy()
    people.loc[:9, "p0"] = np.nan
    options = {"drop_missing_predictions": True, "exposure": "years"}
    memory = wg.compare_files(people, **COLUMNS, **options)
    scanned = wg.compare_files(people, **COLUMNS, **options, rows_in_memory=0)
    assert memory.data.rows == scanned.data.rows == ROWS - 10
    pd.testing.assert_frame_equal(exact(memory), exact(scanned), rtol=1e-12)


def audited(people, model, personal=("sex",), **options):
    options = {"repeats": 1, "placebo": 0, "explainers": [], **options}
    return wg.audit(
        people[["x"]],
        people["visits"],
        personal=people[list(personal)],
        exposure=people["years"],
        model=model,
        **options,
    )


def test_pairs_that_are_fitted(people):
    linear = named_estimator("linear", "counts")
    boosted = named_estimator("gradient_boosting", "counts")
    assert isinstance(linear, PoissonRegressor)
    assert isinstance(boosted, HistGradientBoostingRegressor)
    assert boosted.loss == "poisson"


def test_the_linear_pair_is_a_regression_with_exposures(people):
    found = audited(people, "linear")
    # The same model by statsmodels, with an offset and fitted to all rows.
    design = sm.add_constant(np.column_stack([people["x"], people["sex"] == "f"]))
    fit = sm.GLM(
        people["visits"], design, family=sm.families.Poisson(), exposure=people["years"]
    ).fit()
    rates, weights = people["visits"] / people["years"], people["years"]
    deviance = mean_poisson_deviance(
        rates, fit.predict(exposure=np.ones(ROWS)), sample_weight=weights
    )
    assert found.costs[0].population.cost_personalized == pytest.approx(deviance, rel=0.02)


def test_explanations_of_poisson_regression_add_up(people):
    found = audited(people, "linear", explainers=None, keep=1)
    assert found.settings["explainers"] == ["linear_shap"]
    assert max(found.settings["completeness_gap"]["linear_shap"].values()) < 1e-9
    assert "sufficiency" in {cost.name for cost in found.costs}


def test_explanations_of_boosting_with_a_placebo(people):
    found = audited(people[:300], "gradient_boosting", explainers=None, placebo=1, folds=2)
    assert found.settings["explainers"] == ["tree_shap"]
    assert max(found.settings["completeness_gap"]["tree_shap"].values()) < 1e-9
    assert found.costs[0].groups[0].over_placebo is not None


def test_exposures_reach_a_pipeline(people):
    numbers = people.assign(female=(people["sex"] == "f").astype(float))
    pipeline = make_pipeline(StandardScaler(), PoissonRegressor(alpha=0, solver="newton-cholesky"))
    found = audited(numbers, pipeline, ["female"])
    plain = audited(numbers, PoissonRegressor(alpha=0, solver="newton-cholesky"), ["female"])
    # Without a penalty a scale changes nothing, and weights change much.
    assert found.costs[0].population.bop == pytest.approx(plain.costs[0].population.bop, rel=1e-6)
    same = pd.Series(np.ones(ROWS), name="ones")
    rates = numbers.assign(years=same)
    other = audited(rates, pipeline, ["female"])
    assert abs(other.costs[0].population.bop - plain.costs[0].population.bop) > 0.01


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (KNeighborsRegressor(), "KNeighborsRegressor. cannot weigh rows in its fit"),
        (Ridge(), "generic model has .* predictions that are not above 0"),
        ("mlp", "model 'mlp' has no loss for counts"),
    ],
)
def test_models_that_do_not_suit(people, model, said):
    with pytest.raises(InputError, match=said):
        audited(people, model)


def test_given_models_predict_rates(people):
    models = {
        "generic": lambda frame: np.exp(0.4 + 0.5 * frame["x"]),
        "personalized": lambda frame: np.exp(0.5 * frame["x"] + 0.7 * (frame["sex"] == "f")),
    }
    found = audited(people, None, **dict.fromkeys(("repeats", "placebo")), **models)
    same = compared(people, exposure=people["years"])
    assert found.costs[0].groups[0].bop == pytest.approx(same.costs[0].groups[0].bop)


def test_the_command_line_and_the_page(people, tmp_path, capsys):
    path = tmp_path / "visits.csv"
    pd.concat([people] * 3).to_csv(path, index=False)
    command = ["compare", str(path), "--target", "visits", "--generic", "p0"]
    command += ["--personalized", "p1", "--groups", "sex", "--exposure", "years"]
    command += ["--html", str(tmp_path / "a.html"), "--json", str(tmp_path / "a.json")]
    assert main(command) == 0
    said = capsys.readouterr().out
    assert "7,200 rows audited; counts" in said
    assert "Poisson deviance: every group gains." in said
    assert "events per unit of years" in said.replace("\n      ", " ")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Both models predict the mean count of visits for each unit of years." in page
    assert "Exposures" in page
    assert "mean Poisson deviance: twice" in page
    saved = wg.read_json(tmp_path / "a.json")
    assert (saved.data.task, saved.settings["exposure"]) == ("counts", "years")
    command = ["audit", str(path), "--target", "visits", "--personal", "sex"]
    command += ["--drop", "p0,p1", "--exposure", "years", "--model", "linear", "--repeats", "1"]
    command += ["--placebo", "0", "--explainers", "none", "--quiet"]
    assert main([*command, "--json", str(tmp_path / "b.json")]) == 0
    assert wg.read_json(tmp_path / "b.json").settings["features"] == ["x"]


def test_choosing_refuses_counts(people):
    models = {"none": people["p0"], "sex": people["p1"]}
    with pytest.raises(InputError, match="counts are audited and compared, and nothing is chosen"):
        wg.choose_from(people["visits"], models=models, personal=people[["sex"]], task="counts")
    with pytest.raises(InputError, match="counts are audited and compared, and nothing is chosen"):
        wg.choose(people[["x"]], people["visits"], personal=people[["sex"]], task="counts")


def test_small_groups_have_no_interval(people):
    found = compared(people[:900], task="counts")
    assert {group.reason for cost in found.costs for group in cost.groups} == {"too few rows"}


def test_watching_knows_counts(people, tmp_path):
    watched = wg.watch(people, **COLUMNS, state=tmp_path / "a.watch", task="counts")
    assert [cost.name for cost in watched.costs] == ["poisson_deviance", "squared_error"]
