"""The threshold of labels: where it is set it is used, and where labels do not vary none judge."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import zero_one_loss

import whogains as wg
from whogains.cli.gates import failed, unknown
from whogains.cli.options import FailOn
from whogains.report import as_text

COLUMNS = {"target": "y", "generic": "p0", "personalized": "p1", "groups": "s"}


def rare(seed: int = 0, n: int = 4000, *, top: float = 0.45) -> pd.DataFrame:
    """An outcome of 4 % which no model gives a probability of `top`."""
    rng = np.random.default_rng(seed)
    s = rng.choice(["u", "v"], n)
    p = 1 / (1 + np.exp(3.6 - 0.8 * rng.normal(size=n) - 0.4 * (s == "v")))
    return pd.DataFrame(
        {
            "y": (rng.random(n) < p) * 1,
            "p0": np.minimum(np.where(s == "v", 0.9, 1.1) * p, top),
            "p1": np.minimum(p, top),
            "s": s,
            "w": rng.choice([1.0, 3.0], n),
            "c": rng.integers(0, n // 2, n),
        }
    )


def compared(frame: pd.DataFrame, **options: Any) -> wg.Findings:
    return wg.compare(
        frame["y"],
        generic=frame["p0"],
        personalized=frame["p1"],
        groups=frame[["s"]],
        **options,
    )


@pytest.mark.parametrize("given", [{}, {"sample_weight": "w"}, {"cluster": "c"}])
@pytest.mark.parametrize("scanned", [False, True])
def test_labels_that_never_vary_are_no_evidence(given: dict[str, str], scanned: bool) -> None:
    rows = {"rows_in_memory": 0} if scanned else {}
    found = wg.compare_files(rare(), costs=["zero_one", "brier"], **COLUMNS, **given, **rows)
    cost, brier = found.costs
    for group in (*cost.groups, cost.population):
        assert (group.bop, group.method, group.test, group.ci) == (0, None, None, (None, None))
        assert group.p_gain is None
        assert group.p_harm is None
    assert {(group.verdict, group.reason) for group in cost.groups} == {
        ("cannot tell", "one label")
    }
    assert "every row the label 0" in str(cost.groups[0].note)
    assert {group.required for group in cost.groups} == {None}
    assert cost.gamma.verdict == "cannot tell"
    assert cost.gamma.p_every_group_gains == 1
    assert cost.limits.verdict is None
    assert "one label" not in {group.reason for group in brier.groups}


def test_what_to_do_rests_on_costs_that_have_something_to_tell() -> None:
    found = compared(rare(), costs=["zero_one", "brier"])
    text = " ".join(as_text(found, 200).split())
    assert "0-1 loss: both models give everybody in a group the same label" in text
    assert "not known: labels do not vary" in text
    assert "0-1 loss changes by less than" not in text
    alone = " ".join(as_text(compared(rare(), costs="zero_one"), 200).split())
    assert "loses nothing" not in alone
    assert "every row the label 0: a cost of labels cannot tell them apart; set another" in alone


def test_a_gate_takes_one_label_for_no_evidence() -> None:
    found = compared(rare(), costs="zero_one")
    assert failed(found, FailOn.harm) == []
    assert unknown(found) == ["passed, but nothing is known of 2 of 2 groups on 0-1 loss"]
    assert len(failed(found, FailOn.unknown)) == 1
    assert len(failed(found, FailOn.not_gain)) == 1


def test_each_group_is_asked_for_itself() -> None:
    frame = rare()
    # In one group both models agree, on labels that vary: that is evidence.
    one = np.flatnonzero(frame["s"] == "u")[0]
    frame.loc[one, ["p0", "p1"]] = 0.9
    first, second = compared(frame, costs="zero_one").costs[0].groups
    assert (first.verdict, first.note) == (
        "no material difference",
        "both models have the same cost on every row",
    )
    assert second.reason == "one label"
    # Two groups that have a label each are as silent as two that share one.
    frame.loc[frame["s"] == "u", ["p0", "p1"]] = 0.9
    cost = compared(frame, costs="zero_one").costs[0]
    assert [group.reason for group in cost.groups] == ["one label"] * 2
    assert "every row the label 1" in str(cost.groups[0].note)
    assert cost.limits.verdict is None


def test_a_silent_group_takes_no_part_in_the_others_correction() -> None:
    frame = rare(top=0.9)
    frame.loc[frame["s"] == "v", ["p0", "p1"]] = 0.01
    u = frame["s"] == "u"
    frame.loc[u, "p0"] = np.where(np.arange(u.sum()) % 9 == 0, 1 - frame.loc[u, "y"], 0.01)
    first, second = compared(frame, costs="zero_one").costs[0].groups
    assert first.p_gain == first.p_gain_adjusted
    assert (second.reason, second.p_gain_adjusted) == ("one label", None)
    # Nobody knows that the silent group gains.
    assert compared(frame, costs="zero_one").costs[0].gamma.verdict == "cannot tell"


@pytest.mark.parametrize("threshold", [0.5, 0.1, 0.04, "base rate"])
def test_a_threshold_makes_the_labels(threshold: float | str) -> None:
    frame = rare(1, top=0.99)
    found = compared(frame, costs="zero_one", threshold=threshold)
    cost = found.costs[0]
    at = frame["y"].mean() if threshold == "base rate" else threshold
    assert cost.threshold == at
    assert found.settings["threshold"] == threshold
    for group in cost.groups:
        mine = frame[frame["s"] == group.group["s"]]
        for model, value in (("p0", group.cost_generic), ("p1", group.cost_personalized)):
            assert value == pytest.approx(zero_one_loss(mine["y"], mine[model] >= at))


def test_another_threshold_comes_with_a_warning() -> None:
    """Noise that moves a group's probabilities is a gain or a harm of 0-1 loss, and of no other."""
    frame = rare(3, n=20_000)
    frame["p0"] = frame["p1"]
    frame["p1"] = frame["p1"] * np.where(frame["s"] == "u", 1.2, 1 / 1.2)
    found = compared(frame, costs=["zero_one", "brier"], threshold="base rate")
    assert [group.verdict for group in found.costs[0].groups] == ["harm", "gain"]
    assert {group.verdict for group in found.costs[1].groups} == {"no material difference"}
    assert any("counts both kinds of error alike" in note for note in found.notes)
    for usual in ({}, {"threshold": 0.5}):
        notes = compared(frame, costs=["zero_one"], **usual).notes
        assert not any("both kinds of error" in note for note in notes)
    alone = compared(frame, costs=["brier"], threshold=0.1).notes
    assert not any("both kinds of error" in note for note in alone)


