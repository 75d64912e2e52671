"""Rounds of cross-fitting: which seeds, on how many cores, and what is averaged."""

import threading

import numpy as np
import pandas as pd
import pytest

import whogains as wg
from whogains.errors import InputError
from whogains.explain import ExplanationSettings
from whogains.frames import encode
from whogains.inference import procedure_means
from whogains.scoring import score_cross_fit, score_rounds
from whogains.scoring.rounds import seed_of_round

RNG = np.random.default_rng(11)
N = 400
FRAME = pd.DataFrame({"a": RNG.normal(size=N), "b": RNG.normal(size=N)})
SEX = RNG.choice(["F", "M"], N)
PERSONAL = pd.DataFrame({"sex": SEX})
Y = FRAME["a"].to_numpy() + 0.6 * (SEX == "M") + RNG.normal(0, 0.8, N)
X, S = encode(FRAME), encode(PERSONAL, name="personal")
HOW = {"personal": PERSONAL, "model": "linear", "explainers": ["linear_shap"]}


def rounds(count, **given):
    return list(
        score_rounds(
            X,
            S,
            y=Y,
            task="regression",
            settings=ExplanationSettings(),
            rounds=count,
            random_state=3,
            **{"estimator": "linear"} | given,
        )
    )


def test_each_round_is_a_cross_fit_with_its_own_seed():
    found = rounds(3)
    for number, each in enumerate(found):
        seed = seed_of_round(3, number)
        alone = score_cross_fit(X, S, Y, "regression", estimator="linear", random_state=seed)
        np.testing.assert_array_equal(each.fold, alone.fold)
        np.testing.assert_array_equal(
            each.predictions["personalized"], alone.predictions["personalized"]
        )
    assert (found[0].fold != found[1].fold).any()
    assert len({seed_of_round(s, r) for s in range(20) for r in range(1, 20)}) == 380


def test_processes_give_the_same():
    for one, other in zip(rounds(2), rounds(2, n_jobs=2), strict=True):
        np.testing.assert_allclose(
            one.predictions["personalized"], other.predictions["personalized"], rtol=1e-12
        )


def test_what_cannot_be_sent_to_a_process_runs_here():
    from sklearn.linear_model import Ridge

    class Locked(Ridge):
        def __init__(self, lock=None):
            super().__init__()
            self.lock = lock

        def __deepcopy__(self, memo):
            return self

    lock = threading.Lock()
    lock_model = Locked()
    lock_model.extra = lock
    with pytest.raises(InputError, match="n_jobs=0"):
        rounds(2, n_jobs=0)
    assert len(rounds(2, n_jobs=2, estimator=lock_model)) == 2


def squared_error(benefits, folds, mine):
    """Put the squared error of a group together from its definition, and the part of seeds."""
    B, fold = benefits[:, mine], folds[:, mine]
    R, K = len(B), fold.max() + 1
    person, s2 = B.mean(axis=0).var(ddof=1) / mine.sum(), B.mean(axis=1).var(ddof=1)
    moved = B - B.mean(axis=0)
    cells = [moved[r, fold[r] == k] for r in range(R) for k in range(K)]
    each = np.mean([1 / len(cell) for cell in cells])
    shared = np.mean([cell.mean() ** 2 for cell in cells]) - each * (moved**2).mean()
    fits = max(0.0, max(0.0, shared / ((1 - 1 / R) ** 2 * (1 - each))) - s2)
    seeds = (2 / R + 0.5) * s2
    return person + max(person, (K - 1) * fits) + seeds, seeds


def test_an_audit_judges_the_mean_of_its_rounds_as_the_procedure():
    found = wg.audit(FRAME, Y, **HOW, random_state=3, placebo=0)
    each = rounds(5)
    cost = found.costs[0]
    benefits = np.array(
        [
            (e.predictions["generic"] - Y) ** 2 - (e.predictions["personalized"] - Y) ** 2
            for e in each
        ]
    )
    wanted = procedure_means(benefits, (SEX == "M").astype(int))
    folds = np.array([one.fold for one in each])
    for j, group in enumerate(cost.groups):
        assert group.bop == pytest.approx(wanted.estimate[j], rel=1e-10)
        squared, seeds = squared_error(benefits, folds, (SEX == "M") == bool(j))
        assert group.se**2 == pytest.approx(squared, rel=1e-10)
        assert group.seed_share == pytest.approx(seeds / squared, rel=1e-10)
        assert group.method == group.test == "procedure"
        assert group.other_seed is not None
        assert group.over_placebo is None
    squared, _ = squared_error(benefits, folds, np.ones(N, dtype=bool))
    assert cost.population.se**2 == pytest.approx(squared, rel=1e-10)
    assert found.settings["estimand"] == "procedure"
    assert "learning with the attributes" in found.to_text(400)


