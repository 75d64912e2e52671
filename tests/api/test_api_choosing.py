"""Choosing what to ask, through the front door: what must hold whatever the data."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from scipy import stats

import whogains as wg
from whogains.api import from_dict
from whogains.errors import InputError

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "schema" / "choice.schema.json").read_text("utf-8"))


def subsets(names):
    return [each for size in range(len(names) + 1) for each in combinations(names, size)]


def world(n=4000, *, seed=0, gain=1.0, noise=False, only=None):
    """Make people whose outcome depends on sex, of whom a model is told by other attributes too.

    Each model misses what it is not told; with `noise`, one that is told another attribute errs a
    little more. With `only`, sex helps where this attribute has the level "1" alone.
    """
    rng = np.random.default_rng(seed)
    people = pd.DataFrame({name: rng.integers(0, 2, n).astype(str) for name in ("sex", "age")})
    lift = gain * (people["sex"] == "1").to_numpy(float)
    if only is not None:
        lift = lift * (people[only] == "1").to_numpy(float)
    y = lift + rng.normal(size=n)
    wobble = rng.normal(size=n) * 0.15
    models = {}
    for told in subsets(["sex", "age"]):
        seen = lift if "sex" in told else np.full(n, lift.mean())
        models["+".join(told) or "none"] = seen + (wobble if noise and "age" in told else 0.0)
    return {"y_true": y, "models": models, "personal": people}


def plain(choice):
    """Take away when it was made."""
    return replace(choice, created="")


def asked(choice):
    return {step.ask for step in choice.requests} - {None}


def test_the_attribute_that_helps_all_is_asked_of_all_and_no_other() -> None:
    found = wg.choose_from(**world(noise=True), costs="squared_error")
    assert [(step.label, step.ask, step.served) for step in found.requests] == [
        ("everybody", "sex", ()),
        ("0", None, ("sex",)),
        ("1", None, ("sex",)),
    ]
    assert {group.asked for group in found.routing} == {("sex",)}
    verdicts = {each.attribute: each.verdict for each in found.necessity}
    assert verdicts["sex"] == "needed"
    assert found.value.kept_lower < found.value.kept
    assert found.value.asked == 0.5
    assert 0 < found.value.lower < found.value.gain
    said = " ".join(found.sentences())
    assert "Ask everybody for sex." in said
    assert "This asks 50 % of what asking everybody everything asks" in said


def test_an_attribute_that_tells_whom_to_ask_is_asked_first_or_after() -> None:
    found = wg.choose_from(**world(8000, gain=1.5, only="age"), costs="squared_error")
    served = {group.label: group.served for group in found.routing}
    assert served["1, 1"] == ("sex",)
    assert asked(found) <= {"sex", "age"}
    # Nobody is served by what they have not told.
    for group in found.routing:
        assert set(group.served) <= set(group.tells)


def test_nothing_is_asked_where_nothing_helps_and_no_certificate_is_claimed() -> None:
    found = wg.choose_from(**world(gain=0.0, noise=True), costs="squared_error")
    assert asked(found) == set()
    assert found.sentences()[0].startswith("Ask nobody for anything")
    assert {group.verdict for group in found.routing} == {"not certified"}
    assert found.value.gain == 0.0


def test_a_gain_too_small_to_matter_is_not_asked_for() -> None:
    found = wg.choose_from(**world(40_000, gain=0.4), margin=1.0, costs="squared_error")
    assert asked(found) == set()
    assert "too small to matter" in {group.verdict for group in found.routing}
    assert {each.verdict for each in found.necessity} == {"not needed"}
    assert found.everybody.asked == ()


def test_relabelling_and_the_order_of_attributes_rows_and_models_change_nothing() -> None:
    given = world(noise=True)
    first = wg.choose_from(**given, costs="squared_error")
    turned = wg.choose_from(
        given["y_true"],
        models={
            "+".join(reversed(name.split("+"))): values
            for name, values in reversed(given["models"].items())
        },
        personal=given["personal"][["age", "sex"]],
        costs="squared_error",
    )
    by_levels = {tuple(sorted(group.group.items())): group for group in first.routing}
    for group in turned.routing:
        same = by_levels[tuple(sorted(group.group.items()))]
        assert (group.asked, group.verdict, group.served) == (
            same.asked,
            same.verdict,
            same.served,
        )
        assert group.lower == pytest.approx(same.lower)
    assert turned.value.kept_lower == pytest.approx(first.value.kept_lower, abs=0.02)
    for one, other in zip(turned.necessity, first.necessity, strict=True):
        assert (one.attribute, one.verdict, one.loss) == (
            other.attribute,
            other.verdict,
            pytest.approx(other.loss),
        )
    renamed = wg.choose_from(
        given["y_true"],
        models=given["models"],
        personal=given["personal"].replace({"0": "no", "1": "yes"}),
        costs="squared_error",
    )
    assert [each.asked for each in renamed.routing] == [each.asked for each in first.routing]
    assert renamed.value == first.value


def test_the_same_input_and_seed_give_the_same_bytes() -> None:
    made = [plain(wg.choose_from(**world(), random_state=3)).to_json() for _ in range(2)]
    assert made[0] == made[1]


def test_a_duplicate_attribute_is_never_asked_twice() -> None:
    given = world()
    people = given["personal"].assign(gender=given["personal"]["sex"])
    models = {
        "+".join(told) or "none": given["models"]["sex" if {"sex", "gender"} & {*told} else "none"]
        for told in subsets(["age", "gender", "sex"])
    }
    found = wg.choose_from(given["y_true"], models=models, personal=people, costs="squared_error")
    assert asked(found) in ({"sex"}, {"gender"})
    assert all(not {"sex", "gender"} <= {*group.asked} for group in found.routing)
    verdicts = {each.attribute: each.verdict for each in found.necessity}
    # Each can go where the other stays: the models are one.
    assert verdicts["sex"] == verdicts["gender"] == "not needed"
    assert any("count as one" in note for note in found.notes)


def test_an_attribute_of_noise_is_asked_in_at_most_alpha_of_runs() -> None:
    runs = 40
    vain = sum(
        "age" in asked(wg.choose_from(**world(1200, seed=seed, noise=True), costs="squared_error"))
        for seed in range(runs)
    )
    assert vain <= stats.binom.ppf(0.999, runs, 0.05)


def test_given_never_and_burden() -> None:
    given = world(noise=True)
    known = wg.choose_from(**given, given="sex", costs="squared_error")
    assert [node.asked for node in known.lattice] == [(), ("age",)]
    assert asked(known) == set()
    never = wg.choose_from(**given, never=["sex"], costs="squared_error")
    assert asked(never) == set()
    assert any("have no part" in note for note in never.notes)
    dear = wg.choose_from(**given, burden={"sex": 3}, costs="squared_error")
    assert dear.value.asked == 0.75


def test_small_groups_have_no_part_in_any_number() -> None:
    given = world(noise=True)
    people = given["personal"].copy()
    people.loc[:4, "age"] = "2"
    found = wg.choose_from(
        given["y_true"], models=given["models"], personal=people, costs="squared_error"
    )
    assert found.data.rows == 3995
    assert '"2"' not in json.dumps(found.to_dict()["routing"])
    assert any("a level is not named" in note for note in found.notes)
    people = given["personal"].copy()
    people.loc[np.flatnonzero((people["sex"] == "0") & (people["age"] == "1"))[5:], "age"] = "0"
    found = wg.choose_from(
        given["y_true"], models=given["models"], personal=people, costs="squared_error"
    )
    hidden = [group for group in found.routing if group.group == {"sex": "0", "age": "1"}]
    assert {(group.n, group.gain, group.lower, group.verdict) for group in hidden} == {
        (None, None, None, "not shown")
    }
    assert any("not shown" in note for note in found.notes)


def test_classification_weights_clusters_and_missing_levels() -> None:
    rng = np.random.default_rng(5)
    n = 6000
    sex = rng.choice(["f", "m", None], n, p=[0.45, 0.45, 0.1])
    score = np.where(sex == "m", 0.8, np.where(sex == "f", 0.2, 0.5))
    y = rng.random(n) < score
    found = wg.choose_from(
        y.astype(int),
        models={"none": np.full(n, 0.5), "sex": score},
        personal={"sex": sex},
        sample_weight=rng.uniform(0.5, 2, n),
        cluster=rng.integers(0, 3000, n),
    )
    assert found.cost.name == "brier"
    by_level = {group.group["sex"]: group for group in found.routing}
    assert by_level["m"].asked == by_level["f"].asked == ("sex",)
    # Who does not tell is a group of its own, and gains nothing.
    assert by_level[None].asked == ()
    assert {edge.cost for edge in found.edges} == {"brier", "zero_one", "log_loss"}
    assert Draft202012Validator(SCHEMA).is_valid(found.to_dict())


def test_the_json_is_as_its_schema_says() -> None:
    found = wg.choose_from(**world(), costs="squared_error")
    errors = list(Draft202012Validator(SCHEMA).iter_errors(found.to_dict()))
    assert errors == []
    assert {*SCHEMA["properties"]} == {*found.to_dict()}


def test_a_saved_choice_is_read_back_as_the_choice_it_was(tmp_path: Path) -> None:
    found = wg.choose_from(**world(noise=True), given="age", unit="kg")
    found.to_json(tmp_path / "c.json")
    again = wg.read_json(tmp_path / "c.json")
    assert type(again) is type(found)
    assert again == found
    assert again.to_html() == found.to_html()
    assert again.sentences() == found.sentences()
    (tmp_path / "c.json.gz").write_bytes(gzip.compress((tmp_path / "c.json").read_bytes()))
    assert wg.read_json(tmp_path / "c.json.gz") == found


def test_a_damaged_choice_is_refused_by_the_name_of_its_place() -> None:
    content = json.loads(wg.choose_from(**world(400)).to_json())
    content["routing"][0]["gain"] = "much"
    with pytest.raises(InputError, match=r"not a whole choice: \$\.routing\[0\]\.gain is 'much'"):
        from_dict(content)
    with pytest.raises(InputError, match="has schema 2; this version reads schema 1"):
        from_dict({**content, "schema": 2})


def test_diff_compares_audits_and_says_so_of_a_choice() -> None:
    choice = wg.choose_from(**world(400))
    audit = wg.compare(
        [0, 1, 1, 0] * 5,
        generic=[0.4, 0.6, 0.4, 0.6] * 5,
        personalized=[0.1, 0.9, 0.8, 0.6] * 5,
        groups={"sex": list("ffmm") * 5},
    )
    for pair, which in (((choice, audit), "before"), ((audit, choice), "after")):
        with pytest.raises(InputError, match=f"given as {which} is a choice") as error:
            wg.diff(*pair)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize("repeats", [1, 5])
def test_who_has_not_told_an_attribute_is_served_without_it(repeats: int) -> None:
    rng = np.random.default_rng(1)
    n = 1500
    X = pd.DataFrame(rng.normal(size=(n, 2)), columns=["x", "z"])
    people = pd.DataFrame({"sex": rng.choice(["f", "m"], n), "old": rng.choice(["n", "y"], n)})
    y = X["x"] + 1.5 * (people["sex"] == "m") + rng.normal(size=n)
    people.loc[rng.random(n) < 0.25, "sex"] = None
    found = wg.choose(
        X, y, personal=people, model="linear", repeats=repeats, n_jobs=1, explainers="auto"
    )
    untold = [j for j, group in enumerate(found.routing) if group.group["sex"] is None]
    assert len(untold) == 2
    for edge in found.edges:
        for j in untold:
            if edge.tells == "sex":
                group = edge.groups[j]
                assert (group.gain, group.ci) == (0.0, (0.0, 0.0))
                assert group.verdict == "no material difference"
    for j in untold:
        assert found.routing[j].served == ()
        assert found.routing[j].declining == {}
    told = next(group for group in found.routing if group.group["sex"] == "m")
    assert told.served == ("sex",)
    edge = next(e for e in found.edges if (e.cost, e.told, e.tells) == ("squared_error", (), "sex"))
    assert told.declining == {"sex": edge.groups[found.routing.index(told)].gain}
    # Nobody does worse: two groups get the same model, the others are shown to gain.
    sex = next(policy for policy in found.policies if policy.asked == ("sex",))
    assert sex.rational == "yes"
    count = int(people["sex"].isna().sum())
    assert any(note.startswith(f"{count:,} people have not told") for note in found.notes)
    alone = wg.choose(X, y, personal=people, model="linear", repeats=1, n_jobs=1, value_folds=2)
    assert alone.value.procedure.gain > 0


@pytest.mark.parametrize("ones", [0, 1, 2])
def test_a_small_group_of_nearly_one_outcome_has_no_part(ones: int) -> None:
    rng = np.random.default_rng(0)
    n = 600
    sex = np.where(np.arange(n) < 60, "rare", rng.choice(["f", "m"], n))
    y = np.where(sex == "rare", 0, rng.integers(0, 2, n))
    y[:ones] = 1
    models = {(): np.full(n, 0.5), ("sex",): np.clip(0.5 + 0.3 * (y - 0.5), 0, 1)}
    found = wg.choose_from(y, models=models, personal=pd.DataFrame({"sex": sex}))
    told = found.to_json() + found.to_html() + str(found)
    assert ("rare" in told) == (ones == 2)
    assert found.data.rows == (n if ones == 2 else n - 60)
    # With another outcome of that one person nothing that is published changes.
    if ones < 2:
        y[0] = 1 - y[0]
        other = wg.choose_from(y, models=models, personal=pd.DataFrame({"sex": sex}))
        assert replace(other, created=found.created).to_json() == found.to_json()


def mixed_gain(found, cost, kind):
    """Add up what each group's own set of one attribute does to an explanation."""
    gain = 0.0
    for place, group in enumerate(found.routing):
        served = group.served if kind == "requests" else group.asked
        assert len(served) <= 1
        for one in served:
            edge = next(
                each
                for each in found.edges
                if (each.cost, each.told, each.tells) == (cost, (), one)
            )
            gain += group.share * edge.groups[place].gain
    return gain


