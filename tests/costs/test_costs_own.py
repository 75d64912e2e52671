"""Costs and metrics that a user declares: checked, and judged like built-in ones."""

# ruff: noqa: ARG005 - a function of rows need not look at both

import numpy as np
import pytest
from sklearn.metrics import f1_score, mean_absolute_error

import whogains as wg
from whogains.costs import prediction_costs
from whogains.errors import InputError

NUMBERS = ("n", "bop", "se", "ci_low", "ci_high", "p_gain", "p_harm", "method", "verdict")


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(5)
    n = 900
    y = (rng.random(n) < 0.4).astype(float)
    generic, personalized = (
        np.clip(0.4 + gain * (y - 0.4) + rng.normal(0, 0.2, n), 0, 1) for gain in (0.3, 0.6)
    )
    groups = {"sex": np.where(rng.random(n) < 0.1, "f", "m")}
    return {"y_true": y, "generic": generic, "personalized": personalized, "groups": groups}


@pytest.mark.parametrize("limits", [{"lower": 0, "upper": 1}, {}])
def test_a_cost_of_ones_own_is_judged_like_a_built_in_one(people, limits):
    mine = wg.Cost("mine", rows=lambda y, p: (y - p) ** 2, **limits)
    own = wg.compare(**people, costs=mine, epsilon=0.01).table(every=True)
    if limits:
        known = wg.compare(**people, costs=["brier"], epsilon=0.01).table(every=True)
    else:
        known = wg.compare(**people, costs=["squared_error"], task="regression", epsilon=0.01)
        known = known.table(every=True)
    for name in NUMBERS:
        assert own[name].astype(str).tolist() == known[name].astype(str).tolist(), name
    # Few of the group f: with a range a bound, without one an approximation and no verdict.
    assert own["method"].tolist() == (["betting", "t"] if limits else ["approximate", "t"])


def test_prices_are_those_of_a_brute_force_count(people):
    found = wg.compare(**people, costs=wg.CostMatrix(fp=1, fn=7, tp=-2, tn=0.5), threshold=0.3)
    y, group = people["y_true"], people["groups"]["sex"]
    for row in found.table(every=True).itertuples():
        costs = []
        for name in ("generic", "personalized"):
            of_people = zip(y[group == row.sex], people[name][group == row.sex], strict=True)
            price = {(1, True): -2, (0, True): 1, (1, False): 7, (0, False): 0.5}
            costs.append(np.mean([price[int(o), p >= 0.3] for o, p in of_people]))
        assert row.bop == pytest.approx(costs[0] - costs[1])


def test_prices_of_one_are_the_zero_one_loss(people):
    own = wg.compare(**people, costs=wg.CostMatrix(fp=1, fn=1), epsilon=0.01).table(every=True)
    known = wg.compare(**people, costs="zero_one", epsilon=0.01).table(every=True)
    assert own["bop"].tolist() == known["bop"].tolist()


def test_net_benefit_is_that_of_decision_curves(people):
    found = wg.compare(**people, costs="net_benefit", threshold=0.2).costs[0].population
    y, n = people["y_true"], len(people["y_true"])
    for name, cost in (
        ("generic", found.cost_generic),
        ("personalized", found.cost_personalized),
    ):
        label = people[name] >= 0.2
        hits, alarms = np.sum(label & (y == 1)), np.sum(label & (y == 0))
        # Vickers and Elkin (2006): TP / n - FP / n * pt / (1 - pt).
        assert -cost == pytest.approx(hits / n - alarms / n * 0.2 / 0.8)


def test_a_rare_price_that_is_high_is_not_left_to_t():
    # 300 rows differ, of which 5 carry nearly all of the variance.
    y = np.repeat([1.0, 0.0], [500, 1500])
    generic, personalized = np.full(2000, 0.1), np.full(2000, 0.1)
    personalized[:5] = 0.9
    generic[500:800] = 0.9
    found = wg.compare(
        y,
        generic=generic,
        personalized=personalized,
        groups={"sex": np.tile(["f", "m"], 1000)},
        costs=[wg.CostMatrix(fp=1, fn=100), wg.CostMatrix(fp=1, fn=1.5, name="near")],
    )
    assert found.costs[0].population.method == "betting"
    assert found.costs[1].population.method == "t"


def test_a_metric_of_scikit_learn_is_that_number_with_a_minus(people):
    score = wg.Metric("skill", value=lambda y, p, w: f1_score(y, p >= 0.5, sample_weight=w))
    error = wg.Metric("error", value=mean_absolute_error, higher_is_better=False)
    found = wg.compare(**people, costs=[score, error, "f1"])
    mine, off, known = found.costs
    y = people["y_true"]
    expected = f1_score(y, people["generic"] >= 0.5)
    assert mine.population.cost_generic == pytest.approx(-expected)
    assert known.population.cost_generic == pytest.approx(-expected)
    expected = mean_absolute_error(y, people["personalized"])
    assert off.population.cost_personalized == pytest.approx(expected)
    # The jackknife and the influence function agree to the order of 1 / n.
    assert mine.population.se == pytest.approx(known.population.se, rel=0.01)
    assert "minus sign" in mine.declared
    assert "minus" not in off.declared
    assert known.declared is None