@pytest.mark.parametrize("given", [{}, {"sample_weight": "w"}, {"cluster": "c"}])
def test_a_scan_uses_the_threshold_that_memory_uses(given: dict[str, str]) -> None:
    frame = rare(2)
    # The rows of a group that is not shown have no part in the base rate.
    frame.loc[:5, ["s", "y"]] = ["few", 1]
    options = {**COLUMNS, **given, "threshold": "base rate"}
    here = wg.compare_files(frame, **options)
    there = wg.compare_files(frame, **options, rows_in_memory=0)
    assert here.costs[0].threshold == pytest.approx(there.costs[0].threshold, rel=1e-12)
    shown = frame[frame["s"] != "few"]
    weights = shown["w"] if "sample_weight" in given else None
    assert here.costs[0].threshold == pytest.approx(np.average(shown["y"], weights=weights))
    for a, b in zip(here.costs[0].groups, there.costs[0].groups, strict=True):
        assert (a.n, a.reason, a.verdict) == (b.n, b.reason, b.verdict)
        assert a.bop is None or a.bop == pytest.approx(b.bop, rel=1e-9)


def test_explanations_by_labels_use_the_threshold_too() -> None:
    rng = np.random.default_rng(3)
    n = 1500
    x = pd.DataFrame(rng.normal(size=(n, 3)), columns=list("abc"))
    s = rng.choice(["u", "v"], n)
    p = 1 / (1 + np.exp(3.4 - x["a"] - 0.4 * (s == "v")))
    y = (rng.random(n) < p) * 1
    asked = {"personal": {"s": s}, "model": "linear", "explainers": ["linear_shap"]}
    asked |= {"repeats": 1, "placebo": 0}
    seen: list[Any] = []
    found = wg.audit(
        x, y, **asked, threshold=0.1, inspect=lambda scores, _codes: seen.extend(scores)
    )
    by_name = {cost.name: cost for cost in found.costs}
    assert by_name["sufficiency"].threshold == by_name["incomprehensiveness"].threshold == 0.1
    assert {group.reason for group in by_name["sufficiency"].groups} != {"one label"}
    # At the default hardly any label changes: where none is ever 1, nothing is said.
    silent = wg.audit(x, y, **asked, threshold=0.999)
    for name in ("zero_one", "sufficiency", "incomprehensiveness"):
        cost = next(each for each in silent.costs if each.name == name)
        assert {group.reason for group in cost.groups} == {"one label"}
        masked = "on all features and on masked ones" in str(cost.groups[0].note)
        assert masked == (cost.kind == "explanation")
    # The costs are those of the labels at that threshold, row by row.
    loss = seen[[cost.name for cost in found.costs].index("sufficiency")]
    assert set(np.unique(loss.generic)) <= {0.0, 1.0}
    assert loss.cost.rows(np.array([0.05, 0.3]), np.array([0.2, 0.4])).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("wrong", [0, 1, -0.1, float("nan"), "median", True])