def test_placebos_are_judged_on_the_same_people():
    found = wg.audit(FRAME, Y, **HOW, repeats=1, placebo=2, random_state=3)
    local = rounds(1, groups=(SEX == "M").astype(int))[0]
    cost = found.costs[0]
    squared = (local.predictions["personalized"] - Y) ** 2
    for group, level in zip(cost.groups, ("F", "M"), strict=True):
        mine = level == SEX
        beside = group.over_placebo
        assert group.cost_personalized == pytest.approx(squared[mine].mean())
        # Over the placebo is the whole gain less what the placebo itself gains.
        assert beside.bop == pytest.approx(group.bop - beside.placebo_bop)
        assert beside.placebo_sd is None
        assert beside.verdict in {"gain", "cannot tell"}
    assert cost.population.over_placebo.verdict is None
    assert cost.population.over_placebo.bop > 0.02
    assert "Beside a placebo" in found.to_html()
    assert {"over_placebo", "over_placebo_verdict", "placebo_bop"} <= set(
        found.table(every=True).columns
    )


def test_an_attribute_of_noise_earns_nothing():
    said = 0
    for seed in range(6):
        rng = np.random.default_rng(100 + seed)
        noise = pd.DataFrame({"sex": rng.choice(["F", "M"], N)})
        frame = pd.DataFrame({name: rng.normal(size=N) for name in "abcdef"})
        y = frame.sum(axis=1) + rng.normal(size=N)
        found = wg.audit(frame, y, personal=noise, model="linear", random_state=seed)
        for cost in found.costs:
            for group in cost.groups:
                said += group.verdict in {"gain", "harm"}
                said += group.over_placebo.verdict in {"gain", "harm"}
    assert said <= 1


def test_a_held_out_part_speaks_of_one_pair():
    found = wg.audit(FRAME, Y, **HOW, holdout=0.5)
    assert found.data.rows == pytest.approx(N / 2, abs=4)
    assert found.settings["estimand"] == "fits"
    assert (found.settings["holdout"], found.settings["repeats"]) == (0.5, 1)
    assert "50% of the rows held out" in found.to_text(200)
    assert found.costs[0].groups[0].method in {"t", "approximate", None}
    # Of the tenth who are men, 40 in all, some 8 are held out: too few to be shown.
    rare = HOW | {"personal": {"sex": np.where(np.arange(N) % 10 == 0, "M", "F")}}
    few = wg.audit(FRAME, Y, **rare, holdout=0.2, placebo=0)
    (women,) = few.costs[0].groups
    assert women.n == few.data.rows == few.costs[0].population.n < 0.2 * N


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"repeats": 3}, "give 1, or at least 5"),
        ({"repeats": 0}, "give 1, or at least 5"),
        ({"placebo": -1}, "how many to fit, from 0"),
        ({"holdout": 0.5, "repeats": 5}, "leave repeats out"),
        ({"holdout": 1.0}, "from 0.05 to 0.95"),
        ({"n_jobs": -2}, "or -1 for all cores"),
        ({"method": "bootstrap"}, "takes fitted models as given"),
        ({"generic": lambda f: f["a"], "personalized": lambda f: f["a"], "placebo": 1}, "placebo"),
    ],
)
def test_what_does_not_go_together_is_said(given, message):
    how = HOW if "generic" not in given else {"personal": PERSONAL, "explainers": []}
    with pytest.raises(InputError, match=message):
        wg.audit(FRAME, Y, **how | given)


def test_given_models_are_told_that_no_placebo_could_be_fitted():
    found = wg.audit(
        FRAME,
        Y,
        personal=PERSONAL,
        generic=lambda frame: frame["a"],
        personalized=lambda frame: frame["a"] + 0.6 * (frame["sex"] == "M"),
        explainers=[],
    )
    text = found.to_text(400)
    assert found.settings["estimand"] == "fits"
    assert "these two fitted models" in text
    assert "nothing could be fitted anew" in text