def test_the_words_of_a_cost_are_on_every_face_as_text(people):
    label = "<script>alert(1)</script>"
    cost = wg.Cost("mine", rows=lambda y, p: abs(y - p), lower=0, label=label, unit="€ & <i>")
    found = wg.compare(**people, costs=cost)
    assert "a cost that the user declared" in found.to_text()
    page = found.to_html()
    assert "<script>alert" not in page
    assert "<i>" not in page
    assert "a cost that the user declared, one number per person, at least 0" in page
    assert "a cost that the user declared" in found.to_markdown()
    assert wg.from_dict(found.to_dict()).costs[0].declared == found.costs[0].declared
    assert found.costs[0].why_epsilon == "a hundredth of what the generic model costs"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (lambda y, p: np.where(p > 0.9, np.nan, p), "is nan for outcome"),
        (lambda y, p: np.where(p > 0.9, np.inf, p), "is inf for outcome"),
        (lambda y, p: p[:-1], "gave an array of shape (899,) for 900 rows"),
        (lambda y, p: 1.0, "gave one number for 900 rows"),
        (lambda y, p: np.random.default_rng().random(len(y)), "must be the same each time"),
        (lambda y, p: abs(p - p.mean()), "depend on that row alone"),
        (lambda y, p: 5 * p, "is declared to lie from 0 to 1"),
        (lambda y, p: ["a"] * len(y), "failed on 900 rows"),
        (lambda y, p: y / 0 if len(y) < 0 else 1 / 0, "failed on 900 rows: ZeroDivisionError"),
        (lambda y, p: y.sort(), "read-only"),
        (lambda y, p: p + 1j, "failed on 900 rows"),
        (lambda y: y, "failed on 900 rows: TypeError"),
    ],
)
def test_what_a_function_may_not_give_is_one_line(people, rows, said):
    cost = wg.Cost("mine", rows=rows, lower=0, upper=1)
    with pytest.raises(InputError) as error:
        wg.compare(**people, costs=cost)
    assert said in str(error.value)
    assert "'mine'" in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (lambda y, p, w: np.nan, "is nan on"),
        (lambda y, p, w: p, "gave an array of shape"),
        (lambda y, p, w: "good", "failed on"),
        (lambda y, p, w: np.random.default_rng().random(), "must be the same each time"),
        (lambda y, p: 1, "failed on"),
    ],
)
def test_what_a_metric_may_not_give_is_one_line(people, value, said):
    with pytest.raises(InputError) as error:
        wg.compare(**people, costs=wg.Metric("mine", value=value))
    assert said in str(error.value)
    assert "'mine'" in str(error.value)


def test_a_metric_must_count_weights(people):
    weight = np.random.default_rng(1).uniform(1, 2, len(people["y_true"]))
    metric = wg.Metric("mine", value=lambda y, p, w: np.mean((p >= 0.5) == y))
    with pytest.raises(InputError, match="the same with and without weights"):
        wg.compare(**people, costs=metric, sample_weight=weight)


def test_a_group_where_a_metric_is_none_says_why(people):
    def needs_many(y, p, w):
        if len(y) < 200:
            raise ValueError("too few")
        return np.average((p >= 0.5) == y, weights=w)

    found = wg.compare(**people, costs=wg.Metric("mine", value=needs_many))
    few, many = found.costs[0].groups
    assert few.bop is None
    assert few.verdict == "cannot tell"
    assert "too few" in few.note
    assert many.bop is not None


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: wg.Cost("<b>", rows=abs), "is called by letters"),
        (lambda: wg.Cost("a b", rows=abs), "is called by letters"),
        (lambda: wg.Cost(3, rows=abs), "is called by letters"),
        (lambda: wg.Cost("a", rows=3), "must be a function"),
        (lambda: wg.Cost("a", rows=abs, lower=2, upper=1), "must be below upper"),
        (lambda: wg.Cost("a", rows=abs, lower=np.nan), "must be a number"),
        (lambda: wg.Cost("a", rows=abs, lower="0"), "must be a number"),
        (lambda: wg.Cost("a", rows=abs, label="two\nlines"), "text on one line"),
        (lambda: wg.Cost("a", rows=abs, unit="x" * 99), "more than 80 characters"),
        (lambda: wg.CostMatrix(fp=1, fn=np.inf), "must be a number up to"),
        (lambda: wg.CostMatrix(fp=0, fn=0), "nothing can be gained"),
        (lambda: wg.Metric("a", value=abs, higher_is_better="yes"), "True or False"),
    ],
)
def test_what_cannot_be_declared_is_one_line(make, said):
    with pytest.raises(InputError) as error:
        make()
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_names_that_collide_are_refused():
    zero = wg.Cost("zero_one", rows=lambda y, p: p)
    with pytest.raises(InputError, match="'zero_one' is built in"):
        prediction_costs("classification", (zero,))
    one, two = (wg.Cost("mine", rows=lambda y, p, k=k: k * p) for k in (1, 2))
    with pytest.raises(InputError, match="two costs are called 'mine'"):
        prediction_costs("classification", ("brier", one, two))
    assert len(prediction_costs("classification", (one, one))) == 1
    with pytest.raises(InputError, match="neither a name nor a cost"):
        prediction_costs("classification", (3,))
    with pytest.raises(InputError, match="two values"):
        prediction_costs("regression", (wg.CostMatrix(fp=1, fn=2),))


def test_a_cost_of_ones_own_goes_through_a_fitted_audit_and_choose():
    rng = np.random.default_rng(2)
    n = 400
    x, sex = rng.normal(size=n), rng.integers(0, 2, n)
    y = 2 * x + 3 * sex + rng.normal(size=n)
    own = wg.Cost("off", rows=lambda y, p: abs(y - p) > 1, lower=0, upper=1)
    S = {"sex": np.where(sex == 1, "m", "f")}
    settings = {"costs": [own, "absolute_error"], "random_state": 0, "repeats": 1}
    found = wg.audit({"x": x}, y, personal=S, model="linear", explainers=[], placebo=0, **settings)
    assert found.costs[0].name == "off"
    assert {group.verdict for group in found.costs[0].groups} == {"gain"}
    advice = wg.choose({"x": x}, y, personal=S, model="linear", **settings)
    assert "off" in advice.to_text()