def test_explanations_are_those_of_an_audit_of_the_same_pair_and_decide_nothing(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(0)
    n = 900
    X = pd.DataFrame({name: rng.normal(size=n) for name in ("x", "z", "u")})
    people = pd.DataFrame({"sex": rng.choice(["f", "m"], n), "old": rng.choice(["n", "y"], n)})
    y = X["x"] + 0.5 * X["z"] + 1.5 * (people["sex"] == "m") + rng.normal(size=n)
    given = {"personal": people, "model": "linear", "repeats": 1, "n_jobs": 1, "unit": "kg"}
    plainly = wg.choose(X, y, **given)
    found = wg.choose(X, y, explainers="auto", **given)
    assert found.routing == plainly.routing
    assert tuple(replace(each, explained=()) for each in found.policies) == plainly.policies
    assert not any(node.explained for node in plainly.lattice)
    audit = wg.audit(X, y, placebo=0, **given)
    of_audit = {cost.name: cost for cost in audit.costs if cost.kind == "explanation"}
    everything = found.lattice[-1].explained
    assert [each.cost for each in everything] == list(of_audit)
    for each in everything:
        same = of_audit[each.cost]
        assert (each.label, each.explainer, each.keep) == (same.label, same.explainer, same.keep)
        assert each.gain == pytest.approx(of_audit[each.cost].population.bop)
        assert each.ci == pytest.approx(of_audit[each.cost].population.ci)
    explained = [edge for edge in found.edges if edge.explainer]
    assert len(explained) == 4 * 4
    assert {edge.cost for edge in explained} == {*of_audit}
    # By edges the way up adds up to everything over nothing, for costs that are no ratios.
    for told, tells in (("sex", "old"), ("old", "sex")):
        way = {
            (edge.told, edge.tells): edge.gain for edge in explained if edge.cost == "sufficiency"
        }
        assert way[(), told] + way[(told,), tells] == pytest.approx(everything[0].gain)
    by_set = {each.asked: each for each in found.policies if each.kind == "everybody"}
    for node in found.lattice[1:]:
        of_all = [each.gain for each in by_set[node.asked].explained]
        assert of_all == pytest.approx([each.gain for each in node.explained])
    # What groups are served by, one by one, adds up to what a way to ask does to explanations.
    for policy in found.policies:
        if policy.kind in {"requests", "routing"}:
            for place, name in enumerate(of_audit):
                assert policy.explained[place].gain == pytest.approx(
                    mixed_gain(found, name, policy.kind), abs=1e-12
                )
                bound = policy.explained[place].lower
                # Groups of some 225 are too few for ratios.
                assert (bound is None) == name.endswith("_n")
                assert bound is None or bound <= policy.explained[place].gain
    few = wg.choose(
        X, y, explainers="auto", keep=1, explanation_costs=["sufficiency"], **given
    ).lattice[-1]
    assert [(each.cost, each.keep) for each in few.explained] == [("sufficiency", 1)]
    only = wg.choose(X, y, explainers="auto", never="old", **given)
    alone = wg.audit(X, y, placebo=0, **{**given, "personal": people[["sex"]]}, groups=people)
    edge = next(edge for edge in only.edges if edge.cost == "incomprehensiveness")
    cost = next(cost for cost in alone.costs if cost.name == "incomprehensiveness")
    assert [group.gain for group in edge.groups] == pytest.approx([g.bop for g in cost.groups])
    errors = list(Draft202012Validator(SCHEMA).iter_errors(json.loads(found.to_json())))
    assert errors == []
    found.to_json(tmp_path / "c.json")
    assert wg.read_json(tmp_path / "c.json") == found
    for page in (found.to_html(), found.to_markdown(), found.to_text()):
        assert "What it does to explanations" in page
    assert "What it does to explanations" not in plainly.to_html()
    assert max(map(len, found.to_text().splitlines())) <= 80
    table = found.what_it_buys()
    assert {*table["explainer"].dropna()} == {"linear_shap"}


def test_fitting_a_lattice_by_rounds_speaks_of_the_procedure() -> None:
    rng = np.random.default_rng(0)
    n = 2400
    X = pd.DataFrame({"x": rng.normal(size=n)})
    people = pd.DataFrame({"sex": rng.choice(["f", "m"], n), "noise": rng.choice(["a", "b"], n)})
    y = X["x"] + 2.0 * (people["sex"] == "m") + rng.normal(size=n)
    found = wg.choose(X, y, personal=people, model="linear", n_jobs=1)
    assert asked(found) == {"sex"}
    assert found.settings["estimand"] == "procedure"
    assert found.settings["repeats"] == 5
    once = wg.choose(X, y, personal=people, model="linear", holdout=0.4)
    assert once.settings["estimand"] == "fits"
    assert once.data.rows < n / 2
    assert asked(once) == {"sex"}


BAD = {
    "missing model": ({"models": ["none", "sex"]}, r"no model for age, age\+sex"),
    "no subset": ({"extra": "height"}, "'height', which is none of the personal attributes"),
    "twice": ({"extra": "age+sex"}, r"two models are told age\+sex"),
    "overlap": ({"given": "sex", "never": "sex"}, "'sex' is both given and never asked"),
    "margin": ({"margin": 0}, "margin must be positive"),
    "metric": ({"costs": "r2"}, "'r2' belongs to a whole group"),
    "burden": ({"burden": {"race": 1}}, "burden names 'race'"),
    "nan": ({"nan": True}, "model none"),
    "no model": ({"models": []}, r"no model for none, age, sex, age\+sex"),
    "no none": ({"models": ["sex", "age", "sex+age"]}, "no model for none;"),
    "name": ({"extra": 3}, "a model is called 3; name the attributes"),
    "given": ({"given": "height"}, "given names 'height', which is none of the personal"),
    "negative margin": ({"margin": -1}, "margin must be positive"),
    "burden is text": ({"burden": {"sex": "dear"}}, "burden of 'sex' must be positive .* 'dear'"),
    "burden is a list": ({"burden": [1]}, "burden is a list, not a mapping"),
    "few rows": ({"min_cell": 5000}, "every group has fewer than 5000 rows"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_in_one_line(case: str) -> None:
    changed, message = BAD[case]
    given = world(200)
    models, options = given["models"], dict(changed)
    if "models" in options:
        given["models"] = {name: models[name] for name in options.pop("models")}
    if "extra" in options:
        models[options.pop("extra")] = models["none"]
    if options.pop("nan", False):
        models["none"] = np.full(200, np.nan)
    with pytest.raises(InputError, match=message) as error:
        wg.choose_from(**given, **options)
    assert "\n" not in str(error.value)


def test_models_that_are_no_mapping_are_refused() -> None:
    given = {**world(200), "models": [0.5, 0.6]}
    with pytest.raises(InputError, match="models is a list, not a mapping"):
        wg.choose_from(**given)


def test_too_many_attributes_are_refused_before_anything_is_fitted() -> None:
    rng = np.random.default_rng(0)
    people = pd.DataFrame({f"a{i}": rng.choice(["0", "1"], 200) for i in range(7)})
    X, y = pd.DataFrame({"x": rng.normal(size=200)}), rng.normal(size=200)
    with pytest.raises(InputError, match="7 attributes make 128 models, more than are fitted"):
        wg.choose(X, y, personal=people)
    with pytest.raises(InputError, match="7 attributes make 128 models; at most 6"):
        wg.choose_from(y, models={"none": y}, personal=people)


def test_what_cannot_be_fitted_is_refused_in_one_line() -> None:
    rng = np.random.default_rng(0)
    given = world(200)
    X, y, people = pd.DataFrame({"x": rng.normal(size=200)}), given["y_true"], given["personal"]
    for changed, options, message in (
        (people.assign(age="1"), {}, "'age' is constant"),
        (people, {"given": "sex", "never": "sex"}, "'sex' is both given and never asked"),
        (people, {"margin": 0}, "margin must be positive"),
        (people, {"min_cell": 500}, "every group has fewer than 500 rows"),
    ):
        with pytest.raises(InputError, match=message) as error:
            wg.choose(X, y, personal=changed, model="linear", repeats=1, **options)
        assert "\n" not in str(error.value)


def test_a_constant_attribute_is_refused() -> None:
    given = world(200)
    given["personal"]["age"] = "1"
    with pytest.raises(InputError, match="'age' is constant"):
        wg.choose_from(**given)