def test_a_threshold_lies_between_0_and_1(wrong: Any) -> None:
    with pytest.raises(wg.InputError, match="threshold must be a number above 0 and below 1"):
        compared(rare(), threshold=wrong)


def test_a_threshold_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    y = np.linspace(0, 9, 400)
    with pytest.raises(wg.InputError, match="threshold is for classification"):
        wg.compare(y, generic=y, personalized=y, groups={"s": ["u", "v"] * 200}, threshold=0.5)
    frame = rare()
    with pytest.raises(wg.InputError, match="differs from part to part"):
        wg.gather(frame, **COLUMNS, threshold="base rate")
    half = wg.gather(frame[:2000], **COLUMNS, threshold=0.1)
    rest = wg.gather(frame[2000:], **COLUMNS)
    with pytest.raises(wg.InputError, match="other thresholds of labels for zero_one"):
        wg.merge([half, rest])
    half.save(tmp_path / "half.evidence")
    again = wg.merge([tmp_path / "half.evidence"])
    assert again.findings().costs[0].threshold == 0.1
    with pytest.raises(wg.InputError, match=r"threshold is 0\.2; this evidence has labels from"):
        again.findings(wg.Settings(threshold=0.2))


def test_merged_evidence_knows_labels_that_never_vary(tmp_path: Path) -> None:
    frame = rare()
    for i in range(3):
        wg.gather(frame[i::3], **COLUMNS).save(tmp_path / f"{i}.evidence")
    merged = wg.merge(sorted(tmp_path.glob("*.evidence"))).findings()
    assert {group.reason for group in merged.costs[0].groups} == {"one label"}
    frame.loc[0, "p0"] = 0.8
    wg.gather(frame[::3], **COLUMNS).save(tmp_path / "0.evidence")
    merged = wg.merge(sorted(tmp_path.glob("*.evidence"))).findings()
    assert {group.reason for group in merged.costs[0].groups} != {"one label"}


def test_labels_are_counted_in_every_round_and_beside_placebos() -> None:
    rng = np.random.default_rng(7)
    n = 1200
    x = pd.DataFrame(rng.normal(size=(n, 2)), columns=list("ab"))
    y = (rng.random(n) < 1 / (1 + np.exp(2.5 - x["a"]))) * 1
    asked = {
        "personal": {"s": rng.choice(["u", "v"], n)},
        "model": "linear",
        "explainers": [],
        "costs": ["zero_one"],
        "repeats": 5,
        "placebo": 1,
    }
    silent = wg.audit(x, y, **asked, threshold=0.9999).costs[0]
    for group in silent.groups:
        assert (group.reason, group.verdict, group.p_gain) == ("one label", "cannot tell", None)
        assert group.over_placebo is not None
        assert group.over_placebo.verdict == "cannot tell"
        assert group.other_seed == 0
    telling = wg.audit(x, y, **asked, threshold=0.2).costs[0]
    assert {group.reason for group in telling.groups} != {"one label"}
    assert telling.threshold == 0.2
